"""Assessments and frames → the plain values that cross to the page.

Parts, so that the page decodes each only when it is wanted: the *head* (all it needs to draw its
panels), the *tables* (polygons and one value a unit), the *pairs* (who could serve whom), the
*villages*, and for each layer its points and its facts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, SYSTEMS, Catalog, Target
from hbgeo.show.page.classes import (
    POLYGON_LEVELS,
    Classes,
    classify,
    classify_parents,
    map_level,
    owners_of,
)
from hbgeo.show.page.layers import PageLayer, facts_part, layer_head, points_part, title_of
from hbgeo.show.page.pack import Part, pack, to_json
from hbgeo.show.page.pairs import Scenarios, pairs_part, rule_of
from hbgeo.show.page.texts import read_off, texts
from hbgeo.show.page.units import encode_units

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
VIAS = {"inside": "境内", "served": "服务范围", "named": "按名称"}


@dataclass(frozen=True)
class Content:
    """All that a page shows, as Python has it; indicators by their id, levels the coarsest first."""

    catalog: Catalog
    assessments: Sequence[Assessment]
    units: Mapping[str, pd.DataFrame]
    layers: Mapping[str, PageLayer]
    scenarios: Scenarios | None = None
    shown: Mapping[str, list[Classes]] = field(init=False)
    rules: Mapping[str, dict[str, Any] | None] = field(init=False)

    def __post_init__(self) -> None:
        views, rules = {}, {}
        for one in self.assessments:
            own = classify(one, self.units)
            views[one.indicator.id] = [own, *classify_parents(one, own, self.units)]
            layer = self.layers.get(one.indicator.layer)
            rules[one.indicator.id] = rule_of(one, layer, self.units, self.scenarios)
        object.__setattr__(self, "shown", views)
        object.__setattr__(self, "rules", rules)

    @property
    def candidates(self) -> dict[str, pd.DataFrame]:
        """Who could serve whom, by the indicators that follow a scenario."""
        given = self.scenarios.candidates if self.scenarios else {}
        return {key: links for key, links in given.items() if self.rules.get(key)}


def make_parts(content: Content) -> dict[str, str]:
    """Everything but the head, packed, by the name under which the page finds it."""
    villages = content.units.get("village")
    parts = {
        "tables": tables_part(content),
        "pairs": pairs_part(content.assessments, content.units, content.layers, content.candidates),
        "villages": pack(to_json(make_villages(content))),
    }
    for key, layer in content.layers.items():
        parts[f"points-{key}"] = points_part(layer)
        parts[f"facts-{key}"] = facts_part(layer, villages)
    return parts


def make_head(content: Content) -> dict[str, Any]:
    """Return what the page needs before anything is decoded."""
    catalog, assessments = content.catalog, content.assessments
    frames = {key: layer.frame for key, layer in content.layers.items()}
    sample = _any_flag("sample", assessments, [*content.units.values(), *frames.values()])
    as_of = assessments[0].as_of if assessments else catalog.as_of
    return {
        "title": catalog.title,
        "asOf": _date(as_of),
        "day": as_of.isoformat(),
        "approval": catalog.approval or _no_approval(sample=sample),
        "sample": sample,
        "approximate": _any_flag("approximate", assessments, content.units.values()),
        "sources": _sources(catalog, {**content.units, **frames}),
        "levels": dict(LEVEL_NAMES),
        "indicators": [_indicator(one, content) for one in assessments],
        "layers": [layer_head(layer) for layer in content.layers.values()],
        "vias": VIAS,
    }


def make_tables(content: Content) -> dict[str, Any]:
    """Return the polygons, the units' attributes, and each indicator's values a unit."""
    units = content.units
    polygons = {
        level: units[level]
        for level in POLYGON_LEVELS
        if isinstance(units.get(level), gpd.GeoDataFrame)
    }
    return {
        **encode_units(polygons),
        "units": {level: _unit_columns(frame) for level, frame in polygons.items()},
        "values": {
            one.indicator.id: _values(one, content.shown[one.indicator.id][0], content.layers)
            for one in content.assessments
        },
        "pinyin": _pinyin(units),
    }


def tables_part(content: Content) -> str:
    """The tables, with the arcs of the polygons as planes."""
    tables, part = make_tables(content), Part()
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


def _once(values: Mapping[str, Mapping[str, list[Any]]], part: Part) -> dict[str, Any]:
    """Columns that many indicators share, each once: `arrays`, and in `values` which one."""
    places: dict[tuple[Any, ...], int] = {}
    numbered = {
        one: {name: places.setdefault(tuple(array), len(places)) for name, array in of.items()}
        for one, of in values.items()
    }
    return {"values": numbered, "arrays": [part.figures(array) for array in places]}


def make_villages(content: Content) -> dict[str, Any] | None:
    """Return the villages' names, owners and states by indicator; None without villages."""
    villages = content.units.get("village")
    if villages is None or not len(villages):
        return None
    level = map_level("village", content.units)
    owner = owners_of(villages.index, level, villages, villages)
    index = content.units[level].index if level else pd.Index([])
    return {
        "level": level,
        "code": _codes(villages.index),
        "name": texts(villages["name"]),
        "owner": index.get_indexer(pd.Index(owner)).tolist(),
        "state": {
            one.indicator.id: _village_states(one.coverage.units, villages.index)
            for one in content.assessments
            if one.coverage and one.indicator.units == "village"
        },
    }


