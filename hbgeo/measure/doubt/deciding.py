"""The rows in doubt as a table: what each may be, whom it could change, and what that would turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.alike import number_sequences, number_together, numbered, objects_alike
from hbgeo.arrays import Mask
from hbgeo.measure.doubt.merged import Merged
from hbgeo.measure.doubt.packed import BESIDE
from hbgeo.measure.doubt.question import Choices, CoverQuestion, SumQuestion, Whole
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Firmness
from hbgeo.measure.doubt.solve import Answer
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.terms import Figures, compact, fraction
from hbgeo.measure.doubt.words import effect_text
from hbgeo.read.cell.column import as_objects

_TOLD = ("file", "sheet", "row", "kind", "readings", "county_code", "county", "id", "name")
_PLACE = ["layer", "file", "sheet", "row"]
_OVERALL = ["id", "name", "indicator"]
_Objects = NDArray[np.object_]


@dataclass(frozen=True)
class _Moving:
    """The choosers that could change the figure, those that decide first, and how each could.

    Attributes
    ----------
    deciding
        Their place in the turning set, -1 outside it.
    units
        Codes of those that each could change.
    """

    choosers: Whole
    least: _Objects
    most: _Objects
    effect: _Objects
    turns: Mask
    deciding: Whole
    units: _Objects


def deciding_rows(
    question: CoverQuestion | SumQuestion,
    found: Answer,
    codes: _Objects,
    merged: Merged,
    standing: Standing,
) -> pd.DataFrame:
    """The rows that could change the figure, or are among those that turn or settle it."""
    alone, many = found.alone, len(question.choices)
    deciding = np.full(many, -1, dtype=np.int64)
    turning = [] if found.turning is None else list(found.turning.choosers)
    deciding[turning] = np.arange(len(turning))
    turns = np.zeros(many, dtype=bool) if alone.turns is None else alone.turns
    size = np.maximum(np.abs(alone.least), np.abs(alone.most))
    moves = (size > 0).astype(bool) | turns | (deciding >= 0)
    moves[[] if found.settling is None else list(found.settling.choosers)] = True
    choosers = np.flatnonzero(moves)
    # what decides in its order, then what turns, then what changes most
    rank = np.unique(size[choosers], return_inverse=True)[1]
    first = np.where(deciding >= 0, deciding, len(turning))[choosers]
    choosers = choosers[np.lexsort((choosers, -rank, ~turns[choosers], first))]
    moving = _Moving(
        choosers,
        *_effects(alone.least[choosers], alone.most[choosers], question.per),
        turns[choosers],
        deciding[choosers],
        _units_of(question, codes, choosers),
    )
    return _table(moving, merged, standing)


def _effects(least: Figures, most: Figures, per: int) -> tuple[_Objects, _Objects, _Objects]:
    """The least and the greatest change as fractions, and both in words: each once that is the same."""
    number = numbered([pd.Series(least), pd.Series(most)])
    first = np.unique(number, return_index=True)[1]
    ends = [(fraction(int(least[k]), per), fraction(int(most[k]), per)) for k in first.tolist()]
    columns = zip(*((*end, effect_text(*end)) for end in ends), strict=True)
    low, high, said = (
        (as_objects(column)[number] for column in columns) if ends else [as_objects([])] * 3
    )
    return low, high, said


def _table(moving: _Moving, merged: Merged, standing: Standing) -> pd.DataFrame:
    """The rows as a table, with what is told of each."""
    if not len(moving.choosers):
        # of numbers, as pandas has the columns of no rows
        return pd.DataFrame(columns=[*DOUBT_COLUMNS, *BESIDE], index=pd.RangeIndex(0), dtype=float)
    number, row = merged.chosen.rows_of(moving.choosers)
    own = _told_of(row, merged, standing)
    columns = ("units", "effect", "least", "most", "turns", "deciding")
    made = own.assign(
        chooser=moving.choosers[number], **{c: getattr(moving, c)[number] for c in columns}
    )
    return made[[*DOUBT_COLUMNS, *BESIDE]]


def _told_of(rows: Whole, merged: Merged, standing: Standing) -> pd.DataFrame:
    """What is told of some rows, whatever layer each is of."""
    told, at = list[pd.DataFrame](), list[Whole]()
    for part in merged.parts:
        here = np.flatnonzero(
            (rows >= part.first) & (rows < part.first + len(part.opened.suspects))
        )
        if len(here):
            some = standing.told(part.layer)[[*_TOLD]].iloc[rows[here] - part.first]
            told.append(some.assign(layer=part.layer))
            at.append(here)
    whole = pd.concat(told, ignore_index=True) if len(told) > 1 else told[0]
    return whole.iloc[np.argsort(np.concatenate(at))].reset_index(drop=True)


def _units_of(question: CoverQuestion | SumQuestion, codes: _Objects, choosers: Whole) -> _Objects:
    """By chooser the units that some of its options reach and others do not, or otherwise, by code."""
    of = _given if isinstance(question, SumQuestion) else _filled
    chooser, unit = of(question, choosers)  # type: ignore[arg-type]
    names = [str(code) for code in codes]
    order = np.argsort(np.array(names, dtype=object), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    some = unit >= 0
    pairs = np.unique(chooser[some] * len(names) + rank[unit[some]])
    at = np.full(len(question.choices), -1, dtype=np.int64)
    at[choosers] = np.arange(len(choosers))
    rows, ranks = np.divmod(pairs, max(len(names), 1))
    numbers, sequences = number_sequences(at[rows], ranks, len(choosers))
    return as_objects([tuple(names[order[k]] for k in some) for some in sequences])[numbers]


def _options_of(choices: Choices, choosers: Whole, starts: Whole) -> tuple[Whole, Whole]:
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


def _filled(question: CoverQuestion, choosers: Whole) -> tuple[Whole, Whole]:
    """Pairs of chooser and unit of which some options fill a slot and others do not."""
    chooser, at = _options_of(question.choices, choosers, question.fill_starts)
    top = len(question.slot_unit) + 1
    keys, times = np.unique(chooser * top + question.fills[at], return_counts=True)
    some = times < np.diff(question.choices.starts)[keys // top]
    unit = question.slot_unit.copy()
    members = np.flatnonzero(question.member >= 0)
    unit[question.member[members]] = members
    return keys[some] // top, unit[keys[some] % top]


def _given(question: SumQuestion, choosers: Whole) -> tuple[Whole, Whole]:
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
    moved = {one: firm for one, firm in made.items() if len(firm.rows)}
    place, *places = number_together([whole, *(firm.rows for firm in moved.values())], _PLACE)
    at, many = np.concatenate([place[:0], *places]), int(place.max(initial=-1)) + 1
    here = np.flatnonzero(at < many)
    of = np.repeat(np.arange(len(moved)), [len(firm.rows) for firm in moved.values()])
    rank, none = _ranks([*moved.values()])
    best = np.full(many, -1, dtype=np.int64)
    order = here[np.lexsort((here, -rank[here], at[here]))]
    first = order[np.flatnonzero(np.diff(at[order], prepend=-1))]
    best[at[first]] = first
    mine = best[place]
    for column, blank in (("effect", ""), ("units", ())):
        every = [firm.rows[column].to_numpy(object) for firm in moved.values()]
        whole[column] = pd.Series(np.concatenate([*every, as_objects([blank])])[mine], dtype=object)
    whole["indicator"] = pd.Series(as_objects([*moved, ""])[np.append(of, -1)[mine]], dtype=object)
    turns = np.concatenate([place[:0], *(firm.rows["turns"] for firm in moved.values())])
    some = here[turns[here].astype(bool)]
    number, sequences = number_sequences(at[some], of[some], many)
    names = [*moved]
    said = as_objects(["、".join(names[k] for k in sequence) for sequence in sequences])
    turned = said[number[place]]
    whole["turns"] = turned.tolist()
    kept = np.flatnonzero(_matters(whole, standing))
    ranked = np.append(rank, none)[mine[kept]]
    order = kept[np.lexsort((kept, -ranked, turned[kept] == ""))]
    return whole.iloc[order][[*DOUBT_COLUMNS, *_OVERALL]].reset_index(drop=True)


def _ranks(made: Sequence[Firmness]) -> tuple[Whole, int]:
    """By row of all of them in turn how large a part of its figure it changes, as ranks; that of nothing."""
    parts = []
    for firmness in made:
        figure = _size_of(firmness)
        number, ends = objects_alike([firmness.rows[c].tolist() for c in ("least", "most")])
        parts.append((number, [max(map(abs, pair)) / figure for pair in ends]))
    known = sorted({Fraction(0), *(size for _, sizes in parts for size in sizes)})
    rank = {size: k for k, size in enumerate(known)}
    ranks = [np.array([rank[size] for size in sizes], np.int64)[number] for number, sizes in parts]
    return np.concatenate([np.zeros(0, np.int64), *ranks]), rank[Fraction(0)]


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
