"""Everything that is asked of one question at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hbgeo.measure.doubt.alone import Alone, alone
from hbgeo.measure.doubt.bounds import CoverBounds, cover_span, firm_by, margin_span
from hbgeo.measure.doubt.question import CoverQuestion, Fewest, SumQuestion, Whole
from hbgeo.measure.doubt.settling import settling_set
from hbgeo.measure.doubt.sums import SumBounds, sum_margins, sum_span
from hbgeo.measure.doubt.turning import turning_set


@dataclass(frozen=True)
class Answer:
    """What a question comes to.

    Attributes
    ----------
    bounds
        Of the figure, of groups and of units.
    firm
        Whether the conclusion holds under every combination: True is proved, False if some
        combination turns it, None where that is open or no target was given.
    turning, settling
        The fewest rows that turn the conclusion, or settle it; None without a target, or where firm.
    alone
        By chooser what it could change alone.
    """

    bounds: CoverBounds | SumBounds
    firm: bool | None
    alone: Alone
    turning: Fewest | None = None
    settling: Fewest | None = None

    @property
    def largest(self) -> int:
        """Choosers of the largest component that had to be searched."""
        return self.bounds.largest

    @property
    def exact(self) -> bool:
        """Whether all bounds are reached."""
        return self.bounds.exact


def answer(
    question: CoverQuestion | SumQuestion,
    *,
    pct: Fraction | None = None,
    value: Fraction | None = None,
    group: Whole | None = None,
) -> Answer:
    """Answer everything about a question.

    Parameters
    ----------
    question
        Of coverage or of sums.
    pct, value
        The target: a percentage (coverage, ratio), or a value (count, sum).
    group
        By unit a number from 0, -1 in no group.
    """
    target = pct if pct is not None else value
    firm: bool | None = None
    if isinstance(question, CoverQuestion):
        bounds: CoverBounds | SumBounds = (covered := cover_span(question, group))
        if target is not None:
            firm = firm_by(covered, target)
            firm = margin_span(question, target).firm if firm is None else firm
    else:
        bounds = sum_span(question, group)
        firm = None if target is None else sum_margins(question, target).firm
    single = alone(question, target)
    if target is None or firm:
        return Answer(bounds, firm, single)
    return Answer(
        bounds, firm, single, turning_set(question, target), settling_set(question, target)
    )
