"""The polygons, the villages, and one value a unit, as the page reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.read.cell.pinyin import readings_of
from hbgeo.read.enrich import find_seats
from hbgeo.show.page.cells import read_off, texts
from hbgeo.show.page.classes import POLYGON_LEVELS, Classes, map_level, owners_of
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import PageLayer
from hbgeo.show.page.pack import PartWriter
from hbgeo.show.page.polygons import encode_units
from hbgeo.show.page.reasons import Reasons, changes_of

UNIT_COLUMNS = (
    "kind",
    "county_code",
    "county",
    "prefecture_code",
    "prefecture",
    "province_code",
    "province",
)
_CODE = re.compile(r"[1-9]\d{0,14}", re.ASCII)


def tables_part(inputs: PageInputs) -> str:
    """The tables, with the arcs of the polygons as planes."""
    tables, part = make_tables(inputs), PartWriter()
    tables |= _once(tables["values"], part)
    if tables["topology"]:
        arcs = [np.asarray(arc, dtype=np.int64) for arc in tables["topology"]["arcs"]]
        changes = np.concatenate(arcs)
        numbers = (changes << 1) ^ (changes >> 63)  # 0, -1, 1, -2 and so on
        tables["topology"]["arcs"] = {
            "points": part.whole([len(arc) for arc in arcs]),
            "x": part.whole(numbers[:, 0]),
            "y": part.whole(numbers[:, 1]),
        }
    return part.pack(tables)


def make_tables(inputs: PageInputs) -> dict[str, Any]:
    """Return the polygons, the units' attributes, and each indicator's values a unit."""
    units = inputs.units
    polygons = polygons_of(units)
    return {
        **encode_units(polygons, store=inputs.store),
        "units": {level: _unit_columns(frame) for level, frame in polygons.items()},
        **_all_values(inputs),
        "pinyin": json.loads(inputs.part("pinyin", partial(_pinyin, units), more=repr([*units]))),
    }


def polygons_of(units: Mapping[str, pd.DataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """The units that are drawn, by level, the widest first."""
    return {
        level: frame
        for level in POLYGON_LEVELS
        if isinstance(frame := units.get(level), gpd.GeoDataFrame)
    }


def _pinyin(units: Mapping[str, pd.DataFrame]) -> str:
    """How each character of the names is read, so that the page finds 长阳 by changyang."""
    names = (name for frame in units.values() for name in texts(frame["name"]))
    in_use = sorted(char for char in set("".join(names)) if char > "\u2e7f")
    told = {char: readings_of(char) for char in in_use}
    read = {char: " ".join(known).replace("ê", "e") for char, known in told.items() if known}
    return json.dumps(read)


def _once(values: Mapping[str, Mapping[str, list[Any]]], part: PartWriter) -> dict[str, Any]:
    """Columns that many indicators share, each once: `arrays`, and in `values` which one."""
    positions: dict[tuple[Any, ...], int] = {}
    numbered = {
        one: {
            name: positions.setdefault(tuple(array), len(positions)) for name, array in of.items()
        }
        for one, of in values.items()
    }
    return {"values": numbered, "arrays": [part.figures(array) for array in positions]}


def _unit_columns(frame: pd.DataFrame) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "code": texts(frame.index.to_series()),
        "name": texts(frame["name"]),
    }
    columns |= {column: _coded(frame[column]) for column in UNIT_COLUMNS if column in frame}
    for column in ("population", "population_60"):
        if column in frame and frame[column].notna().any():
            columns[column] = _numbers(frame[column])
    return columns


def _all_values(inputs: PageInputs) -> dict[str, Any]:
    """Each indicator's values a unit, and the reasons that they refer to; where units are measured from."""
    reasons = Reasons(inputs.measured.waiting)
    values = {one.indicator.id: _values(one, inputs, reasons) for one in inputs.assessments}
    made = {"values": values, "reasons": reasons.pairs}
    villages, townships = inputs.units.get("village"), inputs.units.get("township")
    seats = None if villages is None else find_seats(villages)
    if seats is not None and townships is not None:
        made["seats"] = townships.index.isin(seats.index).astype(int).tolist()
    return made


def _values(one: Assessment, inputs: PageInputs, reasons: Reasons) -> dict[str, Any]:
    shown = inputs.shown[one.indicator.id][0]
    made = partial(_own_values, one, inputs, reasons)
    told = inputs.part(f"values {one.indicator.id}", made, [one.indicator.id], inputs.drawn)
    own = json.loads(told)
    values: dict[str, Any] = own["values"]
    if one.coverage and shown.mode == "norm":
        values |= _some({"change": _changes(one, inputs)})
    if "why" in own:
        values |= _some({"why": reasons.numbered(own["why"]), "change": _changes(one, inputs)})
    values |= own["nearest"]
    return values


def _own_values(one: Assessment, inputs: PageInputs, reasons: Reasons) -> str:
    """What rests on the indicator alone: `values`, `why` each unit is left out, what is `nearest`."""
    [shown, *_] = every = inputs.classes(one)
    values: dict[str, Any] = {"class": shown.of.tolist()}
    made: dict[str, Any] = {"values": values, "nearest": {}}
    if one.coverage is None:
        return json.dumps(made)
    if shown.mode == "rate":
        values |= {"covered": _numbers(shown.table["covered"])}
    if shown.mode == "norm":
        values |= _norms(every)
        return json.dumps(made)
    if one.indicator.measure == "chain" and shown.level == one.indicator.units:
        values["lacks"] = _weakest(one.coverage.units, shown.table.index)
    if shown.mode == "amount":
        values |= {"value": _numbers(shown.table["value"])} | _apart(one.coverage.apart)
        return json.dumps(made)
    values["total"] = _numbers(shown.table["total"])
    if shown.level == one.indicator.units:
        made["why"] = reasons.own(one, shown.table.index)
        nearest = inputs.measured.nearest.get(one.indicator.id)
        if nearest is not None and len(nearest):
            layer = inputs.layers.get(one.indicator.layer)
            made["nearest"] = _nearest(nearest.reindex(shown.table.index), layer)
    return json.dumps(made)


