"""What was found of signs, kept between runs, and all that shows it: report, notice, county papers, page."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pandas as pd
import pytest
from golden_cases import make_workspace
from test_signs import WORLD

from hbgeo import cli, sharing
from hbgeo.job import run
from hbgeo.measure.names import check as names_check
from hbgeo.measure.names.found import COLUMNS, Checked, SignNames
from hbgeo.names import comparison, kept, papers
from hbgeo.names.papers import county_papers, is_folder, names_of
from hbgeo.names.signs import find_names
from hbgeo.read.table import LayerTable
from hbgeo.show.names_table import names_lines
from hbgeo.show.names_words import in_prose, summary
from hbgeo.show.page import signs as page_signs
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import make_layer
from hbgeo.show.page.pack import unpack
from hbgeo.show.page.script import read_script
from hbgeo.workspace import Workspace

POLICY = """
system = "place-names"
title = "地名"
[[indicator]]
id = "sign-village"
name = "村牌覆盖率"
measure = "presence"
units = "village"
layer = "sign"
where = { kind = ["村牌"] }
via = ["inside", "named"]
"""
BARE = {key: part for key, part in WORLD.items() if key != "sign"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    (tmp_path / "layers" / "policy").mkdir(exist_ok=True)
    (tmp_path / "layers" / "policy" / "本县.toml").write_text(POLICY, "utf-8")
    return tmp_path


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many signs were looked at, one entry each time that any were."""
    asked: list[int] = []
    check = names_check.check_names

    def count(rows: pd.DataFrame, *given: object, **how: object) -> Checked:
        asked.append(len(rows))
        return check(rows, *given, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(comparison, "check_names", count)
    return asked


def typed(home: Path, *words: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["hbgeo", "-C", str(home), *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
    return int(ended.value.code or 0)


def known(home: Path) -> SignNames:
    found = names_of(Workspace.open(home))
    assert found is not None
    return found


# ---- kept


def test_nothing_is_looked_at_again_until_signs_names_or_readings_change(
    home: Path, counted: list[int]
) -> None:
    first = known(home)
    pd.testing.assert_frame_equal(known(home).rows, first.rows)
    assert counted == [6]
    readings = home / "layers" / "readings.toml"
    readings.write_text('[[name]]\nsource = "示例"\nnames = ["长岭 zhǎng lǐng"]\n', "utf-8")
    assert "B2" not in set(known(home).rows["id"])
    assert counted == [6, 6]
    readings.unlink()
    assert known(home).rows.equals(first.rows)
    assert counted == [6, 6, 6]  # one entry a layer is kept, the last
    for name in ("village", "sign"):
        [path] = (home / "layers").glob(f"{name}.*")
        path.write_bytes(path.read_bytes() + b"\r\n")
        known(home)
    assert counted == [6] * 5


def test_what_is_kept_is_what_was_found(home: Path) -> None:
    made = find_names(Workspace.open(home)).checked
    again = kept.from_frames(kept.to_frames(made))
    pd.testing.assert_frame_equal(again.rows, made.rows)
    assert (again.signs, again.unheld, again.mixed) == (made.signs, made.unheld, made.mixed)
    mixed = Checked(made.rows.head(0), {"420526": 3, "": 1}, {"": 1}, {"420525": (2, 1)})
    back = kept.from_frames(kept.to_frames(mixed))
    assert (back.signs, back.unheld, back.mixed) == (mixed.signs, mixed.unheld, mixed.mixed)
    assert list(back.rows) == COLUMNS


def test_a_damaged_entry_is_forgotten(home: Path, counted: list[int]) -> None:
    first = known(home)
    [entry] = (home / "maps" / ".cache").glob("sign.names*")
    entry.write_bytes(entry.read_bytes()[:-7])
    assert known(home).rows.equals(first.rows)
    assert counted == [6, 6]


# ---- counts and sentences


def test_counts_are_those_of_the_rows(home: Path) -> None:
    found = known(home)
    assert (found.total, found.total_wrong, len(found.rows)) == (6, 5, 6)
    assert found.wrong == {"420525": 2, "420526": 3}
    assert found.by_rule == {"N04": 2, "N06": 1, "N08": 1, "N10": 2}
    assert found.errors == 3
    assert summary(found) == (
        "地名标志名称核对：6 块标志，5 块有问题，共 6 条（错误 3 条，提醒 3 条）。"
    )
    assert in_prose(found) == (
        "核对地名标志的名称6块，5块有问题，共6条：同音字2条、缺通名或通名不对1条、"
        "同一地名的标志不一致1条、字母不是标准名称的汉语拼音2条。核对办法：对照村（社区）名单。"
    )


def test_where_nothing_is_wrong_that_is_said() -> None:
    none = pd.DataFrame(columns=[*COLUMNS, "layer"])
    found = SignNames(none, {"420525": 4}, {"420525": 1}, {}, "对照名单")
    assert (found.wrong, found.by_rule, found.errors) == ({}, {}, 0)
    assert summary(found) == (
        "地名标志名称核对：4 块标志，0 块有问题；1 块没有可对照的标准名称，只核对了写法和拼写。"
    )
    assert in_prose(found) == (
        "核对地名标志的名称4块，没有发现问题；另有1块没有可对照的标准名称，只核对了写法和拼写。"
        "核对办法：对照名单。"
    )


def test_of_too_many_errors_come_first_and_the_order_stays() -> None:
    rows = pd.DataFrame({"severity": ["warning", "error", "warning", "error"], "id": list("abcd")})
    found = SignNames(rows, {}, {}, {}, "")
    assert found.first(4)["id"].tolist() == list("abcd")
    assert found.first(3)["id"].tolist() == ["a", "b", "d"]
    assert found.first(1)["id"].tolist() == ["b"]


def test_without_signs_nothing_appears(tmp_path: Path) -> None:
    make_workspace(BARE, tmp_path)
    report = run(tmp_path)
    assert report.names is None
    assert names_lines(report.names) == []
    paths = report.write(tmp_path / "maps")
    book = openpyxl.load_workbook(next(p for p in paths if p.suffix == ".xlsx"), read_only=True)
    assert "地名标志问题" not in book.sheetnames
    page = (tmp_path / "maps" / "index.html").read_text("utf-8")
    assert 'id="data-names"' not in page
    assert "plateOf" not in page


# ---- report and county papers


def cells(book: openpyxl.Workbook, sheet: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def below(rows: list[list[object]], heading: str) -> list[dict[object, object]]:
    at = next(n for n, row in enumerate(rows) if heading in row)
    made = [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
    return [row for row in made if row[heading]]


def test_the_report_has_a_sheet_of_every_finding(home: Path) -> None:
    report = run(home)
    report.write(home / "maps")
    rows = cells(openpyxl.load_workbook(home / "maps" / "report.xlsx"), "地名标志问题")
    told = below(rows, "标志名称")
    assert [row["标志名称"] for row in told] == report.names.rows["sign"].tolist()  # type: ignore[union-attr]
    assert [row["规则"] for row in told] == ["N04", "N10", "N06", "N08", "N10", "N04"]
    assert told[0]["县（市、区）"] == "远安县"
    assert any("5 块有问题" in str(cell) for row in rows for cell in row)


def test_each_county_gets_a_workbook_to_answer_in(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(home, "names", "-o", str(home / "退回")) == 0
    said = capsys.readouterr().out
    assert "2 份县级工作簿：有问题的标志 5 块，没有标志的村 0 个" in said.replace("\n", "")
    assert sorted(p.name for p in (home / "退回").iterdir()) == ["兴山县.xlsx", "远安县.xlsx"]
    book = openpyxl.load_workbook(home / "退回" / "远安县.xlsx")
    assert book.sheetnames == ["标志问题", "没有标志的村", "规则"]
    rows = cells(book, "标志问题")
    told = below(rows, "标志名称")
    assert [(r["序号"], r["乡镇（街道）"], r["标志名称"], r["处理结果"]) for r in told] == [
        (1, "示例镇", "双合村", None), (2, "示例镇", "长岭村", None),
    ]  # fmt: skip
    assert told[0]["标志编号"] == "B1"
    assert "本县 2 块标志，有问题的 2 块，共 2 条" in str(rows[2][0])
    assert "处理结果" in str(rows[2][0])
    assert "都有完好的村牌" in str(cells(book, "没有标志的村")[2][0])
    checks = book["标志问题"].data_validations.dataValidation
    assert [str(one.sqref) for one in checks] == ["N5:N6"]


def test_villages_without_a_sign_are_listed_with_the_reason(home: Path) -> None:
    [path] = (home / "layers").glob("sign.*")
    text = path.read_text("utf-8-sig")
    mended = [line for line in text.splitlines() if not line.startswith("B2")]
    mended = [line.replace("完好", "破损") if line.startswith("B1") else line for line in mended]
    path.write_text("\n".join(mended), "utf-8")
    workspace = Workspace.open(home)
    found = find_names(workspace, within="420525")
    options = replace(workspace.options(), within="420525")
    papers = county_papers(workspace, found, options)
    assert (list(papers.files), papers.villages) == (["远安县.xlsx"], 2)
    book = openpyxl.load_workbook(BytesIO(papers.files["远安县.xlsx"]))
    told = below(cells(book, "没有标志的村"), "村（社区）")
    assert [(r["村（社区）"], r["原因"], r["处理结果"]) for r in told] == [
        ("双河村村委会", "村牌不能计入：双合村（破损）", None), ("长岭村", "没有村牌", None),
    ]  # fmt: skip
    assert told[0]["村（社区）代码"] == "420525101201"
    again = county_papers(workspace, found, options)
    assert again.files == papers.files  # the same bytes


def test_without_an_indicator_of_village_signs_that_is_said(home: Path) -> None:
    workspace = Workspace.open(home)
    workspace.policy.clear()
    papers = county_papers(workspace, find_names(workspace), workspace.options())
    assert papers.villages is None
    assert "只列有问题的标志" in papers.notes[-1]
    book = openpyxl.load_workbook(BytesIO(papers.files["远安县.xlsx"]))
    assert book.sheetnames == ["标志问题", "规则"]


def test_what_lies_in_the_folder_from_before_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "退回").mkdir()
    (home / "退回" / "旧县.xlsx").write_bytes(b"x")
    typed(home, "names", "--in", "远安县", "-o", str(home / "退回"))
    assert "还有不是这次写的：旧县.xlsx" in capsys.readouterr().out.replace("\n", "")
    assert (home / "退回" / "旧县.xlsx").read_bytes() == b"x"


def test_a_folder_is_what_ends_like_no_file(tmp_path: Path) -> None:
    (tmp_path / "二〇二三.年").mkdir()
    (tmp_path / "已有").write_bytes(b"")
    assert is_folder(tmp_path / "退回")
    assert is_folder(tmp_path / "二〇二三.年")
    assert not is_folder(tmp_path / "标志.xlsx")
    assert typed(tmp_path, "names", "-o", str(tmp_path / "已有")) == 1


# ---- the page


def inputs_of(home: Path) -> PageInputs:
    workspace = Workspace.open(home)
    measured = workspace.measure()
    layers = {"sign": make_layer("sign", workspace.layers.table("sign"))}
    names = names_of(workspace)
    return PageInputs(workspace.catalog, measured, workspace.all_units(), layers, names=names)


def told(part: str) -> dict[str, Any]:
    raw = unpack(part)
    made: dict[str, Any] = json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])
    return made


def test_the_page_has_counts_by_county_and_rule(home: Path) -> None:
    inputs = inputs_of(home)
    head = page_signs.names_head(inputs)
    assert head is not None
    assert [[row[0], *row[2:]] for row in head["counties"]] == [["420525", 2, 2], ["420526", 4, 3]]
    part = told(page_signs.names_part(inputs))
    assert (part["all"], part["count"]) == (6, 6)
    rules = [[row[0], row[4]] for row in part["rules"]]
    assert rules == [["N04", [1, 1]], ["N06", [0, 1]], ["N08", [0, 1]], ["N10", [1, 1]]]
    assert part["counties"] == ["远安县", "兴山县"]


def test_a_page_of_too_many_findings_has_all_counts_and_some_rows(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_signs, "MOST", 2)
    part = told(page_signs.names_part(inputs_of(home)))
    assert (part["all"], part["count"]) == (6, 2)
    rules = part["rules"]
    assert sum(sum(row[4]) for row in rules) == 6


def test_the_script_does_without_what_nothing_is_shown_of() -> None:
    plain = read_script(signs=False, names=False)
    assert "function plateOf" not in plain
    assert "function showProblems" not in plain
    assert "function plateOf" in read_script(names=False)
    assert "function printProblems" in read_script()


def test_a_layer_of_signs_is_drawn_as_signs_whatever_its_key(home: Path) -> None:
    from hbgeo.show.page.layer import layer_head

    table: LayerTable = Workspace.open(home).layers.table("sign")
    assert layer_head(make_layer("牌", table))["signs"]
    assert not layer_head(make_layer("sign", replace(table, schema="cemetery")))["signs"]


def test_the_notice_has_a_sentence_of_names(home: Path) -> None:
    import docx

    from hbgeo.products import make_brief

    workspace = Workspace.open(home)
    made = make_brief(workspace, workspace.options(), sample_ok=True)
    text = "\n".join(p.text for p in docx.Document(BytesIO(made)).paragraphs)
    assert "核对地名标志的名称6块，5块有问题" in text


def test_many_signs_are_looked_at_by_names_first_and_then_stand_in_every_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MANY", 2)
    home = make_workspace(WORLD, tmp_path).root
    report = run(home)
    assert report.names is None
    [said] = [note for note in report.notes if "没有核对名称" in note]
    assert "超过 2 块的请先运行 hbgeo names，再运行本命令" in said
    found = find_names(Workspace.open(home))
    again = run(home)
    assert again.names is not None
    assert len(again.names.rows) == len(found.rows) > 0
    assert not [note for note in again.notes if "没有核对名称" in note]


@pytest.mark.parametrize(("many", "asked"), [(2, 0), (100, 1)])
def test_the_other_process_loads_no_signs_to_look_at_none(
    many: int, asked: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MANY", many)
    monkeypatch.setattr(sharing, "_SHARED", 1)
    given = list[str]()

    def give(what: Any, *_: Any) -> Any:
        given.append(what.__name__)
        return SimpleNamespace(done=True, take=lambda: None)

    home = make_workspace(WORLD, tmp_path)
    piece = sharing.read_together(home, SimpleNamespace(give=give))
    assert {"store_layer", "keep_drawn"} <= {*given}
    assert given.count("keep_names") == (piece is not None) == asked
