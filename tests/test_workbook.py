"""Workbooks: each cell as a person sees it, and files that are something else in one line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from hbgeo.errors import LayerError
from hbgeo.read.file.excel import _texts
from hbgeo.read.file.workbook import _cell, _columns, _packed, read_workbook

CELLS: list[tuple[Any, str]] = [
    (None, ""), ("甲", "甲"), (True, "是"), (False, "否"), (3, "3"), (3.0, "3"), (0.5, "0.5"),
    (1e16, "1e+16"), (0.1 + 0.2, "0.3"),
    (dt.date(2023, 1, 2), "2023-01-02"), (dt.datetime.fromisoformat("2023-01-02"), "2023-01-02"),
    (dt.datetime.fromisoformat("2023-01-02T03:04:05"), "2023-01-02 03:04:05"),
    (dt.timedelta(hours=111, minutes=18, seconds=33, milliseconds=600), "111:18:33.6"),
    (dt.timedelta(minutes=5), "0:05:00"), (dt.timedelta(hours=30, seconds=10), "30:00:10"),
    (dt.timedelta(seconds=1, microseconds=250), "0:00:01.00025"), (dt.time(8, 30), "08:30:00"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_a_cell_is_what_a_person_sees(cell: Any, text: str) -> None:
    assert _cell(cell) == text


@pytest.mark.parametrize("odd", ["", "\0", "\0\ue000", "\ue001"])
def test_a_column_is_taken_apart_where_it_was_put_together(odd: str) -> None:
    column = ["甲" + odd, "", 3.0, None, "\n乙", True]
    mark, text = _packed(column)
    assert (mark not in "".join(c for c in column if isinstance(c, str)), len(mark)) == (True, 1)
    cells = pa.chunked_array([_texts((mark, text))]).to_pylist()
    assert cells == ["甲" + odd, "", "3", "", "\n乙", "是"]


def test_blank_columns_at_the_end_are_none_and_those_between_stay() -> None:
    rows = [["a", "", "b", "", None], ["c", None, "d", "", ""]]
    assert [text.decode().split(mark) for mark, text in _columns(rows, "x")] == [
        ["a", "c"], ["", ""], ["b", "d"],
    ]  # fmt: skip
    assert _columns([["", None]], "x") == ()
    assert _columns([], "x") == ()
    with pytest.raises(LayerError, match=r"^x：有 2,001 列"):
        _columns([["a"] * 2001], "x")
    assert len(_columns([["a"] * 2000], "x")) == 2000


def test_a_sheet_says_what_is_merged_hidden_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        one, other = book.add_worksheet("甲"), book.add_worksheet("乙")
        one.write_row(0, 0, ["编号", "名称", "面积"])
        one.merge_range(1, 0, 2, 1, "合并")
        one.set_row(3, None, None, {"hidden": True})
        one.write_row(3, 0, [1, "x", 2.5])
        other.hide()
    first, second = read_workbook(path)
    assert (first.name, first.rows, first.visible, first.told) == ("甲", 4, True, True)
    assert (first.facts.merges, first.facts.hidden) == (((1, 0, 2, 1),), {3})
    assert [text.decode().split(mark) for mark, text in first.columns] == [
        ["编号", "合并", "", "1"], ["名称", "", "", "x"], ["面积", "", "", "2.5"],
    ]  # fmt: skip
    assert (second.name, second.rows, second.visible, second.columns) == ("乙", 0, False, ())


WEB = "实为网页或 XML，不是 Excel 文件；请用 Excel 或 WPS 打开后另存为 .xlsx"
BAD = "不是有效的 xls 文件（内容与扩展名不符或已损坏）"
FILES = [
    (b"<html><body>", WEB), (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML>", WEB), (b"<table>", WEB),
    (b"<?xml version='1.0'?>", WEB), (b"<meta>", WEB),
    (b"a,b\n1,2\n", "实为文本；请把扩展名改成 .csv 再读"), (b"abc", BAD), (b"a\0b\n", BAD),
    (b"PK\x03\x04" + bytes(40), BAD), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), BAD),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "有密码保护；请在 Excel 或 WPS 中取消密码后另存为 .xlsx",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "said"), FILES)
def test_what_is_no_workbook_is_one_line(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(LayerError) as caught:
        read_workbook(path)
    assert str(caught.value) == f"a.xls：{said}"
