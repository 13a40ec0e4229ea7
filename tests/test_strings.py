"""Columns that should be text are text in UTF-8, or refused with the row in which they are not."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.file.strings import check_text, check_texts

GBK = "甲镇".encode("gb18030")
JUNK = b"\xff\xfe\xfa"


def texts(*cells: bytes) -> pa.Array:
    """A column of text that holds these bytes, whatever they are."""
    return pa.Array.from_buffers(
        pa.large_string(), len(cells), pa.array(cells, pa.large_binary()).buffers()
    )


KINDS = {
    "text": texts,
    "chunks": lambda *cells: pa.chunked_array([texts(cells[0]), texts(*cells[1:])]),
    "dictionary": lambda *cells: pa.DictionaryArray.from_arrays(
        pa.array(range(len(cells))), texts(*cells)
    ),
    "list": lambda *cells: pa.ListArray.from_arrays(
        pa.array(range(len(cells) + 1), pa.int32()), texts(*cells)
    ),
    "bytes": lambda *cells: pa.array(cells, pa.binary()),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_utf8_is_refused_in_its_row_with_the_way_out(kind: str) -> None:
    with pytest.raises(LayerError) as caught:
        check_text(KINDS[kind](b"a", "乙".encode(), GBK), "名称", "a.gpkg", 10)
    assert str(caught.value) == (
        "a.gpkg 第12行“名称”：不是 UTF-8 文本（像是 GBK）；请在原软件里按正确的编码打开，重新导出为 UTF-8"
    )
    with pytest.raises(LayerError) as caught:
        check_text(KINDS[kind](b"a", JUNK), "名称", "a.gpkg")
    said = "是二进制内容，不是文本" if kind == "bytes" else "不是有效的文本，可能已损坏"
    assert str(caught.value).startswith(f"a.gpkg 第2行“名称”：{said}；")


def test_bytes_that_are_text_become_it_and_numbers_pass() -> None:
    made = check_text(pa.array(["甲镇".encode(), None], pa.binary()), "名称", "a")
    assert (made.type, made.to_pylist()) == (pa.large_string(), ["甲镇", None])
    numbers = pa.array([1.5, None])
    assert check_text(numbers, "数", "a") is numbers
    frame = pd.DataFrame({"名称": ["甲"], "字节": pd.Series([b"\xe4\xb9\x99"], dtype=object)})
    check_texts(frame, "a")
    assert frame.to_dict("list") == {"名称": ["甲"], "字节": ["乙"]}


def test_numbers_pass_unlooked_at_whatever_they_hold() -> None:
    beyond = pa.py_buffer((123_456).to_bytes(16, "little"))
    long = pa.Array.from_buffers(pa.decimal128(3, 1), 1, [None, beyond])
    with pytest.raises(pa.ArrowInvalid):
        long.validate(full=True)
    for cells in (long, pa.nulls(2), pa.array([True]), pa.array([1], pa.timestamp("s"))):
        assert check_text(cells, "数", "a") is cells


def test_a_column_of_bytes_is_text_though_a_cell_is_empty() -> None:
    cells = [None, "乙".encode(), None]
    frame = pd.DataFrame({"字节": pd.Series(cells, dtype=object), "数": [1, 2, 3]})
    frame.index = pd.Index([7, 8, 9])
    check_texts(frame, "a")
    assert frame["字节"].dropna().to_dict() == {8: "乙"}
    assert frame["字节"].dtype == "str"
    assert frame["数"].tolist() == [1, 2, 3]


def test_a_column_of_other_things_than_texts_is_left_alone() -> None:
    things = pd.Series([[1, 2], None, {"a": 1}], dtype=object)
    frame = pd.DataFrame({"物": things, "无": pd.Series([None] * 3, dtype=object)})
    check_texts(frame, "a")
    assert frame["物"].tolist() == [[1, 2], None, {"a": 1}]
    assert [str(kind) for kind in frame.dtypes] == ["object", "object"]
