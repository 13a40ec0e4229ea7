"""A small world worked by hand: what each method says of its units, its basis and its facilities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.basis import Basis, some_of
from hbgeo.measure.basis_words import (
    _people_of,
    _said_capacity,
    _said_years,
    basis_lines_of,
    not_begun_words,
    said_used,
    unit_heading,
    weight_heading,
    years_of,
    years_to_come,
)
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.methods import METHODS, facts_of
from hbgeo.measure.options import Options
from hbgeo.read.indicator import Indicator
from hbgeo.read.policy import read_policy
from hbgeo.workspace import Workspace

ON = date(2023, 12, 31)
# each county a degree wide, its two townships half a degree
WORLD: dict[str, Any] = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
        {"code": "420526101", "name": "示例丙镇"}, {"code": "420526102", "name": "示例丁镇"},
    ],
    "population": """
乡镇代码 | 乡镇名称 | 常住人口 | 60岁及以上
420525101 | 示例甲镇 | 10000 | 3000
420525102 | 示例乙镇 | 30000 | 6000
420526101 | 示例丙镇 | 20000 | 5000
""",
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 关闭时间 | 所在县 | 所在乡镇 | 经度 | 纬度 | 服务范围
G1 | 甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | | | 110.25123 | 30.51234 |
G2 | 界上 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | | | 110.5 | 30.61234 |
G3 | 在建公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | | 远安县 | 示例乙镇 | | |
G4 | 次年 | 公墓 | 公益性 | 乡镇级 | 运营 | 2024-05-01 | | 兴山县 | 示例丙镇 | | |
G5 | 已关 | 公墓 | 公益性 | 乡镇级 | 运营 | 2010-05-01 | 2022-01-01 | 兴山县 | 示例丙镇 | | |
G6 | 无期 | 公墓 | 公益性 | 乡镇级 | 运营 | | | 兴山县 | 示例丁镇 | | | 全镇
G7 | 界外 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | | | 113.5 | 30.61234 |
G8 | 不符 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | 远安县 | 示例甲镇 | 110.75123 | 30.51234 |
G9 | 近邻 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | 兴山县 | 示例丙镇 | 111.50123 | 30.51234 | 示例丁镇
G9 | 近邻 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | | 兴山县 | 示例丙镇 | 111.50123 | 30.51234 | 示例丁镇
""",
}  # fmt: skip
ALL_OF = {
    "facilities": "设施类型=公墓、骨灰堂、骨灰楼（塔）、生态安葬区，公墓性质=公益性",
    "units": "分母：乡镇（街道），类型=镇、乡、民族乡",
}

CLOSED = "截止日期前已关闭 1、点位与台账所在单元不符 1、数据有误 1。"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(WORLD, tmp_path_factory.mktemp("world"))


def measure(workspace: Workspace, one: str, **options: Any) -> Assessment:
    return workspace.assess([one], options=Options(as_of=ON, **options))[0]


def detail(workspace: Workspace, one: str, **options: Any) -> Measured:
    given = Options(as_of=ON, **options)
    return workspace.measure([one], options=given, with_nearest=True)


def column(a: Assessment, name: str) -> list[Any]:
    assert a.coverage is not None
    return a.coverage.units[name].tolist()


def basis_of(a: Assessment) -> Any:
    assert a.coverage is not None
    return a.coverage.basis


def test_presence_says_of_each_unit_who_reaches_it_and_how(world: Workspace) -> None:
    a = measure(world, "cemetery-township")
    assert column(a, "covered") == [1, 0, 1, 1]
    assert column(a, "facilities") == [2, 0, 1, 1]
    assert column(a, "via") == ["inside", "", "named", "served"]
    assert column(a, "demand") == [1, 1, 1, 1]
    links = detail(world, "cemetery-township").links["cemetery-township"].to_numpy().tolist()
    assert links == [
        ["420525101", "G1", "inside"], ["420525101", "G2", "inside"], ["420526101", "G9", "named"],
        ["420526102", "G9", "served"],
    ]  # fmt: skip


