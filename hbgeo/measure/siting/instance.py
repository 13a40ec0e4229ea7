"""A covering question in whole numbers: demand with the same sites merged, rows in an order of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.siting.given import exact_weights
from hbgeo.measure.siting.problem import Problem, cover_matrix, whole

Whole = NDArray[Any]  # int64, or Python's own where these are too small
_SMALL = 2**42  # sums below it leave room for the fractions of prices


@dataclass(frozen=True)
class Instance:
    """Choose exactly `n` sites so that most weight is covered, at least `need` of the `must`.

    Attributes
    ----------
    rows
        Merged demand × sites, ones.
    sites
        The same by site.
    weights
        Of each row, whole.
    must, need
        Of partial cover's second question: another weight of each row of which `need` must be
        covered; None where nothing must.
    n
        Sites to choose.
    group, most
        Group of each site, from 0; -1 where groups do not matter, and how many of one at most.
    held, barred
        Sites that must be chosen; that may not.
    """

    rows: sp.csr_matrix
    sites: sp.csr_matrix
    weights: Whole
    n: int
    held: Mask
    barred: Mask
    must: Whole | None = None
    need: int = 0
    group: Numbers | None = None
    most: int = 0

    def asking(self, n: int) -> Instance:
        """The same for another number of sites."""
        return replace(self, n=n)

    def rows_of(self, site: int) -> Numbers:
        """The rows that a site covers."""
        start, end = self.sites.indptr[site : site + 2]
        return np.asarray(self.sites.indices[start:end])

    def covering(self, chosen: Mask) -> NDArray[np.int64]:
        """How many of the chosen sites cover each row."""
        return np.asarray(self.rows @ chosen.astype(np.int64))

    def value(self, chosen: Mask) -> int:
        """The weight that these sites cover."""
        return int(self.weights[self.covering(chosen) > 0].sum())

    def reaches(self, chosen: Mask) -> bool:
        """Whether these sites cover as much as must be."""
        if self.must is None:
            return True
        return int(self.must[self.covering(chosen) > 0].sum()) >= self.need


@dataclass(frozen=True)
class Reduced:
    """A question in whole numbers, and what was settled before it is asked.

    Attributes
    ----------
    base
        Weight of the rows that what exists covers.
    per
        How many units of whole numbers make 1.
    row_of
        The merged row of each row of demand; -1 where it is settled.
    """

    instance: Instance
    base: int
    total: int
    per: int
    row_of: Numbers
    unreachable: tuple[int, ...]
    then: Whole
    then_per: int
    then_base: int

    def outside(self, value: int) -> Fraction:
        """A whole number of the instance as a weight of the question, with the base."""
        return Fraction(value + self.base, self.per)


def reduce(problem: Problem) -> Reduced:
    """Turn a question into whole numbers; merge rows that the same sites cover."""
    cover = cover_matrix(problem.cover)
    given = exact_weights(problem.weights)
    need = () if problem.need is None else (problem.need,)
    weights, per = whole(given, *need)
    then, then_per = weights, per
    if problem.then is not None:
        then, then_per = whole(exact_weights(problem.then))
    done = np.zeros(cover.shape[0], bool) if problem.covered is None else problem.covered
    barred = np.zeros(cover.shape[1], bool)
    barred[list(problem.refused)] = True
    held = np.zeros(cover.shape[1], bool)
    held[list(problem.fixed)] = True
    admissible = cover @ (~barred).astype(np.int64)
    far = (admissible == 0) & ~done
    merged, row_of = _merge(cover, ~done & ~far)
    instance = Instance(
        merged,
        sp.csr_matrix(merged.T),
        _sums(row_of, weights, merged),
        problem.n or 0,
        held,
        barred,
        group=None if problem.group is None else np.unique(problem.group, return_inverse=True)[1],
        most=problem.most or 0,
    )
    base = sum(w for w, d in zip(weights, done.tolist(), strict=True) if d)
    then_base = sum(w for w, d in zip(then, done.tolist(), strict=True) if d)
    unreachable = tuple(np.flatnonzero(far).tolist())
    seconds = _sums(row_of, then, merged)
    return Reduced(
        instance, base, sum(weights), per, row_of, unreachable, seconds, then_per, then_base
    )


def _merge(cover: sp.csr_matrix, rows: Mask) -> tuple[sp.csr_matrix, Numbers]:
    """Rows with the same sites as one, ordered by their sites; and the merged row of each."""
    row_of = np.full(cover.shape[0], -1, dtype=np.intp)
    starts, indices = cover.indptr, cover.indices
    known: dict[tuple[int, ...], list[int]] = {}
    for row in np.flatnonzero(rows).tolist():
        known.setdefault(tuple(indices[starts[row] : starts[row + 1]].tolist()), []).append(row)
    keys = sorted(known)
    for place, key in enumerate(keys):
        row_of[known[key]] = place
    ends = np.cumsum([0, *map(len, keys)])
    flat = np.array([site for key in keys for site in key], dtype=np.int64)
    shape = (len(keys), cover.shape[1])
    return sp.csr_matrix((np.ones(len(flat), np.int64), flat, ends), shape=shape), row_of


def _sums(row_of: Numbers, weights: list[int], merged: sp.csr_matrix) -> Whole:
    """Weight of each merged row."""
    made = [0] * merged.shape[0]
    for row, weight in zip(row_of.tolist(), weights, strict=True):
        if row >= 0:
            made[row] += weight
    often = int(np.diff(merged.indptr).max(initial=1))  # so often a row's price is added up
    return np.array(made, dtype=np.int64 if sum(made) * often < _SMALL else object)
