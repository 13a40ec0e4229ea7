"""Rows that name only their county: in its figures and the province's, in no township's."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace
from hypothesis import given
from hypothesis import strategies as st

from hbgeo import history
from hbgeo.measure.placing import place_layer
from hbgeo.measure.snapshot_file import read_snapshot, snapshot_bytes
from hbgeo.measure.trend import series
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"},
               {"code": "420582", "name": "当阳市"}],
    "township": [{"code": "420525101", "name": "示例甲镇"}, {"code": "420581101", "name": "示例丙镇"}],
    "eldercare": """
编号 | 机构名称 | 机构类型 | 状态 | 建成时间 | 启用时间 | 所在县 | 所在乡镇 | 床位数 | 经度 | 纬度
Y1 | 示例甲院 | 综合体 | 运营 | 2023-05-01 | 2023-06-01 | 远安县 | 示例甲镇 | 30 | |
Y2 | 示例乙院 | 综合体 | 运营 | 2023-05-01 | 2023-06-01 | 宜都市 | | 40.5 | |
Y3 | 示例丙院 | 综合体 | 运营 | 2023-05-01 | 2023-06-01 | 宜都市 | | 9.5 | 110.99712 | 30.51234
Y4 | 示例丁院 | 综合体 | 运营 | 2023-05-01 | 2023-06-01 | 当阳市 | | 1 | |
Y5 | 示例戊院 | 综合体 | 运营 | 2023-05-01 | 2023-06-01 | | | 7 | 117.51234 | 30.51234
Y6 | 示例己院 | 综合体 | 在建 | 2023-05-01 | 2023-06-01 | 宜都市 | | 1000 | |
""",
    "policy": """
system = "other"
title = "示例"
[[indicator]]
id = "beds"
name = "示例床位"
measure = "sum"
units = "township"
layer = "eldercare"
column = "beds"
[[indicator]]
id = "beds-street"
name = "示例街道床位"
measure = "sum"
units = "township"
among = { kind = ["街道"] }
layer = "eldercare"
column = "beds"
""",
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(WORLD, tmp_path)


def test_counts_and_sums_hold_them_and_no_township_does(workspace: Workspace) -> None:
    count, beds = workspace.assess(["elder-complex-new", "beds"])
    for a in (count, beds):
        assert a.coverage is not None
        assert (a.coverage.basis.county_only, a.coverage.basis.outside) == (3, 1)
    assert count.coverage is not None
    assert beds.coverage is not None
    assert (count.figure, beds.figure) == (4, 81)
    assert count.coverage.units["value"].to_dict() == {"420525101": 1, "420581101": 0}
    by_county = {code: c.value for (code, _), c in beds.coverage.by("county").items()}
    assert by_county == {"420525": 30, "420581": 50, "420582": 1}
    assert {k: c.value for k, c in beds.coverage.by("prefecture").items()} == {
        ("420500", "宜昌市"): 81
    }
    assert beds.basis_lines[2] == "其中不在任何单元内 1、只知所在县 3。"


def test_part_of_the_workspace_holds_its_own(workspace: Workspace) -> None:
    from dataclasses import replace

    options = replace(workspace.options(), within="420581")
    [beds] = workspace.assess(["beds"], options=options)
    assert beds.figure == 50


def test_where_only_some_townships_count_nobody_knows_whether_they_do(workspace: Workspace) -> None:
    [streets] = workspace.assess(["beds-street"])
    assert streets.coverage is not None
    assert (streets.figure, streets.coverage.basis.county_only) == (0, 3)


def test_what_is_wrong_is_said(workspace: Workspace) -> None:
    issues = workspace.issues(["eldercare"])
    said = dict(zip(issues["row"], issues["message"], strict=True))
    assert "第4行 台账只写了所在县，点位却在“远安县示例甲镇”：只计入所在县，不计入任何乡镇" in set(
        issues["message"]
    )
    assert 6 in said


def test_a_comparison_holds_them_too(workspace: Workspace) -> None:
    trend = history.between(workspace, ["2022-12-31", "2023-12-31"])
    rows = trend.changes.set_index("indicator")
    beds = rows.loc["beds", ["old_reported", "old_value", "new_value", "change"]].tolist()
    assert beds == [0, 0, 81, 81]
    taken = history.find(workspace, "2023-12-31")[0]
    again = read_snapshot(snapshot_bytes(taken), "快照")
    for shot in (taken, again):
        told = series([shot]).set_index("indicator")["value"]
        assert (told["beds"], told["elder-complex-new"]) == (81, 4)
    back = history.between(workspace, ["2023-12-31", "2022-12-31"]).changes.set_index("indicator")
    assert back.loc["beds", ["old_value", "new_value", "change"]].tolist() == [81, 0, -81]


# three counties of two townships each in a row, half a degree wide
TOWNS = gpd.GeoDataFrame(
    {"name": list("甲乙丙丁戊己"), "county_code": ["420501", "420501", "420502", "420502", "420503", "420503"]},
    geometry=[shapely.box(110 + i / 2, 30, 110.5 + i / 2, 31) for i in range(6)], crs=4490,
    index=["420501102", "420501101", "420502101", "420502102", "420503102", "420503101"],
)  # fmt: skip
COUNTIES = TOWNS.dissolve("county_code", as_index=True).rename_axis(None)[["name", "geometry"]]
COUNTIES["county_code"] = COUNTIES.index
SPOTS = st.sampled_from(
    [110.0, 110.2, 110.5, 110.999, 111.0, 111.003, 111.5, 112.0, 112.25, 113.0, 113.4]
)


@given(
    st.lists(
        st.tuples(SPOTS, st.sampled_from(["420501", "420502", "420503", ""])),
        min_size=1,
        max_size=12,
    )
)
def test_by_point_only_inside_the_county(rows: list[tuple[float, str]]) -> None:
    frame = pd.DataFrame({
        "x": [x for x, _ in rows], "y": 30.5, "county_code": [c for _, c in rows], "township_code": "",
    })  # fmt: skip
    units = {"county": LayerTable("county", COUNTIES), "township": LayerTable("township", TOWNS)}
    placed = place_layer(frame, units, {})
    towns, counties = placed.placements["township"], placed.placements["county"]
    for i, (x, county) in enumerate(rows):
        point = shapely.Point(x, 30.5)
        holding = sorted(c for c in TOWNS.index if TOWNS.geometry[c].intersects(point))
        mine = [c for c in holding if TOWNS["county_code"][c] == county] if county else holding
        wanted = min(mine, default="") if not placed.conflict[i] else ""
        owner = "" if towns.owner[i] < 0 else TOWNS.index[towns.owner[i]]
        if placed.conflict[i]:
            continue
        assert owner == wanted
        assert towns.county_only[i] == (bool(county) and not wanted)
        if owner and counties.owner[i] >= 0:  # the levels never contradict each other
            assert owner.startswith(str(COUNTIES.index[counties.owner[i]]))
    assert not counties.county_only.any()
    assert towns.owner.dtype == np.int32
