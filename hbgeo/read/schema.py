"""The kinds of layers: their columns, aliases and enumerations; raw text becomes tidy columns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from hbgeo.errors import LayerError

# the names other rooms use come from here
from hbgeo.read.cells import MASK as MASK
from hbgeo.read.cells import clean as clean
from hbgeo.read.cells import clean_text as clean_text
from hbgeo.read.cells import mask as mask
from hbgeo.read.cells import parse_date as parse_date
from hbgeo.read.columns import PROVENANCE as PROVENANCE
from hbgeo.read.columns import Column as Column
from hbgeo.read.columns import Counting as Counting
from hbgeo.read.columns import Fallback as Fallback
from hbgeo.read.columns import Issue as Issue
from hbgeo.read.columns import Mask as Mask
from hbgeo.read.columns import Notes as Notes
from hbgeo.read.columns import Schema as Schema
from hbgeo.read.columns import Tidy as Tidy
from hbgeo.read.columns import without as without
from hbgeo.read.texts import as_text
from hbgeo.read.values import (
    area_unit_column,
    choice_key,
    part_pairs,
    read_degrees,
    read_pairs,
    read_precision,
    read_values,
    with_units,
)

ISSUE_COLUMNS = ["layer", "file", "sheet", "row", "column", "value", "rule", "severity"]
ISSUE_COLUMNS += ["message", "fix", "county_code", "county"]

_SCHEMAS = files("hbgeo.read") / "schemas"
_YES = ("是", "1", "1.0", "有", "已", "true", "yes", "y", "√", "已完成", "已建立", "已实行")
_NO = ("否", "0", "0.0", "无", "未", "false", "no", "n", "×", "未完成", "未建立", "未实行")
_PERSONAL = re.compile(
    r"身份证|手机|电话|联系人|联系方式|法定代表人|法人代表|负责人|经办人|登记人|填表人|老人姓名|户主"
    r"|^姓名$|病种|患病|失能等级|phone|mobile|idcard",
    re.IGNORECASE,
)
_HINT = re.compile(  # what stands in brackets behind a heading and does not change its meaning
    r"[(\[【](?:单位)?:?(?:亩|公顷|平方米|平米|m2|㎡|张|个|座|处|人|户|度|°|必填.*|选填|可选|文本"
    r"|十进制.*|年月日?|年/月/?日?|yyyy.*|[EN]|[XY]|东经|北纬|如.*|例.*|cgcs.*|wgs.*|gcj.*|bd.*"
    r"|\d{4}.*)[)\]】]$",
    re.IGNORECASE,
)
_X_OR_Y = re.compile(r"^[xy](?:坐标)?(?:\W.*)?$|[纵横]坐标")
_NEAR = 72  # of 100: headings this like an alias are proposed


@lru_cache(maxsize=32)
def read_schema(key: str) -> Schema:
    """Read the shipped schema `key`; a facility layer of a new kind gets the general one."""
    file = _SCHEMAS / f"{key}.toml"
    if not re.fullmatch(r"[a-z][a-z0-9-]*", key) or not file.is_file():
        return replace(read_schema("facility"), key=key)
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    base = read_schema(table["extends"]) if "extends" in table else None
    columns = dict(base.columns) if base else {}
    for name, row in table["column"].items():
        columns.pop(name, None)
        if not row.get("absent"):
            columns[name] = _column(name, row)
    counting = base.counting if base else None
    if "counting" in table:
        counting = _counting(table["counting"])
    fallback = {
        column: Fallback(row["column"], {k: tuple(v) for k, v in row["when"].items()})
        for column, row in table.get("fallback", {}).items()
    }
    mixed = _mixed(table.get("mixed", {}))
    return Schema(key, table["title"], columns, counting, fallback, mixed)


def has_schema(key: str) -> bool:
    """Tell whether a schema of that name is shipped."""
    return (_SCHEMAS / f"{key}.toml").is_file()


def is_personal(heading: str) -> bool:
    """Tell whether a heading names personal data, which hbgeo never keeps."""
    return bool(_PERSONAL.search(clean(heading)))


@lru_cache(maxsize=10_000)
def heading_key(heading: str) -> str:
    """Fold a heading for matching: stars, spaces, line breaks and case do not matter."""
    return choice_key(heading)


def match_columns(
    headings: Iterable[str], schema: Schema, named: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Find which heading holds which canonical column.

    A heading is known by its whole text, by that without a hint in brackets (占地面积(亩)), or,
    under a merged header (坐标-经度), by its levels joined or by its last level.

    Parameters
    ----------
    headings
        The file's own headings.
    named
        The catalogue's `columns`: canonical = heading; it goes before any alias.

    Returns
    -------
    found
        Canonical column → heading, in the schema's order.

    Raises
    ------
    LayerError
        If `named` points to a heading that is not there.
    """
    headings = list(headings)
    by_key: dict[str, str] = {}
    for heading in headings:
        by_key.setdefault(heading_key(heading), heading)
    found: dict[str, str] = {}
    for column, heading in (named or {}).items():
        if heading_key(heading) not in by_key:
            near = nearest_names(heading, headings)
            hint = f";相近的列:{'、'.join(near)}" if near else ""
            raise LayerError(
                f"columns 指定的列“{heading}”不存在;已有列:{'、'.join(headings)}{hint}"
            )
        found[column] = by_key[heading_key(heading)]
    taken = set(found.values())
    for keys in (by_key, *_looser_keys(headings)):
        for known in schema.columns.values():
            names = () if known.id in found else (*known.names, known.id)
            hits = (keys.get(heading_key(n), "") for n in names)
            if heading := next((h for h in hits if h and h not in taken), ""):
                found[known.id] = heading
                taken.add(heading)
    order = [*(named or {}), *schema.columns]
    return {c: found[c] for c in dict.fromkeys(order) if c in found}


