"""The worker: a second process, one a run, for what may end a process and for a part of the job.

    piece = shared().give(write_papers, papers, paths)    # it starts when it is given something
    ...                                                   # the first process goes on
    made = piece.take()

It is a help and never a need: where no process can be started, or where it dies, the work is done
here, and every error is raised here. What is known to be dangerous (`process.at_risk`;
`read.file.apart` reads foreign files so) has bounds and an error of its own, and the next piece a
new process.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hbgeo.packing import packed
from hbgeo.process import (
    AUTO,
    STORAGE,
    GoneError,
    Parts,
    Process,
    can_copy,
    can_start,
    copy_process,
    start_process,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Piece(Generic[T]):
    """One piece of work: a function of a module and what it is given."""

    work: Callable[..., T]
    given: tuple[Any, ...]
    answer: Future[T] | None = None  # None: nobody but us

    @property
    def done(self) -> bool:
        """Whether the worker has done it, or can do it no more."""
        return self.answer is not None and self.answer.done()

    def take(self) -> T:
        """What the function gave, or raised."""
        if self.answer is not None:
            with contextlib.suppress(GoneError):
                return self.answer.result()
        return self.work(*self.given)


class Worker:
    """A process, started when it is first given something and again after it has died.

    Pieces are done one after another; nothing in them may ask for the worker again.
    """

    def __init__(self) -> None:
        self._lock, self._owner = threading.Lock(), os.getpid()
        self._process: Process | None = None
        self._useless = not can_start()

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
        process = self._living()
        if process is None:
            return Piece(work, given)
        pandas = sys.modules.get("pandas")
        storage = pandas.get_option(STORAGE) if pandas else AUTO
        asked = packed((storage, work, given))
        return Piece(work, given, process.ask(asked, now=now, parts=parts))

    def begin_as_copy(self) -> None:
        """Have it begin as a copy of this process, if there is none and it would be whole."""
        with self._lock:
            if self._process is None and not self._useless:
                self._process = copy_process()

    def close(self) -> None:
        """End the process; what was not taken is lost."""
        if self._process is not None and self._owner == os.getpid():
            self._process.close()

    def _living(self) -> Process | None:
        """The process, or a new one; None where there can be none."""
        with self._lock:
            last = self._process
            if not self._useless and not (last and last.alive):
                self._process = None if last and not last.began else start_process()
                self._useless = self._process is None
            return self._process


_shared: dict[int, Worker] = {}  # by the process whose it is: a fork has one of its own


def shared() -> Worker:
    """The worker of this process; it is started when it is given something."""
    owner = os.getpid()
    if owner not in _shared:
        _shared[owner] = Worker()
        atexit.register(_shared[owner].close)
    return _shared[owner]


def helper(both: Sequence[str], alone: Sequence[str]) -> Worker | None:
    """The worker, having begun to load modules; None where there is one processor only.

    Parameters
    ----------
    both
        Modules that this process is about to load, and the worker too: where it can be a copy of
        this process they are loaded once.
    alone
        Modules that only the worker loads.
    """
    if (os.cpu_count() or 1) < 2:
        return None
    if can_copy():
        _load(both)
        shared().begin_as_copy()
    shared().give(_load, (*both, *alone))
    return shared()


def _load(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
