"""A second process that does a part of the work beside the first.

    with Beside() as beside:                  # it starts, and loads its libraries meanwhile
        beside.give("hbgeo.show.papers", "papers_bytes", *given)
        ...                                   # the first process goes on
        made = beside.take()

It is a help and never a need: where no process can be started, where it dies or fails, the work
is done here, and so is every error said here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import subprocess
import sys
import threading
from typing import Any, Self

import pandas as pd

_MODULES = ("hbgeo.show.papers",)  # loaded at once, while the first process reads
_LONGEST_S = 600.0
_STORAGE = "mode.string_storage"


class Beside:
    """One piece of work, done by a second process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._answer = b""
        self._work: tuple[str, str, tuple[Any, ...]] | None = None

    def __enter__(self) -> Self:
        if (os.cpu_count() or 1) > 1:
            # -P: what happens to lie in the user's folder is not taken for a module
            command = [sys.executable, "-P", "-m", "hbgeo.beside"]
            pipe = subprocess.PIPE
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                    command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None:
            return
        self._process.kill()
        if self._thread is not None:
            self._thread.join()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not yet sent is wanted no more
                    pipe.close()

    def give(self, module: str, function: str, *given: Any) -> None:
        """Have a module's function called with what is given; all of it must be picklable."""
        self._work = (module, function, given)
        if self._process is not None:
            asked = pickle.dumps((pd.get_option(_STORAGE), self._work), pickle.HIGHEST_PROTOCOL)
            self._thread = threading.Thread(target=self._ask, args=(asked,))
            self._thread.start()

    def take(self) -> Any:
        """What the function gave, or raised."""
        if self._work is None:
            raise RuntimeError
        if self._thread is not None:
            self._thread.join()
        if self._answer:
            return pickle.loads(self._answer)  # noqa: S301 - our own process wrote it
        return _call(*self._work)

    def _ask(self, asked: bytes) -> None:
        if self._process is None:
            return
        with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
            answer, _ = self._process.communicate(asked, timeout=_LONGEST_S)
            if self._process.returncode == 0:
                self._answer = answer


def _call(module: str, function: str, given: tuple[Any, ...]) -> Any:
    return getattr(importlib.import_module(module), function)(*given)


def _serve() -> None:
    """Be the second process: load libraries, wait for one piece of work, answer, end."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints is no part of the answer
    for module in _MODULES:
        importlib.import_module(module)
    gc.set_threshold(100_000, 50, 50)
    asked = sys.stdin.buffer.read()
    if asked:
        storage, work = pickle.loads(asked)  # noqa: S301 - the first process wrote it
        pd.set_option(_STORAGE, storage)
        out.write(pickle.dumps(_call(*work), pickle.HIGHEST_PROTOCOL))
        out.flush()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
