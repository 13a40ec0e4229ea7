"""The office's words, once: verdicts, amounts with their measure words, targets, dates, marks.

Every show says what this module says; the page gets it as finished sentences, or as templates
whose `{slots}` it fills with numbers. `prose` is running text, as official papers have it: no
commas between thousands, no spaces around numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import (
    APPROXIMATE_MARK,
    PEOPLE,
    PIECES,
    SAMPLE_MARK,
    WEIGHED,
    not_begun_words,
)
from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.rounding import points, round_figure, show_amount, show_number
from hbgeo.read.indicator import Indicator, Target

if TYPE_CHECKING:  # who compares no dates does not wait for it
    from hbgeo.measure.trend import Trend

__all__ = [
    "APPROXIMATE_MARK",
    "PEOPLE",
    "PIECES",
    "SAMPLE_MARK",
]  # said in the basis of a figure too

SAMPLE, APPROXIMATE = "示例", "近似边界"  # of a layer, in a word
NOT_A_MAP = "示例示意，非正式地图"  # where an approval number would stand, of invented data
NOT_PUBLIC = "内部工作用图 不得公开"  # of a map without one
MET = "达标"
BARELY = "未达标（不足一个单位）"
NO_TARGET, NOT_QUANTIFIED, NOT_COMPUTED = "无目标", "未量化", "不计算"
NOT_JUDGED = "不判达标"  # of one whose targets say no number, are drafts, or bind others
NO_DATA, NOT_APPLICABLE = "无法计算", "不适用"
COVERED, UNCOVERED = "已覆盖", "未覆盖"
LEGENDS = {"cover": "是否覆盖", "rate": "覆盖率", "amount": "数量"}  # by mode of the map
YEARS_LEFT = "可用年限"
ENOUGH, NOT_ENOUGH = "够 {years} 年", "不够 {years} 年"
BROKEN = UNCOVERED + "：缺{link}"  # of a chain, by its weakest missing link
DAYS_LEFT, TODAY = "还有 {days} 天", "当日"
PROPORTION = "占比"  # of one amount in another
POINTS = "个百分点"
ID = "指标代号"  # said before every id that stands where people read
NONE = "—"  # where there is no figure
# what the page fills in where a date is moved
BEHIND = "差 {gap}"
GAP = "{short} {unit}"
COUNTS = "{covered} / {total}"
DAY = "{year} 年 {month} 月 {day} 日"
AS_OF = "截至 {day}"
LACKING = NO_DATA + "：缺{what}"
NOT_RECOUNTED = "未随情景重算"
YEAR_END = "{year} 年底"
EARLIER_ONLY = "另 {count} 个{level}只报了更早年度"
EARLIER_PEOPLE = "{count} 个{level}用更早年度人口"
_SHORT = {
    "province": "省",
    "prefecture": "市州",
    "county": "县",
    "township": "乡镇",
    "village": "村",
    "hamlet": "自然村",
    "road": "道路",
}


def verdict(a: Assessment) -> str:
    """The state of an indicator: 达标, 差 12 个, 差 0.67 个百分点, 无目标, 未量化, 无法计算.

    A yearly indicator before its year: 2023 年尚未开始.

    未量化 is what the policy marks so (`quantified = false`), 无目标 what has no target otherwise.
    """
    if a.indicator.measure == "none" and not a.indicator.lacks:
        return NOT_COMPUTED
    if a.indicator.not_begun(a.as_of):
        return not_begun_words(a.indicator)
    if a.status == "no-data":
        return NO_DATA
    if a.status == "not-applicable":
        return NOT_APPLICABLE
    if a.status == "no-target":
        if not a.indicator.quantified:
            return NOT_QUANTIFIED
        return NOT_JUDGED if a.whole and a.indicator.targets else NO_TARGET
    if a.met:
        return MET
    return BEHIND.format(gap=gap(a)) if a.short else BARELY


def standing(a: Assessment) -> str:
    """The verdict, and beside it how many units it knows only from an earlier year."""
    late = len(a.coverage.basis.earlier) if a.coverage is not None else 0
    if not late:
        return verdict(a)
    by_people = is_weighed(a) or a.indicator.beside == "population"
    what = EARLIER_PEOPLE if by_people else EARLIER_ONLY
    return f"{verdict(a)}（{what.format(count=f'{late:,}', level=_SHORT[a.indicator.units])}）"


def gap(a: Assessment) -> str:
    """What is short of the target: 12 个, 1,400 户, 0.67 个百分点, 11.6 年; "" without a target."""
    if a.short is None:
        return ""
    if is_ratio(a.indicator):
        return say_points(points_short(a) or Decimal(0))
    if is_norm(a.indicator):
        return say_norm_gap(a)
    return GAP.format(short=f"{a.short:,}", unit=measure_word(a))


def is_ratio(one: Indicator) -> bool:
    """Whether its figure is the share of one amount in another, in percent."""
    return one.measure == "ratio" and one.per is None


def is_norm(one: Indicator) -> bool:
    """Whether its figure is one amount for each of another: 平方米 a hundred households, years."""
    return one.per is not None or one.measure == "capacity"


def say_norm_gap(a: Assessment) -> str:
    """What a norm is short of its target, in its own unit; never nothing where it is behind."""
    if a.figure is None or a.target is None:
        raise AssertionError(a.indicator.id)  # asked only of a figure with a target
    gap = max(Fraction(0), Fraction(a.target.value or 0) - a.figure)
    shown = Decimal(ceil(gap * 100)) / 100
    return GAP.format(short=show_amount(shown), unit=measure_word(a))


def say_points(short: Decimal | float) -> str:
    """A difference of two percentages, which is never said in the units they are made of."""
    return f"{short:.2f} {POINTS}"


def behind_template(a: Assessment) -> str:
    """The verdict on a figure that is `{short}` of its target, for a date that is still to be set."""
    return BEHIND.format(gap=GAP.replace("{unit}", measure_word(a)))


def measure_word(a: Assessment) -> str:
    """What the figure counts in: people where units are weighed, else the policy's word, or 个."""
    one = a.indicator
    return PEOPLE if is_weighed(a) else one.unit or PIECES


