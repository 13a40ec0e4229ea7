"""Lays a `Grid` over polygons: which cells their sides touch, and who holds the others.

Why it is exact. The column of a point is the whole part of `(x - west) * per + 1`, in floating
point. That expression never falls as x grows, so the floats of a column form one interval, and
the rows a side passes through are exactly those from its lower end's row to its upper end's.
Which columns it touches within a row follows from its slope; rounding errs there by less than
1e-10 of a cell up or down, left or right, and `SLACK` widens the row and the columns by far more.
So a cell may be marked for nothing, but none that a side touches is left out.

What the other cells hold. Along the middle line of a row of cells, the places where one polygon's
sides cross it, in order, open and close the spans of cells whose middles it holds (even-odd, as
GEOS counts). A running sum of what opens and closes says how many polygons hold each middle, and,
where it is one, which. Rounding can move a crossing by one cell only where that side touches the
cell, and there the polygon is a candidate anyway. Where several hold a middle, polygons overlap:
a tree of boxes is asked for all of them, once for each run of cells that no side touches, and
these cells count as mixed.

Bands of rows are filled one after the other, so that only one is ever held uncompressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints
from hbgeo.measure.grid.table import BLOCK, FIRST, NONE, Frame, Grid, Longs, spread

SLACK = 1e-6  # of a cell: far above rounding, far below a cell
BAND_CELLS = 1 << 19  # cells held uncompressed
ACROSS = 256, 16_384  # least and most cells along the longer side
CELLS_A_CORNER, CELLS_A_POLYGON = 20, 4_000  # then about 3 % of the cells are mixed


def lay_grid(polygons: NDArray[np.object_], owners: Ints, across: int | None = None) -> Grid:
    """Lay a grid over polygons.

    Parameters
    ----------
    polygons
        None empty; they may overlap.
    owners
        The number that stands for each polygon in labels, 0 or more.
    across
        Cells along the longer side of their box; by default as many as fit the polygons.
    """
    bounds = shapely.total_bounds(polygons) if len(polygons) else np.zeros(4)
    frame = _frame(bounds, across or _fit(bounds, polygons))
    sides = _make_sides(polygons, frame)
    tree = _Tree(polygons, frame)
    packed = [_pack(_fill(pieces, owners, tree)) for pieces in _bands(sides, frame)]
    return _join(frame, packed)


def count_cells(polygons: NDArray[np.object_]) -> int:
    """How many cells are worth their making: more for many corners, or for many polygons."""
    corners = int(shapely.get_num_coordinates(polygons).sum())
    return max(CELLS_A_CORNER * corners, CELLS_A_POLYGON * len(polygons))


def _fit(bounds: Floats, polygons: NDArray[np.object_]) -> int:
    """Cells along the longer side of a box that has as many as are worth it."""
    short, long = sorted([bounds[2] - bounds[0], bounds[3] - bounds[1]])
    shape = max(short, 0.01 * long) / long if long > 0 else 1.0
    return int(np.clip(np.sqrt(count_cells(polygons) / shape), *ACROSS))


def _frame(bounds: Floats, across: int) -> Frame:
    """Square cells over a box, with a margin of at least one cell all around."""
    west, south, east, north = (float(v) for v in bounds)
    per = across / max(east - west, north - south, 1e-300)
    columns, rows = (int((b - a) * per) + 3 for a, b in ((west, east), (south, north)))
    return Frame(west, south, per, _whole_blocks(columns), _whole_blocks(rows))


def _whole_blocks(cells: int) -> int:
    return -(-cells // BLOCK) * BLOCK


@dataclass(frozen=True)
class _Sides:
    """Sides of polygons, in cells, each from its lower end to its upper end."""

    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats
    polygon: Ints

    def take(self, some: NDArray[np.intp]) -> _Sides:
        """Some of the sides, or some of them several times."""
        return _Sides(
            self.ax[some], self.ay[some], self.bx[some], self.by[some], self.polygon[some]
        )

    def at(self, y: NDArray[np.floating]) -> Floats:
        """Where each side is at height y, which lies between its ends; level ones: at their start."""
        height = self.by - self.ay
        return self.ax + (y - self.ay) * ((self.bx - self.ax) / np.where(height > 0, height, 1.0))


def _make_sides(polygons: NDArray[np.object_], frame: Frame) -> _Sides:
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = frame.column(corners[:, 0]), frame.row(corners[:, 1])
    start = np.flatnonzero(ring[:-1] == ring[1:])
    rising = y[start] <= y[start + 1]
    low, high = np.where(rising, start, start + 1), np.where(rising, start + 1, start)
    return _Sides(x[low], y[low], x[high], y[high], polygon[ring[start]].astype(np.int32))


@dataclass(frozen=True)
class _Pieces:
    """The sides that pass through a band of rows: one entry for each row a side passes through."""

    sides: _Sides
    row: Ints  # of the frame
    top: int  # the band's first row
    rows: int  # how many rows the band has
    columns: int

    def cells(self, row: Ints, column: NDArray[np.integer]) -> Longs:
        """Number cells from the band's first one, row by row."""
        return (row - self.top).astype(np.int64) * self.columns + column


