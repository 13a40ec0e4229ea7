"""The second process gives what the first would have: the same answer, the same error, or no help."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from hbgeo import second_process
from hbgeo.errors import RequestError
from hbgeo.history import units_of
from hbgeo.job import Papers
from hbgeo.second_process import SecondProcess
from hbgeo.workspace import Workspace

HERE = "test_second_process"


def doubled(frame: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Work to be done anywhere: what process did it, and its result."""
    print("a word that is no part of the answer")  # noqa: T201
    return os.getpid(), frame * 2


def refusing(_: object) -> None:
    """Work that is refused."""
    raise RequestError("不行")


@pytest.fixture
def by_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second process find this module."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.usefixtures("by_path")
def test_another_process_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    frame = pd.DataFrame({"a": [1, 2], "t": pd.Series(["甲", "乙"], dtype="str")})
    with SecondProcess() as other:
        first = other.give(HERE, "doubled", frame)
        second = other.give(HERE, "doubled", frame * 2)
        process, made = first.take()
        again, more = second.take()
    assert process == again != os.getpid()
    pd.testing.assert_frame_equal(made, frame * 2)
    pd.testing.assert_frame_equal(more, frame * 4)


@pytest.mark.usefixtures("by_path")
def test_its_errors_are_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with SecondProcess() as other:
        piece = other.give(HERE, "refusing", 1)
        with pytest.raises(RequestError, match="不行"):
            piece.take()
        process, _ = other.give(HERE, "doubled", 1).take()  # it goes on
    assert process != os.getpid()


def _no_process(*_: object, **__: object) -> None:
    raise OSError("not allowed")


@pytest.mark.parametrize("why", ["one processor", "not allowed", "dies at once", "dies later"])
def test_without_help_the_work_is_done_here(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1 if why == "one processor" else 2)
    if why == "not allowed":
        monkeypatch.setattr(subprocess, "Popen", _no_process)
    if why == "dies at once":
        monkeypatch.setattr(sys, "executable", sys.executable + "-none")
    with SecondProcess() as other:
        if why == "dies later":
            assert other._process is not None
            other._process.kill()
        process, made = other.give(HERE, "doubled", pd.DataFrame({"a": [1]})).take()
    assert process == os.getpid()
    assert made["a"].tolist() == [2]


def test_nothing_given_nothing_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with SecondProcess() as other:
        pass
    assert other._process is not None
    assert other._process.returncode is not None


def test_an_interrupt_stops_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    other = SecondProcess()
    with contextlib.suppress(KeyboardInterrupt), other:
        other.give("time", "sleep", 60)
        raise KeyboardInterrupt
    assert other._process is not None
    assert other._process.returncode is not None


def test_papers_are_the_same_to_the_byte(
    sample: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    made = sample.measure(["cemetery-county", "sign-village"], with_nearest=True)
    issues, units = sample.issues(["cemetery"]), units_of(sample, made.assessments)
    near = (made.nearest, made.waiting)
    papers = Papers(sample.catalog, made.assessments, units, *near, issues, None, {})
    paths = {name: tmp_path / name for name in papers.files}
    with SecondProcess() as other:
        piece = other.give("hbgeo.job", "write_papers", papers, paths)
        piece.take()
    assert piece.answer is not None
    assert piece.answer.result()
    for name, write in papers.files.items():
        made = io.BytesIO()
        write(made)
        assert paths[name].read_bytes() == made.getvalue(), name


def test_the_modules_loaded_beforehand_exist() -> None:
    for module in second_process._MODULES:
        assert module in sys.modules
