"""What an output says, however it is packed: workbooks, pages, pictures, tables, kept files."""

from __future__ import annotations

import html
import re
import sqlite3
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hbgeo.show.page.pack import unpack
from hbgeo.store.folder import SEAL_BYTES

_PACKED = re.compile(r'<script type="text/plain" id="data-[^"]*">([^<]*)</script>')
_GAPS = re.compile(r"[\s\-‐-―−⁃ー─━_~.·•‧∙⋅・。()\[\]\u20e3\ufe00-\ufe0f]")


def read_lines(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file of a folder, and of those below, with each line it says, its name among them."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        for text in (path.name, *_texts(path)):
            for line in html.unescape(text).splitlines():
                yield path, line


def figures(line: str) -> str:
    """A line with plain figures that nothing parts."""
    folded = unicodedata.normalize("NFKC", line)
    return _GAPS.sub("", re.sub(r"(?![0-9])\d", lambda found: str(int(found[0])), folded))


def _texts(path: Path) -> list[str]:
    data, suffix = path.read_bytes(), path.suffix
    if suffix in {".xlsx", ".docx"}:
        with zipfile.ZipFile(path) as book:
            parts = [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        return [part.replace("<", "\n<") for part in parts]
    if suffix == ".html":
        page = data.decode()
        packed = [unpack(html.unescape(part)) for part in _PACKED.findall(page)]
        return [_PACKED.sub("", page), *(_words(part) for part in packed)]
    if suffix == ".parquet":
        table = pq.read_table(path)
        return [
            str(table.schema),
            *(str(v) for column in table.columns for v in column.to_pylist()),
        ]
    if suffix == ".frames":
        return _kept(path)
    if suffix == ".gpkg":
        return _rows(path)
    if suffix == ".png":
        return [_chunk(*found) for found in _chunks(data)]
    return [data.decode("utf-8", "replace")]


def _words(part: bytes) -> str:
    """The texts among the numbers of a part of the page."""
    return re.sub(r"[\x00-\x1f\ufffd]+", "\n", part.decode("utf-8", "replace"))


def _kept(path: Path) -> list[str]:
    """A kept file of Arrow streams, one after another, behind its seal."""
    said = []
    with pa.BufferReader(path.read_bytes()[SEAL_BYTES:]) as file:
        while file.tell() < file.size():
            with pa.ipc.open_stream(file) as stream:
                said.append(str(stream.schema.metadata))
                said += [str(v) for batch in stream for c in batch.columns for v in c.to_pylist()]
    return said


def _rows(path: Path) -> list[str]:
    """The texts of a database's tables, and how those are called."""
    with closing(sqlite3.connect(path)) as file:
        schema = file.execute("SELECT name, sql FROM sqlite_master").fetchall()
        names = [name for name, sql in schema if sql and sql.startswith("CREATE TABLE")]
        tables = [file.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]  # noqa: S608
    cells = (cell for table in (schema, *tables) for row in table for cell in row)
    return [cell for cell in cells if isinstance(cell, str)]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        at += 12 + size


def _chunk(kind: bytes, content: bytes) -> str:
    """What a chunk of a PNG says."""
    if kind == b"zTXt":
        word, _, packed = content.partition(b"\0")
        content = word + b" " + zlib.decompress(packed[1:])
    return content.decode("utf-8", "replace") if kind in {b"tEXt", b"zTXt", b"iTXt"} else ""
