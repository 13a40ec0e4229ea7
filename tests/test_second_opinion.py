"""Every indicator, computed twice: by hbgeo, and by a slow and obvious second implementation."""

from __future__ import annotations

import tempfile
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import second_opinion as second
from golden_cases import make_workspace
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.assessment import Assessment
from hbgeo.workspace import Workspace

RULES = second.rules()


def first_opinion(a: Assessment) -> second.Figure:
    if a.coverage is None:
        return None
    return a.coverage.value if a.counted else (a.coverage.share.covered, a.coverage.share.total)


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


@pytest.mark.parametrize("one", RULES)
def test_both_say_the_same_of_the_sample(
    one: str, sample: Workspace, measured: dict[str, Assessment]
) -> None:
    again = second.figure(sample, RULES[one], sample.catalog.as_of)
    assert first_opinion(measured[one]) == again


COUNTIES = [("420102", "江岸区"), ("420525", "远安县"), ("420625", "谷城县")]
KINDS = ("镇", "乡", "街道", "民族乡")
DAYS = ("2019-05-01", "2022-06-30", "2023-05-01", "2023-12-31", "2024-03-01", "")
STATES = ("运营", "运营", "运营", "在建", "建成未启用", "停用", "关闭", "")
TOWNS = [
    (f"{c}{i:03d}", f"示例{'甲乙丙'[i - 101]}镇", n) for c, n in COUNTIES for i in (101, 102, 103)
]
VILLAGES = [
    (f"{code}{tail}", f"{name}{kind}", kind, town, county)
    for code, town, county in TOWNS
    for tail, name, kind in (("201", "东风", "村"), ("001", "红旗", "社区"))
]
pick = st.sampled_from


@st.composite
def worlds(draw: Any) -> dict[str, Any]:
    """A small province: three counties, nine townships in strips, villages, and invented layers."""
    towns = [
        {"code": c, "name": n, "kind": draw(pick(KINDS)), "rural": draw(pick(["是", "否"]))}
        for c, n, _ in TOWNS
    ]
    world: dict[str, Any] = {
        "county": [{"code": c, "name": n} for c, n in COUNTIES],
        "township": towns,
        "village": table(
            ["村代码", "村名", "类别", "所在县", "所属乡镇", "城乡分类代码"],
            [(c, n, "行政村" if k == "村" else "社区", county, town, draw(pick(["121", "210", "220"])))
             for c, n, k, town, county in VILLAGES],
        ),
    }  # fmt: skip
    world["cemetery"] = table(*facilities(draw, "cemetery"))
    world["eldercare"] = table(*facilities(draw, "eldercare"))
    world["sign"] = table(*facilities(draw, "sign"))
    world["minors"] = table(*facilities(draw, "minors"))
    world["county-facts"] = table(*facts(draw))
    world["assistance"] = table(*totals(draw))
    if draw(st.booleans()):
        rows = [
            (c, t, n, draw(pick(["是", "否", ""])))
            for _, n, _, t, c in VILLAGES
            if draw(st.booleans())
        ]
        world["central-village"] = table(["所在县", "所属乡镇", "村名", "是否中心村"], rows)
    return world


def facilities(draw: Any, key: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Rows somewhere: by point, by name, by both (sometimes apart), by county only; some serve."""
    own = {
        "cemetery": {"设施类型": ["公墓", "骨灰堂", "殡仪馆"], "公墓性质": ["公益性", "经营性", "经营性(含公益性墓区)"], "级别": ["县级", "乡镇级", "村级"]},
        "eldercare": {"机构类型": ["日间照料中心", "综合体", "农村互助照料中心", "养老机构", "县级养老服务指导中心", "幸福食堂"], "服务功能": ["全托、日托", "日托", "助餐"], "床位数": ["10", "35", ""], "护理型床位": ["5", ""], "建成时间": list(DAYS), "提档升级时间": list(DAYS)},
        "sign": {"标志类别": ["村牌", "路牌"]},
        "minors": {"机构类型": ["未成年人保护工作站"], "级别": ["省级", "市级", "县级", "乡镇级", "村级"]},
    }[key]  # fmt: skip
    when = "设置时间" if key == "sign" else "启用时间"
    state = ["完好", "破损", "待设"] if key == "sign" else list(STATES)
    head = [
        "编号",
        "名称",
        *own,
        "状态",
        when,
        "所在县",
        "所在乡镇",
        "所在村",
        "经度",
        "纬度",
        "服务范围",
    ]
    rows = []
    for i in range(draw(st.integers(1, 7))):
        at = draw(st.integers(0, len(VILLAGES) - 1))
        _, village, _, town, county = VILLAGES[at]
        near = at if draw(st.integers(0, 4)) else draw(st.integers(0, len(VILLAGES) - 1))
        x = 110 + (near // 2) / 3 + draw(pick([0.0, 0.1234, 0.2222, 0.3301]))
        how = draw(pick(["point", "town", "village", "both", "county"]))
        x_y = (f"{x:.5f}", "30.51234") if how in {"point", "both"} else ("", "")
        names = (
            ("", "", "")
            if how == "point"
            else (county, town if how != "county" else "", village if how == "village" else "")
        )
        served = draw(pick(["", "", "全县", "全镇", f"{town}"])) if names[1] else ""
        cells = [draw(pick(values)) for values in own.values()]
        rows.append((f"{key[0]}{i}", f"示例{i}", *cells, draw(pick(state)), draw(pick(DAYS)), *names, *x_y, served))  # fmt: skip
    return head, rows


def facts(draw: Any) -> tuple[list[str], list[tuple[str, ...]]]:
    said = [
        "基本养老服务清单",
        "地名保护名录",
        "设有农村福利院",
        "农村福利院县级直管",
        "失能特困对象县级集中照护",
    ]
    said += ["社会组织登记一网通办", "婚姻登记全市通办", "特殊困难老年人居家适老化改造"]
    rows = [
        (n, what, draw(pick(["是", "否"])), draw(pick(DAYS)), draw(pick(["示例1号", ""])), draw(pick(["7", "120", ""])))
        for _, n in COUNTIES
        for what in said
        if draw(st.booleans())
    ]  # fmt: skip
    return ["所在县", "事项", "是否完成", "完成时间", "文号", "数量"], rows or [
        ("远安县", "其他", "否", "", "", "")
    ]


def totals(draw: Any) -> tuple[list[str], list[tuple[str, ...]]]:
    amount = pick(["600", "750", "800", ""])
    rows = [
        (n, year, draw(amount), draw(amount), draw(pick(["100", "900", ""])))
        for _, n in COUNTIES
        for year in ("2022", "2023", "2024")
        if draw(st.integers(0, 3))
    ]
    return ["所在县", "年份", "城市低保标准", "农村低保标准", "低保对象人数"], rows or [
        ("远安县", "2023", "1", "1", "1")
    ]


def table(head: list[str], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(" | ".join(cells) for cells in [head, *rows]) + "\n"


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_both_say_the_same_of_random_workspaces(world: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_workspace(world, Path(folder))
        found = workspace.assess()
        assert sum(a.coverage is not None for a in found) > 30
        for a in found:
            again = second.figure(workspace, RULES[a.indicator.id], date(2023, 12, 31))
            mine = first_opinion(a)
            assert mine == again, (a.indicator.id, mine, again)


def test_the_second_opinion_can_disagree(sample: Workspace) -> None:
    rule = dict(RULES["cemetery-county"], among={"kind": ["县"]})
    again = second.figure(sample, rule, sample.catalog.as_of)
    assert isinstance(again, tuple)
    assert again[1] == Fraction(35)
