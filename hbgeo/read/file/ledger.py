"""Excel and CSV ledgers → text columns, with the file, sheet and row each line came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.arrays import Mask
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import (
    as_cells,
    as_texts,
    contains,
    equal,
    is_blank,
    matches,
    spread,
    without,
)
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file.excel import EXCEL, Sheet, read_sheets
from hbgeo.read.file.header import HEADER_ROWS, Header, find_header
from hbgeo.read.issues import Issue
from hbgeo.read.schema.match import is_counter, match_columns
from hbgeo.read.schema.records import Schema

_S, _COLON = "[\\s\u3000\u00a0]*", "[:\uff1a]"  # RE2's \\s knows ASCII only
_WORD = f"(?:合{_S}计|小{_S}计|总{_S}计|累{_S}计)"
_TOTAL = f"{_S}{_WORD}{_S}{_COLON}?{_S}"  # alone in its cell
_TOTALS = f"{_S}.{{0,12}}?{_WORD}{_S}{_COLON}?{_S}"  # 示例县小计
_FOOTERS = (
    f"^{_S}(?:填表|制表|审核|填报|报送|复核|经办|单位负责|负责|联系)(?:人|单位|日期|时间|电话)?{_S}{_COLON}"
    f"|^{_S}(?:备注|注|说明|填表说明){_S}\\d?{_S}{_COLON}"
)
_SECTIONS = f"^{_S}[(\uff08]?[一二三四五六七八九十]{{1,3}}[)\uff09]?{_S}[、.\uff0e]{_S}\\D*$"
WHY = "搁置原因"  # the column that marks rows set aside by an earlier import
_ISSUE_WORDS = ("rule", "severity", "message")
_SHOWN = 8  # rows named one by one in a message


@dataclass(frozen=True)
class Ledger:
    """What one file holds.

    Attributes
    ----------
    tables
        One frame a sheet: text columns under its headings, and `file`, `sheet`, `row` (as Excel
        counts).
    issues
        What reading has to say: hidden rows, lines skipped, formulas without a result.
    skipped
        (sheet, row, text) of every line with content that is no row of data: totals, notes,
        section titles, repeated headers.
    """

    tables: tuple[pd.DataFrame, ...]
    issues: tuple[Issue, ...] = ()
    skipped: tuple[tuple[str, int, str], ...] = ()


def read_ledger(path: Path, layer: Layer, schema: Schema) -> Ledger:
    """Read one Excel, ods or text file.

    Of a workbook every sheet with a recognised header is read, or the one that `layer` names.
    Merged cells down the side fill the rows they span, blanks stay blank; hidden rows count.

    Raises
    ------
    LayerError
        If the file is empty, protected, or not what its name says, or no header is recognised.
    """
    sheets = _chosen(read_sheets(path, layer.encoding), path, layer)
    tables, issues, skipped = [], list[Issue](), list[tuple[str, int, str]]()
    headless = []
    for sheet in sheets:
        header = None if _is_list_of_ours(sheet) else find_header(sheet, schema, layer)
        if header is None:
            headless.append(sheet)
            continue
        table, out = _body(sheet, header, path.name, schema)
        tables.append(table)
        skipped += out
        issues += _say(_At(layer.key, path.name, sheet.name), sheet, header, table, out)
    if not tables:
        raise LayerError(_no_header(sheets, path, schema))
    for sheet in headless:
        if not all(equal(sheet.cells[c], "").all() for c in sheet.cells):
            at = _At(layer.key, path.name, sheet.name)
            said = f"工作表“{sheet.name}”不是台账(没有认得的表头,或是搁置、问题清单),未读入"
            issues.append(at.issue("W13", said, "如是台账,请改正表头;不是则不必理会"))
    if path.suffix.lower() in EXCEL and any(s.hidden is None for s in sheets):
        at = _At(layer.key, path.name, "")
        said = "xls 格式看不出哪些行被隐藏;如有隐藏行,也照常计入"
        issues.append(at.issue("W12", said, "需要区分时另存为 .xlsx"))
    return Ledger(tuple(tables), tuple(issues), tuple(skipped))


def _is_list_of_ours(sheet: Sheet) -> bool:
    """Whether a sheet is what `import` set aside or found wrong: reading it would count twice."""
    first = {c for row in sheet.cells.head(1).to_numpy(dtype=object).tolist() for c in row}
    return WHY in first or set(_ISSUE_WORDS) <= first


@dataclass(frozen=True)
class _At:
    layer: str
    file: str
    sheet: str

    def issue(self, rule: str, said: str, fix: str, row: int | None = None, column: str = "") -> Issue:  # fmt: skip
        where = (self.layer, self.file, self.sheet, row, column, "")
        said = said if row is None else f"第{row}行 {said}"
        return Issue(*where, rule, "warning", said, fix)


def _chosen(sheets: list[Sheet], path: Path, layer: Layer) -> list[Sheet]:
    if not layer.table or path.suffix.lower() not in EXCEL:
        return sheets
    chosen = [s for s in sheets if s.name == layer.table]
    if not chosen:
        have = "、".join(s.name for s in sheets)
        raise LayerError(f"{path.name}:没有工作表“{layer.table}”;已有:{have}")
    return chosen


def _no_header(sheets: list[Sheet], path: Path, schema: Schema) -> str:
    cells = [
        clean_text(c)[:20]
        for s in sheets
        for row in s.cells.head(3).to_numpy(dtype=object).tolist()
        for c in row[:20]
        if c.strip()
    ]
    wanted = "、".join(c.names[0] for c in list(schema.columns.values())[:6])
    seen = "、".join(cells[:12]) or "空白"
    return f"{path.name}:前 {HEADER_ROWS} 行中没有认得的表头(需要如 {wanted});看到的是 {seen}"


def _body(
    sheet: Sheet, header: Header, file: str, schema: Schema
) -> tuple[pd.DataFrame, list[tuple[str, int, str]]]:
    """The rows of data under a header, and the lines that are none."""
    cells = _fill_merged(sheet, header, schema)
    filled = np.array([~is_blank(cells[c]) for c in cells.columns]).T  # column by column in memory
    _refuse_surplus(filled, header, file, sheet.name)
    counters = np.array([is_counter(h) for h in header.headings], bool)
    empty = ~filled[:, ~counters].any(axis=1)
    filling = np.asarray(empty & filled.any(axis=1))
    noted = _first_says(cells, filled, filling, r"[^\d\s.]")
    blank = empty & ~noted  # a form's empty line may bear its number
    out = noted | (~blank & _is_no_data(cells, filled, sheet, header))
    named = {i: h for i, h in zip(cells.columns, header.headings, strict=True) if h}
    table = without(cells[list(named)], blank | out).rename(columns=named)
    rows = table.index.to_numpy() + 1
    table = table.reset_index(drop=True)
    alike = np.zeros(len(table), np.intp)
    table["file"] = spread([file], alike, table.index)
    table["sheet"] = spread([sheet.name], alike, table.index)
    table["row"] = rows
    lines = as_texts(cells[out]).to_numpy(object)
    skipped = [
        (sheet.name, i + 1, _first_text(line))
        for i, line in zip(cells.index[out].tolist(), lines, strict=True)
    ]
    return table, skipped


def _fill_merged(sheet: Sheet, header: Header, schema: Schema) -> pd.DataFrame:
    """The cells below the header, merged ones filled down; never a number, it would count twice."""
    cells = sheet.cells.loc[header.last + 1 :]
    found = match_columns([h for h in header.headings if h], schema)
    numbers = {h for c, h in found.items() if schema.columns[c].type in {"number", "area"}}
    columns: dict[int, list[str]] = {}
    for r0, c0, r1, _ in sheet.merges:
        if r0 <= header.last or r1 == r0 or c0 >= len(header.headings):
            continue
        if header.headings[c0] in numbers:
            continue
        texts = columns.setdefault(c0, sheet.cells[c0].tolist())
        last = min(r1, len(texts) - 1)
        texts[r0 : last + 1] = [texts[r0]] * (last + 1 - r0)
    if not columns:
        return cells
    made = {c: as_cells(pa.array(t, pa.large_string())) for c, t in columns.items()}
    whole = {c: made.get(c, sheet.cells[c]) for c in sheet.cells.columns}
    return pd.DataFrame(whole, index=sheet.cells.index).loc[header.last + 1 :]


def _refuse_surplus(filled: Mask, header: Header, file: str, sheet: str) -> None:
    """A row longer than the header is shifted: a comma too many, and no column can be trusted."""
    width = max((i + 1 for i, h in enumerate(header.headings) if h), default=0)
    wide = np.flatnonzero(filled[:, width:].any(axis=1))
    if len(wide):
        longest = int(np.flatnonzero(filled[wide[0]])[-1]) + 1
        at = f"{file}{f' {sheet}' if sheet else ''} 第{header.last + 2 + int(wide[0])}行"
        raise LayerError(f"{at}:有 {longest} 列,表头只有 {width} 列;请检查多余的逗号")


def _is_no_data(cells: pd.DataFrame, filled: Mask, sheet: Sheet, header: Header) -> Mask:
    """Mark totals, notes, section titles and repeated headers."""
    count = filled.sum(axis=1)
    out = np.zeros(len(cells), bool)
    for i, column in enumerate(cells.columns[:3]):
        near = np.flatnonzero(contains(cells[column], "计"))
        texts = cells[column].iloc[near]
        counters = sum(is_counter(h) for h in header.headings[:i])
        before = filled[near, :i].sum(axis=1) > counters  # a name that ends in 小计 is none
        alone, ends = (matches(texts, f"^(?:{p})$") for p in (_TOTAL, _TOTALS))
        out[near] |= alone | (ends & ~before)
    out |= _first_says(cells, filled, count > 0, _FOOTERS)
    out |= _first_says(cells, filled, count == 1, _SECTIONS)
    out |= (count <= 2) & np.isin(cells.index, _banners(sheet, len(header.headings)))
    return np.asarray(out | _repeats_header(cells, sheet, header, count))


def _first_says(cells: pd.DataFrame, filled: Mask, rows: Mask, pattern: str) -> Mask:
    """Mark those of some rows in whose first filled cell a pattern is found."""
    found = np.zeros(len(cells), bool)
    first = filled.argmax(axis=1)
    for i in np.unique(first[rows]).tolist():
        here = rows & (first == i)
        column = cells.iloc[:, i]
        found[here] = matches(column if here.all() else column[here], pattern)
    return found


def _banners(sheet: Sheet, width: int) -> list[int]:
    """Rows that one merged cell takes for the most part."""
    return [r0 for r0, c0, r1, c1 in sheet.merges if r0 == r1 and (c1 - c0 + 1) * 2 > width]


def _repeats_header(
    cells: pd.DataFrame, sheet: Sheet, header: Header, count: np.ndarray
) -> Mask:  # fmt: skip
    same = np.zeros(len(cells), int)
    for level in range(header.first, header.last + 1):
        row = sheet.cells.loc[level]
        hits = np.zeros(len(cells), int)
        for column in cells.columns:
            if row[column].strip():
                hits += equal(cells[column], row[column])
        same = np.maximum(same, hits)
    return np.asarray((same >= 2) & (same * 5 >= count * 4))


def _first_text(row: Iterable[str]) -> str:
    return clean_text(next((c for c in row if c.strip()), ""))[:20]


def _say(
    at: _At,
    sheet: Sheet,
    header: Header,
    table: pd.DataFrame,
    skipped: Sequence[tuple[str, int, str]],
) -> list[Issue]:
    """What a person should know of how the sheet was read."""
    issues = []
    rows = table["row"].to_numpy()
    hidden = rows[np.isin(rows - 1, list(sheet.hidden or ()))]
    if len(hidden):
        said = f"有 {len(hidden)} 行隐藏(第 {_list(hidden)} 行),照常计入"
        issues.append(at.issue("W12", said, "不应计入的行请删除,而不是隐藏"))
    if not sheet.visible:
        said = f"工作表“{sheet.name}”是隐藏的,照常计入"
        issues.append(at.issue("W12", said, "不应计入的工作表请删除"))
    if skipped:
        what = "、".join(f"第 {r} 行“{_unsigned(t)}”" for _, r, t in skipped[:_SHOWN])
        more = f"等 {len(skipped)} 行" if len(skipped) > _SHOWN else ""
        said = f"合计、表尾或小标题,不作为数据:{what}{more}"
        issues.append(at.issue("W14", said, "如是数据,请改写首列"))
    wanted = set(rows.tolist()) if sheet.unsaved else set()
    for row, column in sheet.unsaved:
        heading = header.headings[column] if column < len(header.headings) else ""
        if row + 1 in wanted and heading:
            said = f"“{heading}”是公式而文件里没有存结果,按空值处理"
            fix = "用 Excel 或 WPS 打开后保存一次,或粘贴为数值"
            issues.append(at.issue("W16", said, fix, row + 1, heading))
    return issues


def _unsigned(text: str) -> str:
    """A footer without the person it names."""
    return re.split(_COLON, text)[0]


def _list(rows: np.ndarray) -> str:
    shown = "、".join(str(r) for r in rows[:_SHOWN])
    return shown + (" 等" if len(rows) > _SHOWN else "")
