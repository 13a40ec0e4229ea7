"""A 督办单 that comes back → its rows, each task once, and what the county wrote beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import without
from hbgeo.read.issues import PROVENANCE, Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.ids import note_twice

_TEXTS = (
    "task_id", "county_code", "county", "unit_code", "unit", "indicator", "title", "reason",
    "remedy", "nearest_id", "building_id", "responsible", "state", "remark",
)  # fmt: skip
_DATES = ("deadline", "promised_on", "done_on")
UNREAD = "unread"  # the dates of a row that nobody can read, by their headings


def task_id(indicator: str, unit_code: str) -> str:
    """What a task is called, for good: its indicator and its unit."""
    return f"{indicator}-{unit_code}"


def make_task_rows(made: Tidy, layer: Layer) -> LayerTable:
    """Give every row its task.

    Returns
    -------
    table
        `frame` with every column of the schema, `unread`, and each task once; rows of which
        nobody can tell the task are put aside and said, and so are those that say it again. Of
        two that contradict each other the first stays, without dates and state.
    """
    frame = _whole(made.frame)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    own = _own_ids(frame)
    given = frame["task_id"]
    other = ((given != "") & (own != "") & (given != own)).to_numpy()
    say = lambda v: f"任务编号“{v}”与同一行的指标代号、单元代码不符，该行不采用"  # noqa: E731
    notes.cells(
        other, given, say, rule="E06", fix="任务编号、指标代号、单元代码请照发出的督办单，不要改动"
    )
    frame["task_id"] = given.where(given != "", own)
    lost = (frame["task_id"] == "").to_numpy()
    say = lambda v: f"“{v}”没有任务编号，也没有指标代号和单元代码，该行不采用"  # noqa: E731
    notes.cells(
        lost, frame["unit"].rename("单元"), say, rule="E06", fix="补填任务编号，照发出的督办单"
    )
    kept = without(frame, other | lost)
    again, contrary = _mark_again(kept, notes)
    kept = kept.assign(**{UNREAD: _unread(kept, made)})
    kept.loc[contrary, ["promised_on", "done_on"]] = pd.NaT
    kept.loc[contrary, "state"] = ""
    counties = frame["county_code"].where(frame["county_code"] != "", frame["unit_code"].str[:6])
    return of_layer(
        layer,
        without(kept, again),
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(other.sum() + lost.sum() + again.sum()),
        senders=frame[PROVENANCE].assign(county_code=counties),
    )


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with every column there may be."""
    blank = pd.Series("", frame.index, dtype="str")
    never = pd.Series(pd.NaT, frame.index, dtype="datetime64[s]")
    made = {c: frame.get(c, blank) for c in _TEXTS} | {c: frame.get(c, never) for c in _DATES}
    return frame[PROVENANCE].assign(**made)


def _own_ids(frame: pd.DataFrame) -> pd.Series:
    """What a row's indicator and unit make its task; "" where it lacks either."""
    both = (frame["indicator"] != "") & (frame["unit_code"] != "")
    pairs = zip(frame["indicator"], frame["unit_code"], strict=True)
    made = pd.Series([task_id(*pair) for pair in pairs], frame.index, dtype="str")
    return made.where(both, "")


def _mark_again(frame: pd.DataFrame, notes: Notes) -> tuple[Mask, Mask]:
    """Mark the rows that say a task again, and the first of those that contradict each other."""
    ids = frame["task_id"]
    again = ids.duplicated().to_numpy()
    contrary = np.zeros(len(frame), bool)
    at = np.flatnonzero(ids.duplicated(keep=False))
    if len(at):
        rows, groups = frame.iloc[at], pd.factorize(ids.iloc[at])[0]
        wrong = note_twice(rows.drop(columns="task_id"), groups, notes, "任务编号", ids.iloc[at])
        contrary[at] = wrong & ~again[at]
    return again, contrary


def _unread(frame: pd.DataFrame, made: Tidy) -> list[str]:
    """The headings of the dates that could not be read, of each row."""
    wrong: dict[tuple[str, str, int], list[str]] = {}
    for issue in made.issues:
        if issue.rule == "E13" and issue.row is not None:
            wrong.setdefault((issue.file, issue.sheet, issue.row), []).append(issue.column)
    rows = frame[PROVENANCE].itertuples(index=False, name=None)
    return ["、".join(wrong.get((file, sheet, int(row)), ())) for file, sheet, row in rows]
