"""Separated text: the quick road and the careful one see the same cells, in whatever encoding."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.cell.column import as_texts
from hbgeo.read.file import csv as delimited
from hbgeo.read.file import encoding as encoding_of
from hbgeo.read.file.csv import (
    _check_lines,
    _columns,
    _length,
    _read_bulk,
    _read_in_turn,
    _rows_end,
    _span,
    read_delimited,
    read_delimited_parts,
)
from hbgeo.read.file.encoding import _garbled, find_garbled, is_utf8

CELLS = st.text(st.sampled_from("示例村，, \"';\t1.甲\n\u3000é"), max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=3) | st.lists(CELLS, max_size=5), max_size=9)


def written(rows: list[list[str]]) -> str:
    """Rows as a spreadsheet program writes them."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def cells_of(table: pd.DataFrame, width: int) -> list[list[str]]:
    """The cells of a table as texts, filled up to a width."""
    return [[*row, *[""] * (width - len(row))] for row in as_texts(table).to_numpy(object).tolist()]


def both_roads(text: str, block: int) -> tuple[pd.DataFrame | None, list[list[str]]]:
    """A text read in bulk, and row by row."""
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", block)
        table = _read_bulk(data, *_span(data), ",")
    rows = list(csv.reader(io.StringIO(data[slice(*_span(data))].decode(), newline="")))
    return table, rows


@given(rows=TABLES, block=st.sampled_from([64, 1 << 20]))
def test_both_roads_see_the_same_cells(rows: list[list[str]], block: int) -> None:
    table, careful = both_roads(written([["甲", "乙", "丙"]] * 10 + rows), block)
    assert table is not None
    width = max(table.shape[1], *(len(row) for row in careful))
    assert cells_of(table, width) == [[*row, *[""] * (width - len(row))] for row in careful]


@given(text=st.text(st.sampled_from('a,"\n\r '), max_size=16))
def test_both_roads_see_the_same_in_any_text(text: str) -> None:
    with contextlib.suppress(csv.Error):
        table, careful = both_roads("h,i\nj,k\n" + text, 1 << 20)
        if table is not None:
            width = max(table.shape[1], *(len(row) for row in careful))
            assert cells_of(table, width) == [[*row, *[""] * (width - len(row))] for row in careful]


def test_the_quick_road_is_taken() -> None:
    data = written([["村名", "经度"], ["甲,村", "114.3"], ['"乙"', ""]]).encode()
    table = _read_bulk(data, *_span(data), ",")
    assert table is not None
    assert as_texts(table).iloc[1:].to_numpy(object).tolist() == [["甲,村", "114.3"], ['"乙"', ""]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("ends", ["", "\r\n", "\n\n\n"])
def test_every_encoding_gives_the_same_cells(tmp_path: Path, encoding: str, ends: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"村名,备注\r\n甲村,示例\r\n乙村,㐂{ends}".encode(encoding))
    cells = as_texts(read_delimited(path, ""))
    assert cells.to_numpy(object).tolist() == [["村名", "备注"], ["甲村", "示例"], ["乙村", "㐂"]]


def test_a_mark_of_utf8_before_other_bytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "村名,备注".encode("gb18030"))
    with pytest.raises(LayerError, match="不是有效的 utf-8-sig 文本"):
        read_delimited(path, "")


@given(text=st.text(st.sampled_from("甲\r\n,"), max_size=30), size=st.integers(1, 9))
def test_a_text_spans_from_its_mark_to_its_last_line(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "HEAD", size)
        for mark in ("", "\ufeff"):
            data = (mark + text).encode()
            assert data[slice(*_span(data))] == text.rstrip("\r\n").encode()


