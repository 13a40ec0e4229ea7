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
from hbgeo.show.table.targets import listed
from hbgeo.show.terminal import conference_facts, plain_table


def targets_shown(
    assessments: Sequence[Assessment],
    rows: Sequence[Mapping[str, Any]],
    as_of: date,
    trend: Trend | None = None,
) -> list[RenderableType]:
    """Every fact of the conference at a glance (see `target_rows`), and under it every target."""
    return [*conference_facts(rows, as_of), *progress(assessments, as_of, trend)]


def progress(
    assessments: Sequence[Assessment], as_of: date, trend: Trend | None = None
) -> list[RenderableType]:
    """Every target of the main readings, of each in the order of the deadlines."""
    every = [(a, t) for a in listed(assessments) for t in in_time(a.indicator.targets)]
    if not every:
        return []
    table = plain_table(f"全部目标 {len(every)} 个 截至 {as_of}")
    for heading in ("指标", "目标", "期限", "状态", "可靠程度", "进度", "依据"):
        table.add_column(heading, no_wrap=heading in {"期限", "状态"})
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
