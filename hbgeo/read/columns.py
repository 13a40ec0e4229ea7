"""Columns of few different values, which many filters ask: each is looked through once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Told = tuple[NDArray[np.integer[Any]], list[Any]]


class Columns:
    """The columns of a frame, as the number of each row's value and the values there are.

    Parameters
    ----------
    frame
        Which is not changed any more.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._told: dict[str, Told] = {}

    def told(self, column: str) -> Told:
        """The number of each row's value in a column of texts or tuples, and the values.

        Numbered in order of first appearance; what is missing is a value of its own.
        """
        if column not in self._told:
            cells = self.frame[column]
            looked = cells.to_numpy() if cells.dtype == object else cells
            row, values = pd.factorize(looked, use_na_sentinel=False)
            made = row.astype(np.min_scalar_type(len(values))), list(values)
            if len(values) > _FEW:  # names, say: no filter asks for them twice
                return made
            self._told[column] = made
        return self._told[column]


_FEW = 1 << 10
