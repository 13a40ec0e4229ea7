"""Boundary and point files, and PostGIS tables → text columns and geometry in CGCS2000."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from geopandas.array import GeometryDtype
from pyogrio.errors import DataSourceError
from pyproj.exceptions import CRSError

from hbgeo.arrays import Shapes
from hbgeo.arrow import Cells
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.double import show_double
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.crs import ALLOWED_CRS, crs_name, is_shifted, transformation
from hbgeo.read.file.apart import read_apart
from hbgeo.read.file.archive import look_inside, unpack
from hbgeo.read.file.endings import ARCHIVES, KML, MAPS, PARQUET, ROADS
from hbgeo.read.file.guard import (
    OFFLINE,
    UNKNOWN_CRS,
    UNREADABLE,
    check_magic,
    offline,
    refuse_lost,
    unreadable,
)
from hbgeo.read.file.kml import read_kml
from hbgeo.read.file.parquet import read_parquet
from hbgeo.read.file.roads import read_roads
from hbgeo.read.file.shapefile import read_shapefile
from hbgeo.read.file.strings import check_texts
from hbgeo.read.file.width import check_width
from hbgeo.read.schema.match import RESERVED, unique_names
from hbgeo.read.shapes import usable
from hbgeo.store.rests import temporary_folder


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
    import fiona  # for those who ask what is inside
    from fiona.errors import FionaError

    if path.suffix.lower() in KML:
        return {path.stem: {"fields": {}, "geometry": "", "crs": "EPSG:4326"}}
    if path.suffix.lower() in ARCHIVES:
        with unpacked(path) as inside:
            return list_layers(_only_one(inside, path, ""))
    try:
        found = {}
        check_magic(path)
        with fiona.Env(**OFFLINE):
            for name in fiona.listlayers(path):
                with fiona.open(path, layer=name, **_bytewise(path)) as source:
                    schema = source.schema
                    found[name] = {
                        "fields": dict(schema["properties"]),
                        "geometry": schema["geometry"],
                        "crs": source.crs.to_string() if source.crs else "",
                    }
    except LayerError:
        raise
    except (FionaError, *UNREADABLE) as err:
        raise unreadable(path, err) from None
    return found


def _bytewise(path: Path) -> dict[str, str]:
    """Headings that dBase cut inside a character can be read byte by byte only."""
    return {"encoding": "ISO-8859-1"} if path.suffix.lower() == ".shp" else {}


def read_vector(path: Path, layer: Layer) -> pd.DataFrame:
    """Read one vector file whole, through Arrow.

    Returns
    -------
    raw
        Text columns under the file's headings, `geometry` in CGCS2000, and `file`, `sheet`
        (the layer inside the file), `row` (1 for the first feature). A parquet table without
        geometry has none.

    Raises
    ------
    LayerError
        If the file is empty, cut short or not what its name says, the encoding is not what was
        declared, or neither the file nor the catalogue says the CRS.
    """
    if path.suffix.lower() in ARCHIVES:
        with unpacked(path) as inside:
            raw = read_vector(_only_one(inside, path, layer.table), _of_inside(layer, inside))
        raw["file"] = fit_to_show(path.name)
        return raw
    frame, table = _read_frame(path, layer)
    return as_raw(frame, path.name, table, layer)


def read_map(path: Path, layer: Layer) -> pd.DataFrame:
    """Do as `read_vector`, in the worker."""
    raw, at, shapes = read_apart(_read_packed, path, layer)
    if shapes is not None:
        raw.insert(at, "geometry", shapely.from_wkb(shapes.to_numpy(zero_copy_only=False)))
    return raw


def _read_packed(path: Path, layer: Layer) -> tuple[pd.DataFrame, int, Cells | None]:
    """The raw columns, and the geometry (and where it stands) as it is quick to hand over."""
    raw = read_vector(path, layer)
    if path.suffix.lower() == ".gpkg":
        refuse_lost(path, _counted_again(path, layer), len(raw))
    if "geometry" not in raw:
        return raw, 0, None
    at = raw.columns.tolist().index("geometry")
    return raw, at, pa.array(shapely.to_wkb(raw.pop("geometry")), pa.large_binary())


def _counted_again(path: Path, layer: Layer) -> int:
    """How many features a GeoPackage holds, as a second library counts them, over all their rows.

    What the first passes over without a word would be a place that no figure knows of; what the
    second cannot open, the first alone answers for. What is damaged may end the process: this is
    asked only where that ends nothing else (`read_apart`).
    """
    import fiona
    from fiona.errors import FionaError

    with fiona.Env(**OFFLINE):
        try:
            source = fiona.open(path, layer=table_name(path, layer))
        except FionaError:
            return 0
        with source:
            return sum(1 for _ in source.keys())  # noqa: SIM118 - itself it gives whole features


def as_raw(frame: pd.DataFrame, name: str, table: str, layer: Layer) -> pd.DataFrame:
    """Turn a frame as read into raw columns: text, geometry in CGCS2000, and where it came from.

    Parameters
    ----------
    name, table
        What goes into `file` and `sheet`.

    Raises
    ------
    LayerError
        If there is geometry and no CRS, or what it holds is no degrees afterwards.
    """
    shapes = [isinstance(kind, GeometryDtype) for kind in frame.dtypes]
    attributes = pd.DataFrame(frame).loc[:, ~np.array(shapes, bool)]
    names = unique_names([fit_to_show(str(c)) for c in attributes.columns], RESERVED)
    cells = (text_column(attributes.iloc[:, i]) for i in range(len(names)))
    raw = pd.DataFrame(dict(zip(names, cells, strict=True)), index=attributes.index)
    if isinstance(frame, gpd.GeoDataFrame):
        raw["geometry"] = _to_cgcs2000(frame, name, layer)
    raw["file"], raw["sheet"] = fit_to_show(name), fit_to_show(table)
    raw["row"] = np.arange(1, len(raw) + 1)
    return raw


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[list[Path]]:
    """The vector files inside an archive, for as long as the context lasts."""
    with temporary_folder() as folder:
        files = unpack(path, folder)
        yield [f for f in files if f.suffix.lower() in MAPS - ARCHIVES]


def _read_frame(path: Path, layer: Layer) -> tuple[pd.DataFrame, str]:
    suffix = path.suffix.lower()
    if path.stat().st_size == 0:
        raise LayerError(f"{path.name}：空文件")
    if suffix in KML:
        return read_kml(path, layer.encoding), ""
    if suffix in PARQUET:
        return read_parquet(path), ""
    if suffix in ROADS:
        return read_roads(path), ""
    try:
        with offline():
            if suffix == ".shp":
                return _with_geometry(read_shapefile(path, layer), path), ""
            check_magic(path)
            table = table_name(path, layer)
            about = pyogrio.read_info(path, layer=table)
            check_width(path.name, len(about["fields"]))
            with pd.option_context("mode.string_storage", "pyarrow"):  # texts stay to be checked
                frame = pyogrio.read_dataframe(
                    path, layer=table, use_arrow=True, on_invalid="ignore"
                )
            refuse_lost(path, about["features"], len(frame))
            check_texts(frame, path.name)
    except LayerError:
        raise
    except UNREADABLE as err:
        raise unreadable(path, err) from None
    return _with_geometry(frame, path), table if suffix == ".gpkg" else ""


def _with_geometry(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    if not isinstance(frame, gpd.GeoDataFrame):
        raise LayerError(f"{path.name}：没有几何列；应为面或点图层")
    return frame


def table_name(path: Path, layer: Layer) -> str:
    """The layer inside a file that is meant.

    Raises
    ------
    LayerError
        If there is none of the name given, or several and no name.
    """
    try:  # what is damaged ends fiona's own list of layers, and the process with it
        names = [str(n) for n in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError:
        kind = path.suffix.lower().lstrip(".")
        raise LayerError(
            f"{path.name}：不是有效的 {kind} 文件（内容与扩展名不符或已损坏）"
        ) from None
    if layer.table and layer.table not in names:
        raise LayerError(f"{path.name}：没有图层“{layer.table}”；已有图层：{'、'.join(names)}")
    if not layer.table and len(names) != 1:
        msg = f"{path.name}：有 {len(names)} 个图层（{'、'.join(names)}），请用 layer 指明"
        raise LayerError(msg)
    return layer.table or names[0]


def _only_one(inside: list[Path], path: Path, wanted: str) -> Path:
    """The file inside an archive that is meant: the only one, or the one of the name given."""
    named = [f for f in inside if wanted and wanted in {f.stem, f.name}]
    names = "、".join(f.name for f in inside)
    if len(named) == 1 or len(inside) == 1:
        return (named or inside)[0]
    if path.suffix.lower() != ".zip" and (main := [f for f in inside if f.name == "doc.kml"]):
        return main[0]
    if not inside:
        allowed = "、".join(sorted(MAPS - ARCHIVES))
        others = [f"里面是 {name}：{out}" for name, out in look_inside(path).others.items()]
        why = "；".join(others[:3]) or f"可用 {allowed}"
        raise LayerError(f"{path.name}：压缩包里没有图层文件；{why}")
    raise LayerError(f"{path.name}：压缩包里有 {len(inside)} 个图层（{names}），请用 layer 指明")


def _of_inside(layer: Layer, inside: list[Path]) -> Layer:
    """Where the catalogue's `layer` names a file of the archive, it names no table of that file."""
    named = any(layer.table in {f.stem, f.name} for f in inside)
    return replace(layer, table="") if layer.table and named else layer


