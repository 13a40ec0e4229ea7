"""The workbook read back: numbers as in coverage.csv, codes as text, sums that add up, A3 paper."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.history import take, units_of
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.measure.trend import compare
from hbgeo.show.excel.book import Book
from hbgeo.show.excel.report import report_bytes, trend_bytes
from hbgeo.show.excel.sheet import HEAD_ROW, Column, Sheet, make_styles, write_sheet
from hbgeo.show.excel.targets import targets_table
from hbgeo.show.table.csv import write_csv
from hbgeo.show.table.units import unit_rows, write_units
from hbgeo.show.words import SAMPLE_MARK, standing
from hbgeo.workspace import Workspace

NAMES = [
    "cemetery-township",
    "elder-street",
    "heritage-list",
    "assistance-ratio",
    "home-adaptation",
]
NAMES += ["elder-complex-new", "minors-protection@prefecture", "pioneer-plan"]


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> list[Assessment]:
    return sample.assess(NAMES)


@pytest.fixture(scope="module")
def content(sample: Workspace, measured: list[Assessment]) -> bytes:
    issues = sample.issues(["county-facts", "population"])
    return report_bytes(sample.catalog, measured, units_of(sample, measured), issues=issues)


@pytest.fixture(scope="module")
def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet's table, by heading; the notes under it begin after an empty row."""
    lines = list(sheet.iter_rows(values_only=True))
    head, body = lines[HEAD_ROW - 1], lines[HEAD_ROW:]
    end = next(
        (i for i, line in enumerate(body) if not any(v is not None for v in line)), len(body)
    )
    return [dict(zip(head, line, strict=False)) for line in body[:end]]


def sheet_of(book: Any, row: str) -> Any:
    return next(s for s in book if s.title.startswith(row))


def test_the_sheets_are_those_the_office_expects(book: Any) -> None:
    names = book.sheetnames
    assert names[:3] == ["封面", "目录", "目标总表"]
    assert names[-6:] == [
        "未覆盖清单", "数据质量", "排名图", "口径与参数", "字段说明", "排名数据",
    ]  # fmt: skip
    assert [s.title for s in book if s.sheet_state != "visible"] == ["排名数据"]
    assert "S6d 乡镇公益性公墓覆盖率" in names
    assert all(len(n) <= 31 for n in names)


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
@pytest.mark.parametrize("some", [slice(None), slice(0), slice(3, 4), slice(None, None, -7)])
def test_units_are_written_as_the_table_of_all_of_them(
    sample: Workspace, some: slice, storage: str
) -> None:
    with pd.option_context("mode.string_storage", storage):
        workspace = Workspace.open(sample.root)
        measured = workspace.measure(with_nearest=True)
        figures, whole, parts = measured.assessments[some], io.BytesIO(), io.BytesIO()
        units = units_of(workspace, measured.assessments)
        write_csv(unit_rows(figures, units, measured.nearest), whole)
        write_units(figures, units, measured.nearest, parts)
    assert parts.getvalue() == whole.getvalue()


def test_every_number_of_an_area_is_the_sum_of_its_units(
    book: Any, sample: Workspace, measured: list[Assessment]
) -> None:
    units = unit_rows(measured, units_of(sample, measured), {})
    for row, one in (
        ("S6d", "cemetery-township"),
        ("S3b", "elder-street"),
        ("S7b", "heritage-list"),
    ):
        mine = units[(units["indicator"] == one) & (units["variant"] == "")]
        table = rows_of(sheet_of(book, row))
        whole = table[0]
        assert (whole["应覆盖数（个）"], whole["已覆盖数（个）"]) == (
            mine["demand"].sum(),
            (mine["covered"] * mine["demand"]).sum(),
        )
        counties = mine.groupby("county_code").agg(
            demand=("demand", "sum"), covered=("covered", "sum")
        )
        listed = {r["代码"]: r for r in table[18:]}
        assert len(listed) == 103
        for code, r in listed.items():
            said = counties.loc[code] if code in counties.index else {"demand": 0, "covered": 0}
            assert (r["应覆盖数（个）"], r["已覆盖数（个）"]) == (
                said["demand"],
                said["covered"],
            ), code


def test_prefectures_and_counties_both_add_up_to_the_whole(book: Any) -> None:
    for sheet in book:
        if sheet.title[:1] in "RKS":
            table = rows_of(sheet)
            heading = next(h for h in table[0] if h and h.startswith(("已覆盖数", "分子", "数值")))
            for part in (table[1:18], table[18:]):
                if part:
                    assert sum(r[heading] for r in part) == pytest.approx(table[0][heading])


