"""What the terminal shows: tables that are good to read in Chinese, the basis under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hbgeo.measure.targets import Assessment, show_number
from hbgeo.read.catalog import LEVEL_NAMES, ROLE_NAMES, SYSTEMS, Catalog
from hbgeo.show.tables import APPROXIMATE_MARK, SAMPLE_MARK
from hbgeo.show.workbook import verdict

_MARK_LINES = (f"{APPROXIMATE_MARK}。", f"{SAMPLE_MARK}。")  # stand above the table already
_MANY = 30  # rows of a list shown before it is cut, and said so


def targets(
    catalog: Catalog, assessments: Sequence[Assessment], *, basis: bool = False
) -> list[RenderableType]:
    """The table of targets; with `basis`, the ground of every figure under it."""
    table = _table(f"{catalog.title} 截至 {assessments[0].as_of if assessments else catalog.as_of}")
    for heading in ("体系", "指标", "应覆盖", "已覆盖", "数值", "目标", "结论", "期限"):
        right = heading in {"应覆盖", "已覆盖", "数值", "目标"}
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "指标")
    system = ""
    for a in assessments:
        first = a.indicator.system != system
        system = a.indicator.system
        table.add_row(*_target_cells(a, first=first), style=_style(a), end_section=False)
    shown: list[RenderableType] = [*_marks(assessments), table]
    if basis:
        shown += _bases(assessments)
    shown += [
        Text(f"无法计算 {a.indicator.id}:缺少{'、'.join(a.missing)}", style="dim")
        for a in assessments
        if a.missing
    ]
    return shown


def by_parent(
    catalog: Catalog, assessments: Sequence[Assessment], level: str
) -> list[RenderableType]:
    """Each indicator by county, prefecture or province."""
    shown: list[RenderableType] = _marks(assessments)
    for a in assessments:
        if a.coverage is None:
            shown.append(Text(f"{a.indicator.full_name}:无法计算,缺少{'、'.join(a.missing)}"))
            continue
        table = _table(f"{a.indicator.full_name} 按{LEVEL_NAMES[level]} 截至 {catalog.as_of}")
        for heading in (
            "代码",
            "地区",
            *(["数值"] if a.counted else ["应覆盖", "已覆盖", "覆盖率(%)"]),
        ):
            table.add_column(heading, justify="left" if heading in {"代码", "地区"} else "right")
        for (code, name), part in a.coverage.by(level).items():
            here = Assessment(a.indicator, a.as_of, part, whole=False)
            share = part.share
            counts = [] if a.counted else [_amount(share.total), _amount(share.covered)]
            table.add_row(code, name, *counts, here.shown)
        shown.append(table)
    return [*shown, *_bases(assessments)]


def uncovered(assessment: Assessment, table: pd.DataFrame) -> list[RenderableType]:
    """The first of the uncovered units, and how many there are."""
    one = assessment.indicator
    listed = _table(f"{one.full_name}:未覆盖 {len(table):,} 个")
    columns = {
        "code": "代码", "prefecture": "市州", "county": "县(市、区)", "name": "单元", "kind": "类型",
        "population": "常住人口", "population_60": "60岁及以上", "nearest_name": "最近设施",
        "nearest_km": "距离(公里)",
    }  # fmt: skip
    for column, heading in columns.items():
        right = column in {"population", "population_60", "nearest_km"}
        listed.add_column(heading, justify="right" if right else "left")
    for row in table.head(_MANY)[list(columns)].itertuples(index=False):
        listed.add_row(*[_cell(v, c) for v, c in zip(row, columns, strict=True)])
    shown = [*_marks([assessment]), listed]
    if len(table) > _MANY:
        shown.append(
            Text(f"只列出前 {_MANY} 个;全部 {len(table):,} 个请用 -o 文件.xlsx", style="dim")
        )
    return [*shown, *_bases([assessment])]


def layers(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The catalogue as a table."""
    table = _table("图层")
    for heading in (
        "键",
        "用途",
        "级别",
        "文件",
        "行数",
        "有误未计",
        "单列",
        "坐标系",
        "代码表",
        "标记",
        "来源",
    ):
        table.add_column(
            heading, justify="right" if heading in {"行数", "有误未计", "单列"} else "left"
        )
    for row in rows:
        marks = [m for m, on in (("示例", row["sample"]), ("近似边界", row["approximate"])) if on]
        table.add_row(
            row["key"], ROLE_NAMES[row["role"]], LEVEL_NAMES.get(row["level"], ""),
            "、".join(row["path"]), f"{row['rows']:,}", f"{row['aside']:,}", f"{row['apart']:,}",
            row["crs"], row["scheme"], "、".join(marks), row["source"],
        )  # fmt: skip
    return table


