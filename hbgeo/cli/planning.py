"""`hbgeo plan` and its options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hbgeo.cli.console import Names, show, write_json
from hbgeo.cli.options import Ask, Indicator, Json, Output, asks, takes

_CANDIDATES = (
    "候选点：一个图层；places 各村；grid:2000 未覆盖单元里约 2000 米一个的格点；不写为各单元驻地"
)
_EFFORT = "求解的工作量上限（不是时间）；同样的输入总得同样的结果"


@dataclass(frozen=True)
class Wishes:
    """What is wished for, as typed: one goal, who is near, where something may be built."""

    sites: Annotated[str, typer.Option(metavar="个数", help="目标之一：选这么多处，覆盖最多")] = ""
    to: Annotated[
        str, typer.Option(metavar="百分比", help="目标之一：用最少的点达到这个覆盖率")
    ] = ""
    to_target: Annotated[
        bool, typer.Option("--to-target", help="目标之一：用最少的点达到政策的下一个目标")
    ] = False
    every: Annotated[bool, typer.Option("--all", help="目标之一：用最少的点，覆盖所有能覆盖的")] = (
        False
    )
    near: Annotated[
        str, typer.Option("--within", metavar="米", help="按直线距离算：这么多米以内算覆盖")
    ] = ""
    costs: Annotated[
        Path | None,
        typer.Option(metavar="文件", help="按给定的时间表算：列 place、facility、minutes"),
    ] = None
    roads: Annotated[str, typer.Option(metavar="图层", help="按道路图层上的时间算")] = ""
    minutes: Annotated[
        str, typer.Option(metavar="分钟", help="与 --roads、--costs 同用：多少分钟以内算覆盖")
    ] = ""
    candidates: Annotated[str, typer.Option(metavar="图层|places|grid:2000", help=_CANDIDATES)] = ""
    exclude: Annotated[
        str, typer.Option(metavar="图层", help="不能建设的范围（面图层），里面的候选点不用")
    ] = ""
    fix: Annotated[str, typer.Option(metavar="编号，…", help="一定要选的点")] = ""
    refuse: Annotated[str, typer.Option(metavar="编号，…", help="不能选的点，重新求解")] = ""
    supply: Annotated[
        str, typer.Option(metavar="列", help="候选点图层里的一列：每处最多能服务多少")
    ] = ""
    even: Annotated[bool, typer.Option("--even", help="按县均衡：每县的点尽量少而平均")] = False
    plans: Annotated[
        str, typer.Option(metavar="个数", help="列出最好的几个方案，默认 1，最多 20")
    ] = ""
    effort: Annotated[str, typer.Option(metavar="工作量", help=_EFFORT)] = ""

    def typed(self, ask: Ask) -> dict[str, Any]:
        """What was typed, under the names that `read_asked` knows."""
        given = dict(vars(self))
        return given | {"within": given.pop("near"), "grid": ask.weight == "grid"}


def _plan(
    wishes: Wishes,
    ask: Ask,
    name: Indicator,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="文件.json", help="写出最优证书，可用 README 里的程序核对"),
    ] = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """下一步建在哪里：选哪些乡镇、按什么次序、惠及多少人，哪些可换；写出的图层可以再算。"""
    from hbgeo.plan.asking import read_asked
    from hbgeo.plan.papers import write_plan
    from hbgeo.plan.planning import make_plan
    from hbgeo.show.plan_table import plan_shown
    from hbgeo.show.table.plan import plan_record

    asked = read_asked(**wishes.typed(ask))
    workspace, options = ask.open(grid=True)
    made = make_plan(workspace, name, options, asked)
    how = {"machine": Names.machine, "chinese": Names.chinese}
    files = write_plan(workspace, made, output, certificate, **how)
    if as_json:
        write_json(plan_record(made.plan))
    else:
        show(*plan_shown(made.plan, options.part, certificate=bool(certificate)), *files)


plan = asks(takes(Wishes, _plan))
