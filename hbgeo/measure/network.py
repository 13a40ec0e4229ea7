"""What it costs to get from places to facilities by road: minutes or metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Ints
from hbgeo.errors import RequestError
from hbgeo.measure.distance import with_xy
from hbgeo.measure.graph import (
    ISLAND,
    LEFT_ONLY,
    MAIN,
    REACHED_ONLY,
    UNITS,
    Network,
    Whole,
    make_network,
)
from hbgeo.measure.routing import Progress, Routes, costs_within, lay_routes, least_costs
from hbgeo.measure.snapping import FAR_M, snap

__all__ = [
    "FAR", "ISLAND", "LEFT_ONLY", "MAIN", "REACHED_ONLY", "Costs", "Network", "costs_between",
    "costs_of_table", "k_nearest_by_cost", "make_network", "nearest_by_cost", "nearest_of_nodes", "read_costs",
]  # fmt: skip
_NONE = np.zeros(0)
FAR = -1  # no road within reach
_WIDER = {"minutes": (30, 120, 480, np.inf), "metres": (2e4, 8e4, 3.2e5, np.inf)}  # limits in turn


@dataclass(frozen=True)
class Costs:
    """What it costs to get from places to facilities; and who gets nowhere.

    Attributes
    ----------
    place, facility, cost
        Positions, and minutes or metres; a row each pair within the limit, in order of place and
        facility.
    by, limit
        `minutes` or `metres`, and the limit.
    place_metres, facility_metres
        How far each is from the road, in a straight line; NaN where it is farther than `far`.
        Empty where costs come from a table.
    place_states, facility_states
        How each stands to the largest part of the network: `MAIN`, `LEFT_ONLY`, `REACHED_ONLY`,
        `ISLAND`, or `FAR` where it comes to no road.
    places, facilities
        How many there are.
    """

    place: Ints
    facility: Ints
    cost: Floats
    by: str
    limit: float
    places: int
    facilities: int
    far: float = FAR_M
    place_metres: Floats = field(default_factory=lambda: _NONE)
    facility_metres: Floats = field(default_factory=lambda: _NONE)
    place_states: Ints = field(default_factory=lambda: _NONE.astype(np.int32))
    facility_states: Ints = field(default_factory=lambda: _NONE.astype(np.int32))

    def among(self, state: int, *, facilities: bool = False) -> Ints:
        """Positions of the places, or facilities, that stand so to the network."""
        of = self.facility_states if facilities else self.place_states
        return np.flatnonzero(of == state).astype(np.int32)

    @property
    def cut_off(self) -> Ints:
        """Positions of the places from which one does not get to the largest part of the network."""
        of = self.place_states
        return np.flatnonzero((of == REACHED_ONLY) | (of == ISLAND)).astype(np.int32)

    @property
    def too_far(self) -> Ints:
        """Positions of the places too far from any road, and of those without coordinates."""
        return self.among(FAR)

    def within(self, limit: float) -> Costs:
        """The same within a smaller limit."""
        near = self.cost <= limit
        cut = {c: getattr(self, c)[near] for c in ("place", "facility", "cost")}
        return Costs(**{**self.__dict__, **cut, "limit": limit})


def costs_between(
    network: Network,
    places: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    limit: float,
    by: str = "minutes",
    far: float = FAR_M,
    progress: Progress | None = None,
) -> Costs:
    """Find what it costs to get from each place to each facility, where that is within the limit.

    One walks from the place to the nearest point of a road (5 km/h, straight), drives as is allowed
    and walks on to the facility; or straight on, where that is no farther.

    Parameters
    ----------
    places, facilities
        `x`, `y` in CGCS2000; those without are listed as too far.
    limit, by
        Above 0; `minutes` or `metres`.
    far
        Metres; who is farther from every road reaches nothing (`too_far`).

    The cost of each stretch is rounded to tenths of a second, or decimetres; sums are exact.

    References
    ----------
    Dijkstra (1959), A note on two problems in connexion with graphs, Numerische Mathematik 1.
    Walking off the road: Weiss et al. (2020), Nature Medicine 26, 1835-1838.
    """
    unit, places, facilities = _unit_of(by), with_xy(places), with_xy(facilities)
    here, there = snap(network, places, far=far), snap(network, facilities, far=far)
    routes = lay_routes(network, places, facilities, (here, there), by)
    whole = np.floor(limit * unit + 1e-6)
    parts = list(costs_within(routes, len(places), len(facilities), whole, progress))
    place, facility, cost = _in_order(parts)
    size = (by, limit, len(places), len(facilities), far, here.metres, there.metres)
    states = (here.states(network), there.states(network))
    return Costs(place, facility, cost / unit, *size, *states)


def _in_order(parts: list[tuple[Ints, Ints, Floats]]) -> tuple[Ints, Ints, Floats]:
    """All batches as one, in order of place and facility."""
    place, facility, cost = [np.concatenate(c) for c in zip(*parts, strict=True)] or [_NONE] * 3
    order = np.lexsort((facility, place))
    return place[order].astype(np.int32), facility[order].astype(np.int32), cost[order]


def nearest_by_cost(
    network: Network,
    places: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    by: str = "minutes",
    far: float = FAR_M,
) -> pd.DataFrame:
    """Find the facility that each place reaches at the least cost; of equal ones the smallest label.

    Returns
    -------
    found
        Index and order of `places`: `facility`, its position (-1 for none), `cost` (NaN).
    """
    here, there = snap(network, places, far=far), snap(network, facilities, far=far)
    routes = lay_routes(network, places, facilities, (here, there), by)
    facility, cost = _nearest(routes, facilities, by)
    mine = slice(routes.places, routes.facilities)
    return pd.DataFrame({"facility": facility[mine], "cost": cost[mine]}, index=places.index)


def nearest_of_nodes(
    network: Network, facilities: pd.DataFrame, *, by: str = "minutes", far: float = FAR_M
) -> tuple[Ints, Floats]:
    """Find for every node of the network the facility that is reached at the least cost.

    Returns
    -------
    facility, cost
        Position (-1 for none) and minutes or metres (NaN), of each node.
    """
    nobody = pd.DataFrame({"x": [], "y": []}, dtype=float)
    snaps = (snap(network, nobody), snap(network, facilities, far=far))
    routes = lay_routes(network, nobody, facilities, snaps, by)
    facility, cost = _nearest(routes, facilities, by)
    return facility[: len(network.x)], cost[: len(network.x)]


def read_costs(path: Any, places: pd.Index | None = None, facilities: pd.Index | None = None) -> pd.DataFrame:  # fmt: skip
    """Read a user's own table of minutes (see `hbgeo.read.costs.read_costs`)."""
    from hbgeo.read.costs import (
        read_costs as read,  # nobody waits for readers who has no such table
    )

    return read(path, places, facilities)


