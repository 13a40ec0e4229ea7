"""Bounds of what units cover are those of all combinations, tried one by one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
import second_doubt as second
from doubt_worlds import RING, cover, covers, fixed, hard
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.doubt import branching, programme
from hbgeo.measure.doubt.bounds import cover_span, margin_span
from hbgeo.measure.doubt.extreme import greatest
from hbgeo.measure.doubt.question import CoverQuestion, Span
from hbgeo.measure.doubt.terms import objective, states_of, terms_of, total


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


def test_three_rows_in_a_ring_of_three_units_cover_two_or_three() -> None:
    found = cover_span(RING)
    assert found.covered == Span(Fraction(2), Fraction(3), exact=True)
    assert found.pct == Span(Fraction(200, 3), Fraction(100), exact=True)
    assert (found.unit_low.tolist(), found.unit_high.tolist()) == ([False] * 3, [True] * 3)
    assert found.largest == 3


def test_nobody_in_doubt_leaves_the_figure() -> None:
    found = cover_span(cover([], 3, weight=[1, 2, 4], sure=[0, 2], per=2), np.array([0, 0, 1]))
    assert found.covered == Span(Fraction(5, 2), Fraction(5, 2), exact=True)
    assert [s.low for s in found.group_pcts] == [Fraction(100, 3), Fraction(100)]
    assert found.largest == 0


def test_two_rows_that_are_one_or_two_cover_at_least_one_unit() -> None:
    """Near-duplicates in two units: both count, or only the first, or only the second; never none."""
    question = cover([[[0, 1], [0], [1]]], 2, rows=[2], cost=[0, 1, 1])
    assert cover_span(question).covered == Span(Fraction(1), Fraction(2), exact=True)


def test_a_chain_whose_links_need_the_same_row_is_never_covered() -> None:
    """A row fills the first link or the second, not both; a second row fills only the first."""
    one = cover([[[0], [1]]], 1, slot_unit=[0, 0])
    assert cover_span(one).covered == Span(Fraction(0), Fraction(0), exact=True)
    assert cover_span(one).unit_high.tolist() == [False]
    two = cover([[[0], [1]], [[], [0]]], 1, slot_unit=[0, 0])
    assert cover_span(two).covered == Span(Fraction(0), Fraction(1), exact=True)
    assert cover_span(two).unit_high.tolist() == [True]


def test_a_unit_that_may_not_count_moves_the_denominator() -> None:
    """One unit is covered, a second counts or not and is never covered: 50 or 100 %."""
    question = cover([[[], [2]]], 2, slot_unit=[0, 1, -1], sure=[0], member=[-1, 2])
    found = cover_span(question)
    assert found.total == Span(Fraction(1), Fraction(2), exact=True)
    assert found.pct == Span(Fraction(50), Fraction(100), exact=True)
    assert margin_span(question, Fraction(60)).firm is False
    assert margin_span(question, Fraction(50)).firm is True


@given(covers(), st.data())
def test_settling_a_doubt_never_widens(question: CoverQuestion, data: st.DataObject) -> None:
    choosers = len(question.choices)
    if not choosers:
        return
    chooser = data.draw(st.integers(0, choosers - 1))
    starts = question.choices.starts
    option = data.draw(st.integers(int(starts[chooser]), int(starts[chooser + 1]) - 1))
    wide, narrow = cover_span(question), cover_span(fixed(question, chooser, option))
    for before, after in [(wide.covered, narrow.covered), (wide.total, narrow.total)]:
        assert before.low <= after.low <= after.high <= before.high
    assert (wide.unit_low <= narrow.unit_low).all()
    assert (narrow.unit_high <= wide.unit_high).all()


@given(covers(), st.integers(-3, 3), st.integers(-3, 3))
def test_branching_alone_finds_the_same(
    question: CoverQuestion, covered: int, counted: int
) -> None:
    terms, coef = terms_of(question), objective(question, covered, counted)
    expected = greatest(question, terms, coef)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "best_by_frontier", lambda *_: None)
        found = greatest(question, terms, coef)
    assert (found.value, found.bound) == (expected.value, expected.bound)


@given(covers(), st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 3), st.randoms())
def test_a_search_that_ends_early_or_is_given_wrong_prices_still_bounds(
    question: CoverQuestion, covered: int, counted: int, nodes: int, random: Random
) -> None:
    terms, coef = terms_of(question), objective(question, covered, counted)
    true = greatest(question, terms, coef).value

    def wrong(made: programme.Programme, _: int) -> tuple[list[float], list[float]]:
        values = [random.random() for _ in made.worth]
        return values, [random.uniform(-3, 1) for _ in made.rows]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(branching, "best_by_frontier", lambda *_: None)
        patch.setattr(programme, "_solve", wrong)
        found = greatest(question, terms, coef, nodes=nodes)
    assert found.value <= true <= found.bound
    states = states_of(question, terms, found.picks)
    assert total(coef[states]) == found.value


@pytest.mark.parametrize(
    ("choosers", "units", "widest", "fills", "heaviest"),
    [(30, 30, 6, 1, 1), (60, 60, 6, 1, 5), (200, 15, 15, 1, 1), (100, 60, 15, 1, 1), (60, 40, 4, 2, 3), (200, 100, 5, 1, 9)],
)  # fmt: skip
def test_hard_components_are_exact(
    choosers: int, units: int, widest: int, fills: int, heaviest: int
) -> None:
    for seed in range(2):
        question = hard(seed, choosers, units, widest, fills, heaviest)
        found = cover_span(question).covered
        low, high = -second.by_programme(question, -1), second.by_programme(question, 1)
        assert found == Span(Fraction(low), Fraction(high), exact=True)


def test_a_long_border_is_swept_whatever_its_length() -> None:
    """500 rows between 501 neighbours: at least every other unit, at most 500 of them."""
    question = cover([[[i], [i + 1]] for i in range(500)], 501)
    found = cover_span(question)
    assert found.covered == Span(Fraction(250), Fraction(500), exact=True)
    assert found.largest == 500


def test_weights_beyond_64_bits_are_exact() -> None:
    huge = 10**30
    question = cover([[[0], [1]], [[1], [2]]], 3, weight=[huge, huge + 1, huge + 2], per=7)
    found = cover_span(question).covered
    assert found == Span(Fraction(huge + 1, 7), Fraction(2 * huge + 3, 7), exact=True)
