"""The command `why`: why a unit stands as it does, and what would change it."""

from __future__ import annotations

from typing import Annotated

import typer

from hbgeo.cli.console import emit
from hbgeo.cli.options import Ask, Indicators, Json, Output, asks


def _why(
    ask: Ask,
    unit: Annotated[
        str,
        typer.Argument(
            metavar="单位", help="县、乡镇、村的代码或名称；重名的在前面连写所在县，如 阳新县龙港镇"
        ),
    ],
    names: Indicators = None,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """查一个单位：每项指标算没算、为什么，凭台账哪一行，差一点的差什么，怎样才算。"""
    from hbgeo.show.why_table import why_shown
    from hbgeo.why import find_why, why_content

    workspace, options = ask.open()
    found = find_why(workspace, unit, names or (), options, doubts=bool(names))
    shown = lambda: why_shown(found.of, every=found.every)  # noqa: E731
    emit(
        lambda: found.table, shown, output=output, as_json=as_json, records=found.records,
        content=why_content(workspace, found),
    )  # fmt: skip


why = asks(_why)
