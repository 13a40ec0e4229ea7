"""From points to the road: the nearest place on it, and how far that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.measure.distance import arc, ecef, has_point
from hbgeo.measure.graph import ISLAND, LEFT_ONLY, MAIN, REACHED_ONLY, Network, Whole

FAR_M = 2000.0  # farther than this from any road a place is not brought to one
_SAME_M = 1e-3  # roads as near as this to each other are both the nearest


@dataclass(frozen=True)
class Snaps:
    """Where points come to the road; one row a point and a stretch that is nearest to it.

    Several stretches are where they meet there, or run one upon the other.

    Attributes
    ----------
    metres
        Of each point, in a straight line; NaN for those too far, and those without coordinates.
    point, stretch, at
        Position of the point, of the stretch, and how far along it, in whole decimetres.
    walk
        Metres from the point to there.
    """

    metres: Floats
    point: Ints
    stretch: Ints
    at: Whole
    walk: Floats

    def states(self, network: Network) -> Ints:
        """How each point stands to the largest part of the network (see `Network.states`); -1 for none."""
        of, edge = network.states, self.stretch
        start, end = of[network.start[edge]], of[network.end[edge]]
        forth, back = network.forth[edge], network.back[edge]
        leaves = (forth & _gets(end, LEFT_ONLY)) | (back & _gets(start, LEFT_ONLY))
        comes = (forth & _gets(start, REACHED_ONLY)) | (back & _gets(end, REACHED_ONLY))
        for tip, node in ((self.at == 0, start), (self.at == network.costs["metres"][edge], end)):
            leaves |= tip & _gets(node, LEFT_ONLY)
            comes |= tip & _gets(node, REACHED_ONLY)
        n = len(self.metres)
        out, back_in = (np.bincount(self.point[m], minlength=n) > 0 for m in (leaves, comes))
        state = np.select([out & back_in, out, back_in], [MAIN, LEFT_ONLY, REACHED_ONLY], ISLAND)
        return np.where(np.isnan(self.metres), -1, state).astype(np.int32)


def snap(network: Network, points: pd.DataFrame, *, far: float = FAR_M) -> Snaps:
    """Bring each point to the nearest place on a road, in a straight line over the ellipsoid.

    Parameters
    ----------
    points
        `x`, `y` in CGCS2000.
    far
        Metres; what is farther from every road comes to none.
    """
    metres = np.full(len(points), np.nan)
    here = np.flatnonzero(has_point(points)).astype(np.int32)
    shapes, tree, flat = network.plane
    x, y = (points[c].to_numpy(float)[here] for c in "xy")
    flat_points = shapely.points(*flat.transform(x, y))
    (one, _), gap = tree.query_nearest(
        flat_points, max_distance=far * 1.01, return_distance=True, all_matches=False
    )
    point, edge = tree.query(flat_points[one], predicate="dwithin", distance=gap + _SAME_M)
    point = one[point]
    lines, there = shapes[edge], flat_points[point]
    along = shapely.line_locate_point(lines, there)
    landed = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    lon, lat = flat.transform(landed[:, 0], landed[:, 1], direction="INVERSE")
    chord = np.linalg.norm(ecef(x[point], y[point]) - ecef(lon, lat), axis=1)
    walk = arc(x[point], y[point], lon, lat, chord)
    near = walk <= far
    whole = network.costs["metres"][edge]
    at = np.rint(along / shapely.length(lines) * whole).astype(np.int64)
    np.fmin.at(metres, here[point[near]], walk[near])
    return Snaps(
        metres, here[point[near]], edge[near].astype(np.int32), at[near], walk[near]
    )  # fmt: skip


def _gets(state: NDArray[np.int8], way: int) -> Mask:
    return np.asarray((state == MAIN) | (state == way))
