"""Columns as the page stores them: distinct texts and byte planes behind a short JSON head.

A part is a 32-bit length (little-endian), that many bytes of JSON, and then the planes. Numbers
stand in planes (all low bytes, then all second bytes, …) as gzip packs those far better than
decimals, and the page reads a million of them at once.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from datetime import date
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hbgeo.show.page.cells import Texts, read_off

_DAY = re.compile(r"[12]\d{3}-\d\d-\d\d")
_NUMBERED = re.compile(r"(\D*)\d+")
_MOST_DIGITS, _EXACT = 15, 2.0**53  # a JavaScript number is exact so far


class PartWriter:
    """One part of the page's data while it is put together."""

    def __init__(self) -> None:
        self._planes: list[bytes] = []
        self._spans: dict[tuple[int, bytes], list[int]] = {}
        self._size = 0

    def whole(self, numbers: ArrayLike) -> list[int]:
        """Store whole numbers from nought on; return where: start, bytes a number, how many.

        The same numbers are stored once.
        """
        values = np.asarray(numbers, dtype=np.int64)
        width = max(1, (int(values.max(initial=0)).bit_length() + 7) // 8)
        planes = planes_of(values, width)
        span = self._spans.setdefault((width, planes), [self._size, width, len(values)])
        if span[0] == self._size:
            self._planes.append(planes)
            self._size += len(planes)
        return span

    def steps(self, numbers: ArrayLike) -> list[int]:
        """Store whole numbers of either sign by their differences, alternating: 0, -1, 1, -2 and so on."""
        values = np.asarray(numbers, dtype=np.int64)
        change: NDArray[np.int64] = np.diff(values, prepend=np.int64(0))
        return self.whole((change << 1) ^ (change >> 63))

    def figures(self, numbers: Sequence[float | str | None]) -> Any:
        """Store figures of at most one decimal as `scale` and `plus3`, 0 for None; others as they are."""
        if str in set(map(type, numbers)):
            return list(numbers)
        values = np.array(numbers, dtype=float)  # None becomes NaN
        known = ~np.isnan(values)
        for scale in (1, 10):
            whole = np.rint(values * scale)
            exact = (values >= -2) & (values < _EXACT) & (whole / scale == values)
            if exact[known].all():
                return {"scale": scale, "plus3": self.whole(np.where(known, whole + 3, 0))}
        return list(numbers)

    def column(self, cells: Iterable[Any] | Texts) -> dict[str, Any]:
        """Store a column of texts in the shortest of five ways.

        `one` text for all rows; `days` after `first` (0: none); numbered texts as `prefix`,
        `digits` (0: not padded) and `steps`; `texts` row by row where most differ; else the
        distinct `texts` and `at`, which of them.
        """
        shown = cells if isinstance(cells, Texts) else read_off(cells)
        if len(shown.distinct) == 1:
            return {"one": shown.distinct[0]}
        days = _days(shown.distinct)
        if days is not None:
            first = int(days[days > 0].min())
            since = np.where(days > 0, days - first + 1, 0)
            return {"first": first, "days": self.whole(since[shown.at])}
        if 2 * len(shown.distinct) <= len(shown):
            return {"texts": list(shown.distinct), "at": self.whole(shown.at)}
        numbered = _numbered(shown.rows)
        if numbered is None:
            return {"texts": shown.rows}
        prefix, width, numbers = numbered
        return {"prefix": prefix, "digits": width, "steps": self.steps(numbers)}

    def pack(self, head: Any) -> str:
        """Return the part as text: gzip without a clock time, in 85 signs."""
        text = to_json(head)
        size = len(text).to_bytes(4, "little")
        return pack(b"".join([size, text, *self._planes]))


_GZIP = 16 + zlib.MAX_WBITS
_SYSTEM_AT, _UNIX = 9, 3
_SAFE = str.maketrans("<&{", ",.[")  # signs that mean something in HTML or in templates
_SIGNS = f"{digits}{ascii_uppercase}{ascii_lowercase}!#$%&()*+-;<=>?@^_`{{|}}~".translate(_SAFE)


def planes_of(numbers: NDArray[np.int64] | NDArray[np.int32], width: int) -> bytes:
    """The `width` low bytes of whole numbers: all the lowest, then all the second, and so on."""
    return numbers.astype("<i8").view(np.uint8).reshape(-1, 8).T[:width].tobytes()


def pack(raw: bytes, *, noise: bool = False) -> str:
    """Gzip without a clock time, as base 85: a sixteenth shorter than base 64.

    `noise` looks for runs only: of points in the order of a grid that is as short, and quick.
    """
    strategy = zlib.Z_RLE if noise else zlib.Z_DEFAULT_STRATEGY
    # level 9 takes five times as long for a fiftieth
    gzip = zlib.compressobj(6, wbits=_GZIP, strategy=strategy)
    made = bytearray(gzip.compress(raw) + gzip.flush())
    made[_SYSTEM_AT] = _UNIX  # whichever system zlib was made for
    return _base85(bytes(made))


def _base85(raw: bytes) -> str:
    """Four bytes as five signs, the highest first; `base64.b85encode` ten times as quick."""
    short = -len(raw) % 4
    words = np.frombuffer(raw + bytes(short), dtype=">u4").astype(np.uint32)
    signs = np.empty((len(words), 5), dtype=np.uint8)
    alphabet = np.frombuffer(_SIGNS.encode("ascii"), dtype=np.uint8)
    for digit_at in (4, 3, 2, 1, 0):
        words, digit = np.divmod(words, np.uint32(85))
        signs[:, digit_at] = alphabet[digit]
    return signs.tobytes()[: signs.size - short].decode("ascii")


def unpack(text: str) -> bytes:
    """Undo `pack`, as the page does."""
    back = str.maketrans(",.[", "<&{")
    return zlib.decompress(base64.b85decode(text.translate(back)), wbits=_GZIP)


def to_json(value: Any) -> bytes:
    """JSON as short as it gets; a lone surrogate becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _days(distinct: Sequence[str]) -> NDArray[np.int64] | None:
    """Dates as days of the proleptic calendar, "" as 0; None if any text is something else."""
    if not distinct or not all(text == "" or _DAY.fullmatch(text) for text in distinct):
        return None
    try:
        return np.array([date.fromisoformat(text).toordinal() if text else 0 for text in distinct])
    except ValueError:  # 2023-02-30
        return None


def _numbered(shown: Sequence[str]) -> tuple[str, int, NDArray[np.int64]] | None:
    """Prefix, digits and numbers of texts like GM0001, GM0002; None if they are not all like that."""
    first = _NUMBERED.fullmatch(shown[0])
    if not first:
        return None
    prefix = first[1]
    if not all(text.startswith(prefix) for text in shown):
        return None
    figures = [text[len(prefix) :] for text in shown]
    # 0-9 only: the page could not give back other scripts' figures
    if not (all(map(str.isdecimal, figures)) and all(map(str.isascii, figures))):
        return None
    widths = np.fromiter(map(len, figures), dtype=np.int64)
    if widths.max() > _MOST_DIGITS:
        return None
    numbers = np.fromiter(map(int, figures), dtype=np.int64)
    padded = bool(((numbers < 10 ** (widths - 1)) & (widths > 1)).any())
    if padded and np.ptp(widths):
        return None
    return prefix, int(widths[0]) if padded else 0, numbers
