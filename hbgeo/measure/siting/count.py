"""How few sites suffice: from below by trees, from above by plans; HiGHS where they do not meet."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import scipy.sparse as sp

from hbgeo.errors import RequestError
from hbgeo.measure.siting.best import EARLY
from hbgeo.measure.siting.essential import dominated
from hbgeo.measure.siting.instance import Instance
from hbgeo.measure.siting.neighbourhood import polish
from hbgeo.measure.siting.part import Part, links, part_of, sides_of
from hbgeo.measure.siting.relaxation import fewest
from hbgeo.measure.siting.search import Search
from hbgeo.measure.siting.solver import minimise
from hbgeo.measure.siting.tree import Growing, Tree

_SLACK = 1e-6


@dataclass
class Count:
    """How many sites it takes: `low` are proven too few, with `high` there is a plan.

    Attributes
    ----------
    tree
        The proof that `low` are too few.
    solver_bound
        The fewest that HiGHS holds possible; None where it was not asked.
    honest
        Whether its plan bears that out.
    """

    low: int
    high: int
    plan: tuple[int, ...] | None
    tree: Tree | None = None
    solver_bound: float | None = None
    honest: bool = False
    solved: int = 0

    @property
    def open(self) -> bool:
        """Whether a number between is neither proven nor refuted."""
        return self.low + 1 < self.high


def count_sites(instance: Instance, need: int, effort: int, most: int | None) -> Count:
    """Narrow the number of sites from both sides; each question is one of most weight.

    Raises
    ------
    RequestError
        If the groups leave no plan.
    """
    plan = _enough(instance, need)
    held = int(instance.held.sum())
    count = Count(held - 1, _room(instance) + 1 if plan is None else len(plan), plan)
    least = min(max(fewest(instance, need), held), count.high)
    if count.low < least - 1:
        _decide(count, instance, need, least - 1, effort)
    for much in (EARLY, effort if need < int(instance.weights.sum()) else 0):
        while count.open and _decide(count, instance, need, count.low + 1, much):
            pass
    if count.open:
        _ask(count, instance, need, effort)
    while count.open and count.high - 1 <= least:  # its plan may be all that was lacking
        if not _decide(count, instance, need, count.high - 1, effort):
            break
    if count.plan is None:
        raise RequestError(f"每组最多选 {most} 个，找不到达到要求的方案")
    return count


def _decide(count: Count, instance: Instance, need: int, n: int, effort: int) -> bool:
    """Tell whether `n` sites suffice, if the tree can."""
    if effort <= 0:
        return False
    growing = Growing(instance.asking(n), beat=need - 1, stop_at=need)
    tree = growing.grow(min(effort, EARLY))
    if tree.bound >= need and not growing.enough:
        polish(growing)
        tree = growing.go_on(effort)
    count.solved += tree.solved
    if tree.plans and tree.plans[0][0] >= need:
        count.high, count.plan = n, tree.plans[0][1]
        return True
    if tree.bound < need:
        count.low, count.tree = n, tree
        return True
    return False


def _enough(instance: Instance, need: int) -> tuple[int, ...] | None:
    """A plan that reaches the need, site by site, without those that turn out idle.

    None where the groups leave none on this way.
    """
    search = Search(instance)
    chosen, count = instance.held.copy(), instance.covering(instance.held)
    covered = int(instance.weights[count > 0].sum())
    while covered < need:
        site, gain = search.next_site(chosen, count)
        if gain <= 0:
            return None
        chosen[site] = True
        count[instance.rows_of(site)] += 1
        covered += gain
    for site in np.flatnonzero(chosen & ~instance.held).tolist():
        rows = instance.rows_of(site)
        loss = int(instance.weights[rows[count[rows] == 1]].sum())
        if covered - loss >= need:
            chosen[site], covered = False, covered - loss
            count[rows] -= 1
    return tuple(np.flatnonzero(chosen).tolist())


def _room(instance: Instance) -> int:
    """How many sites can be chosen at most."""
    if instance.group is None:
        return int((~instance.barred).sum())
    return int(np.minimum(np.bincount(instance.group[~instance.barred]), instance.most).sum())


def _ask(count: Count, instance: Instance, need: int, effort: int) -> None:
    """Put it to HiGHS as the least number of sites; what it finds is counted again."""
    barred = instance.barred & ~instance.held
    part = part_of(instance, instance.held, barred | dominated(instance))
    rows, sites = part.matrix.shape
    if not sites or not rows:
        return
    matrix, low, high, cost = _least(instance, part, need)
    found = minimise(cost, matrix, low, high, whole=sites, nodes=effort)
    held = int(instance.held.sum())
    if found.bound is not None:
        count.solver_bound = held + found.bound
    if found.point is None:
        return
    plan = instance.held.copy()
    plan[part.free[found.point[:sites] > _SLACK]] = True
    reached = instance.value(plan) >= need and _fits(instance, plan)
    size = int(plan.sum())
    if reached and size < count.high:
        count.high, count.plan = size, tuple(np.flatnonzero(plan).tolist())
    least = ceil((count.solver_bound or 0) - _SLACK)
    count.honest = found.optimal and reached and size == count.high == least


def _least(
    instance: Instance, part: Part, need: int
) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray, np.ndarray]:
    """Conditions and cost of the fewest sites; where all must be covered rows need no variable."""
    rows, sites = part.matrix.shape
    lacking = need - int(instance.weights[part.done].sum())
    weights = part.summed(instance.weights)
    if lacking >= weights.sum() and instance.group is None:
        matrix = part.matrix.astype(float).tocsr()
        return matrix, np.ones(rows), np.full(rows, np.inf), np.ones(sites)
    sides = sides_of(instance, part, instance.held, rows)
    reach = sp.csr_matrix(np.concatenate([np.zeros(sites), weights]))
    matrix = sp.vstack([links(part.matrix), *(row for row, _ in sides), reach]).tocsr()
    high = np.concatenate([np.zeros(rows), *(limit for _, limit in sides), [np.inf]])
    low = np.full(len(high), -np.inf)
    low[-1] = lacking
    return matrix, low, high, np.concatenate([np.ones(sites), np.zeros(rows)])


def _fits(instance: Instance, plan: np.ndarray) -> bool:
    group = instance.group
    return group is None or int(np.bincount(group[plan]).max(initial=0)) <= instance.most
