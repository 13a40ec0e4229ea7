"""A grid of cells over polygons: most lie wholly in one of them or in none, and answer at once.

How it works. A cell that no side of polygon P touches lies wholly inside P or wholly outside.
So lay a grid over all polygons and mark, for each, the cells its sides touch. In a cell that
nobody's side touches every point has the same answer: one look into a table. In the others, the
*mixed* cells, only a few *candidates* are possible, and GEOS decides among those.

Cells stand in blocks of 8 by 8. A block that is all of one kind is one number in a small table
that stays in the processor's cache; only the others keep their 64 cells. `lay` lays the
grid and says why nothing is missed; this module looks things up in it.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints

Longs = NDArray[np.int64]
NONE = -1  # label of a cell in no polygon; a label of 0 or more is the owner of the whole cell
FIRST = -2  # FIRST - k: block k (in `coarse`), mixed cell k (in `fine`)
SHIFT = 3
BLOCK = 1 << SHIFT  # cells across a block

FORMAT = 2  # raise it whenever the bytes, or what they mean, change
_HEAD = b"hbgeo grid\n"
_ARRAYS = {"coarse": "<i4", "fine": "<i4", "first": "<i8", "candidates": "<i4"}


@dataclass(frozen=True)
class Frame:
    """Where the cells lie. The cell of a point is worked out here, when laying and when asking.

    The first and the last column and row lie outside every polygon: they take in whatever is
    far away, NaN included.
    """

    west: float
    south: float
    per: float  # cells a degree
    columns: int
    rows: int

    def column(self, x: Floats) -> Floats:
        """The column of each x, whole part and fraction."""
        return _along(x, self.west, self.per, self.columns)

    def row(self, y: Floats) -> Floats:
        """The row of each y, whole part and fraction."""
        return _along(y, self.south, self.per, self.rows)

    def middles(self, row: Longs, column: Longs) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of the middles of cells."""
        x = self.west + (column - 0.5) / self.per
        y = self.south + (row - 0.5) / self.per
        return np.asarray(x), np.asarray(y)


def _along(values: Floats, start: float, per: float, count: int) -> Floats:
    with np.errstate(over="ignore"):  # what overflows is far away, as it should be
        at = (values - start) * per
    at += 1.0
    np.fmax(at, 0.0, out=at)  # of a number and NaN, fmax takes the number
    return np.asarray(np.fmin(at, count - 1.0, out=at))


@dataclass(frozen=True)
class Grid:
    """What each cell holds.

    Attributes
    ----------
    coarse
        Label of each block, row by row.
    fine
        Labels of the 64 cells of each block that is not all of one kind.
    first
        Candidates of mixed cell k are `candidates[first[k] : first[k + 1]]`, in rising order.
    candidates
        Positions of polygons.
    """

    frame: Frame
    coarse: Ints
    fine: Ints
    first: Longs
    candidates: Ints

    def labels(self, x: Floats, y: Floats) -> Ints:
        """The owner of each point's cell, NONE, or FIRST - k in mixed cell k."""
        column = self.frame.column(x).astype(np.int32)
        row = self.frame.row(y).astype(np.int32)
        label = self.coarse[(row >> SHIFT) * (self.frame.columns >> SHIFT) + (column >> SHIFT)]
        split = np.flatnonzero(label <= FIRST)
        block = (FIRST - label[split]).astype(np.int64)
        inner = ((row[split] & (BLOCK - 1)) << SHIFT) + (column[split] & (BLOCK - 1))
        label[split] = self.fine[block * BLOCK**2 + inner]
        return label

    def pairs(self, cells: NDArray[np.integer]) -> tuple[NDArray[np.intp], Ints]:
        """Every (position in `cells`, candidate) of the mixed cells given, in that order."""
        start = self.first[cells]
        count = self.first[cells + 1] - start
        which, at = spread(start, count)
        return which, self.candidates[at]

    def to_bytes(self, key: str) -> bytes:
        """The grid as bytes that `from_bytes` takes where it is given the same key."""
        arrays = [getattr(self, k).astype(kind, copy=False) for k, kind in _ARRAYS.items()]
        about = {"frame": asdict(self.frame), "sizes": [len(a) for a in arrays]}
        head = {"format": FORMAT, "key": key, "crc": _crc(about, *arrays), **about}
        return b"".join([_HEAD, json.dumps(head).encode(), b"\n", *(a.data for a in arrays)])

    @classmethod
    def from_bytes(cls, data: bytes, key: str) -> Grid | None:
        """The grid that `to_bytes` wrote with that key; None for any other or damaged bytes."""
        lines = data[:4096].split(b"\n", 2)
        if lines[0] + b"\n" != _HEAD or len(lines) < 3:
            return None
        body = memoryview(data)[len(lines[0]) + len(lines[1]) + 2 :]
        try:
            head = json.loads(lines[1])
            about = {name: head[name] for name in ("frame", "sizes")}
            stated = (head["format"], head["key"], head["crc"])
            if stated != (FORMAT, key, _crc(about, body)):
                return None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        arrays, at = [], 0
        for size, kind in zip(about["sizes"], _ARRAYS.values(), strict=True):
            arrays.append(np.frombuffer(body, dtype=kind, count=size, offset=at))
            at += arrays[-1].nbytes
        return cls(Frame(**about["frame"]), *arrays)


def _crc(about: dict[str, Any], *content: Any) -> int:
    """A check of where the cells lie, how many there are, and what is in them."""
    crc = zlib.crc32(json.dumps(about).encode())
    for part in content:
        crc = zlib.crc32(part, crc)
    return crc


def spread(
    start: NDArray[np.integer], count: NDArray[np.integer]
) -> tuple[NDArray[np.intp], Longs]:
    """Every (position, number) with `count` numbers from `start` on at each position."""
    which = np.repeat(np.arange(len(start)), count)
    shift = start - (np.cumsum(count) - count)
    return which, np.arange(len(which)) + shift[which]
