"""The rows in doubt as a table: what each may be, whom it could change, and what that would turn."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.context import Context
from hbgeo.measure.doubt.merged import Merged
from hbgeo.measure.doubt.question import CoverQuestion, SumQuestion, Whole
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Firmness
from hbgeo.measure.doubt.solve import Answer
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.words import effect_text

_BESIDE = ["id", "name", "chooser", "least", "most", "deciding"]


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
    ends = {g: [Fraction(int(v[g]), per) for v in (alone.least, alone.most)] for g in choosers}
    rows = [
        (g, row, *ends[g], bool(turns[g]), order.get(g, -1), units[g])
        for g in choosers
        for row in merged.chosen.rows_of(g)
    ]
    return _table(rows, merged, standing)


def _table(rows: list[tuple[object, ...]], merged: Merged, standing: Standing) -> pd.DataFrame:
    made = []
    for chooser, row, least, most, turns, deciding, units in rows:
        part, at = merged.find(int(row))  # type: ignore[call-overload]
        told = standing.told(part.layer).iloc[at]
        own = {c: told[c] for c in ("file", "sheet", "row", "kind", "readings")}
        own |= {c: told[c] for c in ("county_code", "county", "id", "name")}
        made.append(
            own
            | {"layer": part.layer, "units": units, "effect": effect_text(least, most)}
            | {"turns": turns, "chooser": chooser, "least": least, "most": most}
            | {"deciding": deciding}
        )
    return pd.DataFrame(made, columns=[*DOUBT_COLUMNS, *_BESIDE])


def _units_of(
    question: CoverQuestion | SumQuestion, codes: NDArray[np.object_], choosers: list[int]
) -> dict[int, tuple[str, ...]]:
    """Chooser → the units that some of its options reach and others do not, or otherwise."""
    choices, made = question.choices, {}
    for g in choosers:
        options = range(int(choices.starts[g]), int(choices.starts[g + 1]))
        sets = [_reach(question, o) for o in options]
        some = set.union(*sets) - set.intersection(*sets)
        units = {at for at, *_ in some}
        made[g] = tuple(sorted(str(codes[at]) for at in units if at >= 0))
    return made


def _reach(question: CoverQuestion | SumQuestion, option: int) -> set[tuple[int, ...]]:
    """What an option fills or gives, each with the unit in front."""
    if isinstance(question, SumQuestion):
        at = slice(int(question.give_starts[option]), int(question.give_starts[option + 1]))
        given = zip(question.give_unit[at], question.give_top[at], question.give_bottom[at], strict=True)
        return {(int(u), int(t), int(b)) for u, t, b in given}
    at = slice(int(question.fill_starts[option]), int(question.fill_starts[option + 1]))
    member = {int(slot): u for u, slot in enumerate(question.member.tolist()) if slot >= 0}
    return {(int(question.slot_unit[s]) if question.slot_unit[s] >= 0 else member.get(int(s), -1), int(s)) for s in question.fills[at].tolist()}


def rows_in_doubt(standing: Standing, made: Mapping[str, Firmness], context: Context) -> pd.DataFrame:
    """All rows in doubt, with the greatest effect that each has on an indicator, and what it turns."""
    parts = [standing.told(key) for key in standing.found]
    if not parts:
        return pd.DataFrame(columns=[*DOUBT_COLUMNS, "id", "name"])
    whole = pd.concat(parts, ignore_index=True)
    best: dict[tuple[str, str, str, int], tuple[Fraction, str, tuple[str, ...]]] = {}
    turns: dict[tuple[str, str, str, int], list[str]] = {}
    for one, firmness in made.items():
        rows = firmness.rows[["layer", "file", "sheet", "row", "least", "most", "effect", "units", "turns"]]
        for *where, least, most, effect, units, turned in rows.itertuples(index=False, name=None):
            key, size = tuple(where), max(abs(least), abs(most))
            if key not in best or size > best[key][0]:
                best[key] = (size, effect, units)  # type: ignore[index]
            if turned:
                turns.setdefault(key, []).append(one)  # type: ignore[arg-type]
    keys = list(whole[["layer", "file", "sheet", "row"]].itertuples(index=False, name=None))
    whole["effect"] = [best[k][1] if k in best else "" for k in keys]
    whole["units"] = [best[k][2] if k in best else () for k in keys]
    whole["turns"] = ["、".join(turns.get(k, ())) for k in keys]
    size = [-(best[k][0] if k in best else 0) for k in keys]
    order = sorted(range(len(whole)), key=lambda i: (whole["turns"].iat[i] == "", size[i], i))
    return whole.iloc[order][[*DOUBT_COLUMNS, "id", "name"]].reset_index(drop=True)
