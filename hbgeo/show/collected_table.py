"""What the terminal shows of a collection: who is missing, what is wrong, and that every row is accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.show.excel.collected import counted_line
from hbgeo.show.screen import Listing
from hbgeo.show.words import SAMPLE_MARK

_MANY = 20  # lines shown before they are cut, and said so
_STATES = ("未报", "已报", "有误", "已更正")


def collected_shown(
    states: pd.DataFrame,
    balance: pd.DataFrame,
    conflicts: pd.DataFrame,
    left: Sequence[str],
    *,
    titles: Mapping[str, str],
    read: int,
    parts: int,
    sample: bool,
) -> list[RenderableType]:
    """A table by layer, the counties that are missing or wrong, and what was not taken."""
    shown: list[RenderableType] = [Text(SAMPLE_MARK, style="bold yellow")] if sample else []
    shown += [_by_layer(states, balance, titles), Text(counted_line(states))]
    shown.append(Text(f"{parts:,} 份台账，重新读了 {read:,} 份。"))
    missing = states.groupby("county_code")["state"].agg(lambda s: bool((s == "未报").all()))
    codes = missing.index[missing].tolist()
    names = dict(zip(states["county_code"], states["county"], strict=True))
    if codes:
        shown.append(
            Text(f"一份也没报的 {len(codes):,} 个县：{'、'.join(names[c] for c in codes)}。")
        )
    late = states[states["late"]]
    shown += _cut([f"逾期：{r['county']} {titles.get(r['layer'], r['layer'])}，{r['received_on']} 收到，期限 {r['due']}。" for r in late.to_dict("records")])  # fmt: skip
    wrong = states[states["why"] != ""]
    shown += _cut([f"有误：{r['county']} {titles.get(r['layer'], r['layer'])}：{r['why']}。" for r in wrong.to_dict("records")])  # fmt: skip
    shown += _cut([f"矛盾：{r['county']}与{r['other']}：{r['said']}。" for r in conflicts.to_dict("records")])  # fmt: skip
    return shown + _cut([f"未收：{one}。" for one in left])


def _by_layer(
    states: pd.DataFrame, balance: pd.DataFrame, titles: Mapping[str, str]
) -> RenderableType:
    table = Listing("收集情况")
    table.heading("图层", wrap=16)
    for heading in ("收到行", "并入", "搁置", "只核对", *_STATES):
        table.heading(heading, right=True)
    counts = states.groupby("layer")["state"].value_counts()
    rows = {r["layer"]: r for r in balance.to_dict("records")}
    for layer in dict.fromkeys([*rows, *states["layer"]]):
        row = rows.get(layer, dict.fromkeys(("taken", "merged", "aside", "compared"), 0))
        own = [f"{counts.get((layer, s), 0):,}" for s in _STATES]
        figures = (f"{row[c]:,}" for c in ("taken", "merged", "aside", "compared"))
        table.add_row(titles.get(layer, layer), *figures, *own)
    return table


def _cut(lines: Sequence[str]) -> list[RenderableType]:
    """The first of some lines, and how many more there are."""
    shown: list[RenderableType] = [Text(line) for line in lines[:_MANY]]
    if len(lines) > _MANY:
        shown.append(Text(f"另有 {len(lines) - _MANY:,} 条，见 收集情况.xlsx", style="dim"))
    return shown
