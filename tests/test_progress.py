"""The course of the targets: in the list of the terminal, in the workbook, and in the notice."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_cli
from golden_cases import make_workspace
from rich.console import Console
from test_cli import Run
from test_pace import NOW, assessment, of, trend

from hbgeo import history
from hbgeo.measure.snapshot_file import snapshot_bytes
from hbgeo.measure.trend import Gain
from hbgeo.read.indicator import Target
from hbgeo.show.excel.progress import progress_sheet
from hbgeo.show.paper.brief import finding
from hbgeo.show.progress import goal_words, in_time, marks_of, standing_words
from hbgeo.show.progress_table import progress
from hbgeo.show.table.targets import every_target, flat_targets, target_rows
from hbgeo.workspace import Workspace

run = test_cli.run  # the fixture
GOAL = Target(None, None, date(2029, 12, 31), ("示例意见",), "基本建成", "A", scope="nation")
DRAFT = of(73, date(2030, 12, 31), draft=True, scope="nation", reliability="A-")
HELD = of(75, reliability="A-")
PAST = of(60, date(2025, 12, 31))
ALL = (DRAFT, GOAL, HELD, PAST)
YEAR = Gain(Fraction(10), Fraction(9))


def lines(parts: list[Any]) -> list[str]:
    console = Console(file=io.StringIO(), width=300)
    for part in parts:
        console.print(part)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


def test_targets_stand_in_the_order_of_their_deadlines_with_marks_and_state() -> None:
    a = assessment(40, 103, *ALL)
    assert in_time(ALL) == [PAST, HELD, GOAL, DRAFT]
    assert [goal_words(a, t) for t in in_time(ALL)] == ["60%", "75%", "基本建成（全国）", "73%（草案、全国）"]  # fmt: skip
    assert [standing_words(a, t) for t in in_time(ALL)] == [
        "已过", "执行中 · 还有 401 天", "将到 · 还有 1,132 天", "将到 · 还有 1,497 天",
    ]  # fmt: skip
    far = of(50, scope="420525")
    assert marks_of(far) == ["420525"]
    assert marks_of(far, {"420525": "远安县"}) == ["远安县"]
    county = replace(a, scope="420525")  # whose own target needs no mark, and the province's does
    assert [goal_words(county, t) for t in (far, HELD)] == ["50%", "75%（全省）"]


def test_the_terminal_lists_every_target_with_its_pace_and_source() -> None:
    a = assessment(40, 103, *ALL)
    said = [line for line in lines(progress([a], NOW, trend(YEAR))) if "示例" in line]
    assert [" ".join(line.split()) for line in said] == [
        "示例率 60% 2025-12-31 已过 示例",
        "75% 2027-12-31 执行中 · 还有 401 天 A- 每月须增 2.9 个（现每月增 0.8 个） 示例",
        "基本建成（全国） 2029-12-31 将到 · 还有 1,132 天 A 示例意见",
        "73%（草案、全国） 2030-12-31 将到 · 还有 1,497 天 A- 示例",
    ]


def test_the_workbook_has_a_sheet_of_every_target() -> None:
    a = assessment(40, 103, *ALL)
    sheet = progress_sheet([a], " ", trend(YEAR))
    head = [column.heading for column in sheet.columns]
    rows = [dict(zip(head, row, strict=True)) for row in sheet.rows]
    assert [row["目标"] for row in rows] == [60, 75, "基本建成", 73]
    assert rows[1] | {"依据": ""} == {
        "序号": 2, "体系": "其他", "指标": "示例率", "指标代号": "x", "目标": 75, "目标单位": "%",
        "期限": "2027-12-31", "状态": "执行中", "天数（天）": 401, "现状": 38.83, "差额": 38,
        "差额单位": "个", "每月须增": 2.9, "现每月增": 0.8, "可靠程度": "A-", "草案": "",
        "适用范围": "全省", "依据": "",
    }  # fmt: skip
    assert [rows[0]["差额"], rows[2]["差额"], rows[3]["每月须增"]] == [None, None, None]
    assert (rows[3]["草案"], rows[3]["适用范围"]) == ("草案", "全国")
    assert sheet.totals == {1}  # the one that holds


def test_the_list_of_targets_says_the_pace_flat_and_all_targets_apart() -> None:
    a = assessment(40, 103, *ALL)
    [row] = target_rows([a], trend(YEAR))
    assert row["pace_needed"] == pytest.approx(38 * 30.436875 / 401)
    assert row["pace_kept"] == pytest.approx(10 * 30.436875 / 365)
    assert [t["deadline"][:4] for t in row["targets"]] == ["2025", "2027", "2029", "2030"]
    assert "targets" not in flat_targets([row])
    every = every_target([row])
    assert every["words"].fillna("").tolist() == ["", "", "基本建成", ""]
    assert every["state"].tolist() == ["passed", "running", "coming", "coming"]


def test_the_notice_says_the_pace_the_next_target_and_what_only_stands_beside() -> None:
    a = assessment(40, 103, *ALL, of(90, date(2035, 12, 31)))
    units = a.coverage.units.assign(prefecture="示例市", province="示例省")  # type: ignore[union-attr]
    a = replace(a, coverage=replace(a.coverage, units=units), whole=True)  # type: ignore[type-var]
    said = finding(replace(a, indicator=replace(a.indicator, units="province")), [], trend(YEAR))
    assert said.endswith(
        "距2027年底75%的目标还差38个。到2027年底每月须增2.9个（现每月增0.8个）。"
        "下一个目标是2035年底90%。另有只列出、不判达标的目标：2029年底基本建成（全国）、2030年底73%（草案、全国）。"
    )


def test_a_notice_without_a_binding_target_judges_nothing() -> None:
    a = assessment(40, 103, GOAL)
    units = a.coverage.units.assign(province="示例省")  # type: ignore[union-attr]
    one = replace(a.indicator, units="province")
    a = replace(a, indicator=one, coverage=replace(a.coverage, units=units))  # type: ignore[type-var]
    said = finding(a)
    assert "（不判达标）。另有只列出、不判达标的目标：2029年底基本建成（全国）。" in said
    assert "差" not in said
    assert "达到" not in said


# ---------------------------------------------------------------- from the command line

WORLD = {
    "as_of": "2025-12-31",
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [{"code": f"42052510{n}", "name": f"示例{c}镇"} for n, c in enumerate("甲乙丙", 1)],
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质   | 级别   | 状态 | 启用时间   | 所在县 | 所在乡镇
G1   | 示例一   | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇
G2   | 示例二   | 公墓 | 公益性 | 乡镇级 | 运营 | 2025-05-01 | 远安县 | 示例乙镇
""",
    "policy": """
[[target]]
indicator = "cemetery-township"
pct = 100
deadline = 2026-12-31
source = "示例"
""",
}
STATS = ["stats", "cemetery-township", "--json"]


