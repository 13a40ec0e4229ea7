"""The ground (口径) of a figure in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.basis import Basis, some_of
from hbgeo.measure.burial_room import said_places
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.filters import VIA_WORDS, describe
from hbgeo.measure.locate import VIA_NAMES
from hbgeo.measure.options import Options
from hbgeo.measure.placing import Placement
from hbgeo.measure.rounding import show_number
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.indicator import Indicator
from hbgeo.read.keys import YEARS
from hbgeo.read.schema.records import Schema, read_schema, schema_of_units
from hbgeo.read.table import LayerTable

SAMPLE_MARK = "示例数据，非真实统计"
APPROXIMATE_MARK = "边界为近似示意"
FAULTY = "数据有误"  # why a row that reading set aside does not count
PIECES, PEOPLE = "个", "人"
WEIGHED = {
    "presence",
    "reach",
    "flag",
    "chain",
    "capacity",
}  # measures that a weight of the units changes
_WHY_LEFT_OUT = {  # why units leave a figure, by how it was measured
    "sum": "未报数",
    "ratio": "未报数",
    "capacity": "缺人口或死亡数、或所用设施余量不明而无法判定，未计入",
}


def faulty(options: Options) -> str:
    """Why a row that reading set aside does not count, which may be of any county."""
    return f"全部台账{FAULTY}" if options.within else FAULTY


def make_basis(
    case: Case, *, placement: Placement | None = None, conflict: Mask | None = None
) -> Basis:
    """State the ground of a figure: what was asked for, used, and set aside."""
    units, layer, counted = case.units, case.layer, case.counted
    clash = np.zeros(len(layer), dtype=bool) if conflict is None else conflict
    here = rows_here(case)
    rows = counted.rows & ~clash & here
    one, options = case.one, case.context.options
    by_people = _people_of(one, options)
    beside = case.context.source.find_layer(one.beside) if one.beside else None
    tables = [t for t in (units, layer, beside) if t is not None]
    years, earlier = _years(case, by_people)
    lists = [case.context.source.schema_of(key).title for key in one.needs]
    return Basis(
        as_of=options.as_of,
        filters=_filters(one, options, layer.kind, counted.years, lists, beside),
        used=int(rows.sum()),
        set_aside={why: n for why, n in _aside(case, clash, here).items() if n},
        undated=int((counted.work.undated & counted.matched & here).sum()),
        on_border=0 if placement is None else int((placement.on_border & rows).sum()),
        outside=0 if placement is None else int((_lost(placement) & rows).sum()),
        by_ledger=0 if placement is None else int((placement.by_ledger & rows).sum()),
        approximate=units.approximate,
        sample=any(t.sample for t in tables) or bool(by_people and units.population_sample),
        sources=tuple(dict.fromkeys(t.source for t in tables if t.source)),
        years=years,
        earlier=earlier,
        county_only=0 if placement is None else int((placement.county_only & rows).sum()),
    )


def rows_here(case: Case) -> Mask:
    """The rows of the part that is asked for: of the county they name, else where they stand."""
    within, frame = case.context.options.within, case.layer.frame
    if not within:
        return np.ones(len(frame), dtype=bool)
    if "unit_code" in frame:
        units = case.context.source.find_units(case.layer.level or case.one.units)
        mine = None if units is None else _inside(units.frame, within)
        return np.isin(frame["unit_code"], [] if mine is None else mine.index[mine])
    placements, level = case.context.placements, case.one.units
    owner = placements.placed(case.layer, level).placements[level].owner
    units = placements.units(level)
    stands = np.append(_inside(units.frame, within), False)[owner]  # the last: in no unit
    if "county_code" not in frame:
        return stands
    known = case.context.source.find_units("county")
    parents = units.frame if known is None else known.frame
    counties = parents["county_code"][_inside(parents, within)]
    named = (frame["county_code"] != "").to_numpy()
    return np.where(named, frame["county_code"].isin(counties), stands)


def _inside(units: pd.DataFrame, code: str) -> pd.Series:
    """Which units are of one county or prefecture."""
    parents = units[[c for c in ("county_code", "prefecture_code") if c in units]]
    return (parents == code).any(axis=1)


def _people_of(one: Indicator, options: Options) -> str:
    """The column of people that a figure rests on; "" where on none."""
    if one.measure == "capacity":
        return "population"
    return (one.measure in WEIGHED and weight_of(one, options)) or ""


def years_of_people(units: pd.DataFrame, weight: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The years of the people that units are weighed by, and the units of which only those of an earlier one are known."""
    known = units[YEARS].fillna("").where(units[weight].notna(), "")
    of_unit = {code: said.split("、") for code, said in known.items() if said}
    years = sorted({int(year) for said in of_unit.values() for year in said})
    late = tuple(str(c) for c, said in of_unit.items() if int(said[0]) < years[-1])
    return tuple(years), late


