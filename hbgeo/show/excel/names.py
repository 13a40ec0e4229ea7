"""What was found of signs as workbooks: every finding, a sheet of the report, a paper for each county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hbgeo.measure.names.found import SignNames
from hbgeo.measure.names.rules import RULES
from hbgeo.show.excel.book import RowSheet
from hbgeo.show.excel.listing import book_of, list_sheet
from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import HEAD_ROW, Column, Sheet, make_styles, write_sheet
from hbgeo.show.names_words import SEVERITIES, TITLE, TO_DECIDE, summary
from hbgeo.show.table.values import cells_of

_ORDER = [
    "county",
    "sign",
    "standard",
    "roman",
    "rule",
    "title",
    "severity",
    "message",
    "suggestion",
]
_ORDER += ["article", "score", "id", "unit_code", "county_code", "file", "sheet", "row"]
_MOST = 1_000_000  # rows of a worksheet
WITHOUT = "没有标志的村"
_ANSWER, _ANSWERS = "处理结果", ("已更正", "已补设", "名称无误", "待处理")
_FILL = (
    f"只填“{_ANSWER}”（{'、'.join(_ANSWERS)}，或写明情况），不要增删行；右边灰色的是编号，请保留。"
)
_PROBLEMS = {
    "": Column("序号", 6, "whole"), "township": Column("乡镇（街道）", 15),
    "sign": Column("标志名称", 20), "roman": Column("标志拼写", 23),
    "standard": Column("标准名称", 18), "title": Column("查什么", 26),
    "severity": Column("程度", 7), "message": Column("问题", 46),
    "suggestion": Column("建议写法", 21), "rule": Column("规则", 7), "file": Column("文件", 16),
    "sheet": Column("工作表", 11), "row": Column("行", 7, "whole"), _ANSWER: Column(_ANSWER, 20),
    "id": Column("标志编号", 18, aside=True), "unit_code": Column("单元代码", 14, aside=True),
}  # fmt: skip
_VILLAGES = {
    "": Column("序号", 6, "whole"), "township": Column("乡镇（街道）", 20),
    "name": Column("村（社区）", 30), "reason": Column("原因", 34), _ANSWER: Column(_ANSWER, 28),
    "code": Column("村（社区）代码", 16, aside=True),
}  # fmt: skip


def names_bytes(
    rows: pd.DataFrame,
    rules: pd.DataFrame,
    counties: Mapping[str, str],
    title: str,
    line: str,
    *,
    mark: str = "",
) -> bytes:
    """Make the workbook of findings.

    Parameters
    ----------
    rows
        As `measure.names.check` gives them.
    rules
        One row a rule: `rule`, `title`, `severity`, `article`, `example`.
    counties
        Code → name.
    line
        Against what the signs were held.
    """
    shown = _told(rows, counties)
    first = list_sheet("问题", f"{title}：名称核对", line, shown[_ORDER], "names", mark=mark)
    return book_of([first, _rules_sheet(rules)])


def names_sheets(found: SignNames, line: str) -> list[Sheet]:
    """The report's 地名标志问题: one row a finding; as many sheets as it takes."""
    shown = _told(found.rows, found.counties)[_ORDER]
    chunks = [shown[n : n + _MOST] for n in range(0, max(len(shown), 1), _MOST)]
    names = [TITLE, *(f"{TITLE}{n}" for n in range(2, len(chunks) + 1))]
    notes = [summary(found), f"{found.against}。{TO_DECIDE}", *found.notes]
    return [
        replace(list_sheet(name, name, line, chunk, "names"), notes=notes)
        for name, chunk in zip(names, chunks, strict=True)
    ]


def county_bytes(
    county: str,
    problems: pd.DataFrame,
    villages: pd.DataFrame | None,
    rules: pd.DataFrame,
    said: Sequence[str],
    *,
    notes: Sequence[str] = (),
    mark: str = "",
) -> bytes:
    """Make the workbook that one county gets and sends back.

    Sheets: 标志问题, 没有标志的村, each with an empty column for what was done; 规则.

    Parameters
    ----------
    problems
        The findings of the county's signs, with `township`.
    villages
        Villages without a sign: `code`, `name`, `township`, `reason`; None where that cannot be told.
    said
        What stands above the first list, and above the second.
    notes
        What is to be said of all its signs, below the first list.
    """
    words = [SEVERITIES[one] for one in problems["severity"]]
    told = _told(problems, {}).assign(severity=words)
    given = {"标志问题": (told, _PROBLEMS)}
    if villages is not None:
        given[WITHOUT] = (villages, _VILLAGES)
    book = new_book()
    style = make_styles(book)
    for (name, (rows, columns)), line in zip(given.items(), said, strict=False):
        below = notes if columns is _PROBLEMS else ()
        sheet = _to_answer(f"{county} {name}", name, rows, columns, line)
        write_sheet(book, replace(sheet, mark=mark, notes=below), style)
        at = list(columns).index(_ANSWER)
        _help_to_fill(book.get_worksheet_by_name(name), at, len(sheet.rows))
    write_sheet(book, _rules_sheet(rules), style)
    return book.to_bytes()


def _to_answer(
    title: str, name: str, rows: pd.DataFrame, columns: Mapping[str, Column], line: str
) -> Sheet:
    """A list that a county answers, row by row."""
    cells = zip(*cells_of(rows[[c for c in columns if c in rows]]), strict=True)
    filled = [_filled(n, row, columns) for n, row in enumerate(cells, 1)]
    full = f"{line}{_FILL}" if filled else line
    return Sheet(name, title, full, list(columns.values()), filled, frozen=3)


def _told(rows: pd.DataFrame, counties: Mapping[str, str]) -> pd.DataFrame:
    """Findings with the county's name and what each rule looks for."""
    return rows.assign(
        county=[counties.get(code, "") for code in rows["county_code"]],
        title=[RULES[rule].title for rule in rows["rule"]],
    )


def _rules_sheet(rules: pd.DataFrame) -> Sheet:
    said = "规则、依据和例子；例中的名称为示例。"
    return list_sheet("规则", "名称核对的规则", said, rules, "rules")


def _filled(n: int, row: Sequence[object], columns: Mapping[str, Column]) -> list[object]:
    """A row with its number, and nothing yet where the county answers."""
    cells = list(row)
    for at, column in enumerate(columns):
        if not column:
            cells.insert(at, n)
        elif column == _ANSWER:
            cells.insert(at, None)
    return [None if cell == "" else cell for cell in cells]


def _help_to_fill(sheet: RowSheet, column: int, rows: int) -> None:
    """Offer the usual answers; any other is taken as well."""
    if rows:
        asked = {"validate": "list", "source": list(_ANSWERS), "error_type": "information"}
        sheet.data_validation(HEAD_ROW, column, HEAD_ROW + rows - 1, column, asked)
