"""Any file in batches of columns, in constant memory: CSV, Parquet, GeoPackage and what GDAL reads."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.arrow import Cells, numbers_in
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import arrow, as_texts
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.apart import stream_apart
from hbgeo.read.file.csv import Stretch, read_delimited_parts
from hbgeo.read.file.data_rows import Line, find_data_rows, say_skipped
from hbgeo.read.file.endings import PARQUET, TEXTS
from hbgeo.read.file.guard import UNREADABLE, check_magic, offline, refuse_lost, unreadable
from hbgeo.read.file.header import (
    HEADER_ROWS,
    TOP_ROWS,
    Header,
    Rows,
    find_header,
    has_coordinates,
    is_ledger_or_points,
)
from hbgeo.read.file.parquet import open_parquet, without_shapes
from hbgeo.read.file.shapefile import BYTEWISE, check_parts, decode_column, table_encoding
from hbgeo.read.file.strings import check_text
from hbgeo.read.file.vector import table_name
from hbgeo.read.file.width import check_width
from hbgeo.read.schema.match import Headings, unique_names
from hbgeo.read.schema.records import read_schema
from hbgeo.read.shapes import usable, xy_of
from hbgeo.read.stream.part import ALL, Part

BATCH = 1 << 16  # rows: large enough for NumPy, small enough for the processor's cache
_GEOMETRY = "wkb_geometry"  # what GDAL calls a geometry column that has no name
_POINT = 21  # bytes of a point in well-known binary: order, kind, x, y


Batch = tuple[pa.RecordBatch, tuple[Floats, Floats] | None, NDArray[np.int64]]
_NAMED = 8  # skipped lines that are named


@dataclass
class Skipped:
    """The lines that were no rows of data so far: how many, and the first of them."""

    count: int = 0
    first: list[Line] = field(default_factory=list)

    def add(self, lines: Sequence[Line]) -> None:
        """Count some more."""
        self.count += len(lines)
        self.first += lines[: _NAMED - len(self.first)]

    def notes(self) -> list[str]:
        """A line for the user, where there are any."""
        return [f"{say_skipped(self.first, self.count)}。"] if self.count else []


@dataclass(frozen=True)
class Source:
    """A file opened to be read in batches.

    Attributes
    ----------
    schema
        Names and types of all columns, geometry left out.
    batches
        The columns of each batch (those that are read), with its points' `x` and `y` as the file has them (None
        where it has no geometry) and the number of its first row.
    crs
        What the file says of its geometry's CRS; None if nothing.
    geometry
        Whether the file has geometry.
    headings
        What the headings mean, where reading had to find that out; None: nobody has asked yet.
    skipped
        The lines that are no rows of data; complete when the batches have been used up.
    """

    schema: pa.Schema
    batches: Iterator[Batch]
    crs: str | dict[str, Any] | None = None
    geometry: bool = False
    headings: Headings | None = None
    skipped: Skipped = field(default_factory=Skipped)


def open_source(path: Path, layer: Layer, size: int = BATCH, part: Part = ALL) -> Source:
    """Open a file of one of the endings in `STREAMED`, or a part of it.

    Raises
    ------
    LayerError
        If it cannot be read or is not what its name says; also while it is read.
    """
    if path.stat().st_size == 0:
        raise LayerError(f"{path.name}：空文件")
    if path.suffix.lower() in TEXTS:
        return _open_text(path, layer, size, part)
    parts = stream_apart(_read_parts, path, layer, size, part)
    schema, crs, geometry = next(parts)
    return Source(schema, parts, crs, geometry)


def _read_parts(path: Path, layer: Layer, size: int, part: Part) -> Iterator[Any]:
    """In the worker: what is known of the whole (schema, CRS, whether it has geometry), each batch."""
    is_parquet = path.suffix.lower() in PARQUET
    try:
        source = (
            _open_parquet(path, layer, size, part) if is_parquet else _open_ogr(path, layer, size)
        )
        names = _shown_names(source.schema)
        fields = [field.with_name(n) for field, n in zip(source.schema, names, strict=True)]
        yield pa.schema(fields), source.crs, source.geometry
        for columns, *rest in source.batches:
            at = [source.schema.get_field_index(n) for n in columns.schema.names]
            here = names if len(at) == len(names) else [names[i] for i in at]
            yield columns.rename_columns(here), *rest
    except LayerError:
        raise
    except UNREADABLE as err:
        raise unreadable(path, err) from None


def _shown_names(schema: pa.Schema) -> list[str]:
    """What the columns are called where they are shown."""
    return unique_names(map(fit_to_show, schema.names))


# ---------------------------------------------------------------- parquet and GDAL


def _open_parquet(path: Path, layer: Layer, size: int, part: Part) -> Source:
    file, shapes = open_parquet(path)
    plain = pa.schema(
        [file.schema_arrow.field(c) for c in without_shapes(file.schema_arrow, shapes)]
    )
    shown = _shown_names(plain)
    taken = part.columns_of(shown, layer, path.name)
    columns = [name for name, said in zip(plain.names, shown, strict=True) if said in taken]
    geometry = [] if shapes is None else [shapes.name]
    end = part.end or file.num_row_groups

    def batches() -> Iterator[Batch]:
        row = part.rows + 1
        groups = list(range(part.start, end))
        for batch in file.iter_batches(size, row_groups=groups, columns=[*columns, *geometry]):
            points = None if shapes is None else read_points(batch.column(shapes.name), path.name)
            yield (
                _checked(batch.select(columns), path, row),
                points,
                np.arange(row, row + len(batch)),
            )
            row += len(batch)

    crs = None if shapes is None else shapes.crs
    return Source(plain, batches(), crs, geometry=shapes is not None)


def _checked(batch: pa.RecordBatch, path: Path, row: int) -> pa.RecordBatch:
    """The batch with every text of it looked at."""
    names = batch.schema.names
    cells = [check_text(batch.column(i), n, path.name, row) for i, n in enumerate(names)]
    return pa.RecordBatch.from_arrays(cells, names)


def _open_ogr(path: Path, layer: Layer, size: int) -> Source:
    more: dict[str, Any] = {}
    if path.suffix.lower() == ".shp":
        encoding = table_encoding(path, check_parts(path), layer)
        more["encoding"] = BYTEWISE
    else:
        encoding = ""
        check_magic(path)
    with offline():
        table = table_name(path, layer)
        about = pyogrio.read_info(path, layer=table, **more)
    check_width(path.name, len(about["fields"]))

    def batches() -> Iterator[Batch]:
        row = 1
        with contextlib.ExitStack() as stack:
            with offline():  # not while others work between two batches
                opened = pyogrio.raw.open_arrow(
                    path, layer=table, batch_size=size, use_pyarrow=True, **more
                )
                meta, reader = stack.enter_context(opened)
            while (batch := _next(reader)) is not None:
                points = read_points(batch.column(meta["geometry_name"] or _GEOMETRY), path.name)
                columns = _attributes(batch, meta["fields"], encoding)
                yield _checked(columns, path, row), points, np.arange(row, row + len(batch))
                row += len(batch)
        refuse_lost(path, about["features"], row - 1)

    if about["geometry_type"] is None:
        raise LayerError(f"{path.name}：没有几何列；应为点图层")
    first, rest = _peek(batches())
    schema = (
        first[0].schema if first else pa.schema([(str(f), pa.string()) for f in about["fields"]])
    )
    return Source(schema, rest, about["crs"], geometry=True)


def _next(reader: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    with offline():
        return next(reader, None)


def _peek(batches: Iterator[Batch]) -> tuple[Batch | None, Iterator[Batch]]:
    first = next(batches, None)
    return first, itertools.chain([] if first is None else [first], batches)


def _attributes(batch: pa.RecordBatch, fields: Sequence[str], encoding: str) -> pa.RecordBatch:
    """The batch without geometry and GDAL's own row numbers; texts of shapefiles decoded."""
    names = [str(f) for f in fields]
    columns = [batch.column(n) for n in names]
    if encoding:
        columns = [decode_column(c, encoding) if pa.types.is_string(c.type) else c for c in columns]
        names = [str(n) for n in decode_column(pa.array(names), encoding).to_pylist()]
    return pa.RecordBatch.from_arrays(columns, names=names)


