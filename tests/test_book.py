"""Rows that go in whole make the very file that cell by cell makes, and no text breaks it."""

from __future__ import annotations

import io
from datetime import datetime
from math import inf, nan
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import OutputError
from hbgeo.show.excel.book import Book

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
    return buffer.getvalue()


def whole(rows: list[list[Any]], top: int) -> bytes:
    book = Book()
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
    book, plain = Book(), plain_book(buffer := io.BytesIO())
    page, every = plain.add_worksheet("页"), [["a"] * WIDTH, *rows]
    book.add_worksheet("页").write_rows(0, every, [[None] * WIDTH] * len(every))
    for r, row in enumerate(every):
        for c, value in enumerate(row):
            put(page, r, c, value)
    plain.close()
    assert read(book.to_bytes()) == read(buffer.getvalue())


def test_text_that_looks_like_a_cells_inside_stays_text() -> None:
    text = "<r><t>不是&富文本</t></r>"
    book = Book()
    book.add_worksheet("页").write_rows(0, [[text]], [[None]])
    assert read(book.to_bytes()) == [(text,)]


def test_no_number_that_is_none_breaks_the_file() -> None:
    book = Book()
    rows = [["a", pd.NA, nan, pd.NaT, inf, 1.5]]
    book.add_worksheet("页").write_rows(0, rows, [[None] * 6])
    assert read(book.to_bytes()) == [("a", None, None, None, "inf", 1.5)]


def test_a_text_longer_than_a_cell_is_cut_between_characters() -> None:
    book = Book()
    book.add_worksheet("页").write_rows(0, [["字" * 40_000, "a" + "𣲗" * 20_000]], [[None] * 2])
    assert read(book.to_bytes()) == [("字" * 32_767, "a" + "𣲗" * 16_383)]


def test_more_rows_than_a_worksheet_holds_are_refused_and_none_lost() -> None:
    page = Book().add_worksheet("页")
    rows = [["a"]] * 1_048_576
    page.write_rows(0, rows, [[None]] * len(rows))
    with pytest.raises(OutputError, match=r"页.*1,048,576 行.*放不下 1,048,577 行"):
        Book().add_worksheet("页").write_rows(0, [*rows, ["a"]], [[None]] * (len(rows) + 1))
