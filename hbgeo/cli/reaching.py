"""The commands `nearest` and `access`, and `stats --radius`: who is really reached."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hbgeo.cli.console import count_read, emit, warn
from hbgeo.cli.options import Ask, Indicator, Json, Output, asks, one_of
from hbgeo.errors import RequestError

if TYPE_CHECKING:
    from hbgeo.access import Catchment

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
    with count_read("计算") as progress:
        found = assess_radii(workspace, names, options, radii, progress=progress)
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


@asks
def access(
    ask: Ask,
    name: Indicator,
    catchment: Annotated[
        str, typer.Option(metavar="米", help="服务范围：直线距离多少米以内，如 5000")
    ] = "",
    minutes: Annotated[
        str, typer.Option(metavar="分钟", help="服务范围：沿道路多少分钟以内，须同时写 --roads")
    ] = "",
    roads: Annotated[str, typer.Option(metavar="图层", help="道路图层的键")] = "",
    decay: Annotated[
        str, typer.Option(metavar="none|step|gaussian", help="范围内随距离衰减：不、分三级、高斯")
    ] = "none",
    supply: Annotated[
        str,
        typer.Option(metavar="列", help="供给的列；默认养老设施按床位数、公墓按墓穴总数"),
    ] = "",
    output: Output = None,
    as_json: Json = False,
) -> None:
    """计算各单元的人平均可得多少床位、墓穴（两步移动搜寻法）。"""
    from hbgeo.access import access_content, measure_access
    from hbgeo.show.reached_table import access_shown

    given = _catchment(catchment, minutes, roads, decay, supply)
    workspace, options = ask.open()
    with count_read("算路程") as progress:
        made = measure_access(workspace, name, options, given, progress=progress)
    how = {"sample": made.basis.sample, "approximate": made.basis.approximate}
    shown = lambda: access_shown(made.title, made.table, made.said, **how)  # noqa: E731
    content = access_content(workspace, made)
    emit(lambda: made.table, shown, output=output, as_json=as_json, content=content)
    warn(made.said if output or as_json else ())


def _catchment(metres: str, minutes: str, roads: str, decay: str, supply: str) -> Catchment:
    """How far facilities draw, as it was asked.

    Raises
    ------
    RequestError
        If it is not said, or in two ways.
    """
    from hbgeo.access import Catchment
    from hbgeo.measure.catchment import DECAYS
    from hbgeo.reached import read_metres, read_minutes

    one_of("--decay", decay, DECAYS)
    if bool(metres) == bool(minutes):
        raise RequestError("服务范围请写一种：--catchment 米，或 --minutes 分钟 --roads 图层")
    if bool(minutes) != bool(roads):
        raise RequestError("--minutes 与 --roads 须同时写；--catchment 是直线距离，不用道路")
    how: dict[str, Any] = {"roads": roads, "decay": decay or "none", "supply": supply}
    if metres:
        return Catchment(metres=read_metres(metres, "--catchment"), **how)
    return Catchment(minutes=read_minutes(minutes, "--minutes"), **how)
