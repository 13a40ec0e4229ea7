"""The lists that commands write, as content by a file's suffix: for people as .xlsx, else for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.measure.rounding import round_figure
from hbgeo.read.catalog import LEVEL_NAMES

if TYPE_CHECKING:  # each list loads what it holds when it is written
    from hbgeo.measure.assessment import Assessment, Measured
    from hbgeo.measure.doubt.result import Doubts
    from hbgeo.measure.options import Options
    from hbgeo.measure.trend import Trend
    from hbgeo.read.indicator import Indicator
    from hbgeo.workspace import Workspace


def grids_said(workspace: Workspace, names: Sequence[str] = ()) -> list[str]:
    """What the population grids among the layers hold, and how far they are from the units' own.

    Raises
    ------
    LayerError
        If a grid cannot be read, or there are no units to own its cells.
    """
    from hbgeo.read.about import grid_of
    from hbgeo.show.terminal_data import grid_line

    said = []
    for key in names or workspace.catalog.layers:
        layer = workspace.catalog.layers[key]
        if layer.role == "grid":
            line = grid_line(key, grid_of(workspace.layers.table(key)), layer)
            said += [line, f"{key}：{workspace.people(key=key).words()}。"]
    return said


def problems_content(
    workspace: Workspace, issues: pd.DataFrame, names: Sequence[str]
) -> Callable[[str], bytes]:
    """Suffix → the content of a list of problems; a workbook has one sheet a county."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.problems import problems_bytes
        from hbgeo.show.table.formats import table_bytes

        if suffix != ".xlsx":
            return table_bytes(issues, suffix)
        layers = workspace.catalog.layers
        sample = any(layers[key].sample for key in names or layers)
        return problems_bytes(issues, workspace.catalog.title, sample=sample)

    return content


def bounded_rows(
    workspace: Workspace,
    measured: Measured,
    names: Sequence[str],
    options: Options,
    by: str = "",
    trend: Trend | None = None,
) -> list[dict[str, Any]]:
    """The machine form of `stats` with the bounds of each figure (see `stats_rows`)."""
    from hbgeo.show.table.stats import stats_rows

    firm = workspace.doubts(names, options=options, measured=measured).of
    every = measured.assessments
    return [
        row for a in every for row in stats_rows(a, by or None, trend, firm.get(a.indicator.id))
    ]


def stats_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The table of figures."""
    from hbgeo.show.table.stats import flat_stats

    return flat_stats(rows)


def stats_content(
    rows: Sequence[Mapping[str, Any]], as_of: date, by: str = ""
) -> Callable[[str], bytes]:
    """Suffix → the content of the table of figures."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes

        table = stats_table(rows)
        if suffix != ".xlsx":
            return table_bytes(table, suffix)
        title = f"指标统计表（按{LEVEL_NAMES[by]}）" if by else "指标统计表"
        line = f"截至日期：{as_of}。比例四舍五入保留两位小数，不因进位而显示为达到目标；率是合计之比，不是各地率的平均。"
        pct = [_as_shown(r["pct"], r["target_pct"], "%") for r in rows]
        shown = table.assign(pct=pd.Series(pct, table.index, dtype=float))
        return list_bytes("stats", title, line, {"数据": shown}, mark=_marks_in(rows))

    return content


def _as_shown(value: float | None, aim: float | None, unit: str) -> float | None:
    """A figure of two decimals as every paper shows it: never rounded up to its target."""
    if value is None:
        return None
    goal = None if aim is None else Decimal(str(aim))
    return float(round_figure(Fraction(str(value)), goal, percent=unit == "%"))


def _marks_in(rows: Sequence[Mapping[str, Any]]) -> str:
    """What must be said of all rows of figures: invented data, approximate boundaries."""
    from hbgeo.show.words import which_marks

    on = {k: any(row.get(k) for row in rows) for k in ("sample", "approximate")}
    return "；".join(which_marks(**on))


