"""How far in a straight line over the ellipsoid: the nearest, by chords through the earth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.read.crs import GEOD

GRS80 = GEOD  # of CGCS2000, to a tenth of a millimetre
TIE_M = 1e-6  # nearer than this to each other, two distances are the same
_FEW = 1_000_000  # pairs: looked at one by one before a tree is even loaded
_AT_ONCE = 1 << 18  # pairs looked at together: they stay in the processor
TINY = 1e-300
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)  # odd: no bit is lost
_STEP = 1 << 16  # places converted at a time


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
    facility, metres = nearest_to(spots_of(places), facilities)
    return pd.DataFrame({"facility": facility, "metres": metres}, index=places.index)


@dataclass(frozen=True)
class Spots:
    """Where places are: the positions of those that have a point, and their coordinates.

    `rows` is how many places there are, `xyz` is earth-centred.
    """

    rows: int
    at: NDArray[np.intp]
    x: Floats
    y: Floats
    xyz: Floats


def spots_of(places: pd.DataFrame) -> Spots:
    """Where the places of a frame with `x`, `y` are."""
    at = np.flatnonzero(has_point(places))
    if not len(at):
        return Spots(len(places), at, np.zeros(0), np.zeros(0), np.zeros((0, 3)))
    x, y = (places[c].to_numpy(float)[at] for c in "xy")
    return Spots(len(places), at, x, y, ecef(x, y))


def nearest_to(spots: Spots, facilities: pd.DataFrame) -> tuple[NDArray[np.intp], Floats]:
    """As `nearest`, to places whose spots are known: position of the facility, and metres."""
    facility, metres = np.full(spots.rows, -1), np.full(spots.rows, np.nan)
    there = _one_a_place(facilities)
    if not len(spots.at) or not len(there):
        return facility, metres
    far_x, far_y = (facilities[c].to_numpy(float)[there] for c in "xy")
    labels = _Labels(facilities.index, there)
    pick, chord = _nearest_by_chord(spots.xyz, ecef(far_x, far_y), labels)
    facility[spots.at] = there[pick]
    metres[spots.at] = arc(spots.x, spots.y, far_x[pick], far_y[pick], chord)
    return facility, metres


@dataclass(frozen=True)
class _Labels:
    """The labels of some rows: of ten million only those that are asked for are taken."""

    index: pd.Index
    rows: NDArray[np.intp]

    def __getitem__(self, at: int) -> Any:
        return self.index[self.rows[at]]


def within(
    places: pd.DataFrame, facilities: pd.DataFrame, limit: float
) -> tuple[Ints, Ints, Floats]:
    """Find every pair within so many metres of each other, in a straight line over the ellipsoid.

    Returns
    -------
    place, facility, metres
        Positions, in order of place and facility, and geodesic distances.
    """
    from scipy.spatial import cKDTree

    here, there = np.flatnonzero(has_point(places)), np.flatnonzero(has_point(facilities))
    if not len(here) or not len(there):
        return here[:0].astype(np.int32), there[:0].astype(np.int32), np.zeros(0)
    (x, y), (far_x, far_y) = (
        [t[c].to_numpy(float)[m] for c in "xy"] for t, m in ((places, here), (facilities, there))
    )
    a, b = ecef(x, y), ecef(far_x, far_y)
    balls = cKDTree(b).query_ball_point(a, limit * (1 + TIE_M) + TIE_M, return_sorted=True)
    one = np.repeat(np.arange(len(here)), [len(ball) for ball in balls])
    other = np.fromiter((k for ball in balls for k in ball), np.intp, len(one))
    chord = np.linalg.norm(a[one] - b[other], axis=1)
    metres = arc(x[one], y[one], far_x[other], far_y[other], chord)
    near = metres <= limit
    return here[one[near]].astype(np.int32), there[other[near]].astype(np.int32), metres[near]


def k_nearest(places: pd.DataFrame, facilities: pd.DataFrame, k: int) -> tuple[Ints, Floats]:
    """Find the k facilities nearest to each place, in a straight line over the ellipsoid.

    Returns
    -------
    facility, metres
        Places × k, the nearest first; -1 and NaN where there are not so many. Of equally near ones
        (to a micrometre) the smallest label comes first.
    """
    from scipy.spatial import cKDTree

    here, there = np.flatnonzero(has_point(places)), np.flatnonzero(has_point(facilities))
    facility = np.full((len(places), k), -1, np.int32)
    metres = np.full((len(places), k), np.nan)
    if not len(here) or not len(there):
        return facility, metres
    rank = np.argsort(np.argsort(facilities.index[there].to_numpy().astype(str), kind="stable"))
    (x, y), (far_x, far_y) = (
        [t[c].to_numpy(float)[m] for c in "xy"] for t, m in ((places, here), (facilities, there))
    )
    a, b = ecef(x, y), ecef(far_x, far_y)
    most = min(k, len(there))
    pick, chord = _nearest_few(cKDTree(b), a, b, rank, most)
    flat = pick.ravel()
    near = (np.repeat(x, most), np.repeat(y, most), far_x[flat], far_y[flat], chord.ravel())
    facility[here, :most] = there[pick]
    metres[here, :most] = arc(*near).reshape(-1, most)
    return facility, metres


def _nearest_few(
    tree: Any, a: Floats, b: Floats, rank: NDArray[np.intp], most: int
) -> tuple[NDArray[np.intp], Floats]:
    """The nearest so many of `b` by straight chord; of equally near ones that of least rank first."""
    found, pick = tree.query(a, k=list(range(1, min(most + 1, len(b)) + 1)))
    tied = np.flatnonzero((np.diff(found, axis=1) <= TIE_M).any(axis=1))
    chord, pick = found[:, :most].copy(), pick[:, :most].copy()
    for row, ball in zip(tied, tree.query_ball_point(a[tied], chord[tied, -1] + TIE_M), strict=True):  # fmt: skip
        at = np.array(ball)
        far = np.linalg.norm(b[at] - a[row], axis=1)
        order = np.argsort(far, kind="stable")
        at, far = at[order], far[order]
        same = np.cumsum(np.diff(far, prepend=far[0]) > TIE_M)
        order = np.lexsort((rank[at], same))[:most]
        pick[row], chord[row] = at[order], far[order]
    return pick, chord


def with_xy(facilities: pd.DataFrame) -> pd.DataFrame:
    """Points as columns `x`, `y`, where a frame has them as geometry."""
    if "x" in facilities or "geometry" not in facilities:
        return facilities
    points = facilities["geometry"].to_numpy()
    return pd.DataFrame(facilities.drop(columns="geometry")).assign(
        x=shapely.get_x(points), y=shapely.get_y(points)
    )


def _one_a_place(facilities: pd.DataFrame) -> NDArray[np.intp]:
    """Positions of the facilities that have a point; of several at one place, the smallest label's."""
    there = np.flatnonzero(has_point(facilities))
    if not len(there):
        return there
    x, y = (facilities[c].to_numpy(float)[there] for c in "xy")
    twins = np.flatnonzero(_may_be_twins(x, y))
    if not len(twins):
        return there
    points = pd.Series(x[twins] + 1j * y[twins])
    labels = facilities.index[there[twins]].to_numpy().astype(str)
    order = np.argsort(labels, kind="stable")
    first = ~points.iloc[order].duplicated().to_numpy()
    alone = np.ones(len(there), dtype=bool)
    alone[twins] = False
    return np.sort(np.concatenate([there[alone], there[twins][order[first]]]))


