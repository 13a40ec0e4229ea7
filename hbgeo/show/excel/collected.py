"""收集情况 as a workbook: county by layer at a glance, then every row that was not merged, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from hbgeo.show.excel.listing import book_of, list_sheet
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.words import SAMPLE_MARK

_KIND = "collect"
_LINES = {
    "states": "收到日期取自文件的日期，或名单里的报送日期；要更正的见最后一列。",
    "balance": "收到 = 并入 + 搁置 + 只核对。只核对的是单元等全省已有的图层，与邻县的比对，不并入。",
    "conflicts": "两县说法不同的，请两县核对后各自更正再报；在此之前两县的都照原样留着。",
    "aside": "搁置的没有并入，更正后再收集即可；行号是县里文件的行号。",
    "issues": "读入各县台账时发现的全部问题；行号是县里文件的行号。",
}
_NAMES = {
    "states": "明细",
    "balance": "收支",
    "conflicts": "矛盾",
    "aside": "搁置",
    "issues": "问题",
}


def collected_bytes(
    tables: Mapping[str, pd.DataFrame],
    *,
    title: str,
    titles: Mapping[str, str],
    left: Sequence[str],
    sample: bool,
) -> bytes:
    """Make the workbook.

    Parameters
    ----------
    tables
        `states`, `balance`, `conflicts`, `aside`, `issues`.
    titles
        Layer → what it is called.
    left
        What nothing could be taken of, a line each.
    """
    mark = SAMPLE_MARK if sample else ""
    sheets = [_overview(tables["states"], title, titles, mark)]
    for key, name in _NAMES.items():
        table = tables[key].assign(**_titled(tables[key], titles))
        sheets.append(list_sheet(name, f"{title}：收集情况（{name}）", _LINES[key], table, _KIND, mark=mark))  # fmt: skip
    sheets.append(_left(left, title, mark))
    return book_of(sheets)


def _titled(table: pd.DataFrame, titles: Mapping[str, str]) -> dict[str, Any]:
    """The layers by what they are called."""
    if "title" in table:
        return {}
    return {"layer": [titles.get(str(key), str(key)) for key in table["layer"]]}


def _overview(states: pd.DataFrame, title: str, titles: Mapping[str, str], mark: str) -> Sheet:
    """One row a county, one column a layer: its state and the day it came."""
    layers = list(dict.fromkeys(states["layer"]))
    columns = [Column("县（市、区）", 18), *(Column(titles.get(k, k), 15) for k in layers)]
    rows = [[county, *(_cell(by.get(k)) for k in layers)] for county, by in by_county(states)]
    return Sheet(
        "总表", f"{title}：收集情况", counted_line(states), columns, rows, mark=mark, frozen=1
    )


def by_county(states: pd.DataFrame) -> Iterator[tuple[str, dict[str, dict[Hashable, Any]]]]:
    """Each county's name, and its rows by layer."""
    for _, rows in groupby(states.to_dict("records"), key=itemgetter("county_code")):
        own = list(rows)
        yield str(own[0]["county"]), {str(row["layer"]): row for row in own}


def _cell(row: Mapping[Hashable, Any] | None) -> str:
    if row is None:
        return ""
    came = f" {row['received_on']}" if row["received_on"] else ""
    return f"{row['state']}{came}{' 逾期' if row['late'] else ''}"


def counted_line(states: pd.DataFrame) -> str:
    """How many counties sent all, some or nothing, and how many cells are in each state."""
    sent = states[states["state"] != "未报"]["county_code"].nunique()
    every = states["county_code"].nunique()
    counts = states["state"].value_counts()
    each = "，".join(f"{s} {counts.get(s, 0):,}" for s in ("未报", "已报", "有误", "已更正"))
    late = int(states["late"].sum())
    return f"{every:,} 个县中 {sent:,} 个有报送。按县和图层计：{each}；逾期 {late:,}。"


def _left(left: Sequence[str], title: str, mark: str) -> Sheet:
    line = "报送文件夹里没有收的，和全省已有、没有并入的。" if left else "没有。"
    rows = [[one] for one in left]
    return Sheet(
        "未收", f"{title}：收集情况（未收）", line, [Column("说明", 110)], rows, mark=mark, frozen=0
    )
