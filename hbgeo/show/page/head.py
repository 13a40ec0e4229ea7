"""The head of a page: what it needs to draw its panels before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hbgeo.measure.assessment import Assessment
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.policy import SYSTEMS, Target
from hbgeo.read.table import LayerTable, title_of
from hbgeo.show.page.classes import Classes
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import layer_head
from hbgeo.show.page.scenario import Scenarios

VIAS = {"inside": "境内", "served": "服务范围", "named": "按名称"}


def make_head(content: PageInputs) -> dict[str, Any]:
    """Return what the page needs before anything is decoded."""
    catalog, assessments = content.catalog, content.assessments
    units, layers = content.tables.values(), [one.table for one in content.layers.values()]
    sample = _any_flag("sample", assessments, [*units, *layers])
    as_of = assessments[0].as_of if assessments else catalog.as_of
    return {
        "title": catalog.title,
        "asOf": _date(as_of),
        "day": as_of.isoformat(),
        "approval": catalog.approval or _no_approval(sample=sample),
        "sample": sample,
        "approximate": _any_flag("approximate", assessments, units),
        "sources": _sources(catalog),
        "levels": dict(LEVEL_NAMES),
        "indicators": [_indicator(one, content) for one in assessments],
        "layers": [layer_head(layer) for layer in content.layers.values()],
        "vias": VIAS,
    }


def _any_flag(flag: str, assessments: Iterable[Assessment], tables: Iterable[LayerTable]) -> bool:
    bases = [one.coverage.basis for one in assessments if one.coverage]
    return any(bool(getattr(said, flag)) for said in (*tables, *bases))


def _no_approval(*, sample: bool) -> str:
    return "示例示意,非正式地图" if sample else "内部工作用图 不得公开"


def _sources(catalog: Catalog) -> list[list[str]]:
    return [
        [title_of(layer), layer.source, "示例" if layer.sample else ""]
        for layer in catalog.layers.values()
    ]


def _indicator(one: Assessment, content: PageInputs) -> dict[str, Any]:
    """One indicator's line in the list, its targets, how it is drawn, and its basis."""
    what = one.indicator
    share = None if one.coverage is None or one.counted else one.coverage.share
    target = one.target
    targets = what.targets if target else ()
    return {
        "id": what.id,
        "variant": what.variant is not None,
        "system": SYSTEMS[what.system],
        "name": what.name,
        "variantName": what.variant_name,
        "measure": what.measure,
        "counts": "人" if _is_weighted(one, content.scenarios) else "个",
        "unitLevel": what.units,
        "layer": what.layer,
        "views": [_view(view) for view in content.shown[what.id]],
        "status": one.status,
        "shown": one.shown,
        "counted": one.counted,
        "figure": None if one.figure is None else float(one.figure),
        "covered": None if share is None else float(share.covered),
        "total": None if share is None else float(share.total),
        "targets": [_target(given) for given in targets],
        "target": targets.index(target) if target else None,
        "met": one.met,
        "short": one.short,
        "missing": list(one.missing),
        "basis": list(one.basis_lines),
        "rule": content.rules[what.id],
    }


def _is_weighted(one: Assessment, scenarios: Scenarios | None) -> bool:
    """Whether the figure counts people rather than units."""
    asked = scenarios is not None and bool(scenarios.options.weight)
    return (
        not one.counted
        and one.indicator.measure != "ratio"
        and (asked or bool(one.indicator.weight))
    )


def _view(shown: Classes) -> dict[str, Any]:
    return {
        "level": shown.level,
        "mode": shown.mode,
        "classes": list(shown.labels),
        "edges": [_exact(edge) for edge in shown.edges],
        "metFrom": shown.met_from,
    }


def _target(target: Target) -> dict[str, Any]:
    amount = target.pct if target.pct is not None else target.value
    return {
        "amount": None if amount is None else _exact(amount),
        "shown": "" if amount is None else f"{amount.normalize():,f}",
        "day": target.deadline.isoformat() if target.deadline else "",
        "deadline": _date(target.deadline),
        "source": target.source,
    }


def _exact(amount: Decimal) -> list[int]:
    """A decimal number as two whole ones, so that the page compares without rounding."""
    return list(Fraction(amount).as_integer_ratio())


def _date(day: date | None) -> str:
    return "" if day is None else f"{day.year} 年 {day.month} 月 {day.day} 日"
