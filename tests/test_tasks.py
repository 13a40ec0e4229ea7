"""督办: what is given out, what comes back edited as a county edits it, and what is missed."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
from docx.oxml.ns import qn
from golden_cases import make_workspace

from hbgeo import cli
from hbgeo.errors import RequestError
from hbgeo.measure.options import Options
from hbgeo.measure.tasks import TASK_COLUMNS, Tasks
from hbgeo.show.excel.tasks import workbook_bytes
from hbgeo.show.paper.tasks import document_of
from hbgeo.show.tasks_words import summary
from hbgeo.tasks import find_tasks, keep_issued, tasks_of_run
from hbgeo.workspace import Workspace

WORLD = {
    "as_of": "2023-12-31",
    "county": [
        {"code": "420528", "name": "长阳土家族自治县"}, {"code": "420529", "name": "五峰土家族自治县"},
    ],
    "township": [
        *({"code": f"42052810{n}", "name": f"示例{c}镇"} for n, c in enumerate("甲乙丙丁戊己", 1)),
        *({"code": f"42052910{n}", "name": f"示例{c}镇"} for n, c in enumerate("庚辛", 1)),
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 经度 | 纬度\n"
        "G1 | 示例公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇 | 110.08 | 30.5\n"
        "G2 | 示例乙公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | 2024-10-31 | 长阳县 | 示例乙镇 | 110.25 | 30.5\n"
        "G3 | 示例丙公墓 | 公墓 | 公益性 | 乡镇级 | 停用 | 2010-10-31 | 长阳县 | 示例丙镇 | 110.42 | 30.5\n"
    ),
}  # fmt: skip
ONE = "cemetery-township"
CODES = ["420528102", "420528103", "420528104", "420528105", "420528106", "420529101", "420529102"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the workspace: exit code, stdout, stderr."""

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hbgeo", "-C", str(home), *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def found(home: Path, as_of: str = "2023-12-31", names: tuple[str, ...] = (ONE,)) -> Tasks:
    workspace = Workspace.open(home).at(date.fromisoformat(as_of))
    return find_tasks(workspace, names, Options(as_of=date.fromisoformat(as_of)))


def give_out(home: Path, as_of: str = "2023-12-31") -> openpyxl.Workbook:
    """The workbook that `hbgeo tasks -o 督办.xlsx` writes, and the record of it."""
    made = found(home, as_of)
    workspace = Workspace.open(home)
    keep_issued(workspace, made, Path("督办.xlsx"))
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(made, workspace.catalog)))


def take_back(home: Path, book: openpyxl.Workbook, name: str = "督办.xlsx") -> None:
    """Put a workbook among the layers, as `role = "task"`."""
    book.save(home / "layers" / name)
    catalog = home / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    if "[task]" not in text:
        catalog.write_text(
            text + '\n[task]\nrole = "task"\npath = "督办*.xlsx"\nsource = "示例"\n', "utf-8"
        )


def row_of(sheet: Any, code: str) -> int:
    """The row of a unit in a county's sheet."""
    at = heading(sheet, "单元代码")
    return next(r for r in range(5, sheet.max_row + 1) if sheet.cell(r, at).value == code)


def heading(sheet: Any, name: str) -> int:
    return next(c for c in range(1, sheet.max_column + 1) if sheet.cell(4, c).value == name)


def write(sheet: Any, code: str, **said: Any) -> None:
    names = {
        "promised": "承诺完成日期",
        "done": "实际完成日期",
        "state": "办理状态",
        "who": "责任单位",
    }
    names |= {"remark": "备注"}
    for key, value in said.items():
        sheet.cell(row_of(sheet, code), heading(sheet, names[key])).value = value


def states(made: Tasks) -> dict[str, str]:
    return dict(zip(made.rows["unit_code"], made.rows["state"], strict=True))


def remarks(made: Tasks) -> dict[str, str]:
    return dict(zip(made.rows["unit_code"], made.rows["remark"], strict=True))


# ---------------------------------------------------------------- given out


def test_each_missing_unit_says_why_what_would_cover_it_and_by_when(home: Path) -> None:
    made = found(home)
    assert made.table["unit_code"].tolist() == CODES
    rows = made.table.set_index("unit_code").to_dict("index")
    built = rows["420528102"]
    assert (built["reason"], built["remedy"]) == ("有在建项目", "督促按期建成投用")
    assert (built["building_id"], built["building_due"]) == ("G2", "2024-10-31")
    assert built["deadline"] == "2023-12-31"
    assert built["nearest_id"] == "G1"
    assert rows["420528103"]["reason"] == "设施已停用或关闭"
    assert rows["420528103"]["building_id"] == ""
    assert rows["420528104"]["reason"] == "没有合格设施"
    assert set(made.table["state"]) == {"open"}