def test_prefectures_stand_in_official_order(book: Any) -> None:
    names = [r["地区"] for r in rows_of(sheet_of(book, "S6d"))[:18]]
    assert names[0] == "湖北省合计"
    assert names[1:5] == ["武汉市", "黄石市", "十堰市", "宜昌市"]
    assert names[13:] == ["恩施土家族苗族自治州", "仙桃市", "潜江市", "天门市", "神农架林区"]


def test_ties_share_a_rank_and_0_of_0_has_none(book: Any) -> None:
    table = rows_of(sheet_of(book, "S6d"))[18:]
    assert sum(r["覆盖率（%）"] == "—" for r in table) == 14
    assert all(r["排名"] == "—" for r in table if r["覆盖率（%）"] == "—")
    rated = [r for r in table if r["覆盖率（%）"] != "—"]
    for r in rated:
        share = r["已覆盖数（个）"] / r["应覆盖数（个）"]
        assert r["排名"] == 1 + sum(
            o["已覆盖数（个）"] / o["应覆盖数（个）"] > share for o in rated
        )
    ranks = [r["排名"] for r in rated]
    assert len(set(ranks)) < len(ranks)


def test_the_shortfall_of_the_whole_is_that_of_the_assessment(
    book: Any, measured: list[Assessment]
) -> None:
    whole = rows_of(sheet_of(book, "S6d"))[0]
    assert (whole["差额（个）"], whole["覆盖率（%）"], whole["与目标差（百分点）"]) == (
        12,
        33.73,
        -1.27,
    )
    totals = {r["指标代号"]: r for r in rows_of(book["目标总表"])}
    for a in measured:
        r = totals[a.indicator.id]
        assert r["结论"] == standing(a)
        if a.indicator.measure != "ratio":
            assert r["差额"] == a.short
        if a.figure is not None:
            assert r["数值" if a.counted else "覆盖率（%）"] == float(a.shown.replace(",", ""))


def test_codes_are_text_and_nothing_is_a_formula(book: Any) -> None:
    for sheet in book:
        head = [c.value for c in sheet[HEAD_ROW]]
        for line in sheet.iter_rows(min_row=HEAD_ROW + 1):
            assert all(c.data_type != "f" for c in line)
            for name in ("代码", "县代码"):
                if name in head and (value := line[head.index(name)].value) is not None:
                    assert isinstance(value, str)


def test_the_first_row_says_the_data_are_invented(book: Any) -> None:
    for sheet in book:
        assert SAMPLE_MARK in sheet["A1"].value


def seen(book: Any) -> list[Any]:
    """The sheets that people see; what charts are drawn from is hidden."""
    return [sheet for sheet in book if sheet.sheet_state == "visible"]


def test_it_prints_one_page_wide_with_header_and_page_numbers(book: Any) -> None:
    for sheet in seen(book):
        assert int(sheet.page_setup.paperSize) in {8, 9}
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.oddFooter.right.text == "&A"
        assert sheet.print_area
        if sheet.title not in {"封面", "排名图"}:
            assert sheet.print_title_rows == f"$1:${HEAD_ROW}"
            assert sheet.freeze_panes is not None
        if sheet.title != "排名图":  # whose pages are cut by breaks, at a scale that fits
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert (sheet.page_setup.fitToWidth or 1) == 1


def test_paper_is_as_wide_as_the_table(book: Any) -> None:
    paper = {s.title: (int(s.page_setup.paperSize), s.page_setup.orientation) for s in seen(book)}
    assert paper["封面"] == (9, "portrait")
    assert paper["目标总表"] == paper["未覆盖清单"] == (8, "landscape")
    assert paper["K1d 特殊困难老年人居家适老化改造户数"] == (9, "portrait")  # seven columns


def test_the_cover_is_left_to_be_filled(book: Any) -> None:
    cover = book["封面"]
    told = [c.value for row in cover.iter_rows() for c in row if c.value]
    assert "截至日期：2023年12月31日" in told
    for label in ("填表人：", "审核人：", "单位负责人：", "填表日期：", "联系方式："):
        [at] = [c for row in cover.iter_rows() for c in row if c.value == label]
        beside = cover.cell(at.row, at.column + 1)
        assert (beside.value, beside.border.bottom.style) == (None, "thin")


