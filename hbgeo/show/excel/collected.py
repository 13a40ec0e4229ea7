"""收集情况 as a workbook: county by layer at a glance, then every row that was not merged, and why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from hbgeo.show.collected import Collected
from hbgeo.show.excel.listing import book_of, list_sheet
from hbgeo.show.excel.sheet import Column, Sheet

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


def collected_bytes(found: Collected) -> bytes:
    """Make the workbook."""
    sheets = [_overview(found)]
    for key, name in _NAMES.items():
        table = getattr(found, key)
        if "title" not in table:
            table = table.assign(layer=[found.called(layer) for layer in table["layer"]])
        title = f"{found.title}：收集情况（{name}）"
        sheets.append(list_sheet(name, title, _LINES[key], table, _KIND, mark=found.mark))
    sheets.append(_left(found))
    return book_of(sheets)


def _overview(found: Collected) -> Sheet:
    """One row a county, one column a layer: its state and the day it came."""
    layers = list(dict.fromkeys(found.states["layer"]))
    columns = [Column("县（市、区）", 18), *(Column(found.called(k), 15) for k in layers)]
    rows = [[county, *(_cell(by.get(k)) for k in layers)] for county, by in found.by_county()]
    title = f"{found.title}：收集情况"
    return Sheet("总表", title, found.counted(), columns, rows, mark=found.mark, frozen=1)


def _cell(row: Mapping[Hashable, Any] | None) -> str:
    if row is None:
        return ""
    came = f" {row['received_on']}" if row["received_on"] else ""
    return f"{row['state']}{came}{' 逾期' if row['late'] else ''}"


def _left(found: Collected) -> Sheet:
    line = "报送文件夹里没有收的，和全省已有、没有并入的。" if found.left else "没有。"
    rows, title = [[one] for one in found.left], f"{found.title}：收集情况（未收）"
    return Sheet("未收", title, line, [Column("说明", 110)], rows, mark=found.mark, frozen=0)