def costs_of_table(
    table: pd.DataFrame,
    places: pd.Index,
    facilities: pd.Index,
    *,
    limit: float = np.inf,
    by: str = "",
) -> Costs:
    """Turn a table of minutes or metres (see `read_costs`) into costs; of a pair named twice the least.

    Parameters
    ----------
    table
        `place`, `facility` (labels of the two indexes; others are passed over), and `by`.
    by
        `minutes` or `metres`; "" takes minutes where there are any.

    Raises
    ------
    RequestError
        If there is no such column, or a cell of it is no number of 0 or more.
    """
    by = by or next((name for name in UNITS if name in table), "minutes")
    if by not in table:
        raise RequestError(f"路程表没有 {by} 列；列为 place、facility 和 minutes 或 metres")
    _refuse_negative(table, by)
    place, facility = (
        places.get_indexer(pd.Index(table["place"])),
        facilities.get_indexer(pd.Index(table["facility"])),
    )
    cost = table[by].to_numpy(float)
    known = (place >= 0) & (facility >= 0) & (cost <= limit)
    place, facility, cost = place[known], facility[known], cost[known]
    order = np.lexsort((cost, facility, place))
    place, facility, cost = place[order], facility[order], cost[order]
    new = np.ones(len(place), bool)
    new[1:] = (np.diff(place) != 0) | (np.diff(facility) != 0)
    pair = (place[new].astype(np.int32), facility[new].astype(np.int32))
    return Costs(*pair, cost[new], by, limit, len(places), len(facilities))


def _refuse_negative(table: pd.DataFrame, by: str) -> None:
    bad = np.flatnonzero(~(table[by].to_numpy(float) >= 0))
    if len(bad):
        row = table.iloc[bad[0]]
        pair = f"{row['place']} 到 {row['facility']}"
        raise RequestError(f"路程表第 {bad[0] + 1} 行（{pair}）的 {by} “{row[by]}”应为 0 以上的数")


def _nearest(routes: Routes, facilities: pd.DataFrame, by: str) -> tuple[Ints, Floats]:
    rank = _ranks(facilities)
    found, cost = least_costs(routes, rank)
    position = np.append(np.argsort(rank), -1)[found].astype(np.int32)
    return position, np.where(found < 0, np.nan, cost / _unit_of(by))


def _ranks(facilities: pd.DataFrame) -> Whole:
    """Where each stands among them by label, from 0."""
    order = np.argsort(facilities.index.to_numpy().astype(str), kind="stable")
    return np.argsort(order).astype(np.int64)


def _unit_of(by: str) -> int:
    if by not in UNITS:
        raise RequestError(f"不能按“{by}”计算路程；可选值 {'、'.join(UNITS)}")
    return UNITS[by]


def k_nearest_by_cost(
    network: Network,
    places: pd.DataFrame,
    facilities: pd.DataFrame,
    k: int,
    *,
    by: str = "minutes",
    far: float = FAR_M,
) -> tuple[Ints, Floats]:
    """Find the k facilities that each place reaches at the least cost, however much that is.

    Returns
    -------
    facility, cost
        Places × k, the nearest first; -1 and NaN where fewer are reached. Of those at the same
        cost the smallest label comes first.
    """
    facility = np.full((len(places), k), -1, np.int32)
    cost = np.full((len(places), k), np.nan)
    first = nearest_by_cost(network, places, facilities, by=by, far=far)
    facility[:, 0], cost[:, 0] = first["facility"], first["cost"]
    if k == 1:
        return facility, cost
    rank = _ranks(facilities)
    left = np.flatnonzero(facility[:, 0] >= 0)  # who reaches none need not be asked again
    for limit in _WIDER[by]:
        few = costs_between(network, places.iloc[left], facilities, limit=limit, by=by, far=far)
        order = np.lexsort((rank[few.facility], few.cost, few.place))
        place = few.place[order]
        nth = np.arange(len(place)) - np.searchsorted(place, place)
        kept = nth < k
        at = (left[place[kept]], nth[kept])
        facility[at], cost[at] = few.facility[order][kept], few.cost[order][kept]
        left = left[np.bincount(few.place, minlength=len(left)) < min(k, len(facilities))]
        if not len(left):
            break
    return facility, cost
