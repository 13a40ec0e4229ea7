"""The rows in doubt of each layer, found once, and what an indicator makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.doubt.ask import LISTS, Opened, listing_case, table_units
from hbgeo.measure.doubt.dates import Days, days_of
from hbgeo.measure.doubt.datums import Datums, other_datums
from hbgeo.measure.doubt.grouped import Grouped
from hbgeo.measure.doubt.openings import (
    ELSEWHERE,
    Counties,
    Counting,
    Openings,
    count_variants,
    county_codes,
    find_openings,
)
from hbgeo.measure.doubt.places import ANY, Places, in_counties, places_of, unsure_rows
from hbgeo.measure.doubt.suspects import Suspects, find_suspects
from hbgeo.measure.doubt.tables import table_places
from hbgeo.measure.doubt.told import told_of
from hbgeo.measure.doubt.untried import untried_rows
from hbgeo.measure.doubt.variants import Variants, make_variants
from hbgeo.measure.placing import LayerPlacement
from hbgeo.read.indicator import Indicator
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.table import LayerTable

_ABOVE = {"village": ("township_code", "county_code"), "township": ("county_code",)}
# what says of which thing a row is, and no more
_TOLD = {"text", "id", "code", "lon", "lat", "pair"}
_BESIDE = {*PROVENANCE, "x", "y", "geometry", "crs", "why"}
_BESIDE |= {c for level in ("county", "township", "village") for c in (level, f"{level}_code")}


class Standing:
    """The rows in doubt of the layers that some indicators use.

    Parameters
    ----------
    asked
        What those ask of the rows of their layers, as links of chains and lists too (see
        `needed.asked_of`).
    """

    def __init__(self, asked: Sequence[Indicator], context: Context) -> None:
        self._context = context
        self._asked: dict[str, list[Indicator]] = {}
        self._levels: dict[str, list[str]] = {}
        for one in asked:
            self._asked.setdefault(one.layer, []).append(one)
            if one.units not in (levels := self._levels.setdefault(one.layer, [])):
                levels.append(one.units)
        self._suspects: dict[str, Suspects] = {}
        self._variants: dict[str, Variants] = {}
        self._read: dict[str, LayerTable] = {}
        self._places: dict[tuple[str, str], Places] = {}
        self._datums: dict[str, Datums] = {}
        self._told: dict[str, pd.DataFrame] = {}
        self._left: dict[str, LayerPlacement] = {}
        self._noted: dict[str, None] = {}
        self.grouped = Grouped()

    @contextmanager
    def noting(self) -> Iterator[Mapping[str, None]]:
        """Note the layers whose rows in doubt are asked for meanwhile, in order."""
        self._noted = noted = dict[str, None]()
        yield noted

    def suspects(self, layer: LayerTable) -> Suspects:
        """The rows of a layer that are in doubt."""
        key = layer.key
        self._noted[key] = None
        if key not in self._suspects:
            states = (
                *self._context.options.status,
                *(s for o in self._asked[key] for s in o.status),
            )
            self._suspects[key] = find_suspects(
                layer, self.days(layer), states, self._unsure(layer)
            )
        return self._suspects[key]

    def days(self, layer: LayerTable) -> Days:
        """The days that matter to what is measured on a layer."""
        return days_of(layer.kind, self._asked[layer.key], self._context.options)

    def told(self, key: str) -> pd.DataFrame:
        """Every row in doubt of a layer, as it is told (see `deciding.told_of`)."""
        if key not in self._told:
            counties = self._context.source.find_units("county")
            called = {} if counties is None else counties.frame["name"].to_dict()
            names = {str(code): str(name) for code, name in called.items()}
            schema = self._context.source.schema_of(key)
            self._told[key] = told_of(key, self._suspects[key], schema, names)
        return self._told[key]

    def _unsure(self, layer: LayerTable) -> dict[str, Mask]:
        made: dict[str, Mask] = {}
        if "unit_code" in layer:
            return made
        placements = self._context.placements
        for level in self._levels[layer.key]:
            placed = placements.placed(layer, level)
            for kind, rows in unsure_rows(
                placed, level, placements, self._datums_of(layer)
            ).items():
                made[kind] = made.get(kind, False) | rows
        return {kind: rows for kind, rows in made.items() if rows.any()}

    def _datums_of(self, layer: LayerTable) -> Datums:
        """The datums of a layer that the evidence contradicts; asked only where a row names no unit."""
        if layer.key not in self._datums:
            counties = self._context.source.find_units("county")
            frame = layer.frame
            named = frame["township_code"] != "" if "township_code" in frame else False
            alone = frame["x"].notna() & ~named if "x" in frame else np.zeros(0, dtype=bool)
            self._datums[layer.key] = other_datums(layer, counties) if alone.any() else {}
        return self._datums[layer.key]

    @property
    def within(self) -> str:
        """The county or prefecture that was asked for; "" for all."""
        return self._context.options.within

    @property
    def counties(self) -> list[str]:
        """The codes of the counties of that part."""
        units = self._context.source.find_units("county")
        if units is None:
            return [self.within]
        frame = units.frame
        mine = (frame.index == self.within) | (frame["prefecture_code"] == self.within).to_numpy()
        return [str(code) for code in frame.index[mine]]

    def variants(self, layer: LayerTable) -> Variants:
        """What the rows in doubt of a layer may say."""
        if layer.key not in self._variants:
            suspects, said = self.suspects(layer), repr(self._asked[layer.key])
            asked = [c for c in suspects.frame if _is_asked(str(c), layer, said)]
            some = replace(suspects, frame=suspects.frame[asked])
            self._variants[layer.key] = make_variants(some, self.days(layer))
        return self._variants[layer.key]

    def varied(self, layer: LayerTable) -> LayerTable:
        """What the rows in doubt of a layer may say, as rows of that layer."""
        if layer.key not in self._read:
            self._read[layer.key] = replace(layer, frame=self.variants(layer).frame)
        return self._read[layer.key]

    def open(self, case: Case, *, apart: bool = False) -> Opened:
        """What an indicator makes of the rows in doubt of its layer (`apart`: see `find_openings`)."""
        suspects = self.suspects(case.layer)
        if not len(suspects):
            return Opened(suspects, _none())
        counting = count_variants(case, self.varied(case.layer))
        if case.one.listed:
            counting = _with_lists(case, counting)
        places, units = self._of(case), len(self._everything(case))
        known = self._counties_of(case, suspects)
        if (counties := self.apart(case)) is not None:
            places = in_counties(places, suspects, counties, units)
            known = replace(known, places=np.append(known.places, np.full(len(counties), -1)))
        variants = self.variants(case.layer)
        return Opened(
            suspects,
            find_openings(suspects, variants, places, counting, known, apart=apart),
            untried_rows(places.untried, suspects, variants, counting, self._everything(case)),
        )

    def apart(self, case: Case) -> pd.Index | None:
        """The counties, where rows of which no more is known have their amount in the county's figure."""
        one = case.one
        if one.measure not in {"count", "sum"} or "unit_code" in case.layer:
            return None
        if one.among or one.needs or one.listed:
            return None
        codes: list[str] = self._context.placements.parents(one.units)["county_code"].tolist()
        return pd.Index([*dict.fromkeys(code for code in codes if code)], dtype=object)

    def _counties_of(self, case: Case, suspects: Suspects) -> Counties:
        """The county of each unit in which rows may stand, and of each row."""
        table, frame = "unit_code" in case.layer, suspects.frame
        units = self._everything(case)
        if table or "county_code" not in units or "county_code" not in frame:
            size = len(table_units(case)) if table else len(units)
            return Counties(np.full(size, -1), np.full(len(suspects), -1))
        codes = county_codes(units)
        above, named = (pd.Index(f["county_code"].fillna("")) for f in (units, frame))
        rows = codes.get_indexer(named)
        rows[(named != "") & (rows < 0)] = ELSEWHERE
        return Counties(codes.get_indexer(above), rows)

    def _everything(self, case: Case) -> pd.DataFrame:
        return self._context.placements.units(case.one.units).frame

    def _of(self, case: Case) -> Places:
        """Where the rows in doubt may stand, among all units of the level or of the table's."""
        layer, level, placements = case.layer, case.one.units, self._context.placements
        if "unit_code" in layer:
            at, index = layer.level or level, table_units(case)
            units = self._context.source.find_units(at)
            columns = [] if units is None else [c for c in _ABOVE.get(at, ()) if c in units]
            above = pd.DataFrame(index=index) if units is None else units.frame[columns]
            return table_places(self.suspects(layer), index, pd.DataFrame(above).reindex(index))
        key = (layer.key, level)
        if key not in self._places:
            suspects = self.suspects(layer)
            self._places[key] = places_of(
                suspects, layer, level, placements, self._datums_of(layer), self._left_of(layer)
            )
        return self._places[key]

    def _left_of(self, layer: LayerTable) -> LayerPlacement | None:
        """Where the rows that were left out of a layer stand; None where there are none."""
        suspects = self.suspects(layer)
        left = suspects.base < 0
        if not left.any():
            return None
        if layer.key not in self._left:
            self._left[layer.key] = self._context.placements.place_rows(suspects.frame[left])
        return self._left[layer.key]


def _is_asked(column: str, layer: LayerTable, said: str) -> bool:
    """Whether counting may ask for a column: names, points and notes of a million rows take room.

    Parameters
    ----------
    said
        All that indicators ask of the layer.
    """
    known = layer.kind.columns.get(column)
    told = column in _BESIDE or (known is not None and known.type in _TOLD)
    return not told or f"'{column}'" in said


def _with_lists(case: Case, counting: Counting) -> Counting:
    """Mark the variants that put their unit on the list of those that count."""
    lists = listing_case(replace(case, layer=counting.layer))
    said = counting.said | (lists.astype(np.int64) << LISTS)
    return replace(counting, said=said, ways=counting.ways | np.where(lists, ANY, np.int8(0)))


def _none() -> Openings:
    no, nothing = np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)
    return Openings(nothing, nothing, no, nothing, np.zeros(0), np.zeros(0), nothing, nothing)
