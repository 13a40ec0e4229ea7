"""Lines and polygons among points: the points are read, the others said one by one; none is lost."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import hostile_maps as hostile
import pytest
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.stream.points import open_points

POINT = "<Point><coordinates>{}</coordinates></Point>"
LINE = "<LineString><coordinates>111.3,30.9 111.4,31</coordinates></LineString>"
RING = "<LinearRing><coordinates>111,30 112,30 112,31 111,30</coordinates></LinearRing>"
AREA = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
TRACK = "<gx:Track><when>2023-01-01</when><gx:coord>111.3 30.9 0</gx:coord></gx:Track>"


def marks(*shapes: str) -> str:
    named = zip("甲乙丙丁戊", shapes, strict=False)
    return hostile.kml("".join(f"<Placemark><name>{n}</name>{s}</Placemark>" for n, s in named))


def read(folder: Path, *shapes: str) -> Tidy:
    hostile.text(folder / "a.kml", marks(*shapes))
    return read_layer(
        Layer("cemetery", "facilities", ("a.kml",), "示例", schema="cemetery"), folder
    )


def said(made: Tidy) -> list[tuple[int | None, str, str]]:
    return [(i.row, i.severity, i.message) for i in made.issues if i.row is not None]


def test_points_among_lines_and_polygons_are_read(tmp_path):
    made = read(tmp_path, POINT.format("111.3,30.9"), LINE, AREA, TRACK)
    assert made.frame[["name", "x", "y"]].to_numpy().tolist() == [["甲", 111.3, 30.9]]
    assert made.aside["name"].tolist() == ["乙", "丙", "丁"]
    assert said(made) == [
        (3, "error", "第3行 “丙”是面，不是点，不计入"),
        (2, "error", "第2行 “乙”是线，不是点，不计入"),
        (4, "error", "第4行 “丁”是线，不是点，不计入"),
    ]
    assert all("改标为点" in i.fix for i in made.issues if i.severity == "error")


def test_a_placemark_of_a_point_and_its_outline_is_the_point(tmp_path):
    whole = f"<MultiGeometry>{POINT.format('111.5,30.5')}{AREA}</MultiGeometry>"
    made = read(tmp_path, whole)
    assert made.frame[["x", "y"]].to_numpy().tolist() == [[111.5, 30.5]]
    assert said(made) == [(1, "warning", "第1行 “甲”除点外还有线或面，按点的位置计")]


def test_a_placemark_of_two_points_stands_between_them_and_says_so(tmp_path):
    two = f"<MultiGeometry>{POINT.format('111,30')}{POINT.format('112,31')}</MultiGeometry>"
    made = read(tmp_path, two)
    assert made.frame[["x", "y"]].to_numpy().tolist() == [[111.5, 30.5]]
    assert said(made) == [(1, "warning", "第1行 “甲”有几个点，按它们的中点计")]


def test_the_same_point_twice_is_one(tmp_path):
    two = f"<MultiGeometry>{POINT.format('111,30') * 2}{LINE}</MultiGeometry>"
    assert said(read(tmp_path, two))[0][2] == "第1行 “甲”除点外还有线或面，按点的位置计"


def test_a_placemark_without_shape_keeps_its_row(tmp_path):
    made = read(tmp_path, POINT.format("111.3,30.9"), "", LINE)
    assert made.frame["name"].tolist() == ["甲", "乙"]
    assert made.frame["x"].isna().tolist() == [False, True]


def test_a_file_without_any_point_is_refused(tmp_path):
    with pytest.raises(LayerError, match="应为点图层"):
        read(tmp_path, LINE, AREA)


def test_other_files_of_several_shapes_are_read_alike(tmp_path):
    shapes = [shapely.LineString([(111, 30), (112, 31)]), shapely.Point(111.25, 30.5)]
    frame = gpd.GeoDataFrame({"名称": ["路", "点"]}, geometry=shapes, crs="EPSG:4490")
    frame.to_file(tmp_path / "a.geojson")
    layer = Layer("cemetery", "facilities", ("a.geojson",), "示例", schema="cemetery")
    made = read_layer(layer, tmp_path)
    assert made.frame["name"].tolist() == ["点"]
    assert made.aside["name"].tolist() == ["路"]


def test_locate_reads_the_points_too_and_says_which_rows_are_none(tmp_path):
    file = hostile.text(tmp_path / "a.kml", marks(LINE, POINT.format("111.3,30.9"), AREA))
    stream = open_points(file, Layer("a", "facilities", (), ""))
    [batch] = stream.batches
    assert batch.x.tolist()[1] == 111.3
    assert [x != x for x in batch.x.tolist()] == [True, False, True]
    assert "第 1、3 行是线或面，不是点，不归属。" in stream.tally.notes()
