"""The covering models: most weight with n sites, the fewest sites for a share, or for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.siting.essential import essential
from hbgeo.measure.siting.instance import Instance, Reduced, reduce
from hbgeo.measure.siting.part import part_of
from hbgeo.measure.siting.problem import Problem, check
from hbgeo.measure.siting.relaxation import fewest
from hbgeo.measure.siting.result import CERTIFICATE, SOLVER, UNPROVEN, Sites
from hbgeo.measure.siting.search import Search
from hbgeo.measure.siting.solver import Answer, minimise, require_solver
from hbgeo.measure.siting.tree import Growing, Tree

EFFORT = 400  # linear programmes of the own tree, and nodes of the solver's
_EARLY = 40  # programmes of the own tree before HiGHS is asked; with its plan the tree goes on
_SLACK = 1e-6


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
    reduced = reduce(problem)
    if problem.model == "mclp":
        return _most(problem, reduced, effort)
    return _fewest(problem, reduced, effort)


def second_of(problem: Problem, reduced: Reduced, n: int) -> Instance:
    """Which of the plans of `n` sites that reach the need covers most."""
    one = reduced.instance.asking(n)
    if problem.then is None or problem.model == "mclp":
        return one
    need = _need(problem, reduced)
    must = one.weights.astype(object)
    return replace(one, weights=reduced.then.astype(object), must=must, need=need)


def _most(problem: Problem, reduced: Reduced, effort: int) -> Sites:
    tree, answer = _best(reduced.instance, effort)
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
    need = _need(problem, reduced)
    asked = reduced.instance
    if problem.model == "lscp":
        asked = essential(asked)
        need = len(asked.weights)
    count = _count(asked, need, effort, problem)
    plan = count.plan or ()
    second = second_of(problem, reduced, count.high)
    then = _best(second, effort, plan)[0] if problem.model == "partial" else None
    chosen = plan if then is None else then.plans[0][1]
    covered = reduced.outside(reduced.instance.value(_mask(chosen, problem.sites)))
    closed = count.low + 1 == count.high
    sure = count.high == len(set(problem.fixed)) or closed
    return Sites(
        problem.model,
        chosen,
        Fraction(count.high),
        Fraction(count.high if sure else count.low + 1),
        CERTIFICATE if sure else SOLVER if count.said + 1 == count.high else UNPROVEN,
        float(count.said + 1) if count.said >= 0 else None,
        covered,
        Fraction(reduced.total, reduced.per),
        reduced.unreachable,
        then=None if then is None else _second_sites(problem, reduced, then, covered),
        tree=count.tree,
        nodes=count.solved + (0 if then is None else then.solved),
    )


def _need(problem: Problem, reduced: Reduced) -> int:
    """What the new sites must cover, in whole numbers; what exists is taken off."""
    if problem.need is None:
        return int(reduced.instance.weights.sum())
    need = ceil(problem.need * reduced.per) - reduced.base
    most = int(reduced.instance.weights.sum())
    if need > most:
        reach = reduced.outside(most)
        said = f"{float(reach):g}（{float(100 * reach * reduced.per / max(reduced.total, 1)):.2f}%）"
        raise RequestError(f"全部可选点都建成也只能覆盖 {said}，达不到要求")
    return max(need, 0)


@dataclass
class _Count:
    """How many sites it takes: `low` are proven too few, with `high` there is a plan."""

    low: int
    high: int
    plan: tuple[int, ...] | None
    tree: Tree | None = None
    said: int = -1  # too few, says the solver
    solved: int = 0


def _count(instance: Instance, need: int, effort: int, problem: Problem) -> _Count:
    """Narrow the number of sites from both sides; each question is one of most weight."""
    held = int(instance.held.sum())
    plan = _enough(instance, need)
    count = _Count(held - 1, _room(instance) + 1 if plan is None else len(plan), plan)
    guess = fewest(instance, need)
    while count.low + 1 < count.high:
        n = min(max(guess, count.low + 1), count.high - 1)
        growing = Growing(instance.asking(n), beat=need - 1, stop_at=need)
        tree = growing.grow(effort)
        count.solved += tree.solved
        if tree.plans and tree.plans[0][0] >= need:
            count.high, count.plan, guess = n, tree.plans[0][1], n - 1
        elif tree.bound < need:
            count.low, count.tree, guess = n, tree, n + 1
        else:
            answer = _ask(tree, growing, effort)
            if tree.plans and tree.plans[0][0] >= need:
                count.high, count.plan, guess = n, tree.plans[0][1], n - 1
                continue
            if answer.optimal and count.high == n + 1:
                count.said = n
            break
    if count.plan is None:
        raise RequestError(f"每组最多选 {problem.most} 个，找不到达到要求的方案")
    return count


def _enough(instance: Instance, need: int) -> tuple[int, ...] | None:
    """A plan that reaches the need, site by site; not yet the shortest. None where that gets stuck."""
    chosen = instance.held.copy()
    while instance.value(chosen) < need:
        more = Search(instance.asking(int(chosen.sum()) + 1)).grow(chosen)
        if instance.value(more) == instance.value(chosen):
            return None
        chosen = more
    return tuple(np.flatnonzero(chosen).tolist())


def _room(instance: Instance) -> int:
    """How many sites can be chosen at most."""
    if instance.group is None:
        return int((~instance.barred).sum())
    return int(np.minimum(np.bincount(instance.group[~instance.barred]), instance.most).sum())


def _best(
    instance: Instance, effort: int, plan: tuple[int, ...] = ()
) -> tuple[Tree, Answer | None]:
    """The best plan by the own tree; what that leaves open is put to HiGHS."""
    growing = Growing(instance)
    if plan:
        growing.offer(_mask(plan, len(instance.held)))
    tree = growing.grow(min(effort, _EARLY))
    answer = None
    if not tree.closed and instance.must is None:
        answer = _ask(tree, growing, effort)
    if not tree.closed:
        tree = growing.go_on(effort)
    return tree, answer


def _ask(tree: Tree, growing: Growing, effort: int) -> Answer:
    """Put to HiGHS what the root's prices leave open; what it finds is counted again."""
    instance = growing.instance
    root = tree.nodes[0]
    chosen, barred = growing.settled(root)
    part = part_of(instance, chosen, barred)
    count, sites = part.matrix.shape
    if not sites or not count or part.left <= 0:
        return Answer(None, None, optimal=False)
    weights = part.summed(instance.weights)
    rows, low, high = part.programme(instance, chosen)
    found = minimise(
        np.concatenate([np.zeros(sites), -weights]), rows, low, high, whole=sites, nodes=effort
    )
    settled = float(instance.weights[part.done].sum())
    bound = None if found.bound is None else settled - found.bound
    best = tree.plans[0][0] if tree.plans else -1
    if found.point is None:
        return Answer(None, bound, optimal=False)
    plan = chosen.copy()
    plan[part.free[found.point[:sites] > _SLACK]] = True
    value = instance.value(plan) if growing.search.complete(plan) else -1
    growing.offer(plan)
    tree.bound = max(tree.bound, tree.floor)
    honest = value >= best and bound is not None and floor(bound + _SLACK) <= value
    return Answer(found.point, bound, optimal=found.optimal and honest)


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


def _mask(plan: tuple[int, ...], sites: int) -> Mask:
    made = np.zeros(sites, bool)
    made[list(plan)] = True
    return made
