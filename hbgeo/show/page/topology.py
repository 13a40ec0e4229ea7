"""Polygons with common borders → arcs on a grid, each stored once, as TopoJSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def encode_topology(levels: Mapping[str, NDArray[np.object_]], grid: int) -> dict[str, Any]:
    """Cut the outlines of all levels where they part, and store each piece once.

    Parameters
    ----------
    levels
        Level → polygons and multipolygons; some may be empty, not all.
    grid
        Cells along each axis, at most 2^15: a point is moved to its cell.

    Returns
    -------
    topology
        `arcs`: the points' columns and rows; but for an arc's first, as steps from the one before.
        `objects`: level → for each unit its polygons, each a list of rings, the outer first, each
        a list of arcs; `~arc` is one run through backwards. `scale` and `translate` turn cells
        into coordinates. Rings that have no area on the grid are left out, as are points on a
        straight line.

    References
    ----------
    M. Bostock, "How To Infer Topology", 2013.
    """
    shapes = np.concatenate(list(levels.values()))
    parts, unit_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    outer_of = np.searchsorted(part_of, part_of)  # the first ring of the same polygon
    lines, scale, translate = _on_grid(rings, grid)
    arcs, refs = _share(*_cut(_with_area(_tidy(lines), outer_of)))
    units: list[list[Any]] = [[] for _ in shapes]
    for ring, of_ring in refs.items():
        polygons = units[unit_of[part_of[ring]]]
        if outer_of[ring] == ring:
            polygons.append([])
        polygons[-1].append(of_ring)
    ends = np.cumsum([0, *map(len, levels.values())]).tolist()
    return {
        "scale": scale,
        "translate": translate,
        "arcs": arcs,
        "objects": dict(zip(levels, (units[a:b] for a, b in pairwise(ends)), strict=True)),
    }


@dataclass(frozen=True)
class _Lines:
    """Points on the grid in the order of their rings.

    Attributes
    ----------
    cells
        Column · grid + row of each point.
    ring
        Which ring each is of.
    """

    cells: Whole
    ring: Whole
    grid: int

    @property
    def points(self) -> Whole:
        """Column and row of each point."""
        return np.column_stack(np.divmod(self.cells, self.grid))

    def keep(self, mask: NDArray[np.bool_]) -> _Lines:
        """Only some of the points."""
        return _Lines(self.cells[mask], self.ring[mask], self.grid)

    def neighbours(self) -> tuple[Whole, Whole]:
        """Positions of the points before and after each, round its ring."""
        place = np.arange(len(self.ring))
        before, after = place - 1, place + 1
        starts = np.flatnonzero(np.diff(self.ring, prepend=-1))
        ends = np.flatnonzero(np.diff(self.ring, append=-1))
        before[starts], after[ends] = ends, starts
        return before, after


def _on_grid(
    rings: NDArray[np.object_], grid: int
) -> tuple[_Lines, tuple[float, float], tuple[float, float]]:
    """Move every point to its cell; the grid spans the rings' extent."""
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    low = xy.min(axis=0)
    extent = np.ptp(xy, axis=0)
    scale = np.where(extent > 0, extent / (grid - 1), 1.0)
    column, row = np.rint((xy - low) / scale).astype(np.int64).T
    closing = np.append(ring[1:] != ring[:-1], True)  # repeats the ring's first point
    lines = _Lines(column * grid + row, ring.astype(np.int64), grid)
    return lines.keep(~closing), tuple(scale.tolist()), tuple(low.tolist())


def _tidy(lines: _Lines) -> _Lines:
    """Leave out repeated points and the tips of spikes, until there are none."""
    while True:
        before, after = (lines.cells[place] for place in lines.neighbours())
        stays = (lines.cells != before) & (before != after)
        if stays.all():
            return lines
        lines = lines.keep(stays)


def _with_area(lines: _Lines, outer_of: Whole) -> _Lines:
    """Leave out the rings without area, and the holes in them."""
    _, after = lines.neighbours()
    x, y = lines.points.T
    # whole numbers below 2^53: exact
    area = np.bincount(lines.ring, x * y[after] - x[after] * y, minlength=len(outer_of))
    return lines.keep(((area != 0) & (area[outer_of] != 0))[lines.ring])


