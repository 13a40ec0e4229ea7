"""Canonical columns, aliases, enumerations and counting states: raw text becomes tidy columns."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import process

from hbgeo.errors import LayerError

PROVENANCE = ["file", "sheet", "row"]
ISSUE_COLUMNS = ["layer", "file", "sheet", "row", "column", "value", "rule", "severity"]
ISSUE_COLUMNS += ["message", "fix", "county_code", "county"]
MASK = "[已隐去]"

Mask = NDArray[np.bool_]
Read = tuple[pd.Series, Mask]

_SCHEMAS = files("hbgeo.read") / "schemas"
_YES = ("是", "1", "1.0", "有", "已", "true", "yes", "y", "√", "已完成", "已建立", "已实行")
_NO = ("否", "0", "0.0", "无", "未", "false", "no", "n", "×", "未完成", "未建立", "未实行")
_EMPTY = {"", "/", "-", "—", "——", "无", "nan", "none", "null", "#n/a"}
_PERSONAL = re.compile(
    r"身份证|手机|电话|联系人|联系方式|法定代表人|负责人|经办人|登记人|填表人|老人姓名|户主|^姓名$"
    r"|病种|患病|失能等级|phone|mobile|idcard",
    re.IGNORECASE,
)
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_DIGIT = re.compile(r"\d")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff]")
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[ T]00:00(?::00)?)?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?"),
    re.compile(r"(?P<y>\d{4})年?"),
)


@dataclass(frozen=True)
class Column:
    """One canonical column: the headings it goes by and how its cells are read."""

    id: str
    names: tuple[str, ...]
    type: str = "text"
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bound: str = "end"
    expected: bool = False


@dataclass(frozen=True)
class Counting:
    """Which rows work, as of a date: the states that count and the dates that bound them."""

    column: str
    states: tuple[str, ...]
    since: str = ""
    until: str = ""
    include_undated: bool = False
    blank: str = ""


@dataclass(frozen=True)
class Fallback:
    """A column that stands in for an empty one, in rows of some kinds only."""

    column: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Schema:
    """One kind of layer."""

    key: str
    title: str
    columns: Mapping[str, Column]
    counting: Counting | None = None
    fallback: Mapping[str, Fallback] = field(default_factory=dict)
    mixed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def heading(self, column: str) -> str:
        """The Chinese heading of a column, for messages and exports."""
        known = self.columns.get(column)
        return known.names[0] if known and known.names else column


@dataclass(frozen=True)
class Issue:
    """One problem of the data: where it stands, what is wrong, and what to do."""

    layer: str
    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    rule: str
    severity: str
    message: str
    fix: str = ""
    county_code: str = ""
    county: str = ""


@dataclass(frozen=True)
class Tidy:
    """A layer's rows under canonical columns; `aside` holds the rows that may not count."""

    frame: pd.DataFrame
    aside: pd.DataFrame
    issues: tuple[Issue, ...]


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


def clean(text: str) -> str:
    """Fold full-width forms, strip spaces, line breaks and invisible characters: for matching."""
    if not (text.isascii() and text.isprintable()):  # most cells are plain: do no more than due
        text = unicodedata.normalize("NFKC", _CONTROL.sub("", text))
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """Make text fit to be shown: no control characters or lone surrogates, one line."""
    if not text.isprintable():
        text = _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(text.split())


def mask(text: str) -> str:
    """Hide 18-digit id numbers and mobile numbers inside any text."""
    if len(text) < 11 or not _DIGIT.search(text):
        return text
    folded = unicodedata.normalize("NFKC", text)
    hidden = _MOBILE.sub(MASK, _ID_NUMBER.sub(MASK, folded))
    return text if hidden == folded else hidden


def is_personal(heading: str) -> bool:
    """Tell whether a heading names personal data, which hbgeo never keeps."""
    return bool(_PERSONAL.search(clean(heading)))


def heading_key(heading: str) -> str:
    """Fold a heading for matching: brackets with a hint, stars, spaces and case do not matter."""
    return re.sub(r"[\s*:_]", "", clean(heading)).casefold()


