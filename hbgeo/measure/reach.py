"""How far: coverage within a radius, in a straight line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, from_pairs, unit_table
from hbgeo.measure.distance import has_point, nearest
from hbgeo.measure.pairs import Pairs, via_bits
from hbgeo.read.crs import to_metric

_SPHERE = 64  # straight pieces a quarter circle: a disc is 0.01 % small


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
        Metres, above 0.
    """
    basis = basis or Basis(used=len(facilities))
    if "geometry" not in units:
        pairs = _pairs_within(units, facilities, radius_m)
        made = from_pairs(units, facilities, pairs, basis=basis, weight=weight, method="reach")
        return replace(made, indicator=indicator)
    share, touched = _shares_within(units, facilities, radius_m)
    via = np.where(touched > 0, "inside", "")
    table, unweighted = unit_table(units, weight, covered=share, facilities=touched, via=via)
    return Coverage(indicator, "reach", _with(basis, unweighted), table)


def _pairs_within(places: pd.DataFrame, facilities: pd.DataFrame, radius_m: float) -> Pairs:
    """Each place with its nearest facility, where that is within the radius."""
    near = nearest(places, facilities)
    hit = (near["metres"] <= radius_m).to_numpy()
    unit = np.flatnonzero(hit).astype(np.int32)
    facility = near["facility"].to_numpy()[hit].astype(np.int32)
    return Pairs(unit, facility, np.full(len(unit), via_bits(("inside",)), np.int8))


def _shares_within(
    units: pd.DataFrame, facilities: pd.DataFrame, radius_m: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Share of each polygon's area within the radius, and how many discs touch it."""
    points = facilities[has_point(facilities)]
    shapes = units["geometry"].to_numpy()
    share, touched = np.zeros(len(units)), np.zeros(len(units), dtype=np.int64)
    if not len(points) or shapely.is_empty(shapes).all():
        return share, touched
    flat = to_metric(tuple(shapely.total_bounds(shapes)))
    plane = shapely.transform(
        shapes, lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))
    )
    sites = shapely.points(*flat.transform(points["x"].to_numpy(), points["y"].to_numpy()))
    site, unit = shapely.STRtree(plane).query(sites, predicate="dwithin", distance=radius_m)
    discs = shapely.buffer(sites, radius_m, quad_segs=_SPHERE)
    order = np.argsort(unit, kind="stable")
    cuts = np.flatnonzero(np.diff(unit[order]) > 0) + 1
    for block in np.split(order, cuts) if len(unit) else []:
        one = unit[block[0]]
        reach = shapely.union_all(discs[site[block]])
        share[one] = _share_of(plane[one], reach)
        touched[one] = len(block)
    return share, touched


def _share_of(shape: shapely.Geometry, reach: shapely.Geometry) -> float:
    """Share of the area of `shape` in `reach`; exactly 1 where nothing is left out."""
    if shapely.covers(reach, shape):
        return 1.0
    return float(min(1.0, shapely.area(shapely.intersection(shape, reach)) / shapely.area(shape)))


def _with(basis: Basis, unweighted: tuple[str, ...]) -> Basis:
    return Basis(**{**basis.__dict__, "unweighted": unweighted})
