"""What the terminal shows of lists of place names: how many of each sort, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.names.namesakes import BORDER, KINDS, LEVELS
from hbgeo.show.screen import Listing
from hbgeo.show.words import SAMPLE_MARK

_MANY = 30  # rows shown before they are cut, and said so
_LONG = 40  # characters of a list of units


def namesakes_shown(
    rows: pd.DataFrame, line: str, notes: Sequence[str], *, sample: bool
) -> list[RenderableType]:
    """Counts by level and kind, then the first groups."""
    counts = Listing("重名和同音")
    for heading in ("范围", "类型"):
        counts.heading(heading)
    counts.heading("组数", right=True)
    found = rows.groupby(["level", "kind"]).size()
    for level, kind in product(LEVELS, KINDS):
        if (level, kind) in found.index:
            counts.add_row(level, kind, f"{found[level, kind]:,}")
    table = Listing(f"各组{_cut(rows)}")
    for heading in ("范围", "类型"):
        table.heading(heading)
    table.heading("名称", wrap=16, lead=True)
    table.heading("个数", right=True)
    table.heading("所在", wrap=24)
    table.heading("最近（公里）", right=True)
    for row in rows.head(_MANY).to_dict("records"):
        units, level = row["units"], row["level"]
        units = units if len(units) <= _LONG else f"{units[:_LONG]}…"
        km = "—" if pd.isna(row["km"]) else f"{row['km']:.2f}"
        where = units if level == BORDER else f"{row['county']}：{units}"
        table.add_row(level, row["kind"], row["names"], str(row["count"]), where, km)
    ends = [Text(one) for one in (line, *notes)]
    more = Text("逐组清单：hbgeo names --same -o 文件.xlsx", style="dim")
    marks = [Text(SAMPLE_MARK, style="bold yellow")] if sample else []
    if rows.empty:
        return [*marks, Text("没有重名、同音的地名。"), *ends]
    return [*marks, counts, table, *ends, more]


def protected_shown(
    rows: pd.DataFrame, line: str, notes: Sequence[str], *, sample: bool
) -> list[RenderableType]:
    """The first names that are suggested, and why."""
    table = Listing(f"地名保护名录建议{_cut(rows)}")
    table.heading("名称", lead=True, wrap=14)
    table.heading("县（市、区）", wrap=12)
    table.heading("建议类别", wrap=10)
    table.heading("设立", right=True)
    table.heading("理由", wrap=30)
    for row in rows.head(_MANY).to_dict("records"):
        founded = "—" if pd.isna(row["founded"]) else str(row["founded"])
        table.add_row(row["name"], row["county"], row["category"], founded, row["reason"])
    ends = [Text(one) for one in (line, *notes)]
    marks = [Text(SAMPLE_MARK, style="bold yellow")] if sample else []
    if rows.empty:
        return [*marks, Text("没有可以建议的名称。"), *ends]
    more = Text("逐条清单：hbgeo names --protect -o 文件.xlsx", style="dim")
    return [*marks, table, *ends, more]


def plates_shown(
    rows: pd.DataFrame, line: str, notes: Sequence[str], *, sample: bool
) -> list[RenderableType]:
    """The streets whose names have problems, those with most plates first."""
    wrong = rows[rows["rule"] != ""].sort_values("plates", ascending=False, kind="stable")
    table = Listing(f"有问题的街路巷、村名{_cut(wrong)}")
    table.heading("所在", wrap=16)
    table.heading("门牌写作", lead=True, wrap=14)
    table.heading("门牌数", right=True)
    table.heading("规则")
    table.heading("问题", wrap=30)
    for row in wrong.head(_MANY).to_dict("records"):
        where = f"{row['county']}{row['unit']}"
        table.add_row(where, row["street"], f"{row['plates']:,}", row["rule"], row["message"])
    ends = [Text(one) for one in (line, *notes)]
    marks = [Text(SAMPLE_MARK, style="bold yellow")] if sample else []
    more = Text("逐条清单：hbgeo names --plates 门牌.csv -o 文件.xlsx", style="dim")
    return [*marks, *([] if wrong.empty else [table]), *ends, more]


def _cut(rows: pd.DataFrame) -> str:
    return f"（共 {len(rows):,} 条，列出 {_MANY} 条）" if len(rows) > _MANY else ""
