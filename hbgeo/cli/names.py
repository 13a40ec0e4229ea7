"""The command `names`: signs held against the gazetteer, and the rules they are held by."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hbgeo.cli.console import Names, count_rows, emit, warn
from hbgeo.cli.options import Json, Output, open_workspace


def names(
    layer: Annotated[
        str, typer.Argument(metavar="图层", help="地名标志的图层；不写为 sign")
    ] = "sign",
    within: Annotated[str, typer.Option("--in", metavar="代码|名称", help="只看某个县或市州")] = "",
    rules: Annotated[bool, typer.Option("--rules", help="列出规则、依据和例子")] = False,
    output: Output = None,
    as_json: Json = False,
) -> None:
    """核对地名标志：名称与标准名称、拼写与读音、同一地名的几块标志是否一致。"""
    from hbgeo.show.names_table import names_shown, rules_shown
    from hbgeo.signs import find_names, rules_table

    every = rules_table()
    if rules:
        Names.of = "rules"
        emit(lambda: every, lambda: rules_shown(every), output=output, as_json=as_json)
        return
    workspace = open_workspace()
    with count_rows() as progress:
        found = find_names(
            workspace, layer, workspace.within(within) if within else "", progress=progress
        )
    table, said = (lambda: found.rows), (found.names, found.against, found.notes)
    how: dict[str, Any] = {"signs": sum(found.checked.signs.values()), "sample": found.sample}
    shown = lambda: names_shown(found.rows, every, *said, **how)  # noqa: E731
    emit(table, shown, output=output, as_json=as_json, content=found.content)
    warn(found.notes if output or as_json else ())
