"""The Excel report: targets, one sheet an indicator, the uncovered, the change, and the ground of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.ground import show_number
from hbgeo.measure.targets import Assessment
from hbgeo.measure.trend import GAINED, LOST, Trend, points
from hbgeo.read.catalog import LEVEL_NAMES, SYSTEMS, Catalog
from hbgeo.show.book import Book
from hbgeo.show.sheet import Column, Sheet, make_styles, write_sheet
from hbgeo.show.tables import APPROXIMATE_MARK, SAMPLE_MARK, number, unit_rows

Figure = Share | Fraction  # of a rate; of an amount
STATUS_WORDS = {
    "no-target": "无目标",
    "no-data": "无法计算",
    "not-applicable": "不适用",
}
ROUNDING = "百分数按四舍五入保留两位小数;未达目标或未满 100% 的不因进位而显示为达到。"
RANKING = "排名按未舍入的数从高到低,数值相同的名次相同、其后名次顺延(如 1、2、2、4);没有应覆盖单元的记“—”,不参加排名。"


def verdict(assessment: Assessment) -> str:
    """The state of an indicator in the office's words: 达标, 差 12, 只报现状, 无目标, 无法计算."""
    one = assessment.indicator
    if one.measure == "none":
        return "不计算"
    if assessment.status != "measured":
        stated = assessment.status == "no-target" and not one.quantified
        return "未量化" if stated else STATUS_WORDS[assessment.status]
    if assessment.met:
        return "达标"
    if one.measure == "ratio":
        return f"差 {-_behind(assessment):.2f} 个百分点"
    return f"差 {assessment.short:,}" if assessment.short else "未达标(不足一个单位)"


def _behind(a: Assessment) -> Decimal:
    """The figure less its target, in percentage points; never 0.00 where it is behind."""
    target = a.target
    if a.figure is None or target is None or target.pct is None:
        raise AssertionError(a.indicator.id)  # asked only of rates with a target
    gap = a.figure - Fraction(target.pct)
    shown = points(gap)
    return Decimal("-0.01") if gap < 0 and not shown else shown


def report_bytes(
    catalog: Catalog,
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    *,
    issues: pd.DataFrame | None = None,
    trend: Trend | None = None,
    inputs: Mapping[str, str] | None = None,
) -> bytes:
    """Make the workbook.

    Sheets: 目标总表; one an indicator (市州, then 县, sums first, ranks, what is short); 未覆盖清单;
    同比 (with `trend`); 数据质量 (with `issues`); 口径与参数; 字段说明. Codes are text, figures numbers,
    nothing is ever a formula; the first row of each sheet says where data are invented or
    boundaries approximate.

    Parameters
    ----------
    issues
        Problems of the data, to be sent back to the counties.
    trend
        What changed since an earlier snapshot.
    inputs
        Layer → fingerprint of its files.
    """
    mark = marks(assessments)
    as_of = assessments[0].as_of if assessments else catalog.as_of
    line = f"填报单位:                截至日期:{as_of}          制表:hbgeo"
    names = _sheet_names(assessments)
    sheets = [_targets_sheet(catalog, assessments, line)]
    sheets += [
        _area_sheet(a, names[a.indicator.id], line, trend) for a in assessments if _own_sheet(a)
    ]
    mains = [a for a in assessments if _listed(a)]
    sheets.append(_uncovered_sheet([a for a in mains if not _of_villages(a)], units, line))
    if villages := [a for a in mains if _of_villages(a)]:
        sheets.append(_villages_sheet(villages, units["village"], line))
    if trend is not None:
        sheets.append(change_sheet(trend))
    if issues is not None:
        sheets.append(_issues_sheet(issues, line))
    sheets += [_basis_sheet(catalog, assessments, line, inputs or {}), _fields_sheet()]
    book = Book()
    style = make_styles(book)
    for sheet in sheets:
        own = sheet if sheet.mark else _marked(sheet, mark)
        write_sheet(book, own, style)
    return book.to_bytes()


