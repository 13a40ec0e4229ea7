"""How many points stand in each unit: as a table, as the terminal shows it, and as a file's content."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.point_counts import PointCounts
from hbgeo.show.excel.listing import list_bytes
from hbgeo.show.screen import Listing
from hbgeo.show.table.formats import table_bytes
from hbgeo.show.table.headings import heading_of
from hbgeo.show.table.values import records
from hbgeo.show.terminal import MANY, cut

COLUMNS = ("code", "name", "kind", "county_code", "county", "prefecture", "points")
_SHOWN = ("code", "name", "county", "points")


def counts_table(counts: PointCounts) -> pd.DataFrame:
    """A row a unit, by code."""
    table = counts.units.assign(code=counts.units.index)
    return table[list(COLUMNS)].reset_index(drop=True)


def counts_lines(counts: PointCounts) -> list[str]:
    """What became of the rows, in words that add up, and what was taken for granted."""
    one = counts.census
    parts = [f"{one.inside:,} 行在单元内", f"{one.outside:,} 行不在任何单元内"]
    parts += [f"{one.blank:,} 行没有坐标", f"{one.unreadable:,} 行的坐标不能使用"]
    if counts.filters:
        parts.append(f"{one.passed:,} 行不合筛选条件（{'；'.join(counts.filters)}）")
    lines = [f"{len(counts.sources):,} 个文件共 {one.rows:,} 行：{'，'.join(parts)}。"]
    rule = "按行中所写单元，没有写的归代码最小的单元"
    lines.append(
        f"单元内有 {one.on_border:,} 行在公共边界上，{rule}（其中 {one.by_row:,} 行由所写单元决定）。"
    )
    return [*lines, *counts.said]


def counts_shown(counts: PointCounts) -> list[RenderableType]:
    """The first units, and what became of the rows."""
    table = counts_table(counts)
    listed = Listing(f"各单元的点数{cut(len(table))}")
    for column in _SHOWN:
        numeric = column == "points"
        listed.heading(heading_of("count", column).text, right=numeric, wrap=0 if numeric else 16)
    for row in records(table.head(MANY)):
        listed.add_row(*(f"{row[c]:,}" if c == "points" else str(row[c]) for c in _SHOWN))
    return [listed, *map(Text, counts_lines(counts))]


def counts_record(counts: PointCounts) -> dict[str, Any]:
    """All of it for machines: the numbers of rows, and a record a unit."""
    one = counts.census
    return {
        "files": len(counts.sources),
        "rows": one.rows,
        "inside": one.inside,
        "outside": one.outside,
        "blank": one.blank,
        "unreadable": one.unreadable,
        "passed": one.passed,
        "on_border": one.on_border,
        "by_row": one.by_row,
        "filters": list(counts.filters),
        "units": records(counts_table(counts)),
    }


def counts_bytes(counts: PointCounts, suffix: str, units: pd.DataFrame, *, mark: str = "") -> bytes:
    """The content of a file by its suffix.

    Parameters
    ----------
    units
        With the shapes that map files need.
    mark
        What a workbook must say of invented data.
    """
    table = counts_table(counts)
    if suffix == ".xlsx":
        line = " ".join(counts_lines(counts))
        return list_bytes("count", "各单元的点数", line, {"点数": table}, mark=mark)
    return table_bytes(table, suffix, units=units, name="counts")
