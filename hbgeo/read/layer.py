"""One layer of the catalogue, whole: its files found, its rows tidy, its coordinates in CGCS2000."""

from __future__ import annotations

import glob
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from hbgeo.errors import CatalogError, LayerError
from hbgeo.read import datum
from hbgeo.read.catalog import Layer
from hbgeo.read.datum import Floats
from hbgeo.read.ledger import EXCEL, TEXT, read_ledger
from hbgeo.read.schema import (
    PROVENANCE,
    Mask,
    Notes,
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

_NAMING = (
    *("name", "code"),  # of a place or of a table's row: its own
    *("county", "county_code", "township", "township_code", "village", "village_code"),
)


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
    return _place(made, layer, schema)


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
    made = _place(tidy(raw, only, layer.key), replace(layer, role="passing"), only)
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


def _place(made: Tidy, layer: Layer, schema: Schema) -> Tidy:
    """Give every row x, y in CGCS2000; rows whose coordinates cannot be used are put aside."""
    frame = made.frame.copy()
    notes = Notes(layer.key, frame, schema)
    if "geometry" in frame:
        frame["x"], frame["y"] = _points(frame.pop("geometry"), _file(frame))
        bad = np.zeros(len(frame), bool)
    elif {"lon", "lat"} <= set(frame.columns):
        lon, lat = _straighten(frame, notes)
        frame["x"], frame["y"], bad = _to_cgcs2000(frame, lon, lat, layer, notes)
        bad = bad | _refuse_far(frame, bad, notes)
        _note_precision(frame, notes)
    else:
        _refuse_placeless(frame, layer, schema)
        frame["x"], frame["y"] = np.nan, np.nan
        bad = np.zeros(len(frame), bool)
    aside = pd.concat([made.aside, frame[bad]])
    frame = frame.drop(columns=["lon", "lat", "coord_sys"], errors="ignore")
    return Tidy(frame[~bad], aside, (*made.issues, *notes.issues))


def _points(shapes: pd.Series, file: str) -> tuple[Floats, Floats]:
    points = shapes.to_numpy()
    kinds = set(shapely.get_type_id(points[~shapely.is_missing(points)]).tolist())
    if not kinds <= {0, 4}:  # points and multipoints
        raise LayerError(f"{file}:应为点图层")
    points = shapely.centroid(points)  # a multipoint of one; a point is its own
    return shapely.get_x(points), shapely.get_y(points)


def _refuse_placeless(frame: pd.DataFrame, layer: Layer, schema: Schema) -> None:
    naming = set(_NAMING) if layer.role in {"table", "places"} else set(_NAMING[2:])
    if layer.role == "passing":
        naming = set()
    if not naming & set(frame.columns):
        columns = [schema.columns[c] for c in ("lon", "lat", *_NAMING) if c in schema.columns]
        wanted = "、".join(c.names[0] for c in columns[:6])
        raise LayerError(f"{_file(frame)}:没有位置列,需要坐标或所在单元(如 {wanted})")


def _straighten(frame: pd.DataFrame, notes: Notes) -> tuple[pd.Series, pd.Series]:
    """Undo swapped pairs, row by row and said so; a whole file of them is a mistake to mend.

    In China longitude is always above 73 and latitude below 54: a swap is no guess.
    """
    lon, lat = frame["lon"], frame["lat"]
    west, south, east, north = datum.CHINA
    swapped = lat.between(west, east) & lon.between(south, north)
    given = lon.notna() & lat.notna()
    if swapped.any() and swapped.sum() * 2 > given.sum():
        row = frame["row"][swapped].iloc[0]
        msg = f"{_file(frame)} 第{row}行起:经度、纬度两列写反({int(swapped.sum())} 行),如经度={lon[swapped].iloc[0]:g};"
        raise LayerError(msg + "请对调两列,经度应在 73–136 之间")
    pairs = ("(" + lon.map("{:g}".format) + "," + lat.map("{:g}".format) + ")").rename("经纬度")
    say = lambda v: f"经纬度{v}疑似写反,已对调"  # noqa: E731
    notes.cells(
        swapped.to_numpy(), pairs, say, rule="W01", fix="对调经度、纬度", severity="warning"
    )
    return lon.where(~swapped, lat), lat.where(~swapped, lon)


def _to_cgcs2000(
    frame: pd.DataFrame, lon: pd.Series, lat: pd.Series, layer: Layer, notes: Notes
) -> tuple[Floats, Floats, Mask]:
    """Bring each row from its own 坐标系, or the catalogue's, to CGCS2000."""
    blank = pd.Series("", frame.index, dtype="str")
    stated = frame.get("coord_sys", blank)
    crs = stated.where(stated != "", layer.crs)
    given = (lon.notna() & lat.notna()).to_numpy()
    if given.any() and not (crs[given] != "").any():
        msg = (
            f"{_file(frame)}:未说明坐标系;请加“坐标系”列,或在 catalog.toml 的 [{layer.key}] 写 crs"
        )
        raise LayerError(f"{msg}(高德、腾讯填 GCJ-02,百度填 BD-09,天地图、RTK 填 CGCS2000)")
    x, y = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    bad = given & (crs == "").to_numpy()
    why: dict[str, str] = {}
    for name in pd.unique(crs[given & (crs != "").to_numpy()]):
        here = given & (crs == name).to_numpy()
        try:
            x[here], y[here] = datum.to_cgcs2000(lon[here].to_numpy(), lat[here].to_numpy(), name)
        except LayerError as err:
            if name == layer.crs:
                raise
            bad, why[name] = bad | here, str(err)
    shown = stated.rename("坐标系")
    say = lambda v: why.get(v, "未说明坐标系")  # noqa: E731
    notes.cells(
        bad, shown, say, rule="E10", fix="高德、腾讯填 GCJ-02,百度填 BD-09,天地图、RTK 填 CGCS2000"
    )
    half = (lon.notna() != lat.notna()).to_numpy()
    pairs = lon.map("{:g}".format).rename("经度")
    notes.cells(half, pairs, lambda _: "经度、纬度只填了一个", rule="E08", fix="补填另一个")
    return x, y, bad | half


def _refuse_far(frame: pd.DataFrame, bad: Mask, notes: Notes) -> Mask:
    """Coordinates outside China, zeros among them, are no place in any workspace."""
    west, south, east, north = datum.CHINA
    here = frame["x"].between(west, east) & frame["y"].between(south, north)
    far = ((frame["x"].notna() | frame["y"].notna()) & ~here).to_numpy() & ~bad
    pairs = (
        "(" + frame["x"].map("{:g}".format) + "," + frame["y"].map("{:g}".format) + ")"
    ).rename("经纬度")
    say = lambda v: f"坐标{v}不在中国范围内,请检查经纬度与坐标系"  # noqa: E731
    notes.cells(far, pairs, say, rule="E09", fix="核对坐标")
    return np.asarray(far)


def _note_precision(frame: pd.DataFrame, notes: Notes) -> None:
    """Warn of coordinates too coarse to tell the township: fewer than four decimals."""
    coarse = frame["x"].notna().to_numpy()
    for column in ("lon", "lat"):
        scaled = frame[column].to_numpy() * 1000
        coarse = coarse & (np.abs(scaled - np.round(scaled)) < 1e-6)
    pairs = (frame["lon"].map("{:g}".format) + "," + frame["lat"].map("{:g}".format)).rename(
        "经纬度"
    )
    say = lambda v: f"坐标({v})不足四位小数(误差可达百米以上),可能落入相邻乡镇"  # noqa: E731
    notes.cells(coarse, pairs, say, rule="W02", fix="补足小数", severity="warning")


def _file(frame: pd.DataFrame) -> str:
    return str(frame["file"].iloc[0]) if len(frame) else ""
