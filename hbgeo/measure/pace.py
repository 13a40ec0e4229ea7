"""How fast a figure must rise to reach its target in time, and how fast it has risen so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from hbgeo.measure.assessment import Assessment
from hbgeo.read.indicator import Target

if TYPE_CHECKING:
    from hbgeo.measure.trend import Trend

MONTH = Fraction(3652425, 120000)  # days: a twelfth of the mean year of the calendar


@dataclass(frozen=True)
class Pace:
    """What a target asks for in a month, and what was gained in one since the earlier snapshot.

    Attributes
    ----------
    needed, kept
        In what the indicator's shortfall counts in (个, 张, 平方米); None of a ratio of two
        amounts, whose two are no units, and where it cannot be told.
    needed_points, kept_points
        The same in percentage points; None of amounts.
    """

    needed: Fraction | None = None
    kept: Fraction | None = None
    needed_points: Fraction | None = None
    kept_points: Fraction | None = None


UNKNOWN = Pace()


def pace_of(a: Assessment, target: Target, trend: Trend | None = None) -> Pace:
    """The pace of one target of an indicator.

    What is needed is said of the target that is running, if it has a deadline still to come; of a
    goal in words nothing is.

    Parameters
    ----------
    trend
        What changed since the latest earlier snapshot, of the very figures of `a`; None without one.
    """
    if target.words or a.coverage is None:
        return UNKNOWN
    ratio = a.indicator.measure == "ratio" and a.indicator.per is None
    needed = None if ratio else _needed(a, target, None if a.short is None else Fraction(a.short))
    needed_points = None if a.counted else _needed(a, target, _points_short(a))
    kept, kept_points = _kept(a, trend)
    return Pace(needed, None if ratio else kept, needed_points, kept_points)


def months_between(one: date, other: date) -> Fraction:
    """How many months lie between two dates."""
    return (other - one).days / MONTH


def _needed(a: Assessment, target: Target, short: Fraction | None) -> Fraction | None:
    """What is short, by the months left; none is needed where the target is met."""
    if short is None or target.deadline is None or a.state_of(target) != "running":
        return None
    if not short:
        return Fraction(0)
    left = months_between(a.as_of, target.deadline)
    return short / left if left else None  # on the day itself no month is left to do it in


def _points_short(a: Assessment) -> Fraction | None:
    if a.target is None or a.target.pct is None or a.figure is None or a.met is None:
        return None
    return Fraction(0) if a.met else max(Fraction(0), Fraction(a.target.pct) - a.figure)


def _kept(a: Assessment, trend: Trend | None) -> tuple[Fraction | None, Fraction | None]:
    """What was gained a month on one basis, in units and in points; None where nothing compares."""
    if trend is None or trend.new != a.as_of:
        return None, None
    from hbgeo.measure.trend import Gain  # where two dates were compared it is loaded

    gain, months = trend.gains.get(a.indicator.id, Gain()), months_between(trend.old, trend.new)
    amount, points = (None if one is None else one / months for one in gain)
    return amount, points
