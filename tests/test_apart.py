"""A foreign file that ends its reader is one line with its name; the next one is read."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from hbgeo import bounds, worker
from hbgeo.errors import LayerError
from hbgeo.process import GoneError, Parts
from hbgeo.read.file import apart
from hbgeo.read.file.apart import _ahead, _stream_named, read_ahead, read_apart, stream_apart
from hbgeo.worker import Piece


def process_of(_: Path, *__: object) -> int:
    """Read nothing; what process did it."""
    return os.getpid()


def end(_: Path) -> None:
    """End the process that reads."""
    os.abort()


def swell(_: Path, megabytes: int) -> int:
    """Take so much memory, a little at a time."""
    return sum(len(one) for one in [bytes(1 << 20) for _ in range(megabytes)]) >> 20


_HELD: list[bytes] = []


def hold(megabytes: int) -> None:
    """Have so much memory from now on."""
    _HELD.append(bytes(megabytes << 20))


def stumble(_: Path) -> None:
    """Raise what a reader may raise of bytes that it did not expect."""
    raise KeyError("第一行\n第二行")


def stop_midway(_: Path) -> Iterator[int]:
    """Give a part, and end the process."""
    yield 1
    os.abort()


def in_parts(_: Path, most: int) -> Iterator[int]:
    """Numbers."""
    yield from range(most)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small file, and a worker that finds this module."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    worker.shared().close()
    path = tmp_path / "台账.xlsx"
    path.write_bytes(b"x")
    yield path
    worker.shared().close()


def test_files_are_read_by_one_other_process(file: Path) -> None:
    first, second = read_apart(process_of, file), read_apart(process_of, file)
    assert first == second != os.getpid()


def test_what_ends_its_reader_is_named_and_the_next_is_read(file: Path) -> None:
    with pytest.raises(
        LayerError, match=r"^台账\.xlsx：读取时程序中途退出.*另存为 \.xlsx 或 \.csv"
    ):
        read_apart(end, file)
    assert read_apart(process_of, file) != os.getpid()


class Asked:
    """A worker that answers with what it was given, in parts where it is asked for a stream."""

    def __init__(self) -> None:
        self.given: list[object] = []

    def give(
        self, work: Callable[..., object], *given: object, parts: Parts | None = None, **_: object
    ) -> Piece[object]:
        assert (parts is not None) == (work is _stream_named)  # else its reader waits for ever
        self.given.append(given[-1])
        answer: Future[object] = Future()
        answer.set_result(given[-1])
        if parts is not None:
            parts.put(pickle.dumps(given[-1]))
            parts.put(None)
        return Piece(work, given, answer)


def test_what_was_read_ahead_is_asked_for_again_only_where_other_things_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked()
    monkeypatch.setattr(apart, "shared", lambda: asked)
    read_ahead(process_of, tmp_path / "a.xlsx", 1)
    assert read_apart(process_of, tmp_path / "a.xlsx", 1) == (1,)  # type: ignore[comparison-overlap]
    assert asked.given == [(1,)]
    read_ahead(process_of, tmp_path / "a.xlsx", 1)
    assert read_apart(process_of, tmp_path / "a.xlsx", 2) == (2,)  # type: ignore[comparison-overlap]
    assert asked.given == [(1,), (1,), (2,)]


def test_the_parts_of_a_stream_are_put_where_they_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked()
    monkeypatch.setattr(apart, "shared", lambda: asked)
    assert list(stream_apart(in_parts, tmp_path / "a.csv", 3)) == [(3,)]
    assert asked.given == [(3,)]


class Dying:
    """A worker that is gone so many times when it is asked."""

    def __init__(self, times: int) -> None:
        self.times, self.asked = times, 0

    def give(self, *asked: object, **_: object) -> Piece[int]:
        self.asked += 1
        answer: Future[int] = Future()
        if self.asked <= self.times:
            answer.set_exception(GoneError())
        else:
            answer.set_result(self.asked)
        return Piece(process_of, asked, answer)


def test_a_worker_that_died_of_something_else_is_asked_twice(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for times, asked in ((0, 1), (1, 2), (2, 2)):
        dying = Dying(times)
        monkeypatch.setattr(apart, "shared", lambda dying=dying: dying)
        if times < 2:
            assert read_apart(process_of, file) == asked
        else:
            with pytest.raises(LayerError, match="读取时程序中途退出"):
                read_apart(process_of, file)
        assert dying.asked == asked


@pytest.mark.skipif(os.name == "nt", reason="Wine keeps to no bound that is set")
def test_memory_has_a_bound_that_is_no_bound_for_the_next(file: Path) -> None:
    most = bounds.memory_for(1) >> 20
    with pytest.raises(LayerError, match=r"^台账\.xlsx：读取所需的内存与文件大小不相称"):
        read_apart(swell, file, most + 100)
    assert read_apart(swell, file, 100) == 100
    with file.open("wb") as grown:
        grown.truncate(40 << 20)
    assert bounds.memory_for(40 << 20) >> 20 == 2400  # what a file of 40 MB may take


@pytest.mark.skipif(os.name == "nt", reason="Wine keeps to no bound that is set")
def test_memory_that_a_worker_holds_for_something_else_is_no_files_fault(file: Path) -> None:
    """A worker that has drawn a nation's boundaries still reads a small file."""
    most = bounds.memory_for(1) >> 20
    worker.shared().give(hold, most + 100).take()
    assert read_apart(swell, file, 100) == 100
    with pytest.raises(LayerError, match="读取所需的内存与文件大小不相称"):
        read_apart(swell, file, most + 100)


