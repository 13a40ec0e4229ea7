"""Which unit holds each point, exactly; and which unit owns it when the ledger names another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.errors import LayerError
from hbgeo.measure.grid.index import PolygonIndex, Store
from hbgeo.read.crs import GEOD, to_metric

CHUNK = 1 << 20  # points worked on at a time: bounds the memory

STRAIGHT_DEG = 0.02  # a side this long bends by 4 cm when it is projected
NEAR_M = 500.0  # a ledger's unit this near its point is believed before the polygon
INSIDE, NAMED, SERVED = 0, 1, 2  # how a facility reaches a unit
VIA_NAMES = ("inside", "named", "served")


class UnitIndex:
    """Finds the unit that owns each point, exactly.

    A unit holds what any of its parts holds or touches (`grid.index` says how that is found).
    Units that overlap share the points that both hold, as they share those on a common border.

    Parameters
    ----------
    units
        An index of codes and a `geometry` column of polygons in CGCS2000, in any order. Empty
        or missing polygons hold nothing.
    store
        Where the grid is kept from one run to the next, by a key of the units' content.

    Raises
    ------
    LayerError
        If a unit is no polygon, or reaches across the 180th meridian.

    Examples
    --------
    >>> import pandas as pd, shapely
    >>> shapes = [shapely.box(110, 30, 111, 31), shapely.box(111, 30, 112, 31)]
    >>> index = hbgeo.UnitIndex(pd.DataFrame({"geometry": shapes}, index=["a", "b"]))
    >>> index.query([110.5, 111.0, 111.0, 113.0], [30.5] * 4, named=["", "", "b", ""]).tolist()
    [0, 0, 1, -1]
    """

    def __init__(self, units: pd.DataFrame, *, store: Store | None = None) -> None:
        self.codes = units.index
        shapes = np.asarray(units["geometry"].to_numpy(), dtype=object)
        _check_shapes(shapes, self.codes)
        by_code = np.argsort(self.codes.to_numpy().astype(str), kind="stable")
        parts, unit = shapely.get_parts(shapes[by_code], return_index=True)
        filled = ~shapely.is_empty(parts)
        self._unit = by_code[unit[filled]].astype(np.int32)  # of each part: the smallest code first
        self._parts = PolygonIndex(parts[filled], self._unit, store)

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
        self, x: ArrayLike, y: ArrayLike, *, named: NDArray[np.integer[Any]] | None = None
    ) -> tuple[Ints, Mask]:
        """Return what `query` does, and which points two or more units hold or touch.

        Parameters
        ----------
        named
            Positions in `units`, -1 for none (not codes, as in `query`).
        """
        xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        owner, shared = np.full(len(xs), -1, dtype=np.int32), np.zeros(len(xs), dtype=bool)
        self._parts.expect(len(xs))
        for start in range(0, len(xs) if len(self._parts) else 0, CHUNK):
            some = slice(start, start + CHUNK)
            whole, point, part = self._parts.holders(xs[some], ys[some])
            stated = None if named is None else named[some]
            owner[some], shared[some] = _own(whole, point, self._unit[part], stated)
        return owner, shared

    def let_go(self) -> None:
        """Give back the memory of what is searched in, which the next query makes again.

        Nobody may be asking meanwhile.
        """
        self._parts.let_go()

    def to_bytes(self) -> bytes:
        """The grid, as bytes for `from_bytes`; it is made if there is none yet."""
        return self._parts.grid().to_bytes(self._parts.key)

    @classmethod
    def from_bytes(cls, units: pd.DataFrame, data: bytes) -> UnitIndex:
        """An index of `units` on the grid that `to_bytes` gave.

        Raises
        ------
        LayerError
            If the bytes belong to other units or another version, or are damaged.
        """
        index = cls(units)
        if not index._parts.take_grid(data):
            raise LayerError("单元索引与单元不符、版本不同或已损坏；请删除缓存后重新生成")
        return index


def _own(
    whole: Ints, point: NDArray[np.integer[Any]], unit: Ints, named: NDArray[np.integer[Any]] | None
) -> tuple[Ints, Mask]:
    """Apply the rule: the named unit on a border, else the smallest code.

    `whole` has the owners of points where there is only one, `point` and `unit` every pair of a
    point and a unit that holds or touches it elsewhere, by point, then code.
    """
    owner, shared = whole, np.zeros(len(whole), dtype=bool)
    owner[point[::-1]] = unit[::-1]  # the smallest code is written last
    shared[point[unit != owner[point]]] = True
    if named is not None:
        own = shared[point] & (unit == named[point])
        owner[point[own]] = unit[own]
    return owner, shared


def _check_shapes(shapes: NDArray[np.object_], codes: pd.Index) -> None:
    """Refuse what a point in degrees cannot be looked for in."""
    kind = shapely.get_type_id(shapes)
    strange = np.flatnonzero(~np.isin(kind, (-1, 3, 6)) & ~shapely.is_empty(shapes))
    if len(strange):
        raise LayerError(
            f"单元 {codes[int(strange[0])]}：几何是 {shapes[strange[0]].geom_type}，只能是面（Polygon、MultiPolygon）"
        )
    west, south, east, north = shapely.bounds(shapes).T if len(shapes) else np.zeros((4, 0))
    flat = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    for k in np.flatnonzero(flat).tolist():
        box = f"{west[k]:.6g} 至 {east[k]:.6g}、{south[k]:.6g} 至 {north[k]:.6g}"
        raise LayerError(
            f"单元 {codes[k]}：坐标范围 {box}，须为 CGCS2000 经纬度（经度 -180 至 180，纬度 -90 至 90），"
            "跨越 180° 经线的单元请在该处分成两个单元"
        )
    for k in np.flatnonzero(east - west > 180).tolist():
        raise LayerError(
            f"单元 {codes[k]}：经度 {west[k]:.6g} 至 {east[k]:.6g}，宽于 180°，应是跨越 180° 经线；"
            "请在该处分成两个单元"
        )


def find_units(units: pd.DataFrame, named: Sequence[str] | pd.Series) -> Ints:
    """Position in `units` of each unit named by its code, -1 for none; each code is looked up once."""
    row, codes = pd.factorize(pd.Index(named))
    position = np.append(units.index.get_indexer(codes), -1)  # a missing code is numbered -1
    return np.asarray(position[row], dtype=np.int32)


def metres_to_units(
    x: Floats, y: Floats, units: pd.DataFrame, positions: NDArray[np.integer[Any]]
) -> Floats:
    """Geodesic distance from each point to the unit at `positions`; infinite to an empty one.

    The nearest point of the border is found in an equal-area projection (0.04 % in length), in
    which long sides, straight in degrees as everywhere, are followed in short pieces; the
    distance to it is geodesic on GRS80.
    """
    metres = np.full(len(x), np.inf)
    shapes = units["geometry"].to_numpy()[positions]
    some = np.flatnonzero(~(shapely.is_empty(shapes) | shapely.is_missing(shapes)))
    if not len(some):
        return metres
    flat = to_metric(tuple(shapely.total_bounds(shapes[some])))
    unique, back = np.unique(positions[some], return_inverse=True)
    # borders, not polygons: of a polygon that crosses itself, cutting its sides would drop parts
    borders = shapely.segmentize(
        shapely.boundary(units["geometry"].to_numpy()[unique]), STRAIGHT_DEG
    )
    borders = shapely.transform(
        borders, lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))
    )
    points = shapely.points(*flat.transform(x[some], y[some]))
    ends = shapely.get_coordinates(
        shapely.get_point(shapely.shortest_line(points, borders[back]), -1)
    )
    lon, lat = flat.transform(ends[:, 0], ends[:, 1], direction="INVERSE")
    inside = shapely.intersects_xy(shapes[some], x[some], y[some])
    metres[some] = np.where(inside, 0.0, GEOD.inv(x[some], y[some], lon, lat)[2])
    return metres
