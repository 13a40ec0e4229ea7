"""Which rows of a layer count for an indicator, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from hbgeo.measure.desk import Desk
from hbgeo.measure.select import (
    Mask,
    Options,
    Working,
    match,
    working,
)
from hbgeo.read.catalog import Clause, Indicator
from hbgeo.read.schema import Schema


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


def count_rows(one: Indicator, desk: Desk, frame: pd.DataFrame) -> Counted:
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


def any_of(frame: pd.DataFrame, clauses: Sequence[Clause]) -> Mask:
    """Mark the rows that one of the clauses asks for; all where there is none."""
    if not clauses:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(np.logical_or.reduce([match(frame, c) for c in clauses]))