def _any_flag(flag: str, assessments: Iterable[Assessment], frames: Iterable[pd.DataFrame]) -> bool:
    bases = [one.coverage.basis for one in assessments if one.coverage]
    return any(bool(frame.attrs.get(flag)) for frame in frames) or any(
        bool(getattr(basis, flag)) for basis in bases
    )


def _no_approval(*, sample: bool) -> str:
    return "示例示意,非正式地图" if sample else "内部工作用图 不得公开"


def _sources(catalog: Catalog, frames: Mapping[str, pd.DataFrame]) -> list[list[str]]:
    return [
        [title_of(key, frames.get(key)), layer.source, "示例" if layer.sample else ""]
        for key, layer in catalog.layers.items()
    ]


def _indicator(one: Assessment, content: Content) -> dict[str, Any]:
    """One indicator's line in the list, its targets, how it is drawn, and its basis."""
    what = one.indicator
    share = None if one.coverage is None or one.counted else one.coverage.share
    target = one.target
    targets = what.targets if target else ()
    return {
        "id": what.id,
        "variant": what.variant is not None,
        "system": SYSTEMS[what.system],
        "name": what.name,
        "variantName": what.variant_name,
        "measure": what.measure,
        "counts": "人" if _is_weighted(one, content.scenarios) else "个",
        "unitLevel": what.units,
        "layer": what.layer,
        "views": [_view(view) for view in content.shown[what.id]],
        "status": one.status,
        "shown": one.shown,
        "counted": one.counted,
        "figure": None if one.figure is None else float(one.figure),
        "covered": None if share is None else float(share.covered),
        "total": None if share is None else float(share.total),
        "targets": [_target(given) for given in targets],
        "target": targets.index(target) if target else None,
        "met": one.met,
        "short": one.short,
        "missing": list(one.missing),
        "basis": list(one.basis_lines),
        "rule": content.rules[what.id],
    }


def _is_weighted(one: Assessment, scenarios: Scenarios | None) -> bool:
    """Whether the figure counts people rather than units."""
    asked = scenarios is not None and bool(scenarios.options.weight)
    return (
        not one.counted
        and one.indicator.measure != "ratio"
        and (asked or bool(one.indicator.weight))
    )


def _view(shown: Classes) -> dict[str, Any]:
    return {
        "level": shown.level,
        "mode": shown.mode,
        "classes": list(shown.labels),
        "edges": [_exact(edge) for edge in shown.edges],
        "metFrom": shown.met_from,
    }


