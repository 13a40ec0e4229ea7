"""The terminal's list of all targets: what each asks for, how it stands, at what pace, by which document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import RenderableType

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.pace import pace_of
from hbgeo.measure.trend import Trend
from hbgeo.show.progress import goal_words, in_time, pace_words, standing_words
from hbgeo.show.screen import Listing
from hbgeo.show.table.targets import listed
from hbgeo.show.terminal import conference_facts


def targets_shown(
    assessments: Sequence[Assessment],
    rows: Sequence[Mapping[str, Any]],
    as_of: date,
    trend: Trend | None = None,
    place: str = "",
    *,
    firm: bool = False,
) -> list[RenderableType]:
    """Every fact of the conference at a glance (see `target_rows`), and under it every target."""
    facts = conference_facts(rows, as_of, place, firm=firm)
    return [*facts, *progress(assessments, as_of, trend, place)]


def progress(
    assessments: Sequence[Assessment], as_of: date, trend: Trend | None = None, place: str = ""
) -> list[RenderableType]:
    """Every target of the main readings, of each in the order of the deadlines."""
    every = [(a, t) for a in listed(assessments) for t in in_time(a.indicator.targets)]
    if not every:
        return []
    table = Listing(f"{place} 全部目标 {len(every)} 个 截至 {as_of}".lstrip())
    table.heading("指标", wrap=20, lead=True)
    table.heading("目标", wrap=8)
    table.heading("期限")
    table.heading("状态", wrap=8)
    table.heading("可靠程度", spare=1)
    table.heading("进度", wrap=14)
    table.heading("依据", wrap=20)
    before = ""
    for a, target in every:
        name, first = a.indicator.full_name, a.indicator.id != before
        before = a.indicator.id
        until = "" if target.deadline is None else target.deadline.isoformat()
        cells = [name if first else "", goal_words(a, target), until]
        cells += [standing_words(a, target), target.reliability]
        cells += [pace_words(a, pace_of(a, target, trend)), target.source]
        table.add_row(*cells, style="dim" if a.state_of(target) == "passed" else "")
    return [table]
