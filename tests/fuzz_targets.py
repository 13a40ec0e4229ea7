"""What a damaged or hostile input is given to: each target reads one file, as hbgeo would.

A target's `check` returns, or raises an `HbgeoError`; anything else it raises is a fault of hbgeo.
Add one: a function of the path of the input, seeds of some suffixes, and its entry in `TARGETS`.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import geopandas as gpd
import nasty
import osmium
import pandas as pd
import shapely
import xlsxwriter
from golden_cases import make_workspace
from grids import write_grid
from osmium.osm import mutable

from hbgeo.errors import HbgeoError
from hbgeo.measure.graph import make_network
from hbgeo.read.catalog import Layer
from hbgeo.read.cell import coordinates, dates, numbers, personal, text
from hbgeo.read.cell.values import read_pairs, read_values
from hbgeo.read.issues import Notes
from hbgeo.read.layer import read_layer
from hbgeo.read.policy import SHIPPED_POLICY
from hbgeo.read.schema.records import Column, every_schema, read_schema
from hbgeo.read.units.grid import read_cells, read_grid
from hbgeo.workspace import Workspace

Seeds = Mapping[str, bytes]  # suffix, or anything that ends in one → a sound file


@dataclass(frozen=True)
class Target:
    """One thing that reads files.

    Attributes
    ----------
    words
        What damages are made with, beside the seeds' own bytes.
    paths
        Whether the seeds are TOML, whose values can be exchanged key by key.
    """

    check: Callable[[Path], object]
    seeds: Callable[[], Seeds]
    words: tuple[bytes, ...] = ()
    paths: bool = False
    most: int = field(default=1 << 18)  # bytes of an input


# ---------------------------------------------------------------- catalogue and policy

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [{"code": f"42052510{n}", "name": f"示例{n}镇"} for n in range(2)],
    "cemetery": """
        编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
        G1 | 示例公墓一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | 远安县 | 示例0镇
    """,
}


@cache
def _world() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hbgeo-fuzz-"))
    return make_workspace(WORLD, folder).root


def _check_catalog(file: Path) -> None:
    world = _world()
    own = world / "layers" / "own.toml"
    if not own.exists():
        shutil.copy(world / "layers" / "catalog.toml", own)
    shutil.copy(file, world / "layers" / "catalog.toml")
    try:
        workspace = Workspace.open(world)
        workspace.issues()
        workspace.describe_layers()
        workspace.assess(["cemetery-township"])
    finally:
        shutil.copy(own, world / "layers" / "catalog.toml")


def _catalog_seeds() -> Seeds:
    own = (_world() / "layers" / "catalog.toml").read_bytes() + b"\n"
    more = b'columns = { name = "\xe5\x85\xac\xe5\xa2\x93" }\nyear = 2020\nencoding = "utf-8"\n'
    return {".toml": own, "more.toml": own + more}


def _check_policy(file: Path) -> None:
    folder = _world() / "layers" / "policy"
    folder.mkdir(exist_ok=True)
    shutil.copy(file, folder / "a.toml")
    try:
        workspace = Workspace.open(_world())
        workspace.issues()
        own = [k for k, one in workspace.policy.items() if one.origin.startswith("a.toml")]
        workspace.assess(own[:10])
    finally:
        (folder / "a.toml").unlink()


def _policy_seeds() -> Seeds:
    """An indicator of every kind, alone in its file, on layers that are there."""
    seeds = {}
    for file in SHIPPED_POLICY.iterdir():
        table = tomllib.loads(file.read_text("utf-8"))
        for row in table["indicator"]:
            kind = f"{row['measure']}-{len(row.keys() & {'year', 'among', 'needs', 'listed'})}.toml"
            one = table | {"indicator": [row | {"layer": "cemetery"}]}
            seeds.setdefault(kind, nasty.with_value(one, (), "").encode())
    return seeds


# ---------------------------------------------------------------- files of layers

HEADING = [
    "名称",
    "所在县",
    "所在乡镇",
    "经度",
    "纬度",
    "坐标系",
    "启用时间",
    "状态",
    "床位数",
    "备注",
]
ROWS = [
    [f"示例{n}", "远安县", f"示例{n % 2}镇", f"111.{n}5", "31.05", "CGCS2000", "2020-05", "运营", "20", "无"]
    for n in range(6)
]  # fmt: skip


def _check_points(file: Path) -> None:
    for schema in ("facility", "eldercare"):
        made = Layer(schema, "facilities", (file.name,), "示例", schema=schema, crs="CGCS2000")
        read_layer(made, file.parent)


def _check_shapes(file: Path) -> None:
    read_layer(Layer("township", "units", (file.name,), "示例", schema="unit"), file.parent)


def _csv_seeds() -> Seeds:
    rows = "\n".join(",".join(row) for row in [HEADING, *ROWS]) + "\n"
    quoted = "\r\n".join(",".join(f'"{c}"' for c in row) for row in [["标题"], HEADING, *ROWS])
    wide = "\n".join(";".join(row) for row in [HEADING, *ROWS])
    return {
        ".csv": rows.encode(),
        "gbk.csv": rows.encode("gb18030"),
        "quoted.csv": quoted.encode("utf-8-sig"),
        "utf16.txt": wide.encode("utf-16"),
        ".tsv": rows.replace(",", "\t").encode(),
    }


def _xlsx_seeds() -> Seeds:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name in ("甲", "乙"):
            sheet = book.add_worksheet(name)
            sheet.merge_range(0, 0, 0, 3, "登记表")
            for number, row in enumerate([HEADING, *ROWS], start=1):
                sheet.write_row(number, 0, row)
            sheet.write_formula(9, 3, "=1+1", value="")
            sheet.write_number(3, 8, 20.5)
            sheet.set_row(4, None, None, {"hidden": True})
    return {".xlsx": made.getvalue()}


_ODS = (
    '<?xml version="1.0"?><office:document-content office:version="1.2" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="a">{}</table:table></office:spreadsheet>'
    "</office:body></office:document-content>"
)


def _ods_seeds() -> Seeds:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in [HEADING, *ROWS]
    )
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", _ODS.format(rows + blank))
    return {".ods": made.getvalue()}


def _kml_seeds() -> Seeds:
    marks = "".join(
        f"<Placemark><name>{row[0]}</name><description><![CDATA[<table><tr><td>状态</td>"
        f"<td>运营</td></tr></table>]]></description><ExtendedData><Data name='床位数'><value>3"
        f"</value></Data></ExtendedData><Point><coordinates>{row[3]},{row[4]},0</coordinates>"
        "</Point></Placemark>"
        for row in ROWS
    )
    line = (
        "<Placemark><LineString><coordinates>111,31 112,32</coordinates></LineString></Placemark>"
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    text = (
        f"{head}<Document><Folder><name>甲</name>{marks}{line}</Folder></Document></kml>".encode()
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("doc.kml", text)
    return {".kml": text, ".kmz": made.getvalue()}


def _geometry_seeds() -> Seeds:
    units = gpd.GeoDataFrame(
        {"代码": ["420525100", "420525101"], "名称": ["示例甲镇", "示例乙镇"]},
        geometry=[shapely.box(111, 31, 111.5, 32), shapely.box(111.5, 31, 112, 32)],
        crs=4490,
    )
    seeds, folder = {}, Path(tempfile.mkdtemp())
    for suffix in (".gpkg", ".geojson", ".fgb"):
        units.to_file(folder / f"a{suffix}")
        seeds[suffix] = (folder / f"a{suffix}").read_bytes()
    units.to_parquet(folder / "a.parquet")
    seeds[".parquet"] = (folder / "a.parquet").read_bytes()
    (folder / "shape").mkdir()
    units.to_file(folder / "shape" / "a.shp", encoding="utf-8")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for part in sorted((folder / "shape").iterdir()):
            file.write(part, part.name)
    shutil.rmtree(folder)
    return {**seeds, ".zip": made.getvalue()}


# ---------------------------------------------------------------- population grids


def _check_grid(file: Path) -> None:
    """Count a grid and read its cells, as far as it is one."""
    layer = Layer("population-grid", "grid", (str(file),), "示例", schema="population-grid")
    read_grid(layer, file.parent)
    for batch in read_cells(layer, file.parent):
        if not (batch.people > 0).all():
            raise AssertionError("a cell without people")


def _grid_seeds() -> Seeds:
    import numpy as np

    seeds, folder = {}, Path(tempfile.mkdtemp())
    people = np.random.default_rng(1).gamma(0.5, 9, (40, 50))
    ways = {"plain": {}, "packed": {"compress": "lzw", "predictor": 3}, "big": {"bigtiff": "yes"}}
    ways["blocks"] = {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate"}
    for name, how in ways.items():
        values = people.astype("float32" if name == "packed" else "int16")
        path = write_grid(folder / "a.tif", values, cell=0.01, nodata=-1, **how)
        seeds[f"{name}.tif"] = path.read_bytes()
    shutil.rmtree(folder)
    return seeds


# ---------------------------------------------------------------- cells

_ONE_BY_ONE: tuple[Callable[[str], object], ...] = (
    text.clean, text.clean_text, text.is_filled, text.split_list, text.choice_key,
    numbers.number_of, numbers.read_unit, numbers.heading_unit, numbers.area_unit,
    numbers.is_number, numbers.has_more_digits, lambda t: numbers.read_area(t, 1.0),
    dates.read_day, dates.is_ambiguous_month, lambda t: dates.parse_date(t, "start"),
    coordinates.read_angle, coordinates.read_pair, coordinates.split_pair,
    personal.hide_numbers, personal.hide_id_cards,
)  # fmt: skip


def _check_cells(file: Path) -> None:
    """Every line a cell: read by every parser, and as a column of every kind."""
    cells = file.read_bytes().decode("utf-8", "replace").split("\n")
    for cell in cells:
        for read in _ONE_BY_ONE:
            read(cell)
    column = pd.Series(cells, name="占地面积(万平方米)", dtype="str")
    where = pd.DataFrame({"file": "a", "sheet": "", "row": range(len(cells))})
    kinds = {c.type: c for schema in every_schema() for c in schema.columns.values()}
    for kind in [*kinds.values(), Column("x", ("x",), "area"), Column("x", ("x",), "id")]:
        notes = Notes("a", where, read_schema("facility"))
        if kind.type == "pair":
            read_pairs(column, notes)
        else:
            read_values(column, kind, notes)


def _cell_seeds() -> Seeds:
    return {
        "numbers.txt": "1,234.5万人\n-0\n1e5\n３．５亩\n50张\n约200\n.5\n1e400\n+12%".encode(),
        "dates.txt": "2021-06-30\n2021年6月\n二〇二一年十月三日\n44348\n2019.10\n0000-00-00".encode(),
        "points.txt": "114°18′18.3″E\n30.5,114.3\n38529251.8\nN30度5分\n(114.3050 30.59)".encode(),
        "people.txt": "电话 138-1234-5678\n420102199001011234\n6222 0212 3456 7890 128\na@b.cn".encode(),
    }


# ---------------------------------------------------------------- roads


def _check_roads(path: Path) -> None:
    layer = Layer("roads", "lines", (str(path),), "示例", schema="road")
    read = read_layer(layer, path.parent).frame
    if len(read):
        with contextlib.suppress(HbgeoError):
            make_network(read)


def _road_seeds() -> Seeds:
    folder = Path(tempfile.mkdtemp())
    try:
        writer = osmium.SimpleWriter(str(folder / "a.osm.pbf"))
        for number in range(1, 5):
            writer.add_node(mutable.Node(id=number, location=(112 + number / 100, 30.0)))
        tags = {"highway": "primary", "name": "示例路", "maxspeed": "30 mph", "oneway": "-1"}
        writer.add_way(mutable.Way(id=1, nodes=[1, 2, 3], tags=tags))
        writer.add_way(mutable.Way(id=2, nodes=[3, 4], tags={"highway": "residential"}))
        writer.close()
        return {".pbf": (folder / "a.osm.pbf").read_bytes()}
    finally:
        shutil.rmtree(folder)


TARGETS = {
    "catalogue": Target(
        _check_catalog, _catalog_seeds, paths=True,
        words=tuple(v[:200].encode() for v in nasty.NASTY.values()),
    ),
    "policy": Target(
        _check_policy, _policy_seeds, paths=True,
        words=tuple(v[:200].encode() for v in nasty.NASTY.values()),
    ),
    "csv": Target(
        _check_points, _csv_seeds,
        words=(b'"', b'""', b",", b"\t", b"\r", b"\0", b"\x1a", b"\xff\xfe", b"sep=;\n", b"'1", b'="1"'),
    ),
    "xlsx": Target(
        _check_points, _xlsx_seeds,
        words=(b'r="XFD1048576"', b'r="a1"', b't="s"', b"<v>99999999</v>", b"<f/>", b"<!DOCTYPE a>", b"&#0;"),
    ),
    "ods": Target(
        _check_points, _ods_seeds,
        words=(b'table:number-columns-repeated="16384"', b'table:number-rows-repeated="1048576"', b"<text:s text:c='99999999'/>", b"office:value='1e999'"),
    ),
    "kml": Target(
        _check_points, _kml_seeds,
        words=(b"<Folder>", b"</Placemark>", b"<MultiGeometry>", b"nan,inf", b"1e999", b"<![CDATA[", b"&#x0;", b"<!DOCTYPE a>"),
    ),
    "grids": Target(
        _check_grid, _grid_seeds, words=(b"\0\0\0\0", b"\xff" * 4, b"nan", b"1e999", b"II+\0", b"\0\0\xf0\x7f"),
    ),
    "geometries": Target(_check_shapes, _geometry_seeds, words=(b"\0\0\0\0", b"\xff" * 8, b"null", b"[]", b"1e999")),
    "roads": Target(_check_roads, _road_seeds, words=(b"OSMHeader", b"OSMData", b"\xff" * 8)),
    "cells": Target(
        _check_cells, _cell_seeds, most=1 << 14,
        words=tuple(w.encode() for w in ("°", "′", "万", "亩", "年", "月", "，", "。", "e", "-", "\u200b", "\ud7ff", "０", "𣲗", "9" * 50)),
    ),
}  # fmt: skip
SUFFIX = re.compile(r"\.[a-z0-9]+$")
