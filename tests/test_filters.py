"""What works as of a date: by state, an empty one as the schema has it, and by dates."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from hbgeo.measure.counting import working
from hbgeo.measure.options import Options
from hbgeo.read.schema.records import read_schema

ON = Options(as_of=date(2023, 12, 31))


def rows(states: list[str | None], days: list[str | None], dtype: str = "str") -> pd.DataFrame:
    made = pd.DataFrame({"status": pd.Series(states, dtype=dtype)})
    made["installed_on"] = pd.to_datetime(pd.Series(days))
    made.index = [f"B{i}" for i in range(len(made))]
    return made


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_signs_by_hand(dtype: str) -> None:
    frame = rows(
        ["完好", "破损", "", None, "完好", "完好", "待设"],
        ["2020-01-01", "2020-01-01", None, "2020-01-01", "2024-01-01", None, None],
        dtype,
    )
    schema = read_schema("sign")
    assert schema.counting is not None
    blank = schema.counting.blank in schema.counting.states
    made = working(frame, schema, ON)
    assert made.mask.tolist() == [True, False, blank, blank, False, True, False]
    aside = {why: mask.tolist() for why, mask in made.set_aside.items()}
    assert aside["状态为破损"] == [i == 1 for i in range(7)]
    assert aside["状态为待设"] == [i == 6 for i in range(7)]
    assert aside[f"{schema.heading('installed_on')}晚于截止日期"] == [i == 4 for i in range(7)]
    assert made.undated.tolist() == [False, False, blank, False, False, True, False]


def test_a_scenario_takes_rows_as_if_they_worked() -> None:
    frame = rows(["破损", "破损", "待设"], [None, None, None])
    made = working(frame, read_schema("sign"), Options(as_of=ON.as_of, as_if=("B1",)))
    assert made.mask.tolist() == [False, True, False]
    assert made.set_aside["状态为破损"].tolist() == [True, False, False]
    wider = working(frame, read_schema("sign"), Options(as_of=ON.as_of, status=("待设",)))
    assert wider.mask.tolist() == [False, False, True]
    assert "状态为待设" not in wider.set_aside


def test_no_rows_no_states() -> None:
    made = working(rows([], []), read_schema("sign"), ON)
    assert made.mask.tolist() == []
    assert not any(why.startswith("状态为") for why in made.set_aside)
