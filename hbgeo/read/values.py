"""One column of cells → values and the cells that say something which gave none."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hbgeo.read import coordinates
from hbgeo.read.cells import (
    MASK,
    Day,
    area_unit,
    clean,
    clean_text,
    is_ambiguous_month,
    is_filled,
    mask,
    number_of,
    read_area,
    read_day,
    split_list,
)
from hbgeo.read.columns import Column, Mask, Notes

Read = tuple[pd.Series, Mask]

_PLAIN = r"^\s*[-+]?\d{1,15}(\.\d+)?\s*$"
_COARSE = r"^\s*[-+]?\d+(\.\d{0,3}0*)?\s*$"
# texts to look at: short ones (strokes, 无), white space out of place, invisible characters, and
# digits enough for a mobile number; in RE2's words, where \\s and \\d are ASCII only
_CARE = (
    r"^.{0,5}$|^\s|\s$|\s\s|[^\P{Z} ]|[\p{C}]|\p{Nd}(?:[ -]?[\p{Nd}xX]){10}"
    r"|^(?i:none|null|nan|#n/a)$"
)
_CODE_DIGITS = (2, 4, 6, 9, 12)  # of GB/T 2260 and GB/T 10114 codes, province to village
_AREA_COLUMN = ("计量单位", "面积单位", "单位")


def read_values(cells: pd.Series, column: Column, notes: Notes) -> Read:
    """Read a column of text by its type.

    Returns
    -------
    values
        Text, `datetime64`, `float64` or tuples, by the column's type; aligned with `cells`.
    wrong
        The cells that could not be read; each is an issue in `notes`.
    """
    return _READ[column.type](cells, column, notes)


def read_precision(cells: pd.Series) -> pd.Series:
    """Tell how precisely each date was given: day, month, year, or "" where there is none."""
    return map_unique(cells, lambda t: day.precision if (day := read_day(t)) else "")


def read_pairs(cells: pd.Series, notes: Notes) -> tuple[pd.Series, pd.Series, Mask, Mask]:
    """Read cells that hold both coordinates.

    Returns
    -------
    lon, lat
        Floats; NaN where there is none.
    coarse, wrong
        Cells with too few decimals, and cells that could not be read.
    """
    read = map_unique(cells, lambda t: coordinates.read_pair(t) if is_filled(t) else None)
    none = (coordinates.Angle(np.nan, 0.0),) * 2
    pairs = [none if p is None else p for p in read]
    lon = pd.Series([a.value for a, _ in pairs], cells.index, dtype=float)
    lat = pd.Series([b.value for _, b in pairs], cells.index, dtype=float)
    coarse = np.array([min(a.step, b.step) >= coordinates.COARSE for a, b in pairs], bool)
    wrong = unread(cells, lon)
    _say_unread(cells, wrong, notes)
    return lon, lat, coarse, wrong


def part_pairs(lon: pd.Series, lat: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Part cells of the longitude column that hold both coordinates, where the other is empty."""
    alone = ((lat.str.strip() == "") & (lon.str.strip() != "")).to_numpy(bool)
    if not alone.any():
        return lon, lat
    halves = map_unique(lon[alone], lambda t: coordinates.split_pair(t) or (t, ""))
    lon, lat = lon.copy(), lat.copy()
    lon[alone], lat[alone] = [h[0] for h in halves], [h[1] for h in halves]
    return lon, lat


def is_coarse(cells: pd.Series) -> Mask:
    """Mark the coordinates given with fewer than four decimals, or without seconds."""
    texts = _arrow(cells)
    plain = _matches(texts, _PLAIN)
    coarse = _matches(texts, _COARSE)
    rest = ~plain & (cells != "").to_numpy(bool)
    if rest.any():
        coarse[rest] = (map_unique(cells[rest], _tell_coarse) == "1").to_numpy(bool)
    return np.asarray(coarse)


def _tell_coarse(text: str) -> str:
    angle = coordinates.read_angle(text)
    return "1" if angle is not None and angle.step >= coordinates.COARSE else ""


def filled(cells: pd.Series) -> Mask:
    """Mark the cells that say something: blanks, strokes and 无 do not."""
    return np.asarray((map_unique(cells, lambda t: "1" if is_filled(t) else "") == "1").to_numpy())


def unread(cells: pd.Series, values: pd.Series) -> Mask:
    """Mark the cells that say something which gave no value."""
    wrong = values.isna().to_numpy().copy()
    if wrong.any():
        wrong[wrong] = filled(cells[wrong])
    return np.asarray(wrong)


