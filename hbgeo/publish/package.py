"""Publish as a GeoPackage: the same tables and views as in a database, with the styles of QGIS inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from hbgeo.errors import OutputError
from hbgeo.publish.content import Content
from hbgeo.publish.copying import SRID
from hbgeo.publish.styles import style_parts, style_text
from hbgeo.publish.stylesheets import STYLE_NAME, STYLES
from hbgeo.publish.tables import DAY, GEOMETRY, JSON, REAL, TABLES, TEXT, WHOLE, YES, Column, Table
from hbgeo.publish.views import View, select, views_of
from hbgeo.show.excel.book import EPOCH

_KEY = "OGC_FID"  # how GDAL knows the number of a view's rows
_STYLES = (
    f"CREATE TABLE {STYLES} (id INTEGER PRIMARY KEY, f_table_catalog TEXT(256), "
    "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), "
    "styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, "
    "owner TEXT(30), ui TEXT(30), update_time DATETIME)"
)  # as QGIS makes it
_FULL, _WHY = "磁盘已满", "没有写入权限，或磁盘出错"
_TYPES = {"MultiPolygon": "MULTIPOLYGON", "MultiLineString": "MULTILINESTRING", "Point": "POINT"}


def write_package(content: Content, path: Path) -> None:
    """Write a GeoPackage, the same bytes for the same content.

    Parameters
    ----------
    path
        A file that is not there yet; who calls moves it to its place.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": EPOCH})
    try:
        for table in TABLES:
            _write_table(table, content, path)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("BEGIN")
            _index(database)
            for view in views_of(content):
                _make_view(database, content, view)
            _write_styles(database, content, views_of(content))
            database.execute("COMMIT")
    except (sqlite3.Error, pyogrio.errors.DataSourceError) as err:
        why = _FULL if "full" in str(err) or "space" in str(err) else _WHY
        raise OutputError(f"{path.parent}：不能写 GeoPackage（{why}）；原有文件未改动") from None


def _write_table(table: Table, content: Content, path: Path) -> None:
    """A table through GDAL; rows are numbered in their order, from 1."""
    rows = content.tables[table.name]
    columns = [c for c in table.columns if c.kind != GEOMETRY and c.id != "fid"]
    plain = pd.DataFrame({c.id: _cells(c, rows[c.id]) for c in columns})
    marks = "；".join(filter(None, [content.mark, content.approval]))
    how: dict[str, Any] = {
        "driver": "GPKG", "use_arrow": True, "dataset_options": {"VERSION": "1.2"}, "layer": table.name, "append": path.exists(),
        "layer_options": {"IDENTIFIER": table.title.split("：")[0], "DESCRIPTION": f"{table.title}。{marks}。"},
    }  # fmt: skip
    if not table.shape:
        pyogrio.write_dataframe(plain, path, **how)
        return
    shapes = gpd.GeoSeries(rows["geom"].to_numpy(), crs=f"EPSG:{SRID}")
    frame = gpd.GeoDataFrame(plain, geometry=shapes)
    how["layer_options"] |= {"GEOMETRY_NAME": "geom"}
    kind = "Point" if table.shape == "Point" else "Unknown"
    pyogrio.write_dataframe(frame, path, geometry_type=kind, **how)


def _cells(column: Column, cells: pd.Series) -> pd.Series:
    """A column as GDAL takes it, of one type whichever rows there are."""
    made: pd.Series[Any]
    if column.kind == WHOLE:
        made = cells.astype("Int64")
    elif column.kind == REAL:
        made = pd.Series(cells.to_numpy(dtype=float, na_value=np.nan))
    elif column.kind == YES:
        made = cells.astype("boolean")
    elif column.kind in (TEXT, JSON):
        made = cells.astype(object).where(cells.notna(), None).astype("str")
    elif column.kind == DAY:
        made = pd.to_datetime(cells).dt.date
    else:
        raise AssertionError(column.kind)
    return made.reset_index(drop=True)


def _index(database: sqlite3.Connection) -> None:
    for table in TABLES:
        if table.key != ("fid",):
            columns = ", ".join(f'"{c}"' for c in table.key)
            database.execute(f"CREATE UNIQUE INDEX {table.name}_key ON {table.name} ({columns})")


def _make_view(database: sqlite3.Connection, content: Content, view: View) -> None:
    """Make a view and enter it where programs look for layers."""
    query = select(view, geometry="u.geom", key=_KEY)
    database.execute(f'CREATE VIEW "{view.name}" AS {query}')
    frame = content.tables["units"]
    bounds = gpd.GeoSeries(frame.loc[frame["level"] == view.level, "geom"]).total_bounds
    west, south, east, north = (None if np.isnan(v) else float(v) for v in bounds)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, "
        "min_x, min_y, max_x, max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (view.name, _identifier(view), view.comment, EPOCH, west, south, east, north, SRID),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (view.name, _TYPES[view.shape], SRID),
    )


def _identifier(view: View) -> str:
    """Its title with its name: no two layers of a package may be called the same."""
    return f"{view.title} [{view.name}]"


def _write_styles(database: sqlite3.Connection, content: Content, views: Sequence[View]) -> None:
    database.execute(_STYLES)
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES (?, 'attributes', ?, '', ?)",
        (STYLES, STYLES, EPOCH),
    )
    database.executemany(
        f"INSERT INTO {STYLES} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "  # noqa: S608
        "styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) "
        "VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
        [(v.name, STYLE_NAME, style_text(style_parts(content, v)), v.title, EPOCH) for v in views],
    )
