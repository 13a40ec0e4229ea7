"""What answers ask of units over and over: the groups of them by parent, their codes, what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.kept import Kept
from hbgeo.measure.source import PARENTS

Numbered = tuple[Whole, list[str]]


class Grouped:
    """The groups and codes of units, found once for the same units: by their very index.

    Whatever else is told of units, those of one index have the same parents.
    """

    def __init__(self) -> None:
        self._kept: Kept[Any] = Kept()

    def groups(self, units: pd.DataFrame) -> Mapping[str, Numbered]:
        """By level of parents the group of each unit, -1 of none, and the codes of the groups."""
        made: Mapping[str, Numbered] = self._kept.get(
            lambda: {level: numbered(units[column]) for level, (column, _) in PARENTS.items()},
            units.index,
            name="groups",
        )
        return made

    def codes(self, units: pd.DataFrame) -> NDArray[np.object_]:
        """The codes of the units."""
        made: NDArray[np.object_] = self._kept.get(
            lambda: units.index.to_numpy(object), units.index, name="codes"
        )
        return made


def numbered(codes: pd.Series) -> Numbered:
    """The group of each unit, -1 of none, and the codes of the groups."""
    row, found = pd.factorize(codes.astype("str"))  # of what is missing -1
    known = sorted((str(name), at) for at, name in enumerate(found) if name)
    number = np.full(len(found) + 1, -1, dtype=np.int64)
    number[[at for _, at in known]] = np.arange(len(known))
    return number[row], [name for name, _ in known]


def some_of(frame: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The rows of some units; the frame itself where they are all of them in its order."""
    return frame if frame.index.is_(index) else frame.loc[index]
