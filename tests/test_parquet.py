"""Parquet files that say one thing and hold another end in one line; an index is a column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.parquet import read_parquet
from hbgeo.read.file.vector import crs_in
from hbgeo.read.stream.points import open_points

POINT = shapely.to_wkb(shapely.Point(111, 30))


def geo(path: Path, meta: str, shapes: list[bytes | None]) -> Path:
    names = pa.array(["甲"] * len(shapes))
    table = pa.table({"名称": names, "geometry": pa.array(shapes, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": meta}), path)
    return path


def about(**more: Any) -> str:
    column = {"encoding": "WKB", "crs": None, **more}
    return json.dumps({"primary_column": "geometry", "columns": {"geometry": column}})


REFUSED = {
    "[]": "不是有效的 parquet 文件",
    "{": "不是有效的 parquet 文件",
    '{"columns":[],"primary_column":"geometry"}': "不是有效的 parquet 文件",
    '{"columns":{}}': "GeoParquet 的说明与列不符",
    '{"columns":{"geometry":[]},"primary_column":"geometry"}': "不是有效的 parquet 文件",
    about(crs={"type": "junk"}): "坐标系信息无法识别",
    about(crs="\ud800"): "坐标系信息无法识别",
    '{"a":' + "[" * 100_000: "嵌套过深",
}


@pytest.mark.parametrize("meta", REFUSED, ids=range(len(REFUSED)))
def test_metadata_that_lie_end_in_one_line(meta: str, tmp_path: Path) -> None:
    path = geo(tmp_path / "a.parquet", meta, [POINT])
    layer = Layer("a", "facilities", (str(path),), "", schema="facility")
    for read in (lambda: crs_in(read_parquet(path).crs, path.name, layer),
                 lambda: list(open_points(path, layer).batches)):  # fmt: skip
        with pytest.raises(LayerError) as caught:
            read()
        assert str(caught.value).startswith("a.parquet：")
        assert REFUSED[meta] in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_damaged_shape_is_missing_and_its_row_stays(tmp_path: Path) -> None:
    path = geo(tmp_path / "a.parquet", about(), [POINT, b"\x01\x03\xff", None])
    frame = read_parquet(path)
    assert frame["名称"].tolist() == ["甲"] * 3
    assert frame.geometry[0].coords[0] == (111, 30)
    assert frame.geometry[1:].tolist() == [None, None]


def test_shapes_beside_the_first_are_left_alone_however_they_are(tmp_path: Path) -> None:
    whole, path = tmp_path / "whole.parquet", tmp_path / "a.parquet"
    shapes = gpd.points_from_xy([111.0, 112.0], [30.0, 31.0], crs="EPSG:4490")
    frame = gpd.GeoDataFrame({"名称": ["甲", "乙"]}, geometry=shapes)
    frame.to_parquet(whole, geometry_encoding="geoarrow")
    table = pq.read_table(whole)
    said = json.loads(table.schema.metadata[b"geo"])
    said["columns"]["other"] = {"encoding": "WKB", "geometry_types": []}
    table = table.append_column("other", pa.array([POINT, b"\x01damaged"], pa.binary()))
    about = {**table.schema.metadata, b"geo": json.dumps(said).encode()}
    pq.write_table(table.replace_schema_metadata(about), path)
    rows = read_parquet(path)
    assert rows["名称"].tolist() == ["甲", "乙"]
    assert "other" not in rows
    assert shapely.get_coordinates(rows.geometry).tolist() == [[111, 30], [112, 31]]


def test_two_columns_of_one_name_are_refused_and_so_are_thousands(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1.0])] * 2, ["纬度", "纬度"]), path)
    with pytest.raises(LayerError, match=r"^a\.parquet：有几列都叫“纬度”；请改名后重新导出$"):
        read_parquet(path)
    pq.write_table(pa.table({f"c{i}": [1] for i in range(2001)}), path)
    with pytest.raises(LayerError, match=r"^a\.parquet：有 2,001 列.*至多 2,000 列$"):
        read_parquet(path)


def test_an_index_is_a_column_whatever_pandas_noted_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pd.DataFrame({"名称": ["甲"]}, index=pd.Index(["420525101"], name="代码")).to_parquet(path)
    assert read_parquet(path).to_dict("list") == {"名称": ["甲"], "代码": ["420525101"]}
    table = pq.read_table(path)
    lie = json.dumps({"index_columns": ["nope"], "columns": [], "column_indexes": []})
    pq.write_table(table.replace_schema_metadata({"pandas": lie}), path)
    assert read_parquet(path).to_dict("list") == {"名称": ["甲"], "代码": ["420525101"]}
