"""Cells as people read them: a column as its distinct texts, and which of them each row holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_MANY = (list, tuple, set, frozenset, np.ndarray)
_BOOLEAN = (bool, np.bool_)
_FRACTION = (float, np.floating)


@dataclass(frozen=True, eq=False)
class Texts:
    """A column as people read it.

    Attributes
    ----------
    distinct
        Every text once, the first seen first.
    at
        Position in `distinct` of each row's text.
    """

    distinct: Sequence[str]
    at: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.at)

    @property
    def rows(self) -> list[str]:
        """The texts row by row."""
        return [] if not self.distinct else self.array.tolist()

    @property
    def array(self) -> NDArray[np.object_]:
        """The texts row by row, as an array."""
        return np.array(self.distinct, dtype=object)[self.at]

    def same_as(self, other: Texts) -> bool:
        """Whether every row reads the same in both columns."""
        return self.distinct == other.distinct and bool(np.array_equal(self.at, other.at))


def read_off(column: Iterable[Any]) -> Texts:
    """Put a column into words, once for each distinct cell; a missing one is empty."""
    series = column if isinstance(column, pd.Series) else pd.Series(list(column), dtype=object)
    at, cells = _factorize(series)
    if isinstance(series.dtype, pd.StringDtype) and not (at < 0).any():
        return Texts(cells.tolist(), at)
    # cells that differ may read alike (0.0 and -0.0, nothing and ""); -1 is a missing cell
    told = texts(pd.Series(cells, dtype=cells.dtype))
    alike, words = pd.factorize(np.array([*told, ""], dtype=object))
    rows, seen = pd.factorize(alike[at])
    return Texts(words[seen].tolist(), rows)


def _factorize(column: pd.Series) -> tuple[NDArray[np.int64], Any]:
    """Which distinct cell each row holds, -1 where it is missing, and the distinct cells."""
    cells: Any = column
    if column.dtype == object:
        cells = column.to_numpy()  # of a Series, tuples would become a MultiIndex
        if not _alike_if_equal(cells):
            cells = np.array(texts(column), dtype=object)
    at, distinct = pd.factorize(cells)
    return at, distinct


def _alike_if_equal(cells: NDArray[np.object_]) -> bool:
    """Whether equal cells read the same: 1, 1.0 and True are equal, and lists have no hash."""
    kinds = set(map(type, cells))
    inner = (cell for cell in cells if type(cell) is tuple) if tuple in kinds else ()
    return kinds <= {str, tuple, float, type(None)} and set(map(type, chain(*inner))) <= {str}


def texts(column: Iterable[Any]) -> list[str]:
    """Cells as people read them, one by one; a missing one is empty."""
    cells = column
    if isinstance(column, pd.Series):
        if pd.api.types.is_integer_dtype(column) and not column.hasnans:
            return list(map(str, column.tolist()))
        dated = pd.api.types.is_datetime64_any_dtype(column)
        plain = column.dt.strftime("%Y-%m-%d").fillna("") if dated else column
        cells = plain.to_numpy(dtype=object)
    return [cell if type(cell) is str else _text(cell) for cell in cells]


def _text(value: Any) -> str:
    if isinstance(value, _MANY):
        return "、".join(_text(part) for part in value)
    if isinstance(value, _BOOLEAN):
        return "是" if value else "否"
    if pd.isna(value):
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, _FRACTION):
        return f"{value:.15g}" if value != int(value) else f"{int(value)}"
    return str(value)
