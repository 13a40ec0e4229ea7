"""Columns as the page stores them: distinct texts and byte planes behind a short JSON head.

A part is a 32-bit length (little-endian), that many bytes of JSON, and then the planes. Numbers
stand in planes (all low bytes, then all second bytes, …) as gzip packs those far better than
decimals, and the page reads a million of them at once.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

_DAY = re.compile(r"[12]\d{3}-\d\d-\d\d")
_NUMBERED = re.compile(r"(\D*)(\d{1,15})")


class Part:
    """One part of the page's data while it is put together."""

    def __init__(self) -> None:
        self._planes: list[bytes] = []
        self._places: dict[tuple[int, bytes], list[int]] = {}
        self._size = 0

    def whole(self, numbers: ArrayLike) -> list[int]:
        """Store whole numbers from nought on; return where: start, bytes a number, how many.

        The same numbers are stored once.
        """
        values = np.asarray(numbers, dtype=np.int64)
        width = max(1, (int(values.max(initial=0)).bit_length() + 7) // 8)
        planes = b"".join(
            (values >> 8 * byte & 255).astype(np.uint8).tobytes() for byte in range(width)
        )
        place = self._places.setdefault((width, planes), [self._size, width, len(values)])
        if place[0] == self._size:
            self._planes.append(planes)
            self._size += len(planes)
        return place

    def steps(self, numbers: ArrayLike) -> list[int]:
        """Store whole numbers of either sign by their differences, alternating: 0, -1, 1, -2 and so on."""
        values = np.asarray(numbers, dtype=np.int64)
        change: NDArray[np.int64] = np.diff(values, prepend=np.int64(0))
        return self.whole((change << 1) ^ (change >> 63))

    def figures(self, numbers: Sequence[float | str | None]) -> Any:
        """Store figures of at most one decimal as `scale` and `plus3`, 0 for None; others as they are."""
        known = [number for number in numbers if number is not None]
        for scale in (1, 10):
            if all(
                not isinstance(n, str) and n >= -2 and round(n * scale) / scale == n for n in known
            ):
                whole = [0 if n is None else round(float(n) * scale) + 3 for n in numbers]
                return {"scale": scale, "plus3": self.whole(whole)}
        return list(numbers)

    def column(self, cells: Iterable[Any]) -> dict[str, Any]:
        """Store a column of texts in the shortest of five ways.

        `one` text for all rows; `days` after `first` (0: none); numbered texts as `prefix`,
        `digits` (0: not padded) and `steps`; `texts` row by row where most differ; else the
        distinct `texts` and `at`, which of them.
        """
        shown = texts(cells)
        at, distinct = pd.factorize(np.array(shown, dtype=object))
        if len(distinct) == 1:
            return {"one": distinct[0]}
        days = _days(list(distinct))
        if days:
            first = min(day for day in days.values() if day)
            since = [days[text] - first + 1 if text else 0 for text in shown]
            return {"first": first, "days": self.whole(since)}
        numbered = _numbered(shown) if 2 * len(distinct) > len(shown) else None
        if numbered:
            prefix, digits, numbers = numbered
            return {"prefix": prefix, "digits": digits, "steps": self.steps(numbers)}
        if 2 * len(distinct) > len(shown):
            return {"texts": shown}
        return {"texts": list(distinct), "at": self.whole(at)}

    def pack(self, head: Any) -> str:
        """Return the part as text: gzip without a clock time, in 85 signs."""
        text = to_json(head)
        size = len(text).to_bytes(4, "little")
        return pack(b"".join([size, text, *self._planes]))


_SAFE = str.maketrans("<&{", ",.[")  # signs that mean something in HTML or in templates


def pack(raw: bytes) -> str:
    """Gzip without a clock time, as base 85: a sixteenth shorter than base 64."""
    text = base64.b85encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")
    return text.translate(_SAFE)


def unpack(text: str) -> bytes:
    """Undo `pack`, as the page does."""
    back = str.maketrans(",.[", "<&{")
    return gzip.decompress(base64.b85decode(text.translate(back)))


def to_json(value: Any) -> bytes:
    """JSON as short as it gets; a lone surrogate becomes a question mark."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def texts(column: Iterable[Any]) -> list[str]:
    """Cells as people read them; a missing one is empty."""
    if isinstance(column, pd.Series):
        dated = pd.api.types.is_datetime64_any_dtype(column)
        plain = column.dt.strftime("%Y-%m-%d").fillna("") if dated else column
        column = list(plain.to_numpy(dtype=object))
    return [value if type(value) is str else _text(value) for value in column]


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return "、".join(_text(part) for part in value)
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float | np.floating):
        return f"{value:.15g}" if value != int(value) else f"{int(value)}"
    return str(value)


def _days(distinct: Sequence[str]) -> Mapping[str, int] | None:
    """Dates as days of the proleptic calendar, "" as 0; None if any text is something else."""
    if not all(text == "" or _DAY.fullmatch(text) for text in distinct):
        return None
    return {text: date.fromisoformat(text).toordinal() if text else 0 for text in distinct}


def _numbered(shown: Sequence[str]) -> tuple[str, int, NDArray[np.int64]] | None:
    """Prefix, digits and numbers of texts like GM0001, GM0002; None if they are not all like that."""
    found = [_NUMBERED.fullmatch(text) for text in shown]
    if not all(found):
        return None
    parts = [match.groups() for match in found if match]
    widths = {len(digits) for _, digits in parts}
    padded = any(digits[0] == "0" and digits != "0" for _, digits in parts)
    if len({prefix for prefix, _ in parts}) != 1 or (padded and len(widths) > 1):
        return None
    numbers = np.array([int(digits) for _, digits in parts], dtype=np.int64)
    return parts[0][0], widths.pop() if padded else 0, numbers
