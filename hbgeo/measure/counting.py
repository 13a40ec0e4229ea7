"""Which rows of a layer count for an indicator as of a date, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.context import Context
from hbgeo.measure.filters import any_of, match
from hbgeo.measure.options import Options
from hbgeo.read.cell.column import map_unique
from hbgeo.read.cell.dates import last_full_year
from hbgeo.read.cell.numbers import number_of
from hbgeo.read.columns import Columns
from hbgeo.read.indicator import Clause, Indicator
from hbgeo.read.schema.records import Schema
from hbgeo.read.table import LayerTable


@dataclass(frozen=True)
class Working:
    """Which rows work as of the date, and why the others do not."""

    mask: Mask
    set_aside: Mapping[str, Mask] = field(default_factory=dict)
    undated: Mask = field(default_factory=lambda: np.zeros(0, bool))

    def without(self, why: str, rows: Mask) -> Working:
        """The same with some rows set aside for a reason."""
        return replace(self, mask=self.mask & ~rows, set_aside={**self.set_aside, why: rows})


def working(
    frame: pd.DataFrame,
    schema: Schema,
    options: Options,
    *,
    status: Sequence[str] = (),
    since: str = "",
    columns: Columns | None = None,
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
    columns
        The frame's columns, if they are known from other filters.
    """
    counting = schema.counting
    if counting is None:
        return Working(np.ones(len(frame), bool), {}, np.zeros(len(frame), bool))
    row, states = _states(columns or Columns(frame), counting.column, counting.blank)
    wanted = {*(status or counting.states), *options.status}
    idle = sorted({*states} - wanted)
    aside = {f"状态为{s or '空'}": _among(states, {s})[row] for s in idle}
    work = Working(_among(states, wanted)[row], aside, np.zeros(len(frame), bool))
    bound = work.mask if since else work.mask & _among(states, {*counting.states})[row]
    if since or counting.since:
        work = _opened(frame, work, bound, schema, options, since)
    if counting.until in frame and not {*status} & {*counting.ended}:
        gone = work.mask & (frame[counting.until] <= pd.Timestamp(options.as_of)).to_numpy()
        work = work.without("截止日期前已关闭", gone)
    return _as_if(work, frame, options) if options.as_if else work


def _opened(
    frame: pd.DataFrame, work: Working, bound: Mask, schema: Schema, options: Options, since: str
) -> Working:
    """Set aside those of the rows bound by dates that open later, or say no date."""
    column = since or (schema.counting.since if schema.counting else "")
    opened = frame[column] if column in frame else pd.Series(pd.NaT, frame.index)
    days = opened.to_numpy()  # plain days are compared without a series around them
    dated = days.dtype.kind == "M"
    after = days > np.datetime64(options.as_of) if dated else opened > pd.Timestamp(options.as_of)
    work = work.without(f"{schema.heading(column)}晚于截止日期", bound & np.asarray(after))
    undated = bound & (np.isnat(days) if dated else opened.isna().to_numpy())
    if not _include_undated(schema, options, since):
        work = work.without(f"无{schema.heading(column)}", undated)
    return replace(work, undated=undated)


def _as_if(work: Working, frame: pd.DataFrame, options: Options) -> Working:
    """Count the facilities of a scenario as if they worked."""
    forced = np.zeros(len(frame), bool)
    asked = pd.Index(list(options.as_if))
    here = frame.index.get_indexer_for(asked)  # isin takes fifty times as long
    forced[here[here >= 0]] = True
    aside = {why: rows & ~forced for why, rows in work.set_aside.items()}
    return Working(work.mask | forced, aside, work.undated)


