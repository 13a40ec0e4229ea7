"""Rows in doubt as workbooks: one sheet a county to be checked and sent back; and 把握 in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.read.catalog import Catalog
from hbgeo.show import doubt_words, words
from hbgeo.show.excel.book import Book
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.problems import NOWHERE, sheet_names
from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import HEAD_ROW, Column, Sheet, make_styles, place_in, write_sheet

SUMMARY, ANSWER = "汇总", "核对结果"
_BACK = {f"返回{SUMMARY}": place_in(SUMMARY)}
_COLUMNS = {
    "": Column("序号", 6, "whole"), "role": Column("作用", 10), "file": Column("文件", 20),
    "sheet": Column("工作表", 14), "row": Column("行", 7, "whole"), "name": Column("名称", 22),
    "kind": Column("疑点", 18), "readings": Column("可能的读法", 44), "effect": Column("影响", 12),
    "turned": Column("能改变的结论", 28), "answer": Column(ANSWER, 26),
    "layer": Column("图层", 14, aside=True), "units": Column("涉及单元代码", 24, aside=True),
}  # fmt: skip
_LINE = (
    "截至日期：{day}　共 {count} 行。请对照原件逐行核实，把实际情况填在“{answer}”一列，并改正台账后重报；"
    "不要增删行。排在前面的决定结论。"
)


def doubts_bytes(
    doubts: Doubts, assessments: Sequence[Assessment], catalog: Catalog, place: str = ""
) -> bytes:
    """Make the workbook to send back: 汇总, then one sheet a county, the deciding rows first.

    Parameters
    ----------
    assessments
        Of which figures: of one, its own rows; of several, every row in doubt.
    place
        The county or prefecture that the figures are of; "" for the whole workspace.
    """
    book = new_book()
    style = make_styles(book)
    rows = _rows(doubts, assessments)
    counties = {
        (str(code), str(part["county"].iloc[0]) or NOWHERE): part
        for code, part in rows.groupby("county_code", sort=True)
    }
    last = [key for key in counties if not key[0]]
    counties = {k: v for k, v in counties.items() if k[0]} | {k: counties[k] for k in last}
    names = sheet_names(list(counties))
    mark = words.marks(assessments)
    title = f"{place or catalog.title} 待核实的行"
    summary = _summary(counties, names, doubts, assessments, title)
    write_sheet(book, _marked(summary, mark, {}), style)
    made = book.get_worksheet_by_name(SUMMARY)
    for n, key in enumerate(counties):
        made.write_url(
            HEAD_ROW + n, 4, f"internal:{place_in(names[key])}", style["link"], names[key]
        )
    for key, part in counties.items():
        sheet = _county(names[key], f"{key[1]} 待核实的行（{catalog.title}）", part, assessments)
        write_sheet(book, _marked(sheet, mark, _BACK), style)
        _ask(book, names[key], len(part))
    return book.to_bytes()


def _marked(sheet: Sheet, mark: str, links: Mapping[str, str]) -> Sheet:
    return Sheet(**{**vars(sheet), "mark": mark, "links": links})


def _rows(doubts: Doubts, assessments: Sequence[Assessment]) -> pd.DataFrame:
    """The rows to be checked, those that decide first, with the conclusions that each turns by name."""
    names = {a.indicator.id: a.indicator.full_name for a in assessments}
    if len(assessments) == 1:
        [a] = assessments
        firm = doubts.of.get(a.indicator.id)
        if firm is not None:
            rows = doubt_words.in_order(firm)
            turned = [names[a.indicator.id] if turns else "" for turns in rows["turns"]]
            return rows.assign(turned=turned)
    split = [[one for one in str(said or "").split("、") if one] for said in doubts.rows["turns"]]
    turned = ["、".join(names.get(one, one) for one in some) for some in split]
    roles = [doubt_words.TURNS if some else "" for some in split]
    rows = doubts.rows.assign(turned=turned, role=roles, _t=[not some for some in split])
    return rows.sort_values("_t", kind="stable").drop(columns="_t")


def _summary(
    counties: Mapping[tuple[str, str], pd.DataFrame],
    names: Mapping[tuple[str, str], str],
    doubts: Doubts,
    assessments: Sequence[Assessment],
    title: str,
) -> Sheet:
    """How many rows each county has to check, and how firm the figures are."""
    columns = [Column("代码", 10), Column("县（市、区）", 20), Column("待核实（行）", 12, "whole")]
    columns += [Column("其中决定结论（行）", 14, "whole"), Column("见工作表", 24)]
    rows: list[list[Any]] = [
        [*key, len(part), int((part["role"] != "").sum()), names[key]]
        for key, part in counties.items()
    ]
    sums = [sum(row[c] for row in rows) for c in (2, 3)]
    notes = [
        f"{a.indicator.full_name}：{_said(doubts.of[a.indicator.id], a)}"
        for a in assessments
        if a.indicator.id in doubts.of and _is_told(doubts.of[a.indicator.id], a)
    ]
    total = [[None, "合计", *sums, None]] if rows else []
    day = assessments[0].as_of if assessments else ""
    line = f"截至日期：{day}。各县核实后在本县一表填“{ANSWER}”，并改正台账重报。"
    return Sheet(
        SUMMARY, title, line, columns, [*rows, *total], totals=frozenset({len(rows)}), notes=notes
    )


def _is_told(firm: Firmness, a: Assessment) -> bool:
    return firm.open or bool(doubt_words.state_of(firm, a))


def _said(firm: Firmness, a: Assessment) -> str:
    """Figure, span and conclusion in a line."""
    span = f"，{doubt_words.AFTER} {doubt_words.show_span(firm, a)}" if firm.open else ""
    said = [doubt_words.conclusion(firm, a), doubt_words.settled(firm), *firm.unbounded]
    return f"{words.figure_with_unit(a)}{span}。{'；'.join(s for s in said if s not in {'', words.NONE})}"


def _county(name: str, title: str, rows: pd.DataFrame, assessments: Sequence[Assessment]) -> Sheet:
    day = assessments[0].as_of if assessments else ""
    line = _LINE.format(day=day, count=len(rows), answer=ANSWER)
    cells = [[n, *_cells(row)] for n, row in enumerate(rows.to_dict("records"), 1)]
    return Sheet(name, title, line, list(_COLUMNS.values()), cells, frozen=3)


def _cells(row: Mapping[Any, Any]) -> list[Any]:
    known = {**row, "answer": None, "units": "、".join(map(str, row["units"]))}
    known |= {"readings": doubt_words.say(row["readings"]), "kind": doubt_words.kind_of(row)}
    return [_plain(known.get(column)) for column in _COLUMNS if column]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value == "" or value != value:
        return None
    return int(value) if hasattr(value, "__index__") and not isinstance(value, bool) else str(value)


def _ask(book: Book, name: str, count: int) -> None:
    """Say at the empty cell what it takes."""
    asked = {
        "input_title": ANSWER,
        "input_message": "写明实际情况，如：属实；应为某某镇；2021 年 5 月启用",
    }
    at = list(_COLUMNS).index("answer")
    made = book.get_worksheet_by_name(name)
    made.data_validation(HEAD_ROW, at, HEAD_ROW + count - 1, at, {"validate": "any", **asked})


def firmness_sheets(
    doubts: Doubts, assessments: Sequence[Assessment], kept: KeptSheets | None = None
) -> list[Sheet]:
    """把握: how firm each figure is; 待核实的行: the rows that decide. Without their heading line.

    Nothing of them is more than what stands in them: they may be handed to another process.
    """
    known = [(a, doubts.of[a.indicator.id]) for a in assessments if a.indicator.id in doubts.of]
    if not known:
        return []
    rows = [_row(firm, a) for a, firm in known]
    columns = [Column("指标", 40), Column("数值", 14), Column("最低", 14), Column("最高", 14)]
    columns += [Column("结论", 30), Column("取决于几行", 16), Column("核实几行即可断定", 16)]
    columns += [Column("上下限", 10), Column("未能界定", 40), Column("指标代号", 24, aside=True)]
    notes = [
        "最低、最高：台账里每个疑点取各种可能的读法时，这个数最小、最大是多少；结论稳，是指无论取哪种读法，达标与否都不变。",
        "上下限写“估到”的，实际的最低、最高不超出所列的数，但未必都能达到。",
    ]
    sheets = [Sheet("把握", "各项数值的把握", "", columns, rows, notes=notes, frozen=1)]
    kept, deciding = kept or KeptSheets(), list[list[Any]]()
    for a, firm in known:
        of = doubts.prints.get(a.indicator.id, "")
        make = partial(_deciding, firm, a)
        deciding += kept.rows("deciding", a.indicator.id, of, make) if of else make()
    kept.save()
    if deciding:
        sheets.append(_deciding_sheet(deciding))
    return sheets


def _row(firm: Firmness, a: Assessment) -> list[Any]:
    low, high = ends_shown(firm, a)
    said, bounds = doubt_words.conclusion(firm, a), "确切" if firm.span.exact else "估到"
    needs = [doubt_words.how_many(firm.turning), doubt_words.how_many(firm.settling)]
    unbounded = "；".join(firm.unbounded)
    return [
        a.indicator.full_name, words.figure_with_unit(a), low, high, said,
        *needs, bounds, unbounded, a.indicator.id,
    ]  # fmt: skip


def ends_shown(firm: Firmness, a: Assessment) -> tuple[str, str]:
    """Both ends of a span in words, each a dash where there is none."""
    span = firm.span
    single = [
        type(span)(end, end, exact=True) if end is not None else None
        for end in (span.low, span.high)
    ]
    low, high = (
        words.NONE
        if one is None
        else doubt_words.show_span(Firmness(**{**vars(firm), "span": one}), a)
        for one in single
    )
    return low, high


def _deciding(firm: Firmness, a: Assessment) -> list[list[Any]]:
    rows = doubt_words.in_order(firm, deciding=True)
    return [
        [
            a.indicator.full_name,
            row["role"],
            *(_plain(row.get(key)) for key in ("county", "file", "sheet", "row", "name")),
            doubt_words.kind_of(row),
            doubt_words.say(row["readings"]),
            doubt_words.say(row["effect"]),
            a.indicator.id,
        ]
        for row in rows.to_dict("records")
    ]


def _deciding_sheet(rows: Sequence[Sequence[Any]]) -> Sheet:
    columns = [Column("指标", 34), Column("作用", 10), Column("县（市、区）", 16)]
    columns += [Column("文件", 22), Column("工作表", 14), Column("行", 8, "whole")]
    columns += [
        Column("名称", 22),
        Column("疑点", 18),
        Column("可能的读法", 44),
        Column("影响", 12),
    ]
    columns += [Column("指标代号", 24, aside=True)]
    notes = [
        f"{doubt_words.TURNS}：这几行换一种读法，结论就变；{doubt_words.SETTLES}：这几行核实无误，其余的疑点不再能改变结论。"
    ]
    return Sheet("待核实的行", "决定结论的行", "", columns, rows, notes=notes, frozen=1)
