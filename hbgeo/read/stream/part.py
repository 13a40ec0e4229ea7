"""A part of a file: some of its columns, and of its rows those of one stretch; and how files are cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq

from hbgeo.read.catalog import Layer
from hbgeo.read.file.apart import read_apart
from hbgeo.read.file.encoding import tell_file_encoding
from hbgeo.read.file.endings import PARQUET, TEXTS
from hbgeo.read.schema.match import match_headings
from hbgeo.read.schema.records import read_schema

TEXT_BYTES = 64 << 20  # of a text that is read in one piece, about
GROUP_ROWS = 1 << 20  # of Parquet, about
_BLOCK = 4 << 20
_LEAST = 8 << 20  # bytes: a smaller file is not worth being looked into before it is read
_NOT_CUT = (
    b'"\x1a\0'  # a quote may hold line ends, the others may end a text: a row is anyone's guess
)
_ASCII_BASED = frozenset(
    {"utf-8", "utf-8-sig", "gb18030"}
)  # in which a line end is its byte, always


@dataclass(frozen=True)
class Part:
    """What of a file is read.

    Attributes
    ----------
    start, end
        From which byte of a text, or row group of Parquet, to which; an end of 0 is the file's own.
    rows
        How many rows stand before.
    encoding
        Of a text that has been cut.
    meanings, headings
        The columns that are read, by what they mean in the schema of facilities and by what they
        are called; None for every one. Maps are always read with all of theirs.
    """

    start: int = 0
    end: int = 0
    rows: int = 0
    encoding: str = ""
    meanings: tuple[str, ...] | None = None
    headings: tuple[str, ...] = ()

    def columns_of(self, names: Sequence[str], layer: Layer, where: str) -> Collection[str]:
        """Those of a file's columns that are read."""
        if self.meanings is None:
            return names
        found = match_headings(names, read_schema("facility"), layer.columns, where=where).found
        return {*(h for meaning, h in found.items() if meaning in self.meanings), *self.headings}


ALL = Part()


def cut_file(path: Path) -> list[Part]:
    """Cut a large file into parts that hold every row of it once, each to be read by itself.

    Parquet is cut between row groups. A text is cut behind line ends where each of them surely ends
    a row: in UTF-8 or GB18030, without a quote. Every other file is one part.

    Raises
    ------
    LayerError
        If the file is none that can be read.
    """
    suffix = path.suffix.lower()
    if path.stat().st_size < _LEAST or suffix not in TEXTS | PARQUET:
        return [ALL]
    if suffix in PARQUET:
        return _cut_groups(read_apart(count_groups, path))
    return _cut_text(path)


def count_groups(path: Path) -> list[int]:
    """How many rows each row group of a Parquet file has; for a process of its own."""
    about = pq.ParquetFile(path).metadata
    return [about.row_group(i).num_rows for i in range(about.num_row_groups)]


def _cut_groups(sizes: Sequence[int]) -> list[Part]:
    """Row groups that follow each other, together until they are large enough."""
    parts, start, before, held = list[Part](), 0, 0, 0
    for at, rows in enumerate(sizes, 1):
        held += rows
        if held >= GROUP_ROWS or at == len(sizes):
            parts.append(Part(start, at, before))
            start, before, held = at, before + held, 0
    return parts or [ALL]


def _cut_text(path: Path) -> list[Part]:
    """The one pass that makes sure of it costs a fraction of taking the rows apart."""
    size = path.stat().st_size
    if size < 2 * TEXT_BYTES:
        return [ALL]
    cuts = _line_ends(path)
    encoding = tell_file_encoding(path, "") if len(cuts) > 2 else ""
    if encoding not in _ASCII_BASED:
        return [ALL]
    return [Part(start, end, rows, encoding) for (start, rows), (end, _) in pairwise(cuts)]


def _line_ends(path: Path) -> list[tuple[int, int]]:
    """Where a text can be cut, its start and its end among them, each with the rows before it.

    Nothing, where one byte of it makes that unsure: a return that is no line's end by itself,
    for some programs take it for one and some do not.
    """
    cuts, at, rows, last = [(0, 0)], 0, 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole = last + block  # the last byte again: a line end may lie across
            returns, ends = whole.count(b"\r", 0, len(whole) - 1), whole.count(b"\r\n")
            if returns != ends or any(byte in block for byte in _NOT_CUT):
                return []
            end = block.rfind(b"\n") + 1
            if end and at + end - cuts[-1][0] >= TEXT_BYTES:
                cuts.append((at + end, rows + block.count(b"\n")))
            rows += block.count(b"\n")
            at, last = at + len(block), block[-1:]
    return [*cuts, (at, rows)] if at > cuts[-1][0] else cuts
