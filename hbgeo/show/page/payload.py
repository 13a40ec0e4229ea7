"""Assessments and frames → the plain values that cross to the page.

Four parts, so that the page decodes each only when it is wanted: the *head* (all it needs to draw
its panels), the *tables* (polygons and one value a unit), the *links* (which facility serves which
unit), the *villages*, and for each layer its facts. Everything is lists, numbers and text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, SYSTEMS, Catalog
from hbgeo.read.schema import read_schema
from hbgeo.show.page.classes import POLYGON_LEVELS, Classes, map_level, owners_of
from hbgeo.show.page.facilities import SYMBOLS, Points, symbol_of, working_states
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
FACT_COLUMNS = ("name", "kind", "status", "opened_on", "closed_on", "county", "township", "village")
VIAS = {"inside": "境内", "served": "服务范围", "named": "按名称"}
# never shown twice, or not for the eye
_HIDDEN = {"id", "x", "y", "file", "sheet", "row", "works", "crs", *FACT_COLUMNS}


def make_head(
    assessments: Sequence[Assessment],
    shown: Mapping[str, Classes],
    catalog: Catalog,
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> dict[str, Any]:
    """Return what the page needs before anything is decoded; `shown` by indicator id."""
    sample = _any_flag("sample", assessments, units, layers)
    return {
        "title": catalog.title,
        "asOf": _date(assessments[0].as_of if assessments else catalog.as_of),
        "approval": catalog.approval or _no_approval(sample=sample),
        "sample": sample,
        "approximate": _any_flag("approximate", assessments, units, {}),
        "sources": _sources(catalog, {**units, **layers}),
        "levels": {level: LEVEL_NAMES[level] for level in LEVEL_NAMES},
        "indicators": [_indicator(one, shown[one.indicator.id]) for one in assessments],
        "layers": [_layer(key, layers[key], points[key]) for key in layers],
        "vias": VIAS,
    }


def make_tables(
    assessments: Sequence[Assessment],
    shown: Mapping[str, Classes],
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> dict[str, Any]:
    """Return the polygons, the units' attributes, and each indicator's values a unit."""
    polygons = {level: units[level] for level in _polygon_levels(units)}
    return {
        **encode_units(polygons),
        "units": {level: _unit_columns(frame) for level, frame in polygons.items()},
        "values": {
            one.indicator.id: _values(one, shown[one.indicator.id], layers, points)
            for one in assessments
        },
        "pinyin": _pinyin(_names(units)),
    }


def make_links(
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> dict[str, Any]:
    """Return, by indicator, which facility serves which polygon, and how."""
    found = {one.indicator.id: _links(one, units, layers, points) for one in assessments}
    return {key: links for key, links in found.items() if links}


def make_villages(
    assessments: Sequence[Assessment], units: Mapping[str, pd.DataFrame]
) -> dict[str, Any] | None:
    """Return the villages' names, owners and states by indicator; None without villages."""
    villages = units.get("village")
    if villages is None or not len(villages):
        return None
    level = map_level("village", units)
    owner = owners_of(villages.index, level, villages, villages)
    index = units[level].index if level else pd.Index([])
    return {
        "level": level,
        "code": _codes(villages.index),
        "name": _texts(villages["name"]),
        "owner": index.get_indexer(pd.Index(owner)).tolist(),
        "state": {
            one.indicator.id: _village_states(one.coverage.units, villages.index)
            for one in assessments
            if one.coverage and one.indicator.units == "village"
        },
    }


def make_facts(layer: pd.DataFrame, key: str, points: Points) -> dict[str, Any]:
    """Return what is known of each facility, in the page's order, under Chinese headings."""
    schema = read_schema(layer.attrs.get("schema", key))
    ordered = layer.iloc[points.order]
    extra = [c for c in layer.columns if c in schema.columns and not _is_hidden(c)]
    fixed = [c for c in FACT_COLUMNS if c in layer]
    return {
        "id": [str(one) for one in ordered.index],
        "works": ordered["works"].astype(int).tolist() if "works" in ordered else [],
        "columns": {column: _coded(ordered[column]) for column in fixed},
        "extra": [[schema.heading(column), _coded(ordered[column])] for column in extra],
        "ledger": [_coded(ordered[c]) for c in ("file", "sheet", "row") if c in ordered],
    }


