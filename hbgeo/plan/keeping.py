"""A plan as it is kept for the page and the report: the machine form, its words, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from hbgeo.measure.planned import Plan, PlannedSite
from hbgeo.measure.siting import NEEDED, SWAP
from hbgeo.plan.kept import FORM, ground_of
from hbgeo.plan.scenario import Given
from hbgeo.show import words
from hbgeo.show.plan_words import (
    before_and_after,
    gain_heading,
    loss_words,
    mark_words,
    proof_words,
    rate,
    unneeded_words,
    unreachable_words,
)
from hbgeo.show.table.plan import plan_record

_LOOKS = {NEEDED: "must", SWAP: "free"}  # how a site's mark is drawn


def kept_record(given: Given, plan: Plan) -> dict[str, Any]:
    """All that a later page or report shows of a plan, ready for JSON."""
    spoken = [site.id for site in plan.sites]
    spoken += [site.replacement for site in plan.sites if site.replacement]
    within = given.asked.within_m
    return plan_record(plan) | {
        "form": FORM,
        "ground": ground_of(given.workspace, given.one, given.options, _layers(given)),
        "shown": {
            "near": plan.near,
            "within_m": None if within is None else float(within),
            "reach": plan.reach,
            "goal": plan.goal,
            "line": before_and_after(plan),
            "proof": proof_words(plan, certificate=True),
            "gain": gain_heading(plan),
            "pct_before": rate(plan, plan.before.covered),
            "said": _said(plan),
            "sites": {site.id: _words(plan, site) for site in plan.sites},
            "candidates": _candidates(given, spoken),
            "covers": {} if plan.near else _covers(given, spoken),
        },
    }


def _layers(given: Given) -> list[str]:
    """The layers that the plan rests on, beside those of the units."""
    asked = given.asked
    return [given.one.indicator.layer, asked.candidates, asked.exclude, asked.roads]


def _said(plan: Plan) -> list[str]:
    said = [
        f"{plan.goal}；{plan.reach}。{before_and_after(plan)}",
        f"结论：{proof_words(plan, certificate=True)}。",
    ]
    said += [unneeded_words(plan), unreachable_words(plan), *plan.lines]
    return [line for line in said if line]


def _words(plan: Plan, site: PlannedSite) -> dict[str, str]:
    """A site in words: what it adds, the rate after it, whether it can be given up."""
    return {
        "gain": words.amount(site.gain),
        "people": "" if site.people is None else words.amount(site.people),
        "pct": rate(plan, site.covered_after),
        "mark": mark_words(site),
        "look": _LOOKS.get(site.mark, ""),
        "loss": loss_words(plan, site),
    }


def _candidates(given: Given, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Name and position of some candidates; None for none."""
    some = given.found.frame.loc[list(dict.fromkeys(ids))]
    columns = (some["name"], some["township"], some["x"], some["y"])
    return {
        str(one): [str(name) or str(town), None if x != x else x, None if y != y else y]
        for one, name, town, x, y in zip(some.index, *columns, strict=True)
    }


def _covers(given: Given, ids: Sequence[str]) -> dict[str, list[str]]:
    """Site → codes of the units that it covers and that nothing existing does."""
    by_site, units = given.task.cover.tocsc(), given.demand.frame.index
    made = {}
    for one, at in zip(ids, given.found.frame.index.get_indexer(pd.Index(ids)), strict=True):
        rows = by_site.indices[by_site.indptr[at] : by_site.indptr[at + 1]]
        made[one] = [str(units[row]) for row in sorted(rows) if not given.task.covered[row]]
    return made
