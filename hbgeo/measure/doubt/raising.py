"""Upper ends raised by what rows add of which not each place is tried (see `untried`).

What other rows leave open is answered as if those were not there. Every unit that they reach is at the
most one more that is covered, so the heaviest of those that are not covered for sure are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.bounds import CoverBounds, Margins, margin_span
from hbgeo.measure.doubt.question import CoverQuestion, Span, SumQuestion, Whole
from hbgeo.measure.doubt.solve import Answer
from hbgeo.measure.doubt.sums import SumBounds, sum_margins
from hbgeo.measure.doubt.untried import Untried


def raised(
    found: Answer,
    question: CoverQuestion | SumQuestion,
    untried: Untried,
    target: Fraction | None,
    group: Whole,
) -> Answer:
    """An answer that encloses what the rows add that the question left out.

    Parameters
    ----------
    target
        A percentage (coverage) or a value (count, sum) that decides; None where none does.
    group
        By unit the group that the answer was asked for.
    """
    if not len(untried):
        return found
    made = _raised_bounds(question, found.bounds, untried, group)
    firm = None if target is None else _margins(question, made, untried, target).firm
    if firm is not False:
        return replace(found, bounds=made, firm=firm, turning=None, settling=None)
    turning = found.turning and replace(found.turning, at_least=min(1, found.turning.at_least))
    return replace(found, bounds=made, firm=firm, turning=turning, settling=None)


def _raised_bounds(
    question: CoverQuestion | SumQuestion,
    bounds: CoverBounds | SumBounds,
    untried: Untried,
    group: Whole,
) -> CoverBounds | SumBounds:
    groups = raised_spans(bounds.groups, question, bounds, untried, group)
    every = np.zeros(len(group), dtype=np.int64)
    if isinstance(bounds, SumBounds):
        figure = raised_spans([bounds.figure], question, bounds, untried, every)[0]
        most = bounds.unit_high + ceil((untried.top or 0) * question.per)
        return replace(bounds, figure=figure, groups=groups, unit_high=most)
    covered = raised_spans([bounds.covered], question, bounds, untried, every)[0]
    shares = zip(groups, bounds.group_totals, bounds.group_pcts, strict=True)
    return replace(
        bounds,
        covered=covered,
        pct=_share(covered, bounds.total, bounds.pct),
        groups=groups,
        group_pcts=[_share(*one) for one in shares],
        unit_high=bounds.unit_high | True,
    )


def raised_spans(
    spans: Sequence[Span],
    question: CoverQuestion | SumQuestion,
    bounds: CoverBounds | SumBounds,
    untried: Untried,
    group: Whole,
) -> list[Span]:
    """The spans of groups of units with what the rows may add to each; no more than all of them."""
    if not len(untried):
        return [*spans]
    if isinstance(question, SumQuestion):
        return [_raise(span, untried.top or Fraction(0)) for span in spans]
    made = []
    for number, span in enumerate(spans):
        inside = group == number
        whole = Fraction(sum(question.weights[inside].tolist()), question.per)
        made.append(_raise(span, _added(question, _may(bounds) & inside, untried), whole))
    return made


def _margins(
    question: CoverQuestion | SumQuestion,
    bounds: CoverBounds | SumBounds,
    untried: Untried,
    target: Fraction,
) -> Margins:
    """The least and the greatest margin over a target."""
    if isinstance(question, SumQuestion):
        found = sum_margins(question, target)
        return replace(found, high=found.high + (untried.top or 0))
    found = margin_span(question, target)
    return replace(found, high=found.high + 100 * _added(question, _may(bounds), untried))


def _may(bounds: CoverBounds | SumBounds) -> Mask:
    """The units that are not covered for sure."""
    return ~np.asarray(bounds.unit_low, dtype=bool)


def _added(question: CoverQuestion, may: Mask, untried: Untried) -> Fraction:
    """The demand of the units that the rows cover at the most, among some."""
    heaviest = sorted(question.weights[may].tolist(), reverse=True)
    return Fraction(sum(heaviest[: untried.units]), question.per)


def _raise(span: Span, more: Fraction, whole: Fraction | None = None) -> Span:
    if span.high is None or not more:
        return span
    high = span.high + more
    return replace(span, high=high if whole is None else min(high, whole), exact=False)


def _share(covered: Span, total: Span, pct: Span) -> Span:
    """The percentage beside a raised span: no more than all."""
    if pct.high is None or covered.high is None:
        return pct
    most = min(Fraction(100), 100 * covered.high / total.low) if total.low else Fraction(100)
    return replace(pct, high=max(pct.high, most), exact=False)