def read_points(shapes: Cells, name: str) -> tuple[Floats, Floats]:
    """Read x and y of points in well-known binary, or as GeoArrow's pairs; NaN for none.

    Raises
    ------
    LayerError
        If something else than points is there.
    """
    if isinstance(shapes, pa.ExtensionArray):
        shapes = shapes.storage
    if isinstance(shapes, pa.StructArray):
        x, y = (np.asarray(shapes.field(i).fill_null(np.nan)) for i in (0, 1))
        return np.where(shapes.is_valid(), x, np.nan), np.where(shapes.is_valid(), y, np.nan)
    plain = _plain_points(shapes)
    if plain is not None:
        return plain
    with np.errstate(invalid="ignore"):  # a coordinate that is no number
        points = shapely.from_wkb(shapes.to_numpy(zero_copy_only=False), on_invalid="ignore")
    return xy_of(usable(points), name)


def _plain_points(shapes: Cells) -> tuple[Floats, Floats] | None:
    """Where every cell is a plain little-endian point, their numbers lie at even steps."""
    large = pa.types.is_large_binary(shapes.type)
    if shapes.null_count or not len(shapes) or not (large or pa.types.is_binary(shapes.type)):
        return None
    wide = np.int64 if large else np.int32
    _, offsets, data = shapes.buffers()
    starts = numbers_in(offsets, wide)[shapes.offset : shapes.offset + len(shapes) + 1]
    if (np.diff(starts) != _POINT).any():
        return None
    cells = numbers_in(data, np.uint8)[starts[0] : starts[-1]].reshape(-1, _POINT)
    if (cells[:, :5] != [1, 1, 0, 0, 0]).any():
        return None
    pairs = cells[:, 5:].copy().view("<f8")
    pairs[~np.isfinite(pairs).all(axis=1)] = np.nan
    x, y = pairs.T.copy()
    return x, y


