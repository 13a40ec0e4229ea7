"""The rows of a layer that its data leave open, and in which respect: nothing here is a new guess.

Whatever reading and placing already know of a row is taken up: cells that gave no value, rows put aside
for them or for the unit they name, dates that are blank or too rough for the date of the figure, points
and names that contradict each other, rows that may tell one thing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np
import pandas as pd

from hbgeo.alike import number_together, numbered
from hbgeo.arrays import Mask
from hbgeo.measure.check.rows import near_twins
from hbgeo.measure.doubt.cells import readings_of
from hbgeo.measure.doubt.dates import Days, days_between, open_periods, period_ends
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.respects import Collected, Notes, Respect
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
    notes: Notes
    twins: tuple[tuple[int, int], ...] = ()
    dates: Mapping[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.base)

    def marked(self, kind: str) -> Mask:
        """Mark the rows that are in doubt in one respect."""
        return self.notes.marked(lambda one: one.kind == kind)


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
    made = Collected()
    _of_cells(made, at[known], layer.unread, layer.kind, days)
    _of_left(made, len(base), left, layer.unread, layer.kind, days)
    _of_periods(made, whole, days)
    for kind, rows in standing.items():
        made.add(at[:-1][rows], Respect(kind))
    made.add(np.unique(at[np.concatenate([above, below])]), Respect("twins"))
    notes = made.notes(len(whole))
    _without_points(whole, notes)
    base = np.append(base, np.full(len(left), -1)).astype(np.int64)
    return Suspects(whole, base, notes, twins, _blanks(whole, base, blank, notes))


def _blanks(
    rows: pd.DataFrame, base: Whole, blank: Mapping[str, Mask], notes: Notes
) -> dict[str, Mask]:
    """Where dates are blank that should not be; one that could not be read is not blank."""
    made = {}
    for column, mask in blank.items():
        unread = notes.marked(partial(_is_of, column=column))
        made[column] = rows[column].isna().to_numpy() & _of(mask, base) & ~unread
    return made


def _is_of(one: Respect, column: str) -> bool:
    return one.column == column


def _without_points(rows: pd.DataFrame, notes: Notes) -> None:
    """Take the points away that cannot be used."""
    lost = notes.marked(lambda one: one.kind == "point")
    if lost.any() and "x" in rows:
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


def _of_cells(made: Collected, at: Whole, unread: pd.DataFrame, schema: Schema, days: Days) -> None:
    """The cells of rows that count which gave no value."""

    def read(column: str, text: str) -> Respect | None:
        if column == SERVED:
            return Respect("served")
        kind, values = readings_of(schema, column, text, days)
        return Respect(kind, column, values) if kind else None

    here = at >= 0
    _each(made, at[here], unread["column"][here], unread["value"][here], read)


def _each(
    made: Collected,
    rows: Whole,
    columns: pd.Series,
    texts: pd.Series,
    read: Callable[[str, str], Respect | None],
) -> None:
    """Note what cells may say, each once that says the same: a million may."""
    number = numbered([columns, texts])
    first = np.unique(number, return_index=True)[1]
    said = zip(columns.iloc[first].tolist(), texts.iloc[first].tolist(), strict=True)
    made.each(rows, number, [read(*cell) for cell in said])


def _of_left(
    made: Collected,
    start: int,
    left: pd.DataFrame,
    unread: pd.DataFrame,
    schema: Schema,
    days: Days,
) -> None:
    """What is wrong with the rows left out; those with unreadable cells may say what they allow."""
    if left.empty:
        return
    kinds, words = pd.factorize(left["why"])
    columns = [str(why).split(",") for why in words]
    many = np.array([len(some) for some in columns])[kinds]
    rows = np.repeat(np.arange(len(left)), many)
    asked = pd.Series([*chain.from_iterable(columns[kind] for kind in kinds)], dtype="str")
    texts = _texts_of(left, unread, rows, asked)
    read = partial(_left_for, schema=schema, days=days)
    _each(made, start + rows, asked, texts, read)


def _texts_of(
    left: pd.DataFrame, unread: pd.DataFrame, rows: Whole, columns: pd.Series
) -> pd.Series:
    """What the cells of rows left out say that gave no value, "" of others; the last of several."""
    own, told = number_together([left, unread], PROVENANCE)
    asked = pd.DataFrame({"row": own[rows], "column": columns})
    cells = pd.DataFrame({"row": told, "column": unread["column"].to_numpy()})
    key, known = number_together([asked, cells], ["row", "column"])
    last = np.full(max(key.max(initial=-1), known.max(initial=-1)) + 1, len(unread))
    last[known] = np.arange(len(unread))
    values = np.append(unread["value"].to_numpy(object), "")
    return pd.Series(values[last[key]], dtype="str")


def _left_for(column: str, text: str, schema: Schema, days: Days) -> Respect:
    if column == SERVED:
        return Respect("served")
    if column == TWICE:
        return Respect("contrary")
    if column in POINT:
        return Respect("point")
    if column in NAMING:
        return Respect("place" if column == PLACE else "name")
    kind, values = readings_of(schema, column, text, days)
    return Respect(kind or AMOUNT, column, values)


def _of_periods(made: Collected, rows: pd.DataFrame, days: Days) -> None:
    """Years and months that reach beyond a day that matters."""
    for column, edges in days.edges.items():
        if column not in rows:
            continue
        at = np.flatnonzero(open_periods(rows, column, edges))
        if len(at):
            first, last = (period_ends(rows.iloc[at], column, last=end) for end in (False, True))
            number = numbered([first, last])
            said = np.unique(number, return_index=True)[1]
            ends = zip(first.iloc[said].tolist(), last.iloc[said].tolist(), strict=True)
            between = [tuple(days_between(*pair, days.any[column])) for pair in ends]
            made.each(at, number, [Respect("period", column, values) for values in between])


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
