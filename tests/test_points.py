"""Rows to points: which row stands where, which is put aside, and in which words."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.crs import wgs84_to_gcj02
from hbgeo.read.issues import Issue, Notes
from hbgeo.read.layer import read_layer
from hbgeo.read.points import _note_precision, _refuse_unlocated, _told
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy

HEAD = "公墓编号,公墓名称,经度,纬度,坐标系"
X, Y = 114.305123, 30.593456
# the same place in the 3-degree zone 38 (central meridian 114°E), easting first
EAST, NORTH = Transformer.from_crs(4490, 4526, always_xy=True).transform(X, Y)
PLAIN = EAST - 38_000_000
SOURCES = "高德、腾讯填 GCJ-02，百度填 BD-09，天地图、RTK 填 CGCS2000"


def read(folder: Path, *rows: str, head: str = HEAD, crs: str = "CGCS2000", **more: object) -> Tidy:
    (folder / "a.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    given = {"schema": "cemetery", "crs": crs} | more
    return read_layer(Layer("cemetery", "facilities", ("a.csv",), "示例", **given), folder)  # type: ignore[arg-type]


def said_of(made: Tidy) -> list[Issue]:
    """What is said of its rows, the columns that a ledger lacks apart."""
    return [issue for issue in made.issues if issue.row is not None]


PLACED = {
    "degrees": f"{X},{Y},",
    "degrees of the row's own datum": f"{X},{Y},CGCS2000",
    "degrees, minutes, seconds": "114°18′18.4428″,30°35′36.4416″,",
    "packed figures": "1141818.4428,303536.4416,",
    "metres with the zone before the easting": f"{EAST:.3f},{NORTH:.3f},",
    "northing first": f"{NORTH:.3f},{EAST:.3f},",
    "metres in a declared zone": f"{PLAIN:.3f},{NORTH:.3f},CGCS2000-3GK-38",
    "the zone declared and written": f"{EAST:.3f},{NORTH:.3f},CGCS2000-3GK-38",
    "swapped degrees": f"{Y},{X},",
}


@pytest.mark.parametrize("what", PLACED)
def test_one_place_in_many_spellings(what: str, tmp_path: Path) -> None:
    other = "\n".join(f"G{n},示例,{X},{Y}," for n in (2, 3))
    made = read(tmp_path, f"G1,示例,{PLACED[what]}", other)
    assert made.frame["x"].tolist() == pytest.approx([X] * 3, abs=2e-7)
    assert made.frame["y"].tolist() == pytest.approx([Y] * 3, abs=2e-7)
    rules = [(i.rule, i.severity, i.row) for i in said_of(made)]
    assert rules == ([("W01", "warning", 2)] if what == "swapped degrees" else [])
    assert made.aside.empty
    assert not {"lon", "lat", "coord_sys", "coarse"} & set(made.frame.columns)


def test_each_row_says_what_it_was_read_under(tmp_path: Path) -> None:
    rows = [f"G1,示例,{X},{Y},", f"G2,示例,{X},{Y},GCJ-02", "G3,示例,,,"]
    made = read(tmp_path, *rows, head=f"{HEAD},所在县", crs="WGS84")
    assert made.frame["crs"].astype(str).tolist() == ["WGS84", "GCJ-02", ""]
    assert list(made.frame["crs"].cat.categories) == ["", "GCJ-02", "WGS84"]
    assert made.frame["x"].isna().tolist() == [False, False, True]
    assert abs(made.frame["x"].iloc[1] - X) > 1e-3


ASIDE = {
    "only one of two": ("114.3051,,", "E08", "经度、纬度只填了一个", "补填另一个"),
    "the other of two": (",30.5931,", "E08", "经度、纬度只填了一个", "补填另一个"),
    "zeros": ("0,0,", "E09", "坐标（0,0）不在中国范围内，请检查经纬度与坐标系", "核对坐标"),
    "west of China": ("72.9,30.5931,", "E09", "坐标（72.9,30.5931）不在中国范围内，请检查经纬度与坐标系", "核对坐标"),
    "a datum nobody knows": ("114.3051,30.5931,随便", "E10", None, SOURCES),
    "metres without a zone": (
        f"{PLAIN:.1f},{NORTH:.1f},", "E10",
        "投影坐标未说明带号；请在横坐标前加带号（如 38），或把坐标系写成 CGCS2000-3GK-38", SOURCES,
    ),
    "two northings": (f"{NORTH:.1f},{NORTH:.1f},CGCS2000-3GK-38", "E10", "投影坐标分不清纵、横坐标", SOURCES),
    "a northing and what is no easting": (
        f"50000.5,{NORTH:.1f},CGCS2000-3GK-38", "E10", "投影坐标分不清纵、横坐标", SOURCES,
    ),
    "two zones": (
        f"{EAST:.1f},{NORTH:.1f},CGCS2000-3GK-37", "E10", "横坐标前的带号与坐标系“CGCS2000-3GK-37”不符", SOURCES,
    ),
    "metres of a shifted datum": (
        f"{EAST:.1f},{NORTH:.1f},GCJ-02", "E10",
        "投影坐标（米）不可能是“GCJ-02”；请填经纬度，或改正坐标系", SOURCES,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ASIDE)
def test_a_row_that_cannot_be_placed_is_put_aside_with_the_reason(
    what: str, tmp_path: Path
) -> None:
    row, rule, said, fix = ASIDE[what]
    made = read(tmp_path, f"G1,示例,{X},{Y},", f"G2,示例,{row}")
    assert made.frame["id"].tolist() == ["G1"]
    assert made.aside["id"].tolist() == ["G2"]
    [issue] = said_of(made)
    assert (issue.rule, issue.severity, issue.row, issue.fix) == (rule, "error", 3, fix)
    assert said is None or issue.message == f"第3行 {said}"


def test_a_row_without_any_coordinate_stays_and_stands_nowhere(tmp_path: Path) -> None:
    made = read(tmp_path, f"G1,示例,{X},{Y},", "G2,示例,,,")
    assert made.frame["x"].isna().tolist() == [False, True]
    assert said_of(made) == []


@pytest.mark.parametrize(
    ("pair", "coarse"),
    [("114.305,30.593", True), ("114.3051,30.593", False), ("114.3051,30.5931", False),
     ("114,30.59312", False), (f"{EAST:.0f},{NORTH:.0f}", False)],
)  # fmt: skip
def test_fewer_than_four_decimals_in_both_may_miss_the_township(
    *, pair: str, coarse: bool, tmp_path: Path
) -> None:
    made = read(tmp_path, f"G1,示例,{pair},")
    said = [(i.rule, i.severity, i.message) for i in said_of(made)]
    lon, lat = pair.split(",")
    message = f"第2行 坐标（{float(lon):.10g},{float(lat):.10g}）不足四位小数（误差可达百米以上），可能落入相邻乡镇"
    assert said == ([("W02", "warning", message)] if coarse else [])
    assert len(made.frame) == 1


def test_a_layer_no_row_of_which_says_its_datum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        LayerError, match=r"a\.csv：未说明坐标系；.*在 catalog\.toml 的 \[cemetery\] 写 crs"
    ):
        read(tmp_path, f"G1,示例,{X},{Y},", crs="")
    made = read(tmp_path, f"G1,示例,{X},{Y},CGCS2000", f"G2,示例,{X},{Y},", crs="")
    assert made.frame["id"].tolist() == ["G1"]
    assert [(i.rule, i.message) for i in said_of(made)] == [("E10", "第3行 未说明坐标系")]


def test_half_of_a_file_swapped_is_mended_and_more_is_refused(tmp_path: Path) -> None:
    right, wrong = f"示例,{X},{Y},", f"示例,{Y},{X},"
    made = read(tmp_path, f"G1,{right}", f"G2,{wrong}")
    assert made.frame["x"].tolist() == [X, X]
    [issue] = said_of(made)
    assert issue.message == f"第3行 经纬度（{Y},{X}）疑似写反，已对调"
    with pytest.raises(
        LayerError, match=r"第3行起：经度、纬度两列写反\（2 行\），如经度=30\.5935"
    ) as caught:
        read(tmp_path, f"G1,{right}", f"G2,{wrong}", f"G3,{wrong}")
    assert "经度应在 73–136 之间" in str(caught.value)


def test_a_datum_of_the_catalogue_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayerError):
        read(tmp_path, f"G1,示例,{X},{Y},", crs="随便")


def test_rows_need_a_place_of_some_kind(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="没有位置列，需要坐标或所在单元"):
        read(tmp_path, "G1,示例,甲", head="公墓编号,公墓名称,备注")
    made = read(tmp_path, "G1,示例,远安县", head="公墓编号,公墓名称,所在县")
    assert made.frame[["x", "y"]].isna().to_numpy().all()


def test_points_of_a_file_are_taken_and_other_shapes_refused(tmp_path: Path) -> None:
    shapes = [shapely.Point(X, Y), shapely.MultiPoint([(X, Y), (X + 0.2, Y)]), None]
    layer = Layer("cemetery", "facilities", ("a.gpkg",), "示例", schema="cemetery")
    frame = gpd.GeoDataFrame({"公墓编号": list("abc")}, geometry=shapes, crs="EPSG:4490")
    frame.to_file(tmp_path / "a.gpkg")
    made = read_layer(layer, tmp_path).frame
    assert made["x"].fillna(0).tolist() == pytest.approx([X, X + 0.1, 0])
    assert made["y"].fillna(0).tolist() == pytest.approx([Y, Y, 0])
    line = shapely.LineString([(X, Y), (X, 31)])
    frame.set_geometry([line, line.buffer(0.1), None]).to_file(tmp_path / "a.gpkg")
    with pytest.raises(LayerError, match="应为点图层"):
        read_layer(layer, tmp_path)


NO_CRS = "公墓编号,公墓名称,{lon},{lat}"
GCJ = wgs84_to_gcj02(np.array([X]), np.array([Y]))


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("gcj_lon", "gcj_lat"), ("高德经度", "高德纬度"), ("经度(火星坐标系)", "纬度(火星坐标系)")],
)
def test_a_datum_in_the_headings_is_a_declaration(lon: str, lat: str, tmp_path: Path) -> None:
    head = NO_CRS.format(lon=lon, lat=lat)
    made = read(tmp_path, f"G1,示例,{GCJ[0][0]:.9f},{GCJ[1][0]:.9f}", head=head, crs="")
    assert made.frame["x"].tolist() == pytest.approx([X], abs=1e-8)
    assert made.frame["y"].tolist() == pytest.approx([Y], abs=1e-8)
    assert made.frame["crs"].tolist() == ["GCJ-02"]
    [issue] = [i for i in made.issues if i.rule == "E10"]
    assert issue.message == f"未声明坐标系，按列名“{lon}”“{lat}”取 GCJ-02"
    assert issue.severity == "warning"


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        ("gcj_lon", "gcj_lat", "CGCS2000"),
        ("高德经度", "高德纬度", "WGS84"),
        ("经度(WGS84)", "纬度(WGS84)", "GCJ-02"),
        ("国家2000经度", "国家2000纬度", "BD-09"),
        ("bd09_lng", "bd09_lat", "GCJ-02"),
        ("X(2000)", "Y(2000)", "百度"),
        ("经度(西安80)", "纬度(西安80)", "CGCS2000"),
    ],
)
def test_a_datum_in_the_headings_against_the_declared_one_is_refused(
    lon: str, lat: str, crs: str, tmp_path: Path
) -> None:
    with pytest.raises(LayerError) as caught:
        read(tmp_path, f"G1,示例,{X},{Y}", head=NO_CRS.format(lon=lon, lat=lat), crs=crs)
    assert str(caught.value).startswith(f"a.csv：列名“{lon}”“{lat}”写明是 ")
    assert f"坐标系却是“{crs}”" in str(caught.value)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        ("经度(WGS84)", "纬度(WGS84)", "CGCS2000"),
        ("国家2000经度", "国家2000纬度", "WGS84"),
        ("高德经度", "高德纬度", "GCJ-02"),
        ("gcj_lon", "gcj_lat", "腾讯地图"),
        ("百度经度", "百度纬度", "BD09"),
    ],
)
def test_two_names_of_one_datum_agree(lon: str, lat: str, crs: str, tmp_path: Path) -> None:
    made = read(tmp_path, f"G1,示例,{X},{Y}", head=NO_CRS.format(lon=lon, lat=lat), crs=crs)
    assert len(made.frame) == 1
    assert not [i for i in made.issues if i.rule == "E10"]


def test_a_row_that_contradicts_its_heading_counts_nowhere(tmp_path: Path) -> None:
    head = NO_CRS.format(lon="高德经度", lat="高德纬度") + ",坐标系"
    rows = [f"G{i},示例,{X},{Y},{crs}" for i, crs in enumerate(["WGS84", "火星坐标", "", "百度"])]
    made = read(tmp_path, *rows, head=head, crs="GCJ-02")
    assert made.frame["id"].tolist() == ["G1", "G2"]
    assert made.aside["id"].tolist() == ["G0", "G3"]
    assert [(i.row, i.rule, i.severity) for i in said_of(made)] == [
        (2, "E10", "error"), (5, "E10", "error"),
    ]  # fmt: skip
    assert "写明是 GCJ-02，坐标系却是“百度”" in said_of(made)[1].message


def test_columns_that_look_like_coordinates_and_are_not_used_are_named(tmp_path: Path) -> None:
    head = "公墓编号,公墓名称,所在县,东经,至东经,北纬,至北纬,location"
    made = read(tmp_path, f"G1,示例,示例县,{X},{X},{Y},{Y},某地", head=head)
    said = {i.column: i.message for i in made.issues if i.rule == "W13"}
    assert set(said) == {"至东经", "至北纬", "location"}
    assert said["至东经"] == "列“至东经”像是坐标，没有使用（坐标取自“东经”“北纬”）"
    assert made.frame["x"].tolist() == [X]


def test_a_longitude_without_latitude_is_named_where_the_row_is_placed_by_name(
    tmp_path: Path,
) -> None:
    made = read(tmp_path, f"G1,示例,示例县,{X}", head="公墓编号,公墓名称,所在县,东经度")
    assert [i.column for i in made.issues if i.rule == "W13"] == ["东经度"]
    assert made.frame["x"].isna().tolist() == [True]


def test_rows_in_degrees_minutes_and_seconds_are_placed_or_set_aside(tmp_path: Path) -> None:
    head = "公墓编号,公墓名称,东经度,东经分,东经秒,北纬度,北纬分,北纬秒"
    rows = ["114,18,18.4428,30,35,36.4416", "114,18,60,30,35,36", ",,,,,", "114.305123,,,30.593456,,",
            "114,60,0,30,35,36", ",18,18,30,35,36"]  # fmt: skip
    made = read(tmp_path, *(f"G{i},示例,{row}" for i, row in enumerate(rows)), head=head)
    assert made.frame["id"].tolist() == ["G0", "G2", "G3"]
    assert made.frame["x"].tolist() == pytest.approx([X, np.nan, X], abs=1e-9, nan_ok=True)
    assert made.frame["y"].tolist() == pytest.approx([Y, np.nan, Y], abs=1e-9, nan_ok=True)
    assert made.aside["id"].tolist() == ["G1", "G4", "G5"]
    assert [(i.row, i.rule) for i in said_of(made)] == [(3, "E08"), (6, "E08"), (7, "E08")]
    assert "lon_minutes" not in made.frame


@pytest.mark.parametrize(
    "cell", ["20216", "2022-05-01T10:00:00", "2022-05-01", "1900-01-04 15:18:33"]
)
def test_what_is_no_coordinate_is_set_aside(cell: str, tmp_path: Path) -> None:
    made = read(tmp_path, f"G1,示例,{X},{cell},", f"G2,示例,{cell},{cell},", f"G3,示例,{X},{Y},")
    assert made.frame["id"].tolist() == ["G3"]
    assert made.aside["id"].tolist() == ["G1", "G2"] or made.aside["id"].tolist() == ["G2", "G1"]


@pytest.mark.parametrize(
    ("role", "columns", "placed"),
    [
        ("facilities", ["name", "code"], False),  # its own, not those of a unit
        ("facilities", ["name", "county"], True),
        ("table", ["code"], True),
        ("places", ["name"], True),
        ("table", ["id"], False),
    ],
)
def test_what_says_where_a_row_is(role: str, columns: list[str], *, placed: bool) -> None:
    frame = pd.DataFrame(columns=[*columns, "file"])
    given = Layer("cemetery", role, ("a.csv",), "示例")
    if placed:
        _refuse_unlocated(frame, given, read_schema("cemetery"))
    else:
        with pytest.raises(
            LayerError, match=r"没有位置列，需要坐标或所在单元\（如 经度、纬度、公墓名称、所在县"
        ):
            _refuse_unlocated(frame, given, read_schema("cemetery"))


def test_a_column_that_says_the_datum_is_not_passed_over_for_the_headings(tmp_path: Path) -> None:
    head = "公墓编号,公墓名称,WGS84经度,WGS84纬度"
    said = "未声明坐标系，按列名“WGS84经度”“WGS84纬度”取 WGS84"
    for column, told in ((",坐标系", []), (",备注", [said])):
        made = read(tmp_path, f"G1,示例,{X},{Y},CGCS2000", head=head + column, crs="")
        assert [i.message for i in made.issues if i.rule == "E10"] == told
        assert made.frame["crs"].astype(str).tolist() == ["WGS84" if told else "CGCS2000"]


@pytest.mark.parametrize(
    ("lon", "lat", "far"),
    [(73, 30.12345, False), (136, 30.12345, False), (114.12345, 3, False), (114.12345, 54, False),
     (72.9999, 30.12345, True), (136.0001, 30.12345, True), (114.12345, 2.9999, True),
     (114.12345, 54.0001, True)],
)  # fmt: skip
def test_the_edges_of_china_belong_to_it(
    lon: float, lat: float, *, far: bool, tmp_path: Path
) -> None:
    made = read(tmp_path, f"G1,示例,{lon},{lat},", f"G2,示例,{X},{Y},", f"G3,示例,{X},{Y},")
    assert made.aside["id"].tolist() == (["G1"] if far else [])
    if far:
        return
    made = read(tmp_path, f"G1,示例,{lat},{lon},", f"G2,示例,{X},{Y},", f"G3,示例,{X},{Y},")
    assert made.frame["x"].tolist() == [lon, X, X]
    assert [i.row for i in said_of(made) if i.rule == "W01"] == [2]


@pytest.mark.parametrize(
    ("number", "said"),
    [(999_999_999.0, "999999999"), (1e9, "过大的数"), (-1e9, "过大的数"), (-999_999_999.0, "-999999999"),
     (114.30512345678, "114.3051235")],
)  # fmt: skip
def test_a_number_as_long_as_a_telephone_is_not_shown(number: float, said: str) -> None:
    assert _told(number) == said


def test_coarse_metres_are_those_below_a_thousand() -> None:
    coarse = pd.DataFrame({"x": [1.0, 1.0, np.nan], "coarse": True, "lon": [999.0, 1000.0, 5.0]})
    frame = coarse.assign(lat=7.0, file="a.csv", sheet="", row=[2, 3, 4])
    notes = Notes("cemetery", frame, read_schema("cemetery"))
    _note_precision(frame, np.array([False, False, False]), notes)
    assert [(i.row, i.message) for i in notes.issues] == [
        (2, "第2行 坐标（999,7）不足四位小数（误差可达百米以上），可能落入相邻乡镇")
    ]
    notes = Notes("cemetery", frame, read_schema("cemetery"))
    _note_precision(frame, np.array([True, False, False]), notes)
    assert notes.issues == []
