"""Every facility that counted, indicator by indicator: what a snapshot keeps of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrow import find_texts
from hbgeo.measure.joined import joined, repeated

FACILITY = ["id", "name", "x", "y", "named", "served", "ways"]
_TEXTS = ("name", "named")


@dataclass(frozen=True)
class CountedFacilities:
    """Facilities one indicator after another, numbered in that order.

    Nothing of them is copied: of ten million a table of all would take half a gigabyte.

    Attributes
    ----------
    frames
        Indicator → its facilities by id, with the other columns of `FACILITY`.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @classmethod
    def of_table(cls, table: pd.DataFrame) -> tuple[CountedFacilities, NDArray[np.int64]]:
        """The rows of a table with `indicator` and `FACILITY`, and the number that each of them gets.

        Indicators follow each other as the last rows of each do.
        """
        at, indicators = pd.factorize(table["indicator"])
        last = np.zeros(len(indicators), dtype=np.int64)
        last[at] = np.arange(len(at))
        sequence = np.argsort(last)
        order = np.argsort(np.argsort(sequence)[at], kind="stable")
        number = np.empty(len(order), dtype=np.int64)
        number[order] = np.arange(len(order))
        sizes = np.bincount(at, minlength=len(indicators))[sequence]
        ends, by_id = np.cumsum(sizes), table.drop(columns="indicator").set_index("id")
        frames = {
            indicators[n]: by_id.iloc[order[end - size : end]]
            for n, size, end in zip(sequence, sizes, ends, strict=True)
        }
        return cls(frames), number

    def __len__(self) -> int:
        return sum(map(len, self.frames.values()))

    @cached_property
    def start(self) -> dict[str, int]:
        """The number of each indicator's first facility."""
        sizes = list(map(len, self.frames.values()))
        return dict(zip(self.frames, np.cumsum([0, *sizes])[:-1].tolist(), strict=True))

    def column(self, name: str) -> pd.Series:
        """`indicator`, or one of `FACILITY`, of all of them."""
        return pd.Series(self._cells(name), copy=False)

    def _cells(self, name: str) -> Any:
        frames = list(self.frames.values())
        if name == "indicator":
            return repeated(list(self.frames), list(map(len, frames)))
        if name == "id":
            return joined([frame.index for frame in frames])
        columns = [frame[name] for frame in frames]
        if name in _TEXTS:
            return joined(columns)
        return np.concatenate([column.to_numpy() for column in columns] or [np.zeros(0)])

    def of(self, indicator: str) -> pd.DataFrame:
        """The facilities of one indicator by id, each once."""
        mine = self.frames.get(indicator)
        if mine is None:
            return pd.DataFrame(columns=FACILITY[1:])
        return mine[~mine.index.duplicated()]

    def ids(self, indicator: str, numbers: NDArray[np.int64]) -> list[str]:
        """The ids of some facilities of one indicator, by their numbers."""
        mine = self.frames.get(indicator)
        if mine is None or not len(numbers):
            return []
        found: list[str] = mine.index.array.take(numbers - self.start[indicator]).tolist()
        return found

    def some(self, indicator: str, ids: pd.Index) -> pd.DataFrame:
        """Some facilities of one indicator by id; those that it does not have are left out."""
        mine = self.frames.get(indicator)
        if mine is None:
            return pd.DataFrame(columns=FACILITY[1:])
        at = find_texts(ids, mine.index)
        return mine.iloc[at[at >= 0]]