# ---------------------------------------------------------------- text and tables read whole


def _open_text(path: Path, layer: Layer, size: int, part: Part) -> Source:
    head = Stretch(0, 0 if part.start else part.end, 0, part.encoding)
    top, parts = _look_ahead(read_delimited_parts(path, layer.encoding, head))
    schema = read_schema("facility")
    header = find_header(top, schema, layer, accept=is_ledger_or_points, taken=(), where=path.name)
    if header is None or not has_coordinates(header.meaning.found):
        seen = "、".join(fit_to_show(c) for row in top[:3] for c in row if c)[:200]
        raise LayerError(
            f"{path.name}：前 {HEADER_ROWS} 行中没有认得的坐标列（如 经度、纬度）；看到的是 {seen}"
        )
    if part.start:
        stretch = Stretch(part.start, part.end, part.rows, part.encoding)
        parts = read_delimited_parts(path, layer.encoding, stretch)
    skipped, names = Skipped(), [name for name in header.names if name]
    taken = part.columns_of(names, layer, path.name)
    fields: list[pa.Field[Any]] = [pa.field(name, pa.string()) for name in names if name in taken]
    plain = pa.schema([*fields, pa.field("", pa.int64())])  # the last: where each row stands

    def tables() -> Iterator[pa.Table]:
        for rows_below in _below(parts, header, size):
            data = find_data_rows(rows_below, header, path.name)
            skipped.add(data.skipped)
            cells = [arrow(data.frame[f.name]).cast(f.type) for f in fields]
            rows = pa.array(data.frame.index.to_numpy() + 1, pa.int64())
            yield pa.Table.from_arrays([*cells, rows], schema=plain)

    batches = (_numbered(table) for table in _of_size(tables(), size, plain))
    whole = pa.schema([pa.field(name, pa.string()) for name in names])
    return Source(whole, batches, headings=header.meaning, skipped=skipped)


def _look_ahead(parts: Iterator[pd.DataFrame]) -> tuple[Rows, Iterator[pd.DataFrame]]:
    """The rows in which a header may stand, all of one width, and all parts again."""
    first: list[pd.DataFrame] = []
    while sum(map(len, first)) < TOP_ROWS and (part := next(parts, None)) is not None:
        first.append(part)
    rows = [row for part in first for row in as_texts(part.head(TOP_ROWS)).to_numpy(object)]
    width = max((len(row) for row in rows), default=0)
    top = [[*row, *[""] * (width - len(row))] for row in rows[:TOP_ROWS]]
    return top, itertools.chain(first, parts)


def _below(parts: Iterator[pd.DataFrame], header: Header, size: int) -> Iterator[pd.DataFrame]:
    """The rows below the header, so many at a time: what is wrong is met when it is reached."""
    for part in parts:
        body = part.loc[header.last + 1 :]
        for at in range(0, len(body), size):
            yield body.iloc[at : at + size]


def _of_size(tables: Iterator[pa.Table], size: int, schema: pa.Schema) -> Iterator[pa.Table]:
    """The same rows, so many at a time; the last time fewer."""
    held = schema.empty_table()
    for table in tables:
        held = pa.concat_tables([held, table])
        while len(held) >= size:
            yield held.slice(0, size)
            held = held.slice(size)
    if len(held):
        yield held


def _numbered(table: pa.Table) -> Batch:
    """A batch of a table whose last column says where each row stands."""
    arrays = [column.combine_chunks() for column in table.columns]
    columns = pa.RecordBatch.from_arrays(arrays[:-1], names=table.column_names[:-1])
    return columns, None, arrays[-1].to_numpy()


def whole_source(
    frame: pd.DataFrame,
    rows: NDArray[np.int64],
    *,
    points: tuple[Floats, Floats] | None = None,
    headings: Headings | None = None,
) -> Source:
    """A table that is in memory already, as a source of one batch.

    Parameters
    ----------
    rows
        Where each row stands in its sheet.
    points
        The x and y of its geometry, where it has one.
    headings
        What its headings mean.
    """
    table = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    batches = iter([(table, points, rows)])
    return Source(table.schema, batches, geometry=points is not None, headings=headings)
