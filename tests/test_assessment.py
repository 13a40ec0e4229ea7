"""Targets on the sample: the official denominators, the roll-up, the figure as shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.rounding import show_number
from hbgeo.show.table.stats import stats_rows
from hbgeo.workspace import Workspace

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


def test_half_rounds_up_as_spreadsheets_do() -> None:
    assert show_number(Fraction(5, 16) * 10) == "3.13"  # 3.125
    assert show_number(Fraction(33125, 10000)) == "3.31"
    assert show_number(Fraction(12345, 10), percent=False) == "1,234.5"
    assert show_number(Fraction(1234), percent=False) == "1,234"
