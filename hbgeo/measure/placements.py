"""Where the rows of a source's layers stand, worked out once whatever is then asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Ints, Mask
from hbgeo.measure.distance import Spots, spots_of
from hbgeo.measure.kept import Kept
from hbgeo.measure.locate import UnitIndex, find_units
from hbgeo.measure.named import holders, named_codes
from hbgeo.measure.nearby import Nearby
from hbgeo.measure.pairs import Pairs, make_pairs, positions_among
from hbgeo.measure.placing import LayerPlacement, place_layer, placement_frames, placement_from
from hbgeo.measure.source import PARENTS, Source
from hbgeo.read.catalog import PLACES
from hbgeo.read.table import LayerTable

_ALWAYS = ("county", "township")  # the levels at which rows are placed whatever is asked
_ABOVE = ("prefecture", "province")  # no row names them but by its county


class PlacementStore(Protocol):
    """Placements of layers that are still what they were, from one run to the next."""

    def get(self, key: str) -> list[pd.DataFrame] | None:
        """The frames put for a layer; None where it, or its units, are others by now."""

    def put(self, key: str, frames: Sequence[pd.DataFrame]) -> None:
        """Keep a layer's frames, or forget them."""


class Placements:
    """Where the rows of a source's layers stand, worked out once, whatever is then asked of them.

    Parameters
    ----------
    source
        Its units and layers must not change while the placements are in use.
    store
        What is known of them from before; None: nothing.
    nearby
        What finds the nearest of them; None: one that remembers nothing.
    """

    def __init__(
        self,
        source: Source,
        store: PlacementStore | None = None,
        nearby: Nearby | None = None,
    ) -> None:
        self._source = source
        self.nearby = nearby or Nearby()
        self._store = store
        self._placed: dict[str, LayerPlacement] = {}
        self._indexes: dict[str, UnitIndex] = {}
        self._pairs: dict[tuple[str, str], Pairs] = {}
        self._parents: dict[str, pd.DataFrame] = {}
        self._positions: Kept[Ints] = Kept()
        self._seats: Kept[Spots] = Kept()
        self._above: Kept[NDArray[np.int64]] = Kept()
        self._some: dict[tuple[str, bytes], LayerTable] = {}
        # among places of a date (natural villages, roads): not for sources of another
        self._among: dict[tuple[str, str], LayerPlacement] = {}
        self._naming: dict[tuple[str, str], Pairs] = {}

    def of(self, source: Source) -> Placements:
        """The same placements for a source of the same rows and shapes, with other populations."""
        made = Placements(source, self._store, self.nearby)
        made._placed, made._indexes, made._pairs = self._placed, self._indexes, self._pairs
        made._parents = self._parents
        return made

    def placed(self, layer: LayerTable, level: str) -> LayerPlacement:
        """The layer placed in counties, townships and, if asked for, one level more.

        Its rows name their prefecture and province once one of these was asked for.
        """
        have = self._placed.get(layer.key)
        if have is None:
            have = self._stored(layer.key, layer.frame)
            have = have or self._place_and_store(layer.key, layer.frame)
        if level in _ABOVE and f"{level}_code" not in have.frame:
            have = replace(have, frame=self.with_prefectures(have.frame))
        if level not in have.placements and level not in PLACES:
            have = have.also(self._place(self._with_named(have, level), (level,)))
        self._placed[layer.key] = have
        return self._placed_among(layer.key, have, level) if level in PLACES else have

    def place_rows(self, frame: pd.DataFrame) -> LayerPlacement:
        """Rows of a layer, which need not be those it has, placed in counties and townships."""
        return self._place(self.with_prefectures(frame), _ALWAYS)

    def place_further(self, have: LayerPlacement, level: str) -> LayerPlacement:
        """Rows that `place_rows` has placed, at one level more, as `placed` places a layer's own."""
        if level in PLACES:
            return have.also(self._place(self._with_named(have, level), (level,)))
        return have if level in have.placements else have.also(self._place(have.frame, (level,)))

    def with_prefectures(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows with the prefecture and province of the county that each names."""
        return _with_prefectures(frame, self._source.find_units("county"))

    def index_of(self, level: str) -> UnitIndex | None:
        """What finds the unit of a level that holds a point; None of units without shapes."""
        if level not in self._indexes:
            index, units = self._source.find_index(level), self._source.find_units(level)
            if index is None and units is not None and "geometry" in units:
                index = UnitIndex(units.frame)
            if index is None:
                return None
            self._indexes[level] = index
        return self._indexes[level]

    def let_go(self) -> None:
        """Give back the memory of what points were looked for in, which the next search makes again."""
        for index in self._indexes.values():
            index.let_go()

    def holders_of(self, layer: LayerTable, level: str) -> Ints:
        """The position of the unit that holds each row's point, whatever the row names; -1 for none.

        Of several that share a border it is the one with the smallest code.
        """
        placement = self.placed(layer, level).placements[level]
        shared, index = np.flatnonzero(placement.on_border), self.index_of(level)
        if index is None or not len(shared):
            return placement.point_unit
        held, points = placement.point_unit.copy(), layer.frame[["x", "y"]].iloc[shared]
        held[shared] = index.query(points["x"].to_numpy(), points["y"].to_numpy())
        return held

    def _placed_among(self, key: str, have: LayerPlacement, level: str) -> LayerPlacement:
        """The rows placed among natural villages or roads, which they name or do not."""
        if (key, level) not in self._among:
            more = self._place(self._with_named(have, level), (level,))
            self._among[key, level] = have.also(more)
        return self._among[key, level]

    def _with_named(self, have: LayerPlacement, level: str) -> pd.DataFrame:
        """The rows, with the unit of a level that each names by its own words."""
        townships = self._source.find_units("township")
        at = have.placements.get("township")
        held = [""] * len(have.frame)
        if townships is not None and at is not None:
            held = holders(at.owner, townships.frame)
        named = named_codes(have.frame, level, self._source, held)
        return have.frame if named is None else have.frame.assign(**{f"{level}_code": named})

    def pairs(self, layer: LayerTable, level: str) -> Pairs:
        """Every pair of the layer with units of the level, filters apart."""
        key = (layer.key, level)
        made = self._naming if level in PLACES else self._pairs
        if key not in made:
            placed = self.placed(layer, level)
            placement = placed.placements[level]
            owner = np.where(placed.conflict, -1, placement.owner).astype(np.int32)
            placement = replace(placement, owner=owner, conflict=placed.conflict)
            made[key] = make_pairs(self.units(level).frame, placed.frame, placement)
        return made[key]

    def _stored(self, key: str, frame: pd.DataFrame) -> LayerPlacement | None:
        frames = self._store.get(key) if self._store else None
        return None if frames is None else placement_from(frames, frame)

    def _place_and_store(self, key: str, frame: pd.DataFrame) -> LayerPlacement:
        placed = self._place(frame, _ALWAYS)
        if self._store:
            self._store.put(key, placement_frames(placed))
        return placed

    def _place(self, frame: pd.DataFrame, levels: Iterable[str]) -> LayerPlacement:
        """Place rows at the levels of which there are units."""
        units = {at: u for at in levels if (u := self._source.find_units(at)) is not None}
        for at in units.keys() - self._indexes.keys():
            if (index := self._source.find_index(at)) is not None:
                self._indexes[at] = index
        return place_layer(frame, units, self._indexes)

    def units(self, level: str) -> LayerTable:
        """The units of a level, which are known to be there."""
        found = self._source.find_units(level)
        if found is None:
            raise AssertionError(level)  # no denominator is asked for without its units
        return found

    def positions(self, everything: pd.DataFrame, index: pd.Index) -> Ints:
        """Where each unit of a level stands among some of them, by their index; -1 for nowhere."""
        return self._positions.get(
            lambda: positions_among(everything.index, index), everything.index, index
        )

    def seats(self, units: pd.DataFrame) -> Spots:
        """Where the seats of units are, by the units' index."""
        return self._seats.get(
            lambda: spots_of(pd.DataFrame({"x": units["seat_x"], "y": units["seat_y"]})),
            units.index,
        )

    def above(self, units: pd.DataFrame, column: str, index: pd.Index) -> NDArray[np.int64]:
        """Where the unit that a column of units names stands in an index; -1 for nowhere."""
        return self._above.get(
            lambda: index.get_indexer(pd.Index(units[column])).astype(np.int64),
            units.index,
            index,
            name=column,
        )

    def some_units(self, level: str, marked: Mask) -> LayerTable:
        """The units of a level that are marked; the very same for the same marks."""
        key = (level, marked.tobytes())
        if key not in self._some:
            self._some[key] = self.units(level).where(marked)
        return self._some[key]

    def parents(self, level: str) -> pd.DataFrame:
        """Every parent of a level's units, those without a unit that counts among them."""
        if level in PLACES:  # which hold on their date only
            level = "township" if self._source.find_units("township") else "county"
        if level not in self._parents:
            units = self.units(level).frame
            columns = [c for pair in PARENTS.values() for c in pair if c in units]
            every = pd.DataFrame(units[columns]).drop_duplicates(ignore_index=True)
            self._parents[level] = every
        return self._parents[level]


def _with_prefectures(frame: pd.DataFrame, counties: LayerTable | None) -> pd.DataFrame:
    """Name the prefecture and province of each row by the county it names."""
    if counties is None or "county_code" not in frame:
        return frame
    county = find_units(counties.frame, frame["county_code"])
    parents = {}
    for column in ("prefecture_code", "province_code"):
        # the last stands for no county
        codes = pd.array([*counties.frame[column].fillna(""), ""], dtype="str")
        parents[column] = codes.take(county)
    return frame.assign(**parents)
