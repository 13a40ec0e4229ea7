"""Excel and CSV files → sheets of text cells, with what is merged, hidden or without a result."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from hbgeo.errors import LayerError
from hbgeo.read.ledger.containers import Facts, Range, inspect
from hbgeo.read.vector import tell_encoding

EXCEL = {".xlsx", ".xls", ".xlsm", ".ods"}
TEXT = {".csv", ".tsv", ".txt"}

_SIZE_LIMIT = 512 << 20  # bytes of a file
_LINE_LIMIT = 1 << 20  # bytes of a line of text
_WIDTH_LIMIT = 2000  # columns
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# what zipfile raises of a damaged archive, beside its own error
_BROKEN_ZIP = (NotImplementedError, RuntimeError, EOFError, KeyError, OverflowError, struct.error)
_CHUNK = 50_000  # rows turned into columns at a time


@dataclass(frozen=True)
class Sheet:
    """One sheet as text.

    Attributes
    ----------
    cells
        Text columns 0, 1, … and every row, blank ones too; the index counts rows from 0.
    merges
        Merged ranges; empty for text files, which have none.
    hidden
        Rows that are hidden; None where the format does not tell.
    unsaved
        Cells (row, column) that hold a formula without a stored result.
    visible
        Whether the sheet itself is shown.
    """

    name: str
    cells: pd.DataFrame
    merges: tuple[Range, ...] = ()
    hidden: frozenset[int] | None = frozenset()
    unsaved: tuple[tuple[int, int], ...] = ()
    visible: bool = True


def read_sheets(path: Path, encoding: str = "") -> list[Sheet]:
    """Read every sheet of an Excel, ods or text file.

    Parameters
    ----------
    encoding
        The declared encoding of a text file; "" to tell it from the bytes.

    Raises
    ------
    LayerError
        If the file is empty, protected, damaged, too large, or not what its name says.
    """
    size = path.stat().st_size
    if size == 0:
        raise LayerError(f"{path.name}:空文件")
    if size > _SIZE_LIMIT:
        raise LayerError(f"{path.name}:超过 {_SIZE_LIMIT >> 20} MB;请按县拆分")
    if path.suffix.lower() in EXCEL:
        return _read_workbook(path)
    return [Sheet("", _read_text(path, encoding))]


def _read_workbook(path: Path) -> list[Sheet]:
    data = path.read_bytes()
    facts = _inspect(data, path)
    try:
        with _quiet() if facts is None else nullcontext():
            return _read_cells(data, facts, path.name)
    except PasswordError:
        raise _protected(path.name) from None
    except (CalamineError, ZipError, XmlError, OSError, ValueError) as err:
        if isinstance(err, LayerError):
            raise
        raise _damaged(path) from None
    except BaseException as err:
        if type(err).__name__ != "PanicException":
            raise
        raise _damaged(path) from None


def _read_cells(data: bytes, facts: dict[str, Facts] | None, file: str) -> list[Sheet]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    shown = {s.name: s.visible == SheetVisibleEnum.Visible for s in book.sheets_metadata}
    made = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        known = None if facts is None else facts.get(name, Facts())
        made.append(replace(_sheet(sheet, name, known, file), visible=shown[name]))
    return made


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the trace that the Rust reader prints of a damaged xls file off the console."""
    try:
        saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # a program without a console
        yield
        return
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


