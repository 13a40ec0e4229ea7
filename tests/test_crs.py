"""Coordinates come back to CGCS2000 to well under half a metre, or are refused with the reason."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from pyproj.database import query_crs_info
from pyproj.exceptions import CRSError

from hbgeo.errors import HbgeoError, LayerError
from hbgeo.read.crs import (
    _LIKE_A_NAME,
    GEOD,
    from_cgcs2000,
    is_shifted,
    to_cgcs2000,
    to_metric,
    transformation,
    wgs84_to_gcj02,
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
