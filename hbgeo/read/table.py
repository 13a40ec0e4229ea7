"""A layer as it is measured and shown: its rows, and all that a figure made from them must say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pandas as pd

from hbgeo.read.issues import ISSUE_COLUMNS, PROVENANCE, Issue, issue_rows

_OTHERS = [c for c in ISSUE_COLUMNS if c != "row"]


def to_frames(tied: LayerTable) -> list[pd.DataFrame]:
    """What a tied layer holds, as frames to be kept."""
    counts = pd.DataFrame({"aside": [tied.aside], "apart": [tied.apart]})
    return [tied.frame, tied.senders, issue_rows(tied.issues), counts]


def from_frames(frames: Sequence[pd.DataFrame]) -> LayerTable:
    """The tied layer that `frames_of` took apart."""
    frame, senders, issues, counts = frames
    aside, apart = (int(counts[c].iloc[0]) for c in ("aside", "apart"))
    return LayerTable(frame, tuple(_issues_of(issues)), aside, apart, senders)


def _issues_of(table: pd.DataFrame) -> Iterator[Issue]:
    for file_row, *others in zip(table["row"], *(table[c] for c in _OTHERS), strict=True):
        row = None if file_row is pd.NA else int(file_row)
        yield Issue(**dict(zip(_OTHERS, others, strict=True)), row=row)


SENDER_COLUMNS = [*PROVENANCE, "county_code"]


@dataclass(frozen=True)
class LayerTable:
    """A layer whose rows know their units; `apart` counts places that have no parent unit.

    `senders` says which county each row names, those put aside among them: `file`, `sheet`,
    `row`, `county_code`; its problems go back there.
    """

    frame: pd.DataFrame
    issues: tuple[Issue, ...]
    aside: int = 0
    apart: int = 0
    senders: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SENDER_COLUMNS))
