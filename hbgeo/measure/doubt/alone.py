"""What each chooser could change alone, all others read as the figure has them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.linear import Gifts, by_option, margin_gifts
from hbgeo.measure.doubt.question import CoverQuestion, SumQuestion, Whole
from hbgeo.measure.doubt.terms import (
    Figures,
    Terms,
    as_figures,
    fill_pairs,
    margin,
    objective,
    terms_of,
    total,
)


@dataclass(frozen=True)
class Alone:
    """By chooser what its other readings would change alone.

    Attributes
    ----------
    least, most
        The least and the greatest change of covered demand, or of the amount, times `per`: whole
        numbers; 0 of a chooser without another reading.
    turns
        Whether some other reading of it turns the conclusion; None without a target.
    """

    least: Figures
    most: Figures
    turns: Mask | None


def alone(question: CoverQuestion | SumQuestion, target: Fraction | None = None) -> Alone:
    """Say what each chooser could change alone, and whether it turns the conclusion alone."""
    if isinstance(question, SumQuestion):
        return _of_sums(question, target)
    terms = terms_of(question)
    option, term, sign = _flips(question, terms)
    many = len(question.fill_starts) - 1
    change = _added(option, term, sign, objective(question, 1, 0), many)
    turns = None
    if target is not None:
        coef = margin(question, target)
        now = total(coef[_lacking(question, terms)[1] == 0])
        turns = _turning(now, _added(option, term, sign, coef, many), question.choices.starts)
    return Alone(*_others(change, question.choices.starts), turns)


def _of_sums(question: SumQuestion, target: Fraction | None) -> Alone:
    starts = question.choices.starts
    change = Gifts(0, by_option(question, question.give_top), starts).change()
    turns = None
    if target is not None:
        gifts = margin_gifts(question, target)
        turns = _turning(gifts.now(), gifts.change(), starts)
    return Alone(*_others(change, starts), turns)


def _others(change: Figures, starts: Whole) -> tuple[Figures, Figures]:
    """The least and the greatest over the options that are not the first."""
    sizes = np.diff(starts)
    least = np.zeros(len(sizes), dtype=change.dtype)
    most = least.copy()
    several = np.flatnonzero(sizes > 1)
    if len(several):
        kept = np.repeat(sizes > 1, sizes)
        kept[starts[:-1]] = False
        first = np.concatenate([[0], np.cumsum(sizes[several] - 1)[:-1]])
        least[several] = np.minimum.reduceat(change[kept], first)
        most[several] = np.maximum.reduceat(change[kept], first)
    return as_figures(least), as_figures(most)


def _turning(now: int, change: Figures, starts: Whole) -> Mask:
    least, most = _others(change, starts)
    return np.asarray(now + least < 0 if now >= 0 else now + most >= 0, dtype=bool)


def _lacking(question: CoverQuestion, terms: Terms) -> tuple[Whole, Whole]:
    """How many fill each slot in the figure, and by term how many slots it lacks."""
    pair, slot = fill_pairs(question)
    first = np.zeros(len(question.fill_starts) - 1, bool)
    first[question.choices.starts[:-1]] = True
    fillers = np.bincount(slot[first[pair]], minlength=len(question.sure)) + 2 * question.sure
    empty = fillers[terms.slot] == 0
    return fillers, np.bincount(terms.term[empty], minlength=len(terms.unit))


def _flips(question: CoverQuestion, terms: Terms) -> tuple[Whole, Whole, Whole]:
    """Which option makes which term count (1) or count no more (-1), alone."""
    fillers, lacking = _lacking(question, terms)
    option, slot, sign = _changes(question, fillers)
    order = np.argsort(terms.slot, kind="stable")
    asked, of = terms.slot[order], terms.term[order]
    left, right = np.searchsorted(asked, slot), np.searchsorted(asked, slot, side="right")
    times = right - left
    owner = np.repeat(np.arange(len(slot)), times)
    place = (
        np.arange(len(owner)) - np.repeat(np.cumsum(times) - times, times) + np.repeat(left, times)
    )
    key = option[owner] * len(terms.unit) + of[place]
    pairs, where = np.unique(key, return_inverse=True)
    net = np.zeros(len(pairs), np.int64)
    np.add.at(net, where, sign[owner])
    option, term = pairs // len(terms.unit), pairs % len(terms.unit)
    before = lacking[term] == 0
    after = lacking[term] - net == 0
    flipped = before != after
    return option[flipped], term[flipped], np.where(after, 1, -1)[flipped]


def _changes(question: CoverQuestion, fillers: Whole) -> tuple[Whole, Whole, Whole]:
    """Which slots each option fills (1) that are empty in the figure, or empties (-1)."""
    pair, slot = fill_pairs(question)
    starts, chooser = question.choices.starts, question.choices.chooser
    first = np.zeros(len(chooser), bool)
    first[starts[:-1]] = True
    come = ~first[pair] & (fillers[slot] == 0)
    sole = first[pair] & (fillers[slot] == 1)
    owner, held = chooser[pair[sole]], slot[sole]
    sizes = np.diff(starts)[owner] - 1
    option = np.repeat(starts[owner] + 1, sizes) + _counts(sizes)
    lost = np.repeat(held, sizes)
    slots = len(question.sure)
    kept = np.isin(option * slots + lost, pair * slots + slot)
    option, lost = option[~kept], lost[~kept]
    signs = np.concatenate([np.ones(int(come.sum()), np.int64), -np.ones(len(option), np.int64)])
    return np.concatenate([pair[come], option]), np.concatenate([slot[come], lost]), signs


def _counts(sizes: Whole) -> Whole:
    """0, 1, … for each."""
    return np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def _added(option: Whole, term: Whole, sign: Whole, coef: Figures, many: int) -> Figures:
    made = np.zeros(many, dtype=coef.dtype)
    np.add.at(made, option, coef[term] * sign)
    return as_figures(made)
