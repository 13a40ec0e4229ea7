"""One column of cells → values and the cells that say something which gave none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.read.cell.choices import find_choice, known_words
from hbgeo.read.cell.column import (
    arrow,
    as_objects,
    as_text,
    by_distinct,
    distinct,
    equal,
    is_blank,
    map_unique,
    mark_unique,
    matches,
    replaced,
    spread,
)
from hbgeo.read.cell.coordinates import COARSE, Angle, read_angle, read_pair, split_pair
from hbgeo.read.cell.dates import is_ambiguous_month, read_day
from hbgeo.read.cell.eras import read_old_day
from hbgeo.read.cell.numbers import (
    area_unit,
    has_more_digits,
    heading_unit,
    number_of,
    read_area,
    read_unit,
)
from hbgeo.read.cell.personal import HIDDEN, SUSPECT, SUSPECT_CARD, hide_id_cards, hide_numbers
from hbgeo.read.cell.text import clean, clean_text, is_filled, split_list
from hbgeo.read.cell.velocity import read_speeds
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Column

Read = tuple[pd.Series, Mask]
Hide = Callable[[str, str], str]

_PLAIN = r"^\s*[-+]?\d{1,15}(\.\d+)?\s*$"
_LONG = r"^[^\d]*(?:[\d][.,]?){16,}[^\d]*$"  # figures beyond those that every double keeps
_SHORTEST_CARD = 1e14  # fifteen figures
_COARSE = r"^\s*[-+]?\d+(\.\d{0,3}0*)?\s*$"
# texts to look at: short ones (strokes, 无), white space out of place, invisible characters, and
# what may tell a person, or told one; in RE2's words, where \\s and \\d are ASCII only
_CARE = r"^.{0,5}$|^\s|\s$|\s\s|[^\P{Z} ]|[\p{C}]|^(?i:none|null|nan|#n/a)$|" + re.escape(HIDDEN)
_CARES: dict[Hide, str] = {
    hide_numbers: f"{_CARE}|{SUSPECT}",
    hide_id_cards: f"{_CARE}|{SUSPECT_CARD}",
}
# of GB/T 2260 and GB/T 10114, province to village
_CODE = r"^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$"
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


def read_precision(cells: pd.Series, column: Column) -> pd.Series | None:
    """Tell how precisely each date was given: day, month, year, or "" where there is none.

    None where all of them are days.
    """
    numbers, words = distinct(cells)
    read = read_old_day if column.old else read_day
    given = [day.precision if (day := read(word)) else "" for word in words]
    less = np.array([precision != "day" for precision in given], bool)[numbers]
    return spread(given, numbers, cells.index).astype("category") if less.any() else None


def read_pairs(cells: pd.Series, notes: Notes) -> tuple[pd.Series, pd.Series, Mask, Mask]:
    """Read cells that hold both coordinates.

    Returns
    -------
    lon, lat
        Floats; NaN where there is none.
    coarse, wrong
        Cells with too few decimals, and cells that could not be read.
    """
    read = map_unique(cells, lambda t: read_pair(t) if is_filled(t) else None)
    none = (Angle(np.nan, 0.0),) * 2
    pairs = [none if p is None else p for p in read]
    lon = pd.Series([a.value for a, _ in pairs], cells.index, dtype=float)
    lat = pd.Series([b.value for _, b in pairs], cells.index, dtype=float)
    coarse = np.array([min(a.step, b.step) >= COARSE for a, b in pairs], bool)
    wrong = unread(cells, lon)
    _say_unread(cells, wrong, notes)
    return lon, lat, coarse, wrong


def part_pairs(lon: pd.Series, lat: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Part cells of the longitude column that hold both coordinates, where the other is empty."""
    alone = is_blank(lat) & ~is_blank(lon)
    if not alone.any():
        return lon, lat
    halves = map_unique(lon[alone], lambda t: split_pair(t) or (t, ""))
    first, second = ([half[i] for half in halves] for i in (0, 1))
    return replaced(lon, alone, first), replaced(lat, alone, second)