def trend_bytes(trend: Trend) -> bytes:
    """Make a workbook of what changed: 同比, 增减单元, 单元变动."""
    book = Book()
    style = make_styles(book)
    mark = SAMPLE_MARK if trend.sample else ""
    line = f"{trend.old} → {trend.new}"
    columns = [Column("指标", 26), Column("变化"), Column("代码", 14), Column("县代码", 10)]
    columns += [Column("县(市、区)", 16), Column("单元", 20), Column("市州", 16)]
    columns += [Column("原因", 16), Column("设施", 60)]
    order = ["indicator", "change", "code", "county_code", "county", "name", "prefecture"]
    rows = trend.units[[*order, "reason", "facilities"]].to_numpy(object).tolist()
    moved = [
        Column("级别"),
        Column("变动"),
        Column("代码", 14),
        Column("名称", 24),
        Column("原名", 24),
    ]
    level = trend.boundaries["level"].map(LEVEL_NAMES)
    shifts = trend.boundaries.assign(level=level).to_numpy(object).tolist()
    for sheet in (
        change_sheet(trend),
        Sheet("增减单元", "新增、失去覆盖的单元", line, columns, rows, notes=trend.basis),
        Sheet("单元变动", "新设、撤销、更名和边界调整的单元", line, moved, shifts),
    ):
        write_sheet(book, _marked(sheet, mark), style)
    return book.to_bytes()


def change_sheet(trend: Trend) -> Sheet:
    """同比: what each changed indicator was and is, on one basis."""
    columns = [Column("指标", 44), Column("指标代号", 26), Column("上期原报", 12, "amount")]
    columns += [
        Column("上期数", 12, "amount"),
        Column("上期总数", 12, "amount"),
        Column("上期率(%)", 11, "pct"),
    ]
    columns += [
        Column("本期数", 12, "amount"),
        Column("本期总数", 12, "amount"),
        Column("本期率(%)", 11, "pct"),
    ]
    columns += [Column("增减", 10, "change"), Column("增减(百分点)", 12, "points")]
    columns += [
        Column("新增覆盖", 10, "whole"),
        Column("失去覆盖", 10, "whole"),
        Column("边界调整", 10, "whole"),
    ]
    rows = []
    for row in trend.changes.to_dict("records"):
        amount = row["measure"] in {"count", "sum"}
        kind = "value" if amount else "covered"
        ends = [
            [row[f"{end}_{kind}"], row[f"{end}_total"], _rounded(row[f"{end}_pct"])]
            for end in ("old", "new")
        ]
        reported = row["old_reported"] if amount else _rounded(row["old_reported"])
        tail = [row["change"], row["points"], row["gained"], row["lost"], row["boundary"]]
        rows.append([row["name"], row["indicator"], reported, *ends[0], *ends[1], *tail])
    notes = [*trend.basis, f"没有变化的指标 {trend.unchanged} 项,不列。"]
    line = f"{trend.old} → {trend.new}"
    return Sheet("同比", f"同比({line})", line, columns, rows, notes=notes)


def targets_table(assessments: Sequence[Assessment]) -> pd.DataFrame:
    """One row an indicator and variant: figure, target, what is short, deadline, sources."""
    sheet = _targets_rows(assessments)
    return pd.DataFrame(sheet, columns=[c.heading for c in _TARGET_COLUMNS])


def marks(assessments: Sequence[Assessment]) -> str:
    """What must be said of all figures: invented data, approximate boundaries."""
    bases = [a.coverage.basis for a in assessments if a.coverage is not None]
    said = [SAMPLE_MARK] if any(b.sample for b in bases) else []
    said += [APPROXIMATE_MARK] if any(b.approximate for b in bases) else []
    return ";".join(said)


