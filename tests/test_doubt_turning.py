"""Turning and settling sets against every set there is; what a row changes alone against its options."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import second_doubt as second
from doubt_worlds import RING, adding, cover, covers
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.doubt import branching, settling, turning
from hbgeo.measure.doubt.alone import alone
from hbgeo.measure.doubt.knapsack import fewest
from hbgeo.measure.doubt.question import CoverQuestion, Fewest, SumQuestion
from hbgeo.measure.doubt.settling import settling_set
from hbgeo.measure.doubt.solve import answer
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
    others = [c for c, v in values.items() if (v >= 0) != now]
    found = turning_set(question, target)
    if not others:
        assert found == Fewest()
        return found
    assert found.rows == found.at_least == min(rows_of(question, c) for c in others)
    made = list(first)
    for chooser, option in zip(found.choosers, found.options, strict=True):
        assert made[chooser] != option
        made[chooser] = option
    assert tuple(made) in others
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


def test_a_conclusion_turns_where_the_fewest_rows_must_go() -> None:
    """Units held by 3, 1 and 2 rows; 2 of 3 are wanted: 1 + 2 rows, or 50 %: 1 + 2 as well."""
    question = cover([[[0], []]] * 3 + [[[1], []]] + [[[2], []]] * 2, 3)
    assert check_turning(question, Fraction(200, 3)).choosers == (3, 4, 5)
    assert check_turning(question, Fraction(100)).choosers == (3,)
    settled = check_settling(question, Fraction(200, 3))
    assert settled.rows == settled.at_least == 2


def test_rows_that_land_in_an_uncovered_unit_turn_nothing() -> None:
    """The row leaves one unit for another; only the second row, which lands nowhere, counts."""
    question = cover([[[0], [1]], [[2], []]], 3)
    assert check_turning(question, Fraction(200, 3)).choosers == (1,)
    assert turning_set(question, Fraction(30)) == Fewest()
    assert settling_set(question, Fraction(30)).rows == 0


def test_a_row_that_moves_may_uncover_where_it_stood() -> None:
    """Row 0 could cover unit 1, but then unit 0 needs row 1: two rows for one unit more."""
    question = cover([[[0], [1]], [[], [0]]], 2)
    found = check_turning(question, Fraction(100))
    assert (found.choosers, found.rows) == ((0, 1), 2)


def test_near_duplicates_are_as_many_rows_as_their_reading_changes() -> None:
    question = cover([[[0, 1], [0], []]], 2, rows=[2], cost=[0, 1, 2])
    assert check_turning(question, Fraction(100)).rows == 1
    assert check_turning(question, Fraction(50)).rows == 2
    assert check_settling(question, Fraction(50)).rows == 2


def test_rows_known_only_to_their_county_turn_it_by_a_matching() -> None:
    """40 rows nowhere now, each in one of three of 60 units: as many rows as units are short."""
    rng = np.random.default_rng(5)
    places = [rng.choice(60, 3, replace=False).tolist() for _ in range(40)]
    question = cover([[[], *([p] for p in row)] for row in places], 60)
    most = second.by_programme(question, 1)
    for short in (1, 20, most):
        found = turning_set(question, Fraction(100 * short, 60))
        assert found.rows == found.at_least == short
        units = {int(question.fills[question.fill_starts[o]]) for o in found.options}
        assert len(units) == len(set(found.choosers)) == short
    assert turning_set(question, Fraction(100 * (most + 1), 60)) == Fewest()


@settings(max_examples=200)
@given(covers(members=False, most=7), Pct)
def test_every_set_of_units_tried_turns_with_the_fewest_rows(
    question: CoverQuestion, pct: Fraction
) -> None:
    """Where the conclusion is that the target is met, filling can only harm."""
    if next(iter(margins(question, pct).values())) < 0:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turning, "sweep", lambda *_: None)
        check_turning(question, pct)


def test_many_rows_of_one_county_are_few_sets_of_its_townships() -> None:
    """200 rows each in one of 14 townships, 10 in each but 60 in the first: 10 rows empty one."""
    homes = [0] * 70 + [1 + i // 10 for i in range(130)]
    options = [[[h], *([u] for u in range(14) if u != h)] for h in homes]
    question = cover(options, 14)
    assert turning_set(question, Fraction(100)).rows == 10
    found = turning_set(question, Fraction(1200, 14))
    assert (found.rows, found.at_least) == (30, 30)


def sound(question: CoverQuestion, pct: Fraction) -> None:
    """Bounds hold and sets do what they say where nothing is tried whole."""
    values = margins(question, pct)
    first = next(iter(values))
    now = values[first] >= 0
    costs = [rows_of(question, c) for c, v in values.items() if (v >= 0) != now]
    found = turning_set(question, pct)
    assert found.at_least <= min(costs, default=0)
    assert (found.rows is None) == (not costs)
    if found.rows is not None:
        made = list(first)
        for chooser, option in zip(found.choosers, found.options, strict=True):
            made[chooser] = option
        assert (values[tuple(made)] >= 0) != now
        assert found.rows >= rows_of(question, tuple(made))
    check_settling(question, pct)


@settings(max_examples=300)
@given(covers(most=7), Pct, st.sampled_from([0, 24]), st.sampled_from([0, 20]))
def test_parts_too_wide_to_be_tried_whole_still_give_bounds_that_hold(
    question: CoverQuestion, pct: Fraction, tried: int, nodes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turning, "sweep", lambda *_: None)
        patch.setattr(turning, "by_allowed", lambda *_: None)
        patch.setattr(settling, "all_sets", lambda *_: None)
        patch.setattr(settling, "_TRIED", tried)
        patch.setattr(settling, "_NODES", nodes)
        if not nodes:
            patch.setattr(branching, "best_by_frontier", lambda *_: None)
        sound(question, pct)


@settings(max_examples=300)
@given(st.data())
def test_a_knapsack_takes_the_fewest_rows(data: st.DataObject) -> None:
    item = st.tuples(st.integers(1, 4), st.integers(1, 9))
    items = data.draw(st.lists(item, max_size=5))
    growing = st.lists(item, min_size=1, max_size=3).map(
        lambda steps: [(sum(r for r, _ in steps[: i + 1]), sum(g for _, g in steps[: i + 1])) for i in range(len(steps))]
    )  # fmt: skip
    curves = data.draw(st.lists(growing, max_size=3))
    need = data.draw(st.integers(-1, 40))
    choices = [[(0, 0), i] for i in items] + [[(0, 0), *c] for c in curves]
    enough = [c for c in product(*choices) if sum(g for _, g in c) >= need]
    found = fewest(
        need,
        np.array([r for r, _ in items], np.int64),
        np.array([g for _, g in items], np.int64),
        curves,
    )
    if not enough:
        assert found.rows is None
        return
    assert found.rows == found.at_least == min(sum(r for r, _ in c) for c in enough)
    taken = [items[i] for i in found.items] + [curves[c][p] for c, p in found.points]
    assert len({c for c, _ in found.points}) == len(found.points)
    assert len(set(found.items)) == len(found.items)
    assert sum(r for r, _ in taken) == found.rows
    assert sum(g for _, g in taken) >= need


def test_an_answer_holds_together() -> None:
    """The ring: 3 of 3 as read; 100 % is turned by any one row, settled by all three."""
    found = answer(RING, pct=Fraction(100))
    assert found.firm is False
    assert found.turning is not None
    assert found.turning.rows == 1
    assert found.settling is not None
    assert found.settling.rows == 3
    assert answer(RING, pct=Fraction(60)).firm is True
    assert answer(RING).firm is None


@settings(max_examples=200)
@given(covers(), Pct)
def test_an_answer_is_firm_where_no_combination_turns_it(
    question: CoverQuestion, pct: Fraction
) -> None:
    found = answer(question, pct=pct)
    firm = len({v >= 0 for v in margins(question, pct).values()}) == 1
    assert found.firm == firm
    assert (found.turning is None) == (found.settling is None) == firm
    assert found.exact
