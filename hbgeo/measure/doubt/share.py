"""The least and the greatest percentage, also where the denominator is in doubt.

A percentage is raised until no combination exceeds it: what decides is the margin, which is linear
in the readings (Dinkelbach 1967). Combinations without a denominator have no percentage.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from hbgeo.measure.doubt.extreme import Both, Ends, greatest
from hbgeo.measure.doubt.question import CoverQuestion, Span, Whole
from hbgeo.measure.doubt.terms import fraction, margin, objective, states_of, terms_of

_NONE = Span(None, None, exact=True)


def share_span(
    question: CoverQuestion, covered: Both, counted: Both, group: Whole | None
) -> tuple[Span, list[Span]]:
    """The percentage's span, of the whole and of each group, given those of its two sides."""
    whole = _share(question, covered.ends, counted.ends)
    ends = zip(covered.group_ends(), counted.group_ends(), strict=True)
    made = []
    for number, (top, bottom) in enumerate(ends):
        inside = question
        if bottom[0] != bottom[1]:
            inside = replace(question, weight=np.where(group == number, question.weight, 0))
        made.append(_share(inside, top, bottom))
    return whole, made


def _share(question: CoverQuestion, covered: Ends, counted: Ends) -> Span:
    (less, more, exact), (least, most, _) = covered, counted
    if most == 0:
        return _NONE
    if least == most:
        return Span(fraction(100 * less, least), fraction(100 * more, least), exact=exact)
    low, sure_low = _raised(question, -1, least)
    high, sure_high = _raised(question, 1, least)
    return Span(low, high, exact=sure_low and sure_high)


def _raised(question: CoverQuestion, sign: int, least: int) -> tuple[Fraction, bool]:
    """The greatest percentage times `sign`, and whether it is reached; from a combination that has one."""
    terms = terms_of(question)
    picks = greatest(question, terms, objective(question, 0, 1)).picks
    pct = _pct(question, picks)
    assert pct is not None  # noqa: S101
    while True:
        found = greatest(question, terms, sign * margin(question, pct))
        if found.value <= 0:
            break
        pct = _pct(question, found.picks) or Fraction(0)
    if found.bound <= 0:
        return pct, True
    over = Fraction(found.bound, pct.denominator)
    bound = pct + sign * over / least if least else Fraction(100 if sign > 0 else 0)
    return min(Fraction(100), max(Fraction(0), bound)), False


def _pct(question: CoverQuestion, picks: Whole) -> Fraction | None:
    """The percentage of a combination."""
    units = len(question.weight)
    states = states_of(question, terms_of(question), picks)
    top = sum(question.weight[states[:units]].tolist())
    bottom = sum(question.weight[states[units:]].tolist())
    return Fraction(100 * top, bottom) if bottom else None
