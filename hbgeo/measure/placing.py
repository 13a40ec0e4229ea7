"""Where each row stands among units: by its point, and by the unit its ledger names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.measure.locate import INSIDE, NAMED, NEAR_M, UnitIndex, find_units, metres_to_units
from hbgeo.read.table import LayerTable

_BELOW_COUNTY = ("township", "village")


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
    county_only
        The row names its county and nothing below, and its point is in no unit of that county:
        it is owned by none.
    """

    owner: Ints
    via: NDArray[np.int8]
    on_border: Mask
    by_ledger: Mask
    conflict: Mask
    point_unit: Ints
    metres: Floats
    county_only: Mask

    def take(self, rows: NDArray[np.integer[Any]] | Mask) -> Placement:
        """The placement of some of the rows."""
        return Placement(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def place(
    facilities: pd.DataFrame,
    units: pd.DataFrame,
    *,
    named: Sequence[str] | pd.Series | None = None,
    index: UnitIndex | None = None,
    approximate: bool = False,
) -> Placement:
    """Find each facility's unit from its point and from the unit its ledger row names.

    A row with a name and no point is placed by name. Where both are given and differ, the
    ledger wins within 500 m of the unit it names; beyond, the row is in conflict and owned by
    none. Where the units' shapes are approximate the ledger's name always wins. Units without
    shapes (villages) own only what names them, and so does one whose boundary is lacking.

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
    approximate
        Whether the units' shapes only suggest where they are.
    """
    n = len(facilities)
    if named is None and "unit_code" in facilities:
        named = facilities["unit_code"]
    stated = np.full(n, -1, np.int32) if named is None else find_units(units, named)
    if "geometry" not in units or "x" not in facilities:
        return _by_name(stated)
    index = index or UnitIndex(units)
    return _by_point(facilities, units, stated, index, approximate=approximate)


def _by_point(
    facilities: pd.DataFrame,
    units: pd.DataFrame,
    stated: Ints,
    index: UnitIndex,
    *,
    approximate: bool,
) -> Placement:
    """The placement of rows with points, weighed against the units they state."""
    x, y = facilities["x"].to_numpy(float), facilities["y"].to_numpy(float)
    found, on_border = index.owners(x, y, named=stated)
    has_point = np.isfinite(x) & np.isfinite(y)
    differ = has_point & (stated >= 0) & (stated != found)
    metres = np.full(len(facilities), np.nan)
    metres[differ] = metres_to_units(x[differ], y[differ], units, stated[differ])
    trusted = differ & (approximate | (metres <= NEAR_M))
    shapeless = np.append(shapely.is_empty(units["geometry"].to_numpy()), False)[stated]
    trusted |= differ & shapeless  # as where no unit has a shape
    conflict = differ & ~trusted
    owner = np.where((~has_point & (stated >= 0)) | trusted, stated, found)
    owner[conflict] = -1
    via = np.where(~has_point | trusted, NAMED, INSIDE).astype(np.int8)
    no_county = np.zeros(len(facilities), dtype=bool)
    return Placement(
        owner.astype(np.int32), via, on_border, trusted, conflict, found, metres, no_county
    )


def _by_name(stated: Ints) -> Placement:
    """The placement of rows that only name their unit."""
    n, never = len(stated), np.zeros(len(stated), dtype=bool)
    via, nowhere = np.full(n, NAMED, dtype=np.int8), np.full(n, -1, np.int32)
    return Placement(stated, via, never, never, never, nowhere, np.full(n, np.nan), never)


@dataclass(frozen=True)
class LayerPlacement:
    """A facility layer and where its rows stand, level by level.

    `conflict` marks the rows whose point lies too far from the unit they name: they count
    nowhere, at no level.
    """

    frame: pd.DataFrame
    placements: dict[str, Placement]
    conflict: Mask

    def also(self, more: LayerPlacement) -> LayerPlacement:
        """The same rows at further levels."""
        placements = self.placements | more.placements
        return LayerPlacement(self.frame, placements, self.conflict | more.conflict)


def place_layer(
    frame: pd.DataFrame, units: Mapping[str, LayerTable], indexes: dict[str, UnitIndex]
) -> LayerPlacement:
    """Place a layer's rows among the units of every level given.

    Parameters
    ----------
    frame
        `x`, `y`, and `county_code`, `township_code`, `village_code` as its rows name them.
    units
        Level → units; the order of levels does not matter.
    indexes
        Level → a ready index of those units; missing ones are made.
    """
    placements = {}
    conflict = np.zeros(len(frame), dtype=bool)
    for level, of_level in units.items():
        column = f"{level}_code"
        named = frame[column] if column in frame else pd.Series("", frame.index)
        if "geometry" in of_level and level not in indexes:
            indexes[level] = UnitIndex(of_level.frame)
        placed = place(
            frame,
            of_level.frame,
            named=named,
            index=indexes.get(level),
            approximate=of_level.approximate,
        )
        below = level in _BELOW_COUNTY and "county_code" in frame and "county_code" in of_level
        placements[level] = _inside_county(placed, frame, of_level.frame) if below else placed
        conflict |= placements[level].conflict
    return LayerPlacement(frame, placements, conflict)


def _inside_county(placed: Placement, frame: pd.DataFrame, units: pd.DataFrame) -> Placement:
    """Take rows that name only their county out of the units of any other.

    On the border of two counties the unit is one of the county that is named, of several the
    smallest code.
    """
    alone = (frame["county_code"] != "").to_numpy()
    for column in (f"{level}_code" for level in _BELOW_COUNTY):
        alone = alone & ((frame[column] == "").to_numpy() if column in frame else True)
    if not alone.any():
        return placed
    owner = placed.owner.copy()
    owned = np.flatnonzero(alone & (owner >= 0))
    named = frame["county_code"].iloc[owned].to_numpy(object)
    strange = units["county_code"].to_numpy(object)[owner[owned]] != named
    for row, county in zip(owned[strange].tolist(), named[strange].tolist(), strict=True):
        on_border = placed.on_border[row]
        owner[row] = _touched(frame.iloc[row], units, str(county)) if on_border else -1
    return replace(placed, owner=owner, county_only=alone & (owner < 0) & ~placed.conflict)


def _touched(row: pd.Series, units: pd.DataFrame, county: str) -> int:
    """The position of a county's unit that holds or touches a row's point; -1 for none."""
    mine = np.flatnonzero((units["county_code"] == county).to_numpy())
    point = shapely.Point(row["x"], row["y"])
    hits = mine[shapely.intersects(units["geometry"].to_numpy()[mine], point)]
    return min(hits.tolist(), key=lambda at: str(units.index[at]), default=-1)


def placement_frames(placed: LayerPlacement) -> list[pd.DataFrame]:
    """Placements as frames to be kept: the levels, then one frame a level."""
    levels = pd.DataFrame({"level": pd.Series(list(placed.placements), dtype="str")})
    return [levels, *(pd.DataFrame(vars(one)) for one in placed.placements.values())]


def placement_from(frames: list[pd.DataFrame], frame: pd.DataFrame) -> LayerPlacement:
    """What `placement_frames` took apart, with the layer's rows."""
    levels, *tables = frames
    columns = Placement.__dataclass_fields__
    placements = {
        level: Placement(*(table[name].to_numpy() for name in columns))
        for level, table in zip(levels["level"], tables, strict=True)
    }
    conflict = np.zeros(len(frame), dtype=bool)
    for one in placements.values():
        conflict |= one.conflict
    return LayerPlacement(frame, placements, conflict)
