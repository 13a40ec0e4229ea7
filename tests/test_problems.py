"""The workbook of problems: every one of them, once, on its county's sheet."""

from __future__ import annotations

import io

import openpyxl
import pandas as pd
import pytest

from hbgeo.read.issues import ISSUE_COLUMNS, Issue, issue_table
from hbgeo.show.excel.problems import NOWHERE, problems_bytes
from hbgeo.workspace import Workspace


def issue(row: int, county: str, name: str, severity: str = "error") -> Issue:
    return Issue("cemetery", "a.xlsx", "表一", row, "经度", "=1+1", "E09", severity, f"第{row}行 有误",
                 "核对坐标", county, name)  # fmt: skip


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not any(c.data_type == "f" for s in book for r in s.iter_rows() for c in r)
    return {s.title: [list(r) for r in s.iter_rows(values_only=True)] for s in book}


def test_each_county_has_a_sheet_errors_first_and_room_for_the_correction() -> None:
    table = issue_table([
        issue(7, "420528", "长阳土家族自治县", "warning"), issue(9, "420528", "长阳土家族自治县"),
        issue(3, "", ""), issue(4, "420102", "江岸区"),
    ])  # fmt: skip
    made = sheets(problems_bytes(table, "题目", sample=False))
    assert list(made) == ["汇总", "江岸区", "长阳土家族自治县", NOWHERE, "全部"]
    rows = made["长阳土家族自治县"]
    assert rows[1][-1] == "更正为"
    assert [(r[0], r[3]) for r in rows[2:]] == [("错误", 9), ("提醒", 7)]
    assert [r[1:4] for r in made["汇总"][2:]] == [
        ["江岸区", 1, 0], ["长阳土家族自治县", 1, 1], [NOWHERE, 1, 0], ["合计", 3, 1],
    ]  # fmt: skip
    assert made["全部"][0] == ISSUE_COLUMNS


def test_two_counties_of_one_name_and_names_no_sheet_may_have() -> None:
    table = issue_table([
        issue(1, "420102", "市中区"), issue(2, "430102", "市中区"), issue(3, "420103", "a/b[c]" * 9),
    ])  # fmt: skip
    made = sheets(problems_bytes(table, "题目", sample=False))
    assert {"市中区 420102", "市中区 430102"} <= made.keys()
    assert all(len(name) <= 31 for name in made)


def test_no_problems_make_a_workbook_too() -> None:
    made = sheets(problems_bytes(issue_table([]), "题目", sample=True))
    assert made["汇总"][0][0] == "示例数据，非真实统计"
    assert made["汇总"][-1][1:4] == ["合计", 0, 0]


@pytest.mark.parametrize("sample_mark", [True, False])
def test_every_problem_of_the_sample_stands_once(sample: Workspace, sample_mark: bool) -> None:  # noqa: FBT001
    table = sample.issues()
    made = sheets(problems_bytes(table, "题目", sample=sample_mark))
    top = 2 + sample_mark
    told = [r for name, rows in made.items() if name not in {"汇总", "全部"} for r in rows[top:]]
    assert len(told) == len(table) == len(made["全部"]) - 1
    assert sorted(str(r[6]) for r in told) == sorted(table["message"])
    assert (
        pd.Series([r[0] for r in told]).value_counts()["错误"]
        == (table["severity"] == "error").sum()
    )


def test_every_error_of_the_sample_says_which_county_it_goes_back_to(sample: Workspace) -> None:
    table = sample.issues()
    wrong = table[table["severity"] == "error"]
    assert len(wrong)
    assert (wrong["county"] != "").all()
