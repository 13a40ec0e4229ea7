"""Two at once in a workspace: the second says who is there since when, and waits or ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from hbgeo.errors import RequestError
from hbgeo.store import lock
from hbgeo.store.lock import NAME, SILENCE, only_one
from hbgeo.store.rests import this_machine


def held(folder: Path, *, age: float = 0, **other: Any) -> Path:
    """A lock as somebody else would have written it, `age` seconds ago."""
    host, boot = this_machine()
    said = {"user": "张某", "machine": "乙机", "process": os.getpid(), "since": "2024-01-10 09:30"}
    said |= {"host": host, "boot": boot, "born": lock._born(os.getpid()), **other}
    path = folder / NAME
    path.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    os.utime(path, (time.time() - age,) * 2)
    return path


def nobody() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_file_says_who_works_and_goes_with_them(tmp_path: Path) -> None:
    with only_one(tmp_path, wait=False, say=pytest.fail):
        said = json.loads((tmp_path / NAME).read_bytes())
        assert said["process"] == os.getpid()
        assert said["user"]
        assert said["machine"]
        assert len(said["since"]) == len("2024-01-10 09:30")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="nobody is copied elsewhere")
def test_a_thread_that_stands_still_is_none_of_the_process_any_more(tmp_path: Path) -> None:
    left = 0
    for _ in range(1000):  # of a hundred about one ended a moment later than it was done
        beat = lock._Beat(tmp_path / "touched")
        task = Path(f"/proc/self/task/{beat._thread.native_id}")
        beat.stop()
        left += task.exists()
    assert left == 0


def test_for_a_moment_no_thread_of_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_BEAT", 0.01)

    def is_touched() -> bool:
        os.utime(tmp_path / NAME, (0, 0))
        until = time.monotonic() + 5
        while (tmp_path / NAME).stat().st_mtime == 0 and time.monotonic() < until:
            time.sleep(0.01)
        return (tmp_path / NAME).stat().st_mtime > 0

    before = threading.active_count()
    with only_one(tmp_path, wait=False, say=pytest.fail):
        assert threading.active_count() == before + 1
        with lock.still():
            assert threading.active_count() == before
        assert is_touched()
    assert threading.active_count() == before
    with lock.still():  # where nothing is held there is nothing to stop
        assert threading.active_count() == before


def test_the_file_goes_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="示例"), only_one(tmp_path, wait=False, say=pytest.fail):
        raise ValueError("示例")
    assert list(tmp_path.iterdir()) == []


def test_a_second_one_ends_and_says_who_is_there_since_when(tmp_path: Path) -> None:
    path = held(tmp_path)
    with pytest.raises(RequestError) as err, only_one(tmp_path, wait=False, say=pytest.fail):
        pass
    said = str(err.value)
    assert f"张某 在 乙机 上（进程 {os.getpid()}，自 2024-01-10 09:30 起）" in said
    assert "--wait" in said
    assert "\n" not in said
    assert path.exists()


def test_a_second_one_may_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_LOOK", 0.01)
    path, said = held(tmp_path), list[str]()
    threading.Timer(0.1, path.unlink).start()
    with only_one(tmp_path, wait=True, say=said.append):
        assert not threading.current_thread().daemon
    assert len(said) == 1
    assert "等它结束" in said[0]


def test_what_a_dead_process_left_is_taken_over_and_said(tmp_path: Path) -> None:
    held(tmp_path, process=nobody())
    said: list[str] = []
    with only_one(tmp_path, wait=False, say=said.append):
        assert json.loads((tmp_path / NAME).read_bytes())["process"] == os.getpid()
    assert len(said) == 1
    assert "没有结束就中断了：张某 在 乙机" in said[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_process_that_bears_the_number_of_a_dead_one_does_not_hold(tmp_path: Path) -> None:
    held(tmp_path, born="1")
    said: list[str] = []
    with only_one(tmp_path, wait=False, say=said.append):
        pass
    assert len(said) == 1


def test_a_lock_from_before_the_machine_was_started_is_left_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "this_machine", lambda: ("aa", "bb"))
    held(tmp_path, host="aa", boot="cc")
    said: list[str] = []
    with only_one(tmp_path, wait=False, say=said.append):
        pass
    assert len(said) == 1


@pytest.mark.parametrize(("age", "free"), [(0, False), (SILENCE - 60, False), (SILENCE + 60, True)])
def test_another_machine_is_believed_dead_only_when_it_is_silent(
    tmp_path: Path, age: float, *, free: bool
) -> None:
    held(tmp_path, age=age, host="another", process=nobody())
    said: list[str] = []
    if free:
        with only_one(tmp_path, wait=False, say=said.append):
            pass
        assert "张某 在 乙机" in said[0]
    else:
        with pytest.raises(RequestError), only_one(tmp_path, wait=False, say=said.append):
            pass
        assert said == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"user": 1}', b"[]"])
def test_half_of_a_lock_holds_for_a_moment_only(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(content)
    with pytest.raises(RequestError, match="另一个程序"), only_one(tmp_path, wait=False, say=pytest.fail):  # fmt: skip
        pass
    os.utime(path, (time.time() - 60,) * 2)
    said: list[str] = []
    with only_one(tmp_path, wait=False, say=said.append):
        pass
    assert "不知是谁" in said[0]


def test_a_lock_that_another_has_taken_over_is_not_removed(tmp_path: Path) -> None:
    with only_one(tmp_path, wait=False, say=pytest.fail):
        path = held(tmp_path)
    assert path.exists()


def test_of_many_who_find_a_lock_left_over_one_at_a_time_works(tmp_path: Path) -> None:
    """Eight processes come upon it at once; what each does inside is never done by two."""
    held(tmp_path, process=nobody())
    code = (
        "import sys, time; from pathlib import Path; from hbgeo.store import lock\n"
        "lock._LOOK = 0.01; home = Path(sys.argv[1]); inside = home / 'inside'\n"
        "with lock.only_one(home, wait=True, say=lambda _: None):\n"
        "    inside.touch(exist_ok=False); time.sleep(0.03); inside.unlink()\n"
    )
    many = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(8)]
    assert [process.wait() for process in many] == [0] * 8
    assert list(tmp_path.iterdir()) == []


def test_work_that_goes_on_touches_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_BEAT", 0.01)
    with only_one(tmp_path, wait=False, say=pytest.fail):
        path = tmp_path / NAME
        os.utime(path, (0, 0))
        limit = time.monotonic() + 5
        while path.stat().st_mtime == 0 and time.monotonic() < limit:
            time.sleep(0.01)
        assert path.stat().st_mtime > 0


def test_a_folder_that_takes_no_file_keeps_nobody_out(tmp_path: Path) -> None:
    with only_one(tmp_path / "nothing", wait=False, say=pytest.fail):
        pass