def _bands(sides: _Sides, frame: Frame) -> Iterator[_Pieces]:
    """Deal the sides out to bands of whole rows of blocks."""
    deep = _whole_blocks(max(BLOCK, BAND_CELLS // frame.columns))
    low, high = sides.ay.astype(np.int32), sides.by.astype(np.int32)
    side, band = _between(low // deep, high // deep)
    order = np.argsort(band.astype(np.int16), kind="stable")  # 16 bits are sorted by radix
    cuts = np.cumsum(np.bincount(band, minlength=-(-frame.rows // deep)))[:-1]
    for k, some in enumerate(np.split(side[order], cuts)):
        top, rows = k * deep, min(deep, frame.rows - k * deep)
        first, last = np.maximum(low[some], top), np.minimum(high[some], top + rows - 1)
        piece, row = _between(first, last)
        yield _Pieces(sides.take(some[piece]), row, top, rows, frame.columns)


def _between(first: Ints, last: Ints) -> tuple[NDArray[np.intp], Ints]:
    """Every (position, number) with the numbers from `first` to `last` at each position."""
    which, number = spread(first, last - first + 1)
    return which, number.astype(np.int32)


@dataclass(frozen=True)
class _Band:
    """The cells of a band, row by row."""

    labels: Ints  # FIRST - k in the band's k-th mixed cell
    count: Longs  # candidates of each mixed cell
    candidates: Ints
    columns: int


def _fill(pieces: _Pieces, owners: Ints, tree: _Tree) -> _Band:
    """Label every cell of a band, and list the candidates of mixed ones."""
    n = len(owners)
    touched = _distinct(_touched(pieces, n))
    held, which = _middles(pieces, n)
    crossed = _changes(touched // n)[0]
    behind = crossed[held[crossed] == 1]
    several, run = _runs(np.flatnonzero(held > 1), crossed)
    overlapped = tree.holders(several, pieces)
    every = _distinct(np.concatenate([touched, behind * n + which[behind], overlapped]))
    mixed, first = _changes(every // n)
    labels = np.full(len(held), NONE, dtype=np.int32)
    labels[held == 1] = owners[which[held == 1]]
    labels[mixed] = FIRST - np.arange(len(mixed))
    labels[held > 1] = labels[several[run]]
    count = np.diff(first, append=len(every))
    return _Band(labels, count, (every % n).astype(np.int32), pieces.columns)


def _runs(cells: Longs, crossed: Longs) -> tuple[Longs, NDArray[np.intp]]:
    """The first cell of each run of neighbours in a row that no side parts, and each cell's run."""
    parted = np.isin(cells, crossed, assume_unique=True)
    starts = (np.diff(cells, prepend=-2) > 1) | parted | np.roll(parted, 1)
    return cells[starts], np.cumsum(starts) - 1


def _touched(pieces: _Pieces, n: int) -> Longs:
    """Every cell a side touches, with its polygon, as cell * n + polygon; some more than once."""
    s, row = pieces.sides, pieces.row
    start = s.at(np.clip(row - SLACK, s.ay, s.by))
    end = np.where(s.ay == s.by, s.bx, s.at(np.clip(row + (1 + SLACK), s.ay, s.by)))
    left = np.maximum(np.minimum(start, end) - SLACK, np.minimum(s.ax, s.bx)).astype(np.int32)
    right = np.minimum(np.maximum(start, end) + SLACK, np.maximum(s.ax, s.bx)).astype(np.int32)
    piece, column = _between(left, right)
    return pieces.cells(row[piece], column) * n + s.polygon[piece]


def _middles(pieces: _Pieces, n: int) -> tuple[Longs, Longs]:
    """How many polygons hold the middle of each cell of a band, and, where it is one, which."""
    middle = pieces.row + 0.5
    cross = np.flatnonzero((pieces.sides.ay <= middle) & (middle < pieces.sides.by))
    s = pieces.sides.take(cross)
    column = np.ceil(s.at(middle[cross]) - 0.5).astype(np.int64)  # first middle on or past it
    row = (pieces.row[cross] - pieces.top).astype(np.int64)
    ends = np.sort((row * n + s.polygon) * pieces.columns + column)  # a span opens, closes, opens …
    line, column = np.divmod(ends, pieces.columns)
    row, polygon = np.divmod(line, n)
    cell, step = row * pieces.columns + column, np.resize([1.0, -1.0], len(ends))
    size = pieces.rows * pieces.columns
    held = np.cumsum(np.bincount(cell, weights=step, minlength=size))
    which = np.cumsum(np.bincount(cell, weights=step * polygon, minlength=size))
    return held.astype(np.int64), which.astype(np.int64)


class _Tree:
    """Tells all holders of a place; grown when first asked, for a clean coverage never asks."""

    def __init__(self, polygons: NDArray[np.object_], frame: Frame) -> None:
        self._polygons, self._frame = polygons, frame
        self._tree: shapely.STRtree | None = None

    def holders(self, cells: Longs, pieces: _Pieces) -> Longs:
        """Every polygon that holds the middle of a cell of the band, as cell * n + polygon."""
        if not len(cells):
            return np.zeros(0, dtype=np.int64)
        if self._tree is None:
            own = shapely.from_wkb(shapely.to_wkb(self._polygons))  # to prepare them unseen
            shapely.prepare(own)
            self._tree = shapely.STRtree(own)
        row, column = np.divmod(cells, pieces.columns)
        x, y = self._frame.middles(row + pieces.top, column)
        point, polygon = self._tree.query(shapely.points(x, y))
        hit = shapely.intersects_xy(self._tree.geometries[polygon], x[point], y[point])
        return np.asarray(cells[point[hit]] * len(self._polygons) + polygon[hit])


def _distinct(keys: Longs) -> Longs:
    """Sorted, each once: several times faster than numpy.unique, which hashes."""
    return _changes(np.sort(keys))[0]


def _changes(keys: Longs) -> tuple[Longs, NDArray[np.intp]]:
    """The distinct values of sorted keys, and where each begins."""
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], first


@dataclass(frozen=True)
class _Packed:
    """A band in blocks (see `Grid`)."""

    coarse: Ints
    fine: Ints
    count: Longs
    candidates: Ints


def _pack(band: _Band) -> _Packed:
    """Keep one number for each block that is all of one kind, the cells of the others."""
    rows = band.labels.reshape(-1, BLOCK, band.columns // BLOCK, BLOCK)
    blocks = rows.swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)
    split = (blocks[:, 0] <= FIRST) | (blocks != blocks[:, :1]).any(axis=1)
    coarse = blocks[:, 0].copy()
    coarse[split] = FIRST - np.arange(split.sum())
    return _Packed(coarse, blocks[split].ravel(), band.count, band.candidates)


def _join(frame: Frame, packed: list[_Packed]) -> Grid:
    """One grid of all bands: blocks and mixed cells are counted on from band to band."""
    blocks = cells = 0
    for band in packed:
        band.coarse[band.coarse <= FIRST] -= blocks
        band.fine[band.fine <= FIRST] -= cells
        blocks += len(band.fine) // BLOCK**2
        cells += len(band.count)
    first = np.concatenate([[0], np.cumsum(np.concatenate([b.count for b in packed]))])
    coarse, fine, candidates = (
        np.concatenate([getattr(b, name) for b in packed])
        for name in ("coarse", "fine", "candidates")
    )
    return Grid(frame, coarse, fine, first, candidates)
