"""In what respects rows are in doubt: a million may be so in the same one, which is then told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from hbgeo.alike import number_sequences
from hbgeo.arrays import Mask
from hbgeo.measure.doubt.question import Whole


class Respect(NamedTuple):
    """A respect in which rows are in doubt: its kind, and of a cell its column and what it may say."""

    kind: str
    column: str = ""
    says: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Notes:
    """The respects in which each row is in doubt, in the order in which they were noted.

    Attributes
    ----------
    size
        How many rows there are.
    rows, which
        Pairs of row and respect, by number.
    respects
        Each once.
    """

    size: int
    rows: Whole
    which: Whole
    respects: tuple[Respect, ...]

    def marked(self, asked: Callable[[Respect], bool]) -> Mask:
        """Mark the rows that are in doubt in a respect which is asked for."""
        some = np.array([asked(one) for one in self.respects], dtype=bool)
        marked = np.zeros(self.size, dtype=bool)
        marked[self.rows[some[self.which]]] = True
        return marked

    @cached_property
    def _sequences(self) -> tuple[Whole, list[tuple[int, ...]]]:
        numbers, sequences = number_sequences(self.rows, self.which, self.size)
        return numbers.astype(np.int64), sequences

    @property
    def numbers(self) -> Whole:
        """By row the number under which `told` has all of its respects."""
        return self._sequences[0]

    def told(self, number: int) -> tuple[Respect, ...]:
        """All respects of the rows of a number, in their order; none of rows without one."""
        return tuple(self.respects[at] for at in self._sequences[1][number])


class Collected:
    """Collects notes."""

    def __init__(self) -> None:
        self._known: dict[Respect, int] = {}
        self._rows, self._which = list[Whole](), list[Whole]()

    def add(self, rows: Whole, respect: Respect) -> None:
        """Rows that are all in doubt in one respect."""
        self.each(rows, np.zeros(len(rows), dtype=np.int64), [respect])

    def each(self, rows: Whole, which: Whole, respects: Sequence[Respect | None]) -> None:
        """Rows, each in its own respect by number; None is no doubt."""
        known = self._known
        own = [-1 if one is None else known.setdefault(one, len(known)) for one in respects]
        number = np.array([*own, -1], dtype=np.int64)[which]
        self._rows.append(rows[number >= 0].astype(np.int64))
        self._which.append(number[number >= 0])

    def notes(self, size: int) -> Notes:
        """All that was added, of so many rows."""
        none = np.zeros(0, dtype=np.int64)
        rows, which = (np.concatenate([none, *some]) for some in (self._rows, self._which))
        return Notes(size, rows, which, tuple(self._known))
