"""Which rows count: the values a filter asks for, and what works as of a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.read.catalog import Clause
from hbgeo.read.schema import Schema

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Options:
    """What a user may ask differently; the defaults are the policy's own reading.

    Attributes
    ----------
    as_of
        The date the figures hold for.
    undated
        `include` or `exclude` rows without an opening date; "" as the schema says.
    count_mixed
        Take values that are only partly what a filter asks for (经营性(含公益性墓区)).
    status
        Further states that count: a scenario.
    as_if
        Ids of facilities to count as if they worked: a scenario.
    weight
        Column of the units to weigh by; "" as the indicator says.
    within
        Code of the county or prefecture to which figures are restricted; "" for all.
    """

    as_of: date
    undated: str = ""
    count_mixed: bool = False
    status: tuple[str, ...] = ()
    as_if: tuple[str, ...] = ()
    weight: str = ""
    within: str = ""


@dataclass(frozen=True)
class Working:
    """Which rows work as of the date, and why the others do not."""

    mask: Mask
    set_aside: Mapping[str, Mask] = field(default_factory=dict)
    undated: Mask = field(default_factory=lambda: np.zeros(0, bool))


def match(
    frame: pd.DataFrame,
    clause: Clause,
    mixed: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
) -> Mask:
    """Mark the rows in which every column of the clause holds one of its values.

    A cell with several values matches when one of them is asked for; "全托+日托" asks for both.

    Parameters
    ----------
    mixed
        Column → value → further values to take for it.
    """
    hit = np.ones(len(frame), dtype=bool)
    for column, values in clause.wanted.items():
        also = {more for v in values for more in (mixed or {}).get(column, {}).get(v, ())}
        hit &= _holds(frame[column], {*values, *also})
    return hit


def _holds(cells: pd.Series, wanted: set[str]) -> Mask:
    """Mark the cells that hold one of the wanted values."""
    if cells.dtype != object:  # no column but one of objects can hold tuples
        texts = cells if isinstance(cells.dtype, pd.StringDtype) else cells.astype("str")
        return np.asarray(texts.isin(wanted).to_numpy(), dtype=bool)
    row, held = pd.factorize(cells.to_numpy(), use_na_sentinel=False)
    all_of = [set(w.split("+")) for w in wanted]
    hits = [
        any(parts <= set(v) for parts in all_of) if isinstance(v, tuple) else str(v) in wanted
        for v in held
    ]
    return np.asarray(np.array(hits, dtype=bool)[row])


def absent_columns(frame: pd.DataFrame, clauses: Sequence[Clause]) -> list[str]:
    """The columns the clauses ask for that the frame does not have."""
    return [c for c in dict.fromkeys(c for one in clauses for c in one.wanted) if c not in frame]


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


def describe(clauses: Sequence[Clause], schema: Schema | None) -> str:
    """A filter in words, under the schema's Chinese headings."""
    said = []
    for clause in clauses:
        parts = [
            f"{schema.heading(c) if schema else c}={'、'.join(v)}" for c, v in clause.wanted.items()
        ]
        if clause.via:
            parts.append(f"方式={'、'.join(VIA_WORDS[v] for v in clause.via)}")
        said.append(",".join(parts))
    return ";或 ".join(said)


VIA_WORDS = {"inside": "境内", "named": "按名称", "served": "服务范围"}


def _include_undated(schema: Schema, options: Options, since: str) -> bool:
    """An increment of a year is never counted without its date."""
    if since:
        return False
    if options.undated:
        return options.undated == "include"
    return schema.counting is not None and schema.counting.include_undated
