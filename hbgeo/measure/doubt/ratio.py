"""The least and the greatest 100 · top / bottom, exactly, by raising a percentage until none exceeds it.

Dinkelbach (1967): whether some combination exceeds a percentage is a linear question. Combinations
whose bottom is 0 have none; where the best would be one, some chooser is made to have a bottom.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from hbgeo.measure.doubt.linear import mixed
from hbgeo.measure.doubt.question import Span, Whole
from hbgeo.measure.doubt.terms import Figures, total


def ratio_span(base: tuple[int, int], given: tuple[Figures, Figures], starts: Whole) -> Span:
    """The span of 100 · top / bottom, from what stands without doubt and what each option gives."""
    if not len(given[0]):
        pct = Fraction(100 * base[0], base[1]) if base[1] > 0 else None
        return Span(pct, pct, exact=True)
    first = _picks(given[1], given[1], starts, base[1])
    if first is None:
        return Span(None, None, exact=True)
    low, high = (_raised(base, given, starts, first, sign) for sign in (-1, 1))
    return Span(low, high, exact=True)


def _raised(
    base: tuple[int, int], given: tuple[Figures, Figures], starts: Whole, picks: Whole, sign: int
) -> Fraction:
    """The greatest `sign` · percentage."""
    pct = _pct(base, given, picks)
    while True:
        worth = mixed(given[0], 100 * sign * pct.denominator, given[1], -sign * pct.numerator)
        found = _picks(worth, given[1], starts, base[1])
        assert found is not None  # noqa: S101
        better = _pct(base, given, found)
        if sign * better <= sign * pct:
            return pct
        pct = better


def _pct(base: tuple[int, int], given: tuple[Figures, Figures], picks: Whole) -> Fraction:
    return Fraction(100 * (base[0] + total(given[0][picks])), base[1] + total(given[1][picks]))


def _best(worth: Figures, starts: Whole) -> Whole:
    """By chooser its best option, the first of equals."""
    best = np.repeat(np.maximum.reduceat(worth, starts[:-1]), np.diff(starts))
    place = np.where(worth == best, np.arange(len(worth)), len(worth))
    return np.asarray(np.minimum.reduceat(place, starts[:-1]))


def _picks(worth: Figures, bottom: Figures, starts: Whole, base: int) -> Whole | None:
    """The best options with a bottom above 0; None if there are none."""
    picks = _best(worth, starts)
    if base + total(bottom[picks]) > 0:
        return picks
    having = np.flatnonzero(bottom > 0)
    if not len(having):
        return None
    chooser = np.searchsorted(starts, having, side="right") - 1
    loss = worth[picks[chooser]] - worth[having]
    least = int(np.argmin(loss))
    picks[chooser[least]] = having[least]
    return picks
