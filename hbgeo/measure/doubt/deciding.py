"""The rows in doubt as a table: what each may be, whom it could change, and what that would turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.merged import Merged
from hbgeo.measure.doubt.packed import BESIDE
from hbgeo.measure.doubt.question import Choices, CoverQuestion, SumQuestion, Whole
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Firmness
from hbgeo.measure.doubt.solve import Answer
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.terms import compact, fraction
from hbgeo.measure.doubt.words import effect_text

_TOLD = ("file", "sheet", "row", "kind", "readings", "county_code", "county", "id", "name")
_PLACE = ["layer", "file", "sheet", "row"]
_OVERALL = ["id", "name", "indicator"]
_ROW = ("chooser", "least", "most", "turns", "deciding")


class _Row(NamedTuple):
    """A row that could change the figure, and how."""

    chooser: int
    row: int
    least: Fraction
    most: Fraction
    turns: bool
    deciding: int
    units: tuple[str, ...]


def deciding_rows(
    question: CoverQuestion | SumQuestion,
    found: Answer,
    codes: NDArray[np.object_],
    merged: Merged,
    standing: Standing,
) -> pd.DataFrame:
    """The rows that could change the figure, or are among those that turn or settle it."""
    alone, per = found.alone, question.per
    order = {g: k for k, g in enumerate(() if found.turning is None else found.turning.choosers)}
    settle = () if found.settling is None else found.settling.choosers
    none = np.zeros(len(question.choices), dtype=bool)
    turns = none if alone.turns is None else np.asarray(alone.turns, dtype=bool)
    size = np.maximum(np.abs(alone.least), np.abs(alone.most)) if len(none) else none
    moves = (size > 0).astype(bool) | turns
    moves[[*order, *settle]] = True
    choosers = np.flatnonzero(moves).tolist()
    choosers.sort(key=lambda g: (order.get(g, len(order)), not turns[g], -size[g], g))
    units = _units_of(question, codes, choosers)
    ends = {
        g: (fraction(int(alone.least[g]), per), fraction(int(alone.most[g]), per)) for g in choosers
    }
    rows = [
        _Row(g, row, *ends[g], bool(turns[g]), order.get(g, -1), units[g])
        for g in choosers
        for row in merged.chosen.rows_of(g)
    ]
    return _table(rows, merged, standing)


def _table(rows: list[_Row], merged: Merged, standing: Standing) -> pd.DataFrame:
    """The rows as a table, with what is told of each."""
    if not rows:
        # of numbers, as pandas has the columns of no rows
        return pd.DataFrame(columns=[*DOUBT_COLUMNS, *BESIDE], index=pd.RangeIndex(0), dtype=float)
    found = [merged.find(one.row) for one in rows]
    own: dict[str, list[Any]] = {column: [None] * len(rows) for column in _TOLD}
    for layer in dict.fromkeys(part.layer for part, _ in found):
        told = standing.told(layer)
        here = [(k, at) for k, (part, at) in enumerate(found) if part.layer == layer]
        for column in _TOLD:
            values = told[column].to_numpy(object)
            for k, at in here:
                own[column][k] = values[at]
    made = {
        **own,
        "layer": [part.layer for part, _ in found],
        "units": [one.units for one in rows],
        "effect": [effect_text(one.least, one.most) for one in rows],
        **{c: [getattr(one, c) for one in rows] for c in _ROW},
    }
    return pd.DataFrame(made, columns=[*DOUBT_COLUMNS, *BESIDE])


def _units_of(
    question: CoverQuestion | SumQuestion, codes: NDArray[np.object_], choosers: list[int]
) -> dict[int, tuple[str, ...]]:
    """Chooser → the units that some of its options reach and others do not, or otherwise."""
    of = _given if isinstance(question, SumQuestion) else _filled
    chooser, unit = of(question, choosers)  # type: ignore[arg-type]
    made: dict[int, list[str]] = {g: [] for g in choosers}
    for g, at in sorted({*zip(chooser.tolist(), unit.tolist(), strict=True)}):
        if at >= 0:
            made[g].append(str(codes[at]))
    return {g: tuple(sorted(units)) for g, units in made.items()}


def _options_of(choices: Choices, choosers: list[int], starts: Whole) -> tuple[Whole, Whole]:
    """The chooser of each entry of its options, and where the entry is."""
    wanted = np.zeros(len(choices), dtype=bool)
    wanted[choosers] = True
    by_option = choices.chooser
    size = np.diff(starts)
    entry_chooser = np.repeat(by_option, size)
    at = (
        np.flatnonzero(wanted[entry_chooser]) if len(entry_chooser) else np.zeros(0, dtype=np.int64)
    )
    return entry_chooser[at].astype(np.int64), at.astype(np.int64)


def _filled(question: CoverQuestion, choosers: list[int]) -> tuple[Whole, Whole]:
    """Pairs of chooser and unit of which some options fill a slot and others do not."""
    chooser, at = _options_of(question.choices, choosers, question.fill_starts)
    top = len(question.slot_unit) + 1
    keys, times = np.unique(chooser * top + question.fills[at], return_counts=True)
    some = times < np.diff(question.choices.starts)[keys // top]
    unit = question.slot_unit.copy()
    members = np.flatnonzero(question.member >= 0)
    unit[question.member[members]] = members
    return keys[some] // top, unit[keys[some] % top]


def _given(question: SumQuestion, choosers: list[int]) -> tuple[Whole, Whole]:
    """Pairs of chooser and unit to which its options do not all give the same."""
    chooser, at = _options_of(question.choices, choosers, question.give_starts)
    if not len(at):
        return chooser, at
    units = len(question.top)
    key = chooser * units + question.give_unit[at]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.diff(key[order], prepend=-1))
    entries = np.diff(np.append(first, len(order)))
    keys = key[order][first]
    open_ = entries < np.diff(question.choices.starts)[keys // units]
    for amounts in (question.give_top, question.give_bottom):
        given = compact(amounts[at][order])
        open_ |= np.maximum.reduceat(given, first) != np.minimum.reduceat(given, first)
    return keys[open_] // units, keys[open_] % units


def rows_in_doubt(
    parts: Sequence[pd.DataFrame], standing: Standing, made: Mapping[str, Firmness]
) -> pd.DataFrame:
    """All rows in doubt, each with what it changes the largest part of, and what it turns.

    Parameters
    ----------
    parts
        The rows in doubt of each layer, as they are told.
    """
    if not parts:
        return pd.DataFrame(columns=[*DOUBT_COLUMNS, *_OVERALL])
    whole = pd.concat(parts, ignore_index=True)
    best: dict[tuple[object, ...], tuple[Fraction, str, tuple[str, ...], str]] = {}
    turns: dict[tuple[object, ...], list[str]] = {}
    for one, firmness in made.items():
        columns = [*_PLACE, "least", "most", "effect", "units", "turns"]
        figure, rows = _size_of(firmness), firmness.rows
        told_rows = zip(*(rows[c].tolist() for c in columns if len(rows)), strict=True)
        for *where, least, most, effect, units, turned in told_rows:
            key, size = tuple(where), max(abs(least), abs(most)) / figure
            if key not in best or size > best[key][0]:
                best[key] = (size, effect, units, one)
            if turned:
                turns.setdefault(key, []).append(one)
    keys = list(zip(*(whole[c].tolist() for c in _PLACE), strict=True))
    told = [best.get(key, (Fraction(0), "", (), "")) for key in keys]
    for k, column in enumerate(("effect", "units", "indicator"), start=1):
        whole[column] = pd.Series([one[k] for one in told], dtype=object)
    turned = ["、".join(turns.get(key, ())) for key in keys]
    whole["turns"] = turned
    kept = np.flatnonzero(_matters(whole, standing)).tolist()
    order = sorted(kept, key=lambda i: (turned[i] == "", -told[i][0], i))
    return whole.iloc[order][[*DOUBT_COLUMNS, *_OVERALL]].reset_index(drop=True)


def _matters(rows: pd.DataFrame, standing: Standing) -> Mask:
    """Mark the rows that change something; and others of the part that is asked for.

    A facility of a county that names its county and changes nothing leaves nothing open.
    """
    changes = (rows["effect"] != "").to_numpy()
    here = rows["county_code"].isin(standing.counties).to_numpy() if standing.within else True
    return np.asarray(changes | (here & (rows["kind"] != "county").to_numpy()), dtype=bool)


def _size_of(firmness: Firmness) -> Fraction:
    """How large a figure is at the most: what changes of it is told as a part of that."""
    span = firmness.span
    ends = [abs(end) for end in (span.low, span.high) if end is not None]
    return max([*ends, Fraction(1)])
