"""The Excel report: targets, by prefecture, by county, the uncovered, and the ground of it all."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, SYSTEMS, Catalog
from hbgeo.show.tables import (
    APPROXIMATE_MARK,
    SAMPLE_MARK,
    new_workbook,
    stats_rows,
    unit_rows,
    write_cell,
)

STATUS_WORDS = {
    "no-target": "无目标",
    "no-data": "无法计算",
    "not-applicable": "不适用",
}
_WIDTHS = {"指标": 40, "口径": 80, "单元": 22, "最近设施": 30, "来源": 60, "缺少": 30}


def verdict(assessment: Assessment) -> str:
    """The state of an indicator in the office's words: 达标, 差 12 个, 无目标, 无法计算."""
    if assessment.status != "measured":
        return STATUS_WORDS[assessment.status]
    if assessment.met:
        return "达标"
    return f"差 {assessment.short:,}" if assessment.short else "未达标(不足一个单位)"


def report_bytes(
    catalog: Catalog, assessments: Sequence[Assessment], units: Mapping[str, pd.DataFrame]
) -> bytes:
    """Make the workbook: 目标总表, 分市州, 分县, 未覆盖清单, 口径.

    Codes are text, figures numbers; the first row of each sheet says where data are invented
    or boundaries approximate; headers stay in view.
    """
    buffer = io.BytesIO()
    book = new_workbook(buffer)
    style = _styles(book)
    marks = _marks(assessments)
    sheets = {
        "目标总表": targets_table(assessments),
        "分市州": _by_table(assessments, "prefecture"),
        "分县": _by_table(assessments, "county"),
        "未覆盖清单": _uncovered_table(assessments, units),
        "口径": _basis_table(assessments),
    }
    for name, table in sheets.items():
        title = f"{catalog.title} {name}(截至{catalog.as_of.isoformat()})"
        _write(book.add_worksheet(name), table, title, marks, style)
    book.close()
    return buffer.getvalue()


def targets_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """One row an indicator and variant: figure, target, what is short, deadline, sources."""
    rows = []
    for a in assessments:
        one, target = a.indicator, a.target
        share = None if a.coverage is None or a.counted else a.coverage.share
        goal = None if target is None else target.value if a.counted else target.pct
        rows.append(
            {
                "体系": SYSTEMS[one.system],
                "指标": one.full_name,
                "指标代号": one.id,
                "层级": LEVEL_NAMES[one.units],
                "应覆盖数": None if share is None else float(share.total),
                "已覆盖数": None if share is None else float(share.covered),
                "覆盖率(%)": _figure(a, counted=False),
                "数值": _figure(a, counted=True),
                "目标": None if goal is None else float(goal),
                "差额": a.short,
                "结论": verdict(a),
                "期限": target.deadline.isoformat() if target and target.deadline else "",
                "缺少": "、".join(a.missing),
                "目标来源": target.source if target else "",
            }
        )
    return pd.DataFrame(rows)


def _figure(a: Assessment, *, counted: bool) -> float | None:
    """The figure as shown: the workbook and the page must not differ in the last digit."""
    if a.figure is None or a.counted != counted:
        return None
    return float(a.shown.replace(",", ""))


def _by_table(assessments: Sequence[Assessment], level: str) -> pd.DataFrame:
    rows = []
    for a in assessments:
        if a.coverage is None:
            continue
        for row, part in zip(stats_rows(a, level), a.coverage.by(level).values(), strict=True):
            here = Assessment(a.indicator, a.as_of, part, whole=False)
            rows.append(
                {
                    "指标": a.indicator.full_name,
                    "指标代号": a.indicator.id,
                    "代码": row["code"],
                    "地区": row["unit"],
                    "应覆盖数": row["total"],
                    "已覆盖数": row["covered"],
                    "覆盖率(%)": _figure(here, counted=False) if here.figure is not None else "—",
                    "数值": row["value"],
                }
            )
    return pd.DataFrame(rows)


def _uncovered_table(
    assessments: Sequence[Assessment], units: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The uncovered units of every main reading; variants are in coverage.csv."""
    mains = [a for a in assessments if a.coverage is not None and not a.counted]
    mains = [a for a in mains if a.indicator.variant is None]
    table = unit_rows(mains, units)
    table = table[(table["covered"] == 0) & (table["demand"] > 0)]
    names = {a.indicator.id: a.indicator.full_name for a in assessments}
    return pd.DataFrame(
        {
            "指标": table["indicator"].map(names),
            "市州": table["prefecture"],
            "县(市、区)": table["county"],
            "代码": table["code"],
            "单元": table["name"],
            "类型": table["kind"],
            "常住人口": table["population"],
            "60岁及以上": table["population_60"],
            "最近设施": table["nearest_name"],
            "距离(公里)": table["nearest_km"],
        }
    )


def _basis_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    rows = [
        {"指标": a.indicator.full_name, "指标代号": a.indicator.id, "口径": line}
        for a in assessments
        for line in a.basis_lines
    ]
    rounding = "百分数按四舍五入保留两位小数;未达目标或未满 100% 的不因进位而显示为达到。"
    return pd.DataFrame([*rows, {"指标": "说明", "指标代号": "", "口径": rounding}])


def _marks(assessments: Sequence[Assessment]) -> str:
    bases = [a.coverage.basis for a in assessments if a.coverage is not None]
    sample = SAMPLE_MARK if any(b.sample for b in bases) else ""
    approximate = APPROXIMATE_MARK if any(b.approximate for b in bases) else ""
    return ";".join(m for m in (sample, approximate) if m)


def _styles(book: Any) -> dict[str, Any]:
    font = {"font_name": "仿宋", "font_size": 11}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 15, "bold": True}),
        "mark": book.add_format({**font, "bold": True, "font_color": "#B45309"}),
        "head": book.add_format(
            {**font, "bold": True, "bottom": 1, "top": 1, "text_wrap": True, "valign": "vcenter"}
        ),
        "text": book.add_format({**font, "bottom": 4}),
        "whole": book.add_format({**font, "bottom": 4, "num_format": "#,##0"}),
        "pct": book.add_format({**font, "bottom": 4, "num_format": "0.00"}),
        "km": book.add_format({**font, "bottom": 4, "num_format": "0.0"}),
    }


def _write(
    sheet: Any, table: pd.DataFrame, title: str, marks: str, style: Mapping[str, Any]
) -> None:
    sheet.write_string(0, 0, f"{marks} " if marks else " ", style["mark"])
    sheet.write_string(1, 0, title, style["title"])
    for c, column in enumerate(table.columns):
        sheet.write_string(2, c, str(column), style["head"])
        sheet.set_column(c, c, _WIDTHS.get(str(column), 13))
        form = style[_form(str(column))]
        for r, value in enumerate(table[column].tolist(), start=3):
            empty = value is None or value != value  # NaN is not itself
            write_cell(sheet, r, c, None if empty else value, form)
    sheet.set_row(2, 30)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, max(len(table) + 2, 3), max(len(table.columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 2)
    sheet.set_footer("&C第 &P 页,共 &N 页")


def _form(column: str) -> str:
    if "%" in column:
        return "pct"
    if "公里" in column:
        return "km"
    return "whole" if column.endswith(("数", "数值", "人口", "差额", "及以上")) else "text"