def test_the_basis_of_presence_counts_every_row_once(world: Workspace) -> None:
    basis = basis_of(measure(world, "cemetery-township"))
    assert (basis.used, basis.undated) == (4, 1)
    assert (basis.on_border, basis.outside, basis.by_ledger) == (1, 1, 1)
    assert basis.set_aside == {
        "状态为在建": 1, "启用时间晚于截止日期": 1, "无启用时间": 1, "截止日期前已关闭": 1,
        "点位与台账所在单元不符": 1, "数据有误": 1,
    }  # fmt: skip
    assert basis.used + sum(basis.set_aside.values()) == 10


def test_facilities_that_wait_would_reach_their_units_if_they_worked(world: Workspace) -> None:
    waiting = detail(world, "cemetery-township").waiting["cemetery-township"]
    plain = waiting[["unit", "facility", "name", "status"]].to_numpy().tolist()
    assert plain == [
        ["420525102", "G3", "在建公墓", "在建"], ["420526101", "G4", "次年", "运营"],
        ["420526101", "G5", "已关", "运营"], ["420526102", "G6", "无期", "运营"],
    ]  # fmt: skip
    since = [None if pd.isna(day) else day.year for day in waiting["since"]]
    assert since == [None, 2024, 2010, None]
    ids = lambda a: a.waiting["cemetery-township"]["facility"].tolist()  # noqa: E731
    assert ids(detail(world, "cemetery-township", status=("在建",))) == ["G4", "G5", "G6"]
    assert ids(detail(world, "cemetery-township", within="420525")) == ["G3"]


def test_a_facility_waits_only_for_units_that_it_would_reach_in_a_way_that_counts(
    tmp_path: Path,
) -> None:
    # one of 县级 counts for the townships that it serves, not for the one it stands in
    row = "G3 | 在建公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | | 远安县 | 示例乙镇 | | |"
    county = "G3 | 在建公墓 | 公墓 | 公益性 | 县级 | 在建 | | | 远安县 | 示例乙镇 | | | 示例甲镇"
    assert row in WORLD["cemetery"]
    text = {**WORLD, "cemetery": WORLD["cemetery"].replace(row, county)}
    waiting = detail(make_workspace(text, tmp_path), "cemetery-township@broad").waiting
    mine = waiting["cemetery-township@broad"].query("facility == 'G3'")
    assert mine["unit"].tolist() == ["420525101"]


def test_the_nearest_is_measured_from_the_seat_to_what_counts_anywhere(world: Workspace) -> None:
    near = detail(world, "cemetery-township").nearest["cemetery-township"]
    assert near["nearest_id"].tolist() == ["G1", "G2", "G9", "G9"]
    assert near["nearest_name"].tolist() == ["甲公墓", "界上", "近邻", "近邻"]
    assert near["nearest_status"].tolist() == ["运营"] * 4
    # a degree is 95.9 km eastwards and 110.9 km northwards; seats stand amid the strips
    wanted = [
        (0.12**2 + 1.37**2) ** 0.5, (23.97**2 + 12.45**2) ** 0.5, (24.1**2 + 1.37**2) ** 0.5,
        (23.86**2 + 1.37**2) ** 0.5,
    ]  # fmt: skip
    assert near["nearest_km"].tolist() == pytest.approx(wanted, rel=2e-3)
    part = detail(world, "cemetery-township", within="420526").nearest["cemetery-township"]
    assert part["nearest_id"].to_dict() == {"420526101": "G9", "420526102": "G9"}


def test_the_nearest_and_those_that_wait_are_looked_for_only_where_they_are_asked_for(
    world: Workspace,
) -> None:
    several = ["cemetery-township", "elder-service-list"]
    plain = world.measure(several, options=Options(as_of=ON))
    assert (plain.nearest, plain.waiting) == ({}, {})
    both = detail(world, "cemetery-township")
    assert both.nearest.keys() == both.waiting.keys() == {"cemetery-township"}


