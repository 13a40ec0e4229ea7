"""Excel and CSV ledgers → text columns, with the file, sheet and row each line came from."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError, load_workbook

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.schema import Schema, clean, heading_key, match_columns
from hbgeo.read.vector import tell_encoding

EXCEL = {".xlsx", ".xls", ".xlsm", ".ods"}
TEXT = {".csv", ".tsv", ".txt"}
_HEADER_ROWS = 10  # titles above a header rarely take more


def read_ledger(path: Path, layer: Layer, schema: Schema) -> pd.DataFrame:
    """Read one Excel or CSV file.

    The header is the one of the first ten rows in which most columns are recognised. Of a
    workbook, every sheet with a recognised header is read (or the one that `layer` names).

    Returns
    -------
    raw
        Text columns under the file's headings and `file`, `sheet`, `row` (as Excel counts).

    Raises
    ------
    LayerError
        If the file is empty, protected, or not what its name says, or no header is recognised.
    """
    if path.stat().st_size == 0:
        raise LayerError(f"{path.name}:空文件")
    excel = path.suffix.lower() in EXCEL
    sheets = _read_sheets(path, layer) if excel else {"": _read_csv(path, layer)}
    parts = [
        _frame(rows, header, path.name, sheet)
        for sheet, rows in sheets.items()
        if (header := _find_header(rows, schema, layer)) is not None
    ]
    if not parts:
        seen = [c for rows in sheets.values() for row in rows[:3] for c in row if c][:12]
        wanted = "、".join(c.names[0] for c in list(schema.columns.values())[:6])
        msg = f"{path.name}:前 {_HEADER_ROWS} 行中没有认得的表头(需要如 {wanted});看到的是 {'、'.join(seen)}"
        raise LayerError(msg)
    return pd.concat(parts, ignore_index=True).fillna("") if len(parts) > 1 else parts[0]


def _read_sheets(path: Path, layer: Layer) -> dict[str, list[list[str]]]:
    book = _open(path)
    if layer.table and layer.table not in book.sheet_names:
        msg = f"{path.name}:没有工作表“{layer.table}”;已有:{'、'.join(book.sheet_names)}"
        raise LayerError(msg)
    names = [layer.table] if layer.table else book.sheet_names
    return {
        name: [
            [_cell(c) for c in row]
            for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ]
        for name in names
    }


def _open(path: Path) -> CalamineWorkbook:
    try:
        return load_workbook(str(path))
    except PasswordError:
        raise LayerError(f"{path.name}:有密码保护;请取消密码后另存") from None
    except (CalamineError, ZipError):
        kind = path.suffix.lower().lstrip(".")
        raise LayerError(f"{path.name}:不是有效的 {kind} 文件(内容与扩展名不符或已损坏)") from None


def _read_csv(path: Path, layer: Layer) -> list[list[str]]:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif data.startswith(b"\xef\xbb\xbf") and not layer.encoding:
        encoding = "utf-8-sig"
    else:
        encoding = tell_encoding(data, layer.encoding, path.name)
    text = data.decode(encoding).removeprefix("\ufeff")
    if "\0" in text:
        raise LayerError(f"{path.name}:含有空字符(NUL),不是文本表格")
    first = text[:4096]
    mark = "\t" if path.suffix.lower() == ".tsv" or first.count("\t") > first.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as err:
        raise LayerError(f"{path.name}:不是有效的 CSV({err})") from None


def _find_header(rows: Sequence[Sequence[str]], schema: Schema, layer: Layer) -> int | None:
    """The row with most recognised columns; two at least, for a title may hit one by chance."""
    wanted = {heading_key(h) for h in layer.columns.values()}
    hits = []
    for row in rows[:_HEADER_ROWS]:
        headings = [c for c in row if c]
        named = sum(heading_key(h) in wanted for h in headings)
        hits.append(len(match_columns(headings, schema)) + named)
    if not hits or max(hits) < 2:
        return None
    return hits.index(max(hits))


def _frame(rows: list[list[str]], header: int, file: str, sheet: str) -> pd.DataFrame:
    headings = _unique([clean(h) for h in rows[header]])
    body = rows[header + 1 :]
    longest = max((len(_trimmed(r)) for r in body), default=0)
    if longest > len(headings):
        bad = next(i for i, r in enumerate(body) if len(_trimmed(r)) == longest)
        msg = f"{file} 第{header + 2 + bad}行:有 {longest} 列,表头只有 {len(headings)} 列;请检查多余的逗号"
        raise LayerError(msg)
    width = len(headings)
    filled = np.array([any(c.strip() for c in r) for r in body], dtype=bool)
    table = [
        [*r, *[""] * (width - len(r))][:width] for r, keep in zip(body, filled, strict=True) if keep
    ]
    frame = pd.DataFrame(table, columns=headings, dtype="str")
    frame = frame[[h for h in headings if h]].copy()
    frame["file"], frame["sheet"] = file, sheet
    frame["row"] = np.flatnonzero(filled) + header + 2
    return frame


def _trimmed(row: Sequence[str]) -> Sequence[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _unique(headings: list[str]) -> list[str]:
    """Number repeated headings, so that none hides another; the provenance names stay ours."""
    seen: dict[str, int] = {"file": 1, "sheet": 1, "row": 1, "geometry": 1}
    made = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        made.append(f"{heading}.{seen[heading]}" if heading and seen[heading] > 1 else heading)
    return made


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