_TARGET_COLUMNS = [
    Column("序号", 6, "whole"),
    Column("体系", 11),
    Column("指标", 34),
    Column("指标代号", 24),
    Column("层级", 12),
    Column("应覆盖数", 11, "amount"),
    Column("已覆盖数", 11, "amount"),
    Column("覆盖率(%)", 11, "pct", bar=True),
    Column("数值", 12, "amount"),
    Column("目标", 10, "amount"),
    Column("差额", 10, "amount"),
    Column("与目标差(百分点)", 12, "points"),
    Column("结论", 17),
    Column("期限", 12),
    Column("缺少", 18),
    Column("依据", 46),
]


def _targets_rows(assessments: Sequence[Assessment]) -> list[list[Any]]:
    rows = []
    for n, a in enumerate(assessments, 1):
        one, target = a.indicator, a.target
        share = None if a.coverage is None or a.counted else a.coverage.share
        goal = None if target is None else target.value if a.counted else target.pct
        gap = None if a.counted or a.status != "measured" else float(_behind(a))
        rows.append(
            [
                n,
                SYSTEMS[one.system],
                one.full_name,
                one.id,
                LEVEL_NAMES[one.units],
                None if share is None else number(share.total),
                None if share is None else number(share.covered),
                _figure(a, counted=False),
                _figure(a, counted=True),
                None if goal is None else number(Fraction(goal)),
                None if one.measure == "ratio" else a.short,
                gap,
                verdict(a),
                target.deadline.isoformat() if target and target.deadline else "",
                "、".join(a.missing),
                target.source if target else one.source,
            ]
        )
    return rows


def _targets_sheet(catalog: Catalog, assessments: Sequence[Assessment], line: str) -> Sheet:
    bold = [i for i, a in enumerate(assessments) if a.indicator.variant is None]
    notes = [ROUNDING, "加粗的为主读法,其余为同一指标的其他读法(变体)。差额为距目标还差的个数。"]
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
        frozen=4,
    )


def _figure(a: Assessment, *, counted: bool) -> float | None:
    """The figure as shown: the workbook and the page must not differ in the last digit."""
    if a.figure is None or a.counted != counted:
        return None
    return float(a.shown.replace(",", ""))


def _own_sheet(a: Assessment) -> bool:
    return a.indicator.variant is None and a.coverage is not None


def _sheet_names(assessments: Sequence[Assessment]) -> dict[str, str]:
    """A short, unique name for each indicator's sheet: Excel allows 31 characters and few signs."""
    names: dict[str, str] = {}
    for a in assessments:
        one = a.indicator
        name = re.sub(r"[\[\]:*?/\\'“”]", "", f"{one.row} {one.name}".strip())[:28]
        twice = sum(n.startswith(name) for n in names.values())
        names[one.id] = name if not twice or one.variant else f"{name}{twice + 1}"
    return names


def _area_sheet(a: Assessment, name: str, line: str, trend: Trend | None) -> Sheet:
    """One indicator: the whole, the prefectures, the counties."""
    coverage = a.coverage
    if coverage is None:
        raise AssertionError(a.indicator.id)  # only measured ones have a sheet
    columns = _area_columns(a)
    prefectures = _areas(a, coverage, "prefecture") if a.indicator.units != "province" else {}
    high = a.indicator.units in {"prefecture", "province"}
    counties = {} if high else _areas(a, coverage, "county")
    above = _prefecture_names(coverage)
    step = _steps(a, coverage, trend)
    whole = coverage.units["province"].iloc[0] if len(coverage.units) else ""
    total = coverage.value if a.counted else coverage.share
    rows = [
        _area_row(
            a, total, ("", f"{whole}合计", ""), "", None if step is None else sum(step.values())
        )
    ]
    for parts, level in ((prefectures, "prefecture"), (counties, "county")):
        ranks = _ranks(parts)
        steps = None if step is None else _summed(step, coverage.units[f"{level}_code"])
        for (code, called), figure in parts.items():
            over = "" if level == "prefecture" else above.get(code, "")
            gain = None if steps is None else steps.get(code, 0)
            rows.append(_area_row(a, figure, (code, called, over), ranks[code], gain))
    rows = [[i + 1, *row] for i, row in enumerate(rows)]
    chart = {"title": f"{a.indicator.name}(分市州,%)", "labels": 3, "values": [6]}
    chart["rows"] = range(1, 1 + len(prefectures))
    notes = [*a.basis_lines, ROUNDING, RANKING]
    if a.target and not a.counted:
        notes.append("目标约束全省;分市州、分县的差额按同一目标折算,仅供参考。")
    return Sheet(
        name,
        f"{a.indicator.full_name}统计表",
        f"{line}          单位:{'个、%' if not a.counted else _unit(a)}",
        columns,
        rows,
        mark=_mark_of(coverage),
        totals=frozenset(range(1 + len(prefectures))),
        notes=notes,
        frozen=4,
        chart={} if a.counted or not prefectures else chart,
    )


