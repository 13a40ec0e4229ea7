"""Boundary and point files (gpkg, shp, geojson, parquet, fgb) → text columns and geometry."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import fiona
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from fiona.errors import FionaError
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from hbgeo.errors import LayerError
from hbgeo.read import datum
from hbgeo.read.catalog import Layer

SUFFIXES = {".gpkg", ".shp", ".geojson", ".json", ".parquet", ".geoparquet", ".fgb"}
_DBF_LIMIT = 64 << 20  # bytes of a dBase table looked at to tell its encoding


def list_layers(path: Path) -> dict[str, dict[str, Any]]:
    """List the layers of a vector file with their fields, geometry types and CRS, as fiona sees.

    Returns
    -------
    layers
        Name → `{"fields": {name: type}, "geometry": str, "crs": str}`.

    Raises
    ------
    LayerError
        If the file cannot be opened.
    """
    try:
        found = {}
        for name in fiona.listlayers(path):
            with fiona.open(path, layer=name) as source:
                schema = source.schema
                found[name] = {
                    "fields": dict(schema["properties"]),
                    "geometry": schema["geometry"],
                    "crs": source.crs.to_string() if source.crs else "",
                }
    except FionaError as err:
        raise LayerError(f"{path.name}:无法打开({_first_line(err)})") from None
    return found


def read_vector(path: Path, layer: Layer) -> pd.DataFrame:
    """Read one vector file whole, through Arrow.

    Returns
    -------
    raw
        Text columns under the file's headings, `geometry` in CGCS2000, and `file`, `sheet`
        (the layer inside the file), `row` (1 for the first feature).

    Raises
    ------
    LayerError
        If the file is empty or not what its name says, the encoding is not what was declared,
        or neither the file nor the catalogue says the CRS.
    """
    if path.stat().st_size == 0:
        raise LayerError(f"{path.name}:空文件")
    if path.suffix.lower() in {".parquet", ".geoparquet"}:
        frame, table = _read_parquet(path), ""
    else:
        frame, table = _read_ogr(path, layer)
    if "geometry" not in frame or not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(f"{path.name}:没有几何列;应为面或点图层")
    geometry = _to_cgcs2000(frame, path, layer)
    raw = pd.DataFrame(_texts(frame.drop(columns="geometry")))
    raw["geometry"] = geometry
    raw["file"], raw["sheet"] = path.name, table
    raw["row"] = np.arange(1, len(raw) + 1)
    return raw


def _read_ogr(path: Path, layer: Layer) -> tuple[gpd.GeoDataFrame, str]:
    table = _table_name(path, layer)
    encoding = _shp_encoding(path, layer) if path.suffix.lower() == ".shp" else None
    try:
        frame = pyogrio.read_dataframe(path, layer=table, encoding=encoding, use_arrow=True)
    except (DataSourceError, DataLayerError, FieldError, UnicodeDecodeError, ValueError) as err:
        raise LayerError(f"{path.name}:无法读取({_first_line(err)})") from None
    return frame, table if path.suffix.lower() == ".gpkg" else ""


def _table_name(path: Path, layer: Layer) -> str:
    try:
        names = [str(n) for n in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError:
        kind = path.suffix.lower().lstrip(".")
        raise LayerError(f"{path.name}:不是有效的 {kind} 文件(内容与扩展名不符或已损坏)") from None
    if layer.table and layer.table not in names:
        raise LayerError(f"{path.name}:没有图层“{layer.table}”;已有图层:{'、'.join(names)}")
    if not layer.table and len(names) > 1:
        msg = f"{path.name}:有 {len(names)} 个图层({'、'.join(names)}),请用 layer 指明"
        raise LayerError(msg)
    return layer.table or names[0]


def _read_parquet(path: Path) -> gpd.GeoDataFrame:
    try:
        return gpd.read_parquet(path)
    except (ValueError, OSError) as err:
        raise LayerError(f"{path.name}:不是有效的 GeoParquet 文件({_first_line(err)})") from None


def _shp_encoding(path: Path, layer: Layer) -> str:
    """Tell a shapefile's encoding: catalogue, `.cpg`, UTF-8 if strictly so, else GB18030."""
    table = next(
        (p for p in path.parent.glob(f"{path.stem}.*") if p.suffix.lower() == ".dbf"), None
    )
    if table is None:
        raise LayerError(f"{path.name}:缺少同名的 .dbf 文件")
    with table.open("rb") as file:
        data = file.read(_DBF_LIMIT)
    cpg = next((p for p in path.parent.glob(f"{path.stem}.*") if p.suffix.lower() == ".cpg"), None)
    declared = layer.encoding or (cpg.read_text("ascii", "replace").strip() if cpg else "")
    return tell_encoding(_dbf_text(data), declared, path.name)


