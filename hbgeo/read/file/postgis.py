"""Tables of a PostGIS database, read only; the password comes from the environment, never printed."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.find import Database
from hbgeo.read.file.vector import as_raw

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Engine, Inspector, Row, Table
    from sqlalchemy.engine import URL


_BATCH = 50_000  # rows fetched at a time
CONNECT_S = 10
# the password is in the environment or there is none: libpq would look for a file, and complain of it
NO_PASSFILE = f"{os.devnull}/-"
_SAID = [
    (re.compile(pattern, re.IGNORECASE), said)
    for pattern, said in {
        "password authentication failed|no password supplied|role .* does not exist": "用户名或密码不对",
        "no pg_hba.conf entry|pg_hba.conf rejects": "服务器不接受本机或这个用户的连接",
        "database .* does not exist": "没有这个数据库",
        "SSL|certificate": "服务器的加密方式与地址中写的不符，或证书不对",
        "permission denied": "这个用户没有读取权限",
        "could not translate host name|failed to resolve|name or service not known|getaddrinfo": "找不到这台服务器",
        "connection refused|timeout|timed out|no route|unreachable|0x0000274": "连不上服务器；请核对主机、端口和网络",
        "too many (?:clients|connections)|remaining connection slots": "服务器的连接已满，请稍后再试",
        "server closed the connection|connection .* lost|terminating connection": "连接中断",
    }.items()
]


def read_postgis(database: Database, layer: Layer) -> pd.DataFrame:
    """Read one table or view whole, in the order of its primary key (else as it is stored).

    Returns
    -------
    raw
        As `read_vector` gives it; `sheet` is the table.

    Raises
    ------
    LayerError
        If the extra `postgis` is not installed, the password's variable is not set, the database
        cannot be reached or has no such table, or the table has several geometry columns or CRS.
    """
    batches = list(read_batches(database, layer))
    frame = pd.concat([b.frame for b in batches], ignore_index=True)
    if (srid := batches[0].srid) is not None:
        frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=srid or None)
    return as_raw(frame, database.name, layer.table, layer)


@dataclass(frozen=True)
class TableBatch:
    """Some rows of a table.

    Attributes
    ----------
    frame
        The table's columns, and `geometry` as shapes in the table's own CRS.
    srid
        The EPSG number of that CRS; 0 where it has none, None without a geometry column.
    """

    frame: pd.DataFrame
    srid: int | None


def read_batches(database: Database, layer: Layer, size: int = _BATCH) -> Iterator[TableBatch]:
    """Read one table in batches through a cursor on the server; memory stays that of a batch.

    Parameters
    ----------
    layer
        Its `table` is the table or view, with the schema before it where there is one.
    size
        Rows a batch.

    Yields
    ------
    batch
        In the order of `read_postgis`; one without rows where the table has none.

    Raises
    ------
    LayerError
        As `read_postgis` does.
    """
    try:
        import geoalchemy2  # noqa: F401 - makes sqlalchemy know geometry columns
        from sqlalchemy.exc import SQLAlchemyError
    except ImportError:
        raise LayerError('读取 PostGIS 需要安装：pip install "hbgeo[postgis]"') from None
    url = url_of(database)
    try:
        yield from _fetch(_engine(url), database, layer, size)
    except SQLAlchemyError as err:
        raise LayerError(f"{database.name}：无法读取数据库（{why_refused(err)}）") from None


def url_of(database: Database) -> URL:
    """The address with the password that the environment holds.

    Raises
    ------
    LayerError
        If the variable that the address names is not set.
    """
    from sqlalchemy import make_url

    url = make_url(database.url)
    variable = str(url.password or "").removeprefix("${").removesuffix("}")
    if variable and variable not in os.environ:
        raise LayerError(f"{database.name}：没有设置环境变量 {variable}（数据库密码）")
    password = os.environ[variable] if variable else None
    return url.set(drivername="postgresql+psycopg", password=password)


def why_refused(err: Exception) -> str:
    """What is wrong, in our words: libpq's name users, hosts and addresses."""
    cause = getattr(err, "orig", None) or err
    for pattern, said in _SAID:
        if pattern.search(str(cause)):
            return said
    state = getattr(cause, "sqlstate", None)
    return f"数据库报错，代号 {state}" if state else "连不上，或数据库报错"


