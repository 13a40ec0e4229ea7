"""Coordinates come back to CGCS2000 to well under half a metre, or are refused with the reason."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from pyproj.database import query_crs_info
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.crs import (
    _LIKE_A_NAME,
    CGCS2000,
    GEOD,
    crs_name,
    differ,
    from_cgcs2000,
    from_zone,
    gauss_zone,
    is_geographic,
    is_shifted,
    metric_crs,
    to_cgcs2000,
    to_metric,
    transformation,
    wgs84_to_gcj02,
    zone_of,
)

HUBEI = (108.3, 29.0, 116.2, 33.3)
longitudes = st.floats(HUBEI[0], HUBEI[2])
latitudes = st.floats(HUBEI[1], HUBEI[3])

# lon, lat in WGS 84 → GCJ-02; published vectors of the eviltransform and coordtransform projects
GCJ_VECTORS = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
    (116.404, 39.915, 116.41024449916938, 39.91640428150164),
]
# lon, lat in GCJ-02 → BD-09, from coordtransform
BD_VECTOR = (116.404, 39.915, 116.41036949371029, 39.92133699351021)


def metres(x: float, y: float, u: float, v: float) -> float:
    return float(GEOD.inv(x, y, u, v)[2])


def one(x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([x]), np.array([y])


@pytest.mark.parametrize(("lon", "lat", "east", "north"), GCJ_VECTORS)
def test_gcj02_is_the_published_one_both_ways(
    lon: float, lat: float, east: float, north: float
) -> None:
    x, y = wgs84_to_gcj02(*one(lon, lat))
    assert metres(x[0], y[0], east, north) < 0.001
    x, y = to_cgcs2000(*one(east, north), "GCJ-02")
    assert metres(x[0], y[0], lon, lat) < 0.001


def test_bd09_is_the_published_one_both_ways() -> None:
    lon, lat, east, north = BD_VECTOR
    x, y = to_cgcs2000(*one(east, north), "BD-09")
    back = wgs84_to_gcj02(x, y)
    assert metres(back[0][0], back[1][0], lon, lat) < 0.001


@settings(deadline=None)
@given(longitudes, latitudes, st.sampled_from(["GCJ-02", "BD-09"]))
def test_the_shift_is_undone_to_better_than_a_centimetre(lon: float, lat: float, crs: str) -> None:
    shifted = from_cgcs2000(*one(lon, lat), crs)
    assert 50 < metres(lon, lat, shifted[0][0], shifted[1][0]) < 2000
    back = to_cgcs2000(*shifted, crs)
    assert metres(lon, lat, back[0][0], back[1][0]) < 0.01


def test_missing_coordinates_stay_missing() -> None:
    for crs in ("CGCS2000", "GCJ-02", "BD-09", "EPSG:4547"):
        x, y = to_cgcs2000(*one(np.nan, np.nan), crs)
        assert np.isnan(x[0])
        assert np.isnan(y[0])


@pytest.mark.parametrize(
    ("crs", "east", "north"),
    [
        ("EPSG:4526", 38529251.8, 3385891.5),
        ("EPSG:4547", 529251.8, 3385891.5),
        ("CGCS2000-3GK-38", 38529251.8, 3385891.5),
        ("CGCS2000-3GK-38", 529251.8, 3385891.5),
        ("CGCS2000 3度带 38带", 529251.8, 3385891.5),
        ("CGCS2000 中央经线114", 529251.8, 3385891.5),
    ],
)
def test_a_gauss_krueger_point_comes_back(crs: str, east: float, north: float) -> None:
    x, y = to_cgcs2000(*one(east, north), crs)
    assert metres(x[0], y[0], 114.305, 30.593) < 0.2


@pytest.mark.parametrize("zone", [36, 37, 38, 39])
def test_zone_numbers_name_the_right_meridians(zone: int) -> None:
    x, y = to_cgcs2000(*one(500000.0, 3400000.0), f"CGCS2000-3GK-{zone}")
    assert x[0] == pytest.approx(zone * 3, abs=1e-9)
    assert 30 < y[0] < 31


@pytest.mark.parametrize(
    "crs", ["西安80", "北京54", "Xian 1980", "EPSG:2382", "EPSG:4610", "EPSG:4214"]
)
def test_secret_datums_are_refused_with_the_reason(crs: str) -> None:
    with pytest.raises(LayerError, match="不公开"):
        to_cgcs2000(*one(114.3, 30.6), crs)


@settings(deadline=None)  # the first look into PROJ's database is slow
@given(st.text(max_size=30))
def test_no_name_of_a_crs_raises_anything_else(crs: str) -> None:
    with contextlib.suppress(HbgeoError):
        to_cgcs2000(*one(114.3, 30.6), crs)


def test_areas_are_exact_in_the_metric_projection() -> None:
    flat = to_metric(HUBEI)
    for west, south in [(108.5, 29.2), (112.0, 31.0), (115.9, 33.0)]:
        ring = shapely.segmentize(shapely.box(west, south, west + 0.1, south + 0.1), 0.001)
        plane = shapely.transform(
            ring, lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))
        )
        true = abs(GEOD.geometry_area_perimeter(ring)[0])
        assert shapely.area(plane) == pytest.approx(true, rel=1e-7)


def test_only_enciphered_datums_count_as_shifted() -> None:
    assert is_shifted("gcj_02")
    assert is_shifted("百度")
    assert not is_shifted("CGCS2000")


def test_every_name_that_proj_knows_is_put_to_it():
    """What is refused unasked is no name of it; asking takes a fifth of a second a name."""
    listed = query_crs_info()
    known = {n for info in listed for n in (info.name, f"{info.auth_name}:{info.code}")}
    assert len(known) > 5_000
    assert not {name for name in known if not _LIKE_A_NAME.fullmatch(name)}


@pytest.mark.parametrize(
    "crs",
    ["2021.1", "2021-06-30", "114.305", "114.3,30.5", "E114.5", "-", "城关镇", "X合计", "\u3000"],
)
def test_what_is_no_name_is_refused_as_proj_refuses_it(crs):
    with pytest.raises(CRSError):
        CRS.from_user_input(crs)
    for _ in range(2):  # also when it has been asked before
        with pytest.raises(LayerError, match="无法识别"):
            to_cgcs2000(*one(114, 30), crs)


@pytest.mark.parametrize(
    "crs", ["4490", "EPSG:4490", CRS(4546).to_wkt().replace("CGCS2000", "武汉")]
)
def test_numbers_and_wkt_are_names_of_a_crs(crs):
    transformation(crs)


@pytest.mark.parametrize(
    "crs",
    ["CGCS2000", "cgcs 2000", "WGS84", "WGS-84", "wgs_84", "WGS1984", "EPSG:4490", "EPSG:4326", "CRS84",
     "OGC:CRS84", "2000国家大地坐标系", "国家2000", "大地2000", "2000坐标系", "天地图", "CGCS2000坐标系", "GPS"],
)  # fmt: skip
def test_names_of_degrees_that_are_taken_as_they_are(crs: str) -> None:
    x, y = to_cgcs2000(*one(114.3, 30.6), crs)
    assert (x[0], y[0]) == (114.3, 30.6)
    assert (is_geographic(crs), is_shifted(crs), zone_of(crs), gauss_zone(crs)) == (
        True,
        False,
        0,
        0,
    )
    assert from_cgcs2000(*one(114.3, 30.6), crs)[0][0] == 114.3


@pytest.mark.parametrize(
    ("names", "known"),
    [
        (("GCJ02", "gcj-02", "火星坐标", "火星坐标系", "高德", "腾讯", "高德地图", "腾讯地图", "国测局坐标系"), "GCJ-02"),
        (("BD09", "BD-09", "BD09LL", "bd09ll", "百度", "百度地图", "百度坐标系"), "BD-09"),
    ],
)  # fmt: skip
def test_names_of_shifted_degrees(names: tuple[str, ...], known: str) -> None:
    wanted = to_cgcs2000(*one(114.3, 30.6), known)
    shifted = from_cgcs2000(*one(114.3, 30.6), known)
    for crs in names:
        assert to_cgcs2000(*one(114.3, 30.6), crs) == wanted
        assert from_cgcs2000(*one(114.3, 30.6), crs) == shifted
        assert (is_geographic(crs), is_shifted(crs)) == (True, True)


@pytest.mark.parametrize(
    ("crs", "zone"),
    [
        ("CGCS2000-3GK-38", 38), ("CGCS2000_3_Degree_GK_Zone_38", 38), ("CGCS2000 3度带38带", 38),
        ("CGCS2000 3度38分带", 38), ("国家2000 3度带 37带", 37), ("2000国家大地坐标系 3度带 39", 39),
        ("CGCS2000 / 3-degree Gauss-Kruger zone 38", 38), ("CGCS2000-3GK-38N", 38), ("CGCS2000-3GK-25", 25),
        ("CGCS2000-3GK-45", 45), ("CGCS2000-6GK-19", 19), ("CGCS2000 6度带 20带", 20), ("CGCS2000-6GK-13", 13),
        ("CGCS2000-6GK-23", 23), ("CGCS2000 中央经线114", 38), ("CGCS2000 中央子午线 111 度", 37),
        ("CGCS2000_3_Degree_GK_CM_114E", 38), ("CGCS2000 114E", 38), ("CGCS2000 CM 75", 25),
        # none of ours
        ("CGCS2000-3GK-24", 0), ("CGCS2000-3GK-46", 0), ("CGCS2000-6GK-12", 0), ("CGCS2000-6GK-24", 0),
        ("CGCS2000-3GK-19", 0), ("CGCS2000-6GK-38", 0), ("CGCS2000 中央经线113", 0), ("CGCS2000 中央经线72", 0),
        ("CGCS2000 中央经线138", 0), ("CGCS2000", 0), ("CGCS2000 东部", 0), ("西安80-3GK-38", 0), ("", 0),
    ],
)  # fmt: skip
def test_zones_by_name(crs: str, zone: int) -> None:
    assert zone_of(crs) == zone


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        (4513, 25), (4526, 38), (4533, 45), (4534, 25), (4547, 38), (4554, 45), (4491, 13), (4498, 20),
        (4501, 23), (4502, 13), (4512, 23), (4490, 0), (4555, 0), (4326, 0), (32650, 0),
    ],
)  # fmt: skip
def test_zones_by_number(number: int, zone: int) -> None:
    assert gauss_zone(f"EPSG:{number}") == zone
    assert gauss_zone(f"epsg {number}") == zone
    assert gauss_zone(str(number)) == 0


@pytest.mark.parametrize("zone", [25, 38, 45, 13, 19, 23])
def test_metres_of_a_zone_are_those_that_proj_has(zone: int) -> None:
    code = 4534 + zone - 25 if zone >= 25 else 4502 + zone - 13
    meridian = zone * 3 if zone >= 25 else zone * 6 - 3
    east, north = Transformer.from_crs(4490, code, always_xy=True).transform(meridian + 1, 30.5)
    for x in (east, east + zone * 1e6):
        lon, lat = from_zone(*one(x, north), zone)
        assert (lon[0], lat[0]) == pytest.approx((meridian + 1, 30.5), abs=1e-9)


def test_what_a_file_declares_has_a_name() -> None:
    assert [crs_name(n) for n in (4490, 4326, "OGC:CRS84", 4547, 3857)] == [
        "CGCS2000", "CGCS2000", "CGCS2000", "EPSG:4547", "EPSG:3857",
    ]  # fmt: skip
    assert crs_name(CRS(4547).to_wkt("WKT1_ESRI")) == "EPSG:4547"
    assert crs_name("+proj=longlat +ellps=bessel").startswith("GEOGCRS[")
    for secret in (4610, 4214, 2382, 2434):
        with pytest.raises(
            LayerError, match=r"的转换参数不公开，hbgeo 不作近似转换；请先由测绘部门转为 CGCS2000$"
        ):
            crs_name(secret)


@pytest.mark.parametrize("crs", ["西安1980", "北京 54", "XI'AN 80", "Xian1980", "BEIJING1954", "BJ54", "XA80", "西80", "北54"])  # fmt: skip
def test_secret_datums_by_their_many_names(crs: str) -> None:
    with pytest.raises(LayerError, match="不公开"):
        transformation(crs)


def test_points_that_a_projection_cannot_hold_are_none() -> None:
    x, y = to_cgcs2000(np.array([529251.8, 1e30]), np.array([3385891.5, 1e30]), "EPSG:4547")
    assert np.isfinite(x).tolist() == np.isfinite(y).tolist() == [True, False]


def test_the_projection_to_measure_in_stands_amid_its_bounds() -> None:
    assert parallels((108.0, 29.0, 116.0, 33.0)) == pytest.approx([29 + 2 / 3, 32 + 1 / 3, 31, 112])
    flat = to_metric((108.0, 29.0, 116.0, 33.0))
    assert flat.transform(112.0, 31.0) == pytest.approx((0, 0), abs=1e-6)
    assert parallels((112.0, 31.0, 112.0, 31.0)) == pytest.approx([31.01, 30.99, 31, 112])


@given(
    st.tuples(st.floats(100, 118), st.floats(20, 39), st.floats(0, 8), st.floats(0, 5)),
    st.lists(st.tuples(st.floats(-400, 400), st.floats(-100, 100)), max_size=20),
)
@settings(deadline=None, max_examples=25)
def test_the_operation_is_the_one_that_proj_finds_bit_for_bit(
    box: tuple[float, float, float, float], points: list[tuple[float, float]]
) -> None:
    bounds = (box[0], box[1], box[0] + box[2], box[1] + box[3])
    found = Transformer.from_crs(CGCS2000, metric_crs(bounds), always_xy=True)
    x, y = (np.array([point[k] for point in [(112.0, 31.0), *points]]) for k in (0, 1))
    for way in (TransformDirection.FORWARD, TransformDirection.INVERSE):
        wanted, made = (one.transform(x, y, direction=way) for one in (found, to_metric(bounds)))
        for a, b in zip(wanted, made, strict=True):
            assert a.tobytes() == b.tobytes()
        x, y = made


def parallels(bounds: tuple[float, float, float, float]) -> list[float]:
    """The two standard parallels, then the latitude and longitude of the middle."""
    operation = metric_crs(bounds).coordinate_operation
    assert operation is not None
    assert operation.method_name == "Albers Equal Area"
    known = {p.name: p.value for p in operation.params}
    names = ("Latitude of 1st standard parallel", "Latitude of 2nd standard parallel")
    return [known[n] for n in (*names, "Latitude of false origin", "Longitude of false origin")]


@pytest.mark.parametrize(
    ("crs", "other", "apart"),
    [
        ("CGCS2000", "WGS84", False),
        ("国家2000坐标系", "天地图", False),
        ("GCJ-02", "火星坐标", False),
        ("高德坐标系", "腾讯坐标", False),
        ("BD09坐标系", "百度坐标", False),
        ("CGCS2000-3GK-38", "CGCS2000", False),
        ("GCJ-02", "BD-09", True),
        ("WGS84", "高德", True),
        ("西安80", "CGCS2000", True),
        ("西安80", "北京54", True),
        ("西安1980", "西安80", False),
    ],
)
def test_names_of_datums_that_lie_apart(crs: str, other: str, *, apart: bool) -> None:
    assert differ(crs, other) == apart
    assert differ(other, crs) == apart


@pytest.mark.parametrize(
    "crs", ["高德坐标", "火星坐标系", "GCJ02坐标系", "腾讯坐标系统", "国测局坐标"]
)
def test_a_datum_may_be_called_a_coordinate_system(crs: str) -> None:
    assert is_shifted(crs)


@pytest.mark.parametrize(
    "crs", ["WGS84坐标系", "2000坐标系", "国家大地2000坐标系", "天地图", "2000国家大地坐标系"]
)
def test_degrees_of_cgcs2000_under_their_usual_names(crs: str) -> None:
    assert is_geographic(crs)
    assert not is_shifted(crs)


@pytest.mark.parametrize("crs", ["EPSG:4480", "EPSG:4979"])
def test_degrees_of_the_same_datum_by_their_number_are_taken_to_the_last_bit(crs: str) -> None:
    x, y = one(114.3, 30.6)
    made = transformation(crs)(x, y)
    assert (made[0] is x, made[1] is y) == (True, True)
