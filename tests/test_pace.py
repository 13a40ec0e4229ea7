"""What a target asks for a month, and what was gained in one: by hand, in numbers and in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.pace import MONTH, UNKNOWN, Pace, months_between, pace_of
from hbgeo.measure.trend import Gain, Trend, gain_of
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show.progress import next_target, pace_words, shown_pace
from hbgeo.show.table.stats import stats_rows, target_record

NOW, THEN = date(2026, 11, 25), date(2025, 11, 25)
PLAIN = Indicator("x", None, "other", "其他", "示例率", "presence", "county", "", "")


def of(pct: Any, deadline: date | None = date(2027, 12, 31), **more: Any) -> Target:
    return Target(Decimal(pct), None, deadline, ("示例",), **more)


def assessment(covered: int, total: int, *targets: Target, **more: Any) -> Assessment:
    """A rate of counties, of which the first are covered."""
    shares = [1.0] * covered + [0.0] * (total - covered)
    units = pd.DataFrame({"demand": [1.0] * total, "covered": shares})
    one = replace(PLAIN, targets=targets, **more)
    return Assessment(one, NOW, Coverage("x", "presence", Basis(as_of=NOW), units))


def trend(gain: Gain | None = None, **gains: Gain) -> Trend:
    """A comparison with a year before."""
    none, every = pd.DataFrame(), gains if gain is None else {"x": gain}
    return Trend(THEN, NOW, (), none, none, none, 0, sample=False, gains=every)


def test_a_month_is_a_twelfth_of_the_mean_year() -> None:
    assert MONTH * 12 * 400 == 146_097  # days of four hundred years
    assert months_between(date(2026, 1, 1), date(2027, 1, 1)) == Fraction(365) / MONTH


def test_what_is_short_is_spread_over_the_months_left() -> None:
    a = assessment(40, 103, of(75))  # 75 % of 103 is 77.25, so 78 of them: 38 short
    left = Fraction(401) / MONTH  # 2026-11-25 → 2027-12-31
    gap = 75 - Fraction(4000, 103)
    assert pace_of(a, a.indicator.targets[0]) == Pace(38 / left, None, gap / left, None)
    assert pace_words(a, pace_of(a, a.indicator.targets[0])) == "每月须增 2.9 个"  # 2.884…


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (of(75, date(2025, 12, 31)), "passed"),
        (of(75, None), "no deadline"),
        (of(75, draft=True), "a draft"),
        (of(75, scope="nation"), "another's"),
        (Target(None, None, date(2027, 12, 31), ("示例",), words="基本建成"), "words"),
        (of(90, date(2030, 12, 31)), "coming"),
    ],
)
def test_nothing_is_needed_of_a_target_that_does_not_run(target: Target, why: str) -> None:
    running = () if why in {"passed", "no deadline"} else (of(75),)
    a = assessment(40, 103, target, *running)
    assert pace_of(a, target).needed is None, why
    assert pace_of(a, target).needed_points is None, why


def test_a_goal_in_words_has_no_pace_at_all_and_what_cannot_be_computed_has_none() -> None:
    goal = Target(None, None, date(2029, 12, 31), ("示例",), words="基本建成")
    a = assessment(40, 103, goal)
    assert pace_of(a, goal, trend(Gain(Fraction(5)))) == UNKNOWN
    assert pace_of(replace(a, coverage=None), of(75), trend(Gain(Fraction(5)))) == UNKNOWN


def test_what_was_kept_is_the_gain_on_one_basis() -> None:
    kept = pace_of(assessment(40, 103, of(75)), of(75), trend(Gain(Fraction(10), Fraction(9))))
    year = Fraction(365) / MONTH
    assert (kept.kept, kept.kept_points) == (10 / year, 9 / year)


@pytest.mark.parametrize(
    "seen",
    [
        None,
        trend(other=Gain(Fraction(3), Fraction(3))),
        replace(trend(Gain(Fraction(3), Fraction(3))), new=date(2026, 1, 1)),
    ],
)
def test_what_does_not_compare_has_no_pace_kept(seen: Trend | None) -> None:
    found = pace_of(assessment(40, 103, of(75)), of(75), seen)
    assert found.needed is not None
    assert (found.kept, found.kept_points) == (None, None)


def test_what_stayed_as_it_was_kept_a_pace_of_nothing() -> None:
    a = assessment(40, 103, of(75))
    found = pace_of(a, of(75), trend(Gain(Fraction(0), Fraction(0))))
    assert (found.kept, found.kept_points) == (0, 0)
    assert pace_words(a, found) == "每月须增 2.9 个（现每月增 0 个）"


@pytest.mark.parametrize(
    ("about", "gained"),
    [
        ({"measure": "sum"}, Gain(Fraction(5))),
        ({"measure": "ratio", "per": "100"}, Gain(Fraction(3))),
        ({"measure": "capacity"}, Gain(Fraction(40))),
        ({"measure": "presence"}, Gain(Fraction(3), Fraction(2))),
    ],
)
def test_a_gain_counts_in_what_a_shortfall_does(about: dict[str, str], gained: Gain) -> None:
    was = {"covered": 30, "total": 100, "pct": 30, "value": 10, "places": 500}
    now = {"covered": 33, "total": 103, "pct": 32, "value": 15, "places": 540}
    exact = ({k: Fraction(v) for k, v in one.items()} for one in (was, now))
    assert gain_of(about, *exact) == gained


@given(st.integers(0, 60), st.integers(1, 100), st.integers(1, 4000), st.integers(0, 60))
def test_the_shown_pace_is_enough_and_never_nothing_where_something_is_needed(
    covered: int, pct: int, days: int, total: int
) -> None:
    target = of(pct, NOW + timedelta(days=days))
    a = assessment(min(covered, total), total, target)
    pace = pace_of(a, target)
    needed, _ = shown_pace(a, pace)
    if not total:
        assert needed is None
        return
    assert needed is not None
    assert pace.needed is not None
    assert (needed > 0) == (a.met is False)
    assert Fraction(needed) * months_between(NOW, NOW + timedelta(days=days)) >= (a.short or 0)
    assert Fraction(needed) - pace.needed < Fraction(1, 10)


def test_the_next_binding_target_follows_the_one_that_runs() -> None:
    far, draft = of(90, date(2035, 12, 31)), of(80, date(2028, 12, 31), draft=True)
    a = assessment(40, 103, far, draft, of(75))
    assert next_target(a) == far
    assert next_target(assessment(40, 103, of(75))) is None
    assert next_target(assessment(40, 103, of(75, date(2025, 12, 31)))) is None


def test_every_record_of_a_target_has_the_four_keys_of_its_pace() -> None:
    a = assessment(40, 103, of(75), of(90, date(2030, 12, 31), draft=True))
    [row] = stats_rows(a, None, trend(Gain(Fraction(1), Fraction(1))))  # fmt: skip
    keys = ["pace_needed", "pace_kept", "pace_needed_points", "pace_kept_points"]
    assert [list(t)[-4:] for t in row["targets"]] == [keys, keys]
    assert row["targets"][0]["pace_needed"] == pytest.approx(38 * 30.436875 / 401)
    assert row["targets"][1]["pace_needed"] is None
    assert row["targets"][1]["pace_kept"] == pytest.approx(30.436875 / 365)
    assert target_record(a, of(75))["pace_kept"] is None
