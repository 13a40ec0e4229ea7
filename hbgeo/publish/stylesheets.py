"""The styles of views in a database: QGIS takes them from a table `layer_styles` on its search path.

QGIS asks for the name without a schema, so what everybody's QGIS finds stands in `public`. Where we
may not write there, the table stands in our own schema, and is found by who has it on the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hbgeo.publish.content import Content
from hbgeo.publish.names import SCHEMA
from hbgeo.publish.styles import style_parts, style_text
from hbgeo.publish.views import View

if TYPE_CHECKING:
    from psycopg import Connection

STYLES = "layer_styles"
STYLE_NAME = "hbgeo"  # ours among those that others keep for the same views
_COLUMNS = (
    "id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar, "
    "f_geometry_column varchar, stylename text, styleqml xml, stylesld xml, useasdefault boolean, "
    "description text, owner varchar(63) DEFAULT CURRENT_USER, ui xml, "
    "update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar"
)  # as QGIS makes it
_ASIDE = (
    f"不能写 public.{STYLES}，样式放在 {SCHEMA}.{STYLES}，QGIS 未必到那里去找：可请管理员给看图的用户执行"
    f" ALTER ROLE 用户 SET search_path = {SCHEMA}, public；也可用 --project 写出的项目，样式已在其中。"
)
_NOT = "服务器不能存样式（没有 xml 类型，或样式表不是 QGIS 的格式），样式没有写；可用 --project 写出的项目，样式已在其中。"


def write_styles(connection: Connection[Any], content: Content, views: Sequence[View]) -> list[str]:
    """Put a style beside each view, in the place of the one before; others' styles stay.

    Returns
    -------
    said
        A line where they could not be put where every QGIS finds them.
    """
    if _may_write(connection, "public") and _tried(connection, "public", content, views):
        return []
    if _tried(connection, SCHEMA, content, views):
        return [_ASIDE]
    return [_NOT]


def _may_write(connection: Connection[Any], schema: str) -> bool:
    """Whether the table is there and ours to change, or may be made."""
    query = (
        "SELECT CASE WHEN to_regclass(%(t)s) IS NULL THEN to_regnamespace(%(s)s) IS NOT NULL "
        "AND has_schema_privilege(%(s)s, 'CREATE') ELSE has_table_privilege(%(t)s, 'SELECT') "
        "AND has_table_privilege(%(t)s, 'INSERT') AND has_table_privilege(%(t)s, 'DELETE') END"
    )
    row = connection.execute(query, {"s": schema, "t": f"{schema}.{STYLES}"}).fetchone()
    return bool(row and row[0])


def _tried(
    connection: Connection[Any], schema: str, content: Content, views: Sequence[View]
) -> bool:
    """Write them, or leave all as it was."""
    from psycopg import errors as known

    errors = (
        known.InsufficientPrivilege, known.UndefinedColumn, known.UndefinedObject,
        known.FeatureNotSupported, known.DatatypeMismatch, known.WrongObjectType,
    )  # fmt: skip

    try:
        with connection.transaction():
            _write(connection, schema, content, views)
    except errors:
        return False
    return True


def _write(
    connection: Connection[Any], schema: str, content: Content, views: Sequence[View]
) -> None:
    table, ours = f"{schema}.{STYLES}", (SCHEMA, STYLE_NAME)
    new = connection.execute("SELECT to_regclass(%s) IS NULL", (table,)).fetchone()
    if new and new[0]:
        connection.execute(f"CREATE TABLE {table} ({_COLUMNS})")
        connection.execute(f"GRANT SELECT ON {table} TO PUBLIC")
    mine = "f_table_catalog = current_database() AND f_table_schema = %s"
    connection.execute(f"DELETE FROM {table} WHERE {mine} AND stylename = %s", ours)  # noqa: S608
    query = (
        f"INSERT INTO {table} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "  # noqa: S608
        "stylename, styleqml, useasdefault, description, type) SELECT current_database(), "
        "%(schema)s::text, %(view)s::text, 'geom', %(style)s::text, "
        "xmlparse(document %(qml)s::text), NOT EXISTS (SELECT FROM "
        f"{table} WHERE {mine.replace('%s', '%(schema)s::text')} "
        "AND f_table_name = %(view)s::text AND useasdefault), %(said)s::text, %(type)s::text"
    )
    kinds = {"Point": "Point", "MultiLineString": "Line", "MultiPolygon": "Polygon"}
    rows = [
        {
            "schema": SCHEMA, "style": STYLE_NAME, "view": view.name, "said": view.title,
            "type": kinds[view.shape], "qml": style_text(style_parts(content, view)),
        }
        for view in views
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(query, rows)
