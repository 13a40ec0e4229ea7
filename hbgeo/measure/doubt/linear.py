"""Sums over options: what each gives, what a chooser can give least and most, and a margin of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.question import SumQuestion, Whole
from hbgeo.measure.doubt.terms import Figures, as_figures, compact, total


@dataclass(frozen=True)
class Gifts:
    """What is given without doubt, and what each option gives; options by chooser."""

    base: int
    given: Figures
    starts: Whole

    def least(self) -> Figures:
        """By chooser the least it can give."""
        return np.minimum.reduceat(self.given, self.starts[:-1]) if len(self.given) else self.given

    def most(self) -> Figures:
        """By chooser the most it can give."""
        return np.maximum.reduceat(self.given, self.starts[:-1]) if len(self.given) else self.given

    def change(self) -> Figures:
        """By option how much more it gives than the figure's own of its chooser."""
        own = self.given[self.starts[:-1]]
        return np.asarray(self.given - np.repeat(own, np.diff(self.starts)))

    def now(self) -> int:
        """The sum as the figure has it."""
        return self.base + total(self.given[self.starts[:-1]])


def by_option(question: SumQuestion, entries: NDArray[np.object_]) -> Figures:
    """The sum of each option's entries."""
    sums = (
        np.concatenate([[0], np.cumsum(compact(entries))])
        if len(entries)
        else np.zeros(1, np.int64)
    )
    return np.asarray(sums[question.give_starts[1:]] - sums[question.give_starts[:-1]])


def mixed(first: Figures, factor: int, second: Figures, other: int) -> Figures:
    """`factor` · first + `other` · second, in 64 bits where that holds."""
    a, b = compact(first, factor), compact(second, other)
    if a.dtype != b.dtype:
        a, b = a.astype(object), b.astype(object)
    return compact(as_figures(a + b))


def margin_gifts(question: SumQuestion, target: Fraction) -> Gifts:
    """A sum that is ≥ 0 if and only if the figure reaches the target."""
    top, bottom = by_option(question, question.give_top), by_option(question, question.give_bottom)
    base, under = sum(question.top.tolist()), sum(question.bottom.tolist())
    if not question.ratio:
        worth = compact(top, target.denominator)
        need = target.numerator * question.per
        return Gifts(base * target.denominator - need, worth, question.choices.starts)
    factors = (100 * target.denominator, -target.numerator)
    worth = mixed(top, factors[0], bottom, factors[1])
    return Gifts(base * factors[0] + under * factors[1], worth, question.choices.starts)
