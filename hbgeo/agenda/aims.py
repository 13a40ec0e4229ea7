"""What is aimed at: the indicators whose target is still open, and the units that they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.agenda import Unit
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.cases import find_case
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.options import Options
from hbgeo.measure.tasks import has_tasks, is_due
from hbgeo.plan.demand import coverage_of
from hbgeo.read.cell.decimals import exact
from hbgeo.read.indicator import Target
from hbgeo.workspace import Workspace


@dataclass(frozen=True)
class Aim:
    """An indicator, the target that is still open, and what it counts.

    Attributes
    ----------
    one
        Its figure in the part that was asked for.
    target
        The next target that is not reached; None where it is named but has none.
    bound
        The figure that this target binds: of the part itself, or of the whole.
    case
        What it is measured on; None of a chain.
    open
        The units not covered → what each counts for, exact.
    """

    one: Assessment
    target: Target | None
    bound: Assessment
    case: Case | None
    open: dict[str, Fraction]

    @property
    def id(self) -> str:
        """The id of the indicator."""
        return self.one.indicator.id

    @property
    def units(self) -> pd.DataFrame:
        """The units that count."""
        return coverage_of(self.one).units

    @property
    def short(self) -> Fraction:
        """How much covered demand is missing to the target; 0 without one."""
        if self.target is None:
            return Fraction(0)
        share = coverage_of(self.bound).share
        return Fraction(self.target.pct or 0) * share.total / 100 - share.covered

    @property
    def by_presence(self) -> bool:
        """Whether a row that works covers a unit: not so of what is under way, or of one year's rows."""
        one = self.one.indicator
        if self.case is None or one.measure != "presence" or one.year is not None:
            return False
        counting = self.case.layer.kind.counting
        return counting is not None and counting.states[0] in (one.status or counting.states)


@dataclass(frozen=True)
class Aims:
    """What is aimed at, in the policy's order, and what the figures rest on."""

    aims: tuple[Aim, ...]
    measured: Measured
    context: Context

    @property
    def weights(self) -> dict[Unit, Fraction]:
        """The units not covered of every aim → what each counts for."""
        return {(aim.id, code): weight for aim in self.aims for code, weight in aim.open.items()}

    @property
    def short(self) -> dict[str, Fraction]:
        """How much is missing of each aim."""
        return {aim.id: aim.short for aim in self.aims}

    def of_layer(self, key: str) -> list[Aim]:
        """The aims that a row of a layer, once it counts, can bring nearer."""
        return [a for a in self.aims if a.by_presence and a.one.indicator.layer == key]

    @property
    def layers(self) -> list[str]:
        """The layers whose rows can bring an aim nearer, in the order of the aims."""
        return list(dict.fromkeys(a.one.indicator.layer for a in self.aims if a.by_presence))


def find_aims(workspace: Workspace, names: Sequence[str], options: Options) -> Aims:
    """Measure what is named, or everything, and keep what is not reached yet.

    Unnamed, these are the indicators of which 督办单 are given out, and those that miss a target of
    the part that was asked for.

    Raises
    ------
    RequestError
        If what is named says of no unit whether it is covered.
    """
    workspace = workspace.at(options.as_of)
    measured = workspace.measure(names, options=options, with_nearest=True)
    wholes = measured.assessments
    if options.within:
        wholes = workspace.assess(names, options=replace(options, within=""))
    context = Context(workspace, options, workspace.placements)
    aims = []
    for one, whole in zip(measured.assessments, wholes, strict=True):
        due = is_due(whole) or is_due(one) or bool(names)
        if due and has_tasks(one) and has_tasks(whole):
            aims.append(_aim(one, whole, context))
    if names and not aims:
        raise RequestError(
            f"“{'、'.join(names)}”不是逐个单位算覆盖与否的指标，排不出要办的事；可用的见 hbgeo targets"
        )
    return Aims(tuple(aims), measured, context)


def _aim(one: Assessment, whole: Assessment, context: Context) -> Aim:
    target, bound = next(
        ((found, a) for a in (one, whole) if (found := open_target(a)) is not None), (None, whole)
    )
    units = coverage_of(one).units
    out = units["demand"][(units["covered"] == 0) & (units["demand"] > 0)]
    left = {str(code): exact(float(demand)) for code, demand in out.items()}
    case = None if one.indicator.links else find_case(one.indicator, context)
    return Aim(one, target, bound, case if isinstance(case, Case) else None, left)


def open_target(a: Assessment) -> Target | None:
    """The next target that binds a figure and is not reached: the first ahead, else the last missed."""
    pct = coverage_of(a).share.pct
    if not a.indicator.quantified or pct is None:
        return None
    binding = [t for t in a.indicator.targets if t.binds(a.scope) and t.pct is not None]
    binding.sort(key=lambda t: t.deadline or date.max)
    missed = [t for t in binding if pct < Fraction(t.pct or 0)]
    ahead = [t for t in missed if t.is_ahead(a.as_of)]
    late = [t for t in missed[-1:] if t == binding[-1]]
    return next(iter(ahead or late), None)