def links_of(book: Any) -> dict[str, list[str]]:
    """Sheet → the places its links go to."""
    return {
        s.title: [c.hyperlink.location for row in s.iter_rows() for c in row if c.hyperlink]
        for s in seen(book)
    }


def test_every_link_goes_somewhere_and_back(book: Any) -> None:
    found = links_of(book)
    places = {
        (where.rpartition("!")[0].strip("'").replace("''", "'"), where.rpartition("!")[2])
        for links in found.values() for where in links
    }  # fmt: skip
    assert {name for name, _ in places} <= set(book.sheetnames)
    assert {name for name, _ in places} == set(found) - {"封面"}
    assert len(found["目录"]) == len(found) - 2
    for name, links in found.items():
        if name != "目录":
            assert "'目录'!A1" in links
    own = next(n for n in book.sheetnames if n.startswith("S6d"))
    [chart] = [w for w in found[own] if "排名图" in w]
    at = int(chart.rpartition("A")[2])
    assert book["排名图"].cell(at + 1, 1).value == "乡镇公益性公墓覆盖率排名"


def test_codes_come_last_in_grey_and_are_not_printed(book: Any) -> None:
    sheet = sheet_of(book, "S6d")
    head = [c.value for c in sheet[HEAD_ROW]]
    assert head[-1] == "代码"
    assert sheet.print_area.endswith(f"$M${sheet.max_row}")  # 备注, before it
    assert sheet.cell(HEAD_ROW + 5, len(head)).font.color.rgb == "FF999999"
    for name, last in (("目标总表", "指标代号"), ("未覆盖清单", "代码"), ("数据质量", "县代码")):
        assert [c.value for c in book[name][HEAD_ROW]][-1] == last


def shown(value: float, form: str) -> str:
    """A number as a workbook's format shows it: the few forms there are."""
    first = form.split(";")[1 if value < 0 and ";" in form else 0]
    digits, dot, decimals = first.lstrip("+-").partition(".")
    text = f"{abs(value):{',' if ',' in digits else ''}.{len(decimals)}f}"
    if "#" in decimals:
        kept = decimals.count("0")
        whole, _, rest = text.partition(".")
        rest = rest[:kept] + rest[kept:].rstrip("0")
        text = whole + dot + rest
    return text


def test_no_whole_number_ends_in_a_point_or_zeros(book: Any) -> None:
    assert shown(103, "#,##0.##") == "103."  # what it was
    seen = set()
    for sheet in book:
        for row in sheet.iter_rows(min_row=HEAD_ROW + 1):
            for cell in row:
                if isinstance(cell.value, (int, float)) and cell.number_format != "General":
                    seen.add(text := shown(cell.value, cell.number_format))
                    assert not text.endswith("."), (sheet.title, cell.coordinate)
                    if cell.number_format == "#,##0.00":
                        assert cell.value != int(cell.value)
                    if cell.number_format == "#,##0":
                        assert cell.value == int(cell.value)
    assert {"922", "311", "33.73", "12"} <= seen


def kept_values(chart: str, span: str) -> list[str]:
    """The values that a chart carries of a range, for who does not read the cells."""
    [kept] = re.findall(
        rf"<c:f>[^<]*{re.escape(span)}[^<]*</c:f><c:numCache>(.*?)</c:numCache>", chart
    )
    return re.findall(r"<c:v>([^<]*)</c:v>", kept)


def test_areas_are_ranked_from_the_highest_and_the_target_is_a_line(
    sample: Workspace, measured: list[Assessment]
) -> None:
    content = report_bytes(sample.catalog, measured, units_of(sample, measured))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        charts = [file.read(n).decode() for n in file.namelist() if "charts/chart" in n]
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["排名数据"]
    [first, *_] = [
        r
        for r in range(1, sheet.max_row)
        if str(sheet.cell(r, 1).value).startswith("乡镇公益性公墓覆盖率 ")
    ]
    for row, count in ((first, 17), (first + 3, 89)):  # 14 counties have no rate
        names, values, aims = (
            [c.value for c in sheet[row + n][1:] if c.value is not None] for n in range(3)
        )
        ranks = [int(name.split()[0]) for name in names]
        assert len(names) == len(values) == count
        assert ranks == sorted(ranks)
        assert values == sorted(values, reverse=True)
        assert aims == [35] * count
        span = f"排名数据!$B${row + 1}:"
        [chart] = [c for c in charts if span in c]
        assert [float(v) for v in kept_values(chart, span)] == values  # what a viewer draws at once
    lined = [c for c in charts if "<c:lineChart>" in c]
    assert lined
    assert len(lined) < len(charts)
    assert all("<c:barChart>" in c for c in charts)


