"""Workbooks whose rows go in whole, at a fraction of what cell by cell costs; the file is the same.

    book = new_book()

XlsxWriter offers no whole rows. This file alone reaches into how it writes them, and only where its
version is one that was tried; with any other, rows go in cell by cell.
"""

# ruff: noqa: SLF001

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isinf
from typing import Any

import xlsxwriter
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_col_to_name

from hbgeo.show.excel.book import Book, RowSheet, as_written, cut, is_rich

TRIED = frozenset({"3.3.0", "3.3.1"})  # versions of XlsxWriter that tests/test_rows.py passed with
_UNWRITTEN = re.compile(r'<c r="[A-Z]+#"/>')  # neither a value nor a format


def new_book() -> Book:
    """An empty workbook."""
    return _WholeBook() if xlsxwriter.__version__ in TRIED else Book()


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


class _WholeSheet(RowSheet):
    """A worksheet whose file is the same, byte for byte, where every cell has a format."""

    dim_rowmin: int
    dim_rowmax: int

    def __init__(self) -> None:
        super().__init__()
        self._block: _Block | None = None

    def put_rows(
        self, top: int, rows: Sequence[Sequence[Any]], styles: Sequence[Sequence[Any]]
    ) -> None:
        """Keep rows to be written whole."""
        width = max(map(len, rows))
        for row in (top, top + len(rows) - 1):  # which the sheet then knows of
            self._check_dimensions(row, 0), self._check_dimensions(row, width - 1)
        if not _are_plain(rows):
            rows = [[as_written(v) for v in row] for row in rows]
        cells = list(chain.from_iterable(rows))
        self._block = _Block(top, rows, styles, self._ends(dict.fromkeys(cells)))
        self.str_table.count += Counter(map(type, cells))[str]

    def _ends(self, values: Iterable[Any]) -> dict[Any, str]:
        """How a cell ends that holds a value; each text goes into the workbook's table once."""
        table, made = self.str_table.string_table, {}
        for value in values:
            written = value if type(value) is str else as_written(value)
            if written is None:
                made[value] = "/>"
            elif type(written) is str:
                at = table.setdefault(_kept(cut(written)), len(table))
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
            shown = map(as_written, cells)
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


def _kept(text: str) -> str:
    """A text as the workbook's table has it: of what is not escaped there, the inside of its cell."""
    return f"<r><t>{html.escape(text, quote=False)}</t></r>" if is_rich(text) else text


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


class _Written(io.StringIO):
    """A member of the file, as the bytes that it is: a million rows as text beside them take as much."""

    def __init__(self) -> None:
        super().__init__()
        self._bytes = io.BytesIO()

    def write(self, text: str) -> int:
        return self._bytes.write(text.encode())

    def getvalue(self) -> Any:
        return self._bytes.getvalue()


class _Packager(Packager):  # type: ignore[misc]  # XlsxWriter has no types
    """Has members written as bytes."""

    def _filename(self, name: str) -> _Written:
        self.filenames.append((made := _Written(), name, True))
        return made


class _WholeBook(Book):
    worksheet_class = _WholeSheet

    def _get_packager(self) -> _Packager:
        return _Packager()