def _prefecture_names(coverage: Coverage) -> dict[str, str]:
    """County code → the name of its prefecture, of all counties there are."""
    wanted = ["county_code", "prefecture"]
    known = coverage.parents if set(wanted) <= set(coverage.parents.columns) else coverage.units
    return dict(known[wanted].drop_duplicates().itertuples(index=False, name=None))


def _unit(a: Assessment) -> str:
    words = {"beds": "张", "amount": "户"}
    people = a.indicator.id in {"social-workers", "volunteers"}
    return "人" if people else words.get(a.indicator.column, "个")


def _area_columns(a: Assessment) -> list[Column]:
    head = [Column("序号", 6, "whole"), Column("代码", 10), Column("市州", 14), Column("地区", 22)]
    if a.counted:
        return [*head, Column("数值", 12, "amount"), Column("排名", 8, "whole"), Column("备注", 24)]
    words = (
        ("分母", "分子", "比例(%)")
        if a.indicator.measure == "ratio"
        else ("应覆盖数", "已覆盖数", "覆盖率(%)")
    )
    return [
        *head,
        Column(words[0], 12, "amount"),
        Column(words[1], 12, "amount"),
        Column(words[2], 12, "pct", bar=True),
        Column("目标(%)", 9, "amount"),
        Column("差额(个)", 9, "whole"),
        Column("与目标差(百分点)", 12, "points"),
        Column("较上期(个)", 10, "change"),
        Column("较上期(百分点)", 12, "points"),
        Column("排名", 8, "whole"),
        Column("备注", 24),
    ]


def _areas(a: Assessment, coverage: Coverage, level: str) -> dict[tuple[str, str], Figure]:
    """The figure of every prefecture or county: its share, or its amount, by code and name."""
    units = coverage.units
    numbers = units[[c for c in ("demand", "covered", "value") if c in units]].fillna(0).to_numpy()
    if not (numbers == numbers.round()).all():  # fractions: add them up exactly, part by part
        parts = coverage.by(level).items()
        return {key: part.value if a.counted else part.share for key, part in parts}
    code, name = f"{level}_code", level
    every = [f[[code, name]] for f in (units, coverage.parents) if code in f]
    keys = sorted(pd.concat(every).drop_duplicates(code).itertuples(index=False, name=None))
    at = pd.Index([k[0] for k in keys]).get_indexer(units[code])

    def summed(values: pd.Series) -> list[Fraction]:
        made = np.bincount(at, weights=values.fillna(0).to_numpy(float), minlength=len(keys))
        return [Fraction(int(v)) for v in made]

    if a.counted:
        return dict(zip(keys, summed(units["value"]), strict=True))
    ratio = a.indicator.measure == "ratio"
    covered = units["value"] if ratio else units["demand"] * units["covered"]
    shares = zip(summed(covered), summed(units["demand"]), strict=True)
    return dict(zip(keys, (Share(c, t) for c, t in shares), strict=True))


