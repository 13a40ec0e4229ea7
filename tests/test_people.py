"""Each populated cell has one owner, no person is lost, and who lives within reach is counted."""

from __future__ import annotations

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from grids import write_grid
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from second_people import people_by_unit

from hbgeo.errors import LayerError
from hbgeo.measure.people import People, hold_against, own_cells
from hbgeo.measure.people_reach import nearest_to, people_within
from hbgeo.read.catalog import Layer
from hbgeo.read.units.grid import read_cells, read_grid

GOLDEN = Path(__file__).parent / "golden" / "people.toml"
CASES = tomllib.loads(GOLDEN.read_text("utf-8"), parse_float=Decimal)["case"]


def layer(*paths: Path, **more: object) -> Layer:
    return Layer(
        "population-grid", "grid", tuple(map(str, paths)), "示例", schema="population-grid", **more
    )


def make_units(shapes: dict[str, shapely.Geometry], **columns: list[float]) -> gpd.GeoDataFrame:
    given = {"name": [f"示例{c}" for c in shapes], **columns, "geometry": list(shapes.values())}
    return gpd.GeoDataFrame(given, index=list(shapes), crs="EPSG:4490")


def people_of(path: Path, units: gpd.GeoDataFrame, rows: int = 0, **more: object) -> People:
    owned = own_cells(read_cells(layer(path, **more), path.parent, rows=rows), units)
    return hold_against(owned, units, level="township")


TWO = {"a": shapely.box(110, 30, 110.5, 31), "b": shapely.box(110.5, 30, 111, 31)}


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_golden(case: dict, tmp_path: Path) -> None:
    nodata = float(case.get("nodata", -9999))
    lines = [line.split() for line in case["grid"].split("\n") if line.strip()]
    values = np.array([[nodata if v == "." else float(v) for v in line] for line in lines])
    place = {key: float(case[key]) for key in ("west", "north", "cell")}
    path = write_grid(tmp_path / "a.tif", values.astype(np.float32), nodata=nodata, **place)
    boxes = {code: shapely.box(*map(float, box)) for code, box in case["township"].items()}
    units = make_units(boxes)
    if "known" in case:
        units["population"] = [float(case["known"].get(code, np.nan)) for code in boxes]
    made, want = people_of(path, units), case["expect"]
    assert made.units["people"].to_dict() == want["people"]
    assert (len(made.cells), made.outside.people) == (want["cells"], want["outside"])
    assert made.outside.cells == want.get("outside_cells", 0)
    assert made.on_border == want.get("on_border", 0)
    assert read_grid(layer(path), tmp_path).frame["negative"].sum() == want.get("negative", 0)
    assert made.difference == want.get("difference")
    if "difference_pct" in want:
        pct = Decimal(made.difference_pct).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert str(pct) == want["difference_pct"]
        assert made.units["difference"].dropna().to_dict() == want["units_difference"]


def test_cells_are_demand_points_in_the_order_of_the_grid(tmp_path: Path) -> None:
    path = write_grid(
        tmp_path / "a.tif", [[1, 0, 3], [4, 5, 6]], west=110.125, north=30.75, cell=0.25
    )
    cells = people_of(path, make_units(TWO)).cells
    assert cells.index.tolist() == [0, 2, 3, 4, 5]
    assert cells.index.name == "cell"
    assert list(cells) == ["x", "y", "people", "unit_code"]
    assert cells["x"].tolist() == [110.25, 110.75, 110.25, 110.5, 110.75]
    assert cells["y"].tolist() == [30.625, 30.625, 30.375, 30.375, 30.375]
    assert cells["unit_code"].tolist() == ["a", "b", "a", "a", "b"]


