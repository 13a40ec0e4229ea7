"""What the terminal shows: tables that are good to read in Chinese, the basis under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_amount, show_number
from hbgeo.measure.trend import Trend
from hbgeo.measure.trend_words import UNMATCHED
from hbgeo.read.catalog import LEVEL_NAMES, ROLE_NAMES, Catalog
from hbgeo.read.cell.text import clean_text
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words
from hbgeo.show.words import APPROXIMATE_MARK, SAMPLE_MARK

if TYPE_CHECKING:
    from hbgeo.read.cleaning import Cleaned

_MARK_LINES = (f"{APPROXIMATE_MARK}。", f"{SAMPLE_MARK}。")  # stand above the table already
_CHANGES = ("gained", "lost", "boundary", "unmatched")
_MANY = 30  # rows of a list shown before it is cut, and said so


def targets(
    catalog: Catalog, assessments: Sequence[Assessment], *, basis: bool = False
) -> list[RenderableType]:
    """The table of targets; with `basis`, the ground of every figure under it."""
    table = plain_table(
        f"{catalog.title} 截至 {assessments[0].as_of if assessments else catalog.as_of}"
    )
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
    shown += [Text(words.lacking(a), style="dim") for a in assessments if a.missing]
    return shown


def stats(catalog: Catalog, assessments: Sequence[Assessment], by: str) -> list[RenderableType]:
    """The table of targets with the ground of every figure, or each indicator by parent unit."""
    if by:
        return by_parent(assessments, by)
    return targets(catalog, assessments, basis=True)


def by_parent(assessments: Sequence[Assessment], level: str) -> list[RenderableType]:
    """Each indicator by county, prefecture or province."""
    shown: list[RenderableType] = _marks(assessments)
    for a in assessments:
        if a.coverage is None:
            shown.append(Text(words.lacking(a)))
            continue
        table = plain_table(f"{a.indicator.full_name} 按{LEVEL_NAMES[level]} 截至 {a.as_of}")
        for heading in ("代码", "地区", *_area_headings(a)):
            table.add_column(heading, justify="left" if heading in {"代码", "地区"} else "right")
        for (code, name), area in a.coverage.by(level).items():
            table.add_row(code, name, *_area_cells(a, area))
        shown.append(table)
    return [*shown, *_bases(assessments)]


def _area_headings(a: Assessment) -> list[str]:
    """What a table by area says of each: of a norm its two sums too, of a capacity both and more."""
    if a.indicator.measure == "capacity":
        return ["应覆盖", "已覆盖", "可用穴位", "年需求", "年限（年）"]
    if words.is_norm(a.indicator):
        return ["分母", "分子", f"数值（{words.measure_word(a)}）"]
    return ["数值"] if a.counted else ["应覆盖", "已覆盖", "覆盖率（%）"]


def _area_cells(a: Assessment, area: Coverage) -> list[str]:
    here, share = a.part(area), area.share
    counts = [words.amount(share.total), words.amount(share.covered)]
    if a.indicator.measure == "capacity":
        return [*counts, words.amount(area.places), words.amount(area.deaths), here.shown]
    if words.is_norm(a.indicator):
        return [*counts, here.shown]
    return [here.shown] if a.counted else [*counts, words.part_rate(a, share.pct)]


def uncovered(assessment: Assessment, table: pd.DataFrame) -> list[RenderableType]:
    """The first of the uncovered units, and how many there are."""
    one = assessment.indicator
    listed = plain_table(f"{one.full_name}：未覆盖 {len(table):,} 个")
    columns = {
        "code": "代码", "prefecture": "市州", "county": "县（市、区）", "name": "单元", "kind": "类型",
        "population": "常住人口", "population_60": "60岁及以上", "nearest_name": "最近设施",
        "nearest_km": "距离（公里）",
    }  # fmt: skip
    if one.measure == "chain":  # nothing is near that would do by itself
        columns = {**dict(list(columns.items())[:-2]), "via": "缺的环节"}
    for column, heading in columns.items():
        right = column in {"population", "population_60", "nearest_km"}
        listed.add_column(heading, justify="right" if right else "left")
    for row in table.head(_MANY)[list(columns)].itertuples(index=False):
        listed.add_row(*[_cell(v, c) for v, c in zip(row, columns, strict=True)])
    shown = [*_marks([assessment]), listed]
    if len(table) > _MANY:
        shown.append(
            Text(f"只列出前 {_MANY} 个；全部 {len(table):,} 个请用 -o 文件.xlsx", style="dim")
        )
    return [*shown, *_bases([assessment])]


def layers(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The catalogue as a table."""
    table = plain_table("图层")
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
        on = ((words.SAMPLE, row["sample"]), (words.APPROXIMATE, row["approximate"]))
        marks = [mark for mark, is_on in on if is_on]
        table.add_row(
            row["key"], ROLE_NAMES[row["role"]], LEVEL_NAMES.get(row["level"], ""),
            "、".join(row["path"]), f"{row['rows']:,}", f"{row['aside']:,}", f"{row['apart']:,}",
            row["crs"], row["scheme"], "、".join(marks), row["source"],
        )  # fmt: skip
    return table


