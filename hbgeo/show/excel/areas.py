"""One indicator's sheet: the whole, its prefectures, its counties, how each stands and ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.rounding import points, round_figure
from hbgeo.measure.trend import GAINED, LOST, Trend
from hbgeo.show.excel.sheet import Column, Ranked, Sheet
from hbgeo.show.table.values import number
from hbgeo.show.words import NONE, NOT_APPLICABLE, mark_of, measure_word

Figure = Share | Fraction  # of a rate; of an amount
ROUNDING = "百分数按四舍五入保留两位小数；未达目标或未满 100% 的不因进位而显示为达到。"
RANKING = "排名按未舍入的数从高到低，数值相同的名次相同、其后名次顺延（如 1、2、2、4）；没有应覆盖单元的记“—”，不参加排名。"


@dataclass(frozen=True)
class _Area:
    """One row: an area by code, name and what it lies in; its figure, rank and change."""

    code: str
    name: str
    above: str
    figure: Figure
    rank: Any = ""
    step: int | None = None


def area_sheet(a: Assessment, name: str, line: str, steps: Mapping[str, int] | None) -> Sheet:
    """One indicator: the whole, the prefectures, the counties; `steps` as `steps_of` finds them."""
    coverage = a.coverage
    if coverage is None:
        raise AssertionError(a.indicator.id)  # only measured ones have a sheet
    prefectures = _areas(a, coverage, "prefecture") if a.indicator.units != "province" else {}
    high = a.indicator.units in {"prefecture", "province"}
    counties = {} if high else _areas(a, coverage, "county")
    areas = _all_areas(a, coverage, prefectures, counties, steps)
    aim = None if a.target is None else a.target.pct
    ratio = a.indicator.measure == "ratio"
    rows = [[n, *_row(one, aim, in_units=not ratio)] for n, one in enumerate(areas, 1)]
    columns = _columns(a)
    notes = [*a.basis_lines, ROUNDING, RANKING]
    if a.target and not a.counted:
        notes.append("目标约束全省；分市州、分县的差额按同一目标折算，仅供参考。")
    return Sheet(
        name,
        f"{a.indicator.full_name}统计表",
        f"{line}          单位：{measure_word(a)}{'' if a.counted else '、%'}",
        columns,
        rows,
        mark=mark_of(coverage),
        totals=frozenset(range(1 + len(prefectures))),
        notes=notes,
        frozen=3,
        ranked=ranked_by(
            columns,
            "数值" if a.counted else "率（%）",
            len(prefectures),
            measure_word(a) if a.counted else "%",
            None if a.counted or aim is None else float(aim),
        ),
    )


def ranked_by(
    columns: Sequence[Column], value: str, prefectures: int, unit: str, target: float | None
) -> Ranked:
    """What is ranked of a sheet of areas, by the heading that its figure has."""
    headings = [column.heading for column in columns]
    at = next(n for n, heading in enumerate(headings) if value in heading or "比例（%）" in heading)
    label, rank = headings.index("地区"), headings.index("排名")
    return Ranked(label, at, rank, prefectures, unit, target)


def _all_areas(
    a: Assessment,
    coverage: Coverage,
    prefectures: Mapping[tuple[str, str], Figure],
    counties: Mapping[tuple[str, str], Figure],
    step: Mapping[str, int] | None,
) -> list[_Area]:
    """The whole, then the prefectures, then the counties, with their ranks and what they gained."""
    above = prefecture_names(coverage)
    whole = coverage.units["province"].iloc[0] if len(coverage.units) else ""
    total = coverage.value if a.counted else coverage.share
    gained = None if step is None else sum(step.values())
    areas = [_Area("", f"{whole}合计", "", total, step=gained)]
    for figures, level in ((prefectures, "prefecture"), (counties, "county")):
        ranks = _ranks(figures)
        steps = None if step is None else _summed(step, coverage.units[f"{level}_code"])
        for (code, called), figure in figures.items():
            over = "" if level == "prefecture" else above.get(code, "")
            gain = None if steps is None else steps.get(code, 0)
            areas.append(_Area(code, called, over, figure, ranks[code], gain))
    return areas


def prefecture_names(coverage: Coverage) -> dict[str, str]:
    """County code → the name of its prefecture, of all counties there are."""
    wanted = ["county_code", "prefecture"]
    known = coverage.parents if set(wanted) <= set(coverage.parents.columns) else coverage.units
    return dict(zip(known["county_code"], known["prefecture"], strict=True))


def _columns(a: Assessment) -> list[Column]:
    head = [Column("序号", 6, "whole"), Column("市州", 14), Column("地区", 22)]
    tail = [Column("排名", 8, "whole"), Column("备注", 24), Column("代码", 10, aside=True)]
    counted_in = measure_word(a)
    if a.counted:
        return [*head, Column(f"数值（{counted_in}）", 14, "amount"), *tail]
    words = (
        ("分母", "分子", "比例（%）")
        if a.indicator.measure == "ratio"
        else ("应覆盖数", "已覆盖数", "覆盖率（%）")
    )
    return [
        *head,
        Column(f"{words[0]}（{counted_in}）", 12, "amount"),
        Column(f"{words[1]}（{counted_in}）", 12, "amount"),
        Column(words[2], 12, "pct", bar=True),
        Column("目标（%）", 9, "amount"),
        Column(f"差额（{counted_in}）", 9, "whole"),
        Column("与目标差（百分点）", 12, "points"),
        Column(f"较上期（{counted_in}）", 10, "change"),
        Column("较上期（百分点）", 12, "points"),
        *tail,
    ]


def _areas(a: Assessment, coverage: Coverage, level: str) -> dict[tuple[str, str], Figure]:
    """The figure of every prefecture or county: its share, or its amount, by code and name."""
    units = coverage.units
    wanted = {"count": ["value"], "sum": ["value"], "ratio": ["value", "demand"]}
    numbers = {
        c: units[c].fillna(0).to_numpy(float)
        for c in wanted.get(a.indicator.measure, ["covered", "demand"])
    }
    if len(coverage.apart) or any((some != some.round()).any() for some in numbers.values()):
        figures = coverage.by(level).items()  # one by one: shares of units, or rows beside them
        return {key: area.value if a.counted else area.share for key, area in figures}
    keys, at = _parents(coverage, level)

    def summed(of_units: NDArray[np.float64]) -> list[Fraction]:
        made = np.bincount(at, weights=of_units, minlength=len(keys))
        return [Fraction(int(v)) for v in made]

    if a.counted:
        return dict(zip(keys, summed(numbers["value"]), strict=True))
    demand = numbers["demand"]
    covered = numbers["value"] if "value" in numbers else demand * numbers["covered"]
    shares = zip(summed(covered), summed(demand), strict=True)
    return dict(zip(keys, (Share(c, t) for c, t in shares), strict=True))


def _parents(coverage: Coverage, level: str) -> tuple[list[tuple[str, str]], NDArray[np.int64]]:
    """Code and name of every prefecture or county, by code, and the position of each unit's own."""
    code = f"{level}_code"
    at, codes = pd.factorize(coverage.units[code].to_numpy(object))
    first = np.zeros(len(codes), dtype=np.int64)
    first[at[::-1]] = np.arange(len(at))[::-1]
    names = dict(zip(codes, coverage.units[level].to_numpy(object)[first], strict=True))
    if code in coverage.parents:
        every = (coverage.parents[c].tolist()[::-1] for c in (code, level))
        names = dict(zip(*every, strict=True)) | names  # of two names the first holds
    keys = sorted(names.items())
    position = {key: n for n, (key, _) in enumerate(keys)}
    return keys, np.array([position[c] for c in codes], dtype=np.int64)[at]


