"""The evidence convicts a wrong datum with figures, and leaves a right one alone."""

from __future__ import annotations

import math
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.check import datum as check_datum
from hbgeo.measure.check.datum import (
    MOST,
    _better,
    _chance,
    _middles,
    _thinned,
    infer_datum,
    infer_shift,
    weigh_datums,
)
from hbgeo.measure.locate import metres_to_units
from hbgeo.read.crs import GEOD, from_cgcs2000, to_cgcs2000
from hbgeo.workspace import Workspace

N = 8  # counties along a side


@pytest.fixture(scope="module")
def counties() -> gpd.GeoDataFrame:
    """Sixty-four made-up counties of 0.1 degree."""
    shapes = [shapely.box(113 + i / 10, 30 + j / 10, 113.1 + i / 10, 30.1 + j / 10) for i in range(N) for j in range(N)]  # fmt: skip
    frame = gpd.GeoDataFrame({"geometry": shapes}, crs=4490)
    frame.index = pd.Index([f"4299{i:02d}" for i in range(len(frame))], dtype="str")
    return frame.assign(county_code=frame.index)


def villages(counties: gpd.GeoDataFrame, crs: str, declared: str, n: int = 3000) -> pd.DataFrame:
    """Villages everywhere, recorded in `crs`, and read as if they were in `declared`."""
    rng = np.random.default_rng(7)
    i = rng.integers(0, len(counties), n)
    west, south, east, north = counties.bounds.to_numpy()[i].T
    x, y = rng.uniform(west, east), rng.uniform(south, north)
    x, y = from_cgcs2000(x, y, crs)
    x, y = to_cgcs2000(x, y, declared)
    table = {"x": x, "y": y, "crs": declared, "county_code": counties.index[i], "file": "村.csv"}
    return pd.DataFrame(table)


@pytest.mark.parametrize("crs", ["CGCS2000", "WGS84", "GCJ-02", "BD-09"])
def test_right_declarations_raise_nothing(counties: gpd.GeoDataFrame, crs: str) -> None:
    assert infer_datum(villages(counties, crs, crs), counties, "village") == []


@pytest.mark.parametrize(
    ("true", "declared"),
    [("GCJ-02", "CGCS2000"), ("BD-09", "CGCS2000"), ("CGCS2000", "GCJ-02"), ("GCJ-02", "BD-09")],
)
def test_a_wrong_declaration_is_told_with_shares(
    counties: gpd.GeoDataFrame, true: str, declared: str
) -> None:
    frame = villages(counties, true, declared)
    [issue] = infer_datum(frame, counties, "village")
    assert issue.rule == "W17"
    assert f"坐标疑为 {true}，声明为 {declared}" in issue.message
    assert f"按 {true} 有 100.0%" in issue.message
    assert frame.equals(villages(counties, true, declared))  # nothing is shifted


def test_what_the_evidence_says_in_full(counties: gpd.GeoDataFrame) -> None:
    frame = villages(counties, "GCJ-02", "CGCS2000", n=2000)
    [issue] = infer_datum(frame, counties, "village")
    stated = counties.index.get_indexer(pd.Index(frame["county_code"]))
    shapes = counties["geometry"].to_numpy()[stated]

    def share(crs: str) -> str:
        x, y = to_cgcs2000(frame["x"].to_numpy(), frame["y"].to_numpy(), crs)
        return f"{100 * shapely.intersects_xy(shapes, x, y).mean():.1f}%"

    parts = issue.message.split("，")
    assert parts[0] == "坐标疑为 GCJ-02"
    assert parts[1].startswith("声明为 CGCS2000：2")
    assert "2,000 个点落在所列县内的比例" in issue.message
    assert f"按 CGCS2000 有 {share('CGCS2000')}（其余离县界平均 " in issue.message
    assert f"按 GCJ-02 有 {share('GCJ-02')}" in issue.message
    assert f"按 BD-09 有 {share('BD-09')}（其余离县界平均 " in issue.message
    assert issue.fix == "核对坐标来源；确为 GCJ-02 时改坐标系列或 crs，hbgeo 不会自行平移"
    assert (issue.layer, issue.file, issue.row, issue.column, issue.value, issue.severity) == (
        "village", "村.csv", None, "坐标系", "CGCS2000", "warning",
    )  # fmt: skip


