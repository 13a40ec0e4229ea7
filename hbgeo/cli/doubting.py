"""`hbgeo doubts`: how firm the figures are, and which rows of the ledgers they rest on."""

from __future__ import annotations

from typing import Annotated

import typer

from hbgeo.cli.console import emit
from hbgeo.cli.options import Ask, Json, Output, asks

_One = Annotated[
    str, typer.Argument(metavar="指标", help="指标代号、代号@变体，或体系；不写为全部疑点")
]


@asks
def doubts(ask: Ask, name: _One = "", output: Output = None, as_json: Json = False) -> None:
    """数字有多大把握：最低、最高各是多少，结论稳不稳，取决于台账哪几行；-o .xlsx 每县一张，可发回核对。"""
    from hbgeo.listed import doubts_content
    from hbgeo.show import doubts_table

    workspace, options = ask.open()
    names = [name] if name else []
    measured = workspace.measure(names, options=options)
    figures = measured.assessments
    found = workspace.doubts(names, options=options, measured=measured)
    rows = doubts_table.doubt_rows(found, figures)
    table, records = doubts_table.flat_doubts(rows), doubts_table.doubt_records(rows)
    content = doubts_content(workspace, found, figures, options.part)
    shown = lambda: doubts_table.doubts_shown(found, figures, options.part)  # noqa: E731
    emit(lambda: table, shown, output=output, as_json=as_json, records=records, content=content)
