"""Ledgers as counties send them: titles, merged headers, totals and hidden rows; nothing is lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cleaning import clean_ledger
from hbgeo.read.file.data_rows import _refuse_surplus
from hbgeo.read.file.excel import Sheet, _sheet, read_sheets
from hbgeo.read.file.header import Header
from hbgeo.read.file.ledger import Ledger, _banners, _fill_merged, _no_header, read_ledger
from hbgeo.read.file.workbook import Page, _cell, _columns, _merges, _packed
from hbgeo.read.layer import read_layer
from hbgeo.read.schema.match import match_columns, match_headings
from hbgeo.read.schema.records import read_schema

SCHEMA = read_schema("cemetery")
HEAD = ["公墓编号", "公墓名称", "状态", "所在县", "所在乡镇"]


def layer(**more: object) -> Layer:
    return Layer("cemetery", "facilities", (), "示例", schema="cemetery", **more)  # type: ignore[arg-type]


def read(path: Path, **more: object) -> Ledger:
    return read_ledger(path, layer(**more), SCHEMA)


def read_csv(folder: Path, text: str, encoding: str = "utf-8", name: str = "a.csv") -> Ledger:
    (folder / name).write_bytes(text.encode(encoding))
    return read(folder / name)


def sheet_of(path: Path, *rows: list[object], name: str = "台账") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    book.save(path)
    return book


def row(i: int) -> list[object]:
    return [f"GM{i}", f"示例{i}号", "运营", "示例县", "示例镇"]


def test_rows_are_numbered_as_excel_counts(tmp_path: Path) -> None:
    text = (
        "示例台账,,,,\n\n" + ",".join(HEAD) + "\n" + "GM1,甲,运营,县,镇\n,,,,\nGM2,乙,运营,县,镇\n"
    )
    [table] = read_csv(tmp_path, text).frames
    assert table["row"].tolist() == [4, 6]
    assert table["公墓编号"].tolist() == ["GM1", "GM2"]


@pytest.mark.parametrize("below", [0, 2])
def test_rows_of_a_sheet_that_begins_away_from_its_corner_keep_their_numbers(
    tmp_path: Path, below: int
) -> None:
    book = openpyxl.Workbook()
    for r, line in enumerate([HEAD, row(1), row(2)]):
        for c, value in enumerate(line):
            book.active.cell(1 + below + r, 3 + c, value)
    book.save(tmp_path / "a.xlsx")
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame["row"].tolist() == [2 + below, 3 + below]


def test_a_row_with_two_cells_merged_is_data_and_one_merged_across_is_none(tmp_path: Path) -> None:
    book = sheet_of(tmp_path / "a.xlsx", HEAD, row(1), ["一、示例县", "", "", "", ""], row(2))
    book.active.merge_cells("D2:E2")  # two of five
    book.active.merge_cells("A3:C3")  # three of five
    book.save(tmp_path / "a.xlsx")
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame["row"].tolist() == [2, 4]


def test_a_short_row_with_two_cells_merged_at_its_end_is_data(tmp_path: Path) -> None:
    short = ["GM3", "", "", "县", ""]
    book = sheet_of(tmp_path / "a.xlsx", HEAD, row(1), short, row(2))
    book.active.merge_cells("D3:E3")  # two of five, behind three others
    book.save(tmp_path / "a.xlsx")
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame["row"].tolist() == [2, 3, 4]


def test_a_merge_that_reaches_below_the_sheet_fills_what_is_there() -> None:
    rows = [HEAD, ["GM1", "甲", "运营", "示例县", "镇"], ["GM2", "乙", "运营", "", "镇"]]
    cells = pd.DataFrame(rows, dtype="str")
    sheet = Sheet("台账", cells, merges=((1, 3, 9, 3),))
    header = Header(0, 0, tuple(HEAD), match_headings(HEAD, SCHEMA), ())
    filled = _fill_merged(sheet, header, SCHEMA)
    assert filled.index.tolist() == [1, 2]
    assert filled[3].tolist() == ["示例县", "示例县"]


def test_dates_and_times_of_a_workbook_are_read_as_they_stand(tmp_path: Path) -> None:
    days = [
        datetime.fromisoformat("2020-05-01"),
        datetime.fromisoformat("2020-05-01 12:30"),
        date(2021, 6, 2),
    ]
    head = [*HEAD, "启用时间"]
    sheet_of(tmp_path / "a.xlsx", head, *([*row(n), day] for n, day in enumerate(days)))
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame["启用时间"].tolist() == ["2020-05-01", "2020-05-01 12:30:00", "2021-06-02"]


def test_a_line_break_inside_a_cell_is_one_row(tmp_path: Path) -> None:
    text = ",".join(HEAD) + '\nGM1,"示例\n一号",运营,县,镇\nGM2,乙,运营,县,镇\n'
    [table] = read_csv(tmp_path, text).frames
    assert table["row"].tolist() == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_csv_in_every_encoding_of_the_offices(tmp_path: Path, encoding: str) -> None:
    text = ",".join(HEAD) + "\nGM1,示例盛𡐓,运营,县,镇\n"
    if encoding == "utf-16-le":
        text = "\ufeff" + text
    [table] = read_csv(tmp_path, text, encoding).frames
    assert table["公墓名称"].tolist() == ["示例盛𡐓"]


@pytest.mark.parametrize(("mark", "name"), [(",", "a.csv"), ("\t", "a.tsv"), ("\t", "a.txt"), (";", "a.csv")])  # fmt: skip
def test_separators(tmp_path: Path, mark: str, name: str) -> None:
    text = mark.join(HEAD) + "\n" + mark.join(str(c) for c in row(1)) + "\n"
    [table] = read_csv(tmp_path, text, name=name).frames
    assert table["所在乡镇"].tolist() == ["示例镇"]


def test_ragged_and_regular_files_read_the_same(tmp_path: Path) -> None:
    lines = [",".join(HEAD), "GM1,甲,运营,县,", 'GM2,"乙,丙",运营,,镇']
    [regular] = read_csv(tmp_path, "\n".join(lines) + "\n", name="a.csv").frames
    [ragged] = read_csv(tmp_path, "台账\n" + "\n".join(lines) + "\n\n", name="b.csv").frames
    columns = HEAD
    pd.testing.assert_frame_equal(regular[columns], ragged[columns])
    assert (ragged["row"] - regular["row"]).tolist() == [1, 1]


def test_totals_and_footers_are_skipped_and_said(tmp_path: Path) -> None:
    lines = [",".join(HEAD), "GM1,甲,运营,县,镇", "小计,,,,", "GM2,乙,运营,县,镇", "合 计,,2,,"]
    lines += ["填表人:某某 审核人:某某,,,,", "注:示例,,,,"]
    made = read_csv(tmp_path, "\n".join(lines) + "\n")
    assert made.frames[0]["row"].tolist() == [2, 4]
    assert [line for _, line, _ in made.skipped] == [3, 5, 6, 7]
    [issue] = made.issues
    assert issue.rule == "W14"
    assert "某某" not in issue.message


def test_full_width_totals_and_footers_are_skipped_too(tmp_path: Path) -> None:
    lines = [",".join(HEAD), "GM1,甲,运营,县,镇", "合\u3000计,,,,", "填表人\uff1a某某,,,,"]
    made = read_csv(tmp_path, "\n".join([*lines, "注\uff1a示例,,,,"]) + "\n")
    assert [line for _, line, _ in made.skipped] == [3, 4, 5]
    assert "某某" not in made.issues[0].message


def test_a_facility_whose_name_ends_like_a_total_is_kept(tmp_path: Path) -> None:
    lines = [",".join(HEAD), "GM1,甲,运营,县,镇", "GM2,示例小计,运营,县,镇", "GM3,总计,运营,县,镇"]
    made = read_csv(tmp_path, "\n".join(lines) + "\n")
    assert len(made.frames[0]) + len(made.skipped) == 3
    assert "GM2" in made.frames[0]["公墓编号"].tolist()


def test_lines_that_bear_only_their_number_are_blank(tmp_path: Path) -> None:
    lines = ["序号," + ",".join(HEAD), "1,GM1,甲,运营,县,镇", "2,,,,,", "3,,,,,"]
    made = read_csv(tmp_path, "\n".join(lines) + "\n")
    assert made.frames[0]["row"].tolist() == [2]


def test_a_header_repeated_on_each_page_is_no_data(tmp_path: Path) -> None:
    head = ",".join(HEAD)
    made = read_csv(tmp_path, f"{head}\nGM1,甲,运营,县,镇\n{head}\nGM2,乙,运营,县,镇\n")
    assert made.frames[0]["公墓编号"].tolist() == ["GM1", "GM2"]
    assert [line for _, line, _ in made.skipped] == [3]


def merged_book(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "示例县公墓台账"
    sheet.merge_cells("A1:G1")
    sheet["A2"] = "填报单位：示例 单位：亩"
    for column, heading in zip("ABCF", ["公墓编号", "公墓名称", "所在县", "占地面积"], strict=True):
        sheet[f"{column}3"] = heading
        sheet.merge_cells(f"{column}3:{column}4")
    sheet["D3"] = "墓穴数"
    sheet.merge_cells("D3:E3")
    sheet["D4"], sheet["E4"] = "总数", "已用"
    for r, cells in enumerate([("GM1", "甲", "示例县", 10, 3, 2), ("GM2", "乙", None, None, 4, 1), ("GM3", "丙", None, 5, 1, 1)], start=5):  # fmt: skip
        for c, value in enumerate(cells, start=1):
            sheet.cell(r, c, value)
    sheet.merge_cells("C5:C6")
    sheet.merge_cells("D5:D6")
    book.save(path)


def test_merged_headers_are_joined_and_merged_cells_filled(tmp_path: Path) -> None:
    merged_book(tmp_path / "a.xlsx")
    [table] = read(tmp_path / "a.xlsx").frames
    assert list(table.columns[:6]) == [
        "公墓编号", "公墓名称", "所在县", "墓穴数-总数", "墓穴数-已用", "占地面积(亩)",
    ]  # fmt: skip
    assert table["所在县"].tolist() == ["示例县", "示例县", ""]  # only what is merged
    assert table["墓穴数-总数"].tolist() == ["10", "", "5"]  # a number filled would count twice
    assert table["row"].tolist() == [5, 6, 7]
    found = match_columns(table.columns, SCHEMA)
    assert found["plots_total"] == "墓穴数-总数"
    assert found["plots_used"] == "墓穴数-已用"


def test_two_levels_without_merges(tmp_path: Path) -> None:
    text = "公墓编号,公墓名称,状态,墓穴数,,备注\n,,,总数,已用,\nGM1,甲,运营,10,3,\n"
    [table] = read_csv(tmp_path, text).frames
    assert {"墓穴数-总数", "墓穴数-已用"} <= set(table.columns)
    assert table["row"].tolist() == [3]


def test_hidden_rows_and_sheets_count_and_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = sheet_of(path, HEAD, row(1), row(2), row(3))
    book.active.row_dimensions[3].hidden = True
    other = book.create_sheet("补充")
    for cells in (HEAD, row(4)):
        other.append(cells)
    other.sheet_state = "hidden"
    book.save(path)
    made = read(path)
    assert [len(t) for t in made.frames] == [3, 1]
    said = {(i.rule, i.sheet): i.message for i in made.issues}
    assert "1 行隐藏（第 3 行）" in said[("W12", "台账")]
    assert "隐藏" in said[("W12", "补充")]


def test_sheets_may_name_their_columns_differently(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = sheet_of(path, HEAD, row(1))
    other = book.create_sheet("二")
    for cells in (["编号", "名称", "运营状态", "县（市、区）", "乡镇（街道）"], row(2)):
        other.append(cells)
    book.save(path)
    frame = read_layer(
        Layer("cemetery", "facilities", ("a.xlsx",), "示例", schema="cemetery"), tmp_path
    ).frame
    assert frame["name"].tolist() == ["示例1号", "示例2号"]
    assert frame["county"].tolist() == ["示例县", "示例县"]
    assert frame["sheet"].tolist() == ["台账", "二"]


def test_a_sheet_that_is_no_ledger_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = sheet_of(path, HEAD, row(1))
    book.create_sheet("说明")["A1"] = "请按月报送"
    book.create_sheet("空")
    book.save(path)
    made = read(path)
    assert len(made.frames) == 1
    assert [(i.rule, i.sheet) for i in made.issues] == [("W13", "说明")]


def test_a_formula_gives_its_stored_result_or_an_issue(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    sheet_of(path, HEAD, ["GM1", "=A1", "运营", "示例县", "示例镇"], row(2))
    made = read(path)
    assert made.frames[0]["公墓名称"].tolist() == ["", "示例2号"]
    [issue] = made.issues
    assert (issue.rule, issue.row, issue.column) == ("W16", 2, "公墓名称")
    stored = _with_stored_result(path.read_bytes())
    path.write_bytes(stored)
    made = read(path)
    assert made.frames[0]["公墓名称"].tolist()[0] == "公墓编号"
    assert not made.issues


def _with_stored_result(data: bytes) -> bytes:
    """Write the result into the cell, as Excel does when it saves."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            text = old.read(member)
            if member.filename.endswith("sheet1.xml"):
                text = text.replace(b'<c r="B2"><f>A1</f><v></v>', b'<c r="B2" t="str"><f>A1</f><v>\xe5\x85\xac\xe5\xa2\x93\xe7\xbc\x96\xe5\x8f\xb7</v>')  # fmt: skip
                text = text.replace(b'<c r="B2"><f>A1</f><v />', b'<c r="B2" t="str"><f>A1</f><v>\xe5\x85\xac\xe5\xa2\x93\xe7\xbc\x96\xe5\x8f\xb7</v>')  # fmt: skip
            new.writestr(member, text)
    return out.getvalue()


