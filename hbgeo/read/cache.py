"""A folder of bytes worked out before, by key; may be deleted at any time."""

from __future__ import annotations

import contextlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

KEPT = 16  # entries; older ones make room
PART = ".part"  # written under a name of its own first: nobody reads half an entry
DAY = 86_400


@dataclass(frozen=True)
class CacheFolder:
    """Keeps bytes from one run to the next.

    Nothing depends on it: where it cannot be read or written, entries are forgotten and nobody
    is told. Several processes may use it at once, for an entry appears whole or not at all.

    Attributes
    ----------
    folder
        Made when something is first put into it.
    suffix
        Of the files, without the dot.
    """

    folder: Path
    suffix: str

    def get(self, key: str) -> bytes | None:
        """The bytes put under `key` (letters and digits), or None."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, data: bytes) -> None:
        """Keep `data` under `key`, or forget it where the folder cannot be written."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=PART, delete=False) as file:
                part = Path(file.name)
                written = _write(file, data)
            if not written or not _move(part, self._path(key)):
                part.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.{self.suffix}"

    def _make_room(self) -> None:
        """Remove the oldest entries, and parts that a process which died left behind."""
        entries = sorted(self.folder.glob(f"*.{self.suffix}"), key=_modified)
        dead = [p for p in self.folder.glob(f"*{PART}") if _modified(p) < time.time() - DAY]
        for old in [*entries[: 1 - KEPT], *dead]:
            old.unlink(missing_ok=True)


def _write(file: IO[bytes], data: bytes) -> bool:
    try:
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
