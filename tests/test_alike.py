"""Rows that have the same share a number, whatever they are numbered by."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from hbgeo.alike import number_sequences, number_together, numbered, objects_alike, parted

CELLS = st.sampled_from(["", "甲", "乙", None])
TABLES = st.lists(st.tuples(CELLS, st.integers(0, 2)), max_size=8)
PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=20)


def _table(rows: Sequence[tuple[Any, int]], kind: Any = "str") -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=["file", "row"])
    return made.astype({"file": kind, "row": "int64"})


def test_a_missing_cell_is_like_no_other_in_any_column():
    letters = pd.Series(["a", "a", "b", "b"], dtype="object")
    figures = pd.Series([1.0, 2.0, np.nan, np.nan])
    assert numbered([letters, figures]).tolist() == [0, 1, 2, 2]
    assert numbered([figures, letters]).tolist() == [0, 1, 2, 2]


def test_rows_share_a_number_only_where_all_columns_agree() -> None:
    one, other = pd.Series(["a", "a", "b", "b", "a"]), pd.Series(["x", "y", "x", "y", "y"])
    assert numbered([one, other]).tolist() == [0, 1, 2, 3, 1]
    assert numbered([one]).tolist() == [0, 0, 1, 1, 0]
    three = pd.Series(["p", "q", "p", "q", "p"])
    assert numbered([one, other, three]).tolist() == [0, 1, 2, 3, 4]
    assert numbered([one[:0], other[:0]]).tolist() == []


@given(st.lists(TABLES, min_size=1, max_size=3), st.lists(st.sampled_from(["str", "category", "object"]), min_size=3))  # fmt: skip
def test_rows_of_several_frames_share_a_number_only_where_they_agree(
    tables: list[list[tuple[Any, int]]], kinds: list[str]
) -> None:
    frames = [_table(rows, kind) for rows, kind in zip(tables, kinds, strict=False)]
    before = [frame.copy() for frame in frames]
    made = number_together(frames, ["file", "row"])
    known: dict[tuple[Any, int], int] = {}
    wanted = [[known.setdefault(row, len(known)) for row in rows] for rows in tables]
    assert [numbers.tolist() for numbers in made] == wanted
    for frame, was in zip(frames, before, strict=True):
        assert_frame_equal(frame, was)


@given(PAIRS, st.integers(6, 8))
def test_a_row_has_the_values_of_its_sequence(pairs: list[tuple[int, int]], size: int) -> None:
    rows, values = (np.array([pair[k] for pair in pairs], dtype=np.int64) for k in (0, 1))
    numbers, sequences = number_sequences(rows, values, size)
    wanted = [tuple(value for row, value in pairs if row == at) for at in range(size)]
    assert [sequences[k] for k in numbers.tolist()] == wanted
    for one in range(size):
        for other in range(size):
            assert (numbers[one] == numbers[other]) == (wanted[one] == wanted[other])


def test_objects_kept_for_many_are_known_once() -> None:
    half, third, low = Fraction(1, 2), Fraction(1, 3), Fraction(-1)
    numbers, known = objects_alike([[half, third, half, half], [low, low, low, half]])
    assert numbers.tolist() == [0, 1, 0, 2]
    assert known == [(half, low), (third, low), (half, half)]
    assert objects_alike([[], []])[1] == []


@given(st.lists(st.integers(0, 4), max_size=12))
def test_the_rows_of_each_number_are_all_rows_in_their_order(numbers: list[int]) -> None:
    made = parted(np.array(numbers, dtype=np.int64))
    wanted = [[at for at, n in enumerate(numbers) if n == k] for k in range(max(numbers, default=-1) + 1)]  # fmt: skip
    assert [rows.tolist() for rows in made] == wanted
