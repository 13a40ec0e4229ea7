"""The signs that are plainly right: text and letters as the gazetteer has them, told by the column.

Whatever is not told so is left to `closely`, sign by sign; both give the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.names.closely import NAMED
from hbgeo.measure.names.columns import Columns
from hbgeo.measure.names.generics import VILLAGE
from hbgeo.measure.names.places import Places
from hbgeo.measure.names.roman import Spelled
from hbgeo.measure.names.text import Judge
from hbgeo.measure.names.writing import APOSTROPHE


@dataclass(frozen=True)
class Plain:
    """Which signs are plainly right.

    Attributes
    ----------
    mask
        The others are to be looked at one by one.
    at
        The place of each that is right; −1 where the gazetteer has none.
    known
        Whether there is a standard name, which is what the sign says.
    """

    mask: Mask
    at: Numbers
    known: Mask


def find_plain(columns: Columns, places: Places, judge: Judge, asked: Mask) -> Plain:
    """Tell the signs that no rule finds anything of, as far as each is held by itself.

    Parameters
    ----------
    asked
        The signs whose names the gazetteer should hold.
    """
    at, sure = _find_places(columns, places, asked)
    standard = places.numbers(columns.words)
    same = at >= 0
    same[same] = standard[at[same]] == columns.texts[same]
    mask = sure & (same | (at < 0))
    claims = _claims(columns, asked) & (at < 0)
    mask &= ~claims | ((columns.named == columns.texts) & ~columns.parented)
    bare = mask & (at < 0) & ~claims
    odd = judge.variants.odd
    mask[bare] &= ~columns.where(columns.texts[bare], lambda text: bool(odd.search(text)))
    official = np.full(len(at), columns.words.find(""))
    official[same] = places.spellings(columns.words)[at[same]]
    rows = np.flatnonzero(mask & (columns.letters != columns.words.find("")))
    mask[rows] = _spelled(columns, rows, official[rows], judge)
    return Plain(mask, np.where(mask, at, -1), mask & (same | claims))


def _find_places(columns: Columns, places: Places, inside: Mask) -> tuple[Numbers, Mask]:
    """The place of each sign, −1 for none, and whether that is sure."""
    given, words = columns.given, columns.words.listed()
    at = places.by_codes(given["place_code"], words)
    by_village = places.by_codes(given["village_code"], words)
    is_village = given["kind"] == columns.words.find(VILLAGE)
    at = np.where((at < 0) & is_village, by_village, at)
    empty = columns.words.find("")
    asked = (at < 0) & inside & (columns.texts != empty) & (given["unit"] != empty)
    asked &= len(places) > 0
    sure = np.ones(len(at), bool)
    rows = np.flatnonzero(asked)
    if len(rows):
        find = places.by_name(columns.words)
        units = given["unit"][rows]
        first, count = find(units, columns.texts[rows])
        at[rows] = np.where(count == 1, first, -1)
        named = columns.named[rows]
        other = (named != empty) & (named != columns.texts[rows])
        sure[rows] = (count == 1) & ~(other & (find(units, named)[1] > 0))
    return at, sure


def _claims(columns: Columns, asked: Mask) -> Mask:
    """Mark the signs that are held against what their own row says they stand for."""
    own = columns.where(columns.given["kind"], NAMED.__contains__)
    return np.asarray(own & ~asked & (columns.named != columns.words.find("")))


def _spelled(columns: Columns, rows: Numbers, official: Numbers, judge: Judge) -> Mask:
    """Whether the letters of rows are one of the usual spellings of their texts.

    Parameters
    ----------
    official
        How the gazetteer spells their names. It may settle a reading; where it has the usual one,
        that is the right one.
    """
    words, kinds = columns.words.listed(), columns.given["kind"][rows]
    names = columns.texts[rows] * len(words) + kinds
    order = np.argsort(names, kind="stable")
    right, last, spelled = [], -1, None
    parts = (names, columns.letters[rows], official, columns.wholes[rows])
    for name, said, own, whole in zip(*(part[order].tolist() for part in parts), strict=True):
        text, kind = divmod(name, len(words))
        if spelled is None or name != last:
            last = name
            spelled = Spelled(words[text], words[kind], judge.reader)
        settled = not words[own] or spelled.sure or spelled.has(_plainly(words[own]))
        fits = spelled.has(_plainly(words[said]))
        if not fits and spelled.sure and len(words[whole]) > len(words[text]):
            # letters of the whole sign are too many for its name alone, and right for the whole
            fits = Spelled(words[whole], words[kind], judge.reader).has(_plainly(words[said]))
        right.append(settled and fits)
    made = np.empty(len(rows), bool)
    made[order] = right
    return made


def _plainly(roman: str) -> str:
    return roman.replace("'", APOSTROPHE)
