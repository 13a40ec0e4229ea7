"""Tables of units held against the policy: what would count twice, and what never counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.measure.check.tables import (
    _close,
    check_increments,
    check_population,
    check_tables,
)
from hbgeo.read.indicator import Clause, Indicator
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

COUNTY = [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}]
FACTS = "所在县 | 事项 | 是否完成 | 完成时间 | 数量\n"
HOMES = "{} | 特殊困难老年人居家适老化改造 | {} | {}-12-01 | {}\n"


def problems(folder: Path, facts: str) -> pd.DataFrame:
    workspace = make_workspace({"county": COUNTY, "county-facts": FACTS + facts}, folder)
    issues = workspace.issues(["county-facts"])
    return issues[issues["rule"].isin(["E31", "W31"])].reset_index(drop=True)


def test_rows_of_households_are_named_one_by_one(tmp_path: Path) -> None:
    rows = HOMES.format("远安县", "是", 2023, 1) * 3 + HOMES.format("兴山县", "是", 2023, 40)
    found = problems(tmp_path, rows)
    assert list(found["rule"]) == ["E31"] * 3
    assert list(found["row"]) == [2, 3, 4]
    assert found["county"].eq("远安县").all()
    assert "只收一行合计" in found["message"][0]


@pytest.mark.parametrize(
    "rows",
    [
        HOMES.format("远安县", "是", 2022, 1) + HOMES.format("远安县", "是", 2023, 1),
        HOMES.format("远安县", "是", 2023, 1) + HOMES.format("兴山县", "是", 2023, 1),
        HOMES.format("远安县", "是", 2023, 1) + HOMES.format("远安县", "否", 2023, ""),
    ],
    ids=["two years", "two counties", "one not done"],
)
def test_one_row_a_unit_and_year_is_right(tmp_path: Path, rows: str) -> None:
    assert problems(tmp_path, rows).empty


def test_a_matter_no_indicator_knows_is_said_with_the_nearest(tmp_path: Path) -> None:
    rows = "远安县 | 基本养老服务清单发布 | 是 | 2023-05-01 |\n" * 2
    found = problems(tmp_path, rows)
    assert list(found["rule"]) == ["W31"]
    assert "是否想写“基本养老服务清单”" in found["message"][0]
    assert found["value"][0] == "基本养老服务清单发布"


def test_the_sample_has_no_such_problem(sample: Workspace) -> None:
    issues = sample.issues(["county-facts", "assistance", "organisation"])
    assert not issues["rule"].isin(["E31", "W31"]).any()


def test_what_is_said_of_tables_in_full(tmp_path: Path) -> None:
    rows = HOMES.format("远安县", "是", 2023, 1) * 2
    rows += "兴山县 | 基本养老服务清单发布 | 是 | 2023-05-01 |\n兴山县 | 全无相干 | 否 | |\n"
    found = problems(tmp_path, rows)
    told = (
        found[["row", "column", "value", "rule", "severity", "message", "fix"]].to_numpy().tolist()
    )
    twice = "同一县（市、区）同一年的“特殊困难老年人居家适老化改造”有多行：只收一行合计，所涉指标不予计算"
    mend = "逐户逐人的名单请汇总成合计再报；重复填报的请删去一行"
    heading = "县(市、区)"
    assert told[:2] == [
        [2, heading, "", "E31", "error", f"第2行 {twice}", mend],
        [3, heading, "", "E31", "error", f"第3行 {twice}", mend],
    ]
    near, far = told[2:]
    assert near[:5] == [4, "事项", "基本养老服务清单发布", "W31", "warning"]
    assert near[5] == (
        "第4行 “事项”=基本养老服务清单发布没有指标用到，这些行哪里都不计；是否想写“基本养老服务清单”？"
    )
    assert far[5] == "第5行 “事项”=全无相干没有指标用到，这些行哪里都不计"
    assert near[6].startswith("改为 ")
    assert near[6].endswith(" 之一，或在 policy 中加指标")
    assert "、地名保护名录、" in near[6]


def test_a_year_of_totals_is_one_row_a_unit(tmp_path: Path) -> None:
    head = "所在县 | 年份 | 城市低保标准 | 农村低保标准\n"
    rows = "远安县 | 2022 | 800 | 600\n远安县 | 2023 | 800 | 600\n远安县 | 2023 | 800 | 610\n"
    rows += "兴山县 | | 700 | 600\n兴山县 | | 700 | 600\n"
    workspace = make_workspace({"county": COUNTY, "assistance": head + rows}, tmp_path)
    issues = workspace.issues(["assistance"])
    assert issues.loc[issues["rule"] == "E31", "row"].tolist() == [3, 4]


HEAD = "编号 | 机构名称 | 机构类型 | 状态 | 建成时间 | 启用时间 | 所在县 | 经度 | 纬度\n"
WORK = "{} | 示例{} | {} | 运营 | {}-05-01 | {}-06-01 | 远安县 | {:.5f} | 30.51234\n"


def test_a_task_of_the_year_beside_one_of_an_earlier_year_is_said(tmp_path: Path) -> None:
    rows = [
        ("Y1", "综合体", 2022, 110.50000),
        ("Y2", "综合体", 2023, 110.50090),  # 86 m east of Y1
        ("Y3", "综合体", 2023, 110.50200),  # 191 m
        ("Y4", "日间照料中心", 2022, 110.50200),  # of another kind
    ]
    ledger = HEAD + "".join(WORK.format(i, i, kind, y, y, x) for i, kind, y, x in rows)
    workspace = make_workspace({"county": COUNTY, "eldercare": ledger}, tmp_path)
    issues = workspace.issues(["eldercare"])
    found = issues[issues["rule"] == "W32"]
    assert list(found["value"]) == ["Y2"]
    said = "第4行 与编号 Y1（第2行，2022 年）相距不足 100 米，同一项目不要报两年"
    assert found["message"].tolist() == [said.replace("第4行", "第3行", 1)]
    assert found[["row", "column", "fix"]].to_numpy().tolist() == [
        [3, "建成时间", "确是新项目的不用改"]
    ]
    assert set(found["severity"]) == {"warning"}


PEOPLE = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
    ],
    "population": """
