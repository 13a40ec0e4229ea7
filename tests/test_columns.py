"""Columns numbered once: filters that share them mark the rows that each marks for itself."""

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.filters import any_of, match
from hbgeo.read.columns import Columns
from hbgeo.read.indicator import Clause

VALUES = {
    "kind": ["日间照料", "", "幸福院", None],
    "types": [("全托",), ("全托", "日托"), (), "日托"],
    "year": [2022.0, 2023.0, np.nan, 2022.0],
    "class": ["公", "民", "公", ""],
}


def rows(seed: int) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    picks = {c: [v[k] for k in chance.integers(0, len(v), 40)] for c, v in VALUES.items()}
    kinds = {"kind": "str", "types": object, "year": float, "class": "category"}
    return pd.DataFrame({c: pd.Series(v, dtype=kinds[c]) for c, v in picks.items()})


def asked(value: object, wanted: tuple[str, ...]) -> bool:
    """Whether a cell holds one of the wanted values, one cell at a time."""
    if isinstance(value, tuple):
        return any(set(one.split("+")) <= set(value) for one in wanted)
    return not pd.isna(value) and str(value) in wanted


CLAUSES = (
    Clause({"kind": ("日间照料", "幸福院")}),
    Clause({"types": ("全托+日托",)}),
    Clause({"types": ("日托",), "kind": ("",)}),
    Clause({"year": ("2022.0",), "class": ("公",)}),
)


@pytest.mark.parametrize("seed", range(5))
def test_filters_that_share_columns_mark_what_each_marks_alone(seed: int) -> None:
    frame = rows(seed)
    columns = Columns(frame)
    for clause in (*CLAUSES, *reversed(CLAUSES)):
        shared = match(frame, clause, None, columns)
        by_hand = [
            all(asked(row[c], wanted) for c, wanted in clause.wanted.items())
            for row in frame.to_dict("records")
        ]
        assert shared.tolist() == match(frame, clause).tolist() == by_hand
    assert any_of(frame, CLAUSES, columns).tolist() == any_of(frame, CLAUSES).tolist()


def test_each_row_has_the_number_of_its_value_and_what_is_missing_one_of_its_own() -> None:
    frame = rows(1)
    for column in ("kind", "types"):
        number, values = Columns(frame).told(column)
        for at, value in zip(number.tolist(), frame[column].tolist(), strict=True):
            same = values[at] == value if not isinstance(value, float) else pd.isna(values[at])
            assert same
        assert len(values) == len({repr(v) for v in values})


def test_no_rows_have_no_values() -> None:
    frame = rows(0).iloc[:0]
    assert [match(frame, clause).tolist() for clause in CLAUSES] == [[]] * len(CLAUSES)