def short_word(a: Assessment) -> str:
    """What `short` counts in: of a norm what its numerator does (平方米, 个 of places to bury)."""
    if a.indicator.measure == "capacity":
        return PIECES
    word = measure_word(a)
    return word.split("/")[0] if a.indicator.per is not None else word


def norm_unit(a: Assessment) -> str:
    """The unit of a norm, which is no count of things; "" of other amounts."""
    return measure_word(a) if is_norm(a.indicator) else ""


def norm_headings(a: Assessment) -> tuple[str, str]:
    """What the two sums of a norm are called, numerator first."""
    return ("可用穴位", "年需求") if a.indicator.measure == "capacity" else ("分子", "分母")


def norm_sums(coverage: Coverage, *, prose: bool = False) -> tuple[str, str]:
    """The two sums of a norm, numerator first."""
    pair = (coverage.share.covered, coverage.share.total)
    if coverage.method == "capacity":
        pair = (coverage.places, coverage.deaths)
    return amount(pair[0], prose=prose), amount(pair[1], prose=prose)


def goal_unit(a: Assessment, target: Target) -> str | None:
    """What a target's number is in: %, or the word of the figure; None where it says no number."""
    if target.pct is not None:
        return "%"
    return None if target.value is None else measure_word(a)


def is_weighed(a: Assessment) -> bool:
    """Whether the figure counts people rather than units."""
    return a.indicator.measure in WEIGHED - {"capacity"} and bool(a.indicator.weight)


def behind(a: Assessment) -> Decimal:
    """The figure less its target, in percentage points; never 0.00 where it is behind."""
    target = a.target
    if a.figure is None or target is None or target.pct is None:
        raise AssertionError(a.indicator.id)  # asked only of rates with a target
    gap = a.figure - Fraction(target.pct)
    shown = points(gap)
    return Decimal("-0.01") if gap < 0 and not shown else shown


def points_short(a: Assessment) -> Decimal | None:
    """How many percentage points a rate is short of its target; None of amounts, and without one."""
    if a.counted or a.status != "measured":
        return None
    return max(Decimal(0), -behind(a))


def figure(a: Assessment) -> str:
    """The figure as a table has it: 33.73%, 23,600, or a dash."""
    return a.shown + figure_sign(a)


def figure_with_unit(a: Assessment) -> str:
    """The figure with what it counts in: 33.73%, 23,600 户."""
    plain = a.figure is not None and a.counted and not is_norm(a.indicator)
    return figure(a) + (f" {measure_word(a)}" if plain else "")


def figure_sign(a: Assessment) -> str:
    """What stands behind the number: % of a rate, 年 of a norm, nothing of an amount or a dash."""
    if a.figure is None:
        return ""
    return f" {norm_unit(a)}" * is_norm(a.indicator) if a.counted else "%"


def figure_number(a: Assessment) -> Decimal | None:
    """The figure as it is shown, as a number: no paper may differ in the last digit."""
    if a.figure is None:
        return None
    target = a.target
    aim = None if target is None else target.value if a.counted else target.pct
    return round_figure(a.figure, aim or None, percent=not a.counted)


def figure_in_prose(a: Assessment) -> str:
    """The figure in running text: 33.73%, 23600户."""
    shown = figure_number(a)
    if shown is None or not a.counted:
        return figure(a)
    return f"{show_amount(shown, grouped=False)}{measure_word(a)}"


def figure_line(a: Assessment) -> str:
    """Figure, counts, target and verdict in a line, as under the title of a map."""
    words = [figure(a)]
    if a.coverage is not None and a.share is not None and a.share.total:
        words.append(counts(a.coverage))
    if a.target is not None:
        words.append(target_until(a.target))
    return " · ".join([*words, standing(a)])


