"""Workbooks → sheets of text, by calamine alone: the worker reads them and loads little for it."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from hbgeo.read.cell.double import show_double
from hbgeo.read.file.excel_xml import Facts, inspect, refuse_extent
from hbgeo.read.file.width import check_width

_LOOK = 1 << 20  # bytes in which a text has a line end
_TEXT_LIMIT = 400 << 20  # bytes of all cells
_MARKS = ("\0", *map(chr, range(0xE000, 0xF8FF)))  # that may stand between cells
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# what zipfile raises of a damaged archive, beside its own error
_BROKEN_ZIP = (NotImplementedError, RuntimeError, EOFError, KeyError, OverflowError, struct.error)


Packed = tuple[str, bytes]  # a mark that no cell holds, and the cells with it between them


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook.

    Attributes
    ----------
    rows
        How many there are, blank ones too.
    columns
        Those of text, packed; blank ones at the end left out.
    facts
        What is merged, hidden or without a result.
    told
        Whether the format tells which rows are hidden.
    visible
        Whether the sheet itself is shown.
    """

    name: str
    rows: int
    columns: tuple[Packed, ...]
    facts: Facts
    told: bool
    visible: bool


def read_workbook(path: Path) -> list[Page]:
    """Read every sheet of an Excel or ods file.

    Raises
    ------
    LayerError
        If the file is protected, damaged, too large, or not what its name says.
    """
    data = path.read_bytes()
    facts = _inspect(data, path)
    try:
        return _read_pages(data, facts, path.name)
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


def _read_pages(data: bytes, facts: dict[str, Facts] | None, file: str) -> list[Page]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    shown = {s.name: s.visible == SheetVisibleEnum.Visible for s in book.sheets_metadata}
    made, size = [], 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        known = _merges(sheet) if facts is None else facts.get(name, Facts())
        high, wide = (last + 1 for last in sheet.end or (-1, -1))
        refuse_extent(high, wide, high * wide, file)  # cells may stand elsewhere than their rows
        rows = sheet.to_python(skip_empty_area=False)
        columns = _columns(rows, f"{file} {name}")
        size += sum(len(text) for _, text in columns)
        if size > _TEXT_LIMIT:
            raise LayerError(f"{file}：文字超过 {_TEXT_LIMIT >> 20} MB；请按县拆分，或另存为 CSV")
        made.append(Page(name, len(rows), columns, known, facts is not None, shown[name]))
    return made


def _inspect(data: bytes, path: Path) -> dict[str, Facts] | None:
    """Look into the archive; None for the old binary format, which does not tell."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise _protected(path.name)
        return None
    if not data.startswith(_ZIP):
        start = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if start.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
            msg = f"{path.name}：实为网页或 XML，不是 Excel 文件；请用 Excel 或 WPS 打开后另存为 .xlsx"
            raise LayerError(msg)
        if b"\0" not in data[:4096] and b"\n" in data[:_LOOK]:
            raise LayerError(f"{path.name}：实为文本；请把扩展名改成 .csv 再读")
        raise _damaged(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            return inspect(file, path.name)
    except (zipfile.BadZipFile, OSError, ValueError, *_BROKEN_ZIP) as err:
        if isinstance(err, LayerError):
            raise
        raise _damaged(path) from None


def _protected(name: str) -> LayerError:
    return LayerError(f"{name}：有密码保护；请在 Excel 或 WPS 中取消密码后另存为 .xlsx")


def _damaged(path: Path) -> LayerError:
    kind = path.suffix.lower().lstrip(".")
    return LayerError(f"{path.name}：不是有效的 {kind} 文件（内容与扩展名不符或已损坏）")


def _merges(sheet: CalamineSheet) -> Facts:
    ranges = sheet.merged_cell_ranges or []
    return Facts(merges=tuple((r0, c0, r1, c1) for (r0, c0), (r1, c1) in ranges))


def _columns(rows: list[list[Any]], where: str) -> tuple[Packed, ...]:
    """Turn rows of cells, all of one width, into text columns; blank ones at the end are none."""
    columns = list(zip(*rows, strict=True))
    while columns and all(cell in ("", None) for cell in columns[-1]):
        columns.pop()
    check_width(where, len(columns))
    return tuple(_packed(column) for column in columns)


def _packed(column: Sequence[Any]) -> Packed:
    """A column of texts as one: Arrow takes it apart again, quicker than a list of them goes over."""
    if set(map(type, column)) != {str}:  # numbers and dates among them
        column = [c if type(c) is str else _cell(c) for c in column]
    whole = "".join(column)
    mark = next(m for m in _MARKS if m not in whole)
    return mark, mark.join(column).encode()


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
