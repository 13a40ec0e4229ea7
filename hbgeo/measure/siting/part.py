"""What a node leaves open: its free sites, and the rows that they could still cover, merged anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.measure.siting.instance import Instance, Whole

_MARKS = np.random.default_rng(20261126).integers(1, 2**62, 4096, dtype=np.int64)


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
        total = np.bincount(self.group, weights=mine, minlength=self.matrix.shape[0])
        return np.asarray(total, dtype=float)

    def programme(self, instance: Instance, chosen: Mask) -> tuple[sp.csr_matrix, Floats, Floats]:
        """Conditions on shares of sites, then of merged rows; the last is the number of sites."""
        count, sites = self.matrix.shape
        sides = sides_of(instance, self, chosen, count)
        all_sites = np.concatenate([np.ones(sites), np.zeros(count)])
        rows = [links(self.matrix), *(row for row, _ in sides), sp.csr_matrix(all_sites)]
        high = np.concatenate([np.zeros(count), *(limit for _, limit in sides), [self.left]])
        low = np.full(len(high), -np.inf)
        low[-1] = self.left
        return sp.vstack(rows).tocsr(), low, high


def part_of(instance: Instance, chosen: Mask, barred: Mask) -> Part:
    """What is open where `chosen` sites are in and `barred` ones are out."""
    done = instance.covering(chosen) > 0
    free = np.flatnonzero(~chosen & ~barred)
    rows = np.flatnonzero(~done)
    matrix = instance.rows[rows][:, free]
    some = np.diff(matrix.indptr) > 0
    rows, matrix = rows[some], matrix[some]
    # two sums that meet by chance merge rows that differ: prices are worse then, never false
    marks = _MARKS[free % len(_MARKS)] * (free // len(_MARKS) * 2 + 1)
    total = np.concatenate([[0], np.cumsum(marks[matrix.indices])])
    key = total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    left = instance.n - int(chosen.sum())
    return Part(free, rows, group, matrix[first], done, left)


def links(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """A row is covered at most as far as its sites are chosen: z - Σ x ≤ 0."""
    count, sites = matrix.shape
    ends = matrix.indptr[1:]
    indices = np.insert(matrix.indices, ends, sites + np.arange(count))
    values = np.insert(np.full(len(matrix.indices), -1.0), ends, 1.0)
    starts = matrix.indptr + np.arange(count + 1)
    return sp.csr_matrix((values, indices, starts), shape=(count, sites + count))


def sides_of(
    instance: Instance, part: Part, chosen: Mask, count: int
) -> list[tuple[sp.csr_matrix, NDArray[np.float64]]]:
    """The conditions beside: so many of one group at most; so much that must be covered."""
    sites = part.matrix.shape[1]
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
