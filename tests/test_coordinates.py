"""Coordinates in every spelling come to the same degrees; anything else is none, never a crash."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.read.cell.coordinates import (
    east_north,
    in_metres,
    read_angle,
    read_pair,
    show_dms,
    split_pair,
    unpack,
)

LON, LAT = 114 + 18 / 60 + 18.3 / 3600, 30 + 35 / 60 + 33.5 / 3600
longitudes, latitudes = st.floats(73.1, 135.9), st.floats(3.1, 53.9)


@given(st.text(max_size=60))
def test_any_text_gives_a_coordinate_or_none(text: str) -> None:
    read_angle(text)
    read_pair(text)


@given(st.text("0123456789.°′″'\"度分秒 ,;东经北纬ENen-", max_size=40))
def test_texts_that_look_like_coordinates_do_no_harm(text: str) -> None:
    angle, pair = read_angle(text), read_pair(text)
    assert angle is None or np.isfinite(angle.value)
    assert pair is None or all(np.isfinite(a.value) for a in pair)


@given(longitudes, st.integers(0, 6))
def test_what_is_written_in_degrees_minutes_seconds_is_read_again(
    degrees: float, decimals: int
) -> None:
    read = read_angle(show_dms(degrees, decimals))
    assert read is not None
    assert read.value == pytest.approx(degrees, abs=0.51 / 3600 / 10**decimals)
    assert show_dms(read.value, decimals) == show_dms(degrees, decimals)


@given(longitudes)
def test_what_is_written_in_decimals_is_read_again(degrees: float) -> None:
    read = read_angle(f"{degrees:.7f}")
    assert read is not None
    assert read.value == float(f"{degrees:.7f}")


@pytest.mark.parametrize(
    "text",
    [
        "114°18′18.3″",
        "114度18分18.3秒",
        "114.18.18.3",
        "114 18 18.3",
        "114:18:18.3",
        "E114°18′18.3″",
        "114°18'18.3''",
        "114° 18' 18.3\" E",
        "东经114°18′18.3″",
        "经度:114°18′18.3″",
        "114º18´18.3˝",
    ],
)
def test_every_spelling_of_degrees_minutes_seconds(text: str) -> None:
    read = read_angle(text)
    assert read is not None
    assert read.value == pytest.approx(LON, abs=1e-12)


def test_minutes_may_carry_the_decimals() -> None:
    read = read_angle("114°18.305′")
    assert read is not None
    assert read.value == pytest.approx(114 + 18.305 / 60, abs=1e-12)


@pytest.mark.parametrize("text", ["114°78′", "114°18′75″", "abc", "", "东边", "114°°", "114.3.5.7.9", "约114.3"])  # fmt: skip
def test_what_is_no_coordinate_is_none(text: str) -> None:
    assert read_angle(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "114.305,30.593",
        "30.593,114.305",
        "114.305\uff0c30.593",
        "114.305 30.593",
        "114.305、30.593",
        "(114.305, 30.593)",
        "POINT (114.305 30.593)",
        "经度:114.305;纬度:30.593",
        "lat:30.593 lng:114.305",
        "东经114.305 北纬30.593",
        "N30.593E114.305",
        "114.305E,30.593N",
    ],
)
def test_one_cell_that_holds_both_in_either_order(text: str) -> None:
    pair = read_pair(text)
    assert pair is not None
    assert [a.value for a in pair] == [114.305, 30.593]


@pytest.mark.parametrize(
    "text",
    [
        "114°18′18.3″ 30°35′33.5″",
        "东经114°18′18.3″北纬30°35′33.5″",
        "N30°35′33.5″,E114°18′18.3″",
        "114°18′18.3″30°35′33.5″",
        "114 18 18.3 30 35 33.5",
        "114.18.18.3,30.35.33.5",
        "114度18分18.3秒,30度35分33.5秒",
    ],
)
def test_one_cell_that_holds_both_in_minutes_and_seconds(text: str) -> None:
    pair = read_pair(text)
    assert pair is not None
    assert [a.value for a in pair] == pytest.approx([LON, LAT], abs=1e-12)


@pytest.mark.parametrize(
    ("text", "step"),
    [("114.30", 0.01), ("114.3050", 0.0001), ("114", 1.0), ("114°18′", 1 / 60), ("114°18′18″", 1 / 3600)],
)  # fmt: skip
def test_the_step_of_a_coordinate_is_that_of_its_last_figure(text: str, step: float) -> None:
    read = read_angle(text)
    assert read is not None
    assert read.step == pytest.approx(step)


@given(longitudes, latitudes)
def test_packed_figures_are_degrees_minutes_seconds(lon: float, lat: float) -> None:
    packed = [_pack(v) for v in (lon, lat)]
    for x, y in (packed, packed[::-1]):
        a, b = unpack(np.array([x]), np.array([y]))
        assert sorted([a[0], b[0]]) == pytest.approx(sorted([lon, lat]), abs=2e-4)


def _pack(degrees: float) -> float:
    whole, rest = divmod(round(degrees * 3600), 3600)
    return whole * 10_000 + rest // 60 * 100 + rest % 60


def test_metres_and_degrees_are_not_taken_for_packed_figures() -> None:
    lon, lat = np.array([3385891.5, 114.305, 38529251.8]), np.array([529251.8, 30.593, 3385891.5])
    a, b = unpack(lon, lat)
    assert a.tolist() == lon.tolist()
    assert b.tolist() == lat.tolist()


@given(st.floats(150_000, 850_000), st.floats(1_000_000, 5_900_000), st.sampled_from([0, 38, 20]))
def test_easting_and_northing_are_told_apart_in_either_order(
    east: float, north: float, zone: int
) -> None:
    for pair in ([east + zone * 1e6, north], [north, east + zone * 1e6]):
        e, n, z = east_north(np.array(pair[:1]), np.array(pair[1:]))
        assert e[0] == pytest.approx(east)
        assert n[0] == north
        assert z[0] == zone


def test_two_eastings_are_nothing() -> None:
    e, n, _ = east_north(np.array([529251.8]), np.array([529251.8]))
    assert np.isnan(e[0])
    assert np.isnan(n[0])


def test_metres_begin_above_a_thousand_in_both() -> None:
    lon = np.array([1000.0, 1000.5, -1000.5, 1000.5, 529251.8, np.nan])
    lat = np.array([1000.5, 1000.5, -1000.5, 1000.0, 3385891.5, 3385891.5])
    assert in_metres(lon, lat).tolist() == [False, True, True, False, True, False]
    assert in_metres(np.array([999.5]), np.array([2000.0])).tolist() == [False]


@pytest.mark.parametrize(
    ("east", "kept"),
    [(100_000.5, True), (100_000.0, False), (99_999.5, False), (899_999.5, True),
     (38_100_000.5, True), (38_900_000.0, False), (38_000_010.0, False), (38_999_999.0, False),
     (38_900_000.5, False)],
)  # fmt: skip
def test_an_easting_lies_between_a_hundred_and_nine_hundred_thousand(
    *, east: float, kept: bool
) -> None:
    found, north, zone = east_north(np.array([east]), np.array([3_385_891.5]))
    assert np.isfinite(found[0]) == kept
    assert north[0] == 3_385_891.5
    assert zone[0] == east // 1e6


@pytest.mark.parametrize(
    ("north", "known"),
    [(900_000.0, True), (950_000.0, True), (5_999_999.5, True), (6_000_000.0, False)],
)
def test_a_northing_is_above_every_easting_and_below_six_million(
    *, north: float, known: bool
) -> None:
    found = east_north(np.array([529_251.8]), np.array([north]))[1]
    assert np.isfinite(found[0]) == known


@pytest.mark.parametrize(
    ("pair", "degrees"),
    [
        ((1_141_818.3, 303_533.5), (LON, LAT)),
        ((303_533.5, 1_141_818.3), (LAT, LON)),
        ((730_000.0, 30_001.0), (73.0, 3 + 1 / 3600)),
        ((1_141_818.3, 30_000.5), (LON, 3 + 0.5 / 3600)),
        ((730_000.5, 535_959.5), (73 + 0.5 / 3600, 53 + 59 / 60 + 59.5 / 3600)),
        ((1_355_959.0, 535_959.0), (135 + 59 / 60 + 59 / 3600, 53 + 59 / 60 + 59 / 3600)),
        ((1_141_860.0, 303_533.5), None),  # sixty seconds
        ((1_146_018.3, 303_533.5), None),  # sixty minutes
        ((729_999.0, 303_533.5), None),
        ((725_959.0, 303_533.5), None),
        ((303_533.5, 303_533.5), None),
        ((1_141_818.3, 1_141_818.3), None),
        ((1_360_000.0, 303_533.5), None),
        ((1_141_818.3, 30_000.0), None),
        ((1_141_818.3, 540_000.0), None),
        ((1_141_818.3, 3_385_891.5), None),
    ],
)
def test_packed_figures_at_their_bounds(
    pair: tuple[float, float], degrees: tuple[float, float] | None
) -> None:
    lon, lat = unpack(*(np.array([value]) for value in pair))
    assert (lon[0], lat[0]) == pytest.approx(degrees or pair, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-114.5", -114.5), ("+30.", 30.0), ("3385891.5", 3385891.5), ("114°", 114.0),
        ("114°59′59.99″", 114 + 59 / 60 + 59.99 / 3600), ("114-18-18.3", LON), ("114,18,18.3", LON),
        ("114 18.305", 114 + 18.305 / 60), ("114:18.305", 114 + 18.305 / 60), ("114.5°", 114.5),
        ("longitude 114.5", 114.5), ("latitude=30.5", 30.5), ("lng:114.5;", 114.5),
        ("114′18″", None), ("114°60′", None), ("114°18′60″", None), ("114.5°18′", None),
        ("114 18-18.3", None), ("1141°18′", None), ("114.305.1", None),
    ],
)  # fmt: skip
def test_single_spellings_by_hand(text: str, value: float | None) -> None:
    read = read_angle(text)
    assert (read is None) == (value is None)
    if read is not None:
        assert read.value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("3385891.5,529251.8", ("3385891.5", "529251.8")),  # metres keep their order
        ("MULTIPOINT Z (114.3 30.5)", ("114.3", "30.5")), ("[114.3|30.5]", ("114.3", "30.5")),
        ("{30.5/114.3}", ("114.3", "30.5")), ("114.3\n30.5", ("114.3", "30.5")),
        ("114.3", None), ("114.3,东边", None), ("", None),
        ("E114N30", ("E114", "N30")), ("114E30N", ("114E", "30N")), ("N30E114", ("E114", "N30")),
        ("30N114E", ("114E", "30N")), ("东经114北纬30", ("东经114", "北纬30")), ("E114", None),
        ("E114N30E115", None), ("114 18 18 30 35 35", ("114 18 18", "30 35 35")),
        ("114.3 30.5 7", ("114.3", "30.5")), ("114 30", ("114", "30")), ("114 30 7", None),
        ("53,73", ("73", "53")), ("54,136", ("136", "54")), ("2.9,100", ("2.9", "100")),
        ("30,136.1", ("30", "136.1")), ("54.1,100", ("54.1", "100")), ("30,72.9", ("30", "72.9")),
    ],
)  # fmt: skip
def test_pairs_are_cut_and_turned_as_china_lies(text: str, pair: tuple[str, str] | None) -> None:
    assert split_pair(text) == pair


@pytest.mark.parametrize(
    ("degrees", "decimals", "text"),
    [(114.305, 2, "114°18′18.00″"), (30.5, 0, "30°30′00″"), (0.99999999, 1, "1°00′00.0″"), (5.0125, 3, "5°00′45.000″")],
)  # fmt: skip
def test_degrees_written_by_hand(degrees: float, decimals: int, text: str) -> None:
    assert show_dms(degrees, decimals) == text


@pytest.mark.parametrize(
    "text",
    ["111.3151,30.9171,120", "111.3151 30.9171 0", "POINT Z (111.3151 30.9171 12.5)", "111.3151,30.9171,85米",
     "30.9171,111.3151,-5", "111.3151;30.9171;1200m", "(111.3151, 30.9171, 120)"],
)  # fmt: skip
def test_a_height_behind_a_pair_is_left_out(text: str) -> None:
    read = read_pair(text)
    assert read is not None
    assert [angle.value for angle in read] == [111.3151, 30.9171]


@pytest.mark.parametrize(
    "text",
    ["111 18 33", "111,18,33", "111.3151,30.9171,111.4,30.8", "111.3151,30.9171,3号", "1.5,2.5 3"],
)
def test_figures_that_are_no_height_are_not_left_out(text: str) -> None:
    assert read_pair(text) is None


@pytest.mark.parametrize(
    "text", ["114°18′60″", "114°60′", "114°60′0″", "114 60 00", "114:18:60", "114.18.60", "114°18.5′30″", "114.5°30′"]
)  # fmt: skip
def test_sixty_and_parts_that_overlap_are_no_coordinate(text: str) -> None:
    assert read_angle(text) is None
