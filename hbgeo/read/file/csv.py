"""CSV and TSV files → text columns, whole or in parts: in bulk by Arrow, whatever their encoding."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from hbgeo.errors import LayerError
from hbgeo.read.cell.column import as_table, unwrapped
from hbgeo.read.file.encoding import broken, tell_file_encoding, to_utf8
from hbgeo.read.file.quotes import check_quotes
from hbgeo.read.file.separator import HEAD, tell_separator, usual_width
from hbgeo.read.file.width import WIDTH_LIMIT, check_width

_LINE_LIMIT = 1 << 20  # bytes of a line
_BLOCK = 4 << 20  # bytes that Arrow takes apart at a time
_PART = 4 << 20  # bytes of a part of a file
_ROW_LIMIT = 4 << 20  # bytes of a row, line ends in its cells included
_ODD_LIMIT = 10_000  # rows of another width, beyond which a file is read row by row
_CHUNK = 50_000  # rows turned into columns at a time
_DOS_END = b"\x1a"
_ENDS = b"\r\n" + _DOS_END
_BOM = "\ufeff".encode()


def read_delimited(path: Path, declared: str) -> pd.DataFrame:
    """Read a file of separated text whole: columns 0, 1, … and every row, blank ones too.

    Parameters
    ----------
    declared
        The declared encoding; "" to tell it from the bytes.

    Raises
    ------
    LayerError
        If it is no text, of no encoding known, a line of it has no end, or a quote swallows rows.
    """
    data = path.read_bytes()
    _check_lines(data, path.name)
    data = to_utf8(data, declared, path.name)
    start, end = _span(data)
    mark = tell_separator(data[start : start + HEAD], path)
    if b'"' in data:
        check_quotes(data[start:end], mark, data[start : start + HEAD], path.name)
    return _read_text(data, start, end, mark, path.name)


class Stretch(NamedTuple):
    """The bytes of a file from `start` to `end` (0: its end), before which `rows` rows stand.

    It begins and ends where a row does, and `encoding` is that of the whole file; "" where nobody
    has told it yet.
    """

    start: int = 0
    end: int = 0
    rows: int = 0
    encoding: str = ""


WHOLE = Stretch()


def read_delimited_parts(
    path: Path, declared: str, stretch: Stretch = WHOLE
) -> Iterator[pd.DataFrame]:
    """Read a file of separated text in parts of some megabytes; memory stays that of a part.

    Parameters
    ----------
    declared
        The declared encoding; "" to tell it from the bytes.
    stretch
        What of the file is read; the separator is told from the file's head all the same.

    Yields
    ------
    part
        Rows as `read_delimited` gives them; the index counts the file's rows from 0, and a part
        is as wide as its widest row. Blank rows at the end of the file may be there.

    Raises
    ------
    LayerError
        As `read_delimited` does: of the encoding before the first part, of the rest on the way.
    """
    encoding = stretch.encoding or tell_file_encoding(path, declared)
    head, texts = _look_ahead(
        _decoded(path, encoding, 0, 0 if stretch.start else stretch.end), HEAD
    )
    mark = tell_separator(head[:HEAD], path)
    if stretch.start:
        texts = _decoded(path, encoding, stretch.start, stretch.end)
    row, line = stretch.rows, stretch.rows + 1
    for text in _whole_rows(_without_end(texts), mark):
        check_quotes(text, mark, head[:HEAD], path.name, line)
        part = _read_text(text, 0, len(text), mark, path.name)
        part.index = pd.RangeIndex(row, row + len(part))
        row += len(part)
        line += text.count(b"\n") or text.count(b"\r")
        yield part


# ---------------------------------------------------------------- one text, whole rows of it


def _read_text(data: bytes, start: int, end: int, mark: bytes, name: str) -> pd.DataFrame:
    """Take a stretch of UTF-8 apart, in bulk where that can be, else row by row."""
    if data.find(_BOM, start, end) >= 0:  # where files were put together
        data = data[start:end].replace(_BOM, b"")
        start, end = 0, len(data)
    if b"\0" in data:
        raise LayerError(f"{name}：含有空字符（NUL），不是文本表格")
    lines = data[start : min(end, start + _LINE_LIMIT)].splitlines() or [b""]
    check_width(name, max(line.count(mark) for line in lines) + 1)
    table = _read_bulk(data, start, end, mark.decode())
    if table is None:
        table = _read_in_turn(data[start:end].decode("utf-8", "surrogatepass"), mark, name)
    wrapped = b"'" in data or (b'"' in data and b'="' in data)
    return unwrapped(table) if wrapped else table


def _read_in_turn(text: str, mark: bytes, name: str) -> pd.DataFrame:
    """Take a text apart row by row."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark.decode())
    try:
        return _columns(rows, name)
    except csv.Error as err:
        raise LayerError(f"{name}：不是有效的 CSV（{err}）") from None


