"""封面 and 目录: the first sheets of the report, one to be signed, one to find the others by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hbgeo.show import look
from hbgeo.show.excel.book import Book, write_cell
from hbgeo.show.excel.sheet import (
    FONT,
    HEAD_ROW,
    Column,
    Sheet,
    place_in,
    set_paper,
    write_links,
    write_sheet,
)
from hbgeo.show.words import NONE, day

COVER, CONTENTS = "封面", "目录"
BACK = {"返回目录": place_in(CONTENTS)}
TO_FILL = ("填报单位（盖章）", "填表人", "审核人", "单位负责人", "填表日期", "联系方式")
_FIRST, _STEP = 18, 2  # row of the first line to fill, and how far the next stands below
_WIDTHS = (10, 22, 44, 12)


def write_cover(
    book: Book, style: Mapping[str, Any], title: str, as_of: date | None, mark: str
) -> None:
    """Write the cover: the title, the date, and lines to fill by hand or at the keyboard."""
    sheet = book.add_worksheet(COVER)
    for c, width in enumerate(_WIDTHS):
        sheet.set_column(c, c, width)
    columns = [Column("", width) for width in _WIDTHS]
    links = {CONTENTS: place_in(CONTENTS)}
    sheet.write_string(0, 0, mark or " ", style["mark"])
    write_links(sheet, Sheet(COVER, title, "", columns, [], mark=mark, links=links), style["link"])
    middle = {"align": "center", "valign": "vcenter", "text_wrap": True}
    big = {"font_name": look.PAPER_HEAD_FONT, "font_size": 26, "bold": True}
    dated = "" if as_of is None else f"截至日期：{day(as_of, prose=True)}"
    large = {**FONT, "font_size": 14}
    for row, height, text, form in (
        (6, 84, title, big), (8, 30, "民政设施覆盖情况统计报表", {**big, "font_size": 20}),
        (10, 26, dated, large),
    ):  # fmt: skip
        made = book.add_format({**form, **middle})
        sheet.set_row(row, height)
        sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, "", made)
        write_cell(sheet, row, 0, text, made)
    label = book.add_format({**large, "align": "right", "valign": "bottom"})
    lined = book.add_format({**large, "bottom": 1, "valign": "bottom", "num_format": "@"})
    for n, name in enumerate(TO_FILL):
        row = _FIRST + _STEP * n
        sheet.set_row(row, 30)
        sheet.write_string(row, 1, f"{name}：", label)
        sheet.write_blank(row, 2, None, lined)
    end = _FIRST + _STEP * len(TO_FILL)
    sheet.hide_gridlines(2)
    set_paper(sheet, sum(_WIDTHS), mark)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.print_area(0 if mark else 1, 0, end, len(_WIDTHS) - 1)


def write_contents(
    book: Book, style: Mapping[str, Any], sheets: Sequence[Sheet], mark: str
) -> None:
    """Write the directory: a line for each sheet, its name a link to it."""
    columns = [Column("序号", 6, "whole"), Column("工作表", 46), Column("内容", 74)]
    columns += [Column("行数", 10, "whole")]
    made = Sheet(
        CONTENTS, CONTENTS, "点工作表名即可打开；各表第一行有“返回目录”。", columns, [], mark=mark
    )
    write_sheet(book, made, style)
    worksheet = book.get_worksheet_by_name(CONTENTS)
    linked = book.add_format({**FONT, "border": 1, "underline": 1, "font_color": look.ACCENT})
    for n, sheet in enumerate(sheets, 1):
        row = HEAD_ROW + n - 1
        write_cell(worksheet, row, 0, n, style["whole"])
        worksheet.write_url(row, 1, f"internal:{place_in(sheet.name)}", linked, sheet.name)
        write_cell(worksheet, row, 2, sheet.title, style["text"])
        write_cell(worksheet, row, 3, len(sheet.rows) or NONE, style["whole"])
    worksheet.print_area(0 if mark else 1, 0, HEAD_ROW + len(sheets) - 1, len(columns) - 1)
