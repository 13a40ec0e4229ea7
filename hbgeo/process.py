"""The worker's process: at our end what is asked of it and what it says, at its own what it does."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from hbgeo import bounds
from hbgeo.errors import HbgeoError
from hbgeo.loading import SETTINGS
from hbgeo.packing import packed

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

STORAGE, AUTO = "mode.string_storage", "auto"  # an option of pandas, and what it is unless set
_COMMAND = (
    "import sys; {home!r} in sys.path or sys.path.insert(0, {home!r});"
    "from hbgeo.process import serve; serve(ends_with_thread={main})"
)
_HEAD = 10  # bytes before what is sent: what it is, the number of the piece, its size
_NEXT, _LATER = 0, 1  # when a piece is done: before those that wait, or after them
_READY, _RISKING, _SAFE, _PART, _DONE, _FAILED, _UNDONE = range(7)  # what the process says
_PARTS = 4  # of a stream that wait to be taken
_STOPPING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 0.2  # seconds between two looks whether a stream is still wanted


class GoneError(Exception):
    """The worker ended before it could do a piece, or could not do it."""


class Parts:
    """The parts of a stream as they come, few at a time: the worker waits for who takes them."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[Any] = queue.Queue(_PARTS)
        self._closed = threading.Event()

    def put(self, part: Any) -> None:
        """Wait until there is room, or nobody wants any more."""
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                return self._waiting.put(part, timeout=_PATIENCE)
        return None

    def take(self, answer: Future[Any]) -> Iterator[Any]:
        """Each part; at the end what the function raised."""
        try:
            while (part := self._waiting.get()) is not None:
                yield pickle.loads(part)  # noqa: S301 - our own process wrote it
            answer.result()
        finally:
            self._closed.set()


@dataclass(frozen=True)
class _Risk:
    """What is to be raised if the worker ends now."""

    died: Exception
    late: Exception
    until: float  # seconds of the monotonic clock

    @property
    def error(self) -> Exception:
        return self.late if time.monotonic() > self.until - 1 else self.died


class Process:
    """A process that lives, as we see it; `start_process` makes one.

    Attributes
    ----------
    alive
        Whether it can be given something.
    began
        Whether it ever was ready, or we ended it: if not, another would do no better.
    """

    def __init__(self, process: subprocess.Popen[bytes] | _Copy) -> None:
        self.alive, self.began = True, False
        self.popen = process
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[Future[Any], Parts | None]] = {}
        self._count = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, asked: bytes, *, now: bool, parts: Parts | None) -> Future[Any]:
        """Send a piece; its answer may be that the process is gone."""
        answer: Future[Any] = Future()
        with self._lock:
            if not self.alive or self.popen.stdin is None:
                answer.set_exception(GoneError())
                return answer
            self._count += 1
            self._waiting[self._count] = (answer, parts)
            with contextlib.suppress(OSError):  # it has just died: whoever listens to it knows
                _send(self.popen.stdin, self._count, _NEXT if now else _LATER, asked)
        return answer

    def close(self) -> None:
        """End it; what was not taken is lost."""
        self.alive, self.began = False, True
        self.popen.kill()
        self.popen.wait()

    def _listen(self) -> None:
        """Hand out its answers for as long as it lives."""
        risk, at = None, 0
        while message := _receive(self.popen.stdout):
            what, number, content = message
            if what == _READY:
                self.began = True
            elif what == _RISKING:
                risk, at = pickle.loads(content), number  # noqa: S301 - our own process wrote it
            elif what == _SAFE:
                risk = None
            elif what == _PART:
                _, parts = self._waiting[number]
                if parts:
                    parts.put(content)
            else:
                with self._lock:
                    asked = self._waiting.pop(number)
                _settle(*asked, what, content)
        self.popen.wait()
        with self._lock:
            self.alive = False
            left, self._waiting = self._waiting, {}
        for pipe in filter(None, (self.popen.stdin, self.popen.stdout)):
            with contextlib.suppress(OSError):  # what was not yet sent is wanted no more
                pipe.close()
        for number, (answer, parts) in left.items():
            answer.set_exception(risk.error if risk and number == at else GoneError())
            if parts:
                parts.put(None)


def _settle(answer: Future[Any], parts: Parts | None, what: int, content: bytes) -> None:
    try:
        if what == _UNDONE:
            answer.set_exception(GoneError())
        elif what == _FAILED:
            answer.set_exception(pickle.loads(content))  # noqa: S301 - our own process wrote it
        else:
            answer.set_result(pickle.loads(content))  # noqa: S301
    except MemoryError as err:
        answer.set_exception(err)
    if parts:
        parts.put(None)


def can_start() -> bool:
    """Whether the interpreter is one that can be started again: a program may hold it inside."""
    name = Path(sys.executable or "").name.lower()
    return "python" in name and not getattr(sys, "frozen", False)


def can_copy() -> bool:
    """Whether a copy of this process would be whole: none of its threads but this one runs.

    Elsewhere than on Linux libraries of the system do not outlive being copied.
    """
    pool = "ARROW_DEFAULT_MEMORY_POOL"
    if sys.platform != "linux" or inside() or os.environ.get(pool) != SETTINGS[pool]:
        return False
    with contextlib.suppress(OSError):
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    return False


