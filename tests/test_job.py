"""The main job is a call: what it gives, what it writes, and that it writes all or nothing."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from golden_cases import make_workspace

import hbgeo
from hbgeo import history
from hbgeo.errors import HbgeoError, OutputError
from hbgeo.job import STEPS, Report
from hbgeo.read.issues import ISSUE_COLUMNS
from hbgeo.workspace import Workspace

README = Path(__file__).parent.parent / "README.md"
WORLD: dict[str, Any] = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": f"42052510{n}", "name": f"示例{name}镇"} for n, name in enumerate("甲乙")
    ],
    "cemetery": """
        编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
        G1 | 示例公墓一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2019-05-01 | 远安县 | 示例甲镇
        G2 | 示例公墓二 | 公墓 | 公益性 | 乡镇级 | 运营 | 不详 | 远安县 | 示例乙镇
    """,
}
FILES = ["index.html", "report.xlsx", "coverage.csv", "issues.csv", "snapshots/2023-12-31.parquet"]


@pytest.fixture
def world(tmp_path: Path) -> Workspace:
    folder = tmp_path / "world"
    folder.mkdir()
    return make_workspace(WORLD, folder)


def content(report: Report, name: str) -> bytes:
    made = io.BytesIO()
    report.files[name](made)
    return made.getvalue()


def test_a_run_gives_assessments_issues_and_files_and_writes_nothing(world: Workspace) -> None:
    report = hbgeo.run(world)
    by_id = {a.indicator.id: a for a in report.assessments}
    assert by_id["cemetery-township"].shown == "50.00"
    assert list(by_id) == list(world.policy)
    assert list(report.issues.columns) == [*ISSUE_COLUMNS, "effect"]
    assert "E13" in set(report.issues["rule"])
    assert list(report.files) == FILES
    assert [p.name for p in (world.root / "maps").iterdir()] == [".cache"]


def test_what_is_written_is_what_the_files_say_in_any_folder(
    world: Workspace, tmp_path: Path
) -> None:
    report, home = hbgeo.run(world.root), tmp_path / "some" / "where"
    paths = report.write(home)
    assert [p.relative_to(home).as_posix() for p in paths] == FILES
    for name in FILES:
        assert (home / name).read_bytes() == content(report, name), name
    units = pd.read_csv(home / "coverage.csv", dtype=str)
    assert set(units["indicator"]) >= {"cemetery-township", "cemetery-county"}
    assert sorted(p.name for p in home.iterdir()) == sorted({f.split("/")[0] for f in FILES})


def test_the_steps_are_told_in_their_order(world: Workspace, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    report = hbgeo.run(world, progress=lambda *step: told.append(step))
    report.write(tmp_path / "out", progress=lambda *step: told.append(step))
    assert told == [(n, len(STEPS)) for n in range(len(STEPS))]


def test_where_one_file_cannot_be_made_nothing_is_written(world: Workspace, tmp_path: Path) -> None:
    def fail(_: object) -> None:
        raise OSError(28, "full")

    home = tmp_path / "out"
    hbgeo.run(world).write(home)
    before = {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()}
    report = hbgeo.run(world)
    broken = Report(
        report.assessments,
        report.issues,
        {**report.files, "issues.csv": fail},
        report.snapshot,
        report.papers,
    )
    with pytest.raises(OutputError, match=r"issues\.csv：无法写入：磁盘已满；原有文件未改动"):
        broken.write(home)
    assert {p.name: p.read_bytes() for p in home.iterdir() if p.is_file()} == before


HARM: dict[str, Callable[[Path], object]] = {
    "half": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "a flipped byte": lambda path: path.write_bytes(b"PAR2" + path.read_bytes()[4:]),
    "text": lambda path: path.write_text("快照", "gb18030"),
    "empty": lambda path: path.write_bytes(b""),
    "huge": lambda path: os.truncate(path, 1 << 37),
    "folder": lambda path: (path.unlink(), path.mkdir()),
    "pipe": lambda path: (path.unlink(), os.mkfifo(path)),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_snapshot_is_named_and_the_figures_stand(world: Workspace, harm: str) -> None:
    if harm == "pipe" and os.name == "nt":
        pytest.skip("no pipes among files")
    home = world.root / "maps"
    sound = hbgeo.run(world)
    sound.write(home)
    assert list(sound.notes) == []
    earlier, today = home / "snapshots" / "2022-12-31.parquet", home / FILES[-1]
    earlier.write_bytes(today.read_bytes())
    HARM[harm](earlier)
    report = hbgeo.run(world.root)
    [note] = report.notes
    assert "2022-12-31.parquet" in note
    assert note.endswith("本次没有与上一期的比较，其余数字不受影响。")
    assert report.papers.trend is None
    report.write(home)
    for name in FILES[2:]:
        assert (home / name).read_bytes() == content(sound, name), name
    HARM[harm](today)
    again = hbgeo.run(world.root)
    assert ["2023-12-31" in note for note in again.notes] == [True, False]
    again.write(home)
    assert today.read_bytes() == content(sound, FILES[-1])
    beside = [p.name for p in today.parent.iterdir() if "damaged" in p.name]
    assert len(beside) == 1  # nothing is thrown away


@pytest.mark.parametrize("harm", ["half", "text", "folder"])
def test_a_damaged_snapshot_cannot_be_compared(world: Workspace, harm: str) -> None:
    hbgeo.run(world).write(world.root / "maps")
    path = world.root / "maps" / FILES[-1]
    HARM[harm](path)
    with pytest.raises(HbgeoError, match=r"2023-12-31\.parquet"):
        history.between(world, [str(path), "2022-12-31"])
    with pytest.raises(HbgeoError, match=r"2023-12-31\.parquet"):
        history.between(world, ["2022-12-31", "2023-12-31"])


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", blocks())
def test_the_python_of_the_readme_runs(
    code: str, world: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world.root)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own page
    if "hbgeo.run" in code:
        assert len([line for line in code.splitlines() if line.strip()]) == 3
        assert (world.root / "maps" / "index.html").is_file()


def test_there_is_a_block_that_runs_the_main_job() -> None:
    assert sum("hbgeo.run" in code for code in blocks()) == 1
