"""督办单 as a workbook: one sheet a county, to be filled in, signed and sent back; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.tasks import LATE, STATES, Tasks
from hbgeo.read.catalog import Catalog
from hbgeo.show.excel.book import Book, RowSheet
from hbgeo.show.excel.problems import sheet_names
from hbgeo.show.excel.sheet import HEAD_ROW, Column, Sheet, make_styles, write_sheet
from hbgeo.show.tasks_words import by_county, mark_of, summary

# what a county reads and fills in; then, out of sight, what the next run knows the rows by
_COLUMNS = {
    "": Column("序号", 6, "whole"),
    "title": Column("指标", 26),
    "unit": Column("单元", 16),
    "reason": Column("原因", 18),
    "remedy": Column("建议措施", 24),
    "nearest": Column("最近设施", 26),
    "nearest_km": Column("距离（公里）", 13, "km"),
    "building": Column("在建项目", 24),
    "building_due": Column("预计建成", 12),
    "responsible": Column("责任单位", 18),
    "deadline": Column("完成期限", 12),
    "promised_on": Column("承诺完成日期", 13),
    "done_on": Column("实际完成日期", 13),
    "state": Column("办理状态", 9),
    "remark": Column("备注", 26),
    "sign": Column("销号签字", 12),
    "county": Column("县（市、区）", 14, aside=True),
    "county_code": Column("县代码", 9, aside=True),
    "unit_code": Column("单元代码", 14, aside=True),
    "indicator": Column("指标代号", 24, aside=True),
    "nearest_id": Column("最近设施编号", 14, aside=True),
    "building_id": Column("在建项目编号", 14, aside=True),
    "task_id": Column("任务编号", 36, aside=True),
}
# above the heading: what stands below a table would be taken for a row that has to be passed over
_LINE = (
    "截至日期：{day}　共 {count} 项。只填责任单位、承诺完成日期、实际完成日期（写作 2024-06-30）、备注和销号签字，"
    "不要增删行；不应办理的，办理状态写作“撤销”，备注里写明缘由。右边几列是编号，请保留。"
)


def workbook_bytes(found: Tasks, catalog: Catalog) -> bytes:
    """Make the workbook: one sheet a county, in code order.

    Read back as a layer of `role = "task"`, every row is known by its 任务编号.
    """
    book = Book()
    style = make_styles(book)
    counties = by_county(found.rows)
    names = sheet_names(list(counties))
    for key, rows in counties.items():
        _write_county(book, style, names[key], key[1], rows, found, catalog)
    if not counties:
        columns = list(_COLUMNS.values())
        write_sheet(book, Sheet("督办单", "督办单", "没有要督办的单位。", columns, []), style)
    return book.to_bytes()


def _write_county(
    book: Book,
    style: Mapping[str, Any],
    name: str,
    county: str,
    rows: pd.DataFrame,
    found: Tasks,
    catalog: Catalog,
) -> None:
    sheet = Sheet(
        name,
        f"{catalog.title} 督办单：{county}",
        _LINE.format(day=found.as_of, count=len(rows)),
        list(_COLUMNS.values()),
        [[n, *_cells(row)] for n, row in enumerate(rows.to_dict("records"), 1)],
        mark=mark_of(found),
        frozen=3,
    )
    write_sheet(book, sheet, style)
    made = book.get_worksheet_by_name(name)
    _help_to_fill(made, HEAD_ROW, HEAD_ROW + len(rows) - 1)


def _cells(row: Mapping[Any, Any]) -> list[Any]:
    known = {**row, "state": STATES[row["state"]], "sign": None}
    return [_plain(known[c]) for c in _COLUMNS if c]


def _plain(value: Any) -> Any:
    return None if value == "" or value is None or value != value else value


def _help_to_fill(sheet: RowSheet, first: int, last: int) -> None:
    """Say at the cell what it takes; what is pasted all the same is read and said when it comes back."""
    at = list(_COLUMNS).index
    for column in ("promised_on", "done_on"):
        asked = {"input_title": "日期", "input_message": "写作 2024-06-30"}
        sheet.data_validation(first, at(column), last, at(column), {"validate": "any", **asked})
    states = {"validate": "list", "source": list(STATES.values()), "error_type": "warning"}
    sheet.data_validation(first, at("state"), last, at("state"), states)


def tasks_sheet(found: Tasks, line: str) -> Sheet:
    """督办: how the tasks stand that were given out, in the report; late ones first."""
    columns = [Column("序号", 6, "whole"), Column("市州", 14), Column("县（市、区）", 16)]
    columns += [Column("单元", 18), Column("指标", 34), Column("责任单位", 18)]
    columns += [Column("完成期限", 12), Column("承诺完成日期", 13), Column("实际完成日期", 13)]
    columns += [Column("办理状态", 10), Column("备注", 44), Column("任务编号", 36, aside=True)]
    fields = ["prefecture", "county", "unit", "title", "responsible", "deadline"]
    fields += ["promised_on", "done_on", "state", "remark", "task_id"]
    rows = found.rows.assign(order=(found.rows["state"] != LATE))
    rows = rows.sort_values("order", kind="stable").replace({"state": STATES})
    cells = [
        [n, *map(_plain, row)] for n, row in enumerate(rows[fields].to_numpy(object).tolist(), 1)
    ]
    notes = [summary(found), *found.notes]
    return Sheet("督办", "督办单办理情况", line, columns, cells, notes=notes, frozen=4)