def counts(coverage: Coverage) -> str:
    """Covered of all: 311 / 922."""
    share = coverage.share
    return COUNTS.format(covered=amount(share.covered), total=amount(share.total))


def amount(value: Fraction, *, prose: bool = False) -> str:
    """An amount, rounded to at most two decimals."""
    return show_number(value, percent=False, grouped=not prose)


def part_rate(a: Assessment, pct: Fraction | None) -> str:
    """The rate of a part, without its sign; cut down at the target of the whole as its own is."""
    aim = None if a.target is None else a.target.pct
    return NONE if pct is None else show_number(pct, aim)


def share_cells(a: Assessment, share: Share) -> tuple[str, str, str]:
    """What a list of areas says of one: uncovered, all, and the rate."""
    left = amount(share.total - share.covered)
    return left, amount(share.total), part_rate(a, share.pct) + "%" * (share.pct is not None)


def legend_title(mode: str, one: Indicator) -> str:
    """What the classes of a map are classes of."""
    if mode == "norm":
        return YEARS_LEFT if one.measure == "capacity" else one.unit
    return PROPORTION if mode == "rate" and one.measure == "ratio" else LEGENDS[mode]


def goal(target: Target, *, prose: bool = False) -> str:
    """What a target asks for: 35%, 10,000."""
    if target.words:
        return target.words
    if target.pct is not None:
        return f"{show_amount(target.pct)}%"
    return "" if target.value is None else show_amount(target.value, grouped=not prose)


def goal_in_prose(a: Assessment, target: Target) -> str:
    """What a target asks for, in running text: 35%, 10000张."""
    return goal(target, prose=True) + (measure_word(a) if a.counted else "")


def target_words(target: Target) -> str:
    """A target in words: 目标 35%."""
    return f"目标 {goal(target)}"


def target_until(target: Target) -> str:
    """A target with its deadline: 目标 35%(2023 年 12 月 31 日前)."""
    until = f"（{day(target.deadline)}前）" if target.deadline else ""
    return target_words(target) + until


def target_source(target: Target) -> str:
    """The document behind a target."""
    return f"目标依据：{target.source}"


def lacking_in_short(a: Assessment) -> str:
    """What an indicator lacks, without how to write it into the catalogue."""
    return "、".join(
        what.partition("（")[0] if "catalog.toml" in what else what for what in a.missing
    )


def lacking(a: Assessment) -> str:
    """Why an indicator cannot be computed, by its name."""
    return f"{a.indicator.full_name}：{NO_DATA}，缺少{'、'.join(a.missing)}"


def day(when: date, *, prose: bool = False) -> str:
    """A date: 2023 年 12 月 31 日."""
    said = DAY.format(year=when.year, month=when.month, day=when.day)
    return said.replace(" ", "") if prose else said


def due(when: date, *, prose: bool = False) -> str:
    """A deadline in short: 2023 年底, else the day."""
    if (when.month, when.day) != (12, 31):
        return day(when, prose=prose)
    said = YEAR_END.format(year=when.year)
    return said.replace(" ", "") if prose else said


def days_left(days: int, *, prose: bool = False) -> str:
    """How far a deadline is: 已过, 当日, 还有 731 天."""
    if days < 0:
        return "已过"
    if days == 0:
        return "已到" if prose else TODAY
    return f"还有{days}天" if prose else DAYS_LEFT.format(days=f"{days:,}")


def is_norm_change(row: Mapping[str, Any]) -> bool:
    """Whether a row of `Trend.changes` is of a norm: a quotient in its own unit, of no total."""
    given = [row[f"{end}_value"] for end in ("old", "new")]
    return row["measure"] == "ratio" and not all(map(pd.isna, given))


def names_in(trend: Trend) -> dict[str, str]:
    """The names of the indicators that changed, by id: people read names."""
    return dict(zip(trend.changes["indicator"], trend.changes["name"], strict=True))


def mark_of(coverage: Coverage) -> str:
    """What must be said of a figure: invented data, approximate boundaries."""
    return join_marks([coverage.basis])


def marks(assessments: Sequence[Assessment]) -> str:
    """What must be said of all figures: invented data, approximate boundaries."""
    return join_marks([a.coverage.basis for a in assessments if a.coverage is not None])


def join_marks(bases: Sequence[Basis]) -> str:
    """The marks that any of some grounds asks for."""
    sample, approximate = any(b.sample for b in bases), any(b.approximate for b in bases)
    return "；".join(which_marks(sample=sample, approximate=approximate))


def which_marks(*, sample: bool, approximate: bool) -> list[str]:
    """The marks, each where it applies."""
    return [SAMPLE_MARK] * sample + [APPROXIMATE_MARK] * approximate


def no_approval(*, sample: bool) -> str:
    """What stands where a map has no approval number (审图号) of its own."""
    return NOT_A_MAP if sample else NOT_PUBLIC
