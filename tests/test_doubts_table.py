"""`hbgeo doubts` on the terminal and for machines; bounds in `stats`, `targets`, the list of problems."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from firm_worlds import doubts, firmness, row, township
from golden_cases import make_workspace
from rich.console import Console

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.question import Span
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Doubts
from hbgeo.show import doubts_table, terminal, terminal_data
from hbgeo.show.table.effects import with_effects
from hbgeo.show.table.stats import FIRM, stats_rows
from hbgeo.show.table.targets import flat_targets, target_rows
from hbgeo.workspace import Workspace

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def figures(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


def said(parts: list[Any], width: int = 160) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


def test_one_indicator_has_its_line_and_the_rows_that_decide_first(
    figures: dict[str, Assessment],
) -> None:
    town = figures["cemetery-township"]
    text = said(doubts_table.doubts_shown(doubts(township()), [town]))
    assert "33.73%，核实后 33.62%–35.14%。存疑：差 12 个，取决于 12 行；" in text
    lines = [line for line in text.splitlines() if "cemetery.xlsx" in line]
    assert len(lines) == 14
    assert [line.split()[0] for line in lines[:13]] == ["改变结论"] * 12 + ["核实即稳"]
    assert "第 7 行" in lines[-1]


def test_what_cannot_be_bounded_and_what_may_not_be_reached_is_said(
    figures: dict[str, Assessment],
) -> None:
    town = figures["cemetery-township"]
    firm = firmness(town.indicator.id, 310, 330, exact=False, unbounded=("2 个单元没有人口",))
    text = said(doubts_table.doubts_shown(doubts(firm), [town]))
    assert "（上下限未必都能达到）。未能断定。" in text
    assert "另须说明：2 个单元没有人口" in text
    assert "除上述外，没有能改变这个数的疑点。" in text


def test_a_long_list_is_cut_and_says_how_many_are_left(figures: dict[str, Assessment]) -> None:
    town = figures["cemetery-township"]
    many = firmness(town.indicator.id, 300, 350, rows=[row(n) for n in range(45)])
    text = said(doubts_table.doubts_shown(doubts(many), [town]))
    assert text.count("cemetery.xlsx") == 30
    assert "只列前 30 行，另有 15 行；全部请用 -o 文件.xlsx" in text


def test_all_indicators_have_a_line_each_those_in_doubt_first(
    figures: dict[str, Assessment],
) -> None:
    sure = firmness("elder-guidance-county", 88, 88, firm=True)
    county = firmness("cemetery-county", 56, 57, firm=False, rows=[row(99, turns=True)])
    every = [figures[one] for one in (sure.indicator, "cemetery-township", "cemetery-county")]
    text = said(doubts_table.doubts_shown(doubts(sure, township(), county), every))
    where = [text.index(name) for name in ("乡镇公益性公墓覆盖率", "县级养老服务指导中心覆盖率")]
    assert where == sorted(where)
    rows = [line for line in text.splitlines() if "cemetery.xlsx" in line]
    assert "第 99 行" in rows[0]
    assert "县级公益性公墓覆盖率" in rows[0]
    assert len(rows) == 15


def test_a_narrow_window_loses_no_number(figures: dict[str, Assessment]) -> None:
    text = said(doubts_table.doubts_shown(doubts(township()), [figures["cemetery-township"]]), 60)
    assert "33.62%–35.14%" in text
    assert max(map(len, text.splitlines())) <= 60


def test_no_doubts_and_no_figures_are_said(figures: dict[str, Assessment]) -> None:
    lost = next(a for a in figures.values() if a.coverage is None)
    assert "缺少" in said(doubts_table.doubts_shown(Doubts(), [lost]))
    two = [figures["cemetery-township"], figures["cemetery-county"]]
    assert "没有算出数值的指标" in said(doubts_table.doubts_shown(Doubts(), two))
    sure = doubts(firmness("cemetery-county", 56, 56, firm=True))
    assert "台账里没有疑点" in said(doubts_table.doubts_shown(sure, two))


def test_machines_have_the_columns_of_the_paper(figures: dict[str, Assessment]) -> None:
    town = figures["cemetery-township"]
    rows = doubts_table.doubt_rows(doubts(township()), [town])
    assert rows.columns.tolist() == DOUBT_COLUMNS
    assert rows["row"].tolist() == [*range(10, 22), 30, 7]
    records = doubts_table.doubt_records(rows)
    assert records[0]["units"] == ["420528101"]
    assert records[-1] == {
        "layer": "cemetery", "file": "cemetery.xlsx", "sheet": "公墓台账", "row": 7,
        "kind": "county", "readings": "所在县的任一单元，或都不计", "units": ["420528102"],
        "effect": "-1", "turns": False, "county_code": "420528", "county": "长阳土家族自治县",
    }  # fmt: skip
    flat = doubts_table.flat_doubts(rows)
    assert flat["units"].tolist()[-1] == "420528102"
    assert flat["row"].tolist() == rows["row"].tolist()


def test_every_row_names_the_conclusions_it_turns(figures: dict[str, Assessment]) -> None:
    county = firmness("cemetery-county", 56, 57, firm=False, rows=[row(99, turns=True)])
    two = [figures["cemetery-township"], figures["cemetery-county"]]
    rows = doubts_table.doubt_rows(doubts(township(), county), two)
    assert (rows["row"][0], rows["turns"][0]) == (99, "cemetery-county")
    assert len(rows) == 15


def test_stats_have_the_bounds_of_the_whole_and_of_each_part(
    figures: dict[str, Assessment],
) -> None:
    town = figures["cemetery-township"]
    span = Span(Fraction(9), Fraction(11), exact=False)
    firm = replace(township(), parts={"county": {"420528": span}})
    [whole] = stats_rows(town, firm=firm)
    assert [whole[key] for key in FIRM] == [310, 324, False, "exact"]
    assert list(whole)[-4:] == list(FIRM)
    parts = {r["code"]: r for r in stats_rows(town, "county", firm=firm)}
    assert [parts["420528"][key] for key in FIRM] == [9, 11, None, "sound"]
    other = parts["420525"]
    assert [other[key] for key in FIRM] == [other["covered"], other["covered"], None, "exact"]


def test_stats_without_an_answer_say_nothing(figures: dict[str, Assessment]) -> None:
    lost = next(a for a in figures.values() if a.coverage is None)
    for [one] in (stats_rows(lost, firm=township()), stats_rows(figures["cemetery-township"])):
        assert [one[key] for key in FIRM] == [None] * 4


@pytest.mark.parametrize(("one", "key"), [("elder-beds-new", "value"), ("assistance-ratio", "pct")])
def test_a_part_without_doubt_is_bounded_by_its_own_figure(
    figures: dict[str, Assessment], one: str, key: str
) -> None:
    rows = stats_rows(figures[one], "county", firm=firmness(one, 1, 2))
    assert len(rows) > 50
    assert all(r["low"] == r["high"] for r in rows)
    assert all(r["low"] == pytest.approx(r[key]) for r in rows if r[key] is not None)


def test_targets_say_how_firm_each_conclusion_is(figures: dict[str, Assessment]) -> None:
    sure = firmness("elder-guidance-county", 88, 88, firm=True)
    open_ = firmness("cemetery-county", 50, 60)
    rows = target_rows(list(figures.values()), doubts=doubts(sure, open_, township()))
    firm = {r["indicator"]: r["firm"] for r in rows}
    assert firm["elder-guidance-county"] is True
    assert firm["cemetery-township"] is False
    assert firm["cemetery-county"] is None
    assert flat_targets(rows).columns[-1] == "firm"
    as_of = figures["cemetery-county"].as_of
    [_, table] = terminal.conference_facts(rows, as_of, firm=True)
    cells = {str(c.header): list(c.cells) for c in table.columns}
    said_of = dict(zip(cells["指标"], cells["把握"], strict=True))
    assert said_of["乡镇公益性公墓覆盖率"] == "存疑"
    assert said_of["县级公益性公墓覆盖率"] == "未能断定"
    assert said_of["县级养老服务指导中心覆盖率"] == "稳"
    plain = next(r["name"] for r in rows if r["met"] is None)
    assert said_of[plain] == ""


def test_the_list_of_problems_begins_with_what_matters(sample: Workspace) -> None:
    table = sample.issues(["cemetery"])
    last = table[table["severity"] == "error"].iloc[-1]
    at = {key: last[key] for key in ("file", "sheet", "row")}
    firm = firmness(
        "cemetery-township", 310, 324, firm=False, rows=[row(**at | {"number": 1}, turns=True)]
    )
    made = with_effects(table, doubts(firm), sample.policy)
    assert made["message"][0] == last["message"]
    [shown, *_] = terminal_data.issues(made)
    cells = {str(c.header): list(c.cells) for c in shown.columns}
    assert cells["规则"][0] == last["rule"]
    assert cells["影响"][0] == "乡镇公益性公墓覆盖率 +1，改变结论"
    assert set(cells["程度"][: cells["程度"].index("提醒")]) == {"错误"}


ASKED: list[Any] = []  # of whom the doubts were asked
CASE = {
    "county": [{"code": "420528", "name": "长阳土家族自治县"}],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
        "G1 | 示例1 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇\n"
        "G2 | 示例2 | 公墓 | 公益性 | 乡镇级 | 试营业 | 2020-05-01 | 长阳县 | 示例乙镇\n"
    ),
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two townships, one covered; the row of the other, line 3, may be open or not."""
    make_workspace(CASE, tmp_path)

    def answer(_: Workspace, names: Any = (), **__: Any) -> Doubts:
        ASKED.append(names)
        mine = row(3, file="cemetery.csv", sheet="", kind="cell+undated", turns=True, deciding=0)
        firm = firmness("cemetery-township", 1, 2, firm=True, rows=[mine], units=["420528102"])
        return doubts(firm) if not names or "cemetery-township" in names else Doubts()

    monkeypatch.setattr(Workspace, "doubts", answer)
    return tmp_path


