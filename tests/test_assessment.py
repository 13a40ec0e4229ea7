"""Targets on the sample: the official denominators, the roll-up, the figure as shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_number
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show.table.stats import stats_rows
from hbgeo.workspace import Workspace

ON = date(2023, 12, 31)
# 13 prefectures in the official order, then the four units the province administers itself
TOWNSHIPS = {
    "武汉市": 4, "黄石市": 28, "十堰市": 106, "宜昌市": 86, "襄阳市": 78, "鄂州市": 21, "荆门市": 50,
    "孝感市": 95, "荆州市": 100, "黄冈市": 115, "咸宁市": 64, "随州市": 37, "恩施土家族苗族自治州": 83,
}  # fmt: skip
DIRECT = {"仙桃市", "潜江市", "天门市", "神农架林区"}
STREETS = {
    "武汉市": 156, "黄石市": 19, "十堰市": 13, "宜昌市": 24, "襄阳市": 30, "鄂州市": 4, "荆门市": 11,
    "孝感市": 13, "荆州市": 19, "黄冈市": 13, "咸宁市": 6, "随州市": 9, "恩施土家族苗族自治州": 7,
}  # fmt: skip


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


@pytest.mark.parametrize(
    ("indicator", "total"),
    [
        ("cemetery-county", 103), ("cemetery-county@county-cities", 64),
        ("cemetery-township", 922), ("cemetery-township@broad", 922),
        ("elder-street", 338), ("burial-county", 64), ("burial-county@all-counties", 103),
        ("elder-guidance-county", 103),
    ],
)  # fmt: skip
def test_denominators_are_the_official_ones(
    measured: dict[str, Assessment], indicator: str, total: int
) -> None:
    coverage = measured[indicator].coverage
    assert coverage is not None
    assert coverage.share.total == total


@pytest.mark.parametrize(
    ("indicator", "published", "direct"),
    [("cemetery-township", TOWNSHIPS, 55), ("elder-street", STREETS, 14)],
)
def test_prefectures_are_seventeen_and_sum_to_the_published_numbers(
    measured: dict[str, Assessment], indicator: str, published: dict[str, int], direct: int
) -> None:
    rows = stats_rows(measured[indicator], "prefecture")
    assert len(rows) == 17
    assert [r["unit"] for r in rows] == [*published, "仙桃市", "潜江市", "天门市", "神农架林区"]
    found = {r["unit"]: r["total"] for r in rows}
    assert {k: found[k] for k in published} == published
    assert sum(found[k] for k in DIRECT) == direct
    whole = stats_rows(measured[indicator])[0]
    assert sum(found.values()) == whole["total"]
    assert sum(r["covered"] for r in rows) == whole["covered"]
    assert {r["target_pct"] for r in rows} == {None}


def test_counties_and_the_province_sum_to_the_same(measured: dict[str, Assessment]) -> None:
    one = measured["cemetery-township"]
    counties, [province] = stats_rows(one, "county"), stats_rows(one, "province")
    assert sum(r["total"] for r in counties) == province["total"] == 922
    assert sum(r["covered"] for r in counties) == province["covered"]
    assert (province["code"], province["unit"]) == ("420000", "湖北省")
    # 14 counties hold no 乡镇: they have no rate and no row to be ranked by
    assert len([r for r in counties if r["total"]]) == 103 - 14
    assert all(r["pct"] is None for r in counties if not r["total"])


def test_what_lacks_a_list_says_so_and_has_no_figure(sample: Workspace) -> None:
    for one in sample.assess():
        assert (one.coverage is None) == bool(one.missing)
        row = stats_rows(one)[0]
        if one.missing:
            assert (row["status"], row["pct"], row["covered"], row["met"]) == (
                "no-data", None, None, None,
            )  # fmt: skip


def test_every_figure_resting_on_invented_data_says_so(sample: Workspace) -> None:
    for one in sample.assess():
        if one.coverage is not None:
            assert one.coverage.basis.sample
            assert any("示例数据" in line for line in one.basis_lines)


@given(st.integers(0, 3000), st.integers(1, 3000), st.integers(1, 100))
def test_a_shown_rate_never_reaches_a_goal_it_missed(k: int, n: int, goal: int) -> None:
    k = min(k, n)
    pct = Fraction(100 * k, n)
    shown = Fraction(Decimal(show_number(pct, Decimal(goal))))
    assert (shown >= goal) == (pct >= goal)
    assert (shown == 100) == (k == n)
    assert abs(shown - pct) <= Fraction(1, 100)


def held(
    targets: tuple[Target, ...], covered: float, *, measure: str = "presence", as_of: date = ON,
    whole: bool = True, quantified: bool = True, units: int = 4,
) -> Assessment:  # fmt: skip
    """So many of four units covered (or such an amount), held against targets."""
    table = pd.DataFrame({"demand": [1.0] * units, "covered": 0.0, "value": 0.0})
    table.loc[: int(covered) - 1, "covered"] = 1.0
    table.loc[: units - 1, "value"] = covered / max(units, 1)
    if covered % 1:
        table.loc[int(covered), "covered"] = covered % 1
    one = Indicator(
        "x", None, "other", "", "示例", measure, "county", "", "", targets=targets,
        quantified=quantified,
    )  # fmt: skip
    coverage = Coverage("x", measure, Basis(as_of=as_of), table)
    return Assessment(one, as_of, coverage, (), whole, "province" if whole else "")


def aim(pct: str | None, deadline: date | None = None, value: str | None = None) -> Target:
    return Target(
        Decimal(pct) if pct else None, Decimal(value) if value else None, deadline, ("示例",)
    )


def test_the_target_is_the_first_whose_deadline_is_not_past() -> None:
    targets = (aim("35", date(2022, 12, 31)), aim("60", date(2023, 12, 31)), aim("80"))
    of = lambda year, *t: held(t or targets, 2, as_of=date(year, 12, 31)).target  # noqa: E731
    assert of(2022).pct == 35
    assert of(2023).pct == 60
    assert of(2024).pct == 80
    assert of(2024, *targets[:2]).pct == 60  # all past: the last
    assert held(targets, 2, whole=False).target is None
    assert held(targets, 2, quantified=False).target is None
    assert held((), 2).target is None


def several() -> Assessment:
    """Half of four units, against a past, a running and later targets, drafts and others' among them."""
    days = {year: date(year, 12, 31) for year in (2022, 2025, 2027, 2030, 2035)}
    words = Target(None, None, days[2035], ("示例",), words="更加健全")
    return held(
        (
            aim("75", days[2030]),
            aim("60", days[2022]),
            replace(aim("40", days[2025]), scope="nation"),
            replace(aim("45", days[2025]), draft=True),
            aim("70", days[2027]),
            words,
            aim("90"),
        ),
        2,
    )


