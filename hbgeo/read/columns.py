"""What a column, a schema and an issue are; `Notes` collects the issues of one layer's reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.read.cells import clean_text, mask

PROVENANCE = ["file", "sheet", "row"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """One canonical column: the headings it goes by and how its cells are read."""

    id: str
    names: tuple[str, ...]
    type: str = "text"
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    bound: str = "end"
    expected: bool = False


@dataclass(frozen=True)
class Counting:
    """Which rows work, as of a date: the states that count and the dates that bound them."""

    column: str
    states: tuple[str, ...]
    since: str = ""
    until: str = ""
    include_undated: bool = False
    blank: str = ""


@dataclass(frozen=True)
class Fallback:
    """A column that stands in for an empty one, in rows of some kinds only."""

    column: str
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Schema:
    """One kind of layer."""

    key: str
    title: str
    columns: Mapping[str, Column]
    counting: Counting | None = None
    fallback: Mapping[str, Fallback] = field(default_factory=dict)
    mixed: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def heading(self, column: str) -> str:
        """The Chinese heading of a column, for messages and exports."""
        known = self.columns.get(column)
        return known.names[0] if known and known.names else column

    def decides(self, column: Column) -> bool:
        """Whether a bad cell of this column puts its row aside: it decides where or if it counts."""
        counting = self.counting
        bounds = {counting.column, counting.since, counting.until} if counting else set()
        places = {"choice", "yesno", "lon", "lat", "pair", "code"}
        return column.type in places or column.id in bounds


@dataclass(frozen=True)
class Issue:
    """One problem of the data: where it stands, what is wrong, and what to do."""

    layer: str
    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    rule: str
    severity: str
    message: str
    fix: str = ""
    county_code: str = ""
    county: str = ""


@dataclass(frozen=True)
class Tidy:
    """A layer's rows under canonical columns; `aside` holds the rows that may not count.

    `skipped` are the lines of the files that are no rows of data: (file, sheet, row, text).
    """

    frame: pd.DataFrame
    aside: pd.DataFrame
    issues: tuple[Issue, ...]
    skipped: tuple[tuple[str, str, int, str], ...] = ()


class Notes:
    """Collects the issues of one layer's reading; keeps loops over cells out of the readers.

    Parameters
    ----------
    layer
        The layer's key.
    rows
        The rows read, with the columns of `PROVENANCE`.
    """

    def __init__(self, layer: str, rows: pd.DataFrame, schema: Schema) -> None:
        self.layer, self.schema, self.issues = layer, schema, list[Issue]()
        self._where = rows[PROVENANCE]

    def column(self, heading: str, rule: str, message: str, fix: str) -> None:
        """Add a warning about a whole column."""
        file, sheet = ("", "") if self._where.empty else self._where.iloc[0][["file", "sheet"]]
        self.issues.append(
            Issue(self.layer, file, sheet, None, heading, "", rule, "warning", message, fix)
        )

    def cells(
        self,
        wrong: Mask,
        cells: pd.Series,
        say: Callable[[str], str],
        *,
        rule: str,
        fix: str,
        severity: str = "error",
    ) -> None:
        """Add an issue for every cell marked in `wrong`; `say` turns its text into the message."""
        at = np.flatnonzero(wrong)
        if not len(at):
            return
        column = clean_text(str(cells.name))
        rows = self._where.iloc[at]
        texts = cells.iloc[at]
        for file, sheet, row, cell in zip(
            rows["file"], rows["sheet"], rows["row"], texts, strict=True
        ):
            value = mask(clean_text(str(cell)))
            where = (self.layer, file, sheet, int(row), column, value)
            self.issues.append(Issue(*where, rule, severity, f"第{row}行 {say(value)}", fix))


def without(rows: pd.DataFrame, bad: Mask) -> pd.DataFrame:
    """The rows that are not marked; the very same frame where none is: a large one costs time."""
    return rows[~bad] if bad.any() else rows
