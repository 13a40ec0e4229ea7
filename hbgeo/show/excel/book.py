"""Workbooks as XlsxWriter makes them: text is never a formula or a link, and no clock stands in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from hbgeo.errors import OutputError
from hbgeo.show.zipped import say_one_system

EPOCH = "1980-01-01T00:00:00.000Z"  # stands where a format insists on a time of writing
SHEET_ROWS = 1_048_576  # of a worksheet, its header among them
_SHEET_COLUMNS = 16_384
_LONGEST = 32_767  # UTF-16 units of one cell
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "nan_inf_to_errors": False,
}  # fmt: skip


class RowSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet that also takes rows."""

    def write_rows(
        self, top: int, rows: Sequence[Sequence[Any]], styles: Sequence[Sequence[Any]]
    ) -> None:
        """Write rows from the first column on, as wide as the sheet; once a sheet.

        Text stays text and numbers numbers, whatever text looks like; what is missing is left
        empty but for its format.

        Parameters
        ----------
        top
            The row of the first, counted from 0.
        styles
            The formats of each row's cells, None for none; rows alike share one list.

        Raises
        ------
        OutputError
            If a worksheet cannot hold so many.
        """
        if not rows:
            return
        if top + len(rows) > SHEET_ROWS or max(map(len, rows)) > _SHEET_COLUMNS:
            raise OutputError(
                f"工作表“{self.name}”最多 {SHEET_ROWS:,} 行，放不下 {len(rows):,} 行；"
                "请写成 .csv 或 .parquet"
            )
        self.put_rows(top, rows, styles)

    def put_rows(
        self, top: int, rows: Sequence[Sequence[Any]], styles: Sequence[Sequence[Any]]
    ) -> None:
        """Write rows that fit, cell by cell."""
        for r, (row, style) in enumerate(zip(rows, styles, strict=True), top):
            for c, value in enumerate(row):
                write_cell(self, r, c, value, style[c])


class Book(Workbook):  # type: ignore[misc]  # XlsxWriter has no types
    """A workbook held in memory, in which text stays text, and that carries no clock time.

    `show.excel.rows.new_book` makes them.
    """

    worksheet_class = RowSheet

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        super().__init__(self._buffer, _OPTIONS)
        self.set_properties({"created": datetime.fromisoformat(EPOCH[:19]), "author": "hbgeo"})

    def to_bytes(self) -> bytes:
        """Close the workbook; the file it makes."""
        self.close()
        say_one_system(self._buffer)
        return self._buffer.getvalue()


def write_cell(sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """Write text as text and numbers as numbers; nothing is ever taken for a formula."""
    written = as_written(value)
    if written is None:
        sheet.write_blank(row, column, None, style)
    elif not isinstance(written, str):
        sheet.write_number(row, column, written, style)
    elif is_rich(written):
        text = cut(written)  # in three runs
        sheet.write_rich_string(row, column, "<", "r", text[2:], *([style] if style else []))
    else:
        sheet.write_string(row, column, cut(written), style)


def as_written(value: Any) -> str | int | float | None:
    """A value as it stands in a cell: text, a number, or nothing."""
    if value is None or value is pd.NA or value != value:  # NaN is not itself
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)) and isfinite(value):
        return value or 0  # -0.0 is no other number than 0
    return "、".join(value) if isinstance(value, list) else str(value)


def is_rich(text: str) -> bool:
    """Whether XlsxWriter takes a text for the inside of a cell, and does not escape it."""
    return text.startswith("<r>") and text.endswith("</r>")


def cut(text: str) -> str:
    """No more of a text than a cell holds; a character of two units is never split."""
    if len(text) <= _LONGEST // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST]
    return units.decode("utf-16-le", "ignore")
