"""What the row of a problem could change, and that what matters comes first."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from firm_worlds import doubts, firmness, row, township

from hbgeo.measure.doubt.result import Doubts
from hbgeo.read.issues import ISSUE_COLUMNS, Issue, issue_table
from hbgeo.show.table.effects import with_effects
from hbgeo.workspace import Workspace


def issue(number: int, severity: str = "error", file: str = "cemetery.xlsx") -> Issue:
    return Issue("cemetery", file, "公墓台账", number, "经度", "", "E09", severity, f"第{number}行 有误",
                 "核对", "420528", "长阳土家族自治县")  # fmt: skip


@pytest.fixture(scope="module")
def names(sample: Workspace) -> dict[str, object]:
    return sample.policy


def county(**more: object) -> object:
    """县级: 56 of 103; row 30 turns the conclusion alone, row 3 can take one away."""
    rows = [row(30, turns=True), row(3, effect="-1", least=Fraction(-1), most=Fraction(0))]
    return firmness("cemetery-county", 55, 57, firm=False, rows=rows, **more)


def test_the_problem_says_what_its_row_could_change(names: dict[str, object]) -> None:
    table = issue_table([issue(10), issue(7), issue(99), issue(10, file="other.xlsx")])
    made = with_effects(table, doubts(township()), names)
    assert made.columns.tolist() == [*ISSUE_COLUMNS, "effect"]
    said = made.set_index(["file", "row"])["effect"]
    assert said["cemetery.xlsx", 10] == "乡镇公益性公墓覆盖率 +1"
    assert said["cemetery.xlsx", 7] == "乡镇公益性公墓覆盖率 -1"
    assert pd.isna(said["cemetery.xlsx", 99])
    assert pd.isna(said["other.xlsx", 10])


def test_a_row_of_several_indicators_is_said_once_by_the_one_it_turns(
    names: dict[str, object],
) -> None:
    made = with_effects(issue_table([issue(30)]), doubts(township(), county()), names)
    assert made["effect"].tolist() == ["县级公益性公墓覆盖率 +1，改变结论（另涉 1 项）"]


def test_a_main_reading_speaks_before_its_variants(names: dict[str, object]) -> None:
    variant = firmness(
        "cemetery-township@loose", 3, 5, rows=[row(10, effect="+5", most=Fraction(5))]
    )
    made = with_effects(issue_table([issue(10)]), doubts(township(), variant), names)
    assert made["effect"].tolist() == ["乡镇公益性公墓覆盖率 +1"]
    alone = with_effects(issue_table([issue(10)]), doubts(variant), names)
    assert alone["effect"].tolist() == ["乡镇公益性公墓覆盖率（含村级公墓） +5"]


def test_within_a_severity_comes_first_what_turns_then_what_changes_most(
    names: dict[str, object],
) -> None:
    table = issue_table([
        issue(1), issue(7), issue(3), issue(10), issue(2, "warning"), issue(30, "warning"),
    ])  # fmt: skip
    assert table["row"].tolist() == [1, 3, 7, 10, 2, 30]
    made = with_effects(table, doubts(township(), county()), names)
    # of 57 counties one is more than of 324 townships; equal ones keep their order
    assert made["row"].tolist() == [3, 7, 10, 1, 30, 2]
    assert made["severity"].tolist() == ["error"] * 4 + ["warning"] * 2


def test_without_doubts_nothing_moves(names: dict[str, object]) -> None:
    table = issue_table([issue(3), issue(1), issue(2, "warning")])
    made = with_effects(table, Doubts(), names)
    assert made[ISSUE_COLUMNS].equals(table)
    assert made["effect"].isna().all()


def test_no_problems_have_the_column_too(names: dict[str, object]) -> None:
    made = with_effects(issue_table([]), doubts(township()), names)
    assert (len(made), made.columns[-1]) == (0, "effect")


def test_a_problem_of_a_whole_layer_has_no_row(names: dict[str, object]) -> None:
    table = issue_table([Issue("cemetery", "", "", None, "", "", "E07", "warning", "有误", "")])
    assert with_effects(table, doubts(township()), names)["effect"].isna().all()