def issues(table: pd.DataFrame) -> list[RenderableType]:
    """Issues by layer and rule with an example each, and the count."""
    shown = plain_table("数据问题")
    for heading in ("图层", "规则", "程度", "条数", "例"):
        shown.add_column(heading, justify="right" if heading == "条数" else "left")
    groups = table.groupby(["layer", "rule", "severity"], sort=True)
    for (layer, rule, severity), rows in groups:
        word = "错误" if severity == "error" else "提醒"
        first = rows.iloc[0]
        where = first["file"] + (f" {first['sheet']}" if first["sheet"] else "")
        style = "" if severity == "error" else "dim"
        shown.add_row(
            str(layer), str(rule), word, f"{len(rows):,}", f"{where} {first['message']}",
            style=style,
        )  # fmt: skip
    if not len(table):
        return [Text("没有发现问题。")]
    return [shown, _issues_by_county(table), issue_count(table)]


def _issues_by_county(table: pd.DataFrame) -> RenderableType:
    """How many problems each county has to work through, most errors first."""
    wrong = table["severity"] == "error"
    named = table.assign(errors=wrong, warnings=~wrong)[table["county_code"] != ""]
    counts = named.groupby(["county_code", "county"])[["errors", "warnings"]].sum().reset_index()
    counts = counts.sort_values(["errors", "warnings"], ascending=False, kind="stable")
    shown = plain_table(f"按县（共 {len(counts):,} 个县）" + _cut(len(counts)))
    for heading in ("代码", "县（市、区）", "错误", "提醒"):
        shown.add_column(heading, justify="right" if heading in {"错误", "提醒"} else "left")
    counts = counts[["county_code", "county", "errors", "warnings"]].head(_MANY)
    for code, county, errors, warnings in counts.itertuples(index=False, name=None):
        shown.add_row(code, county, f"{errors:,}", f"{warnings:,}")
    return shown


def conference_facts(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[RenderableType]:
    """Every fact of the conference at a glance (see `standing_rows`)."""
    table = plain_table(f"会议事项与目标 截至 {as_of}")
    for heading in ("行", "体系", "指标", "结论", "数值", "目标", "差额", "期限"):
        right = heading in {"数值", "目标", "差额"}
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "指标")
    for row in rows:
        has = row["value"] is not None
        table.add_row(
            row["row"], row["system_name"], row["name"], row["state"],
            f"{row['shown']}{row['unit']}" if has else words.NONE, _goal(row), _short(row),
            _deadline(row),
            style="dim" if row["status"] != "measured" else "",
        )  # fmt: skip
    mark = [Text(SAMPLE_MARK, style="bold yellow")] if any(r["sample"] for r in rows) else []
    return [*mark, table]


