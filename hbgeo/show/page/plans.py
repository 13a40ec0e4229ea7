"""Plans for the page: their sites in words, and which units each would cover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.show.page.classes import map_level
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.pack import pack, to_json


def plans_part(inputs: PageInputs) -> str:
    """By indicator the plan that was kept for it."""
    return pack(to_json({plan["indicator"]: _plan(plan, inputs) for plan in inputs.plans}))


def _plan(plan: Mapping[str, Any], inputs: PageInputs) -> dict[str, Any]:
    shown = plan["shown"]
    kept = ("goal", "reach", "line", "proof", "gain", "near", "said", "pct_before", "within_m")
    return {key: shown.get(key) for key in kept} | {
        "counts": plan["counts"],
        "total": plan["total"],
        "before": plan["before"],
        "covered": plan["covered"],
        "aim": plan["aim_pct"],
        "sites": [_site(plan, site, inputs) for site in plan["sites"]],
    }


def _site(plan: Mapping[str, Any], site: Mapping[str, Any], inputs: PageInputs) -> dict[str, Any]:
    shown = plan["shown"]
    other = site["replacement"] or ""
    name, x, y = shown["candidates"][site["id"]]
    above = [site["county"], site["township"] if site["township"] != name else ""]
    return {
        "id": site["id"],
        "men": site["people"],
        "order": site["order"],
        "name": name,
        "where": " ".join(one for one in dict.fromkeys(above) if one and one != name),
        "at": [x, y],
        "after": site["covered_after"],
        **shown["sites"][site["id"]],
        "other": shown["candidates"].get(other) if other else None,
        "waiting": list(site["waiting"]),
        "covers": _positions(plan, shown["covers"].get(site["id"], []), inputs),
    }


def _positions(plan: Mapping[str, Any], codes: list[str], inputs: PageInputs) -> list[int]:
    """Units as the pairs of the page number them: villages by themselves, else the polygons."""
    one = next(a for a in inputs.assessments if a.indicator.id == plan["indicator"])
    level = one.indicator.units
    shown = (
        "village"
        if level == "village" and level in inputs.units
        else map_level(level, inputs.units)
    )
    if shown != level or not codes:
        return []
    return [int(at) for at in inputs.units[level].index.get_indexer(pd.Index(codes)) if at >= 0]