def test_what_is_known_of_those_that_count_goes_into_snapshots(world: Workspace) -> None:
    kept = detail(world, "cemetery-township@broad").qualified["cemetery-township@broad"]
    assert kept.index.tolist() == ["G1", "G2", "G7", "G9"]
    assert kept["name"].tolist() == ["甲公墓", "界上", "界外", "近邻"]
    assert kept["named"].tolist() == ["", "", "", "420526101"]
    assert kept["served"].tolist() == [(), (), (), ("420526102",)]
    assert kept["ways"].tolist() == [7, 7, 7, 7]  # as 乡镇级 any way, as 各级 by serving
    assert detail(world, "elder-service-list").qualified == {}  # not measured: it has no table


def test_the_ways_kept_are_those_of_the_clauses_a_row_matches(world: Workspace) -> None:
    # level 县级 counts only by what it serves, 乡镇级 in any way
    text = WORLD["cemetery"].replace(
        "G9 | 近邻 | 公墓 | 公益性 | 乡镇级", "G9 | 近邻 | 公墓 | 公益性 | 县级"
    )
    with_county = {**WORLD, "cemetery": text}
    folder = world.root / "again"
    folder.mkdir()
    again = make_workspace(with_county, folder)
    a, more = measure(again, "cemetery-township@broad"), detail(again, "cemetery-township@broad")
    assert more.qualified["cemetery-township@broad"]["ways"].to_dict() == {
        "G1": 7,
        "G2": 7,
        "G7": 7,
        "G9": 4,
    }
    assert column(a, "via") == ["inside", "", "", "served"]


def test_the_pairs_of_a_table_stand_by_unit_and_in_the_order_of_its_rows(tmp_path: Path) -> None:
    head = "所在县 | 事项 | 是否完成 | 完成时间 | 数量 | 文号\n"
    row = "{} | 基本养老服务清单 | 是 | 2023-05-01 | | 示例{}号\n"
    rows = [row.format(("兴山县", "远安县")[n % 3 % 2], n) for n in range(90)]
    world = make_workspace({**WORLD, "county-facts": head + "".join(rows)}, tmp_path)
    links = detail(world, "elder-service-list").links["elder-service-list"]
    assert links["unit"].tolist() == ["420525"] * 30 + ["420526"] * 60
    assert links["facility"].tolist() == [
        *(n for n in range(90) if n % 3 == 1), *(n for n in range(90) if n % 3 != 1),
    ]  # fmt: skip


def test_figures_weighed_by_invented_people_say_so(tmp_path: Path) -> None:
    make_workspace(WORLD, tmp_path)
    catalog = tmp_path / "layers" / "catalog.toml"
    said = catalog.read_text("utf-8")
    catalog.write_text(said.replace("[population]", "[population]\nsample = true"), "utf-8")
    marked = Workspace.open(tmp_path)
    assert not basis_of(measure(marked, "cemetery-township")).sample
    assert basis_of(measure(marked, "cemetery-township", weight="population_60")).sample


def test_a_county_alone_keeps_its_units_links_and_parents(world: Workspace) -> None:
    a = measure(world, "cemetery-township@broad", within="420526", weight="population")
    assert a.coverage is not None
    assert a.coverage.units.index.tolist() == ["420526101", "420526102"]
    more = detail(world, "cemetery-township@broad", within="420526", weight="population")
    links = more.links["cemetery-township@broad"]
    assert links["unit"].tolist() == ["420526101", "420526102"]
    assert list(a.coverage.by("county")) == [("420526", "兴山县")]
    assert basis_of(a).unweighted == ("420526102",)
    other = measure(world, "cemetery-township@broad", within="420525", weight="population")
    assert basis_of(other).unweighted == ()
    assert (other.target, other.met) == (None, None)
    whole = measure(world, "cemetery-township", within="420500")  # the prefecture of both
    assert column(whole, "covered") == [1, 0, 1, 1]


