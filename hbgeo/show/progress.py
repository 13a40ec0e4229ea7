"""The course of the targets in the office's words: each in its time, how it stands, at what pace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.pace import Pace, pace_of
from hbgeo.measure.rounding import round_figure, show_amount
from hbgeo.measure.trend import Trend
from hbgeo.read.indicator import NATION, PROVINCE, Target
from hbgeo.show import words

STATES = {"passed": "已过", "running": "执行中", "coming": "将到"}
SCOPES = {PROVINCE: "全省", NATION: "全国"}
DRAFT, NO_DEADLINE = "草案", "未写期限"
RELIABILITY = "可靠程度 {reliability}"
NO_NAMES: Mapping[str, str] = MappingProxyType({})  # of counties and prefectures, by code
NEEDED, KEPT = "每月须增", "现每月增"
_DIGITS, _POINT_DIGITS = 1, 2  # of a pace in units, and in percentage points


def in_time(targets: Sequence[Target]) -> list[Target]:
    """Targets in the order of their deadlines, those without one last."""
    return sorted(targets, key=lambda t: t.deadline or date.max)


def scope_words(target: Target, names: Mapping[str, str] = NO_NAMES) -> str:
    """Whom a target binds: 全省, 全国, or a county or prefecture by its name, or else its code."""
    return SCOPES.get(target.scope) or names.get(target.scope, target.scope)


def marks_of(
    target: Target, names: Mapping[str, str] = NO_NAMES, *, scope: str = PROVINCE
) -> list[str]:
    """What must stand beside a target that does not bind where it is shown: 草案, 全国, a name."""
    return [DRAFT] * target.draft + [scope_words(target, names)] * (target.scope != scope)


def goal_said(a: Assessment, target: Target) -> str:
    """What a target asks for, with its unit: 35%, 540,000 张, 基本建成."""
    said = words.goal(target)
    return said if target.value is None else f"{said} {words.measure_word(a)}"


def goal_words(a: Assessment, target: Target) -> str:
    """The same with the marks of the target: 73%(草案、全国)."""
    return with_marks(goal_said(a, target), a, target)


def with_marks(goal: str, a: Assessment, target: Target) -> str:
    """A goal, and what keeps it from binding the figure: 73%(草案、全国)."""
    marks = "、".join(marks_of(target, scope=a.scope or target.scope))
    return f"{goal}（{marks}）" if marks else goal


def state_words(a: Assessment, target: Target) -> str:
    """How a target stands on the date, in a word: 已过, 执行中, 将到."""
    return STATES[a.state_of(target)]


def standing_words(a: Assessment, target: Target) -> str:
    """The same with the days to its deadline: 已过, 执行中 · 还有 34 天, 将到 · 还有 399 天."""
    days = a.days_to(target)
    left = words.days_left(days) if days is not None and days >= 0 else ""
    return " · ".join(filter(None, [state_words(a, target), left]))


def pace_unit(a: Assessment) -> str:
    """What a pace counts in: as the shortfall does, of a ratio of two amounts 百分点."""
    return words.POINTS.removeprefix(words.PIECES) if _in_points(a) else words.short_word(a)


def shown_pace(a: Assessment, pace: Pace) -> tuple[Decimal | None, Decimal | None]:
    """Needed and kept, as they are shown in `pace_unit`: needed rounded up, kept half up."""
    if _in_points(a):
        return _up(pace.needed_points, _POINT_DIGITS), _half_up(pace.kept_points, _POINT_DIGITS)
    return _up(pace.needed, _DIGITS), _half_up(pace.kept, _DIGITS)


def pace_words(a: Assessment, pace: Pace, *, prose: bool = False) -> str:
    """Needed and kept in a phrase: 每月须增 2.4 个(现每月增 0.8 个); "" where nothing is needed."""
    needed, kept = shown_pace(a, pace)
    if not needed:
        return ""
    said = NEEDED + _with_unit(a, needed, prose=prose)
    return said if kept is None else f"{said}（{_kept_words(a, kept, prose=prose)}）"


def pace_line(a: Assessment, trend: Trend | None, *, prose: bool = False) -> str:
    """The pace of the target that holds; "" where none is needed or can be told."""
    return "" if a.target is None else pace_words(a, pace_of(a, a.target, trend), prose=prose)


def next_target(a: Assessment) -> Target | None:
    """The binding target that follows the one that runs; None where none does."""
    if a.target is None or a.target.deadline is None or not a.target.is_ahead(a.as_of):
        return None
    coming = [t for t in a.indicator.targets if t.binds(a.scope) and a.state_of(t) == "coming"]
    return next(iter(in_time(coming)), None)


def _in_points(a: Assessment) -> bool:
    return words.is_ratio(a.indicator)


def _with_unit(a: Assessment, amount: Decimal, *, prose: bool) -> str:
    shown = (
        f"{amount:.{_POINT_DIGITS}f}" if _in_points(a) else show_amount(amount, grouped=not prose)
    )
    unit = words.POINTS if _in_points(a) else words.short_word(a)
    return f"{shown}{unit}" if prose else f" {shown} {unit}"


def _kept_words(a: Assessment, kept: Decimal, *, prose: bool) -> str:
    way = "减" if kept < 0 else "增"
    return f"现每月{way}" + _with_unit(a, abs(kept), prose=prose)


def _up(rate: Fraction | None, digits: int) -> Decimal | None:
    if rate is None:
        return None
    scaled = -(-rate.numerator * 10**digits // rate.denominator)  # whole steps, upwards
    return Decimal(scaled).scaleb(-digits)


def _half_up(rate: Fraction | None, digits: int) -> Decimal | None:
    return None if rate is None else round_figure(rate, percent=False, digits=digits) + 0  # no −0
