"""A second process that does a part of the work beside the first.

    with SecondProcess() as second:           # it starts, and loads its libraries meanwhile
        piece = second.give("hbgeo.job", "write_papers", *given)
        ...                                   # the first process goes on
        made = piece.take()

It is a help and never a need: where no process can be started, where it dies or fails, the work
is done here, and every error is raised here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Self

import pandas as pd

_MODULES = ("hbgeo.job",)  # loaded at once, while the first begins
_STORAGE = "mode.string_storage"
_SIZE = 8  # bytes that say how long what follows is


@dataclass(frozen=True)
class Piece:
    """One piece of work: a module's function and what it is given."""

    work: tuple[str, str, tuple[Any, ...]]
    answer: Future[bytes] | None = None

    def take(self) -> Any:
        """What the function gave, or raised."""
        answer = self.answer.result() if self.answer else b""
        # our own process wrote it
        return pickle.loads(answer) if answer else _call(*self.work)  # noqa: S301


class SecondProcess:
    """A second process; pieces of work are done one after another."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        if (os.cpu_count() or 1) > 1:
            # -P: what happens to lie in the user's folder is not taken for a module
            command = [sys.executable, "-P", "-m", "hbgeo.second_process"]
            pipe = subprocess.PIPE
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                    command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
        self._line.shutdown(cancel_futures=True)
        if self._process is not None:
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):  # what was not yet sent is wanted no more
                        pipe.close()

    def give(self, module: str, function: str, *given: Any) -> Piece:
        """Have a module's function called with what is given; all of it must be picklable."""
        work = (module, function, given)
        if self._process is None:
            return Piece(work)
        asked = pickle.dumps((pd.get_option(_STORAGE), work), pickle.HIGHEST_PROTOCOL)
        return Piece(work, self._line.submit(self._ask, asked))

    def _ask(self, asked: bytes) -> bytes:
        """The answer of the second process; nothing where it is no more, or could not do it."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return b""
        with contextlib.suppress(OSError, ValueError):
            _send(self._process.stdin, asked)
            return _receive(self._process.stdout)
        return b""


def _call(module: str, function: str, given: tuple[Any, ...]) -> Any:
    return getattr(importlib.import_module(module), function)(*given)


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(_SIZE, "big"))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """What was sent whole; nothing at the end."""
    size = int.from_bytes(pipe.read(_SIZE), "big")
    content = pipe.read(size)
    return content if len(content) == size else b""


def _serve() -> None:
    """Be the second process: load libraries, then do each piece of work that comes in."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints is no part of the answer
    for module in _MODULES:
        importlib.import_module(module)
    gc.set_threshold(100_000, 50, 50)
    pieces: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(pieces,), daemon=True).start()
    while True:
        storage, work = pickle.loads(pieces.get())  # noqa: S301 - the first process wrote it
        pd.set_option(_STORAGE, storage)
        try:
            answer = pickle.dumps(_call(*work), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - done again, and raised, by the first process
            answer = b""
        del work
        _send(out, answer)


def _listen(pieces: SimpleQueue[bytes]) -> None:
    """Take in pieces of work; where the first process is no more, nobody wants them done."""
    while asked := _receive(sys.stdin.buffer):
        pieces.put(asked)
    os._exit(0)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
