"""The agenda as .docx: a page a county, what to do in order and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import KINDS, Agenda
from hbgeo.read.catalog import Catalog
from hbgeo.show import words
from hbgeo.show.agenda_words import NOTHING, mark_of, percent, promise
from hbgeo.show.paper.document import (
    add_paragraph,
    add_table,
    add_title,
    pages_by_county,
)
from hbgeo.show.tasks_words import NOWHERE

_WIDTHS = {
    "次序": 11, "类别": 16, "单元": 26, "指标": 38, "做什么": 76, "新增": 11, "办后": 18, "目标": 14,
    "台账出处": 34,
}  # fmt: skip
_TEXT, _SMALL = 14, 9  # points of the letters: of the text, of the table


def document_of(found: Agenda, catalog: Catalog) -> bytes:
    """Make the paper: one section a county, in code order.

    Raises
    ------
    OutputError
        If python-docx is not installed.
    """
    of_county = found.rows.groupby("county_code", sort=True)
    counties = [(str(rows["county"].iloc[0]) or NOWHERE, rows) for _, rows in of_county]
    add = partial(_add_county, found=found, catalog=catalog)
    return pages_by_county(mark_of(found), counties, add, NOTHING)


def _add_county(
    document: Any, county: str, rows: pd.DataFrame, *, found: Agenda, catalog: Catalog
) -> None:
    add_title(document, "要办的事", 22, "方正小标宋简体")
    day = words.day(found.as_of, prose=True)
    many = rows["order"].nunique()
    said = f"{county}：按{catalog.title}截至{day}的数，下列{many}项依次办理，每项使多少单元新增覆盖、办到该项后的比例见表。"
    add_paragraph(document, said, size=_TEXT)
    table = [_cells(row) for row in rows.to_dict("records")]
    add_table(
        document,
        list(_WIDTHS),
        table,
        widths=list(_WIDTHS.values()),
        size=_SMALL,
        right=(0, 5, 6, 7),
    )
    for note in (promise(found), *(f"{note}。" for note in found.notes)):
        add_paragraph(document, note, size=10)


def _cells(row: Mapping[Any, Any]) -> list[str]:
    goal = row["target_pct"]
    return [
        str(row["order"]),
        KINDS[row["kind"]],
        row["unit"],
        row["title"],
        row["action"],
        words.amount(row["gain"]),
        percent(row["pct_after"], goal),
        words.NONE if goal is None else f"{goal:f}%",
        row["source_row"],
    ]
