"""Amounts by label (a unit, a group of units): what each can come to, all labels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.question import SumQuestion, Whole
from hbgeo.measure.doubt.terms import Figures, as_figures, compact


@dataclass(frozen=True)
class Labelled:
    """By label what is sure; by chooser that touches a label what its options give there.

    `label` and `given` are by option of a pair of label and chooser, which begin at `starts`. Options
    that give nothing there are one, the last.
    """

    base: NDArray[np.object_]
    label: Whole
    given: Figures
    starts: Whole

    def ends(self) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
        """By label the least and the greatest."""
        low, high = self.base.copy(), self.base.copy()
        if len(self.given):
            of = self.label[self.starts[:-1]]
            np.add.at(low, of, np.minimum.reduceat(self.given, self.starts[:-1]).astype(object))
            np.add.at(high, of, np.maximum.reduceat(self.given, self.starts[:-1]).astype(object))
        return low, high

    def each(self) -> Iterator[tuple[int, Figures, Whole]]:
        """By label what is sure, what options give, and where choosers begin."""
        ends = np.searchsorted(self.label, np.arange(len(self.base) + 1))
        firsts = np.searchsorted(self.starts, ends)
        spans = zip(pairwise(ends.tolist()), pairwise(firsts.tolist()), strict=True)
        for base, ((a, b), (c, d)) in zip(self.base.tolist(), spans, strict=True):
            yield base, self.given[a:b], self.starts[c : d + 1] - a


def labelled(
    question: SumQuestion, label: Whole, sure: NDArray[np.object_], entries: NDArray[np.object_]
) -> Labelled:
    """Sort what is given by label; -1 is no label."""
    base = np.zeros(int(label.max(initial=-1)) + 1, dtype=object)
    np.add.at(base, label[label >= 0], sure[label >= 0])
    option = np.repeat(np.arange(len(question.give_starts) - 1), np.diff(question.give_starts))
    of = label[question.give_unit]
    held = of >= 0
    options = max(1, len(question.give_starts) - 1)
    keys, place = np.unique(of[held] * options + option[held], return_inverse=True)
    values = compact(entries[held])
    sums = np.zeros(len(keys), dtype=values.dtype)
    np.add.at(sums, place, values)
    choices = question.choices
    named = keys // options
    chooser = choices.chooser[keys % options]
    first = np.flatnonzero(np.diff(named, prepend=-1) | np.diff(chooser, prepend=-1))
    many = np.diff(np.append(first, len(keys)))
    other = many < np.diff(choices.starts)[chooser[first]]  # options that give nothing there
    sizes = many + other
    starts = np.append(0, np.cumsum(sizes))
    given = np.zeros(int(starts[-1]), dtype=values.dtype)
    given[np.arange(len(keys)) + np.repeat(np.cumsum(other) - other, many)] = sums
    return Labelled(base, np.repeat(named[first], sizes), as_figures(given), starts)
