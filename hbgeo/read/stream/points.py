"""A point file to be tagged and passed on: its columns fit to be shown, its points in CGCS2000."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import as_texts
from hbgeo.read.cell.coordinates import CHINA
from hbgeo.read.crs import is_geographic, to_cgcs2000, transformation
from hbgeo.read.file.raw import read_raw
from hbgeo.read.file.vector import PACKED, crs_in, list_layers
from hbgeo.read.issues import PROVENANCE
from hbgeo.read.points import to_points
from hbgeo.read.schema.match import Headings, is_personal, match_columns
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import tidy
from hbgeo.read.stream.plain import cells_as_text, make_plain, plain_field
from hbgeo.read.stream.sources import (
    BATCH,
    STREAMED,
    Batch,
    Source,
    open_source,
    read_points,
    whole_source,
)

_DEGREES = r"^\s*-?[0-9]{1,3}(\.[0-9]+)?\s*$"
_PLACES = ("lon", "lat", "lonlat", "coord_sys")


@dataclass(frozen=True)
class PointBatch:
    """One batch: `x`, `y` in CGCS2000 (NaN for no usable point) and the file's own columns."""

    x: Floats
    y: Floats
    columns: pa.RecordBatch


@dataclass
class Tally:
    """What a file's reading has met so far."""

    said: list[str] = field(default_factory=list)
    hidden: int = 0
    swapped: int = 0
    aside: int = 0
    first: str = ""

    def notes(self) -> list[str]:
        """Lines for the user: what was taken for granted, hidden, or could not be placed."""
        said = list(self.said)
        if self.hidden:
            said.append(f"{self.hidden:,} 处疑似证件号码或手机号码已隐去。")
        if self.swapped:
            said.append(f"{self.swapped:,} 行的经纬度疑似写反,已对调。")
        if self.aside:
            said.append(f"{self.aside:,} 行的坐标不能使用,未归属;如:{self.first}。")
        return said


@dataclass(frozen=True)
class PointStream:
    """A point file being read.

    Attributes
    ----------
    schema
        The columns of every batch: the file's own, personal ones left out.
    geometry
        Whether the points come from geometry, not from columns.
    tally
        Its notes are complete when the batches have been used up.
    """

    schema: pa.Schema
    batches: Iterator[PointBatch]
    geometry: bool
    tally: Tally


def open_points(path: Path, layer: Layer, *, size: int = BATCH) -> PointStream:
    """Open a point file to be read in batches; memory stays that of a few of them.

    CSV, Parquet, GeoPackage, Shapefile, GeoJSON and FlatGeobuf are read so; other kinds
    (workbooks, KML, archives) are small and read whole. Numbers stay numbers, except that those
    that look like a person's number are left out.

    Parameters
    ----------
    layer
        Its `crs` is that of files that do not say theirs; "" takes CGCS2000, and says so.
    size
        Rows a batch.

    Raises
    ------
    LayerError
        If the file cannot be read, has no coordinates, or columns swapped throughout; also
        while it is read.
    """
    tally = Tally()
    source, layer = _open(path, layer, size, tally)
    personal = [n for n in source.schema.names if is_personal(n)]
    kept = [n for n in source.schema.names if n not in personal]
    if personal:
        tally.said.append(f"疑似个人信息的列已丢弃:{'、'.join(personal)}。")
    found: dict[str, str] = {}
    if not source.geometry:
        found, layer = _find_places(path.name, kept, layer, tally)
    place = _Converter(path.name, layer, found, tally)
    crs = crs_in(source.crs, path.name, layer) if source.geometry else ""
    schema = pa.schema([plain_field(source.schema.field(n)) for n in kept])
    batches = (_points(b, schema, place, crs, tally) for b in source.batches)
    return PointStream(schema, batches, source.geometry, tally)


def _find_places(
    name: str, headings: Sequence[str], layer: Layer, tally: Tally
) -> tuple[dict[str, str], Layer]:
    """The columns that hold coordinates, and the layer with the CRS they are taken to be in."""
    matched = match_columns(headings, read_schema("facility"), layer.columns)
    found = {c: h for c, h in matched.items() if c in _PLACES}
    if not ({"lon", "lat"} <= set(found) or "lonlat" in found):
        msg = f"{name}:没有坐标列(如 经度、纬度);已有列:{'、'.join(headings[:12])}"
        raise LayerError(msg)
    if not layer.crs and "coord_sys" not in found:
        layer = _as_cgcs2000(layer, tally)
    return found, layer


def _as_cgcs2000(layer: Layer, tally: Tally) -> Layer:
    """Where nobody says the CRS it is CGCS2000, and that is said."""
    tally.said.append(
        "文件未说明坐标系,按 CGCS2000 处理;如为高德、百度坐标请加 --crs GCJ-02 或 BD-09。"
    )
    return replace(layer, crs="CGCS2000")


