"""What a workbook tells twice counts once, and is said: summary sheets, copies of files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from hbgeo.read.cleaning import clean_ledger
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.units.copies import told_twice

ONE = ("甲公墓", "420525101", "运营")
TWO = ("乙公墓", "420525102", "运营")
THREE = ("丙公墓", "420525103", "在建")


def told(sheets: dict[str, list[tuple[str, ...]]], **more: list[object]):
    """Which rows are marked, and what is said; a row may have an id as its fourth part."""
    rows = [(sheet, n, *row) for sheet, some in sheets.items() for n, row in enumerate(some, 2)]
    frame = pd.DataFrame([(*row, "")[:6] for row in rows])
    frame.columns = ["sheet", "row", "name", "township_code", "status", "id"]
    frame = frame.assign(file="a.xlsx", county_code="420525", village_code="", x=np.nan, y=np.nan)
    frame = frame.assign(**more)
    notes = Notes("cemetery", frame, read_schema("cemetery"))
    marked = told_twice(frame, np.ones(len(frame), bool), notes)
    return marked.tolist(), [(i.severity, i.message) for i in notes.issues]


def test_a_summary_of_the_other_sheets_counts_nothing_again():
    marked, said = told({"甲镇": [ONE], "乙镇": [TWO, THREE], "汇总": [ONE, TWO, THREE]})
    assert marked == [False] * 3 + [True] * 3
    assert said[1] == (
        "error",
        "第3行 a.xlsx 汇总 的“乙公墓”与 a.xlsx 乙镇 第2行内容相同，是同一批设施的汇总或副本，只计一次",
    )


def test_a_summary_that_stands_first_is_the_one_that_counts():
    marked, said = told({"汇总": [ONE, TWO], "甲镇": [ONE], "乙镇": [TWO]})
    assert marked == [False, False, True, True]
    assert {severity for severity, _ in said} == {"error"}


def test_a_summary_with_rows_of_its_own_still_repeats_its_sheets():
    marked, _ = told({"甲镇": [ONE], "汇总": [ONE, TWO]})
    assert marked == [False, True, False]


def test_a_few_common_rows_are_said_and_counted():
    marked, said = told({"一": [ONE, TWO], "二": [ONE, THREE]})
    assert marked == [False] * 4
    assert said == [
        ("warning", "第2行 a.xlsx 二 的“甲公墓”与 a.xlsx 一 第2行内容相同，疑似重复设施，照常计入")
    ]


@pytest.mark.parametrize(
    "other",
    [
        ("甲公墓", "420525102", "运营"),  # of another township
        ("甲公墓", "420525101", "在建"),  # of another state: a contradiction is no copy
        ("乙公墓", "420525101", "运营"),
    ],
)
def test_rows_that_differ_are_two(other: tuple[str, ...]):
    assert told({"一": [ONE], "二": [other]}) == ([False, False], [])


def test_the_number_of_a_form_does_not_tell_apart_and_a_lasting_id_does():
    assert told({"一": [(*ONE, "1")], "二": [(*ONE, "7")]})[0] == [False, True]
    assert told({"一": [(*ONE, "420525001")], "二": [(*ONE, "420525002")]}) == ([False] * 2, [])
    assert told({"一": [(*ONE, "420525001")], "二": [(*ONE, "420525001")]})[0] == [False, True]


def test_rows_alike_within_a_sheet_prove_nothing():
    assert told({"一": [ONE, ONE], "二": [ONE, ONE]}) == ([False] * 4, [])
    assert told({"一": [ONE, ONE], "二": [ONE]}) == ([False] * 3, [])


def test_nameless_placeless_and_hidden_rows_prove_nothing():
    for row in (("", "420525101", "运营"), ("甲", "", "运营"), ("[已隐去]", "420525101", "运营")):
        assert told({"一": [row], "二": [row]}) == ([False, False], [])
    assert told({"一": [ONE, TWO, THREE]}) == ([False] * 3, [])


def test_import_only_warns_of_what_it_keeps(tmp_path: Path):
    book = openpyxl.Workbook()
    for sheet, names in (("甲镇", ["甲"]), ("乙镇", ["乙"]), ("汇总", ["甲", "乙"])):
        page = book.create_sheet(sheet)
        page.append(["公墓名称", "所在县", "所在乡镇", "状态"])
        for name in names:
            page.append([f"{name}公墓", "某县", f"{name}镇", "运营"])
    del book["Sheet"]
    book.save(tmp_path / "a.xlsx")
    made = clean_ledger(tmp_path / "a.xlsx", "cemetery")
    assert len(made.rows) == 4
    told = [(i.rule, i.severity, i.message) for i in made.issues if i.row]
    said = "的“甲公墓”与 a.xlsx 甲镇 第2行内容相同，是同一批设施的汇总或副本"
    assert told[0] == ("W04", "warning", f"第2行 a.xlsx 汇总 {said}")
    assert len(told) == 2


def test_remarks_may_differ_and_figures_may_not():
    assert told({"一": [ONE], "二": [ONE]}, note=["", "又"])[0] == [False, True]
    assert told({"一": [ONE], "二": [ONE]}, plots_total=[50.0, 60.0])[0] == [False, False]
    assert told({"一": [ONE], "二": [ONE]}, plots_total=[np.nan, np.nan])[0] == [False, True]


def test_a_last_sheet_of_nothing_named_hides_no_copy():
    nameless = ("", "420525102", "运营")
    marked, _ = told({"一": [ONE], "二": [ONE], "三": [nameless]})
    assert marked == [False, True, False]


@pytest.mark.parametrize("column", ["id", "x", "township_code"])
def test_what_a_ledger_does_not_say_tells_no_rows_apart(column: str):
    """Without the township a row is placed by its village, without the point by its township."""
    rows = pd.DataFrame({"file": "a.xlsx", "sheet": ["一", "二", "二"], "row": [2, 2, 3]})
    rows = rows.assign(name=["甲", "甲", "乙"], id="", x=np.nan, y=np.nan, county_code="420525")
    rows = rows.assign(township_code="420525101", village_code="420525101201").drop(columns=column)
    notes = Notes("cemetery", rows, read_schema("cemetery"))
    assert told_twice(rows, np.ones(3, bool), notes).tolist() == [False, True, False]


def test_rows_without_a_column_of_names_are_no_copies():
    rows = pd.DataFrame({"file": "a.xlsx", "sheet": ["一", "二"], "row": [2, 2], "x": 110.1})
    notes = Notes("cemetery", rows, read_schema("cemetery"))
    assert told_twice(rows, np.ones(2, bool), notes).tolist() == [False, False]
    assert notes.issues == []