def issues(table: pd.DataFrame) -> list[RenderableType]:
    """Issues by layer and rule with an example each, and the count."""
    shown = _table("数据问题")
    for heading in ("图层", "规则", "程度", "条数", "例"):
        shown.add_column(heading, justify="right" if heading == "条数" else "left")
    groups = table.groupby(["layer", "rule", "severity"], sort=True)
    for (layer, rule, severity), rows in groups:
        word = "错误" if severity == "error" else "提醒"
        first = rows.iloc[0]
        where = first["file"] + (f" {first['sheet']}" if first["sheet"] else "")
        style = "" if severity == "error" else "dim"
        shown.add_row(
            layer, rule, word, f"{len(rows):,}", f"{where} {first['message']}", style=style
        )
    return [shown, issue_count(table)] if len(table) else [Text("没有发现问题。")]


def issue_count(table: pd.DataFrame) -> Text:
    """How many errors and warnings there are."""
    errors = int((table["severity"] == "error").sum())
    warnings = len(table) - errors
    if not len(table):
        return Text("数据检查:没有发现问题。")
    said = f"数据检查:错误 {errors:,} 条(所在行未计入),提醒 {warnings:,} 条;清单见 hbgeo check -o 文件.xlsx"
    return Text(said)


def written(files: Iterable[Path]) -> Text:
    """Where the results are."""
    return Text("已写出 " + "、".join(str(f) for f in files))


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)


def _target_cells(a: Assessment, *, first: bool) -> list[str]:
    one, target = a.indicator, a.target
    name = one.name if one.variant is None else f"  └ {one.variant_name}"
    share = None if a.coverage is None or a.counted else a.coverage.share
    goal = target and (target.value if a.counted else target.pct)
    return [
        SYSTEMS[one.system] if first else "",
        name,
        _amount(share.total) if share else "",
        _amount(share.covered) if share else "",
        a.shown if a.counted or a.figure is None else f"{a.shown}%",
        "" if goal is None else f"{goal:,f}".rstrip() if a.counted else f"{goal:f}%",
        verdict(a),
        target.deadline.isoformat() if target and target.deadline else "",
    ]


def _style(a: Assessment) -> str:
    if a.indicator.variant is not None or a.status != "measured":
        return "dim"
    return ""


def _bases(assessments: Sequence[Assessment]) -> list[RenderableType]:
    """The ground of each figure, a line a statement; the sources once, at the end."""
    measured = [(a, a.coverage.basis) for a in assessments if a.coverage is not None]
    if not measured:
        return []
    shown: list[RenderableType] = [Text("口径", style="bold")]
    for a, basis in measured:
        said = {*(f"来源:{s}" for s in basis.sources), *_MARK_LINES}
        lines = Text("\n".join(line for line in a.basis_lines if line not in said), style="dim")
        shown += [
            Text(f"  {a.indicator.id} {a.indicator.full_name}"),
            Padding(lines, (0, 0, 0, 4)),
        ]
    sources = dict.fromkeys(s for _, basis in measured for s in basis.sources)
    shown.append(Text("来源", style="bold"))
    shown += [Padding(Text(s, style="dim"), (0, 0, 0, 2)) for s in sources]
    return shown


def _marks(assessments: Sequence[Assessment]) -> list[RenderableType]:
    bases = [a.coverage.basis for a in assessments if a.coverage is not None]
    marks = [SAMPLE_MARK] if any(b.sample for b in bases) else []
    marks += [APPROXIMATE_MARK] if any(b.approximate for b in bases) else []
    return [Text(";".join(marks), style="bold yellow")] if marks else []


def _amount(value: Any) -> str:
    return show_number(value, percent=False)


def _cell(value: Any, column: str) -> str:
    if value is None or value != value:  # NaN is not itself
        return "—"
    if column == "nearest_km":
        return f"{value:.1f}"
    return f"{value:,.0f}" if isinstance(value, float) else str(value)
