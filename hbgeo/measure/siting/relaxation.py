"""The linear relaxation of a node of the tree: a point to round, and prices to bound with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.measure.siting.instance import Instance, Whole
from hbgeo.measure.siting.prices import FINE, Prices, bound_of, scaled

_MARKS = np.random.default_rng(20261126).integers(1, 2**62, 4096, dtype=np.int64)


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation says: how far each site is chosen, and the prices."""

    share: Floats
    prices: Prices


@dataclass(frozen=True)
class Part:
    """What a node leaves open.

    Attributes
    ----------
    free
        Sites that may be chosen; `left` of them must be.
    rows, group
        Rows that one of them could still cover, and the merged row of each: equal where the same
        free sites cover them.
    matrix
        Merged rows × free sites.
    done
        Rows that a chosen site covers.
    """

    free: Numbers
    rows: Numbers
    group: Numbers
    matrix: sp.csr_matrix
    done: Mask
    left: int

    def summed(self, weights: Whole) -> Floats:
        """The weight of each merged row."""
        mine = weights[self.rows].astype(float)
        return np.bincount(self.group, weights=mine, minlength=self.matrix.shape[0])

    def programme(self, instance: Instance, chosen: Mask) -> tuple[sp.csr_matrix, Floats, Floats]:
        """Conditions on shares of sites, then of merged rows; the last is the number of sites."""
        count, sites = self.matrix.shape
        sides = _sides(instance, self, chosen)
        all_sites = np.concatenate([np.ones(sites), np.zeros(count)])
        rows = [_links(self.matrix), *(row for row, _ in sides), sp.csr_matrix(all_sites)]
        high = np.concatenate([np.zeros(count), *(limit for _, limit in sides), [self.left]])
        low = np.full(len(high), -np.inf)
        low[-1] = self.left
        return sp.vstack(rows).tocsr(), low, high


def relax(instance: Instance, chosen: Mask, barred: Mask) -> Relaxed:
    """Solve the relaxation where `chosen` sites are in and `barred` ones are out.

    Where the solver has no answer the prices bound little, but never falsely.
    """
    part = part_of(instance, chosen, barred)
    point = chosen.astype(float)
    if not len(part.free) or part.left <= 0 or not len(part.rows):
        return Relaxed(point, _settled(instance, part))
    found = _solve(instance, part, chosen)
    if found is None and instance.must is not None:
        return Relaxed(point, _impossible(instance, chosen, barred))
    if found is None:
        return Relaxed(point, Prices(np.zeros(len(instance.weights), instance.weights.dtype)))
    point[part.free] = found.x[: len(part.free)]
    given = -found.ineqlin.marginals
    need = 0 if instance.must is None else max(0, round(float(given[-1]) * FINE))
    prices = _spread(instance, part, given[: part.matrix.shape[0]], need)
    return Relaxed(point, Prices(prices, need))


def _impossible(instance: Instance, chosen: Mask, barred: Mask) -> Prices:
    """Prices that show that what must be covered cannot be, if that is so."""
    assert instance.must is not None  # noqa: S101
    least = replace(instance, weights=instance.must, must=None, need=0)
    prices = relax(least, chosen, barred).prices
    lacking = instance.need * FINE - bound_of(least, prices, chosen, barred).value
    times = 0 if lacking <= 0 else int(instance.weights.sum()) * FINE // lacking + 2
    return Prices(prices.rows * times, times * FINE)


