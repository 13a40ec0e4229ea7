"""Which rows under a header are data: no blank ones, totals, notes, section titles, second headers."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.arrays import Mask, Numbers
from hbgeo.errors import LayerError
from hbgeo.read.cell.column import (
    as_cells,
    as_texts,
    blank_cells,
    contains,
    count_equal,
    matches,
    without,
)
from hbgeo.read.cell.personal import hide_numbers
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file.header import Header
from hbgeo.read.schema.axes import read_axis
from hbgeo.read.schema.match import is_counter

COLON = "[:\uff1a]"
_S = "[\\s\u3000\u00a0]*"  # RE2's \\s knows ASCII only
_WORD = f"(?:合{_S}计|小{_S}计|总{_S}计|累{_S}计)"
_TOTAL = f"{_S}{_WORD}{_S}{COLON}?{_S}"  # alone in its cell
_TOTALS = f"{_S}.{{0,12}}?{_WORD}{_S}{COLON}?{_S}"  # 示例县小计
_FOOTERS = (
    f"^{_S}(?:填表|制表|审核|填报|报送|复核|经办|单位负责|负责|联系)(?:人|单位|日期|时间|电话)?{_S}{COLON}"
    f"|^{_S}(?:备注|注|说明|填表说明){_S}\\d?{_S}{COLON}"
)
_SECTIONS = f"^{_S}[(\uff08]?[一二三四五六七八九十]{{1,3}}[)\uff09]?{_S}[、.\uff0e]{_S}\\D*$"
_SHOWN = 8  # lines named one by one in a message

Line = tuple[int, str]  # a row's number as Excel counts, and its first text


@dataclass(frozen=True)
class DataRows:
    """The rows of data of a sheet, or of a part of it.

    Attributes
    ----------
    frame
        Text columns under their headings; the index counts the sheet's rows from 0.
    skipped
        The lines with content that are no rows of data.
    nameless
        The columns with content in rows of data and no heading, counted from 1.
    """

    frame: pd.DataFrame
    skipped: tuple[Line, ...]
    nameless: tuple[int, ...] = ()


def find_data_rows(
    cells: pd.DataFrame, header: Header, where: str, banners: Collection[int] = ()
) -> DataRows:
    """Tell the rows of data under a header from all others.

    Parameters
    ----------
    cells
        Text columns 0, 1, … of any rows below the header; the index counts the sheet's rows
        from 0.
    where
        File and sheet, for messages.
    banners
        Rows that one merged cell takes for the most part.

    Raises
    ------
    LayerError
        If something stands to the right of the header's last column.
    """
    cells, names = _fit(cells, header.names)
    filled = ~blank_cells(cells)
    _refuse_surplus(cells, filled, names, where)
    _refuse_nameless_parts(filled, names, where)
    counters = np.array([is_counter(h) for h in names], bool)
    empty = ~filled[:, ~counters].any(axis=1)
    filling = np.asarray(empty & filled.any(axis=1))
    noted = _first_says(cells, filled, filling, r"[^\d\s.]")
    blank = empty & ~noted  # a form's empty line may bear its number
    out = noted | (~blank & _is_no_data(cells, filled, counters, header, banners))
    named = [i for i, h in enumerate(names) if h]
    frame = without(cells, blank | out)
    frame = frame if len(named) == len(names) else frame.iloc[:, named]
    frame = frame.set_axis([names[i] for i in named], axis=1)
    lines: Iterable[Sequence[str]] = as_texts(cells[out]).to_numpy(object) if out.any() else []
    at = cells.index[out].tolist()
    skipped = [(i + 1, _first_text(line)) for i, line in zip(at, lines, strict=True)]
    nameless = [i + 1 for i, h in enumerate(names) if not h and filled[~(blank | out), i].any()]
    return DataRows(frame, tuple(skipped), tuple(nameless))


def say_skipped(lines: Sequence[Line], count: int) -> str:
    """Name the first of `count` lines that are no data; a footer without the person it names."""
    what = "、".join(f"第 {r} 行“{re.split(COLON, t)[0]}”" for r, t in lines[:_SHOWN])
    more = f"等 {count} 行" if count > _SHOWN else ""
    return f"合计、表尾或小标题，不作为数据：{what}{more}"


def say_rows(rows: Numbers) -> str:
    """Name the first of some rows."""
    shown = "、".join(str(r) for r in rows[:_SHOWN])
    return shown + (" 等" if len(rows) > _SHOWN else "")


def _fit(cells: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, Sequence[str]]:
    """A part of a file may be narrower than its header, or wider: blank columns fill up either."""
    width, lacking = len(cells.columns), len(names) - len(cells.columns)
    if lacking <= 0:
        return cells, [*names, *[""] * -lacking]
    blank = as_cells(pa.repeat(pa.scalar("", pa.large_string()), len(cells)))
    more: dict[Hashable, Any] = {width + i: blank for i in range(lacking)}
    return pd.DataFrame({**{c: cells[c] for c in cells}, **more}, index=cells.index), names


def _refuse_surplus(cells: pd.DataFrame, filled: Mask, names: Sequence[str], where: str) -> None:
    """A row longer than the header is shifted: a comma too many, and no column can be trusted."""
    width = max((i + 1 for i, h in enumerate(names) if h), default=0)
    wide = np.flatnonzero(filled[:, width:].any(axis=1))
    if len(wide):
        longest = int(np.flatnonzero(filled[wide[0]])[-1]) + 1
        at = f"{where} 第{cells.index[wide[0]] + 1}行"
        raise LayerError(f"{at}：有 {longest} 列，表头只有 {width} 列；请检查多余的逗号")


def _refuse_nameless_parts(filled: Mask, names: Sequence[str], where: str) -> None:
    """Behind a coordinate a column without heading holds its minutes, which must not get lost."""
    for i, name in enumerate(names):
        before = next((h for h in reversed(names[:i]) if h), "")
        if not name and before and read_axis(before) and filled[:, i].any():
            said = f"第{i + 1}列没有列名而有内容，前面是“{before}”"
            raise LayerError(f"{where}：{said}；如是分、秒，请写明列名（如 经度-分）")


def _is_no_data(
    cells: pd.DataFrame, filled: Mask, counters: Mask, header: Header, banners: Collection[int]
) -> Mask:
    """Mark totals, notes, section titles and repeated headers."""
    count = filled.sum(axis=1)
    out = np.zeros(len(cells), bool)
    for i, column in enumerate(cells.columns[:3]):
        near = np.flatnonzero(contains(cells[column], "计"))
        if not len(near):
            continue
        texts = cells[column].iloc[near]
        before = filled[near, :i].sum(axis=1) > counters[:i].sum()  # a name that ends in 小计
        alone, ends = (matches(texts, f"^(?:{p})$") for p in (_TOTAL, _TOTALS))
        out[near] |= alone | (ends & ~before)
    out |= _first_says(cells, filled, count > 0, _FOOTERS)
    out |= _first_says(cells, filled, count == 1, _SECTIONS)
    out |= (count <= 2) & np.isin(cells.index, list(banners))
    return np.asarray(out | _repeats_header(cells, header, count))


def _first_says(cells: pd.DataFrame, filled: Mask, rows: Mask, pattern: str) -> Mask:
    """Mark those of some rows in whose first filled cell a pattern is found."""
    found = np.zeros(len(cells), bool)
    first = filled.argmax(axis=1)
    for i in np.unique(first[rows]).tolist():
        here = rows & (first == i)
        column = cells.iloc[:, i]
        found[here] = matches(column if here.all() else column[here], pattern)
    return found


def _repeats_header(cells: pd.DataFrame, header: Header, count: Numbers) -> Mask:
    same = np.zeros(len(cells), int)
    for level in header.levels:
        texts = {c: h for c, h in zip(cells.columns, level, strict=False) if h.strip()}
        same = np.maximum(same, count_equal(cells, texts))
    return np.asarray((same >= 2) & (same * 5 >= count * 4))


def _first_text(row: Iterable[str]) -> str:
    return hide_numbers(clean_text(next((c for c in row if c.strip()), "")))[:20]