def map_unique(cells: pd.Series, read: Callable[[str], Any]) -> pd.Series:
    """Apply `read` once per distinct cell: a million rows hold few distinct values."""
    codes, uniques = pd.factorize(cells, use_na_sentinel=False)
    made = [read("" if u is None or u != u else str(u)) for u in uniques.tolist()]
    if made and all(isinstance(v, str) for v in made):
        few = pa.array(made, type=pa.large_string())
        return pd.Series(pd.array(few.take(pa.array(codes)), dtype="str"), index=cells.index)
    values = np.empty(len(made), dtype=object)
    values[:] = made
    return pd.Series(values[codes], index=cells.index, dtype=object if made else "str")


def clean_texts(cells: pd.Series) -> pd.Series:
    """Make texts fit to be kept: one line, no strokes for blanks, no numbers of persons.

    Nearly all texts are plain; those that a pattern lets through are not looked at one by one.
    """
    care = _matches(_arrow(cells), _CARE)
    if not care.any():
        return cells
    tended = map_unique(cells[care], lambda t: mask(clean_text(t)) if is_filled(t) else "")
    if care.all():
        return tended
    made = cells.copy()
    made[care] = tended
    return made


def with_units(cells: pd.Series, heading: str, units: pd.Series | None) -> pd.Series:
    """Write its unit behind every area that names none, from the heading or a column of units."""
    if area_unit(heading) or units is None:
        return cells
    named = map_unique(cells, lambda t: "1" if read_area(t, 0.0) == read_area(t, 0.0) else "")
    joined = cells.str.strip() + units.str.strip()
    return cells.where((named == "1") | (cells.str.strip() == ""), joined).rename(cells.name)


def area_unit_column(headings: list[str]) -> str:
    """The heading of the column that holds the units of areas, or ""."""
    return next((h for h in headings if clean(h) in _AREA_COLUMN), "")


def _read_text(cells: pd.Series, _: Column, notes: Notes) -> Read:
    texts = clean_texts(cells)
    hidden = texts.str.contains(MASK, regex=False).to_numpy(bool)
    say = lambda _: f"“{cells.name}”中的证件号码或手机号码已隐去"  # noqa: E731
    shown = texts.where(~hidden, MASK).rename(cells.name)
    fix = "报送前请删除个人信息"
    notes.cells(hidden, shown, say, rule="E15", fix=fix, severity="warning")
    return texts, np.zeros(len(cells), bool)


def _read_code(cells: pd.Series, _: Column, notes: Notes) -> Read:
    texts = map_unique(cells, lambda t: re.sub(r"\.0$", "", clean(t)) if is_filled(t) else "")
    digits = map_unique(texts, lambda t: "1" if not t or _is_code(t) else "")
    wrong = (digits == "").to_numpy()
    say = lambda v: f"“{cells.name}”={v}:代码应为 6、9 或 12 位数字"  # noqa: E731
    fix = "将该列设为文本格式后重填(Excel 可能显示为 4.2E+11)"
    notes.cells(wrong, cells, say, rule="E02", fix=fix)
    return texts.where(~wrong, ""), wrong


def _is_code(text: str) -> bool:
    if not re.fullmatch(r"[0-9]+", text):
        return False
    return len(text) in _CODE_DIGITS or (len(text) == 9 and text.startswith("156"))