def _cut(lines: _Lines) -> tuple[_Lines, NDArray[np.bool_]]:
    """Close each ring, from the first point at which it is cut, and mark where.

    A ring that shares its way with no other, or all of it, begins at its lowest cell.
    """
    cells, ring = lines.cells, lines.ring
    ends = _ends(lines)
    starts = np.flatnonzero(np.diff(ring, prepend=-1))
    count = np.diff(np.r_[starts, len(ring)])
    rank = np.where(ends, -1, cells)
    lowest = np.flatnonzero(rank == np.repeat(np.minimum.reduceat(rank, starts), count))
    first = lowest[np.searchsorted(ring[lowest], ring[starts])]
    # one point more a ring: the first again
    step = np.arange(len(ring) + len(starts)) - np.repeat(
        starts + np.arange(len(starts)), count + 1
    )
    shift, size, start = (np.repeat(one, count + 1) for one in (first - starts, count, starts))
    turned = start + (step + shift) % size
    closed = _Lines(cells[turned], ring[turned], lines.grid)
    cut = ends[turned] | (step == 0) | (step == size)
    kept = cut | ~_straight(closed)
    return closed.keep(kept), cut[kept]


def _ends(lines: _Lines) -> NDArray[np.bool_]:
    """Where rings part: the rings along the way to a point are not those along the way on."""
    before, after = lines.neighbours()
    ways = np.sort(np.column_stack([lines.cells, lines.cells[after]]), axis=1)
    _, way = np.unique(ways[:, 0] * lines.grid**2 + ways[:, 1], return_inverse=True)
    # a set of rings is told by a sum; were two the same, some arc would be stored twice
    token = np.random.default_rng(0).integers(2**40, size=int(lines.ring.max(initial=0)) + 1)
    rings = np.zeros(len(way), dtype=np.int64)
    np.add.at(rings, way, token[lines.ring])
    parting = rings[way] != rings[way[before]]
    return np.isin(lines.cells, lines.cells[parting])


def _straight(lines: _Lines) -> NDArray[np.bool_]:
    """Points on the straight line between the two beside them."""
    points = lines.points
    before, after = np.diff(points[:-1], axis=0), np.diff(points[1:], axis=0)
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    straight = np.zeros(len(points), dtype=bool)
    straight[1:-1] = turn == 0
    return straight


def _share(lines: _Lines, cut: NDArray[np.bool_]) -> tuple[list[Whole], dict[int, list[int]]]:
    """The arcs, each once and from its lower end, and those that make up each ring."""
    cells, places = lines.cells, np.flatnonzero(cut)
    start, end = places[:-1], places[1:]
    start, end = (place[lines.ring[start] == lines.ring[end]] for place in (start, end))
    lower = cells[end] - cells[start]
    # a closed arc turns to the lower of its first point's neighbours
    lower = np.where(lower == 0, cells[end - 1] - cells[start + 1], lower)
    numbers: dict[bytes, int] = {}
    refs: dict[int, list[int]] = {}
    columns = (start, end, lines.ring[start], lower < 0)
    for first, last, ring, backwards in zip(*(one.tolist() for one in columns), strict=True):
        arc = cells[first : last + 1]
        key = (arc[::-1] if backwards else arc).tobytes()
        number = numbers.setdefault(key, len(numbers))
        refs.setdefault(ring, []).append(~number if backwards else number)
    return _steps(list(numbers), lines.grid), refs


def _steps(arcs: list[bytes], grid: int) -> list[Whole]:
    """Columns and rows of each arc's points, as steps but for the first."""
    cells = np.frombuffer(b"".join(arcs), dtype=np.int64)
    points = np.column_stack(np.divmod(cells, grid))
    starts = np.cumsum([0, *(len(arc) // cells.itemsize for arc in arcs)])[:-1]
    steps = np.diff(points, axis=0, prepend=0)
    steps[starts] = points[starts]
    return np.split(steps, starts[1:])[: len(arcs)]
