"""Lists as workbooks for people: title, basis, Chinese headings, filter, paper; codes aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import Column, Sheet, make_styles, write_sheet
from hbgeo.show.table.headings import headings_of, in_words
from hbgeo.show.table.values import cells_of

_SHORTENED = (
    "stats",
    "targets",
    "every",
    "uncovered",
    "compare",
)  # whose empty columns say nothing


def list_sheet(
    name: str, title: str, line: str, table: pd.DataFrame, kind: str, *, mark: str = ""
) -> Sheet:
    """One list as a sheet: what is for machines comes last, and columns in which nothing stands.

    `line` stands above the heading: what stands below a list would be read back as rows of it.
    """
    heads = headings_of(kind, list(map(str, table.columns)))
    cells = cells_of(in_words(table, kind))
    aside = [
        h.aside or (kind in _SHORTENED and _is_empty(c)) for h, c in zip(heads, cells, strict=True)
    ]
    order = sorted(range(len(heads)), key=aside.__getitem__)
    columns = [Column(heads[n].text, heads[n].width, heads[n].form, aside=aside[n]) for n in order]
    rows = list(zip(*(cells[n] for n in order), strict=True))
    return Sheet(name, title, line, columns, rows, mark=mark)


def _is_empty(cells: Sequence[Any]) -> bool:
    """Whether nothing stands in a column that has rows."""
    return bool(cells) and all(value is None or value == "" for value in cells)


def book_of(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of lists."""
    book = new_book()
    style = make_styles(book)
    for sheet in sheets:
        write_sheet(book, sheet, style)
    return book.to_bytes()


def list_bytes(
    kind: str, title: str, line: str, tables: Mapping[str, pd.DataFrame], *, mark: str = ""
) -> bytes:
    """Make a workbook of a list, each of its tables a sheet; further ones are of the kind of their own.

    Parameters
    ----------
    kind
        The command that writes it; a table beside the first goes by `every`.
    line
        As of when, and on what basis.
    """
    kinds = [kind, *["every"] * (len(tables) - 1)]
    return book_of([
        list_sheet(name, title if n == 0 else f"{title}：{name}", line, table, kinds[n], mark=mark)
        for n, (name, table) in enumerate(tables.items())
    ])  # fmt: skip