def _read_choice(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = _known(column)
    values = map_unique(cells, lambda t: known.get(choice_key(t), None if is_filled(t) else ""))
    wrong = values.isna().to_numpy()
    allowed = "、".join(column.choices)
    say = lambda v: f"“{cells.name}”={v}不在可选值{{{allowed}}}中"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E07", fix=f"改为 {allowed} 之一")
    return values.fillna("").astype("str"), wrong


def _read_choices(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = _known(column)

    def parts(text: str) -> tuple[str, ...]:
        return tuple(known.get(choice_key(p), "") for p in split_list(text) if is_filled(p))

    values = map_unique(cells, parts)
    wrong = values.map(lambda v: "" in v).to_numpy(bool)
    allowed = "、".join(column.choices)
    say = lambda v: f"“{cells.name}”={v}有不在可选值{{{allowed}}}中的项,该项按空值处理"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E07", fix="改为可选值,以顿号分隔", severity="warning")
    return values.map(lambda v: tuple(p for p in v if p)), np.zeros(len(cells), bool)


def _read_date(cells: pd.Series, column: Column, notes: Notes) -> Read:
    days = map_unique(cells, lambda t: _bound(read_day(t), column.bound) if is_filled(t) else None)
    dates = pd.to_datetime(days, errors="coerce").astype("datetime64[s]")
    wrong = unread(cells, dates)
    severity = "error" if notes.schema.decides(column) else "warning"
    say = lambda v: f"“{cells.name}”={v}不是日期"  # noqa: E731
    fix = "写作 2021-06-30、2021年6月 或 2021"
    notes.cells(wrong, cells, say, rule="E13", fix=fix, severity=severity)
    unsure = (map_unique(cells, lambda t: "1" if is_ambiguous_month(t) else "") == "1").to_numpy()
    say = lambda v: f"“{cells.name}”={v}按 1 月计;数字格式会丢掉 10 月末尾的 0,请确认"  # noqa: E731
    fix = "把该列设为文本,写作 2021-01 或 2021-10"
    notes.cells(unsure, cells, say, rule="W15", fix=fix, severity="warning")
    return dates, wrong


def _bound(day: Day | None, bound: str) -> dt.date | None:
    """A month or year alone counts as its last day, or its first where the bound is a start."""
    return None if day is None else day.first if bound == "start" else day.last


def _read_number(cells: pd.Series, _: Column, notes: Notes) -> Read:
    numbers = _numbers(cells, number_of)
    wrong = unread(cells, numbers)
    say = lambda v: f"“{cells.name}”={v}不是数字,按空值处理"  # noqa: E731
    fix = "只填数字,不写“约”“余”"
    notes.cells(wrong, cells, say, rule="E14", fix=fix, severity="warning")
    return numbers, np.zeros(len(cells), bool)


def _read_area(cells: pd.Series, _: Column, notes: Notes) -> Read:
    unit = area_unit(str(cells.name))
    areas = map_unique(cells, lambda t: read_area(t, unit) if is_filled(t) else np.nan)
    areas = areas.astype(float)
    wrong = unread(cells, areas)
    plain = map_unique(cells, lambda t: "1" if number_of(t) == number_of(t) else "") == "1"
    unitless = plain.to_numpy() & wrong
    say = lambda v: f"“{cells.name}”={v}缺面积单位,按空值处理"  # noqa: E731
    fix = "列名写成 占地面积(亩) 或 占地面积(平方米)"
    notes.cells(unitless, cells, say, rule="E14", fix=fix, severity="warning")
    say = lambda v: f"“{cells.name}”={v}不是面积,按空值处理"  # noqa: E731
    fix = "只填数字或数字加单位,不写“约”“余”"
    notes.cells(wrong & ~unitless, cells, say, rule="E14", fix=fix, severity="warning")
    return areas, np.zeros(len(cells), bool)


def _read_degrees(cells: pd.Series, _: Column, notes: Notes) -> Read:
    numbers = _numbers(cells, _angle)
    wrong = unread(cells, numbers)
    _say_unread(cells, wrong, notes)
    return numbers, wrong


def _say_unread(cells: pd.Series, wrong: Mask, notes: Notes) -> None:
    say = lambda v: f"“{cells.name}”={v}无法识别为坐标"  # noqa: E731
    fix = "支持 114.3050、114°18′18″、114度18分18秒"
    notes.cells(wrong, cells, say, rule="E08", fix=fix)


def _angle(text: str) -> float:
    angle = coordinates.read_angle(text)
    return np.nan if angle is None else angle.value


def _numbers(cells: pd.Series, read: Callable[[str], float]) -> pd.Series:
    """Read plain numbers all at once, every other distinct spelling by `read`."""
    texts = _arrow(cells)
    plain = _matches(texts, _PLAIN)
    trimmed = pc.utf8_trim_whitespace(pc.if_else(pa.array(plain), texts, None))
    numbers = pd.Series(
        pc.cast(trimmed, pa.float64()).to_numpy(zero_copy_only=False), cells.index, copy=True
    )
    rest = ~plain & (cells != "").to_numpy()
    if rest.any():
        numbers[rest] = map_unique(cells[rest], read).astype(float)
    return numbers


def _arrow(cells: pd.Series) -> pa.Array:
    made = pa.array(cells, type=pa.large_string(), from_pandas=True)
    return made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made


def matches(cells: pd.Series, pattern: str) -> Mask:
    """Mark the cells in which RE2 finds the pattern: all at once."""
    return _matches(_arrow(cells), pattern)


def _matches(texts: pa.Array, pattern: str) -> Mask:
    found = pc.match_substring_regex(texts, pattern)
    return np.array(found.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)  # noqa: FBT003 - arrow's own


def choice_key(text: str) -> str:
    """Fold a cell for matching against choices: brackets, stars, spaces and case do not matter."""
    return re.sub(r"[\s*:_]", "", clean(text)).casefold()


def _known(column: Column) -> dict[str, str]:
    known: dict[str, str] = {}
    for value, aliases in column.choices.items():
        for name in (value, *aliases):
            known[choice_key(name)] = value
    return known


_READ: dict[str, Callable[[pd.Series, Column, Notes], Read]] = {
    "text": _read_text,
    "code": _read_code,
    "choice": _read_choice,
    "yesno": _read_choice,
    "choices": _read_choices,
    "date": _read_date,
    "number": _read_number,
    "area": _read_area,
    "lon": _read_degrees,
    "lat": _read_degrees,
}
