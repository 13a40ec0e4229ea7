"""Which unit holds each point, exactly; and which unit owns it when the ledger names another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from hbgeo.read import datum

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEAR_M = 500.0  # a ledger's unit this near its point is believed before the polygon
INSIDE, NAMED, SERVED = 0, 1, 2  # how a facility reaches a unit
VIA_NAMES = ("inside", "named", "served")


class UnitIndex:
    """Finds the unit that owns each point.

    Parameters
    ----------
    units
        An index of codes and a `geometry` column of polygons in CGCS2000, in any order. Empty
        or missing polygons hold nothing.
    """

    def __init__(self, units: pd.DataFrame) -> None:
        self.codes = units.index
        self._rank = np.argsort(np.argsort(self.codes.to_numpy().astype(str), kind="stable"))
        self._by_rank = np.argsort(self._rank)
        self._tree = shapely.STRtree(units["geometry"].to_numpy())

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
        """Return what `query` does, and which points lie on a border that units share.

        Parameters
        ----------
        named
            Positions in `units`, -1 for none (not codes, as in `query`).
        """
        xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        owner = np.full(len(xs), -1, dtype=np.int32)
        given = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys))
        point, unit = self._tree.query(shapely.points(xs[given], ys[given]), predicate="intersects")
        point = given[point]
        best = np.full(len(xs), len(self.codes), dtype=np.int64)
        np.minimum.at(best, point, self._rank[unit])
        inside = best < len(self.codes)
        owner[inside] = self._by_rank[best[inside]]
        shared = np.bincount(point, minlength=len(xs)) > 1
        if named is not None:
            own = shared[point] & (unit == named[point])
            owner[point[own]] = unit[own]
        return owner, shared


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
