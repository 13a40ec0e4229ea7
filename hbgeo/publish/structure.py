"""The schema and its tables in PostGIS: made where they lack, left as they are where they fit.

Tables stay from one publication to the next, so that who reads them is never locked out and what
was granted stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hbgeo.errors import OutputError
from hbgeo.publish.copying import SRID, on_server, shape_of
from hbgeo.publish.names import SCHEMA
from hbgeo.publish.tables import GEOMETRY, RUNS, TABLES, Column, Table

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.sql import Composable

PUBLISHED_AT = "published_at"  # by the server's clock, in `runs` only
_LOCK = 0x6862_67656F  # "hbgeo": of one database, whoever publishes
_TYPES = {
    "text": "text", "real": "double precision", "whole": "bigint", "yes": "boolean", "day": "date",
    "json": "jsonb",
}  # fmt: skip


def take_turn(connection: Connection[Any], *, wait: bool) -> None:
    """Be the only one who publishes into this database until the transaction ends.

    Raises
    ------
    OutputError
        If somebody else does, and `wait` is not set.
    """
    if wait:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    elif not _one(connection, "SELECT pg_try_advisory_xact_lock(%s)", _LOCK):
        raise OutputError("别人正在向这个数据库发布；请稍后再试，或加 --wait 等他发布完")


def prepare(connection: Connection[Any]) -> None:
    """Make the schema and the tables that lack.

    Raises
    ------
    OutputError
        If PostGIS is not there, or what is there is not ours to write, or of another version.
    """
    where = _one(
        connection,
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'postgis'",
    )
    if not where:
        raise OutputError("数据库没有 PostGIS；请管理员在这个库里执行：CREATE EXTENSION postgis;")
    _make_schema(connection)
    connection.execute(
        "SELECT set_config('search_path', quote_ident(%s) || ',' || quote_ident(%s), true)",
        (SCHEMA, where),
    )
    for table in map(on_server, TABLES):
        found = _columns_of(connection, table.name)
        if found:
            _refuse_other(connection, table, found)
        else:
            _make_table(connection, table)


def comment(connection: Connection[Any], kind: str, name: Composable, text: str) -> None:
    """Say in Chinese what a thing is; `kind` is TABLE, VIEW, COLUMN or SCHEMA."""
    from psycopg import sql

    words = sql.SQL("COMMENT ON {} {} IS {}").format(sql.SQL(kind), name, sql.Literal(text))
    connection.execute(words)


def _one(connection: Connection[Any], query: str, *given: Any) -> Any:
    row = connection.execute(query, given).fetchone()
    return row[0] if row else None


def _make_schema(connection: Connection[Any]) -> None:
    """Make the schema where there is none and one may.

    Raises
    ------
    OutputError
        With what the administrator must type.
    """
    user = _one(connection, "SELECT quote_ident(current_user)")
    if not _one(connection, "SELECT to_regnamespace(%s)::oid", SCHEMA):
        if not _one(connection, "SELECT has_database_privilege(current_database(), 'CREATE')"):
            todo = f"CREATE SCHEMA {SCHEMA} AUTHORIZATION {user};"
            raise OutputError(f"没有模式 {SCHEMA}，这个用户也不能新建；请管理员执行：{todo}")
        connection.execute(f"CREATE SCHEMA {SCHEMA}")
    elif not _one(connection, "SELECT has_schema_privilege(%s, 'CREATE, USAGE')", SCHEMA):
        todo = f"ALTER SCHEMA {SCHEMA} OWNER TO {user};"
        raise OutputError(f"模式 {SCHEMA} 不归这个用户，不能写入；请管理员执行：{todo}")


def is_owner(connection: Connection[Any]) -> bool:
    """Whether the schema itself is ours to describe."""
    owner = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s"
    return bool(_one(connection, owner, SCHEMA))


def type_of(column: Column, table: Table) -> str:
    """A column's type as PostgreSQL calls it."""
    if column.kind == GEOMETRY:
        return f"geometry({shape_of(column, table)},{SRID})"
    return _TYPES[column.kind]


def _wanted(table: Table) -> dict[str, str]:
    made = {column.id: type_of(column, table) for column in table.columns}
    return made | {PUBLISHED_AT: "timestamp with time zone"} if table.name == RUNS.name else made


def _columns_of(connection: Connection[Any], name: str) -> dict[str, str]:
    """Column → type of a table or view of the schema; none where there is no such thing."""
    query = (
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped "
        "ORDER BY a.attnum"
    )
    return dict(connection.execute(query, (SCHEMA, name)).fetchall())


def _refuse_other(connection: Connection[Any], table: Table, found: dict[str, str]) -> None:
    wanted, name = _wanted(table), f"{SCHEMA}.{table.name}"
    differ = [c for c in {**wanted, **found} if wanted.get(c) != found.get(c)]
    if differ:
        todo = f"DROP SCHEMA {SCHEMA} CASCADE;"
        raise OutputError(
            f"表 {name} 不是这一版 hbgeo 建的（列 {'、'.join(differ[:5])} 不同）；"
            f"请先由其所有者执行 {todo} 再发布，读者的权限要重新授予"
        )
    query = (
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class "
        "WHERE oid = to_regclass(%s) AND relkind IN ('r', 'p')"
    )
    if not _one(connection, query, name):
        user = _one(connection, "SELECT quote_ident(current_user)")
        todo = f"ALTER TABLE {name} OWNER TO {user};"
        raise OutputError(f"表 {name} 不归这个用户；请用原来发布的用户，或请管理员执行：{todo}")


def _make_table(connection: Connection[Any], table: Table) -> None:
    from psycopg import sql

    lines = [_column_line(c, table) for c in table.columns]
    if table.name == RUNS.name:
        lines.append(f"{PUBLISHED_AT} timestamptz NOT NULL DEFAULT now()")
    lines.append(f"PRIMARY KEY ({_listed(table.key)})")
    lines += [
        f"FOREIGN KEY ({_listed(f.columns)}) REFERENCES {SCHEMA}.{f.table} ({_listed(f.others)})"
        for f in table.foreign
    ]
    made = f"CREATE TABLE {SCHEMA}.{table.name} ({', '.join(lines)})"
    connection.execute(made)
    for foreign in table.foreign:
        if foreign.columns != table.key[: len(foreign.columns)]:  # what is named may be removed
            what = f"ON {SCHEMA}.{table.name} ({_listed(foreign.columns)})"
            connection.execute(f"CREATE INDEX {what}")
    for drawn in (c.id for c in table.columns if c.kind == GEOMETRY):
        what = f"ON {SCHEMA}.{table.name} USING gist ({drawn})"
        connection.execute(f"CREATE INDEX {what}")
    for id_, title in {**table.titles(), **_clock(table)}.items():
        comment(connection, "COLUMN", sql.Identifier(SCHEMA, table.name, id_), title)


def _clock(table: Table) -> dict[str, str]:
    return {PUBLISHED_AT: "发布时间（服务器的钟）"} if table.name == RUNS.name else {}


def _column_line(column: Column, table: Table) -> str:
    line = f'"{column.id}" {type_of(column, table)}'
    if table.name == RUNS.name and column.id == "run":
        return f"{line} GENERATED BY DEFAULT AS IDENTITY"
    return line


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