def test_the_mean_distance_is_that_of_the_points_outside(counties: gpd.GeoDataFrame) -> None:
    x, y = np.array([113.05, 113.05]), np.array([30.05, 29.99])  # the second 1,109 m south of it
    plain, _, _ = weigh_datums(x, y, np.array([0, 0]), counties)
    assert (plain.share, plain.inside.tolist()) == (0.5, [True, False])
    assert plain.metres == pytest.approx(1109, abs=1)
    assert np.isnan(weigh_datums(x[:1], y[:1], np.array([0]), counties)[0].metres)


@pytest.mark.parametrize(("wrong", "said"), [(13, False), (14, True)])
def test_evidence_is_what_a_coin_would_not_give_in_ten_thousand(
    counties: gpd.GeoDataFrame, wrong: int, *, said: bool
) -> None:
    # 2^-13 is above one in ten thousand, 2^-14 below
    x, y = np.full(wrong, 113.0999), np.full(wrong, 30.05)  # 10 m inside the first county
    lon, lat = from_cgcs2000(x, y, "GCJ-02")
    table = {"x": lon, "y": lat, "crs": "CGCS2000", "county_code": counties.index[0], "file": "a"}
    assert bool(infer_datum(pd.DataFrame(table), counties, "village")) == said


def test_where_nothing_can_be_weighed_nothing_is_said(counties: gpd.GeoDataFrame) -> None:
    frame = villages(counties, "GCJ-02", "CGCS2000", n=500)
    assert infer_datum(frame.drop(columns="crs"), counties, "village") == []
    assert infer_datum(frame.drop(columns="county_code"), counties, "village") == []
    assert infer_datum(frame.assign(county_code="999999"), counties, "village") == []
    assert infer_datum(frame.assign(crs="EPSG:4526"), counties, "village") == []
    towns = frame.rename(columns={"county_code": "township_code"})
    assert len(infer_datum(towns, counties, "village", level="township")) == 1


def test_a_shifted_layer_of_boundaries_is_told_in_metres(counties: gpd.GeoDataFrame) -> None:
    moved = shifted(counties, "GCJ-02")
    [issue] = infer_shift(moved, counties, "township", "", "乡镇.gpkg")
    assert (issue.layer, issue.file, issue.rule, issue.value) == (
        "township",
        "乡镇.gpkg",
        "W17",
        "",
    )
    head, told = issue.message.split("（中位数）")
    assert head == "边界疑为 GCJ-02，声明为 CGCS2000：与参考县界的 64 个县中心相距"
    metres = dict(part.rsplit(" 米", 1)[0].rsplit(" ", 1) for part in told.split("，"))
    assert int(metres["GCJ-02"]) < 10
    assert 300 < int(metres["CGCS2000"]) < 800
    assert issue.fix == '核对来源；确为 GCJ-02 时在 catalog.toml 写 crs = "GCJ-02"'
    assert infer_shift(moved, counties, "township", "GCJ-02") == []
    assert infer_shift(moved.iloc[:2], counties, "township", "") == []
    assert len(infer_shift(moved.iloc[:3], counties, "township", "")) == 1
    far = counties.assign(
        geometry=shapely.transform(counties.geometry.to_numpy(), lambda xy: xy + 0.05)
    )
    assert infer_shift(far, counties, "township", "") == []  # kilometres are something else


def test_few_rows_are_no_evidence(counties: gpd.GeoDataFrame) -> None:
    frame = villages(counties, "GCJ-02", "CGCS2000", n=12)
    assert infer_datum(frame, counties, "village") == []


