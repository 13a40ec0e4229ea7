"""Where the next facilities should stand: one call from what is asked to a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.coverage import Share
from hbgeo.measure.options import Options
from hbgeo.measure.planned import Plan
from hbgeo.measure.rounding import show_number
from hbgeo.measure.siting import certificate
from hbgeo.plan.asking import Asked
from hbgeo.plan.candidates import Candidates, find_candidates, positions
from hbgeo.plan.capacities import solve_with_supply
from hbgeo.plan.demand import (
    Demand,
    cells_demand,
    coverage_of,
    places_demand,
    refuse_other_measures,
    total_of,
    units_demand,
)
from hbgeo.plan.existing import Reach, make_reach
from hbgeo.plan.keeping import kept_record
from hbgeo.plan.made import make_plan_of
from hbgeo.plan.scenario import Given
from hbgeo.plan.solving import Solved, solve_task
from hbgeo.plan.supply import supplies
from hbgeo.plan.task import Task
from hbgeo.read.indicator import Target
from hbgeo.workspace import Workspace


@dataclass(frozen=True)
class Planned:
    """A plan, and what is made of it only where it is asked for."""

    plan: Plan
    certificate: Callable[[], dict[str, object]]
    kept: Callable[[], dict[str, object]] | None = None


def make_plan(workspace: Workspace, name: str, options: Options, asked: Asked) -> Planned:
    """Choose where the next facilities of an indicator should stand.

    Parameters
    ----------
    name
        An indicator, or a variant of one, that counts where facilities are.
    options
        As of when, which states count already, in which part, weighed by whom.
    asked
        The goal, who is near, where something may be built.

    Raises
    ------
    RequestError, LayerError
        If it cannot be planned: in one line what is wrong, and what is allowed.

    Examples
    --------
    >>> workspace = hbgeo.Workspace.open("我的县")
    >>> made = make_plan(workspace, "cemetery-township", workspace.options(), Asked(sites=1))
    >>> [site.township for site in made.plan.sites], made.plan.covered, made.plan.proven
    (['示例乙镇'], Fraction(2, 1), 'certificate')
    """
    asked = _with_own_radius(workspace, name, asked)
    measured = workspace.measure([name], options=options, with_nearest=True)
    one = refuse_other_measures(measured.assessments, name)
    whole = _Work(workspace, one, measured, options, asked)
    return whole.planned()


@dataclass(frozen=True)
class _Work:
    """What is worked out step by step, each once."""

    workspace: Workspace
    one: Assessment
    measured: Measured
    options: Options
    asked: Asked

    @cached_property
    def demand(self) -> Demand:
        if not self.asked.by_place:
            return units_demand(self.workspace, self.one)
        if self.asked.grid:
            return cells_demand(self.workspace, self.one)
        return places_demand(self.workspace, self.one, self.options.weight)

    @cached_property
    def reach(self) -> Reach:
        return make_reach(self.workspace, self.one, self.asked, self.demand)

    @cached_property
    def covered(self) -> Mask:
        return self.reach.existing(self.measured)

    @cached_property
    def found(self) -> Candidates:
        level, counted = self.one.indicator.units, coverage_of(self.one).units.index
        units = pd.Index(self.demand.frame["unit_code"][~self.covered].unique())
        return find_candidates(self.workspace, self.asked, level, counted, units)

    def planned(self) -> Planned:
        asked, found = self.asked, self.found
        fixed, refused = _wishes(asked, found)
        before = _before(self.demand, self.covered)
        aim, target = _aim(self.one, asked, before)
        task = Task(
            cover=self.reach.of(found),
            weights=self.demand.weights,
            covered=self.covered,
            people=self.demand.people,
            model=_model(asked),
            n=asked.sites,
            need=None if aim is None else Fraction(aim) * before.total / 100,
            fixed=fixed,
            refused=refused,
            group=found.frame["county_code"].tolist() if asked.even else None,
            effort=asked.effort,
        )
        solved = self._solved(task)
        given = Given(
            self.workspace,
            self.one,
            self.options,
            asked,
            self.measured,
            self.demand,
            self.reach,
            found,
            task,
        )
        plan = make_plan_of(given, solved, before, aim, target)
        return Planned(plan, lambda: _certificate(given, solved), lambda: kept_record(given, plan))

    def _solved(self, task: Task) -> Solved:
        """The sites, with what each can take where that is asked for."""
        asked, workspace = self.asked, self.workspace
        if not asked.supply:
            return solve_task(task, k=asked.plans)
        key = asked.candidates
        entry, schema = workspace.catalog.layers.get(key), workspace.schema_of(key)
        return solve_with_supply(task, supplies(self.found, asked.supply, entry, schema))


def _model(asked: Asked) -> str:
    """The model of siting that a goal asks for."""
    if asked.sites is not None:
        return "capacity" if asked.supply else "mclp"
    return "lscp" if asked.every else "partial"


def _certificate(given: Given, solved: Solved) -> dict[str, object]:
    ids: Sequence[str] = list(map(str, given.demand.frame.index))
    sites = list(map(str, given.found.frame.index))
    return dict(certificate(solved.problem, solved.sites, demand_ids=ids, site_ids=sites))


def _wishes(asked: Asked, found: Candidates) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sites that must be chosen, and those that may not be: no site is both, however it is named."""
    fixed = positions(found, "--fix", asked.fix)
    refused = positions(found, "--refuse", asked.refuse)
    for site, name in zip(fixed, asked.fix, strict=True):
        if site in refused:
            raise RequestError(f"“{name}”同时写在 --fix 和 --refuse 里；只能写在一处")
    return tuple(dict.fromkeys(fixed)), tuple(dict.fromkeys(refused))


