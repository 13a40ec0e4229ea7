"""A unit whose boundary is lacking stays in the denominator, is covered by name, and stops nothing."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from golden_cases import make_workspace

import hbgeo
from hbgeo.measure.placing import place
from hbgeo.read.catalog import Layer
from hbgeo.read.stream.points import open_points
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
        {"code": "420581101", "name": "示例丙镇"},
    ],
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度
G1 | 示例一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例乙镇 | |
G2 | 示例二 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例乙镇 | 110.75321 | 30.51234
G3 | 示例三 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例乙镇 | 111.25321 | 30.51234
""",
}  # fmt: skip


SQUARE = shapely.box(111, 30, 112, 31)
SHAPES = {
    "none": None, "empty": shapely.MultiPolygon(), "collection": shapely.GeometryCollection(),
    "no number": shapely.transform(SQUARE, lambda xy: np.where(xy == 31, np.nan, xy)),
    "no end": shapely.transform(SQUARE, lambda xy: np.where(xy == 31, np.inf, xy)),
}  # fmt: skip


@pytest.fixture(params=SHAPES)
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    make_workspace(WORLD, tmp_path)
    for level, code in (("township", "420525102"), ("county", "420581")):
        path = tmp_path / "layers" / f"{level}.parquet"
        units = gpd.read_parquet(path)
        units.loc[units["代码"] == code, "geometry"] = SHAPES[request.param]
        units.to_parquet(path)
    return Workspace.open(tmp_path)


def test_it_stays_in_the_denominator_and_is_covered_by_name(workspace: Workspace) -> None:
    [one] = workspace.assess(["cemetery-township"])
    assert one.coverage is not None
    assert (one.coverage.share.covered, one.coverage.share.total) == (1, 3)
    assert one.coverage.units["via"].to_dict()["420525102"] == "named"
    assert one.coverage.basis.set_aside == {
        "点位与台账所在单元不符": 1
    }  # G3 stands in another county


def test_one_error_row_names_it(workspace: Workspace) -> None:
    issues = workspace.issues(["township", "county"])
    mine = issues[issues["rule"] == "W09"]
    assert list(zip(mine["layer"], mine["severity"], mine["value"], mine["message"], strict=True)) == [
        ("county", "error", "宜都市", "第2行 “宜都市”没有边界，只能按名称计算"),
        ("township", "error", "示例乙镇", "第2行 “示例乙镇”没有边界，只能按名称计算"),
    ]  # fmt: skip


def test_nothing_stops(workspace: Workspace, tmp_path: Path) -> None:
    report = hbgeo.run(workspace)
    report.write(tmp_path / "maps")
    assert (tmp_path / "maps" / "index.html").stat().st_size > 100_000
    units = workspace.units("township")
    assert units["seat_x"].isna().to_dict() == {
        "420525101": False, "420525102": True, "420581101": False,
    }  # fmt: skip


def test_a_row_that_names_it_is_the_ledgers_wherever_its_point_is() -> None:
    units = gpd.GeoDataFrame(
        {"name": ["甲", "乙"]}, index=["1", "2"], crs=4490,
        geometry=[shapely.box(110, 30, 111, 31), shapely.Polygon()],
    )  # fmt: skip
    rows = pd.DataFrame({"x": [111.5, 110.5, 111.5, np.nan], "y": [30.5, 30.5, 30.5, np.nan],
                         "unit_code": ["2", "2", "1", "2"]})  # fmt: skip
    found = place(rows, units)
    assert found.owner.tolist() == [1, 1, -1, 1]
    assert found.conflict.tolist() == [False, False, True, False]
    assert found.by_ledger.tolist() == [True, True, False, False]


@pytest.mark.parametrize("levels", [("township",), ("county",), ("county", "township")])
def test_a_file_of_boundaries_without_a_row_stops_nothing_and_is_named(
    tmp_path: Path, levels: tuple[str, ...]
) -> None:
    make_workspace(WORLD, tmp_path)
    for level in levels:
        path = tmp_path / "layers" / f"{level}.parquet"
        gpd.read_parquet(path).iloc[:0].to_parquet(path)
    workspace = Workspace.open(tmp_path)
    said = workspace.issues()
    named = said[said["message"].str.contains("没有一行数据")]
    assert sorted(named["file"]) == [f"{level}.parquet" for level in levels]
    told = said["message"][said["rule"] == "W18"].str.cat(sep=";")
    if levels == ("township",):  # of the counties' townships by the list: 7 and 10
        assert "“远安县”（420525）的 7 个乡镇（街道）都不在图层中" in told
        assert "按区划表，乡镇（街道）应为 17 个，图层有 0 个，缺 17 个" in told
    if levels == ("county",):
        assert "按区划表，县（市、区）应为 2 个，图层有 0 个，缺 2 个" in told
    hbgeo.run(workspace).write(tmp_path / "maps")
    assert (tmp_path / "maps" / "index.html").stat().st_size > 100_000