@given(data=st.binary(max_size=40).map(lambda b: bytes(c % 3 + 9 for c in b)), limit=st.integers(1, 12))  # fmt: skip
def test_a_line_is_too_long_where_one_is(data: bytes, limit: int) -> None:
    """Bytes 9, 10 and 13: a tab is no end of a line, the others are."""
    data = data.replace(b"\x0b", b"\r")
    longest = max(len(line) for line in data.replace(b"\r", b"\n").split(b"\n"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_LINE_LIMIT", limit)
        if longest > limit:
            with pytest.raises(LayerError, match="有一行超过"):
                _check_lines(data, "a.csv")
        else:
            _check_lines(data, "a.csv")


@given(data=st.binary(max_size=8) | st.text(max_size=8).map(str.encode))
def test_utf8_is_told_as_python_tells_it(data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not is_utf8(data)
    else:
        assert is_utf8(data)


GARBLED = st.text(st.sampled_from("示例村镇民政局"), min_size=1, max_size=6).flatmap(
    lambda t: st.sampled_from(
        [t, t.encode().decode("gb18030", "replace"), t.encode("gb18030").decode("latin-1"),
         t.encode().decode("latin-1"), f"{t}\n{t}", f"a{t}\ufffd", "é", "naïve\n", "BZ01", ""]
    )
)  # fmt: skip


@given(texts=st.lists(GARBLED | st.text(max_size=6), max_size=12))
def test_garbled_texts_are_found_as_if_looked_at_one_by_one(texts: list[str]) -> None:
    assert find_garbled(texts) == next((t for t in texts if t and _garbled(t)), "")


def rows_of(text: str) -> list[list[str]]:
    """The rows of a text, by the standard library."""
    return list(csv.reader(io.StringIO(text, newline="")))


@settings(max_examples=500)
@given(text=st.text(st.sampled_from('a,,"""\n\r'), max_size=20), more=st.text(st.sampled_from('a,"\n\r'), max_size=5))  # fmt: skip
def test_a_text_is_cut_only_where_a_row_ends(text: str, more: str) -> None:
    end = _rows_end(text.encode(), b",")
    whole, rest = text[:end], text[end:] + more
    assert rows_of(whole) + rows_of(rest) == rows_of(whole + rest)


def test_a_text_is_cut_as_late_as_can_be() -> None:
    text = '甲,"乙\n丙"\n丁,"戊""'.encode()
    assert text[: _rows_end(text, b",")].decode() == '甲,"乙\n丙"\n'
    assert _rows_end(b"a\r", b",") == 0  # half of a line end, perhaps
    assert _rows_end(b"\rab", b",") == 1  # a blank line
    assert _rows_end(b"a\r\nb", b",") == 3


@settings(deadline=None)
@given(
    rows=TABLES,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    part=st.sampled_from([16, 64, 1 << 20]),
)
def test_the_parts_of_a_file_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], encoding: str, part: int
) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(written(rows).encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PART", part)
        try:
            whole = as_texts(read_delimited(path, "")).to_numpy(object).tolist()
        except LayerError as err:  # a cell that looks like rows, in the same line
            with pytest.raises(LayerError, match=re.escape(str(err))):
                list(read_delimited_parts(path, ""))
            return
        parts = list(read_delimited_parts(path, ""))
    assert [i for piece in parts for i in piece.index] == list(range(sum(map(len, parts))))
    width = max([len(row) for row in whole] + [piece.shape[1] for piece in parts], default=0)
    made = [row for piece in parts for row in cells_of(piece, width)]
    blank = [[""] * width] * (len(made) - len(whole))  # line ends at the end of the file
    assert made == [[*row, *[""] * (width - len(row))] for row in whole] + blank


def test_a_file_of_many_pieces_is_told_by_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("a,b\n" * 100).encode() + "示例,㐂\n".encode("gb18030"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_PART", 33)
        patch.setattr(encoding_of, "_PIECE", 33)
        last = list(read_delimited_parts(path, ""))[-1]
        assert as_texts(last).to_numpy(object).tolist()[-1] == ["示例", "㐂"]
        with pytest.raises(LayerError, match="编码与声明不符"):
            next(read_delimited_parts(path, "utf-8"))


def test_a_row_without_end_is_refused_before_the_file_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n"' + b"x,y\n" * 3_000_000)
    parts = read_delimited_parts(path, "")
    assert len(next(parts)) == 1
    with pytest.raises(LayerError, match=r"a\.csv 第2行：引号.*没有配对"):
        next(parts)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16-le"])
def test_a_text_that_ends_inside_a_character_is_refused_in_parts_too(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("编号,名称\nG1,甲乙".encode(encoding)[:-1])
    for read in (read_delimited, lambda *given: list(read_delimited_parts(*given))):
        with pytest.raises(LayerError) as caught:
            read(path, encoding)
        assert str(caught.value).startswith("a.csv")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "garbled"),
    [
        ("文件", True), ("文", False),  # one character may be anything
        ("文件名ab", True), ("文件ab", False),  # three of five are enough, two of four are not
    ],
)  # fmt: skip
def test_six_of_ten_characters_make_a_text_garbled(text: str, *, garbled: bool) -> None:
    assert _garbled(text.encode("gb18030").decode("latin-1")) is garbled


@pytest.mark.parametrize(("columns", "fits"), [(2_000, True), (2_001, False)])
def test_a_text_has_no_more_columns_than_a_ledger(
    tmp_path: Path, columns: int, *, fits: bool
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(["a"] * columns) + "\n" + ",".join(["b"] * columns) + "\n", "utf-8")
    if fits:
        assert read_delimited(path, "").shape == (2, 2_000)
        return
    with pytest.raises(LayerError) as caught:
        read_delimited(path, "")
    assert str(caught.value) == "a.csv：有 2,001 列，不是台账；至多 2,000 列"


@pytest.mark.parametrize("ends", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_the_line_ends_at_the_end_of_a_text_are_left_out_however_many(ends: int) -> None:
    assert _span(b"\xef\xbb\xbf\xef\xbb\xbfa,b" + b"\n" * ends) == (6, 9)
    assert _span(b"\n" * ends) == (0, 0)
    assert _span(b"a\r\n" + b"\r\n" * ends + b"b") == (0, 4 + 2 * ends)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_rows_taken_in_turn_are_parted_by_the_mark_of_their_file(mark: str) -> None:
    text = mark.join(["甲", '"乙\r\n丙"']) + "\r\n" + mark.join(["丁", "戊", ""]) + "\n己\n"
    table = _read_in_turn(text, mark.encode(), "a.csv")
    assert cells_of(table, 2) == [["甲", "乙\r\n丙"], ["丁", "戊"], ["己", ""]]


def test_a_row_is_as_long_as_its_last_filled_cell() -> None:
    assert [_length(row) for row in ([], [""], ["", "a"], ["a", "", ""], ["a", "", "b"])] == [
        0, 0, 2, 1, 3,
    ]  # fmt: skip


def test_blocks_of_unequal_width_are_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_CHUNK", 2)
    rows = [["a"], ["b", "c", ""], ["d"], [], ["e", "", "f"]]
    made = _columns(iter(rows), "a.csv")
    assert cells_of(made, 3) == [["a", "", ""], ["b", "c", ""], ["d", "", ""], [""] * 3, ["e", "", "f"]]  # fmt: skip
    assert made.index.tolist() == [0, 1, 2, 3, 4]
    assert _columns(iter([]), "a.csv").shape[0] == 0
