"""Background layers: read from any map file, said where a shape is none, small in the page."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import read_catalog
from hbgeo.read.layers import Layers
from hbgeo.read.table import LayerTable
from hbgeo.show.page.background import Background, bounds_of, make_background
from hbgeo.show.page.pack import unpack

BOUNDS = (110.0, 30.0, 111.0, 31.0)


def workspace(folder: Path, name: str, *, crs: str = "") -> Layers:
    """A workspace whose only layer is a background."""
    given = f'crs = "{crs}"\n' if crs else ""
    (folder / "catalog.toml").write_text(
        f'title = "示例"\nas_of = 2023-12-31\nscheme = "MCA-2025"\n[rivers]\nrole = "background"\npath = "{name}"\n'
        f'{given}source = "示例"\nsample = true\n',
        encoding="utf-8",
    )
    return Layers(read_catalog(folder))


def shapes() -> gpd.GeoDataFrame:
    """A river, a lake, a place, and a river without a shape."""
    return gpd.GeoDataFrame(
        {"名称": ["清江", "东湖", "沙市", "断流"], "类型": ["河流", "湖泊", "镇", "河流"]},
        geometry=[
            shapely.LineString([(110, 30.2), (110.5, 30.4), (111, 30.2)]),
            shapely.box(110.4, 30.6, 110.6, 30.8),
            shapely.Point(110.2, 30.9),
            None,
        ],
        crs="EPSG:4490",
    )


@pytest.mark.parametrize("name", ["rivers.gpkg", "rivers.geojson", "rivers.parquet"])
def test_lines_areas_and_points_are_read_and_a_shape_that_is_none_is_said(
    tmp_path: Path, name: str
) -> None:
    frame = shapes()
    if name.endswith(".parquet"):
        frame.to_parquet(tmp_path / name)
    else:
        frame.to_file(tmp_path / name)
    table = workspace(tmp_path, name).table("rivers")
    assert table.title == "底图"
    assert table.frame["name"].tolist() == ["清江", "东湖", "沙市"]
    assert table.frame.geometry.geom_type.tolist() == ["LineString", "Polygon", "Point"]
    assert (table.aside, table.sample) == (1, True)
    [message] = table.issues["message"]
    assert "“断流”没有可画的图形，地图上不画" in message
    assert table.issues["severity"].tolist() == ["warning"]


def test_coordinates_of_a_zone_come_to_degrees(tmp_path: Path) -> None:
    shapes().iloc[:1].to_crs("EPSG:4546").to_file(tmp_path / "rivers.shp", encoding="utf-8")
    table = workspace(tmp_path, "rivers.shp").table("rivers")
    assert table.frame.total_bounds == pytest.approx([110, 30.2, 111, 30.4], abs=1e-7)


def test_a_ledger_is_no_background(tmp_path: Path) -> None:
    pd.DataFrame({"名称": ["清江"], "类型": ["河流"], "经度": ["110.5"], "纬度": ["30.5"]}).to_csv(
        tmp_path / "rivers.csv", index=False
    )
    with pytest.raises(LayerError, match="底图应为线、面或点图层"):
        workspace(tmp_path, "rivers.csv").table("rivers")


def table_of(frame: gpd.GeoDataFrame, key: str = "rivers") -> LayerTable:
    """What reading makes of shapes."""
    return LayerTable(
        key, frame.rename(columns={"名称": "name", "类型": "kind"}), schema="background"
    )


def opened(background: Background) -> tuple[dict, bytes]:
    """The part's JSON and its planes."""
    raw = unpack(background.part)
    size = int.from_bytes(raw[:4], "little")
    return json.loads(raw[4 : 4 + size]), raw[4 + size :]


def numbers(planes: bytes, span: list[int]) -> np.ndarray:
    """The whole numbers of a span, as the page reads them."""
    first, width, count = span
    table = np.frombuffer(planes[first : first + width * count], np.uint8).reshape(width, count)
    return sum(table[n].astype(np.int64) << (8 * n) for n in range(width))