def part_of(instance: Instance, chosen: Mask, barred: Mask) -> Part:
    done = instance.covering(chosen) > 0
    free = np.flatnonzero(~chosen & ~barred)
    rows = np.flatnonzero(~done)
    matrix = instance.rows[rows][:, free]
    some = np.diff(matrix.indptr) > 0
    rows, matrix = rows[some], matrix[some]
    marks = _MARKS[free % len(_MARKS)] * (free // len(_MARKS) * 2 + 1)
    total = np.concatenate([[0], np.cumsum(marks[matrix.indices])])
    key = total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    left = instance.n - int(chosen.sum())
    return Part(free, rows, group, matrix[first], done, left)


def _solve(instance: Instance, part: Part, chosen: Mask) -> Any:
    """Maximise weight over shares of sites and of rows; prices come back as marginals."""
    from scipy.optimize import linprog

    count, sites = part.matrix.shape
    rows, _, high = part.programme(instance, chosen)
    try:
        found = linprog(
            np.concatenate([np.zeros(sites), -part.summed(instance.weights)]),
            A_ub=rows[:-1],
            b_ub=high[:-1],
            A_eq=rows[-1:],
            b_eq=high[-1:],
            bounds=(0, 1),
            method="highs-ds",
        )
    except (ValueError, RuntimeError):  # numbers too large for doubles
        return None
    return found if found.x is not None and found.status == 0 else None


def _links(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """A row is covered at most as far as its sites are chosen: z - Σ x ≤ 0."""
    count, sites = matrix.shape
    ends = matrix.indptr[1:]
    indices = np.insert(matrix.indices, ends, sites + np.arange(count))
    values = np.insert(np.full(len(matrix.indices), -1.0), ends, 1.0)
    starts = matrix.indptr + np.arange(count + 1)
    return sp.csr_matrix((values, indices, starts), shape=(count, sites + count))


def _sides(
    instance: Instance, part: Part, chosen: Mask
) -> list[tuple[sp.csr_matrix, NDArray[np.float64]]]:
    """The conditions beside: so many of one group at most; so much that must be covered."""
    count, sites = part.matrix.shape
    made = []
    if instance.group is not None:
        groups = int(instance.group.max(initial=-1)) + 1
        room = instance.most - np.bincount(instance.group[chosen], minlength=groups)
        of_free = (np.ones(sites), (instance.group[part.free], np.arange(sites)))
        made.append((sp.csr_matrix(of_free, shape=(groups, sites + count)), room.astype(float)))
    if instance.must is not None:
        settled = int(instance.must[part.done].sum())
        row = np.concatenate([np.zeros(sites), -part.summed(instance.must)])
        made.append((sp.csr_matrix(row), np.array([float(settled - instance.need)])))
    return made


def _settled(instance: Instance, part: Part) -> Prices:
    """Prices where nothing is left to decide: what is not covered is paid for in full."""
    return Prices(np.where(part.done, 0, instance.weights * FINE))


def _spread(instance: Instance, part: Part, found: Floats, need: int) -> Whole:
    """Prices of merged rows as whole numbers, shared among their rows; no row above its weight.

    A row that a chosen site covers costs nothing more; one that no free site reaches is paid for
    in full and stands in no bound.
    """
    weights = scaled(instance, need)
    made = np.where(part.done, 0, weights)
    order = np.argsort(part.group, kind="stable")
    rows, group = part.rows[order], part.group[order]
    mine = weights[rows]
    total = np.concatenate([[0], np.cumsum(mine)])
    starts = np.searchsorted(group, np.arange(part.matrix.shape[0]))
    before = total[:-1] - total[starts][group]
    if mine.dtype == object:
        pool = np.array([round(float(v) * FINE) for v in found.tolist()], dtype=object)
    else:
        pool = np.rint(found * FINE).astype(np.int64)
    made[rows] = np.clip(pool[group] - before, 0, mine)
    return made


def fewest(instance: Instance, need: int) -> int:
    """About how few sites can cover `need`: the relaxation rounded up. A guess, not a proof."""
    from scipy.optimize import linprog

    part = part_of(instance, instance.held, instance.barred & ~instance.held)
    held = int(instance.held.sum())
    count, sites = part.matrix.shape
    lacking = need - int(instance.weights[part.done].sum())
    if lacking <= 0 or not sites or not count:
        return held
    weights = np.concatenate([np.zeros(sites), -part.summed(instance.weights)])
    found = linprog(
        np.concatenate([np.ones(sites), np.zeros(count)]),
        A_ub=sp.vstack([_links(part.matrix), sp.csr_matrix(weights)]).tocsr(),
        b_ub=np.concatenate([np.zeros(count), [-float(lacking)]]),
        bounds=(0, 1),
        method="highs-ds",
    )
    return held if found.x is None else held + int(np.ceil(found.fun - 1e-6))
