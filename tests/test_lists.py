"""The lists of the report: every problem stands in it once, in order, on as many sheets as it takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.read.issues import ISSUE_COLUMNS
from hbgeo.show.excel import lists as listed

WORDS = st.sampled_from(["甲", "乙", "Z", "a", "", None])
ROW = st.fixed_dictionaries(
    dict.fromkeys(ISSUE_COLUMNS, WORDS)
    | {"row": st.none() | st.integers(1, 3), "severity": st.sampled_from(["error", "warning"])}
)
ORDER = ["county", "layer", "file", "sheet", "row", "column", "value", "rule"]
ORDER += ["severity", "message", "fix", "county_code"]


def table(rows: list[dict[str, Any]], storage: str) -> pd.DataFrame:
    text = pd.StringDtype(storage, na_value=np.nan)
    kinds = {c: "Int64" if c == "row" else text for c in ISSUE_COLUMNS}
    return pd.DataFrame(rows, columns=ISSUE_COLUMNS).astype(kinds)


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, max_size=8))
def test_problems_stand_by_county_and_file(storage: str, rows: list[dict[str, Any]]) -> None:
    issues = table(rows, storage)
    by = ["county_code", "layer", "file", "sheet"]
    expected = issues.sort_values(by, kind="stable")[ORDER].astype(object)
    expected = expected.replace({"severity": {"error": "错误", "warning": "提醒"}})
    expected = expected.where(expected.notna(), None)
    [sheet] = listed.issues_sheets(issues, "x")
    assert [list(row) for row in sheet.rows] == expected.to_numpy(object).tolist()


def test_more_problems_than_a_sheet_holds_go_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listed, "_MOST", 2)
    one = dict.fromkeys(ISSUE_COLUMNS, "x") | {"severity": "error"}
    issues = table([one | {"row": n} for n in range(5)], "python")
    sheets = listed.issues_sheets(issues, "x")
    assert [s.name for s in sheets] == ["数据质量", "数据质量2", "数据质量3"]
    assert [row[4] for s in sheets for row in s.rows] == [0, 1, 2, 3, 4]
