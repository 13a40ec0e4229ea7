"""How far: the nearest facility to each place, and coverage within a radius."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy.spatial import cKDTree

from hbgeo.measure.coverage import Basis, Coverage, Pairs, from_pairs, unit_table
from hbgeo.measure.locate import INSIDE
from hbgeo.read import datum

Floats = NDArray[np.float64]

_SPHERE = 64  # straight pieces a quarter circle: a disc is 0.01 % small


def nearest(places: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """Find the facility nearest to each place, in a straight line over the ellipsoid.

    Parameters
    ----------
    places, facilities
        `x`, `y` in CGCS2000; rows without them are near to nothing.

    Returns
    -------
    found
        Index and order of `places`: `facility`, the position in `facilities` (-1 where there is
        none), and `metres`, the geodesic distance (NaN). Of equally near ones, the smallest
        index label is taken.
    """
    found = pd.DataFrame({"facility": -1, "metres": np.nan}, index=places.index)
    here = np.flatnonzero(_has_point(places))
    there = np.flatnonzero(_has_point(facilities))
    if not len(here) or not len(there):
        return found
    there = there[np.argsort(facilities.index.to_numpy()[there].astype(str), kind="stable")]
    a, b = places.iloc[here], facilities.iloc[there]
    pick = _nearest_by_chord(_ecef(a), _ecef(b))
    metres = datum.GEOD.inv(
        a["x"].to_numpy(), a["y"].to_numpy(), b["x"].to_numpy()[pick], b["y"].to_numpy()[pick]
    )[2]
    found.iloc[here, 0] = there[pick]
    found.iloc[here, 1] = metres
    return found


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
        near = nearest(units, facilities)
        hit = (near["metres"] <= radius_m).to_numpy()
        unit = np.flatnonzero(hit).astype(np.int32)
        facility = near["facility"].to_numpy()[hit].astype(np.int32)
        pairs = Pairs(unit, facility, np.full(len(unit), INSIDE, np.int8))
        return from_pairs(
            units,
            facilities,
            pairs,
            basis=basis,
            weight=weight,
            method="reach",
            indicator=indicator,
        )
    table, unweighted = unit_table(units, weight)
    table["covered"], table["facilities"] = _shares_within(units, facilities, radius_m)
    table["via"] = np.where(table["facilities"] > 0, "inside", "")
    return Coverage(indicator, "reach", _with(basis, unweighted), table)


def _shares_within(
    units: pd.DataFrame, facilities: pd.DataFrame, radius_m: float
) -> tuple[Floats, NDArray[np.int64]]:
    """Share of each polygon's area within the radius, and how many discs touch it."""
    points = facilities[_has_point(facilities)]
    shapes = units["geometry"].to_numpy()
    share, touched = np.zeros(len(units)), np.zeros(len(units), dtype=np.int64)
    if not len(points) or shapely.is_empty(shapes).all():
        return share, touched
    flat = datum.to_metric(tuple(shapely.total_bounds(shapes)))
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


def _nearest_by_chord(a: Floats, b: Floats) -> NDArray[np.int64]:
    """The nearest by straight chord; the first of `b` wins a tie."""
    tree = cKDTree(b)
    k = min(2, len(b))
    _, pick = tree.query(a, k=k)
    pick = pick.reshape(len(a), k)
    chord = np.linalg.norm(b[pick] - a[:, None, :], axis=2)
    tied = chord <= chord.min(axis=1, keepdims=True)
    return np.asarray(np.where(tied, pick, len(b)).min(axis=1))


def _ecef(points: pd.DataFrame) -> Floats:
    """Earth-centred coordinates in metres: chords order distances as geodesics do, nearly."""
    transform = Transformer.from_crs("EPSG:4479", "EPSG:4480", always_xy=True)  # CGCS2000: XYZ, 3-D
    height = np.zeros(len(points))
    xyz = transform.transform(
        points["x"].to_numpy(float), points["y"].to_numpy(float), height, direction="INVERSE"
    )
    return np.column_stack(xyz)


def _has_point(frame: pd.DataFrame) -> NDArray[np.bool_]:
    if "x" not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame["x"].notna() & frame["y"].notna())
