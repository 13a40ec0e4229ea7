"""The commands on files of points: `locate` and `nearest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.console import Names, count_rows, show
from hbgeo.cli.options import open_workspace

_COORDINATES = "文件未说明时用：CGCS2000、WGS84、GCJ-02、BD-09、EPSG:编号"
Points = Annotated[
    Path,
    typer.Argument(
        metavar="文件", help="任何点文件：csv xlsx gpkg shp geojson parquet fgb kml zip"
    ),
]


def locate(
    file: Points,
    units: Annotated[
        str, typer.Option(metavar="级别", help="county、township、prefecture、province")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="文件", help="按扩展名写")],
    crs: Annotated[str, typer.Option(metavar="坐标系", help=_COORDINATES)] = "",
) -> None:
    """给文件里的每个点标上所在单元。"""
    from hbgeo.products import locate_points, marks_of
    from hbgeo.show import terminal
    from hbgeo.show.table.batches import write_batches

    workspace = open_workspace()
    with count_rows() as progress:
        found, said = locate_points(workspace, file, units, crs, progress=progress)
        sample, marks = marks_of(workspace, units)
        how = {"sample": sample, "machine": Names.machine, "chinese": Names.chinese}
        write_batches(output, found.schema, found.parts, **how)
    show(terminal.written([output]), *said, *marks)