def _is_hidden(column: str) -> bool:
    return column in _HIDDEN or column.endswith("_code")


def _polygon_levels(units: Mapping[str, pd.DataFrame]) -> list[str]:
    return [level for level in POLYGON_LEVELS if isinstance(units.get(level), gpd.GeoDataFrame)]


def _any_flag(
    flag: str,
    assessments: Iterable[Assessment],
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
) -> bool:
    frames = [*units.values(), *layers.values()]
    bases = [one.coverage.basis for one in assessments if one.coverage]
    return any(bool(frame.attrs.get(flag)) for frame in frames) or any(
        bool(getattr(basis, flag)) for basis in bases
    )


def _no_approval(*, sample: bool) -> str:
    return "示例示意,非正式地图" if sample else "内部工作用图 不得公开"


def _sources(catalog: Catalog, frames: Mapping[str, pd.DataFrame]) -> list[list[str]]:
    return [
        [_title(key, frames.get(key)), layer.source, "示例" if layer.sample else ""]
        for key, layer in catalog.layers.items()
    ]


def _title(key: str, frame: pd.DataFrame | None) -> str:
    given = None if frame is None else frame.attrs.get("title")
    return str(given or LEVEL_NAMES.get(key) or read_schema(key).title)


def _indicator(one: Assessment, shown: Classes) -> dict[str, Any]:
    """One indicator's line in the list, its target and its basis."""
    what = one.indicator
    share = None if one.coverage is None or one.counted else one.coverage.share
    return {
        "id": what.id,
        "variant": what.variant is not None,
        "system": SYSTEMS[what.system],
        "name": what.name,
        "variantName": what.variant_name,
        "note": what.note,
        "level": shown.level,
        "unitLevel": what.units,
        "layer": what.layer,
        "mode": shown.mode,
        "classes": list(shown.labels),
        "metFrom": shown.met_from,
        "status": one.status,
        "shown": one.shown,
        "counted": one.counted,
        "figure": None if one.figure is None else float(one.figure),
        "covered": None if share is None else float(share.covered),
        "total": None if share is None else float(share.total),
        "target": _target(one),
        "met": one.met,
        "short": one.short,
        "missing": list(one.missing),
        "basis": list(one.basis_lines),
    }


def _target(one: Assessment) -> dict[str, Any] | None:
    target = one.target
    if target is None:
        return None
    amount = target.pct if target.pct is not None else target.value
    return {
        "amount": None if amount is None else float(amount),
        "shown": "" if amount is None else f"{amount.normalize():,f}",
        "deadline": _date(target.deadline),
        "source": target.source,
    }


def _layer(key: str, layer: pd.DataFrame, points: Points) -> dict[str, Any]:
    working = working_states(layer)
    states = layer["status"].fillna("") if "status" in layer else pd.Series("", index=layer.index)
    counts = states.value_counts(sort=False)
    return {
        "key": key,
        "title": _title(key, layer),
        "rows": len(layer),
        "grid": points.meta,
        "states": [
            [str(state) or "状态未填", int(n), SYMBOLS[symbol_of(str(state), working)]]
            for state, n in sorted(counts.items(), key=lambda pair: -pair[1])
        ],
    }


def _unit_columns(frame: pd.DataFrame) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "code": [str(code) for code in frame.index],
        "name": _texts(frame["name"]),
    }
    columns |= {column: _coded(frame[column]) for column in UNIT_COLUMNS if column in frame}
    for column in ("population", "population_60"):
        if column in frame and frame[column].notna().any():
            columns[column] = _numbers(frame[column])
    return columns


