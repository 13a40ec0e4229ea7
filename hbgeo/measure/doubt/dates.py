"""Which dates leave open whether a row counts, and the days that they may mean.

A date that nobody wrote, or that could not be read, may be any day; a year or a month alone any day of
it. What a day changes depends on few days only: the date of the figure, the years that an indicator
counts, the first of its last so many days. So a handful of days stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.check.rows import ends_of
from hbgeo.measure.options import Options
from hbgeo.read.indicator import Indicator
from hbgeo.read.schema.records import Schema

# dates that whatever works has: a blank one is an omission. Of others (提档升级时间, 巡查时间) a blank
# says that it has not come to pass.
ALWAYS = ("completed_on",)
LONG_AGO = pd.Timestamp(1901, 1, 1)


@dataclass(frozen=True)
class Days:
    """The days that stand for all, by date column.

    Attributes
    ----------
    any
        Column → days of which one stands for whatever day it was.
    edges
        Column → last days before something changes: a period that reaches beyond one is open.
    blank
        The columns that should not be blank, in rows that work.
    """

    any: Mapping[str, tuple[pd.Timestamp, ...]]
    edges: Mapping[str, tuple[pd.Timestamp, ...]]
    blank: tuple[str, ...]


def days_of(schema: Schema, indicators: Iterable[Indicator], options: Options) -> Days:
    """Tell the days that matter to the indicators of a layer."""
    last = pd.Timestamp(options.as_of)
    after = last + pd.Timedelta(days=1)
    days: dict[str, set[pd.Timestamp]] = {}
    edges: dict[str, set[pd.Timestamp]] = {}
    counting, blank = schema.counting, set[str]()
    for column in () if counting is None else (counting.since, counting.until):
        if column:
            days[column], edges[column] = {last, after}, {last}
    if counting and counting.since:
        blank.add(counting.since)
    for one in indicators:
        for column, some, ends in _asked(one, options.as_of):
            days.setdefault(column, {last, after}).update(some)
            edges.setdefault(column, {last}).update(ends)
            blank |= {column} & {*ALWAYS}
    named = {c: tuple(sorted(v)) for c, v in days.items()}
    return Days(named, {c: tuple(sorted(v)) for c, v in edges.items()}, tuple(sorted(blank)))


def _asked(one: Indicator, as_of: date) -> list[tuple[str, list[pd.Timestamp], list[pd.Timestamp]]]:
    """The date columns of an indicator, with days in and around what it counts."""
    asked = []
    if one.year:
        years = (as_of.year,) if one.of_its_date else one.year[1]
        ends = [pd.Timestamp(min(date(y, 12, 31), as_of)) for y in years if y <= as_of.year]
        before = [pd.Timestamp(date(y - 1, 12, 31)) for y in years]
        asked.append((one.year[0], [*ends, LONG_AGO], [*ends, *before]))
    if one.recent:
        first = pd.Timestamp(as_of - timedelta(days=one.recent[1]))
        asked.append((one.recent[0], [LONG_AGO], [first]))
    return asked


def open_periods(frame: pd.DataFrame, column: str, edges: Iterable[pd.Timestamp]) -> Mask:
    """Mark the rows whose year or month reaches beyond a day on which something changes."""
    precise = frame.get(f"{column}_precision")
    if precise is None:
        return np.zeros(len(frame), dtype=bool)
    rough = precise.isin(["year", "month"]).to_numpy() & frame[column].notna().to_numpy()
    if not rough.any():
        return rough
    first, last = (period_ends(frame[rough], column, last=at) for at in (False, True))
    crossed = np.zeros(int(rough.sum()), dtype=bool)
    for edge in edges:
        crossed |= ((first <= edge) & (last > edge)).to_numpy()
    rough[rough] = crossed
    return rough


def period_ends(frame: pd.DataFrame, column: str, *, last: bool) -> pd.Series:
    """The first or the last days of the periods that dates stand for."""
    days, precise = frame[column].copy(), frame[f"{column}_precision"]
    for words in ("year", "month"):
        of = (precise == words).to_numpy()
        days[of] = ends_of(days[of].to_numpy(), words, last=last)
    return days


def days_between(
    first: pd.Timestamp, last: pd.Timestamp, days: Iterable[pd.Timestamp]
) -> list[pd.Timestamp]:
    """The days of a period that stand for it: its ends, and those in it that matter."""
    inside = [day for day in days if first < day < last]
    return list(dict.fromkeys([first, *inside, last]))