def _may_be_twins(x: Floats, y: Floats) -> Mask:
    """The points that stand where another does, and by chance some that do not.

    Each is one number made of the bits of both coordinates: sorted, equal ones are neighbours. That
    takes a third of the memory and half of the time of a table of ten million points.
    """
    # a nought is a nought, whatever its sign
    bits = (x + 0.0).view(np.uint64) * _MIX[0] ^ (y + 0.0).view(np.uint64) * _MIX[1]
    ordered = np.sort(bits)
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(several):
        return np.zeros(len(bits), dtype=bool)
    at = np.minimum(np.searchsorted(several, bits), len(several) - 1)
    return np.asarray(several[at] == bits)


def _nearest_by_chord(
    a: Floats, b: Floats, labels: pd.Index | _Labels
) -> tuple[NDArray[np.intp], Floats]:
    """The nearest of `b` by straight chord, and the chord; the smallest label wins a tie."""
    if len(b) == 1:
        return np.zeros(len(a), dtype=np.intp), np.linalg.norm(a - b, axis=1)
    if len(a) * len(b) <= _FEW:
        return _nearest_of_few(a, b, labels)
    from scipy.spatial import cKDTree  # two tenths of a second: for few, longer than all of it

    # more to grow than to ask: halved where that is quickest a tree takes half as long
    asked = len(a) >= len(b)
    tree, order = cKDTree(b, balanced_tree=asked, compact_nodes=asked), _neighbours_together(a)
    here = a.take(order, axis=0)
    found, pick = tree.query(here, k=2)
    tied = np.flatnonzero(found[:, 1] - found[:, 0] <= TIE_M)
    balls = tree.query_ball_point(here[tied], found[tied, 0] + TIE_M)
    pick[tied, 0] = [min(ball, key=lambda k: (str(labels[k]), k)) for ball in balls]
    best, chord = np.empty(len(a), dtype=np.intp), np.empty(len(a))
    best[order], chord[order] = pick[:, 0], found[:, 0]
    return best, chord


