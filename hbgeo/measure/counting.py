"""Which rows of a layer count for an indicator as of a date, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.context import Context
from hbgeo.measure.filters import match
from hbgeo.measure.options import Options
from hbgeo.read.policy import Clause, Indicator
from hbgeo.read.schema.records import Schema


@dataclass(frozen=True)
class Working:
    """Which rows work as of the date, and why the others do not."""

    mask: Mask
    set_aside: Mapping[str, Mask] = field(default_factory=dict)
    undated: Mask = field(default_factory=lambda: np.zeros(0, bool))


def working(
    frame: pd.DataFrame,
    schema: Schema,
    options: Options,
    *,
    status: Sequence[str] = (),
    since: str = "",
) -> Working:
    """Mark the rows that work as of a date, by the schema's counting states and dates.

    Dates bound the rows whose state the schema itself counts; a state added by `status` or a
    scenario (规划, 在建) has no opening yet and is taken as it stands.

    Parameters
    ----------
    frame
        A layer of `schema`; its counting column must be there.
    status
        States that replace the schema's.
    since
        A date column that replaces the schema's opening date (for yearly increments).
    """
    counting = schema.counting
    everything = np.ones(len(frame), dtype=bool)
    if counting is None:
        return Working(everything, {}, ~everything)
    row, states = _states(frame[counting.column], counting.blank)
    wanted = {*(status or counting.states), *options.status}
    mask = _among(states, wanted)[row]
    idle = sorted({*states} - wanted)
    aside = {f"状态为{s or '空'}": _among(states, {s})[row] for s in idle}
    dated = mask if since else mask & _among(states, {*counting.states})[row]
    as_of = pd.Timestamp(options.as_of)
    undated = ~everything
    column = since or counting.since
    if column:
        opened = frame[column] if column in frame else pd.Series(pd.NaT, frame.index)
        late = dated & (opened > as_of).to_numpy()
        undated = dated & opened.isna().to_numpy()
        aside[f"{schema.heading(column)}晚于截止日期"] = late
        mask = mask & ~late
        if not _include_undated(schema, options, since):
            aside[f"无{schema.heading(column)}"] = undated
            mask = mask & ~undated
    if counting.until and counting.until in frame:
        gone = mask & (frame[counting.until] <= as_of).to_numpy()
        aside["截止日期前已关闭"] = gone
        mask = mask & ~gone
    if not options.as_if:
        return Working(mask, aside, undated)
    forced = ~everything
    here = frame.index.get_indexer_for(list(options.as_if))  # isin takes fifty times as long
    forced[here[here >= 0]] = True
    return Working(mask | forced, {k: v & ~forced for k, v in aside.items()}, undated)


def _states(cells: pd.Series, blank: str) -> tuple[NDArray[np.intp], list[str]]:
    """The number of each row's state, and the states there are; an empty cell says `blank`."""
    row, states = pd.factorize(cells, use_na_sentinel=False)
    return row, [blank if state == "" or pd.isna(state) else state for state in states.tolist()]


def _among(states: list[str], wanted: set[str]) -> Mask:
    return np.array([state in wanted for state in states], dtype=bool)


def needed_columns(schema: Schema, options: Options, since: str = "") -> list[str]:
    """The columns without which it cannot be told what works."""
    counting = schema.counting
    if counting is None:
        return [since] if since else []
    needed = [] if counting.blank else [counting.column]
    column = since or counting.since
    if column and not _include_undated(schema, options, since):
        needed.append(column)
    return needed


def _include_undated(schema: Schema, options: Options, since: str) -> bool:
    """An increment of a year is never counted without its date."""
    if since:
        return False
    if options.undated:
        return options.undated == "include"
    return schema.counting is not None and schema.counting.include_undated


@dataclass(frozen=True)
class Counted:
    """The rows of a layer that count for an indicator, and why others do not.

    `clauses` has a mask for each clause and the ways it allows; `asked` the rows that each clause
    asks for, whether they count or not.
    """

    clauses: list[tuple[Mask, tuple[str, ...]]]
    asked: list[Mask]
    rows: Mask
    work: Working
    matched: Mask
    years: tuple[int, ...] = ()


def count_rows(one: Indicator, desk: Context, frame: pd.DataFrame) -> Counted:
    """Mark the rows that match the indicator, are of its years, complete, and work."""
    schema, options = desk.source.schema_of(one.layer), desk.options
    mixed = schema.mixed if options.count_mixed else None
    clauses = one.where or (Clause({}),)
    masks = [match(frame, c, mixed) for c in clauses]
    matched = np.asarray(np.logical_or.reduce(masks))
    years: tuple[int, ...] = ()
    if one.year:
        in_years, years = _in_years(one, frame, matched, options)
        matched = matched & in_years
    since = since_of(one, schema)
    table_ratio = one.measure == "ratio" and "unit_code" in frame
    counting = replace(schema, counting=None) if table_ratio else schema
    work = working(frame, counting, options, status=one.status, since=since)
    work = _complete(one, frame, work, schema)
    made = [
        (m & matched & work.mask, c.via or one.via) for m, c in zip(masks, clauses, strict=True)
    ]
    return Counted(made, masks, matched & work.mask, work, matched, years)


def since_of(one: Indicator, schema: Schema) -> str:
    """The date column that replaces the opening date: an increment's, never a column of years."""
    if one.year is None:
        return ""
    column = schema.columns.get(one.year[0])
    return one.year[0] if column is None or column.type == "date" else ""


def _in_years(
    one: Indicator, frame: pd.DataFrame, matched: Mask, options: Options
) -> tuple[Mask, tuple[int, ...]]:
    """Mark the rows of the indicator's years, and undated ones (set aside later); say the years.

    With no year named, the latest that the table has and that is not after the date.
    """
    column, years = one.year or ("", ())
    dated = pd.api.types.is_datetime64_any_dtype(frame[column])
    stated = frame[column].dt.year if dated else frame[column]
    past = (stated <= options.as_of.year).to_numpy()
    if not years:
        known = stated[matched & past]
        years = (int(known.max()),) if len(known) else ()
    mine = stated.isin(years).to_numpy() & (past | dated)
    return (mine | stated.isna().to_numpy() if dated else mine), years


def _complete(one: Indicator, frame: pd.DataFrame, work: Working, schema: Schema) -> Working:
    """Set the rows aside that lack a column the indicator cannot do without."""
    amounts = [c for c in (one.column, one.numerator, one.denominator) if c]
    amounts += [one.weight] if one.measure == "ratio" and one.weight else []
    mask, aside = work.mask, dict(work.set_aside)
    for column in dict.fromkeys([*one.filled, *amounts]):
        empty = mask & (frame[column].isna() | (frame[column] == "")).to_numpy()
        aside[f"“{schema.heading(column)}”为空"] = empty
        mask = mask & ~empty
    return replace(work, mask=mask, set_aside=aside)


def with_year(one: Indicator, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table of yearly figures without a year column the year its catalogue entry states."""
    if one.year is None or one.year[0] in frame:
        return frame
    made = frame.assign(**{one.year[0]: float(frame.attrs["year"])})
    made.attrs = frame.attrs
    return made
