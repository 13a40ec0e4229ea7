"""Workbooks of many cells: text is never a formula or a link, and rows go in whole."""

# XlsxWriter offers no whole rows: this file alone reaches into how it writes them
# ruff: noqa: SLF001

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import isfinite, isinf
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from hbgeo.errors import OutputError

EPOCH = "1980-01-01T00:00:00.000Z"  # stands where a format insists on a time of writing
SHEET_ROWS = 1_048_576  # of a worksheet, its header among them
_LONGEST = 32_767  # UTF-16 units of one cell
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "nan_inf_to_errors": False,
}  # fmt: skip
_UNWRITTEN = re.compile(r'<c r="[A-Z]+#"/>')  # neither a value nor a format


@dataclass(frozen=True)
class _Block:
    """Rows of texts, numbers and None, their formats, and how each value ends its cell."""

    top: int
    rows: Sequence[Sequence[Any]]
    styles: Sequence[Sequence[Any]]
    ends: dict[Any, str]

    @property
    def below(self) -> int:
        return self.top + len(self.rows)


class RowSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet that also takes rows whole, which costs a fraction of cell by cell.

    The file is the same, byte for byte, where every cell has a format.
    """

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._block: _Block | None = None

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
        width = max(map(len, rows))
        if self._check_dimensions(top, 0) or self._check_dimensions(top + len(rows) - 1, width - 1):
            raise OutputError(
                f"工作表“{self.name}”最多 {SHEET_ROWS:,} 行,放不下 {len(rows):,} 行;"
                "请写成 .csv 或 .parquet"
            )
        if not _are_plain(rows):
            rows = [[_as_written(v) for v in row] for row in rows]
        cells = list(chain.from_iterable(rows))
        self._block = _Block(top, rows, styles, self._ends(dict.fromkeys(cells)))
        self.str_table.count += Counter(map(type, cells))[str]

    def _ends(self, values: Iterable[Any]) -> dict[Any, str]:
        """How a cell ends that holds a value; each text goes into the workbook's table once."""
        table, made = self.str_table.string_table, {}
        for value in values:
            written = value if type(value) is str else _as_written(value)
            if written is None:
                made[value] = "/>"
            elif type(written) is str:
                at = table.setdefault(_cut(written), len(table))
                made[value] = f' t="s"><v>{at}</v></c>'
            else:
                made[value] = f"><v>{written:.16G}</v></c>"
        self.str_table.unique_count = len(table)
        return made

    def _get_range_data(self, first: int, left: int, last: int, right: int) -> list[Any]:
        """What a chart draws: numbers as text, as a reader of the file would find them."""
        data: list[Any] = []
        for n in range(first, last + 1):
            if self._block is None or not self._block.top <= n < self._block.below:
                data += super()._get_range_data(n, left, n, right)
                continue
            cells = self._block.rows[n - self._block.top][left : right + 1]
            shown = map(_as_written, cells)
            data += ["" if v is None else v if type(v) is str else f"{v:.16g}" for v in shown]
        return data

    def _calculate_spans(self) -> None:
        super()._calculate_spans()
        if self._block is not None:
            whole = f"1:{len(self._block.rows[0])}"
            for group in range(self._block.top // 16, (self._block.below - 1) // 16 + 1):
                self.row_spans[group] = whole

    def _write_rows(self) -> None:
        block, first, last = self._block, self.dim_rowmin, self.dim_rowmax
        if block is None:
            super()._write_rows()
            return
        self.dim_rowmax = block.top - 1
        super()._write_rows()
        self._write_block(block)
        self.dim_rowmin, self.dim_rowmax = block.below, last
        super()._write_rows()
        self.dim_rowmin = first

    def _write_block(self, block: _Block) -> None:
        """Write each row as one text, its number put in at the end."""
        spans = self.row_spans[block.top // 16]
        forms = {id(style): _form(style) for style in _distinct(block.styles)}
        bare = {id(style) for style in _distinct(block.styles) if None in style}
        write, end = self.fh.write, block.ends.__getitem__
        for n, (row, style) in enumerate(zip(block.rows, block.styles, strict=True), block.top):
            text = forms[id(style)] % tuple(map(end, row))
            if id(style) in bare:
                text = _UNWRITTEN.sub("", text)
            if n in self.row_info:
                self._write_row(n, spans, self.row_info[n])
            else:
                write(f'<row r="{n + 1}" spans="{spans}">')
            write(text.replace("#", str(n + 1)))


def _are_plain(rows: Sequence[Sequence[Any]]) -> bool:
    """Whether equal values of some rows stand alike: true is no 1, and no cell holds infinity."""
    kinds = set(map(type, chain.from_iterable(rows)))
    if float in kinds and any(type(v) is float and isinf(v) for row in rows for v in row):
        return False
    return kinds <= {str, int, float, type(None)}


def _distinct(styles: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """Each list of formats once, in the order of the rows: formats are numbered as they are met."""
    return {id(style): style for style in styles}.values()


def _form(styles: Sequence[Any]) -> str:
    """The rest of a row but for the ends of its cells; # stands for the row's number."""
    kinds = ["" if style is None else f' s="{style._get_xf_index()}"' for style in styles]
    cells = [f'<c r="{xl_col_to_name(c)}#"{kind}%s' for c, kind in enumerate(kinds)]
    return "".join([*cells, "</row>"])


class Book(Workbook):  # type: ignore[misc]  # XlsxWriter has no types
    """A workbook held in memory, in which text stays text, and that carries no clock time."""

    worksheet_class = RowSheet

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        super().__init__(self._buffer, _OPTIONS)
        self.set_properties({"created": datetime.fromisoformat(EPOCH[:19]), "author": "hbgeo"})

    def to_bytes(self) -> bytes:
        """Close the workbook; the file it makes."""
        self.close()
        return self._buffer.getvalue()

    def _get_packager(self) -> _Packer:
        return _Packer()


class _Packer(Packager):  # type: ignore[misc]  # XlsxWriter has no types
    def _write_shared_strings_file(self) -> None:
        strings = _Texts()
        strings.string_table = self.workbook.str_table
        if strings.string_table.count:
            strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            strings._assemble_xml_file()


class _Texts(SharedStrings):  # type: ignore[misc]  # XlsxWriter has no types
    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            self.fh.write(f"<si>{_text_element(text)}</si>")


def _text_element(text: str) -> str:
    if _is_plain(text):
        return f"<t>{text}</t>"
    safe = SharedStrings._escape_control_characters(text)
    space = ' xml:space="preserve"' if safe != safe.strip() else ""
    safe = safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<t{space}>{safe}</t>"


def _is_plain(text: str) -> bool:
    """Whether XML holds a text as it stands, and a reader drops no space of it."""
    marks = "&" in text or "<" in text or ">" in text or "_x" in text
    return not marks and text.isprintable() and text[:1] != " " and text[-1:] != " "


def write_cell(sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
    """Write text as text and numbers as numbers; nothing is ever taken for a formula."""
    written = _as_written(value)
    if written is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(written, str):
        sheet.write_string(row, column, _cut(written), style)
    else:
        sheet.write_number(row, column, written, style)


def _as_written(value: Any) -> str | int | float | None:
    """A value as it stands in a cell: text, a number, or nothing."""
    if value is None or value is pd.NA or value != value:  # NaN is not itself
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)) and isfinite(value):
        return value or 0  # -0.0 is no other number than 0
    return "、".join(value) if isinstance(value, list) else str(value)


def _cut(text: str) -> str:
    """No more of a text than a cell holds; a character of two units is never split."""
    if len(text) <= _LONGEST // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST]
    return units.decode("utf-16-le", "ignore")