def _engine(url: URL) -> Engine:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_S, "passfile": NO_PASSFILE},
        execution_options={"postgresql_readonly": True},
    )


def _fetch(engine: Engine, database: Database, layer: Layer, size: int) -> Iterator[TableBatch]:
    from sqlalchemy import func, literal_column, select

    with engine.connect() as connection:
        table = _table(engine, database, layer)
        shapes = _geometry(table, database, layer)
        columns = [c for c in table.columns if c is not shapes]
        srid = None if shapes is None else _srid(connection, shapes, database, layer)
        wanted: list[Any] = [*columns, *([] if shapes is None else [func.ST_AsBinary(shapes)])]
        query = select(*wanted).select_from(table)
        if keys := list(table.primary_key.columns):
            query = query.order_by(*keys)
        elif not table.info["is_view"]:
            query = query.order_by(literal_column("ctid"))  # as the rows are stored
        names, empty = [c.name for c in columns], True
        rows = connection.execution_options(yield_per=size).execute(query)
        for fetched in rows.partitions():
            yield _batch(fetched, names, srid)
            empty = False
        if empty:
            yield _batch([], names, srid)


def _table(engine: Engine, database: Database, layer: Layer) -> Table:
    from sqlalchemy import MetaData, Table, inspect
    from sqlalchemy.exc import SAWarning

    schema, _, name = layer.table.rpartition(".")
    inspector = inspect(engine)
    views = inspector.get_view_names(schema=schema or None)
    if name not in {*views, *inspector.get_table_names(schema=schema or None)}:
        known = "、".join(_known(inspector)[:20])
        raise LayerError(f"{database.name}：没有表“{layer.table}”；已有：{known}")
    with warnings.catch_warnings(category=SAWarning, action="ignore"):  # of types it does not know
        table = Table(name, MetaData(), schema=schema or None, autoload_with=engine)
    table.info["is_view"] = name in views
    return table


def _known(inspector: Inspector) -> list[str]:
    """What a user may have meant: tables and views of every schema, PostGIS's own left out."""
    own = {"spatial_ref_sys", "geography_columns", "geometry_columns"}
    found = []
    for schema in inspector.get_schema_names():
        if schema not in {"information_schema", "topology", "tiger", "tiger_data"}:
            names = {*inspector.get_table_names(schema), *inspector.get_view_names(schema)} - own
            prefix = "" if schema == inspector.default_schema_name else f"{schema}."
            found += [prefix + name for name in sorted(names)]
    return found


def _geometry(table: Table, database: Database, layer: Layer) -> Column[Any] | None:
    from geoalchemy2 import Geometry

    found = [c for c in table.columns if isinstance(c.type, Geometry)]
    if len(found) > 1:
        names = "、".join(c.name for c in found)
        raise LayerError(
            f"{database.name} {layer.table}：有 {len(found)} 个几何列（{names}）；请用只含一个的视图"
        )
    return found[0] if found else None


def _srid(connection: Connection, shapes: Column[Any], database: Database, layer: Layer) -> int:
    from sqlalchemy import func, select

    query = select(func.ST_SRID(shapes)).where(shapes.is_not(None)).distinct().limit(2)
    found = [int(row[0]) for row in connection.execute(query)]
    if len(found) > 1:
        raise LayerError(
            f"{database.name} {layer.table}：几何列有多个坐标系（{found[0]}、{found[1]} 等）"
        )
    return found[0] if found else max(int(getattr(shapes.type, "srid", 0)), 0)


def _batch(rows: Sequence[Row[Any]], names: list[str], srid: int | None) -> TableBatch:
    cells = list(zip(*rows, strict=True)) if rows else [()] * (len(names) + 1)
    made = pd.DataFrame({n: list(c) for n, c in zip(names, cells, strict=False)})
    if srid is not None:
        made["geometry"] = shapely.from_wkb(list(cells[-1]))
    return TableBatch(made, srid)
