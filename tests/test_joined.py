"""Columns joined are those of the frames joined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.joined import joined, numbers_of, repeated, texts_or_none


@pytest.mark.parametrize("kind", ["str", "object"])
def test_texts_stand_one_behind_another_and_what_is_missing_is_missing(kind: str) -> None:
    frames = [
        pd.DataFrame({"a": pd.Series(some, dtype=kind)}) for some in (["x", None], [], ["汉"])
    ]
    made = pd.Series(joined([frame["a"] for frame in frames]))
    expected = pd.concat(frames, ignore_index=True)["a"].astype("str")
    pd.testing.assert_series_equal(made, expected, check_names=False)
    assert made.dtype == "str"


def test_no_frames_are_no_texts() -> None:
    assert list(joined([])) == []
    assert list(repeated([], [])) == []


def test_a_text_is_repeated_as_often_as_is_asked() -> None:
    assert list(repeated(["a", "b", "c"], [2, 0, 1])) == ["a", "a", "c"]


def test_a_column_that_is_not_there_is_all_missing() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "n": [1, 2]}, index=["k", "l"])
    assert list(texts_or_none(frame, "a")) == ["x", "y"]
    assert texts_or_none(frame, "b").isna().tolist() == [True, True]
    numbers = numbers_of([frame, frame.drop(columns="n"), frame.astype({"n": float})], "n")
    np.testing.assert_array_equal(numbers, [1, 2, np.nan, np.nan, 1, 2])
