"""Where a row of a table in doubt may stand: of the unit it names, or of any that it may mean."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.places import ANY, Places
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
    rows, unit = list[Whole](), list[Whole]()
    for row in np.flatnonzero(left & (named < 0)).tolist():
        inside = np.arange(len(units))
        for column in parents:
            code = frame[column].iloc[row] if column in frame else ""
            if code and len(mine := np.flatnonzero((parents[column] == code).to_numpy())):
                inside = mine
                break
        rows.append(np.full(len(inside), row))
        unit.append(inside)
    plain = np.flatnonzero(~left | (named >= 0))
    suspect = np.concatenate([plain, *rows]).astype(np.int64)
    position = np.concatenate([named[plain], *unit]).astype(np.int64)
    no = np.zeros(len(suspect), dtype=bool)
    own = ~left[suspect]
    return Places(suspect, position, np.full(len(suspect), ANY), own, no)
