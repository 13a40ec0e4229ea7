"""Rows in doubt as a workbook to send back, and how firm the figures are in the report."""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from firm_worlds import doubts, firmness, row, township

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.result import Doubts
from hbgeo.show.excel.doubts import ANSWER, doubts_bytes, firmness_sheets
from hbgeo.show.excel.problems import NOWHERE
from hbgeo.show.excel.report import report_bytes
from hbgeo.workspace import Workspace


@pytest.fixture(scope="module")
def figures(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not any(c.data_type == "f" for s in book for r in s.iter_rows() for c in r)
    return {s.title: [list(r) for r in s.iter_rows(values_only=True)] for s in book}


def rows_of(made: dict[str, list[list[Any]]], name: str) -> list[dict[str, Any]]:
    head, *rows = made[name][3:]
    return [dict(zip(head, r, strict=True)) for r in rows if r[0] is not None]


def test_each_county_has_a_sheet_the_deciding_rows_first_and_a_column_to_fill(
    sample: Workspace, figures: dict[str, Assessment]
) -> None:
    other = {"county_code": "420102", "county": "江岸区"}
    rows = [row(3), row(5, deciding=0), row(8, **other), row(9, county_code="", county="")]
    firm = firmness("cemetery-township", 310, 324, firm=False, rows=rows)
    town = [figures["cemetery-township"]]
    made = sheets(doubts_bytes(doubts(firm), town, sample.catalog))
    assert list(made) == ["汇总", "江岸区", "长阳土家族自治县", NOWHERE]
    mine = rows_of(made, "长阳土家族自治县")
    assert [(r["序号"], r["行"], r["作用"]) for r in mine] == [(1, 5, "改变结论"), (2, 3, None)]
    assert all(r[ANSWER] is None and r["可能的读法"] for r in mine)
    summed = [r[1:5] for r in made["汇总"][4:8]]
    assert summed == [
        ["江岸区", 1, 0, "江岸区"], ["长阳土家族自治县", 2, 1, "长阳土家族自治县"],
        [NOWHERE, 1, 0, NOWHERE], ["合计", 4, 1, None],
    ]  # fmt: skip
    assert "示例数据，非真实统计" in made["汇总"][0][0]
    said = [r[0] for r in made["汇总"] if r[0] and str(r[0]).startswith("乡镇公益性公墓")]
    assert said == ["乡镇公益性公墓覆盖率：33.73%，核实后 33.62%–35.14%。存疑：差 12 个"]


def test_of_all_figures_every_row_stands_once_with_what_it_turns(
    sample: Workspace, figures: dict[str, Assessment]
) -> None:
    county = firmness("cemetery-county", 56, 57, firm=False, rows=[row(99, turns=True), row(10)])
    two = [figures["cemetery-county"], figures["cemetery-township"]]
    mine = rows_of(
        sheets(doubts_bytes(doubts(county, township()), two, sample.catalog)), "长阳土家族自治县"
    )
    assert [r["行"] for r in mine] == [99, 10, 7, 30, *range(21, 10, -1)]
    assert mine[0]["能改变的结论"] == "县级公益性公墓覆盖率"
    assert {r["能改变的结论"] for r in mine[1:]} == {None}


def test_without_doubts_the_workbook_says_so(
    sample: Workspace, figures: dict[str, Assessment]
) -> None:
    every = list(figures.values())
    assert list(sheets(doubts_bytes(Doubts(), every, sample.catalog))) == ["汇总"]


def test_the_sheet_of_the_report_has_a_line_an_indicator(figures: dict[str, Assessment]) -> None:
    beds = firmness("elder-beds-new", 8_800, None, exact=False, unbounded=("1 行没有床位数",))
    sure = firmness("elder-guidance-county", 88, 88, firm=True)
    every = list(figures.values())
    firm, rows = firmness_sheets(doubts(beds, sure, township()), every)
    table = {r[0]: r[1:] for r in firm.rows}
    assert table["乡镇公益性公墓覆盖率"] == [
        "33.73%", "33.62%", "35.14%", "存疑：差 12 个，取决于 12 行", "12 行",
        "至少 1 行、至多 2 行", "确切", "", "cemetery-township",
    ]  # fmt: skip
    assert table["年内新增养老床位"][1:4] == ["8,800", "—", "未能断定"]
    assert table["年内新增养老床位"][6:8] == ["估到", "1 行没有床位数"]
    assert table["县级养老服务指导中心覆盖率"][:4] == ["85.44%", "85.44%", "85.44%", "结论稳"]
    assert [r[5] for r in rows.rows] == [*range(10, 22), 30]
    assert {r[1] for r in rows.rows} == {"改变结论", "核实即稳"}
    assert len(pickle.dumps([firm, rows])) < 20_000


def test_a_page_of_contents_leads_to_both(
    sample: Workspace, figures: dict[str, Assessment]
) -> None:
    every = [figures["cemetery-township"], figures["cemetery-county"]]
    units = {level: sample.units(level) for level in ("county", "township")}
    more = firmness_sheets(doubts(township()), every)
    content = report_bytes(sample.catalog, every, units, more=more)
    book = openpyxl.load_workbook(io.BytesIO(content))
    links = {c.hyperlink.location for r in book["目录"].iter_rows() for c in r if c.hyperlink}
    assert {"'把握'!A1", "'待核实的行'!A1"} <= links
    assert book["把握"]["A3"].value.startswith("填报单位")


def test_where_all_is_firm_no_rows_are_listed(figures: dict[str, Assessment]) -> None:
    sure = firmness("elder-guidance-county", 88, 88, firm=True)
    assert [s.name for s in firmness_sheets(doubts(sure), list(figures.values()))] == ["把握"]
    assert firmness_sheets(Doubts(), list(figures.values())) == []


def test_a_row_of_hostile_text_computes_nothing(
    sample: Workspace, figures: dict[str, Assessment]
) -> None:
    bad = row(1, name="=1+1", readings="=cmd()", kind="+1", file="@x.xlsx")
    firm = firmness("cemetery-township", 1, 2, rows=[bad])
    town = [figures["cemetery-township"]]
    made = sheets(doubts_bytes(doubts(replace(firm)), town, sample.catalog))
    assert rows_of(made, "长阳土家族自治县")[0]["名称"] == "=1+1"