乡镇代码 | 乡镇名称 | 县名 | 年份 | 常住人口
420525101 | 示例甲镇 | 远安县 | 2021 | 100
420525101 | 示例甲镇 | 远安县 | 2021 | 100
420525101 | 示例甲镇 | 远安县 | 2022 | 120
420525102 | 示例乙镇 | 远安县 | | 200
420525102 | 示例乙镇 | 远安县 | 2022 | 210
""",
}  # fmt: skip


def test_two_rows_of_people_of_one_unit_and_year_and_a_row_of_none(tmp_path: Path) -> None:
    issues = make_workspace(PEOPLE, tmp_path).issues(["population"])
    mine = issues[issues["rule"].isin(["E31", "E13"])]
    assert list(zip(mine["row"], mine["rule"], mine["severity"], strict=True)) == [
        (2, "E31", "error"), (3, "E31", "error"), (5, "E13", "error"),
    ]  # fmt: skip
    assert set(mine["message"]) == {
        "第2行 同一单元同一年有多行人口，均不采用", "第3行 同一单元同一年有多行人口，均不采用",
        "第5行 “年份”为空，该行人口不采用",
    }  # fmt: skip


def test_people_without_any_year_are_of_no_year(tmp_path: Path) -> None:
    rows = [line.split(" | ") for line in PEOPLE["population"].strip().splitlines()]
    table = "\n".join(
        " | ".join(c for i, c in enumerate(row) if i != 3) for row in rows[:1] + rows[3:4]
    )
    issues = make_workspace(PEOPLE | {"population": "\n" + table}, tmp_path).issues(["population"])
    assert not issues["rule"].isin(["E31", "E13"]).any()


def test_a_rate_above_the_whole_is_a_warning_with_its_row(tmp_path: Path) -> None:
    world = {
        "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"}],
        "assistance": """
