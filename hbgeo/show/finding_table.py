"""What the terminal shows of names that were found, and of where a point is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.show.screen import Listing
from hbgeo.show.table.values import records
from hbgeo.show.words import SAMPLE_MARK, which_marks

_KM = 1000  # metres, from which a distance is shown in kilometres


def cut_note(count: int, *, more: bool) -> list[str]:
    """That there are more names than were asked for."""
    return [f"不止 {count:,} 条，只列出前 {count:,} 条；写得更全，或加 --in、--most。"] * more


def found_shown(rows: pd.DataFrame, text: str, *, more: bool, sample: bool) -> list[RenderableType]:
    """The names that were found, the best first."""
    if rows.empty:
        return [Text(f"没有找到“{text}”；可只写一两个字、拼音或首字母，曾用名、别名也能查。")]
    table = Listing(f"查“{text}”")
    table.heading("名称", wrap=16, lead=True)
    table.heading("拼写", wrap=16, spare=4)
    table.heading("类型", wrap=10)
    table.heading("代码", spare=2)
    table.heading("县（市、区）", wrap=12)
    for heading in ("经度", "纬度"):
        table.heading(heading, right=True, spare=3)
    table.heading("怎么找到的", wrap=14)
    for row in records(rows):
        point = [f"{row[axis]:.5f}" if row[axis] is not None else "" for axis in "xy"]
        texts = (row[column] for column in ("name", "roman", "kind", "code", "county"))
        table.add_row(*texts, *point, row["why"])
    said = cut_note(len(rows), more=more) or [f"共 {len(rows):,} 条。"]
    return [table, *map(Text, said), *[Text(f"{SAMPLE_MARK}。", style="bold yellow")] * sample]


def where_shown(
    row: Mapping[str, Any], said: Sequence[str], *, sample: bool, approximate: bool
) -> list[RenderableType]:
    """Where a point is, level by level, and what is nearest to it."""
    inside = any(row.get(f"{level}_code") for level in LEVEL_NAMES)
    table = Listing(f"东经 {row['x']:.6f}°，北纬 {row['y']:.6f}°（CGCS2000）")
    for heading in ("", "名称", "代码"):
        table.heading(heading, wrap=24 if heading == "名称" else 0)
    table.heading("距离", right=True)
    for level, name in LEVEL_NAMES.items():
        if code := row.get(f"{level}_code"):
            table.add_row(name, row[level], code, "")
    if not inside:
        outside = ("最近的单元", row["nearest_unit"], row["nearest_unit_code"])
        table.add_row(*(cell or "" for cell in outside), distance(row["unit_metres"]))
    table.add_row(
        "最近的地名", row["nearest_name"] or "", row["nearest_code"] or "", distance(row["metres"])
    )
    state = f"（{row['sign_status']}）" if row["sign_status"] else ""
    sign = f"{row['nearest_sign']}{state}" if row["nearest_sign"] else ""
    table.add_row("最近的标志", sign, row["sign_id"] or "", distance(row["sign_metres"]))
    first = [] if inside else [Text("这一点不在任何单元内。", style="bold yellow")]
    on = which_marks(sample=sample, approximate=approximate)
    marks = [Text(f"{mark}。", style="bold yellow") for mark in on]
    return [*first, table, *map(Text, said), *marks]


def distance(metres: float | None) -> str:
    """A distance for a reader; where there is nothing near to it, nothing."""
    if metres is None:
        return "没有"
    return f"{metres / _KM:,.1f} 公里" if metres >= _KM else f"{metres:.0f} 米"
