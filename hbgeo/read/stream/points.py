"""A point file to be tagged and passed on: its columns fit to be shown, its points in CGCS2000."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from hbgeo.arrays import Floats, Mask, Numbers
from hbgeo.arrow import Cells, whether
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import as_texts
from hbgeo.read.cell.coordinates import CHINA
from hbgeo.read.crs import is_geographic, to_cgcs2000, transformation
from hbgeo.read.file.apart import read_apart
from hbgeo.read.file.data_rows import say_rows
from hbgeo.read.file.endings import ARCHIVES, STREAMED
from hbgeo.read.file.header import has_coordinates, is_ledger_or_points
from hbgeo.read.file.ledger import RawTable
from hbgeo.read.file.raw import read_raw
from hbgeo.read.file.vector import crs_in, list_layers
from hbgeo.read.points import contradiction, to_points
from hbgeo.read.schema.axes import COORDINATES, CoordinateSet, looks_like_coordinates
from hbgeo.read.schema.match import RESERVED, Headings, match_headings
from hbgeo.read.schema.personal import is_personal
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import either_order, tidy
from hbgeo.read.shapes import Shapes, reduce_shapes
from hbgeo.read.stream.part import ALL, Part
from hbgeo.read.stream.plain import cells_as_text, make_plain, plain_field
from hbgeo.read.stream.sources import (
    BATCH,
    Batch,
    Skipped,
    Source,
    open_source,
    read_points,
    whole_source,
)

Conversion = Callable[[Batch], tuple[Floats, Floats]]  # of a batch to its points in CGCS2000

_DEGREES = r"^\s*-?[0-9]{1,3}(\.[0-9]+)?\s*$"
TOLD = (*COORDINATES, "coord_sys")  # what the columns mean that say where a point is


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
    skipped: Skipped = field(default_factory=Skipped)

    def notes(self) -> list[str]:
        """Lines for the user: what was taken for granted, hidden, or has no usable point."""
        said = [*self.said, *self.skipped.notes()]
        if self.hidden:
            said.append(f"{self.hidden:,} 处疑似个人号码（证件、电话、银行卡、邮箱）已隐去。")
        if self.swapped:
            said.append(f"{self.swapped:,} 行的经纬度疑似写反，已对调。")
        if self.aside:
            said.append(f"{self.aside:,} 行的坐标不能使用，未归属；如：{self.first}。")
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
    sources, layer = open_sources(path, layer, tally, size=size)
    own = sources[0].schema
    personal = [name for name in own.names if is_personal(name)]
    if personal:
        tally.said.append(f"疑似个人信息的列已丢弃：{'、'.join(personal)}。")
    schema = pa.schema([plain_field(f) for f in own if f.name not in personal])
    conversions = conversions_of(path.name, sources, layer, tally)
    batches = (
        _points(batch, schema, convert, tally)
        for source, convert in zip(sources, conversions, strict=True)
        for batch in source.batches
    )
    return PointStream(schema, batches, sources[0].geometry, tally)


def open_sources(
    path: Path, layer: Layer, tally: Tally, *, size: int = BATCH, part: Part = ALL
) -> tuple[list[Source], Layer]:
    """The file as a source, each sheet of a workbook as one of its own; all with the same columns.

    Beside them the layer with the CRS of the points as far as it is known before their headings.
    """
    suffix = path.suffix.lower()
    if suffix in STREAMED:
        source = open_source(path, layer, size, part)
        tally.skipped = source.skipped
        unknown = source.geometry and source.crs is None and not layer.crs
        return [source], _as_cgcs2000(layer, tally) if unknown else layer
    if suffix in ARCHIVES and not layer.crs:
        inside = read_apart(list_layers, path)
        if not next(iter(inside.values()))["crs"]:
            layer = _as_cgcs2000(layer, tally)
    raw = read_raw(path, layer, read_schema("facility"), accept=is_ledger_or_points)
    tally.skipped.add([(row, text) for _, row, text in raw.skipped])
    headings = dict.fromkeys(h for frame in raw.frames for h in frame.columns if h not in RESERVED)
    sources = [_whole(table, list(headings), path.name, tally) for table in raw.tables]
    # points of a geometry have been moved already
    return sources, replace(layer, crs="CGCS2000") if sources[0].geometry else layer


def _whole(table: RawTable, headings: list[str], name: str, tally: Tally) -> Source:
    """A sheet that has been read whole; a column that another sheet has is blank in it."""
    frame, points = as_texts(table.frame), None
    if "geometry" in frame:
        shapes = frame["geometry"].to_numpy()
        if reduced := reduce_shapes(shapes):
            shapes = reduced.points
            _say_shapes(frame["row"].to_numpy(), reduced, tally)
        shapes = shapely.to_wkb(shapes)
        points = read_points(pa.array(shapes, pa.binary()), name)
    cells = frame.reindex(columns=headings, fill_value="").fillna("").astype("str")
    rows = frame["row"].to_numpy()
    return whole_source(cells, rows, points=points, headings=table.meaning)


def _say_shapes(rows: Numbers, reduced: Shapes, tally: Tally) -> None:
    for what, here in (
        ("是线或面，不是点，不归属", reduced.pointless),
        ("有几个点，按它们的中点归属", reduced.count > 1),
    ):
        if here.any():
            tally.said.append(f"第 {say_rows(rows[here])} 行{what}。")


def _points(batch: Batch, schema: pa.Schema, convert: Conversion, tally: Tally) -> PointBatch:
    columns, _, _ = batch
    x, y = convert(batch)
    made = [make_plain(columns.column(n), n) for n in schema.names]
    tally.hidden += sum(hidden for _, hidden in made)
    return PointBatch(x, y, pa.RecordBatch.from_arrays([cells for cells, _ in made], schema=schema))


def _as_cgcs2000(layer: Layer, tally: Tally) -> Layer:
    """Where nobody says the CRS it is CGCS2000, and that is said, once."""
    said = "文件未说明坐标系，按 CGCS2000 处理；如为高德、百度坐标请加 --crs GCJ-02 或 BD-09。"
    if said not in tally.said:
        tally.said.append(said)
    return replace(layer, crs="CGCS2000")


# ---------------------------------------------------------------- from coordinates to CGCS2000


def conversions_of(
    name: str, sources: Sequence[Source], layer: Layer, tally: Tally
) -> list[Conversion]:
    """How the points of each source come to CGCS2000."""
    if sources[0].geometry:
        crs = crs_in(sources[0].crs, name, layer)
        return [partial(_convert_geometry, crs=crs, tally=tally)]
    found = [_coordinates(source, layer, name, tally) for source in sources]
    if not any(found):
        own = [h for h in sources[0].schema.names if not is_personal(h)]
        raise LayerError(f"{name}：没有坐标列（如 经度、纬度）；已有列：{'、'.join(own[:12])}")
    conversions: list[Conversion] = []
    for columns in found:
        own_layer = _with_crs(name, layer, columns, tally) if columns else layer
        conversions.append(_Converter(name, own_layer, columns, tally) if columns else _nowhere)
    return conversions


def _with_crs(name: str, layer: Layer, columns: dict[str, str], tally: Tally) -> Layer:
    """The layer with the CRS of its rows: the one declared, else their headings', else CGCS2000."""
    headings = CoordinateSet({c: h for c, h in columns.items() if c in COORDINATES})
    if "coord_sys" in columns:
        return layer
    if told := contradiction(layer.crs, headings):
        raise LayerError(f"{name}：{told}")
    if layer.crs or not headings.datum:
        return layer if layer.crs else _as_cgcs2000(layer, tally)
    tally.said.append(f"未声明坐标系，按列名{headings.headings}取 {headings.datum}。")
    return replace(layer, crs=headings.datum)