def test_the_uncovered_are_all_there(book: Any, measured: list[Assessment]) -> None:
    table = pd.DataFrame(rows_of(book["未覆盖清单"]))
    counts = table["指标"].value_counts()
    by_name = {a.indicator.full_name: a for a in measured if a.target and not a.counted}
    for name, a in by_name.items():
        if a.indicator.measure != "ratio" and a.coverage and a.indicator.variant is None:
            assert counts[name] == len(a.coverage.uncovered)
    assert set(counts.index) <= set(by_name)


def test_the_same_figures_give_the_same_bytes(
    sample: Workspace, measured: list[Assessment], content: bytes
) -> None:
    issues = sample.issues(["county-facts", "population"])
    again = report_bytes(sample.catalog, measured, units_of(sample, measured), issues=issues)
    assert again == content


WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": f"42052510{i}", "name": f"示例{n}镇"} for i, n in enumerate("甲乙丙丁", 1)
    ],
}
LEDGER = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
LINE = "G{0} | 示例公墓{0} | 公墓 | 公益性 | 乡镇级 | 运营 | 20{1}-05-01 | 远安县 | 示例{2}镇\n"
Made = tuple[Workspace, list[Assessment]]


@pytest.fixture
def small(tmp_path: Path) -> Callable[[str], Made]:
    def make(ledger: str) -> Made:
        folder = tmp_path / f"w{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        workspace = make_workspace({**WORLD, "cemetery": LEDGER + ledger}, folder)
        return workspace, workspace.assess(["cemetery-township", "cemetery-township@loose"])

    return make


def test_the_change_since_last_time_is_in_each_area(small: Callable[[str], Made]) -> None:
    workspace, now = small(LINE.format(1, 20, "甲") + LINE.format(2, 23, "乙"))
    before = Options(as_of=date(2022, 12, 31))
    old = take(workspace, workspace.measure(["cemetery-township"], options=before), before)
    later = workspace.measure(["cemetery-township", "cemetery-township@loose"])
    trend = compare(old, take(workspace, later, workspace.options()))
    content = report_bytes(workspace.catalog, now, units_of(workspace, now), trend=trend)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in rows_of(sheet_of(book, "S6d")):
        assert (row["较上期（个）"], row["较上期（百分点）"]) == (1, 25)
    [row] = rows_of(book["同比"])
    assert (row["上期率（%）"], row["本期率（%）"], row["增减（百分点）"], row["新增覆盖"]) == (
        25,
        50,
        25,
        1,
    )
    changed = openpyxl.load_workbook(io.BytesIO(trend_bytes(trend)))
    assert changed.sheetnames == ["同比", "增减单元", "单元变动"]
    [unit] = rows_of(changed["增减单元"])
    assert (unit["代码"], unit["变化"], unit["原因"]) == ("420525102", "新增覆盖", "新增")


def test_uncovered_villages_are_named_township_by_township(sample: Workspace) -> None:
    found = sample.assess(["burial-central-village"])
    [a] = [f for f in found if f.indicator.variant is None]
    content = report_bytes(sample.catalog, [a], units_of(sample, [a]))
    table = rows_of(openpyxl.load_workbook(io.BytesIO(content))["未覆盖村（社区）"])
    assert a.coverage is not None
    left_out = a.coverage.uncovered
    assert sum(r["未覆盖数（个）"] for r in table) == len(left_out)
    names = [name for r in table for name in r["未覆盖的村（社区）"].split("、")]
    assert sorted(names) == sorted(left_out["name"])
    codes = [r["乡镇代码"] for r in table]
    assert codes == sorted(codes)
    assert all(isinstance(c, str) and len(c) == 9 for c in codes)
    assert all(r["未覆盖数（个）"] <= r["应覆盖数（个）"] for r in table)


