"""Figures, reports and workspaces as a notebook shows them: a sentence, its ground, a table.

Whatever stands in HTML here is text that was escaped; nothing is fetched, nothing runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis_words import said_used
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_number
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words

ROLES = {
    "units": "单元",
    "facilities": "设施",
    "places": "地点",
    "table": "统计表",
    "lines": "线",
    "grid": "人口格网",
    "background": "底图",
    "task": "督办单",
}
_CELL = "text-align:left;padding:.2em .7em;vertical-align:top"
_MARK = "font-weight:600"


def assessment_line(a: Assessment) -> str:
    """One indicator in a line: its name, figure, counts, target, verdict, date and marks."""
    said = f"{a.indicator.full_name} {words.figure_line(a)} 截至 {a.as_of}"
    return _with_marks(said, words.marks([a]))


def coverage_line(coverage: Coverage) -> str:
    """A measurement in a line: the figure, what was counted, the marks."""
    return _with_marks(_said(coverage), words.mark_of(coverage))


def assessment_card(a: Assessment) -> str:
    """One indicator as HTML: its line, its marks, and under it the ground of the figure (口径)."""
    said = f"<b>{escape(a.indicator.full_name)}</b> {escape(words.figure_line(a))} 截至 {a.as_of}"
    return _card(said, words.marks([a]), a.basis_lines)


def coverage_card(coverage: Coverage) -> str:
    """A measurement as HTML, with its ground; that of an indicator says more (`assessment_card`)."""
    basis = coverage.basis
    ground = [f"截至 {basis.as_of}。"] if basis.as_of else []
    ground += [f"{'；'.join(basis.filters)}。"] if basis.filters else []
    ground += said_used(basis)
    ground += [f"来源：{source}" for source in basis.sources]
    return _card(escape(_said(coverage)), words.mark_of(coverage), ground)


def catalog_line(catalog: Catalog) -> str:
    """A workspace in a line: its title, its date, how many layers it has, the marks."""
    said = f"{catalog.title} 截至 {catalog.as_of} · {len(catalog.layers)} 个图层"
    return _with_marks(said, _marks_of(catalog))


def targets_line(catalog: Catalog, assessments: Sequence[Assessment], issues: int) -> str:
    """A report in a line: how many indicators it holds, and problems of the data, and the marks."""
    said = f"{catalog.title} 截至 {_day(catalog, assessments)} · {len(assessments)} 项指标和变体"
    return _with_marks(f"{said} · 数据问题 {issues:,} 个", words.marks(assessments))


def targets_card(catalog: Catalog, assessments: Sequence[Assessment]) -> str:
    """The table of targets as HTML: every indicator with its figure, target and verdict."""
    rows = [[SYSTEMS[a.indicator.system], *_target_cells(a)] for a in assessments]
    heads = ["体系", "指标", "应覆盖", "已覆盖", "数值", "目标", "结论", "期限"]
    table = _table(heads, rows)
    return (
        _titled(f"{catalog.title} 截至 {_day(catalog, assessments)}", words.marks(assessments))
        + table
    )


def catalog_card(catalog: Catalog) -> str:
    """A workspace's catalogue as HTML: what each layer is, where it lies and who supplied it."""
    rows = [
        [
            key,
            " ".join(part for part in (LEVEL_NAMES.get(la.level, ""), ROLES[la.role]) if part),
            "、".join(la.paths),
            la.source,
            "、".join([words.SAMPLE] * la.sample + [words.APPROXIMATE] * la.approximate),
        ]
        for key, la in catalog.layers.items()
    ]
    title = _titled(f"{catalog.title} 截至 {catalog.as_of}", _marks_of(catalog))
    return title + _table(["图层", "是什么", "文件", "来源", "标注"], rows)


def _marks_of(catalog: Catalog) -> str:
    """The marks that any of its layers asks for."""
    sample = any(la.sample for la in catalog.layers.values())
    approximate = any(la.approximate for la in catalog.layers.values())
    return "；".join(words.which_marks(sample=sample, approximate=approximate))


def _day(catalog: Catalog, assessments: Sequence[Assessment]) -> date:
    return assessments[0].as_of if assessments else catalog.as_of


def _said(coverage: Coverage) -> str:
    """The figure of a measurement and what was counted."""
    if coverage.method in {"count", "sum"}:
        return f"合计 {words.amount(coverage.value)}"
    if coverage.method == "capacity" and coverage.years_left is not None:
        years = show_number(coverage.years_left, percent=False)
        return f"{words.YEARS_LEFT} {years} 年 · 够用的单元 {words.counts(coverage)}"
    share = coverage.share
    pct = words.NONE if share.pct is None else f"{show_number(share.pct)}%"
    if coverage.method == "ratio":
        return f"{words.PROPORTION} {pct} · {words.counts(coverage)}"
    return f"覆盖率 {pct} · {words.counts(coverage)} · 未覆盖 {len(coverage.uncovered):,} 个单元"


def _target_cells(a: Assessment) -> list[str]:
    target, share = a.target, a.share
    return [
        a.indicator.full_name,
        words.amount(share.total) if share else "",
        words.amount(share.covered) if share else "",
        words.figure_with_unit(a),
        words.goal(target) if target else "",
        words.standing(a),
        target.deadline.isoformat() if target and target.deadline else "",
    ]


def _with_marks(said: str, marks: str) -> str:
    return f"{said}（{marks}）" if marks else said


def _card(said: str, marks: str, ground: Sequence[str]) -> str:
    """A sentence in HTML, its marks, and its ground folded away."""
    lines = "".join(f"<li>{escape(line)}</li>" for line in ground)
    folded = f"<details><summary>口径</summary><ul>{lines}</ul></details>" if lines else ""
    return f"<div><p>{said}</p>{_said_marks(marks)}{folded}</div>"


def _titled(title: str, marks: str) -> str:
    return f"<p><b>{escape(title)}</b></p>{_said_marks(marks)}"


def _said_marks(marks: str) -> str:
    return f'<p style="{_MARK}">{escape(marks)}</p>' if marks else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in which every cell is text."""
    head = "".join(f'<th style="{_CELL}">{escape(one)}</th>' for one in heads)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[str]) -> str:
    return "".join(f'<td style="{_CELL}">{escape(cell)}</td>' for cell in row)