def read_degrees(cells: pd.Series, notes: Notes) -> tuple[pd.Series, Mask, Mask]:
    """Read one of two coordinates.

    Returns
    -------
    values
        Floats; NaN where there is none.
    coarse, wrong
        Cells with fewer than four decimals, or without seconds, and cells that could not be read.
    """

    def work(cells: pd.Series) -> Floats:
        numbers, rest = _plain_numbers(cells)
        coarse = np.rint(numbers * 1000) / 1000 == numbers
        coarse[coarse] = matches(cells[coarse], _COARSE)  # beyond 15 figures a float cannot tell
        few, words = distinct(cells[rest])
        none = Angle(np.nan, 0.0)
        angles = [read_angle(word) or none for word in words]
        numbers[rest] = np.array([a.value for a in angles], float)[few]
        coarse[rest] = np.array([a.step for a in angles], float)[few] >= COARSE
        return np.column_stack([numbers, coarse])

    made = by_distinct(cells, work)
    values = pd.Series(made[:, 0], cells.index)
    wrong = unread(cells, values)
    _say_unread(cells, wrong, notes)
    return values, made[:, 1] == 1, wrong


def filled(cells: pd.Series) -> Mask:
    """Mark the cells that say something: blanks, strokes and 无 do not."""
    return mark_unique(cells, is_filled)


def unread(cells: pd.Series, values: pd.Series) -> Mask:
    """Mark the cells that say something which gave no value."""
    wrong = values.isna().to_numpy().copy()
    if wrong.any():
        wrong[wrong] = filled(cells[wrong])
    return np.asarray(wrong)


def clean_texts(cells: pd.Series, hide: Hide = hide_numbers) -> tuple[pd.Series, Mask]:
    """Make texts fit to be kept: one line, no strokes for blanks, no numbers of persons.

    Nearly all texts are plain; those that a pattern lets through are not looked at one by one.

    Parameters
    ----------
    hide
        Hides what tells a person in a text of a column: text, heading → text.

    Returns
    -------
    texts
        Aligned with `cells`.
    hidden
        The cells in which a number of a person is hidden.
    """
    repeating = isinstance(cells.dtype, pd.CategoricalDtype)
    care = np.ones(len(cells), bool) if repeating else matches(cells, _CARES[hide])
    if not care.any():
        return as_text(cells), care
    numbers, words = distinct(cells if repeating else cells[care])
    tended = [_tend(word, hide, str(cells.name)) for word in words]
    hidden = care.copy()
    hidden[care] = np.array([HIDDEN in text for text in tended], bool)[numbers]
    if repeating:
        return spread(tended, numbers, cells.index, cells.name), hidden
    return replaced(cells, care, as_objects(tended)[numbers]), hidden


def _tend(text: str, hide: Hide = hide_numbers, heading: str = "") -> str:
    return hide(clean_text(text), heading) if is_filled(text) else ""


def with_multiples(cells: pd.Series, heading: str, units: pd.Series | None) -> pd.Series:
    """Write 万人, 百户 behind numbers that say no unit, from a column of units."""
    if heading_unit(heading) or units is None:
        return cells
    many = mark_unique(units, lambda t: (u := read_unit(t)) is not None and u.times > 1 and u.kind not in {"", "面积"})  # fmt: skip
    if not many.any():
        return cells
    joined = as_text(cells).str.strip() + as_text(units).str.strip()
    return as_text(cells).where(~many | is_blank(cells), joined)


def with_units(cells: pd.Series, heading: str, units: pd.Series | None) -> pd.Series:
    """Write its unit behind every area that names none, from the heading or a column of units."""
    if area_unit(heading) or units is None:
        return cells
    named = mark_unique(cells, lambda t: read_area(t, 0.0) == read_area(t, 0.0))
    plain = as_text(cells)
    joined = plain.str.strip() + as_text(units).str.strip()
    return plain.where(named | is_blank(cells), joined)


def area_unit_column(headings: Iterable[str]) -> str:
    """The heading of the column that holds the units of areas, or ""."""
    return next((h for h in headings if clean(h) in _AREA_COLUMN), "")


def _read_text(cells: pd.Series, column: Column, notes: Notes) -> Read:
    texts, hidden = clean_texts(cells, hide_id_cards if column.type == "id" else hide_numbers)
    say = lambda _: f"“{cells.name}”中的个人号码（证件、电话、银行卡、邮箱）已隐去"  # noqa: E731
    fix = "报送前请删除个人信息"
    if hidden.any():
        shown = texts.where(~hidden, HIDDEN)
        notes.cells(hidden, shown, say, rule="E15", fix=fix, severity="warning")
    return texts, np.zeros(len(cells), bool)