@pytest.mark.skipif(sys.platform == "darwin", reason="which does not tell")
def test_what_a_process_holds_is_told() -> None:
    code = (  # of a process that has nothing to fill again
        "import os; from hbgeo import bounds\n"
        "held = bounds._held_on_windows if os.name == 'nt' else bounds._held\n"
        "before = held(); more = bytearray(64 << 20); print(held() - before)"
    )
    said = subprocess.check_output([sys.executable, "-c", code])
    assert 64 << 20 <= int(said) < 80 << 20


def test_a_large_file_has_more_time() -> None:
    assert bounds.seconds_for(0) == 10
    assert bounds.seconds_for(10 << 20) == 70


_LATE = """
from hbgeo.bounds import bounded
with bounded({seconds}, 1 << 30):
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" and __import__("re").match("(a+)+b", "a" * {length})
print("done")
"""


@pytest.mark.parametrize(("length", "done"), [(10, True), (60, False)])
def test_code_that_holds_the_interpreter_is_stopped_too(length: int, *, done: bool) -> None:
    code = _LATE.format(seconds=60 if done else 0.2, length=length)
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (made.stdout, made.stderr) == ("done\n" if done else "", "")
    assert (made.returncode == 0) == done


def test_whatever_a_reader_raises_is_one_line(file: Path) -> None:
    with pytest.raises(LayerError) as caught:
        read_apart(stumble, file)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("台账.xlsx：无法读取，文件已损坏或异常（KeyError")


def test_a_file_that_is_not_there_is_what_the_system_says(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_apart(Path.read_bytes, file.with_name("无.xlsx"))


def test_what_was_read_ahead_is_taken_once(file: Path) -> None:
    read_ahead(process_of, file, 1)
    piece = _ahead[process_of, file]
    assert read_apart(process_of, file, 1) == piece.take()
    assert not _ahead
    read_ahead(process_of, file, 1)
    assert read_apart(process_of, file, 2) != os.getpid()  # asked for otherwise: read anew
    assert not _ahead


def test_a_stream_is_whole_or_names_its_file(file: Path) -> None:
    assert list(stream_apart(in_parts, file, 30)) == list(range(30))
    got = []
    with pytest.raises(LayerError, match=r"^台账\.xlsx：读取时程序中途退出"):  # noqa: PT012
        for part in stream_apart(stop_midway, file):
            got.append(part)  # noqa: PERF402
    assert got == [1]


def test_a_stream_left_alone_frees_the_worker(file: Path) -> None:
    stream = stream_apart(in_parts, file, 1000)
    assert next(stream) == 0
    stream.close()
    assert read_apart(process_of, file) != os.getpid()


def test_without_a_process_it_is_read_here(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/qgis")
    monkeypatch.setattr(worker, "_shared", {})
    assert read_apart(process_of, file) == os.getpid()
    assert list(stream_apart(in_parts, file, 3)) == [0, 1, 2]
    with pytest.raises(LayerError, match="KeyError"):
        read_apart(stumble, file)


def test_another_folder_does_not_move_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent.parent)
    read_apart(process_of, file)  # the worker has started there
    monkeypatch.chdir(file.parent)
    assert read_apart(Path.read_bytes, Path(file.name)) == b"x"


_SCRIPT = """
import sys, pathlib
from hbgeo.read.file.excel import read_sheets
print(len(read_sheets(pathlib.Path(sys.argv[1]))[0].cells))
"""


def test_a_script_without_a_guard_reads_workbooks(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_column(0, 0, ["甲", "乙", "丙"])
    (tmp_path / "own.py").write_text(_SCRIPT, encoding="utf-8")
    (tmp_path / "zipfile.py").write_text("raise SystemExit('not this one')")
    home = str(Path(bounds.__file__).parent.parent)
    made = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "own.py"), str(path)],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": home},
    )  # fmt: skip
    assert made.stdout == "3\n", made.stderr
