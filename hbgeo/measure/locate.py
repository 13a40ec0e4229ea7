"""Which unit holds each point, exactly; and which unit owns it when the ledger names another."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from hbgeo.errors import LayerError
from hbgeo.measure.grid.lay import lay_grid
from hbgeo.measure.grid.table import FIRST, NONE, Grid
from hbgeo.read import datum

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CHUNK = 1 << 20  # points worked on at a time: bounds the memory
STEP = 1 << 16  # points looked up at a time: they stay in the processor's cache
_PREPARING = Lock()

NEAR_M = 500.0  # a ledger's unit this near its point is believed before the polygon
INSIDE, NAMED, SERVED = 0, 1, 2  # how a facility reaches a unit
VIA_NAMES = ("inside", "named", "served")


class UnitIndex:
    """Finds the unit that owns each point, exactly.

    The answer is that of GEOS (`intersects`) for every unit and point; `grid` gives it at once
    for most points. A grid is worth its making only for many points, so it is made when more
    points have been asked for than half the units' corners; until then a tree of boxes finds the
    few units a point may be in. Nothing is ever looked for in all units.

    A unit's parts stand for themselves: a unit holds what any of its parts holds. Units that
    overlap share the points they both hold, as they share those on a common border.

    Parameters
    ----------
    units
        An index of codes and a `geometry` column of polygons in CGCS2000, in any order. Empty
        or missing polygons hold nothing. The polygons are prepared (they keep a search structure
        of GEOS), and otherwise left alone.
    store
        Where grids are kept from one time to the next, as bytes by a key of the units' content:
        a dict, or a folder that looks like one. Nothing in it is trusted that does not fit.

    Raises
    ------
    LayerError
        If a unit is no polygon, or reaches across the 180th meridian.
    """

    def __init__(
        self, units: pd.DataFrame, *, store: MutableMapping[str, bytes] | None = None
    ) -> None:
        self.codes = units.index
        shapes = np.asarray(units["geometry"].to_numpy(), dtype=object)
        _check_shapes(shapes, self.codes)
        by_code = np.argsort(self.codes.to_numpy().astype(str), kind="stable")
        parts, unit = shapely.get_parts(shapes[by_code], return_index=True)
        filled = ~shapely.is_empty(parts)
        self._parts = parts[filled]  # of the smallest code first
        self._unit = by_code[unit[filled]].astype(np.int32)  # position in the caller's order
        self._corners = int(shapely.get_num_coordinates(self._parts).sum())
        self._ready = np.zeros(len(self._parts), dtype=bool)  # parts that GEOS has prepared
        self._asked = 0
        self._tree: shapely.STRtree | None = None
        self._grid: Grid | None = None
        self._store = store

    def query(self, x: ArrayLike, y: ArrayLike, *, named: Sequence[str] | None = None) -> Ints:
        """Return the position in `units` of each point's owner.

        A point belongs to exactly one unit or to none. On a shared border the owner is the unit
        in `named`, if that is one of those it touches, else the one with the smallest code.

        Parameters
        ----------
        x, y
            Longitude and latitude in CGCS2000; NaN is in no unit.
        named
            A unit code for each point, "" where the ledger names none.

        Returns
        -------
        positions
            int32 in the caller's order, -1 outside every unit.
        """
        positions = None if named is None else self.codes.get_indexer(pd.Index(named))
        return self.owners(x, y, named=positions)[0]

    def owners(
        self, x: ArrayLike, y: ArrayLike, *, named: NDArray[Any] | None = None
    ) -> tuple[Ints, Mask]:
        """Return what `query` does, and which points two or more units hold.

        Parameters
        ----------
        named
            Positions in `units`, -1 for none (not codes, as in `query`).
        """
        xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        owner, shared = np.full(len(xs), -1, dtype=np.int32), np.zeros(len(xs), dtype=bool)
        self._asked += len(xs)
        look = self._look_up if self._worth_a_grid() else self._climb
        for start in range(0, len(xs) if len(self._parts) else 0, CHUNK):
            some = slice(start, start + CHUNK)
            look(
                xs[some],
                ys[some],
                None if named is None else named[some],
                owner[some],
                shared[some],
            )
        return owner, shared

    def to_bytes(self) -> bytes:
        """The grid, as bytes for `from_bytes`; it is made if there is none yet."""
        return self._made_grid().to_bytes(self.key)

    @classmethod
    def from_bytes(cls, units: pd.DataFrame, data: bytes) -> UnitIndex:
        """An index of `units` on the grid that `to_bytes` gave.

        Raises
        ------
        LayerError
            If the bytes belong to other units or another version, or are damaged.
        """
        index = cls(units)
        index._grid = Grid.from_bytes(data, index.key)
        if index._grid is None:
            raise LayerError("单元索引与单元不符、版本不同或已损坏;请删除缓存后重新生成")
        return index

    @cached_property
    def key(self) -> str:
        """A digest of all that the grid depends on: the parts, in order, and whose they are."""
        digest = sha256(self._unit.tobytes())
        for start in range(0, len(self._parts), 1_000):
            for blob in shapely.to_wkb(self._parts[start : start + 1_000], byte_order=1):
                digest.update(blob)
        return digest.hexdigest()

    def _worth_a_grid(self) -> bool:
        return self._grid is not None or self._asked > self._corners / 2

    def _made_grid(self) -> Grid:
        """The grid: the one at hand, else the one kept, else a new one."""
        if self._grid is None and self._store is not None:
            kept = self._store.get(self.key)
            self._grid = Grid.from_bytes(kept, self.key) if kept else None
        if self._grid is None:
            self._grid = lay_grid(self._parts, self._unit)
            if self._store is not None:
                self._store[self.key] = self._grid.to_bytes(self.key)
        return self._grid

    def _look_up(
        self, x: Floats, y: Floats, named: NDArray[Any] | None, owner: Ints, shared: Mask
    ) -> None:
        """Fill in the owners of a chunk of points: the cell's, or one of its candidates."""
        grid = self._made_grid()
        for start in range(0, len(x), STEP):
            some = slice(start, start + STEP)
            owner[some] = grid.labels(x[some], y[some])
        mixed = np.flatnonzero(owner <= FIRST)
        point, part = grid.pairs(FIRST - owner[mixed])
        owner[mixed] = NONE
        self._decide(x, y, mixed[point], part, named, owner, shared)

    def _climb(
        self, x: Floats, y: Floats, named: NDArray[Any] | None, owner: Ints, shared: Mask
    ) -> None:
        """Fill in the owners of a few points: each one's candidates are those whose box holds it."""
        self._tree = self._tree or shapely.STRtree(self._parts)
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        point, part = self._tree.query(shapely.points(x[finite], y[finite]))
        order = np.lexsort((part, point))
        self._decide(x, y, finite[point[order]], part[order], named, owner, shared)

    def _decide(
        self,
        x: Floats,
        y: Floats,
        point: NDArray[np.intp],
        part: NDArray[Any],
        named: NDArray[Any] | None,
        owner: Ints,
        shared: Mask,
    ) -> None:
        """Ask GEOS about every candidate pair, sorted by point and code, and apply the rule."""
        hit = self._holds(part, x[point], y[point])
        point, unit = point[hit], self._unit[part[hit]]
        owner[point[::-1]] = unit[::-1]  # the smallest code is written last
        shared[point[unit != owner[point]]] = True
        if named is not None:
            own = shared[point] & (unit == named[point])
            owner[point[own]] = unit[own]

    def _holds(self, part: NDArray[Any], x: Floats, y: Floats) -> Mask:
        """Whether the part holds or touches the point, pair by pair."""
        order = np.argsort(part)  # one part after the other: what GEOS keeps of it stays in cache
        self._prepare(_distinct(part[order]))
        hit = np.empty(len(part), dtype=bool)
        hit[order] = shapely.intersects_xy(self._parts[part[order]], x[order], y[order])
        return hit

    def _prepare(self, used: NDArray[Any]) -> None:
        """Have GEOS make what it searches in: left to the first call, two threads would clash."""
        fresh = used[~self._ready[used]]
        if len(fresh):
            parts = self._parts[fresh]
            west, south, east, north = shapely.bounds(parts).T
            with _PREPARING:
                shapely.prepare(parts)
                shapely.intersects_xy(parts, (west + east) / 2, (south + north) / 2)
                self._ready[fresh] = True


