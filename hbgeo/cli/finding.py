"""The commands `search` and `whereis`: names and places, and what is where."""

from __future__ import annotations

from typing import Annotated

import typer

from hbgeo.cli.console import count_read, emit, warn
from hbgeo.cli.options import Json, Output, open_workspace
from hbgeo.errors import RequestError

_CRS = "CGCS2000、WGS84、GCJ-02、BD-09、CGCS2000-3GK-带号、EPSG:编号；不写按 CGCS2000"


def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="名称", help="汉字（一两个字也行）、拼音（带不带声调、空格都行）、首字母或代码"
        ),
    ],
    within: Annotated[str, typer.Option("--in", metavar="代码|名称", help="只看某个县或市州")] = "",
    most: Annotated[
        str, typer.Option(metavar="条数", help="最多列出多少条；默认屏幕 50 条，写文件不限")
    ] = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """查名称：单元、村、地名、设施、标志；曾用名、别名也查。"""
    from hbgeo.names.finding import MOST, Finder, found_content
    from hbgeo.show.finding_table import cut_note, found_shown

    workspace, text = open_workspace(), " ".join(words)
    code = workspace.within(within) if within else ""
    limit = _count_of(most) if most else None if output or as_json else MOST
    with count_read("编名称索引") as progress:
        finder = Finder.open(workspace, progress=progress)
    found = finder.search(text, within=code, most=limit)
    rows, how = found.rows, {"more": found.more, "sample": found.sample}
    shown = lambda: found_shown(rows, text, **how)  # noqa: E731
    content = found_content(found, text)
    emit(lambda: rows, shown, output=output, as_json=as_json, content=content)
    warn(cut_note(len(rows), more=found.more) if output or as_json else ())


def whereis(
    position: Annotated[
        list[str],
        typer.Argument(metavar="经度 纬度", help="如 111.2013 30.4805，或 114°18′18″ 30°35′35″"),
    ],
    crs: Annotated[str, typer.Option(metavar="坐标系", help=_CRS)] = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """查一个点在哪里：省、市州、县、乡镇、村，最近的地名和标志有多远。"""
    from hbgeo.names.whereis import find_where, read_position, where_content
    from hbgeo.show.finding_table import where_shown

    x, y, said = read_position(" ".join(position), crs)
    found = find_where(open_workspace(), x, y)
    lines, how = (*said, *found.notes), {"sample": found.sample, "approximate": found.approximate}
    shown = lambda: where_shown(found.row, lines, **how)  # noqa: E731
    emit(
        lambda: found.rows, shown, output=output, as_json=as_json, records=[found.row],
        content=where_content(found),
    )  # fmt: skip
    warn(lines if output or as_json else ())


def _count_of(text: str) -> int:
    """How many rows are asked for.

    Raises
    ------
    RequestError
        If it is no whole number above 0.
    """
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9):
        raise RequestError(f"--most “{text}”不是条数；写大于 0 的整数，如 100")
    return int(text)
