"""The machine form of a plan."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Any

from hbgeo.measure.planned import OtherPlan, Plan, PlannedSite, ReadBack
from hbgeo.show.table.stats import stats_rows
from hbgeo.show.table.values import number


def plan_record(plan: Plan) -> dict[str, Any]:
    """A plan as JSON has it: `bound` and `gap` are hbgeo's own, whatever the solver says.

    Of `mclp` they are of what is covered, of `partial` and `lscp` of the number of sites.
    """
    return {
        "indicator": plan.assessment.indicator.id,
        "name": plan.assessment.indicator.full_name,
        "as_of": plan.assessment.as_of.isoformat(),
        "model": plan.model,
        "goal": plan.goal,
        "aim_pct": None if plan.aim is None else number(Fraction(plan.aim)),
        "counts": plan.counts,
        "loss_counts": plan.loss_counts,
        "sites": [_site(plan, one) for one in plan.sites],
        "covered": number(plan.covered),
        "total": number(plan.total),
        "pct": _pct(plan, plan.covered),
        "before": number(plan.before.covered),
        "pct_before": _pct(plan, plan.before.covered),
        "bound": number(plan.bound),
        "gap": number(plan.gap),
        "solver_bound": plan.solver_bound,
        "proven": plan.proven,
        "nodes": plan.nodes,
        "unneeded": plan.unneeded,
        "plans": [_other(plan, one) for one in plan.others],
        "unreachable": list(plan.unreachable),
        "areas": [_area(row) for row in plan.areas.to_dict("records")],
        "read_back": None if plan.read_back is None else _read_back(plan.read_back),
        "basis": _basis(plan),
        "sample": plan.sample,
        "approximate": plan.approximate,
    }


def _basis(plan: Plan) -> dict[str, Any]:
    """The ground of the figure, and that of the plan in sentences."""
    basis: dict[str, Any] = stats_rows(plan.assessment)[0]["basis"]
    return {**basis, "reach": plan.reach, "lines": list(plan.lines)}


def _other(plan: Plan, one: OtherPlan) -> dict[str, Any]:
    return {
        "sites": list(one.sites),
        "covered": number(one.covered),
        "pct": _pct(plan, one.covered),
        "bound": number(one.bound),
        "proven": one.proven,
        "people": number(one.people),
    }


def _read_back(back: ReadBack) -> dict[str, Any]:
    pct = back.share.pct
    return {
        "status": back.status,
        "covered": number(back.share.covered),
        "pct": None if pct is None else float(pct),
        "planned_already": back.own,
    }


def _site(plan: Plan, one: PlannedSite) -> dict[str, Any]:
    return {
        "order": one.order,
        "id": one.id,
        "name": one.name,
        "x": None if one.x != one.x else one.x,
        "y": None if one.y != one.y else one.y,
        "unit_code": one.unit_code,
        "gain": number(one.gain),
        "covered_after": number(one.covered_after),
        "pct_after": _pct(plan, one.covered_after),
        "loss_if_refused": number(one.loss),
        "loss_low": number(one.low),
        "loss_high": number(one.high),
        "replacement": one.replacement or None,
        "mark": one.mark,
        "people": number(one.people),
        "county_code": one.county_code,
        "county": one.county,
        "township": one.township,
        "fixed": one.fixed,
        "waiting": list(one.waiting),
    }


def _area(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    made = {key: row[key] for key in ("county_code", "county", "sites")}
    made |= {key: number(row[key]) for key in ("total", "before", "after")}
    for key in ("before", "after"):
        made[f"pct_{key}"] = float(100 * row[key] / row["total"]) if row["total"] else None
    return made


def _pct(plan: Plan, covered: Fraction) -> float | None:
    pct = plan.pct(covered)
    return None if pct is None else float(pct)
