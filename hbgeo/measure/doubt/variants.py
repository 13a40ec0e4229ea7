"""Rows in doubt, once for each thing that their cells may say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.alike import numbered, parted
from hbgeo.arrays import Mask
from hbgeo.measure.doubt.dates import Days
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.respects import Respect
from hbgeo.measure.doubt.suspects import Suspects

MOST = 4096  # readings of the cells of one row, beyond which only those of single cells are taken
_Said = dict[str, tuple[Any, ...]]  # column → what its cell may say


@dataclass(frozen=True)
class Variants:
    """What rows in doubt may say.

    Attributes
    ----------
    frame
        One row for each combination of what its cells may say, under the columns of the layer.
    suspect
        Of which row in doubt each is a variant.
    own
        Whether it is what the row says now; no variant of a row that was left out is.
    """

    frame: pd.DataFrame
    suspect: Whole
    own: Mask


def make_variants(suspects: Suspects, days: Days) -> Variants:
    """Write out every combination of what the cells of rows in doubt may say."""
    left, undated = suspects.base < 0, dict(suspects.dates)
    busy = suspects.notes.marked(lambda one: bool(one.column))
    several = np.sum(list(undated.values()), axis=0) > 1 if undated else busy
    busy |= np.asarray(several, dtype=bool)
    dated = np.any(list(undated.values()), axis=0) if undated else np.zeros_like(busy)
    plain = np.flatnonzero(~left | ~(busy | dated))  # as they stand
    parts, at, own = [suspects.frame.iloc[plain]], [plain], [~left[plain]]
    for column, marked in undated.items():
        rows = np.flatnonzero(marked & ~busy)
        for day in days.any[column] if len(rows) else ():
            parts.append(suspects.frame.iloc[rows].assign(**{column: _day(day, suspects, column)}))
            at.append(rows)
            own.append(np.zeros(len(rows), dtype=bool))
    for gone, said, some in _alike(np.flatnonzero(busy), suspects, days):
        made = _combined(suspects.frame.iloc[some], said, left=gone)
        parts.append(made)
        at.append(np.repeat(some, len(made) // len(some)))
        own.append(np.zeros(len(made), dtype=bool))
    whole = (
        pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    )
    return Variants(whole, np.concatenate(at).astype(np.int64), np.concatenate(own))


def _day(day: pd.Timestamp, suspects: Suspects, column: str) -> Any:
    return pd.Series([day]).astype(suspects.frame[column].dtype).iloc[0]


def _alike(rows: Whole, suspects: Suspects, days: Days) -> list[tuple[bool, _Said, Whole]]:
    """Whether rows were left out, what their cells may say, and which they are: a million say the same."""
    notes, left, dates = suspects.notes, suspects.base < 0, suspects.dates
    same = numbered([pd.Series(a[rows]) for a in (notes.numbers, left, *dates.values())])
    made: dict[tuple[Any, ...], list[Whole]] = {}
    for some in (rows[at] for at in parted(same)):
        row = int(some[0])
        said = _cells(notes.told(notes.numbers[row]))
        said |= {c: tuple(days.any[c]) for c, marked in dates.items() if marked[row]}
        made.setdefault((bool(left[row]), *said.items()), []).append(some)
    return [(gone, dict(said), np.sort(np.concatenate(of))) for (gone, *said), of in made.items()]


def _cells(respects: Sequence[Respect]) -> _Said:
    """What the cells of a row may say instead of what they say now."""
    made: _Said = {}
    for one in respects:
        if one.column:
            made[one.column] = tuple(dict.fromkeys((*made.get(one.column, ()), *one.says)))
    return made


def _combined(rows: pd.DataFrame, said: Mapping[str, Sequence[Any]], *, left: bool) -> pd.DataFrame:
    """Each row once for each combination of what its cells may say; beside what it says, if it counts."""
    known = {c: v for c, v in said.items() if c in rows}
    lost = [c for c, v in known.items() if not v]  # an amount that nobody can tell
    options = {c: list(v) if left else [None, *v] for c, v in known.items() if v}
    taken = _choices([len(v) for v in options.values()])
    taken = taken if left else taken[taken.any(axis=1)]  # what it says now stands as it is
    made = rows.iloc[np.repeat(np.arange(len(rows)), len(taken))].reset_index(drop=True)
    for k, (column, given) in enumerate(options.items()):
        values, kind = np.empty(len(given), dtype=object), made[column].dtype
        values[:] = given
        choice = np.tile(taken[:, k], len(rows))
        chosen = values[choice]
        if not left:
            chosen[choice == 0] = made[column].to_numpy(object)[choice == 0]
        told = pd.Series(chosen if kind == np.dtype(object) else chosen.tolist())
        made[column] = told if kind == np.dtype(object) else told.astype(kind)
    return made.assign(**dict.fromkeys(lost, np.nan)) if left else made


def _choices(sizes: Sequence[int]) -> Whole:
    """Every combination as a row of numbers of options; beyond `MOST` those of single cells."""
    if prod(sizes) <= MOST:
        combos = list(product(*map(range, sizes)))
        return np.array(combos, dtype=np.int64).reshape(len(combos), len(sizes))
    single = np.repeat(np.arange(len(sizes)), sizes)
    made = np.zeros((len(single), len(sizes)), dtype=np.int64)
    made[np.arange(len(single)), single] = np.concatenate([np.arange(n) for n in sizes])
    return made
