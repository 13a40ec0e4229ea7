"""Counts, sums and ratios over all combinations: every chooser adds its own, so all of it is exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.bounds import Margins
from hbgeo.measure.doubt.labelled import Labelled, labelled
from hbgeo.measure.doubt.linear import Gifts, by_option, margin_gifts
from hbgeo.measure.doubt.question import Span, SumQuestion, Whole
from hbgeo.measure.doubt.ratio import ratio_span
from hbgeo.measure.doubt.terms import fraction, total


@dataclass(frozen=True)
class SumBounds:
    """What can be made of the amounts.

    Attributes
    ----------
    figure
        Of the whole: the amount, or the percentage of a ratio.
    groups
        The same of each group.
    unit_low, unit_high
        By unit the least and the greatest `top`, times `per`: whole numbers.
    """

    figure: Span
    groups: list[Span]
    unit_low: NDArray[np.object_]
    unit_high: NDArray[np.object_]

    @property
    def exact(self) -> bool:
        """Always: choosers add up."""
        return True

    @property
    def largest(self) -> int:
        """No component has to be searched."""
        return 0


def sum_span(question: SumQuestion, group: Whole | None = None) -> SumBounds:
    """Bound the figure of all units and of groups; a ratio over combinations with a denominator.

    Amounts below a ratio's line are 0 or more.
    """
    units = np.arange(len(question.top))
    tops = labelled(question, units, question.top, question.give_top)
    low, high = tops.ends()
    if question.ratio:
        whole = ratio_span(
            (sum(question.top.tolist()), sum(question.bottom.tolist())),
            (by_option(question, question.give_top), by_option(question, question.give_bottom)),
            question.choices.starts,
        )
    else:
        gifts = Gifts(
            sum(question.top.tolist()),
            by_option(question, question.give_top),
            question.choices.starts,
        )
        ends = (gifts.base + total(gifts.least()), gifts.base + total(gifts.most()))
        whole = Span(Fraction(ends[0], question.per), Fraction(ends[1], question.per), exact=True)
    return SumBounds(whole, [] if group is None else _groups(question, group), low, high)


def _groups(question: SumQuestion, group: Whole) -> list[Span]:
    tops = labelled(question, group, question.top, question.give_top)
    if not question.ratio:
        ends = zip(*(e.tolist() for e in tops.ends()), strict=True)
        return [
            Span(fraction(a, question.per), fraction(b, question.per), exact=True) for a, b in ends
        ]
    return _ratios(tops, labelled(question, group, question.bottom, question.give_bottom))


def _ratios(tops: Labelled, bottoms: Labelled) -> list[Span]:
    pairs = zip(tops.each(), bottoms.each(), strict=True)
    return [
        ratio_span((base, under), (top, bottom), starts)
        for (base, top, starts), (under, bottom, _) in pairs
    ]


def sum_margins(question: SumQuestion, target: Fraction) -> Margins:
    """The least and the greatest margin over the target; its sign says whether it is met."""
    gifts = margin_gifts(question, target)
    scale = target.denominator * (1 if question.ratio else question.per)
    low = Fraction(gifts.base + total(gifts.least()), scale)
    high = Fraction(gifts.base + total(gifts.most()), scale)
    return Margins(low, high, low, high)
