"""What parts the cells of separated text, and how many cells its rows have: told by its first rows."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from pathlib import Path

from hbgeo.read.file.endings import TABBED

HEAD = 1 << 16  # bytes that tell

_FIRST = 100  # rows that tell
_MARKS = (b",", b"\t", b";", b"|")
_SAID = re.compile(rb"\"?sep=([,;|\t])\"?[,;|\t]*\s", re.IGNORECASE)  # a first line meant for Excel


def tell_separator(head: bytes, path: Path) -> bytes:
    """Tell what parts the cells of a text from its beginning."""
    if path.suffix.lower() in TABBED:
        return b"\t"
    if said := _SAID.match(head):
        return said[1]
    weights = {mark: _weight(head, mark.decode()) for mark in _MARKS if mark in head}
    return max(weights, key=lambda mark: weights[mark], default=b",")


def usual_width(head: bytes, mark: str) -> int:
    """How many cells most of the first rows have; 0 where they cannot be told."""
    widths = _widths(head, mark)
    return max(widths, key=lambda width: widths[width], default=0)


def _weight(head: bytes, mark: str) -> int:
    """How many separators stand in rows of one width: sentences have some too, but not evenly."""
    return max(((width - 1) * rows for width, rows in _widths(head, mark).items()), default=0)


def _widths(head: bytes, mark: str) -> Counter[int]:
    """How many of the first rows have so many cells; none where they cannot be told."""
    text = head.decode("utf-8", "replace")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        return Counter(len(row) for row in itertools.islice(rows, _FIRST))
    except csv.Error:
        return Counter()
