"""A folder of bytes worked out before, by key; may be deleted at any time."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from hbgeo.store.plain import open_plain
from hbgeo.store.rests import part_beside, remove_rests

CACHE = ".cache"  # in maps/
MOST = 16  # entries; older ones make room
_MOST_BYTES = 1 << 32  # no layer of a province comes near
_MAGIC = b"hbgeo-1\n"
# what every entry begins with: the magic, how many bytes follow, their CRC-32, what they are of.
# The CRC finds every change within 32 bits, and of others all but one in four billion, in half the
# time of a digest that would also stand up to a forger: who can forge entries can forge layers.
_SEAL = struct.Struct("<8sQI16s")
SEAL_BYTES = _SEAL.size
Content = bytes | Callable[[io.RawIOBase], object]  # bytes, or what writes them


@dataclass(frozen=True)
class StoreFolder:
    """Keeps bytes from one run to the next.

    Nothing depends on it: where it cannot be read or written, and where an entry is not byte for
    byte what was put, entries are forgotten and nobody is told. Several processes may use it at
    once, for an entry appears whole or not at all.

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

    def get(self, key: str, of: str = "") -> bytes | None:
        """The bytes put under `key` (letters and digits), made from the very same `of`; or None."""
        with contextlib.suppress(OSError, MemoryError):
            with open_plain(self.path(key), _MOST_BYTES) as file:
                crc = _read_seal(file, key, of)
                content = file.read()
            return content if zlib.crc32(content) == crc else None
        return None

    def has(self, key: str, of: str = "") -> bool:
        """Whether there is an entry of the very same `of`; its content is not looked at."""
        with contextlib.suppress(OSError), open_plain(self.path(key), _MOST_BYTES) as file:
            _read_seal(file, key, of)
            return True
        return False

    def put(self, key: str, data: Content, of: str = "") -> None:
        """Keep bytes, or what a function writes, under `key`; forget them where that fails."""
        entry = self.path(key)
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            part = part_beside(entry)
            try:
                _write(part, data, _digest(key, of))
                part.replace(entry)  # on Windows another process may be reading the same entry
            finally:
                part.unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        """Where the entry of `key` is, if it is."""
        return self.folder / f"{key}.{self.suffix}"

    def _make_room(self) -> None:
        """Remove the oldest entries, and parts that a process which died left behind."""
        remove_rests(self.folder)
        if self.most is None:
            return
        entries = sorted(self.folder.glob(f"*.{self.suffix}"), key=_modified)
        for old in entries[: 1 - self.most]:
            with contextlib.suppress(OSError):
                old.unlink()


class _Summed(io.RawIOBase):
    """A file written to, and the CRC-32 and number of the bytes that went by."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.crc = self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.crc = zlib.crc32(data, self.crc)
        written = self._file.write(data)
        self.size += written
        return written


def _write(part: Path, data: Content, digest: bytes) -> None:
    with part.open("xb") as file:
        file.write(bytes(SEAL_BYTES))
        body = _Summed(file)
        if callable(data):
            data(body)
        else:
            body.write(data)
        file.seek(0)
        file.write(_SEAL.pack(_MAGIC, body.size, body.crc, digest))


def _read_seal(file: IO[bytes], key: str, of: str) -> int:
    """The CRC-32 of the bytes that follow.

    Raises
    ------
    OSError
        If it is another entry, or not so many bytes follow.
    """
    seal = file.read(SEAL_BYTES)
    if len(seal) == SEAL_BYTES:
        magic, size, crc, digest = _SEAL.unpack(seal)
        whole = os.fstat(file.fileno()).st_size == SEAL_BYTES + size
        if whole and (magic, digest) == (_MAGIC, _digest(key, of)):
            return int(crc)
    raise OSError(f"not the entry {key}")


def _digest(key: str, of: str) -> bytes:
    return blake2b(f"{key}\n{of}".encode(), digest_size=16).digest()


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:  # somebody else removed it meanwhile
        return 0.0
