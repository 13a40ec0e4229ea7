"""Which signs may contradict another: told by the column, so that few are compared one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.measure.names.columns import Words
from hbgeo.measure.names.disagree import NEAR_M, on_sphere, sound_of
from hbgeo.measure.names.text import Judge

_CELL = NEAR_M * 1.001  # metres: whatever is near stands in the same cell or the next
_SIDE = 1 << 13  # cells along an axis through the earth, and more


@dataclass(frozen=True)
class Alike:
    """Signs in groups of one kind and one sound, each with a text of its own beside others.

    Attributes
    ----------
    rows
        Group by group; in a group the texts by their first sign, then sign by sign.
    groups, texts
        Of each row.
    """

    rows: Numbers
    groups: Numbers
    texts: Numbers

    def where(self, mask: Mask) -> Alike:
        """Some of the rows."""
        return Alike(self.rows[mask], self.groups[mask], self.texts[mask])


def same_place(places: Numbers, texts: Numbers, letters: Numbers) -> Numbers:
    """Tell the signs of the places whose signs differ in text or letters.

    Parameters
    ----------
    places
        What the signs of one place have in common; −1 where nobody knows.
    letters
        Signs of the same number have the same letters; −1 for those without.
    """
    rows = np.flatnonzero(places >= 0)
    groups = np.unique(places[rows], return_inverse=True)[1]
    differ = _several(groups, texts[rows]) | _several(groups, letters[rows])
    return rows[differ[groups]]


def one_sound(texts: Numbers, kinds: Numbers, asked: Mask, words: Words, judge: Judge) -> Alike:
    """Tell the signs whose name sounds as another's of their kind that is written otherwise.

    Parameters
    ----------
    texts, kinds
        Numbers of `words`.
    asked
        The signs that may be wrong: where all of a sound are right, none is of interest.
    """
    listed, sounds = words.listed(), Words()
    known, back = np.unique(texts, return_inverse=True)
    of_text = sounds.of(sound_of(listed[k], judge) for k in known.tolist())
    longer = np.array([len(listed[k]) > 1 for k in known.tolist()], bool)[back]
    rows = np.flatnonzero(longer)
    groups = np.unique(of_text[back[rows]] * len(words) + kinds[rows], return_inverse=True)[1]
    some = _several(groups, texts[rows])
    wanted = np.zeros(len(some), bool)
    wanted[groups[asked[rows]]] = True
    mine = (some & wanted)[groups]
    rows, groups = rows[mine], groups[mine]
    _, first, of_row = np.unique(
        groups * len(words) + texts[rows], return_index=True, return_inverse=True
    )
    order = np.lexsort((rows, rows[first][of_row], groups))
    return Alike(rows[order], groups[order], texts[rows][order])


def near_another(alike: Alike, units: Numbers, touching: Numbers, lonlat: Floats | None) -> Mask:
    """Mark the rows that may stand near one of their group with another text.

    Parameters
    ----------
    units
        Of each of the rows, by number; −1 where nobody knows.
    touching
        Two columns: pairs of units that touch, each pair both ways.
    lonlat
        Of each of the rows, in degrees; NaN where nobody knows.
    """
    space = None if lonlat is None else on_sphere(lonlat)
    none = np.zeros(len(alike.rows), bool)
    located: Mask = none if space is None else np.asarray(~np.isnan(space).any(axis=1))
    mark = none.copy()
    if space is not None and located.any():
        mark[located] = _in_cells(alike.where(located), space[located])
    open_to = np.unique(alike.groups[~located])
    rest = np.asarray(np.isin(alike.groups, open_to) & (units >= 0))
    mark[rest] |= _in_units(alike.where(rest), units[rest], touching)
    return mark


def _in_cells(alike: Alike, space: Floats) -> Mask:
    """Mark the rows that have another text of their group in their cell or one beside it."""
    cells = np.floor(space / _CELL).astype(np.int64) + _SIDE // 2
    steps = np.array([_SIDE * _SIDE, _SIDE, 1], np.int64)
    keys, back = np.unique(alike.groups * _SIDE**3 + cells @ steps, return_inverse=True)
    least, most = _extremes(back, alike.texts, len(keys))
    low, high = least.copy(), most.copy()
    for shift in product((-1, 0, 1), repeat=3):
        beside = keys + np.array(shift) @ steps
        at = np.minimum(np.searchsorted(keys, beside), len(keys) - 1)
        there = keys[at] == beside
        low[there] = np.minimum(low[there], least[at[there]])
        high[there] = np.maximum(high[there], most[at[there]])
    return np.asarray((high > low)[back])


def _in_units(alike: Alike, units: Numbers, touching: Numbers) -> Mask:
    """Mark the rows that have another text of their group in their unit or one that touches it."""
    many = int(max(units.max(initial=0), touching.max(initial=0))) + 1
    keys, back = np.unique(alike.groups * many + units, return_inverse=True)
    least, most = _extremes(back, alike.texts, len(keys))
    low, high = least.copy(), most.copy()
    touching = touching[np.argsort(touching[:, 0], kind="stable")]
    start, end = (np.searchsorted(touching[:, 0], keys % many, side) for side in ("left", "right"))
    mine = np.repeat(np.arange(len(keys)), end - start)
    steps = np.arange(len(mine)) - np.repeat(np.cumsum(end - start) - (end - start), end - start)
    beside = keys[mine] // many * many + touching[start[mine] + steps, 1]
    at = np.minimum(np.searchsorted(keys, beside), max(len(keys) - 1, 0))
    there = keys[at] == beside
    np.minimum.at(low, mine[there], least[at[there]])
    np.maximum.at(high, mine[there], most[at[there]])
    return np.asarray((high > low)[back])


def _several(groups: Numbers, values: Numbers) -> Mask:
    """Of each group, whether it has two values or more; −1 is none."""
    given = values >= 0
    least, most = _extremes(groups[given], values[given], int(groups.max(initial=-1)) + 1)
    return np.asarray(most > least)


def _extremes(groups: Numbers, values: Numbers, count: int) -> tuple[Numbers, Numbers]:
    least, most = np.full(count, np.iinfo(np.intp).max), np.full(count, -1)
    np.minimum.at(least, groups, values)
    np.maximum.at(most, groups, values)
    return least, most