def _years(case: Case, weight: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The years of the figures used, and the units of which only those of an earlier one are known."""
    units, counted = case.units.frame, case.counted
    if weight and YEARS in units and weight in units:
        return years_of_people(units, weight)
    if counted.earlier is None or "unit_code" not in case.layer:
        return counted.years, ()
    codes = case.layer.frame["unit_code"]
    only = set(codes[counted.earlier]) - set(codes[counted.rows])
    return counted.years, tuple(sorted(only & set(units.index)))


def _lost(placement: Placement) -> Mask:
    """Rows of which not even the county is known."""
    return (placement.owner < 0) & ~placement.county_only


def _aside(case: Case, clash: Mask, here: Mask) -> dict[str, int]:
    """How many rows do not count, by reason; where a row cannot be read stands is not known."""
    counted, source = case.counted, case.context.source
    matched = counted.matched & here
    aside = {why: int((mask & matched).sum()) for why, mask in counted.work.set_aside.items()}
    aside["点位与台账所在单元不符"] = int((counted.rows & clash & here).sum())
    aside[faulty(case.context.options)] = case.layer.aside
    for key in case.one.needs:
        listed = source.find_layer(key)
        title = source.schema_of(key).title
        if listed is not None:  # a list that is not there is said to be missing, before any figure
            aside[f"{title}中未对应到单元"] = listed.aside
    return aside


def _filters(
    one: Indicator,
    options: Options,
    schema: Schema,
    years: tuple[int, ...],
    lists: Sequence[str],
    beside: LayerTable | None = None,
) -> tuple[str, ...]:
    """The indicator's reading in words: denominator, facilities, states, ways, scenario."""
    said = [_said_denominator(one, schema, lists), *_said_rows(one, options, schema, years)]
    if one.units == "road" and one.radius_m:
        said.append(_said_points(one))
    elif one.radius_m:
        said.append(f"半径 {one.radius_m:f} 米，直线距离，非步行时间")
    said += _said_ways(one)
    if one.measure == "ratio":
        said.append(_said_ratio(one, schema, beside))
    weight = weight_of(one, options)
    if weight and one.measure in WEIGHED:
        said.append(f"按{weight_heading(weight)}加权")
    said += [*_said_capacity(one), *(f"情景：{s}" for s in _scenario(options))]
    return tuple(said)


def _said_points(one: Indicator) -> str:
    """Where a road's signs must stand, and how near."""
    words = {"ends": "端点", "crossings": "与其他有名道路的交叉口"}
    where = "、".join(words[point] for point in one.at)
    return f"道路的每个{where} {one.radius_m:f} 米以内（直线距离）都须有写明该道路的标志"


def _said_ratio(one: Indicator, schema: Schema, beside: LayerTable | None) -> str:
    """What is divided by what: 建筑面积合计÷户数合计(人口),每 100 户数."""
    if one.recent is not None:
        column, days = one.recent
        return f"分子：{schema.heading(column)}在截止日期前 {days} 天以内的；分母：计入的全部"
    if one.part:
        return f"分子：{describe(one.part, schema)}；分母：计入的全部"
    below = schema if beside is None else beside.kind
    parts = schema.heading(one.numerator), below.heading(one.denominator)
    ratio = in_sentence("÷".join(f"{part}合计" for part in parts))
    if beside is not None:
        ratio += f"（{below.title}，按代码和名称对应）"
    by = f"按{schema.heading(one.weight)}加权" if one.weight else "各行不加权"
    said = [ratio] if beside is not None else [ratio, by]
    return "，".join([*said, f"乘以 {one.per:f}"] if one.per is not None else said)


def _said_capacity(one: Indicator) -> list[str]:
    """How years of burial are worked out."""
    if one.measure != "capacity" or one.years is None:
        return []
    deaths = "年死亡人数（常住人口×死亡率）×公益性安葬占比"
    return [
        f"可用年限=空余穴位（墓穴、格位的总数减已用，合葬穴每穴两个）÷{deaths}，满 {one.years:f} 年为覆盖",
        "一处设施供几个单元的，穴位按常住人口分摊，各算一次",
    ]


def _said_denominator(one: Indicator, schema: Schema, lists: Sequence[str]) -> str:
    said = f"分母：{LEVEL_NAMES[one.units]}"
    if one.among:
        said += f"，{describe(one.among, schema_of_units(one.units))}"
    if one.needs:
        said += f"，限于{'、'.join(lists)}"
    if one.listed:
        said += f"，限于{describe(one.listed, schema)}"
    return said


def _said_rows(
    one: Indicator, options: Options, schema: Schema, years: tuple[int, ...]
) -> list[str]:
    said = []
    if one.where:
        said.append(f"计入：{describe(one.where, schema)}" + ("，须同时具备" if one.every else ""))
    counting = schema.counting
    if counting and (
        one.measure != "ratio" or one.shares or (one.beside and counting.column == "status")
    ):
        states = [*(one.status or counting.states), *options.status]
        said.append(f"{schema.heading(counting.column)}：{'、'.join(dict.fromkeys(states))}")
    if one.year:
        said.append(f"{schema.heading(one.year[0])}：{'、'.join(map(str, years)) or '—'} 年")
    if one.filled:
        said.append(f"须填写{'、'.join(schema.heading(c) for c in one.filled)}")
    return said


def chain_filters(one: Indicator, links: Sequence[Case], options: Options) -> tuple[str, ...]:
    """The reading of a chain in words: denominator, then what each link asks, and of whom."""
    source = links[0].context.source
    lists = [source.schema_of(key).title for key in one.needs]
    said = [_said_denominator(one, links[0].layer.kind, lists), f"同时具备 {len(links)} 环才算"]
    for case in links:
        own, schema = case.one, case.layer.kind
        rows = [schema.title, *_said_rows(own, options, schema, ()), *_said_ways(own)]
        said.append(f"{own.name}（按{LEVEL_NAMES[own.units]}查）{'，'.join(rows)}")
    weight = weight_of(one, options)
    said += [f"按{weight_heading(weight)}加权"] if weight else []
    return (*said, *(f"情景：{s}" for s in _scenario(options)))


def _said_ways(one: Indicator) -> list[str]:
    if set(one.via) == set(VIA_NAMES):
        return []
    return [f"方式：{'、'.join(VIA_WORDS[v] for v in one.via)}"]


def _scenario(options: Options) -> list[str]:
    said = []
    if options.status:
        said.append(f"另计状态 {'、'.join(options.status)}")
    if options.as_if:
        said.append(f"视为运营 {'、'.join(options.as_if)}")
    if options.undated:
        said.append("无日期的计入" if options.undated == "include" else "无日期的不计")
    if options.count_mixed:
        said.append("计入含公益性墓区的经营性公墓")
    if options.within:
        code = f"（{options.within}）" if options.place else ""
        said.append(f"仅限 {options.part}{code}")
    return said


def basis_lines_of(one: Indicator, coverage: Coverage) -> list[str]:
    """Say the ground of a figure in sentences."""
    basis = coverage.basis
    lines = [f"截至 {basis.as_of}。" + "；".join(basis.filters) + "。"]
    share = coverage.share
    if coverage.method not in {"count", "sum"}:
        unit = "" if coverage.method == "ratio" else f"（单元 {len(coverage.units):,} 个）"
        words = ("分母", "分子") if coverage.method == "ratio" else ("应覆盖", "已覆盖")
        lines.append(
            f"{words[0]} {show_number(share.total, percent=False)}{unit}，{words[1]} {show_number(share.covered, percent=False)}。"
        )
    lines += said_used(basis)
    lines += said_places(one, coverage)
    if basis.unweighted:
        what = _WHY_LEFT_OUT.get(coverage.method, "缺权重、未计入分子分母")
        what = "缺分子或分母、两边都未计入" if one.beside else what
        lines.append(f"{what}的单元 {len(basis.unweighted):,} 个：{some_of(basis.unweighted)}。")
    lines += _said_years(basis, weighed=coverage.method in WEIGHED, beside=bool(one.beside))
    years = basis.years if one.of_its_date else one.year[1] if one.year else ()
    last = max(years, default=0)
    if basis.as_of and last and basis.as_of < date(last, 12, 31):
        lines.append(
            f"{last if one.of_its_date else years_of(one)} 年尚未结束，只计到 {basis.as_of}。"
        )
    if one.note:
        lines.append(one.note)
    if basis.approximate:
        lines.append(f"{APPROXIMATE_MARK}。")
    if basis.sample:
        lines.append(f"{SAMPLE_MARK}。")
    lines += [f"来源：{s}" for s in basis.sources]
    return lines


def said_used(basis: Basis) -> list[str]:
    """How many rows count and where they stand, why others do not; of a chain, what each link has."""
    lines = []
    if basis.links:
        held = "、".join(f"{name} {n:,} 个" for name, n in basis.links.items())
        lines.append(f"各环具备的单元：{held}。")
    aside = "、".join(f"{why} {n:,}" for why, n in basis.set_aside.items())
    rows = "行次（几环都认的设施各计一次）" if basis.links else "行"
    lines.append(f"计入 {basis.used:,} {rows}" + (f"；未计入：{aside}。" if aside else "。"))
    where = {
        "共用边界上": basis.on_border,
        "不在任何单元内": basis.outside,
        "只知所在县": basis.county_only,
        "按台账归属": basis.by_ledger,
    }
    placed = "、".join(f"{what} {n:,}" for what, n in where.items() if n)
    if placed:
        lines.append(f"其中{placed}。")
    return lines


def _said_years(basis: Basis, *, weighed: bool, beside: bool) -> list[str]:
    """Of which years figures of people are, and who reported none for the last."""
    lines = []
    if (weighed or beside) and basis.years:
        of = "分母" if beside else "人口"
        lines.append(f"{of}年份：{'、'.join(map(str, basis.years))}。")
    if basis.earlier:
        what = "用更早年度人口" if weighed else "只报了更早年度、未计入"
        what = "分母用更早年度" if beside else what
        lines.append(f"{what}的单元 {len(basis.earlier):,} 个：{some_of(basis.earlier)}。")
    return lines


def years_of(one: Indicator) -> str:
    """The years that an indicator counts: 2023, 2021–2025."""
    years = sorted(one.year[1]) if one.year else []
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}"
    return "、".join(map(str, years))


def not_begun_words(one: Indicator) -> str:
    """That the years of an indicator lie ahead."""
    return f"{min(one.year[1]) if one.year else ''} 年尚未开始"


def years_to_come(one: Indicator) -> str:
    """What an indicator lacks before its years."""
    return f"{years_of(one)} 年的数（该年尚未开始）"


def weight_of(one: Indicator, options: Options) -> str | None:
    """The column of the units that the figure is weighed by, if any."""
    return options.weight or one.weight or None


def weight_heading(weight: str) -> str:
    """The Chinese heading of a weight."""
    return read_schema("population").heading(weight)


def unit_heading(column: str) -> str:
    """The Chinese heading of a column of units or villages."""
    for key in ("unit", "village"):
        if column in read_schema(key).columns:
            return read_schema(key).heading(column)
    return column


def layer_title(key: str, context: Context) -> str:
    """A layer's title and key."""
    return f"{context.source.schema_of(key).title}（{key}）"
