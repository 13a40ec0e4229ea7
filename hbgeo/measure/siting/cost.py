"""Who goes where at what cost: the matrix of p-median and p-center, exact and in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from hbgeo.errors import RequestError
from hbgeo.read.cell.decimals import exact


@dataclass(frozen=True)
class Costs:
    """Each way from demand to a site, in the order of demand and site.

    Attributes
    ----------
    row, site
        Which demand, which site.
    cost
        Its cost as a whole number; `per` of them make 1.
    """

    row: NDArray[np.intp]
    site: NDArray[np.intp]
    cost: NDArray[Any]
    per: int
    rows: int
    sites: int

    def fraction(self, cost: int) -> Fraction:
        """A cost in the units it was given in."""
        return Fraction(int(cost), self.per)


def read_costs(cost: Any) -> Costs:
    """Costs as given: a sparse matrix has a way where it stores an entry, nought too.

    A dense one has none where it is infinite or not a number.

    Raises
    ------
    RequestError
        If a cost is below 0.
    """
    if sp.issparse(cost):
        given = sp.coo_matrix(cost)
        row, site, values = given.row, given.col, given.data
    else:
        dense = np.atleast_2d(np.asarray(cost, dtype=float))
        row, site = np.nonzero(np.isfinite(dense))
        values = dense[row, site]
        given = dense
    order = np.lexsort((site, row))
    row, site = row[order].astype(np.intp), site[order].astype(np.intp)
    numbers = [_exact(v) for v in np.asarray(values)[order].tolist()]
    for r, s, number in zip(row.tolist(), site.tolist(), numbers, strict=True):
        if number < 0:
            raise RequestError(
                f"第 {r} 行到第 {s} 个点的费用“{float(number):g}”小于 0；应为 0 或正数"
            )
    per = lcm(1, *{n.denominator for n in numbers})
    whole = np.array([int(n * per) for n in numbers], dtype=object)
    if not len(whole) or max(whole.tolist()) < 2**53:
        whole = whole.astype(np.int64)
    rows, sites = given.shape
    if not sites:
        raise RequestError("没有可选的点")
    return Costs(row, site, whole, per, rows, sites)


def _exact(value: Any) -> Fraction:
    return exact(value) if isinstance(value, float) else Fraction(value)


def nearest_of(costs: Costs, chosen: Sequence[int]) -> dict[int, int]:
    """The least cost of each row to one of some sites; rows without a way are left out."""
    among = np.isin(costs.site, list(chosen))
    best: dict[int, int] = {}
    for row, cost in zip(costs.row[among].tolist(), costs.cost[among].tolist(), strict=True):
        if row not in best or cost < best[row]:
            best[row] = cost
    return best