def targets_content(rows: Sequence[Mapping[str, Any]], as_of: date) -> Callable[[str], bytes]:
    """Suffix → the content of the list of targets; a workbook has a sheet of every single one."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.table.targets import every_target, flat_targets

        if suffix != ".xlsx":
            return table_bytes(flat_targets(rows), suffix)
        figures = [_as_shown(r["value"], r["target"], r["unit"]) for r in rows]
        table = flat_targets(rows)
        table = table.assign(value=pd.Series(figures, table.index, dtype=float))
        tables = {"数据": table, "全部目标": every_target(rows)}
        line = f"截至日期：{as_of}。差额和每月须增只对判定所用的目标说；天数为负的期限已过。"
        return list_bytes("targets", "会议事实与目标", line, tables, mark=_marks_in(rows))

    return content


def doubts_content(
    workspace: Workspace, found: Doubts, assessments: Sequence[Assessment], place: str
) -> Callable[[str], bytes]:
    """Suffix → the content of the rows in doubt; a workbook has one sheet a county, to send back."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.doubts_table import doubt_records, doubt_rows, flat_doubts
        from hbgeo.show.excel.doubts import doubts_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.table.values import json_bytes

        if suffix == ".xlsx":
            return doubts_bytes(found, assessments, workspace.catalog, place)
        rows = doubt_rows(found, assessments)
        if suffix == ".json":
            return json_bytes(doubt_records(rows))
        return table_bytes(flat_doubts(rows), suffix)

    return content


def issues_with_effects(workspace: Workspace, names: Sequence[str] = ()) -> pd.DataFrame:
    """The problems of the layers given, or of all, with what each row could change.

    Of some layers only the indicators are asked that use them.
    """
    from hbgeo.measure.doubt.result import Doubts
    from hbgeo.show.table.effects import with_effects

    issues = workspace.issues(names)
    asked = workspace.policy.values()
    used = [one.id for one in asked if not names or set(names) & layers_of(one)]
    doubts = workspace.doubts(used) if len(issues) and used else Doubts()
    return with_effects(issues, doubts, workspace.policy)


def layers_of(one: Indicator) -> set[str]:
    """The layers whose rows an indicator rests on."""
    return {one.layer, one.beside, one.units, *one.needs, *(link.layer for link in one.links)}


def list_uncovered(
    workspace: Workspace, name: str, options: Options, sort: str = "code"
) -> tuple[Assessment, pd.DataFrame]:
    """The units that an indicator leaves out, and the nearest facility of each.

    Returns
    -------
    assessment, units
        The indicator as it was measured, and its uncovered units, one a row.

    Raises
    ------
    RequestError
        If `name` is no single rate, or cannot be computed.
    """
    from hbgeo.errors import RequestError
    from hbgeo.show.table.units import uncovered_rows

    measured = workspace.measure([name], options=options, with_nearest=True)
    found = measured.assessments
    if len(found) != 1 or (found[0].counted and found[0].indicator.measure != "capacity"):
        raise RequestError(f"“{name}”不是单个的覆盖率指标；请写指标代号，或代号@变体")
    [one] = found
    if one.coverage is None:
        raise RequestError(f"{one.indicator.full_name}无法计算：缺少{'、'.join(one.missing)}")
    level = one.indicator.units
    return one, uncovered_rows(one, {level: workspace.units(level)}, measured.nearest, sort)


def uncovered_content(
    workspace: Workspace, one: Assessment, table: pd.DataFrame
) -> Callable[[str], bytes]:
    """Suffix → the content of a list of uncovered units; map formats get their shapes."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.listing import list_bytes
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.words import marks

        if suffix == ".xlsx":
            title = f"{one.indicator.full_name}：未覆盖清单"
            line = f"截至日期：{one.as_of}。{' '.join(one.basis_lines)}"
            return list_bytes("uncovered", title, line, {"数据": table}, mark=marks([one]))
        return table_bytes(table, suffix, units=workspace.units(one.indicator.units))

    return content
