"""排名图: each indicator's prefectures and counties from the highest, one printed page each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hbgeo.show import look
from hbgeo.show.excel.book import Book, RowSheet
from hbgeo.show.excel.cover import BACK
from hbgeo.show.excel.sheet import A3, Ranked, Sheet, place_in

NAME, DATA = "排名图", "排名数据"
_PAGE = 50  # rows of the sheet on one page
_COLUMNS, _WIDTH = 18, 9  # columns of one page, and how wide each is
_SCALE = 90  # percent at which a page of them fits the paper
_TOP = 3  # the first row of what the charts are drawn from
_PARTS = (("市州", 3, 380), ("县（市、区）", 22, 560))  # what is ranked, at which row, how high
_MOST_NUMBERS = 20  # bars that have room for their numbers


def place_of(n: int) -> str:
    """Where the charts of the sheet's n-th indicator stand, counted from 0."""
    return place_in(NAME, f"A{n * _PAGE + 1}")


def can_rank(sheet: Sheet) -> bool:
    """Whether a sheet has two areas that can be ranked."""
    return sheet.ranked is not None and any(len(_in_order(sheet, of)) > 1 for of in (0, 1))


def write_rankings(
    book: Book, style: Mapping[str, Any], sheets: Sequence[Sheet], mark: str
) -> list[list[Any]]:
    """Write the charts of sheets that can be ranked: bars, and the target as a line.

    Returns
    -------
    table
        What they are drawn from, for `write_data`.
    """
    worksheet, table = book.add_worksheet(NAME), list[list[Any]]()
    worksheet.set_column(0, _COLUMNS - 1, _WIDTH)
    for n, sheet in enumerate(sheets):
        top = n * _PAGE
        worksheet.write_string(top, 0, mark or " ", style["mark"])
        worksheet.write_url(top, 12, f"internal:{BACK['返回目录']}", style["link"], "返回目录")
        link = f"internal:{place_in(sheet.name)}"
        worksheet.write_url(top, 15, link, style["link"], "本指标统计表")
        worksheet.set_row(top + 1, 26)
        worksheet.write_string(
            top + 1, 0, sheet.title.removesuffix("统计表") + "排名", style["title"]
        )
        for of in range(len(_PARTS)):
            chart = _draw(book, sheet, of, table)
            if chart is not None:
                worksheet.insert_chart(top + _PARTS[of][1] - 1, 0, chart)
    _set_up(worksheet, len(sheets), mark)
    return table


def write_data(book: Book, table: Sequence[list[Any]], style: Mapping[str, Any], mark: str) -> None:
    """Write what the charts are drawn from, a row for each series, on a sheet out of sight."""
    worksheet, most = book.add_worksheet(DATA), max(map(len, table), default=1)
    worksheet.set_column(0, 0, 40)
    worksheet.write_string(0, 0, mark or " ", style["mark"])
    worksheet.write_string(1, 0, "排名图所用的数", style["title"])
    greys = [[style["aside"]] * most] * len(table)
    worksheet.write_rows(_TOP, [row + [None] * (most - len(row)) for row in table], greys)
    worksheet.hide()


def _in_order(sheet: Sheet, of: int) -> list[tuple[int, str, float]]:
    """Rank, name and figure of the prefectures (0) or counties (1), the highest first."""
    at = sheet.ranked
    if at is None:
        return []
    rows = sheet.rows[1 : 1 + at.prefectures] if of == 0 else sheet.rows[1 + at.prefectures :]
    ranked = [(r[at.rank], r[at.label], r[at.value]) for r in rows if isinstance(r[at.rank], int)]
    return sorted(ranked, key=lambda one: one[0])


def _draw(book: Book, sheet: Sheet, of: int, table: list[list[Any]]) -> Any:
    """Make the chart of one page's prefectures or counties, and add what it is drawn from; None of fewer than two."""
    found, at = _in_order(sheet, of), sheet.ranked
    if len(found) < 2 or at is None:
        return None
    called, _, height = _PARTS[of]
    rows: list[list[Any]] = [
        [f"{rank} {name}" for rank, name, _ in found],
        [value for *_, value in found],
    ]
    rows += [] if at.target is None else [[at.target] * len(found)]
    heads = (called, f"数值（{at.unit}）", f"目标（{at.unit}）")
    first = _TOP + len(table)
    table += [
        [f"{sheet.title.removesuffix('统计表')} {heads[n]}", *row] for n, row in enumerate(rows)
    ]
    spans = [[DATA, first + n, 1, first + n, len(found)] for n in range(len(rows))]
    form = {"num_format": "0.00" if at.unit == "%" else "General"}
    numbers = {"data_labels": {"value": True, "font": {"size": 9}, **form}}
    bars: dict[str, Any] = {"name": heads[1], "categories": spans[0], "values": spans[1]}
    bars |= {"categories_data": rows[0], "values_data": rows[1]}
    bars |= {"fill": {"color": look.SHEET_BAR}, "border": {"color": look.GREY_FRAME}, "gap": 40}
    chart = book.add_chart({"type": "column"})
    chart.add_series(bars | (numbers if len(found) <= _MOST_NUMBERS else {}))
    if at.target is not None:
        line = book.add_chart({"type": "line"})
        aim = {"name": heads[2], "values": spans[2], "values_data": rows[2]}  # the bars' categories
        line.add_series(aim | {"line": {"color": look.SHORT, "width": 2, "dash_type": "dash"}})
        chart.combine(line)
    _dress(chart, f"{called}（{at.unit}），由高到低", at, height)
    return chart


def _dress(chart: Any, title: str, at: Ranked, height: int) -> None:
    font = {"name": look.PAPER_HEAD_FONT, "size": 12}
    chart.set_title({"name": title, "name_font": font, "overlay": False})
    small = {"size": 8, "rotation": -90}
    chart.set_x_axis({"num_font": small, "interval_unit": 1})
    top = {"max": 100} if at.unit == "%" else {}
    chart.set_y_axis(
        {"min": 0, **top, "major_gridlines": {"visible": True, "line": {"color": look.SHEET_HEAD}}}
    )
    chart.set_legend({"none": True} if at.target is None else {"position": "top"})
    chart.set_size({"width": 68 * _COLUMNS - 8, "height": height})


def _set_up(worksheet: RowSheet, pages: int, mark: str) -> None:
    """One page an indicator: breaks between them hold where the scale is set."""
    worksheet.freeze_panes(0, 0)
    worksheet.hide_gridlines(2)
    worksheet.set_landscape()
    worksheet.set_paper(A3)
    worksheet.set_print_scale(_SCALE)
    worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    worksheet.set_h_pagebreaks([n * _PAGE for n in range(1, pages)])
    worksheet.print_area(0, 0, max(pages, 1) * _PAGE - 1, _COLUMNS - 1)
    worksheet.set_footer(f"&L{mark}&C第 &P 页 共 &N 页&R&A")
