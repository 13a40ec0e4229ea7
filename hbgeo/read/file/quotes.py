"""Quotes in separated text that never close, or only rows later: refused, for they swallow rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from functools import lru_cache

import numpy as np

from hbgeo.errors import LayerError
from hbgeo.read.file.separator import usual_width

_LINE_END = re.compile(rb"\r\n?|\n")
_INSIDE = re.compile(rb'(?:[^"]++|"")*+')  # from behind the quote that opens a cell
_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'
_PIECE = 1 << 18  # bytes looked at together
_MANY = 3  # separators of a line, from which it is no sentence that happens to have as many


def check_quotes(text: bytes, mark: bytes, head: bytes, name: str, line: int = 1) -> None:
    """Refuse a quoted cell that no one closes, or that holds whole rows of the table.

    A cell may have line ends of its own (a note, an address), and a quote may stand anywhere
    inside a cell that does not begin with one.

    Parameters
    ----------
    text
        Whole rows, and perhaps one that has not ended.
    head
        The file's beginning, which tells how many cells a row has.
    line
        The number of the text's first line in its file.

    Raises
    ------
    LayerError
        Naming the line in which the quote opens.
    """
    if b'"' not in text or _are_tidy(text, mark):
        return
    rows, cells, rest = _patterns(mark)
    whole = {usual_width(head, mark.decode()) - 1, _usual_line(head, mark)} - {0, -1}
    at = 0
    while (quote := text.find(b'"', at)) >= 0:
        at = max(at, text.rfind(b"\n", at, quote) + 1, text.rfind(b"\r", at, quote) + 1)
        if (end := _end(rows, text, at)) > at:
            at = end
            continue
        start, at = at, _end(cells, text, at)  # a row that is not tidy
        while text[at : at + 1] == b'"':
            close = _end(_INSIDE, text, at + 1)
            if said := _say_cell(text, (start, at, close), mark, whole):
                raise LayerError(f"{name} 第{line + _lines(text[:at])}行：{said}")
            at = _end(rest, text, close + 1)


def _are_tidy(text: bytes, mark: bytes) -> bool:
    """Whether every quote plainly opens a cell or closes one, in its line and at its end.

    Quotes inside of quotes are looked at one by one, as is all that is not tidy.
    """
    if len(mark) != 1:
        return False
    signs, returns = np.frombuffer(text, np.uint8), b"\r" in text
    inside = closed = False  # whether the piece before ended in a quoted cell; with its last quote
    edge = True  # whether a cell may begin at the next sign
    for start in range(0, len(signs), _PIECE):
        some = signs[start : start + _PIECE]
        quote, ends = some == _QUOTE, some == _LINE_FEED
        if returns:
            ends |= some == _RETURN
        edges = ends | (some == mark[0])
        quoted = np.logical_xor.accumulate(quote)  # from the quote that opens to before the other
        quoted = ~quoted if inside else quoted
        opens = quote & quoted
        closes = quote ^ opens
        if (
            (quoted & ends).any()
            or (opens[0] and not edge)
            or (opens[1:] > edges[:-1]).any()
            or (closed and not edges[0])
            or (closes[:-1] > edges[1:]).any()
        ):
            return False
        inside, edge, closed = bool(quoted[-1]), bool(edges[-1]), bool(closes[-1])
    return not inside


def _usual_line(head: bytes, mark: bytes) -> int:
    """How many separators most lines have, each read by itself: a pair may hold most rows."""
    lines = _LINE_END.split(head)
    counts = (_separators(x, mark) if b'"' in x else x.count(mark) for x in lines)
    [(most, _)] = Counter(counts).most_common(1)
    return most


def _say_cell(text: bytes, where: tuple[int, int, int], mark: bytes, whole: set[int]) -> str:
    """What is wrong with a quoted cell: its row's start, the quotes that open and close it."""
    _, at, close = where
    if close >= len(text):
        return '引号（"）没有配对，其后各行会被并进一格；请补上或删去这个引号'
    inside, after = text[at + 1 : close], text[close + 1 : close + 2]
    breaks = _lines(inside)
    if after not in (b"", mark, b"\r", b"\n") and (breaks or mark in inside):
        return '引号（"）配对有误，会把几格并成一格；请补上或删去这个引号'
    if breaks and any(_holds_rows(text, where, mark, one) for one in whole):
        return f'引号（"）到 {breaks} 行以后才配对，中间像是整行数据；请补上或删去这个引号'
    return ""


def _holds_rows(text: bytes, where: tuple[int, int, int], mark: bytes, whole: int) -> bool:
    """Whether lines of a cell are rows of their own: they have as many separators as rows have."""
    row, at, close = where
    inside = _LINE_END.split(text[at + 1 : close])
    lines = [line.count(mark) for line in inside]
    lines[0] += _separators(text[row:at], mark)
    end = _LINE_END.search(text, close)
    last = text[close - len(inside[-1]) : end.start() if end else len(text)]
    lines[-1] += _separators(last[len(inside[-1]) + 1 :], mark)
    if lines[-1] != whole:  # the quote that closes the cell may open one in a row of its own
        lines[-1] = _separators(last, mark)
    alike = sum(n == whole for n in lines)
    below = lines[1:] if mark in inside[-1] else lines[1:-1]
    return alike > 1 or (whole >= _MANY and whole in below)


def _separators(cells: bytes, mark: bytes) -> int:
    """How many separators part some cells; those inside quotes part none."""
    text = io.StringIO(cells.decode("utf-8", "replace"), newline="")
    return max(len(next(csv.reader(text, delimiter=mark.decode()), [""])) - 1, 0)


def _lines(text: bytes) -> int:
    return len(_LINE_END.findall(text))


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


@lru_cache
def _patterns(mark: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    """Tidy rows with quotes, as many as there are; tidy cells; and those behind the end of one.

    A cell is tidy if its quotes close in its line and at its end; one that does not begin with
    a quote may have any inside.
    """
    cell = rb'(?:"[^"\r\n]*+(?:""[^"\r\n]*+)*+"(?=[%b\r\n]|\Z)|(?!")[^%b\r\n]*+)' % (mark, mark)
    more = rb'(?:%b%b)*+(?:%b(?="))?' % (re.escape(mark), cell, re.escape(mark))
    rows = rb'(?:(?=[^"\r\n]*+")%b(?:%b%b)*+(?:\r\n?|\n|\Z))++' % (cell, re.escape(mark), cell)
    first = rb"(?:%b%b)?" % (cell, more)
    return re.compile(rows), re.compile(first), re.compile(rb"[^%b\r\n]*+%b" % (mark, more))