def match_columns(
    headings: Iterable[str], schema: Schema, named: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Find which heading holds which canonical column.

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
    for known in schema.columns.values():
        if known.id in found:
            continue
        for name in (*known.names, known.id):
            heading = by_key.get(heading_key(name), "")
            if heading and heading not in taken:
                found[known.id] = heading
                taken.add(heading)
                break
    return found


def nearest_names(name: str, names: Iterable[str], n: int = 3) -> list[str]:
    """The names most like `name`, to propose; never to be taken by themselves."""
    return [m for m, *_ in process.extract(name, list(names), limit=n, score_cutoff=60)]


def tidy(
    raw: pd.DataFrame, schema: Schema, layer: str, named: Mapping[str, str] | None = None
) -> Tidy:
    """Bring raw rows under the schema's columns and say what is wrong with them.

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
        or month alone counts as its last day for a `from` bound, its first for an `until`),
        `float64` for numbers, tuples for multiple choices. Order is that of `raw`; its rows and
        those of `aside` are together all of them.
    """
    notes = Notes(layer, raw, schema)
    headings = [c for c in raw.columns if c not in {*PROVENANCE, "geometry"}]
    personal = [h for h in headings if is_personal(h)]
    found = match_columns([h for h in headings if h not in personal], schema, named)
    _note_columns(notes, schema, personal, found)
    frame = raw[[*PROVENANCE, *(["geometry"] if "geometry" in raw else [])]].copy()
    bad = np.zeros(len(raw), dtype=bool)
    for column_id, heading in found.items():
        column = schema.columns.get(column_id, Column(column_id, (heading,)))
        frame[column_id], wrong = _READ[column.type](raw[heading], column, notes)
        if _decides(column, schema):
            bad |= wrong
    _fall_back(frame, schema)
    return Tidy(frame[~bad], frame[bad], tuple(notes.issues))


def parse_date(text: str, bound: str = "end") -> pd.Timestamp | None:
    """Read a date in the spellings ledgers use; None if it is none.

    A month or year alone becomes its last day (`bound` = "end") or its first ("start").
    """
    text = clean(text).replace(" ", "") if "年" in text else clean(text)
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            return _date(match.groupdict(), bound)
    if re.fullmatch(r"[2-6]\d{4}(\.0)?", text):  # an Excel serial: 20000 is 1954, 69999 is 2091
        return pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(float(text)))
    return None


def number_of(text: str) -> float:
    """Read a number with thousands separators; NaN if it is none."""
    try:
        value = float(clean(text).replace(",", ""))
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def split_list(text: str) -> list[str]:
    """Split a list as people type it: 、 , ; / and spaces."""
    return [p for p in re.split(r"[、,;/|\s]", clean(text)) if p]


def issue_table(issues: Sequence[Issue]) -> pd.DataFrame:
    """Issues as a table, in the columns and order every output uses."""
    table = pd.DataFrame([vars(i) for i in issues], columns=ISSUE_COLUMNS)
    table["row"] = table["row"].astype("Int64")
    order = ["severity", "layer", "file", "sheet", "row", "rule", "column"]
    return table.sort_values(order, kind="stable", ignore_index=True)


class Notes:
    """Collects the issues of one layer's reading; keeps loops over cells out of the readers.

    Parameters
    ----------
    layer
        The layer's key.
    rows
        The rows read, with the columns of `PROVENANCE`.
    """

    def __init__(self, layer: str, rows: pd.DataFrame, schema: Schema) -> None:
        self.layer, self.schema, self.issues = layer, schema, list[Issue]()
        self._where = rows[PROVENANCE].reset_index(drop=True)

    def column(self, heading: str, rule: str, message: str, fix: str) -> None:
        """Add a warning about a whole column."""
        file, sheet = ("", "") if self._where.empty else self._where.iloc[0][["file", "sheet"]]
        self.issues.append(
            Issue(self.layer, file, sheet, None, heading, "", rule, "warning", message, fix)
        )

    def cells(
        self,
        wrong: Mask,
        cells: pd.Series,
        say: Callable[[str], str],
        *,
        rule: str,
        fix: str,
        severity: str = "error",
    ) -> None:
        """Add an issue for every cell marked in `wrong`; `say` turns its text into the message."""
        for i in np.flatnonzero(wrong):
            value = mask(clean_text(str(cells.iloc[i])))
            file, sheet, row = self._where.iloc[i]
            message = f"第{row}行 {say(value)}"
            where = (self.layer, file, sheet, int(row), str(cells.name), value)
            self.issues.append(Issue(*where, rule, severity, message, fix))


