"""What siting answers: the sites chosen, what they are worth, and how well that is proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from hbgeo.measure.siting.tree import Tree

CERTIFICATE, SOLVER, UNPROVEN = "certificate", "solver", "no"
SWAP, CHEAP, NEEDED = "可换", "代价小", "不可少"
_CHEAP = Fraction(1, 100)  # of what the plan gains


@dataclass(frozen=True)
class Sites:
    """A plan: which sites, what they reach, and the proof.

    Attributes
    ----------
    model
        `mclp`, `partial`, `lscp`, `backup`, `capacity`, `p-median` or `p-center`.
    chosen
        Columns of the sites, ascending.
    value
        The objective, recomputed from the chosen sites and exact: the covered weight (mclp), the
        number of sites (partial, lscp), the weight covered twice (backup) or served (capacity),
        the weighted cost (p-median), the greatest cost (p-center).
    bound
        What no plan can beat, from hbgeo's own exact arithmetic; coarse for capacity and backup.
    proven
        `certificate` where `bound` meets `value`; `solver` where only HiGHS says optimal; else `no`.
    solver_bound
        The bound that HiGHS gave, where it was asked.
    covered, total
        Weight that the sites and what exists cover, and all there is.
    unreachable
        Rows of demand that no admissible site and nothing existing covers.
    then
        Of partial: the same for the second question, which of the plans with so few sites covers
        most.
    tree
        The branching that proves `bound`.
    nodes
        How many linear programmes were solved.
    """

    model: str
    chosen: tuple[int, ...]
    value: Fraction
    bound: Fraction
    proven: str
    solver_bound: float | None = None
    covered: Fraction = Fraction(0)
    total: Fraction = Fraction(0)
    unreachable: tuple[int, ...] = ()
    then: Sites | None = None
    tree: Tree | None = field(default=None, repr=False)
    nodes: int = 0

    @property
    def pct(self) -> Fraction | None:
        """Percent of all weight that is covered; None where there is none."""
        return 100 * self.covered / self.total if self.total else None

    @property
    def gap(self) -> Fraction:
        """How far the own bound is from the value."""
        return abs(self.bound - self.value)


@dataclass(frozen=True)
class Loss:
    """What it costs if a chosen site cannot be had and as many others are taken, or all there are.

    Attributes
    ----------
    site
        Its column.
    loss
        Weight lost against the best plan, where that is proven; else None.
    low, high
        Between what bounds it lies. Where no plan of so many others reaches what was asked: from
        nothing to what the rest of the plan alone loses.
    replacement
        The site that stands in best while all others stay; None where none is left.
    mark
        可换 (nothing is lost), 代价小 (at most a hundredth of the gain) or 不可少.
    """

    site: int
    loss: Fraction | None
    low: Fraction
    high: Fraction
    replacement: int | None
    mark: str


def mark_of(loss: Fraction, gained: Fraction) -> str:
    """Say in the office's words how hard a site is to give up."""
    if loss <= 0:
        return SWAP
    return CHEAP if loss <= _CHEAP * gained else NEEDED
