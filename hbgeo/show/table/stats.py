"""The machine form of `stats`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.doubt.question import Span
from hbgeo.measure.pace import pace_of
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show.table.values import number
from hbgeo.show.words import goal_unit, measure_word, points_short, short_word

if TYPE_CHECKING:
    from hbgeo.measure.doubt.result import Firmness
    from hbgeo.measure.trend import Trend

FIRM = ("low", "high", "firm", "bounds")  # what is said of how firm a figure is


def flat_stats(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Stats rows as a flat table: nested values become text."""
    made = []
    for row in rows:
        words = {
            "missing": "、".join(row["missing"]),
            "basis": ";".join(row["basis"].get("filters", [])),
        }
        added = ("short_unit", "short_points", "radius_m", *FIRM)  # where they were added
        later = {key: row[key] for key in added if key in row}
        apart = {"targets", *words, *later}
        flat = {key: value for key, value in row.items() if key not in apart}
        made.append(flat | words | later)
    return pd.DataFrame(made)


def stats_rows(
    assessment: Assessment,
    by: str | None = None,
    trend: Trend | None = None,
    firm: Firmness | None = None,
) -> list[dict[str, Any]]:
    """The machine form of `stats`: one row for the whole, or with `by` one a parent unit.

    A row by unit carries no target: a target binds the whole. With `trend`, what changed since the
    snapshot before, targets say the pace that was kept; with `firm` the bounds of the figure, and
    whether its conclusion holds under every doubt.
    """
    if by is None or assessment.coverage is None:
        row = _stats_row(assessment, assessment.coverage, by, None, None)
        told = [] if by else assessment.indicator.targets
        row |= {"targets": [target_record(assessment, t, trend) for t in told]}
        span = None if by or firm is None else firm.span
        return [row | bounds_row(assessment.coverage, firm, span)]
    parts = {} if firm is None else firm.parts.get(by, {})
    return [
        _stats_row(assessment, area, by, code, name)
        | bounds_row(area, firm, parts.get(code))
        | {"firm": None}
        for (code, name), area in assessment.coverage.by(by).items()
    ]


def bounds_row(
    coverage: Coverage | None, firm: Firmness | None, span: Span | None
) -> dict[str, Any]:
    """The bounds of a figure, in what `stats` counts it in; without a span of its own none is open."""
    if firm is None or coverage is None:
        return dict.fromkeys(FIRM)
    if span is None:
        own = _own_figure(coverage)
        span = Span(own, own, exact=True)
    ends = {"low": number(span.low), "high": number(span.high)}
    return {**ends, "firm": firm.firm, "bounds": "exact" if span.exact else "sound"}


def _own_figure(coverage: Coverage) -> Fraction | None:
    """The figure as spans have it: covered demand, an amount, a percentage."""
    if coverage.method in {"count", "sum"}:
        return coverage.value
    return coverage.share.pct if coverage.method == "ratio" else coverage.share.covered


def radius_rows(assessment: Assessment, by: str | None = None) -> list[dict[str, Any]]:
    """The rows of an indicator that was asked within a radius (see `measure_radii`)."""
    radius = _exact(assessment.indicator.radius_m)
    return [row | {"radius_m": radius} for row in stats_rows(assessment, by)]


def _stats_row(
    assessment: Assessment,
    coverage: Coverage | None,
    by: str | None,
    code: str | None,
    name: str | None,
) -> dict[str, Any]:
    one, whole = assessment.indicator, by is None
    here = assessment if whole or coverage is None else assessment.part(coverage)
    return {
        **_about(one),
        "by": by,
        "code": code,
        "unit": name,
        "as_of": assessment.as_of.isoformat(),
        **_figures(here),
        **_standing(here),
        "basis": {} if coverage is None else _basis(coverage),
        "sample": bool(coverage and coverage.basis.sample),
        "approximate": bool(coverage and coverage.basis.approximate),
        "targets": [],
        **_shortfall(here),
        "radius_m": None,
        **dict.fromkeys(FIRM),
    }


def _about(one: Indicator) -> dict[str, Any]:
    """What the indicator is."""
    return {
        "indicator": one.id,
        "base": one.base,
        "variant": one.variant,
        "system": one.system,
        "name": one.full_name,
        "measure": one.measure,
        "level": one.units,
    }


def _figures(here: Assessment) -> dict[str, Any]:
    """The figure, and what it is made of."""
    share = here.share
    norm = here.indicator.per is not None  # pct would be of things of two kinds
    return {
        "covered": None if share is None else number(share.covered),
        "total": None if share is None else number(share.total),
        "pct": None if share is None or share.pct is None or norm else float(share.pct),
        "value": number(here.figure) if here.counted else None,
        "value_unit": measure_word(here) if here.counted else None,
    }


def _standing(here: Assessment) -> dict[str, Any]:
    """The target that holds, and how the figure stands to it."""
    target = here.target
    return {
        "target_pct": None if target is None else _exact(target.pct),
        "target_value": None if target is None else _exact(target.value),
        "deadline": _iso(target),
        "short": here.short,
        "met": here.met,
        "status": here.status,
        "missing": list(here.missing),
    }


def _shortfall(here: Assessment) -> dict[str, Any]:
    """What `short` counts in (of a ratio what its amounts are in), and the same in 百分点."""
    points = points_short(here)
    return {
        "short_unit": None if here.short is None else short_word(here),
        "short_points": None if points is None else float(points),
    }


def target_record(a: Assessment, target: Target, trend: Trend | None = None) -> dict[str, Any]:
    """One target of an indicator, whether or not it binds, and how it stands on the date.

    `state` is passed, running or coming; `days` are those to the deadline, negative once past.
    `pace_needed` and `pace_kept` are a month's, in what `short` counts in; see `measure.pace`.
    """
    return {
        "pct": _exact(target.pct),
        "value": _exact(target.value),
        "words": target.words or None,
        "unit": goal_unit(a, target),
        "deadline": _iso(target),
        "source": target.source,
        "reliability": target.reliability or None,
        "draft": target.draft,
        "scope": target.scope,
        "state": a.state_of(target),
        "days": a.days_to(target),
        **{f"pace_{key}": number(rate) for key, rate in vars(pace_of(a, target, trend)).items()},
    }


def amount_of(target: Target) -> float | int | None:
    """The number of a target, percent or amount; None where it says none."""
    return _exact(target.pct if target.value is None else target.value)


def _exact(given: Decimal | None) -> float | int | None:
    return None if given is None else number(Fraction(given))


def _iso(target: Target | None) -> str | None:
    return target.deadline.isoformat() if target and target.deadline else None


def _basis(coverage: Coverage) -> dict[str, Any]:
    basis = coverage.basis
    made: dict[str, Any] = {}
    for key, value in vars(basis).items():
        made[key] = list(value) if isinstance(value, tuple) else value
    made["as_of"] = basis.as_of.isoformat() if basis.as_of else None
    made["set_aside"] = dict(basis.set_aside)
    return made
