"""`hbgeo agenda`: the year's work as one list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.console import emit, warn
from hbgeo.cli.options import Ask, Indicators, Json, asks

Paper = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="文件",
        help="给人用的写 .xlsx（每县一张表，另有要改的格、要加的行）或 .docx；给程序用的写 .csv .json .parquet",
    ),
]


@asks
def agenda(
    ask: Ask,
    names: Indicators = None,
    budget: Annotated[
        str, typer.Option(metavar="个数", help="只办这么多件：选合起来新增最多的")
    ] = "",
    output: Paper = None,
    as_json: Json = False,
) -> None:
    """今年先办什么：核实哪些行、启用哪些在建、修补哪些标志、在哪里新建，各新增多少、办后到多少。"""
    from hbgeo.agenda.finding import find_agenda
    from hbgeo.agenda.papers import agenda_content, records_of, table_of
    from hbgeo.plan.asking import count_of
    from hbgeo.show.agenda_table import agenda_shown

    most = count_of("--budget", budget, "大于 0 的整数") if budget else None
    workspace, options = ask.open()
    found = find_agenda(workspace, names or (), options, budget=most)
    how: dict[str, Any] = {"output": output, "as_json": as_json}
    if as_json and not output:
        how["records"] = records_of(workspace, found)
    content = agenda_content(workspace, found)
    emit(lambda: table_of(workspace, found), lambda: agenda_shown(found), content=content, **how)
    warn([f"{note}。" for note in found.notes] if output or as_json else ())