def copy_process() -> Process | None:
    """Make one of this process as it is, with all that is loaded; None where that would not be whole."""
    if not can_copy():
        return None
    import multiprocessing

    ends = asked, ours, answers, theirs = (*os.pipe(), *os.pipe())
    copied = multiprocessing.get_context("fork").Process(
        target=_serve_copied, args=(asked, theirs, ends), daemon=True
    )
    # what we do when we are stopped is not for a copy
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    try:
        copied.start()
    except OSError:
        for end in ends:
            os.close(end)
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for end in (asked, theirs):
        os.close(end)
    return Process(_Copy(copied, os.fdopen(ours, "wb"), os.fdopen(answers, "rb")))


@dataclass(frozen=True)
class _Copy:
    """A copy of this process, by what `subprocess.Popen` would say of it."""

    process: BaseProcess
    stdin: IO[bytes]
    stdout: IO[bytes]

    @property
    def pid(self) -> int | None:
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def kill(self) -> None:
        self.process.kill()

    def wait(self) -> None:
        self.process.join()


def start_process() -> Process | None:
    """Start one; None where the system allows none."""
    # -P: what happens to lie in the user's folder is not taken for a module
    home = str(Path(__file__).parent.parent)
    main = threading.current_thread() is threading.main_thread()
    code = _COMMAND.format(home=home, main=main)
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    settings = {**os.environ, **SETTINGS}
    # who asks what a command loads is told of both processes
    told, said = (["-X", "importtime"], None) if _asks_what_is_loaded() else ([], null)
    try:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, *told, "-P", "-c", code],
            stdin=pipe,
            stdout=pipe,
            stderr=said,
            env=settings,
        )
    except OSError:
        return None
    bounds.end_with_us(process)
    return Process(process)


def _asks_what_is_loaded() -> bool:
    return "importtime" in sys._xoptions  # noqa: SLF001


# ---------------------------------------------------------------- at its own end

# in a worker: what says something of the piece that is done to the first process
_here: dict[str, Callable[[int, bytes], None]] = {}


def inside() -> bool:
    """Whether this process is a worker."""
    return bool(_here)


@contextlib.contextmanager
def at_risk(died: Exception, late: Exception, size: int) -> Iterator[None]:
    """In the worker: do what may end it, within the bounds for a file of so many bytes.

    Parameters
    ----------
    died, late
        What the first process raises where the worker ends, or is late.
    """
    if not _here:
        yield
        return
    seconds = bounds.seconds_for(size)
    risk = _Risk(died, late, time.monotonic() + seconds)
    _here["tell"](_RISKING, pickle.dumps(risk))
    with bounds.bounded(seconds, bounds.memory_for(size)):
        yield
    _here["tell"](_SAFE, b"")


def _send(pipe: IO[bytes], number: int, what: int, content: bytes) -> None:
    pipe.write(bytes([what]) + number.to_bytes(4, "big") + len(content).to_bytes(5, "big"))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> tuple[int, int, bytes] | None:
    """What was sent whole; nothing at the end."""
    head = pipe.read(_HEAD) if pipe else b""
    if pipe is None or len(head) < _HEAD:
        return None
    what, number, size = head[0], int.from_bytes(head[1:5], "big"), int.from_bytes(head[5:], "big")
    content = pipe.read(size)
    return (what, number, content) if len(content) == size else None


def serve(*, ends_with_thread: bool) -> None:
    """Be the worker: do each piece of work that comes in, until nobody is there to send more."""
    if ends_with_thread:
        bounds.end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches both: nothing to tidy here
    asked_for, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # what a library prints is no part of the answer; and Windows holds up a library that is loaded
    # and looks at the standard input for as long as another thread waits for something from there
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    waiting: queue.PriorityQueue[tuple[int, int, bytes]] = queue.PriorityQueue()
    threading.Thread(target=_take_in, args=(asked_for, waiting), daemon=True).start()
    gc.set_threshold(100_000, 50, 50)
    _send(out, 0, _READY, b"")
    while True:
        _, number, asked = waiting.get()
        _here["tell"] = partial(_send, out, number)
        what, answer = _done(asked)
        _send(out, number, what, answer)
        del answer


def _serve_copied(asked: int, answers: int, ends: Collection[int]) -> None:
    """Be the worker in a copy of the first process, of whose pipes two are ours."""
    for one in _STOPPING:
        signal.signal(one, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
    os.dup2(asked, 0), os.dup2(answers, 1)
    for end in ends:
        os.close(end)
    if not _asks_what_is_loaded():
        with Path(os.devnull).open("wb") as nothing:
            os.dup2(nothing.fileno(), 2)
    serve(ends_with_thread=True)


def _take_in(pipe: IO[bytes], waiting: queue.PriorityQueue[tuple[int, int, bytes]]) -> None:
    while message := _receive(pipe):
        waiting.put(message)
    os._exit(0)  # the first process is no more; whatever is being done is done for nobody


def _done(asked: bytes) -> tuple[int, bytes]:
    try:
        storage, work, given = pickle.loads(asked)  # noqa: S301 - the first process wrote it
        if storage != AUTO or "pandas" in sys.modules:
            importlib.import_module("pandas").set_option(STORAGE, storage)
        made = work(*given)
        if isinstance(made, Generator):
            for part in made:
                _here["tell"](_PART, packed(part))
            made = None
        return _DONE, packed(made)
    except (HbgeoError, OSError, ImportError) as err:
        return _FAILED, pickle.dumps(err)
    except Exception:  # noqa: BLE001 - done again, and raised, by the first process
        return _UNDONE, b""
