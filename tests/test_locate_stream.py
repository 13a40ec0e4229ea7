"""Points are tagged with the unit that holds them, batch by batch."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.locate_stream import tag_points
from hbgeo.read.catalog import Layer
from hbgeo.read.stream.points import open_points

N = 53
X = np.round(np.linspace(110, 115, N), 6)
Y = np.round(np.linspace(30, 32, N), 6)
NAMES = [f"簰洲湾{i}号" for i in range(N)]


LAYER = Layer("locate", "facilities", ("",), "")


def write_gpkg(folder: Path) -> Path:
    """The points as a GeoPackage."""
    frame = gpd.GeoDataFrame({"名称": NAMES}, geometry=shapely.points(X, Y), crs="EPSG:4490")
    frame.to_file(folder / "点.gpkg")
    return folder / "点.gpkg"


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    """A table of text."""
    path.write_text("\n".join(",".join(r) for r in rows) + "\n", encoding="utf-8")
    return path


def units() -> pd.DataFrame:
    """Two squares that share a border, the western with the greater code."""
    return pd.DataFrame(
        {
            "name": ["西镇", "东镇"],
            "county_code": ["420101", "420101"],
            "county": ["示例县", "示例县"],
            "geometry": [shapely.box(110, 30, 112, 32), shapely.box(112, 30, 114, 32)],
        },
        index=["420101102", "420101101"],
    )


def test_tags_are_those_of_the_index_one_by_one(tmp_path):
    points = open_points(write_gpkg(tmp_path), LAYER, size=10)
    tagged = tag_points(points, units())
    table = pa.Table.from_batches([p[0] for p in tagged.parts], tagged.schema).to_pandas()
    owner = UnitIndex(units()).query(X, Y)
    wanted = [units().index[o] if o >= 0 else "" for o in owner]
    assert table["unit_code"].tolist() == wanted
    assert (tagged.count.rows, tagged.count.lost) == (N, wanted.count(""))
    assert list(table.columns) == [
        "名称",
        "unit_code",
        "unit_name",
        "county_code",
        "county",
        "x",
        "y",
    ]


def test_a_point_on_a_shared_border_has_the_smallest_code(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["经度", "纬度"], ["112", "31"], ["120", "31"]])
    tagged = tag_points(open_points(path, LAYER), units())
    table = pa.Table.from_batches([p[0] for p in tagged.parts]).to_pydict()
    assert table["unit_name"] == ["东镇", ""]
    assert table["county"] == ["示例县", ""]


def test_columns_that_bear_a_tags_name_are_kept_under_another(tmp_path):
    rows = [["经度", "纬度", "county", "unit_code"], ["112.5", "31", "甲", "乙"]]
    tagged = tag_points(open_points(write_csv(tmp_path / "a.csv", rows), LAYER), units())
    table = pa.Table.from_batches([p[0] for p in tagged.parts]).to_pydict()
    assert table["county(原表)"] == ["甲"]
    assert table["county"] == ["示例县"]
    assert table["unit_code(原表)"] == ["乙"]