@pytest.mark.parametrize(
    ("year", "pct", "states"),
    [
        (2022, 60, "coming running coming coming coming coming running"),
        (2023, 70, "coming passed coming coming running coming running"),
        (2027, 70, "coming passed passed passed running coming running"),
        (2028, 75, "running passed passed passed passed coming running"),
        (2031, 90, "passed passed passed passed passed coming running"),
        (2036, 90, "passed passed passed passed passed passed running"),
    ],
)
def test_the_next_number_in_force_binds_and_every_target_has_its_state(
    year: int, pct: int, states: str
) -> None:
    a = replace(several(), as_of=date(year, 12, 31))
    assert a.target is not None
    assert a.target.pct == pct
    assert " ".join(map(a.state_of, a.indicator.targets)) == states


def test_a_target_of_a_county_binds_that_county_alone() -> None:
    own = replace(aim("50"), scope="420625")
    a = held((aim("80"), own), 2)
    assert (a.target, a.met) == (a.indicator.targets[0], False)
    assert replace(a, scope="420625").target == own
    assert replace(a, scope="420625").met
    other = replace(a, scope="420626")
    assert (other.target, other.met, other.status) == (None, None, "no-target")
    assert a.coverage is not None
    assert a.part(a.coverage).target is None
    assert not a.part(a.coverage).whole


def test_days_are_counted_to_the_deadline() -> None:
    a = replace(held((aim("50", date(2024, 1, 31)), aim("60")), 2), as_of=date(2024, 1, 1))
    assert [a.days_to(t) for t in a.indicator.targets] == [30, None]
    assert replace(a, as_of=date(2024, 2, 1)).days_to(a.indicator.targets[0]) == -1


def norm(per: str | None, goal: str, rows: list[tuple[float, float]]) -> Assessment:
    """A norm of two amounts a unit, or (without `per`) years of places and deaths."""
    table = pd.DataFrame(rows, columns=["value", "demand"]).assign(covered=0.0)
    if per is None:
        table = table.rename(columns={"value": "places"}).assign(
            deaths=lambda t: t["demand"],
            demand=1.0,
            covered=lambda t: t["places"] >= 30 * t["deaths"],
        )
    measure = "capacity" if per is None else "ratio"
    one = Indicator(
        "x", None, "other", "", "示例", measure, "county", "", "", unit="年",
        per=None if per is None else Decimal(per), targets=(aim(None, value=goal),),
    )  # fmt: skip
    return Assessment(one, ON, Coverage("x", measure, Basis(as_of=ON), table))


def test_a_norm_is_so_many_times_the_quotient_of_its_sums() -> None:
    """1,200 square metres for 5,000 households are 24 for each hundred; 30 ask for 300 more."""
    a = norm("100", "30", [(1000, 3000), (200, 2000)])
    assert (a.counted, a.figure, a.shown, a.met, a.short) == (True, 24, "24", False, 300)
    assert a.share is not None
    assert (a.share.covered, a.share.total) == (1200, 5000)
    assert norm("100", "24", [(1000, 3000), (200, 2000)]).met
    none = norm("100", "30", [(0, 0)])
    assert (none.figure, none.status, none.short) == (None, "not-applicable", None)


