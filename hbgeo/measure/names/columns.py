"""The columns of signs as numbers of their distinct texts: what repeats is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.names.forms import latin_of, letters_of, plain_name, without_parents
from hbgeo.read.cell.column import distinct
from hbgeo.read.cell.text import clean


class Words:
    """Texts with a number each, in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, texts: Iterable[str]) -> Numbers:
        """The numbers of texts; new ones are taken up."""
        known = self._numbers
        return np.array([known.setdefault(text, len(known)) for text in texts], np.intp)

    def find(self, text: str) -> int:
        """The number of a text; −1 where it has none."""
        return self._numbers.get(text, -1)

    def listed(self) -> list[str]:
        """The texts by their numbers."""
        return list(self._numbers)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._numbers)


@dataclass(frozen=True)
class Columns:
    """Signs, a number of a text of `words` in each row and column.

    Attributes
    ----------
    texts, letters, named
        What stands on the sign, its letters, and what it is said to stand for, as they are compared.
    wholes
        What stands on the sign, with all that a comparison takes off: 双河村村.
    given
        Numbers of the rest by column: `kind`, `place_code`, `village_code`, `unit`.
    parented
        Whether `named` may begin with the name of a division, which is then no part of it.
    """

    words: Words
    texts: Numbers
    letters: Numbers
    wholes: Numbers
    named: Numbers
    given: dict[str, Numbers]
    parented: Mask

    def where(self, column: Numbers, ask: Callable[[str], bool]) -> Mask:
        """Mark the rows for whose text `ask`, put once for each, says so."""
        numbers, back = np.unique(column, return_inverse=True)
        words = self.words.listed()
        return np.array([ask(words[k]) for k in numbers.tolist()], bool)[back]


def as_columns(signs: pd.DataFrame, *, sample: bool) -> Columns:
    """Signs (`SIGN_COLUMNS`) as numbers of texts."""
    words = Words()
    words.of([""])
    names, of_name = distinct(signs["name"])
    plain = [plain_name(one, sample=sample) for one in of_name]
    before, of_row = _parents(signs["parents"])
    heads = _Heads(before)
    texts = words.of(plain)[names]
    for at in np.flatnonzero(np.array([heads.before(one) for one in plain], bool)[names]).tolist():
        own = without_parents(plain[names[at]], before[of_row[at]])
        texts[at] = words.of([own])[0]
    said, of_said = distinct(signs["named"])
    claims = [plain_name(one, sample=sample) for one in of_said]
    given = {c: _numbers(signs[c], words) for c in ("kind", "place_code", "village_code")}
    town, county = (_numbers(signs[c], words) for c in ("township_code", "county_code"))
    given["unit"] = np.where(town == words.find(""), county, town)
    return Columns(
        words=words,
        texts=texts,
        letters=_letters(signs["roman"], names, of_name, words, sample=sample),
        wholes=words.of([clean(one).replace(" ", "") for one in of_name])[names],
        named=words.of(claims)[said],
        given=given,
        parented=np.array([heads.before(one) for one in claims], bool)[said],
    )


def _numbers(cells: pd.Series, words: Words) -> Numbers:
    numbers, known = distinct(cells)
    return words.of(known)[numbers]


def _letters(
    cells: pd.Series, names: Numbers, of_name: Sequence[str], words: Words, *, sample: bool
) -> Numbers:
    """The letters of each row: of their own column, or behind the characters."""
    numbers, known = distinct(cells)
    own = words.of([letters_of(one, sample=sample) for one in known])[numbers]
    blank = np.array([not one for one in known], bool)[numbers]
    if not blank.any():
        return own
    behind = words.of([letters_of(latin_of(one), sample=sample) for one in of_name])[names]
    return np.where(blank, behind, own)


def _parents(cells: pd.Series) -> tuple[list[tuple[str, ...]], Numbers]:
    """The distinct lists of divisions, and which of them each row has."""
    known: dict[tuple[str, ...], int] = {}
    numbers = [known.setdefault(one, len(known)) for one in cells.tolist()]
    return list(known), np.array(numbers, np.intp)


class _Heads:
    """The names of divisions, asked whether a text begins with one."""

    def __init__(self, before: Iterable[tuple[str, ...]]) -> None:
        self._names = {name for parents in before for name in parents if name}
        self._lengths = sorted({len(name) for name in self._names})
        self._starts = {name[: self._lengths[0]] for name in self._names}

    def before(self, text: str) -> bool:
        """Whether a division and something more make up the text."""
        if not self._lengths or text[: self._lengths[0]] not in self._starts:
            return False
        return any(text[:k] in self._names for k in self._lengths if k < len(text))
