"""Which polygons hold each point: the grid's answer where it has one, else that of GEOS."""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.measure.grid.lay import count_cells, lay_grid
from hbgeo.measure.grid.table import FIRST, NONE, Grid

Positions = NDArray[np.integer[Any]]

CELLS_A_POINT = 40
STEP = 1 << 16  # points looked up at a time: they stay in the processor's cache
_PREPARING = Lock()


class Store(Protocol):
    """Keeps bytes from one run to the next; may forget any of them."""

    def get(self, key: str, /) -> bytes | None:
        """The bytes kept under a key, or None."""

    def put(self, key: str, data: bytes, /) -> None:
        """Keep bytes under a key."""


class PolygonIndex:
    """Finds the polygons that hold or touch each point, exactly as GEOS `intersects` has it.

    A grid is worth its making only for many points: to find one point in a tree of boxes costs
    as much as to make forty cells. So the tree is asked until it has cost as much as a grid,
    which is then made. Either way GEOS decides, or need not be asked.

    Parameters
    ----------
    polygons
        None empty. They are prepared (each keeps a search structure of GEOS until `let_go`),
        otherwise left alone.
    owners
        The number, 0 or more, that stands for each polygon; several may have the same.
    store
        Where grids are kept from one run to the next, by a key of their content. What it gives
        is not trusted where it does not fit.
    """

    def __init__(
        self, polygons: NDArray[np.object_], owners: Ints, store: Store | None = None
    ) -> None:
        self._polygons, self._owners, self._store = polygons, owners, store
        self._worth = count_cells(polygons) / CELLS_A_POINT
        self._ready = np.zeros(len(polygons), dtype=bool)  # polygons that GEOS has prepared
        self._asked = 0
        self._tree: shapely.STRtree | None = None
        self._grid: Grid | None = None

    def __len__(self) -> int:
        return len(self._polygons)

    def expect(self, points: int) -> None:
        """Take note that so many points more will be asked for: it decides whether to make a grid."""
        self._asked += points

    def holders(self, x: Floats, y: Floats) -> tuple[Ints, Positions, Positions]:
        """Find who holds each point.

        Returns
        -------
        owner
            The owner of a point's whole cell, the only one there; else NONE.
        point, polygon
            For all other points: every pair of a point and a polygon that holds or touches it,
            sorted by point, then polygon.
        """
        if self._grid is not None or self._asked > self._worth:
            owner, point, polygon = self._look_up(x, y)
        else:
            owner, point, polygon = self._climb(x, y)
        hit = self._holds(polygon, x[point], y[point])
        return owner, point[hit], polygon[hit]

    def grid(self) -> Grid:
        """The grid: the one at hand, else the one kept, else a new one."""
        if self._grid is None:
            before = None if self._store is None else self._store.get(self.key)
            self._grid = Grid.from_bytes(before, self.key) if before else None
        if self._grid is None:
            self._grid = lay_grid(self._polygons, self._owners)
            if self._store is not None:
                self._store.put(self.key, self._grid.to_bytes(self.key))
        return self._grid

    def let_go(self) -> None:
        """Forget what is searched in: a kept grid, and GEOS' own, some hundred bytes a vertex.

        Nobody may be asking meanwhile.
        """
        shapely.destroy_prepared(self._polygons[self._ready])
        self._ready[:] = False
        if self._store is not None:
            self._grid, self._asked = None, 0

    def take_grid(self, data: bytes) -> bool:
        """Take the grid that another index of the same polygons gave as bytes, if it is that."""
        self._grid = Grid.from_bytes(data, self.key)
        return self._grid is not None

    @cached_property
    def key(self) -> str:
        """A digest of all that the grid depends on: the polygons in order, and their owners."""
        digest = sha256(self._owners.tobytes())
        for start in range(0, len(self._polygons), 1_000):  # bounds the memory
            for blob in shapely.to_wkb(self._polygons[start : start + 1_000], byte_order=1):
                digest.update(blob)
        return digest.hexdigest()

    def _look_up(self, x: Floats, y: Floats) -> tuple[Ints, Positions, Positions]:
        """What the cells say, and the candidates of points in mixed cells."""
        grid = self.grid()
        label = np.empty(len(x), dtype=np.int32)
        for start in range(0, len(x), STEP):
            some = slice(start, start + STEP)
            label[some] = grid.labels(x[some], y[some])
        mixed = np.flatnonzero(label <= FIRST)
        point, polygon = grid.pairs(FIRST - label[mixed])
        label[mixed] = NONE
        return label, mixed[point], polygon

    def _climb(self, x: Floats, y: Floats) -> tuple[Ints, Positions, Positions]:
        """No cells; candidates are the polygons whose box holds the point."""
        if self._tree is None:
            self._tree = shapely.STRtree(self._polygons)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        point, polygon = self._tree.query(shapely.points(x[finite], y[finite]))
        order = np.lexsort((polygon, point))
        return np.full(len(x), NONE, dtype=np.int32), finite[point[order]], polygon[order]

    def _holds(self, polygon: Positions, x: Floats, y: Floats) -> Mask:
        """Whether the polygon holds or touches the point, pair by pair."""
        order = np.argsort(polygon)  # one after the other: what GEOS keeps of it stays in cache
        polygon = polygon[order]
        self._prepare(polygon[np.flatnonzero(np.diff(polygon, prepend=-1))])
        hit = np.empty(len(polygon), dtype=bool)
        hit[order] = shapely.intersects_xy(self._polygons[polygon], x[order], y[order])
        return hit

    def _prepare(self, used: Positions) -> None:
        """Have GEOS make what it searches in: left to the first call, two threads would clash."""
        fresh = used[~self._ready[used]]
        if len(fresh):
            polygons = self._polygons[fresh]
            west, south, east, north = shapely.bounds(polygons).T
            with _PREPARING:
                shapely.prepare(polygons)
                shapely.intersects_xy(polygons, (west + east) / 2, (south + north) / 2)
                self._ready[fresh] = True