def random_world(seed: int) -> tuple[gpd.GeoDataFrame, np.ndarray, float, float, float]:
    """Voronoi units with borders on the grid's own centres here and there, and a grid about them."""
    rng = np.random.default_rng(seed)
    seeds = rng.integers(0, 17, (9, 2)) / 16 + [110, 30]
    seeds = np.unique(seeds, axis=0)
    faces = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(seeds), extend_to=shapely.box(110, 30, 111, 31)
        )
    )
    faces = shapely.intersection(faces, shapely.box(110, 30, 111, 31))
    codes = [f"{k:03d}" for k in rng.permutation(len(faces))]
    units = make_units(dict(zip(codes, faces, strict=True)))
    values = rng.integers(-1, 40, (24, 28)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = 0
    return units, values, 109.875, 31.25, 1 / 16


@pytest.mark.parametrize("seed", range(12))
def test_each_cell_as_shapely_has_it_point_by_point(seed: int, tmp_path: Path) -> None:
    units, values, west, north, cell = random_world(seed)
    values += np.float32(0.25) * (values > 0)
    path = write_grid(tmp_path / "a.tif", values, west=west, north=north, cell=cell)
    made = people_of(path, units)
    second = people_by_unit(path, "EPSG:4490", dict(zip(units.index, units.geometry, strict=True)))
    assert made.units["people"].to_dict() == second.units
    assert made.units["cells"].to_dict() == second.cells
    assert made.outside.people == second.outside
    row = read_grid(layer(path), tmp_path).frame.iloc[0]
    assert row["negative_people"] == second.negative
    assert second.total == Fraction(row["people"]) + second.negative
    assert Fraction(row["people"]) == sum(second.units.values()) + second.outside


@pytest.mark.parametrize("crs", ["EPSG:32649", "EPSG:4547", "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80"])  # fmt: skip
def test_metres_too_as_the_second_program_has_them(crs: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    move = Transformer.from_crs("EPSG:4490", crs, always_xy=True)
    x, y = move.transform(110.4, 30.6)
    values = rng.gamma(0.5, 20, (30, 30)).astype(np.float32)
    path = write_grid(tmp_path / "a.tif", values, west=x, north=y, cell=1_000.0, crs=crs)
    made = people_of(path, make_units(TWO))
    second = people_by_unit(path, crs, TWO)
    assert made.units["cells"].to_dict() == second.cells
    assert made.units["people"].to_dict() == pytest.approx({k: float(v) for k, v in second.units.items()}, rel=1e-12)  # fmt: skip
    assert 0 < second.cells["a"] < 900


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.lists(st.sampled_from([-9.0, -2.5, 0.0, 0.125, 3.0, 700.5, 1e12, float("nan"), float("inf")]), min_size=7, max_size=7),
        min_size=1, max_size=9,
    ),
    rows=st.integers(1, 9),
    nodata=st.sampled_from([None, -9.0, 0.0, 3.0, float("nan")]),
)  # fmt: skip
def test_units_outside_and_set_aside_make_up_the_grid(
    values: list[list[float]], rows: int, nodata: float | None, tmp_path: Path
) -> None:
    array = np.array(values)
    path = write_grid(
        tmp_path / "law.tif", array, west=109.9375, north=30.5, cell=0.125, nodata=nodata
    )
    units = make_units({"a": TWO["a"]})
    none = np.isnan(array) | (array == (np.nan if nodata is None else nodata)) | np.isinf(array)
    counts = ~none & (array > 0) & (array < 1e12)
    if not counts.any():
        with pytest.raises(LayerError, match="没有一个有人的格子"):
            read_grid(layer(path), tmp_path)
        return
    row = read_grid(layer(path), tmp_path).frame.iloc[0]
    if not counts[:4, :5].any():  # centres in the unit
        with pytest.raises(LayerError, match="没有一个格子落在单元内"):
            people_of(path, units, rows)
        return
    made = people_of(path, units, rows)
    whole = made.total + made.outside.people + row["negative_people"] + row["excess_people"]
    assert whole == pytest.approx(array[~none].sum(), rel=1e-15)
    assert row["cells"] == len(made.cells) + made.outside.cells
    assert row["excess"] == (np.isposinf(array).sum() + (array[~none] == 1e12).sum())


