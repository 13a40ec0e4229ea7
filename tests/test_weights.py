"""Population as weight at every level: joined where it is given, added up above, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from golden_cases import make_workspace

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

WORLD: dict[str, Any] = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"},
        {"code": "420525102", "name": "示例乙镇"},
        {"code": "420526101", "name": "示例丙镇"},
    ],
    "village": "村代码 | 村名 | 类别 | 所在县 | 所属乡镇\n"
    "420525101201 | 东风村 | 行政村 | 远安县 | 示例甲镇\n"
    "420525102201 | 红旗村 | 行政村 | 远安县 | 示例乙镇\n"
    "420526101201 | 前进村 | 行政村 | 兴山县 | 示例丙镇\n",
    "cemetery": "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
    "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇\n"
    "G2 | 示例公墓 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇\n",
    "minors": "编号 | 名称 | 机构类型 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 所在村\n"
    "W1 | 示例 | 未成年人救助保护中心 | 市级 | 运营 | 2020-05-01 | 远安县 | |\n"
    "W2 | 示例 | 儿童主任岗位 | 村级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 东风村\n",
    "county-facts": "所在县 | 事项 | 是否完成 | 完成时间\n远安县 | 基本养老服务清单 | 是 | 2023-05-01\n",
}
TOWNS = (
    "乡镇代码 | 乡镇名称 | 县名 | 常住人口 | 60岁及以上\n"
    "420525101 | 示例甲镇 | 远安县 | 1000 | 300\n"
    "420525102 | 示例乙镇 | 远安县 | 3000 | 500\n"
    "420526101 | 示例丙镇 | 兴山县 | {} | 200\n"
)
VILLAGES = (
    "区划代码 | 名称 | 常住人口 | 60岁及以上\n"
    "420525101201 | 东风村 | 400 | 100\n420525102201 | 红旗村 | 600 | 100\n"
    "420526101201 | 前进村 | 1000 | 100\n"
)


def assess(workspace: Workspace, one: str, weight: str) -> Assessment:
    options = Options(as_of=workspace.catalog.as_of, weight=weight)
    return workspace.assess([one], options=options)[0]


@pytest.mark.parametrize(
    ("one", "weight", "wanted"),
    [
        ("cemetery-township", "population", (1000, 6000)),
        ("cemetery-township", "population_60", (300, 1000)),
        ("cemetery-county", "population", (4000, 6000)),
        ("elder-service-list", "population", (4000, 6000)),
        ("minors-protection@prefecture", "population", (6000, 6000)),
        ("minors-protection@prefecture", "population_60", (1000, 1000)),
    ],
)
def test_township_population_weighs_every_level_above(
    one: str, weight: str, wanted: tuple[int, int], tmp_path: Path
) -> None:
    workspace = make_workspace({**WORLD, "population": TOWNS.format(2000)}, tmp_path)
    coverage = assess(workspace, one, weight).coverage
    assert coverage is not None
    assert (coverage.share.covered, coverage.share.total) == wanted


def test_a_missing_population_is_listed_at_every_level_not_zero(tmp_path: Path) -> None:
    workspace = make_workspace({**WORLD, "population": TOWNS.format("")}, tmp_path)
    wanted = {
        "cemetery-township": (("420526101",), 4000),
        "cemetery-county": (("420526",), 4000),
        "minors-protection@prefecture": (("420500",), 0),
    }
    for one, (lacking, total) in wanted.items():
        coverage = assess(workspace, one, "population").coverage
        assert coverage is not None
        assert coverage.basis.unweighted == lacking
        assert coverage.share.total == total


def test_village_population_weighs_villages_and_adds_up(tmp_path: Path) -> None:
    text = {**WORLD, "population": VILLAGES, "levels": {"population": "village"}}
    workspace = make_workspace(text, tmp_path)
    wanted = {
        "minors-protection@village": (400, 2000),
        "cemetery-township": (400, 2000),
        "cemetery-county": (1000, 2000),
    }
    for one, share in wanted.items():
        coverage = assess(workspace, one, "population").coverage
        assert coverage is not None
        assert (coverage.share.covered, coverage.share.total) == share


def test_villages_without_population_of_their_own_are_not_guessed(tmp_path: Path) -> None:
    workspace = make_workspace({**WORLD, "population": TOWNS.format(2000)}, tmp_path)
    a = assess(workspace, "minors-protection@village", "population")
    assert a.coverage is None
    assert a.missing == ("人口图层（population）的列“常住人口”",)
