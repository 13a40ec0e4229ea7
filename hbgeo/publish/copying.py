"""Rows as PostgreSQL's COPY takes them: CSV in which an empty text and no text are two things."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import shapely

from hbgeo.arrow import Cells
from hbgeo.publish.tables import DAY, GEOMETRY, REAL, WHOLE, YES, Column, Table

SRID = 4490
BATCH = 50_000  # rows written at a time
COPY_OPTIONS = "FORMAT csv, NULL ''"
_NUL = "\x00"  # no text of PostgreSQL holds one


def copy_parts(table: Table, rows: pd.DataFrame, size: int = BATCH) -> Iterator[bytes]:
    """The rows in batches; texts stand in quotation marks, what is missing is nothing at all.

    Parameters
    ----------
    rows
        In the table's columns; geometry in CGCS2000.
    """
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    for start in range(0, len(rows), size):
        part = rows.iloc[start : start + size]
        arrays = [_array(column, part[column.id]) for column in table.columns]
        buffer = io.BytesIO()
        made = pa.Table.from_arrays(arrays, names=table.ids)
        pyarrow.csv.write_csv(made, buffer, options)
        yield buffer.getvalue()


def _array(column: Column, cells: pd.Series) -> Cells:
    if column.kind == GEOMETRY:
        return pa.array(_ewkb(cells), pa.large_string())
    if column.kind == WHOLE:
        return pa.array(cells.astype("Int64"))
    if column.kind == REAL:
        return pa.array(cells.to_numpy(dtype=float, na_value=np.nan), from_pandas=True)
    if column.kind == DAY:
        days: Cells = pa.array(pd.to_datetime(cells).astype("datetime64[s]")).cast(pa.date32())
        return days
    if column.kind == YES:
        return pa.array(cells.astype(object), pa.bool_(), from_pandas=True)
    texts = [None if pd.isna(t) else str(t).replace(_NUL, "") for t in cells.astype(object)]
    return pa.array(texts, pa.large_string())


def _ewkb(cells: pd.Series) -> list[str | None]:
    """Shapes as the extended well-known binary that PostGIS takes, in hexadecimal digits."""
    shapes = shapely.set_srid(np.asarray(cells, dtype=object), SRID)
    made: list[str | None] = shapely.to_wkb(shapes, hex=True, include_srid=True).tolist()
    return made
