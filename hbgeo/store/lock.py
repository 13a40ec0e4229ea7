"""One writer in a workspace at a time: who works there says so in a file, and others wait or end.

The file is touched as long as its process lives. It is left over where that process is gone; of
another machine, whose processes nobody sees from here, where it was not touched for a while.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from hbgeo.errors import RequestError
from hbgeo.store.plain import open_plain
from hbgeo.store.rests import UNKNOWN, part_beside, runs, this_machine

NAME = ".hbgeo.lock"
_MOST = 4096  # bytes
_BEAT = 60.0  # seconds between two touches
SILENCE = 900.0  # seconds without a touch, after which another machine's is left over
_NEW = 30.0  # seconds that writing the file may take
_ENDING = 1.0  # seconds that a thread which is done may take to end
_LOOK = 1.0  # seconds between two looks while waiting
Say = Callable[[str], None]


@dataclass(frozen=True)
class Holder:
    """Who works: user and machine by name, process, since when; and what tells them from others."""

    user: str
    machine: str
    process: int
    since: str
    host: str
    boot: str
    born: str

    @property
    def called(self) -> str:
        """In words."""
        return f"{self.user} 在 {self.machine} 上（进程 {self.process}，自 {self.since} 起）"


class _Beat:
    """Touches a file for as long as it is not stopped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.go_on()

    def go_on(self) -> None:
        """Touch it from now on."""
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._touch, args=(self._done,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Touch it no more; no thread is left."""
        self._done.set()
        self._thread.join()
        # the system may count it for a moment longer, and who is to be copied then has another thread
        task = Path(f"/proc/self/task/{self._thread.native_id}")
        end = time.monotonic() + _ENDING
        while task.exists() and time.monotonic() < end:
            time.sleep(0.0005)

    def _touch(self, done: threading.Event) -> None:
        while not done.wait(_BEAT):
            with contextlib.suppress(OSError):
                os.utime(self._path)


_beats: list[_Beat] = []  # of what is held, the last taken last


@contextlib.contextmanager
def still() -> Iterator[None]:
    """Let no thread of ours run for a moment, much shorter than others take for silence."""
    for beat in _beats:
        beat.stop()
    try:
        yield
    finally:
        for beat in _beats:
            beat.go_on()


@contextlib.contextmanager
def only_one(folder: Path, *, wait: bool, say: Say) -> Iterator[None]:
    """Be the only one who works in a folder for as long as the context lasts.

    Where the folder takes no file nobody is kept out: what is to be written there will fail.

    Parameters
    ----------
    wait
        Whether to wait for whoever is there.
    say
        Told in a line whom one waits for, and whose work was left over.

    Raises
    ------
    RequestError
        If somebody else works there, and `wait` is not set.
    """
    path, content = folder / NAME, json.dumps(asdict(_me()), ensure_ascii=False).encode()
    try:
        held = _take(path, content, wait=wait, say=say)
    except OSError:
        held = False
    if not held:
        yield
        return
    _beats.append(_Beat(path))
    try:
        yield
    finally:
        _beats.pop().stop()
        with contextlib.suppress(OSError):
            if path.read_bytes() == content:  # somebody may have thought us dead
                path.unlink()


def _take(path: Path, content: bytes, *, wait: bool, say: Say) -> bool:
    """Write the file, once nobody else's is there."""
    told = False
    while not _write(path, content):
        found = _read(path)
        if found is None:
            continue  # gone meanwhile
        other, holder = found
        if _is_left(holder, _age(path)):
            if _remove(path, other):
                who = holder.called if holder else "不知是谁"
                say(f"上一次运行没有结束就中断了：{who}；已接着用这个工作区。")
            continue
        who = holder.called if holder else "另一个程序"
        if not wait:
            raise RequestError(
                f"{path.parent.parent}：正被使用：{who}；请等它结束，或加 --wait 等候"
                f"（确知它已不在运行的，可删去 {path}）"
            )
        if not told:
            say(f"{path.parent.parent} 正被使用：{who}；等它结束。")
            told = True
        time.sleep(_LOOK)
    return True


def _me() -> Holder:
    host, boot = this_machine()
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "某用户"
    now = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
    mine = os.getpid()
    return Holder(user, platform.node() or "本机", mine, now, host, boot, _born(mine))


def _born(process: int) -> str:
    """When a process of this machine began, in its own count; "" where that cannot be told."""
    try:
        return Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2].split()[19].decode()
    except (OSError, IndexError):
        return ""


def _write(path: Path, content: bytes) -> bool:
    """Make the file; False where there is one already."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    except BaseException:  # half of one would keep everybody out
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return True


def _read(path: Path) -> tuple[bytes, Holder | None] | None:
    """What stands in the file, and whom it names; None where it is gone."""
    try:
        with open_plain(path, _MOST) as file:
            content = file.read()
    except FileNotFoundError:
        return None
    try:
        said = Holder(**json.loads(content))
    except (ValueError, TypeError):
        return content, None
    texts = (said.user, said.machine, said.since, said.host, said.boot, said.born)
    sound = isinstance(said.process, int) and all(isinstance(t, str) for t in texts)
    return content, said if sound else None


def _is_left(holder: Holder | None, age: float) -> bool:
    if holder is None:
        return age > _NEW
    host, boot = this_machine()
    if holder.host != host:
        return age > SILENCE
    if not runs(holder.process):
        return True
    born = _born(holder.process)
    if holder.born and born and holder.born != born:
        return True  # its number is another's by now
    known = UNKNOWN not in {boot, holder.boot}
    return holder.boot != boot if known else age > SILENCE


def _age(path: Path) -> float:
    """Seconds since the file was touched, by the clock of the disk it is on."""
    probe = part_beside(path)
    try:
        probe.touch()
        now = probe.stat().st_mtime
    finally:
        probe.unlink(missing_ok=True)
    try:
        return now - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _remove(path: Path, content: bytes) -> bool:
    """Remove a file that was left over, unless it is another by now."""
    moved = part_beside(path)
    try:
        path.rename(moved)
    except FileNotFoundError:
        return False  # somebody was quicker
    mine = moved.read_bytes() == content
    if not mine:
        _write(path, moved.read_bytes())  # somebody else's, who took it over meanwhile
    moved.unlink(missing_ok=True)
    return mine
