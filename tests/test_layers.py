"""A workspace's layers are read once, tied to units, and put together into larger ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hbgeo.read.catalog import read_catalog
from hbgeo.read.layers import Layers

CATALOG = """
title = "示例"
as_of = 2023-12-31
scheme = "MCA-2025"
[county]
role = "units"
level = "county"
path = "county.parquet"
source = "示例"
[township]
role = "units"
level = "township"
path = "township.parquet"
source = "示例"
[cemetery]
role = "facilities"
path = "cemetery.csv"
crs = "CGCS2000"
source = "示例"
[village]
role = "places"
level = "village"
path = "village.csv"
crs = "CGCS2000"
scheme = "NBS-2023"
source = "示例"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two counties and the province's own 仙桃市, under their real codes and names."""
    counties = {"420222": "阳新县", "420281": "大冶市", "429004": "仙桃市"}
    squares = [shapely.box(110 + i, 30, 111 + i, 31) for i in range(3)]
    frame = gpd.GeoDataFrame(
        {"代码": list(counties), "名称": list(counties.values()), "市州": ["黄石市", "黄石市", ""]},
        geometry=squares,
        crs="EPSG:4490",
    )
    frame.to_parquet(tmp_path / "county.parquet")
    towns = {
        "420222103": "𣲗源口镇",
        "420281100": "金牛镇",
        "429004101": "郑场镇",
        "429004102": "毛嘴镇",
    }
    codes = [c[:6] for c in towns]
    boxes = [shapely.box(110 + i, 30, 110.5 + i, 31) for i in (0, 1, 2, 2.5)]
    frame = gpd.GeoDataFrame(
        {"代码": list(towns), "名称": list(towns.values()), "县代码": codes},
        geometry=boxes,
        crs="EPSG:4490",
    )
    frame.to_parquet(tmp_path / "township.parquet")
    rows = [
        "编号,名称,所在县,所在乡镇,经度,纬度",
        "1,甲,阳新县,韦源口镇,110.2512,30.5012",
        "2,乙,大冶市,金牛乡,111.2512,30.5012",
    ]
    (tmp_path / "cemetery.csv").write_text("\n".join(rows), encoding="utf-8")
    rows = [
        "村代码,村名,经度,纬度",
        "429004101201,甲村,112.6012,30.5012",
        "420222103201,乙村,110.2512,30.5012",
        "429004450201,丙村,112.6012,30.5012",
    ]
    (tmp_path / "village.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    return tmp_path


def layers_in(folder: Path) -> Layers:
    return Layers(read_catalog(folder))


def test_prefectures_and_province_are_put_together_from_counties(folder):
    prefectures = layers_in(folder).units("prefecture").frame
    assert prefectures["name"].to_dict() == {"420200": "黄石市", "429004": "仙桃市"}
    assert shapely.area(prefectures["geometry"].to_numpy()).tolist() == [2.0, 1.0]
    province = layers_in(folder).units("province").frame
    assert province.index.tolist() == ["420000"]
    assert province["geometry"].iloc[0].area == pytest.approx(3)
    assert {"name", "county", "prefecture", "seat_x", "seat_y"} <= set(province.columns)


def test_villages_coded_by_the_other_list_find_the_township_of_that_name(folder):
    tied = layers_in(folder).table("village")
    # 429004101 is 毛嘴镇 to the statistics bureau, 郑场镇 to civil affairs
    assert tied.frame["township_code"].to_dict() == {
        "420222103201": "420222103",
        "429004101201": "429004102",
    }
    assert tied.apart == 1


def test_other_spellings_are_shipped_and_said_old_names_wait_for_the_users_table(folder):
    before = layers_in(folder).table("cemetery")
    assert (len(before.frame), before.aside) == (1, 1)
    assert [i.rule for i in before.issues.itertuples() if i.severity == "error"] == ["E06"]
    (spelled,) = [i for i in before.issues.itertuples() if i.rule == "W19"]
    assert "“韦源口镇”按别名计为“𣲗源口镇”" in spelled.message
    (folder / "changes.csv").write_text(
        "变更类型,原名称,原所在县,现名称,现所在县,变更日期,依据\n改制,金牛乡,大冶市,金牛镇,,2001-01-01,示例文件\n",
        encoding="utf-8",
    )
    after = layers_in(folder).table("cemetery")
    assert after.frame["township_code"].tolist() == ["420222103", "420281100"]
    (said,) = [i for i in after.issues.itertuples() if i.rule == "W19" and "金牛乡" in i.message]
    assert (said.severity, said.row) == ("warning", 3)
    assert "“金牛乡”2001-01-01 改制，现为“金牛镇”（示例文件）" in said.message


def test_rows_that_name_no_unit_are_missed_once_they_are_read(folder):
    layers = layers_in(folder)
    layers.table("township")
    assert layers.miss_names() is False
    layers.table("cemetery")  # 金牛乡 is nowhere
    assert layers.miss_names() is True


def test_a_township_is_reached_from_the_village_marked_as_its_seat(folder):
    rows = [
        "村代码,村名,所在县,所属乡镇,驻地,经度,纬度",
        "429004101201,前村,仙桃市,毛嘴镇,否,112.5512,30.1012",
        "429004101203,后村,仙桃市,毛嘴镇,是,112.8012,30.3012",
        "429004101202,中村,仙桃市,毛嘴镇,是,112.7012,30.2012",
        "429004101204,新村,仙桃市,毛嘴镇,,112.9012,30.4012",
        "420222103201,乙村,阳新县,𣲗源口镇,否,110.2512,30.6012",
    ]
    (folder / "village.csv").write_text("\n".join(rows), encoding="utf-8")
    towns = layers_in(folder).units("township").frame
    seats = towns[["seat_x", "seat_y"]].round(4).apply(tuple, axis=1)
    assert seats["429004102"] == (112.7012, 30.2012)  # of those marked, the smallest code
    assert seats["420222103"] == (110.25, 30.5)  # none marked: a point inside the polygon
    villages = layers_in(folder).units("village").frame
    assert villages["seat_x"].tolist() == villages["x"].tolist()


def test_a_layer_is_read_once(folder):
    made = layers_in(folder)
    first = made.table("county")
    (folder / "county.parquet").unlink()
    assert made.table("county") is first


def test_population_is_summed_where_every_township_has_it(folder):
    (folder / "catalog.toml").write_text(
        CATALOG
        + '[population]\nrole = "table"\nlevel = "township"\npath = "p.csv"\nsource = "示例"\n',
        encoding="utf-8",
    )
    pd.DataFrame(
        {"乡镇代码": ["429004101", "429004102"], "乡镇": ["郑场镇", "毛嘴镇"], "常住人口": [1, 2]}
    ).to_csv(folder / "p.csv", index=False)
    counties = layers_in(folder).units("county").frame
    assert counties.loc["429004", "population"] == 3
    assert counties["population"].isna().tolist() == [True, True, False]


def test_population_of_villages_is_summed_in_townships_and_from_there_in_counties(folder):
    own = (
        '[prefecture]\nrole = "units"\nlevel = "prefecture"\npath = "f.parquet"\nsource = "示例"\n'
    )
    people = '[population]\nrole = "table"\nlevel = "village"\npath = "p.csv"\nsource = "示例"\n'
    (folder / "catalog.toml").write_text(CATALOG + own + people, encoding="utf-8")
    gpd.GeoDataFrame(
        {"代码": ["420200"], "名称": ["黄石市"]}, geometry=[shapely.box(110, 30, 112, 31)], crs=4490
    ).to_parquet(folder / "f.parquet")
    text = "代码,名称,常住人口\n429004101201,甲村,7\n420222103201,乙村,5\n"
    (folder / "p.csv").write_text(text, encoding="utf-8")
    layers = layers_in(folder)
    towns = layers.units("township").frame["population"].dropna()
    assert towns.to_dict() == {"420222103": 5, "429004102": 7}  # 甲村 is of 毛嘴镇
    counties = layers.units("county").frame["population"].dropna()
    assert counties.to_dict() == {"420222": 5}  # of 仙桃市 a township has none
    assert "population" not in layers.units("prefecture")


def test_the_users_spellings_go_before_the_shipped_ones(folder):
    (folder / "aliases.csv").write_text(
        "标准名称,所在县,别名,启用日期,停用日期,依据\n金牛镇,大冶市,金牛乡,,,示例\n",
        encoding="utf-8",
    )
    tied = layers_in(folder).table("cemetery")
    assert tied.frame["township_code"].tolist() == ["420222103", "420281100"]
    assert [i.rule for i in tied.issues.itertuples() if i.rule == "W19"] == ["W19", "W19"]


def test_the_size_of_a_layer_is_that_of_its_files_and_none_where_it_has_none(folder):
    layers = layers_in(folder)
    known = layers.catalog.layers
    size = (folder / "cemetery.csv").stat().st_size
    assert layers.inputs.bytes_of(known["cemetery"]) == size > 0
    assert layers.inputs.bytes_of(replace(known["cemetery"], paths=("没有.csv",))) == 0
