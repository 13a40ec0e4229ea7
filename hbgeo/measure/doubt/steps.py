"""Turning and settling a count, a sum or a ratio: every chooser adds its own to one margin."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from hbgeo.measure.doubt.knapsack import Load, fewest
from hbgeo.measure.doubt.linear import margin_gifts
from hbgeo.measure.doubt.question import Fewest, SumQuestion, Whole
from hbgeo.measure.doubt.terms import Figures, total


def sums_turning(question: SumQuestion, target: Fraction) -> Fewest:
    """The fewest rows whose other readings turn the conclusion of a sum."""
    if not len(question.choices):
        return Fewest()
    gifts = margin_gifts(question, target)
    now = gifts.now()
    gain = -gifts.change() if now >= 0 else gifts.change()
    cost = np.maximum(question.choices.cost, 1)
    plain, chooser, option = _single(gain, cost, gifts.starts)
    curves, names = _curves(gain, cost, gifts.starts, np.flatnonzero(~plain))
    load = fewest(now + 1 if now >= 0 else -now, cost[option], gain[option], curves)
    return _named(load, chooser, option, names)


def _single(gain: Figures, cost: Whole, starts: Whole) -> tuple[np.ndarray, Whole, Whole]:
    """Whether one option of a chooser is the best at any cost; those that gain, and the option."""
    sizes = np.diff(starts)
    first = np.zeros(len(gain), bool)
    first[starts[:-1]] = True
    best = np.repeat(np.maximum.reduceat(gain, starts[:-1]), sizes)
    paid = np.where(first, np.iinfo(np.int64).max, cost)
    cheap = paid == np.repeat(np.minimum.reduceat(paid, starts[:-1]), sizes)
    place = np.where((gain == best) & cheap & ~first, np.arange(len(gain)), len(gain))
    option = np.minimum.reduceat(place, starts[:-1])
    none = np.maximum.reduceat(gain, starts[:-1]) <= 0
    plain = none | (option < len(gain))
    chooser = np.flatnonzero(plain & ~none)
    return plain, chooser, option[chooser]


def _curves(
    gain: Figures, cost: Whole, starts: Whole, choosers: Whole
) -> tuple[list[list[tuple[int, int]]], list[list[tuple[int, int]]]]:
    """What more rows of a chooser gain, and by point the chooser and its option."""
    curves, names = [], []
    for chooser in choosers.tolist():
        options = range(int(starts[chooser]) + 1, int(starts[chooser + 1]))
        points: list[tuple[int, int]] = []
        taken: list[tuple[int, int]] = []
        for option in sorted(options, key=lambda o: (int(cost[o]), -int(gain[o]))):
            if gain[option] > (points[-1][1] if points else 0):
                points.append((int(cost[option]), int(gain[option])))
                taken.append((chooser, option))
        curves.append(points)
        names.append(taken)
    return curves, names


def _named(load: Load, chooser: Whole, option: Whole, names: list[list[tuple[int, int]]]) -> Fewest:
    if load.rows is None:
        return Fewest()
    chosen = [(int(chooser[i]), int(option[i])) for i in load.items]
    chosen += [names[number][place] for number, place in load.points]
    chosen.sort()
    return Fewest(
        tuple(c for c, _ in chosen), tuple(o for _, o in chosen), load.rows, load.at_least
    )


def sums_settling(question: SumQuestion, target: Fraction) -> Fewest:
    """The fewest rows that settle the conclusion of a sum when confirmed."""
    if not len(question.choices):
        return Fewest(rows=0)
    gifts = margin_gifts(question, target)
    now = gifts.now()
    gain = -gifts.change() if now >= 0 else gifts.change()
    most = np.maximum.reduceat(gain, gifts.starts[:-1])
    chooser = np.flatnonzero(most > 0)
    room = now if now >= 0 else -1 - now
    rows = np.maximum(question.choices.rows[chooser], 1)
    load = fewest(total(most) - room, rows, most[chooser])
    return Fewest(tuple(sorted(chooser[load.items].tolist())), (), load.rows, load.at_least)
