"""CSV and TSV files → text columns: in bulk by Arrow, whatever their encoding and line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from hbgeo.errors import LayerError
from hbgeo.read.texts import as_cells
from hbgeo.read.vector import tell_encoding
from hbgeo.read.vector.encoding import is_utf8

WIDTH_LIMIT = 2000  # columns

_LINE_LIMIT = 1 << 20  # bytes of a line
_HEAD = 1 << 16  # bytes that tell the separator
_BLOCK = 4 << 20  # bytes taken apart at a time
_CHUNK = 50_000  # rows turned into columns at a time
_ENDS = b"\r\n"
_BOM = "\ufeff".encode()


def read_delimited(path: Path, declared: str) -> pd.DataFrame:
    """Read a file of separated text: columns 0, 1, … and every row, blank ones too.

    Parameters
    ----------
    declared
        The declared encoding; "" to tell it from the bytes.

    Raises
    ------
    LayerError
        If it is no text, of no encoding known, or a line or a row of it has no end.
    """
    data = path.read_bytes()
    _check_lines(data, path.name)
    data = _as_utf8(data, declared, path.name)
    if b"\0" in data:
        raise LayerError(f"{path.name}:含有空字符(NUL),不是文本表格")
    start, end = _span(data)
    mark = _separator(data[start : start + _HEAD], path)
    lines = data[start : min(end, start + _LINE_LIMIT)].splitlines() or [b""]
    width = max(line.count(mark) for line in lines) + 1
    if width > WIDTH_LIMIT:  # before a reader makes them all
        raise too_wide(path.name, width)
    table = _read_regular(data, start, end, mark.decode())
    if table is not None:
        return table
    text = data[start:end].decode("utf-8", "surrogatepass")
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark.decode())
        return _columns(rows, path.name)
    except csv.Error as err:
        raise LayerError(f"{path.name}:不是有效的 CSV({err})") from None


def too_wide(where: str, width: int) -> LayerError:
    """What to say of a table that no ledger is as wide as."""
    return LayerError(f"{where}:有 {width:,} 列,不是台账;至多 {WIDTH_LIMIT:,} 列")


def _check_lines(data: bytes, name: str) -> None:
    """Refuse a line that never ends: from each line's start, the last end within the limit."""
    start = 0
    while len(data) - start > _LINE_LIMIT:
        ends = [data.rfind(end, start, start + _LINE_LIMIT + 1) for end in (b"\n", b"\r")]
        if max(ends) < 0:
            raise LayerError(f"{name}:有一行超过 {_LINE_LIMIT >> 20} MB,不是表格文本")
        start = max(ends) + 1


def _as_utf8(data: bytes, declared: str, name: str) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(_BOM) and not declared:
        encoding = "utf-8-sig"
    else:
        encoding = tell_encoding(data, declared, name)
    if encoding == "utf-8" or (encoding == "utf-8-sig" and is_utf8(data)):
        return data
    try:
        return data.decode(encoding).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        raise LayerError(f"{name}:不是有效的 {encoding} 文本,可能已损坏") from None


def _span(data: bytes) -> tuple[int, int]:
    """Where the text begins and ends: without a byte order mark, and the line ends at its end."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    end = len(data)
    while end > start:
        block = data[max(start, end - _HEAD) : end]
        end -= len(block) - len(block.rstrip(_ENDS))
        if block.rstrip(_ENDS):
            break
    return start, end


def _separator(head: bytes, path: Path) -> bytes:
    if path.suffix.lower() == ".tsv":
        return b"\t"
    counts = {mark: head.count(mark) for mark in (b",", b"\t", b";")}
    return max(counts, key=lambda m: counts[m]) if any(counts.values()) else b","


def _read_regular(data: bytes, start: int, end: int, mark: str) -> pd.DataFrame | None:
    """Read in bulk a text whose rows all have the same number of cells; None for any other."""
    line = data.find(b"\n", start, end) + 1 or end
    first = io.StringIO(data[start:line].decode("utf-8", "surrogatepass"), newline="")
    try:
        width = len(next(csv.reader(first, delimiter=mark), []))
    except csv.Error:
        return None
    if width < 2:
        return None
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(start, end - start)),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mark, newlines_in_values=b'"' in data, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return pd.DataFrame({i: as_cells(table.column(i)) for i in range(width)})


def _columns(rows: Iterator[Sequence[str]], where: str) -> pd.DataFrame:
    """Turn rows of unequal length into text columns, a block at a time."""
    blocks: list[list[list[str]]] = []
    taken: list[Sequence[str]] = []
    heights: list[int] = []

    def turn() -> None:
        width = max((_length(r) for r in taken), default=0)
        if width > WIDTH_LIMIT:
            raise too_wide(where, width)
        padded = [[*r[:width], *[""] * (width - len(r))] for r in taken]
        blocks.append([list(c) for c in zip(*padded, strict=True)])
        heights.append(len(taken))
        taken.clear()

    for row in rows:
        taken.append(row)
        if len(taken) == _CHUNK or len(row) > WIDTH_LIMIT:
            turn()
    turn()
    columns = {}
    for i in range(max(len(b) for b in blocks)):
        parts = [b[i] if i < len(b) else [""] * h for b, h in zip(blocks, heights, strict=True)]
        columns[i] = as_cells(pa.chunked_array([pa.array(p, pa.large_string()) for p in parts]))
    return pd.DataFrame(columns, index=pd.RangeIndex(sum(heights)))


def _length(row: Sequence[str]) -> int:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return end