def test_the_ground_is_said_in_sentences(world: Workspace) -> None:
    note = "分母不含街道；村级、县级公墓不使乡镇达标，见变体。"
    assert measure(world, "cemetery-township").basis_lines == [
        f"截至 2023-12-31。{ALL_OF['units']}；计入：{ALL_OF['facilities']}，级别=乡镇级；状态：运营。",
        "应覆盖 4（单元 4 个），已覆盖 3。",
        f"计入 4 行；未计入：状态为在建 1、启用时间晚于截止日期 1、无启用时间 1、{CLOSED}",
        "其中共用边界上 1、不在任何单元内 1、按台账归属 1。",
        note,
        "来源：示例",
    ]  # fmt: skip


def test_a_scenario_a_weight_and_what_lacks_it_are_said(world: Workspace) -> None:
    a = measure(
        world, "cemetery-township@broad", weight="population", status=("在建",), as_if=("G6",),
        undated="include", count_mixed=True,
    )  # fmt: skip
    assert column(a, "covered") == [1, 1, 1, 1]
    first, counts, used, placed, lacking, *_ = a.basis_lines
    assert first.endswith(
        f"或 {ALL_OF['facilities']}，方式=服务范围；状态：运营、在建；按常住人口加权；情景：另计状态 在建；"
        "情景：视为运营 G6；情景：无日期的计入；情景：计入含公益性墓区的经营性公墓。"
    )
    assert counts == "应覆盖 60,000（单元 4 个），已覆盖 60,000。"
    assert used.startswith("计入 6 行；未计入：启用时间晚于截止日期 1、截止日期前已关闭 1、")
    assert placed == "其中共用边界上 1、不在任何单元内 1、按台账归属 1。"
    assert lacking == "缺权重、未计入分子分母的单元 1 个：420526102。"
    without = measure(world, "cemetery-township", undated="exclude", within="420525")
    assert "情景：无日期的不计；情景：仅限 420525。" in without.basis_lines[0]


FACTS = """
所在县 | 事项 | 是否完成 | 完成时间 | 文号 | 数量
远安县 | 婚姻登记全市通办 | 是 | 2022-03-01 | |
兴山县 | 婚姻登记全市通办 | {} | 2022-03-01 | |
远安县 | 特殊困难老年人居家适老化改造 | 是 | 2023-12-20 | | 1200
兴山县 | 特殊困难老年人居家适老化改造 | 是 | {} | | 300
远安县 | 地名保护名录 | 是 | 2022-03-01 | 示例1号 |
兴山县 | 地名保护名录 | 是 | 2022-03-01 | |
"""


def facts(tmp_path: Path, done: str = "是", day: str = "2023-06-01") -> Workspace:
    return make_workspace({**WORLD, "county-facts": FACTS.format(done, day)}, tmp_path)


@pytest.mark.parametrize(("done", "covered"), [("是", 1.0), ("否", 0.0)])
def test_a_prefecture_says_yes_when_all_its_counties_do(
    done: str, covered: float, tmp_path: Path
) -> None:
    a = measure(facts(tmp_path, done), "marriage-registration")
    assert column(a, "name") == ["宜昌市"]
    assert column(a, "covered") == [covered]
    assert column(a, "facilities") == [2 * covered]
    assert column(a, "via") == ["named" if covered else ""]
    assert basis_of(a).used == 1 + covered


def test_a_sum_lists_the_units_that_said_nothing(tmp_path: Path) -> None:
    a = measure(facts(tmp_path, day="2024-06-01"), "home-adaptation")
    assert column(a, "value") == [1200, 0]
    assert column(a, "facilities") == [1, 0]
    assert basis_of(a).unweighted == ("420526",)
    assert a.basis_lines[2] == "未报数的单元 1 个：420526。"
    assert not any("覆盖" in line for line in a.basis_lines)
    assert "完成时间：2023 年" in a.basis_lines[0]


