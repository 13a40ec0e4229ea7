"""What is measured from, and where a layer's rows stand among units: worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from hbgeo.measure.coverage import (
    PARENTS,
    Pairs,
    make_pairs,
)
from hbgeo.measure.locate import Placement, UnitIndex, find_units, place
from hbgeo.measure.select import (
    Mask,
    Options,
)
from hbgeo.read.schema import Schema

_ALWAYS = ("county", "township")  # the levels at which rows are placed whatever is asked


class Source(Protocol):
    """Where units and layers come from; None where the workspace has none."""

    def find_units(self, level: str) -> pd.DataFrame | None:
        """Units of a level."""

    def find_index(self, level: str) -> UnitIndex | None:
        """A ready index of those units; None where one has to be made, or units have no shapes."""

    def find_layer(self, key: str) -> pd.DataFrame | None:
        """Facilities or a table, by the layer's key."""

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer."""


@dataclass(frozen=True)
class Placed:
    """A facility layer and where its rows stand, level by level.

    `conflict` marks the rows whose point lies too far from the unit they name: they count
    nowhere, at no level.
    """

    frame: pd.DataFrame
    placements: dict[str, Placement]
    conflict: Mask

    def also(self, more: Placed) -> Placed:
        """The same rows at further levels."""
        placements = self.placements | more.placements
        return Placed(self.frame, placements, self.conflict | more.conflict)


def place_layer(
    frame: pd.DataFrame, units: dict[str, pd.DataFrame], indexes: dict[str, UnitIndex]
) -> Placed:
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
            indexes[level] = UnitIndex(of_level)
        placements[level] = place(frame, of_level, named=named, index=indexes.get(level))
        conflict |= placements[level].conflict
    return Placed(frame, placements, conflict)


class KeptPlacements(Protocol):
    """Placements of layers that are still what they were, from one run to the next."""

    def get(self, key: str) -> list[pd.DataFrame] | None:
        """The frames put for a layer; None where it, or its units, are others by now."""

    def put(self, key: str, frames: Sequence[pd.DataFrame]) -> None:
        """Keep a layer's frames, or forget them."""


class Placings:
    """Where the rows of a source's layers stand, worked out once, whatever is then asked of them.

    Parameters
    ----------
    source
        Its units and layers must not change while the placings are in use.
    kept
        What is known of them from before; None: nothing.
    """

    def __init__(self, source: Source, kept: KeptPlacements | None = None) -> None:
        self._source = source
        self._kept = kept
        self._placed: dict[str, Placed] = {}
        self._indexes: dict[str, UnitIndex] = {}
        self._pairs: dict[tuple[str, str], Pairs] = {}
        self._parents: dict[str, pd.DataFrame] = {}
        self._some: dict[tuple[str, bytes], pd.DataFrame] = {}

    def placed(self, key: str, frame: pd.DataFrame, level: str) -> Placed:
        """The layer placed in counties, townships and, if asked for, one level more."""
        have = self._placed.get(key)
        if have is None:
            frame = _with_prefectures(frame, self._source.find_units("county"))
            have = self._placed_before(key, frame) or self._place_and_keep(key, frame)
        if level not in have.placements:
            have = have.also(self._place(have.frame, (level,)))
        self._placed[key] = have
        return have

    def pairs(self, key: str, frame: pd.DataFrame, level: str) -> Pairs:
        """Every pair of the layer with units of the level, filters apart."""
        if (key, level) not in self._pairs:
            placed = self.placed(key, frame, level)
            placement = placed.placements[level]
            owner = np.where(placed.conflict, -1, placement.owner).astype(np.int32)
            placement = replace(placement, owner=owner, conflict=placed.conflict)
            units = self.units(level)
            self._pairs[key, level] = make_pairs(units, placed.frame, placement)
        return self._pairs[key, level]

    def _placed_before(self, key: str, frame: pd.DataFrame) -> Placed | None:
        frames = self._kept.get(key) if self._kept else None
        return None if frames is None else placed_of(frames, frame)

    def _place_and_keep(self, key: str, frame: pd.DataFrame) -> Placed:
        placed = self._place(frame, _ALWAYS)
        if self._kept:
            self._kept.put(key, frames_of(placed))
        return placed

    def _place(self, frame: pd.DataFrame, levels: Iterable[str]) -> Placed:
        """Place rows at the levels of which there are units."""
        units = {at: u for at in levels if (u := self._source.find_units(at)) is not None}
        for at in units.keys() - self._indexes.keys():
            if (index := self._source.find_index(at)) is not None:
                self._indexes[at] = index
        return place_layer(frame, units, self._indexes)

    def units(self, level: str) -> pd.DataFrame:
        """The units of a level, which are known to be there."""
        found = self._source.find_units(level)
        if found is None:
            raise AssertionError(level)  # no denominator is asked for without its units
        return found

    def some_units(self, level: str, keep: Mask) -> pd.DataFrame:
        """The units of a level that are marked; the very same frame for the same marks."""
        key = (level, keep.tobytes())
        if key not in self._some:
            self._some[key] = keep_units(self.units(level), keep)
        return self._some[key]

    def parents(self, level: str) -> pd.DataFrame:
        """Every parent of a level's units, those without a unit that counts among them."""
        if level not in self._parents:
            units = self.units(level)
            columns = [c for pair in PARENTS.values() for c in pair if c in units]
            every = pd.DataFrame(units[columns]).drop_duplicates(ignore_index=True)
            self._parents[level] = every
        return self._parents[level]


def frames_of(placed: Placed) -> list[pd.DataFrame]:
    """Placements as frames to be kept: the levels, then one frame a level."""
    levels = pd.DataFrame({"level": pd.Series(list(placed.placements), dtype="str")})
    return [levels, *(pd.DataFrame(vars(one)) for one in placed.placements.values())]


def placed_of(frames: list[pd.DataFrame], frame: pd.DataFrame) -> Placed:
    """What `frames_of` took apart, with the layer's rows."""
    levels, *tables = frames
    columns = Placement.__dataclass_fields__
    placements = {
        level: Placement(*(table[name].to_numpy() for name in columns))
        for level, table in zip(levels["level"], tables, strict=True)
    }
    conflict = np.zeros(len(frame), dtype=bool)
    for one in placements.values():
        conflict |= one.conflict
    return Placed(frame, placements, conflict)


@dataclass(frozen=True)
class Desk:
    """What one call of `assess` has on the table."""

    source: Source
    options: Options
    placings: Placings


def keep_units(units: pd.DataFrame, keep: Mask) -> pd.DataFrame:
    """Some of the units, as a plain frame, which is cut and read in a fraction of the time."""
    kept = pd.DataFrame(units)
    kept = kept if keep.all() else kept[keep]
    kept.attrs = units.attrs
    return kept


def _with_prefectures(frame: pd.DataFrame, counties: pd.DataFrame | None) -> pd.DataFrame:
    """Name the prefecture and province of each row by the county it names."""
    if counties is None or "county_code" not in frame:
        return frame
    county = find_units(counties, frame["county_code"])
    parents = {}
    for column in ("prefecture_code", "province_code"):
        codes = pd.array(
            [*counties[column].fillna(""), ""], dtype="str"
        )  # the last stands for no county
        parents[column] = codes.take(county)
    return frame.assign(**parents)
