"""The worker gives what we would have: the same answer, the same error, or no help."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from hbgeo import process as process_module
from hbgeo.errors import LayerError, RequestError
from hbgeo.history import units_of
from hbgeo.papers import Papers, write_papers
from hbgeo.process import GoneError, Parts, at_risk, inside
from hbgeo.worker import Worker
from hbgeo.workspace import Workspace


def doubled(frame: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """Work to be done anywhere: what process did it, and its result."""
    print("a word that is no part of the answer")  # noqa: T201
    os.write(1, b"nor is this")
    return os.getpid(), frame * 2


def refusing(_: object) -> None:
    """Work that is refused."""
    raise RequestError("不行")


def counted(most: int) -> Iterator[int]:
    """Numbers, and an error at the end."""
    yield from range(most)
    raise RequestError("到头")


def crash(how: str) -> None:
    """Work that ends its process, if that is a worker."""
    with at_risk(LayerError("中途"), LayerError("很久"), 0):
        if inside():
            os.abort() if how == "abort" else os._exit(0)


def crash_beside() -> int:
    """End the worker for no reason that is known."""
    if inside():
        os._exit(1)
    return os.getpid()


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """A worker that finds this module."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    made = Worker()
    yield made
    made.close()


STARTERS = {"subprocess", "multiprocessing", "concurrent.futures.process", "ProcessPoolExecutor"}
STARTERS |= {"fork", "forkpty", "posix_spawn", "posix_spawnp", "popen", "system", "startfile"}
STARTERS |= {
    f"{how}{kind}" for how in ("spawn", "exec") for kind in ("l", "le", "lp", "v", "ve", "vp")
}
PACKAGE = Path(process_module.__file__).parent


