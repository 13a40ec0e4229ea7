"""The agenda as .docx: a page a county, what to do in order and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hbgeo.measure.agenda import KINDS, Agenda
from hbgeo.read.catalog import Catalog
from hbgeo.show import words
from hbgeo.show.agenda_words import NOTHING, mark_of, percent, promise
from hbgeo.show.paper.document import (
    add_paragraph,
    add_table,
    add_title,
    document_bytes,
    lay_across,
    new_document,
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
    document = new_document(mark_of(found))
    from docx.enum.section import WD_SECTION_START  # there, or it was said above

    lay_across(document)
    counties = list(found.rows.groupby("county_code", sort=True))
    for n, (_, rows) in enumerate(counties):
        if n:
            document.add_section(WD_SECTION_START.NEW_PAGE)
        _add_county(document, str(rows["county"].iloc[0]) or NOWHERE, rows, found, catalog)
    if not counties:
        add_paragraph(document, NOTHING)
    return document_bytes(document)


def _add_county(document: Any, county: str, rows: Any, found: Agenda, catalog: Catalog) -> None:
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
