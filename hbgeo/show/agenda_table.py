"""What the terminal shows of the agenda: where each indicator stands and comes to, and the first things to do."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.agenda import KINDS, Agenda
from hbgeo.show import words
from hbgeo.show.agenda_words import (
    NOTHING,
    mark_of,
    percent,
    promise,
    state_words,
    summary,
    title_of,
)
from hbgeo.show.screen import Lines, Listing

_MANY = 30  # things shown before the list is cut, and said so


def agenda_shown(found: Agenda) -> list[RenderableType]:
    """Two tables, and what must be said of them."""
    mark = mark_of(found)
    shown: list[RenderableType] = [Text(mark, style="bold yellow")] if mark else []
    if found.rows.empty:
        return [*shown, Text(NOTHING), *(Lines(note, "dim") for note in found.notes)]
    shown += [_figures(found), _things(found), Text(summary(found), style="bold")]
    left = len(found.steps) - _MANY
    if left > 0:
        shown.append(Text(f"另有 {left:,} 项，见 hbgeo agenda -o 文件.xlsx。"))
    return [*shown, Lines(promise(found), "dim"), *(Lines(f"{n}。", "dim") for n in found.notes)]


def _figures(found: Agenda) -> Listing:
    table = Listing(f"{title_of(found)}：办完能到多少")
    table.heading("指标", wrap=16, lead=True)
    for heading in ("现在", "办后", "目标", *KINDS.values()):
        table.heading(heading, right=True)
    table.heading("结论", wrap=10)
    for row in found.figures.to_dict("records"):
        if not row["gain"]:
            continue
        goal = row["target_pct"]
        table.add_row(
            row["title"],
            percent(row["pct"], goal),
            percent(row["pct_after"], goal),
            words.NONE if goal is None else f"{goal:f}%",
            *(f"{row[kind]:,}" if row[kind] else "" for kind in KINDS),
            state_words(row),
        )
    return table


def _things(found: Agenda) -> Listing:
    table = Listing(f"{title_of(found)}：先办什么")
    table.heading("次序", right=True)
    table.heading("县（市、区）", wrap=10, spare=1)
    table.heading("做什么", wrap=30)
    table.heading("指标", wrap=16)
    table.heading("新增", right=True)
    table.heading("办后", right=True)
    table.heading("台账出处", wrap=14, spare=2)
    last = 0
    for row in found.rows[found.rows["order"] <= _MANY].to_dict("records"):
        again, last = row["order"] == last, row["order"]
        first = ["", "", ""] if again else [f"{last:,}", row["county"], row["action"]]
        figures = [words.amount(row["gain"]), percent(row["pct_after"], row["target_pct"])]
        table.add_row(*first, row["title"], *figures, "" if again else row["source_row"])
    return table
