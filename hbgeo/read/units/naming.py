"""Whom the rows of a layer name: every distinct naming is looked up once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask, Numbers
from hbgeo.read.cell.column import distinct, spread
from hbgeo.read.divisions.naming import Found, Naming
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import PROVENANCE, Issue, Notes
from hbgeo.read.schema.tidy import Tidy

_NAMING = ["county_code", "county", "township_code", "township", "village_code", "village"]
_UPTO = {"county": 2, "township": 4, "village": 6}  # of those columns, the ones a level needs
_MOST = 2**62  # numbers of namings that fit one integer


@dataclass(frozen=True)
class Named:
    """Whom the rows of a frame name: the distinct answers, and the number of each row's."""

    found: tuple[Found, ...]
    numbers: Numbers
    index: pd.Index

    def some(self, at: Numbers) -> Named:
        """The same of the rows at some positions."""
        return Named(self.found, self.numbers[at], self.index[at])

    def codes(self, level: str) -> pd.Series:
        """The code each row names at a level, "" where it names none."""
        return self.texts(lambda one: getattr(one, level, ""))

    def texts(self, ask: Callable[[Found], str]) -> pd.Series:
        """A text for each row, by whom it names."""
        return spread([ask(one) for one in self.found], self.numbers, self.index)

    def mark(self, ask: Callable[[Found], object]) -> Mask:
        """Mark the rows of whose answer something is so."""
        return np.array([bool(ask(one)) for one in self.found], dtype=bool)[self.numbers]

    def of(self, position: int) -> Found:
        """Whom the row at a position names."""
        return self.found[int(self.numbers[position])]


def look_up(frame: pd.DataFrame, register: Register, *, codes: bool, level: str) -> Named:
    """Look up whom each row names, down to a level.

    Parameters
    ----------
    codes
        Whether the rows' codes are of the units' scheme.
    """
    given = [c for c in _NAMING[: _UPTO[level]] if c in frame]
    numbers, first = _same([frame[c] for c in given], len(frame))
    asked = {c: frame[c].iloc[first].tolist() for c in given}
    blank = [""] * len(first)
    namings = zip(*(asked.get(c, blank) for c in _NAMING), strict=True)
    found = tuple(register.look_up(Naming(*naming), codes=codes) for naming in namings)
    return Named(found, numbers, frame.index)


def note_problems(frame: pd.DataFrame, named: Named, notes: Notes) -> None:
    """Say what is wrong with the units that rows name, row by row."""
    schema = notes.schema
    at = np.flatnonzero(named.mark(lambda one: one.problems))
    places = frame[PROVENANCE].iloc[at].itertuples(index=False, name=None)
    for i, (file, sheet, row) in zip(at.tolist(), places, strict=True):
        for p in named.of(i).problems:
            where = (notes.layer, file, sheet, int(row), schema.heading(p.column), p.value)
            notes.issues.append(Issue(*where, p.rule, p.severity, f"第{row}行 {p.message}", p.fix))


def senders_of(made: Tidy, register: Register, named: Named) -> pd.DataFrame:
    """The county each row names, by its own words: also of rows that are wrong otherwise."""
    words = dict.fromkeys((*PROVENANCE[:2], "county_code"), "category")  # few, again and again
    known = made.frame[PROVENANCE].assign(county_code=named.codes("county"))
    silent = named.mark(lambda one: not one.county)
    if not silent.any() and made.aside.empty:
        return known.astype(words)
    columns = [c for c in (*PROVENANCE, *_NAMING[:2]) if c in made.frame]
    unknown = pd.concat([made.frame.loc[silent, columns], made.aside.reindex(columns=columns)])
    by_words = look_up(unknown, register, codes=True, level="county")
    asked = unknown[PROVENANCE].assign(county_code=by_words.codes("county"))
    return pd.concat([known[~silent], asked]).astype(words)


def blank_texts(frame: pd.DataFrame) -> pd.Series:
    """A column of nothing, for one that a layer does not have."""
    return pd.Series("", frame.index, dtype="str")


def _same(columns: list[pd.Series], rows: int) -> tuple[Numbers, Numbers]:
    """Number the rows so that rows alike in all columns share a number; the first row of each."""
    keys, size = np.zeros(rows, np.int64), 1
    for column in columns:
        numbers, words = distinct(column)
        if size * (len(words) + 1) > _MOST:
            keys, size = pd.factorize(keys)[0], rows
        keys, size = keys * len(words) + numbers, size * len(words)
    numbers, found = pd.factorize(keys)
    first = np.empty(len(found), np.intp)
    first[numbers[::-1]] = np.arange(rows)[::-1]  # the last one written is the first row
    return numbers, first
