"""The papers are made in one go or in two steps, here or by a worker: the same to the byte."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from golden_cases import make_workspace
from test_job import FILES, WORLD

import hbgeo
from hbgeo import job
from hbgeo.errors import OutputError
from hbgeo.job import Report
from hbgeo.papers import LATER, Papers, draft_papers, finish_papers, write_papers
from hbgeo.process import GoneError
from hbgeo.worker import Worker
from hbgeo.workspace import Workspace

WRITTEN = ["report.xlsx", "coverage.csv", "issues.csv"]


@pytest.fixture
def world(tmp_path: Path) -> Workspace:
    folder = tmp_path / "world"
    folder.mkdir()
    return make_workspace(WORLD, folder)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


@pytest.fixture
def report(world: Workspace) -> Report:
    return hbgeo.run(world)


def content(papers: Papers) -> dict[str, bytes]:
    made = {}
    for name, write in papers.files.items():
        file = io.BytesIO()
        write(file)
        made[name] = file.getvalue()
    return made


def said_later(papers: Papers) -> dict[str, object]:
    return {key: getattr(papers, key) for key in LATER}


def early(papers: Papers) -> Papers:
    """The papers as they are known before anything is asked of doubts."""
    return replace(papers, issues=papers.issues.head(0), tasks=None, names=None, more=())


def test_a_draft_is_finished_as_what_is_made_in_one_go(report: Report, tmp_path: Path) -> None:
    paths = {name: tmp_path / name for name in WRITTEN}
    draft_papers("a", early(report.papers))
    assert finish_papers("a", said_later(report.papers), paths)
    assert {name: path.read_bytes() for name, path in paths.items()} == content(report.papers)


def test_a_draft_is_finished_once_and_under_its_own_name(report: Report, tmp_path: Path) -> None:
    paths = {name: tmp_path / name for name in WRITTEN}
    draft_papers("a", early(report.papers))
    assert not finish_papers("b", said_later(report.papers), paths)
    assert not any(path.exists() for path in paths.values())
    assert finish_papers("a", said_later(report.papers), paths)
    assert not finish_papers("a", said_later(report.papers), paths)
    draft_papers("a", early(report.papers))
    draft_papers("b", early(report.papers))  # another job: the draft before is never asked for
    assert not finish_papers("a", said_later(report.papers), paths)
    assert finish_papers("b", said_later(report.papers), paths)


def test_what_is_known_later_is_no_part_of_a_draft(report: Report) -> None:
    drafted = early(report.papers).drafted()
    assert drafted.draft is not None
    whole = content(report.papers)
    assert content(replace(drafted, **said_later(report.papers))) == whole
    assert content(drafted) != whole


@pytest.mark.parametrize("dies", ["never", "before the end", "before it is asked"])
def test_a_job_with_a_worker_writes_what_one_without_does(
    world: Workspace, worker: Worker, tmp_path: Path, dies: str
) -> None:
    alone = hbgeo.run(world)
    helped = hbgeo.job.run(Workspace.open(world.root), worker=worker)
    assert helped.token
    assert not alone.token
    if dies == "before the end":
        dying = worker.give(os._exit, 1).answer  # and every draft with it
        assert dying is not None
        assert isinstance(dying.exception(), GoneError)
    elif dies == "before it is asked":
        worker.close()
    alone.write(tmp_path / "alone")
    helped.write(tmp_path / "helped", worker=worker)
    for name in FILES:
        here, there = (tmp_path / home / name for home in ("alone", "helped"))
        assert here.read_bytes() == there.read_bytes(), name


def test_papers_need_no_shapes(report: Report) -> None:
    assert report.papers.units
    assert not any("geometry" in frame for frame in report.papers.units.values())


def test_the_worker_that_only_writes_has_drafted_nothing(
    report: Report, worker: Worker, tmp_path: Path
) -> None:
    given = {name: tmp_path / name for name in WRITTEN}
    worker.give(write_papers, report.papers, given).take()
    assert {name: path.read_bytes() for name, path in given.items()} == content(report.papers)
    assert worker.give(finish_papers, "", said_later(report.papers), given).take() is False


def test_what_a_worker_cannot_write_is_told_by_its_name(
    report: Report, worker: Worker, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere" / "issues.csv~part"
    piece = worker.give(write_papers, report.papers, {"issues.csv": nowhere})
    with pytest.raises(OutputError, match=r"nowhere.issues\.csv：无法写入：文件夹不存在"):
        piece.take()
    assert report.content
    piece = worker.give(job._write_page, report.content(), nowhere)
    with pytest.raises(OutputError, match=r"nowhere.index\.html：无法写入：文件夹不存在"):
        piece.take()
