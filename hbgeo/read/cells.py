"""Cells as people type them → values: folded text, dates with their precision, numbers, areas."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

MASK = "[已隐去]"
MU = 2000 / 3  # square metres of a 亩

_EMPTY = {"", "/", "-", "—", "——", "\\", "无", "暂无", "未填", "nan", "none", "null", "#n/a"}
_LONGEST_EMPTY = max(map(len, _EMPTY))
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LONG = re.compile(r"\d(?:[ -]?[\dXx]){10}")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]"
)
_CLOCK = r"(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?" + _CLOCK),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?"),
    re.compile(r"(?P<y>\d{4})(?P<m>0[1-9]|1[0-2])"),
    re.compile(r"(?P<y>\d{4})年?"),
)
_SERIAL = re.compile(r"(?P<days>[2-6]\d{4})(?:\.\d+)?")  # Excel's days: 20000 is 1954, 69999 2091
_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TENS = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?")
_NUMBER = re.compile(
    r"(?P<n>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+)(?P<e>e[-+]?\d{1,3})?"
    r"(?P<ten>万)?(?:张|个|座|处|人|穴|位|户|间|名|格|块|套)?",
    re.IGNORECASE,
)
_AREA_UNITS = {
    "亩": MU,
    "公亩": 100.0,
    "公顷": 10_000.0,
    "平方米": 1.0,
    "平米": 1.0,
    "平方": 1.0,
    "m2": 1.0,
    "m²": 1.0,
    "ha": 10_000.0,
    "平方公里": 1e6,
    "平方千米": 1e6,
    "km2": 1e6,
    "万平方米": 1e4,
    "万平米": 1e4,
    "万m2": 1e4,
}


class Day(NamedTuple):
    """A date as precisely as it was given: its first and last day, and `day`, `month`, `year`."""

    first: dt.date
    last: dt.date
    precision: str


def clean(text: str) -> str:
    """Fold full-width forms, strip spaces, line breaks and invisible characters: for matching."""
    if not text.isprintable():  # most cells are plain: do no more than due
        text = _CONTROL.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if text.isprintable() and " " not in text:
        return text
    return " ".join(text.split())


def clean_text(text: str) -> str:
    """Make text fit to be shown: no control characters or lone surrogates, one line."""
    if not text.isprintable():
        text = _CONTROL.sub("", text.encode("utf-8", "replace").decode("utf-8"))
    elif " " not in text:
        return text
    return " ".join(text.split())


def mask(text: str) -> str:
    """Hide 18-digit id numbers and mobile numbers inside any text."""
    if len(text) < 11 or not _LONG.search(text):  # most texts hold no number that long
        return text
    folded = unicodedata.normalize("NFKC", text)
    hidden = _MOBILE.sub(MASK, _ID_NUMBER.sub(MASK, folded))
    return text if hidden == folded else hidden


def is_filled(text: Any) -> bool:
    """Tell whether a cell says something: blanks, strokes and 无 do not."""
    text = str(text)
    if len(text) > _LONGEST_EMPTY and text.isprintable() and " " not in text:
        return True
    return clean(text).casefold() not in _EMPTY


@lru_cache(maxsize=50_000)
def read_day(text: str) -> Day | None:
    """Read a date in the spellings ledgers use; None if it is none.

    2021-06-01, 2021/6/1, 2021.6.1, 2021年6月1日 (with a clock or not), 20210601, 44348 (Excel's
    count of days), 二〇二一年六月一日; months 2021-06, 2021.6, 2021年6月, 202106; years 2021, 2021年.
    """
    folded = clean(text)
    if "年" in folded:
        folded = _TENS.sub(_tens, folded).translate(_CHINESE).replace(" ", "")
    for pattern in _DATES:
        if match := pattern.fullmatch(folded):
            return _day(match.groupdict())
    if serial := _SERIAL.fullmatch(folded):
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(serial["days"]))
        return Day(day, day, "day")
    return None


def parse_date(text: str, bound: str = "end") -> pd.Timestamp | None:
    """Read a date as a timestamp; None if it is none.

    A month or year alone becomes its last day (`bound` = "end") or its first ("start").
    """
    day = read_day(text)
    if day is None:
        return None
    return pd.Timestamp(day.first if bound == "start" else day.last)


def is_ambiguous_month(text: str) -> bool:
    """Tell whether a cell is `2021.1`: a number cell in which October lost its zero looks alike."""
    return bool(re.fullmatch(r"\d{4}\.1", clean(text)))


def show_day(day: dt.date, precision: str = "day") -> str:
    """Write a date as precisely as it is known, so that `read_day` reads the same again."""
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]


def number_of(text: str) -> float:
    """Read a number with thousands separators or a counting word (50张); NaN if it is none.

    约200 and 200余 are none: hbgeo does not guess.
    """
    found = _NUMBER.fullmatch(clean(text).replace(" ", ""))
    if found is None:
        return np.nan
    value = float(found["n"].replace(",", "") + (found["e"] or ""))
    value *= 10_000 if found["ten"] else 1
    return value if np.isfinite(value) else np.nan


def area_unit(text: str) -> float:
    """Return how many square metres the unit in a text stands for; 0 if it names none.

    The text is a unit (亩), a heading (占地面积(亩)) or a line above the table (单位:亩).
    """
    folded = clean(text).replace(" ", "").casefold()
    if folded in _AREA_UNITS:
        return _AREA_UNITS[folded]
    found = re.search(r"(?:[((\[]|单位:|-)([^()()\[\]]{1,6}?)(?:[))\]]|$)", folded)
    return _AREA_UNITS.get(found[1], 0.0) if found else 0.0


def read_area(text: str, square_metres: float) -> float:
    """Read an area in m²: its own unit goes before `square_metres`, the column's; NaN if none."""
    folded = clean(text).replace(" ", "").casefold()
    found = re.fullmatch(r"([-+\d.,]+)(\D*?\d?)", folded)
    unit = _AREA_UNITS.get(found[2], 0.0) if found and found[2] else 0.0
    value = number_of(found[1]) if found and unit else number_of(folded)
    return value * (unit or square_metres) if unit or square_metres else np.nan


def split_list(text: str) -> list[str]:
    """Split a list as people type it: 、 , ; / and spaces."""
    return [p for p in re.split(r"[、,;/|\s]", clean(text)) if p]


def _tens(found: re.Match[str]) -> str:
    """十 → 10, 十二 → 12, 二十 → 20, 三十一 → 31, in Chinese figures still."""
    return (found[1] or "一") + (found[2] or "〇")


def _day(parts: dict[str, str]) -> Day | None:
    year, month, day = (int(parts.get(k) or 0) for k in "ymd")
    if not 1900 <= year <= 2100:
        return None
    if parts.get("d") is not None:
        try:
            given = dt.date(year, month, day)
        except ValueError:
            return None
        return Day(given, given, "day")
    if parts.get("m") is None:
        return Day(dt.date(year, 1, 1), dt.date(year, 12, 31), "year")
    if not 1 <= month <= 12:
        return None
    end = monthrange(year, month)[1]
    return Day(dt.date(year, month, 1), dt.date(year, month, end), "month")