def _open(path: Path, layer: Layer, size: int, tally: Tally) -> tuple[Source, Layer]:
    suffix = path.suffix.lower()
    if suffix in STREAMED:
        source = open_source(path, layer, size)
        unknown = source.geometry and source.crs is None and not layer.crs
        return source, _as_cgcs2000(layer, tally) if unknown else layer
    if suffix in PACKED and not layer.crs and not next(iter(list_layers(path).values()))["crs"]:
        layer = _as_cgcs2000(layer, tally)
    tables = read_raw(path, layer, read_schema("facility")).frames
    whole = pd.concat([as_texts(table) for table in tables], ignore_index=True)
    frame = whole.drop(columns=[*PROVENANCE, "geometry"], errors="ignore").fillna("")
    if "geometry" not in whole:
        return whole_source(frame, None), layer
    shapes = pa.array(shapely.to_wkb(whole["geometry"].to_numpy()), pa.binary())
    # these points have been moved already
    return whole_source(frame, read_points(shapes, path.name)), replace(layer, crs="CGCS2000")


def _points(
    batch: Batch, schema: pa.Schema, place: _Converter, crs: str, tally: Tally
) -> PointBatch:
    columns, pairs, rows = batch
    x, y = place(columns, rows) if pairs is None else to_cgcs2000(*pairs, crs)
    made = [make_plain(columns.column(n)) for n in schema.names]
    tally.hidden += sum(hidden for _, hidden in made)
    return PointBatch(x, y, pa.RecordBatch.from_arrays([cells for cells, _ in made], schema=schema))


# ---------------------------------------------------------------- coordinates in columns


class _Converter:
    """Brings the coordinates of each batch to CGCS2000: plain degrees at once, the rest one by one."""

    def __init__(self, name: str, layer: Layer, found: dict[str, str], tally: Tally) -> None:
        self._name, self._layer, self._found, self._tally = name, layer, found, tally
        self._simple = {"lon", "lat"} == set(found) and is_geographic(layer.crs)
        schema = read_schema("facility")
        columns = {c: schema.columns[c] for c in _PLACES if c in found}
        self._schema = replace(schema, columns=columns, counting=None)
        if layer.crs:
            transformation(layer.crs)  # refuses what it does not know before a row is read

    def __call__(self, columns: pa.RecordBatch, rows: np.ndarray) -> tuple[Floats, Floats]:
        x, y = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        rest = np.ones(len(rows), bool)
        if self._simple:
            lon, lat = (_degrees(columns.column(self._found[c])) for c in ("lon", "lat"))
            plain, swapped = self._sort(lon, lat, rows)
            lon, lat = np.where(swapped, lat, lon), np.where(swapped, lon, lat)
            x[plain], y[plain] = to_cgcs2000(lon[plain], lat[plain], self._layer.crs)
            rest = ~plain
        if rest.any():
            x[rest], y[rest] = self._one_by_one(columns, rows, rest)
        return x, y

    def _sort(self, lon: Floats, lat: Floats, rows: np.ndarray) -> tuple[Mask, Mask]:
        """The rows that are plainly degrees in China, and those of them written in turned order."""
        west, south, east, north = CHINA
        straight = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        swapped = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
        if swapped.sum() * 2 > (straight | swapped).sum():
            at = int(np.flatnonzero(swapped)[0])
            msg = f"{self._name} 第{rows[at]}行起:经度、纬度两列写反,如经度={lon[at]:g};"
            raise LayerError(msg + "请对调两列,经度应在 73–136 之间")
        self._tally.swapped += int(swapped.sum())
        return straight | swapped, swapped

    def _one_by_one(
        self, columns: pa.RecordBatch, rows: np.ndarray, rest: Mask
    ) -> tuple[Floats, Floats]:
        """Coordinates in any spelling, as ledgers have them."""
        texts = {
            h: pd.Series(
                cells_as_text(columns.column(h).filter(pa.array(rest))).to_pylist(), dtype="str"
            )
            for h in self._found.values()
        }
        raw = pd.DataFrame(texts).fillna("")
        raw["file"], raw["sheet"], raw["row"] = self._name, "", rows[rest]
        layer = replace(self._layer, role="passing")
        tidied = tidy(raw, Headings(self._found), self._schema, layer.key)
        made = to_points(tidied, layer, self._schema)
        self._tally.aside += len(made.aside)
        errors = (i.message for i in made.issues if i.severity == "error")
        self._tally.first = self._tally.first or next(errors, "")
        points = made.frame[["x", "y"]].reindex(raw.index)
        return points["x"].to_numpy(), points["y"].to_numpy()


def _degrees(cells: pa.Array) -> Floats:
    """Cells that are plain numbers, NaN for all others."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        return np.asarray(pc.fill_null(cells.cast(pa.float64()), np.nan))
    texts = cells_as_text(cells)
    plain = pc.fill_null(pc.match_substring_regex(texts, _DEGREES), fill_value=False)
    numbers = pc.if_else(plain, pc.utf8_trim_whitespace(texts), pa.scalar(None, pa.string()))
    return np.asarray(pc.fill_null(numbers.cast(pa.float64()), np.nan))