def test_years_left_are_places_by_deaths_a_year() -> None:
    """2,400 places at 100 deaths a year are 24 years; 30 years ask for 600 places more."""
    a = norm(None, "30", [(2400, 60), (0, 40)])
    assert (a.figure, a.shown, a.met, a.short) == (24, "24", False, 600)
    assert a.share is not None
    assert (a.share.covered, a.share.total) == (1, 2)
    assert norm(None, "24", [(2400, 60), (0, 40)]).met
    part = norm(None, "30", [(2400, 60), (5000, float("nan"))])  # no deaths known: in neither sum
    assert part.figure == 40
    assert norm(None, "30", [(5, 0)]).figure is None


@pytest.mark.parametrize(
    ("covered", "pct", "met", "short", "shown"),
    [
        (2, "50", True, 0, "50.00"), (1, "50", False, 1, "25.00"), (1, "51", False, 2, "25.00"),
        (4, "100", True, 0, "100.00"), (3, "100", False, 1, "75.00"), (0, "50", False, 2, "0.00"),
        (2.5, "62.5", False, 0, "62.50"),  # part of a unit's cover is never exact: so near is not met
        (2.5, "62", True, 0, "62.50"), (2.5, "63", False, 1, "62.50"),
    ],
)  # fmt: skip
def test_a_target_is_met_in_exact_arithmetic(
    *,
    covered: float,
    pct: str,
    met: bool,
    short: int,
    shown: str,
) -> None:
    a = held((aim(pct),), covered)
    assert (a.met, a.short, a.shown, a.status) == (met, short, shown, "measured")


@pytest.mark.parametrize(
    ("value", "goal", "met", "short"),
    [(100, "100", True, 0), (99, "100", False, 1), (98.4, "100", False, 2), (101, "100", True, 0)],
)
def test_an_amount_is_held_against_an_amount(
    *,
    value: float,
    goal: str,
    met: bool,
    short: int,
) -> None:
    a = held((aim(None, value=goal),), value, measure="sum", units=1)
    assert (a.counted, a.met, a.short, a.figure) == (True, met, short, Fraction(str(value)))
    assert not held((aim("35"),), 1).counted


def test_without_figure_or_target_there_is_nothing_to_say() -> None:
    none = held((aim("50"),), 0, units=0)
    assert (none.status, none.figure, none.shown, none.met, none.short) == (
        "not-applicable", None, "—", None, None,
    )  # fmt: skip
    free = held((), 3)
    assert (free.status, free.shown, free.met, free.short) == ("no-target", "75.00", None, None)
    lacking = Assessment(free.indicator, ON, None, ("甲", "乙"))
    assert (lacking.status, lacking.shown, lacking.met) == ("no-data", "—", None)
    assert lacking.basis_lines == ["无法计算：缺少甲、乙。"]


def test_amounts_are_shown_with_what_decimals_they_have() -> None:
    shown = {
        n: show_number(Fraction(n), percent=False) for n in ("0", "7", "1234567", "0.5", "12.345")
    }
    assert list(shown.values()) == ["0", "7", "1,234,567", "0.5", "12.35"]
    assert show_number(Fraction("99.999"), Decimal(100), percent=False) == "99.99"
    assert show_number(Fraction("99.999"), percent=False) == "100"
    assert show_number(Fraction("99.999")) == "99.99"
    assert show_number(Fraction("34.999"), Decimal(35)) == "34.99"
    assert show_number(Fraction("34.999"), Decimal(36)) == "35.00"
    assert show_number(Fraction(100)) == "100.00"


def test_half_rounds_up_as_spreadsheets_do() -> None:
    assert show_number(Fraction(5, 16) * 10) == "3.13"  # 3.125
    assert show_number(Fraction(33125, 10000)) == "3.31"
    assert show_number(Fraction(12345, 10), percent=False) == "1,234.5"
    assert show_number(Fraction(1234), percent=False) == "1,234"


@pytest.mark.parametrize(
    ("pct", "met"),
    [("62.5", False), ("62.49999992", False), ("62.4999999", True), ("62.499999", True)],
)
def test_part_of_a_cover_meets_a_target_from_a_billionth_on(pct: str, *, met: bool) -> None:
    """Two and a half of four units are 62.5 %; a billionth of the whole is 0.0000001 of that."""
    assert held((aim(pct),), 2.5).met is met


def test_a_share_has_two_decimals_and_an_amount_those_it_has() -> None:
    share = Coverage("a", "presence", Basis(), pd.DataFrame({"demand": [1.0], "covered": [1.0]}))
    amount = Coverage("a", "sum", Basis(), pd.DataFrame({"value": [1200.0, 0.25, -0.25]}))
    shown = {
        made.method: Assessment(
            Indicator("a", None, "other", "", "a", made.method, "county", "", ""), ON, made
        ).shown
        for made in (share, amount)
    }
    assert shown == {"presence": "100.00", "sum": "1,200"}
