"""What units get beside their own columns, worked by hand: parents, seats, population, the whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from hbgeo.read import layers
from hbgeo.read.enrich import (
    add_seats,
    find_seats,
    gather,
    inherit_parents,
    latest_rows,
    sum_parts,
)  # fmt: skip
from hbgeo.read.keys import YEARS
from hbgeo.read.table import LayerTable
from hbgeo.sample import make_workspace
from hbgeo.workspace import Workspace

FIGURES = pd.DataFrame(
    {
        "unit_code": ["甲", "乙", "甲", "甲", "乙", "丙"],
        "year": [2022, 2021, 2010, 2024, 2010, np.nan],
        "population": [22.0, 21.0, 10.0, 24.0, 11.0, 5.0],
    }
)


@pytest.mark.parametrize(
    ("year", "wanted"),
    [
        (2009, {}),
        (2010, {"甲": 10.0, "乙": 11.0}),
        (2021, {"甲": 10.0, "乙": 21.0}),
        (2022, {"甲": 22.0, "乙": 21.0}),
        (2023, {"甲": 22.0, "乙": 21.0}),
        (2024, {"甲": 24.0, "乙": 21.0}),
    ],
)
def test_population_is_of_the_latest_year_not_after_the_date(
    year: int, wanted: dict[str, float]
) -> None:
    for day in (date(year, 12, 31), date(year + 1, 12, 30)):  # a year's figure is that of its end
        found = latest_rows(LayerTable("population", FIGURES), day)
        assert found["population"].to_dict() == wanted
        assert found.index.is_unique


def test_the_catalogues_year_goes_before_any_other() -> None:
    found = latest_rows(LayerTable("population", FIGURES, year=2010), date(2023, 12, 31))
    assert found["population"].to_dict() == {"甲": 10.0, "乙": 11.0, "丙": 5.0}  # 丙 states none


def test_the_catalogues_year_is_not_used_before_its_end() -> None:
    rows = pd.DataFrame({"unit_code": ["甲", "乙"], "population": [10.0, 24.0]})
    stated = LayerTable("population", rows, year=2023)
    assert latest_rows(stated, date(2023, 12, 30)).empty
    found = latest_rows(stated, date(2023, 12, 31))
    assert found[["population", YEARS]].to_numpy().tolist() == [[10.0, "2023"], [24.0, "2023"]]


def test_of_two_rows_of_one_unit_and_year_none_is_taken() -> None:
    twice = pd.DataFrame({"unit_code": ["甲", "甲", "甲", "乙"], "year": [2021.0, 2022, 2022, 2022],
                          "population": [1.0, 2, 2, 4]})  # fmt: skip
    found = latest_rows(LayerTable("population", twice), date(2023, 1, 1))
    assert found["population"].to_dict() == {"乙": 4.0}
    without_years = latest_rows(
        LayerTable("population", twice.drop(columns="year")), date(2023, 1, 1)
    )
    assert without_years["population"].to_dict() == {"乙": 4.0}
    assert without_years[YEARS].tolist() == [""]


def test_a_row_without_a_year_never_beats_one_with_its_year() -> None:
    blank = pd.DataFrame(
        {"unit_code": ["甲", "甲"], "year": [2022.0, np.nan], "population": [1.0, 9.0]}
    )
    assert latest_rows(LayerTable("population", blank), date(2023, 1, 1))[
        "population"
    ].tolist() == [1]
    filled = latest_rows(LayerTable("population", blank, year=2023), date(2024, 1, 1))
    assert (filled["population"].tolist(), filled[YEARS].tolist()) == ([9.0], ["2023"])


def test_a_whole_says_the_years_of_all_its_parts() -> None:
    parts = pd.DataFrame({"county_code": ["甲", "甲", "乙"], "population": [0.1, 0.2, 3.0],
                          YEARS: ["2023", "2021", ""]})  # fmt: skip
    wholes = pd.DataFrame(index=["丙", "乙", "甲"])
    sum_parts(wholes, LayerTable("township", parts), "county_code")
    assert wholes[YEARS].tolist() == ["", "", "2021、2023"]
    assert wholes["population"].tolist()[1:] == [3.0, 0.3]  # not 0.30000000000000004


def test_a_whole_has_a_sum_only_where_every_part_has_a_figure() -> None:
    parts = pd.DataFrame(
        {
            "county_code": ["甲", "甲", "乙", "乙", "丙"],
            "population": [1.0, 2.0, 3.0, np.nan, np.nan],
            "population_60": [0.0, 0.0, 1.0, 1.0, 4.0],
        }
    )
    wholes = pd.DataFrame(index=["丁", "丙", "乙", "甲"])
    sum_parts(wholes, LayerTable("township", parts), "county_code")
    assert wholes["population"].fillna(-1).tolist() == [-1, -1, -1, 3]
    assert wholes["population_60"].fillna(-1).tolist() == [-1, 4, 2, 0]
    other = pd.DataFrame(index=["甲"])
    sum_parts(other, None, "county_code")
    sum_parts(other, LayerTable("township", parts[["county_code"]]), "county_code")
    assert list(other.columns) == []
    sum_parts(other, LayerTable("township", parts.drop(columns="population")), "county_code")
    assert list(other.columns) == ["population_60"]


def test_places_have_the_parents_of_their_township() -> None:
    towns = pd.DataFrame(
        {
            "county_code": ["420525"], "county": ["远安县"], "prefecture_code": ["420500"],
            "prefecture": ["宜昌市"], "province_code": ["420000"], "province": ["湖北省"],
        },
        index=["420525101"],
    )  # fmt: skip
    places = pd.DataFrame({"township_code": ["420525101", "420525999"]})
    inherit_parents(places, towns)
    assert places["prefecture"].tolist() == ["宜昌市", ""]
    assert places["county_code"].tolist() == ["420525", ""]
    bare = pd.DataFrame({"township_code": ["420525101"]})
    inherit_parents(bare, None)
    assert list(bare.columns) == ["township_code"]


def test_a_seat_is_the_village_marked_else_a_point_inside_else_the_place_itself() -> None:
    ell = shapely.union(shapely.box(110, 30, 110.1, 31), shapely.box(110, 30, 111, 30.1))
    units = gpd.GeoDataFrame(geometry=[ell, shapely.box(111, 30, 112, 31)], index=["甲", "乙"])
    seats = pd.DataFrame({"x": [111.9], "y": [30.9]}, index=["乙"])
    add_seats(units, seats)
    x, y = units["seat_x"], units["seat_y"]
    assert (x["乙"], y["乙"]) == (111.9, 30.9)
    assert shapely.contains_xy(ell, x["甲"], y["甲"])
    assert not shapely.contains(ell, shapely.centroid(ell))
    add_seats(units, None)
    assert (x["乙"], y["乙"]) == (111.9, 30.9)
    assert units["seat_x"]["乙"] == 111.5
    places = pd.DataFrame({"x": [110.5], "y": [30.5]})
    add_seats(places, seats)
    assert places[["seat_x", "seat_y"]].to_numpy().tolist() == [[110.5, 30.5]]


def test_the_seat_village_is_the_one_marked_with_the_smallest_code() -> None:
    villages = pd.DataFrame(
        {
            "township_code": ["甲", "甲", "甲", "乙", "丙"],
            "is_town_seat": ["否", "是", "是", "是", ""],
            "x": [1.0, 2.0, 3.0, np.nan, 5.0],
            "y": [1.0, 2.0, 3.0, 4.0, 5.0],
        },
        index=["201", "202", "203", "204", "205"],
    )
    found = find_seats(villages)
    assert found is not None
    assert found["x"].to_dict() == {"甲": 2.0}
    assert find_seats(villages.drop(columns="x")) is None
    assert find_seats(villages.drop(columns="is_town_seat")) is None


def test_prefectures_and_the_province_are_their_counties_together() -> None:
    counties = gpd.GeoDataFrame(
        {
            "name": ["乙县", "甲县", "丙县"],
            "kind": ["县", "县", "县"],
            "prefecture_code": ["420200", "420100", "420100"],
            "prefecture": ["宜山市", "大江市", "大江市"],
            "province_code": "420000",
            "province": "示例省",
        },
        geometry=[shapely.box(110 + i, 30, 111 + i, 31) for i in range(3)],
        index=["420201", "420101", "420102"],
        crs="EPSG:4490",
    )
    counties["population"] = [2.0, 1.0, 3.0]
    table = LayerTable("county", counties, sample=True, level="county", source="示例")
    prefectures, province = (gather(table, level).frame for level in ("prefecture", "province"))
    whole = gather(table, "prefecture")
    assert (whole.level, whole.title, whole.sample, whole.source) == (
        "prefecture", "市州", True, "示例",
    )  # fmt: skip
    assert prefectures["population"].tolist() == [4, 2]
    assert province["population"].tolist() == [6]
    columns = ["name", "kind", "county", "prefecture_code", "prefecture", "province"]
    assert prefectures.index.tolist() == ["420100", "420200"]
    assert prefectures.index.name == "code"
    assert prefectures[columns].to_numpy().tolist() == [
        ["大江市", "", "", "420100", "大江市", "示例省"],
        ["宜山市", "", "", "420200", "宜山市", "示例省"],
    ]
    assert shapely.area(prefectures.geometry.to_numpy()).tolist() == [2, 1]
    assert prefectures.crs == counties.crs
    assert province[columns].to_numpy().tolist() == [["示例省", "", "", "", "", "示例省"]]
    assert province["province_code"].tolist() == ["420000"]
    assert shapely.area(province.geometry.to_numpy()).tolist() == [3]
    seats = zip(prefectures.geometry, prefectures["seat_x"], prefectures["seat_y"], strict=True)
    assert all(shapely.contains_xy(shape, x, y) for shape, x, y in seats)


def test_units_put_together_are_kept_and_those_of_other_counties_are_not_believed(
    tmp_path: Path,
) -> None:
    make_workspace(tmp_path / "县")
    tmp_path /= "县"
    first = Workspace.open(tmp_path)
    fresh = {level: first.units(level) for level in ("prefecture", "province")}
    entries = {path.name for path in (tmp_path / "maps" / ".cache").glob("county.p*.frames")}
    assert entries == {"county.prefecture.frames", "county.province.frames"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers, "dissolve", None)  # nobody puts them together again
        again = Workspace.open(tmp_path)
        for level, frame in fresh.items():
            assert_geodataframe_equal(again.units(level), frame)
    source = tmp_path / "layers" / "counties.gpkg"
    counties = gpd.read_file(source, layer="counties").iloc[1:]
    counties.to_file(source, layer="counties")
    changed = Workspace.open(tmp_path).units("province").geometry.iloc[0]
    assert changed.area < fresh["province"].geometry.iloc[0].area