def test_a_list_without_its_number_is_set_aside_and_said(tmp_path: Path) -> None:
    a = measure(facts(tmp_path), "heritage-list")
    assert column(a, "covered") == [1, 0]
    assert basis_of(a).set_aside == {"“文号”为空": 1}
    assert "须填写文号" in a.basis_lines[0]


ASSISTANCE = """
所在县 | 年份 | 城市低保标准 | 农村低保标准 | 低保对象人数
远安县 | 2022 | 800 | 100 | 10
远安县 | 2023 | 800 | 600 | 10
兴山县 | 2023 | 700 | 600 | 30
兴山县 | 2024 | 700 | 900 | 30
"""


def test_a_ratio_is_one_of_sums_of_the_latest_year_not_after_the_date(tmp_path: Path) -> None:
    a = measure(make_workspace({**WORLD, "assistance": ASSISTANCE}, tmp_path), "assistance-ratio")
    assert a.coverage is not None
    assert (a.coverage.share.covered, a.coverage.share.total) == (1200, 1500)
    assert column(a, "covered") == [0.75, 600 / 700]
    assert column(a, "value") == [600, 600]
    assert column(a, "demand") == [800, 700]
    assert a.basis_lines[0].endswith(
        "年份：2023 年；农村低保标准（元/月）合计÷城市低保标准（元/月）合计，各行不加权。"
    )
    assert a.basis_lines[1] == "分母 1,500，分子 1,200。"
    assert basis_of(a).used == 2


def test_a_unit_of_which_no_row_tells_has_a_share_of_nought(tmp_path: Path) -> None:
    lines = [line for line in ASSISTANCE.splitlines(keepends=True) if "兴山县" not in line]
    a = measure(
        make_workspace({**WORLD, "assistance": "".join(lines)}, tmp_path), "assistance-ratio"
    )
    assert column(a, "covered") == [0.75, 0.0]
    assert column(a, "demand") == [800, 0]
    assert column(a, "facilities") == [1, 0]


def test_more_than_five_units_without_a_weight_are_cut_short() -> None:
    towns = pd.DataFrame(
        {"demand": [float("nan")] * 6, "covered": 1.0, "name": "镇"}, index=[f"4205251{n:02d}" for n in range(6)]
    )  # fmt: skip
    one = read_policy([])["cemetery-township"]
    for n, tail in ((5, "420525104。"), (6, "420525104等。")):
        basis = Basis(as_of=ON, unweighted=tuple(towns.index[:n]), approximate=True, sample=True)
        lines = basis_lines_of(one, Coverage("x", "presence", basis, towns))
        [said] = [line for line in lines if line.startswith("缺权重")]
        assert said.startswith(f"缺权重、未计入分子分母的单元 {n} 个：420525100、")
        assert said.endswith(tail)
        assert lines[-2:] == ["边界为近似示意。", "示例数据，非真实统计。"]


def test_headings_are_those_of_the_schemas() -> None:
    assert weight_heading("population_60") == "60岁及以上"
    assert unit_heading("is_central_village") == "是否中心村"
    assert unit_heading("kind") == "类型"
    assert unit_heading("x_unknown") == "x_unknown"
    assert set(METHODS) == {"presence", "capacity", "reach", "flag", "count", "sum", "ratio"}


REACH = """
system = "eldercare"
title = "本地"
[[indicator]]
id = "near"
name = "三公里内有公墓的村"
measure = "reach"
units = "village"
layer = "cemetery"
radius_m = 3000
where = { level = ["乡镇级"] }
[[indicator.target]]
pct = 50
source = "示例文件"
[[indicator.variant]]
id = "area"
name = "面积"
units = "township"
target = []
"""
VILLAGE = """
村代码 | 村名 | 类别 | 所在县 | 所属乡镇 | 经度 | 纬度
420525101201 | 近村 | 行政村 | 远安县 | 示例甲镇 | 110.27123 | 30.51234
420525101202 | 远村 | 行政村 | 远安县 | 示例甲镇 | 110.29123 | 30.51234
420526102201 | 他村 | 行政村 | 兴山县 | 示例丁镇 | 111.50123 | 30.53234
"""


