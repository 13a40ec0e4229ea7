"""Excel and CSV files → sheets of text cells, with what is merged, hidden or without a result."""

from __future__ import annotations

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

import pandas as pd
import pyarrow as pa
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
from hbgeo.read.cell.column import as_table, unwrapped
from hbgeo.read.cell.decimals import show_double
from hbgeo.read.file.csv import WIDTH_LIMIT, read_delimited, too_wide
from hbgeo.read.file.excel_xml import Facts, Range, inspect

EXCEL = {".xlsx", ".xls", ".xlsm", ".ods"}
TEXT = {".csv", ".tsv", ".txt"}

_SIZE_LIMIT = 512 << 20  # bytes of a file
_LOOK = 1 << 20  # bytes in which a text has a line end
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# what zipfile raises of a damaged archive, beside its own error
_BROKEN_ZIP = (NotImplementedError, RuntimeError, EOFError, KeyError, OverflowError, struct.error)


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
    return [Sheet("", read_delimited(path, encoding))]


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
        if b"\0" not in data[:4096] and b"\n" in data[:_LOOK]:
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
    cells = _columns(sheet.to_python(skip_empty_area=False), f"{file} {name}")
    if facts is not None:
        return Sheet(name, cells, facts.merges, facts.hidden, facts.unsaved)
    ranges = sheet.merged_cell_ranges or []
    merges = tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in ranges)
    return Sheet(name, cells, merges, None)


def _columns(rows: list[list[Any]], where: str) -> pd.DataFrame:
    """Turn rows of cells, all of one width, into text columns; blank ones at the end are none."""
    columns = list(zip(*rows, strict=True))
    while columns and all(cell in ("", None) for cell in columns[-1]):
        columns.pop()
    if len(columns) > WIDTH_LIMIT:
        raise too_wide(where, len(columns))
    return unwrapped(as_table([_as_texts(column) for column in columns], len(rows)))


def _as_texts(column: Sequence[Any]) -> pa.Array:
    if set(map(type, column)) != {str}:  # numbers and dates among them
        column = [c if type(c) is str else _cell(c) for c in column]
    return pa.array(column, pa.large_string())


def _cell(value: Any) -> str:
    """A cell as the text a person sees: whole numbers without `.0`, dates as ISO, hours beyond 24."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return show_double(value)
    if isinstance(value, dt.timedelta):  # 111:18:33.6, which Excel takes for hours
        minutes, rest = divmod(value, dt.timedelta(minutes=1))
        seconds = f"{rest.total_seconds():09.6f}".rstrip("0").rstrip(".")
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
