"""Rows in doubt, once for each thing that their cells may say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.dates import Days
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import Suspects

MOST = 4096  # readings of the cells of one row, beyond which only those of single cells are taken


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
    cells, left = suspects.cells(), suspects.base < 0
    undated = dict(suspects.dates)
    busy = np.zeros(len(suspects), dtype=bool)
    busy[list(cells)] = True
    several = np.sum([m for m in undated.values()], axis=0) > 1 if undated else busy
    busy |= np.asarray(several, dtype=bool)
    dated = np.any([m for m in undated.values()], axis=0) if undated else np.zeros_like(busy)
    plain = np.flatnonzero(~left | ~(busy | dated))  # as they stand
    parts, at, own = [suspects.frame.iloc[plain]], [plain], [~left[plain]]
    for column, marked in undated.items():
        rows = np.flatnonzero(marked & ~busy)
        for day in days.any[column] if len(rows) else ():
            parts.append(suspects.frame.iloc[rows].assign(**{column: _day(day, suspects, column)}))
            at.append(rows)
            own.append(np.zeros(len(rows), dtype=bool))
    blank = {c: days.any[c] for c in undated}
    for row in np.flatnonzero(busy).tolist():
        said = dict(cells.get(row, {}))
        said |= {c: blank[c] for c, marked in undated.items() if marked[row]}
        made = _combined(suspects.frame.iloc[[row]], said, left=bool(left[row]))
        parts.append(made)
        at.append(np.full(len(made), row))
        own.append(np.zeros(len(made), dtype=bool))
    whole = (
        pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0].reset_index(drop=True)
    )
    return Variants(whole, np.concatenate(at).astype(np.int64), np.concatenate(own))


def _day(day: pd.Timestamp, suspects: Suspects, column: str) -> Any:
    return np.datetime64(day).astype(suspects.frame[column].dtype)


def _combined(row: pd.DataFrame, said: Mapping[str, Sequence[Any]], *, left: bool) -> pd.DataFrame:
    """A row once for each combination of what its cells may say; beside what it says, if it counts."""
    known = {c: v for c, v in said.items() if c in row}
    lost = [c for c, v in known.items() if not v]  # an amount that nobody can tell
    options = {c: list(v) for c, v in known.items() if v}
    if not left:
        options = {c: [row[c].iloc[0], *v] for c, v in options.items()}
    combos = list(product(*options.values()))
    if prod(len(v) for v in options.values()) > MOST:
        own = [v[0] for v in options.values()]
        combos = [
            tuple(value if k == i else o for k, o in enumerate(own))
            for i, v in enumerate(options.values())
            for value in v
        ]
    made = row.iloc[np.zeros(len(combos), dtype=int)].reset_index(drop=True)
    for k, column in enumerate(options):
        values = np.empty(len(combos), dtype=object)
        values[:] = [combo[k] for combo in combos]
        kind = made[column].dtype
        made[column] = (
            pd.Series(values) if kind == object else pd.Series(values.tolist()).astype(kind)
        )
    return made.assign(**dict.fromkeys(lost, np.nan)) if left else made
