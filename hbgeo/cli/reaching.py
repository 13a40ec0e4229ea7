"""The commands `nearest` and `access`, and `stats --radius`: who is really reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hbgeo.cli.console import emit
from hbgeo.cli.options import Ask

Radius = Annotated[
    str | None,
    typer.Option(
        metavar="米，…",
        help="改按距离算：设施多少米以内的面积（村按点，--weight 按人口），如 1000,3000；直线距离，非步行时间",
    ),
]


def show_radii(
    ask: Ask, names: Sequence[str], radius: str, by: str, *, output: Path | None, as_json: bool
) -> None:
    """Give the figures of indicators within radii, one a radius."""
    from hbgeo.listed import stats_content
    from hbgeo.reached import assess_radii, read_radii
    from hbgeo.show import terminal
    from hbgeo.show.table.stats import flat_stats, radius_rows

    radii = read_radii(radius)
    workspace, options = ask.open()
    found = assess_radii(workspace, names, options, radii)
    rows = [row for a in found for row in radius_rows(a, by or None)]
    shown = lambda: terminal.stats(workspace.catalog, found, by, options.part)  # noqa: E731
    content = stats_content(rows, options.as_of, by)
    emit(
        lambda: flat_stats(rows),
        shown,
        output=output,
        as_json=as_json,
        records=rows,
        content=content,
    )
