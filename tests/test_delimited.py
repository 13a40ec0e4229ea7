"""Separated text: the quick road and the careful one see the same cells, in whatever encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.errors import LayerError
from hbgeo.read.ledger import delimited
from hbgeo.read.ledger.delimited import _check_lines, _read_regular, _span, read_delimited
from hbgeo.read.texts import as_texts
from hbgeo.read.vector.encoding import _garbled, find_garbled, is_utf8

CELLS = st.text(st.sampled_from("示例村，, \"';\t1.甲\n\u3000é"), max_size=5)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=8)
)


def written(rows: list[list[str]]) -> str:
    """Rows as a spreadsheet program writes them."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


@given(rows=TABLES)
def test_both_roads_see_the_same_cells(rows: list[list[str]]) -> None:
    data = written(rows).encode()
    table = _read_regular(data, *_span(data), ",")
    text = data[slice(*_span(data))].decode()
    assert table is None or as_texts(table).to_numpy(object).tolist() == list(
        csv.reader(io.StringIO(text, newline=""))
    )


def test_the_quick_road_is_taken() -> None:
    data = written([["村名", "经度"], ["甲,村", "114.3"], ['"乙"', ""]]).encode()
    table = _read_regular(data, *_span(data), ",")
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
        patch.setattr(delimited, "_HEAD", size)
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
