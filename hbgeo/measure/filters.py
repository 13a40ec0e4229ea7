"""Which rows a filter asks for: values, never expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.columns import Columns
from hbgeo.read.indicator import Clause
from hbgeo.read.schema.records import Schema


def match(
    frame: pd.DataFrame,
    clause: Clause,
    mixed: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
    columns: Columns | None = None,
) -> Mask:
    """Mark the rows in which every column of the clause holds one of its values.

    A cell with several values matches when one of them is asked for; "全托+日托" asks for both.

    Parameters
    ----------
    mixed
        Column → value → further values to take for it.
    columns
        The frame's columns, if they are known from other filters.
    """
    known = columns or Columns(frame)
    hit = np.ones(len(frame), dtype=bool)
    for column, values in clause.wanted.items():
        also = {more for v in values for more in (mixed or {}).get(column, {}).get(v, ())}
        hit &= _holds(known, column, {*values, *also})
    return hit


def _holds(columns: Columns, column: str, wanted: set[str]) -> Mask:
    """Mark the cells that hold one of the wanted values."""
    cells = columns.frame[column]
    if cells.dtype != object and not isinstance(cells.dtype, pd.StringDtype):
        return np.asarray(cells.astype("str").isin(wanted).to_numpy(), dtype=bool)
    row, held = columns.told(column)
    if cells.dtype != object:  # no column but one of objects can hold tuples
        return np.array([v in wanted for v in held], dtype=bool)[row]
    all_of = [set(w.split("+")) for w in wanted]
    hits = [
        any(parts <= set(v) for parts in all_of) if isinstance(v, tuple) else str(v) in wanted
        for v in held
    ]
    return np.asarray(np.array(hits, dtype=bool)[row])


def absent_columns(frame: pd.DataFrame, clauses: Sequence[Clause]) -> list[str]:
    """The columns the clauses ask for that the frame does not have."""
    return [c for c in dict.fromkeys(c for one in clauses for c in one.wanted) if c not in frame]


def describe(clauses: Sequence[Clause], schema: Schema | None) -> str:
    """A filter in words, under the schema's Chinese headings."""
    said = []
    for clause in clauses:
        parts = [
            in_sentence(f"{schema.heading(c) if schema else c}={'、'.join(v)}")
            for c, v in clause.wanted.items()
        ]
        if clause.via:
            parts.append(f"方式={'、'.join(VIA_WORDS[v] for v in clause.via)}")
        said.append("，".join(parts))
    return "；或 ".join(said)


VIA_WORDS = {"inside": "境内", "named": "按名称", "served": "服务范围"}


def any_of(frame: pd.DataFrame, clauses: Sequence[Clause], columns: Columns | None = None) -> Mask:
    """Mark the rows that one of the clauses asks for; all where there is none (see `match`)."""
    if not clauses:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(np.logical_or.reduce([match(frame, c, None, columns) for c in clauses]))