def _area_row(
    a: Assessment, figure: Figure, who: tuple[str, str, str], rank: Any, step: int | None
) -> list[Any]:
    code, name, above = who
    note = "省直管" if code[:4] == "4290" and not above else ""
    head = [code, above, name]
    if isinstance(figure, Fraction):
        return [*head, number(figure), rank or None, note]
    counts = [number(figure.total), number(figure.covered)]
    if figure.pct is None:
        return [*head, *counts, "—", *[None] * 5, "—", note or "不适用"]
    goal = None if a.target is None or a.target.pct is None else Fraction(a.target.pct)
    short = None
    if goal is not None and a.indicator.measure != "ratio":
        short = max(0, ceil(goal * figure.total / 100 - figure.covered))
    shown = float(show_number(figure.pct, None if a.target is None else a.target.pct))
    gap = None if goal is None else float(points(figure.pct - goal))
    moved = None if step is None else float(points(Fraction(100 * step) / figure.total))
    aim = None if goal is None else number(goal)
    return [*head, *counts, shown, aim, short, gap, step, moved, rank or None, note]


def _steps(a: Assessment, coverage: Coverage, trend: Trend | None) -> dict[str, int] | None:
    """Unit → +1 gained, −1 lost since the earlier date; None where units are not simply counted."""
    if trend is None or a.indicator.measure not in {"presence", "flag"}:
        return None
    if not (coverage.units["demand"] == 1).all():
        return None
    mine = trend.units[trend.units["indicator"] == a.indicator.id]
    step = {GAINED: 1, LOST: -1}
    return {c: step[k] for c, k in zip(mine["code"], mine["change"], strict=True) if k in step}


def _summed(step: Mapping[str, int], parent: pd.Series) -> dict[str, int]:
    made: dict[str, int] = {}
    for unit, change in step.items():
        made[parent[unit]] = made.get(parent[unit], 0) + change
    return made


def _ranks(parts: Mapping[tuple[str, str], Figure]) -> dict[str, Any]:
    """Ranks by code from the highest; ties share one (1, 2, 2, 4), 0 of 0 has none."""
    values = {c: f if isinstance(f, Fraction) else f.pct for (c, _), f in parts.items()}
    known = sorted((v for v in values.values() if v is not None), reverse=True)
    first: dict[Fraction, int] = {}
    for place, value in enumerate(known, 1):
        first.setdefault(value, place)
    return {code: "—" if v is None else first[v] for code, v in values.items()}


def _mark_of(coverage: Coverage) -> str:
    said = [SAMPLE_MARK] if coverage.basis.sample else []
    said += [APPROXIMATE_MARK] if coverage.basis.approximate else []
    return ";".join(said)


def _marked(sheet: Sheet, mark: str) -> Sheet:
    return replace(sheet, mark=mark)


def _uncovered_sheet(
    assessments: Sequence[Assessment], units: Mapping[str, pd.DataFrame], line: str
) -> Sheet:
    """The uncovered counties and townships of every main reading with a target, one row each."""
    table = unit_rows(assessments, units)
    table = table[(table["covered"] == 0) & (table["demand"] > 0)]
    names = {a.indicator.id: a.indicator.full_name for a in assessments}
    waiting = {a.indicator.id: _waiting_by_unit(a) for a in assessments}
    columns = [Column("指标", 36), Column("市州", 14), Column("县(市、区)", 16), Column("代码", 15)]
    columns += [Column("单元", 22), Column("类型", 10), Column("常住人口", 11, "whole")]
    columns += [Column("60岁及以上", 11, "whole"), Column("最近设施", 34)]
    columns += [Column("距离(公里)", 10, "km"), Column("未投用的设施", 40), Column("原因", 22)]
    columns += [Column("建议", 30)]
    fields = ["prefecture", "county", "code", "name", "kind", "population", "population_60"]
    cells = table[["indicator", *fields, "nearest_name", "nearest_km"]].astype(object)
    rows = []
    for row in cells.itertuples(index=False, name=None):
        idle = waiting[row[0]].get(row[3], [])
        listed = "、".join(f"{name}({state})" for name, state in idle[:3])
        listed += f"等 {len(idle)} 处" if len(idle) > 3 else ""
        rows.append([names[row[0]], *row[1:], listed, *_why_uncovered(idle)])
    notes = [
        "有目标的指标的主读法;村(社区)另表;其余指标和各变体的全部单元见 coverage.csv。",
        "距离从单元驻地量到最近的合格运营设施,为直线距离。",
        "未投用的设施:类别、性质、级别都合格,只是还没有(或不再)运营;建议只供参考。",
    ]
    return Sheet("未覆盖清单", "未覆盖清单", line, columns, rows, notes=notes, frozen=5)


