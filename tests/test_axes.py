"""Headings of coordinates: what each says, which of them belong together, and which are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.schema.axes import (
    CoordinateSet,
    find_sets,
    heading_datum,
    looks_like_coordinates,
    read_axis,
)
from hbgeo.read.schema.match import match_columns, match_headings
from hbgeo.read.schema.records import read_schema

SCHEMA = read_schema("cemetery")

WHOLE = [
    ("经度", "纬度"), ("东经", "北纬"), ("东经度", "北纬度"), ("lng", "lat"), ("lon", "latitude"),
    ("Longitude", "Latitude"), ("X", "Y"), ("X坐标", "Y坐标"), ("横坐标", "纵坐标"),
    ("POINT_X", "POINT_Y"), ("coord_x", "coord_y"), ("X(米)", "Y(米)"), ("经度(E)", "纬度(N)"),
    ("东经E", "北纬N"), ("经度(°)", "纬度(°)"), ("经度(度分秒)", "纬度(度分秒)"), ("经度值", "纬度值"),
    ("经度(十进制)", "纬度(十进制)"), ("经度(ddd.dddddd)", "纬度(dd.dddddd)"), ("位置经度", "位置纬度"),
    ("经度(如114.305)", "纬度(如30.593)"), ("坐标-经度", "坐标-纬度"), ("jingdu", "weidu"),
]  # fmt: skip


@pytest.mark.parametrize(("lon", "lat"), WHOLE)
def test_a_longitude_and_a_latitude_are_a_set(lon: str, lat: str) -> None:
    assert find_sets(["编号", lon, lat, "备注"]) == [CoordinateSet({"lon": lon, "lat": lat})]
    assert match_columns(["编号", lat, lon], SCHEMA) | {} == {"id": "编号", "lon": lon, "lat": lat}


DATUMS = {
    "GCJ-02": ["gcj_lon", "lng_gcj02", "经度(GCJ-02)", "高德经度", "火星坐标经度", "火星坐标系经度",
               "腾讯经度", "amap_lng", "高德坐标-经度", "经度_高德", "X(GCJ02)"],
    "BD-09": ["百度经度", "bd09_lng", "bdlng", "经度(BD09)", "baidu_lon", "BD09LL经度", "百度地图经度"],
    "WGS84": ["wgs_lon", "lng_wgs84", "WGS-84经度", "经度(WGS84)", "wgs84坐标经度", "经度84"],
    "CGCS2000": ["国家2000经度", "经度(2000)", "CGCS2000_X", "天地图经度", "2000坐标系经度",
                 "经度(国家大地坐标系)", "大地2000经度"],
    "西安80": ["经度(西安80)", "经度(1980西安坐标系)", "西安1980经度"],
    "北京54": ["北京54经度", "经度(北京1954)"],
    "": ["经度", "GPS经度", "X", "起点经度", "高德转WGS84经度"],
}  # fmt: skip


@pytest.mark.parametrize(("datum", "heading"), [(d, h) for d, hs in DATUMS.items() for h in hs])
def test_a_heading_names_its_datum(datum: str, heading: str) -> None:
    assert heading_datum(heading) == datum
    if datum:
        axis = read_axis(heading)
        assert axis is not None
        assert (axis.axis, axis.part) == ("lon", "")


PARTS = [
    "经度度 经度分 经度秒 纬度度 纬度分 纬度秒", "东经(度) 东经(分) 东经(秒) 北纬(度) 北纬(分) 北纬(秒)",
    "经度-度 经度-分 经度-秒 纬度-度 纬度-分 纬度-秒", "东经度 东经分 东经秒 北纬度 北纬分 北纬秒",
    "E_D E_M E_S N_D N_M N_S", "lon_d lon_m lon_s lat_d lat_m lat_s",
    "LonDeg LonMin LonSec LatDeg LatMin LatSec", "经度° 经度′ 经度″ 纬度° 纬度′ 纬度″",
    "经度 分 秒 纬度 分.2 秒.2", "经度 ′ ″ 纬度 ′.2 ″.2", "经度 (分) (秒) 纬度 (分).2 (秒).2",
    "坐标-东经-度 坐标-东经-分 坐标-东经-秒 坐标-北纬-度 坐标-北纬-分 坐标-北纬-秒",
    "经(度) 经(分) 经(秒) 纬(度) 纬(分) 纬(秒)", "gcj_lon_d gcj_lon_m gcj_lon_s gcj_lat_d gcj_lat_m gcj_lat_s",
]  # fmt: skip


@pytest.mark.parametrize("headings", PARTS)
def test_six_columns_of_parts_are_a_set(headings: str) -> None:
    names = headings.split()
    wanted = ["lon", "lon_minutes", "lon_seconds", "lat", "lat_minutes", "lat_seconds"]
    assert [dict(s.columns) for s in find_sets(names)] == [dict(zip(wanted, names, strict=True))]


def test_minutes_may_be_the_last_part() -> None:
    [found] = find_sets(["经度(度)", "经度(分)", "纬度(度)", "纬度(分)"])
    assert found.columns == {
        "lon": "经度(度)", "lon_minutes": "经度(分)", "lat": "纬度(度)", "lat_minutes": "纬度(分)",
    }  # fmt: skip


def test_degrees_alone_are_whole_coordinates() -> None:
    assert find_sets(["经度(度)", "纬度(度)"]) == [CoordinateSet({"lon": "经度(度)", "lat": "纬度(度)"})]  # fmt: skip


@pytest.mark.parametrize(
    "headings",
    ["经度", "经度 经度分 经度秒", "X 纬度", "lng_gcj02 lat_wgs84", "起点经度 起点纬度", "至东经 至北纬", "E N",
     "纬度 东经 北纬分", "经度 北纬 东经分", "纬度 WGS84经度 WGS84纬度分", "东经 纬度 经度分",
     "经办人 经营性 纬编 性质", "坐标系 坐标来源 坐标系(2000)", "大门外经度 大门外纬度"],
)  # fmt: skip
def test_no_set_is_made_of_what_does_not_belong_together(headings: str) -> None:
    assert find_sets(headings.split()) == []


@pytest.mark.parametrize(
    "heading",
    ["起点经度", "至东经", "驻地纬度", "lng_x1", "location", "point", "经纬度照片", "高德转WGS84经度", "分", "秒.2", "坐标点"],
)  # fmt: skip
def test_what_may_be_a_coordinate_is_told(heading: str) -> None:
    assert looks_like_coordinates(heading)


@pytest.mark.parametrize(
    "heading", ["经办人", "坐标系", "坐标来源", "坐标备注", "评分", "max", "along", "plat", "得分", "占地面积"]
)  # fmt: skip
def test_other_headings_are_none(heading: str) -> None:
    assert not looks_like_coordinates(heading)
    assert read_axis(heading) is None


@given(st.text("经纬度东北坐标系点位分秒xyengcjbdwgs0289ll_()-. ", max_size=80))
def test_any_heading_is_read_or_not_and_never_a_crash(heading: str) -> None:
    read_axis(heading)
    looks_like_coordinates(heading)
    assert len(find_sets([heading])) <= 1


@given(st.sampled_from(["geom", "点位点", "坐标经纬度", "north", "gcj02"]), st.integers(1, 2000))
def test_a_heading_that_repeats_itself_takes_no_time(word: str, times: int) -> None:
    assert read_axis("y" + word * times + "x") is None


TWO = [
    ("lng_gcj02 lat_gcj02 lng_wgs84 lat_wgs84", 2), ("经度(高德) 纬度(高德) 经度(WGS84) 纬度(WGS84)", 2),
    ("经度 纬度 百度经度 百度纬度", 2), ("GCJ02经度 GCJ02纬度 BD09经度 BD09纬度", 2), ("经度 纬度 X Y", 2),
    ("经度 纬度 高德坐标", 2), ("高德坐标 百度坐标", 2), ("经度 纬度 东经度 东经分 北纬度 北纬分", 2),
    ("lng lat longitude latitude", 2), ("经度 纬度 gcj_lng gcj_lat bd_lng bd_lat", 3),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "count"), TWO)
def test_two_sets_of_coordinates_ask_which(headings: str, count: int) -> None:
    names = headings.split()
    with pytest.raises(LayerError) as caught:
        match_headings(["编号", *names], SCHEMA, where="a.csv")
    said = str(caught.value)
    assert said.startswith(f"a.csv：有 {count} 套坐标（")
    assert all(f"“{name}”" in said for name in names)
    assert "columns = {" in said
    assert "\n" not in said


def test_the_catalogue_says_which() -> None:
    names = ["lng_gcj02", "lat_gcj02", "lng_wgs84", "lat_wgs84"]
    wanted = {"lon": "lng_wgs84", "lat": "lat_wgs84"}
    found = match_headings(names, SCHEMA, wanted)
    assert found.found == wanted
    assert found.others == ("lng_gcj02", "lat_gcj02")


def test_the_catalogue_names_the_degrees_and_their_parts_come_along() -> None:
    names = ["经度", "纬度", "东经度", "东经分", "北纬度", "北纬分"]
    found = match_columns(names, SCHEMA, {"lon": "东经度", "lat": "北纬度"})
    assert found == {
        "lon": "东经度", "lat": "北纬度", "lon_minutes": "东经分", "lat_minutes": "北纬分",
    }  # fmt: skip


def test_a_column_of_both_named_in_the_catalogue_stands_alone_where_datums_differ() -> None:
    names = ["经度", "纬度", "高德坐标"]
    assert match_columns(names, SCHEMA, {"lonlat": "高德坐标"}) == {"lonlat": "高德坐标"}


def test_a_column_of_both_beside_two_is_no_second_set() -> None:
    found = match_headings(["坐标", "经度", "纬度"], SCHEMA)
    assert found.found == {"lon": "经度", "lat": "纬度", "lonlat": "坐标"}


def test_one_heading_over_three_columns_asks_for_degrees_minutes_and_seconds() -> None:
    names = ["经度", "经度.2", "经度.3", "纬度", "纬度.2", "纬度.3"]
    with pytest.raises(LayerError, match=r"有 3 套坐标.*列名请写 经度-度、经度-分、经度-秒"):
        match_headings(names, SCHEMA)


def test_two_datums_that_the_catalogue_puts_together_are_refused() -> None:
    names = ["lng_gcj02", "lat_wgs84"]
    with pytest.raises(LayerError, match="“lng_gcj02”是 GCJ-02、“lat_wgs84”是 WGS84"):
        match_headings(names, SCHEMA, {"lon": names[0], "lat": names[1]})


def test_columns_beside_shapes_ask_nothing() -> None:
    names = ["编号", "lng_gcj02", "lat_gcj02", "lng_wgs84", "lat_wgs84", "geometry"]
    assert match_headings(names, SCHEMA).found == {"id": "编号"}


ACROSS = [
    ("东经 lat", [{"lon": "东经", "lat": "lat"}]),
    ("东经 lat 坐标", [{"lon": "东经", "lat": "lat"}, {"lonlat": "坐标"}]),
    ("东经 lat 百度经度", []),  # which of two longitudes?
    ("经度 lng", []), ("纬度 lat", []),
    ("X lat", []), ("lng Y", []),
    ("高德经度 GPS纬度", [{"lon": "高德经度", "lat": "GPS纬度"}]), ("高德经度 百度纬度", []),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "sets"), ACROSS)
def test_the_only_longitude_and_the_only_latitude_belong_together(
    headings: str, sets: list[dict[str, str]]
) -> None:
    assert [dict(found.columns) for found in find_sets(headings.split())] == sets


def test_whole_coordinates_beside_their_parts_are_two_sets() -> None:
    names = ["经度", "经度(度)", "经度(分)", "纬度", "纬度(度)", "纬度(分)"]
    assert [dict(found.columns) for found in find_sets(names)] == [
        {"lon": "经度", "lat": "纬度"},
        {
            "lon": "经度(度)",
            "lon_minutes": "经度(分)",
            "lat": "纬度(度)",
            "lat_minutes": "纬度(分)",
        },
    ]


def test_a_heading_of_two_datums_or_of_a_datum_alone_is_no_axis() -> None:
    assert read_axis("高德转WGS84经度") is None
    assert read_axis("坐标系X") is None
    assert read_axis("备注") is None
    assert find_sets(["高德转WGS84经度", "高德转WGS84纬度"]) == []


def test_a_column_of_both_stands_beside_the_two_that_the_catalogue_names() -> None:
    wanted = {"lon": "经度", "lat": "纬度"}
    found = match_headings(["坐标", "经度", "纬度"], SCHEMA, wanted)
    assert found.found == {**wanted, "lonlat": "坐标"}


@pytest.mark.parametrize("mark", "°º˚′'″\"")
def test_a_mark_says_the_part_of_a_coordinate(mark: str) -> None:
    part = {"′": "分", "'": "分", "″": "秒", '"': "秒"}.get(mark, "度")
    for heading, axis in ((f"经度({mark})", "lon"), (f"纬度{mark}", "lat")):
        found = read_axis(heading)
        assert found is not None
        assert (found.axis, found.part, found.heading) == (axis, part, heading)
