"""Discs about points: of the geodesic area, whatever the projection does to their shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Shapes
from hbgeo.measure.distance import has_point
from hbgeo.read.crs import GEOD, to_metric

SIDES = 48  # of the polygon that stands for a disc
_FEW = 16  # corners reckoned one by one: the others lie on the same smooth curve, to (r/R)^8
_SMOOTH_M = 500_000.0  # … which up to this radius is a millimetre in a kilometre
_STEP = 0.02  # degrees: sides of units longer than this are bent as the projection bends them
_CROWD = 16  # discs a unit, from which it is worth looking for one that holds it whole
Counts = NDArray[np.int64]


def shares_within(
    shapes: Shapes, facilities: pd.DataFrame, radii: list[float]
) -> list[tuple[Floats, Counts]]:
    """Share of each polygon's area within each radius of a facility, and how many discs touch it.

    A disc is a polygon whose corners stand on the geodesic circle, and so far out that its area is
    the disc's. Areas are measured in an equal-area projection. What several radii have in common is
    worked out once.

    Parameters
    ----------
    shapes
        Polygons in CGCS2000 degrees; their sides are straight there.
    facilities
        `x`, `y` in CGCS2000.

    Returns
    -------
    found
        For each radius, in the order given: shares 0 to 1 (exactly 1 where nothing is left out),
        and counts.
    """
    points = facilities[has_point(facilities)]
    if not len(points) or not _shaped(shapes).any():
        return [(np.zeros(len(shapes)), np.zeros(len(shapes), np.int64)) for _ in radii]
    plane, flat = _flat(shapes)
    tree, area = shapely.STRtree(plane), shapely.area(plane)
    x, y = (points[c].to_numpy(float) for c in "xy")
    return [_within(plane, tree, area, _discs(x, y, radius, flat)) for radius in radii]


def areas_of(shapes: Shapes) -> Floats:
    """Square kilometres of polygons, in an equal-area projection of GRS80, to the square metre; NaN without a shape."""
    if not _shaped(shapes).any():
        return np.full(len(shapes), np.nan)
    area = np.round(shapely.area(_flat(shapes)[0]) / 1e6, 6)
    return np.where(_shaped(shapes), area, np.nan)


def _shaped(shapes: Shapes) -> Mask:
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))


def _flat(shapes: Shapes) -> tuple[Shapes, Any]:
    """Polygons in an equal-area plane, in metres, and the projection."""
    flat = to_metric(tuple(shapely.total_bounds(shapes)))
    bent = shapely.segmentize(shapes, _STEP)
    move = lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))  # noqa: E731
    return np.asarray(shapely.transform(bent, move)), flat


def _discs(x: Floats, y: Floats, radius_m: float, flat: Any) -> Shapes:
    """Polygons in the plane with the area of geodesic discs."""
    turn = 2 * np.pi / SIDES
    out = radius_m * np.sqrt(turn / np.sin(turn))  # n/2 · sin(2π/n) · out² is π · radius²
    few = _FEW if radius_m <= _SMOOTH_M else SIDES
    n, way = len(x), np.arange(few) * (360 / few)
    lon, lat, _ = GEOD.fwd(
        np.repeat(x, few), np.repeat(y, few), np.tile(way, n), np.full(n * few, out)
    )
    corners = np.column_stack(flat.transform(lon, lat)).reshape(n, few, 2)
    if few < SIDES:
        waves = np.fft.rfft(corners, axis=1)
        corners = np.fft.irfft(waves, SIDES, axis=1) * (SIDES / few)
    return np.asarray(shapely.polygons(corners))


def _within(plane: Shapes, tree: Any, area: Floats, discs: Shapes) -> tuple[Floats, Counts]:
    site, unit = tree.query(discs, predicate="intersects")
    touched = np.bincount(unit, minlength=len(plane))
    share = np.zeros(len(plane))
    if len(unit) > _CROWD * len(plane):  # where radii are wide most lie in one disc
        share = _whole(plane, discs).astype(float)
        left = share[unit] == 0
        site, unit = site[left], unit[left]
    order = np.argsort(unit, kind="stable")
    cuts = np.flatnonzero(np.diff(unit[order]) > 0) + 1
    for block in np.split(order, cuts) if len(unit) else []:
        one = unit[block[0]]
        reach = shapely.union_all(discs[site[block]])
        if shapely.covers(reach, plane[one]):
            share[one] = 1.0
        else:
            both = shapely.area(shapely.intersection(plane[one], reach))
            share[one] = min(1.0, both / area[one])
    return share, touched


def _whole(plane: Shapes, discs: Shapes) -> Mask:
    """The polygons that lie in the disc nearest to their middle: no need to put others together."""
    there = np.flatnonzero(_shaped(plane))
    near = shapely.STRtree(shapely.centroid(discs)).nearest(shapely.centroid(plane[there]))
    whole = np.zeros(len(plane), bool)
    whole[there] = shapely.covers(discs[near], plane[there])
    return whole
