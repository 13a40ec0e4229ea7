"""The command on any number of point files: `count`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hbgeo.cli.console import count_read, emit, warn
from hbgeo.cli.options import Json, Output, open_workspace
from hbgeo.cli.points import COORDINATES

Files = Annotated[
    list[str],
    typer.Argument(metavar="文件", help="点文件，可写多个、通配符或文件夹：parquet csv gpkg shp …"),
]
Where = Annotated[
    list[str] | None,
    typer.Option(metavar="列=值，值", help="只计这一列是这些值的行；可写多次，须同时符合"),
]


def count(
    files: Files,
    units: Annotated[
        str, typer.Option(metavar="级别", help="county、township、prefecture、province")
    ],
    output: Output = None,
    where: Where = None,
    crs: Annotated[str, typer.Option(metavar="坐标系", help=COORDINATES)] = "",
    workers: Annotated[
        str, typer.Option(metavar="个数", help="在本机起几个进程一起计数（要装 Dask）")
    ] = "",
    scheduler: Annotated[
        str, typer.Option(metavar="地址", help="用已有的 Dask 集群，如 tcp://主机:8786")
    ] = "",
    as_json: Json = False,
) -> None:
    """数出各单元里有多少个点：任意多个文件，几千万行也可以。"""
    from hbgeo.products import marks_of
    from hbgeo.reached import read_count
    from hbgeo.scale.counting import count_in_units
    from hbgeo.show import counts_table as shown

    many, workspace = read_count(workers, "--workers") if workers else 0, open_workspace()
    with count_read("计数") as progress:
        how: dict[str, Any] = {"workers": many, "scheduler": scheduler, "progress": progress}
        found = count_in_units(workspace, files, units, crs=crs, where=where or (), **how)
    sample, marks = marks_of(workspace, units)
    whole, mark = workspace.units(units), marks[0] if sample else ""
    emit(
        lambda: shown.counts_table(found),
        lambda: [*shown.counts_shown(found), *marks],
        output=output,
        as_json=as_json,
        records=shown.counts_record(found),
        content=lambda suffix: shown.counts_bytes(found, suffix, whole, mark=mark),
    )
    if output or as_json:
        warn([*shown.counts_lines(found), *marks])