@pytest.mark.parametrize("how", [{}, {"tiled": True, "blockxsize": 16, "blockysize": 16}, {"compress": "lzw", "predictor": 3}])  # fmt: skip
def test_strips_of_any_height_give_the_same_bytes(how: dict, tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    values = rng.gamma(0.3, 3.3, (50, 40)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    units = make_units(
        {"a": shapely.box(110, 30, 110.21, 31), "b": shapely.box(110.21, 30, 110.3, 31)}
    )
    path = write_grid(tmp_path / "a.tif", values, west=110, north=30.4, cell=0.01, **how)
    whole = people_of(path, units, 50)
    for rows in (0, 1, 3, 17):
        other = people_of(path, units, rows)
        pd.testing.assert_frame_equal(other.cells, whole.cells, check_exact=True)
        pd.testing.assert_frame_equal(other.units, whole.units, check_exact=True)
        assert (other.outside, other.on_border) == (whole.outside, whole.on_border)


def test_the_same_cells_in_two_zones_are_the_same_people(tmp_path: Path) -> None:
    values = np.arange(1, 401).reshape(20, 20)
    x, y = Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True).transform(110.4, 30.6)
    x, y = round(x), round(y)
    plain = write_grid(tmp_path / "a.tif", values, west=x, north=y, cell=1000, crs="EPSG:4546")
    number = write_grid(
        tmp_path / "b.tif", values, west=x + 37e6, north=y, cell=1000, crs="EPSG:4525"
    )
    one, other = (people_of(path, make_units(TWO)) for path in (plain, number))
    assert one.units["people"].tolist() == other.units["people"].tolist()
    assert one.cells["unit_code"].tolist() == other.cells["unit_code"].tolist()
    np.testing.assert_allclose(one.cells[["x", "y"]], other.cells[["x", "y"]], rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:32649", "EPSG:4547", "EPSG:3857", "ESRI:102025"]
)
def test_a_cell_written_about_a_point_is_at_that_point_in_any_crs(crs: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    size = 1e-4 if crs == "EPSG:4326" else 10.0
    for k, (lon, lat) in enumerate(rng.uniform((110, 30), (111, 31), (4, 2))):
        x, y = Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(lon, lat)
        path = write_grid(tmp_path / f"{k}.tif", [[7]], west=x - size / 2, north=y + size / 2, cell=size, crs=crs)  # fmt: skip
        [[px, py, people, code]] = people_of(path, make_units(TWO)).cells.to_numpy().tolist()
        assert (px, py) == pytest.approx((lon, lat), abs=1e-9)
        assert (people, code) == (7, "a" if lon < 110.5 else "b")


def test_rows_that_go_north_are_read_as_they_stand(tmp_path: Path) -> None:
    down = write_grid(tmp_path / "a.tif", [[1, 2], [3, 4]], north=30.5, cell=0.25)
    up = write_grid(
        tmp_path / "b.tif", [[3, 4], [1, 2]],
        transform=rasterio.Affine(0.25, 0, 110, 0, 0.25, 30.0),
    )  # fmt: skip
    one, other = (people_of(p, make_units(TWO)).cells for p in (down, up))
    assert sorted(map(tuple, one.to_numpy())) == sorted(map(tuple, other.to_numpy()))


def test_several_files_side_by_side_are_one_grid(tmp_path: Path) -> None:
    values = np.arange(1, 33).reshape(4, 8)
    whole = write_grid(tmp_path / "w.tif", values, north=31, cell=0.125)
    left = write_grid(tmp_path / "2.tif", values[:, :3], north=31, cell=0.125)
    right = write_grid(tmp_path / "1.tif", values[:, 3:], west=110.375, north=31, cell=0.125)
    units = make_units(TWO)
    owned = own_cells(read_cells(layer(left, right), tmp_path), units)
    made = hold_against(owned, units, level="township")
    assert made.units["people"].tolist() == people_of(whole, units).units["people"].tolist()
    assert made.cells.index.is_monotonic_increasing
    assert made.cells.index.is_unique
    turned = own_cells(read_cells(layer(right, left), tmp_path), units)
    pd.testing.assert_frame_equal(turned.cells, made.cells)


def test_a_grid_of_another_place_says_where_both_are(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[5]], west=114, north=23)
    with pytest.raises(LayerError, match="没有一个格子落在单元内；请核对坐标系") as caught:
        people_of(path, make_units(TWO))
    assert "经度 114" in str(caught.value)
    assert "经度 110—111" in str(caught.value)


def test_a_plane_that_no_place_on_earth_has_is_said(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[5]], west=1e12, north=1e12, cell=100, crs="EPSG:32649")
    with pytest.raises(LayerError, match="坐标换算不到经纬度；请核对坐标系"):
        people_of(path, make_units(TWO))


def test_the_difference_is_said_in_people_and_percent(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[500, 0, 0, 0, 0, 900, 0, 0, 0, 0, 77]])
    units = make_units({**TWO, "c": shapely.box(112, 30, 113, 31)}, population=[400, 1_200, np.nan])
    owned = own_cells(read_cells(layer(path), tmp_path), units)
    made = hold_against(owned, units, level="township", grid_year="2020")
    assert made.words() == (
        "格子按中心点归乡镇（街道），2 个格子、1,400 人；不在任何乡镇（街道）内、不计的 1 个格子、77 人；"
        "格网（2020 年）1,400 人，乡镇（街道）自己的人口 1,600 人，相差 -200 人（-12.5%）；1 个没有人口的乡镇（街道）不比"
    )


