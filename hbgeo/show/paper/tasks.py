"""督办单 as .docx: a page a county, to be signed, with what is missing and what would cover it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from hbgeo.measure.tasks import STATES, Tasks
from hbgeo.read.catalog import Catalog
from hbgeo.show import words
from hbgeo.show.paper.document import (
    add_paragraph,
    add_table,
    add_title,
    pages_by_county,
)
from hbgeo.show.tasks_words import by_county, mark_of

_WIDTHS = {
    "序号": 9, "单元": 20, "指标": 28, "原因和建议": 36, "最近设施（公里）": 28,
    "在建项目、预计建成": 26, "责任单位": 20, "完成期限": 21, "承诺完成日期": 21,
    "实际完成日期": 21, "销号签字": 15,
}  # fmt: skip
_TEXT, _SMALL = 14, 9  # points of the letters: of the text, of the table


def document_of(found: Tasks, catalog: Catalog) -> bytes:
    """Make the paper: one section a county, in code order.

    Raises
    ------
    OutputError
        If python-docx is not installed.
    """
    counties = [(county, rows) for (_, county), rows in by_county(found.rows).items()]
    add = partial(_add_county, found=found, catalog=catalog)
    return pages_by_county(mark_of(found), counties, add, "没有要督办的单位。")


def _add_county(
    document: Any, county: str, rows: pd.DataFrame, *, found: Tasks, catalog: Catalog
) -> None:
    sender = catalog.letter.sender or "＿" * 6
    add_title(document, "督  办  单", 22, "方正小标宋简体")
    add_paragraph(document, f"{county}：", indent=0, size=_TEXT)
    day = words.day(found.as_of, prose=True)
    said = f"截至{day}，你县（市、区）有下列{len(rows)}项需要办理{_open(rows)}。"
    add_paragraph(document, said + _ASKED, size=_TEXT)
    table = [[str(n), *_cells(row)] for n, row in enumerate(rows.to_dict("records"), 1)]
    add_table(
        document, list(_WIDTHS), table, widths=list(_WIDTHS.values()), size=_SMALL, right=(0,)
    )
    add_paragraph(document, _SIGNED.format(sender=sender), indent=0, size=12)


_SIGNED = (
    "交办单位：{sender}　责任单位（盖章）：＿＿＿＿＿＿　负责同志（签字）：＿＿＿＿　"
    "＿＿＿＿年＿＿月＿＿日"
)
_ASKED = "请逐项填写承诺完成日期，办结后填写实际完成日期并签字，电子版（.xlsx）一并交回。"


def _open(rows: pd.DataFrame) -> str:
    """How many of them are late or done, where any is."""
    counts = rows["state"].value_counts()
    said = [f"{word}{counts[state]}项" for state, word in STATES.items() if counts.get(state)]
    return f"（{'、'.join(said)}）"


def _cells(row: Mapping[Any, Any]) -> list[str]:
    building = [row["building"], row["building_due"] or ("日期未填" if row["building"] else "")]
    return [
        row["unit"],
        row["title"],
        "\n".join(
            filter(None, (row["reason"] or STATES[row["state"]], row["remedy"], row["remark"]))
        ),
        _near(row),
        "\n".join(filter(None, building)),
        *(row[c] or "" for c in ("responsible", "deadline", "promised_on", "done_on")),
        "",
    ]


def _near(row: Mapping[Any, Any]) -> str:
    km = row["nearest_km"]
    if not row["nearest"] or km is None or km != km:
        return row["nearest"] or ""
    return f"{row['nearest']}（{km:.1f}）"