def _changes(one: Assessment, inputs: PageInputs) -> list[int]:
    """What became of each unit of the indicator's own level since the snapshot before."""
    shown = inputs.shown[one.indicator.id][0]
    if shown.level != one.indicator.units:
        return []
    return changes_of(inputs.trend, one.indicator.id, inputs.units[shown.level].index)


def _some(columns: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Those that say something of any unit."""
    return {name: numbers for name, numbers in columns.items() if any(numbers)}


def _norms(shown: Sequence[Classes]) -> dict[str, Any]:
    """Both amounts of a norm a unit, and the classes of larger units: the page sums rounded ones."""
    table = shown[0].table
    values = {name: _numbers(table[name], digits=6) for name in ("covered", "total")}
    return values | {f"class_{view.level}": view.of.tolist() for view in shown[1:]}


def _weakest(measured: pd.DataFrame, codes: pd.Index) -> list[str]:
    """The weakest missing link of each unit whose chain is broken; "" of others."""
    broken = measured.loc[measured["covered"].to_numpy(dtype=float) == 0, "via"]
    return texts(broken.reindex(codes))


def _apart(apart: pd.DataFrame) -> dict[str, Any]:
    """Amounts of which only the county is known: in the figures of larger units, in no unit's own."""
    if not len(apart):
        return {}
    codes = {
        f"apart_{column}": texts(apart[column]) for column in UNIT_COLUMNS if "_code" in column
    }
    return {"apart": _numbers(apart["value"]), **codes}


def _nearest(nearest: pd.DataFrame, layer: PageLayer | None) -> dict[str, Any]:
    """How far the nearest facility of each unit is, and which it is."""
    at = np.full(len(nearest), -1) if layer is None else layer.positions(nearest["nearest_id"])
    values = {"km": _numbers(nearest["nearest_km"].round(1)), "nearest": at.tolist()}
    if layer is None or not layer.whole:  # its facts are not there to be named
        values["nearestName"] = texts(nearest["nearest_name"])
    return values


def by_village(inputs: PageInputs) -> list[str]:
    """The indicators that `make_villages` tells of, whether or not they have a figure."""
    return [one.indicator.id for one in inputs.assessments if one.indicator.units == "village"]


def make_villages(inputs: PageInputs) -> dict[str, Any] | None:
    """Return the villages' names, owners and states by indicator; None without villages."""
    villages = inputs.units.get("village")
    if villages is None or not len(villages):
        return None
    level = map_level("village", inputs.units)
    owner = owners_of(villages.index, level, villages, villages)
    index = inputs.units[level].index if level else pd.Index([])
    return {
        "level": level,
        "code": _codes(villages.index),
        "name": texts(villages["name"]),
        "owner": index.get_indexer(pd.Index(owner)).tolist(),
        "state": {
            one.indicator.id: _village_states(one.coverage.units, villages.index)
            for one in inputs.assessments
            if one.coverage and one.indicator.units == "village"
        },
        **_broken_chains(inputs, villages.index),
    }


def _broken_chains(inputs: PageInputs, codes: pd.Index) -> dict[str, Any]:
    """By indicator what the chain of each village lacks; nothing where there is no chain."""
    lacks = {
        one.indicator.id: _coded(pd.Series(_weakest(one.coverage.units, codes), dtype=object))
        for one in inputs.assessments
        if one.coverage and one.indicator.measure == "chain" and one.indicator.units == "village"
    }
    return {"lacks": lacks} if lacks else {}


def _village_states(measured: pd.DataFrame, codes: pd.Index) -> str:
    """One letter a village: c covered, u uncovered, n not among the indicator's, x no data."""
    at = codes.get_indexer(measured.index)
    demand = measured["demand"].to_numpy(dtype=float)
    letters = np.where(measured["covered"].to_numpy(dtype=float) > 0, b"c", b"u")
    letters = np.where(np.isnan(demand), b"x", np.where(demand == 0, b"n", letters))
    states = np.full(len(codes), b"n")
    states[at[at >= 0]] = letters[at >= 0]
    return states.tobytes().decode("ascii")


def _coded(column: pd.Series) -> dict[str, Any]:
    """A column as its distinct texts and which of them each row holds."""
    shown = read_off(column)
    return {"texts": shown.distinct, "at": shown.at.tolist()}


def _codes(codes: pd.Index) -> dict[str, Any]:
    """Numeric codes as their first differences, which pack a fifth as large; others as text."""
    shown = texts(codes.to_series())
    if not all(map(_CODE.fullmatch, shown)):
        return {"texts": shown}
    return {"steps": np.diff(np.array(list(map(int, shown))), prepend=0).tolist()}


def _numbers(column: pd.Series, digits: int = 2) -> list[float | int | None]:
    """Numbers as short as they are exact to so many decimals; None where missing."""
    numbers = column.to_numpy(dtype=float)
    short = np.full(len(numbers), None, dtype=object)
    whole = np.abs(numbers) < 2**53
    whole[whole] = numbers[whole] % 1 == 0
    rest = ~whole & ~np.isnan(numbers)
    short[whole] = numbers[whole].astype(np.int64)
    short[rest] = [round(number, digits) for number in numbers[rest].tolist()]
    made: list[float | int | None] = short.tolist()
    return made