def nearest_names(name: str, names: Iterable[str], n: int = 3) -> list[str]:
    """The names most like `name`, to propose; never to be taken by themselves."""
    return [m for m, *_ in process.extract(name, list(names), limit=n, score_cutoff=60)]


def tidy(
    raw: pd.DataFrame, schema: Schema, layer: str, named: Mapping[str, str] | None = None
) -> Tidy:
    """Bring the raw rows of one table under the schema's columns and say what is wrong with them.

    Parameters
    ----------
    raw
        Text columns under the file's own headings, with the columns `file`, `sheet`, `row`
        of `PROVENANCE` (and perhaps `geometry`, which passes through).
    layer
        The layer's key, for the issues.

    Returns
    -------
    tidied
        `frame` has the canonical columns that were found: text, `datetime64` for dates (a year
        or month alone counts as its last day for a `from` bound, its first for an `until`; how
        precise it was is in `opened_on_precision` and the like, where not every day is given),
        `float64` for numbers and areas (m²), tuples for multiple choices, `lon` and `lat` as
        numbers and `coarse` where they have too few decimals. Order is that of `raw`; its rows
        and those of `aside` are together all of them.
    """
    notes = Notes(layer, raw, schema)
    headings = [c for c in raw.columns if c not in {*PROVENANCE, "geometry"}]
    personal = [h for h in headings if is_personal(h)]
    open_headings = [h for h in headings if h not in personal]
    found = match_columns(open_headings, schema, named)
    _note_columns(notes, schema, personal, found, open_headings)
    frame = raw[[*PROVENANCE, *(["geometry"] if "geometry" in raw else [])]].copy()
    if {"lon", "lat"} <= found.keys():
        lon, lat = found["lon"], found["lat"]
        raw = raw.assign(**dict(zip((lon, lat), part_pairs(raw[lon], raw[lat]), strict=True)))
    bad, coarse = np.zeros(len(raw), dtype=bool), dict[str, Mask]()
    units = area_unit_column([h for h in open_headings if h not in found.values()])
    for column_id, heading in found.items():
        column = schema.columns.get(column_id, Column(column_id, (heading,)))
        if column.type == "pair":
            continue
        cells = raw[heading]
        if column.type == "area":
            cells = with_units(cells, heading, raw[units] if units else None)
        if column.type in {"lon", "lat"}:
            frame[column_id], coarse[column.type], wrong = read_degrees(cells, notes)
        else:
            frame[column_id], wrong = read_values(cells, column, notes)
        if schema.decides(column):
            bad |= wrong
        if column.type == "date" and (given := read_precision(cells)) is not None:
            frame[f"{column_id}_precision"] = given
    if {"lon", "lat"} <= set(frame.columns):
        frame["coarse"] = coarse["lon"] & coarse["lat"]
    bad |= _read_places(frame, raw, found, schema, notes)
    _fall_back(frame, schema)
    return Tidy(without(frame, bad), frame[bad], tuple(notes.issues))


def issue_table(issues: Sequence[Issue]) -> pd.DataFrame:
    """Issues as a table, in the columns and order every output uses."""
    return sort_issues(issue_rows(issues))


def issue_rows(issues: Iterable[Issue]) -> pd.DataFrame:
    """Issues as a table, in the order they were found in."""
    table = pd.DataFrame([vars(i) for i in issues], columns=ISSUE_COLUMNS)
    texts = [c for c in ISSUE_COLUMNS if c != "row"]
    return table.astype({**dict.fromkeys(texts, "str"), "row": "Int64"})


