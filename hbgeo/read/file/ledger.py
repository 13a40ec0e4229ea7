"""Excel and CSV ledgers → text columns, with the file, sheet and row each line came from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import as_cells, equal, spread
from hbgeo.read.cell.numbers import is_number
from hbgeo.read.cell.personal import fit_to_show, hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file.data_rows import DataRows, find_data_rows, say_rows, say_skipped
from hbgeo.read.file.endings import WORKBOOKS
from hbgeo.read.file.excel import Sheet, read_sheets
from hbgeo.read.file.header import (
    HEADER_ROWS,
    TOP_ROWS,
    Accept,
    Header,
    Rows,
    find_header,
    is_ledger,
)
from hbgeo.read.file.stated import FOOTERS, is_note
from hbgeo.read.issues import Issue
from hbgeo.read.schema.match import Headings
from hbgeo.read.schema.records import Schema

WHY = "搁置原因"  # the column that marks rows set aside by an earlier import
Progress = Callable[[int, int], None]  # told how many of how many are read
_ISSUE_WORDS = ("rule", "severity", "message")


@dataclass(frozen=True)
class RawTable:
    """The rows of one sheet as text, and what its headings were found to mean.

    Attributes
    ----------
    frame
        Text columns under the sheet's own headings, and `file`, `sheet`, `row` (as Excel counts);
        `geometry` in CGCS2000 where the file has one.
    meaning
        Which heading holds which canonical column.
    """

    frame: pd.DataFrame
    meaning: Headings


@dataclass(frozen=True)
class Ledger:
    """What one file holds.

    Attributes
    ----------
    tables
        One a sheet.
    issues
        What reading has to say: hidden rows, lines skipped, formulas without a result.
    skipped
        (sheet, row, text) of every line with content that is no row of data: totals, notes,
        section titles, repeated headers.
    """

    tables: tuple[RawTable, ...]
    issues: tuple[Issue, ...] = ()
    skipped: tuple[tuple[str, int, str], ...] = ()

    @property
    def frames(self) -> list[pd.DataFrame]:
        """The rows of each sheet."""
        return [table.frame for table in self.tables]


def read_ledger(
    path: Path,
    layer: Layer,
    schema: Schema,
    *,
    accept: Accept = is_ledger,
    progress: Progress | None = None,
) -> Ledger:
    """Read one Excel, ods or text file.

    Of a workbook every sheet with a recognised header is read, or the one that `layer` names.
    Merged cells down the side fill the rows they span, blanks stay blank; hidden rows count.

    Parameters
    ----------
    accept, progress
        What a header must have; told how many sheets of how many are read.

    Raises
    ------
    LayerError
        If the file is empty, protected, or not what its name says, or no header is recognised.
    """
    file, sheets = fit_to_show(path.name), _sheets(path, layer)
    tables, issues, skipped = [], list[Issue](), list[tuple[str, int, str]]()
    headless = []
    for sheet in _told(sheets, progress):
        header = _header(sheet, file, schema, layer, accept)
        if header is None:
            headless.append(sheet)
            continue
        rows = _data_rows(sheet, header, file, schema)
        tables.append(RawTable(_with_origin(rows.frame, file, sheet.name), header.meaning))
        skipped += [(sheet.name, *line) for line in rows.skipped]
        issues += _say(_Origin(layer.key, file, sheet.name), sheet, header, rows)
    if not tables:
        raise LayerError(_no_header(sheets, path, schema))
    issues += _say_unread(headless, _Origin(layer.key, file))
    issues += _say_old_format(sheets, path, _Origin(layer.key, file))
    return Ledger(tuple(tables), tuple(issues), tuple(skipped))


def _sheets(path: Path, layer: Layer) -> list[Sheet]:
    """The sheets that are meant, under names fit to be shown."""
    chosen = _chosen(read_sheets(path, layer.encoding), path, layer)
    return [replace(sheet, name=fit_to_show(sheet.name)) for sheet in chosen]


def _told(sheets: Sequence[Sheet], progress: Progress | None) -> Iterator[Sheet]:
    for done, sheet in enumerate(sheets):
        if progress:
            progress(done, len(sheets))
        yield sheet


def _rows(cells: pd.DataFrame) -> Rows:
    """A few rows of a sheet as lists of texts."""
    return [list(row) for row in zip(*(cells[c].tolist() for c in cells), strict=True)]


def _header(sheet: Sheet, file: str, schema: Schema, layer: Layer, accept: Accept) -> Header | None:
    where, top = _at(file, sheet), _rows(sheet.cells.head(TOP_ROWS))
    if _is_list_of_ours(top):
        return None
    below = _rows(sheet.cells.tail(FOOTERS)) if len(sheet.cells) > FOOTERS else top
    notes = [c for row in below for c in row if is_note(c)]
    about = (sheet.name, PurePath(file).stem, *notes)
    return find_header(
        top, schema, layer, merges=sheet.merges, accept=accept, where=where, about=about
    )


def _at(file: str, sheet: Sheet) -> str:
    return f"{file} {sheet.name}" if sheet.name else file


def _is_list_of_ours(top: Rows) -> bool:
    """Whether a sheet is what `import` set aside or found wrong: reading it would count twice."""
    first = set(top[0] if top else ())
    return WHY in first or set(_ISSUE_WORDS) <= first


@dataclass(frozen=True)
class _Origin:
    """The sheet that a problem stands in; "" for the file as a whole."""

    layer: str
    file: str
    sheet: str = ""

    def issue(self, rule: str, said: str, fix: str, row: int | None = None, column: str = "") -> Issue:  # fmt: skip
        where = (self.layer, self.file, self.sheet, row, column, "")
        said = said if row is None else f"第{row}行 {said}"
        return Issue(*where, rule, "warning", said, fix)


def _chosen(sheets: list[Sheet], path: Path, layer: Layer) -> list[Sheet]:
    if not layer.table or path.suffix.lower() not in WORKBOOKS:
        return sheets
    chosen = [s for s in sheets if s.name == layer.table]
    if not chosen:
        have = "、".join(s.name for s in sheets)
        raise LayerError(f"{path.name}：没有工作表“{layer.table}”；已有：{have}")
    return chosen


def _no_header(sheets: list[Sheet], path: Path, schema: Schema) -> str:
    cells = [
        hide_numbers(clean_text(c))[:20]
        for s in sheets
        for row in s.cells.head(3).to_numpy(dtype=object).tolist()
        for c in row[:20]
        if c.strip()
    ]
    wanted = "、".join(c.names[0] for c in list(schema.columns.values())[:6])
    seen = "、".join(cells[:12]) or "空白"
    return f"{path.name}：前 {HEADER_ROWS} 行中没有认得的表头（需要如 {wanted}）；看到的是 {seen}"


def _data_rows(sheet: Sheet, header: Header, file: str, schema: Schema) -> DataRows:
    cells = _fill_merged(sheet, header, schema)
    return find_data_rows(cells, header, _at(file, sheet), _banners(sheet, len(header.names)))


def _with_origin(frame: pd.DataFrame, file: str, sheet: str) -> pd.DataFrame:
    """The rows of data with where each stood: `file`, `sheet`, `row`."""
    rows = frame.index.to_numpy() + 1
    frame = frame.set_axis(pd.RangeIndex(len(frame)))
    alike = np.zeros(len(frame), np.intp)
    where = {
        "file": spread([file], alike, frame.index),
        "sheet": spread([sheet], alike, frame.index),
    }
    return pd.concat([frame, pd.DataFrame({**where, "row": rows})], axis=1)


def _fill_merged(sheet: Sheet, header: Header, schema: Schema) -> pd.DataFrame:
    """The cells below the header, merged ones filled down; never a number, it would count twice."""
    cells = sheet.cells.loc[header.last + 1 :]
    counted, own = _numbers(header.meaning, schema)
    columns: dict[int, list[str]] = {}
    for r0, c0, r1, _ in sheet.merges:
        if r0 <= header.last or r1 == r0 or c0 >= len(header.names):
            continue
        name = header.names[c0]
        if name in counted or (name in own and is_number(sheet.cells[c0].iloc[r0])):
            continue
        texts = columns.setdefault(c0, sheet.cells[c0].tolist())
        last = min(r1, len(texts) - 1)
        texts[r0 : last + 1] = [texts[r0]] * (last + 1 - r0)
    if not columns:
        return cells
    made: dict[Hashable, Any] = {
        c: as_cells(pa.array(t, pa.large_string())) for c, t in columns.items()
    }
    whole = {c: made.get(c, sheet.cells[c]) for c in sheet.cells.columns}
    return pd.DataFrame(whole, index=sheet.cells.index).loc[header.last + 1 :]


def _numbers(meaning: Headings, schema: Schema) -> tuple[set[str], set[str]]:
    """Headings of numbers, and those of columns that the catalogue names and no schema knows."""
    kinds = {c: schema.columns[c].type for c in meaning.found if c in schema.columns}
    counted = {h for c, h in meaning.found.items() if kinds.get(c) in {"number", "area"}}
    return counted, {h for c, h in meaning.found.items() if c not in kinds}


def _banners(sheet: Sheet, width: int) -> frozenset[int]:
    """Rows that one merged cell takes for the most part."""
    wide = (r0 for r0, c0, r1, c1 in sheet.merges if r0 == r1 and (c1 - c0 + 1) * 2 > width)
    return frozenset(wide)


def _say_unread(headless: Sequence[Sheet], origin: _Origin) -> list[Issue]:
    """Of every sheet that is no ledger and not blank."""
    issues = []
    for sheet in headless:
        if not all(equal(sheet.cells[c], "").all() for c in sheet.cells):
            said = f"工作表“{sheet.name}”不是台账（没有认得的表头，或是搁置、问题清单），未读入"
            here = replace(origin, sheet=sheet.name)
            issues.append(here.issue("W13", said, "如是台账，请改正表头；不是则不必理会"))
    return issues


def _say_old_format(sheets: Sequence[Sheet], path: Path, origin: _Origin) -> list[Issue]:
    if path.suffix.lower() not in WORKBOOKS or all(s.hidden is not None for s in sheets):
        return []
    said = "xls 格式看不出哪些行被隐藏；如有隐藏行，也照常计入"
    return [origin.issue("W12", said, "需要区分时另存为 .xlsx")]


def _say(origin: _Origin, sheet: Sheet, header: Header, data: DataRows) -> list[Issue]:
    """What a person should know of how the sheet was read."""
    issues = []
    rows = data.frame.index.to_numpy() + 1
    hidden = rows[np.isin(rows - 1, list(sheet.hidden or ()))]
    if len(hidden):
        said = f"有 {len(hidden)} 行隐藏（第 {say_rows(hidden)} 行），照常计入"
        issues.append(origin.issue("W12", said, "不应计入的行请删除，而不是隐藏"))
    if not sheet.visible:
        said = f"工作表“{sheet.name}”是隐藏的，照常计入"
        issues.append(origin.issue("W12", said, "不应计入的工作表请删除"))
    if data.skipped:
        said = say_skipped(data.skipped, len(data.skipped))
        issues.append(origin.issue("W14", said, "如是数据，请改写首列"))
    for column in data.nameless:
        said = f"第 {column} 列有内容而没有列名，未使用"
        issues.append(origin.issue("W13", said, "需要这一列的，请在表头补上列名"))
    wanted = set(rows.tolist()) if sheet.unsaved else set()
    for row, column in sheet.unsaved:
        heading = header.names[column] if column < len(header.names) else ""
        if row + 1 in wanted and heading:
            said = f"“{heading}”是公式而文件里没有存结果，按空值处理"
            fix = "用 Excel 或 WPS 打开后保存一次，或粘贴为数值"
            issues.append(origin.issue("W16", said, fix, row + 1, heading))
    return issues
