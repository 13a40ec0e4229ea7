"""Bounds of counts, sums and ratios are those of all combinations, tried one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import second_doubt as second
from doubt_worlds import adding, choices, whole
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.doubt.question import Span, SumQuestion
from hbgeo.measure.doubt.sums import sum_margins, sum_span


def figure(
    question: SumQuestion, combination: second.Combination, units: set[int] | None
) -> list[Fraction]:
    top, bottom = second.sums(question, combination, units)
    if not question.ratio:
        return [Fraction(top, question.per)]
    return [Fraction(100 * top, bottom)] if bottom else []


def spanned(question: SumQuestion, units: set[int] | None = None) -> Span:
    values = [v for c in second.combinations(question) for v in figure(question, c, units)]
    return Span(min(values, default=None), max(values, default=None), exact=True)


@settings(max_examples=300)
@given(st.booleans().flatmap(lambda ratio: adding(ratio=ratio)), st.data())
def test_sums_are_those_of_all_combinations(question: SumQuestion, data: st.DataObject) -> None:
    units = len(question.top)
    group = data.draw(st.lists(st.integers(-1, 1), min_size=units, max_size=units))
    found = sum_span(question, np.array(group))
    assert found.figure == spanned(question)
    for number, span in enumerate(found.groups):
        assert span == spanned(question, {u for u, g in enumerate(group) if g == number})
    for unit in range(units):
        tops = [second.sums(question, c, {unit})[0] for c in second.combinations(question)]
        assert (found.unit_low[unit], found.unit_high[unit]) == (min(tops), max(tops))


@given(adding(ratio=False), st.fractions(-3, 30, max_denominator=3))
def test_sum_is_firm_where_no_combination_crosses(question: SumQuestion, target: Fraction) -> None:
    values = [figure(question, c, None)[0] - target for c in second.combinations(question)]
    found = sum_margins(question, target)
    assert (found.low, found.high) == (min(values), max(values))
    assert found.firm == (len({v >= 0 for v in values}) == 1)


def test_a_denominator_that_may_be_nought_leaves_the_other_percentages() -> None:
    """2 of 0, which is no percentage; 2 of 4; 3 of 4: 50 to 75."""
    question = SumQuestion(
        top=whole([2]),
        bottom=whole([0]),
        choices=choices([3], [1], [0, 1, 1]),
        give_starts=np.array([0, 0, 1, 2]),
        give_unit=np.array([0, 0]),
        give_top=whole([0, 1]),
        give_bottom=whole([4, 4]),
        ratio=True,
    )
    assert sum_span(question).figure == Span(Fraction(50), Fraction(75), exact=True)


def test_amounts_beyond_64_bits_are_added_exactly() -> None:
    huge = 10**30
    question = SumQuestion(
        top=whole([huge]),
        bottom=whole([0]),
        choices=choices([2], [1], [0, 1]),
        give_starts=np.array([0, 0, 1]),
        give_unit=np.array([0]),
        give_top=whole([huge + 1]),
        give_bottom=whole([0]),
        per=3,
    )
    found = sum_span(question).figure
    assert found == Span(Fraction(huge, 3), Fraction(2 * huge + 1, 3), exact=True)