def _neighbours_together(a: Floats) -> NDArray[np.intp]:
    """An order in which neighbours follow each other: of what a tree has just looked at, most is at hand."""
    low, high = a.min(axis=0), a.max(axis=0)
    spread = np.maximum(high - low, TINY)
    one, other = np.argsort(spread)[-2:]  # the two directions in which they lie farthest apart
    cells = ((a[:, one] - low[one]) * (255 / spread[one])).astype(np.uint16)
    cells <<= 8
    cells |= ((a[:, other] - low[other]) * (255 / spread[other])).astype(np.uint16)
    return np.argsort(cells, kind="stable")


def _nearest_of_few(
    a: Floats, b: Floats, labels: pd.Index | _Labels
) -> tuple[NDArray[np.intp], Floats]:
    """The same by looking at every pair: squares are added as a tree adds them, to the last bit."""
    best, chord = np.zeros(len(a), dtype=np.intp), np.zeros(len(a))
    step = max(1, _AT_ONCE // len(b))
    for at in range(0, len(a), step):
        here = slice(at, at + step)
        x, y, z = (a[here, i, None] - b[:, i] for i in range(3))
        squares = x * x + y * y + z * z
        best[here] = squares.argmin(axis=1)
        chord[here] = np.sqrt(squares.min(axis=1))
        within = squares <= ((chord[here] + TIE_M) ** 2)[:, None]
        for row in np.flatnonzero(within.sum(axis=1) > 1).tolist():
            tied = np.flatnonzero(within[row]).tolist()
            best[at + row] = min(tied, key=lambda k: (str(labels[k]), k))
    return best, chord


def arc(ax: Floats, ay: Floats, bx: Floats, by: Floats, chord: Floats) -> Floats:
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


def ecef(x: Floats, y: Floats) -> Floats:
    """Earth-centred coordinates, in metres, of places on the ellipsoid."""
    made = np.empty((len(x), 3))
    for start in range(0, len(x), _STEP):  # they stay in the processor's cache
        some = slice(start, start + _STEP)
        lon, lat = np.radians(x[some]), np.radians(y[some])
        across = GRS80.a / np.sqrt(1 - GRS80.es * np.sin(lat) ** 2)
        out = across * np.cos(lat)
        made[some, 0], made[some, 1] = out * np.cos(lon), out * np.sin(lon)
        made[some, 2] = across * (1 - GRS80.es) * np.sin(lat)
    return made


def has_point(frame: pd.DataFrame) -> Mask:
    """Mark the rows that have both coordinates."""
    if "x" not in frame:
        return np.zeros(len(frame), dtype=bool)
    x, y = (frame[c].to_numpy(float) for c in "xy")
    return np.asarray(~(np.isnan(x) | np.isnan(y)))