def test_the_uncovered_say_what_is_under_way_why_and_what_may_be_done(tmp_path: Path) -> None:
    head = LEDGER.rstrip() + " | 关闭时间\n"
    row = "G{0} | 示例{0} | 公墓 | 公益性 | {4} | {1} | {2} | 远安县 | 示例{3}镇 |\n"
    rows = row.format(1, "在建", "", "甲", "乡镇级") + row.format(2, "运营", "", "乙", "乡镇级")
    rows += row.format(3, "停用", "2015-01-01", "丙", "乡镇级")
    rows += row.format(4, "在建", "", "丁", "村级")  # would not count even when open
    workspace = make_workspace({**WORLD, "cemetery": head + rows}, tmp_path)
    measured = workspace.measure(["cemetery-township"], with_nearest=True)
    content = report_bytes(
        workspace.catalog,
        measured.assessments,
        units_of(workspace, measured.assessments),
        nearest=measured.nearest,
        waiting=measured.waiting,
    )
    table = rows_of(openpyxl.load_workbook(io.BytesIO(content))["未覆盖清单"])
    said = {r["单元"]: (r["未投用的设施"], r["原因"], r["建议"]) for r in table}
    assert said == {
        "示例甲镇": ("示例1（在建）", "有在建项目", "督促按期建成投用"),
        "示例乙镇": ("示例2（运营，无日期）", "设施没有填启用时间", "核实并补填启用时间"),
        "示例丙镇": ("示例3（停用）", "设施已停用或关闭", "恢复运营或另建"),
        "示例丁镇": ("", "没有合格设施", "商请邻近设施列入服务范围，或新建"),
    }


def test_a_rate_just_below_its_target_never_prints_as_reached(small: Callable[[str], Made]) -> None:
    workspace, now = small(LINE.format(1, 20, "甲"))
    content = report_bytes(workspace.catalog, now, units_of(workspace, now))
    row = rows_of(sheet_of(openpyxl.load_workbook(io.BytesIO(content)), "S6d"))[0]
    assert (row["覆盖率（%）"], row["差额（个）"], row["与目标差（百分点）"]) == (25, 1, -10)


def test_the_table_of_targets_puts_what_should_be_covered_before_what_is(
    small: Callable[[str], Made],
) -> None:
    workspace, now = small(LINE.format(1, 20, "甲"))
    content = report_bytes(workspace.catalog, now, units_of(workspace, now))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["目标总表"]
    rows = {r["指标代号"]: r for r in rows_of(sheet)}
    shown = ("应覆盖数", "已覆盖数", "覆盖率（%）", "目标", "差额", "与目标差（百分点）")
    one = rows["cemetery-township"]
    assert [one[heading] for heading in shown] == [4, 1, 25, 35, 1, -10]
    table = targets_table(now).set_index("指标代号").loc["cemetery-township"]
    assert [table[heading] for heading in shown] == [4, 1, 25, 35, 1, -10]


def test_rows_are_as_high_as_their_text() -> None:
    book = Book()
    sheet = Sheet("x", "x", "x", [Column("a", 10)], [["短"], ["很长的文字" * 4]])
    write_sheet(book, sheet, make_styles(book))
    page = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["x"]
    assert page.row_dimensions[HEAD_ROW + 1].height in {None, 15}  # the default
    assert page.row_dimensions[HEAD_ROW + 2].height == pytest.approx(62, abs=0.5)


@pytest.mark.system
def test_libreoffice_prints_it(content: bytes, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice (soffice) is not installed"
    (tmp_path / "report.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run(
        [*command, tmp_path / "report.xlsx"], check=True, capture_output=True, timeout=180
    )
    pages = read_pages(tmp_path / "report.pdf")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    on = [next(n for n in book.sheetnames if page.rstrip().endswith(n)) for page in pages]
    assert list(dict.fromkeys(on)) == [
        s.title for s in seen(book)
    ]  # the foot of every page names its sheet
    for name, page in zip(on, pages, strict=True):
        assert f"页共{len(pages)}页" in "".join(page.split())
        if name not in {"封面", "排名图"}:  # one page wide: the first and the last heading on each
            heads = [c.value for c in book[name][HEAD_ROW] if c.font.color is None or c.font.b]
            squeezed = "".join(page.split())
            assert heads[0] in squeezed, name
            assert heads[-1].split("（")[0] in squeezed, (name, heads[-1])
    ranked = sum(any("排名图" in to for to in links) for links in links_of(book).values())
    assert on.count("排名图") == ranked - 1 == 6  # a page each; 目录 links there too
    assert not re.search(r"\d\.(?:\s|$)", "\n".join(pages))  # no number ends in a point


def read_pages(pdf: Path) -> list[str]:
    """The text of each page."""
    found = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True)
    return found.stdout.decode().split("\f")[:-1]
