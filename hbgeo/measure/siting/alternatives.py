"""What a plan leaves open to choose: the order of its sites, what each refusal costs, other plans."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.siting.covering import EFFORT, second_of
from hbgeo.measure.siting.instance import Instance, Reduced, reduce
from hbgeo.measure.siting.problem import Problem
from hbgeo.measure.siting.result import CERTIFICATE, SOLVER, UNPROVEN, Loss, Sites, mark_of
from hbgeo.measure.siting.search import Search
from hbgeo.measure.siting.tree import Growing

_LEAST = 6  # programmes for each refusal at least


def in_order(problem: Problem, chosen: tuple[int, ...]) -> list[tuple[int, Fraction]]:
    """The sites of a plan, the one that adds most first, and what each adds to those before it.

    Of equal ones the smaller column is first. The gains are of `weights`, and sum to what the plan
    covers beyond what exists.
    """
    reduced = reduce(problem)
    instance = reduced.instance
    left, open_rows = sorted(chosen), np.ones(len(instance.weights), bool)
    made = []
    while left:
        gains = [_gain(instance, site, open_rows) for site in left]
        best = gains.index(max(gains))
        site = left.pop(best)
        open_rows[instance.rows_of(site)] = False
        made.append((site, Fraction(gains[best], reduced.per)))
    return made


def losses(problem: Problem, sites: Sites, *, effort: int = EFFORT) -> list[Loss]:
    """What it costs to give up each chosen site that is not fixed, with as many others instead.

    Parameters
    ----------
    effort
        Work for all of them together (see `solve`).
    """
    reduced = reduce(problem)
    asked = _Asked(problem, reduced, sites)
    loose = [site for site in sites.chosen if site not in problem.fixed]
    each = max(_LEAST, effort // max(1, len(loose)))
    return [asked.without(site, each) for site in loose]


def plans(problem: Problem, k: int, *, effort: int = EFFORT) -> list[Sites]:
    """The `k` best plans of as many sites that differ in at least one, the best first.

    Each has its bound: what the plan in its place is worth at most.
    """
    reduced = reduce(problem)
    growing = Growing(reduced.instance, keep=k)
    tree = growing.grow(effort)
    made = []
    for value, chosen in tree.plans:
        bound = max(value, tree.bound)
        made.append(
            Sites(
                problem.model,
                chosen,
                reduced.outside(value),
                reduced.outside(bound),
                CERTIFICATE if bound == value or tree.closed else UNPROVEN,
                covered=reduced.outside(value),
                total=Fraction(reduced.total, reduced.per),
                unreachable=reduced.unreachable,
                nodes=tree.solved,
            )
        )
    return made


class _Asked:
    """The question of most weight at a plan's number of sites, and how well the plan answers it."""

    def __init__(self, problem: Problem, reduced: Reduced, sites: Sites) -> None:
        self.instance = second_of(problem, reduced, len(sites.chosen))
        plain = problem.then is None or problem.model != "partial"
        self.base = reduced.base if plain else reduced.then_base
        self.per = reduced.per if plain else reduced.then_per
        best = sites if problem.model == "mclp" else sites.then
        self.plan = _mask(sites.chosen, self.instance)
        self.value = self.instance.value(self.plan)
        self.sure = best is not None and best.proven in {CERTIFICATE, SOLVER}
        self.bound = self.value
        if not self.sure:
            known = None if best is None else best.bound
            self.bound = int(self.instance.weights.sum())
            if known is not None:
                self.bound = int(known * self.per) - self.base

    def without(self, site: int, effort: int) -> Loss:
        """The same question where one site is refused."""
        barred = self.instance.barred.copy()
        barred[site] = True
        instance = replace(self.instance, barred=barred)
        heir = self._heir(instance, site)
        growing = Growing(instance)
        if heir is not None:
            one = self.plan.copy()
            one[site], one[heir] = False, True
            growing.offer(one)
            growing.offer(growing.search.exchange(one))
        best, most = self._best(growing, effort)
        low = max(0, self.value - most)
        high = max(low, self.bound - best)
        sure = self.sure and most <= best
        loss = self._weight(self.value - best) if sure else None
        gained = self._weight(self.value)
        mark = mark_of(self._weight(high), gained)
        return Loss(site, loss, self._weight(low), self._weight(high), heir, mark)

    def _best(self, growing: Growing, effort: int) -> tuple[int, int]:
        """The best value without the site, and what it is at most."""
        found = growing.tree.plans[0][0] if growing.tree.plans else 0
        if self.sure and found == self.value:
            return found, found
        tree = growing.grow(effort, shaken=False)
        found = tree.plans[0][0] if tree.plans else 0
        return found, max(found, tree.bound)

    def _heir(self, instance: Instance, site: int) -> int | None:
        """The site that stands in best while all others stay."""
        rest = self.plan.copy()
        rest[site] = False
        filled = Search(instance).grow(rest)
        added = np.flatnonzero(filled & ~rest)
        return int(added[0]) if len(added) else None

    def _weight(self, value: int) -> Fraction:
        return Fraction(value, self.per)


def _gain(instance: Instance, site: int, open_rows: Mask) -> int:
    rows = instance.rows_of(site)
    return int(instance.weights[rows[open_rows[rows]]].sum())


def _mask(chosen: tuple[int, ...], instance: Instance) -> Mask:
    made = np.zeros(len(instance.held), bool)
    made[list(chosen)] = True
    return made
