"""Lists for people: Chinese headings, title, basis, paper; for machines the names they know."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import test_cli
from test_cli import Run

from hbgeo.listed import stats_content
from hbgeo.measure.tasks import TASK_COLUMNS
from hbgeo.read.cleaning import FROM, clean_ledger
from hbgeo.read.issues import ISSUE_COLUMNS
from hbgeo.read.schema.records import read_schema
from hbgeo.show.excel.listing import list_bytes
from hbgeo.show.table.headings import headings_of, in_chinese
from hbgeo.show.table.units import UNIT_COLUMNS

run = test_cli.run  # the fixture
HEAD = "公墓编号,公墓名称,设施类型,公墓性质,级别,状态,启用时间,所在县,经度,纬度,坐标系"
ROWS = (
    "GM1,示例一,公墓,公益性,乡镇级,运营,2021-06,示例县,114.305083,30.593456,CGCS2000",
    "GM2,示例二,公墓,公益性,乡镇级,差不多,2021,示例县,114.305123,30.593456,CGCS2000",
)
TABLE = pd.DataFrame({
    "indicator": ["示例@变体"] * 2, "code": ["420528001", "420528002"], "name": ["示例甲镇", "示例乙镇"],
    "population": [12_345, None], "nearest_km": [3.0, 12.25], "demand": [1.0, 0.5],
})  # fmt: skip


def book_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_list_has_a_title_its_basis_chinese_headings_and_paper() -> None:
    mark = "示例数据，非真实统计"
    [sheet] = book_of(list_bytes("uncovered", "示例：未覆盖清单", "截至日期：2023-12-31。", {"数据": TABLE}, mark=mark))  # fmt: skip
    assert [sheet.cell(r, 1).value for r in (1, 2, 3)] == [
        mark,
        "示例：未覆盖清单",
        "截至日期：2023-12-31。",
    ]
    heads = [c.value for c in sheet[4]]
    assert heads == ["单元", "常住人口（人）", "最近设施距离（公里）", "应覆盖", "指标代号", "代码"]
    assert [c.value for c in sheet[5]] == ["示例甲镇", 12_345, 3, 1, "示例@变体", "420528001"]
    assert sheet.auto_filter.ref == "A4:F6"
    assert sheet.print_area == "'数据'!$A$1:$D$6"  # codes are not printed
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert [sheet.cell(r, 4).number_format for r in (5, 6)] == ["#,##0", "#,##0.00"]


@pytest.mark.parametrize(
    ("kind", "columns"), [("check", ISSUE_COLUMNS), ("uncovered", UNIT_COLUMNS), ("tasks", TASK_COLUMNS)]
)  # fmt: skip
def test_every_column_of_a_machine_form_is_said_in_chinese_once(
    kind: str, columns: list[str]
) -> None:
    told = [one.text for one in headings_of(kind, columns)]
    assert len(set(told)) == len(told)
    assert not [text for text in told if text.isascii()]


def test_headings_of_tasks_are_those_the_form_is_read_back_by() -> None:
    known = {
        name.replace("(", "（").replace(")", "）"): column.id
        for column in read_schema("task").columns.values()
        for name in column.names
    }
    for column in TASK_COLUMNS:
        [one] = headings_of("tasks", [column])
        assert known[one.text] == column, one.text


def test_words_are_said_in_chinese_and_what_has_none_stays() -> None:
    table = pd.DataFrame(
        {"met": [True, None], "status": ["measured", "no-data"], "level": ["county"] * 2}
    )
    made = in_chinese(table, "stats")
    assert made.columns.tolist() == ["是否达标", "状态", "层级"]
    assert made.iloc[0].tolist() == ["是", "已计算", "县（市、区）"]
    assert made.iloc[1].tolist()[1:] == ["无法计算", "县（市、区）"]
    assert table["met"].tolist()[0] is True


def test_headings_of_the_users_own_stay_and_none_is_taken_twice() -> None:
    told = headings_of(
        "locate", ["name", "县代码", "unit_code", "unit_name", "county_code", "county"]
    )
    assert [one.text for one in told] == [
        "name", "县代码", "单元代码", "单元名称", "县代码（归属）", "县（市、区）",
    ]  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "台账.csv"
    path.write_text("\n".join([HEAD, *ROWS]) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("option", ["", "--machine"])
def test_an_imported_workbook_is_read_back_whole(
    run: Run, ledger: Path, tmp_path: Path, option: str
) -> None:
    out = tmp_path / "清洗.xlsx"
    code, _, err = run("import", ledger, "--schema", "cemetery", "-o", out, *filter(None, [option]))
    assert code == 0, err
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["数据", "搁置", "问题"]
    top = 1 if option else 4
    assert book["数据"].cell(top, 1).value == "公墓编号"
    assert book["问题"].cell(top, 1).value == ("layer" if option else "图层")
    if not option:
        assert book["数据"]["A2"].value == "公墓清洗结果：数据"
    first, again = clean_ledger(ledger, "cemetery"), clean_ledger(out, "cemetery")
    own = [c for c in first.rows if c not in FROM.values()]
    pd.testing.assert_frame_equal(
        again.rows[own].reset_index(drop=True), first.rows[own].reset_index(drop=True), check_dtype=False
    )  # fmt: skip
    assert again.aside.empty


def test_names_are_asked_for_where_there_is_a_choice(
    run: Run, ledger: Path, tmp_path: Path
) -> None:
    words = ("import", ledger, "--schema", "cemetery", "-o")
    code, _, err = run(*words, tmp_path / "a.xlsx", "--chinese")
    assert (code, "--chinese 只用于 -o 文件.csv" in err) == (1, True)
    code, _, err = run(*words, tmp_path / "a.csv", "--machine")
    assert (code, "--machine 只用于 -o 文件.xlsx" in err) == (1, True)
    assert run(*words, tmp_path / "a.csv", "--chinese")[0] == 0
    assert (tmp_path / "a-问题.csv").read_text("utf-8-sig").startswith("图层,文件,工作表,行")
    assert run(*words, tmp_path / "a.csv")[0] == 0
    assert (tmp_path / "a-问题.csv").read_text("utf-8-sig").startswith("layer,file,sheet,row")


def test_a_rate_below_its_target_is_never_shown_as_reaching_it() -> None:
    row = {
        "name": "示例指标", "pct": 34.996, "target_pct": 35.0, "missing": [], "targets": [], "sample": True,
        "basis": {"filters": []}, "short_unit": "个", "short_points": 0.01,
    }  # fmt: skip
    [sheet] = book_of(stats_content([row], date(2023, 12, 31))(".xlsx"))
    cells = dict(zip((c.value for c in sheet[4]), (c.value for c in sheet[5]), strict=True))
    assert (cells["比例（%）"], cells["是否示例"], cells["指标"]) == (34.99, "是", "示例指标")
    assert sheet["A1"].value == "示例数据，非真实统计"
    machine = stats_content([row], date(2023, 12, 31))(".csv").decode("utf-8-sig")
    assert "34.996" in machine


def test_columns_in_which_nothing_stands_are_out_of_the_way_and_none_is_lost() -> None:
    table = TABLE.assign(via="", variant="")
    [sheet] = book_of(list_bytes("uncovered", "示例", "截至", {"数据": table}))
    assert [c.value for c in sheet[4]] == [
        "单元", "常住人口（人）", "最近设施距离（公里）", "应覆盖",
        "指标代号", "代码", "覆盖方式或缺少的环节", "变体",
    ]  # fmt: skip
    assert sheet.print_area.endswith("$D$6")
