"""Where a row in doubt may stand among the units of a level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.datums import Datums, moved_points
from hbgeo.measure.doubt.edges import beside_edges
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import Suspects
from hbgeo.measure.locate import find_units
from hbgeo.measure.pairs import via_bits
from hbgeo.measure.placements import Placements
from hbgeo.measure.placing import LayerPlacement, Placement
from hbgeo.read.table import LayerTable

INSIDE, NAMED = (np.int8(via_bits((way,))) for way in ("inside", "named"))
ANY = np.int8(INSIDE | NAMED)
MOST = 1 << 20  # places of a layer's rows among the units of a level that are tried one by one
_NAMED_ONLY = ("village", "hamlet", "road")  # whose units have only what says so


@dataclass(frozen=True)
class Places:
    """Where rows in doubt may stand: one entry a row and place.

    Attributes
    ----------
    suspect
        The row.
    unit
        Position of the unit; -1 in none.
    bits
        The ways in which the unit has the row there (see `via_bits`).
    own
        Whether it is the place that the figure takes.
    nowhere
        Whether the row counts nowhere then, not even for whom it serves.
    untried
        Rows that the figure has in no unit, and that may stand in too many to try each: those are not
        among their places.
    """

    suspect: Whole
    unit: Whole
    bits: NDArray[np.int8]
    own: Mask
    nowhere: Mask
    untried: Whole


def unsure_rows(
    placed: LayerPlacement, level: str, placements: Placements, datums: Datums
) -> dict[str, Mask]:
    """Mark the rows of a layer that may stand in another unit of a level than the figure takes.

    Returns
    -------
    rows
        `apart`: point and named unit differ; `county`: no more than the county is known; `edge`: the
        point names no unit and is not surer than the border is near; `datum`: the evidence says that it was written under another.
    """
    at = placed.placements[level]
    edge, moved = (np.zeros(len(at.owner), dtype=bool) for _ in range(2))
    edge[list(beside_edges(placed.frame, at, level, placements))] = True
    moved[list(moved_points(placed.frame, at, level, placements, datums))] = True
    made = {"apart": placed.conflict | at.by_ledger, "county": at.county_only}
    made |= {"edge": edge, "datum": moved}
    return made | ({"village": _misnamed(placed.frame)} if level == "village" else {})


def _misnamed(frame: pd.DataFrame) -> Mask:
    """Mark the rows that say a village which their township does not have, or has twice."""
    if not {"village", "village_code", "township_code"} <= set(frame.columns):
        return np.zeros(len(frame), dtype=bool)
    said = (frame["village"] != "") & (frame["village_code"] == "")
    return np.asarray((said & (frame["township_code"] != "")).to_numpy(), dtype=bool)


def places_of(
    suspects: Suspects,
    layer: LayerTable,
    level: str,
    placements: Placements,
    datums: Datums,
    left_out: LayerPlacement | None,
) -> Places:
    """Tell where each row in doubt of a layer may stand among the units of a level.

    Parameters
    ----------
    left_out
        Where the rows that were left out stand (`Placements.place_rows`), if there are any.
    """
    units = placements.units(level)
    placed = _placed(suspects, layer, level, placements, left_out)
    at, left = placed.placements[level], suspects.base < 0
    kinds = _kinds(suspects)
    misnamed, pointless = kinds["name"], kinds["point"] & ~kinds["name"]
    makes = _Makes()
    settled = ~misnamed & ~(pointless & (at.owner < 0))
    ways = np.left_shift(1, at.via).astype(np.int8)
    own = np.flatnonzero(settled)
    clash = placed.conflict[own]
    makes.add(own, np.where(clash, -1, at.owner[own]), ways[own], own=~left[own], nowhere=clash)
    if "x" in suspects.frame:
        _apart(makes, placed, level, units, settled)
        beside = beside_edges(placed.frame, at, level, placements)
        moved = moved_points(placed.frame, at, level, placements, datums)
        for row, others in [*beside.items(), *moved.items()]:
            if settled[row]:
                makes.many(row, others, INSIDE)
    _within(makes, np.flatnonzero(settled & at.county_only), suspects.frame, units, level)
    strangers = [_unknown(np.flatnonzero(~settled), placed, at, units, level)]
    if level == "village" and "township_code" in units:
        lost = settled & (at.owner < 0) & _misnamed(placed.frame)
        strangers.append(_among(np.flatnonzero(lost), placed.frame["township_code"], units.frame))
    return makes.places(_tried(makes, strangers))


def _placed(
    suspects: Suspects,
    layer: LayerTable,
    level: str,
    placements: Placements,
    left_out: LayerPlacement | None,
) -> LayerPlacement:
    """Where rows in doubt stand as they read: those of the layer do already."""
    known, left = placements.placed(layer, level), suspects.base < 0
    base, frame = suspects.base[~left], placements.with_prefectures(suspects.frame)
    own = known.placements[level].take(base)
    if left_out is None:
        return LayerPlacement(frame, {level: own}, known.conflict[base])
    more = placements.place_further(left_out, level)
    other = more.placements[level]
    columns = {c: np.append(getattr(own, c), getattr(other, c)) for c in own.__dataclass_fields__}
    conflict = np.append(known.conflict[base], more.conflict)
    return LayerPlacement(frame, {level: Placement(**columns)}, conflict)


def _kinds(suspects: Suspects) -> dict[str, Mask]:
    """The rows whose unit is named wrongly, or that have no place; those whose point is lost."""
    left, notes = suspects.base < 0, suspects.notes
    return {
        "name": left & notes.marked(lambda one: one.kind in {"name", "place"}),
        "point": left & notes.marked(lambda one: one.kind == "point"),
    }


class _Makes:
    """Collects places."""

    def __init__(self) -> None:
        self._parts: list[tuple[NDArray[Any], ...]] = []

    def add(
        self, rows: Whole, unit: Whole, bits: NDArray[np.int8], *, own: Mask, nowhere: Mask
    ) -> None:
        """Add a place for each of some rows."""
        self._parts.append((rows, unit, bits, own, nowhere))

    def others(self, rows: Whole, unit: Whole, bits: np.int8) -> None:
        """Add a place for each row that is not the one the figure takes."""
        no = np.zeros(len(rows), dtype=bool)
        self.add(rows, unit, np.full(len(rows), bits), own=no, nowhere=no)

    def many(self, row: int, unit: Whole, bits: np.int8) -> None:
        """Add several places for one row."""
        self.others(np.full(len(unit), row), np.asarray(unit), bits)

    def places(self, untried: Whole) -> Places:
        """All that was added, and the rows of which not every place was."""
        rows, unit, bits, own, nowhere = (
            np.concatenate(part) for part in zip(*self._parts, strict=True)
        )
        order = np.argsort(rows, kind="stable")
        return Places(
            rows[order].astype(np.int64),
            unit[order].astype(np.int64),
            bits[order].astype(np.int8),
            own[order].astype(bool),
            nowhere[order].astype(bool),
            untried,
        )


def _apart(
    makes: _Makes, placed: LayerPlacement, level: str, units: LayerTable, settled: Mask
) -> None:
    """Points and named units that differ: either may be right."""
    at, frame = placed.placements[level], placed.frame
    clash = np.flatnonzero(placed.conflict & settled)
    column = frame[f"{level}_code"] if f"{level}_code" in frame else pd.Series("", frame.index)
    stated = find_units(units.frame, column)
    makes.others(clash, stated[clash].astype(np.int64), NAMED)
    point = clash[at.point_unit[clash] >= 0]
    makes.others(point, at.point_unit[point].astype(np.int64), INSIDE)
    believed = np.flatnonzero(at.by_ledger & ~placed.conflict & settled & (at.point_unit >= 0))
    makes.others(believed, at.point_unit[believed].astype(np.int64), INSIDE)


def _within(makes: _Makes, rows: Whole, frame: pd.DataFrame, units: LayerTable, level: str) -> None:
    """Rows of which no more than the county is known: any township of it."""
    if level != "township" or "county_code" not in units:
        return
    county = units.frame["county_code"].to_numpy(object)
    inside: dict[str, Whole] = {}
    for row in rows.tolist():
        code = str(frame["county_code"].iloc[row])
        if code not in inside:
            inside[code] = np.flatnonzero(county == code)
        makes.many(row, inside[code], ANY)


@dataclass(frozen=True)
class _Strangers:
    """Rows that the figure has in no unit: how many places each may have, which, and in what ways.

    `find` tells the places of a row by its number among them.
    """

    rows: Whole
    sizes: Whole
    find: Callable[[int], Whole]
    bits: np.int8


def _tried(makes: _Makes, strangers: Sequence[_Strangers]) -> Whole:
    """Add their places, row by row; those of which too many would have to be tried are given back."""
    tried = few_enough(np.concatenate([one.sizes for one in strangers]))
    for one, few in zip(strangers, np.split(tried, [len(strangers[0].rows)]), strict=False):
        for at in np.flatnonzero(few).tolist():
            makes.many(int(one.rows[at]), one.find(at), one.bits)
    return np.concatenate([one.rows for one in strangers])[~tried]


def few_enough(sizes: Whole) -> Mask:
    """Mark the rows of which each place is tried: those of the fewest first, all of as many alike."""
    size, which, rows = np.unique(sizes, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(size * rows) <= MOST)[which], dtype=bool)


def _among(rows: Whole, towns: pd.Series, villages: pd.DataFrame) -> _Strangers:
    """Rows that say a village which cannot be told: any of their township."""
    inside = villages.groupby("township_code").indices if len(rows) else {}
    codes, none = towns.iloc[rows].tolist(), np.zeros(0, dtype=np.int64)
    sizes = np.array([len(inside.get(code, none)) for code in codes], dtype=np.int64)
    return _Strangers(rows, sizes, lambda at: np.asarray(inside.get(codes[at], none)), NAMED)


def _unknown(
    rows: Whole, placed: LayerPlacement, at: Placement, units: LayerTable, level: str
) -> _Strangers:
    """Rows left out for where they are: the unit of their point, those of their county, or any.

    A row that says no village would stand in none either if it named its township rightly.
    """
    some = placed.frame.iloc[rows]
    silent = ~_says_village(some) if level in _NAMED_ONLY else np.zeros(len(rows), dtype=bool)
    codes = some["county_code"] if "county_code" in some else pd.Series("", some.index)
    named = [*zip(rows.tolist(), codes.astype(str), silent.tolist(), strict=True)]
    inside, nowhere = _Inside(units, level), np.array([-1])

    def find(number: int) -> Whole:
        row, county, quiet = named[number]
        return nowhere if quiet else inside.of(county, at, row)

    sizes = np.array([len(find(number)) for number in range(len(named))], dtype=np.int64)
    return _Strangers(rows, sizes, find, ANY)


class _Inside:
    """The units in which rows may stand of which a point or a county is known."""

    def __init__(self, units: LayerTable, level: str) -> None:
        self._units, self._level = units, level
        self._every = np.arange(len(units))
        self._known: dict[str, Whole] = {}

    def of(self, county: str, at: Placement, row: int) -> Whole:
        """Those of one row, in order; all where nothing is known."""
        some = self._of_county(county)
        if county and self._level in {"prefecture", "province"}:
            some = at.owner[row : row + 1].astype(np.int64)
        found = np.union1d(some, at.point_unit[row]) if at.point_unit[row] >= 0 else some
        found = found[found >= 0]
        return found.astype(np.int64) if len(found) else self._every

    def _of_county(self, county: str) -> Whole:
        if county not in self._known:
            self._known[county] = np.asarray(self._look(county), dtype=np.int64)
        return self._known[county]

    def _look(self, county: str) -> Whole:
        frame = self._units.frame
        if county and self._level == "county":
            return np.asarray(find_units(frame, [county]))
        if county and "county_code" in self._units:
            return np.flatnonzero(frame["county_code"].to_numpy(object) == county)
        return np.zeros(0, dtype=np.int64)


def _says_village(rows: pd.DataFrame) -> Mask:
    said = np.zeros(len(rows), dtype=bool)
    for column in {"village", "village_code"} & set(rows):
        said |= (rows[column].fillna("").astype("str") != "").to_numpy()
    return said


def in_counties(places: Places, suspects: Suspects, counties: pd.Index, units: int) -> Places:
    """Rows of which no more than the county is known stand in that, behind so many units."""
    frame = suspects.frame
    if "county_code" not in frame:
        return places
    county = counties.get_indexer(pd.Index(frame["county_code"]))
    only = suspects.marked("county")[places.suspect] & (places.unit < 0) & ~places.nowhere
    only &= county[places.suspect] >= 0
    unit = np.where(only, units + county[places.suspect], places.unit)
    return replace(places, unit=unit, bits=np.where(only, ANY, places.bits))
