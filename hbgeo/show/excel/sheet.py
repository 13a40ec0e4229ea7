"""One printed sheet of a workbook: title, marks, header, rows, and how it looks on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import ceil
from typing import Any

from hbgeo.show import look
from hbgeo.show.excel.book import Book, RowSheet, write_cell

FONT: dict[str, Any] = {"font_name": look.PAPER_FONT, "font_size": 11}
HEAD_ROW = 4  # rows above the first row of data: mark, title, line, header
_MANY = 400  # rows of a list that is not fitted line by line
WHOLE = "#,##0"
A3, A4 = 8, 9  # as workbooks number paper
_A4_TALL, _A4_ACROSS = 100, 150  # letters that fit on it


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes
    ----------
    form
        text, whole, pct, points, change, km or amount; of an amount whole numbers show no decimals.
    aside
        Whether it is for machines: grey, and not printed. Such columns come last.
    """

    heading: str
    width: float = 12
    form: str = "text"
    bar: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Ranked:
    """What of a sheet's rows is ranked: positions of columns, how many prefectures, what is aimed at.

    The first row is the whole; then come `prefectures` rows, and the counties.
    """

    label: int
    value: int
    rank: int
    prefectures: int
    unit: str
    target: float | None = None


@dataclass(frozen=True)
class Sheet:
    """What one sheet shows.

    Attributes
    ----------
    line
        Who reports, as of when, in what unit, on what basis: stands under the title.
    rows
        Cells in the order of `columns`; None is left empty.
    totals
        Positions in `rows` of sums, printed bold on grey.
    notes
        Sentences under the table.
    links
        Text → sheet, or place in one, for the top of the sheet.
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
    ranked: Ranked | None = None
    links: Mapping[str, str] = field(default_factory=dict)


def make_styles(book: Book) -> dict[str, Any]:
    """The formats of a workbook: thin borders, black on white, sums bold on grey."""
    cell: dict[str, Any] = {**FONT, "border": 1, "valign": "vcenter"}
    wrap = {"text_wrap": True, "valign": "vcenter"}
    head = {**cell, "bold": True, "text_wrap": True, "align": "center", "bg_color": look.SHEET_HEAD}
    forms: dict[str, dict[str, Any]] = {
        "text": {"text_wrap": True},
        "whole": {"num_format": WHOLE},
        "pct": {"num_format": "0.00"},
        "points": {"num_format": "+0.00;-0.00;0.00"},
        "change": {"num_format": "+#,##0;-#,##0;0"},
        "km": {"num_format": "#,##0.0"},
        "amount": {"num_format": "#,##0.00"},
        "degree": {"num_format": "0.000000"},
    }
    made = {
        "title": book.add_format(
            {"font_name": look.PAPER_HEAD_FONT, "font_size": 16, "bold": True}
        ),
        "mark": book.add_format({**FONT, "bold": True, "font_color": look.SHEET_MARK}),
        "line": book.add_format({**FONT, **wrap}),
        "note": book.add_format({**FONT, "font_size": 10, **wrap}),
        "link": book.add_format(
            {**FONT, "font_size": 10, "underline": 1, "font_color": look.ACCENT}
        ),
        "head": book.add_format(head),
        "aside": book.add_format({**FONT, "font_size": 9, "font_color": look.SHEET_LINE}),
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
    """Write one sheet and set it up for printing: one page wide, header on every page, page x of y."""
    worksheet = book.add_worksheet(sheet.name)
    worksheet.write_string(0, 0, sheet.mark or " ", style["mark"])
    worksheet.write_string(1, 0, sheet.title, style["title"])
    for c, column in enumerate(sheet.columns):
        kind = style["aside" if column.aside else "head"]
        worksheet.write_string(HEAD_ROW - 1, c, column.heading, kind)
        worksheet.set_column(c, c, column.width)
    if len(sheet.rows) <= _MANY:
        for r, cells in enumerate(sheet.rows, HEAD_ROW):
            worksheet.set_row(r, _height(cells, sheet.columns))
    worksheet.write_rows(HEAD_ROW, sheet.rows, _row_styles(sheet, style))
    last = HEAD_ROW + len(sheet.rows)
    _write_across(worksheet, HEAD_ROW - 2, sheet.line, sheet, style["line"])
    for n, note in enumerate(sheet.notes):
        _write_across(worksheet, last + 1 + n, note, sheet, style["note"])
    write_links(worksheet, sheet, style["link"])
    _set_up(worksheet, sheet, last)
    _print(worksheet, sheet, last + (1 + len(sheet.notes) if sheet.notes else 0))
    _draw_bars(worksheet, sheet, last)


def _row_styles(sheet: Sheet, style: Mapping[str, Any]) -> list[list[Any]]:
    """The formats of each row; rows alike share one list."""
    amounts = [c for c, column in enumerate(sheet.columns) if column.form == "amount"]
    made: dict[tuple[bool, ...], list[Any]] = {}

    def of_row(total: bool, *whole: bool) -> list[Any]:  # noqa: FBT001
        forms = ["aside" if column.aside else column.form for column in sheet.columns]
        for c, is_whole in zip(amounts, whole, strict=True):
            forms[c] = "whole" if is_whole else "amount"
        return [style[f"{form}!" if total and form != "aside" else form] for form in forms]

    if not amounts:
        plain, total = of_row(False), of_row(True)  # noqa: FBT003
        return [total if r in sheet.totals else plain for r in range(len(sheet.rows))]
    styles = []
    for r, row in enumerate(sheet.rows):
        key = (r in sheet.totals, *(_is_whole(row[c]) for c in amounts))
        if key not in made:
            made[key] = of_row(*key)
        styles.append(made[key])
    return styles


def _is_whole(value: Any) -> bool:
    """Whether a number shows no decimals; where there is none it does not matter."""
    return not isinstance(value, float) or value != value or value == int(value)


def _write_across(worksheet: RowSheet, row: int, text: str, sheet: Sheet, style: Any) -> None:
    """Write a sentence over all columns that are printed, as high as it needs."""
    last = len(seen(sheet.columns)) - 1
    if last > 0 and text.strip():
        worksheet.merge_range(row, 0, row, last, "", style)
    write_cell(worksheet, row, 0, text, style)
    lines = ceil(letters(text) / max(printed_width(sheet.columns), 1))
    if lines > 1:
        worksheet.set_row(row, 15.0 * lines + 2)


def write_links(worksheet: RowSheet, sheet: Sheet, style: Any) -> None:
    """Write the links in the first row, behind the mark; without one that row is not printed."""
    edge: float = letters(sheet.mark) + 2 if sheet.mark else 0
    column = 0
    for text, where in sheet.links.items():
        while sum(c.width for c in sheet.columns[:column]) < edge and column < len(sheet.columns):
            column += 1
        worksheet.write_url(0, column, f"internal:{where}", style, text)
        edge = sum(c.width for c in sheet.columns[:column]) + letters(text) + 2


def place_in(name: str, cell: str = "A1") -> str:
    """A place in a workbook, as links name it."""
    return "'{}'!{}".format(name.replace("'", "''"), cell)


def seen(columns: Sequence[Column]) -> list[Column]:
    """The columns that are printed."""
    return [column for column in columns if not column.aside]


def printed_width(columns: Sequence[Column]) -> float:
    """How wide a sheet is printed, in letters."""
    return sum(column.width for column in seen(columns))


def _height(cells: Sequence[Any], columns: Sequence[Column]) -> float:
    """The height that the longest text of a row needs; a Chinese character is two letters wide."""
    lines = [
        ceil(letters(value) / column.width)
        for value, column in zip(cells, columns, strict=True)
        if isinstance(value, str) and not column.aside and 2 * len(value) > column.width
    ]
    many = max([1, *lines])
    return 15.0 * many + (2 if many > 1 else 0)


@lru_cache(maxsize=4096)
def letters(text: str) -> int:
    """How wide a text is: a Chinese character is two letters wide."""
    return sum(1 + (ord(sign) > 0xFF) for sign in text)


def _set_up(worksheet: RowSheet, sheet: Sheet, last: int) -> None:
    worksheet.set_row(1, 26)
    worksheet.set_row(HEAD_ROW - 1, 48)
    worksheet.freeze_panes(HEAD_ROW, sheet.frozen)
    if sheet.rows:
        worksheet.autofilter(HEAD_ROW - 1, 0, last - 1, len(sheet.columns) - 1)


def _print(worksheet: RowSheet, sheet: Sheet, below: int) -> None:
    """Set a sheet up for paper as wide as it needs; a first row that only holds links stays off it."""
    first = 0 if sheet.mark else 1
    set_paper(worksheet, printed_width(sheet.columns), sheet.mark)
    worksheet.repeat_rows(first, HEAD_ROW - 1)
    worksheet.print_area(first, 0, max(below, HEAD_ROW) - 1, len(seen(sheet.columns)) - 1)


def set_paper(worksheet: RowSheet, width: float, mark: str) -> None:
    """Choose the paper for a width in letters, one page wide, with its foot."""
    if width > _A4_TALL:
        worksheet.set_landscape()
    worksheet.set_paper(A4 if width <= _A4_ACROSS else A3)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    worksheet.set_footer(f"&L{mark}&C第 &P 页 共 &N 页&R&A")


def _draw_bars(worksheet: RowSheet, sheet: Sheet, last: int) -> None:
    """Grey bars in the cells, which a black-and-white copy shows; every Excel since 2007 has them."""
    for c, column in enumerate(sheet.columns):
        if column.bar and sheet.rows:
            bar: dict[str, Any] = {"type": "data_bar", "bar_color": look.SHEET_BAR}
            bar |= {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 100}
            worksheet.conditional_format(HEAD_ROW, c, last - 1, c, bar)