县代码 | 县（市、区） | 年份 | 城市低保标准 | 农村低保标准 | 低保对象人数
420525 | 远安县 | 2023 | 500 | 600.5 | 10
420581 | 宜都市 | 2023 | 600 | 600 | 10
""",
    }  # fmt: skip
    issues = make_workspace(world, tmp_path).issues(["assistance"])
    [one] = issues[issues["rule"] == "E14"].to_dict("records")
    assert (one["row"], one["severity"], one["value"]) == (2, "warning", "600.5")
    assert one["message"].endswith("，比例超过 100%")


def test_a_hundred_metres_to_an_earlier_task_are_as_many_east_as_north(tmp_path: Path) -> None:
    """At 30.5 degrees north 0.001 degree is 96 m of longitude, and 111 m of latitude."""
    rows = [(110.5, 30.5), (110.501, 30.5), (110.50108, 30.5), (110.5, 30.5008), (110.5, 30.501)]
    ledger = HEAD
    for n, (x, y) in enumerate(rows):
        work = WORK.format(f"Y{n}", n, "综合体", 2023 if n else 2022, 2023, x)
        ledger += work.replace("30.51234", f"{y:.5f}")
    workspace = make_workspace({"county": COUNTY, "eldercare": ledger}, tmp_path)
    issues = workspace.issues(["eldercare"])
    assert list(issues.loc[issues["rule"] == "W32", "value"]) == ["Y1", "Y3"]


def frame(**columns: Any) -> pd.DataFrame:
    """Rows 2, 3 … of a.csv."""
    made = pd.DataFrame(columns)
    return made.assign(file="a.csv", sheet="", row=range(2, len(made) + 2))


def asked(layer: str, measure: str = "sum", **more: Any) -> Indicator:
    return Indicator("x", None, "other", "", "示例", measure, "county", layer, "", **more)


def rules(check: Any, given: list[Indicator], **layers: LayerTable) -> list[tuple[str, int]]:
    found = check(given, SimpleNamespace(find_layer=layers.get))
    return [(issue.rule, issue.row) for issue in found]


PEOPLE_ROWS = frame(unit_code=list("aabcc"), year=[2021.0, 2021, np.nan, 2021, 2022])


@pytest.mark.parametrize(
    ("rows", "year", "said"),
    [
        (PEOPLE_ROWS, None, [("E31", 2), ("E31", 3), ("E13", 4)]),
        (PEOPLE_ROWS, 2021, [("E31", 2), ("E31", 3)]),  # a row without a year is of the entry's
        (PEOPLE_ROWS.assign(unit_code=list("aadca")), 2022, [("E31", 2), ("E31", 3)]),
        (PEOPLE_ROWS.assign(unit_code=list("adbca")), 2022, []),
        (PEOPLE_ROWS.assign(unit_code=list("adbcb")), 2022, [("E31", 4), ("E31", 6)]),
        (PEOPLE_ROWS.drop(columns="year"), None, [("E31", 2), ("E31", 3), ("E31", 5), ("E31", 6)]),
        (PEOPLE_ROWS.drop(columns="unit_code"), None, []),
        (PEOPLE_ROWS.assign(year=np.nan), None, [("E13", n) for n in range(2, 7)]),
    ],
)
def test_rows_of_people_that_are_not_used(
    rows: pd.DataFrame, year: int | None, said: list[tuple[str, int]]
) -> None:
    layer = LayerTable("population", rows, schema="population", year=year)
    assert [(issue.rule, issue.row) for issue in check_population(layer)] == said


FACT_ROWS = frame(
    unit_code=list("aabb"),
    fact=["甲", "甲", "甲", "乙"],
    done=["是", "是", "是", "是"],
    n=[1.0, 2, 3, 4],
)


def test_totals_have_one_row_a_unit_of_those_that_count() -> None:
    def said(rows: pd.DataFrame = FACT_ROWS, measure: str = "sum", **more: Any) -> list[int]:
        one = asked("facts", measure, column="n", **more)
        found = rules(check_tables, [one], facts=LayerTable("facts", rows, schema="county-facts"))
        return [row for rule, row in found if rule == "E31"]

    a, b = Clause({"fact": ("甲",)}), Clause({"fact": ("乙",)})
    assert said(where=(a,)) == [2, 3]
    assert said(where=(b,)) == []
    assert said(where=(a, b)) == [2, 3, 4, 5]
    assert said() == [2, 3, 4, 5]  # nothing is asked of the rows: all are added up
    assert said(where=(Clause({"nothing": ("甲",)}),)) == []
    assert said(where=(a, Clause({"nothing": ("甲",)}))) == []
    assert said(measure="ratio", where=(a,)) == [2, 3]
    assert said(measure="flag", where=(a,)) == said(measure="count", where=(a,)) == []
    assert said(FACT_ROWS.drop(columns="unit_code"), where=(a,)) == []
    years = FACT_ROWS.assign(year=[2022.0, 2022, 2023, np.nan])
    assert said(years, year=("year", (2022,))) == [2, 3]
    assert said(years.assign(year=[2022.0, 2023, 2022, 2022]), year=("year", ())) == [4, 5]
    assert said(years.assign(year=[np.nan, np.nan, 2022, 2021]), year=("year", ())) == []
    days = pd.to_datetime(["2022-01-01", "2022-12-31", "2022-01-01", "2023-01-01"])
    assert said(years.assign(year=days), year=("year", ())) == [2, 3]
    assert said(FACT_ROWS, year=("year", (2022,))) == [2, 3, 4, 5]  # no such column
    works = frame(unit_code=list("aab"), status=["运营", "关闭", "运营"])
    one = asked("homes")
    homes = LayerTable("homes", works, schema="cemetery")
    assert rules(check_tables, [one], homes=homes) == []
    both = replace(homes, frame=works.assign(status="运营"))
    assert rules(check_tables, [one, one], homes=both) == [("E31", 2), ("E31", 3)]  # said once
    assert rules(check_tables, [one], others=both) == []
    assert rules(check_tables, [replace(one, layer="")], homes=both) == []


def test_what_is_said_of_rows_that_would_be_added_up() -> None:
    given = LayerTable("facts", FACT_ROWS, schema="county-facts", level="county")
    one = asked("facts", where=(Clause({"fact": ("甲", "乙")}),))

    def said(layer: LayerTable, one: Indicator) -> str:
        found = check_tables([one], SimpleNamespace(find_layer={"facts": layer}.get))
        return next(issue.message for issue in found if issue.rule == "E31")

    end = "有多行：只收一行合计，所涉指标不予计算"
    assert said(given, one) == f"第2行 同一县（市、区）同一年的“甲、乙”{end}"
    assert said(given, replace(one, where=())) == f"第2行 同一县（市、区）同一年的“示例”{end}"
    town = replace(given, level="township")
    assert said(town, one) == f"第2行 同一乡镇（街道）同一年的“甲、乙”{end}"
    assert said(replace(given, level=""), one) == said(given, one)  # that of the indicator


def test_a_part_above_its_whole_is_told_and_one_as_great_is_not() -> None:
    rows = frame(
        unit_code=list("abcd"), p=[1.0, 2.5, 3, np.nan], q=[1.0, 2, 4, 1], r=["1", "1", "1", "1"]
    )
    layer = LayerTable("t", rows, schema="assistance")

    def said(**more: Any) -> list[tuple[str, int]]:
        return rules(check_tables, [asked("t", "ratio", **more)], t=layer)

    assert said(numerator="p", denominator="q") == [("E14", 3)]
    assert said(numerator="q", denominator="p") == [("E14", 4)]
    assert said(numerator="p", denominator="r") == said(numerator="x", denominator="q") == []
    assert rules(check_tables, [asked("t", "sum", numerator="p", denominator="q")], t=layer) == []
    one = asked("t", "ratio", numerator="p", denominator="q")
    [issue] = check_tables([one], SimpleNamespace(find_layer={"t": layer}.get))
    assert (issue.value, issue.severity, issue.fix) == ("2.5", "warning", "核对两个数")
    assert issue.message == "第3行 “p”大于“q”，比例超过 100%"


def test_a_matter_is_strange_only_in_columns_of_free_words() -> None:
    rows = frame(unit_code=list("abcd"), fact=["甲", "丙", "丙", ""], done=["是", "也许", "", ""])
    layer = LayerTable("facts", rows, schema="county-facts")
    one = asked("facts", "flag", where=(Clause({"fact": ("甲",), "done": ("是",)}),))
    assert rules(check_tables, [one], facts=layer) == [("W31", 3)]  # each word once
    listed = asked("facts", "flag", listed=(Clause({"fact": ("丙",)}),))
    assert rules(check_tables, [one, listed], facts=layer) == []
    assert rules(check_tables, [listed], facts=layer) == [("W31", 2)]
    assert rules(check_tables, [one], facts=replace(layer, frame=rows.drop(columns="fact"))) == []


WORKS = frame(
    kind=["甲"] * 5, built_on=pd.to_datetime(["2022-05-01", "2023-05-01", "2021-05-01", "2023-05-01", None]),
    x=[110.0, 110.0005, 110.0, 110.0, 110.0], y=[30.0, 30.0, 31.0, np.nan, 30.0],
).rename(index="Y{}".format)  # fmt: skip


def test_increments_are_held_against_those_of_every_earlier_year() -> None:
    def said(rows: pd.DataFrame = WORKS, measure: str = "count", **more: Any) -> list[int]:
        more = {"year": ("built_on", (2023,)), "where": (Clause({"kind": ("甲",)}),)} | more
        one = asked("works", measure, **more)
        works = LayerTable("works", rows, schema="eldercare")
        return [row for _, row in rules(check_increments, [one, one], works=works)]

    assert said() == [3]
    assert said(WORKS.assign(beds=[np.nan, 20, 20, 20, 20])) == [3]
    assert said(WORKS.assign(beds=[20, np.nan, 20, 20, 20])) == [3]
    assert said(pd.concat([WORKS, WORKS[:1].rename({"Y0": "Y9"})])) == [3]  # of two at one place
    assert said(measure="sum") == said(year=None) == said(year=("opened_on", (2023,))) == []
    assert said(where=(Clause({"kind": ("乙",)}),)) == said(where=(Clause({"no": ("乙",)}),)) == []
    assert said(WORKS.drop(columns="x")) == []
    assert said(WORKS[1:]) == []  # none before
    assert said(WORKS[:1]) == []  # none of the year
    assert said(year=("built_on", (2022, 2023))) == []  # both are of the years asked for
    assert said(WORKS.assign(kind=["乙", *["甲"] * 4])) == []
    both = (Clause({"kind": ("甲",)}), Clause({"kind": ("乙",)}))
    assert said(WORKS.assign(kind=["乙", *["甲"] * 4]), where=both) == [3]


def test_near_is_up_to_a_hundred_metres_of_the_nearest() -> None:
    """On the equator a degree of longitude is taken for 111,320 m, one of latitude for 110,950."""
    before = pd.DataFrame({"x": [0.0, 10.0], "y": [0.0, 0.0]}, index=["a", "b"])

    def near(x: float, y: float) -> list[tuple[object, object]]:
        rows = pd.DataFrame({"x": [x, x], "y": [y, -y]}, index=["c", "d"])
        return [(row.name, other.name) for row, other in _close(rows, before)]

    both = [("c", "a"), ("d", "a")]
    assert near(100 / 111_320, 0.0) == near(0.0, 100 / 110_950) == both
    assert near(100.01 / 111_320, 0.0) == near(0.0, 100.01 / 110_950) == []
    assert near(10 - 99 / 111_320, 0.0) == [("c", "b"), ("d", "b")]
    assert near(60 / 111_320, 80 / 110_950) == both
    assert near(61 / 111_320, 80 / 110_950) == []
    north = pd.DataFrame({"x": [0.0], "y": [60.0]})  # there a degree is half as wide
    for metres, found in ((99.9, 1), (100.1, 0)):
        rows = pd.DataFrame({"x": [metres * 2 / 111_320], "y": [60.0]})
        assert len(list(_close(rows, north))) == found
    assert list(_close(before[:0], before)) == list(_close(before, before[:0])) == []
