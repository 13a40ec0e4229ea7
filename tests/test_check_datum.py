"""The evidence convicts a wrong datum with figures, and leaves a right one alone."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.check import datum as check_datum
from hbgeo.measure.check.datum import infer_datum, infer_shift, weigh_datums
from hbgeo.read.crs import from_cgcs2000, to_cgcs2000
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
    assert f"坐标疑为 {true},声明为 {declared}" in issue.message
    assert f"按 {true} 有 100.0%" in issue.message
    assert frame.equals(villages(counties, true, declared))  # nothing is shifted


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
