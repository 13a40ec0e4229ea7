"""The Excel report: targets, one sheet an indicator, the uncovered, the change, and the ground of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.rounding import round_figure
from hbgeo.measure.tasks import Tasks
from hbgeo.measure.trend import Trend
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.show.excel.areas import RANKING, ROUNDING, area_sheet, steps_of
from hbgeo.show.excel.cover import BACK, write_contents, write_cover
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.lists import (
    is_listed,
    issues_sheets,
    of_villages,
    uncovered_sheet,
    villages_sheet,
)
from hbgeo.show.excel.names import names_sheets
from hbgeo.show.excel.norms import norm_sheet
from hbgeo.show.excel.progress import progress_sheet
from hbgeo.show.excel.ranking import NAME as CHARTS
from hbgeo.show.excel.ranking import can_rank, place_of, write_data, write_rankings
from hbgeo.show.excel.rows import new_book
from hbgeo.show.excel.sheet import Column, Sheet, make_styles, write_sheet
from hbgeo.show.excel.targets import targets_sheet
from hbgeo.show.excel.tasks import tasks_sheet
from hbgeo.show.words import (
    NONE,
    SAMPLE_MARK,
    is_norm,
    is_norm_change,
    lacking,
    marks,
    names_in,
)

_NONE: Mapping[str, pd.DataFrame] = MappingProxyType({})


def report_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    *,
    nearest: Mapping[str, pd.DataFrame] = _NONE,
    waiting: Mapping[str, pd.DataFrame] = _NONE,
    issues: pd.DataFrame | None = None,
    trend: Trend | None = None,
    inputs: Mapping[str, str] | None = None,
    tasks: Tasks | None = None,
    names: SignNames | None = None,
    more: Sequence[Sheet] = (),
    figures: Sequence[Sheet] | None = None,
) -> bytes:
    """Make the workbook.

    Sheets: 封面; 目录; 目标总表; one an indicator (市州, then 县, sums first, ranks, what is short); 目标进程;
    未覆盖清单; `more`; 同比 (`trend`); 督办 (`tasks`); 地名标志问题 (`names`); 数据质量 (`issues`); 排名图; 口径与参数; 字段说明. Codes are text, figures numbers, nothing is ever a formula; the first row of each sheet says where data are invented.

    Parameters
    ----------
    nearest, waiting
        As in `Measured`; without an entry 未覆盖清单 has no facilities.
    issues, trend, inputs, tasks, names, more
        Problems to be sent back; what changed since a snapshot; layer → fingerprint; 督办; names on signs; 服务半径 and 规划方案.
    figures
        What `figure_sheets` made of the same, where that was done before.
    """
    as_of, line = _day_and_line(catalog, assessments)
    known: dict[str, Any] = {"nearest": nearest, "waiting": waiting, "trend": trend}
    made = figure_sheets(catalog, assessments, units, **known) if figures is None else figures
    sheets = [*made, *(replace(sheet, line=line) for sheet in more)]
    sheets += [change_sheet(trend)] if trend is not None else []
    sheets += [tasks_sheet(tasks, line)] if tasks is not None else []
    sheets += names_sheets(names, line) if names is not None else []
    sheets += issues_sheets(issues, line) if issues is not None else []
    sheets += [_basis_sheet(catalog, assessments, line, inputs or {}), _fields_sheet()]
    return _report_bytes(sheets, catalog.title, as_of, marks(assessments))


def figure_sheets(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    *,
    nearest: Mapping[str, pd.DataFrame] = _NONE,
    waiting: Mapping[str, pd.DataFrame] = _NONE,
    trend: Trend | None = None,
    kept: KeptSheets | None = None,
) -> list[Sheet]:
    """The first sheets of the report, which rest on the figures alone: 目标总表 to 未覆盖清单."""
    _, line = _day_and_line(catalog, assessments)
    kept = kept or KeptSheets()
    sheets = [targets_sheet(catalog, assessments, line)]
    sheets += _area_sheets(assessments, line, trend, kept)
    sheets += [progress_sheet(assessments, line, trend)]
    sheets += [uncovered_sheet(assessments, units, line, kept, nearest=nearest, waiting=waiting)]
    villages = [a for a in assessments if is_listed(a) and of_villages(a)]
    sheets += [villages_sheet(villages, units["village"], line, kept)] if villages else []
    kept.save()
    return sheets


def _day_and_line(catalog: Catalog, assessments: Sequence[Assessment]) -> tuple[date | None, str]:
    """As of when the figures are, and the line that says so under every title."""
    as_of = assessments[0].as_of if assessments else catalog.as_of
    return as_of, f"填报单位：                截至日期：{as_of}          制表：hbgeo"


def _report_bytes(sheets: Sequence[Sheet], title: str, as_of: date | None, mark: str) -> bytes:
    """The workbook: 封面 and 目录 first, charts of what is ranked before the ground of it."""
    book = new_book()
    style = make_styles(book)
    ranked = [sheet for sheet in sheets if can_rank(sheet)]
    charts = {sheet.name: {CHARTS: place_of(n)} for n, sheet in enumerate(ranked)}
    every = [
        replace(sheet, mark=sheet.mark or mark, links={**BACK, **charts.get(sheet.name, {})})
        for sheet in sheets
    ]
    listed = [
        *every[:-2],
        *([Sheet(CHARTS, "市州、县（市、区）排名图", "", [], [])] if ranked else []),
    ]
    write_cover(book, style, title, as_of, mark)
    write_contents(book, style, [*listed, *every[-2:]], mark)
    for sheet in every[:-2]:
        write_sheet(book, sheet, style)
    drawn = write_rankings(book, style, ranked, mark) if ranked else []
    for sheet in every[-2:]:
        write_sheet(book, sheet, style)
    if drawn:
        write_data(book, drawn, style, mark)
    return book.to_bytes()


def _area_sheets(
    assessments: Sequence[Assessment], line: str, trend: Trend | None, kept: KeptSheets
) -> list[Sheet]:
    """One sheet an indicator, by prefecture and county."""
    names = _sheet_names(assessments)
    mains = [a for a in assessments if a.indicator.variant is None and a.coverage is not None]
    return [_area_sheet(a, names[a.indicator.id], line, trend, kept) for a in mains]


def _area_sheet(
    a: Assessment, name: str, line: str, trend: Trend | None, kept: KeptSheets
) -> Sheet:
    one = a.indicator
    if is_norm(one):
        return kept.sheet(one.id, repr((name, line)), lambda: norm_sheet(a, name, line))
    steps = steps_of(a, trend)
    told = repr((name, line, steps))
    return kept.sheet(one.id, told, lambda: area_sheet(a, name, line, steps))


def _book_bytes(sheets: Sequence[Sheet], mark: str) -> bytes:
    """The workbook of some sheets; `mark` heads those that have none of their own."""
    book = new_book()
    style = make_styles(book)
    for sheet in sheets:
        write_sheet(book, sheet if sheet.mark else replace(sheet, mark=mark), style)
    return book.to_bytes()


def trend_bytes(trend: Trend) -> bytes:
    """Make a workbook of what changed: 同比, 增减单元, 单元变动."""
    line = f"{trend.old} → {trend.new}"
    columns = [Column("指标", 26), Column("变化")]
    columns += [Column("县（市、区）", 16), Column("单元", 20), Column("市州", 16)]
    columns += [Column("原因", 16), Column("设施", 60)]
    columns += [Column("代码", 14, aside=True), Column("县代码", 10, aside=True)]
    order = ["indicator", "change", "county", "name", "prefecture", "reason", "facilities"]
    units = trend.units.assign(indicator=trend.units["indicator"].map(names_in(trend)))
    rows = units[[*order, "code", "county_code"]].to_numpy(object).tolist()
    moved = [
        Column("级别"),
        Column("变动"),
        Column("名称", 24),
        Column("原名", 24),
        Column("代码", 14, aside=True),
    ]
    level = trend.boundaries["level"].map(LEVEL_NAMES)
    shown = trend.boundaries.assign(level=level)[["level", "what", "name", "was", "code"]]
    shifts = shown.to_numpy(object).tolist()
    sheets = [
        change_sheet(trend),
        Sheet("增减单元", "新增、失去覆盖的单元", line, columns, rows, notes=trend.basis),
        Sheet("单元变动", "新设、撤销、更名和边界调整的单元", line, moved, shifts),
    ]
    return _book_bytes(sheets, SAMPLE_MARK if trend.sample else "")


def change_sheet(trend: Trend) -> Sheet:
    """同比: what each changed indicator was and is, on one basis."""
    columns = [Column("指标", 44), Column("上期原报", 12, "amount")]
    columns += [
        Column("上期数", 12, "amount"),
        Column("上期总数", 12, "amount"),
        Column("上期率（%）", 11, "pct"),
    ]
    columns += [
        Column("本期数", 12, "amount"),
        Column("本期总数", 12, "amount"),
        Column("本期率（%）", 11, "pct"),
    ]
    columns += [Column("增减", 10, "change"), Column("增减（百分点）", 12, "points")]
    columns += [
        Column("新增覆盖", 10, "whole"),
        Column("失去覆盖", 10, "whole"),
        Column("边界调整", 10, "whole"),
        Column("无法对照", 10, "whole"),
        Column("计量单位", 10),
        Column("指标代号", 26, aside=True),
    ]
    rows = [_change_cells(row) for row in trend.change_rows]
    notes = [*trend.basis, f"没有变化的指标 {trend.unchanged} 项，不列。"]
    line = f"{trend.old} → {trend.new}"
    return Sheet("同比", f"同比（{line}）", line, columns, rows, notes=notes)


def _change_cells(row: Mapping[str, Any]) -> list[Any]:
    """One indicator that changed: of a norm its figures, which are of no total."""
    norm = is_norm_change(row)
    amount = row["measure"] in {"count", "sum"} or norm
    kind = "value" if amount else "covered"
    ends: list[Any] = []
    for end in ("old", "new"):
        total = None if norm else row[f"{end}_total"]
        ends += [_or_dash(row[f"{end}_{kind}"]), total, _rounded(row[f"{end}_pct"])]
    reported = row["old_reported"] if amount else _rounded(row["old_reported"])
    reported = reported if row["old_indicator"] else _or_dash(reported)
    tail = [_or_dash(row["change"]), row["points"], row["gained"], row["lost"], row["boundary"]]
    tail += [row["unmatched"], row["unit"], row["indicator"]]
    return [row["name"], reported, *ends, *tail]


def _sheet_names(assessments: Sequence[Assessment]) -> dict[str, str]:
    """A short, unique name for each indicator's sheet: Excel allows 31 characters and few signs."""
    names: dict[str, str] = {}
    for a in assessments:
        one = a.indicator
        name = re.sub(r"[\[\]:*?/\\'“”]", "", f"{one.row} {one.name}".strip())[:28]
        twice = sum(n.startswith(name) for n in names.values())
        names[one.id] = name if not twice or one.variant else f"{name}{twice + 1}"
    return names


