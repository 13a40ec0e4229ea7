"""What a question about covering asks for, as terms: each counts when all of its slots are filled.

A unit has two: that it is counted (its member slot, or nothing at all), and that it is counted and
covered (all of its slots). Covered demand, the denominator and every margin are sums of terms with
whole numbers before them, so one solver answers them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.question import CoverQuestion, Whole

Figures = NDArray[np.int64] | NDArray[np.object_]  # whole numbers, ints of any size if need be
_ROOM = 2**61  # sums up to here are made in 64 bits


@dataclass(frozen=True)
class Terms:
    """The terms of a question: first one a unit for covered, then one a unit for counted.

    Attributes
    ----------
    unit
        The unit of each term.
    term, slot
        The slots of each term, as pairs.
    """

    unit: Whole
    term: Whole
    slot: Whole


def terms_of(question: CoverQuestion) -> Terms:
    """The terms of all units."""
    units = len(question.weight)
    asked = np.flatnonzero(question.slot_unit >= 0)
    doubtful = np.flatnonzero(question.member >= 0)
    member = question.member[doubtful]
    return Terms(
        unit=np.tile(np.arange(units), 2),
        term=np.concatenate([question.slot_unit[asked], doubtful, doubtful + units]),
        slot=np.concatenate([asked, member, member]),
    )


@lru_cache(maxsize=1 << 14)
def fraction(top: int, bottom: int) -> Fraction:
    """A fraction; parts and indicators ask for the same ones over and over."""
    return Fraction(top, bottom)


def compact(figures: NDArray[np.object_] | Figures, factor: int = 1) -> Figures:
    """The same numbers times a factor, in 64 bits where no sum of them can overflow."""
    if figures.dtype != object:  # a rounded sum tells, but near the edge
        size = float(np.abs(figures.astype(float)).sum())
        if abs(factor) < _ROOM and 2 * size * abs(factor) < _ROOM:
            return as_figures(figures * factor)
    values = figures.tolist()
    if sum(map(abs, values)) < _ROOM // max(1, abs(factor)):
        return np.array(values, dtype=np.int64) * factor
    return np.array([*(value * factor for value in values), None], dtype=object)[:-1]


def as_figures(made: NDArray[Any]) -> Figures:
    """Say of an array that it holds whole numbers."""
    return cast("Figures", made)


def objective(question: CoverQuestion, covered: int, counted: int) -> Figures:
    """What each term is worth if a covered unit is worth `covered`, a counted one `counted` a weight."""
    pair = [compact(question.weights, covered), compact(question.weights, counted)]
    made = as_figures(np.concatenate(pair))
    return made if made.dtype == object else compact(made)


def margin(question: CoverQuestion, pct: Fraction) -> Figures:
    """Terms whose sum is ≥ 0 if and only if the figure reaches `pct`."""
    return objective(question, 100 * pct.denominator, -pct.numerator)


def total(values: Figures) -> int:
    """The sum, a Python int."""
    return int(values.sum()) if len(values) else 0


def fill_pairs(question: CoverQuestion) -> tuple[Whole, Whole]:
    """Options and the slots they fill, as pairs."""
    sizes = np.diff(question.fill_starts)
    return np.repeat(np.arange(len(sizes)), sizes), question.fills


def filled_by(question: CoverQuestion, options: Whole) -> Mask:
    """The slots that are filled when each chooser takes the option given, numbered over all."""
    taken = np.zeros(len(question.fill_starts) - 1, bool)
    taken[options] = True
    pairs, slots = fill_pairs(question)
    made = question.sure.copy()
    made[slots[taken[pairs]]] = True
    return made


def states_of(question: CoverQuestion, terms: Terms, options: Whole) -> Mask:
    """Which terms count when each chooser takes the option given."""
    filled = filled_by(question, options)
    lacking = np.bincount(terms.term[~filled[terms.slot]], minlength=len(terms.unit))
    return np.asarray(lacking == 0)


def margin_now(question: CoverQuestion, pct: Fraction) -> tuple[Terms, Figures, int]:
    """The terms, each one's part of the margin, and its sum as the figure has its rows now."""
    terms, coef = terms_of(question), margin(question, pct)
    return terms, coef, total(coef[states_of(question, terms, question.choices.starts[:-1])])
