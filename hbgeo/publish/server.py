"""Publish to PostGIS in one transaction: readers see the earlier state until all of the new is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.publish.connection import writing
from hbgeo.publish.content import Content
from hbgeo.publish.copying import COPY_OPTIONS, copy_parts, on_server
from hbgeo.publish.names import SCHEMA
from hbgeo.publish.structure import comment, is_owner, prepare, take_turn
from hbgeo.publish.stylesheets import write_styles
from hbgeo.publish.tables import RUNS, TABLES, Table
from hbgeo.publish.viewing import make_views
from hbgeo.publish.views import views_of
from hbgeo.read.file.find import Database

if TYPE_CHECKING:
    from psycopg import Connection

Progress = Callable[[int, int], None]


def publish_to_server(
    content: Content, database: Database, *, wait: bool = False, progress: Progress | None = None
) -> list[str]:
    """Replace what an earlier publication wrote, all or nothing.

    Rows are removed and added inside tables that stay: a reader who is at it goes on with the
    state he began with, and is not kept waiting. Nothing takes a lock that he would feel, but a
    view that must be made anew.

    Parameters
    ----------
    wait
        Wait for somebody who publishes into the same database.
    progress
        Called with the rows written, and how many there are.

    Returns
    -------
    said
        Lines for the user.

    Raises
    ------
    OutputError
        If it cannot be done; what stood there before still does.
    """
    views = views_of(content)
    with writing(database) as connection:
        take_turn(connection, wait=wait)
        prepare(connection)
        _replace_rows(connection, content, progress)
        _describe(connection, content)
        said = write_styles(connection, content, views)
        gone = make_views(connection, views)  # last: for the shortest time, should it lock one
    if gone:
        said.append(f"已不再计算的指标留有空视图：{'、'.join(gone)}；不用时可由所有者 DROP VIEW。")
    return said


def _replace_rows(connection: Connection[Any], content: Content, progress: Progress | None) -> None:
    for table in reversed(TABLES):
        if table is not RUNS:
            connection.execute(f"DELETE FROM {SCHEMA}.{table.name}")  # noqa: S608 - ours
    whole = sum(len(content.tables[table.name]) for table in TABLES)
    done = 0
    for table in TABLES:
        rows = content.tables[table.name]
        done = _copy(connection, table, rows, done, whole, progress)
        connection.execute(f"ANALYZE {SCHEMA}.{table.name}")


def _copy(
    connection: Connection[Any],
    table: Table,
    rows: pd.DataFrame,
    done: int,
    whole: int,
    progress: Progress | None,
) -> int:
    """Send the rows of a table; the number of the publication is the server's."""
    own = on_server(table)
    if table is RUNS:
        own = replace(own, columns=own.columns[1:])
    columns = ", ".join(f'"{name}"' for name in own.ids)
    query = f"COPY {SCHEMA}.{table.name} ({columns}) FROM STDIN ({COPY_OPTIONS})"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for part in copy_parts(own, rows):
            copy.write(part)
            if progress is not None:
                progress(done, whole)
    return done + len(rows)


def _describe(connection: Connection[Any], content: Content) -> None:
    """Say of the schema and its tables what they hold, and what must be said of it."""
    from psycopg import sql

    marks = "；".join(filter(None, [content.mark, content.approval]))
    for table in TABLES:
        comment(
            connection, "TABLE", sql.Identifier(SCHEMA, table.name), f"{table.title}。{marks}。"
        )
    if is_owner(connection):
        said = f"{content.title}，由 hbgeo 发布。{marks}。"
        comment(connection, "SCHEMA", sql.Identifier(SCHEMA), said)