def test_a_village_is_reached_within_the_radius_by_what_counts(tmp_path: Path) -> None:
    # a hundredth of a degree is 959 m eastwards and 1,109 m northwards
    reach = make_workspace({**WORLD, "village": VILLAGE, "policy": REACH}, tmp_path)
    a, more = measure(reach, "near"), detail(reach, "near")
    assert column(a, "covered") == [1, 0, 1]
    assert column(a, "facilities") == [1, 0, 1]
    assert more.links["near"][["unit", "facility"]].to_numpy().tolist() == [
        ["420525101201", "G1"], ["420526102201", "G9"],
    ]  # fmt: skip
    assert more.nearest["near"]["nearest_id"].tolist() == ["G1", "G1", "G9"]
    assert more.nearest["near"]["nearest_km"].tolist() == pytest.approx(
        [1.919, 3.838, 2.218], abs=2e-3
    )
    assert (a.met, a.short, a.shown) == (True, 0, "66.67")
    assert more.qualified["near"].index.tolist() == ["G1", "G2", "G7", "G9"]
    basis = basis_of(a)
    assert (basis.used, basis.outside, basis.on_border) == (4, 0, 0)
    assert basis.set_aside["点位与台账所在单元不符"] == 1
    assert "半径 3000 米，直线距离，非步行时间" in a.basis_lines[0]
    assert more.waiting == {}  # by radius none waits for a unit of its own


def test_a_polygon_is_reached_by_the_share_of_its_area(tmp_path: Path) -> None:
    a = measure(make_workspace({**WORLD, "policy": REACH}, tmp_path), "near@area")
    # G1's disc of 28.3 km² and half of that of G2 in 甲镇, of half a degree by one: 5,315 km²
    disc, town = 28.27, 47.95 * 110.87
    found = column(a, "covered")
    assert found[:2] == pytest.approx([1.5 * disc / town, 0.5 * disc / town], rel=0.02)
    assert found[2:] == pytest.approx([0.48 * disc / town, 0.52 * disc / town], rel=0.05)
    assert a.coverage.share.exact is False
    assert column(a, "facilities") == [2, 1, 1, 1]


def test_tables_and_ratios_have_no_facilities_to_be_kept(sample: Workspace) -> None:
    names = ["assistance-ratio", "home-adaptation", "elder-service-list", "nursing-beds-share"]
    qualified = sample.measure(names).qualified
    assert {one for one in qualified if len(qualified[one])} == set()
    assert {*names} <= qualified.keys()


def test_a_sum_has_neither_demand_nor_cover_and_says_its_amount_unit_by_unit(
    tmp_path: Path,
) -> None:
    a = measure(facts(tmp_path), "home-adaptation")
    assert a.coverage is not None
    assert pd.isna(column(a, "demand")).all()
    assert pd.isna(column(a, "covered")).all()
    assert column(a, "via") == ["", ""]
    assert column(a, "facilities") == [1, 1]
    assert column(a, "value") == [1200, 300]


def test_what_a_basis_does_not_say_is_nought() -> None:
    nothing = {
        "as_of": None, "filters": (), "used": 0, "set_aside": {}, "undated": 0, "on_border": 0,
        "outside": 0, "approximate": False, "sample": False, "sources": (), "by_ledger": 0,
        "unweighted": (), "county_only": 0, "years": (), "earlier": (),
        "links": {}, "unknown": (), "assumed": (), "unplaced": (),
    }  # fmt: skip
    assert vars(Basis()) == nothing


def test_the_basis_of_a_table_tells_of_no_points(tmp_path: Path) -> None:
    basis = basis_of(measure(facts(tmp_path), "marriage-registration"))
    assert (basis.used, basis.on_border, basis.outside, basis.by_ledger, basis.county_only) == (
        2, 0, 0, 0, 0,
    )  # fmt: skip