def _check_shapes(shapes: NDArray[np.object_], codes: pd.Index) -> None:
    kind = shapely.get_type_id(shapes)
    strange = np.flatnonzero(~np.isin(kind, (-1, 3, 6)) & ~shapely.is_empty(shapes))
    if len(strange):
        raise LayerError(
            f"单元 {codes[strange[0]]}:几何是 {shapes[strange[0]].geom_type},只能是面(Polygon、MultiPolygon)"
        )
    west, _, east, _ = shapely.bounds(shapes).T if len(shapes) else np.zeros((4, 0))
    across = np.flatnonzero((west < -180) | (east > 180) | (east - west > 180))
    if len(across):
        k = across[0]
        raise LayerError(
            f"单元 {codes[k]}:经度 {west[k]:.6g} 至 {east[k]:.6g},跨越 180° 经线或不是经纬度;"
            "须为经纬度(-180 至 180),跨越的单元请在 180° 经线处分成两个单元"
        )


def _distinct(rising: NDArray[Any]) -> NDArray[Any]:
    return rising[np.flatnonzero(np.diff(rising, prepend=-1))]


@dataclass(frozen=True)
class Placement:
    """Where each facility stands among the units of one level, in the facilities' order.

    Attributes
    ----------
    owner
        Position of the owning unit, -1 for none.
    via
        INSIDE where the point decided, NAMED where the row's own words did.
    on_border
        The point lies on a border that units share.
    by_ledger
        The ledger's unit was taken before the polygon's.
    conflict
        The ledger's unit is too far from the point: the row counts nowhere.
    point_unit
        Position of the unit that holds the point, whatever the ledger says; -1 for none.
    metres
        Distance from the point to the named unit where the two differ, else NaN.
    """

    owner: Ints
    via: NDArray[np.int8]
    on_border: Mask
    by_ledger: Mask
    conflict: Mask
    point_unit: Ints
    metres: Floats

    def take(self, rows: NDArray[Any]) -> Placement:
        """The placement of some of the rows."""
        return Placement(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def place(
    facilities: pd.DataFrame,
    units: pd.DataFrame,
    *,
    named: Sequence[str] | pd.Series | None = None,
    index: UnitIndex | None = None,
) -> Placement:
    """Find each facility's unit from its point and from the unit its ledger row names.

    A row with a name and no point is placed by name. Where both are given and differ, the
    ledger wins within 500 m of the unit it names; beyond, the row is in conflict and owned by
    none. Where the units' shapes are approximate (`units.attrs["approximate"]`) the ledger's
    name always wins. Units without shapes (villages) own only what names them.

    Parameters
    ----------
    facilities
        `x`, `y` in CGCS2000 (absent or NaN: no point).
    units
        Indexed by code, with or without `geometry`.
    named
        A unit code for each facility, "" for none; default the column `unit_code`, if any.
    index
        A `UnitIndex` of `units`, if there is one already.
    """
    n = len(facilities)
    if named is None:
        named = facilities["unit_code"] if "unit_code" in facilities else [""] * n
    stated = units.index.get_indexer(pd.Index(named)).astype(np.int32)
    blank, never = np.full(n, np.nan), np.zeros(n, dtype=bool)
    if "geometry" not in units or "x" not in facilities:
        via = np.full(n, NAMED, dtype=np.int8)
        return Placement(stated, via, never, never, never, np.full(n, -1, np.int32), blank)
    index = index or UnitIndex(units)
    x, y = facilities["x"].to_numpy(float), facilities["y"].to_numpy(float)
    found, on_border = index.owners(x, y, named=stated)
    has_point = np.isfinite(x) & np.isfinite(y)
    differ = has_point & (stated >= 0) & (stated != found)
    metres = blank.copy()
    metres[differ] = metres_to_units(x[differ], y[differ], units, stated[differ])
    trusted = differ & (bool(units.attrs.get("approximate")) | (metres <= NEAR_M))
    conflict = differ & ~trusted
    owner = np.where((~has_point & (stated >= 0)) | trusted, stated, found)
    owner[conflict] = -1
    via = np.where(~has_point | trusted, NAMED, INSIDE).astype(np.int8)
    return Placement(owner.astype(np.int32), via, on_border, trusted, conflict, found, metres)


def metres_to_units(x: Floats, y: Floats, units: pd.DataFrame, positions: NDArray[Any]) -> Floats:
    """Geodesic distance from each point to the unit at `positions`; infinite to an empty one.

    The nearest point of the border is found in an equal-area projection (0.04 % in length),
    the distance to it is geodesic on GRS80.
    """
    metres = np.full(len(x), np.inf)
    shapes = units["geometry"].to_numpy()[positions]
    some = np.flatnonzero(~shapely.is_empty(shapes))
    if not len(some):
        return metres
    bounds = tuple(shapely.total_bounds(shapes[some]))
    flat = datum.to_metric(bounds)
    east, north = flat.transform(x[some], y[some])
    unique, back = np.unique(positions[some], return_inverse=True)
    plane = shapely.transform(
        units["geometry"].to_numpy()[unique],
        lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1])),
    )
    lines = shapely.shortest_line(shapely.points(east, north), plane[back])
    ends = shapely.get_coordinates(shapely.get_point(lines, -1))
    lon, lat = flat.transform(ends[:, 0], ends[:, 1], direction="INVERSE")
    metres[some] = datum.GEOD.inv(x[some], y[some], lon, lat)[2]
    metres[some[shapely.length(lines) == 0]] = 0.0
    return metres
