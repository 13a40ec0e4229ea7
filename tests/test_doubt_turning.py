"""Turning and settling sets against every set there is; what a row changes alone against its options."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import second_doubt as second
from doubt_worlds import adding, covers
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.doubt.alone import alone
from hbgeo.measure.doubt.question import CoverQuestion, Fewest, SumQuestion
from hbgeo.measure.doubt.settling import settling_set
from hbgeo.measure.doubt.turning import turning_set

Pct = st.fractions(0, 100, max_denominator=2)


def margins(
    question: CoverQuestion | SumQuestion, target: Fraction
) -> dict[second.Combination, Fraction]:
    """The margin of every combination; the first is the figure's."""
    if isinstance(question, CoverQuestion):
        return {s.combination: second.margin(question, s, target) for s in second.states(question)}
    made = {}
    for c in second.combinations(question):
        top, bottom = second.sums(question, c)
        made[c] = 100 * top - target * bottom if question.ratio else top - target * question.per
    return made


def rows_of(question: Any, combination: second.Combination) -> int:
    return sum(int(question.choices.cost[o]) for o in combination)


def check_turning(question: CoverQuestion | SumQuestion, target: Fraction) -> Fewest:
    values = margins(question, target)
    first = next(iter(values))
    now = values[first] >= 0
    turning = [c for c, v in values.items() if (v >= 0) != now]
    found = turning_set(question, target)
    if not turning:
        assert found == Fewest()
        return found
    assert found.rows == found.at_least == min(rows_of(question, c) for c in turning)
    made = list(first)
    for chooser, option in zip(found.choosers, found.options, strict=True):
        assert made[chooser] != option
        made[chooser] = option
    assert tuple(made) in turning
    assert rows_of(question, tuple(made)) == found.rows
    return found


def check_settling(question: CoverQuestion | SumQuestion, target: Fraction) -> Fewest:
    values = margins(question, target)
    first = next(iter(values))
    found = settling_set(question, target)
    rest = [v >= 0 for c, v in values.items() if all(c[g] == first[g] for g in found.choosers)]
    assert len(set(rest)) == 1
    rows = question.choices.rows.tolist()
    assert found.rows == sum(rows[g] for g in found.choosers)
    least = second.fewest_settling(values, rows, first, lambda v: v >= 0)
    assert found.at_least <= least <= found.rows
    return found


@settings(max_examples=400)
@given(covers(), Pct)
def test_turning_set_is_a_smallest(question: CoverQuestion, pct: Fraction) -> None:
    check_turning(question, pct)


@settings(max_examples=300)
@given(covers(most=7), Pct)
def test_settling_set_settles_and_none_is_smaller_than_its_bound(
    question: CoverQuestion, pct: Fraction
) -> None:
    found = check_settling(question, pct)
    assert found.exact


@settings(max_examples=200)
@given(
    st.booleans().flatmap(lambda ratio: adding(ratio=ratio)),
    st.fractions(-4, 120, max_denominator=2),
)
def test_sums_turn_and_settle_with_the_fewest(question: SumQuestion, target: Fraction) -> None:
    check_turning(question, target)
    assert check_settling(question, target).exact


@settings(max_examples=300)
@given(covers(), Pct)
def test_alone_is_what_each_option_changes(question: CoverQuestion, pct: Fraction) -> None:
    first = tuple(question.choices.starts[:-1].tolist())
    before = second.state(question, first)
    found = alone(question, pct)
    assert found.turns is not None
    for chooser, (a, b) in enumerate(zip(first, question.choices.starts[1:].tolist(), strict=True)):
        changes, turns = [], []
        for option in range(a + 1, b):
            after = second.state(question, (*first[:chooser], option, *first[chooser + 1 :]))
            changes.append(
                second.amount(question, after.covered) - second.amount(question, before.covered)
            )
            turns.append(
                (second.margin(question, after, pct) >= 0)
                != (second.margin(question, before, pct) >= 0)
            )
        assert Fraction(int(found.least[chooser]), question.per) == min(changes, default=0)
        assert Fraction(int(found.most[chooser]), question.per) == max(changes, default=0)
        assert found.turns[chooser] == any(turns)
