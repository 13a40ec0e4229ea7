"""What the terminal shows: tables that are good to read in Chinese, the basis under them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_amount, show_number
from hbgeo.measure.trend_words import UNMATCHED
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.policy import SYSTEMS
from hbgeo.show import words
from hbgeo.show.screen import Lines, Listing
from hbgeo.show.words import APPROXIMATE_MARK, SAMPLE_MARK

if TYPE_CHECKING:  # figures of one date wait for no comparison
    from hbgeo.measure.trend import Trend

_MARK_LINES = (f"{APPROXIMATE_MARK}。", f"{SAMPLE_MARK}。")  # stand above the table already
_CHANGES = ("gained", "lost", "boundary", "unmatched")
MANY = 30  # rows of a list shown before it is cut, and said so


def targets(
    catalog: Catalog, assessments: Sequence[Assessment], *, basis: bool = False, place: str = ""
) -> list[RenderableType]:
    """The table of targets; with `basis`, the ground of every figure under it.

    Parameters
    ----------
    place
        The county or prefecture that the figures are of; "" for the whole workspace.
    """
    as_of = assessments[0].as_of if assessments else catalog.as_of
    title = f"{catalog.title} 截至 {as_of}"
    table = Listing(f"{place} 截至 {as_of}（{catalog.title}）" if place else title)
    table.heading("体系", lead=True)
    table.heading("指标", wrap=24, lead=True)
    for heading in ("应覆盖", "已覆盖", "数值"):
        table.heading(heading, right=True)
    table.heading("目标", right=True, wrap=8)
    table.heading("结论", wrap=12)
    table.heading("期限")
    system = ""
    for a in assessments:
        first = a.indicator.system != system
        system = a.indicator.system
        table.add_row(*_target_cells(a, first=first), style=_style(a))
    shown: list[RenderableType] = [*_marks(assessments), table]
    if place and len(assessments) == 1:
        shown += [Text(_said_of_part(a, place)) for a in assessments if a.coverage]
    if basis:
        shown += _bases(assessments)
    shown += [Text(words.lacking(a), style="dim") for a in assessments if a.missing]
    return shown


def stats(
    catalog: Catalog, assessments: Sequence[Assessment], by: str, place: str = ""
) -> list[RenderableType]:
    """The table of targets with the ground of every figure, or each indicator by parent unit."""
    if by:
        return by_parent(assessments, by, place)
    return targets(catalog, assessments, basis=True, place=place)


def by_parent(
    assessments: Sequence[Assessment], level: str, place: str = ""
) -> list[RenderableType]:
    """Each indicator by county, prefecture or province; of one of these if `place` names it."""
    shown: list[RenderableType] = _marks(assessments)
    for a in assessments:
        if a.coverage is None:
            shown.append(Text(words.lacking(a)))
            continue
        said = f"{a.indicator.full_name} 按{LEVEL_NAMES[level]} 截至 {a.as_of}"
        table = Listing(f"{place} {said}".lstrip())
        table.heading("代码")
        table.heading("地区", wrap=12)
        for heading in _area_headings(a):
            table.heading(heading, right=True)
        for (code, name), area in a.coverage.by(level).items():
            table.add_row(code, name, *_area_cells(a, area))
        shown.append(table)
    return [*shown, *_bases(assessments)]


def _said_of_part(a: Assessment, place: str) -> str:
    """Say one figure of a part, as in 长阳土家族自治县：应覆盖 11，已覆盖 10，90.91%."""
    said = [words.figure(a)]
    if share := a.share:
        total, covered = words.amount(share.total), words.amount(share.covered)
        names = ("分母", "分子") if a.indicator.measure == "ratio" else ("应覆盖", "已覆盖")
        said = [f"{names[0]} {total}", f"{names[1]} {covered}", *said]
    return f"{place}：{'，'.join(said)}。"


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


def uncovered(assessment: Assessment, table: pd.DataFrame, place: str = "") -> list[RenderableType]:
    """The first of the uncovered units, and how many there are."""
    one = assessment.indicator
    listed = Listing(f"{place} {one.full_name}：未覆盖 {len(table):,} 个".lstrip())
    columns = {
        "code": "代码", "prefecture": "市州", "county": "县（市、区）", "name": "单元", "kind": "类型",
        "population": "常住人口", "population_60": "60岁及以上", "nearest_name": "最近设施",
        "nearest_km": "距离（公里）",
    }  # fmt: skip
    if one.measure == "chain":  # nothing is near that would do by itself
        columns = {**dict(list(columns.items())[:-2]), "via": "缺的环节"}
    spare = {"prefecture": 3, "kind": 2, "population_60": 1}
    for column, heading in columns.items():
        right = column in {"population", "population_60", "nearest_km"}
        wrap = 10 if column in {"prefecture", "county", "name", "nearest_name", "via"} else 0
        listed.heading(heading, right=right, wrap=wrap, spare=spare.get(column, 0))
    for row in table.head(MANY)[list(columns)].itertuples(index=False):
        listed.add_row(*[_cell(v, c) for v, c in zip(row, columns, strict=True)])
    shown = [*_marks([assessment]), listed]
    if len(table) > MANY:
        shown.append(
            Text(f"只列出前 {MANY} 个；全部 {len(table):,} 个请用 -o 文件.xlsx", style="dim")
        )
    return [*shown, *_bases([assessment])]


def conference_facts(
    rows: Sequence[Mapping[str, Any]], as_of: date, place: str = "", *, firm: bool = False
) -> list[RenderableType]:
    """Every fact of the conference at a glance (see `target_rows`); `firm`: and how firm each is."""
    table = Listing(f"{place} 会议事项与目标 截至 {as_of}".lstrip())
    table.heading("行", spare=2)
    table.heading("体系", spare=1)
    table.heading("指标", wrap=24, lead=True)
    table.heading("结论", wrap=12)
    if firm:
        table.heading("把握", wrap=8, spare=3)
    table.heading("数值", right=True)
    table.heading("目标", right=True, wrap=8)
    table.heading("差额", right=True, wrap=10)
    table.heading("期限", wrap=13)
    for row in rows:
        has = row["value"] is not None
        table.add_row(
            row["row"], row["system_name"], row["name"], row["state"], *([_firm(row)] if firm else []),
            f"{row['shown']}{row['unit']}" if has else words.NONE, _goal(row), _short(row),
            _deadline(row),
            style="dim" if row["status"] != "measured" else "",
        )  # fmt: skip
    mark = [Text(SAMPLE_MARK, style="bold yellow")] if any(r["sample"] for r in rows) else []
    return [*mark, table]


def _firm(row: Mapping[str, Any]) -> str:
    """How firm a conclusion is, in a word; nothing where nothing is concluded."""
    if row["met"] is None:
        return ""
    from hbgeo.show.doubt_words import MARKS  # the table of figures says nothing of it

    return MARKS["open" if row["firm"] is None else "firm" if row["firm"] else "doubtful"]


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
    table = Listing(f"{trend.old} → {trend.new}")
    kinds = [
        "gained",
        "lost",
        "boundary",
        *(["unmatched"] if trend.changes["unmatched"].any() else []),
    ]
    named = dict(zip(_CHANGES, ("新增", "失去", "边界", UNMATCHED), strict=True))
    table.heading("指标", wrap=24, lead=True)
    for heading in ("上期", "本期", "增减"):
        table.heading(heading, right=True, wrap=8)
    for heading in ("增减（百分点）", *(named[k] for k in kinds)):
        table.heading(heading, right=True)
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
    listed = Listing(f"增减的单元 {len(trend.units):,} 个" + cut(len(trend.units)))
    listed.heading("指标", wrap=16)
    listed.heading("变化", wrap=8)
    listed.heading("代码")
    listed.heading("县（市、区）", wrap=8)
    listed.heading("单元", wrap=8)
    listed.heading("原因", wrap=8)
    listed.heading("设施", wrap=12, spare=1)
    names = words.names_in(trend)
    columns = ["indicator", "change", "code", "county", "name", "reason", "facilities"]
    for one, *cells in trend.units[columns].head(MANY).itertuples(index=False, name=None):
        listed.add_row(names[one], *cells)
    return listed


def cut(count: int) -> str:
    """That a list is cut, and where all of it is; "" where it is not."""
    return f"，只列前 {MANY} 个；全部请用 -o 文件.xlsx" if count > MANY else ""


def figures(table: pd.DataFrame) -> list[RenderableType]:
    """Every indicator over the dates (see `trend.series`)."""
    dates = sorted(table["as_of"].unique())
    shown = Listing("各期数值")
    shown.heading("指标", wrap=24, lead=True)
    for day in dates:
        shown.heading(day, right=True)
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
        lines = "\n".join(line for line in a.basis_lines if line not in said)
        shown += [
            Lines(f"{a.indicator.full_name}  {words.ID} {a.indicator.id}", indent=2),
            Lines(lines, "dim", indent=4),
        ]
    sources = dict.fromkeys(s for _, basis in measured for s in basis.sources)
    shown.append(Text("来源", style="bold"))
    shown += [Lines(s, "dim", indent=2) for s in sources]
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