def test_the_machine_form_has_the_columns_of_the_contract(run: Run) -> None:
    code, out, _ = run("tasks", ONE, "--json")
    rows = json.loads(out)
    assert code == 0
    assert list(rows[0]) == TASK_COLUMNS
    assert rows[0]["task_id"] == "cemetery-township-420528102"
    assert rows[0]["promised_on"] is None


def test_a_part_has_its_own_tasks_and_the_deadline_of_the_whole(run: Run) -> None:
    _, out, _ = run("tasks", ONE, "--in", "五峰土家族自治县", "--json")
    rows = json.loads(out)
    assert [r["unit_code"] for r in rows] == ["420529101", "420529102"]
    assert {r["deadline"] for r in rows} == {"2023-12-31"}


def test_one_sheet_a_county_and_the_same_bytes_again(home: Path) -> None:
    book = give_out(home)
    assert book.sheetnames == ["长阳土家族自治县", "五峰土家族自治县"]
    sheet = book["五峰土家族自治县"]
    assert [sheet.cell(r, heading(sheet, "单元")).value for r in (5, 6)] == ["示例庚镇", "示例辛镇"]
    assert heading(sheet, "任务编号") == sheet.max_column  # out of sight: the last one
    assert "P" in sheet.print_area
    workspace = Workspace.open(home)
    once, twice = (workbook_bytes(found(home), workspace.catalog) for _ in range(2))
    assert once == twice


def test_the_paper_has_a_section_a_county_and_rows_that_stay_whole(home: Path) -> None:
    content = document_of(found(home), Workspace.open(home).catalog)
    paper = docx.Document(io.BytesIO(content))
    assert len(paper.sections) == 2
    assert [len(table.rows) for table in paper.tables] == [6, 3]
    texts = [p.text for p in paper.paragraphs]
    assert "长阳土家族自治县：" in texts
    first = paper.tables[0].rows
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in first)
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in first][:2] == [True, False]
    cells = [cell.text for cell in first[1].cells]
    assert cells[1] == "示例乙镇"
    assert "示例乙公墓\n2024-10-31" in cells
    assert document_of(found(home), Workspace.open(home).catalog) == content


def test_unasked_only_what_misses_its_target_is_given_out(home: Path) -> None:
    made = found(home, names=())
    assert ONE in set(made.table["indicator"])
    met = {a.indicator.id for a in Workspace.open(home).assess() if a.met}
    assert not met & set(made.table["indicator"])
    assert not any("@" in one for one in made.table["indicator"])


def test_what_counts_no_units_cannot_be_given_out(home: Path) -> None:
    with pytest.raises(RequestError, match="没有可以督办的单位"):
        found(home, names=("social-workers", "elder-beds"))


def test_a_county_without_its_own_is_a_task_of_its_own(home: Path) -> None:
    made = found(home, names=("cemetery-county",))
    assert made.table["unit_code"].tolist() == ["420528", "420529"]
    assert made.table["county_code"].tolist() == ["420528", "420529"]
    assert made.table["county"].tolist() == made.table["unit"].tolist()


def test_a_system_gives_out_every_rate_of_it_and_passes_over_amounts(home: Path) -> None:
    made = found(home, names=("funeral",))
    assert {ONE, "cemetery-county"} <= set(made.table["indicator"])
    assert not made.table["task_id"].duplicated().any()
    assert "burial-capacity" not in set(made.table["indicator"])


# ---------------------------------------------------------------- come back


def test_signed_off_a_wrong_date_and_a_row_deleted(home: Path, run: Run) -> None:
    before = run("stats", ONE, "--json")[1]
    assert run("tasks", ONE, "-o", str(home / "out.xlsx"))[0] == 0
    book = openpyxl.load_workbook(home / "out.xlsx")
    sheet = book["长阳土家族自治县"]
    write(sheet, "420528102", done=datetime(2023, 11, 30), promised="2023-12-01", who="示例局")  # noqa: DTZ001
    write(sheet, "420528103", done="2023年12月", promised="2023.10.1")
    write(sheet, "420528104", done="2023-13-45", promised="2023-12-20")
    write(book["五峰土家族自治县"], "420529101", done="2023-12-31", remark="已验收")
    sheet.delete_rows(row_of(sheet, "420528106"))
    take_back(home, book)

    code, out, err = run("tasks", ONE, "--json")
    rows = {r["unit_code"]: r for r in json.loads(out)}
    assert code == 0
    assert {c: r["state"] for c, r in rows.items()} == {
        "420528102": "done", "420528103": "done", "420528104": "late", "420528105": "open",
        "420528106": "open", "420529101": "done", "420529102": "open",
    }  # fmt: skip
    assert rows["420528103"]["done_on"] == "2023-12-31"  # a month ends with its last day
    assert rows["420528102"]["responsible"] == "示例局"
    assert rows["420529101"]["remark"] == "报完成而未覆盖；已验收"
    assert rows["420528104"]["remark"] == "实际完成日期不是日期，未采用"
    assert rows["420528104"]["done_on"] is None
    assert rows["420528106"]["remark"] == "交回的表中被删去"
    lines = err.splitlines()
    [wrong] = [line for line in lines if "2023-13-45" in line]
    assert wrong.startswith("督办.xlsx 长阳土家族自治县 第7行")
    assert "实际完成日期" in wrong
    assert "2021-06-30" in wrong  # what is allowed
    [gone] = [line for line in lines if "被删去" in line]
    assert "长阳土家族自治县 示例己镇" in gone
    assert "cemetery-township-420528106" in gone
    assert run("stats", ONE, "--json")[1] == before  # no figure is changed by what is written
    assert run("check", "task", "--json")[0] == 0


