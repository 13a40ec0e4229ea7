"""A folder of bytes worked out before, by key; may be deleted at any time."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MOST = 16  # entries; older ones make room
PART = ".part"  # written under a name of its own first: nobody reads half an entry
DAY = 86_400


@dataclass(frozen=True)
class StoreFolder:
    """Keeps bytes from one run to the next.

    Nothing depends on it: where it cannot be read or written, entries are forgotten and nobody
    is told. Several processes may use it at once, for an entry appears whole or not at all.

    Attributes
    ----------
    folder
        Made when something is first put into it.
    suffix
        Of the files, without the dot.
    most
        Entries kept, the newest; None for all of them.
    """

    folder: Path
    suffix: str
    most: int | None = MOST

    def get(self, key: str) -> bytes | None:
        """The bytes put under `key` (letters and digits), or None."""
        try:
            return self.path(key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, data: bytes | Callable[[IO[bytes]], None]) -> None:
        """Keep bytes, or what a function writes, under `key`; forget them where that fails."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=PART, delete=False) as file:
                part = Path(file.name)
                written = _write(file, data)
            if not written or not _move(part, self.path(key)):
                part.unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        """Where the entry of `key` is, if it is."""
        return self.folder / f"{key}.{self.suffix}"

    def _make_room(self) -> None:
        """Remove the oldest entries, and parts that a process which died left behind."""
        entries: list[Path] = []
        if self.most is not None:
            entries = sorted(self.folder.glob(f"*.{self.suffix}"), key=_modified)
            entries = entries[: 1 - self.most]
        dead = [p for p in self.folder.glob(f"*{PART}") if _modified(p) < time.time() - DAY]
        for old in [*entries, *dead]:
            old.unlink(missing_ok=True)


def _write(file: IO[bytes], data: bytes | Callable[[IO[bytes]], None]) -> bool:
    try:
        if callable(data):
            data(file)
        else:
            file.write(data)
        file.flush()
    except OSError:
        return False
    return True


def _move(part: Path, entry: Path) -> bool:
    try:
        part.replace(entry)
    except OSError:  # on Windows another process may be reading the same entry
        return False
    return True


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # somebody else removed it meanwhile
        return 0.0