def tell_encoding(data: bytes, declared: str, name: str) -> str:
    """Return the encoding of `data`: the declared one if it fits, UTF-8 if strictly so, GB18030.

    Raises
    ------
    LayerError
        If the declared encoding cannot be right, or none fits.
    """
    fits = [e for e in ("utf-8", "gb18030") if _decodes(data, e)]
    if data.isascii():
        return "utf-8"
    if declared:
        wanted = _codec(declared, name)
        # UTF-8 is strict: bytes that are valid UTF-8 beyond ASCII are hardly ever anything else
        if not _decodes(data, wanted) or (wanted != "utf-8" and "utf-8" in fits):
            found = fits[0].upper() if fits else "未知"
            msg = f"{name}:编码与声明不符(声明 {declared},实际应为 {found});请改正 encoding 或 .cpg"
            raise LayerError(msg)
        return wanted
    if not fits:
        raise LayerError(f"{name}:既不是 UTF-8 也不是 GB18030 编码;请用 encoding 指明")
    return fits[0]


def find_garbled(texts: pd.Series) -> str:
    """Return the first text that was decoded in the wrong encoding, or ""."""
    return next((t for t in pd.unique(texts) if t and _garbled(t)), "")


def _garbled(text: str) -> bool:
    """Text that turns into other Chinese when its decoding is undone was decoded wrongly."""
    if text.isascii():
        return False
    if "\ufffd" in text:
        return True
    for wrong, right in (("gb18030", "utf-8"), ("latin-1", "gb18030"), ("latin-1", "utf-8")):
        try:
            undone = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        chinese = sum("\u4e00" <= c <= "\u9fff" for c in undone)
        if undone != text and len(undone) >= 2 and chinese >= 0.6 * len(undone):
            return True
    return False


def _dbf_text(data: bytes) -> bytes:
    """The field names and records of a dBase table, without its binary header numbers."""
    if len(data) < 32:
        return b""
    header = int.from_bytes(data[8:10], "little")
    names = b" ".join(data[i : i + 11].split(b"\0")[0] for i in range(32, header - 1, 32))
    return names + b" " + _whole_characters(data, header)


def _whole_characters(data: bytes, header: int) -> bytes:
    """Records with every field trimmed: 254-byte fields may cut a character in two."""
    size = int.from_bytes(data[10:12], "little")
    fields, start = [], 1
    for i in range(32, header - 1, 32):
        if data[i + 11 : i + 12] == b"C":
            fields.append((start, start + data[i + 16]))
        start += data[i + 16]
    parts: list[bytes] = []
    for row in range(header, len(data) - size + 1, max(size, 1)):
        parts.extend(data[row + a : row + b].rstrip(b" \0") for a, b in fields)
    return b" ".join(parts)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _codec(declared: str, name: str) -> str:
    """The Python codec for a declared encoding; GBK and GB2312 are read as their superset."""
    key = declared.strip().lower().replace("cp936", "gb18030").replace("ansi 936", "gb18030")
    key = {"936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(key, key)
    try:
        return codecs.lookup(key).name
    except LookupError:
        msg = f"{name}:不认识的编码“{declared}”;可用 utf-8、gb18030、utf-16"
        raise LayerError(msg) from None


def _to_cgcs2000(frame: gpd.GeoDataFrame, path: Path, layer: Layer) -> np.ndarray[Any, Any]:
    """Bring the geometry to CGCS2000; the file's own CRS goes before the catalogue's."""
    shapes = frame.geometry.to_numpy()
    if layer.crs and datum.is_shifted(layer.crs):
        crs = layer.crs  # no file can declare an enciphered datum: the catalogue knows better
    elif frame.crs is not None:
        crs = datum.name_of(frame.crs)
    elif layer.crs:
        crs = layer.crs
    else:
        msg = f"{path.name}:没有坐标系信息,catalog.toml 的 [{layer.key}] 也未写 crs;可用 {datum.ALLOWED}"
        raise LayerError(msg)
    move = datum.transformation(crs)
    moved = shapely.transform(shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    _check_degrees(moved, path)
    return np.asarray(moved)


def _check_degrees(shapes: np.ndarray[Any, Any], path: Path) -> None:
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (0, 0, 0, 0)
    if north > 90 or south < -90:
        hint = "经度、纬度疑似写反" if east <= 90 else "坐标疑为米,与声明的坐标系不符"
        raise LayerError(
            f"{path.name}:坐标范围 {west:.6g},{south:.6g} 至 {east:.6g},{north:.6g} 不是经纬度;{hint}"
        )


def _texts(frame: pd.DataFrame) -> dict[str, pd.Series]:
    return {str(name): _text_column(frame[name]) for name in frame.columns}


def _text_column(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    if pd.api.types.is_float_dtype(cells):
        whole = cells.notna() & (cells % 1 == 0) & (cells.abs() < 2**53)
        texts = cells.map(repr).astype("str")
        return (
            texts.where(~whole, cells.map("{:.0f}".format)).where(cells.notna(), "").astype("str")
        )
    return cells.astype("str").where(cells.notna(), "").astype("str")


def _first_line(err: BaseException) -> str:
    return str(err).strip().splitlines()[0][:120] if str(err).strip() else type(err).__name__
