"""How far: coverage within a radius in a straight line, or within a cost of travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hbgeo.arrays import Ints
from hbgeo.errors import RequestError
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, from_pairs, unit_table
from hbgeo.measure.discs import shares_within
from hbgeo.measure.distance import nearest, with_xy, within
from hbgeo.measure.pairs import Pairs, via_bits

if TYPE_CHECKING:  # most ask for a straight line
    from hbgeo.measure.network import Costs

__all__ = ["by_cost", "by_radii", "by_radius", "check_radius", "geodesic_costs", "nearest"]
WIDEST = 2_000_000.0  # metres


def by_radius(
    units: pd.DataFrame,
    facilities: pd.DataFrame,
    radius_m: float,
    *,
    basis: Basis | None = None,
    weight: str | None = None,
    indicator: str = "",
) -> Coverage:
    """Measure how much of each unit lies within `radius_m` of a facility, in a straight line.

    A polygon is covered by the share of its area that the discs around the facilities reach; a
    place (a unit with `x`, `y` and no polygon) wholly or not at all, by geodesic distance.
    Straight-line distance is not walking time.

    Parameters
    ----------
    units
        Indexed by code; `geometry` polygons, or `x`, `y`.
    facilities
        `x`, `y` in CGCS2000.
    radius_m
        Metres, above 0, at most 2,000 km. Discs have the area of geodesic ones (see `discs`).

    Raises
    ------
    RequestError
        If the radius is none.
    """
    given = {"basis": basis, "weight": weight, "indicator": indicator}
    return by_radii(units, facilities, [radius_m], **given)[0]  # type: ignore[arg-type]


def by_radii(
    units: pd.DataFrame,
    facilities: pd.DataFrame,
    radii: Sequence[float],
    *,
    basis: Basis | None = None,
    weight: str | None = None,
    indicator: str = "",
) -> list[Coverage]:
    """Measure as `by_radius` for several radii at once, in the order given."""
    facilities = with_xy(facilities)
    basis = basis or Basis(used=len(facilities))
    for radius in radii:
        check_radius(radius)
    if "geometry" not in units:
        near = nearest(units, facilities)
        how = {"basis": basis, "weight": weight, "method": "reach", "indicator": indicator}
        return [
            from_pairs(units, facilities, _nearest_within(near, radius), **how)  # type: ignore[arg-type]
            for radius in radii
        ]
    made = []
    for share, touched in shares_within(units["geometry"].to_numpy(), facilities, list(radii)):
        via = np.where(touched > 0, "inside", "")
        table, unweighted = unit_table(units, weight, covered=share, facilities=touched, via=via)
        made.append(Coverage(indicator, "reach", replace(basis, unweighted=unweighted), table))
    return made


def by_cost(
    units: pd.DataFrame,
    facilities: pd.DataFrame,
    costs: Costs | pd.DataFrame,
    limit: float,
    *,
    basis: Basis | None = None,
    weight: str | None = None,
    indicator: str = "",
) -> Coverage:
    """Count a unit or place as covered from which some facility is reached within the limit.

    Parameters
    ----------
    units, facilities
        Those whose positions the costs give, in the same order.
    costs
        Of `costs_between` or `geodesic_costs`; or a table as `read_costs` gives it.
    limit
        Minutes or metres, as `costs.by` says; `facilities` counts those within, `links` names them.

    Raises
    ------
    RequestError
        If the limit is not above 0, or above that of the costs; or positions do not fit.
    """
    if isinstance(costs, pd.DataFrame):
        from hbgeo.measure.network import costs_of_table

        costs = costs_of_table(costs, units.index, facilities.index)
    if not 0 < limit <= costs.limit:
        raise RequestError(f"时限或路程“{limit:g}”应大于 0、不超过路程表的 {costs.limit:g}")
    if (len(units), len(facilities)) != (costs.places, costs.facilities):
        raise RequestError("路程表与单元、设施不是同一批")
    near = costs.within(limit)
    basis = basis or Basis(used=len(facilities))
    how = {"basis": basis, "weight": weight, "method": "reach", "indicator": indicator}
    return from_pairs(units, facilities, _inside(near.place, near.facility), **how)  # type: ignore[arg-type]


def geodesic_costs(places: pd.DataFrame, facilities: pd.DataFrame, limit: float) -> Costs:
    """The straight-line distances of all pairs within so many metres, as costs.

    Raises
    ------
    RequestError
        If the limit is not above 0, or above 2,000 km.
    """
    from hbgeo.measure.network import Costs

    check_radius(limit)
    places, facilities = with_xy(places), with_xy(facilities)
    place, facility, metres = within(places, facilities, limit)
    return Costs(place, facility, metres, "metres", limit, len(places), len(facilities))


def check_radius(radius_m: float) -> None:
    """Refuse what is no radius.

    Raises
    ------
    RequestError
        If it is not above 0, or above 2,000 km.
    """
    if not 0 < radius_m <= WIDEST:
        raise RequestError(
            f"半径 {radius_m:g} 米不可用；应大于 0、不超过 {WIDEST:.0f}（2,000 公里）"
        )


def _nearest_within(near: pd.DataFrame, radius_m: float) -> Pairs:
    """Each place with its nearest facility, where that is within the radius."""
    hit = (near["metres"] <= radius_m).to_numpy()
    unit = np.flatnonzero(hit).astype(np.int32)
    facility = near["facility"].to_numpy()[hit].astype(np.int32)
    return _inside(unit, facility)


def _inside(unit: Ints, facility: Ints) -> Pairs:
    return Pairs(unit, facility, np.full(len(unit), via_bits(("inside",)), np.int8))
