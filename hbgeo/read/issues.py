"""What a problem of the data is, the one maker of them, and their table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.cell.column import mark_unique, matches
from hbgeo.read.cell.personal import SUSPECT, fit_to_show, hide_id_cards, hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.schema.personal import is_id_heading
from hbgeo.read.schema.records import Schema

PROVENANCE = ["file", "sheet", "row"]
UNREAD = [*PROVENANCE, "column", "value"]  # of cells that gave no value
_ODD = rf"[\p{{C}}\p{{Zl}}\p{{Zp}}]|{SUSPECT}"  # of texts that are perhaps not fit to be shown


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
        """Add a warning about a whole column, one a sheet; one without a place if there is no row."""
        for file, sheet in self._sheets or [("", "")]:
            where = (self.layer, file, sheet, None, heading, "")
            self.issues.append(Issue(*where, rule, "warning", message, fix))

    @cached_property
    def _sheets(self) -> list[tuple[str, str]]:
        first = self._where.iloc[[part.start for part in sheet_parts(self._where)]]
        return list(zip(first["file"], first["sheet"], strict=True))

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
        hide = hide_id_cards if is_id_heading(column) else hide_numbers
        where = (self._where[name].iloc[at].tolist() for name in PROVENANCE)
        known: dict[str, tuple[str, str]] = {}  # a million cells may say the same
        for file, sheet, row, cell in zip(*where, map(str, cells.iloc[at].tolist()), strict=True):
            if cell not in known:
                value = hide(clean_text(cell), column)
                known[cell] = value, say(value)
            value, said = known[cell]
            place = (self.layer, file, sheet, int(row), column, value)
            self.issues.append(Issue(*place, rule, severity, f"第{row}行 {said}", fix))


def sheet_parts(rows: pd.DataFrame) -> list[slice]:
    """The stretches of rows that come from one sheet each; those of a sheet stand together."""
    where = rows[["file", "sheet"]]
    if len(where) and where.iloc[0].equals(where.iloc[-1]):
        return [slice(0, len(where))]
    new = (where != where.shift()).any(axis=1).to_numpy()
    starts = np.flatnonzero(new).tolist()
    return [slice(a, b) for a, b in pairwise([*starts, len(where)])]


ISSUE_COLUMNS = ["layer", "file", "sheet", "row", "column", "value", "rule", "severity"]
ISSUE_COLUMNS += ["message", "fix", "county_code", "county"]


def issue_table(issues: Sequence[Issue]) -> pd.DataFrame:
    """Issues as a table, in the columns and order every output uses."""
    return sort_issues(issue_rows(issues))


def issue_rows(issues: Iterable[Issue]) -> pd.DataFrame:
    """Issues as a table, in the order they were found in."""
    table = pd.DataFrame([vars(i) for i in issues], columns=ISSUE_COLUMNS)
    texts = [c for c in ISSUE_COLUMNS if c != "row"]
    table = table.astype({**dict.fromkeys(texts, "str"), "row": "Int64"})
    ids = mark_unique(table["column"], is_id_heading)
    for name in (
        "file",
        "sheet",
        "column",
        "message",
        "fix",
    ):  # whatever file, layer or rule they name
        odd = matches(table[name], _ODD) & ~(ids & (name in {"message", "fix"}))
        if odd.any():
            table.loc[odd, name] = [fit_to_show(text) for text in table.loc[odd, name]]
    return table


def sort_issues(table: pd.DataFrame) -> pd.DataFrame:
    """Bring a table of issues into the order every output uses."""
    order = ["severity", "layer", "file", "sheet", "row", "rule", "column"]
    return table.sort_values(order, kind="stable", ignore_index=True)