def test_long_codes_and_dates_of_excel_are_text_as_seen(tmp_path: Path) -> None:
    import datetime as dt

    path = tmp_path / "a.xlsx"
    sheet_of(path, [*HEAD, "村代码", "启用时间"], [*row(1), 420102001001, dt.datetime(2021, 6, 1)])  # noqa: DTZ001 - Excel has no zones
    [table] = read(path).frames
    assert table["村代码"].tolist() == ["420102001001"]
    assert table["启用时间"].tolist() == ["2021-06-01"]


def test_the_named_sheet_alone_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = sheet_of(path, HEAD, row(1))
    other = book.create_sheet("二")
    for cells in (HEAD, row(2)):
        other.append(cells)
    book.save(path)
    assert read(path, table="二").frames[0]["公墓编号"].tolist() == ["GM2"]
    with pytest.raises(LayerError, match="没有工作表“三”；已有：台账、二"):
        read(path, table="三")


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="台账">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def ods_cell(text: str, more: str = "") -> str:
    if not text:
        return f"<table:table-cell {more}/>"
    kind = 'office:value-type="string"'
    return f"<table:table-cell {kind} {more}><text:p>{text}</text:p></table:table-cell>"


def write_ods(path: Path, rows: str) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", ODS.format(rows=rows))
        file.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )


