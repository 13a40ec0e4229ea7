"""What a plan leaves open to choose: the order of its sites, what each refusal costs, other plans."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.siting.best import mask_of
from hbgeo.measure.siting.covering import EFFORT, need_of, second_of, solve
from hbgeo.measure.siting.given import whole_number
from hbgeo.measure.siting.instance import Instance, Reduced, reduce
from hbgeo.measure.siting.prices import FINE, bound_of
from hbgeo.measure.siting.problem import Problem
from hbgeo.measure.siting.relaxation import work_of
from hbgeo.measure.siting.result import (
    CERTIFICATE,
    NEEDED,
    SOLVER,
    UNPROVEN,
    Loss,
    Sites,
    mark_of,
)
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
    """The `k` best plans that differ in at least one site, the best first.

    Of `partial` and `lscp` those of the fewest sites that do it, by what they cover (of `then`).
    Each has its bound: what the plan in its place is worth at most.
    """
    k = whole_number(k, "方案的个数")
    reduced = reduce(problem)
    n = problem.n if problem.model == "mclp" else int(solve(problem, effort=effort).value)
    instance = _asked(problem, reduced, n or 0)
    growing = Growing(instance, keep=k)
    tree = growing.grow(effort)
    plain = problem.then is None or problem.model != "partial"
    base, per = (reduced.base, reduced.per) if plain else (reduced.then_base, reduced.then_per)
    made = []
    for value, chosen in tree.plans:
        bound = max(value, tree.bound)
        reached = reduced.instance.value(mask_of(chosen, reduced.instance))
        made.append(
            Sites(
                problem.model,
                chosen,
                Fraction(value + base, per),
                Fraction(bound + base, per),
                CERTIFICATE if bound == value or tree.closed else UNPROVEN,
                covered=reduced.outside(reached),
                total=Fraction(reduced.total, reduced.per),
                unreachable=reduced.unreachable,
                nodes=tree.solved,
            )
        )
    return made


def _asked(problem: Problem, reduced: Reduced, n: int) -> Instance:
    """The question of most weight among the plans of `n` sites that do what was asked."""
    one = second_of(problem, reduced, n)
    if problem.model == "mclp" or one.must is not None:
        return one
    weights = one.weights.astype(object)
    if problem.model == "lscp":
        ones = np.ones(len(weights), dtype=np.int64).astype(object)
        return replace(one, weights=weights, must=ones, need=len(weights))
    return replace(one, weights=weights, must=weights, need=need_of(problem, reduced))


class _Asked:
    """The question of most weight at a plan's number of sites, and how well the plan answers it."""

    def __init__(self, problem: Problem, reduced: Reduced, sites: Sites) -> None:
        self.instance = second_of(problem, reduced, len(sites.chosen))
        plain = problem.then is None or problem.model != "partial"
        self.base = reduced.base if plain else reduced.then_base
        self.per = reduced.per if plain else reduced.then_per
        self.least = need_of(problem, reduced) if plain and problem.model == "partial" else 0
        best = sites if problem.model == "mclp" else sites.then
        self.plan = mask_of(sites.chosen, self.instance)
        self.value = self.instance.value(self.plan)
        every = self.value == int(self.instance.weights.sum())
        self.sure = every or (best is not None and best.proven in {CERTIFICATE, SOLVER})
        self.tree = None if best is None else best.tree
        self.bound = int(self.instance.weights.sum())
        if self.sure:
            self.bound = self.value
        elif best is not None:
            self.bound = int(best.bound * self.per) - self.base

    def without(self, site: int, effort: int) -> Loss:
        """The same question where one site is refused."""
        instance = self._others_of(site)
        near = self.tree.nodes[0].relaxed if self.tree is not None else None
        growing = Growing(instance, near=near)
        heir = self._heir(instance, site)
        one = self.plan.copy()
        one[site] = False
        if heir is not None:
            one[heir] = True
        growing.offer(one)
        growing.offer(growing.search.exchange(one))
        best, most = self._best(growing, effort)
        if best is None and most < 0:  # no plan of so many others does what was asked
            rest = self.plan.copy()
            rest[site] = False
            alone = self._weight(self.value - self.instance.value(rest))
            return Loss(site, None, Fraction(0), alone, heir, NEEDED)
        low = max(0, self.value - most)
        if best is None:
            return Loss(site, None, self._weight(low), self._weight(self.value), heir, NEEDED)
        high = max(low, self.bound - best)
        loss = self._weight(self.value - best) if self.sure and most <= best else None
        mark = mark_of(self._weight(high), self._weight(self.value))
        if most < self.least or instance.n < self.instance.n:
            mark = NEEDED
        return Loss(site, loss, self._weight(low), self._weight(high), heir, mark)

    def _best(self, growing: Growing, effort: int) -> tuple[int | None, int]:
        """The best value without the site, and what it is at most."""
        plans = growing.tree.plans
        if self.sure and plans and plans[0][0] == self.value:
            return self.value, self.value
        most = self._at_most(growing.instance)
        if self.sure and effort >= work_of(self.instance.rows.nnz):
            tree = growing.grow(effort, shaken=False)
            most = min(most, max(tree.bound, plans[0][0]) if plans else tree.bound)
        return (plans[0][0] if plans else None), most

    def _others_of(self, site: int) -> Instance:
        """The question without a site; of fewer others, where there are not so many."""
        one = self.instance
        barred = one.barred.copy()
        barred[site] = True
        there = int((~barred).sum())
        if one.group is not None:
            there = int(np.minimum(np.bincount(one.group[~barred]), one.most).sum())
        if there >= one.n:
            return replace(one, barred=barred)
        return replace(one, barred=barred, n=there, must=None, need=0)

    def _at_most(self, instance: Instance) -> int:
        """What the plan's own prices leave without the site; all there is where it has none."""
        if self.tree is None or instance.n < self.instance.n:
            return int(instance.weights.sum())
        root = self.tree.nodes[0]
        prices = self.tree.prices[root.prices]
        barred = root.barred | instance.barred
        return bound_of(instance, prices, root.chosen, barred).value // FINE

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
