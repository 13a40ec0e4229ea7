"""The head of a page: what it needs to draw its panels before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis_words import not_begun_words, years_to_come
from hbgeo.measure.rounding import show_amount, show_number
from hbgeo.measure.trend import Past, Trend
from hbgeo.read.catalog import LEVEL_NAMES, Catalog
from hbgeo.read.indicator import PROVINCE, Indicator, Target
from hbgeo.read.policy import SYSTEMS
from hbgeo.read.table import LayerTable, title_of
from hbgeo.show import progress, words
from hbgeo.show.page.classes import View
from hbgeo.show.page.crowd import count_crowds
from hbgeo.show.page.doubts import firm_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import layer_head
from hbgeo.show.page.phrases import PHRASES
from hbgeo.show.page.signs import names_head

FIRST_YEAR, LAST_YEAR = 2022, 2035  # of the timeline, unless a target lies beyond
BELOW, ZERO = "低于目标", "数值为 0 的"  # which units of a norm are listed first
SINCE, SINCE_UNITS = "{day}为 {was}", "；此后新增 {gained} 个、减少 {lost} 个"
WHOLE = "全省"  # what a county's figure stands beside
VIAS = {"inside": "境内", "served": "服务范围", "named": "按名称"}


def make_head(inputs: PageInputs) -> dict[str, Any]:
    """Return what the page needs before anything is decoded."""
    catalog, assessments = inputs.catalog, inputs.assessments
    units, layers = inputs.tables.values(), [one.table for one in inputs.layers.values()]
    sample = _any_flag("sample", assessments, [*units, *layers])
    approximate = _any_flag("approximate", assessments, units)
    as_of = assessments[0].as_of if assessments else catalog.as_of
    names = _names(inputs)
    crowds = count_crowds(inputs.layers, inputs.units, inputs.holders)
    return {
        "title": catalog.title,
        "asOf": words.day(as_of),
        "day": as_of.isoformat(),
        "before": words.day(inputs.trend.old) if inputs.trend else "",
        "maker": catalog.letter.sender,
        "whole": WHOLE if catalog.scope == PROVINCE else "",
        "approval": catalog.approval or words.no_approval(sample=sample),
        "marks": " · ".join(words.which_marks(sample=sample, approximate=approximate)),
        "phrases": PHRASES,
        "sources": _sources(catalog),
        "levels": dict(LEVEL_NAMES),
        "indicators": [_indicator(one, inputs, names) for one in assessments],
        "layers": [
            layer_head(layer) | {"crowd": crowds.get(key)} for key, layer in inputs.layers.items()
        ],
        "background": _background(inputs),
        "names": names_head(inputs),
        "beyond": bool(inputs.beyond),
        "plans": bool(inputs.plans),
        "doubts": inputs.doubts is not None,
        "vias": VIAS,
        **_timeline(assessments),
    }


def _background(inputs: PageInputs) -> dict[str, Any] | None:
    """What the switch of the background layers says; None where there are none."""
    under = inputs.under
    if not under.part:
        return None
    return {"shapes": under.shapes, "dropped": under.dropped}


def _any_flag(flag: str, assessments: Iterable[Assessment], tables: Iterable[LayerTable]) -> bool:
    bases = [one.coverage.basis for one in assessments if one.coverage]
    return any(bool(getattr(said, flag)) for said in (*tables, *bases))


def _sources(catalog: Catalog) -> list[list[str]]:
    return [
        [title_of(layer), layer.source, words.SAMPLE if layer.sample else ""]
        for layer in catalog.layers.values()
    ]


def _indicator(one: Assessment, inputs: PageInputs, names: Mapping[str, str]) -> dict[str, Any]:
    """One indicator's line in the list, its targets, how it is drawn, and its basis."""
    what, share, target = one.indicator, one.share, one.target
    targets = _listed(one)
    return {
        "id": what.id,
        "base": what.base,
        "variant": what.variant is not None,
        "system": SYSTEMS[what.system],
        "name": what.name,
        "variantName": what.variant_name,
        "measure": what.measure,
        "unitLevel": what.units,
        "layer": what.layer,
        "views": [_view(view) for view in inputs.shown[what.id]],
        "status": one.status,
        "verdict": words.standing(one),
        "behind": words.behind_template(one),
        "shown": one.shown,
        "sign": words.figure_sign(one) if one.counted else "%",
        "counted": one.counted,
        "figure": None if one.figure is None else float(one.figure),
        "covered": None if share is None else float(share.covered),
        "total": None if share is None else float(share.total),
        "targets": [_target(one, given, names) | _pace(one, given, inputs) for given in targets],
        "target": targets.index(target) if target else None,
        "met": one.met,
        "short": one.short,
        "missing": list(one.missing),
        "basis": list(one.basis_lines),
        "rule": inputs.rules[what.id],
        "since": _since(one, inputs.trend),
        **_past(one, inputs.past),
        **_year(what),
        **firm_head(one, inputs.doubts),
        **({"norm": _norm(one)} if words.is_norm(what) else {}),
    }