def test_the_command_writes_every_form(home: Path, typed_in: Run) -> None:
    code, text, _ = typed_in(home, "doubts", "cemetery-township")
    assert code == 0
    assert "cemetery.csv 第 3 行" in text
    assert json.loads(typed_in(home, "doubts", "cemetery-township", "--json")[1])[0]["row"] == 3
    for suffix in ("csv", "json", "parquet", "xlsx"):
        assert typed_in(home, "doubts", "-o", str(home / f"d.{suffix}"))[0] == 0
    assert pd.read_csv(home / "d.csv").columns.tolist() == DOUBT_COLUMNS
    assert pd.read_parquet(home / "d.parquet").columns.tolist() == DOUBT_COLUMNS
    assert list(json.loads((home / "d.json").read_text("utf-8"))[0]) == DOUBT_COLUMNS
    assert typed_in(home, "doubts", "-o", str(home / "m.xlsx"), "--machine")[0] == 0
    head = pd.read_excel(home / "m.xlsx", engine="openpyxl").columns.tolist()
    assert head == DOUBT_COLUMNS
    assert typed_in(home, "doubts", "-o", str(home / "c.csv"), "--chinese")[0] == 0
    said = pd.read_csv(home / "c.csv")
    assert said.columns.tolist()[4:6] == ["疑点", "可能的读法"]
    assert said["疑点"].tolist() == ["内容无法识别、没有日期"]
    assert "内容无法识别、没有日期" in text