def _read_code(cells: pd.Series, _: Column, notes: Notes) -> Read:
    odd = ~matches(cells, _CODE)
    texts, wrong = as_text(cells), odd
    if odd.any():
        codes = map_unique(cells[odd], _tidy_code)
        wrong = odd.copy()
        wrong[odd] = mark_unique(codes, lambda t: bool(t) and not re.fullmatch(_CODE, t))
        texts = replaced(texts, odd, codes.where(~wrong[odd], "").tolist())
    say = lambda v: f"“{cells.name}”={v}：代码应为 6、9 或 12 位数字"  # noqa: E731
    fix = "将该列设为文本格式后重填（Excel 可能显示为 4.2E+11）"
    notes.cells(wrong, cells, say, rule="E02", fix=fix)
    return texts, wrong


def _tidy_code(text: str) -> str:
    return re.sub(r"\.0$", "", clean(text)) if is_filled(text) else ""


def _read_choice(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = known_words(column)
    numbers, words = distinct(cells)
    values = [find_choice(t, known) or (None if is_filled(t) else "") for t in words]
    wrong = np.array([v is None for v in values], bool)[numbers]
    allowed = "、".join(column.choices)
    left = "，按空值处理" if column.lenient else ""
    say = lambda v: f"“{cells.name}”={v}不在可选值{{{allowed}}}中{left}"  # noqa: E731
    severity = "warning" if column.lenient else "error"
    notes.cells(wrong, cells, say, rule="E07", fix=f"改为 {allowed} 之一", severity=severity)
    return spread([v or "" for v in values], numbers, cells.index), wrong


def _read_choices(cells: pd.Series, column: Column, notes: Notes) -> Read:
    known = known_words(column)
    numbers, words = distinct(cells)
    parts = [[find_choice(p, known) or "" for p in split_list(t) if is_filled(p)] for t in words]
    wrong = np.array(["" in some for some in parts], bool)[numbers]
    allowed = "、".join(column.choices)
    say = lambda v: f"“{cells.name}”={v}有不在可选值{{{allowed}}}中的项，该项按空值处理"  # noqa: E731
    notes.cells(wrong, cells, say, rule="E07", fix="改为可选值，以顿号分隔", severity="warning")
    values = as_objects([tuple(p for p in some if p) for some in parts])[numbers]
    return pd.Series(values, cells.index, dtype=object), np.zeros(len(cells), bool)


def _read_date(cells: pd.Series, column: Column, notes: Notes) -> Read:
    numbers, words = distinct(cells)
    dates = pd.Series(_days(words, column)[numbers], cells.index)
    wrong = unread(cells, dates)
    severity = "error" if notes.schema.decides(column) else "warning"
    say = lambda v: f"“{cells.name}”={v}不是日期"  # noqa: E731
    fix = (
        "写作 1523、光绪二十年 或 2021-06-30"
        if column.old
        else "写作 2021-06-30、2021年6月 或 2021"
    )
    notes.cells(wrong, cells, say, rule="E13", fix=fix, severity=severity)
    unsure = np.array([is_ambiguous_month(word) for word in words], bool)[numbers]
    say = lambda v: f"“{cells.name}”={v}按 1 月计；数字格式会丢掉 10 月末尾的 0，请确认"  # noqa: E731
    fix = "把该列设为文本，写作 2021-01 或 2021-10"
    notes.cells(unsure, cells, say, rule="W15", fix=fix, severity="warning")
    return dates, wrong


def _days(words: list[str], column: Column) -> NDArray[np.datetime64]:
    """Dates, NaT for none; a month or year alone counts as its last day, or first at a start."""
    read = read_old_day if column.old else read_day
    days = [read(word) if is_filled(word) else None for word in words]
    ends = [d and (d.first if column.bound == "start" else d.last) for d in days]
    return np.array(ends, dtype="datetime64[D]").astype("datetime64[s]")


def _read_number(cells: pd.Series, _: Column, notes: Notes) -> Read:
    unit = heading_unit(str(cells.name))
    times = unit.times if unit and unit.kind != "面积" else 1
    numbers = _without_cards(_numbers(cells, times), cells)
    wrong = unread(cells, numbers)
    say = lambda v: f"“{cells.name}”={v}不是数字，按空值处理"  # noqa: E731
    fix = "只填数字，不写“约”“余”"
    notes.cells(wrong, cells, say, rule="E14", fix=fix, severity="warning")
    _say_long(cells, times, notes, ~wrong)
    return numbers, np.zeros(len(cells), bool)


def _without_cards(numbers: pd.Series, cells: pd.Series) -> pd.Series:
    """An id card in a column of numbers is none."""
    long = numbers.to_numpy() >= _SHORTEST_CARD
    if long.any():
        long[long] = mark_unique(cells[long], lambda text: hide_id_cards(text) != text)
        numbers = numbers.mask(long)
    return numbers


def _say_long(cells: pd.Series, times: float, notes: Notes, read: Mask) -> None:
    """Say which numbers have more figures than are kept: 17, of which 15 are safe."""
    long = matches(cells, _LONG) & read
    if long.any():
        long[long] = mark_unique(cells[long], has_more_digits)
        say = lambda v: f"“{cells.name}”={v}位数过多，按 {number_of(v, times)!r} 计"  # noqa: E731
        notes.cells(long, cells, say, rule="E14", fix="最多写 15 位有效数字", severity="warning")


def _read_area(cells: pd.Series, _: Column, notes: Notes) -> Read:
    unit = area_unit(str(cells.name))
    numbers, words = distinct(cells)
    told = [read_area(t, unit) if is_filled(t) else np.nan for t in words]
    areas = pd.Series(np.array(told, float)[numbers], cells.index)
    wrong = unread(cells, areas)
    unitless = np.zeros(len(cells), bool)
    unitless[wrong] = mark_unique(cells[wrong], lambda t: number_of(t) == number_of(t))
    say = lambda v: f"“{cells.name}”={v}缺面积单位，按空值处理"  # noqa: E731
    fix = "列名写成 占地面积（亩）或 占地面积（平方米）"
    notes.cells(unitless, cells, say, rule="E14", fix=fix, severity="warning")
    say = lambda v: f"“{cells.name}”={v}不是面积，按空值处理"  # noqa: E731
    fix = "只填数字或数字加单位，不写“约”“余”"
    notes.cells(wrong & ~unitless, cells, say, rule="E14", fix=fix, severity="warning")
    return areas, np.zeros(len(cells), bool)


def _read_degrees(cells: pd.Series, _: Column, notes: Notes) -> Read:
    values, _coarse, wrong = read_degrees(cells, notes)
    return values, wrong


def _say_unread(cells: pd.Series, wrong: Mask, notes: Notes) -> None:
    say = lambda v: f"“{cells.name}”={v}无法识别为坐标"  # noqa: E731
    fix = "支持 114.3050、114°18′18″、114度18分18秒；分、秒应小于 60"
    notes.cells(wrong, cells, say, rule="E08", fix=fix)


def _numbers(cells: pd.Series, times: float) -> pd.Series:
    """Read plain numbers all at once, every other distinct spelling, and multiples, one by one."""

    def work(cells: pd.Series) -> Floats:
        numbers, rest = _plain_numbers(cells)
        rest |= ~np.isnan(numbers) & (times != 1)
        few, words = distinct(cells[rest])
        numbers[rest] = np.array([number_of(word, times) for word in words], float)[few]
        return numbers

    return pd.Series(by_distinct(cells, work), cells.index)


def _plain_numbers(cells: pd.Series) -> tuple[Floats, Mask]:
    """Plain numbers, NaN for any other cell; and the cells left over that are not empty."""
    texts = arrow(cells)
    plain = matches(cells, _PLAIN)
    if not plain.all():
        texts = pc.if_else(pa.array(plain), texts, None)
    made = pc.cast(pc.utf8_trim_whitespace(texts), pa.float64()).to_numpy(zero_copy_only=False)
    return np.array(made), ~plain & ~equal(cells, "")


_READ: dict[str, Callable[[pd.Series, Column, Notes], Read]] = {
    "text": _read_text,
    "id": _read_text,
    "code": _read_code,
    "choice": _read_choice,
    "yesno": _read_choice,
    "choices": _read_choices,
    "date": _read_date,
    "number": _read_number,
    "area": _read_area,
    "speed": read_speeds,
    "lon": _read_degrees,
    "lat": _read_degrees,
}
