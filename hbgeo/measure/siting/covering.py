"""The covering models: most weight with n sites, the fewest sites for a share, or for all."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

from hbgeo.errors import RequestError
from hbgeo.measure.siting.best import EARLY, find_best, mask_of
from hbgeo.measure.siting.count import count_sites
from hbgeo.measure.siting.essential import essential
from hbgeo.measure.siting.given import work
from hbgeo.measure.siting.instance import Instance, Reduced, reduce
from hbgeo.measure.siting.problem import Problem, check
from hbgeo.measure.siting.result import CERTIFICATE, SOLVER, UNPROVEN, Sites
from hbgeo.measure.siting.solver import Answer, require_solver
from hbgeo.measure.siting.tree import Tree

EFFORT = 400  # linear programmes of the usual size in the own tree, and nodes of the solver's


def solve(problem: Problem, *, effort: int = EFFORT) -> Sites:
    """Answer a covering question.

    Parameters
    ----------
    effort
        How many linear programmes hbgeo's own tree may solve, and how many nodes HiGHS may.
        Work is counted, not timed: the same question gets the same answer anywhere.

    Raises
    ------
    RequestError
        If the question cannot be asked, or nothing answers it.
    """
    require_solver()
    check(problem)
    effort = work(effort)
    reduced = reduce(problem)
    if problem.model == "mclp":
        return _most(problem, reduced, effort)
    return _fewest(problem, reduced, effort)


def second_of(problem: Problem, reduced: Reduced, n: int) -> Instance:
    """Which of the plans of `n` sites that reach the need covers most."""
    one = reduced.instance.asking(n)
    if problem.then is None or problem.model == "mclp":
        return one
    need = need_of(problem, reduced)
    must = one.weights.astype(object)
    return replace(one, weights=reduced.then.astype(object), must=must, need=need)


def _most(problem: Problem, reduced: Reduced, effort: int) -> Sites:
    tree, answer = find_best(reduced.instance, effort)
    if not tree.plans:
        raise RequestError(f"每组最多选 {problem.most} 个，一共选不出 {problem.n} 个点")
    value, chosen = tree.plans[0]
    return Sites(
        "mclp",
        chosen,
        reduced.outside(value),
        reduced.outside(tree.bound),
        _proof(tree, answer),
        _solver_bound(answer, reduced),
        reduced.outside(value),
        Fraction(reduced.total, reduced.per),
        reduced.unreachable,
        tree=tree,
        nodes=tree.solved,
    )


def _fewest(problem: Problem, reduced: Reduced, effort: int) -> Sites:
    """The fewest sites, and among those plans the one that covers most."""
    need = need_of(problem, reduced)
    asked = reduced.instance
    if problem.model == "lscp":
        asked = essential(asked)
        need = len(asked.weights)
    count = count_sites(asked, need, effort, problem.most)
    plan = count.plan or ()
    second = second_of(problem, reduced, count.high)
    then = None
    if problem.model == "partial":
        then = find_best(second, min(effort, EARLY), plan, asking=False)[0]
    chosen = plan if then is None else then.plans[0][1]
    covered = reduced.outside(reduced.instance.value(mask_of(chosen, reduced.instance)))
    sure = not count.open
    return Sites(
        problem.model,
        chosen,
        Fraction(count.high),
        Fraction(count.low + 1),
        CERTIFICATE if sure else SOLVER if count.honest else UNPROVEN,
        count.solver_bound,
        covered,
        Fraction(reduced.total, reduced.per),
        reduced.unreachable,
        then=None if then is None else _second_sites(problem, reduced, then, covered),
        tree=count.tree,
        nodes=count.solved + (0 if then is None else then.solved),
    )


def need_of(problem: Problem, reduced: Reduced) -> int:
    """What the new sites must cover, in whole numbers; what exists is taken off."""
    if problem.need is None:
        return int(reduced.instance.weights.sum())
    need = ceil(problem.need * reduced.per) - reduced.base
    most = int(reduced.instance.weights.sum())
    if need > most:
        reach = reduced.outside(most)
        said = (
            f"{float(reach):g}（{float(100 * reach * reduced.per / max(reduced.total, 1)):.2f}%）"
        )
        raise RequestError(f"全部可选点都建成也只能覆盖 {said}，达不到要求")
    return max(need, 0)


def _proof(tree: Tree, answer: Answer | None) -> str:
    if tree.closed:
        return CERTIFICATE
    return SOLVER if answer is not None and answer.optimal else UNPROVEN


def _solver_bound(answer: Answer | None, reduced: Reduced) -> float | None:
    if answer is None or answer.bound is None:
        return None
    return (answer.bound + reduced.base) / reduced.per


def _second_sites(problem: Problem, reduced: Reduced, tree: Tree, covered: Fraction) -> Sites:
    """The second question's answer in the units of its own weight."""
    plain = problem.then is None
    base, per = (reduced.base, reduced.per) if plain else (reduced.then_base, reduced.then_per)
    value, chosen = tree.plans[0]
    return Sites(
        "mclp",
        chosen,
        Fraction(value + base, per),
        Fraction(tree.bound + base, per),
        CERTIFICATE if tree.closed else UNPROVEN,
        covered=covered,
        total=Fraction(reduced.total, reduced.per),
        tree=tree,
        nodes=tree.solved,
    )
