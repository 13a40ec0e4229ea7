"""One layer of the catalogue, whole: its files found, its rows tidy, its coordinates in CGCS2000."""

from __future__ import annotations

import glob
from dataclasses import replace
from pathlib import Path

import pandas as pd

from hbgeo.errors import CatalogError, LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.ledger import EXCEL, TEXT, read_ledger
from hbgeo.read.points import place_points
from hbgeo.read.schema import (
    PROVENANCE,
    Schema,
    Tidy,
    clean_text,
    is_personal,
    mask,
    match_columns,
    read_schema,
    tidy,
)
from hbgeo.read.vector import SUFFIXES, find_garbled, list_layers, read_vector


def find_files(layer: Layer, folder: Path) -> list[Path]:
    """Find a layer's files: beside the catalogue, by name, list or glob, or absolute.

    Raises
    ------
    CatalogError
        If a path is not there, is a database, or leads out of the workspace.
    """
    found: list[Path] = []
    for given in layer.paths:
        at = f"catalog.toml [{layer.key}]:path = “{given}”"
        if "://" in given:
            raise CatalogError(f"{at} 是数据库或网址;这一版只读文件")
        path = Path(given)
        if ".." in path.parts:
            raise CatalogError(f"{at} 含有“..”;只能用本目录下的文件或绝对路径")
        matches = [path] if path.is_absolute() else _beside(folder, given)
        if not matches or not matches[0].exists():
            raise CatalogError(f"{at} 没有这个文件;路径相对于 {folder}")
        if not path.is_absolute():
            _refuse_links(matches, folder, at)
        found.extend(matches)
    return list(dict.fromkeys(found))


def read_layer(layer: Layer, folder: Path) -> Tidy:
    """Read one layer of the catalogue.

    Returns
    -------
    tidied
        `frame` under the schema's canonical columns, with `geometry` for units and `x`, `y`
        (CGCS2000 degrees, NaN where there are none) for everything else, and `file`, `sheet`,
        `row`. `aside` holds the rows that an error puts aside.

    Raises
    ------
    LayerError
        If a file cannot be read, its encoding or CRS is not as declared, or no row has a place.
    """
    schema = read_schema(layer.schema)
    raw = pd.concat([_read_raw(p, layer, schema) for p in find_files(layer, folder)])
    raw = raw.reset_index(drop=True)
    texts = raw.columns.difference(["geometry", "row"])
    raw[texts] = raw[texts].fillna("")  # files of one glob may lack each other's columns
    _refuse_garbled(raw, layer)
    made = tidy(raw, schema, layer.key, layer.columns)
    if layer.role == "units":
        if "geometry" not in made.frame:
            raise LayerError(f"{_file(raw)}:单元图层应为面图层(gpkg、shp、geojson、parquet)")
        return made
    return place_points(made, layer, schema)


def read_passing(path: Path, layer: Layer) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Read a point file to be tagged and passed on.

    Returns
    -------
    columns
        The file's own text columns; personal ones are dropped, numbers of persons hidden.
    points
        `x`, `y` in CGCS2000, NaN where there are none or they cannot be used.
    notes
        Lines for the user: the CRS taken for granted, columns dropped, rows that have no point.
    """
    schema = read_schema("facility")
    notes = []
    raw = _read_raw(path, layer, schema)
    if "geometry" not in raw and not layer.crs:
        stated = match_columns([c for c in raw.columns if c not in PROVENANCE], schema)
        if "coord_sys" not in stated:
            layer = replace(layer, crs="CGCS2000")
            notes.append(
                "文件未说明坐标系,按 CGCS2000 处理;如为高德、百度坐标请加 --crs GCJ-02 或 BD-09。"
            )
    places = [c for c in ("lon", "lat", "coord_sys") if c in schema.columns]
    only = replace(schema, columns={c: schema.columns[c] for c in places}, counting=None)
    made = place_points(tidy(raw, only, layer.key), replace(layer, role="passing"), only)
    points = made.frame[["x", "y"]].reindex(raw.index)
    hidden = [c for c in raw.columns if is_personal(c)]
    if hidden:
        notes.append(f"疑似个人信息的列已丢弃:{'、'.join(hidden)}。")
    if len(made.aside):
        first = next((i.message for i in made.issues if i.severity == "error"), "")
        notes.append(f"{len(made.aside):,} 行的坐标不能使用,未归属;如:{first}。")
    keep = [c for c in raw.columns if c not in {*PROVENANCE, "geometry", *hidden}]
    return raw[keep].map(lambda t: mask(clean_text(t))), points, notes


def crs_of(layer: Layer, folder: Path) -> str:
    """The CRS in which a layer comes: its files' own, the catalogue's, or its 坐标系 column."""
    if layer.crs:
        return layer.crs
    path = find_files(layer, folder)[0]
    if path.suffix.lower() in SUFFIXES - {".parquet", ".geoparquet"}:
        inside = list_layers(path)
        about = inside.get(layer.table) or next(iter(inside.values()))
        return about["crs"] or "未说明"
    return "文件自带" if path.suffix.lower() in SUFFIXES else "见坐标系列"


def _read_raw(path: Path, layer: Layer, schema: Schema) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return read_vector(path, layer)
    if suffix in EXCEL | TEXT:
        return read_ledger(path, layer, schema)
    if suffix == ".et":
        raise LayerError(f"{path.name}:WPS 的 .et 文件请另存为 .xlsx")
    allowed = "、".join(sorted(SUFFIXES | EXCEL | TEXT))
    raise LayerError(f"{path.name}:不认识的文件类型;可用 {allowed}")


def _beside(folder: Path, given: str) -> list[Path]:
    if not glob.has_magic(given):
        return [folder / given]
    return sorted(folder.glob(given))


def _refuse_links(paths: list[Path], folder: Path, at: str) -> None:
    home = folder.resolve().parent
    for path in paths:
        if not path.resolve().is_relative_to(home):
            raise CatalogError(f"{at} 是指向工作区之外的链接;请改用绝对路径")


def _refuse_garbled(raw: pd.DataFrame, layer: Layer) -> None:
    for column in raw.columns.difference([*PROVENANCE, "geometry"]):
        for texts in (pd.Series([column]), raw[column]):
            if bad := find_garbled(texts):
                file = raw["file"].iloc[0] if len(raw) else ""
                msg = f"{file}:文字是乱码(如“{clean_text(bad)[:20]}”),编码读错或源文件已损坏;"
                raise LayerError(msg + f"请核对 [{layer.key}] 的 encoding,或从源头重新导出")


def _file(frame: pd.DataFrame) -> str:
    return str(frame["file"].iloc[0]) if len(frame) else ""
