"""A cleaned ledger as files: one workbook of three sheets, or three files side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hbgeo.show.excel.listing import book_of, list_sheet
from hbgeo.show.table.formats import book_bytes, table_bytes
from hbgeo.show.table.headings import in_chinese

ASIDE, ISSUES = "搁置", "问题"
_SHEETS = ("数据", ASIDE, ISSUES)


def cleaned_files(
    output: Path,
    rows: pd.DataFrame,
    aside: pd.DataFrame,
    issues: pd.DataFrame,
    *,
    title: str = "台账",
    machine: bool = False,
    chinese: bool = False,
) -> dict[Path, bytes]:
    """Make the files of an import: the rows, those set aside, and the issues.

    Parameters
    ----------
    output
        `.xlsx` holds all three as sheets; of any other format the set-aside rows and the issues
        stand in `…-搁置.csv` and `…-问题.csv` beside it.
    title
        What kind of ledger it is, for the title of a workbook.
    machine, chinese
        Whether a workbook is a plain table; whether the issues of a .csv have Chinese headings.
    """
    if output.suffix.lower() == ".xlsx":
        tables = dict(zip(_SHEETS, (rows, aside, issues), strict=True))
        return {output: book_bytes(tables) if machine else _workbook(tables, title)}
    if chinese:
        issues = in_chinese(issues, "check")
    beside = {ASIDE: aside, ISSUES: issues}
    made = {output: table_bytes(rows, output.suffix)}
    for name, table in beside.items():
        made[output.with_name(f"{output.stem}-{name}.csv")] = table_bytes(table, ".csv")
    return made


def _workbook(tables: dict[str, pd.DataFrame], title: str) -> bytes:
    lines = (
        "标准列名，坐标为 CGCS2000；可再次导入。",
        "搁置的行未计入，保留原文。",
        "请改正后重报。",
    )
    kinds = ("import", "import", "check")
    return book_of([
        list_sheet(name, f"{title}清洗结果：{name}", line, table, kind)
        for (name, table), line, kind in zip(tables.items(), lines, kinds, strict=True)
    ])  # fmt: skip
