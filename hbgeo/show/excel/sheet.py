"""One printed sheet of a workbook: title, marks, header, rows, and how it looks on A3 paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Any

from hbgeo.show import look
from hbgeo.show.excel.book import Book, RowSheet

FONT: dict[str, Any] = {"font_name": look.PAPER_FONT, "font_size": 11}
HEAD_ROW = 4  # rows above the first row of data: mark, title, line, header
_MANY = 400  # rows of a list that is not fitted line by line


@dataclass(frozen=True)
class Column:
    """One column of a sheet; `form` is text, whole, pct, points, km or amount."""

    heading: str
    width: float = 12
    form: str = "text"
    bar: bool = False


@dataclass(frozen=True)
class Sheet:
    """What one sheet shows.

    Attributes
    ----------
    line
        Who reports, as of when, in what unit: stands under the title.
    rows
        Cells in the order of `columns`; None is left empty.
    totals
        Positions in `rows` of sums, printed bold on grey.
    notes
        Sentences under the table.
    chart
        Positions of the label column, of the value columns, and of the rows they are drawn from.
    """

    name: str
    title: str
    line: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    mark: str = ""
    totals: frozenset[int] = frozenset()
    notes: Sequence[str] = ()
    frozen: int = 2
    chart: Mapping[str, Any] = field(default_factory=dict)


def make_styles(book: Book) -> dict[str, Any]:
    """The formats of a workbook: thin borders, black on white, sums bold on grey."""
    cell: dict[str, Any] = {**FONT, "border": 1, "valign": "vcenter"}
    forms: dict[str, dict[str, Any]] = {
        "text": {"text_wrap": True},
        "whole": {"num_format": "#,##0"},
        "pct": {"num_format": "0.00"},
        "points": {"num_format": "+0.00;-0.00;0.00"},
        "change": {"num_format": "+#,##0;-#,##0;0"},
        "km": {"num_format": "0.0"},
        "amount": {"num_format": "#,##0.##"},
    }
    made = {
        "title": book.add_format(
            {"font_name": look.PAPER_HEAD_FONT, "font_size": 16, "bold": True}
        ),
        "mark": book.add_format({**FONT, "bold": True, "font_color": look.SHEET_MARK}),
        "line": book.add_format({**FONT}),
        "note": book.add_format({**FONT, "font_size": 10}),
        "head": book.add_format(
            {
                **cell,
                "bold": True,
                "text_wrap": True,
                "align": "center",
                "bg_color": look.SHEET_HEAD,
            }
        ),
    }
    for name, form in forms.items():
        if name != "text":
            form["align"] = "right"  # a dash stands where a number would
        made[name] = book.add_format({**cell, **form})
        made[f"{name}!"] = book.add_format(
            {**cell, **form, "bold": True, "bg_color": look.SHEET_SUM}
        )
    return made


def write_sheet(book: Book, sheet: Sheet, style: Mapping[str, Any]) -> None:
    """Write one sheet and set it up for printing: A3 across, header on every page, page x of y."""
    worksheet = book.add_worksheet(sheet.name)
    worksheet.write_string(0, 0, sheet.mark or " ", style["mark"])
    worksheet.write_string(1, 0, sheet.title, style["title"])
    worksheet.write_string(2, 0, sheet.line, style["line"])
    for c, column in enumerate(sheet.columns):
        worksheet.write_string(HEAD_ROW - 1, c, column.heading, style["head"])
        worksheet.set_column(c, c, column.width)
    if len(sheet.rows) <= _MANY:
        for r, cells in enumerate(sheet.rows, HEAD_ROW):
            worksheet.set_row(r, _height(cells, sheet.columns))
    plain = [style[column.form] for column in sheet.columns]
    total = [style[f"{column.form}!"] for column in sheet.columns]
    styles = [total if r in sheet.totals else plain for r in range(len(sheet.rows))]
    worksheet.write_rows(HEAD_ROW, sheet.rows, styles)
    last = HEAD_ROW + len(sheet.rows)
    for n, note in enumerate(sheet.notes):
        worksheet.write_string(last + 1 + n, 0, note, style["note"])
    _set_up(worksheet, sheet, last)
    _draw_bars(worksheet, sheet, last)
    if sheet.chart and sheet.rows:
        _draw_chart(book, worksheet, sheet)


def _height(cells: Sequence[Any], columns: Sequence[Column]) -> float:
    """The height that the longest text of a row needs; a Chinese character is two letters wide."""
    lines = [
        ceil(_letters(value) / column.width)
        for value, column in zip(cells, columns, strict=True)
        if isinstance(value, str) and 2 * len(value) > column.width
    ]
    many = max([1, *lines])
    return 15.0 * many + (2 if many > 1 else 0)


@lru_cache(maxsize=4096)
def _letters(text: str) -> int:
    return sum(1 + (ord(sign) > 0xFF) for sign in text)


def _set_up(worksheet: RowSheet, sheet: Sheet, last: int) -> None:
    worksheet.set_row(1, 26)
    worksheet.set_row(HEAD_ROW - 1, 48)
    worksheet.freeze_panes(HEAD_ROW, sheet.frozen)
    if sheet.rows:
        worksheet.autofilter(HEAD_ROW - 1, 0, last - 1, len(sheet.columns) - 1)
    worksheet.set_landscape()
    worksheet.set_paper(8)  # A3
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0, HEAD_ROW - 1)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    worksheet.set_footer(f"&L{sheet.mark}&C第 &P 页，共 &N 页")


def _draw_bars(worksheet: RowSheet, sheet: Sheet, last: int) -> None:
    """Grey bars in the cells, which a black-and-white copy shows; every Excel since 2007 has them."""
    for c, column in enumerate(sheet.columns):
        if column.bar and sheet.rows:
            bar: dict[str, Any] = {"type": "data_bar", "bar_color": look.SHEET_BAR}
            bar |= {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 100}
            worksheet.conditional_format(HEAD_ROW, c, last - 1, c, bar)


def _draw_chart(book: Book, worksheet: RowSheet, sheet: Sheet) -> None:
    """A bar chart beside the table; series differ by pattern, not by colour alone."""
    spec = sheet.chart
    chart = book.add_chart({"type": spec.get("type", "bar")})
    patterns = ("percent_25", "wide_upward_diagonal")
    rows = [HEAD_ROW + r for r in spec["rows"]]
    for n, column in enumerate(spec["values"]):
        chart.add_series(
            {
                "name": [sheet.name, HEAD_ROW - 1, column],
                "categories": [sheet.name, rows[0], spec["labels"], rows[-1], spec["labels"]],
                "values": [sheet.name, rows[0], column, rows[-1], column],
                "pattern": {"pattern": patterns[n % 2], "fg_color": "black", "bg_color": "white"},
                "border": {"color": "black"},
                "data_labels": {"value": True, "num_format": "0.00"},
            }
        )
    chart.set_title(
        {"name": spec["title"], "name_font": {"name": look.PAPER_HEAD_FONT, "size": 12}}
    )
    chart.set_x_axis({"min": 0, "max": 100, "major_gridlines": {"visible": True}})
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "bottom"} if len(spec["values"]) > 1 else {"none": True})
    chart.set_size({"width": 620, "height": 90 + 26 * len(rows)})
    worksheet.insert_chart(HEAD_ROW, len(sheet.columns) + 1, chart)