def _note_columns(
    notes: Notes, schema: Schema, personal: list[str], found: Mapping[str, str]
) -> None:
    for heading in personal:
        said = f"列“{heading}”疑似个人信息,已丢弃,不进入任何输出"
        notes.column(heading, "E15", said, "报送前请删除该列")
    for column in schema.columns.values():
        if column.expected and column.id not in found:
            said = f"没有“{column.names[0]}”列;可用的列名:{'、'.join(column.names[:4])}"
            fix = "补上该列,或在 catalog.toml 的 columns 中指明"
            notes.column(column.names[0], "E01", said, fix)


def _fall_back(frame: pd.DataFrame, schema: Schema) -> None:
    for column, other in schema.fallback.items():
        if other.column not in frame or any(c not in frame for c in other.when):
            continue
        due = np.logical_and.reduce([frame[c].isin(v) for c, v in other.when.items()])
        if column not in frame:
            frame[column] = pd.Series("", frame.index, dtype="str")
        frame[column] = frame[column].where(~(due & (frame[column] == "")), frame[other.column])


def _decides(column: Column, schema: Schema) -> bool:
    """Whether a bad cell of this column puts its row aside: it decides where or if it counts."""
    bounds = _bounds(schema.counting) if schema.counting else set()
    return column.type in {"choice", "yesno", "lon", "lat", "code"} or column.id in bounds


def _bounds(counting: Counting) -> set[str]:
    return {counting.column, counting.since, counting.until}


def _read_text(cells: pd.Series, _: Column, notes: Notes) -> Read:
    texts = _map(cells, lambda t: mask(clean_text(t)))
    hidden = texts.str.contains(MASK, regex=False).to_numpy(bool)
    say = lambda _: f"“{cells.name}”中的证件号码或手机号码已隐去"  # noqa: E731
    shown = texts.where(~hidden, MASK).rename(cells.name)
    fix = "报送前请删除个人信息"
    notes.cells(hidden, shown, say, rule="E15", fix=fix, severity="warning")
    return texts, np.zeros(len(cells), bool)


def _read_code(cells: pd.Series, _: Column, notes: Notes) -> Read:
    texts = _map(cells, lambda t: re.sub(r"\.0$", "", clean(t)) if _filled(t) else "")
    wrong = (texts != "").to_numpy() & ~texts.str.fullmatch(r"\d+").to_numpy(bool)
    say = lambda v: f"“{cells.name}”={v}:代码应为数字"  # noqa: E731
    fix = "将该列设为文本格式后重填(Excel 可能显示为 4.2E+11)"
    notes.cells(wrong, cells, say, rule="E02", fix=fix)
    return texts.where(~wrong, ""), wrong


