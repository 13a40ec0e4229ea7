"""An indicator held against its target: how far it is, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hbgeo.arrays import Ints
from hbgeo.measure.basis_words import basis_lines_of
from hbgeo.measure.coverage import Coverage, Share
from hbgeo.measure.lazily import Lazily
from hbgeo.measure.rounding import show_number
from hbgeo.read.indicator import PROVINCE, Indicator, Target

if TYPE_CHECKING:
    from hbgeo.measure.chain import Chain
    from hbgeo.measure.counting import Case
    from hbgeo.measure.pairs import Serving

TOLERANCE = Fraction(1, 10**9)  # fractional cover this near a target is not called met


@dataclass(frozen=True)
class Assessment:
    """One indicator, its coverage as of a date, and what is missing where it has none.

    Attributes
    ----------
    coverage
        None where the indicator cannot be computed; `missing` then names what it lacks.
    whole
        False where only a part of the workspace was asked for.
    scope
        Whose targets bind the figure: `province`, or the code of the county or prefecture that it
        is of; "" for a part of another figure, which none binds.
    """

    indicator: Indicator
    as_of: date
    coverage: Coverage | None
    missing: tuple[str, ...] = ()
    whole: bool = True
    scope: str = PROVINCE

    def part(self, coverage: Coverage) -> Assessment:
        """The same of a part of its units, which no target binds."""
        return replace(self, coverage=coverage, whole=False, scope="")

    @property
    def target(self) -> Target | None:
        """The binding target that holds: the first that is not past on `as_of`, else the last.

        Only a number binds that is no draft and is set for what the figure is of.
        """
        if not self.indicator.quantified:
            return None
        binding = [t for t in self.indicator.targets if t.binds(self.scope)]
        binding.sort(key=lambda t: t.deadline or date.max)
        ahead = [t for t in binding if t.is_ahead(self.as_of)]
        return next(iter(ahead or binding[-1:]), None)

    def state_of(self, target: Target) -> str:
        """How one of its targets stands: `passed`, `running` (the one that holds) or `coming`."""
        if not target.is_ahead(self.as_of):
            return "passed"
        return "running" if target.deadline is None or target == self.target else "coming"

    def days_to(self, target: Target) -> int | None:
        """Days from `as_of` to a target's deadline, negative once it is past; None without one."""
        return None if target.deadline is None else (target.deadline - self.as_of).days

    @property
    def counted(self) -> bool:
        """Whether the figure is an amount in its own unit rather than a percentage."""
        return self.indicator.counted

    @property
    def share(self) -> Share | None:
        """Covered and total, of a ratio numerator and denominator; None of plain amounts."""
        if self.coverage is None or self.indicator.measure in {"count", "sum"}:
            return None
        return self.coverage.share

    @property
    def figure(self) -> Fraction | None:
        """The figure in the indicator's own unit: percent, or an amount; None without one."""
        if self.coverage is None:
            return None
        if not self.counted:
            return self.coverage.share.pct
        if self.indicator.per is not None:
            pct = self.coverage.share.pct
            return None if pct is None else pct * Fraction(self.indicator.per) / 100
        if self.indicator.measure == "capacity":
            return self.coverage.years_left
        return self.coverage.value

    @property
    def shown(self) -> str:
        """The figure as people read it, — where there is none (see `show_number`)."""
        return "—" if self.figure is None else self.show(self.figure)

    def show(self, figure: Fraction) -> str:
        """A figure of this indicator as people read it on `as_of`, beside the target of that day."""
        goal = self.target and (self.target.value if self.counted else self.target.pct)
        return show_number(figure, goal or None, percent=not self.counted)

    @property
    def status(self) -> str:
        """One of measured, no-target, no-data (which wins), not-applicable (0 of 0)."""
        if self.coverage is None:
            return "no-data"
        if self.figure is None:
            return "not-applicable"
        return "measured" if self.target else "no-target"

    @property
    def short(self) -> int | None:
        """How many are still missing for the target, rounded up to whole ones; 0 when met."""
        gap = self._gap()
        return None if gap is None else max(0, ceil(gap))

    @property
    def met(self) -> bool | None:
        """Whether the target is reached in exact arithmetic; None where there is nothing to say."""
        gap = self._gap()
        if gap is None or self.coverage is None:
            return None
        inexact = not self.counted and not self.coverage.share.exact
        return bool(gap <= -TOLERANCE * self.coverage.share.total if inexact else gap <= 0)

    @property
    def basis_lines(self) -> list[str]:
        """The ground of the figure (口径), in sentences."""
        if self.coverage is None:
            return [f"无法计算：缺少{'、'.join(self.missing)}。"]
        return basis_lines_of(self.indicator, self.coverage)

    def _gap(self) -> Fraction | None:
        """What the target still asks for, in covered demand or in the amount, of a norm in its numerator; None without one."""
        target = self.target
        if self.status != "measured" or self.coverage is None or target is None:
            return None
        share, goal = self.coverage.share, Fraction(target.value or target.pct or 0)
        if self.indicator.per is not None:
            return goal * share.total / Fraction(self.indicator.per) - share.covered
        if self.indicator.measure == "capacity":
            return goal * self.coverage.deaths - self.coverage.places
        if self.counted:
            return goal - self.coverage.value
        return goal * share.total / 100 - share.covered


