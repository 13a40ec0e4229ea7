"""What a plan promises: its sites in the order they pay off, the figure before and after, and the proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Share
from hbgeo.read.indicator import Target

AREA_COLUMNS = ["county_code", "county", "sites", "total", "before", "after"]


@dataclass(frozen=True)
class PlannedSite:
    """One site of a plan.

    Attributes
    ----------
    order
        From 1: the one that adds most first.
    unit_code
        The unit of the indicator's level in which it stands; "" for none.
    gain
        What it adds to those before it, in what the figure counts.
    people
        How many people live in the units it adds; None where that is not known.
    covered_after
        Covered by what exists and all sites up to this one.
    loss, low, high
        What is lost if it is refused and all is planned anew: exactly, None where that is not
        proven, and between what. `replacement` is the id of the site to take then, "" for none.
    mark
        可换, 代价小 or 不可少.
    fixed
        Whether it was asked for.
    waiting
        Facilities under way or planned already that would do the same.
    """

    order: int
    id: str
    name: str
    x: float
    y: float
    unit_code: str
    county_code: str
    county: str
    township: str
    gain: Fraction
    people: Fraction | None
    covered_after: Fraction
    loss: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    replacement: str = ""
    mark: str = ""
    fixed: bool = False
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class OtherPlan:
    """One of the best plans, by the ids of its sites; `people` whom it adds, where that is known."""

    sites: tuple[str, ...]
    covered: Fraction
    bound: Fraction | None
    proven: str
    people: Fraction | None = None


@dataclass(frozen=True)
class ReadBack:
    """What `stats` gives once the file is a layer: under which states, and the figure."""

    status: str
    share: Share
    own: int  # facilities planned already, which these states count too


@dataclass(frozen=True)
class Plan:
    """A plan for one indicator, and all that must be said of it.

    Attributes
    ----------
    assessment
        The indicator as it stands now.
    model
        `mclp` (most covered by so many), `partial` (fewest for so much), `lscp` (fewest for all
        that can be covered).
    goal, reach
        What was asked, and what near means, in words.
    target
        The policy's target that it is to reach; None where none was asked for.
    aim
        Percent to be reached; None where none was.
    counts
        What the figure counts in: 个, 人.
    before
        Covered and total as things stand.
    bound, gap, solver_bound, proven, nodes
        The proof (see `siting.Sites`); bounds are of what is covered, of `partial` and `lscp` of how many
        sites.
    areas
        `AREA_COLUMNS`, a row a county that has something to cover.
    unneeded
        Sites that were asked for beyond what any can add.
    unreachable
        What neither a candidate nor anything existing covers, by id.
    lines
        The ground of the plan in sentences, beside the basis of the figure.
    rows
        The layer to be written, a row a site.
    near
        Whether it is asked who is near, not which unit has a facility.
    loss_counts
        What the losses count in: 个, 人.
    names
        Id → name of the sites that are spoken of.
    """

    assessment: Assessment
    model: str
    goal: str
    reach: str
    counts: str
    before: Share
    sites: tuple[PlannedSite, ...]
    covered: Fraction
    bound: Fraction | None
    gap: Fraction | None
    solver_bound: float | None
    proven: str
    nodes: int
    areas: pd.DataFrame
    rows: pd.DataFrame
    aim: Decimal | None = None
    target: Target | None = None
    unneeded: int = 0
    unreachable: tuple[str, ...] = ()
    others: tuple[OtherPlan, ...] = ()
    lines: tuple[str, ...] = ()
    read_back: ReadBack | None = None
    sample: bool = False
    approximate: bool = False
    near: bool = False
    loss_counts: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def total(self) -> Fraction:
        """All there is to cover."""
        return self.before.total

    def pct(self, covered: Fraction) -> Fraction | None:
        """Percent of all; None where there is nothing to cover."""
        return Share(covered, self.total).pct