def _read_choice(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = _known(column)
    values = _map(cells, lambda t: known.get(heading_key(t), None if _filled(t) else ""))
    wrong = values.isna().to_numpy()
    allowed = "、".join(column.choices)
    say = lambda v: f"“{cells.name}”={v}不在可选值{{{allowed}}}中"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E07", fix=f"改为 {allowed} 之一")
    return values.fillna("").astype("str"), wrong


def _read_choices(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = _known(column)

    def parts(text: str) -> tuple[str, ...]:
        return tuple(known.get(heading_key(p), "") for p in split_list(text) if _filled(p))

    values = _map(cells, parts)
    wrong = values.map(lambda v: "" in v).to_numpy(bool)
    allowed = "、".join(column.choices)
    say = lambda v: f"“{cells.name}”={v}有不在可选值{{{allowed}}}中的项,该项按空值处理"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E07", fix="改为可选值,以顿号分隔", severity="warning")
    return values.map(lambda v: tuple(p for p in v if p)), np.zeros(len(cells), bool)


def _read_date(cells: pd.Series, column: Column, notes: Notes) -> Read:
    dates = _map(cells, lambda t: parse_date(t, column.bound) if _filled(t) else None)
    dates = pd.to_datetime(dates, errors="coerce").astype("datetime64[s]")
    wrong = _unread(cells, dates)
    severity = "error" if _decides(column, notes.schema) else "warning"
    say = lambda v: f"“{cells.name}”={v}不是日期"  # noqa: E731
    fix = "写作 2021-06-30、2021年6月 或 2021"
    notes.cells(wrong, cells, say, rule="E13", fix=fix, severity=severity)
    return dates, wrong


def _read_number(cells: pd.Series, _: Column, notes: Notes) -> Read:
    numbers, wrong = _numbers(cells)
    say = lambda v: f"“{cells.name}”={v}不是数字,按空值处理"  # noqa: E731
    fix = "只填数字,不写“约”“余”"
    notes.cells(wrong, cells, say, rule="E14", fix=fix, severity="warning")
    return numbers, np.zeros(len(cells), bool)


def _read_degrees(cells: pd.Series, _: Column, notes: Notes) -> Read:
    numbers, wrong = _numbers(cells)
    say = lambda v: f"“{cells.name}”={v}无法识别为坐标"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E08", fix="填十进制度,如 114.3050")
    return numbers, wrong


def _numbers(cells: pd.Series) -> tuple[pd.Series, Mask]:
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    rest = numbers.isna() & (cells != "")  # thousands separators, full-width digits, words
    numbers[rest] = [number_of(t) for t in cells[rest]]
    return numbers.where(np.isfinite(numbers)), _unread(cells, numbers)


_READ: dict[str, Callable[[pd.Series, Column, Notes], Read]] = {
    "text": _read_text,
    "code": _read_code,
    "choice": _read_choice,
    "yesno": _read_choice,
    "choices": _read_choices,
    "date": _read_date,
    "number": _read_number,
    "lon": _read_degrees,
    "lat": _read_degrees,
}


def _unread(cells: pd.Series, values: pd.Series) -> Mask:
    """Mark the cells that say something which gave no value."""
    none = values.isna().to_numpy()
    wrong = np.zeros(len(cells), dtype=bool)
    wrong[none] = [_filled(t) for t in cells[none]]
    return wrong


def _map(cells: pd.Series, read: Callable[[str], Any]) -> pd.Series:
    """Apply `read` once per distinct cell: a million rows hold few distinct values."""
    codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    made = [read("" if u is None or u is pd.NA or u != u else str(u)) for u in uniques]
    values = np.empty(len(made), dtype=object)
    values[:] = made
    texts = all(isinstance(v, str) for v in made)
    return pd.Series(values[codes], index=cells.index, dtype="str" if texts else object)


def _filled(text: Any) -> bool:
    return clean(str(text)).casefold() not in _EMPTY


def _known(column: Column) -> dict[str, str]:
    known: dict[str, str] = {}
    for value, aliases in column.choices.items():
        for name in (value, *aliases):
            known[heading_key(name)] = value
    return known


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


def _date(parts: Mapping[str, str], bound: str) -> pd.Timestamp | None:
    year, month, day = (int(parts.get(k) or 0) for k in "ymd")
    if not 1900 <= year <= 2100:
        return None
    try:
        if day:
            return pd.Timestamp(year, month, day)
        first = pd.Timestamp(year, month or 1, 1)
    except ValueError:
        return None
    if bound == "start":
        return first
    return first + (pd.offsets.MonthEnd(0) if month else pd.offsets.YearEnd(0))
