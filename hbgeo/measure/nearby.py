"""The nearest facility of each place, as an earlier run found it for the very same of both.

near = Nearby(store)
position, metres = near.find(spots, facilities)     # as `distance.nearest_to`
near.save()
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import blake2b
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.arrow import large_texts, text_bytes
from hbgeo.measure.distance import Spots, nearest_to

_KEY = "places"
_WORTH = 20_000  # pairs to be looked at, from which what was found is kept
_MOST_BYTES = 64 << 20  # of what is kept
_POSITION, _METRES = np.dtype("<i4"), np.dtype("<f8")
_EACH = _POSITION.itemsize + _METRES.itemsize  # bytes of a place
Found = tuple[NDArray[np.intp], Floats]


class Store(Protocol):
    """Bytes kept from one run to the next, by key."""

    def get(self, key: str, of: str = "") -> bytes | None:
        """The bytes put under `key` for the very same `of`."""

    def put(self, key: str, data: bytes, of: str = "") -> None:
        """Keep bytes, or forget them."""


class Nearby:
    """Finds what `distance.nearest_to` finds, and remembers it where that takes a search.

    Known again is what was asked of places and facilities whose coordinates and ids are the same to
    the last bit; a row of them that differs is searched for anew, as all others are with it.

    Parameters
    ----------
    store
        None remembers nothing.
    code
        The fingerprint of what searches.
    """

    def __init__(self, store: Store | None = None, code: Callable[[], str] = str) -> None:
        self._store, self._code = store, code
        self._before: dict[str, memoryview] | None = None  # None: nobody has looked yet
        self._asked: dict[str, bytes | memoryview] = {}
        self._new = False  # whether anything was asked that is not kept

    def find(self, spots: Spots, facilities: pd.DataFrame) -> Found:
        """The position of the nearest facility of each place (-1: none), and metres (NaN)."""
        few = len(spots.at) * len(facilities) < _WORTH
        if self._store is None or few or "x" not in facilities:
            return nearest_to(spots, facilities)
        of = _print_of(spots, facilities)
        known = self._known(of, spots.rows, len(facilities))
        if known is not None:
            return known
        at, metres = nearest_to(spots, facilities)
        if sum(map(len, self._asked.values())) + len(at) * _EACH <= _MOST_BYTES:
            self._asked[of] = at.astype(_POSITION).tobytes() + metres.astype(_METRES).tobytes()
            self._new = True
        return at, metres

    def save(self) -> None:
        """Keep what was asked since; of what was found before, as much as there is room for."""
        if self._store is None or not self._new:
            return
        self._new, kept, size = False, {}, 0
        for of, found in {**self._asked, **(self._before or {})}.items():
            size += len(found)
            if size <= _MOST_BYTES:
                kept[of] = found
        head = json.dumps({of: len(found) for of, found in kept.items()}).encode()
        self._store.put(_KEY, b"\n".join([head, b"".join(kept.values())]), self._code())

    def _known(self, of: str, rows: int, most: int) -> Found | None:
        """What was found of the very same, unless it cannot be that."""
        if self._before is None:
            self._before = dict(self._load())
        found = self._asked.get(of, self._before.get(of))
        if found is None or len(found) != rows * _EACH:
            return None
        at = np.frombuffer(found, _POSITION, rows).astype(np.intp)
        if rows and not (at.min() >= -1 and at.max() < most):
            return None
        self._asked[of] = found
        return at, np.frombuffer(found, _METRES, rows, rows * _POSITION.itemsize).astype(float)

    def _load(self) -> Iterator[tuple[str, memoryview]]:
        content = self._store.get(_KEY, self._code()) if self._store else None
        if content is None:
            return
        at = content.find(b"\n") + 1
        with suppress(ValueError, TypeError, AttributeError):
            for of, size in json.loads(content[:at]).items():
                yield of, memoryview(content)[at : at + size]
                at += size


def _print_of(spots: Spots, facilities: pd.DataFrame) -> str:
    """Of all that a search rests on: where places and facilities are, and what these are called."""
    made = blake2b(f"{spots.rows} {len(facilities)}\n".encode(), digest_size=16)
    for numbers in (spots.at, spots.x, spots.y, *(facilities[c].to_numpy(float) for c in "xy")):
        made.update(np.ascontiguousarray(numbers).data)
    for part in text_bytes(large_texts(facilities.index.astype("str").array)):
        made.update(part)
    return made.hexdigest()
