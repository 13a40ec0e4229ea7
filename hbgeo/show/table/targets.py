"""Where every fact of the conference stands: state, value, target, what is short, days left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.read.policy import SYSTEMS
from hbgeo.show.table.values import number
from hbgeo.show.words import is_ratio, norm_unit, points_short, short_word, verdict

OTHER = "规划"  # what other documents set, beside the conference's list


def target_rows(assessments: Sequence[Assessment]) -> list[dict[str, Any]]:
    """One row a main reading, in the order of the conference's list; other plans' targets last.

    `days_left` counts from the date of the figures to the deadline and is negative once it is
    past; `passed` says so. `short` counts units, in `short_unit`; a ratio of two amounts has none
    and is short of `short_points` only, percentage points that every rate has.
    """
    mains = [a for a in assessments if a.indicator.variant is None]
    return [_row(a) for a in sorted(mains, key=_order)]


def flat_targets(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as a table: what is missing in words."""
    return pd.DataFrame([dict(row) | {"missing": "、".join(row["missing"])} for row in rows])


def _order(a: Assessment) -> tuple[int, int, str]:
    found = re.fullmatch(r"([RKS])(\d+)([a-z]?)", a.indicator.row)
    if not found:
        return (9, 0, "")
    return ("RKS".index(found[1]), int(found[2]), found[3])


def _row(a: Assessment) -> dict[str, Any]:
    one, target = a.indicator, a.target
    goal = None if target is None else target.value if a.counted else target.pct
    deadline = target.deadline if target else None
    left = None if deadline is None else (deadline - a.as_of).days
    ratio, short_points = is_ratio(one), points_short(a)
    return {
        "row": one.row or OTHER,
        "indicator": one.id,
        "system": one.system,
        "system_name": SYSTEMS[one.system],
        "name": one.name,
        "state": verdict(a),
        "status": a.status,
        "quantified": one.quantified,
        "value": None if a.figure is None else number(a.figure),
        "shown": a.shown,
        "unit": norm_unit(a) if a.counted else "%",
        "target": None if goal is None else float(goal),
        "short": None if ratio else a.short,
        "met": a.met,
        "deadline": deadline.isoformat() if deadline else None,
        "days_left": left,
        "passed": None if left is None else left < 0,
        "missing": list(a.missing),
        "sample": bool(a.coverage and a.coverage.basis.sample),
        "short_unit": None if ratio or a.short is None else short_word(a),
        "short_points": None if short_points is None else float(short_points),
    }