def _basis_sheet(
    catalog: Catalog, assessments: Sequence[Assessment], line: str, inputs: Mapping[str, str]
) -> Sheet:
    """口径与参数: the ground of every figure, and what went in."""
    rows = [
        [a.indicator.full_name, text, a.indicator.id] for a in assessments for text in a.basis_lines
    ]
    rows += [[a.indicator.full_name, lacking(a), a.indicator.id] for a in assessments if a.missing]
    rows += [
        [f"图层 {key}", f"来源：{layer.source}" + _print(inputs.get(key, "")), key]
        for key, layer in catalog.layers.items()
    ]
    rows += [["说明", text, ""] for text in (ROUNDING, RANKING)]
    columns = [Column("指标或图层", 44), Column("口径", 130), Column("代号", 30, aside=True)]
    return Sheet("口径与参数", "口径与参数", line, columns, rows)


def _print(mark: str) -> str:
    return f"；内容指纹 {mark}" if mark else ""


_FIELDS = (
    ("应覆盖数", "分母：按口径应当覆盖的单元个数，或按人口加权时的人口"),
    ("已覆盖数", "分子：至少有一处合格且正常运营的设施（或一条合格的登记）的单元"),
    ("覆盖率（%）", "已覆盖数÷应覆盖数；全省、市州的率是合计之比，不是各县率的平均"),
    ("差额", "距目标还差的个数，向上取整；0 表示已达到"),
    ("与目标差（百分点）", "率减去目标，单位是百分点，不是 %"),
    ("较上期", "与上一份快照在同一边界口径下比较；没有上一份时为空"),
    ("结论", "达标、差几个；未量化的只报现状，不说达标与否；无法计算的写明缺少什么"),
    (
        "状态",
        "已过：截至日期在期限之后；执行中：判定所用的目标，或没有写期限；将到：其余期限未过的",
    ),
    ("每月须增", "差额÷到期限的月数，向上取整；已达到的为 0，已过、没有期限或没有数字的为空"),
    ("现每月增", "与上一份快照同一边界口径的增减÷两期之间的月数；没有上一份快照的为空"),
    ("可靠程度", "目标出处的可靠程度，从高到低为 A、A-、B、C；空着的是没有人说过"),
    (
        "适用范围",
        "全省、全国，或市州、县的代码；只有范围与本工作区相同、不是草案、有数字的目标才判定",
    ),
    ("年限、可用穴位、年需求", "安葬设施还有的穴位和格位，÷一年的安葬需求，就是还够用几年"),
    ("排名", RANKING),
    ("代码", "文本：县 6 位、乡镇 9 位、村（社区）12 位"),
    ("常住人口、60岁及以上", "来自人口图层；空着的是没有数据，不是零"),
    ("最近设施、距离", "从驻地量起的直线距离，公里"),
)


def _fields_sheet() -> Sheet:
    columns = [Column("字段", 26), Column("含义", 120)]
    return Sheet("字段说明", "字段说明", " ", columns, [list(f) for f in _FIELDS])


def _or_dash(value: float | None) -> float | str:
    """A number, or a dash where a date has no figure yet."""
    return NONE if value is None or value != value else value


def _rounded(value: float | None) -> float | None:
    """A percentage of a comparison as it is shown: cut down where rounding would reach 100."""
    if value is None or value != value:
        return None
    return float(round_figure(Fraction(value)))
