"""The list of data problems as a workbook to send back: one sheet a county, ready to work through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from hbgeo.read.issues import ISSUE_COLUMNS
from hbgeo.show import look
from hbgeo.show.excel.book import Book, RowSheet, write_cell
from hbgeo.show.excel.listing import list_sheet
from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import make_styles, place_in, write_sheet
from hbgeo.show.table.effects import EFFECT
from hbgeo.show.table.values import cells_of
from hbgeo.show.words import SAMPLE_MARK

NOWHERE = "未指明县"
_BACK = {"返回汇总": place_in("汇总")}
_HEADINGS = {
    "severity": ("程度", 6), "file": ("文件", 20), "sheet": ("工作表", 12), "row": ("行", 6),
    "column": ("列", 12), "value": ("原值", 20), "message": ("问题", 52), "fix": ("怎么改", 30),
    "rule": ("规则", 6), "layer": ("图层", 11), "effect": ("影响", 24), "": ("更正为", 20),
}  # fmt: skip
_WORDS = {"error": "错误", "warning": "提醒"}
_UNFIT = re.compile(r"[\[\]:*?/\\]")  # characters no sheet's name may have
_LONGEST = 31  # characters of a sheet's name


def problems_bytes(issues: pd.DataFrame, title: str, *, sample: bool) -> bytes:
    """Make the workbook of problems.

    The first sheet counts errors and warnings by county; then comes one sheet a county, in code
    order, errors first, with an empty column for the correction; what names no county follows, and
    last the whole table.

    Parameters
    ----------
    issues
        As `Workspace.issues` gives them, or `with_effects`: a county's rows keep their order.
    title
        The workspace's title.
    sample
        Whether the data are invented, which every sheet's first row then says.
    """
    book = new_book()
    style = _styles(book)
    counties = _by_county(issues)
    names = sheet_names(list(counties))
    _write_summary(book, style, counties, names, title, sample=sample)
    for key, problems in counties.items():
        _write_county(book, style, problems, names[key], title, sample=sample)
    line = "错误所在的行未计入任何指标；请各县改正后重报。"
    mark = SAMPLE_MARK if sample else ""
    columns = [*ISSUE_COLUMNS, *([EFFECT] if EFFECT in issues else [])]
    every = list_sheet("全部", f"{title} 数据问题清单", line, issues[columns], "check", mark=mark)
    write_sheet(book, replace(every, links=_BACK), make_styles(book))
    return book.to_bytes()


def _styles(book: Book) -> dict[str, Any]:
    wrap = {"text_wrap": True, "valign": "top"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "mark": book.add_format({"bold": True, "font_color": look.SHEET_MARK}),
        "link": book.add_format({"underline": 1, "font_color": look.ACCENT, **wrap}),
        "head": book.add_format({"bold": True, "bottom": 1, **wrap}),
        "cell": book.add_format({"bottom": 4, "bottom_color": look.SHEET_LINE, **wrap}),
        "error": book.add_format(
            {"bottom": 4, "bottom_color": look.SHEET_LINE, "bold": True, **wrap}
        ),
    }


def _by_county(issues: pd.DataFrame) -> dict[tuple[str, str], pd.DataFrame]:
    """(code, name) of each county → its problems, errors first; what names no county last."""
    order = [*(["error", "warning"].index(s) for s in issues["severity"])]
    by = ["county_code", "order"]
    if EFFECT not in issues:
        by += ["layer", "file", "sheet", "row"]
    ordered = issues.assign(order=order).sort_values(by, kind="stable")
    named = ordered["county_code"] != ""
    counties = {
        (str(code), str(problems["county"].iloc[0]) or str(code)): problems
        for code, problems in ordered[named].groupby("county_code", sort=True)
    }
    return counties | ({("", NOWHERE): ordered[~named]} if (~named).any() else {})


def sheet_names(keys: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """A fit and unique name for each county's sheet; two of one name get their codes."""
    plain = {key: _UNFIT.sub("", key[1])[:_LONGEST] or key[0] for key in keys}
    counts = pd.Series(list(plain.values()), dtype=object).value_counts()
    return {
        key: name if counts[name] == 1 else f"{name[: _LONGEST - 7]} {key[0]}"
        for key, name in plain.items()
    }


def _write_summary(
    book: Book,
    style: Mapping[str, Any],
    counties: Mapping[tuple[str, str], pd.DataFrame],
    names: Mapping[tuple[str, str], str],
    title: str,
    *,
    sample: bool,
) -> None:
    sheet = book.add_worksheet("汇总")
    top = _begin(sheet, style, f"{title} 数据问题汇总", sample=sample)
    for c, heading in enumerate(
        ("代码", "县（市、区）", "错误（所在行未计入）", "提醒", "见工作表")
    ):
        sheet.write_string(top, c, heading, style["head"])
    rows: list[list[Any]] = []
    for key, problems in counties.items():
        errors = int((problems["severity"] == "error").sum())
        rows.append([*key, errors, len(problems) - errors, names[key]])
    sums = [sum(row[c] for row in rows) for c in (2, 3)]
    styles = [[style["cell"]] * 5] * len(rows) + [[style["error"]] * 5]
    for n, (row, forms) in enumerate(zip([*rows, ["", "合计", *sums, ""]], styles, strict=True)):
        for c, value in enumerate(row):
            write_cell(sheet, top + 1 + n, c, value, forms[c])
        if row[-1]:
            link = f"internal:{place_in(row[-1])}"
            sheet.write_url(top + 1 + n, 4, link, style["link"], row[-1])
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 4, 20)
    _print(sheet, top)


def _write_county(
    book: Book,
    style: Mapping[str, Any],
    problems: pd.DataFrame,
    name: str,
    title: str,
    *,
    sample: bool,
) -> None:
    sheet = book.add_worksheet(name)
    top = _begin(sheet, style, f"{name} 数据问题清单（{title}）", sample=sample)
    headings = {c: h for c, h in _HEADINGS.items() if c in problems or not c}
    for c, (heading, width) in enumerate(headings.values()):
        sheet.write_string(top, c, heading, style["head"])
        sheet.set_column(c, c, width)
    columns = [c for c in headings if c]
    rows = problems.assign(severity=problems["severity"].map(_WORDS))
    cells = [(*row, "") for row in zip(*cells_of(rows[columns]), strict=True)]
    plain = [style["cell"]] * len(headings)
    bold = [style["error"], *plain[1:]]
    sheet.write_rows(
        top + 1, cells, [bold if row[0] == _WORDS["error"] else plain for row in cells]
    )
    sheet.autofilter(top, 0, top + len(problems), len(headings) - 1)
    sheet.write_url(0, len(headings), f"internal:{_BACK['返回汇总']}", style["link"], "返回汇总")
    sheet.print_area(0, 0, top + len(problems), len(headings) - 1)
    _print(sheet, top)


def _begin(sheet: RowSheet, style: Mapping[str, Any], title: str, *, sample: bool) -> int:
    """Write the mark and the title; return the header's row."""
    if sample:
        sheet.write_string(0, 0, SAMPLE_MARK, style["mark"])
    sheet.write_string(int(sample), 0, title, style["title"])
    sheet.freeze_panes(int(sample) + 2, 0)
    return int(sample) + 1


def _print(sheet: RowSheet, header: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_footer("&C第 &P 页 共 &N 页&R&A")