@pytest.fixture
def kept(tmp_path: Path) -> Workspace:
    """A small workspace with the snapshot of a year before."""
    workspace = make_workspace(WORLD, tmp_path)
    options = replace(workspace.options(), as_of=date(2024, 12, 31))
    shot = history.take(workspace, workspace.measure(options=options), options)
    folder = tmp_path / "maps" / history.FOLDER
    folder.mkdir(parents=True)
    (folder / history.file_name(shot)).write_bytes(snapshot_bytes(shot))
    return workspace


def test_the_pace_kept_is_said_where_a_snapshot_was(kept: Workspace, run: Run) -> None:
    rows = json.loads(run("-C", kept.root, *STATS)[1])
    by_id = {row["indicator"]: row["targets"] for row in rows}
    last = by_id["cemetery-township"][-1]
    assert last["state"] == "running"
    assert last["pace_needed"] == pytest.approx(30.436875 / 365)
    assert last["pace_kept"] == pytest.approx(30.436875 / 365)
    assert last["pace_kept_points"] == pytest.approx(100 / 3 * 30.436875 / 365)


def test_a_damaged_snapshot_is_said_beside_the_json(kept: Workspace, run: Run) -> None:
    [file] = (kept.root / "maps" / history.FOLDER).glob("*.parquet")
    file.write_bytes(b"PAR1 nothing")
    code, out, err = run("-C", kept.root, *STATS)
    assert code == 0
    assert json.loads(out)[0]["targets"][-1]["pace_kept"] is None
    assert "没有与上一期比较" in err


def test_the_workbook_of_targets_has_all_of_them_on_a_sheet_of_its_own(
    kept: Workspace, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "t.xlsx"
    assert run("-C", kept.root, "targets", "-o", file)[0] == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["数据", "全部目标"]
    assert [cell.value for cell in book["数据"][4]][:3] == ["会议条目", "体系", "指标"]
    assert [cell.value for cell in book["全部目标"][4]][:4] == [
        "会议条目",
        "指标",
        "比例（%）",
        "目标数值",
    ]
    assert run("-C", kept.root, "targets", "-o", file, "--machine")[0] == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["数据", "全部目标"]
    head = [cell.value for cell in book["数据"][1]]
    assert head[:3] == ["row", "indicator", "system"]
    paces = ["pace_needed", "pace_kept", "pace_needed_points", "pace_kept_points"]
    assert head[-5:] == [*paces, "firm"]
    assert [cell.value for cell in book["全部目标"][1]][:5] == ["row", "indicator", "system", "name", "pct"]  # fmt: skip