def test_rows_of_several_files_are_evidence_together(counties: gpd.GeoDataFrame) -> None:
    frame = villages(counties, "GCJ-02", "CGCS2000", n=1000)
    frame["file"] = [f"{i % 50}.csv" for i in range(len(frame))]
    files = [i.file for i in infer_datum(frame, counties, "village")]
    assert "" in files


def test_shares_are_those_counted_by_hand(counties: gpd.GeoDataFrame) -> None:
    frame = villages(counties, "GCJ-02", "CGCS2000", n=500)
    stated = counties.index.get_indexer(pd.Index(frame["county_code"]))
    weighed = weigh_datums(frame["x"].to_numpy(), frame["y"].to_numpy(), stated, counties)
    points = shapely.points(frame["x"], frame["y"])
    inside = shapely.covers(counties["geometry"].to_numpy()[stated], points)
    assert weighed[0].share == inside.mean()
    assert weighed[1].share == 1.0


def shifted(units: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(from_cgcs2000(xy[:, 0], xy[:, 1], crs))

    return units.assign(geometry=shapely.transform(units["geometry"].to_numpy(), move))


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09"])
def test_the_samples_counties_convict_a_shifted_county_layer(sample: Workspace, crs: str) -> None:
    counties = sample.units("county")
    [issue] = infer_shift(shifted(counties, crs), counties, "county", "CGCS2000")
    assert f"边界疑为 {crs}" in issue.message


def test_the_samples_own_boundaries_raise_nothing(sample: Workspace) -> None:
    counties, townships = sample.units("county"), sample.units("township")
    assert infer_shift(counties, counties, "county", "CGCS2000") == []
    assert infer_shift(townships, counties, "township", "CGCS2000") == []
    bent = counties.assign(geometry=counties["geometry"].simplify(0.01))
    assert infer_shift(bent, counties, "county", "CGCS2000") == []


@settings(max_examples=40, deadline=None)
@given(
    true=st.sampled_from(["CGCS2000", "GCJ-02", "BD-09"]),
    declared=st.sampled_from(["CGCS2000", "GCJ-02", "BD-09", "WGS84"]),
    n=st.integers(0, 400),
    strange=st.floats(0, 1),
)
def test_looking_first_at_what_does_not_fit_changes_no_verdict(
    counties: gpd.GeoDataFrame, true: str, declared: str, n: int, strange: float
) -> None:
    frame = villages(counties, true, declared, n)
    some = np.random.default_rng(n).random(n) < strange  # rows that name another county
    frame.loc[some, "county_code"] = np.roll(frame["county_code"], 1)[some]
    issues = infer_datum(frame, counties, "village")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_datum, "_can_be_doubted", lambda *_: True)
        assert infer_datum(frame, counties, "village") == issues


@pytest.mark.parametrize(("rows", "said"), [(13, False), (14, True)])
def test_fourteen_rows_that_agree_are_evidence(
    counties: gpd.GeoDataFrame, rows: int, *, said: bool
) -> None:
    """A coin falls the same way 13 times once in 8,192, and 14 times once in 16,384."""
    x, y = to_cgcs2000(np.array([113.1 - 1e-9]), np.array([30.05]), "CGCS2000")
    x, y = from_cgcs2000(x, y, "GCJ-02")
    table = {"x": x[0], "y": y[0], "crs": "CGCS2000", "county_code": counties.index[0], "file": "a"}
    frame = pd.DataFrame([table] * rows)
    assert bool(infer_datum(frame, counties, "village")) == said


def test_the_toss_of_a_coin_by_hand() -> None:
    assert _chance(10, 0) == pytest.approx(1 / 1024)
    assert _chance(3, 1) == pytest.approx(5 / 16)  # 3 or 4 heads of 4
    assert _chance(0, 0) == _chance(0, 5) == 1