def _goal(row: Mapping[str, Any]) -> str:
    asked = row["target"]
    return "" if asked is None else f"{show_amount(Decimal(str(asked)))}{row['unit']}"


def _short(row: Mapping[str, Any]) -> str:
    """What is short: units; of a ratio, whose two amounts are no units, percentage points."""
    if row["short"] is not None:  # of a norm its numerator's, which must be said
        unit = f" {row['short_unit']}" if row["unit"] not in {"", "%"} else ""
        return f"{row['short']:,}{unit}"
    return "" if row["short_points"] is None else words.say_points(row["short_points"])


def _deadline(row: Mapping[str, Any]) -> str:
    if row["deadline"] is None:
        return ""
    return f"{row['deadline']} {words.days_left(row['days_left'])}"


def changes(trend: Trend) -> list[RenderableType]:
    """What changed between two dates, and the first of the units gained and lost."""
    shown: list[RenderableType] = []
    if trend.sample:
        shown.append(Text(SAMPLE_MARK, style="bold yellow"))
    table = plain_table(f"{trend.old} → {trend.new}")
    kinds = [
        "gained",
        "lost",
        "boundary",
        *(["unmatched"] if trend.changes["unmatched"].any() else []),
    ]
    named = dict(zip(_CHANGES, ("新增", "失去", "边界", UNMATCHED), strict=True))
    for heading in ("指标", "上期", "本期", "增减", "增减（百分点）", *(named[k] for k in kinds)):
        table.add_column(heading, justify="left" if heading == "指标" else "right")
    for row in trend.change_rows:
        norm = words.is_norm_change(row)
        kind = "value" if norm or row["measure"] in {"count", "sum"} else "covered"
        ends = [
            _plain(row, f"{end}_{kind}") + ("" if norm else _of_total(row, end))
            for end in ("old", "new")
        ]
        gap = "" if _is_none(row["points"]) else f"{row['points']:+.2f}"
        counts = [row[kind] for kind in kinds]
        table.add_row(row["name"], *ends, _step(row), gap, *[f"{n:,}" if n else "" for n in counts])
    shown.append(table if len(trend.changes) else Text(f"{trend.old} → {trend.new}：没有变化。"))
    if len(trend.units):
        shown.append(_changed_units(trend))
    shown += [Text(line, style="dim") for line in trend.basis]
    return [*shown, Text(f"没有变化的指标 {trend.unchanged} 项。", style="dim")]


def _is_none(figure: float | None) -> bool:
    """Whether there is no figure: not a number is not itself."""
    return figure is None or figure != figure


def _of_total(row: Mapping[str, Any], end: str) -> str:
    """What a number of units is out of; nothing behind an amount, or a dash."""
    return "" if _is_none(row[f"{end}_total"]) else f"/{_plain(row, f'{end}_total')}"


def _step(row: Mapping[str, Any]) -> str:
    """By how much a figure changed, in what it counts in; a dash where a date has none."""
    if _is_none(row["change"]):
        return words.NONE
    return f"{row['change']:+,.10g}" + ("" if row["unit"] == words.PIECES else f" {row['unit']}")


def _changed_units(trend: Trend) -> RenderableType:
    listed = plain_table(f"增减的单元 {len(trend.units):,} 个" + _cut(len(trend.units)))
    for heading in ("指标", "变化", "代码", "县（市、区）", "单元", "原因", "设施"):
        listed.add_column(heading)
    names = words.names_in(trend)
    columns = ["indicator", "change", "code", "county", "name", "reason", "facilities"]
    for one, *cells in trend.units[columns].head(_MANY).itertuples(index=False, name=None):
        listed.add_row(names[one], *cells)
    return listed


def _cut(count: int) -> str:
    return f"，只列前 {_MANY} 个；全部请用 -o 文件.xlsx" if count > _MANY else ""


