"""What would come of what is under way or planned, and of the plan's own file once it is a layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hbgeo.arrays import Mask
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.coverage import Share
from hbgeo.measure.options import Options
from hbgeo.measure.planned import ReadBack
from hbgeo.measure.rounding import show_number
from hbgeo.plan.asking import Asked
from hbgeo.plan.candidates import Candidates
from hbgeo.plan.demand import Demand, total_of
from hbgeo.plan.existing import Reach, idle_of
from hbgeo.plan.file import planned_state
from hbgeo.plan.task import Task
from hbgeo.workspace import Workspace

COMING = ("在建", "建成未启用", "规划")  # states that may come to count


@dataclass(frozen=True)
class Given:
    """What a plan was made from."""

    workspace: Workspace
    one: Assessment
    options: Options
    asked: Asked
    measured: Measured
    demand: Demand
    reach: Reach
    found: Candidates
    task: Task


def coming(given: Given, aim: Decimal | None) -> list[str]:
    """What facilities under way or planned would bring by themselves: they are no part of the plan."""
    said = []
    for state in COMING:
        if state in given.options.status:
            continue
        again = _scenario(given, state)
        if not (n := idle_of(given.workspace, again, state)):
            continue
        share = Share(
            total_of(given.demand.weights, given.reach.existing(again)),
            total_of(given.demand.weights),
        )
        pct = share.pct or Fraction(0)
        met = aim is not None and pct >= Fraction(aim)
        verb = "落实" if state == "规划" else "启用" if state == "建成未启用" else "建成"
        said.append(
            f"台账中{state} {n:,} 处{verb}后，覆盖率为 {show_number(pct, aim)}%"
            f"{f'，已达到 {aim:f}%' if met else ''}；方案没有把它们计入。"
        )
    return said


def _scenario(given: Given, state: str) -> Measured:
    options = replace(given.options, status=(*given.options.status, state))
    return given.workspace.measure([given.one.indicator.id], options=options)


def read_back(given: Given, after: Mask) -> ReadBack:
    """The figure that comes of the file as a layer, under the states that count and the planned one."""
    state = planned_state(given.workspace.schema_of(given.one.indicator.layer))
    again = _scenario(given, state)
    schema = given.workspace.schema_of(given.one.indicator.layer)
    states = given.one.indicator.status or (schema.counting.states if schema.counting else ())
    status = ",".join(dict.fromkeys([*states, *given.options.status, state]))
    covered = given.reach.existing(again) | after
    total = total_of(given.demand.weights)
    own = idle_of(given.workspace, again, state)
    return ReadBack(status, Share(total_of(given.demand.weights, covered), total), own)
