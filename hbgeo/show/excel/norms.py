"""The sheet of a norm (an amount for each of another, years of burial): both sums and what is short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import round_figure
from hbgeo.show.excel.areas import RANKING, prefecture_names, ranks_of
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.table.values import number
from hbgeo.show.words import NONE, NOT_APPLICABLE, mark_of, measure_word, short_word

_NORM_RANKING = RANKING.replace("没有应覆盖单元", "算不出")


@dataclass(frozen=True)
class _Area:
    level: str
    code: str
    name: str
    above: str
    here: Assessment
    rank: Any = ""


def norm_sheet(a: Assessment, name: str, line: str) -> Sheet:
    """One norm: the whole, the prefectures, the counties."""
    coverage = a.coverage
    if coverage is None:
        raise AssertionError(a.indicator.id)  # only measured ones have a sheet
    areas = list(_areas(a, coverage))
    notes = [*a.basis_lines, _NORM_RANKING, "合计是分子之和÷分母之和，不是各地数值的平均。"]
    if _aim(a) is not None:
        notes.append("标准约束全省；分市州、分县的缺口按同一标准折算，仅供参考。")
    return Sheet(
        name,
        f"{a.indicator.full_name}统计表",
        f"{line}          单位：{measure_word(a)}",
        _columns(a),
        [[n, *_row(a, one)] for n, one in enumerate(areas, 1)],
        mark=mark_of(coverage),
        totals=frozenset(n for n, one in enumerate(areas) if one.level != "county"),
        notes=notes,
        frozen=4,
    )


def _columns(a: Assessment) -> list[Column]:
    head = [Column("序号", 6, "whole"), Column("代码", 10), Column("市州", 14), Column("地区", 22)]
    unit, short = measure_word(a), short_word(a)
    if a.indicator.measure == "capacity":
        sums = [Column("应覆盖数", 11, "amount"), Column("已覆盖数", 11, "amount")]
        sums += [Column("可用穴位", 12, "amount"), Column("年需求", 12, "amount")]
        figure = Column("年限（年）", 11, "amount")
    else:
        sums = [Column("分母", 13, "amount"), Column("分子", 13, "amount")]
        figure = Column(f"数值（{unit}）", 13, "amount")
    tail = [Column(f"标准（{unit}）", 12, "amount"), Column(f"缺口（{short}）", 12, "whole")]
    return [*head, *sums, figure, *tail, Column("排名", 8, "whole"), Column("备注", 24)]


def _areas(a: Assessment, coverage: Coverage) -> Iterator[_Area]:
    """The whole, then the prefectures, then the counties, with their ranks."""
    above = prefecture_names(coverage)
    whole = coverage.units["province"].iloc[0] if len(coverage.units) else ""
    yield _Area("", "", f"{whole}合计", "", a)
    level = a.indicator.units
    levels = {"province": (), "prefecture": ("prefecture",)}.get(level, ("prefecture", "county"))
    for parent in levels:
        parts = {key: a.part(one) for key, one in coverage.by(parent).items()}
        ranks = ranks_of({code: part.figure for (code, _), part in parts.items()})
        for (code, name), part in parts.items():
            over = "" if parent == "prefecture" else above.get(code, "")
            yield _Area(parent, code, name, over, part, ranks[code])


def _row(a: Assessment, area: _Area) -> list[Any]:
    head = [area.code, area.above, area.name]
    coverage, figure, aim = area.here.coverage, area.here.figure, _aim(a)
    if coverage is None:
        raise AssertionError(a.indicator.id)  # a part of what was measured
    share = coverage.share
    sums = [number(share.total), number(share.covered)]
    if a.indicator.measure == "capacity":
        sums += [_cell(coverage.places), _cell(coverage.deaths)]
    if figure is None:
        return [*head, *sums, NONE, number(aim), None, NONE, NOT_APPLICABLE]
    shown = float(round_figure(figure, _target(a), percent=False))
    short = None if aim is None else max(0, ceil(_gap(a, coverage, aim)))
    note = "省直管" if area.code[:4] == "4290" and not area.above else ""
    return [*head, *sums, shown, number(aim), short, area.rank or None, note]


def _gap(a: Assessment, coverage: Coverage, aim: Fraction) -> Fraction:
    """What an area lacks of the norm, in what its shortfall counts in."""
    if a.indicator.measure == "capacity":
        return aim * coverage.deaths - coverage.places
    return aim * coverage.share.total / Fraction(a.indicator.per or 1) - coverage.share.covered


def _aim(a: Assessment) -> Fraction | None:
    """The norm: what the target sets, else the years that a capacity asks for."""
    if a.target is not None and a.target.value is not None:
        return Fraction(a.target.value)
    return None if a.indicator.years is None else Fraction(a.indicator.years)


def _target(a: Assessment) -> Any:
    return None if a.target is None else a.target.value


def _cell(value: Fraction) -> float | int | None:
    """An amount as it is shown: shared places and deaths a year are fractions."""
    return number(Fraction(round_figure(value, percent=False)))