def _check_lines(data: bytes, name: str) -> None:
    """Refuse a line that never ends: from each line's start, the last end within the limit."""
    start = 0
    while len(data) - start > _LINE_LIMIT:
        ends = [data.rfind(end, start, start + _LINE_LIMIT + 1) for end in (b"\n", b"\r")]
        if max(ends) < 0:
            raise LayerError(f"{name}：有一行超过 {_LINE_LIMIT >> 20} MB，不是表格文本")
        start = max(ends) + 1


def _span(data: bytes) -> tuple[int, int]:
    """Where the text begins and ends: without a byte order mark, and the line ends at its end."""
    start, end = 0, len(data)
    while data.startswith(_BOM, start):
        start += len(_BOM)
    while end > start:
        block = data[max(start, end - HEAD) : end]
        end -= len(block) - len(block.rstrip(_ENDS))
        if block.rstrip(_ENDS):
            break
    return start, end


def _read_bulk(data: bytes, start: int, end: int, mark: str) -> pd.DataFrame | None:
    """Read in bulk a text most of whose rows have the same number of cells; None for any other."""
    width = usual_width(data[start : min(end, start + HEAD)], mark)
    if width < 2:
        return None
    text = pa.py_buffer(data).slice(start, end - start)
    quoted, odd = b'"' in data, list[tuple[int, str]]()
    try:
        return _frame(_parse(text, width, mark, quoted=quoted), [])
    except pa.ArrowInvalid:  # a title, a total: once more, in turn, with rows of such kinds apart
        try:
            table = _parse(text, width, mark, quoted=quoted, odd=odd)
            return _frame(table, [(at, _cells(line, mark)) for at, line in odd])
        except (pa.ArrowInvalid, csv.Error):
            return None


def _cells(line: str, mark: str) -> list[str]:
    cells = next(csv.reader(io.StringIO(line, newline=""), delimiter=mark), [])
    return cells[: _length(cells)]


def _parse(
    text: pa.Buffer,
    width: int,
    mark: str,
    *,
    quoted: bool,
    odd: list[tuple[int, str]] | None = None,
) -> pa.Table:
    """Take a text apart; rows of another width go into `odd`, with their number among all rows."""

    def set_apart(row: arrow_csv.InvalidRow) -> Literal["skip", "error"]:
        if odd is None or row.number is None or len(odd) == _ODD_LIMIT:
            return "error"
        odd.append((row.number - 1, row.text))
        return "skip"

    names = [str(i) for i in range(width)]
    return arrow_csv.read_csv(
        pa.BufferReader(text),  # type: ignore[arg-type]  # a file of Arrow is as good as Python's
        read_options=arrow_csv.ReadOptions(
            column_names=names,
            block_size=max(min(len(text), _BLOCK), 1),
            use_threads=odd is None and len(text) > _BLOCK,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=mark,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
            invalid_row_handler=set_apart,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()),
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )


def _frame(table: pa.Table, odd: list[tuple[int, list[str]]]) -> pd.DataFrame:
    """A table's columns, with the rows of another width put in where they stood."""
    width = max([table.num_columns, *(len(cells) for _, cells in odd)])
    rows = table.num_rows + len(odd)
    here = np.zeros(rows, bool)
    here[[at for at, _ in odd]] = True
    order = np.empty(rows, np.intp)
    order[~here], order[here] = np.arange(table.num_rows), np.arange(table.num_rows, rows)
    blank = pa.repeat(pa.scalar("", pa.large_string()), table.num_rows)
    columns = []
    for i in range(width):
        whole = table.column(i).chunks if i < table.num_columns else [blank]
        more = [cells[i] if i < len(cells) else "" for _, cells in odd]
        columns.append(pa.chunked_array([*whole, pa.array(more, pa.large_string())]))
    return as_table(columns, rows, order if odd else None)


