"""A cleaned ledger as files: one workbook of three sheets, or three files side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hbgeo.show.excel.rows import new_book
from hbgeo.show.table.formats import table_bytes, write_table

ASIDE, ISSUES = "搁置", "问题"
_SHEETS = ("数据", ASIDE, ISSUES)


def cleaned_files(
    output: Path, rows: pd.DataFrame, aside: pd.DataFrame, issues: pd.DataFrame
) -> dict[Path, bytes]:
    """Make the files of an import: the rows, those set aside, and the issues.

    Parameters
    ----------
    output
        `.xlsx` holds all three as sheets; of any other format the set-aside rows and the issues
        stand in `…-搁置.csv` and `…-问题.csv` beside it.
    """
    if output.suffix.lower() == ".xlsx":
        tables = dict(zip(_SHEETS, (rows, aside, issues), strict=True))
        return {output: _workbook(tables)}
    beside = {ASIDE: aside, ISSUES: issues}
    made = {output: table_bytes(rows, output.suffix)}
    for name, table in beside.items():
        made[output.with_name(f"{output.stem}-{name}.csv")] = table_bytes(table, ".csv")
    return made


def _workbook(tables: dict[str, pd.DataFrame]) -> bytes:
    book = new_book()
    bold = book.add_format({"bold": True, "bottom": 1})
    for name, table in tables.items():
        write_table(book.add_worksheet(name), 0, table, bold)
    return book.to_bytes()
