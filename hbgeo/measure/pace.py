"""How fast a figure must rise to reach its target in time, and how fast it has risen so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.trend import Trend
from hbgeo.read.cell.decimals import exact
from hbgeo.read.indicator import Target

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
    if trend is None or trend.new != a.as_of or a.indicator.id not in trend.compared:
        return None, None
    months = months_between(trend.old, trend.new)
    rows = trend.changes[trend.changes["indicator"] == a.indicator.id].to_dict("records")
    if not rows:  # it stayed as it was
        return Fraction(0), None if a.counted else Fraction(0)
    [row] = rows
    if row["old_indicator"] != a.indicator.id:
        return None, None  # compared with another year's, or with none
    gained, points = _gained(a, row), None if a.counted else _points(row)
    kept = None if gained is None else gained / months
    return kept, None if points is None else points / months


def _gained(a: Assessment, row: Mapping[str, Any]) -> Fraction | None:
    """What was gained, in what the shortfall counts in: of a norm in its numerator."""
    if a.indicator.per is not None:
        ends = (row["new_covered"], row["old_covered"])
    elif a.indicator.measure == "capacity":
        ends = (row.get("new_places"), row.get("old_places"))
    else:
        ends = (row["change"], 0)
    return None if any(map(_absent, ends)) else exact(ends[0]) - exact(ends[1])


def _points(row: Mapping[str, Any]) -> Fraction | None:
    """The difference of two percentages, not rounded."""
    ends = [(row[f"{end}_covered"], row[f"{end}_total"]) for end in ("new", "old")]
    if any(_absent(value) for end in ends for value in end) or not all(total for _, total in ends):
        return None
    now, was = (100 * exact(covered) / exact(total) for covered, total in ends)
    return now - was


def _absent(value: Any) -> bool:
    return value is None or value != value  # NaN is not itself
