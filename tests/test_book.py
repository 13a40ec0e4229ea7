"""What a workbook's cells hold, whether its rows go in whole or cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from math import inf, nan
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from hbgeo.errors import OutputError
from hbgeo.show.excel.book import Book, write_cell
from hbgeo.show.excel.rows import new_book

LIKE_XML = ["<r><t>不是&富文本</t></r>", "<r></r>", "<r> _x0041_ </r>"]


@pytest.fixture(params=[new_book, Book], ids=["as it is", "cell by cell"])
def made(request: pytest.FixtureRequest) -> Callable[[], Book]:
    """What makes a workbook."""
    function: Callable[[], Book] = request.param
    return function


def read(content: bytes) -> list[tuple[Any, ...]]:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return list(page.iter_rows(values_only=True))


@pytest.mark.parametrize("text", LIKE_XML)
def test_text_that_looks_like_a_cells_inside_stays_text(
    text: str, made: Callable[[], Book]
) -> None:
    book = made()
    bold = book.add_format({"bold": True})
    book.add_worksheet("页").write_rows(0, [[text, text]], [[None, bold]])
    page = openpyxl.load_workbook(io.BytesIO(book.to_bytes())).active
    shown = [cell.value for cell in page[1]]
    assert shown == [text, text]
    assert [cell.font.bold for cell in page[1]] == [False, True]


@pytest.mark.parametrize("constant", [False, True])
def test_a_single_cell_holds_it_too(*, constant: bool) -> None:
    with xlsxwriter.Workbook(made := io.BytesIO(), {"constant_memory": constant}) as book:
        sheet = book.add_worksheet("页")
        for c, text in enumerate([LIKE_XML[0], "=1+1", "<r>"]):
            write_cell(sheet, 0, c, text)
    assert read(made.getvalue()) == [(LIKE_XML[0], "=1+1", "<r>")]


def test_no_number_that_is_none_breaks_the_file(made: Callable[[], Book]) -> None:
    book = made()
    rows = [["a", pd.NA, nan, pd.NaT, inf, 1.5]]
    book.add_worksheet("页").write_rows(0, rows, [[None] * 6])
    assert read(book.to_bytes()) == [("a", None, None, None, "inf", 1.5)]


def test_a_text_longer_than_a_cell_is_cut_between_characters(made: Callable[[], Book]) -> None:
    book, texts = made(), ["字" * 40_000, "a" + "𣲗" * 20_000, "<r>" + "字" * 40_000 + "</r>"]
    book.add_worksheet("页").write_rows(0, [texts], [[None] * 3])
    assert read(book.to_bytes()) == [("字" * 32_767, "a" + "𣲗" * 16_383, texts[2][:32_767])]


def test_more_rows_than_a_worksheet_holds_are_refused_and_none_lost() -> None:
    page = new_book().add_worksheet("页")
    rows = [["a"]] * 1_048_576
    page.write_rows(0, rows, [[None]] * len(rows))
    with pytest.raises(OutputError, match=r"页.*1,048,576 行.*放不下 1,048,577 行"):
        new_book().add_worksheet("页").write_rows(0, [*rows, ["a"]], [[None]] * (len(rows) + 1))
    with pytest.raises(OutputError, match="放不下"):
        new_book().add_worksheet("页").write_rows(1, rows, [[None]] * len(rows))
    with pytest.raises(OutputError, match="放不下"):
        new_book().add_worksheet("页").write_rows(0, [["a"] * 16_385], [[None] * 16_385])
