"""Dates as people type them → days, as precisely as they were given."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from hbgeo.read.cell.text import clean

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


class Day(NamedTuple):
    """A date as precisely as it was given: its first and last day, and `day`, `month`, `year`.

    Of a reign or a dynasty `precision` is the words it was given in: no figure says it better.
    """

    first: dt.date
    last: dt.date
    precision: str


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


def last_full_year(day: dt.date) -> int:
    """The last year that has ended by a day: a year's figure holds from its 31 December."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def show_day(day: dt.date, precision: str = "day") -> str:
    """Write a date as precisely as it is known, so that reading it gives the same again."""
    length = {"day": 10, "month": 7, "year": 4}.get(precision)
    return day.isoformat()[:length] if length else precision


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
