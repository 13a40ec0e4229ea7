"""The commands that write papers: targets, compare and brief, from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
from golden_cases import make_workspace
from typer.testing import CliRunner, Result

from hbgeo.cli.app import app
from hbgeo.errors import RequestError

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": f"42052510{i}", "name": f"示例{n}镇"} for i, n in enumerate("甲乙丙丁", 1)
    ],
}
LEDGER = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
LINE = "G{0} | 示例公墓{0} | 公墓 | 公益性 | 乡镇级 | 运营 | 20{1}-05-01 | 远安县 | 示例{2}镇\n"


def hbgeo(*words: Any) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words], catch_exceptions=False)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    folder.mkdir()
    rows = LINE.format(1, 20, "甲") + LINE.format(2, 23, "乙")
    make_workspace({**WORLD, "cemetery": LEDGER + rows}, folder)
    return folder


def test_targets_lists_every_fact(place: Path, tmp_path: Path) -> None:
    rows = json.loads(hbgeo("-C", place, "targets", "--json").stdout)
    assert len({r["row"] for r in rows} - {"规划"}) == 34
    [one] = [r for r in rows if r["indicator"] == "cemetery-township"]
    assert (one["value"], one["target"], one["short"], one["met"]) == (50, 35, 0, True)
    assert (one["deadline"], one["days_left"], one["passed"]) == ("2023-12-31", 0, False)
    hbgeo("-C", place, "targets", "-o", tmp_path / "t.csv")
    assert len(pd.read_csv(tmp_path / "t.csv")) == len(rows)


def test_a_deadline_that_is_past_says_so(place: Path) -> None:
    said = hbgeo("-C", place, "targets", "--as-of", "2024-06-30").stdout
    assert "2023-12-31 已过" in said
    assert "2025-12-31 还有 549 天" in said


def test_run_keeps_a_snapshot_a_date_and_compare_reads_it(place: Path, tmp_path: Path) -> None:
    assert hbgeo("-C", place, "run", "--as-of", "2022-12-31").exit_code == 0
    assert hbgeo("-C", place, "run").exit_code == 0
    kept = sorted(p.name for p in (place / "maps" / "snapshots").iterdir())
    assert kept == ["2022-12-31.parquet", "2023-12-31.parquet"]
    rows = json.loads(hbgeo("-C", place, "compare", "2022-12-31", "2023-12-31", "--json").stdout)
    [one] = [r for r in rows if r["indicator"] == "cemetery-township"]
    assert (one["old_pct"], one["new_pct"], one["points"], one["gained"]) == (25, 50, 25, 1)
    ends = [place / "maps" / "snapshots" / name for name in kept]
    again = json.loads(hbgeo("-C", place, "compare", *ends, "--json").stdout)
    assert again == rows
    units = json.loads(hbgeo("-C", place, "compare", *ends, "--units", "--json").stdout)
    assert {u["code"] for u in units} == {"420525102"}
    assert hbgeo("-C", place, "compare", *ends, "-o", tmp_path / "c.xlsx").exit_code == 0
    assert openpyxl.load_workbook(tmp_path / "c.xlsx").sheetnames == [
        "同比",
        "增减单元",
        "单元变动",
    ]
    report = openpyxl.load_workbook(place / "maps" / "report.xlsx")
    assert "同比" in report.sheetnames


def test_a_scenario_is_kept_apart_and_never_overwrites_the_record(place: Path) -> None:
    hbgeo("-C", place, "run")
    hbgeo("-C", place, "run", "--undated", "include")
    names = sorted(p.name for p in (place / "maps" / "snapshots").iterdir())
    assert len(names) == 2
    assert "2023-12-31.parquet" in names
    assert names[0].startswith("2023-12-31-")


def test_two_workspaces_are_compared_without_a_third(place: Path, tmp_path: Path) -> None:
    other = tmp_path / "later"
    other.mkdir()
    rows = "".join(LINE.format(i, 20, n) for i, n in enumerate("甲乙丙", 1))
    make_workspace({**WORLD, "cemetery": LEDGER + rows}, other)
    said = hbgeo("-C", tmp_path, "compare", place, other).stdout
    assert "示例丙镇" in said
    assert "+25.00" in said
    back = json.loads(hbgeo("-C", tmp_path, "compare", place, place, "--json").stdout)
    assert back == []


def test_more_than_two_dates_are_a_series(place: Path) -> None:
    dates = ["2019-12-31", "2022-12-31", "2023-12-31"]
    rows = json.loads(hbgeo("-C", place, "compare", *dates, "--json").stdout)
    mine = [r["pct"] for r in rows if r["indicator"] == "cemetery-township"]
    assert mine == [0, 25, 50]


def test_one_date_alone_is_refused(place: Path) -> None:
    with pytest.raises(RequestError, match="两个或更多"):
        hbgeo("-C", place, "compare", "2023-12-31")


@pytest.mark.system  # a Chinese font
def test_brief_writes_a_paper_with_its_map(place: Path, tmp_path: Path) -> None:
    out = tmp_path / "通报.docx"
    assert hbgeo("-C", place, "brief", "-o", out).exit_code == 0
    paper = docx.Document(str(out))
    assert len(paper.inline_shapes) == 1
    assert any(
        "符合的有2个，乡镇公益性公墓覆盖率50.00%，已达到" in p.text for p in paper.paragraphs
    )
    first = out.read_bytes()
    hbgeo("-C", place, "brief", "-o", out)
    assert out.read_bytes() == first
    hbgeo("-C", place, "brief", "--map", "none", "-o", out)
    assert not docx.Document(str(out)).inline_shapes
    with pytest.raises(RequestError, match=r"应为 \.docx"):
        hbgeo("-C", place, "brief", "-o", tmp_path / "x.pdf")