def _listed(a: Assessment) -> bool:
    """Whether an indicator's uncovered units are listed: main readings of rates with a target."""
    one = a.indicator
    rate = a.target is not None and a.coverage is not None and not a.counted
    return rate and one.variant is None and one.measure != "ratio"


def _of_villages(a: Assessment) -> bool:
    return a.indicator.units == "village"


def _villages_sheet(assessments: Sequence[Assessment], villages: pd.DataFrame, line: str) -> Sheet:
    """The uncovered villages, township by township: how many of how many, and every name."""
    columns = [Column("指标", 36), Column("市州", 14), Column("县(市、区)", 16)]
    columns += [Column("乡镇代码", 12), Column("乡镇(街道)", 18), Column("应覆盖数", 10, "whole")]
    columns += [Column("未覆盖数", 10, "whole"), Column("未覆盖的村(社区)", 110)]
    rows: list[list[Any]] = []
    where = ["prefecture", "county", "township_code", "township"]
    for a in assessments:
        if a.coverage is None:
            continue
        units = a.coverage.units
        mine = villages.loc[units.index, [*where, "name"]].fillna("")
        mine["missed"] = ((units["covered"] == 0) & (units["demand"] > 0)).to_numpy()
        counts = mine.groupby(where, sort=False)["missed"].agg(["size", "sum"])
        named = mine[mine["missed"]].groupby(where, sort=False)["name"].agg("、".join)
        for key, names in sorted(named.items(), key=lambda item: str(item[0][2])):
            total, missed = counts.loc[key]
            rows.append([a.indicator.full_name, *key, int(total), int(missed), names])
    note = "有目标的指标的主读法,一个乡镇(街道)一行;各村(社区)的代码、最近设施见 coverage.csv。"
    title = "未覆盖村(社区)"
    return Sheet(title, f"{title}清单", line, columns, rows, notes=[note], frozen=5)


def _waiting_by_unit(a: Assessment) -> dict[str, list[tuple[str, str]]]:
    """Unit → the facilities that would cover it: name, and state with what is known of its date."""
    made: dict[str, list[tuple[str, str]]] = {}
    if not len(a.waiting):
        return made
    for unit, _, name, status, since in a.waiting.itertuples(index=False, name=None):
        state = status or "状态未填"
        if pd.isna(since):
            state = f"{state},无日期" if status in _WORKING else state
        elif since.date() > a.as_of:
            state = f"{state},{since.date()}"
        made.setdefault(unit, []).append((name, state))
    return made


_WORKING = {"运营", "完好"}
# the first state that fits says why, and what may be done
_REASONS = (
    (("建成未启用",), "已建成未启用", "督促启用"),
    (("在建",), "有在建项目", "督促按期建成投用"),
    (("规划",), "有规划项目", "督促开工"),
    (("无日期",), "设施没有填启用时间", "核实并补填启用时间"),
    (("运营,", "完好,"), "启用时间晚于截止日期", "到期后即可计入"),
    (("停用", "关闭"), "设施已停用或关闭", "恢复运营或另建"),
    (("破损", "缺失", "待设"), "标志不完好", "修复或补设"),
)


