"""The commands on files of points: `locate` and `nearest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.console import Names, count_rows, show, warn, write_json
from hbgeo.cli.options import Json, Output, open_workspace

COORDINATES = "文件未说明时用：CGCS2000、WGS84、GCJ-02、BD-09、EPSG:编号"
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
    crs: Annotated[str, typer.Option(metavar="坐标系", help=COORDINATES)] = "",
) -> None:
    """给文件里的每个点标上所在单元。"""
    from hbgeo.products import locate_points, marks_of
    from hbgeo.show.said import written
    from hbgeo.show.table.batches import write_batches

    workspace = open_workspace()
    with count_rows() as progress:
        found, said = locate_points(workspace, file, units, crs, progress=progress)
        sample, marks = marks_of(workspace, units)
        how: dict[str, Any] = {"sample": sample, "machine": Names.machine, "chinese": Names.chinese}
        write_batches(output, found.schema, found.parts, **how)
    show(written([output]), *said, *marks)


def nearest(
    file: Points,
    to: Annotated[str, typer.Option(metavar="图层", help="设施图层的键，如 cemetery")],
    k: Annotated[str, typer.Option("--k", metavar="个数", help="每个点列出最近的几处")] = "1",
    roads: Annotated[
        str, typer.Option(metavar="图层", help="道路图层的键：按道路用时排，并给出分钟数")
    ] = "",
    crs: Annotated[str, typer.Option(metavar="坐标系", help=COORDINATES)] = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """给文件里的每个点找最近的设施：直线距离；有道路图层的，还有分钟数。"""
    import pandas as pd

    from hbgeo.reached import find_nearest, read_count, table_of
    from hbgeo.show.reached_table import nearest_shown
    from hbgeo.show.said import written
    from hbgeo.show.table.batches import write_batches
    from hbgeo.show.table.values import records
    from hbgeo.show.words import SAMPLE_MARK

    many, workspace = read_count(k, "--k"), open_workspace()
    with count_rows() as progress:
        found = find_nearest(workspace, file, to, many, crs, roads=roads, progress=progress)
        if output:
            how: dict[str, Any] = {"machine": Names.machine, "chinese": Names.chinese}
            how |= {"sample": found.sample, "kind": "nearest"}
            write_batches(output, found.tagged.schema, found.tagged.parts, **how)
            table = pd.DataFrame()
        else:
            table = table_of(found.tagged)
    marked = [*found.said, *[f"{SAMPLE_MARK}。"] * found.sample]
    if output:
        show(written([output]), *marked)
    elif as_json:
        write_json(records(table))
        warn(marked)
    else:
        show(*nearest_shown(table, found.said, sample=found.sample))
