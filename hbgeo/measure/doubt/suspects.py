"""The rows of a layer that its data leave open, and in which respect: nothing here is a new guess.

Whatever reading and placing already know of a row is taken up: cells that gave no value, rows put aside
for them or for the unit they name, dates that are blank or too rough for the date of the figure, points
and names that contradict each other, rows that may tell one thing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.check.rows import near_twins
from hbgeo.measure.doubt.cells import readings_of
from hbgeo.measure.doubt.dates import Days, days_between, open_periods, period_ends
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.rows import left_out, positions_of, stacked
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.schema.records import Schema
from hbgeo.read.table import LayerTable
from hbgeo.read.units.left_out import PLACE, SERVED, TWICE

NAMING = (
    *("county_code", "county", "township_code", "township", "village_code", "village"),
    *("code", "name", PLACE),
)
POINT = ("lon", "lat", "lonlat", "point", "coord_sys", "坐标系")
AMOUNT = "amount"  # kind of a doubt that nothing bounds


@dataclass(frozen=True)
class Note:
    """One respect in which a row is in doubt: its kind, and for cells the column and what it may say."""

    row: int
    kind: str
    column: str = ""
    says: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Suspects:
    """Rows in doubt, as they read.

    Attributes
    ----------
    frame
        The rows under the layer's columns; `why` says what is wrong with those that were left out.
    base
        The position of each in the layer; -1 of one that was left out.
    notes
        In what respects.
    twins
        Pairs of rows that may tell one thing twice.
    dates
        Date column → the rows in which it is blank and should not be: it may be any of the days
        that matter. Apart from `notes`, as there may be a million of them.
    """

    frame: pd.DataFrame
    base: Whole
    notes: tuple[Note, ...] = ()
    twins: tuple[tuple[int, int], ...] = ()
    dates: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.base)

    def marked(self, kind: str) -> Mask:
        """Mark the rows that are in doubt in one respect."""
        marked = np.zeros(len(self), dtype=bool)
        marked[[note.row for note in self.notes if note.kind == kind]] = True
        return marked

    def cells(self) -> dict[int, dict[str, tuple[Any, ...]]]:
        """Row → column → what its cell may say instead of what it says now."""
        made: dict[int, dict[str, tuple[Any, ...]]] = {}
        for note in self.notes:
            if note.column:
                of = made.setdefault(note.row, {})
                of[note.column] = tuple(dict.fromkeys((*of.get(note.column, ()), *note.says)))
        return made


def find_suspects(
    layer: LayerTable, days: Days, states: Sequence[str], standing: Mapping[str, Mask]
) -> Suspects:
    """Find the rows of a layer that are in doubt.

    Parameters
    ----------
    days
        The days that matter to what is measured on the layer.
    states
        The states that count: a row of another need not say when it opened.
    standing
        Kind → rows of the layer that are in doubt for where they stand.
    """
    frame, left = layer.frame, left_out(layer)
    known, (above, below) = positions_of(frame, layer.unread), _twins(layer)
    works = _works(layer, states)
    blank = {c: works & frame[c].isna().to_numpy() for c in days.blank if c in frame}
    rough = [open_periods(frame, c, e) for c, e in days.edges.items() if c in frame]
    marked = np.zeros(len(frame), dtype=bool)
    for rows in (known[known >= 0], above, below, *blank.values(), *rough, *standing.values()):
        marked[rows] = True
    base = np.flatnonzero(marked)
    at = np.full(len(frame) + 1, -1)
    at[base] = np.arange(len(base))
    whole = stacked(frame.iloc[base], left)
    twins = tuple(zip(at[above].tolist(), at[below].tolist(), strict=True))
    notes = [
        *_of_cells(at[known], layer.unread, layer.kind, days),
        *_of_left(len(base), left, layer.unread, layer.kind, days),
        *_of_periods(whole, days),
        *(Note(int(row), kind) for kind, rows in standing.items() for row in at[:-1][rows]),
        *(Note(row, "twins") for row in sorted({row for pair in twins for row in pair})),
    ]
    _without_points(whole, notes)
    base = np.append(base, np.full(len(left), -1)).astype(np.int64)
    return Suspects(whole, base, tuple(notes), twins, _blanks(whole, base, blank, notes))


def _blanks(
    rows: pd.DataFrame, base: Whole, blank: Mapping[str, Mask], notes: Sequence[Note]
) -> dict[str, Mask]:
    """Where dates are blank that should not be; one that could not be read is not blank."""
    made = {c: rows[c].isna().to_numpy() & _of(mask, base) for c, mask in blank.items()}
    for note in notes:
        if note.column in made:
            made[note.column][note.row] = False
    return made


def _without_points(rows: pd.DataFrame, notes: Sequence[Note]) -> None:
    """Take the points away that cannot be used."""
    lost = [note.row for note in notes if note.kind == "point"]
    if lost and "x" in rows:
        rows.loc[lost, ["x", "y"]] = np.nan


def _works(layer: LayerTable, states: Sequence[str]) -> Mask:
    """Mark the rows in a state that counts."""
    counting, frame = layer.kind.counting, layer.frame
    if counting is None or counting.column not in frame:
        return np.ones(len(frame), dtype=bool)
    column = frame[counting.column]
    cells = column.where(column != "", counting.blank) if counting.blank else column
    return np.asarray(cells.isin([*counting.states, *states]).to_numpy(), dtype=bool)


def _of(rows: Mask, base: Whole) -> Mask:
    """The marks of rows of the layer as those of suspects; of those left out all."""
    return np.append(rows, True)[base]


def _of_cells(at: Whole, unread: pd.DataFrame, schema: Schema, days: Days) -> list[Note]:
    """The cells of rows that count which gave no value."""
    notes, known = list[Note](), dict[tuple[str, str], tuple[str, tuple[Any, ...]]]()
    for row, column, text in zip(at.tolist(), unread["column"], unread["value"], strict=True):
        if row >= 0 and column == SERVED:
            notes.append(Note(row, "served"))
        elif row >= 0:
            if (column, text) not in known:  # a million cells may say the same
                known[column, text] = readings_of(schema, column, text, days)
            kind, values = known[column, text]
            notes += [Note(row, kind, column, values)] if kind else []
    return notes


def _of_left(
    start: int, left: pd.DataFrame, unread: pd.DataFrame, schema: Schema, days: Days
) -> list[Note]:
    """What is wrong with the rows left out; those with unreadable cells may say what they allow."""
    notes = []
    said = {
        (file, sheet, int(row), column): text
        for file, sheet, row, column, text in unread.itertuples(index=False, name=None)
    }
    for i, row in enumerate(left[[*PROVENANCE, "why"]].itertuples(index=False, name=None)):
        *where, why = row
        for column in why.split(","):
            text = said.get((where[0], where[1], int(where[2]), column), "")
            notes.append(_note_left(start + i, column, text, schema, days))
    return notes


def _note_left(row: int, column: str, text: str, schema: Schema, days: Days) -> Note:
    if column == SERVED:
        return Note(row, "served")
    if column == TWICE:
        return Note(row, "contrary")
    if column in POINT:
        return Note(row, "point")
    if column in NAMING:
        return Note(row, "place" if column == PLACE else "name")
    kind, values = readings_of(schema, column, text, days)
    return Note(row, kind or AMOUNT, column, values)


def _of_periods(rows: pd.DataFrame, days: Days) -> list[Note]:
    """Years and months that reach beyond a day that matters."""
    notes = []
    for column, edges in days.edges.items():
        if column not in rows:
            continue
        at = np.flatnonzero(open_periods(rows, column, edges))
        if len(at):
            some = rows.iloc[at]
            ends = [period_ends(some, column, last=last).tolist() for last in (False, True)]
            for row, first, last in zip(at.tolist(), *ends, strict=True):
                values = tuple(days_between(first, last, days.any[column]))
                notes.append(Note(row, "period", column, values))
    return notes


def _twins(layer: LayerTable) -> tuple[Whole, Whole]:
    """Pairs of rows that may tell one thing twice: of one name within 100 m, or in two sheets."""
    frame = layer.frame
    if "name" not in frame or "unit_code" in frame:
        none = np.zeros(0, dtype=np.int64)
        return none, none
    above, below, _ = near_twins(frame)
    issues = layer.issues
    told = issues[(issues["rule"] == "W04") & issues["row"].notna()]
    later = positions_of(frame, told)
    later = later[later >= 0]
    first = _first_alike(frame)[later] if len(later) else later
    again = np.column_stack([first, later])[(first >= 0) & (first < later)]
    pairs = np.unique(np.concatenate([np.column_stack([above, below]), again]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _first_alike(frame: pd.DataFrame) -> Whole:
    """By row the first that has its name and its units, itself perhaps; -1 of rows that lack one."""
    alike, whole = np.zeros(len(frame), dtype=np.int64), np.ones(len(frame), dtype=bool)
    for column in ("name", "county_code", "township_code"):
        if column in frame:
            number, found = pd.factorize(frame[column])  # of what is missing -1
            whole &= number >= 0
            alike = pd.factorize(alike * (len(found) + 1) + number + 1)[0].astype(np.int64)
    first = np.unique(alike, return_index=True)[1]  # numbered in the order in which they come
    return np.where(whole, first[alike], -1)
