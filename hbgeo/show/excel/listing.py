"""Lists as workbooks for people: title, basis, Chinese headings, filter, paper; codes aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import Column, Sheet, make_styles, write_sheet
from hbgeo.show.table.headings import headings_of, in_words
from hbgeo.show.table.values import cells_of


def list_sheet(
    name: str, title: str, line: str, table: pd.DataFrame, kind: str, *, mark: str = ""
) -> Sheet:
    """One list as a sheet: what is for machines comes last; empty columns of numbers stay.

    `line` stands above the heading: what stands below a list would be read back as rows of it.
    """
    heads = headings_of(kind, list(map(str, table.columns)))
    order = sorted(range(len(heads)), key=lambda n: heads[n].aside)
    cells = cells_of(in_words(table, kind))
    columns = [Column(h.text, h.width, h.form, aside=h.aside) for h in (heads[n] for n in order)]
    rows = list(zip(*(cells[n] for n in order), strict=True))
    return Sheet(name, title, line, columns, rows, mark=mark)


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