def _target(target: Target) -> dict[str, Any]:
    amount = target.pct if target.pct is not None else target.value
    return {
        "amount": None if amount is None else _exact(amount),
        "shown": "" if amount is None else f"{amount.normalize():,f}",
        "day": target.deadline.isoformat() if target.deadline else "",
        "deadline": _date(target.deadline),
        "source": target.source,
    }


def _exact(amount: Decimal) -> list[int]:
    """A decimal number as two whole ones, so that the page compares without rounding."""
    return list(Fraction(amount).as_integer_ratio())


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


def _values(one: Assessment, shown: Classes, layers: Mapping[str, PageLayer]) -> dict[str, Any]:
    values: dict[str, Any] = {"class": shown.of.tolist()}
    if one.coverage is None:
        return values
    if shown.mode == "rate":
        values |= {"covered": _numbers(shown.table["covered"])}
    if shown.mode == "amount":
        return values | {"value": _numbers(shown.table["value"])}
    values["total"] = _numbers(shown.table["total"])
    if shown.level == one.indicator.units and len(one.nearest):
        nearest = one.nearest.reindex(shown.table.index)
        layer = layers.get(one.indicator.layer)
        values["km"] = _numbers(nearest["nearest_km"].round(1))
        at = np.full(len(nearest), -1) if layer is None else layer.positions(nearest["nearest_id"])
        values["nearest"] = at.tolist()
        if layer is None or not layer.whole:  # its facts are not there to be named
            values["nearestName"] = texts(nearest["nearest_name"])
    return values


def _village_states(measured: pd.DataFrame, codes: pd.Index) -> str:
    """One letter a village: c covered, u uncovered, n not among the indicator's, x no data."""
    at = codes.get_indexer(measured.index)
    demand = measured["demand"].to_numpy(dtype=float)
    letters = np.where(measured["covered"].to_numpy(dtype=float) > 0, b"c", b"u")
    letters = np.where(np.isnan(demand), b"x", np.where(demand == 0, b"n", letters))
    states = np.full(len(codes), b"n")
    states[at[at >= 0]] = letters[at >= 0]
    return states.tobytes().decode("ascii")


def _pinyin(units: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Every reading of every character that stands in a name, without tones; ü is v."""
    readings = _read_readings()
    in_use = {char for frame in units.values() for char in set("".join(texts(frame["name"])))}
    found = {char: readings.get(str(ord(char))) for char in sorted(in_use) if char > "\u2e7f"}
    return {char: _toneless(told) for char, told in found.items() if told is not None}


def _read_readings() -> dict[str, str]:
    """Code point → readings: pypinyin's own file, as importing it would load its phrases too."""
    spec = find_spec("pypinyin")
    home = Path(spec.origin or "") if spec else Path()
    text = home.with_name("pinyin_dict.json").read_text(encoding="utf-8")
    readings: dict[str, str] = json.loads(text)
    return readings


def _toneless(readings: str) -> str:
    parts = unicodedata.normalize("NFD", readings).replace("u\u0308", "v").split(",")
    plain = ("".join(char for char in part if char.isascii()) for part in parts)
    return " ".join(dict.fromkeys(plain))


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


def _numbers(column: pd.Series) -> list[float | int | None]:
    """Numbers as short as they are exact to two decimals; None where missing."""
    numbers = column.to_numpy(dtype=float)
    short = np.full(len(numbers), None, dtype=object)
    whole = np.abs(numbers) < 2**53
    whole[whole] = numbers[whole] % 1 == 0
    rest = ~whole & ~np.isnan(numbers)
    short[whole] = numbers[whole].astype(np.int64)
    short[rest] = [round(number, 2) for number in numbers[rest].tolist()]
    made: list[float | int | None] = short.tolist()
    return made


def _date(day: date | None) -> str:
    return "" if day is None else f"{day.year} 年 {day.month} 月 {day.day} 日"
