"""What goes from one process to the other arrives as it was, and what is shared goes once."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from hbgeo.packing import packed

unpacked = pickle.loads
TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=12)


@given(TEXTS, st.data())
def test_frames_arrive_as_they_were(texts: list[str | None], data: st.DataObject) -> None:
    column = pd.Series(texts, dtype="str")
    frame = pd.DataFrame({"a": column, "b": column.astype("category"), "n": np.arange(len(texts))})
    frame.index = pd.Index([f"{i}" for i in range(len(texts))], name="code", dtype="str")
    start = data.draw(st.integers(0, len(texts)))
    for one in (frame, frame.iloc[start:], frame.iloc[::-1], frame.iloc[:0]):
        again = unpacked(packed(one))
        assert_frame_equal(again, unpacked(pickle.dumps(one)))
        assert again["a"].dtype == one["a"].dtype


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_texts_of_either_storage_arrive(storage: str) -> None:
    column = pd.Series(["甲", None, ""], dtype=pd.StringDtype(storage, na_value=np.nan))
    again = unpacked(packed([column, column.array, column.array.dtype]))
    assert again[0].dtype == column.dtype
    assert again[0].array.dtype.storage == storage
    assert again[0].fillna("-").tolist() == ["甲", "-", ""]


def test_texts_that_frames_share_go_once() -> None:
    names = pd.Series([f"示例{i:07d}村民委员会" for i in range(20_000)], dtype="str")
    frames = [pd.DataFrame({"name": names.array, "n": i}) for i in range(10)]
    alone = len(packed(frames[:1]))
    numbers = 20_000 * 8
    assert len(packed(frames)) < alone + 9 * (numbers + 4096)
    assert len(pickle.dumps(frames)) > 9 * alone - 9 * numbers


def test_a_part_of_something_large_goes_alone() -> None:
    names = pd.Series([f"示例{i:07d}村民委员会" for i in range(100_000)], dtype="str")
    some = names.iloc[500:510]
    assert len(packed(some)) < 10_000
    assert unpacked(packed(some)).tolist() == some.tolist()


def test_where_pandas_is_not_loaded_nobody_loads_it() -> None:
    probe = "import sys; from hbgeo.packing import packed; packed([1, 'a']); print('pandas' in sys.modules)"
    said = subprocess.check_output([sys.executable, "-c", probe], encoding="utf-8")
    assert said.strip() == "False"
