"""Bounds of what units cover are those of all combinations, tried one by one."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import second_doubt as second
from doubt_worlds import covers
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.doubt.bounds import cover_span, margin_span
from hbgeo.measure.doubt.question import CoverQuestion, Span


def ends(values: list[Fraction]) -> Span:
    return Span(min(values), max(values), exact=True) if values else Span(None, None, exact=True)


def pcts(question: CoverQuestion, made: list[second.State], units: set[int] | None = None) -> Span:
    pairs = [
        (second.amount(question, s.covered, units), second.amount(question, s.counted, units))
        for s in made
    ]
    return ends([100 * top / bottom for top, bottom in pairs if bottom])


def check(question: CoverQuestion, group: list[int]) -> None:
    made = second.states(question)
    found = cover_span(question, np.array(group, dtype=np.int64))
    assert found.covered == ends([second.amount(question, s.covered) for s in made])
    assert found.total == ends([second.amount(question, s.counted) for s in made])
    assert found.pct == pcts(question, made)
    assert found.unit_low.tolist() == [all(s.covered[u] for s in made) for u in range(len(group))]
    assert found.unit_high.tolist() == [any(s.covered[u] for s in made) for u in range(len(group))]
    assert len(found.groups) == max(group, default=-1) + 1
    for number, span in enumerate(found.groups):
        units = {u for u, g in enumerate(group) if g == number}
        assert span == ends([second.amount(question, s.covered, units) for s in made])
        assert found.group_totals[number] == ends(
            [second.amount(question, s.counted, units) for s in made]
        )
        assert found.group_pcts[number] == pcts(question, made, units)


@settings(max_examples=300)
@given(covers(), st.data())
def test_bounds_are_those_of_all_combinations(question: CoverQuestion, data: st.DataObject) -> None:
    units = len(question.weight)
    group = data.draw(st.lists(st.integers(-1, 2), min_size=units, max_size=units))
    check(question, group)


@settings(max_examples=200)
@given(covers(), st.fractions(0, 100, max_denominator=3))
def test_margins_are_those_of_all_combinations(question: CoverQuestion, pct: Fraction) -> None:
    values = [second.margin(question, s, pct) for s in second.states(question)]
    found = margin_span(question, pct)
    assert (found.low, found.high) == (found.least, found.most) == (min(values), max(values))
    assert found.firm == (len({v >= 0 for v in values}) == 1)