def figures(table: pd.DataFrame) -> list[RenderableType]:
    """Every indicator over the dates (see `trend.series`)."""
    dates = sorted(table["as_of"].unique())
    shown = plain_table("各期数值")
    for heading in ("指标", *dates):
        shown.add_column(heading, justify="left" if heading == "指标" else "right")
    for (_, name), rows in table.groupby(["indicator", "name"], sort=False):
        cells = rows.set_index("as_of")
        said = [_one_figure(cells.loc[d]) if d in cells.index else "—" for d in dates]
        shown.add_row(str(name), *said)
    return [shown]


def _one_figure(row: pd.Series) -> str:
    for key, end in (("pct", "%"), ("value", "")):
        if not _is_none(row[key]):
            return f"{show_number(Fraction(float(row[key])), percent=key == 'pct')}{end}"
    return "—"


def _plain(row: Mapping[str, Any], column: str) -> str:
    return "—" if _is_none(row[column]) else f"{row[column]:,.10g}"


def issue_count(table: pd.DataFrame) -> Text:
    """How many errors and warnings there are."""
    errors = int((table["severity"] == "error").sum())
    warnings = len(table) - errors
    if not len(table):
        return Text("数据检查：没有发现问题。")
    said = f"数据检查：错误 {errors:,} 条（所在行未计入），提醒 {warnings:,} 条；清单见 hbgeo check -o 文件.xlsx"
    return Text(said)


def cleaned(file: str, made: Cleaned, table: pd.DataFrame) -> list[Text]:
    """The balance of a cleaned ledger, and how many problems it has."""
    from hbgeo.show.excel.cleaned import ISSUES  # workbooks are slow to load

    balance = f"{clean_text(file)}：{made.taken:,} 行 = 写出 {len(made.rows):,} 行 + 搁置 {len(made.aside):,} 行"
    more = f"；合计、表尾等 {len(made.skipped):,} 行不是数据" if made.skipped else ""
    errors = int((table["severity"] == "error").sum())
    found = f"问题：错误 {errors:,} 条，提醒 {len(table) - errors:,} 条，见“{ISSUES}”一表。"
    return [Text(f"{balance}{more}。"), Text(found)]


def written(files: Iterable[Path]) -> Text:
    """Where the results are."""
    return Text("已写出 " + "、".join(clean_text(str(f)) for f in files))


def plain_table(title: str) -> Table:
    """A table without lines between its rows."""
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)


def _target_cells(a: Assessment, *, first: bool) -> list[str]:
    one, target = a.indicator, a.target
    name = one.name if one.variant is None else f"  └ {one.variant_name}"
    share = a.share
    return [
        SYSTEMS[one.system] if first else "",
        name,
        words.amount(share.total) if share else "",
        words.amount(share.covered) if share else "",
        words.figure(a),
        words.goal(target) if target else "",
        words.standing(a),
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
        said = {*(f"来源：{s}" for s in basis.sources), *_MARK_LINES}
        lines = Text("\n".join(line for line in a.basis_lines if line not in said), style="dim")
        shown += [
            Text(f"  {a.indicator.full_name}  {words.ID} {a.indicator.id}"),
            Padding(lines, (0, 0, 0, 4)),
        ]
    sources = dict.fromkeys(s for _, basis in measured for s in basis.sources)
    shown.append(Text("来源", style="bold"))
    shown += [Padding(Text(s, style="dim"), (0, 0, 0, 2)) for s in sources]
    return shown


def _marks(assessments: Sequence[Assessment]) -> list[RenderableType]:
    said = words.marks(assessments)
    return [Text(said, style="bold yellow")] if said else []


def _cell(value: Any, column: str) -> str:
    if _is_none(value):
        return "—"
    if column == "nearest_km":
        return f"{value:.1f}"
    return f"{value:,.0f}" if isinstance(value, float) else str(value)