def _states(
    columns: Columns, column: str, blank: str
) -> tuple[NDArray[np.integer[Any]], list[str]]:
    """The number of each row's state, and the states there are; an empty cell says `blank`."""
    row, states = columns.told(column)
    return row, [blank if state == "" or pd.isna(state) else state for state in states]


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
    asks for, whether they count or not; `earlier` those that say the same of an earlier year.
    """

    clauses: list[tuple[Mask, tuple[str, ...]]]
    asked: list[Mask]
    rows: Mask
    work: Working
    matched: Mask
    years: tuple[int, ...] = ()
    earlier: Mask | None = None


@dataclass(frozen=True)
class Case:
    """One indicator, the units and the layer it is measured on, and which rows count."""

    one: Indicator
    context: Context
    units: LayerTable
    layer: LayerTable
    counted: Counted


def count_rows(one: Indicator, options: Options, layer: LayerTable) -> Counted:
    """Mark the rows that match the indicator, are of its years, complete, and work."""
    schema, frame = layer.kind, layer.frame
    mixed = schema.mixed if options.count_mixed else None
    clauses = one.where or (Clause({}),)
    masks = [match(frame, c, mixed, layer.columns) for c in clauses]
    matched = np.asarray(np.logical_or.reduce(masks))
    years: tuple[int, ...] = ()
    earlier = None
    if one.year:
        in_years, years = _in_years(one, frame, matched, options)
        if not one.year[1] and years and pd.api.types.is_numeric_dtype(frame[one.year[0]]):
            earlier = matched & (frame[one.year[0]] < years[0]).to_numpy()
        matched = matched & in_years
    since = since_of(one, schema)
    table_ratio = one.measure == "ratio" and "unit_code" in frame
    counting = replace(schema, counting=None) if table_ratio else schema
    work = working(frame, counting, options, status=one.status, since=since, columns=layer.columns)
    work = _complete(one, frame, work, schema)
    made = [
        (m & matched & work.mask, c.via or one.via) for m, c in zip(masks, clauses, strict=True)
    ]
    return Counted(made, masks, matched & work.mask, work, matched, years, earlier)


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

    With no year named, the latest that the table has and that has ended by the date: a column of
    years holds what is known at the end of each.
    """
    column, years = one.year or ("", ())
    years = (options.as_of.year,) if one.of_its_date else years
    dated = pd.api.types.is_datetime64_any_dtype(frame[column])
    stated = frame[column].dt.year if dated else frame[column]
    past = (stated <= (options.as_of.year if dated else last_full_year(options.as_of))).to_numpy()
    if not years:
        known = stated[matched & past]
        years = (int(known.max()),) if len(known) else ()
    mine = stated.isin(years).to_numpy() & (past | dated)
    return (mine | stated.isna().to_numpy() if dated else mine), years


def _complete(one: Indicator, frame: pd.DataFrame, work: Working, schema: Schema) -> Working:
    """Set the rows aside that lack a column the indicator cannot do without."""
    mask, aside = work.mask, dict(work.set_aside)
    for column in dict.fromkeys([*one.filled, *amounts_of(one)]):
        empty = mask & (frame[column].isna() | (frame[column] == "")).to_numpy()
        aside[said_empty(one, column, schema)] = empty
        mask = mask & ~empty
    return replace(work, mask=mask, set_aside=aside)


def said_empty(one: Indicator, column: str, schema: Schema) -> str:
    """Why a row that lacks a column is set aside."""
    known = column in schema.columns or column in one.filled
    return f"“{schema.heading(column)}”为空{'' if known else '或不是数'}"


def part_of(one: Indicator, frame: pd.DataFrame, as_of: date) -> Mask:
    """Mark the rows that are the numerator of a share: of a kind, or of the last days."""
    if one.recent is None:
        return any_of(frame, one.part)
    column, days = one.recent
    last = pd.Timestamp(as_of)
    dates = frame[column]
    return ((dates <= last) & (dates > last - pd.Timedelta(days=days))).to_numpy()


def amounts_of(one: Indicator) -> list[str]:
    """The columns of its layer that an indicator adds up."""
    weight = one.weight if one.measure == "ratio" else ""
    own = "" if one.beside else one.denominator
    return [c for c in (one.column, one.numerator, own, weight) if c]


def with_numbers(columns: Sequence[str], layer: LayerTable) -> LayerTable:
    """Read as numbers the columns to be added up that only the catalogue knows, not the schema."""
    texts = [c for c in columns if not pd.api.types.is_numeric_dtype(layer.frame[c])]
    numbers = {c: map_unique(layer.frame[c], number_of).astype(float) for c in texts}
    sound = {c: values.where(values >= 0) for c, values in numbers.items()}
    return layer.assign(**sound) if sound else layer


def with_year(one: Indicator, layer: LayerTable) -> LayerTable:
    """Give a table of yearly figures without a year column the year its catalogue entry states."""
    if one.year is None or one.year[0] in layer or layer.year is None:
        return layer
    return layer.assign(**{one.year[0]: float(layer.year)})