def _columns(rows: Iterator[Sequence[str]], where: str) -> pd.DataFrame:
    """Turn rows of unequal length into text columns, a block at a time."""
    blocks: list[list[list[str]]] = []
    taken: list[Sequence[str]] = []
    heights: list[int] = []

    def turn() -> None:
        width = max((_length(r) for r in taken), default=0)
        check_width(where, width)
        padded = [[*r[:width], *[""] * (width - len(r))] for r in taken]
        blocks.append([list(c) for c in zip(*padded, strict=True)])
        heights.append(len(taken))
        taken.clear()

    for row in rows:
        taken.append(row)
        if len(taken) == _CHUNK or len(row) > WIDTH_LIMIT:
            turn()
    turn()
    columns = []
    for i in range(max(len(b) for b in blocks)):
        parts = [b[i] if i < len(b) else [""] * h for b, h in zip(blocks, heights, strict=True)]
        columns.append(pa.chunked_array([pa.array(p, pa.large_string()) for p in parts]))
    return as_table(columns, sum(heights))


def _length(row: Sequence[str]) -> int:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return end


# ---------------------------------------------------------------- a file in parts, cut between rows


def _decoded(path: Path, encoding: str, start: int, end: int) -> Iterator[bytes]:
    """The file's text as UTF-8, piece by piece, without its mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    plain, first = encoding in {"utf-8", "utf-8-sig"}, True
    try:
        for piece in _pieces(path, start, end):
            text = piece if plain else decoder.decode(piece).encode("utf-8", "surrogatepass")
            while first and text.startswith(_BOM):
                text = text.removeprefix(_BOM)
            yield text
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise broken(path.name, encoding) from None


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The file's bytes, piece by piece; a line that never ends is refused."""
    line = b""  # what has come of a line that has not ended
    left = end - start if end else sys.maxsize
    with path.open("rb") as file:
        file.seek(start)
        while left > 0 and (piece := file.read(min(_PART, left))):
            left -= len(piece)
            _check_lines(line + piece, path.name)
            last = max(piece.rfind(b"\n"), piece.rfind(b"\r")) + 1
            line = piece[last:] if last else line + piece
            yield piece


def _look_ahead(texts: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """At least so many bytes if there are, and all texts again."""
    first: list[bytes] = []
    while sum(map(len, first)) < size and (text := next(texts, None)) is not None:
        first.append(text)
    return b"".join(first), itertools.chain(first, texts)


def _without_end(texts: Iterator[bytes]) -> Iterator[bytes]:
    """The same text without the mark that DOS programs write at the end, and what follows it."""
    held = b""
    for text in texts:
        whole = held + text
        at = whole.find(_DOS_END, len(whole.rstrip(_ENDS)))
        end = len(whole) if at < 0 else at
        yield whole[:end]
        held = whole[end:]


def _whole_rows(texts: Iterator[bytes], mark: bytes) -> Iterator[bytes]:
    """Put texts together, and cut them where a row ends."""
    row = b""  # what has come of a row that has not ended
    for text in texts:
        row += text
        end = _rows_end(row, mark)
        if not end and len(row) > _ROW_LIMIT:  # a quote that never closes, which the reader refuses
            end = len(row)
        if end:
            yield row[:end]
            row = row[end:]
    if row := row.rstrip(_ENDS):
        yield row


def _rows_end(text: bytes, mark: bytes) -> int:
    """Where the last row ends that is surely whole; 0 where none is.

    A quote opens a cell only where the cell begins, as in `csv` and Arrow, and two inside stand
    for one. A return at the very end may be half of a line end.
    """
    if b'"' not in text:
        return max(text.rfind(b"\n"), text.rfind(b"\r", 0, len(text) - 1)) + 1
    found = _rows_pattern(mark).match(text)
    return found.end() if found else 0


@lru_cache
def _rows_pattern(mark: bytes) -> re.Pattern[bytes]:
    """As many whole rows as there are, each with its line end, from the start of one."""
    literal = rb'(?<=[^%b\r\n])"' % mark
    cells = rb'(?:[^"\r\n]++|%b|"(?:[^"]++|"")*+")*+' % literal
    return re.compile(rb"(?:%b(?:\r?\n|\r(?!\n|\Z)))*+" % cells)
