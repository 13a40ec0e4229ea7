"""A table as bytes in every format a planner opens."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from geopandas.array import GeometryArray

from hbgeo.arrays import Shapes
from hbgeo.errors import OutputError
from hbgeo.show import look
from hbgeo.show.excel.book import EPOCH, RowSheet
from hbgeo.show.excel.rows import new_book
from hbgeo.show.table.csv import csv_bytes
from hbgeo.show.table.values import cells_of, json_bytes, records
from hbgeo.show.words import SAMPLE_MARK

FORMATS = (".csv", ".json", ".xlsx", ".geojson", ".gpkg", ".parquet")


def table_bytes(
    table: pd.DataFrame,
    suffix: str,
    *,
    sample: bool = False,
    units: pd.DataFrame | None = None,
    more: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    name: str = "hbgeo",
) -> bytes:
    """Make the bytes of a table in the format of `suffix`.

    Parameters
    ----------
    sample
        Whether the first row of a workbook says that the data are invented.
    units
        Geometry by code for the map formats; a table with `x`, `y` brings its own.
    more
        Further tables by name, each a sheet of a workbook; other formats have room for one only.
    name
        What a map file calls the table.

    Raises
    ------
    OutputError
        If the format is not one of `FORMATS`, or a map format has no geometry.
    """
    makers: dict[str, Callable[[], bytes]] = {
        ".csv": lambda: csv_bytes(table),
        ".json": lambda: json_bytes(records(table)),
        ".xlsx": lambda: book_bytes({"数据": table, **more}, sample=sample),
        ".parquet": lambda: _parquet(table),
        ".geojson": lambda: _vector(_shapes(table, units), "GeoJSON", name),
        ".gpkg": lambda: _vector(_shapes(table, units), "GPKG", name),
    }
    if suffix.lower() not in makers:
        raise OutputError(f"不支持的输出格式“{suffix}”；可用 {'、'.join(FORMATS)}")
    return makers[suffix.lower()]()


def book_bytes(tables: Mapping[str, pd.DataFrame], *, sample: bool = False) -> bytes:
    """A workbook of plain tables, each a sheet under its columns' own names: for machines."""
    book = new_book()
    bold, top = book.add_format({"bold": True, "bottom": 1}), 1 if sample else 0
    mark = book.add_format({"bold": True, "font_color": look.SHEET_MARK}) if sample else None
    for name, table in tables.items():
        sheet = book.add_worksheet(name)
        if sample:
            sheet.write_string(0, 0, SAMPLE_MARK, mark)
        write_table(sheet, top, table, bold)
    return book.to_bytes()


def write_table(sheet: RowSheet, top: int, table: pd.DataFrame, head: Any) -> None:
    """Write a table's header at `top`, held in sight, and its rows under it."""
    for c, column in enumerate(table.columns):
        sheet.write_string(top, c, str(column), head)
    rows = list(zip(*cells_of(table), strict=True))
    sheet.write_rows(top + 1, rows, [[None] * len(table.columns)] * len(rows))
    sheet.freeze_panes(top + 1, 0)
    sheet.set_column(0, max(len(table.columns) - 1, 0), 14)


def _parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _shapes(table: pd.DataFrame, units: pd.DataFrame | None) -> gpd.GeoDataFrame:
    if units is not None and "geometry" in units and "code" in table:
        shapes: GeometryArray | Shapes = units["geometry"].reindex(table["code"]).to_numpy()
    elif {"x", "y"} <= set(table.columns):
        shapes = gpd.points_from_xy(table["x"], table["y"])
    elif units is not None and "x" in units and "code" in table:
        seats = units.reindex(table["code"])
        shapes = gpd.points_from_xy(seats["x"], seats["y"])
    else:
        raise OutputError("这张表没有几何，不能写成地图格式；可用 .csv、.xlsx、.json、.parquet")
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def _vector(frame: gpd.GeoDataFrame, driver: str, name: str) -> bytes:
    """Write through GDAL's memory files; its clock is stopped so that bytes do not change."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": EPOCH})
    buffer = io.BytesIO()
    frame = frame.assign(
        **{c: frame[c].map(str) for c in frame.columns if frame[c].dtype == object}
    )
    pyogrio.write_dataframe(frame, buffer, driver=driver, layer=name)
    return buffer.getvalue()
