"""How far: the nearest facility to each place, and coverage within a radius."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, from_pairs, unit_table
from hbgeo.measure.pairs import Pairs, via_bits
from hbgeo.read.crs import GEOD, to_metric

GRS80 = GEOD  # of CGCS2000, to a tenth of a millimetre
TIE_M = 1e-6  # nearer than this to each other, two distances are the same
TINY = 1e-300
_SPHERE = 64  # straight pieces a quarter circle: a disc is 0.01 % small


def nearest(places: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """Find the facility nearest to each place, in a straight line over the ellipsoid.

    The nearest is the one at the shortest chord through the earth, found in a tree of
    earth-centred coordinates: no projection, so nothing is stretched. Chords order facilities as
    geodesics do, save where these differ by less than one part in a million.

    Parameters
    ----------
    places, facilities
        `x`, `y` in CGCS2000; rows without them are near to nothing.

    Returns
    -------
    found
        Index and order of `places`: `facility`, the position in `facilities` (-1 where there is
        none), and `metres`, the geodesic distance (NaN). Of equally near ones (to a
        micrometre), the smallest index label is taken.
    """
    facility, metres = np.full(len(places), -1), np.full(len(places), np.nan)
    found = pd.DataFrame({"facility": facility, "metres": metres}, index=places.index)
    here, there = np.flatnonzero(_has_point(places)), _one_a_place(facilities)
    if not len(here) or not len(there):
        return found
    x, y = (places[c].to_numpy(float)[here] for c in "xy")
    far_x, far_y = (facilities[c].to_numpy(float)[there] for c in "xy")
    labels = facilities.index[there]
    pick, chord = _nearest_by_chord(_ecef(x, y), _ecef(far_x, far_y), labels)
    facility[here] = there[pick]
    metres[here] = _arc(x, y, far_x[pick], far_y[pick], chord)
    return found.assign(facility=facility, metres=metres)


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
    points = facilities[_has_point(facilities)]
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


def _one_a_place(facilities: pd.DataFrame) -> NDArray[np.intp]:
    """Positions of the facilities that have a point; of several at one place, the smallest label's."""
    there = np.flatnonzero(_has_point(facilities))
    if not len(there):
        return there
    points = facilities[["x", "y"]].iloc[there]
    twins = points.duplicated(keep=False).to_numpy()
    if not twins.any():
        return there
    labels = facilities.index[there[twins]].to_numpy().astype(str)
    order = np.argsort(labels, kind="stable")
    first = ~points[twins].iloc[order].duplicated().to_numpy()
    return np.sort(np.concatenate([there[~twins], there[twins][order[first]]]))


def _nearest_by_chord(a: Floats, b: Floats, labels: pd.Index) -> tuple[NDArray[np.intp], Floats]:
    """The nearest of `b` by straight chord, and the chord; the smallest label wins a tie."""
    from scipy.spatial import cKDTree  # a tenth of a second, for those who ask how far it is

    tree = cKDTree(b)
    if len(b) == 1:
        return np.zeros(len(a), dtype=np.intp), np.linalg.norm(a - b, axis=1)
    chord, pick = tree.query(a, k=2)
    best = pick[:, 0]
    tied = np.flatnonzero(chord[:, 1] - chord[:, 0] <= TIE_M)
    balls = tree.query_ball_point(a[tied], chord[tied, 0] + TIE_M)
    best[tied] = [min(ball, key=lambda k: (str(labels[k]), k)) for ball in balls]
    return best, chord[:, 0]


def _arc(ax: Floats, ay: Floats, bx: Floats, by: Floats, chord: Floats) -> Floats:
    """Geodesic distance between places whose chord is known.

    A short geodesic is nearly an arc of a circle whose radius is that of the ellipsoid midway,
    in its direction (Euler's formula): within 1e-9 up to 400 km, and nine times faster than the
    iteration, which is left for longer ones.
    """
    middle = np.radians((ay + by) / 2)
    flat = 1 - GRS80.es * np.sin(middle) ** 2
    across = GRS80.a / np.sqrt(flat)  # radius of curvature eastwards
    along = across * (1 - GRS80.es) / flat  # and northwards
    north = (along * np.radians(by - ay)) ** 2
    east = (across * np.cos(middle) * np.radians((bx - ax + 180) % 360 - 180)) ** 2
    bend = (north / along + east / across) / np.maximum(north + east, TINY)
    bend = np.where(bend > 0, bend, 1 / across)
    metres = 2 / bend * np.arcsin(np.minimum(chord * bend / 2, 1))
    long = np.flatnonzero(chord > 400_000)
    metres[long] = GRS80.inv(ax[long], ay[long], bx[long], by[long])[2]
    return np.asarray(metres)


def _ecef(x: Floats, y: Floats) -> Floats:
    """Earth-centred coordinates, in metres, of places on the ellipsoid."""
    lon, lat = np.radians(x), np.radians(y)
    across = GRS80.a / np.sqrt(1 - GRS80.es * np.sin(lat) ** 2)
    out = across * np.cos(lat)
    up = across * (1 - GRS80.es) * np.sin(lat)
    return np.column_stack([out * np.cos(lon), out * np.sin(lon), up])


def _has_point(frame: pd.DataFrame) -> NDArray[np.bool_]:
    if "x" not in frame:
        return np.zeros(len(frame), dtype=bool)
    x, y = (frame[c].to_numpy(float) for c in "xy")
    return np.asarray(~(np.isnan(x) | np.isnan(y)))