def test_an_unknown_indicator_is_one_line(home: Path, typed_in: Run) -> None:
    code, text, wrong = typed_in(home, "doubts", "nothing")
    assert (code, text) == (1, "")
    assert "没有指标“nothing”" in wrong


def test_the_other_commands_say_it_too(home: Path, typed_in: Run) -> None:
    ASKED.clear()
    [row_] = json.loads(typed_in(home, "stats", "cemetery-township", "--json")[1])[:1]
    assert [row_[key] for key in FIRM] == [1, 2, True, "exact"]
    parts = json.loads(typed_in(home, "stats", "cemetery-township", "--by", "county", "--json")[1])
    assert [parts[0][key] for key in FIRM] == [1, 1, None, "exact"]
    assert typed_in(home, "stats", "cemetery-township", "-o", str(home / "s.csv"))[0] == 0
    assert pd.read_csv(home / "s.csv").columns.tolist()[-4:] == list(FIRM)
    assert ASKED[-3:] == [["cemetery-township"]] * 3
    typed_in(home, "stats", "cemetery-township")
    assert len(ASKED) == 3  # the terminal's table shows no bounds: nobody waits for them
    every = json.loads(typed_in(home, "targets", "--json")[1])
    assert {r["indicator"]: r["firm"] for r in every}["cemetery-township"] is True
    assert typed_in(home, "check", "-o", str(home / "c.csv"))[0] == 0
    found = pd.read_csv(home / "c.csv")
    assert found.columns[-1] == "effect"
    effects = dict(zip(found["row"], found["effect"], strict=True))
    assert effects[3] == "乡镇公益性公墓覆盖率 +1，改变结论"
    assert json.loads(typed_in(home, "check", "--json")[1])[-1]["effect"] is None


def test_a_run_computes_them_once_and_says_them(home: Path, typed_in: Run) -> None:
    ASKED.clear()
    code, text, _ = typed_in(home, "run")
    assert (code, len(ASKED)) == (0, 1)
    assert "把握：结论稳 1 项；详见 hbgeo doubts" in text
    assert pd.read_csv(home / "maps" / "issues.csv").columns[-1] == "effect"
    with pd.ExcelFile(home / "maps" / "report.xlsx", engine="openpyxl") as book:
        assert {"把握", "待核实的行"} <= set(book.sheet_names)