def _row(area: _Area, aim: Decimal | None, *, in_units: bool) -> list[Any]:
    """The cells of an area; `in_units`: whether what is short of the aim is a number of units."""
    figure = area.figure
    note = "省直管" if area.code[:4] == "4290" and not area.above else ""
    head = [area.above, area.name]
    if isinstance(figure, Fraction):
        return [*head, number(figure), area.rank or None, note, area.code]
    counts = [number(figure.total), number(figure.covered)]
    pct = figure.pct
    if pct is None:
        return [*head, *counts, NONE, *[None] * 5, NONE, note or NOT_APPLICABLE, area.code]
    goal = short = gap = moved = None
    if aim is not None:
        goal = Fraction(aim)
        gap = float(points(pct - goal))
        short = max(0, ceil(goal * figure.total / 100 - figure.covered)) if in_units else None
    if area.step is not None:
        moved = float(points(Fraction(100 * area.step) / figure.total))
    against = [number(goal), short, gap, area.step, moved]
    shown = float(round_figure(pct, aim))
    return [*head, *counts, shown, *against, area.rank or None, note, area.code]


def steps_of(a: Assessment, trend: Trend | None) -> dict[str, int] | None:
    """Unit → +1 gained, −1 lost since the earlier date; None where units are not simply counted."""
    if trend is None or a.indicator.measure not in {"presence", "flag", "chain"}:
        return None
    if a.coverage is None or not (a.coverage.units["demand"] == 1).all():
        return None
    mine = trend.units[trend.units["indicator"] == a.indicator.id]
    step = {GAINED: 1, LOST: -1}
    return {c: step[k] for c, k in zip(mine["code"], mine["change"], strict=True) if k in step}


def _summed(step: Mapping[str, int], parent: pd.Series) -> dict[str, int]:
    made: dict[str, int] = {}
    for unit, change in step.items():
        made[parent[unit]] = made.get(parent[unit], 0) + change
    return made


def _ranks(figures: Mapping[tuple[str, str], Figure]) -> dict[str, Any]:
    """Ranks by code, of rates and amounts."""
    return ranks_of({c: f.pct if isinstance(f, Share) else f for (c, _), f in figures.items()})


def ranks_of(values: Mapping[str, Fraction | None]) -> dict[str, Any]:
    """Ranks by code from the highest; ties share one (1, 2, 2, 4), what has no figure has none."""
    known = [v for v in values.values() if v is not None]
    # most differ as floats already, which rounds none out of order: few are compared exactly
    known.sort(key=lambda v: (float(v), v), reverse=True)
    first: dict[Fraction, int] = {}
    for rank, value in enumerate(known, 1):
        first.setdefault(value, rank)
    return {code: NONE if v is None else first[v] for code, v in values.items()}
