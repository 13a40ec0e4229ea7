"""A connection that writes to a database, and what to say where the server refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hbgeo.errors import OutputError
from hbgeo.read.file.find import Database
from hbgeo.read.file.postgis import CONNECT_S, NO_PASSFILE, url_of, why_refused

if TYPE_CHECKING:
    from psycopg import Connection

_SAID = {
    "42501": "这个用户没有写入权限",
    "25006": "这台服务器只读（备机？）；请写主库的地址",
    "53100": "服务器的磁盘已满",
    "53200": "服务器的内存不足",
    "57014": "服务器取消了这次写入",
    "40P01": "与别人的操作互相等待；请稍后再试",
    "55P03": "有人正占着要改的表或视图；请稍后再试",
}
_UNTOUCHED = "没有发布，原有内容未改动"


@contextmanager
def writing(database: Database) -> Iterator[Connection[Any]]:
    """Be connected for one transaction: all of it is there at the end, or nothing.

    Raises
    ------
    OutputError
        If the extra `postgis` is not installed, the server cannot be reached, or refuses.
    LayerError
        If the password's variable is not set.
    """
    try:
        import psycopg
        import sqlalchemy  # noqa: F401 - takes addresses apart
    except ImportError:
        raise OutputError('发布到 PostGIS 需要安装：pip install "hbgeo[postgis]"') from None
    url = url_of(database)
    given: dict[str, Any] = {str(k): v for k, v in url.query.items()}
    given |= {"host": url.host, "user": url.username, "password": url.password}
    given |= {"port": url.port or 5432, "dbname": url.database, "connect_timeout": CONNECT_S}
    try:
        with psycopg.connect(passfile=NO_PASSFILE, application_name="hbgeo", **given) as connection:
            yield connection
    except psycopg.Error as err:
        raise OutputError(f"{database.name}：{_UNTOUCHED}：{_why(err)}") from None
    except UnicodeEncodeError:
        said = "数据库的编码不是 UTF8，放不下中文；请换用 UTF8 编码的数据库"
        raise OutputError(f"{database.name}：{_UNTOUCHED}：{said}") from None


def _why(err: Exception) -> str:
    state = getattr(err, "sqlstate", None) or ""
    return _SAID.get(state) or why_refused(err)
