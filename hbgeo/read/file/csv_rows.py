"""CSV and TSV files row by row, in constant memory: their encoding, their header, their rows."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.encoding import tell_encoding
from hbgeo.read.schema.match import heading_key, match_columns
from hbgeo.read.schema.records import read_schema

HEADER_ROWS = 10  # titles above a header rarely take more
_BLOCK = 1 << 22  # bytes decoded at a time
_LONGEST = 1 << 20  # characters of one row: longer is no table


def text_encoding(path: Path, layer: Layer) -> str:
    """The encoding of the whole file, read through once in pieces."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head.startswith(b"\xef\xbb\xbf") and not layer.encoding:
        return "utf-8-sig"
    ascii_only = True
    fits = {e: codecs.getincrementaldecoder(e)() for e in ("utf-8", "gb18030")}
    with path.open("rb") as file:
        while piece := file.read(_BLOCK):
            ascii_only &= piece.isascii()
            for name, decoder in list(fits.items()):
                try:
                    decoder.decode(piece, final=False)
                except UnicodeDecodeError:
                    del fits[name]
            if not fits:
                break
    if ascii_only:
        return "utf-8"
    whole = {"utf-8": "示例".encode(), "gb18030": "示例二".encode("gb18030")}
    sample = next((whole[e] for e in ("utf-8", "gb18030") if e in fits), b"\xff\xff")
    return tell_encoding(sample, layer.encoding, path.name)


def read_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers as a spreadsheet counts them."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.read(4096)
            file.seek(0)
            tabs = path.suffix.lower() == ".tsv" or first.count("\t") > first.count(",")
            reader = csv.reader(_lines(file, path), delimiter="\t" if tabs else ",")
            yield from enumerate(reader, start=1)
    except csv.Error as err:
        raise LayerError(f"{path.name}:不是有效的 CSV({err})") from None
    except UnicodeError:
        raise LayerError(f"{path.name}:编码与声明不符;请用 encoding 指明") from None


def _lines(file: Any, path: Path) -> Iterator[str]:
    while line := file.readline(_LONGEST):
        if "\0" in line:
            raise LayerError(f"{path.name}:含有空字符(NUL),不是文本表格")
        if len(line) >= _LONGEST:
            raise LayerError(f"{path.name}:有一行超过 {_LONGEST:,} 字,不是表格")
        yield line.removeprefix("\ufeff")


def find_header(rows: Sequence[Sequence[str]], layer: Layer) -> int | None:
    """The row in which most columns are recognised, those of coordinates among them."""
    schema = read_schema("facility")
    wanted = {heading_key(h) for h in layer.columns.values()}
    best, most = None, 0
    for i, row in enumerate(rows):
        found = match_columns([c for c in row if c], schema)
        placed = {"lon", "lat"} <= set(found) or "lonlat" in found
        hits = len(found) + sum(heading_key(h) in wanted for h in row if h)
        if placed and hits > most:
            best, most = i, hits
    return best


def fitted(cells: list[str], width: int, row: int, path: Path) -> list[str]:
    """Fill a row up to the header's width.

    Raises
    ------
    LayerError
        If it is wider and something stands there.
    """
    if len(cells) > width and any(c.strip() for c in cells[width:]):
        msg = f"{path.name} 第{row}行:有 {len(cells)} 列,表头只有 {width} 列;请检查多余的逗号"
        raise LayerError(msg)
    return [*cells, *[""] * (width - len(cells))][:width]


def unique_names(headings: list[str]) -> list[str]:
    """Number repeated headings, so that none hides another."""
    seen: dict[str, int] = {}
    made = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        made.append(f"{heading}.{seen[heading]}" if heading and seen[heading] > 1 else heading)
    return made