def _year(one: Indicator) -> dict[str, Any]:
    """From which day an indicator of some years says anything, and what is said before."""
    if one.year is None or not one.year[1] or one.of_its_date:
        return {"begins": None, "unbegun": None}
    before = {"verdict": not_begun_words(one), "missing": [years_to_come(one)]}
    return {"begins": f"{min(one.year[1])}-01-01", "unbegun": before}


def _view(shown: View) -> dict[str, Any]:
    return {
        "level": shown.level,
        "mode": shown.mode,
        "classes": list(shown.labels),
        "edges": [_exact(edge) for edge in shown.edges],
        "metFrom": shown.met_from,
    }


def _listed(one: Assessment) -> list[Target]:
    """The targets of an indicator in time order, those without a deadline last.

    One that the policy leaves unquantified is held against none.
    """
    return progress.in_time(one.indicator.targets) if one.indicator.quantified else []


def _timeline(assessments: Sequence[Assessment]) -> dict[str, Any]:
    """All targets in time order, as positions of indicator and target, and the years they lie in.

    A reading has only those that its indicator has not.
    """
    mains = {a.indicator.base: _listed(a) for a in assessments if not a.indicator.variant}
    found = []
    for at, a in enumerate(assessments):
        others = mains.get(a.indicator.base, []) if a.indicator.variant else []
        found += [
            (target.deadline or date.max, at, n)
            for n, target in enumerate(_listed(a))
            if target not in others
        ]
    years = [due.year for due, *_ in found if due != date.max]
    span = [min([FIRST_YEAR, *years]), max([LAST_YEAR, *years])]
    return {"timeline": [[at, n] for _, at, n in sorted(found)], "years": span}


def _names(inputs: PageInputs) -> Mapping[str, str]:
    """Names of counties and prefectures by code: those a target may be set for."""
    frames = [frame for level, frame in inputs.units.items() if level in {"county", "prefecture"}]
    return {str(code): str(name) for f in frames for code, name in f["name"].items()}


def _norm(one: Assessment) -> dict[str, Any]:
    """How the page says a norm of any unit: by what it is multiplied, and in which words."""
    what, unit, heads = one.indicator, words.norm_unit(one), words.norm_headings(one)
    made = {"per": _exact(what.per or Decimal(1)), "unit": unit}
    if what.measure == "capacity":
        return made | {
            "heads": [*heads, words.YEARS_LEFT],
            "line": f"{{name}}：可用 {{value}} 年（{heads[0]} {{covered}} 个，{heads[1]} {{total}} 个）",
            "tab": words.NOT_ENOUGH.format(years=show_amount(what.years or Decimal(0))),
        }
    line = f"{{value}} {unit}（{{covered}} / {{total}}）"
    return made | {
        "heads": [*heads, unit],
        "line": line,
        "tab": BELOW if one.target else ZERO,
    }


def _target(one: Assessment, target: Target, names: Mapping[str, str]) -> dict[str, Any]:
    amount = target.pct if target.pct is not None else target.value
    sure = target.reliability
    return {
        "amount": None if amount is None else _exact(amount),
        "day": target.deadline.isoformat() if target.deadline else "",
        "goal": words.goal(target),
        "words": words.target_words(target),
        "until": words.target_until(target),
        "due": words.due(target.deadline) if target.deadline else "",
        "source": words.target_source(target),
        "documents": target.source,
        "binds": target.binds(one.scope),
        "asked": progress.goal_said(one, target),
        "marks": progress.marks_of(target, names, scope=one.scope or target.scope),
        "reliability": progress.RELIABILITY.format(reliability=sure) if sure else "",
    }


def _pace(one: Assessment, target: Target, inputs: PageInputs) -> dict[str, str]:
    """What the target that holds needs a month, and what was gained in one; "" of others."""
    return {"pace": inputs.paces.get(one.indicator.id, "") if target == one.target else ""}


def _since(one: Assessment, trend: Trend | None) -> str:
    """What changed of an indicator since the snapshot before, in a line; "" where nothing did."""
    if trend is None or one.coverage is None or one.indicator.measure == "ratio":
        return ""
    rows = trend.changes[trend.changes["indicator"] == one.indicator.id]
    if rows.empty or not (one.counted or rows["gained"].iloc[0] or rows["lost"].iloc[0]):
        return ""
    [row] = rows.to_dict("records")
    key = "value" if one.counted else "pct"
    before = row[f"old_{key}"]
    if before is None or pd.isna(before):
        return ""
    was = show_number(Fraction(before), percent=not one.counted)
    said = SINCE.format(day=words.day(trend.old), was=was + ("" if one.counted else "%"))
    if one.counted:
        return said
    return said + SINCE_UNITS.format(gained=row["gained"], lost=row["lost"])


def _past(one: Assessment, past: Past) -> dict[str, Any]:
    """The figures of earlier dates as they were shown then, beside the targets of their days."""
    told = past.get(one.indicator.id, ())
    shown = [[day.isoformat(), replace(one, as_of=day).show(figure)] for day, figure in told]
    return {"past": shown} if shown else {}


def _exact(amount: Decimal) -> list[int]:
    """A decimal number as two whole ones, so that the page compares without rounding."""
    return list(Fraction(amount).as_integer_ratio())