def steps(planes: bytes, span: list[int]) -> np.ndarray:
    """The same of differences that alternate."""
    change = numbers(planes, span)
    return np.cumsum((change >> 1) ^ -(change & 1))


def test_the_part_gives_back_what_was_drawn_the_largest_first() -> None:
    made = make_background([table_of(shapes().dropna())], BOUNDS)
    assert (made.shapes, made.dropped) == (3, 0)
    told, planes = opened(made)
    # the river a degree long, the lake; the place is a name only
    assert numbers(planes, told["counts"]).tolist() == [3, 5]
    assert numbers(planes, told["kinds"]).tolist() == [0, 1]
    assert told["names"] == ["清江", "东湖", "沙市"]
    x = steps(planes, told["x"]) * told["step"] + told["west"]
    y = steps(planes, told["y"]) * told["step"] + told["south"]
    assert x[:3] == pytest.approx([110, 110.5, 111], abs=1e-4)
    assert y[:3] == pytest.approx([30.2, 30.4, 30.2], abs=1e-4)
    assert steps(planes, told["nameX"])[2] * told["step"] == pytest.approx(0.2, abs=1e-4)


def test_what_lies_off_the_map_is_left_out_and_what_crosses_its_edge_is_cut() -> None:
    frame = gpd.GeoDataFrame(
        {"名称": ["远", "长"], "类型": ["", ""]},
        geometry=[
            shapely.LineString([(115, 30), (116, 30)]),
            shapely.LineString([(105, 30.5), (115, 30.5)]),
        ],
        crs="EPSG:4490",
    )
    told, planes = opened(make_background([table_of(frame)], BOUNDS))
    assert told["names"] == ["长"]
    x = steps(planes, told["x"]) * told["step"] + told["west"]
    assert (x.min(), x.max()) == pytest.approx((109.97, 111.03), abs=1e-4)


def test_too_much_drops_the_smallest_and_says_how_many() -> None:
    draw = np.random.default_rng(5)
    count = 400
    lengths = np.linspace(0.001, 0.5, count)
    lines = [
        shapely.LineString(np.column_stack([110 + length * np.linspace(0, 1, 40), 30.5 + draw.normal(0, 0.01, 40)]))
        for length in lengths
    ]  # fmt: skip
    frame = gpd.GeoDataFrame(
        {"名称": [f"河{n}" for n in range(count)], "类型": "河流"}, geometry=lines, crs="EPSG:4490"
    )
    most = 20_000
    made = make_background([table_of(frame)], BOUNDS, most=most)
    assert len(made.part) <= most
    assert made.shapes + made.dropped == count
    assert made.dropped > 0
    told, _ = opened(made)
    assert set(told["names"][:50]) <= {f"河{n}" for n in range(count - 200, count)}
    assert made == make_background([table_of(frame)], BOUNDS, most=most)


def test_where_nothing_lies_there_is_no_part() -> None:
    assert make_background([], BOUNDS) == Background()
    assert make_background([table_of(shapes().dropna())], None) == Background()
    away = make_background([table_of(shapes().dropna())], (90.0, 30.0, 91.0, 31.0))
    assert (away.part, away.shapes) == ("", 0)
    assert bounds_of({}) is None
    assert bounds_of({"county": shapes().iloc[1:2]}) == pytest.approx((110.4, 30.6, 110.6, 30.8))


@pytest.mark.parametrize(
    ("key", "kind", "wanted"),
    [("rivers", "", 0), ("x", "水库", 0), ("x", "高速公路", 2), ("roads", "", 2), ("x", "山", 4)],
)
def test_water_and_roads_are_told_by_the_layer_or_the_kind(
    key: str, kind: str, wanted: int
) -> None:
    frame = shapes().iloc[:1].assign(类型=kind, 名称="某处")
    told, planes = opened(make_background([table_of(frame, key)], BOUNDS))
    assert numbers(planes, told["kinds"]).tolist() == [wanted]
