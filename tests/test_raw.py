"""A file of any kind is read by its kind; what is said of it is said of the table that is meant."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.raw import _matched, _refuse_garbled, crs_of
from hbgeo.read.schema.records import read_schema


def layer(path: str, **more: str) -> Layer:
    return Layer("county", "units", (path,), "示例", level="county", schema="unit", **more)  # type: ignore[arg-type]


def test_a_layers_crs_is_that_of_its_table(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(114, 30, 115, 31)])
    frame.set_crs(4490).to_file(tmp_path / "t.gpkg", layer="甲")
    frame.set_crs(4326).to_file(tmp_path / "t.gpkg", layer="乙")
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        frame.to_file(tmp_path / "t.gpkg", layer="丙")
    told = {one: crs_of(layer("t.gpkg", table=one), tmp_path) for one in ("甲", "乙", "丙")}
    assert told == {"甲": "EPSG:4490", "乙": "EPSG:4326", "丙": "未说明"}
    assert crs_of(layer("t.gpkg"), tmp_path) == "EPSG:4490"
    assert crs_of(layer("t.gpkg", table="乙", crs="GCJ-02"), tmp_path) == "GCJ-02"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.csv", "见坐标系列"),
        ("a.XLSX", "见坐标系列"),
        ("a.geoparquet", "文件自带"),
        ("a.parquet", "文件自带"),
    ],
)
def test_where_a_crs_stands_in_files_that_are_not_asked(
    tmp_path: Path, name: str, said: str
) -> None:
    (tmp_path / name).touch()
    assert crs_of(layer(name), tmp_path) == said


def test_a_column_that_is_not_there_is_said_with_its_file() -> None:
    own = Layer("cemetery", "facilities", (), "示例", columns={"name": "墓名"})
    with pytest.raises(LayerError, match=r"^a\.gpkg：columns 指定的列“墓名”不存在；已有列：名称"):
        _matched(pd.DataFrame({"名称": ["甲"]}), own, read_schema("cemetery"), "a.gpkg")


def test_twenty_letters_of_a_garbled_text_are_shown() -> None:
    own = Layer("cemetery", "facilities", (), "示例")
    bad = "一二三四五六七八九十\ufffd二三四五六七八九十百千"
    raw = pd.DataFrame({"名称": ["甲", bad], "file": "a.csv", "sheet": "", "row": [2, 3]})
    with pytest.raises(LayerError) as caught:
        _refuse_garbled(raw, own)
    assert str(caught.value) == (
        f"a.csv：文字是乱码（如“{bad[:20]}”），编码读错或源文件已损坏；"
        "请核对 [cemetery] 的 encoding，或从源头重新导出"
    )
    _refuse_garbled(raw.iloc[:1], own)
    with pytest.raises(LayerError, match=r"^：文字是乱码"):
        _refuse_garbled(raw.iloc[:0].rename(columns={"名称": "名\ufffd"}), own)
