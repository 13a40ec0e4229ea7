"""A share that is slow, or vanishes: Python's calls to the system for files below a folder, patched."""

from __future__ import annotations

import builtins
import errno
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CALLS = ("open", "stat", "lstat", "scandir", "listdir", "replace", "rename", "unlink", "mkdir", "link", "utime")  # fmt: skip
GONE = (errno.ENOTCONN, errno.EHOSTDOWN, errno.EIO)


class Share:
    """What lies below a folder is on a share.

    Attributes
    ----------
    calls
        How many calls there were.
    fails_at
        The number of the call from which all fail; 0: none does.
    once
        Whether the share is back with the call after it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
        self.root, self.calls = str(root), 0
        self.fails_at, self.once, self.code, self.delay = 0, False, errno.ENOTCONN, 0.0
        for name in CALLS:
            monkeypatch.setattr(os, name, self._watched(getattr(os, name)))
        opened = self._watched(io.open)
        monkeypatch.setattr(io, "open", opened)
        monkeypatch.setattr(builtins, "open", opened)

    def reset(self, *, fails_at: int = 0, once: bool = False, code: int = errno.ENOTCONN) -> None:
        """Count from the start."""
        self.calls, self.fails_at, self.once, self.code = 0, fails_at, once, code

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(path: Any = ".", *args: Any, **how: Any) -> Any:
            if isinstance(path, (str, os.PathLike)) and str(path).startswith(self.root):
                self._count(str(path))
            return call(path, *args, **how)

        return watched

    def _count(self, path: str) -> None:
        self.calls += 1
        time.sleep(self.delay)
        late = self.calls == self.fails_at if self.once else self.calls >= self.fails_at > 0
        if late:
            raise OSError(self.code, os.strerror(self.code), path)
