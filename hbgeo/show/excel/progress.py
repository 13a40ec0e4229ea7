"""目标进程: every target there is, in its time, with how it stands and at what pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.pace import pace_of
from hbgeo.measure.trend import Trend
from hbgeo.read.indicator import Target
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.progress import (
    DRAFT,
    KEPT,
    NEEDED,
    in_time,
    pace_unit,
    scope_words,
    shown_pace,
    state_words,
)
from hbgeo.show.table.stats import amount_of

NAME = "目标进程"
_COLUMNS = (
    Column("序号", 6, "whole"),
    Column("体系", 12),
    Column("指标", 40),
    Column("指标代号", 24),
    Column("目标", 12, "amount"),
    Column("目标单位", 10),
    Column("期限", 12),
    Column("状态", 8),
    Column("天数", 8, "whole"),
    Column("现状", 12, "amount"),
    Column("差额", 10, "amount"),
    Column("差额单位", 10),
    Column(NEEDED, 11, "amount"),
    Column(KEPT, 11, "amount"),
    Column("可靠程度", 8),
    Column("草案", 6),
    Column("适用范围", 10),
    Column("依据", 60),
)
_NOTES = (
    "加粗的是截至日期判定所用的目标：有数字、不是草案、范围与本工作区相同，且是期限未过的最近一个；都过了则是最后一个。",
    "差额和每月须增只对判定所用的目标说；每月须增=差额÷到期限的月数（一月为一年的十二分之一），向上取整到一位小数；单位见“差额单位”。",
    "现每月增=与上一份快照按同一边界口径比较的增减÷两期之间的月数；没有上一份快照、不能比较的为空。",
    "天数从截至日期数到期限，负数为已过；没有数字的目标（如“基本建成”）只列出，不判达标。",
)


def progress_sheet(assessments: Sequence[Assessment], line: str, trend: Trend | None) -> Sheet:
    """Every target of the main readings, of each in the order of the deadlines."""
    mains = [a for a in assessments if a.indicator.variant is None]
    every = [(a, t) for a in mains for t in in_time(a.indicator.targets)]
    rows = [[n, *_row(a, target, trend)] for n, (a, target) in enumerate(every, 1)]
    holding = frozenset(n for n, (a, t) in enumerate(every) if t == a.target)
    return Sheet(NAME, NAME, line, _COLUMNS, rows, totals=holding, notes=_NOTES, frozen=4)


def _row(a: Assessment, target: Target, trend: Trend | None) -> list[Any]:
    one, holds = a.indicator, target == a.target
    needed, kept = (
        None if n is None else float(n) for n in shown_pace(a, pace_of(a, target, trend))
    )
    short = (words.points_short(a) if words.is_ratio(one) else a.short) if holds else None
    unit = words.goal_unit(a, target)
    shown = words.figure_number(a)
    said = any(n is not None for n in (short, needed, kept))
    return [
        SYSTEMS[one.system],
        one.full_name,
        one.id,
        target.words if unit is None else amount_of(target),
        unit or "",
        "" if target.deadline is None else target.deadline.isoformat(),
        state_words(a, target),
        a.days_to(target),
        words.NONE if shown is None else float(shown),
        None if short is None else float(short),
        pace_unit(a) if said else "",
        needed,
        kept,
        target.reliability,
        DRAFT if target.draft else "",
        scope_words(target),
        target.source,
    ]
