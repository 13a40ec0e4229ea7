"""What is said once of Arrow's arrays: the values that come out, and what is missing among them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.arrow import (
    large_texts,
    lists_in,
    numbered,
    numbers_in,
    one_behind_the_other,
    packed_texts,
    pandas_texts,
    replaced_where,
    side_by_side,
    texts_in,
    whether,
    whole,
)

TEXT = pa.large_string()


def test_a_column_in_pieces_is_one_array() -> None:
    pieces = pa.chunked_array([["甲", "乙"], [], ["丙"]], TEXT)
    assert whole(pieces).to_pylist() == ["甲", "乙", "丙"]
    one = pa.array(["甲"], TEXT)
    assert whole(one) is one


def test_a_missing_text_of_pandas_is_null() -> None:
    made = large_texts(pd.Series(["甲", None, ""], dtype="str"))
    assert made.type == TEXT
    assert made.to_pylist() == ["甲", None, ""]


def test_pieces_with_words_of_their_own_are_numbered_alike() -> None:
    made = numbered(pa.chunked_array([["甲", "乙"], ["乙", "丙"]], TEXT))
    assert made.indices.to_pylist() == [0, 1, 1, 2]
    assert made.dictionary.to_pylist() == ["甲", "乙", "丙"]


def test_of_a_missing_cell_the_answer_is_no() -> None:
    assert whether(pa.array([True, None, False])).to_pylist() == [True, False, False]


def test_marked_cells_are_replaced_in_their_order_or_all_by_one() -> None:
    cells, where = pa.array(["甲", "乙", "丙"], TEXT), pa.array([True, False, True])
    assert replaced_where(cells, where, pa.array(["一", "二"], TEXT)).to_pylist() == [
        "一",
        "乙",
        "二",
    ]
    assert replaced_where(cells, where, pa.scalar("无", TEXT)).to_pylist() == ["无", "乙", "无"]


def test_columns_join_row_by_row_and_rows_one_behind_the_other() -> None:
    joined = side_by_side([pa.array(["a", ""], TEXT), pa.array(["1", "2"], TEXT)], ",")
    assert texts_in(joined) == ["a,1", ",2"]
    assert one_behind_the_other(joined, "\r\n").to_pybytes() == b"a,1\r\n,2"


def test_lists_come_out_as_lists() -> None:
    assert lists_in(pa.array([["a", "b"], []], pa.list_(pa.string()))) == [["a", "b"], []]


def test_the_memory_of_an_array_is_its_numbers_and_no_memory_none() -> None:
    _, offsets, letters = pa.array(["ab", "", "c"], TEXT).buffers()
    assert numbers_in(offsets, np.int64)[:4].tolist() == [0, 2, 2, 3]
    assert bytes(numbers_in(letters, np.uint8)[:3]) == b"abc"
    assert numbers_in(None, np.int64).tolist() == []


def test_texts_come_to_pandas_as_it_is_set_or_as_told() -> None:
    texts = pa.array(["甲", None], TEXT)
    assert str(pd.Series(pandas_texts(texts)).dtype) == "str"
    told = pandas_texts(texts, pd.StringDtype("python", na_value=np.nan))
    assert told.dtype.storage == "python"
    assert told[0] == "甲"
    assert pd.isna(told[1])


def test_a_column_handed_over_does_not_make_objects_of_its_ids() -> None:
    ids = pd.Index([f"G{n}" for n in range(1000)], dtype="str")
    for kind in ("str", object):
        column = pd.Series(["甲", "乙"] * 500, ids, dtype=kind)
        assert (
            large_texts(column).to_pylist() == packed_texts(column).to_pylist() == column.tolist()
        )
    assert large_texts(pd.Series([1.5, None], ids[:2]).astype("str")).to_pylist() == ["1.5", None]
    assert "_engine" not in ids._cache  # what pandas looks texts up in, and keeps
    assert "G1" in ids
    assert "_engine" in ids._cache