def _coordinates(source: Source, layer: Layer, name: str, tally: Tally) -> dict[str, str]:
    """The columns that hold coordinates, canonical → heading; none if a point cannot be told."""
    meaning = source.headings or match_headings(
        source.schema.names, read_schema("facility"), layer.columns, where=name
    )
    found = {c: h for c, h in meaning.found.items() if c in TOLD}
    if not has_coordinates(found):
        return {}
    if unused := [f"“{h}”" for h in meaning.others if looks_like_coordinates(h)]:
        tally.said.append(f"像是坐标的列没有使用：{'、'.join(unused)}。")
    return found


def _convert_geometry(batch: Batch, crs: str, tally: Tally) -> tuple[Floats, Floats]:
    """Of a batch that has geometry."""
    x, y = to_cgcs2000(*(batch[1] or _nowhere(batch)), crs)
    lost = np.flatnonzero(np.isnan(x))
    tally.aside += len(lost)
    if len(lost):
        tally.first = tally.first or f"第{batch[2][lost[0]]}行 图形为空、已损坏或不是点"
    return x, y


def _nowhere(batch: Batch) -> tuple[Floats, Floats]:
    """Of a sheet without coordinates beside one that has them."""
    none = np.full(len(batch[2]), np.nan)
    return none, none


class _Converter:
    """Brings the coordinates of each batch to CGCS2000: plain degrees at once, the rest one by one."""

    def __init__(self, name: str, layer: Layer, found: dict[str, str], tally: Tally) -> None:
        self._name, self._layer, self._found, self._tally = name, layer, found, tally
        self._simple = {"lon", "lat"} == set(found) and is_geographic(layer.crs)
        schema = read_schema("facility")
        self._either_order = either_order(found, schema)
        columns = {c: schema.columns[c] for c in TOLD if c in found and c in schema.columns}
        self._schema = replace(schema, columns=columns, counting=None)
        if layer.crs:
            transformation(layer.crs)  # refuses what it does not know before a row is read

    def __call__(self, batch: Batch) -> tuple[Floats, Floats]:
        columns, _, rows = batch
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
        if self._either_order:
            return straight | swapped, swapped
        if swapped.sum() * 2 > (straight | swapped).sum():
            at = int(np.flatnonzero(swapped)[0])
            msg = f"{self._name} 第{rows[at]}行起：经度、纬度两列写反，如经度={lon[at]:g}；"
            raise LayerError(msg + "请对调两列，经度应在 73–136 之间")
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
        tidied = tidy(raw, Headings(self._found), self._schema, self._layer.key)
        made = to_points(tidied, self._layer, self._schema)
        self._tally.aside += len(made.aside)
        errors = (i.message for i in made.issues if i.severity == "error")
        self._tally.first = self._tally.first or next(errors, "")
        points = made.frame[["x", "y"]].reindex(raw.index)
        return points["x"].to_numpy(), points["y"].to_numpy()


def _degrees(cells: Cells) -> Floats:
    """Cells that are plain numbers, NaN for all others."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        return np.asarray(cells.cast(pa.float64()).fill_null(np.nan))
    texts = cells_as_text(cells)
    plain = whether(pc.match_substring_regex(texts, _DEGREES))
    numbers = pc.if_else(plain, pc.utf8_trim_whitespace(texts), pa.scalar(None, pa.string()))
    return np.asarray(numbers.cast(pa.float64()).fill_null(np.nan))