def starters(code: str) -> set[str]:
    """What a module's text uses that starts processes."""
    used: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            used |= {str(node.module), *(alias.name for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == "os":
                used.add(node.attr)
            used |= {node.attr} & {"ProcessPoolExecutor"}
    return {name for name in used if name in STARTERS or name.split(".")[0] in STARTERS}


def test_no_other_module_starts_a_process() -> None:
    found = {
        p.relative_to(PACKAGE).as_posix(): starters(p.read_text("utf-8"))
        for p in sorted(PACKAGE.rglob("*.py"))
    }
    # the second only names what it is given: a process of the first; the third sees to it that what
    # Dask starts hears no Ctrl-C
    starting = {"process.py", "bounds.py", "scale/cluster.py"}
    assert {name for name, used in found.items() if used} == starting
    assert found["bounds.py"] == {"subprocess"}
    assert found["scale/cluster.py"] == {"multiprocessing.resource_tracker"}
    for code in ("from os import fork", "import multiprocessing.pool", "import os; os.popen('x')"):
        assert starters(code), code
    assert not starters("import os; os.path.join('fork'); sheet.system()")


def test_another_process_does_the_work(other: Worker) -> None:
    frame = pd.DataFrame({"a": [1, 2], "t": pd.Series(["甲", "乙"], dtype="str")})
    first, second = other.give(doubled, frame), other.give(doubled, frame * 2)
    process, made = first.take()
    again, more = second.take()
    assert process == again != os.getpid()
    pd.testing.assert_frame_equal(made, frame * 2)
    pd.testing.assert_frame_equal(more, frame * 4)


def test_its_errors_are_raised_here(other: Worker) -> None:
    with pytest.raises(RequestError, match="不行"):
        other.give(refusing, 1).take()
    process, _ = other.give(doubled, 1).take()  # it goes on
    assert process != os.getpid()


def test_what_is_wanted_now_goes_first(other: Worker) -> None:
    other.give(time.sleep, 0.3)
    later, now = other.give(time.monotonic), other.give(time.monotonic, now=True)
    assert now.take() < later.take()


@pytest.mark.parametrize("how", ["abort", "exit"])
def test_what_is_known_to_be_dangerous_has_an_error_of_its_own(other: Worker, how: str) -> None:
    dangerous, innocent = other.give(crash, how), other.give(doubled, 1)
    with pytest.raises(LayerError, match="中途"):
        dangerous.take()
    assert innocent.take()[0] == os.getpid()  # it waited for the one that died
    assert other.give(doubled, 1).take()[0] != os.getpid()  # a new one


def test_a_late_worker_is_called_late() -> None:
    errors = (LayerError("中途"), LayerError("很久"))
    assert process_module._Risk(*errors, time.monotonic() + 9).error is errors[0]
    assert process_module._Risk(*errors, time.monotonic() - 9).error is errors[1]


def test_a_stream_comes_in_parts_and_ends_as_it_would_here(other: Worker) -> None:
    parts, got = Parts(), []
    piece = other.give(counted, 50, parts=parts)
    with pytest.raises(RequestError, match="到头"):  # noqa: PT012 - after the last part
        for part in parts.take(piece.answer):
            got.append(part)  # noqa: PERF402 - what came before the error
    assert got == list(range(50))


def test_a_stream_that_nobody_wants_holds_nothing_up(other: Worker) -> None:
    parts = Parts()
    piece = other.give(counted, 50, parts=parts)
    stream = parts.take(piece.answer)
    assert [next(stream), next(stream)] == [0, 1]
    stream.close()
    assert other.give(doubled, 1).take()[0] != os.getpid()


def _no_process(*_: object, **__: object) -> None:
    raise OSError("not allowed")


@pytest.mark.parametrize("why", ["not allowed", "no program", "starts nothing", "dies later"])
def test_without_help_the_work_is_done_here(
    why: str, other: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "not allowed":
        monkeypatch.setattr(subprocess, "Popen", _no_process)
    if why == "no program":
        monkeypatch.setattr(sys, "executable", sys.executable + "-none")
    if why == "starts nothing":
        monkeypatch.setattr(process_module, "_COMMAND", "raise SystemExit(1) #")
    if why == "dies later":
        assert other.give(crash_beside).take() == os.getpid()
        with pytest.raises(GoneError):
            other.give(crash_beside).answer.result()
        return
    process, made = other.give(doubled, pd.DataFrame({"a": [1]})).take()
    assert process == os.getpid()
    assert made["a"].tolist() == [2]


def test_a_program_that_holds_python_inside_is_not_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/qgis")
    assert Worker().give(os.getpid).answer is None


def test_an_interrupt_stops_both(other: Worker) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        other.give(time.sleep, 60)
        process = other._process
        assert process is not None
        raise KeyboardInterrupt
    other.close()
    assert process.popen.returncode is not None


def test_papers_are_the_same_to_the_byte(sample: Workspace, tmp_path: Path, other: Worker) -> None:
    made = sample.measure(["cemetery-county", "sign-village"], with_nearest=True)
    issues, units = sample.issues(["cemetery"]), units_of(sample, made.assessments)
    near = (made.nearest, made.waiting)
    papers = Papers(sample.catalog, made.assessments, units, *near, issues, None, {})
    paths = {name: tmp_path / name for name in papers.files}
    piece = other.give(write_papers, papers, paths)
    assert piece.answer is not None
    assert piece.answer.result() is None
    for name, write in papers.files.items():
        here = io.BytesIO()
        write(here)
        assert paths[name].read_bytes() == here.getvalue(), name


_ORPHAN = """
import os, signal, sys
from hbgeo.worker import Worker
import time
worker = Worker()
worker.give(time.sleep, 60)
print(worker._process.popen.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_it_ends_with_the_first_however_that_ends() -> None:
    out = subprocess.run([sys.executable, "-c", _ORPHAN], capture_output=True, text=True).stdout
    for _ in range(200):
        try:
            os.kill(int(out), 0)
        except ProcessLookupError:
            break
        if (
            Path(f"/proc/{int(out)}/stat").exists()
            and ") Z " in Path(f"/proc/{int(out)}/stat").read_text()
        ):
            break  # ended; nobody has asked for how
        time.sleep(0.05)
    else:
        pytest.fail("it lives on")
