"""Parts of a file that is written again and again, each kept for as long as all it comes from is the same."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hbgeo.store.plain import open_plain

_HEAD = struct.Struct("<I")  # bytes of the index that follows: name → print, start and end
_MOST_BYTES = 128 << 20  # of one file: of a larger one nothing is kept


class Store(Protocol):
    """Bytes kept from one run to the next, by key."""

    def get(self, key: str, of: str = "") -> bytes | None:
        """The bytes put under `key` for the very same `of`."""

    def put(self, key: str, data: Any, of: str = "") -> None:
        """Keep bytes, or what a function writes, or forget them."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class KeptParts:
    """Parts by name, all of one file in one entry.

    What is not asked for again until `save` is forgotten.

    Attributes
    ----------
    store
        None keeps nothing.
    name
        Of the file.
    unchanged
        Whether what the prints of parts are of is still as it was when they were taken.
    """

    store: Store | None = None
    name: str = ""
    unchanged: Callable[[], bool] = _always
    _now: dict[str, tuple[str, bytes | memoryview]] = field(default_factory=dict)
    _size: list[int] = field(default_factory=lambda: [0])  # bytes noted so far

    def find(self, part: str, of: str) -> bytes | memoryview | None:
        """The part as it was made of the very same; None where it must be made. "" is no print."""
        kept = self._before.get(part)
        if kept is None or not of or kept[0] != of:
            return None
        self.keep(part, *kept)
        return kept[1]

    def keep(self, part: str, of: str, made: bytes | memoryview) -> None:
        """Note a part that was made."""
        if of and self.store is not None and self._size[0] <= _MOST_BYTES:
            self._size[0] += len(made)
            self._now[part] = of, made
        if self._size[0] > _MOST_BYTES:
            self._now.clear()

    def take(self, part: str, of: str, make: Callable[[], bytes]) -> bytes | memoryview:
        """The part as it was made of the very same before, else as it is made now."""
        found = self.find(part, of)
        if found is None:
            found = make()
            self.keep(part, of, found)
        return found

    def save(self) -> None:
        """Keep the parts for the next time, where one of them was made."""
        same = {k: of for k, (of, _) in self._now.items()}
        if self.store is None or same == {k: of for k, (of, _) in self._before.items()}:
            return
        index, at = {}, 0
        for part, (of, made) in self._now.items():
            index[part] = [of, at, at + len(made)]
            at += len(made)
        if self._size[0] > _MOST_BYTES or not self.unchanged():
            return
        head = json.dumps(index).encode()

        def write(file: IO[bytes]) -> None:
            file.write(_HEAD.pack(len(head)) + head)
            for _, part in self._now.values():
                file.write(part)

        self.store.put(self.name, write)

    @cached_property
    def _before(self) -> dict[str, tuple[str, bytes | memoryview]]:
        content = self.store.get(self.name) if self.store is not None else None
        with suppress(ValueError, TypeError, AttributeError, struct.error):
            if content is not None:
                whole = memoryview(content)
                [size] = _HEAD.unpack_from(whole)
                start = _HEAD.size + size
                index = json.loads(bytes(whole[_HEAD.size : start]))
                return {
                    part: (of, whole[start + a : start + b]) for part, (of, a, b) in index.items()
                }
        return {}


@dataclass(frozen=True)
class KeptSpans:
    """Parts of a file as they stand in the file itself: of each is kept where, of what, and a digest.

    A file that somebody has changed since has other parts, which are made anew.

    Attributes
    ----------
    index
        Keeps what is known of the parts.
    path
        The file as it was written before; None keeps nothing.
    """

    index: KeptParts = field(default_factory=KeptParts)
    path: Path | None = None
    _at: list[int] = field(default_factory=lambda: [0])  # where the next part will begin

    def skip(self, size: int) -> None:
        """Note what stands before the next part."""
        self._at[0] += size

    def take(self, part: str, of: str, make: Callable[[], bytes]) -> bytes | memoryview:
        """The next part as it was made of the very same before, else as it is made now."""
        found = self._find(part, of)
        made = make() if found is None else found
        if of and self.path is not None:
            told = json.dumps([self._at[0], len(made), _digest(made)]).encode()
            self.index.keep(part, of, told)
        self._at[0] += len(made)
        return made

    def save(self) -> None:
        """Keep what is known of the parts for the next time."""
        self.index.save()

    def _find(self, part: str, of: str) -> memoryview | None:
        told = self.index.find(part, of)
        if told is None or not self._before:
            return None
        with suppress(ValueError, TypeError):
            start, size, digest = json.loads(bytes(told))
            found = self._before[start : start + size]
            return found if _digest(found) == digest else None
        return None

    @cached_property
    def _before(self) -> memoryview:
        with suppress(OSError, MemoryError):
            if self.path is not None:
                with open_plain(self.path, _MOST_BYTES) as file:
                    return memoryview(file.read())
        return memoryview(b"")


def _digest(content: bytes | memoryview) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Numbers in rows as bytes, for `unpack_arrays`."""
    about = json.dumps({name: [one.dtype.str, len(one)] for name, one in arrays.items()}).encode()
    return b"".join([_HEAD.pack(len(about)), about, *(one.tobytes() for one in arrays.values())])


def unpack_arrays(content: bytes | memoryview) -> dict[str, NDArray[Any]]:
    """What `pack_arrays` packed.

    Raises
    ------
    ValueError
        If it is something else.
    """
    [size] = _HEAD.unpack_from(content)
    at = _HEAD.size + size
    made = {}
    for name, (kind, length) in json.loads(bytes(content[_HEAD.size : at])).items():
        made[name] = np.frombuffer(content, kind, length, at)
        at += made[name].nbytes
    return made
