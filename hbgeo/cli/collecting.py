"""`hbgeo collect` and its options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.console import count_read, emit, show, show_whole
from hbgeo.cli.options import Wait, working
from hbgeo.cli.quoting import command

_FOLDER = "各县报送的文件夹：里面每个县一个工作区、一个台账文件夹，或一份台账"


def collect(
    folder: Annotated[Path, typer.Argument(metavar="目录", help=_FOLDER)],
    home: Annotated[
        Path, typer.Option("--output", "-o", metavar="工作区", help="全省的工作区，汇总到这里")
    ],
    base: Annotated[
        Path | None,
        typer.Option(metavar="工作区", help="全省的单元和政策取自这个工作区（第一次收集要写）"),
    ] = None,
    expect: Annotated[
        Path | None,
        typer.Option(
            metavar="名单.csv",
            help="应报的县：列 code、name、due（期限），可有 reported（报送日期）、layer",
        ),
    ] = None,
    wait: Wait = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="把收集情况表按 JSON 写到标准输出")
    ] = False,
) -> None:
    """汇总各县报送的工作区和台账：谁没报、谁有误、哪两县矛盾；更正后再来一次只读改过的。"""
    from hbgeo.collect.collecting import collect as collect_all
    from hbgeo.show.collected_table import collected_shown
    from hbgeo.show.said import written

    how: dict[str, Any] = {"base": base, "expect": expect}
    with working(home, wait=wait), count_read() as how["progress"]:
        found, files = collect_all(folder, home, **how)
    if as_json:
        emit(lambda: found.states, list, output=None, as_json=True)
        return
    show(*collected_shown(found), written(files))
    show_whole(f"下一步：看问题 {command('-C', str(home), 'check')}")
    show_whole(f"        计算   {command('-C', str(home), 'run')}")
