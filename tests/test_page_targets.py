"""The targets in the head of a page: all of them in time order, and which of them binds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage
from hbgeo.read.catalog import Catalog
from hbgeo.read.indicator import Indicator, Target
from hbgeo.read.table import LayerTable
from hbgeo.show import progress, words
from hbgeo.show.page.head import make_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.units import make_tables, make_villages

DAY = date(2026, 11, 25)
FIRST = Target(Decimal(60), None, date(2025, 12, 31), ("省十四五规划",))
NEXT = Target(Decimal(75), None, date(2027, 12, 31), ("鄂政发〔2025〕9号",), reliability="A-")
DRAFT = Target(
    Decimal(73), None, date(2030, 12, 31), ("纲要草案",), "", "A-", draft=True, scope="nation"
)
WORDS = Target(None, None, date(2035, 12, 31), ("意见",), "更加健全", "A", scope="nation")
OPEN = Target(Decimal(50), None, None, ("常设标准",))
TOWNS = ["420528101", "420528102"]


def make(base: str, *targets: Target, **more: Any) -> Indicator:
    given = {"measure": "presence", "layer": "", "origin": "", "variant": None} | more
    return Indicator(
        base, given.pop("variant"), "eldercare", "养老", base, given.pop("measure"), "township",
        given.pop("layer"), given.pop("origin"), targets=targets, **given,
    )  # fmt: skip


def figure(one: Indicator, day: date = DAY, **columns: Any) -> Assessment:
    """One of two townships covered, or what the columns say."""
    units = pd.DataFrame({"demand": 1.0, "covered": [1.0, 0.0], "via": ""}, index=TOWNS)
    found = Coverage(one.id, one.measure, Basis(as_of=day), units.assign(**columns))
    return Assessment(one, day, found)


def inputs_of(*found: Assessment, units: dict[str, LayerTable] | None = None) -> PageInputs:
    catalog = Catalog(Path(), "示例", DAY, "MCA-2025", "", "", {})
    return PageInputs(catalog, Measured(list(found)), units or {}, {})


def head_of(*found: Assessment) -> dict[str, Any]:
    return make_head(inputs_of(*found))


def test_all_targets_stand_in_time_order_and_one_of_them_holds() -> None:
    head = head_of(figure(make("beds", OPEN, WORDS, NEXT, DRAFT, FIRST)))
    [one] = head["indicators"]
    assert [t["asked"] for t in one["targets"]] == ["60%", "75%", "73%", "更加健全", "50%"]
    assert [t["binds"] for t in one["targets"]] == [True, True, False, False, True]
    assert [t["marks"] for t in one["targets"]] == [[], [], ["草案", "全国"], ["全国"], []]
    assert [t["reliability"] for t in one["targets"]] == [
        "", "可靠程度 A-", "可靠程度 A-", "可靠程度 A", "",
    ]  # fmt: skip
    assert one["target"] == 1
    assert head["timeline"] == [[0, 0], [0, 1], [0, 2], [0, 3], [0, 4]]


@pytest.mark.parametrize(
    ("day", "at"),
    [("2025-12-31", 0), ("2026-01-01", 1), ("2027-12-31", 1), ("2028-06-01", 1), ("2035-12-31", 1)],
)
def test_neither_a_draft_nor_words_ever_hold(day: str, at: int) -> None:
    a = figure(make("share", DRAFT, WORDS, NEXT, FIRST), date.fromisoformat(day))
    [one] = head_of(a)["indicators"]
    assert one["target"] == at


def test_where_none_binds_the_figure_is_not_judged_and_all_are_shown() -> None:
    [one] = head_of(figure(make("network", WORDS, DRAFT)))["indicators"]
    assert (one["target"], one["status"], one["verdict"]) == (None, "no-target", "不判达标")
    assert [t["asked"] for t in one["targets"]] == ["73%", "更加健全"]


def test_what_the_policy_leaves_unquantified_lists_none() -> None:
    head = head_of(figure(make("open", FIRST, quantified=False)))
    assert (head["indicators"][0]["targets"], head["timeline"]) == ([], [])


def test_a_reading_adds_only_its_own_targets_to_the_timeline() -> None:
    main = make("beds", FIRST, NEXT)
    same = replace(main, variant="wide", variant_name="宽口径")
    own = replace(same, variant="late", targets=(FIRST, replace(NEXT, pct=Decimal(80))))
    head = head_of(*map(figure, (main, same, own)))
    assert head["timeline"] == [[0, 0], [0, 1], [2, 1]]
    assert [len(one["targets"]) for one in head["indicators"]] == [2, 2, 2]


def test_the_years_reach_over_all_deadlines() -> None:
    assert head_of(figure(make("a", FIRST)))["years"] == [2022, 2035]
    late, early = (
        replace(FIRST, deadline=date(2040, 1, 1)),
        replace(FIRST, deadline=date(2020, 6, 1)),
    )
    assert head_of(figure(make("a", early, late)))["years"] == [2020, 2040]


def test_a_target_of_another_county_is_marked_with_its_name() -> None:
    counties = pd.DataFrame({"name": ["长阳县"]}, index=["420528"])
    table = LayerTable("county", counties, level="county", source="示例")
    mine = replace(NEXT, scope="420528")
    found = [figure(make("beds", mine)), replace(figure(make("beds", mine)), scope="420528")]
    head = make_head(inputs_of(*found, units={"county": table}))
    assert [one["targets"][0]["marks"] for one in head["indicators"]] == [["长阳县"], []]
    assert [one["target"] for one in head["indicators"]] == [None, 0]


@pytest.mark.parametrize(
    ("target", "day", "said"),
    [
        (FIRST, "2025-12-31", "执行中 · 当日"),
        (FIRST, "2026-01-01", "已过"),
        (NEXT, "2025-12-30", "将到 · 还有 731 天"),
        (NEXT, "2026-11-25", "执行中 · 还有 401 天"),
        (DRAFT, "2026-11-25", "将到 · 还有 1,497 天"),
        (OPEN, "2026-11-25", "执行中"),
    ],
)
def test_how_a_target_stands_is_said_in_words(target: Target, day: str, said: str) -> None:
    a = figure(make("beds", FIRST, NEXT, DRAFT, OPEN), date.fromisoformat(day))
    assert progress.standing_words(a, target) == said


def test_a_norm_is_said_with_its_unit_and_both_its_amounts() -> None:
    goal = Target(None, Decimal(30), None, ("示例",))
    one = make("area", goal, measure="ratio", per=Decimal(100), unit="平方米/百户")
    a = figure(one, value=[300.0, 200.0], demand=[1000.0, 1000.0])
    assert words.figure_line(a) == "25 平方米/百户 · 500 / 2,000 · 目标 30 · 差 5 平方米/百户"
    [said] = head_of(a)["indicators"]
    assert (said["shown"], said["sign"], said["covered"], said["total"]) == (
        "25", " 平方米/百户", 500, 2000,
    )  # fmt: skip
    assert said["norm"]["per"] == [100, 1]
    assert said["targets"][0]["asked"] == "30 平方米/百户"


def test_a_capacity_is_said_in_years_with_the_units_that_have_enough() -> None:
    goal = Target(None, Decimal(30), None, ("示例",), reliability="A-")
    one = make("left", goal, measure="capacity", years=Decimal(30), unit="年")
    a = figure(one, places=[600.0, 100.0], deaths=[10.0, 10.0], value=[60.0, 10.0])
    assert words.figure_line(a) == "35 年 · 1 / 2 · 目标 30 · 达标"
    [said] = head_of(a)["indicators"]
    assert (said["covered"], said["total"], said["norm"]["tab"]) == (1, 2, "不够 30 年")
    assert said["rule"] is None


def test_a_plain_indicator_has_no_norm_and_an_amount_no_counts() -> None:
    amount = figure(make("beds", measure="sum"), value=[5.0, 6.0])
    for a, counts in ((figure(make("a", FIRST)), (1, 2)), (amount, (None, None))):
        [said] = head_of(a)["indicators"]
        assert "norm" not in said
        assert (said["covered"], said["total"]) == counts


def test_a_broken_chain_names_its_weakest_link() -> None:
    boxes = [shapely.box(110 + n, 30, 111 + n, 31) for n in range(2)]
    towns = gpd.GeoDataFrame({"name": ["甲镇", "乙镇"]}, index=TOWNS, geometry=boxes, crs=4490)
    tables = {"township": LayerTable("township", towns, level="township", source="示例")}
    a = figure(make("network", measure="chain"), via=["inside", "乡镇中心"])
    values = make_tables(inputs_of(a, units=tables))["values"]["network"]
    assert values["lacks"] == ["", "乡镇中心"]
    other = make_tables(inputs_of(figure(make("town")), units=tables))["values"]["town"]
    assert "lacks" not in other


def test_villages_of_a_broken_chain_say_what_they_lack_and_others_nothing() -> None:
    villages = pd.DataFrame({"name": ["东村", "西村"], "township_code": TOWNS}, index=["v1", "v2"])
    tables = {"village": LayerTable("village", villages, level="village", source="示例")}
    one = replace(make("network", measure="chain"), units="village")
    measured = pd.DataFrame(
        {"demand": 1.0, "covered": [0.0, 1.0], "via": ["县级平台", ""]}, index=["v1", "v2"]
    )
    chain = Assessment(one, DAY, Coverage("network", "chain", Basis(as_of=DAY), measured))
    made = make_villages(inputs_of(chain, units=tables))
    assert made is not None
    lacks = made["lacks"]["network"]
    assert [lacks["texts"][at] for at in lacks["at"]] == ["县级平台", ""]
    plain = replace(chain, indicator=replace(one, measure="presence"))
    other = make_villages(inputs_of(plain, units=tables))
    assert other is not None
    assert "lacks" not in other


def test_the_pace_stands_at_the_target_that_holds() -> None:
    a = figure(make("beds", FIRST, NEXT))
    inputs = replace(inputs_of(a), paces={"beds": "每月须增 2.4 个"})
    [one] = make_head(inputs)["indicators"]
    assert [t["pace"] for t in one["targets"]] == ["", "每月须增 2.4 个"]


def test_a_norm_that_nothing_is_asked_of_lists_those_that_have_none() -> None:
    one = make("area", measure="ratio", per=Decimal(100), unit="平方米/百户")
    a = figure(one, value=[300.0, 0.0], demand=[1000.0, 1000.0])
    assert head_of(a)["indicators"][0]["norm"]["tab"] == "数值为 0 的"
