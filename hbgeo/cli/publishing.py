"""`hbgeo publish` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.console import count_read, show
from hbgeo.cli.options import Ask, asks

_TARGET = "文件.gpkg、文件.qgz（连同同名 .gpkg），或 postgresql://用户:${环境变量}@主机:端口/数据库"


@asks
def publish(
    ask: Ask,
    given: Annotated[str, typer.Argument(metavar="目标", help=_TARGET)],
    project: Annotated[
        Path | None, typer.Option(metavar="文件.qgz", help="再写一个打开它的 QGIS 项目")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="别人正在向同一个数据库发布时等他发布完")
    ] = False,
) -> None:
    """把单元、设施、结果和问题发布给用 QGIS 的同事：PostGIS、GeoPackage（含样式）、QGIS 项目。"""
    from hbgeo.publish.publishing import publish as publish_all
    from hbgeo.publish.publishing import target_of
    from hbgeo.show.published import published_lines

    target = target_of(given, project)
    workspace, options = ask.open()
    with count_read("发布") as progress:
        made = publish_all(workspace, options, target, wait=wait, progress=progress)
    show(
        *published_lines(made.content.tables, made.content.mark, made.place, made.files, made.said)
    )
