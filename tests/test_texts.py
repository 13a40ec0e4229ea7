"""Cells as people read them: once for each distinct cell, as if each had been read by itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.show.page.texts import Texts, read_off, texts

CELLS = [
    "", "甲", "1", "是", "\ud800", None, np.nan, pd.NA, pd.NaT, True, False, 0, 1, 0.0, -0.0, 1.0, 1.5,
    np.float64(1), np.True_, (), ("甲",), ("甲", "乙"), (1,), (True,), (1.0,), ["甲"], {"乙"},
    date(2023, 2, 3), pd.Timestamp(2023, 2, 3), (("甲",), "乙"),
]  # fmt: skip
TYPED = [
    pd.Series(["甲", "", None, "乙", "甲"], dtype=pd.StringDtype("python", na_value=np.nan)),
    pd.Series(["甲", "", None, "乙", "甲"], dtype=pd.StringDtype("pyarrow", na_value=np.nan)),
    pd.Series(["甲", "", "乙", "甲"], dtype="category"),
    pd.Series([2.5, np.nan, 2.0, -0.0, 0.0]),
    pd.Series([3, 1, 3]),
    pd.Series([3, None, 3], dtype="Int64"),
    pd.Series([True, False, True]),
    pd.to_datetime(pd.Series(["2023-01-31", None, "0999-01-01", "2023-01-31"])).astype("M8[s]"),
    pd.Series([], dtype=object),
]


@given(st.lists(st.sampled_from(CELLS), max_size=12))
def test_each_cell_reads_as_by_itself(cells):
    column = pd.Series(cells, dtype=object)
    told = read_off(column)
    assert told.rows == texts(column) == [texts([cell])[0] for cell in cells]
    assert told.distinct == list(dict.fromkeys(told.rows))


@pytest.mark.parametrize("column", TYPED, ids=lambda column: str(column.dtype))
def test_a_column_of_any_type_reads_as_its_cells_do(column):
    told = read_off(column)
    assert told.rows == texts(column)
    assert told.distinct == list(dict.fromkeys(told.rows))


def test_words_by_hand():
    assert texts(pd.Series([True, None, 2.0, 2.5, ("甲", "乙"), date(2023, 2, 3)])) == [
        "是", "", "2", "2.5", "甲、乙", "2023-02-03",
    ]  # fmt: skip


@given(*[st.lists(st.sampled_from(["", "甲", "乙"]), max_size=3)] * 2)
def test_columns_are_the_same_when_every_row_reads_the_same(one, other):
    assert read_off(one).same_as(read_off(other)) == (one == other)


def test_no_rows_have_no_texts():
    assert Texts([], np.zeros(0, dtype=np.int64)).rows == read_off([]).rows == []
