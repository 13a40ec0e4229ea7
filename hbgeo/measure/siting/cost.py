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
from hbgeo.measure.siting.given import table_of
from hbgeo.read.cell.decimals import exact

_LARGEST = 1e30


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

    There is none where an entry, of either, is infinite or not a number.

    Raises
    ------
    RequestError
        If it is no table of numbers, or a cost is below 0 or beyond 1e30.
    """
    if sp.issparse(cost):
        given = sp.coo_matrix(cost)
        way = given.data < np.inf
        row, site, values = given.row[way], given.col[way], given.data[way]
    else:
        given = table_of(cost, "费用").astype(float)
        row, site = np.nonzero(given < np.inf)
        values = given[row, site]
    order = np.lexsort((site, row))
    row, site, values = row[order].astype(np.intp), site[order].astype(np.intp), values[order]
    for at in np.flatnonzero((values < 0) | (values > _LARGEST))[:1].tolist():
        said = f"第 {row[at]} 行到第 {site[at]} 个点的费用“{values[at]:g}”"
        raise RequestError(
            said + ("小于 0；应为 0 或正数" if values[at] < 0 else "太大；应不超过 1e30")
        )
    numbers = [_exact(v) for v in values.tolist()]
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
