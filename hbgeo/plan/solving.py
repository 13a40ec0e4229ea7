"""A plan's sites, chosen with proof: the goal turned into a model of siting, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.coverage import Share
from hbgeo.measure.rounding import show_number
from hbgeo.measure.siting import EFFORT, Loss, Problem, Sites, in_order, losses, plans, solve
from hbgeo.plan.demand import total_of

MANY = 200  # sites beyond which nobody is told of each what its refusal costs
_MORE = 4  # so many times the plans wanted are looked at where some may fall short of the goal

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Task:
    """What is to be solved: demand × sites, and what is asked.

    Attributes
    ----------
    people
        How many live in each demand, where the figure counts units; of plans equally good the one
        for most people is taken.
    need
        Percent to be reached, of the model `partial`.
    group
        The county of each site, where counties are to be served evenly; else None.
    """

    cover: csr_matrix
    weights: Sequence[int | Fraction]
    covered: Mask
    people: Sequence[Fraction] | None
    model: str
    n: int | None
    need: Fraction | None
    fixed: tuple[int, ...]
    refused: tuple[int, ...]
    group: Sequence[str] | None
    effort: int | None


@dataclass(frozen=True)
class Other:
    """One of the best plans: its sites, what is covered with them, and how well that is proven."""

    chosen: tuple[int, ...]
    covered: Fraction
    bound: Fraction | None
    proven: str


@dataclass(frozen=True)
class Solved:
    """The sites, in the order in which they add most.

    Attributes
    ----------
    order
        Site, what it adds, and how many people (None where not known).
    unneeded
        Sites that were asked for and add nothing.
    losses
        Of each site, what refusing it costs: in people where `losses_people`, else in what the
        figure counts.
    others
        The best plans, the first the plan itself; more than one only where asked.
    lines
        What must be said, in sentences.
    """

    problem: Problem
    sites: Sites
    order: tuple[tuple[int, Fraction, Fraction | None], ...]
    unneeded: int
    losses: Mapping[int, Loss]
    losses_people: bool
    others: tuple[Other, ...]
    lines: tuple[str, ...]


def before_of(task: Task) -> Share:
    """Covered and total as things stand, exact."""
    return Share(total_of(task.weights, task.covered), total_of(task.weights))


def solve_task(task: Task, *, k: int = 1) -> Solved:
    """Choose the sites, order them, and say what refusing each costs.

    Parameters
    ----------
    k
        How many plans to give.

    Raises
    ------
    RequestError
        If what is asked cannot be had with these candidates.
    """
    _refuse_what_cannot_be(task)
    problem, how = _problem(task), {"effort": task.effort or EFFORT}
    lines: list[str] = []
    if task.group is not None:
        problem = _evenly(problem, task, how, lines)
    sites = solve(problem, **how)
    close = _closer(problem, sites, task, how)
    sites = replace(sites, chosen=close.sites.chosen)
    chosen, unneeded = _useful(problem, sites, task)
    lost = (
        {}
        if len(chosen) > MANY
        else {one.site: one for one in losses(close.problem, close.sites, **how)}
    )
    if len(chosen) > MANY:
        lines.append(f"超过 {MANY} 处，没有逐处计算不建的代价；要看请分市县（--in）或少选几处。")
    order = _ordered(problem, chosen, task)
    others = _others(close, sites, task, k, how)
    return Solved(problem, sites, order, unneeded, lost, close.counts_people, others, tuple(lines))


@dataclass(frozen=True)
class _Close:
    """The question that tells plans equally good apart, and its answer.

    `counts_people` says whether its weight is people.
    """

    problem: Problem
    sites: Sites
    counts_people: bool


def _closer(problem: Problem, sites: Sites, task: Task, how: Mapping[str, Any]) -> _Close:
    """Of all plans that cover as much with as many sites, one for most people where they are known.

    A plan that covers all that can be covered is the best of its number of sites: that needs no
    further proof.
    """
    if task.model == "lscp":
        most = replace(problem, model="mclp", n=len(sites.chosen))
        sure = replace(sites, model="mclp", value=sites.covered, bound=sites.covered)
        return _Close(most, replace(sure, proven="certificate"), counts_people=False)
    if task.model == "partial" or task.people is None:
        return _Close(problem, sites, task.people is not None)
    again = replace(problem, model="partial", n=None, need=sites.covered, then=task.people)
    better = solve(again, **how)
    if better.covered != sites.covered or len(better.chosen) > len(sites.chosen):
        return _Close(problem, sites, counts_people=False)
    return _Close(again, better, counts_people=True)


def _problem(task: Task) -> Problem:
    then = task.people if task.model == "partial" else None
    return Problem(
        model=task.model,
        cover=task.cover,
        weights=task.weights,
        n=task.n,
        need=task.need,
        fixed=task.fixed,
        refused=task.refused,
        covered=task.covered,
        then=then,
    )


def _refuse_what_cannot_be(task: Task) -> None:
    """Say in one line why nothing can be solved."""
    sites = task.cover.shape[1]
    free = sites - len(task.refused)
    if not free:
        raise RequestError("候选点全部被 --refuse 排除，没有可选的点")
    if task.n is not None and task.n > free:
        raise RequestError(f"--sites {task.n} 多于可选的候选点 {free:,} 处")
    allowed = np.ones(sites, dtype=bool)
    allowed[list(task.refused)] = False
    could = task.covered | (np.asarray(task.cover[:, allowed].sum(axis=1)).ravel() > 0)
    most = before_of(replace(task, covered=could))
    if not (could & ~task.covered).any():
        raise RequestError("候选点都不能增加覆盖：要覆盖的已全部覆盖，或候选点离得太远")
    if task.need is not None and most.covered < task.need:
        goal = show_number(100 * task.need / most.total) if most.total else "—"
        reach = show_number(most.pct or Fraction(0), _decimal(100 * task.need / most.total))
        raise RequestError(f"候选点全部建成也只到 {reach}%，达不到 {goal}%；请增加候选点或放宽条件")


def _decimal(value: Fraction) -> Any:
    from decimal import Decimal

    return Decimal(value.numerator) / Decimal(value.denominator)


def _useful(problem: Problem, sites: Sites, task: Task) -> tuple[tuple[int, ...], int]:
    """The sites that add something, or were asked for; and how many others there are."""
    gains = dict(in_order(problem, sites.chosen))
    asked_for = {*task.fixed}
    kept = tuple(s for s in sites.chosen if gains.get(s, Fraction(0)) > 0 or s in asked_for)
    wanted = task.n if task.n is not None else len(sites.chosen)
    return kept, wanted - len(kept)


def _ordered(
    problem: Problem, chosen: tuple[int, ...], task: Task
) -> tuple[tuple[int, Fraction, Fraction | None], ...]:
    """The sites by what each adds to those before it; of equal ones those for most people first."""
    if task.people is None:
        return tuple((site, gain, None) for site, gain in in_order(problem, chosen))
    scale = 1 + sum(task.people, Fraction(0))  # no number of people outweighs a unit
    both = [w * scale + p for w, p in zip(task.weights, task.people, strict=True)]
    heavy = replace(problem, model="mclp", n=len(chosen), need=None, weights=both, then=None)
    made = [(site, *divmod(gain, scale)) for site, gain in in_order(heavy, chosen)]
    return tuple((site, Fraction(units), people) for site, units, people in made)


def _others(
    close: _Close, sites: Sites, task: Task, k: int, how: Mapping[str, Any]
) -> tuple[Other, ...]:
    """The best plans of as many sites that do as much, the chosen one first.

    They are ranked by people where these are known, else by what is covered; a plan that falls
    short of the goal, or of what the chosen one covers, is none.
    """
    weights = task.people if close.counts_people and task.people is not None else task.weights
    first = Other(sites.chosen, sites.covered, sites.bound, sites.proven)
    if k == 1:
        return (first,)
    asked = replace(
        close.problem, model="mclp", n=len(sites.chosen), need=None, weights=weights, then=None
    )
    enough = (
        task.need if task.model == "partial" else sites.covered if close.counts_people else None
    )
    made = [first]
    for one in plans(asked, k if enough is None else _MORE * k, **how):
        covered = covered_by(task, one.chosen)
        if one.chosen != sites.chosen and (enough is None or covered >= enough):
            made.append(Other(one.chosen, covered, one.bound, one.proven))
    return tuple(made[:k])


def covered_by(task: Task, chosen: Sequence[int]) -> Fraction:
    """What some sites and what exists cover, exact."""
    return total_of(task.weights, task.covered | reached_by(task, chosen))


def reached_by(task: Task, chosen: Sequence[int]) -> Mask:
    """The demand that some sites cover."""
    if not len(chosen):
        return np.zeros(task.cover.shape[0], dtype=bool)
    return np.asarray(task.cover[:, list(chosen)].sum(axis=1)).ravel() > 0


def _evenly(problem: Problem, task: Task, how: Mapping[str, Any], lines: list[str]) -> Problem:
    """The same, with as few sites in any one county as still works.

    What works reaches the goal with as many sites as without: of a number of sites it is enough
    that there is room for all of them.
    """
    group = task.group or ()
    free = solve(problem, **how)
    counts: dict[str, int] = {}
    for site in free.chosen:
        counts[group[site]] = counts.get(group[site], 0) + 1
    low, high = ceil(len(free.chosen) / max(len(set(group)), 1)), max(counts.values(), default=1)
    low = max(low, 1)
    while low < high:
        middle = (low + high) // 2
        tried = _solve_with(problem, group, middle, how)
        if tried is not None and len(tried.chosen) <= len(free.chosen):
            high = middle
        else:
            low = middle + 1
    even = replace(problem, group=group, most=high)
    lines.append(_said_evenly(free, solve(even, **how), high, len(counts), task))
    return even


def _solve_with(
    problem: Problem, group: Sequence[str], most: int, how: Mapping[str, Any]
) -> Sites | None:
    """The sites with at most so many in a county; None where that cannot be."""
    try:
        return solve(replace(problem, group=group, most=most), **how)
    except RequestError:
        return None


def _said_evenly(free: Sites, even: Sites, most: int, counties: int, task: Task) -> str:
    group = task.group or ()
    spread = len({group[site] for site in even.chosen})
    said = f"按县均衡：每县至多 {most} 处，分在 {spread} 个县（不限时在 {counties} 个县）"
    if even.covered < free.covered:
        less = show_number(free.covered - even.covered, percent=False)
        return f"{said}；比不限时少覆盖 {less}。"
    if task.people is not None and even.then and free.then:
        less = show_number(free.then.value - even.then.value, percent=False)
        return f"{said}；点数不变，惠及人口少 {less} 人。"
    return f"{said}，点数和覆盖不变。"
