"""Parquet files, plain or with geometry: their columns checked before anything is made of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hbgeo.errors import LayerError
from hbgeo.read.file.guard import UNREADABLE, unreadable
from hbgeo.read.file.strings import check_text
from hbgeo.read.file.width import check_width

_ROWS_PER_BYTE = 100  # a file of more rows for its size is a bomb, not a map
_WKB = "WKB"


@dataclass(frozen=True)
class GeoColumn:
    """The main geometry column of a GeoParquet file, as its metadata have it.

    Attributes
    ----------
    every
        All columns of the file that hold geometry, this one among them.
    """

    name: str
    crs: str | dict[str, Any] | None
    encoding: str
    every: frozenset[str]


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a parquet file whole: a GeoDataFrame where it has geometry, damaged shapes missing.

    What pandas noted of its index is not looked at: an index is a column like any other.

    Raises
    ------
    LayerError
        If it cannot be read, or a column holds no text where it should.
    """
    try:
        file, shapes = open_parquet(path)
        table = file.read()
        names = without_shapes(table.schema, shapes)
        cells = [check_text(table.column(n), n, path.name) for n in names]
        frame = pa.table(cells, names).to_pandas()
        if shapes is None:
            return frame
        return gpd.GeoDataFrame(frame, geometry=_shapes(table, shapes, path))
    except LayerError:
        raise
    except UNREADABLE as err:
        raise unreadable(path, err) from None


def open_parquet(path: Path) -> tuple[pq.ParquetFile, GeoColumn | None]:
    """Open a parquet file, and tell which of its columns is its geometry; None without.

    Raises
    ------
    LayerError
        If it holds far more rows than its size allows, too many columns, several of one name, or
        not the geometry that it says.
    """
    file = pq.ParquetFile(path)
    rows, names = file.metadata.num_rows, file.schema_arrow.names
    if rows > _ROWS_PER_BYTE * path.stat().st_size:
        raise LayerError(f"{path.name}：{rows:,} 行与文件大小不相称，异常；不能读取")
    check_width(path.name, file.metadata.num_columns)
    if twice := next((n for n, many in Counter(names).items() if many > 1), ""):
        raise LayerError(f"{path.name}：有几列都叫“{twice}”；请改名后重新导出")
    meta = (file.schema_arrow.metadata or {}).get(b"geo")
    return file, None if meta is None else _geo_column(json.loads(meta), names, path)


def without_shapes(schema: pa.Schema, shapes: GeoColumn | None) -> list[str]:
    """The columns that hold no geometry."""
    return [name for name in schema.names if shapes is None or name not in shapes.every]


def _geo_column(about: dict[str, Any], names: list[str], path: Path) -> GeoColumn:
    name = about.get("primary_column", "")
    column = about.get("columns", {}).get(name)
    if column is None or name not in names:
        raise LayerError(f"{path.name}：GeoParquet 的说明与列不符；请从源头重新导出")
    crs = column.get("crs", "OGC:CRS84")  # absent means longitude, latitude
    return GeoColumn(name, crs, column.get("encoding", _WKB), frozenset(about["columns"]))


def _shapes(table: pa.Table, shapes: GeoColumn, path: Path) -> gpd.GeoSeries:
    if shapes.encoding != _WKB:
        whole = gpd.read_parquet(path, columns=[shapes.name])
        return gpd.GeoSeries(whole[shapes.name].reset_index(drop=True))
    cells = table.column(shapes.name).to_numpy()
    with np.errstate(invalid="ignore"):  # a coordinate that is no number
        return gpd.GeoSeries.from_wkb(cells, crs=shapes.crs, on_invalid="ignore")