def _inspect(data: bytes, path: Path) -> dict[str, Facts] | None:
    """Look into the archive; None for the old binary format, which does not tell."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise _protected(path.name)
        return None
    if not data.startswith(_ZIP):
        start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
            msg = f"{path.name}:实为网页或 XML,不是 Excel 文件;请用 Excel 或 WPS 打开后另存为 .xlsx"
            raise LayerError(msg)
        if b"\0" not in data[:4096] and b"\n" in data[:_LINE_LIMIT]:
            raise LayerError(f"{path.name}:实为文本;请把扩展名改成 .csv 再读")
        raise _damaged(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return inspect(file, path.name)
    except (zipfile.BadZipFile, OSError, ValueError, *_BROKEN_ZIP) as err:
        if isinstance(err, LayerError):
            raise
        raise _damaged(path) from None


def _protected(name: str) -> LayerError:
    return LayerError(f"{name}:有密码保护;请在 Excel 或 WPS 中取消密码后另存为 .xlsx")


def _damaged(path: Path) -> LayerError:
    kind = path.suffix.lower().lstrip(".")
    return LayerError(f"{path.name}:不是有效的 {kind} 文件(内容与扩展名不符或已损坏)")


def _sheet(sheet: CalamineSheet, name: str, facts: Facts | None, file: str) -> Sheet:
    rows = sheet.to_python(skip_empty_area=False)
    cells = _table(iter([_texts(row) for row in rows]), f"{file} {name}")
    if facts is not None:
        return Sheet(name, cells, facts.merges, facts.hidden, facts.unsaved)
    ranges = sheet.merged_cell_ranges or []
    merges = tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in ranges)
    return Sheet(name, cells, merges, None)


def _read_text(path: Path, declared: str) -> pd.DataFrame:
    _check_lines(path)
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf") and not declared:
        encoding = "utf-8-sig"
    else:
        encoding = tell_encoding(data, declared, path.name)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise LayerError(f"{path.name}:不是有效的 {encoding} 文本,可能已损坏") from None
    if "\0" in text:
        raise LayerError(f"{path.name}:含有空字符(NUL),不是文本表格")
    text = text.rstrip("\r\n")
    mark = _separator(text[:65536], path)
    width = max(line.count(mark) for line in text[:_LINE_LIMIT].splitlines() or [""]) + 1
    if width > _WIDTH_LIMIT:  # before a reader makes them all
        raise _too_wide(path.name, width)
    table = _read_regular(text, mark)
    if table is not None:
        return table
    try:
        return _table(csv.reader(io.StringIO(text, newline=""), delimiter=mark), path.name)
    except csv.Error as err:
        raise LayerError(f"{path.name}:不是有效的 CSV({err})") from None


def _check_lines(path: Path) -> None:
    """Refuse a line that never ends, before the file is taken into memory."""
    open_bytes = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            ends = np.flatnonzero(np.isin(np.frombuffer(chunk, np.uint8), (10, 13)))
            bounds = np.concatenate([[-1 - open_bytes], ends, [len(chunk)]])
            if np.diff(bounds).max() > _LINE_LIMIT:
                msg = f"{path.name}:有一行超过 {_LINE_LIMIT >> 20} MB,不是表格文本"
                raise LayerError(msg)
            open_bytes = len(chunk) - 1 - int(ends[-1]) if len(ends) else open_bytes + len(chunk)


def _separator(start: str, path: Path) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    counts = {mark: start.count(mark) for mark in (",", "\t", ";")}
    return max(counts, key=lambda m: counts[m]) if any(counts.values()) else ","


def _read_regular(text: str, mark: str) -> pd.DataFrame | None:
    """Read in bulk a text whose rows all have the same number of cells; None for any other."""
    first = io.StringIO(text[: text.find("\n") + 1] or text, newline="")
    try:
        width = len(next(csv.reader(first, delimiter=mark), []))
    except csv.Error:
        return None
    if width < 2:
        return None
    names = [str(i) for i in range(width)]
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(text.encode("utf-8", "surrogatepass")),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=16 << 20),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mark, newlines_in_values='"' in text, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    frame = table.combine_chunks().to_pandas().astype("str")
    frame.columns = range(width)
    return frame


def _table(rows: Iterator[Sequence[str]], where: str) -> pd.DataFrame:
    """Turn rows of unequal length into text columns, a block at a time."""
    blocks: list[list[list[str]]] = []
    taken: list[Sequence[str]] = []
    heights: list[int] = []

    def turn() -> None:
        width = max((_length(r) for r in taken), default=0)
        if width > _WIDTH_LIMIT:
            raise _too_wide(where, width)
        padded = [[*r[:width], *[""] * (width - len(r))] for r in taken]
        blocks.append([list(c) for c in zip(*padded, strict=True)])
        heights.append(len(taken))
        taken.clear()

    for row in rows:
        taken.append(row)
        if len(taken) == _CHUNK or len(row) > _WIDTH_LIMIT:
            turn()
    turn()
    width = max(len(b) for b in blocks)
    columns = {
        i: pd.concat(
            [
                pd.Series(b[i] if i < len(b) else [""] * h, dtype="str")
                for b, h in zip(blocks, heights, strict=True)
            ],
            ignore_index=True,
        )
        for i in range(width)
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(sum(heights)))


def _too_wide(where: str, width: int) -> LayerError:
    return LayerError(f"{where}:有 {width:,} 列,不是台账;至多 {_WIDTH_LIMIT:,} 列")


def _length(row: Sequence[str]) -> int:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return end


def _texts(row: Sequence[Any]) -> list[str]:
    return [c if type(c) is str else _cell(c) for c in row]


def _cell(value: Any) -> str:
    """A cell as the text a person sees: whole numbers without `.0`, dates as ISO."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
