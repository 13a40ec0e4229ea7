"""A road network: lines cut where they meet, what each stretch costs, and where one cannot turn back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.errors import LayerError
from hbgeo.measure.distance import arc, ecef
from hbgeo.measure.speeds import NO_CARS, speeds_of
from hbgeo.read.crs import to_metric

TOLERANCE = 1e-7  # degrees, about a centimetre: corners that round to the same are one
UNITS = {"minutes": 600, "metres": 10}  # costs are whole tenths of seconds, whole decimetres
MAIN, LEFT_ONLY, REACHED_ONLY, ISLAND = range(4)
_FORTH = frozenset({"是", "yes", "1", "true"})
_BACK = frozenset({"反向", "-1", "reverse"})
_LINE = 1  # of shapely
_MISS_M = 1.0
_STEP = 0.02  # degrees: longer pieces are bent as the projection bends them
_HALF = 1 << 31
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Stretches of road between the places where roads meet or end.

    Attributes
    ----------
    x, y
        Of each node, CGCS2000 degrees; nodes are numbered from west to east, then northwards.
    start, end, forth, back
        Of each stretch its nodes, and whether it may be driven from start to end, and back.
    costs
        `metres` and `minutes` → of each stretch whole decimetres, whole tenths of a second; at
        least 1. Sums of them are exact.
    corners, first, last
        Longitude and latitude of all corners; stretch k is drawn by those from first to last.
    line
        The position of the line that each stretch is of.
    left_out
        Why lines are no part of it → how many.
    own_speed
        Lines whose speed is the tool's own, by class.
    """

    x: Floats
    y: Floats
    start: Ints
    end: Ints
    forth: Mask
    back: Mask
    costs: dict[str, Whole]
    corners: Floats
    first: Ints
    last: Ints
    line: Ints
    left_out: dict[str, int]
    own_speed: int
    lines: int

    def arcs(self, by: str) -> tuple[Ints, Ints, Whole]:
        """What may be driven, from node to node, at which whole cost; of several at the least."""
        cost = self.costs[by]
        tail = np.concatenate([self.start[self.forth], self.end[self.back]])
        head = np.concatenate([self.end[self.forth], self.start[self.back]])
        return least(tail, head, np.concatenate([cost[self.forth], cost[self.back]]))

    @cached_property
    def states(self) -> NDArray[np.int8]:
        """How each node stands to the largest part in which every node reaches every other.

        `MAIN` of it; `LEFT_ONLY` one gets from the node to it and not back; `REACHED_ONLY` from it
        to the node and not back; `ISLAND` neither.
        """
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import breadth_first_order, connected_components

        n = len(self.x)
        if not n:
            return np.zeros(0, np.int8)
        tail, head, _ = self.arcs("metres")
        graph = csr_matrix((np.ones(len(tail)), (tail, head)), (n, n))
        part = connected_components(graph, connection="strong")[1]
        size = np.bincount(part)
        seed = int(np.argmax(size[part]))  # of equally large ones, that of the westernmost node
        reached, leaves = np.zeros(n, bool), np.zeros(n, bool)
        reached[breadth_first_order(graph, seed, return_predecessors=False)] = True
        leaves[breadth_first_order(graph.T.tocsr(), seed, return_predecessors=False)] = True
        return np.select([reached & leaves, leaves, reached], [MAIN, LEFT_ONLY, REACHED_ONLY], ISLAND).astype(np.int8)  # fmt: skip

    @cached_property
    def islands(self) -> int:
        """How many pieces hang together in no way with the largest part."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import connected_components

        n = len(self.x)
        graph = csr_matrix((np.ones(len(self.start)), (self.start, self.end)), (n, n))
        return max(0, int(connected_components(graph, connection="weak")[0]) - 1) if n else 0

    @cached_property
    def near_misses(self) -> Ints:
        """Nodes where one road ends within a metre of another that it does not join."""
        ends = np.concatenate([self.start, self.end])
        tips = np.flatnonzero(np.bincount(ends, minlength=len(self.x)) == 1)
        _, tree, flat = self.plane
        points = shapely.points(*flat.transform(self.x[tips], self.y[tips]))
        tip, stretch = tree.query(points, predicate="dwithin", distance=_MISS_M)
        node = tips[tip]
        other = (self.start[stretch] != node) & (self.end[stretch] != node)
        return np.unique(node[other]).astype(np.int32)

    @cached_property
    def plane(self) -> tuple[Any, Any, Any]:
        """The stretches as lines in metres, a tree of them, and the projection they are in."""
        flat = to_metric((*self.corners.min(axis=0), *self.corners.max(axis=0)))
        many = self.last - self.first + 1
        of = np.repeat(np.arange(len(many)), many)
        at = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + self.first[of]
        drawn = shapely.linestrings(self.corners[at], indices=of)
        move = lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))  # noqa: E731
        shapes = shapely.transform(shapely.segmentize(drawn, _STEP), move)
        return shapes, shapely.STRtree(shapes), flat


def make_network(lines: pd.DataFrame, *, tolerance: float = TOLERANCE) -> Network:
    """Put lines together to a network that can be driven.

    Lines meet where they have a corner in common, at their ends or between: a bridge without one
    joins nothing. Lengths are geodesic. Foot and cycle paths are left out, and counted.

    Parameters
    ----------
    lines
        Schema `road`: `geometry` in CGCS2000; `class`, `speed_kmh` and `oneway` (是, 反向 against
        the drawing, else both ways) where known. The order of rows changes no cost.
    tolerance
        Degrees, 1e-7 or more: corners that round to the same multiple of it are one.

    Raises
    ------
    LayerError
        If no line can be driven.
    """
    frame = pd.DataFrame(lines).reset_index(drop=True)
    cars = (frame["class"] != NO_CARS).to_numpy() if "class" in frame else np.ones(len(frame), bool)
    corners, keys, part, line = _corners(frame["geometry"].to_numpy(), cars, tolerance)
    if not len(corners):
        raise LayerError("道路图层里没有可以行车的路段；请检查道路等级和图形")
    first, last, node, nodes = _stretches(keys, part)
    metres = _lengths(corners, part)
    metres, of = metres[last] - metres[first], line[first]
    speeds, own, _ = speeds_of(frame)
    driven, way = np.unique(of), _ways(frame)[of]
    cost = {"metres": metres * 10, "minutes": metres / speeds[of] * 36}
    costs = {by: np.maximum(1, np.rint(c)).astype(np.int64) for by, c in cost.items()}
    none = {"不通机动车": int((~cars).sum()), "没有图形": int(cars.sum()) - len(driven)}
    x, y = corners[nodes].T
    drawn = (corners, first, last, of)
    said = ({why: n for why, n in none.items() if n}, int(own[driven].sum()), len(driven))
    return Network(x, y, node[first], node[last], way >= 0, way <= 0, costs, *drawn, *said)


def least(tail: Ints, head: Ints, cost: Whole) -> tuple[Ints, Ints, Whole]:
    """Of arcs from the same node to the same the one of least cost; in order of tail and head."""
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], cost[order]
    new = np.ones(len(tail), bool)
    new[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    return tail[new], head[new], cost[new]


def _corners(shapes: Any, cars: Mask, tolerance: float) -> tuple[Floats, Whole, Ints, Ints]:
    """Rounded corners of the parts of lines, a number for each place, the part, and its line; none twice on the spot."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    driven = (shapely.get_type_id(parts) == _LINE) & cars[of]
    parts, of = parts[driven], of[driven]
    given, part = shapely.get_coordinates(parts, return_index=True)
    whole = np.rint(given / tolerance).astype(np.int64)
    keys = whole[:, 0] * (2 * _HALF) + whole[:, 1] + _HALF
    moved = np.ones(len(keys), bool)
    moved[1:] = (np.diff(keys) != 0) | (np.diff(part) != 0)
    whole, keys, part = whole[moved], keys[moved], part[moved]
    real = (np.bincount(part, minlength=len(parts)) > 1)[part]
    part = part[real]
    return (
        np.asarray(whole[real] * tolerance),
        keys[real],
        part.astype(np.int32),
        of[part].astype(np.int32),
    )


