"""`uncovered --beyond`: the villages farther than so many metres from anything that counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.console import emit
from hbgeo.cli.options import Ask

BeyondMetres = Annotated[
    str,
    typer.Option(
        "--beyond",
        metavar="米",
        help="改列离最近的设施超过这么多米的村（社区），最远的在前；直线距离，非步行时间",
    ),
]


def show_beyond(ask: Ask, name: str, metres: str, *, output: Path | None, as_json: bool) -> None:
    """List the villages beyond a radius, the farthest first."""
    from hbgeo.reached import read_metres
    from hbgeo.show.beyond_table import beyond_content, beyond_shown, beyond_table
    from hbgeo.showing import find_beyond

    radius = read_metres(metres, "--beyond")
    workspace, options = ask.open()
    found = find_beyond(workspace, name, options)
    table = beyond_table(found, radius)
    shown = lambda: beyond_shown(found, radius, options.part)  # noqa: E731
    content = beyond_content(found, radius)
    emit(lambda: table, shown, output=output, as_json=as_json, content=content)