def with_shape(folder: Path, *shapes: object) -> Workspace:
    """The world with rows of these shapes for its second township."""
    make_workspace(WORLD, folder)
    path = folder / "layers" / "township.parquet"
    units = gpd.read_parquet(path)
    rows = pd.concat([units.iloc[[0, 2]], *[units.iloc[[1]]] * len(shapes)], ignore_index=True)
    whole = [*units["geometry"].iloc[[0, 2]], *shapes]
    rows.set_geometry(gpd.GeoSeries(whole, crs=units.crs)).to_parquet(path)
    return Workspace.open(folder)


def test_a_boundary_without_area_is_none(tmp_path: Path) -> None:
    workspace = with_shape(tmp_path, shapely.Polygon([(111, 30), (112, 30), (111, 30)]))
    [one] = workspace.assess(["cemetery-township"])
    assert one.coverage is not None
    assert (one.coverage.share.covered, one.coverage.share.total) == (1, 3)
    said = workspace.issues(["township"])
    assert said["message"][said["rule"] == "W09"].tolist() == [
        "第3行 “示例乙镇”的边界没有面积，只能按名称计算"
    ]


def test_a_unit_keeps_the_boundary_of_its_other_row(tmp_path: Path) -> None:
    workspace = with_shape(tmp_path, shapely.box(112, 30, 112.1, 30.1), None)
    said = workspace.issues(["township"])
    errors = said[said["severity"] == "error"]
    assert errors["message"].tolist() == ["第4行 “示例乙镇”没有边界，按同一代码其他行的边界计算"]
    assert workspace.units("township").loc["420525102", "geometry"].area == pytest.approx(0.01)


POINTS = {
    "none": None, "empty": shapely.Point(), "several": shapely.MultiPoint(),
    "no number": shapely.Point(111, np.nan),
    "no end": shapely.Point(np.inf, 30),
}  # fmt: skip


@pytest.mark.parametrize("shape", POINTS)
@pytest.mark.parametrize("suffix", [".parquet", ".gpkg", ".geojson"])
def test_a_facility_without_a_point_is_one_error_row_and_placed_by_name(
    tmp_path: Path, suffix: str, shape: str
) -> None:
    make_workspace(WORLD, tmp_path)
    rows = gpd.GeoDataFrame(
        {"编号": ["G1", "G2"], "公墓名称": ["示例一", "示例二"], "类型": "公墓", "性质": "公益性",
         "级别": "乡镇级", "状态": "运营", "启用时间": "2020-05-01", "所在县": ["远安县", ""],
         "所在乡镇": ["示例乙镇", ""]},
        geometry=[POINTS[shape]] * 2, crs=4490,
    )  # fmt: skip
    path = tmp_path / "layers" / f"points{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what GDAL says of coordinates that are no numbers
        rows.to_parquet(path) if suffix == ".parquet" else rows.to_file(path, engine="pyogrio")
    catalog = tmp_path / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    old = next(line for line in text.splitlines() if line.startswith("path") and "cemetery" in line)
    catalog.write_text(text.replace(old, f'path = "{path.name}"'), "utf-8")
    workspace = Workspace.open(tmp_path)
    [one] = workspace.assess(["cemetery-township"])
    assert one.coverage is not None
    assert one.coverage.units["via"].to_dict()["420525102"] == "named"
    assert one.coverage.share.covered == 1
    said = workspace.issues(["cemetery"])
    errors = said[said["severity"] == "error"]
    assert list(zip(errors["rule"], errors["row"], errors["message"], strict=True)) == [
        ("E08", 1, "第1行 “示例一”没有坐标（图形为空或已损坏），只按所在单元的名称归属"),
        ("E17", 2, "第2行 既无坐标也无所在单元，无法定位"),
    ]
    stream = open_points(path, Layer("a", "facilities", (str(path),), "", schema="facility"))
    batches = list(stream.batches)
    assert np.isnan(np.concatenate([batch.x for batch in batches])).tolist() == [True, True]
    assert stream.tally.notes()[-1] == (
        "2 行的坐标不能使用，未归属；如：第1行 图形为空、已损坏或不是点。"
    )
