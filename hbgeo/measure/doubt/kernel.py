"""The rows that can push a figure one way, without those that cannot; and toggles of a slot as one.

A reading that helps no more than the figure's own is left out. Rows that hold one slot and may fall
away matter only together; of rows that may fill one slot one is enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.narrow import (
    Narrowed,
    bury,
    fill_singles,
    firsts,
    forget,
    keep_options,
    polarity,
    secure,
    start,
)
from hbgeo.measure.doubt.question import CoverQuestion, Whole
from hbgeo.measure.doubt.terms import Figures, Terms


@dataclass(frozen=True)
class Kernel:
    """What is left, and what it takes.

    Attributes
    ----------
    left
        Choosers and options; the first of each is the figure's own.
    price
        By option number: rows to take it.
    hold
        By chooser: rows to hold it where it is.
    members
        The choosers that one stands for, where they move together, and the option that each takes.
    """

    left: Narrowed
    price: Whole
    hold: Whole
    members: dict[int, list[tuple[int, int]]]

    def of(self, chooser: int, option: int) -> list[tuple[int, int]]:
        """The choosers that one stands for, and their options if it takes one."""
        return self.members.get(chooser, [(chooser, option)])


def kernel(question: CoverQuestion, terms: Terms, coef: Figures, *, turning: bool) -> Kernel:
    """What can raise Σ `coef`: for a turning set, or to be held by a settling set."""
    cost = np.maximum(question.choices.cost, 1)
    left = start(question, terms, coef)
    while left.changed:
        left.changed = False
        forget(left)
        bury(left)
        if len(left.option):
            _stay(left, coef)
        if len(left.option):
            _go(left, coef, cost if turning else np.zeros_like(cost))
        if not left.changed and len(left.option):
            secure(left)
    hold = question.choices.rows.copy()
    price = cost.copy()
    members: dict[int, list[tuple[int, int]]] = {}
    if len(left.option):
        _bundle(left, price, hold, members, turning=turning)
    return Kernel(left, price, hold, members)


def _stay(left: Narrowed, coef: Figures) -> None:
    """Drop options that gain no more than staying does."""
    helps, harms = polarity(left, coef)
    many = len(left.option)
    first = firsts(left.chooser)
    leads = np.zeros(many, bool)
    leads[first] = True
    key = left.chooser[left.pair] * left.slots + left.slot
    own = np.sort(key[leads[left.pair]])
    place = np.minimum(np.searchsorted(own, key), max(0, len(own) - 1))
    kept = own[place] == key if len(own) else np.zeros(len(key), bool)
    gains = np.bincount(left.pair[helps[left.slot] & ~kept], minlength=many)
    harm = harms[left.slot]
    holds = np.bincount(left.pair[harm & kept], minlength=many)
    size = np.diff(np.append(first, many))
    freed = np.repeat(holds[first], size) - holds
    keep = leads | (gains > 0) | (freed > 0)
    if not keep.all():
        keep_options(left, keep)
        left.changed = True
    fill_singles(left)


def _go(left: Narrowed, coef: Figures, cost: Whole) -> None:
    """Of the options that leave, drop those that cannot help where one as cheap cannot harm."""
    helps, harms = polarity(left, coef)
    many = len(left.option)
    first = firsts(left.chooser)
    size = np.diff(np.append(first, many))
    leads = np.zeros(many, bool)
    leads[first] = True
    good = np.bincount(left.pair[helps[left.slot]], minlength=many)
    bad = np.bincount(left.pair[harms[left.slot]], minlength=many)
    paid = np.where(leads, np.iinfo(np.int64).max, cost[left.option])
    cheap = paid == np.repeat(np.minimum.reduceat(paid, first), size)
    score = np.where(cheap & (bad == 0) & ~leads, good, -1)
    best = np.repeat(np.maximum.reduceat(score, first), size)
    place = np.where((score == best) & (best >= 0), np.arange(many), many)
    chosen = np.repeat(np.minimum.reduceat(place, first), size) == np.arange(many)
    keep = leads | chosen | (good > 0) | (best < 0)
    if not keep.all():
        keep_options(left, keep)
        left.changed = True


def _bundle(
    left: Narrowed,
    price: Whole,
    hold: Whole,
    members: dict[int, list[tuple[int, int]]],
    *,
    turning: bool,
) -> None:
    """Let one toggle stand for all of its slot, that leave or that come."""
    at, slot, leaves = _toggles(left)
    if not len(at):
        return
    chooser, other = left.chooser[at], left.option[at + 1]
    weigh = price[other] if turning else hold[chooser]
    order = np.lexsort((weigh, slot * 2 + leaves))
    head = firsts((slot * 2 + leaves)[order])
    ends = np.append(head, len(order))
    total = np.add.reduceat(weigh[order], head)
    kept = order[head]
    joint = (leaves if turning else ~leaves)[kept]
    if turning:
        price[other[kept[joint]]] = total[joint]
    else:
        hold[chooser[kept[joint]]] = total[joint]
    names = list(zip(chooser[order].tolist(), other[order].tolist(), strict=True))
    for g in np.flatnonzero(joint & (np.diff(ends) > 1)).tolist():
        members[names[ends[g]][0]] = names[ends[g] : ends[g + 1]]
    gone = np.zeros(len(left.picks), bool)
    gone[chooser] = True
    gone[chooser[kept]] = False
    keep_options(left, ~gone[left.chooser])


def _toggles(left: Narrowed) -> tuple[Whole, Whole, Mask]:
    """Where the choosers begin that fill one slot or nothing; the slot; whether they fill it now."""
    many = len(left.option)
    first = firsts(left.chooser)
    fills = np.bincount(left.pair, minlength=many)
    at = first[np.diff(np.append(first, many)) == 2]
    at = at[fills[at] + fills[at + 1] == 1]
    slot_of = np.zeros(many, np.int64)
    slot_of[left.pair] = left.slot
    leaves: Mask = fills[at] == 1
    return at, slot_of[at + ~leaves], leaves