@dataclass(frozen=True)
class Measured:
    """Assessments, and the facilities that they rest on, by the indicator's id.

    The figures are in `assessments`; no facility is. Each table is there for the indicators that
    have one.

    Attributes
    ----------
    serving
        Who serves whom.
    qualified
        Every facility that counts, by id: `name`, `x`, `y`, `named` (the unit of this level that
        its row names), `served`, `ways` (bits of how it may reach a unit); empty for tables.
    nearest
        Indexed by unit code: `nearest_id`, `nearest_name`, `nearest_km`, `nearest_status` of the
        nearest working facility that qualifies, in any unit; where it was asked for.
    waiting
        The facilities that would count but do not work (在建, 停用, no opening date), one row a
        unit they would reach: `unit`, `facility`, `name`, `status`, `since`; with `nearest` only.
    cases
        What each was measured on, for those who ask more of it (`measure.doubt`).
    rows
        Which rows of the ledger those of `qualified` are, by position, where `serving` counts those.
    known
        What `reach` gives of figures that were kept.
    prints
        The fingerprint of all that each rests on, and under `EVERY` (`measure.prints`) of what all
        do; with `nearest` only.
    """

    assessments: list[Assessment] = field(default_factory=list)
    serving: Lazily[Serving] = field(default_factory=Lazily)
    qualified: Lazily[pd.DataFrame] = field(default_factory=Lazily)
    nearest: Lazily[pd.DataFrame] = field(default_factory=Lazily)
    waiting: Lazily[pd.DataFrame] = field(default_factory=Lazily)
    beyond: dict[str, tuple[str, ...]] = field(default_factory=dict)
    cases: Lazily[Case | Chain] = field(default_factory=Lazily)
    rows: dict[str, Ints] = field(default_factory=dict)
    prints: dict[str, str] = field(default_factory=dict)
    known: dict[str, tuple[Ints, Ints]] = field(default_factory=dict)

    @property
    def links(self) -> dict[str, pd.DataFrame]:
        """Who serves whom as tables: `unit` (code), `facility` (id), `via` (the ways, joined by "+")."""
        return {one: serving.table for one, serving in self.serving.items()}

    @property
    def asked(self) -> dict[str, Indicator]:
        """What each that has a figure asks, by its id."""
        of = {a.indicator.id: a.indicator for a in self.assessments}
        return {one: of[one] if one in of else self.cases[one].one for one in self.cases}

    def reach(self, one: str, units: pd.Index) -> tuple[Ints, Ints]:
        """Of each pair of an indicator where its unit stands among `units`, those of its figure, and where its facility among those that count; -1 for nowhere."""
        if one in self.known:
            return self.known[one]
        return self.serving[one].at(units), self.counted_at(one)

    def counted_at(self, one: str) -> Ints:
        """Where the facility of each pair of an indicator stands among those that count; -1 where it does not."""
        serving, qualified = self.serving[one], self.qualified[one]
        if one not in self.rows:
            return serving.standing(qualified.index)
        place = np.full(len(serving.facilities), -1, dtype=np.int32)
        place[self.rows[one]] = np.arange(len(qualified), dtype=np.int32)
        return place[serving.pairs.facility]