def test_old_people_are_held_against_old_people(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[5, 0, 0, 0, 0, 9]])
    units = make_units(TWO, population=[100, 100], population_60=[4, 12])
    owned = own_cells(read_cells(layer(path), tmp_path), units)
    for age, want in (("", [-95, -91]), ("60+", [1, -3])):
        made = hold_against(owned, units, level="township", age=age)
        assert made.units["difference"].tolist() == want
    other = hold_against(owned, units, level="township", age="0-14")
    assert (other.difference, other.known, other.column) == (None, None, "")
    assert "没有可比的人口" in other.words()


def test_units_without_people_or_population_have_no_percent(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[5]])
    made = people_of(path, make_units(TWO, population=[0, np.nan]))
    assert made.units["people"].tolist() == [5, 0]
    assert made.units["difference"].tolist()[0] == 5
    assert made.units["difference_pct"].isna().all()
    assert (made.known, made.difference, made.difference_pct) == (0, 5, None)


# ------------------------------------------------------------------ within reach


def test_people_within_by_hand(tmp_path: Path) -> None:
    path = write_grid(
        tmp_path / "a.tif", [[10, 30], [0, 60]], west=110.25, north=30.5, cell=(0.5, 0.25)
    )
    units = make_units({**TWO, "c": shapely.box(112, 30, 113, 31)}, population=[50, 90, 10])
    made = people_of(path, units)
    site = pd.DataFrame({"x": [110.5], "y": [30.375]}, index=["G1"])
    coverage = people_within(made, site, 1_000)
    assert coverage.units["demand"].tolist() == [10, 90, 0]
    assert coverage.units["covered"].tolist() == [1, 0, 0]
    assert coverage.units["facilities"].tolist() == [1, 0, 0]
    assert coverage.share.pct == 10
    apart = Geod(ellps="GRS80").inv(110.5, 30.375, 111.0, 30.375)[2]
    assert people_within(made, site, apart + 0.001).units["covered"].tolist() == [1, 1 / 3, 0]
    assert people_within(made, site, apart - 0.001).units["covered"].tolist() == [1, 0, 0]
    assert "直线" not in coverage.method
    assert "人口格网" in coverage.basis.filters[0]


def test_more_radius_or_facilities_never_reach_fewer(tmp_path: Path) -> None:
    units, values, west, north, cell = random_world(4)
    path = write_grid(tmp_path / "a.tif", np.abs(values), west=west, north=north, cell=cell)
    made = people_of(path, units)
    rng = np.random.default_rng(2)
    sites = pd.DataFrame(rng.uniform((110, 30), (111, 31), (6, 2)), columns=["x", "y"])
    geod = Geod(ellps="GRS80")
    before, near = -1.0, nearest_to(made, sites)
    for radius in (0.001, 5_000, 12_000, 30_000, 200_000):
        coverage = people_within(made, sites, radius)
        again = people_within(made, sites, radius, near=near)
        pd.testing.assert_frame_equal(again.units, coverage.units)
        x, y, people = (made.cells[c].to_numpy() for c in ("x", "y", "people"))
        metres = np.min(
            [geod.inv(x, y, np.full_like(x, a), np.full_like(y, b))[2] for a, b in sites.to_numpy()], axis=0
        )  # fmt: skip
        by_hand = people[metres <= radius].sum()
        reached = (coverage.units["covered"] * coverage.units["demand"]).sum()
        assert reached == pytest.approx(by_hand)
        assert reached >= before
        fewer = people_within(made, sites.iloc[:3], radius).units["covered"]
        assert (fewer <= coverage.units["covered"]).all()
        before = reached
    assert coverage.share.pct == 100


def test_no_facilities_reach_nobody(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.tif", [[10, 30]])
    nowhere = pd.DataFrame({"x": [np.nan], "y": [np.nan]})
    made = people_of(path, make_units(TWO))
    for sites in (nowhere, nowhere.iloc[:0]):
        assert people_within(made, sites, 1e6).units["covered"].tolist() == [0, 0]
