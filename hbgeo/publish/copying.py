"""Rows as PostgreSQL's COPY takes them: CSV in which an empty text and no text are two things."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import shapely

from hbgeo.arrow import Cells
from hbgeo.publish.tables import DAY, GEOMETRY, REAL, WHOLE, YES, Column, Table

SRID = 4490
# kind of shapes → the column that they stand in, its title, how shapely numbers them
SHAPES = {
    "MultiPolygon": ("geom", "边界（CGCS2000，EPSG:4490）", 6),
    "MultiLineString": ("line", "线（CGCS2000，EPSG:4490），如道路", 5),
    "Point": ("point", "点位（CGCS2000，EPSG:4490），如没有边界的村", 0),
}
BATCH = 50_000  # rows written at a time
COPY_OPTIONS = "FORMAT csv, NULL ''"
_NUL = "\x00"  # no text of PostgreSQL holds one


def on_server(table: Table) -> Table:
    """The table as a server has it: what may be areas, lines or points stands in a column for each.

    A column of one kind has its index used, and a view of it needs no conversion: one fails as soon
    as the server reads other rows before those of the view.
    """
    if table.shape != "Geometry":
        return table
    columns = [c for c in table.columns if c.kind != GEOMETRY]
    drawn = [Column(id_, GEOMETRY, title) for id_, title, _ in SHAPES.values()]
    return replace(table, columns=(*columns, *drawn))


def shape_of(column: Column, table: Table) -> str:
    """What a geometry column of a table on a server may hold."""
    known = {id_: kind for kind, (id_, _, _) in SHAPES.items()}
    return known[column.id] if table.shape == "Geometry" else table.shape


def copy_parts(table: Table, rows: pd.DataFrame, size: int = BATCH) -> Iterator[bytes]:
    """The rows in batches; texts stand in quotation marks, what is missing is nothing at all.

    Parameters
    ----------
    table
        As it is on the server.
    rows
        In the columns of `tables.TABLES`; geometry as `geom`, in CGCS2000.
    """
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    for start in range(0, len(rows), size):
        part = rows.iloc[start : start + size]
        arrays = [_array(column, _cells(column, table, part)) for column in table.columns]
        buffer = io.BytesIO()
        made = pa.Table.from_arrays(arrays, names=table.ids)
        pyarrow.csv.write_csv(made, buffer, options)
        yield buffer.getvalue()


def _cells(column: Column, table: Table, rows: pd.DataFrame) -> pd.Series:
    if column.kind != GEOMETRY or table.shape != "Geometry":
        return rows[column.id]
    shapes = np.array(rows["geom"], dtype=object)
    shapes[shapely.get_type_id(shapes) != SHAPES[shape_of(column, table)][2]] = None
    return pd.Series(shapes)


def _array(column: Column, cells: pd.Series) -> Cells:
    made: Cells
    if column.kind == GEOMETRY:
        made = pa.array(_ewkb(cells), pa.large_string())
    elif column.kind == WHOLE:
        made = pa.array(cells.astype("Int64"))
    elif column.kind == REAL:
        made = pa.array(cells.to_numpy(dtype=float, na_value=np.nan), from_pandas=True)
    elif column.kind == DAY:
        made = pa.array(pd.to_datetime(cells).astype("datetime64[s]")).cast(pa.date32())
    elif column.kind == YES:
        made = pa.array(cells.astype(object), pa.bool_(), from_pandas=True)
    else:
        texts = [None if pd.isna(t) else str(t).replace(_NUL, "") for t in cells.astype(object)]
        made = pa.array(texts, pa.large_string())
    return made


def _ewkb(cells: pd.Series) -> list[str | None]:
    """Shapes as the extended well-known binary that PostGIS takes, in hexadecimal digits."""
    shapes = shapely.set_srid(np.asarray(cells, dtype=object), SRID)
    made: list[str | None] = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
    return made