def test_at_most_so_many_rows_are_looked_at_and_those_evenly() -> None:
    assert _thinned(np.arange(MOST)).tolist() == list(range(MOST))
    assert _thinned(np.arange(MOST + 1)).tolist() == list(range(0, MOST + 1, 2))
    assert _thinned(np.arange(2 * MOST)).tolist() == list(range(0, 2 * MOST, 2))
    assert _thinned(np.arange(0)).tolist() == []


def test_middles_are_weighed_by_area() -> None:
    shapes = [
        shapely.box(0, 0, 1, 1),
        shapely.box(2, 0, 4, 2),
        shapely.box(5, 5, 6, 6),
        shapely.Polygon(),
    ]
    units = gpd.GeoDataFrame(
        {"county_code": ["a", "a", "b", "b"]}, geometry=shapes, index=list("pqrs")
    )
    found = _middles(units, "county_code")
    assert found.to_dict("index") == {
        "a": {"x": pytest.approx((0.5 + 4 * 3) / 5), "y": pytest.approx((0.5 + 4 * 1) / 5)},
        "b": {"x": 5.5, "y": 5.5},
    }
    assert _middles(units, "").index.tolist() == ["p", "q", "r"]


@pytest.mark.parametrize(("limit", "wanted"), [(0.125, ""), (0.1251, "GCJ-02")])
def test_evidence_as_likely_as_the_doubt_itself_is_none(
    monkeypatch: pytest.MonkeyPatch, limit: float, wanted: str
) -> None:
    """Three gained and none lost: one in eight."""
    monkeypatch.setattr(check_datum, "DOUBT", limit)
    fits = {
        "CGCS2000": np.array([True, False, False, False, False]),
        "GCJ-02": np.array([True, True, True, True, False]),
        "BD-09": np.array([False, True, True, False, False]),
    }
    assert _better(fits, "CGCS2000") == wanted
    assert _better(fits, "GCJ-02") == ""


def test_a_shift_lies_between_no_shift_and_something_else(
    counties: gpd.GeoDataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = shifted(counties, "GCJ-02")
    mine, theirs = _middles(moved, "county_code"), _middles(counties, "")
    apart = GEOD.inv(mine["x"], mine["y"], theirs["x"], theirs["y"])[2]
    own = float(np.median(apart))
    for near, far, said in (
        (own, 1500.0, 0), (np.nextafter(own, 0), 1500.0, 1),
        (100.0, own, 0), (100.0, np.nextafter(own, np.inf), 1),
    ):  # fmt: skip
        monkeypatch.setattr(check_datum, "NEAR_M", near)
        monkeypatch.setattr(check_datum, "FAR_M", far)
        assert len(infer_shift(moved, counties, "county", "")) == said


def test_how_far_points_lie_is_the_mean_of_the_first_five_hundred_outside(
    counties: gpd.GeoDataFrame,
) -> None:
    x, y = np.linspace(112.0, 112.9, 600), np.full(600, 30.05)  # west of the first county
    stated = np.zeros(600, int)
    [first, *_] = weigh_datums(x, y, stated, counties)
    away = metres_to_units(x[:500], y[:500], counties, stated[:500])
    assert (first.crs, first.share) == ("CGCS2000", 0.0)
    assert first.metres == pytest.approx(float(np.mean(away)), rel=1e-12)


@given(st.integers(0, 90), st.integers(0, 90))
def test_the_chance_is_that_of_so_many_heads_or_more(gained: int, lost: int) -> None:
    n = gained + lost
    ways = sum(math.comb(n, heads) for heads in range(gained, n + 1))
    assert Fraction(_chance(gained, lost)) == Fraction(ways / 2**n)


def test_the_chance_of_twenty_thousand_tosses_is_told() -> None:
    assert _chance(20_000, 0) == 0
    assert 0.22 < _chance(9_000, 8_900) < 0.24
