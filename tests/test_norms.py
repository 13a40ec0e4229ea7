"""Norms and years of burial left in tables by area: both sums, the figure, what is short; by hand."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show import terminal
from hbgeo.show.excel.norms import norm_sheet
from hbgeo.show.excel.targets import targets_table
from hbgeo.show.paper.brief import finding
from hbgeo.show.paper.picture import _names
from hbgeo.show.paper.poster import _by_prefecture

DAY = date(2026, 11, 25)
WHERE = {
    "name": ["远安县", "兴山县", "谷城县", "仙桃市"],
    "kind": ["县", "县", "县", "县级市"],
    "county_code": ["420525", "420526", "420625", "429004"],
    "county": ["远安县", "兴山县", "谷城县", "仙桃市"],
    "prefecture_code": ["420500", "420500", "420600", "429004"],
    "prefecture": ["宜昌市", "宜昌市", "襄阳市", "仙桃市"],
    "province_code": ["420000"] * 4,
    "province": ["湖北省"] * 4,
}
UNITS = pd.DataFrame(WHERE, index=WHERE["county_code"])


@pytest.fixture
def capacity() -> Assessment:
    """Two counties of 30 years and 10, one of 40, and one in which nobody dies."""
    units = UNITS.assign(
        demand=[1.0, 1.0, 1.0, 0.0], covered=[1.0, 0.0, 1.0, 0.0], facilities=1, via="inside",
        places=[3000.0, 1000.5, 4000.0, 20.0], deaths=[100.0, 100.0, 100.0, 0.0],
        value=[30.0, 10.005, 40.0, float("nan")],
    )  # fmt: skip
    goal = Target(None, Decimal(30), None, ("示例标准",), reliability="A-")
    one = Indicator(
        "c", None, "funeral", "", "示例可用年限", "capacity", "county", "cemetery", "",
        unit="年", years=Decimal(30), targets=(goal,),
    )  # fmt: skip
    return Assessment(one, DAY, Coverage("c", "capacity", Basis(as_of=DAY), units))


@pytest.fixture
def norm() -> Assessment:
    """平方米 a hundred households: 40 and 20, 30, and one without households."""
    units = UNITS.assign(
        value=[400.0, 200.0, 300.0, 0.0], demand=[1000.0, 1000.0, 1000.0, 0.0],
        covered=[0.4, 0.2, 0.3, 0.0], facilities=1, via="",
    )  # fmt: skip
    goal = Target(None, Decimal(35), date(2027, 12, 31), ("示例标准",))
    one = Indicator(
        "n", None, "governance", "", "示例每百户面积", "ratio", "county", "service-facility", "",
        unit="平方米/百户", per=Decimal(100), targets=(goal,),
    )  # fmt: skip
    return Assessment(one, DAY, Coverage("n", "ratio", Basis(as_of=DAY), units))


def rows_of(a: Assessment) -> list[dict[str, Any]]:
    sheet = norm_sheet(a, "示例", " ")
    head = [column.heading for column in sheet.columns]
    assert sheet.totals == {0, 1, 2, 3}  # the whole and three prefectures
    return [dict(zip(head, row, strict=True)) for row in sheet.rows]


def test_years_left_stand_by_area_with_places_deaths_and_what_is_short(
    capacity: Assessment,
) -> None:
    rows = {(row["地区"], row["市州"]): row for row in rows_of(capacity)}
    whole = rows["湖北省合计", ""]
    assert (whole["应覆盖数（个）"], whole["已覆盖数（个）"]) == (3, 2)
    assert (whole["可用穴位（个）"], whole["年需求（个）"]) == (8020.5, 300)
    assert (whole["年限（年）"], whole["标准（年）"]) == (
        26.74,
        30,
    )  # 8020.5 / 300 = 26.735, half up
    assert whole["缺口（个）"] == 980  # 9000 − 8020.5, rounded up
    yichang = rows["宜昌市", ""]
    assert (yichang["年限（年）"], yichang["缺口（个）"], yichang["排名"]) == (20, 2000, 2)
    assert (rows["襄阳市", ""]["年限（年）"], rows["襄阳市", ""]["缺口（个）"]) == (40, 0)
    assert rows["襄阳市", ""]["排名"] == 1
    nobody = rows["仙桃市", ""]
    assert (nobody["年限（年）"], nobody["缺口（个）"], nobody["排名"]) == ("—", None, "—")
    assert (rows["远安县", "宜昌市"]["年限（年）"], rows["远安县", "宜昌市"]["缺口（个）"]) == (
        30,
        0,
    )
    assert rows["兴山县", "宜昌市"]["年限（年）"] == 10.01  # 10.005, half up


def test_a_norm_stands_by_area_with_both_sums(norm: Assessment) -> None:
    rows = {(row["地区"], row["市州"]): row for row in rows_of(norm)}
    whole = rows["湖北省合计", ""]
    assert (whole["分子（平方米）"], whole["分母（户）"], whole["数值（平方米/百户）"]) == (
        900,
        3000,
        30,
    )
    assert (whole["标准（平方米/百户）"], whole["缺口（平方米）"]) == (35, 150)  # 1050 − 900
    assert rows["宜昌市", ""]["缺口（平方米）"] == 100
    assert rows["兴山县", "宜昌市"]["数值（平方米/百户）"] == 20
    assert rows["仙桃市", ""]["数值（平方米/百户）"] == "—"


def test_the_terminal_shows_both_sums_too(capacity: Assessment, norm: Assessment) -> None:
    console = Console(file=io.StringIO(), width=200)
    for part in terminal.by_parent([capacity, norm], "prefecture"):
        console.print(part)
    said = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert "代码 地区 应覆盖 已覆盖 可用穴位 年需求 年限（年）" in said
    assert "420500 宜昌市 2 1 4,000.5 200 20" in said
    assert "代码 地区 分母 分子 数值（平方米/百户）" in said
    assert "420500 宜昌市 2,000 600 30" in said


def test_the_table_of_targets_has_both_sums_of_a_norm(
    capacity: Assessment, norm: Assessment
) -> None:
    table = targets_table([capacity, norm]).set_index("指标代号")
    assert table.loc["c", ["应覆盖数", "已覆盖数", "差额"]].tolist() == [3, 2, 980]
    assert table.loc["n", ["应覆盖数", "已覆盖数", "差额"]].tolist() == [3000, 900, 150]
    assert table["数值"].tolist() == [26.74, 30]
    assert table["覆盖率（%）"].isna().all()


def test_the_notice_says_a_norm_with_its_sums_and_its_gap(
    capacity: Assessment, norm: Assessment
) -> None:
    assert finding(capacity).startswith(
        "示例可用年限为26.74年（可用穴位8020.5，年需求300），距30年的目标差3.27年，缺980个。"
    )
    assert finding(norm).startswith(
        "示例每百户面积为30平方米/百户（分子900，分母3000），距2027年底35平方米/百户的目标"
        "差5平方米/百户，缺150平方米。到2027年底每月须增11.4平方米。"  # 150 / (401 days / 30.44)
    )


def test_the_poster_lists_prefectures_of_a_norm_with_both_sums(capacity: Assessment) -> None:
    head, rows = _by_prefecture(capacity)
    assert head == ("市州", "可用穴位", "年需求", "年")
    assert rows == [("宜昌市", "4,000.5", "200", "20"), ("襄阳市", "4,000", "100", "40")]


def test_the_picture_says_whether_there_is_room_for_the_years(capacity: Assessment) -> None:
    assert _names(capacity) == ["够 30 年", "不够 30 年", "不在应覆盖之列"]
