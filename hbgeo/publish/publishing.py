"""Publish results where GIS colleagues open them: a PostGIS server, a GeoPackage, a QGIS project."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hbgeo.errors import RequestError
from hbgeo.measure.options import Options
from hbgeo.publish.content import Content, make_content
from hbgeo.publish.package import write_package
from hbgeo.publish.project import Source, project_bytes
from hbgeo.read.catalog import DATABASE
from hbgeo.read.file.find import Database
from hbgeo.show.table.files import Staging
from hbgeo.workspace import Workspace

_PACKAGE, _PROJECT = ".gpkg", ".qgz"
_ALLOWED = "应为 文件.gpkg、文件.qgz，或 postgresql://用户:${环境变量}@主机:端口/数据库"


@dataclass(frozen=True)
class Target:
    """Where to publish: a database or a package, and the project beside it; what is none is None."""

    database: Database | None = None
    package: Path | None = None
    project: Path | None = None


@dataclass(frozen=True)
class Published:
    """What was published: the content, the files that were written, lines for the user."""

    content: Content
    files: list[Path]
    place: str
    said: list[str]


def target_of(given: str, project: Path | None = None) -> Target:
    """What a target means: `.qgz` a project with the package beside it, of the same name.

    Raises
    ------
    RequestError
        If it is none; an address is not repeated, for a password may stand in it.
    """
    if "://" in given or given.lower().startswith(("postgres", "host=", "dbname=")):
        if not DATABASE.fullmatch(given):
            more = "密码只能放在环境变量里，?后只能写 sslmode、sslrootcert"
            raise RequestError(f"发布目标不是可用的数据库地址；{_ALLOWED}（{more}）")
        return Target(database=Database(given), project=_checked(project, _PROJECT))
    path = Path(given)
    if path.suffix.lower() == _PROJECT:
        if project is not None:
            raise RequestError(f"{given}：目标已是项目，不用再写 --project")
        return Target(package=path.with_suffix(_PACKAGE), project=path)
    return Target(package=_checked(path, _PACKAGE), project=_checked(project, _PROJECT))


def publish(
    workspace: Workspace,
    options: Options,
    target: Target,
    *,
    wait: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Published:
    """Measure everything and publish it: all of it, or what stood there before stays.

    Parameters
    ----------
    wait
        Wait for somebody else who publishes into the same database.
    progress
        Called with the rows sent to a server, and how many there are.

    Raises
    ------
    HbgeoError
        If the workspace is wrong, or the target cannot be written.
    """
    for path in filter(None, (target.package, target.project)):
        _refuse_place(path)
    content = make_content(workspace, options)
    with Staging() as staging:
        if target.package is not None:
            write_package(content, staging.path(target.package))
        if target.project is not None:
            made = project_bytes(content, _source(target), target.project.stem)
            staging.write(target.project, lambda file: file.write(made))
        said: list[str] = []
        if target.database is not None:
            from hbgeo.publish.server import publish_to_server

            said = publish_to_server(content, target.database, wait=wait, progress=progress)
        files = staging.move()
    place = target.database.name if target.database else ""
    return Published(content, files, place, [*content.notes, *said])


def _checked(path: Path | None, suffix: str) -> Path | None:
    if path is not None and path.suffix.lower() != suffix:
        what = f"项目的扩展名应为 {suffix}" if suffix == _PROJECT else f"发布目标{_ALLOWED}"
        raise RequestError(f"{path}：{what}")
    return path


def _refuse_place(path: Path) -> None:
    """Refuse before anything is measured what could not be written afterwards."""
    if path.is_dir():
        raise RequestError(f"{path}：这是一个文件夹，不能写成文件")
    if not path.parent.is_dir():
        raise RequestError(f"{path}：文件夹 {path.parent} 不存在")


def _source(target: Target) -> Source:
    """Where the project finds its layers, from where it stands itself."""
    if target.database is None:
        home, package = Path(str(target.project)).parent, Path(str(target.package))
        try:
            beside = Path(os.path.relpath(package.resolve(), home.resolve())).as_posix()
        except ValueError:  # on another drive of Windows
            beside = package.resolve().as_posix()
        return Source("ogr", beside if "/" in beside else f"./{beside}")
    found = DATABASE.fullmatch(target.database.url)
    if found is None:
        raise AssertionError(target.database.name)  # checked when it was given
    mode = [part for part in target.database.url.partition("?")[2].split("&") if "sslmode=" in part]
    secured = f" {mode[0]}" if mode else ""
    place = (
        f"dbname='{found['database']}' host={found['host']} port={found['port'] or 5432}{secured}"
    )
    return Source("postgres", place)