def _stretches(keys: Whole, part: Ints) -> tuple[Ints, Ints, Ints, NDArray[np.intp]]:
    """Where stretches begin and end, the node of each corner (-1 for none), a corner of each node."""
    _, at, of, many = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)  # fmt: skip
    turn = np.diff(part, prepend=-1, append=-1) != 0
    tip = turn[:-1] | turn[1:]
    meets = many > 1
    meets[of[tip]] = True
    back = (keys[:-2] == keys[2:]) & (part[:-2] == part[2:])  # a line that turns upon itself
    meets[of[1:-1][back]] = True
    number = np.where(meets, np.cumsum(meets) - 1, -1)
    node = number[of].astype(np.int32)
    cuts = np.flatnonzero(node >= 0).astype(np.int32)
    together = part[cuts[:-1]] == part[cuts[1:]]
    return cuts[:-1][together], cuts[1:][together], node, at[meets]


def _lengths(corners: Floats, part: Ints) -> Floats:
    """Metres from the first corner of all to each, along the lines."""
    (ax, ay), (bx, by) = corners[:-1].T, corners[1:].T
    there = ecef(corners[:, 0], corners[:, 1])
    metres = arc(ax, ay, bx, by, np.linalg.norm(np.diff(there, axis=0), axis=1))
    return np.concatenate([[0.0], np.cumsum(np.where(np.diff(part) == 0, metres, 0.0))])


def _ways(lines: pd.DataFrame) -> NDArray[np.int8]:
    """1 for lines driven only as they are drawn, -1 only against it, 0 both ways."""
    if "oneway" not in lines:
        return np.zeros(len(lines), np.int8)
    said = lines["oneway"].astype(str).str.lower()
    return said.isin(_FORTH).to_numpy(np.int8) - said.isin(_BACK).to_numpy(np.int8)
