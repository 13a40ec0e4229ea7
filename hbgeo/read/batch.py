"""A layer's tables → one: each under its own headings, the small ones of the same headings at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import arrow, as_cells
from hbgeo.read.file.ledger import RawTable
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.points import to_points
from hbgeo.read.schema.ranges import EXTENT
from hbgeo.read.schema.records import Schema
from hbgeo.read.schema.tidy import Tidy, tidy
from hbgeo.read.shapes import set_shapes_aside

_SMALL = 1_000  # rows of a table that waits for others
_MANY = 200  # of them at a time


class Batches:
    """Tidies the tables of a layer as they come, and puts them together in that order.

    A table of one row costs as much as one of thousands: thousands of files and sheets are only
    worth reading where those that name their columns alike are tidied together.
    """

    def __init__(self, layer: Layer, schema: Schema) -> None:
        self._layer, self._schema = layer, schema
        self._starts, self._rows = list[int](), 0  # where each table begins, among all rows
        self._waiting: dict[tuple[str, ...], list[RawTable]] = {}
        self._made: list[Tidy] = []

    def add(self, table: RawTable, file: str) -> None:
        """Take the next table, of the file that is so called.

        Raises
        ------
        LayerError
            If no column says where a row is, or none says its CRS; perhaps of a table before.
        """
        frame, start = table.frame, self._rows
        self._rows += len(frame)
        self._starts.append(start)
        table = RawTable(frame.set_axis(pd.RangeIndex(start, self._rows)), table.meaning)
        if frame.empty:  # no row says whose columns are wrong
            [made] = self._tidied([table])
            issues = tuple(replace(issue, file=file) for issue in made.issues)
            self._made.append(replace(made, issues=issues))
            return
        if "geometry" in frame or len(frame) > _SMALL:
            self._made += self._tidied([table])
            return
        headings = tuple(frame.columns)
        alike = self._waiting.setdefault(headings, [])
        alike.append(table)
        if len(alike) == _MANY:
            self._made += self._tidied(self._waiting.pop(headings))

    def joined(self) -> Tidy:
        """All tables as one: the rows that may count, those that may not, what is wrong with either.

        Raises
        ------
        LayerError
            As `add` does.
        """
        for alike in self._waiting.values():
            self._made += self._tidied(alike)
        self._waiting.clear()
        frame = self._in_order([one.frame for one in self._made])
        aside = self._in_order([one.aside for one in self._made])
        issues = tuple(issue for one in self._made for issue in one.issues)
        unread = pd.concat([one.unread for one in self._made], ignore_index=True)
        return Tidy(frame, aside, issues, unread=unread)

    def _tidied(self, tables: list[RawTable]) -> list[Tidy]:
        try:
            return [self._tidy(_together(tables) if len(tables) > 1 else tables[0])]
        except LayerError:
            if len(tables) == 1:
                raise
            half = len(tables) // 2  # of one of them: alone it is named
            return self._tidied(tables[:half]) + self._tidied(tables[half:])

    def _tidy(self, table: RawTable) -> Tidy:
        layer, schema = self._layer, self._schema
        made = tidy(table.frame, table.meaning, schema, layer.key)
        if layer.role in {"units", "task", "background", "lines"}:
            return made
        if "geometry" in made.frame:
            made = set_shapes_aside(made, layer.key, schema)
        return to_points(made, layer, schema)

    def _in_order(self, frames: list[pd.DataFrame]) -> pd.DataFrame:
        """Put frames together, their rows in the order of the tables they came from."""
        whole = frames[0] if len(frames) == 1 else _concat(frames, self._schema)
        table = np.searchsorted(self._starts, whole.index, "right")
        if (np.diff(table) < 0).any():
            whole = whole.iloc[np.argsort(table, kind="stable")]
        return whole.reset_index(drop=True)


def _together(tables: Sequence[RawTable]) -> RawTable:
    """Tables of the same headings as one."""
    whole = pd.concat([table.frame for table in tables])
    texts = {c: as_cells(arrow(whole[c])) for c in whole if c not in PROVENANCE}
    columns = {**texts, **dict(whole[PROVENANCE].items())}
    return RawTable(pd.DataFrame(columns, index=whole.index), tables[0].meaning)


def _concat(frames: list[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    """Put frames below each other; a column that one of them lacks is empty there."""
    columns = list(dict.fromkeys(c for f in frames for c in f.columns))
    blanks = {c: _blank_of(c, schema) for c in columns}
    whole = []
    for frame in frames:
        lacking = {
            c: pd.Series([blanks[c]] * len(frame), frame.index, dtype=_dtype_of(c, schema))
            for c in columns
            if c not in frame
        }
        made = frame.assign(**lacking)[columns]
        words = [c for c in columns if isinstance(made[c].dtype, pd.CategoricalDtype)]
        whole.append(made.astype(dict.fromkeys(words, "str")))
    return pd.concat(whole)


def _blank_of(column: str, schema: Schema) -> Any:
    kind = schema.columns[column].type if column in schema.columns else ""
    if column in {"x", "y", "lon", "lat", EXTENT} or kind in {"number", "area", "speed"}:
        return np.nan
    return {"date": pd.NaT, "choices": ()}.get(kind, "")


def _dtype_of(column: str, schema: Schema) -> str:
    blank = _blank_of(column, schema)
    if blank is pd.NaT:
        return "datetime64[s]"
    return "object" if blank == () else "float64" if isinstance(blank, float) else "str"