def _with_own_radius(workspace: Workspace, name: str, asked: Asked) -> Asked:
    """The same; of an indicator that asks who is near, its own radius is near unless another is said."""
    chosen = workspace.choose([name])
    one = chosen[0] if len(chosen) == 1 else None
    if one is None or one.measure != "reach" or asked.by_place:
        return asked
    return replace(asked, within_m=one.radius_m)


def _before(demand: Demand, covered: Mask) -> Share:
    """Covered and total as things stand, exact."""
    share = Share(total_of(demand.weights, covered), total_of(demand.weights))
    if not share.total:
        raise RequestError("要覆盖的合计为 0，没有可算的覆盖率")
    return share


def _aim(one: Assessment, asked: Asked, before: Share) -> tuple[Decimal | None, Target | None]:
    """Percent to be reached, and the policy's target where it is that.

    Raises
    ------
    RequestError
        If it is reached already, or the policy has none that can still be reached in time.
    """
    now = before.pct or Fraction(0)
    if asked.to is not None:
        if now >= Fraction(asked.to):
            raise RequestError(
                f"现在已是 {show_number(now)}%，不低于 --to {asked.to:f}；写更高的百分比，或用 --all"
            )
        return asked.to, None
    if not asked.to_target:
        return None, None
    if asked.by_place and not _is_of_places(one):
        raise RequestError(
            "政策的目标管的是有没有设施，不是离得多近；按距离、时间选址请用 --sites 个数 或 --to 百分比"
        )
    target = _open_target(one, now)
    return target.pct, target


def _is_of_places(one: Assessment) -> bool:
    """Whether the indicator itself asks which places are near, not what share of an area."""
    return one.indicator.measure == "reach" and one.indicator.units == "village"


def _open_target(one: Assessment, now: Fraction) -> Target:
    """The next target that binds, is still ahead, and is not reached yet."""
    name = one.indicator.full_name
    binding = [t for t in one.indicator.targets if t.binds(one.scope) and t.pct is not None]
    ahead = sorted(
        (t for t in binding if t.is_ahead(one.as_of)),
        key=lambda t: (t.deadline is None, t.deadline),
    )
    if not one.indicator.quantified or not ahead:
        why = "的目标期限都已过" if binding else "没有定出百分比的目标"
        part = "（--in 只看一个市县时，由它自己的目标判定）" if not one.whole else ""
        raise RequestError(f"{name}{why}{part}；请用 --to 百分比，如 --to 40")
    for target in ahead:
        if now < Fraction(target.pct or 0):
            return target
    said = f"{ahead[-1].pct:f}%"
    raise RequestError(
        f"{name}现在是 {show_number(now)}%，已达到目标 {said}，不用再建；要更高请用 --to 百分比"
    )
