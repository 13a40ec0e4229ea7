"""How much room is missing to so many years of burial, by Hubei's limits for graves of ashes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil

from hbgeo.measure.basis import some_of
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import show_number
from hbgeo.read.indicator import Indicator

# square metres of a grave of one and of two, at most: eight departments of Hubei, 2020-10-21
SINGLE_M2, DOUBLE_M2 = Decimal("0.5"), Decimal("0.8")


def missing_places(coverage: Coverage, years: Decimal) -> int:
    """How many places all units together lack to so many years, rounded up; 0 where none."""
    return max(0, ceil(Fraction(years) * coverage.deaths - coverage.places))


def missing_area(places: int) -> tuple[Decimal, Decimal]:
    """Square metres of so many graves, of the least size and of the greatest."""
    return places * SINGLE_M2, places * DOUBLE_M2


def said_places(one: Indicator, coverage: Coverage) -> list[str]:
    """Places, deaths a year, years and what is missing, in sentences; nothing of other measures."""
    if one.measure != "capacity" or one.years is None:
        return []
    left, asked = _plain(coverage.places), _plain(coverage.deaths)
    years = coverage.years_left
    last = ""
    if years is not None:
        last = f"，可用 {show_number(years, one.years, percent=False)} 年"
    lines = [f"尚余穴位（格位）{left} 个，每年需 {asked} 个{last}。"]
    if lack := missing_places(coverage, one.years):
        least, most = map(_plain, map(Fraction, missing_area(lack)))
        sizes = f"单人 {SINGLE_M2}、合葬每穴 {DOUBLE_M2} 平方米"
        lines.append(
            f"距 {one.years:f} 年缺 {lack:,} 个穴位，约需 {least}–{most} 平方米（{sizes}）。"
        )
    basis = coverage.basis
    if basis.unknown:
        lines.append(
            f"余量不明（缺总数或已用数）、不计其穴位的设施 {len(basis.unknown):,} 个：{some_of(basis.unknown)}。"
        )
    if basis.unplaced:
        lines.append(
            f"余量不在任何单元（不在境内、也没有可分摊的人口）的设施 {len(basis.unplaced):,} 个：{some_of(basis.unplaced)}。"
        )
    return [*lines, *(f"{said}。" for said in basis.assumed)]


def _plain(value: Fraction) -> str:
    return show_number(value, percent=False)