def sort_issues(table: pd.DataFrame) -> pd.DataFrame:
    """Bring a table of issues into the order every output uses."""
    order = ["severity", "layer", "file", "sheet", "row", "rule", "column"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _looser_keys(headings: list[str]) -> list[dict[str, str]]:
    """Other keys a heading goes by, from the surest to the loosest; none that two headings share."""
    ways: list[dict[str, list[str]]] = [{}, {}, {}]
    for heading in headings:
        folded = clean(heading)
        plain = _HINT.sub("", folded.replace(" ", ""))
        levels = [p for p in plain.split("-") if p]
        forms = ["", "", ""]
        forms[0] = plain
        if len(levels) > 1:
            forms[1] = "".join(levels)
            forms[2] = _HINT.sub("", levels[-1])
        for way, form in zip(ways, forms, strict=True):
            if form:
                way.setdefault(heading_key(form), []).append(heading)
    return [{k: h[0] for k, h in way.items() if len(h) == 1} for way in ways]


def _note_columns(
    notes: Notes,
    schema: Schema,
    personal: list[str],
    found: Mapping[str, str],
    headings: list[str],
) -> None:
    for heading in personal:
        said = f"列“{heading}”疑似个人信息,已丢弃,不进入任何输出"
        notes.column(heading, "E15", said, "报送前请删除该列")
    unused = [h for h in headings if h not in set(found.values()) and not is_counter(h)]
    proposed = _propose(unused, schema, found)
    for column in schema.columns.values():
        near = [f"“{h}”" for h, c in proposed.items() if c == column.id]
        if column.expected and column.id not in found:
            said = f"没有“{column.names[0]}”列;可用的列名:{'、'.join(column.names[:4])}"
            said += f";相近的列:{'、'.join(near)}" if near else ""
            how = f'{column.id} = "{near[0][1:-1]}"' if near else "该列"
            fix = f"补上该列,或在 catalog.toml 的 columns 中写 {how}"
            notes.column(column.names[0], "E01", said, fix)
        elif near:
            said = f"列{near[0]}没有认出,未使用;疑为“{column.names[0]}”"
            fix = f'如是,在 catalog.toml 的 columns 中写 {column.id} = "{near[0][1:-1]}"'
            notes.column(near[0][1:-1], "W13", said, fix)


def is_counter(heading: str) -> bool:
    """Tell whether a column only numbers the lines of a form."""
    return heading_key(heading) in {"序号", "行号", "no", "no.", ""}


def _propose(unused: list[str], schema: Schema, found: Mapping[str, str]) -> dict[str, str]:
    """Unused heading → the column it is most like, among those not found; never taken by itself."""
    names = {
        heading_key(n): c.id for c in schema.columns.values() if c.id not in found for n in c.names
    }
    if len(unused) > 200 or not names:  # no ledger of a county: not worth the time
        return {}
    proposed = {}
    for heading in unused:
        best = process.extractOne(
            heading_key(heading), list(names), scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        if best:
            proposed[heading] = names[best[0]]
    return proposed


def _read_places(
    frame: pd.DataFrame, raw: pd.DataFrame, found: Mapping[str, str], schema: Schema, notes: Notes
) -> Mask:
    """Fill `lon`, `lat` and `coarse` from the column that holds both, where theirs are empty."""
    none = np.zeros(len(raw), bool)
    one = next((c for c in found if c in schema.columns and schema.columns[c].type == "pair"), "")
    both = {"lon", "lat"} <= set(frame.columns)
    if both:
        # X is the northing to a surveyor and the longitude to a programmer: no order to break
        frame.attrs["either_order"] = bool(_X_OR_Y.search(heading_key(found["lon"])))
    if not one:
        return none
    cells = raw[found[one]]
    if both:  # only for the rows whose own columns are empty
        empty = frame["lon"].isna() & frame["lat"].isna()
        cells = as_text(cells).where(empty, "").rename(cells.name)
    lon, lat, coarse, wrong = read_pairs(cells, notes)
    if both:
        lon, lat = frame["lon"].fillna(lon), frame["lat"].fillna(lat)
        coarse |= frame["coarse"].to_numpy()
    frame["lon"], frame["lat"], frame["coarse"] = lon, lat, coarse
    frame.attrs["either_order"] = not both
    return wrong


def _fall_back(frame: pd.DataFrame, schema: Schema) -> None:
    for column, other in schema.fallback.items():
        if other.column not in frame or any(c not in frame for c in other.when):
            continue
        due = np.logical_and.reduce([frame[c].isin(v) for c, v in other.when.items()])
        if column not in frame:
            frame[column] = pd.Series("", frame.index, dtype="str")
        frame[column] = frame[column].where(~(due & (frame[column] == "")), frame[other.column])


def _column(name: str, row: Mapping[str, Any]) -> Column:
    choices = {k: tuple(v) for k, v in row.get("choices", {}).items()}
    if row.get("type") == "yesno":
        choices = {"是": _YES, "否": _NO}
    return Column(
        id=name,
        names=tuple(row["names"]),
        type=row.get("type", "text"),
        choices=choices,
        bound=row.get("bound", "end"),
        expected=row.get("expected", False),
    )


def _counting(row: Mapping[str, Any]) -> Counting:
    return Counting(
        column=row["column"],
        states=tuple(row["states"]),
        since=row.get("from", ""),
        until=row.get("until", ""),
        include_undated=row.get("undated", "exclude") == "include",
        blank=row.get("blank", ""),
    )


def _mixed(table: Mapping[str, Any]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {c: {v: tuple(also) for v, also in values.items()} for c, values in table.items()}
