"""The views in PostGIS: those that fit stay untouched, so that nobody who reads them waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from hbgeo.errors import OutputError
from hbgeo.publish.copying import SHAPES, SRID
from hbgeo.publish.names import SCHEMA
from hbgeo.publish.structure import comment, type_of
from hbgeo.publish.tables import INDICATORS, RESULTS, UNITS
from hbgeo.publish.views import View, select

if TYPE_CHECKING:
    from psycopg import Connection

_PATIENCE = "2s"  # for who reads a view that must be made anew; others wait behind us as long
_GONE = "这个指标已不再计算或已改名，视图没有行"


def make_views(connection: Connection[Any], views: Sequence[View]) -> list[str]:
    """Make the views that lack, and anew those that differ; say of the others what holds now.

    Who may read `results` may read a new view.

    Returns
    -------
    gone
        Views of earlier publications that have no rows any more; they stay, and say so.

    Raises
    ------
    OutputError
        If one must be made anew while somebody reads it or builds on it.
    """
    from psycopg import sql

    have = _signatures(connection)
    readers = _readers(connection, [RESULTS.name])
    for view in views:
        found = have.pop(view.name, None)
        if found == _signature(view):
            comment(connection, "VIEW", sql.Identifier(SCHEMA, view.name), view.comment)
            continue
        known = readers if found is None else _readers(connection, [view.name])
        if found is not None:
            _remove(connection, view.name)
        _make(connection, view, known)
    for name in have:
        comment(connection, "VIEW", sql.Identifier(SCHEMA, name), _GONE)
    return sorted(have)


def _make(connection: Connection[Any], view: View, readers: Iterable[str]) -> None:
    from psycopg import sql

    name = sql.Identifier(SCHEMA, view.name)
    query = select(view, geometry=f"u.{SHAPES[view.shape][0]}", schema=SCHEMA)
    connection.execute(sql.SQL("CREATE VIEW {} AS ").format(name) + sql.SQL(query))
    comment(connection, "VIEW", name, view.comment)
    for column, title in {**view.titles, "geom": UNITS.titles()["geom"]}.items():
        comment(connection, "COLUMN", sql.Identifier(SCHEMA, view.name, column), title)
    for reader in readers:
        grant = sql.SQL("GRANT SELECT ON {} TO {}").format(name, sql.SQL(reader))
        connection.execute(grant)


def _remove(connection: Connection[Any], name: str) -> None:
    """Remove a view that will be made anew; a reader is given a moment to come to his end."""
    from psycopg import errors, sql

    try:
        connection.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        connection.execute(sql.SQL("DROP VIEW {}").format(sql.Identifier(SCHEMA, name)))
        connection.execute("SET LOCAL lock_timeout = 0")
    except errors.LockNotAvailable:
        said = f"视图 {SCHEMA}.{name} 要改建，但有人正在读它；请他关闭后再发布，原有内容未改动"
        raise OutputError(said) from None
    except errors.DependentObjectsStillExist:
        said = (
            f"视图 {SCHEMA}.{name} 要改建，但另有视图建在它上面；请先移走那些视图，原有内容未改动"
        )
        raise OutputError(said) from None


def _signature(view: View) -> list[tuple[str, str]]:
    """Column and type of a view as PostgreSQL tells them."""
    table = RESULTS if view.indicator else UNITS
    types = {c.id: type_of(c, table) for c in table.columns}
    types |= {c.id: type_of(c, INDICATORS) for c in INDICATORS.columns if c.id == "mark"}
    return [(c, types[c]) for c in view.columns] + [("geom", f"geometry({view.shape},{SRID})")]


def _signatures(connection: Connection[Any]) -> dict[str, list[tuple[str, str]]]:
    """The views of the schema that are ours by name, with their columns and types."""
    query = (
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE n.nspname = %s AND c.relkind = 'v' AND a.attnum > 0 AND pg_has_role(c.relowner, 'USAGE') "
        "AND (starts_with(c.relname, 'v_') OR starts_with(c.relname, 'units_')) "
        "ORDER BY c.relname, a.attnum"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for name, column, kind in connection.execute(query, (SCHEMA,)):
        found.setdefault(name, []).append((column, kind))
    return found


def _readers(connection: Connection[Any], names: Sequence[str]) -> list[str]:
    """Who was granted to read a table or view, as GRANT names them."""
    query = (
        "SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' "
        "ELSE quote_ident(pg_get_userbyid(g.grantee)) END FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g "
        "WHERE n.nspname = %s AND c.relname = ANY(%s) AND g.privilege_type = 'SELECT' "
        "AND g.grantee <> c.relowner ORDER BY 1"
    )
    return [row[0] for row in connection.execute(query, (SCHEMA, list(names)))]