def _why_uncovered(idle: Sequence[tuple[str, str]]) -> tuple[str, str]:
    for signs, why, advice in _REASONS:
        if any(sign in state for _, state in idle for sign in signs):
            return why, advice
    if idle:
        return "设施状态不符", "核实状态"
    return "没有合格设施", "商请邻近设施列入服务范围,或新建"


def _issues_sheet(issues: pd.DataFrame, line: str) -> Sheet:
    """数据质量: one row a problem, to go back to the county it came from."""
    columns = [
        Column("县代码", 10),
        Column("县(市、区)", 16),
        Column("图层", 16),
        Column("文件", 22),
    ]
    columns += [Column("工作表", 14), Column("行", 8, "whole"), Column("列", 14), Column("值", 26)]
    columns += [Column("规则", 8), Column("程度", 8), Column("问题", 70), Column("改法", 40)]
    order = ["county_code", "county", "layer", "file", "sheet", "row", "column", "value", "rule"]
    words = issues["severity"].map({"error": "错误", "warning": "提醒"})
    table = issues.assign(severity=words, row=issues["row"].astype(object))
    table = table.where(table.notna(), None)
    table = table.sort_values(["county_code", "layer", "file", "sheet"], kind="stable")
    rows = table[[*order, "severity", "message", "fix"]].to_numpy(object).tolist()
    rows = [[None if v is pd.NA else v for v in row] for row in rows]
    note = "错误所在的行未计入任何指标;请各县改正后重报。"
    return Sheet("数据质量", "数据质量清单", line, columns, rows, notes=[note])


def _basis_sheet(
    catalog: Catalog, assessments: Sequence[Assessment], line: str, inputs: Mapping[str, str]
) -> Sheet:
    """口径与参数: the ground of every figure, and what went in."""
    rows = [
        [a.indicator.full_name, a.indicator.id, text] for a in assessments for text in a.basis_lines
    ]
    rows += [
        [f"图层 {key}", key, f"来源:{layer.source}" + _print(inputs.get(key, ""))]
        for key, layer in catalog.layers.items()
    ]
    rows += [["说明", "", text] for text in (ROUNDING, RANKING)]
    columns = [Column("指标或图层", 44), Column("代号", 30), Column("口径", 130)]
    return Sheet("口径与参数", "口径与参数", line, columns, rows)


def _print(mark: str) -> str:
    return f";内容指纹 {mark}" if mark else ""


_FIELDS = (
    ("应覆盖数", "分母:按口径应当覆盖的单元个数,或按人口加权时的人口"),
    ("已覆盖数", "分子:至少有一处合格且正常运营的设施(或一条合格的登记)的单元"),
    ("覆盖率(%)", "已覆盖数÷应覆盖数;全省、市州的率是合计之比,不是各县率的平均"),
    ("差额", "距目标还差的个数,向上取整;0 表示已达到"),
    ("与目标差(百分点)", "率减去目标,单位是百分点,不是 %"),
    ("较上期", "与上一份快照在同一边界口径下比较;没有上一份时为空"),
    ("结论", "达标、差几个;未量化的只报现状,不说达标与否;无法计算的写明缺少什么"),
    ("排名", RANKING),
    ("代码", "文本:县 6 位、乡镇 9 位、村(社区)12 位"),
    ("常住人口、60岁及以上", "来自人口图层;空着的是没有数据,不是零"),
    ("最近设施、距离", "从驻地量起的直线距离,公里"),
)


def _fields_sheet() -> Sheet:
    columns = [Column("字段", 26), Column("含义", 120)]
    return Sheet("字段说明", "字段说明", " ", columns, [list(f) for f in _FIELDS])


def _rounded(value: float | None) -> float | None:
    """A percentage of a comparison as it is shown: cut down where rounding would reach 100."""
    if value is None or value != value:
        return None
    return float(show_number(Fraction(value), percent=True))
