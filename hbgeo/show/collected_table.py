"""What the terminal shows of a collection: who is missing, what is wrong, and that every row is accounted for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from hbgeo.show.collected import MISSING, STATES, Collected
from hbgeo.show.screen import Listing

_MANY = 20  # lines shown before they are cut, and said so


def collected_shown(found: Collected) -> list[RenderableType]:
    """A table by layer, the counties that are missing or wrong, and what was not taken."""
    states = found.states
    shown: list[RenderableType] = [Text(found.mark, style="bold yellow")] if found.mark else []
    shown += [_by_layer(found), Text(found.counted())]
    shown.append(Text(f"{found.parts:,} 份台账，重新读了 {found.read:,} 份。"))
    silent = [county for county, by in found.by_county() if all(r["state"] == MISSING for r in by.values())]  # fmt: skip
    if silent:
        shown.append(Text(f"一份也没报的 {len(silent):,} 个县：{'、'.join(silent)}。"))
    late = states[states["late"]].to_dict("records")
    shown += _cut([f"逾期：{r['county']} {found.called(r['layer'])}，{r['received_on']} 收到，期限 {r['due']}。" for r in late])  # fmt: skip
    shown += _cut([f"有误：{line}。" for line in found.wrong()])
    against = found.conflicts.to_dict("records")
    shown += _cut([f"矛盾：{r['county']}与{r['other']}：{r['said']}。" for r in against])
    return shown + _cut([f"未收：{one}。" for one in found.left])


def _by_layer(found: Collected) -> RenderableType:
    table = Listing("收集情况")
    table.heading("图层", wrap=16)
    for heading in ("收到行", "并入", "搁置", "只核对", *STATES):
        table.heading(heading, right=True)
    counts = found.states.groupby("layer")["state"].value_counts()
    rows = {r["layer"]: r for r in found.balance.to_dict("records")}
    for layer in dict.fromkeys([*rows, *found.states["layer"]]):
        row = rows.get(layer, dict.fromkeys(("taken", "merged", "aside", "compared"), 0))
        own = [f"{counts.get((layer, s), 0):,}" for s in STATES]
        figures = (f"{row[c]:,}" for c in ("taken", "merged", "aside", "compared"))
        table.add_row(found.called(layer), *figures, *own)
    return table


def _cut(lines: Sequence[str]) -> list[RenderableType]:
    """The first of some lines, and how many more there are."""
    shown: list[RenderableType] = [Text(line) for line in lines[:_MANY]]
    if len(lines) > _MANY:
        shown.append(Text(f"另有 {len(lines) - _MANY:,} 条，见 收集情况.xlsx", style="dim"))
    return shown
