"""Rows far from the unit they name, points in no unit: which rows, under which rule, in which words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.measure.check.positions import _metres, check_positions
from hbgeo.measure.placements import Placements
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}, {"code": "420529", "name": "五峰土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
        {"code": "420529101", "name": "示例丙镇"},
    ],
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度
G1 | 无误 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.25123 | 30.51234
G2 | 近邻镇 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.50421 | 30.51234
G3 | 远邻镇 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.52421 | 30.51234
G4 | 邻县 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 111.52421 | 30.51234
G5 | 近邻县 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | | 111.00321 | 30.51234
G6 | 界外 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | | | 113.52421 | 30.51234
G7 | 无点 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | |
G8 | 界外有县 | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 长阳县 | | 109.92421 | 30.51234
""",
}  # fmt: skip
FIX = "核对坐标、坐标系与所在单元"


def problems(workspace: Workspace, *levels: str) -> list[tuple[int, str, str, str]]:
    placed = Placements(workspace).placed(workspace.layers.table("cemetery"), "township")
    units = {level: workspace.units(level) for level in levels}
    kept = {k: v for k, v in placed.placements.items() if k in units}
    one = type(placed)(placed.frame, kept, placed.conflict)
    found = check_positions(one, units, "cemetery")
    assert {(i.layer, i.file, i.column) for i in found} == {("cemetery", "cemetery.csv", "经纬度")}
    assert all(i.message.startswith(f"第{i.row}行 ") for i in found)
    return [(i.row, i.rule, i.severity, i.message.split(" ", 1)[1]) for i in found]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(WORLD, tmp_path)


def test_every_row_by_hand(workspace: Workspace) -> None:
    assert problems(workspace, "county", "township") == [
        (5, "E11", "error", "点位在“五峰土家族自治县”，台账所在县为“长阳土家族自治县”，相距50.3 公里，不计入"),
        (6, "W03", "warning", "点位在“五峰土家族自治县”，台账所在县为“长阳土家族自治县”，相距308 米，按台账归属"),
        (9, "E11", "error", "点位在各单元之外，台账所在县为“长阳土家族自治县”，相距7.3 公里，不计入"),
        (3, "W03", "warning", "点位在“长阳土家族自治县示例乙镇”，台账所在乡镇为“示例甲镇”，相距404 米，按台账归属"),
        (4, "E18", "error", "点位在“长阳土家族自治县示例乙镇”，台账所在乡镇为“示例甲镇”，相距2324 米，不计入"),
        (6, "W03", "warning", "台账只写了所在县，点位却在“五峰土家族自治县示例丙镇”：只计入所在县，不计入任何乡镇"),
        (7, "E09", "error", "点位不在任何县（市、区）内（图层范围 110.0–112.0,30.0–31.0），不计入"),
    ]  # fmt: skip


def test_where_there_are_no_counties_townships_are_the_outer_ones(workspace: Workspace) -> None:
    found = problems(workspace, "township")
    rules = [(row, rule) for row, rule, *_ in found]
    assert rules == [(3, "W03"), (4, "E18"), (5, "E18"), (6, "W03"), (7, "E09")]  # 9: its county
    assert found[-1][3].startswith("点位不在任何乡镇（街道）内")


def test_the_point_is_shown_and_what_to_do(workspace: Workspace) -> None:
    placed = Placements(workspace).placed(workspace.layers.table("cemetery"), "township")
    units = {level: workspace.units(level) for level in ("county", "township")}
    by_row = {i.row: i for i in check_positions(placed, units, "cemetery")}
    assert (by_row[5].value, by_row[5].fix) == ("111.524210,30.512340", FIX)
    assert by_row[7].fix == "核对经纬度是否写反、坐标系是否正确"
    assert isinstance(units["county"], pd.DataFrame)


@pytest.mark.parametrize(
    ("metres", "said"),
    [(0.4, "0 米"), (4999.0, "4999 米"), (5000.0, "5.0 公里"), (12_345.0, "12.3 公里"),
     (float("inf"), "不详"), (float("nan"), "不详")],
)  # fmt: skip
def test_distances_in_words(metres: float, said: str) -> None:
    assert _metres(metres) == said