def test_a_promise_is_late_the_day_after_it(home: Path) -> None:
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528102", promised="2024-03-31")
    take_back(home, book)
    assert states(found(home, "2024-03-31"))["420528102"] == "open"
    assert states(found(home, "2024-04-01"))["420528102"] == "late"


def test_what_is_done_after_the_date_is_not_done_yet(home: Path) -> None:
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528103", done="2024-02-01")
    take_back(home, book)
    now, later = found(home), found(home, "2024-02-01")
    assert (states(now)["420528103"], remarks(now)["420528103"]) == (
        "open", "完成日期在截至日期之后，未计",
    )  # fmt: skip
    assert (states(later)["420528103"], remarks(later)["420528103"]) == ("done", "报完成而未覆盖")
    assert later.claimed == 1


def test_a_unit_that_is_covered_now_is_done_whatever_was_written(home: Path) -> None:
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528102", promised="2024-01-31")
    take_back(home, book)
    cemetery = home / "layers" / "cemetery.csv"
    cemetery.write_text(cemetery.read_text("utf-8-sig").replace("在建", "运营"), "utf-8")
    made = found(home, "2024-12-31")
    assert states(made)["420528102"] == "done"
    assert remarks(made)["420528102"] == "现已覆盖"
    assert made.claimed == 0


def test_withdrawn_stays_so_and_done_without_a_day_is_not_done(home: Path) -> None:
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528104", state="撤销", remark="并入邻镇")
    write(book["长阳土家族自治县"], "420528105", state="已办结")
    take_back(home, book)
    made = found(home)
    assert states(made)["420528104"] == "withdrawn"
    assert remarks(made)["420528104"] == "并入邻镇"
    assert states(made)["420528105"] == "open"
    assert remarks(made)["420528105"] == "写办结而没有完成日期，未计"


def test_out_and_back_again_says_everything_once(home: Path) -> None:
    book = give_out(home)
    write(book["五峰土家族自治县"], "420529101", done="2023-12-01", remark="已验收")
    take_back(home, book)
    first = remarks(found(home))
    take_back(home, give_out(home))
    assert remarks(found(home)) == first
    assert first["420529101"] == "报完成而未覆盖；已验收"


def test_who_sent_nothing_back_is_named_and_its_rows_are_not_called_deleted(home: Path) -> None:
    book = give_out(home)
    del book["五峰土家族自治县"]
    take_back(home, book)
    made = found(home)
    assert made.notes == ("没有交回督办单的县 1 个：五峰土家族自治县",)
    assert remarks(made)["420529101"] == ""


def test_a_task_given_out_after_the_rest_came_back_is_no_deleted_row(home: Path) -> None:
    book = give_out(home)
    sheet = book["长阳土家族自治县"]
    for code in ("420528105", "420528106"):
        sheet.delete_rows(row_of(sheet, code))
    record = home / "maps" / "tasks" / "issued.csv"
    lines = record.read_text("utf-8-sig").splitlines(keepends=True)
    record.write_text("".join(li for li in lines if "420528105" not in li), "utf-8-sig")
    take_back(home, book)
    before = remarks(found(home))
    assert before["420528105"] == "交回的表中没有"  # nobody knows whether it was given out
    assert before["420528106"] == "交回的表中被删去"
    keep_issued(Workspace.open(home), found(home), Path("再发.docx"))
    after = remarks(found(home))
    assert after["420528105"] == ""  # given out after what came back: not to be expected in it
    assert after["420528106"] == "交回的表中被删去"


def test_without_a_record_a_row_that_lacks_is_named_all_the_same(home: Path) -> None:
    book = give_out(home)
    shutil.rmtree(home / "maps" / "tasks")
    sheet = book["长阳土家族自治县"]
    sheet.delete_rows(row_of(sheet, "420528106"))
    take_back(home, book)
    [said] = found(home).notes
    assert said.startswith("交回的表中没有：长阳土家族自治县 示例己镇")


