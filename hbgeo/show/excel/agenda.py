"""The agenda as a workbook: what it comes to, a sheet a county, the cells to change and the rows to add."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import KINDS, Agenda
from hbgeo.show.agenda_words import NOTHING, mark_of, promise, state_words, summary, title_of
from hbgeo.show.excel.listing import book_of, list_sheet
from hbgeo.show.excel.problems import sheet_names
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.tasks_words import NOWHERE

_ORDER = [
    "order", "kind", "unit", "title", "action", "gain", "covered_after", "pct_after", "target_pct",
    "deadline", "reached", "source_row", "remedy", "county_code", "unit_code", "indicator",
    "unit_codes", "task_ids", "layer", "facility_id",
]  # fmt: skip
_CHANGES = "改台账"
_TO_CHANGE = "办成（核实如此）后改这些格；日期填实际日期，不得晚于所写的那天，写那天以前的任何一天都得到同样的数。"
_TO_ADD = (
    "新建、新设的，一行一处，列名同台账，按列名抄到台账末尾：现在写的状态不计入；办成后把“{state}”改为“{works}”，"
    "填上“{since}”（不晚于 {day}）即计入。没有写坐标，定了点位再填。"
)


def agenda_bytes(
    found: Agenda,
    table: pd.DataFrame,
    changes: pd.DataFrame,
    new: Mapping[str, tuple[pd.DataFrame, tuple[str, str, str]]],
) -> bytes:
    """Make the workbook.

    Parameters
    ----------
    table
        The rows with plain numbers (see `show.table.agenda`).
    changes
        The cells to change, under Chinese headings.
    new
        Title of a layer → the rows it gains under the headings of its ledger, and what its columns
        of state and date are called and what counts.
    """
    mark = mark_of(found)
    sheets = [_summary(found, mark)]
    counties = {
        (str(code), str(rows["county"].iloc[0]) or NOWHERE): rows
        for code, rows in table.groupby("county_code", sort=True)
    }
    names = sheet_names(list(counties))
    for key, rows in counties.items():
        line = f"{len(rows['order'].unique()):,} 项。{promise(found)}"
        title = f"{key[1]} 要办的事 截至 {found.as_of}"
        sheets.append(list_sheet(names[key], title, line, rows[_ORDER], "agenda", mark=mark))
    if len(changes):
        sheets.append(_plain(_CHANGES, "台账里要改的格", _TO_CHANGE, changes, mark))
    for layer, (rows, (state, works, since)) in new.items():
        line = _TO_ADD.format(state=state, works=works, since=since, day=found.as_of)
        sheets.append(_plain(f"拟建行 {layer}"[:31], f"{layer}台账要加的行", line, rows, mark))
    return book_of(sheets)


def _summary(found: Agenda, mark: str) -> Sheet:
    columns = [Column("指标", 40), Column("应覆盖", 10, "amount"), Column("现已覆盖", 10, "amount")]
    columns += [Column("现比例（%）", 10, "pct"), Column("目标（%）", 9, "amount")]
    columns += [
        Column("期限", 12),
        *(Column(f"{word}（项）", 9, "whole") for word in KINDS.values()),
    ]
    columns += [Column("新增覆盖", 10, "amount"), Column("办后已覆盖", 10, "amount")]
    columns += [
        Column("办后比例（%）", 10, "pct"),
        Column("结论", 24),
        Column("指标代号", 26, aside=True),
    ]
    rows = [_cells(row) for row in found.figures.to_dict("records")]
    notes = [NOTHING] if found.rows.empty else [promise(found)]
    notes += [f"{note}。" for note in found.notes]
    return Sheet("汇总", title_of(found), summary(found), columns, rows, mark=mark, notes=notes)


def _cells(row: Mapping[Any, Any]) -> list[Any]:
    return [
        row["title"],
        *(_float(row[c]) for c in ("total", "covered", "pct", "target_pct")),
        None if row["deadline"] is None else str(row["deadline"]),
        *(row[kind] or None for kind in KINDS),
        *(_float(row[c]) for c in ("gain", "covered_after", "pct_after")),
        state_words(row),
        row["indicator"],
    ]


def _float(value: Any) -> float | None:
    return None if value is None or value != value else float(value)


def _plain(name: str, title: str, line: str, table: pd.DataFrame, mark: str) -> Sheet:
    """A table of texts as a sheet under its own headings."""
    columns = [Column(str(c), min(40, max(10, 2 * len(str(c)) + 4))) for c in table.columns]
    rows = [[None if v == "" else v for v in row] for row in table.to_numpy(object).tolist()]
    return Sheet(name, title, line, columns, rows, mark=mark)
