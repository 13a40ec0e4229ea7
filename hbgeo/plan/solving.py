"""A plan's sites, chosen with proof: the goal turned into a model of siting, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from hbgeo.errors import RequestError
from hbgeo.measure.rounding import show_number
from hbgeo.measure.siting import EFFORT, Loss, Problem, Sites, in_order, losses, plans, solve
from hbgeo.plan.evenly import evenly
from hbgeo.plan.task import Task, before_of, covered_by

MANY = 200  # sites beyond which nobody is told of each what its refusal costs
_MORE = 4  # so many times the plans wanted are looked at where some may fall short of the goal


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
    refuse_what_cannot_be(task)
    problem, how = _problem(task), {"effort": task.effort or EFFORT}
    lines: list[str] = []
    if task.group is not None:
        problem = evenly(problem, task, how, lines)
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
    lines += _said_of_people(close)
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
        sure = replace(sites, model="mclp", value=sites.covered, bound=sites.covered, tree=None)
        return _Close(most, replace(sure, proven="certificate"), counts_people=False)
    if task.model == "partial" or task.people is None:
        return _Close(problem, sites, task.people is not None)
    again = replace(problem, model="partial", n=None, need=sites.covered, then=task.people)
    better = solve(again, **how)
    if better.covered != sites.covered or len(better.chosen) > len(sites.chosen):
        return _Close(problem, sites, counts_people=False)
    return _Close(again, better, counts_people=True)


def _said_of_people(close: _Close) -> list[str]:
    """That it is not proven whether plans as good serve more people; nothing where it is."""
    then = close.sites.then if close.counts_people else None
    if then is None or then.proven == "certificate":
        return []
    apart = "未算出" if then.gap is None else f" {show_number(then.gap, percent=False)} 人"
    return [f"同样好的方案中惠及人口是否最多，未证明；距上界{apart}。"]


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


def refuse_what_cannot_be(task: Task) -> None:
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
    """The best plans of as many sites, the chosen one first: by what is covered, then by people.

    Of the fewest sites those that reach the goal, or cover all that can be, by people where these are known. Bounds are of
    what the model counts: what is covered, or how many sites.
    """
    first = Other(sites.chosen, sites.covered, sites.bound, sites.proven)
    if k == 1:
        return (first,)
    most, scale, weights = task.model == "mclp", Fraction(1), task.weights
    if close.counts_people and task.people is not None:
        weights = task.people
        if most:  # no number of people outweighs a unit
            scale = 1 + sum(task.people, Fraction(0))
            both = zip(task.weights, task.people, strict=True)
            weights = [w * scale + p for w, p in both]
    asked = replace(
        close.problem, model="mclp", n=len(sites.chosen), need=None, weights=weights, then=None
    )
    enough = {"partial": task.need, "lscp": sites.covered}.get(task.model)
    made = [first]
    for one in plans(asked, k if enough is None else _MORE * k, **how):
        covered = covered_by(task, one.chosen)
        if one.chosen != sites.chosen and (enough is None or covered >= enough):
            bound = Fraction(one.bound // scale) if scale > 1 else one.bound
            made.append(Other(one.chosen, covered, bound if most else sites.bound, one.proven))
    return tuple(made[:k])