def test_where_rows_stand_is_said_way_by_way() -> None:
    one = read_policy([])["cemetery-township"]
    units = pd.DataFrame({"demand": [1.0], "covered": [1.0], "name": "镇"}, index=["420525101"])
    basis = Basis(as_of=ON, used=9, on_border=1, outside=2, county_only=3, by_ledger=1204)
    assert basis_lines_of(one, Coverage("x", "presence", basis, units))[2:4] == [
        "计入 9 行。",
        "其中共用边界上 1、不在任何单元内 2、只知所在县 3、按台账归属 1,204。",
    ]


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((), ""), ((2023,), "2023"), ((2023, 2022), "2022–2023"), ((2021, 2022, 2023), "2021–2023"),
        ((2021, 2023), "2021、2023"), ((2020, 2021, 2023), "2020、2021、2023"),
    ],
)  # fmt: skip
def test_years_without_a_gap_are_said_by_the_first_and_the_last(
    years: tuple[int, ...], said: str
) -> None:
    one = Indicator(
        "a", None, "other", "", "a", "count", "county", "", "", year=years and ("year", years)
    )
    assert years_of(one) == said


@pytest.mark.parametrize(("count", "said"), [(5, "a、b、c、d、e"), (6, "a、b、c、d、e等")])
def test_five_units_are_named_in_a_basis(count: int, said: str) -> None:
    assert some_of(list("abcdef")[:count]) == said


def test_what_a_later_comparison_needs_to_know_of_facilities() -> None:
    one = Indicator("x", None, "other", "", "示例", "presence", "township", "cemetery", "")
    full = pd.DataFrame(
        {"name": ["甲", "乙"], "x": [1.0, 2.0], "y": [3.0, 4.0], "township_code": ["a", ""],
         "served": [("a",), ()], "ways": [1, 3], "status": "运营"}, index=["G1", "G2"],
    )  # fmt: skip
    made = facts_of(one, full)
    assert made.columns.tolist() == ["name", "x", "y", "named", "served", "ways"]
    assert made.loc["G1"].tolist() == ["甲", 1.0, 3.0, "a", ("a",), 1]
    assert made.loc["G2"].tolist() == ["乙", 2.0, 4.0, "", (), 3]
    bare = facts_of(replace(one, via=("served",)), full[["x", "y"]])
    assert bare.loc["G2"].tolist() == ["", 2.0, 4.0, "", (), 4]
    assert facts_of(one, full.drop(columns="x")).empty
    assert facts_of(one, full.assign(unit_code="a")).empty


@pytest.mark.parametrize(
    ("measure", "weight", "people"),
    [
        ("presence", None, ""), ("presence", "population_60", "population_60"),
        ("reach", "population", "population"), ("capacity", None, "population"),
        ("capacity", "population_60", "population"), ("sum", "population", ""), ("ratio", "population", ""),
    ],
)  # fmt: skip
def test_on_which_people_a_figure_rests(measure: str, weight: str | None, people: str) -> None:
    one = Indicator("a", None, "other", "", "a", measure, "county", "", "")
    assert _people_of(one, Options(as_of=ON, weight=weight)) == people
    assert _people_of(replace(one, weight=weight), Options(as_of=ON)) == people


@pytest.mark.parametrize(
    ("weighed", "beside", "lines"),
    [
        (True, False, ["人口年份：2021、2023。", "用更早年度人口的单元 2 个：a、b。"]),
        (False, True, ["分母年份：2021、2023。", "分母用更早年度的单元 2 个：a、b。"]),
        (False, False, ["只报了更早年度、未计入的单元 2 个：a、b。"]),
    ],
)
def test_of_which_years_the_figures_are(*, weighed: bool, beside: bool, lines: list[str]) -> None:
    basis = Basis(years=(2021, 2023), earlier=("a", "b"))
    assert _said_years(basis, weighed=weighed, beside=beside) == lines
    assert _said_years(Basis(), weighed=weighed, beside=beside) == []
    only = _said_years(replace(basis, earlier=()), weighed=weighed, beside=beside)
    assert only == lines[: len(lines) - 1]