def _to_cgcs2000(frame: gpd.GeoDataFrame, name: str, layer: Layer) -> Shapes:
    """Bring the geometry to CGCS2000; the file's own CRS goes before the catalogue's."""
    move = transformation(crs_in(frame.crs, name, layer))
    shapes = usable(frame.geometry.to_numpy())
    moved = shapely.transform(shapes, lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    _check_degrees(moved, name)
    return np.asarray(moved)


def crs_in(own: object, name: str, layer: Layer) -> str:
    """The CRS of a file's coordinates: its own, else the catalogue's.

    Raises
    ------
    LayerError
        If neither says one, or the file's is none.
    """
    if layer.crs and is_shifted(layer.crs):
        return layer.crs  # no file can declare an enciphered datum: the catalogue knows better
    if own is not None:
        try:
            return crs_name(own)
        except (CRSError, UnicodeError, TypeError):
            raise LayerError(f"{name}：{UNKNOWN_CRS}") from None
    if layer.crs:
        return layer.crs
    msg = f"{name}：没有坐标系信息，catalog.toml 的 [{layer.key}] 也未写 crs；可用 {ALLOWED_CRS}"
    raise LayerError(msg)


def _check_degrees(shapes: Shapes, name: str) -> None:
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (0, 0, 0, 0)
    if north > 90 or south < -90:
        hint = "经度、纬度疑似写反" if east <= 90 else "坐标疑为米，与声明的坐标系不符"
        raise LayerError(
            f"{name}：坐标范围 {west:.6g},{south:.6g} 至 {east:.6g},{north:.6g} 不是经纬度；{hint}"
        )


def text_column(cells: pd.Series) -> pd.Series:
    """Cells as a ledger would have them typed: whole numbers without `.0`, dates as ISO, 是 否."""
    if pd.api.types.is_bool_dtype(cells):
        return cells.map({True: "是", False: "否"}).astype("str")
    if pd.api.types.is_datetime64_any_dtype(cells):
        dates: pd.Series = cells.dt.strftime("%Y-%m-%d")
        return dates.fillna("").astype("str")
    if pd.api.types.is_float_dtype(cells):
        if cells.dtype == np.float32:  # its own shortest decimal, not that of the double next to it
            cells = cells.map(str).astype("float64")
        return cells.map(show_double).where(cells.notna(), "").astype("str")
    return cells.astype("str").where(cells.notna(), "").astype("str")
