"""The separator of a text, as its rows have it, and the marks that programs put around a text."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hbgeo.read.cell.column import as_texts
from hbgeo.read.file.csv import read_delimited, read_delimited_parts
from hbgeo.read.file.separator import tell_separator, usual_width

TABLE = [["编号", "名称", "坐标"], ["G1", "甲", "111.2"], ["G2", "乙", "111.3"]]


def cells_of(folder: Path, text: bytes, name: str = "a.csv") -> list[list[str]]:
    """The cells of a file, which both readers see alike."""
    (folder / name).write_bytes(text)
    whole = as_texts(read_delimited(folder / name, "")).to_numpy(object).tolist()
    parts = pd.concat(list(read_delimited_parts(folder / name, "")))
    made = as_texts(parts).fillna("").to_numpy(object).tolist()
    while made and not any(made[-1]):  # line ends at the end of the file
        made.pop()
    assert [row[: len(whole[0])] for row in made] == whole
    return whole


def text_of(mark: str, ends: str = "\r\n") -> bytes:
    return "".join(mark.join(row) + ends for row in TABLE).encode()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_each_separator_parts_the_cells(mark: str, tmp_path: Path) -> None:
    assert cells_of(tmp_path, text_of(mark)) == TABLE


@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_commas_in_sentences_part_nothing(mark: str, tmp_path: Path) -> None:
    rows = [["编号", "服务范围"], ["G1", "一村,二村,三村"], ["G2", "四村"], ["G3", "五村,六村"]]
    text = "\n".join(mark.join(row) for row in rows).encode()
    assert cells_of(tmp_path, text) == rows


def test_a_semicolon_in_every_row_parts_no_row_of_more_cells() -> None:
    head = "编号,名称,范围\n" + "".join(f"G{i},甲,一村;二村\n" for i in range(9))
    assert tell_separator(head.encode(), Path("a.csv")) == b","
    assert usual_width(head.encode(), ",") == 3
    assert usual_width(head.encode(), ";") == 2


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_a_first_line_for_excel_names_the_separator(first: str, tmp_path: Path) -> None:
    rows = ["a,b;c,d", "1,2;3,4"]  # as many of either
    made = cells_of(tmp_path, "\n".join([first, *rows]).encode())
    assert [row[:2] for row in made[1:]] == [["a,b", "c,d"], ["1,2", "3,4"]]


@pytest.mark.parametrize("end", [b"\x1a", b"\x1a\r\n", b"\r\n\x1a\r\n\r\n", b"\x1a\x1a"])
def test_the_mark_at_the_end_of_a_dos_file_is_no_row(end: bytes, tmp_path: Path) -> None:
    assert cells_of(tmp_path, text_of(",") + end) == TABLE
    assert cells_of(tmp_path, text_of(",").rstrip() + end) == TABLE


def test_a_dos_end_in_the_middle_ends_nothing(tmp_path: Path) -> None:
    made = cells_of(tmp_path, text_of(",") + b"\x1a" + text_of(","))
    assert len(made) == 6
    assert made[4] == TABLE[1]


@pytest.mark.parametrize("marks", ["\ufeff", "\ufeff\ufeff", "\ufeff\ufeff\ufeff"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_marks_of_order_are_no_text(marks: str, encoding: str, tmp_path: Path) -> None:
    text = marks + '"编号","名称","坐标"\nG1,甲,111.2\n\ufeff"G2",乙,111.3\n'
    assert cells_of(tmp_path, text.encode(encoding)) == TABLE


WRAPPED = {
    '="420506103"': "420506103",
    '"=""420506103"""': "420506103",
    "'420506103": "420506103",
    "'111.3093": "111.3093",
    "'-5": "-5",
    "'2022-05-01": "2022-05-01",
    '="夷陵区"': "夷陵区",
    '=""': "",
    "'90年代公墓": "'90年代公墓",  # a name
    "30'": "30'",
    "=A1+1": "=A1+1",
}


@pytest.mark.parametrize("cell", WRAPPED)
def test_figures_come_out_of_their_wrapping(cell: str, tmp_path: Path) -> None:
    made = cells_of(tmp_path, f"编号,名称\nG1,{cell}\nG2,乙\n".encode())
    assert made == [["编号", "名称"], ["G1", WRAPPED[cell]], ["G2", "乙"]]


def test_rows_may_end_as_an_old_mac_ends_them(tmp_path: Path) -> None:
    head = text_of(";", "\r")
    assert tell_separator(head, Path("a.csv")) == b";"
    assert usual_width(head, ";") == 3
    assert cells_of(tmp_path, head) == TABLE
