"""The command `names`: signs held against the gazetteer, and the rules they are held by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.console import Names, count_rows, emit, show, warn
from hbgeo.cli.options import Json, open_workspace

Papers = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="文件|文件夹",
        help="按扩展名写 .csv .json .xlsx .parquet；写文件夹（如 退回）为每县一份工作簿",
    ),
]

Same = Annotated[bool, typer.Option("--same", help="列出重名、同音的地名：乡镇内、县内、跨县相邻")]
Protect = Annotated[
    bool, typer.Option("--protect", help="按年代和历史建议研究列入地名保护名录的名称")
]
Plates = Annotated[
    Path | None,
    typer.Option(metavar="文件", help="按乡镇和街路巷清点门牌，每个名称核对一次；任何大小的点文件"),
]


def names(
    layer: Annotated[
        str, typer.Argument(metavar="图层", help="地名标志的图层；不写为 sign")
    ] = "sign",
    within: Annotated[str, typer.Option("--in", metavar="代码|名称", help="只看某个县或市州")] = "",
    rules: Annotated[bool, typer.Option("--rules", help="列出规则、依据和例子")] = False,
    same: Same = False,
    protect: Protect = False,
    plates: Plates = None,
    crs: Annotated[str, typer.Option(metavar="坐标系", help="门牌文件未说明坐标系时用")] = "",
    output: Papers = None,
    as_json: Json = False,
) -> None:
    """核对地名标志：名称与标准名称、拼写与读音、同一地名的几块标志是否一致。"""
    from hbgeo.names.papers import county_papers, is_folder
    from hbgeo.names.signs import find_names, rules_table
    from hbgeo.show.names_table import names_shown, rules_shown

    every = rules_table()
    if rules:
        Names.of = "rules"
        emit(lambda: every, lambda: rules_shown(every), output=output, as_json=as_json)
        return
    workspace = open_workspace()
    part = workspace.within(within) if within else ""
    if same or protect or plates:
        _list(_ask(workspace, part, same, plates, crs), output, as_json)
        return
    with count_rows() as progress:
        found = find_names(workspace, layer, part, progress=progress)
    if output is not None and is_folder(output):
        _write_counties(
            county_papers(workspace, found, replace(workspace.options(), within=part)), output
        )
        return
    table, said = (lambda: found.rows), (found.names, found.against, found.notes)
    how: dict[str, Any] = {"signs": sum(found.checked.signs.values()), "sample": found.sample}
    shown = lambda: names_shown(found.rows, every, *said, **how)  # noqa: E731
    emit(table, shown, output=output, as_json=as_json, content=found.content)
    warn(found.notes if output or as_json else ())


def _ask(workspace: Any, within: str, same: bool, plates: Path | None, crs: str) -> Any:
    """The place names that are alike, those that may be worth protecting, or the streets of plates."""
    from hbgeo.names.lists import list_namesakes, list_protected
    from hbgeo.names.plates import count_plates

    if plates is None:
        return (list_namesakes if same else list_protected)(workspace, within)
    with count_rows() as progress:
        return count_plates(workspace, plates, crs, within, progress=progress)


def _list(made: Any, output: Path | None, as_json: bool) -> None:
    """Give a list to wherever it was asked for."""
    from hbgeo.show import name_lists_table as tables

    draw = {"same": tables.namesakes_shown, "protect": tables.protected_shown}
    Names.of = made.kind
    shown = lambda: draw.get(made.kind, tables.plates_shown)(  # noqa: E731
        made.rows, made.line, made.notes, sample=made.sample
    )
    emit(lambda: made.rows, shown, output=output, as_json=as_json, content=made.content)
    warn(made.notes if output or as_json else ())


def _write_counties(papers: Any, folder: Path) -> None:
    """Write a workbook for each county into a folder, all or none, and say what else lies there."""
    from hbgeo.show.names_table import papers_shown
    from hbgeo.show.table.files import write_files

    folder.mkdir(parents=True, exist_ok=True)
    write_files({folder / name: content for name, content in papers.files.items()})
    others = sorted({path.name for path in folder.glob("*.xlsx")} - set(papers.files))
    show(*papers_shown(folder, len(papers.files), papers.problems, papers.villages, others))
    warn(papers.notes)
