"""The least and the greatest of what units cover, over all combinations of readings, in integers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.always import always_covered, ever_covered
from hbgeo.measure.doubt.extreme import both, settled
from hbgeo.measure.doubt.question import CoverQuestion, Span, Whole
from hbgeo.measure.doubt.share import share_span
from hbgeo.measure.doubt.terms import margin, objective


@dataclass(frozen=True)
class CoverBounds:
    """What can be made of the units, altogether and by group.

    Attributes
    ----------
    covered, total, pct
        Spans of covered demand, of the denominator, and of their percentage.
    groups, group_totals, group_pcts
        The same of the units of each group.
    unit_low, unit_high
        By unit: whether it is counted and covered under every combination, under any.
    largest
        Rows in doubt of the largest component that had to be searched.
    """

    covered: Span
    total: Span
    pct: Span
    groups: list[Span]
    group_totals: list[Span]
    group_pcts: list[Span]
    unit_low: Mask
    unit_high: Mask
    largest: int

    @property
    def exact(self) -> bool:
        """Whether every span is reached."""
        spans = [self.covered, self.total, self.pct]
        return all(s.exact for s in spans + self.groups + self.group_totals + self.group_pcts)


@dataclass(frozen=True)
class Margins:
    """The least and the greatest of `100·covered - pct·total`.

    `low` and `high` enclose all combinations; `least` and `most` are reached by some.
    """

    low: Fraction
    high: Fraction
    least: Fraction
    most: Fraction

    @property
    def firm(self) -> bool | None:
        """Whether all combinations are on one side of the target; None where that is not known."""
        if self.low >= 0 or self.high < 0:
            return True
        return False if self.least < 0 <= self.most else None


def cover_span(question: CoverQuestion, group: Whole | None = None) -> CoverBounds:
    """Bound covered demand, the denominator and their percentage, of all units and of groups.

    Parameters
    ----------
    question
        What the readings fill.
    group
        By unit a number from 0, -1 in no group.

    Returns
    -------
    bounds
        Exact where it says so; never inside what some combination reaches.
    """
    covered = both(question, objective(question, 1, 0), group)
    doubtful = (question.member >= 0).any()  # else no reading changes which units count
    counted = (
        both(question, objective(question, 0, 1), group) if doubtful else settled(question, group)
    )
    whole, groups = share_span(question, covered, counted, group)
    return CoverBounds(
        covered=covered.span(question.per),
        total=counted.span(question.per),
        pct=whole,
        groups=covered.spans(question.per),
        group_totals=counted.spans(question.per),
        group_pcts=groups,
        unit_low=always_covered(question),
        unit_high=ever_covered(question),
        largest=max(e.largest for b in (covered, counted) for e in (b.down, b.up)),
    )


def firm_by(bounds: CoverBounds, pct: Fraction) -> bool | None:
    """Whether the conclusion holds, from bounds with one denominator; None where they do not tell."""
    low, high, total = bounds.covered.low, bounds.covered.high, bounds.total
    if low is None or high is None or total.low is None or total.low != total.high:
        return None
    need = pct * total.low
    if 100 * low >= need or 100 * high < need:
        return True
    return False if bounds.covered.exact else None


def margin_span(question: CoverQuestion, pct: Fraction) -> Margins:
    """Bound `100·covered - pct·total`, of which the sign says whether the target is met."""
    ends = both(question, margin(question, pct))
    values = [-ends.down.bound, ends.up.bound, -ends.down.value, ends.up.value]
    return Margins(*(Fraction(v, pct.denominator * question.per) for v in values))
