"""Numbers that cannot be: negative ones, parts greater than their whole, shares above all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.issues import Notes

_PARTS = (
    ("plots_used", "plots_total"),
    ("double_plots", "plots_total"),
    ("double_used", "double_plots"),
    ("double_used", "plots_used"),
    ("niches_used", "niches_total"),
    ("deaths", "population"),
    ("beds_nursing", "beds"),
    ("population_60", "population"),
    ("population_65", "population_60"),
    ("population_65", "population"),
)
_MOST = {"mortality": 1000, "burial_share": 100}  # of ‰ and of %


def note_impossible(frame: pd.DataFrame, found: Mapping[str, str], notes: Notes) -> Mask:
    """Mark the rows with an impossible number, each an E14: they count nowhere.

    Parameters
    ----------
    frame
        The rows under canonical columns.
    found
        Canonical column → the file's heading.
    """
    bad = np.zeros(len(frame), dtype=bool)
    kinds = {c.id: c.type for c in notes.schema.columns.values()}
    for column, heading in found.items():
        if kinds.get(column, "number") in {"number", "area"} and _is_number(frame, column):
            wrong = (frame[column] < 0).to_numpy()
            bad |= _say(wrong, frame[column], heading, "是负数", "核对该数", notes)
    for part, whole in _PARTS:
        if _is_number(frame, part) and _is_number(frame, whole):
            wrong = (frame[part] > frame[whole]).to_numpy()
            said = f"大于“{found[whole]}”"
            bad |= _say(wrong, frame[part], found[part], said, "核对两个数", notes)
    for column, most in _MOST.items():
        if _is_number(frame, column):
            wrong = (frame[column] > most).to_numpy()
            bad |= _say(wrong, frame[column], found[column], f"大于 {most}", "核对该数", notes)
    return bad | _note_singles(frame, found, notes)


def _note_singles(frame: pd.DataFrame, found: Mapping[str, str], notes: Notes) -> Mask:
    """More single graves used than there are: what is used less the doubles among it."""
    columns = ("plots_total", "plots_used", "double_plots", "double_used")
    if not all(_is_number(frame, c) for c in columns):
        return np.zeros(len(frame), dtype=bool)
    total, used, double, double_used = (frame[c] for c in columns)
    within = (used <= total) & (double <= total) & (double_used <= double)
    wrong = (within & (used - double_used > total - double)).to_numpy()
    said = f"与“{found['plots_used']}”“{found['plots_total']}”不符：已用的单人穴多于单人穴总数"
    return _say(wrong, double_used, found["double_used"], said, "核对各数", notes)


def _is_number(frame: pd.DataFrame, column: str) -> bool:
    return column in frame and pd.api.types.is_float_dtype(frame[column])


def _say(wrong: Mask, cells: pd.Series, heading: str, said: str, fix: str, notes: Notes) -> Mask:
    """Note each cell marked as an error of its row."""
    if wrong.any():
        words = pd.Series("", cells.index, dtype=object, name=heading)
        words[wrong] = cells[wrong].map("{:.15g}".format)
        say = lambda v: f"“{heading}”={v}{said}，该行不计入"  # noqa: E731
        notes.cells(wrong, words, say, rule="E14", fix=fix)
    return wrong