def test_two_rows_of_one_task_that_differ_are_neither_taken(home: Path) -> None:
    book = give_out(home)
    take_back(home, book)
    write(book["长阳土家族自治县"], "420528102", done="2023-12-01")
    take_back(home, book, "督办二.xlsx")
    made = found(home)
    assert states(made)["420528102"] == "open"
    assert sum("任务编号cemetery-township-420528102重复" in note for note in made.notes) == 2
    issues = Workspace.open(home).issues(["task"])
    assert set(issues["rule"]) == {"E12"}  # nothing else is wrong with a form of ours
    assert len(issues[issues["county_code"] == "420528"]) >= 2


def test_a_row_whose_number_was_changed_is_refused_by_name(home: Path) -> None:
    book = give_out(home)
    sheet = book["五峰土家族自治县"]
    sheet.cell(5, heading(sheet, "任务编号")).value = "cemetery-township-420528102"
    sheet.cell(6, heading(sheet, "任务编号")).value = None  # its other codes tell it still
    write(sheet, "420529102", done="2023-12-01")
    take_back(home, book)
    made = found(home)
    assert any("不符，该行不采用" in note and "第5行" in note for note in made.notes)
    assert states(made)["420529102"] == "done"


def test_machine_headings_come_back_too(home: Path) -> None:
    table = found(home).table.assign(done_on="2023-12-01")
    book = openpyxl.Workbook()
    book.active.append(list(table.columns))
    for row in table.itertuples(index=False):
        book.active.append([None if pd.isna(v) else v for v in row])
    take_back(home, book)
    assert set(states(found(home)).values()) == {"done"}


def test_a_damaged_record_is_one_line(home: Path, run: Run) -> None:
    give_out(home)
    (home / "maps" / "tasks" / "issued.csv").write_bytes(b"task_id,x\n1,2,3\n")
    code, _, err = run("tasks", ONE)
    assert code == 1
    assert "发出督办单的记录已损坏" in err
    assert "Traceback" not in err


# ---------------------------------------------------------------- the main job


def test_the_main_job_says_how_they_stand_and_nothing_without_them(home: Path, run: Run) -> None:
    _, out, _ = run("run")
    assert "督办" not in out
    assert "督办" not in openpyxl.load_workbook(home / "maps" / "report.xlsx").sheetnames
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528102", promised="2023-06-30")
    write(book["长阳土家族自治县"], "420528103", done="2023-12-01")
    take_back(home, book)
    _, out, _ = run("run")
    said = "督办单共 7 项：待办 5 项，逾期 1 项，办结 1 项，撤销 0 项；办结的里面，报完成而未覆盖的 1 项。"
    assert said in out.replace("\n", "")
    sheet = openpyxl.load_workbook(home / "maps" / "report.xlsx")["督办"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=5, max_row=11)]
    assert len(rows) == 7
    assert (rows[0][3], rows[0][9]) == ("示例乙镇", "逾期")  # late ones first


def test_only_what_was_given_out_or_came_back_is_told_of(home: Path) -> None:
    workspace = Workspace.open(home)
    measured = workspace.measure(with_nearest=True)
    assert tasks_of_run(workspace, measured, workspace.options()) is None
    give_out(home)
    book = give_out(home)
    take_back(home, book)
    workspace = Workspace.open(home)
    measured = workspace.measure(with_nearest=True)
    made = tasks_of_run(workspace, measured, workspace.options())
    assert made is not None
    assert set(made.rows["indicator"]) == {ONE}
    assert summary(made).startswith("督办单共 7 项：待办 7 项")


def test_the_catalogue_names_it_and_no_level_is_asked_for(home: Path, run: Run) -> None:
    take_back(home, give_out(home))
    code, out, _ = run("layers", "--json")
    [one] = [row for row in json.loads(out) if row["key"] == "task"]
    assert code == 0
    assert (one["role"], one["rows"], one["aside"]) == ("task", 7, 0)
    assert "督办单" in run("layers")[1]


@pytest.mark.system
def test_libreoffice_keeps_what_comes_back(home: Path, tmp_path: Path) -> None:
    """Opened and saved by another program it is read all the same."""
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice (soffice) is not installed"
    book = give_out(home)
    write(book["长阳土家族自治县"], "420528102", done="2023-12-01", promised="2023-11-01")
    book.save(tmp_path / "out.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "ods", "--outdir", home / "layers"]
    subprocess.run([*command, tmp_path / "out.xlsx"], check=True, capture_output=True, timeout=180)
    catalog = home / "layers" / "catalog.toml"
    text = '\n[task]\nrole = "task"\npath = "out.ods"\nsource = "示例"\n'
    catalog.write_text(catalog.read_text("utf-8") + text, "utf-8")
    made = found(home)
    assert states(made)["420528102"] == "done"
    assert len(made.rows) == 7
