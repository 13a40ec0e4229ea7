"""Where a row of a table in doubt may stand: of the unit it names, or of any that it may mean."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.places import ANY, Places, few_enough
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import Suspects


def table_places(suspects: Suspects, units: pd.Index, parents: pd.DataFrame) -> Places:
    """Tell of which units of the table's level each row in doubt may be.

    Parameters
    ----------
    parents
        By unit the codes of those above it, the nearest first: of those that a row names the first
        tells which units it may be.
    """
    frame, left = suspects.frame, suspects.base < 0
    named = units.get_indexer(pd.Index(frame["unit_code"]))
    rows = np.flatnonzero(left & (named < 0))
    known = [np.arange(len(units))] * len(rows)
    for column in [c for c in reversed([*parents]) if c in frame]:
        inside: dict[object, Whole] = dict(parents.groupby(column).indices)  # type: ignore[arg-type]
        codes = frame[column].iloc[rows]
        known = [
            inside.get(code, of) if code else of for code, of in zip(codes, known, strict=True)
        ]
    tried = few_enough(np.array([len(found) for found in known], dtype=np.int64))
    some = [found for found, few in zip(known, tried.tolist(), strict=True) if few]
    plain = np.flatnonzero(~left | (named >= 0))
    lost = np.repeat(rows[tried], [len(found) for found in some])
    suspect = np.concatenate([plain, lost]).astype(np.int64)
    position = np.concatenate([named[plain], *some]).astype(np.int64)
    no = np.zeros(len(suspect), dtype=bool)
    own = ~left[suspect]
    return Places(suspect, position, np.full(len(suspect), ANY), own, no, rows[~tried])
