"""Rows that go in whole make the very file that cell by cell makes; an untried XlsxWriter the same."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.show.excel import rows as rows_module
from hbgeo.show.excel.book import Book
from hbgeo.show.excel.rows import TRIED, new_book
from hbgeo.show.excel.sheet import Column, Sheet, make_styles, write_sheet
from hbgeo.show.zipped import say_one_system

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["武汉市", "=1+1", "_x0041_", " 前后 ", "a\nb", "<&>", "\x1f", "#", "%s", "\ufffe", "http://x"]
)
CELLS = st.none() | TEXTS | st.integers(-(10**17), 10**17) | st.floats(allow_infinity=False)
CELLS |= st.booleans() | st.lists(st.just("甲"), max_size=2)
WIDTH = 3
ROWS = st.lists(st.lists(CELLS, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=40)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def head(book: Any, page: Any, top: int) -> tuple[Any, Any]:
    """A header above the rows, and two formats for them."""
    plain, bold = book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})
    for c in range(WIDTH):
        page.write_string(top - 1, c, "武汉市", bold)
    return bold, plain


def foot(book: Any, page: Any, top: int, count: int, style: Any) -> None:
    """Below the rows a note; two heights; and a chart that draws the rows."""
    page.write_string(top + count + 1, 0, "注", style)
    page.set_row(top, 33)
    page.set_row(top + count, 17)
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": ["页", top - 1, 1, top + count, 1]})
    page.insert_chart(0, WIDTH + 1, chart)


def put(page: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """One cell as XlsxWriter writes it by itself."""
    if value is None or value != value:
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_string(row, column, "是" if value else "否", style)
    elif isinstance(value, (int, float)):
        page.write_number(row, column, value or 0, style)  # no -0
    else:
        text = "、".join(value) if isinstance(value, list) else value
        page.write_string(row, column, text, style)


def plain_book(buffer: io.BytesIO) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties({"created": datetime(1980, 1, 1), "author": "hbgeo"})  # noqa: DTZ001
    return book


def cell_by_cell(rows: list[list[Any]], top: int) -> bytes:
    """The workbook that `whole` makes, every cell written by itself, in the same order."""
    book = plain_book(buffer := io.BytesIO())
    page = book.add_worksheet("页")
    styles = head(book, page, top)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            put(page, top + r, c, value, styles[r % 3 == 0])
    foot(book, page, top, len(rows), styles[1])
    book.close()
    say_one_system(buffer)
    return buffer.getvalue()


def whole(rows: list[list[Any]], top: int) -> bytes:
    book = new_book()
    page = book.add_worksheet("页")
    styles = [[style] * WIDTH for style in head(book, page, top)]
    page.write_rows(top, rows, [styles[r % 3 == 0] for r in range(len(rows))])
    foot(book, page, top, len(rows), styles[1][0])
    return book.to_bytes()


def read(content: bytes) -> list[tuple[Any, ...]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return list(page.iter_rows(values_only=True))


@settings(max_examples=150, deadline=None)
@given(ROWS, st.integers(1, 20))
def test_whole_rows_make_the_file_that_cell_by_cell_makes(rows: list[list[Any]], top: int) -> None:
    assert whole(rows, top) == cell_by_cell(rows, top)


@settings(max_examples=50, deadline=None)
@given(ROWS)
def test_rows_without_formats_are_read_back_as_they_are(rows: list[list[Any]]) -> None:
    book, plain = new_book(), plain_book(buffer := io.BytesIO())
    page, every = plain.add_worksheet("页"), [["a"] * WIDTH, *rows]
    book.add_worksheet("页").write_rows(0, every, [[None] * WIDTH] * len(every))
    for r, row in enumerate(every):
        for c, value in enumerate(row):
            put(page, r, c, value)
    plain.close()
    assert read(book.to_bytes()) == read(buffer.getvalue())


def book_of(sheets: list[Sheet]) -> bytes:
    book = new_book()
    style = make_styles(book)
    for sheet in sheets:
        write_sheet(book, sheet, style)
    return book.to_bytes()


def looked_at(content: bytes) -> dict[str, Any]:
    """All that a reader can see of a workbook: cells and their formats, sizes, filters, print."""
    book, seen = openpyxl.load_workbook(io.BytesIO(content)), {}
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                form = (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format)
                seen[f"{page.title} {cell.coordinate}"] = (cell.value, [str(f) for f in form])
        sizes = {c: d.width for c, d in page.column_dimensions.items()}
        heights = {r: d.height for r, d in page.row_dimensions.items()}
        bars = [str(rule) for one in page.conditional_formatting for rule in one.rules]
        paper = [page.page_setup, page.page_margins, page.oddFooter.center.text]
        links = [(c.coordinate, c.hyperlink.location) for row in page for c in row if c.hyperlink]
        seen[page.title] = (sizes, heights, page.auto_filter.ref, page.freeze_panes, bars, links)
        seen[f"{page.title} paper"] = (page.print_title_rows, [str(one) for one in paper])
    return seen


SHEETS = [
    Sheet(
        "县", "示例", "截至", [Column("名称", 8), Column("率", 9, "pct", bar=True), Column("数", 7, "whole")],
        [["甲县", 12.345, 3], ["乙县 & <丙>", None, 10**12], ["合计", 100, -0.0]],
        mark="示例", totals=frozenset({2}), notes=["注"],
        links={"看空表": "'空'!A1"},
    ),
    Sheet("空", "空", " ", [Column("名称")], []),
    Sheet("长", "长", " ", [Column("名称"), Column("距", form="km")], [[f"村{n}", n / 7] for n in range(900)]),
]  # fmt: skip


def test_a_version_that_was_not_tried_makes_the_same_file(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = book_of(SHEETS)
    monkeypatch.setattr(xlsxwriter, "__version__", "99.0")
    assert type(new_book()) is Book
    plain = book_of(SHEETS)
    seen = looked_at(plain)
    assert looked_at(whole) == seen
    assert whole == plain
    assert seen["县 B5"][0] == 12.345
    assert seen["县"][2] == "A4:C7"
    assert seen["县"][5] == [("B1", "'空'!A1")]
    assert seen["县"][0]["A"] == pytest.approx(8, abs=0.8)


@pytest.mark.parametrize("version", sorted(TRIED))
def test_a_version_that_was_tried_takes_rows_whole(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsxwriter, "__version__", version)
    assert type(new_book()) is rows_module._WholeBook