def _values(
    one: Assessment,
    shown: Classes,
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> dict[str, Any]:
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
        values["km"] = _numbers(nearest["nearest_km"])
        values["nearest"] = _positions(one.indicator.layer, nearest["nearest_id"], layers, points)
    return values


def _positions(
    key: str,
    ids: pd.Series,
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> list[int]:
    """Places of facilities in the page's order; -1 where there is none."""
    if key not in layers:
        return [-1] * len(ids)
    ordered = layers[key].index[points[key].order]
    return [int(at) for at in ordered.get_indexer(pd.Index(ids))]


def _links(
    one: Assessment,
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
    points: Mapping[str, Points],
) -> dict[str, Any] | None:
    level = map_level(one.indicator.units, units)
    if one.coverage is None or level is None or not len(one.coverage.links):
        return None
    links = one.coverage.links
    owner = links["unit"]
    if level != one.indicator.units:
        frame = one.coverage.units
        owner = owner.map(owners_of(frame.index, level, units.get("village"), frame))
    table = pd.DataFrame(
        {
            "unit": units[level].index.get_indexer(pd.Index(owner)),
            "facility": _positions(one.indicator.layer, links["facility"], layers, points),
            "via": links["via"].to_numpy(),
        }
    )
    table = table[(table["unit"] >= 0) & (table["facility"] >= 0)].drop_duplicates()
    table = table.sort_values(["unit", "facility", "via"])
    steps = np.diff(table["unit"].to_numpy(), prepend=0)
    return {
        "unitSteps": steps.tolist(),
        "facility": table["facility"].tolist(),
        "via": _coded(table["via"]),
    }


def _village_states(measured: pd.DataFrame, codes: pd.Index) -> str:
    """One letter a village: c covered, u uncovered, n not among the indicator's, x no data."""
    frame = measured.reindex(codes)
    counted = codes.isin(measured.index) & ~(frame["demand"] == 0).to_numpy()
    letters = np.where(frame["covered"].to_numpy(dtype=float) > 0, "c", "u")
    letters = np.where(frame["demand"].isna(), "x", letters)
    return "".join(np.where(counted, letters, "n"))


def _names(units: Mapping[str, pd.DataFrame]) -> Iterable[str]:
    for frame in units.values():
        yield from (str(name) for name in frame["name"])


def _pinyin(names: Iterable[str]) -> dict[str, str]:
    """Every reading of every character that stands in a name, without tones; ü is v."""
    from pypinyin.constants import PINYIN_DICT  # slow to load: only pages need it

    characters = sorted({char for name in names for char in name if char > "\u2e7f"})
    known = {char: PINYIN_DICT[ord(char)] for char in characters if ord(char) in PINYIN_DICT}
    return {char: _toneless(readings) for char, readings in known.items()}


def _toneless(readings: str) -> str:
    parts = unicodedata.normalize("NFD", readings).replace("u\u0308", "v").split(",")
    plain = ("".join(char for char in part if char.isascii()) for part in parts)
    return " ".join(dict.fromkeys(plain))


def _coded(column: pd.Series) -> dict[str, Any]:
    """A column as its distinct texts and which of them each row holds, or as plain texts.

    Where most rows differ, the texts of all rows are shorter than the distinct ones and numbers.
    """
    try:
        at, values = pd.factorize(column, use_na_sentinel=False)
    except TypeError:  # lists cannot be told apart by hashing
        at, values = pd.factorize(pd.Series(_texts(column), dtype=object))
    texts = _texts(values)
    if 2 * len(texts) > len(at):
        return {"texts": [texts[i] for i in at]}
    return {"texts": texts, "at": at.tolist()}


def _codes(codes: pd.Index) -> dict[str, Any]:
    """Numeric codes as their first differences, which pack a fifth as large; others as text."""
    texts = [str(code) for code in codes]
    if not all(re.fullmatch(r"[1-9]\d{0,14}", text) for text in texts):
        return {"texts": texts}
    return {"steps": np.diff(np.array(texts, dtype=np.int64), prepend=0).tolist()}


def _texts(column: Iterable[Any]) -> list[str]:
    return [value if type(value) is str else _text(value) for value in column]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return "、".join(_text(part) for part in value)
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float | np.floating):
        return f"{value:g}" if value != int(value) else f"{int(value)}"
    return str(value)


def _numbers(column: pd.Series) -> list[float | int | None]:
    """Numbers as short as they are exact to two decimals; None where missing."""
    return [None if pd.isna(n) else _number(float(n)) for n in column]


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)


def _date(day: date | None) -> str:
    return "" if day is None else f"{day.year} 年 {day.month} 月 {day.day} 日"
