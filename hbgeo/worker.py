"""The worker: a second process, one a run, for what may end a process and for a part of the job.

    piece = shared().give(write_papers, papers, paths)    # it starts when it is given something
    ...                                                   # the first process goes on
    made = piece.take()

It is a help and never a need: where no process can be started, or where it dies, the work is done
here, and every error is raised here. What is known to be dangerous (`at_risk`; `read.file.apart`
reads foreign files so) has bounds and an error of its own, and the next piece a new worker.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import itertools
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from hbgeo import bounds
from hbgeo.errors import HbgeoError

T = TypeVar("T")

_STORAGE, _AUTO = "mode.string_storage", "auto"
_COMMAND = (
    "import sys; {home!r} in sys.path or sys.path.insert(0, {home!r});"
    "from hbgeo.worker import serve; serve(ends_with_thread={main})"
)
_HEAD = 10  # bytes before what is sent: what it is, the number of the piece, its size
_NEXT, _LATER = 0, 1  # when a piece is done: before those that wait, or after them
_READY, _RISKING, _SAFE, _PART, _DONE, _FAILED, _UNDONE = range(7)  # what the worker says
_PARTS = 4  # of a stream that wait to be taken
_PATIENCE = 0.2  # seconds between two looks whether a stream is still wanted


class GoneError(Exception):
    """The worker ended before it could do a piece, or could not do it."""


@dataclass(frozen=True)
class Piece(Generic[T]):
    """One piece of work: a function of a module and what it is given."""

    work: Callable[..., T]
    given: tuple[Any, ...]
    answer: Future[T] | None = None  # None: nobody but us

    def take(self) -> T:
        """What the function gave, or raised."""
        if self.answer is not None:
            with contextlib.suppress(GoneError):
                return self.answer.result()
        return self.work(*self.given)


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


class Worker:
    """A second process, started when it is first given something and again after it has died.

    Pieces are done one after another; nothing in them may ask for the worker again.
    """

    def __init__(self) -> None:
        self._lock, self._owner = threading.Lock(), os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._useless = not _can_start()
        self._pending: dict[int, Future[Any]] = {}
        self._parts: dict[int, Parts] = {}
        self._numbers = itertools.count()

    def give(
        self, work: Callable[..., T], *given: Any, now: bool = False, parts: Parts | None = None
    ) -> Piece[T]:
        """Have a module's function called with what is given; all of it must be picklable.

        Parameters
        ----------
        now
            Whether it goes before the pieces that wait.
        parts
            Where the parts go that a generator gives.
        """
        pandas = sys.modules.get("pandas")
        storage = pandas.get_option(_STORAGE) if pandas else _AUTO
        asked = pickle.dumps((storage, work, given), pickle.HIGHEST_PROTOCOL)
        with self._lock:
            pipe = self._started()
            if pipe is None:
                return Piece(work, given)
            number, answer = next(self._numbers), Future[T]()
            self._pending[number] = answer
            if parts:
                self._parts[number] = parts
            with contextlib.suppress(OSError):  # it has just died: whoever listens to it knows
                _send(pipe, _NEXT if now else _LATER, number, asked)
        return Piece(work, given, answer)

    def close(self) -> None:
        """End the process; what was not taken is lost."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()

    def _started(self) -> IO[bytes] | None:
        """What the process reads from; None where there can be none."""
        if self._process is None and not self._useless:
            self._process = _start()
            self._useless = self._process is None
            if self._process is not None:
                listener = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
                listener.start()
        return self._process.stdin if self._process else None

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Hand out the answers of a process for as long as it lives."""
        ready, risk, at = False, None, -1
        while message := _receive(process.stdout):
            what, number, content = message
            if what == _READY:
                ready = True
            elif what == _RISKING:
                risk, at = pickle.loads(content), number  # noqa: S301 - our own process wrote it
            elif what == _SAFE:
                risk = None
            elif what == _PART:
                self._parts[number].put(content)
            else:
                self._settle(number, what, content)
        process.wait()
        with self._lock:
            self._useless |= not ready
            if self._process is process:
                self._process = None
            pending, self._pending = self._pending, {}
            streams, self._parts = self._parts, {}
        for pipe in filter(None, (process.stdin, process.stdout)):
            with contextlib.suppress(OSError):  # what was not yet sent is wanted no more
                pipe.close()
        for number, answer in pending.items():
            answer.set_exception(risk.error if risk and number == at else GoneError())
        for stream in streams.values():
            stream.put(None)

    def _settle(self, number: int, what: int, content: bytes) -> None:
        with self._lock:
            answer, parts = self._pending.pop(number), self._parts.pop(number, None)
        try:
            if what == _UNDONE:
                answer.set_exception(GoneError())
            elif what == _FAILED:
                answer.set_exception(pickle.loads(content))  # noqa: S301
            else:
                answer.set_result(pickle.loads(content))  # noqa: S301
        except MemoryError as err:
            answer.set_exception(err)
        if parts:
            parts.put(None)


@dataclass
class _State:
    """What this process knows: its worker, or that it is one."""

    worker: Worker | None = None
    owner: int = 0  # the process whose worker it is: a fork has none
    tell: Callable[[int, bytes], None] | None = None  # in the worker: says something to the first


_here = _State()


def shared() -> Worker:
    """The worker of this process; it is started when it is given something."""
    if _here.worker is None or _here.owner != os.getpid():
        _here.worker, _here.owner = Worker(), os.getpid()
        atexit.register(_here.worker.close)
    return _here.worker


def helper(module: str) -> Worker | None:
    """The worker, having begun to load a module; None where there is one processor only."""
    if (os.cpu_count() or 1) < 2:
        return None
    shared().give(_load, module)
    return shared()


def _load(module: str) -> None:
    importlib.import_module(module)


def inside() -> bool:
    """Whether this process is a worker."""
    return _here.tell is not None


@contextlib.contextmanager
def at_risk(died: Exception, late: Exception, size: int) -> Iterator[None]:
    """In the worker: do what may end it, within the bounds for a file of so many bytes.

    Parameters
    ----------
    died, late
        What the first process raises where the worker ends, or is late.
    """
    if _here.tell is None:
        yield
        return
    seconds = bounds.seconds_for(size)
    risk = _Risk(died, late, time.monotonic() + seconds)
    _here.tell(_RISKING, pickle.dumps(risk))
    with bounds.bounded(seconds, bounds.memory_for(size)):
        yield
    _here.tell(_SAFE, b"")


# ---------------------------------------------------------------- the process


def _can_start() -> bool:
    """Whether the interpreter is one that can be started again: a program may hold it inside."""
    name = Path(sys.executable or "").name.lower()
    return "python" in name and not getattr(sys, "frozen", False)


def _start() -> subprocess.Popen[bytes] | None:
    # -P: what happens to lie in the user's folder is not taken for a module
    home = str(Path(__file__).parent.parent)
    main = threading.current_thread() is threading.main_thread()
    code = _COMMAND.format(home=home, main=main)
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    # Arrow's own memory pool takes a gigabyte of addresses at once: no bound could be set
    settings = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    try:
        process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-P", "-c", code], stdin=pipe, stdout=pipe, stderr=null, env=settings
        )
    except OSError:
        return None
    bounds.end_with_us(process)
    return process


def _send(pipe: IO[bytes], what: int, number: int, content: bytes) -> None:
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
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no part of the answer
    waiting: queue.PriorityQueue[tuple[int, int, bytes]] = queue.PriorityQueue()
    threading.Thread(target=_take_in, args=(waiting,), daemon=True).start()
    gc.set_threshold(100_000, 50, 50)
    _send(out, _READY, 0, b"")
    while True:
        _, number, asked = waiting.get()
        _here.tell = lambda what, content, number=number: _send(out, what, number, content)
        what, answer = _done(asked, _here.tell)
        _send(out, what, number, answer)
        del answer


def _take_in(waiting: queue.PriorityQueue[tuple[int, int, bytes]]) -> None:
    while message := _receive(sys.stdin.buffer):
        waiting.put(message)
    os._exit(0)  # the first process is no more; whatever is being done is done for nobody


def _done(asked: bytes, tell: Callable[[int, bytes], None]) -> tuple[int, bytes]:
    try:
        storage, work, given = pickle.loads(asked)  # noqa: S301 - the first process wrote it
        if storage != _AUTO or "pandas" in sys.modules:
            importlib.import_module("pandas").set_option(_STORAGE, storage)
        made = work(*given)
        if isinstance(made, Generator):
            for part in made:
                tell(_PART, pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
            made = None
        return _DONE, pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
    except (HbgeoError, OSError, ImportError) as err:
        return _FAILED, pickle.dumps(err)
    except Exception:  # noqa: BLE001 - done again, and raised, by the first process
        return _UNDONE, b""
