"""目标总表: a row an indicator and reading, with its figure, its target and what is short of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.policy import SYSTEMS
from hbgeo.show.excel.areas import ROUNDING
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.table.values import number
from hbgeo.show.words import (
    behind,
    figure_number,
    is_ratio,
    lacking_in_short,
    measure_word,
    standing,
)


def targets_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """One row an indicator and variant: figure, target, what is short, deadline, sources."""
    sheet = _targets_rows(assessments)
    return pd.DataFrame(sheet, columns=[c.heading for c in _TARGET_COLUMNS])


_TARGET_COLUMNS = [
    Column("序号", 6, "whole"),
    Column("体系", 11),
    Column("指标", 34),
    Column("层级", 12),
    Column("应覆盖数", 11, "amount"),
    Column("已覆盖数", 11, "amount"),
    Column("覆盖率（%）", 11, "pct", bar=True),
    Column("数值", 12, "amount"),
    Column("目标", 10, "amount"),
    Column("差额", 10, "amount"),
    Column("计量单位", 9),
    Column("与目标差（百分点）", 12, "points"),
    Column("结论", 17),
    Column("期限", 12),
    Column("缺少", 18),
    Column("依据", 46),
    Column("指标代号", 24, aside=True),
]


def _targets_rows(assessments: Sequence[Assessment]) -> list[list[Any]]:
    rows = []
    for n, a in enumerate(assessments, 1):
        one, target = a.indicator, a.target
        share = a.share
        goal = None if target is None else target.value if a.counted else target.pct
        gap = None if a.counted or a.status != "measured" else float(behind(a))
        rows.append(
            [
                n,
                SYSTEMS[one.system],
                one.full_name,
                LEVEL_NAMES[one.units],
                None if share is None else number(share.total),
                None if share is None else number(share.covered),
                _figure(a, counted=False),
                _figure(a, counted=True),
                None if goal is None else number(Fraction(goal)),
                None if is_ratio(one) else a.short,
                measure_word(a),
                gap,
                standing(a),
                target.deadline.isoformat() if target and target.deadline else "",
                lacking_in_short(a),
                target.source if target else one.source,
                one.id,
            ]
        )
    return rows


def targets_sheet(catalog: Catalog, assessments: Sequence[Assessment], line: str) -> Sheet:
    """Every indicator and reading, the main ones bold."""
    bold = [i for i, a in enumerate(assessments) if a.indicator.variant is None]
    notes = [ROUNDING, "加粗的为主读法，其余为同一指标的其他读法（变体）。差额为距目标还差的个数。"]
    title = f"{catalog.title} 目标总表"
    rows = _targets_rows(assessments)
    return Sheet(
        "目标总表",
        title,
        line,
        _TARGET_COLUMNS,
        rows,
        totals=frozenset(bold),
        notes=notes,
        frozen=3,
    )


def _figure(a: Assessment, *, counted: bool) -> float | None:
    """The figure as shown: the workbook and the page must not differ in the last digit."""
    shown = figure_number(a)
    if shown is None or a.counted != counted:
        return None
    return float(shown)