def test_ods_with_merged_cells_and_hidden_rows(tmp_path: Path) -> None:
    def line(cells: list[str], more: str = "") -> str:
        return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"

    rows = line([ods_cell(h) for h in HEAD])
    tall = 'table:number-rows-spanned="2" table:number-columns-spanned="1"'
    rows += line([ods_cell("GM1"), ods_cell("甲"), ods_cell("运营"), ods_cell("示例县", tall), ods_cell("镇")])  # fmt: skip
    covered = "<table:covered-table-cell/>"
    rows += line([ods_cell("GM2"), ods_cell("乙"), ods_cell("运营"), covered, ods_cell("镇")], 'table:visibility="collapse"')  # fmt: skip
    write_ods(tmp_path / "a.ods", rows)
    made = read(tmp_path / "a.ods")
    assert made.frames[0]["所在县"].tolist() == ["示例县", "示例县"]
    assert [i.rule for i in made.issues] == ["W12"]
    assert "第 3 行" in made.issues[0].message


def test_lists_that_import_wrote_are_not_read_as_data(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = sheet_of(path, HEAD, row(1), name="数据")
    aside = book.create_sheet("搁置")
    for cells in ([*HEAD, "搁置原因"], [*row(2), "无坐标"]):
        aside.append(cells)
    book.save(path)
    made = read(path)
    assert [t["公墓编号"].tolist() for t in made.frames] == [["GM1"]]
    assert [(i.rule, i.sheet) for i in made.issues] == [("W13", "搁置")]


@pytest.mark.system
def test_the_old_binary_format_and_ods_of_an_office_read_like_xlsx(tmp_path: Path) -> None:
    import subprocess

    merged_book(tmp_path / "a.xlsx")
    for kind in ("xls", "ods"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", kind, "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
    [xlsx] = read(tmp_path / "a.xlsx").frames
    for kind in ("xls", "ods"):
        made = read(tmp_path / f"a.{kind}")
        pd.testing.assert_frame_equal(
            made.frames[0].drop(columns="file"), xlsx.drop(columns="file")
        )
        told = [i for i in made.issues if "看不出" in i.message]
        assert len(told) == (kind == "xls")
    whole = (tmp_path / "a.xls").read_bytes()
    for at in range(1, len(whole), len(whole) // 40):  # the reader of xls panics at many of these
        (tmp_path / "cut.xls").write_bytes(whole[:at])
        with contextlib.suppress(LayerError):
            read(tmp_path / "cut.xls")


DMS = [111, 18, 33.6, 30, 55, 12.4]  # 111.309333…, 30.920111…


def headed(path: Path, heads: list[list[str]], merges: list[str]) -> pd.DataFrame:
    book = sheet_of(
        path, *[[*row, *[""] * (9 - len(row))] for row in heads], ["G1", "甲", "运营", *DMS]
    )
    for cells in merges:
        book.active.merge_cells(cells)
    book.save(path)
    return clean_ledger(path, "cemetery", "CGCS2000").rows


TWO_ROWS = ["", "", "", "度", "分", "秒", "度", "分", "秒"]
HEADS = {
    "merged across and down": (
        [["公墓编号", "公墓名称", "状态", "经度", "", "", "纬度"], TWO_ROWS],
        ["D1:F1", "G1:I1", "A1:A2", "B1:B2", "C1:C2"],
    ),
    "merged across only": (
        [["公墓编号", "公墓名称", "状态", "东经(E)", "", "", "北纬(N)"],
         ["", "", "", "°", "′", "″", "°", "′", "″"]],
        ["D1:F1", "G1:I1"],
    ),
    "three rows": (
        [["公墓编号", "公墓名称", "状态", "坐标"], ["", "", "", "经度", "", "", "纬度"], TWO_ROWS],
        ["D1:I1", "D2:F2", "G2:I2", "A1:A3", "B1:B3", "C1:C3"],
    ),
    "nothing merged": ([["公墓编号", "公墓名称", "状态", "经度", "", "", "纬度"], TWO_ROWS], []),
}  # fmt: skip


@pytest.mark.parametrize("what", HEADS)
def test_degrees_minutes_and_seconds_under_a_header_of_several_rows(
    what: str, tmp_path: Path
) -> None:
    rows = headed(tmp_path / "a.xlsx", *HEADS[what])
    assert rows["经度"].tolist() == pytest.approx([111.30933333], abs=1e-8)
    assert rows["纬度"].tolist() == pytest.approx([30.92011111], abs=1e-8)


def test_one_heading_merged_over_three_columns_is_refused(tmp_path: Path) -> None:
    heads = [["公墓编号", "公墓名称", "状态", "经度", "", "", "纬度"]]
    with pytest.raises(LayerError, match="有 3 套坐标"):
        headed(tmp_path / "a.xlsx", heads, ["D1:F1", "G1:I1"])


def test_columns_without_heading_behind_a_coordinate_are_refused(tmp_path: Path) -> None:
    text = "公墓编号,公墓名称,经度,,,纬度,,,坐标系\nG1,甲,111,18,33.6,30,55,12.4,CGCS2000\n"
    with pytest.raises(LayerError, match=r"a\.csv：第4列没有列名而有内容，前面是“经度”"):
        read_csv(tmp_path, text)


def test_columns_without_heading_or_content_behind_a_coordinate_are_passed_over(
    tmp_path: Path,
) -> None:
    text = "公墓编号,公墓名称,经度,,纬度,坐标系\nG1,甲,111.3,,30.9,CGCS2000\n"
    assert read_csv(tmp_path, text).frames[0]["纬度"].tolist() == ["30.9"]


def test_degrees_that_excel_took_for_hours_are_read_as_it_shows_them(tmp_path: Path) -> None:
    book = sheet_of(tmp_path / "a.xlsx", [*HEAD, "经度", "纬度"])
    hours = [(111 + 18 / 60 + 33.6 / 3600) / 24, (30 + 55 / 60 + 12 / 3600) / 24]
    book.active.append([*row(1), *hours])
    for cell in ("F2", "G2"):
        book.active[cell].number_format = "[h]:mm:ss"
    book.save(tmp_path / "a.xlsx")
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame[["经度", "纬度"]].to_numpy().tolist() == [["111:18:33.6", "30:55:12"]]
    rows = clean_ledger(tmp_path / "a.xlsx", "cemetery", "CGCS2000").rows
    assert rows["经度"].tolist() == pytest.approx([111.30933333], abs=1e-8)
    assert rows["纬度"].tolist() == pytest.approx([30.92], abs=1e-8)


def test_figures_wrapped_for_excel_come_out_of_a_workbook_too(tmp_path: Path) -> None:
    sheet_of(tmp_path / "a.xlsx", [*HEAD, "乡镇代码"], [*row(1), "'420506103"], [*row(2), '="420506104"'])  # fmt: skip
    [frame] = read(tmp_path / "a.xlsx").frames
    assert frame["乡镇代码"].tolist()[0] == "420506103"


def test_columns_with_content_and_no_heading_are_said(tmp_path: Path) -> None:
    text = "公墓编号,公墓名称,,级别,\nG1,甲,什么,乡镇级,\nG2,乙,,乡镇级,\n合计,2,,,\n"
    made = read_csv(tmp_path, text)
    said = [i.message for i in made.issues if i.rule == "W13"]
    assert said == ["第 3 列有内容而没有列名，未使用"]
    only_a_total = "公墓编号,公墓名称,,级别\nG1,甲,,乡镇级\nG2,乙,,乡镇级\n合计,2,9,\n"
    assert not [i for i in read_csv(tmp_path, only_a_total).issues if i.rule == "W13"]


def test_what_is_seen_instead_of_a_header_is_of_three_rows_and_twenty_columns() -> None:
    def seen(*rows: list[str]) -> str:
        sheet = Sheet("甲", pd.DataFrame(rows, dtype="str"))
        return _no_header([sheet], Path("a.csv"), SCHEMA).split("看到的是 ")[1]

    assert seen([*[""] * 19, "末", "后"]) == "末"
    assert seen(["一"], ["二"], ["三"], ["四"]) == "一、二、三"
    assert seen([f"{n:02d}" for n in range(13)]) == "、".join(f"{n:02d}" for n in range(12))
    assert seen(["长" * 21]) == "长" * 20
    assert seen(["", " "]) == "空白"


def test_the_merges_of_an_old_workbook_are_those_that_the_reader_tells() -> None:
    """The binary format has no archive to look into; which rows are hidden it does not tell."""
    cells = [["甲", "", None], [1.0, True, None]]
    for told, merges in (
        ([((0, 0), (0, 1)), ((1, 2), (4, 2))], ((0, 0, 0, 1), (1, 2, 4, 2))),
        (None, ()),
    ):
        facts = _merges(SimpleNamespace(merged_cell_ranges=told))  # type: ignore[arg-type]
        page = Page("台账", 2, _columns(cells, "a.xls"), facts, told=False, visible=True)
        sheet = _sheet(page)
        assert (sheet.name, sheet.merges, sheet.hidden, sheet.unsaved) == ("台账", merges, None, ())
        assert sheet.cells.to_numpy(object).tolist() == [["甲", ""], ["1", "是"]]


def test_a_file_of_one_byte_is_not_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1")
    [sheet] = read_sheets(path, "")
    assert sheet.cells.to_numpy(object).tolist() == [["1"]]
    path.write_bytes(b"")
    with pytest.raises(LayerError, match=r"^a\.csv：空文件$"):
        read_sheets(path, "")


def test_the_first_row_that_is_longer_than_the_header_is_named() -> None:
    filled = np.zeros((4, 8), bool)
    filled[:, :4] = filled[1, 5] = filled[3, 4] = True
    cells = pd.DataFrame(index=[2, 3, 4, 6])
    with pytest.raises(LayerError, match=r"^a 第4行：有 6 列，表头只有 4 列；请检查多余的逗号$"):
        _refuse_surplus(cells, filled, [*"甲乙丙丁", "", ""], "a")
    _refuse_surplus(cells.iloc[[0, 2]], filled[[0, 2]], [*"甲乙丙丁"], "a")


def test_a_mark_that_no_cell_holds_stands_between_those_of_a_column() -> None:
    private = "".join(map(chr, range(0xE000, 0xF8FE)))
    for cells, mark in (
        (["甲", "", "乙"], "\0"), (["甲\0", "乙"], "\ue000"), (["\0\ue000", ""], "\ue001"),
        (["\0", private], "\uf8fe"),
    ):  # fmt: skip
        assert _packed(cells) == (mark, mark.join(cells).encode())


def test_a_cell_is_the_text_that_a_person_sees() -> None:
    given = [None, True, False, 3.0, 12.5, 7, "x", dt.timedelta(hours=111, minutes=18, seconds=33.6),
             dt.timedelta(0), dt.timedelta(minutes=5, seconds=7), dt.datetime(2021, 6, 1),  # noqa: DTZ001
             dt.datetime(2021, 6, 1, 8, 5), dt.date(2021, 6, 1), dt.time(8, 5)]  # fmt: skip # noqa: DTZ001
    assert [_cell(value) for value in given] == [
        "", "是", "否", "3", "12.5", "7", "x", "111:18:33.6", "0:00:00", "0:05:07", "2021-06-01",
        "2021-06-01 08:05:00", "2021-06-01", "08:05:00",
    ]  # fmt: skip
    assert _packed([1.0, "a", None]) == ("\0", b"1\0a\0")


@pytest.mark.parametrize(
    ("merge", "filled"),
    [
        ((1, 3, 2, 3), ["甲", "甲"]), ((1, 3, 1, 4), ["甲", ""]),  # of one row
        ((0, 3, 2, 3), ["甲", ""]),  # begins in the header
        ((1, 5, 2, 5), ["甲", ""]),  # behind its last column
        ((1, 2, 2, 4), ["甲", ""]), ((1, 3, 9, 4), ["甲", "甲"]),
    ],
)  # fmt: skip
def test_only_what_is_merged_below_the_header_is_filled_down(
    merge: tuple[int, int, int, int], filled: list[str]
) -> None:
    cells = pd.DataFrame(
        [HEAD, ["GM1", "一", "运营", "甲", ""], ["GM2", "二", "", "", ""]], dtype="str"
    )
    sheet = Sheet("台账", cells, merges=(merge,))
    header = Header(0, 0, tuple(HEAD), match_headings(HEAD, SCHEMA), ())
    assert _fill_merged(sheet, header, SCHEMA)[3].tolist() == filled


def test_a_row_of_which_more_than_half_is_one_cell_is_a_banner() -> None:
    cells = pd.DataFrame([[""] * 4] * 5, dtype="str")
    merges = ((0, 0, 0, 1), (1, 0, 1, 2), (2, 0, 3, 3), (4, 1, 4, 3))
    assert _banners(Sheet("台账", cells, merges=merges), 4) == {1, 4}