def test_what_was_counted_is_said_of_rows_and_of_links() -> None:
    plain = Basis(used=1234, set_aside={"停用": 1200, "数据有误": 1})
    assert said_used(plain) == ["计入 1,234 行；未计入：停用 1,200、数据有误 1。"]
    chain = Basis(used=3, links={"站": 1020, "员": 2}, by_ledger=1)
    assert said_used(chain) == [
        "各环具备的单元：站 1,020 个、员 2 个。", "计入 3 行次（几环都认的设施各计一次）。",
        "其中按台账归属 1。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        (date(2023, 12, 30), ["2022–2023 年尚未结束，只计到 2023-12-30。"]),
        (date(2023, 12, 31), []), (date(2024, 1, 1), []), (None, []),
    ],
)  # fmt: skip
def test_years_that_have_not_ended_are_said_to_the_last_day(
    as_of: date | None, said: list[str]
) -> None:
    years = ("year", (2022, 2023))
    one = Indicator("a", None, "other", "", "a", "sum", "county", "", "", year=years)
    units = pd.DataFrame({"demand": [1.0], "covered": [1.0], "value": [1.0]}, index=["420525"])
    lines = basis_lines_of(one, Coverage("a", "sum", Basis(as_of=as_of), units))
    assert [line for line in lines if "尚未" in line] == said
    assert not_begun_words(one) == "2022 年尚未开始"
    assert years_to_come(one) == "2022–2023 年的数（该年尚未开始）"
    again = basis_lines_of(replace(one, year=None), Coverage("a", "sum", Basis(as_of=as_of), units))
    assert not any("尚未" in line for line in again)


@pytest.mark.parametrize(
    ("method", "beside", "said"),
    [
        ("presence", "", "缺权重、未计入分子分母的单元 1,200 个："), ("sum", "", "未报数的单元 1,200 个："),
        ("ratio", "", "未报数的单元 1,200 个："),
        ("ratio", "population", "缺分子或分母、两边都未计入的单元 1,200 个："),
        ("capacity", "", "缺人口或死亡数、或所用设施余量不明而无法判定，未计入的单元 1,200 个："),
    ],
)  # fmt: skip
def test_why_units_leave_a_figure(method: str, beside: str, said: str) -> None:
    one = Indicator("a", None, "other", "", "a", method, "county", "", "", beside=beside)
    units = pd.DataFrame({"demand": [2.0], "covered": [0.5], "value": [1.0]}, index=["420525"])
    units = units.assign(places=1.0, deaths=1.0, name="县")
    basis = Basis(unweighted=tuple(map(str, range(1200))))
    lines = basis_lines_of(one, Coverage("a", method, basis, units))
    assert f"{said}0、1、2、3、4等。" in lines
    counts = {
        "presence": "应覆盖 2（单元 1 个），已覆盖 1。", "ratio": "分母 2，分子 1。",
        "capacity": "应覆盖 2（单元 1 个），已覆盖 1。",
    }  # fmt: skip
    assert ([line for line in lines if "覆盖 " in line or line.startswith("分母 ")] or [None])[
        0
    ] == counts.get(method)


def test_how_years_of_burial_are_worked_out_is_said_of_them_alone() -> None:
    one = Indicator(
        "a", None, "other", "", "a", "capacity", "county", "", "", years=Decimal("30.0")
    )
    assert _said_capacity(one) == [
        (
            "可用年限=空余穴位（墓穴、格位的总数减已用，合葬穴每穴两个）÷年死亡人数（常住人口×死亡率）"
            "×公益性安葬占比，满 30.0 年为覆盖"
        ),
        "一处设施供几个单元的，穴位按常住人口分摊，各算一次",
    ]
    assert _said_capacity(replace(one, years=None)) == []
    assert _said_capacity(replace(one, measure="presence")) == []
