"""Where every fact of the conference stands: state, value, target, what is short, days left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.measure.pace import UNKNOWN, pace_of
from hbgeo.measure.trend import Trend
from hbgeo.read.policy import SYSTEMS
from hbgeo.show.progress import in_time
from hbgeo.show.table.stats import target_record
from hbgeo.show.table.values import number
from hbgeo.show.words import is_ratio, norm_unit, points_short, short_word, verdict

OTHER = "规划"  # what other documents set, beside the conference's list


def target_rows(
    assessments: Sequence[Assessment], trend: Trend | None = None, doubts: Doubts | None = None
) -> list[dict[str, Any]]:
    """One row a main reading, in the order of the conference's list; other plans' targets last.

    `days_left` counts from the date of the figures to the deadline and is negative once it is
    past; `passed` says so. `short` counts units, in `short_unit`; a ratio of two amounts has none
    and is short of `short_points` only, percentage points that every rate has. `pace_needed` and
    `pace_kept` are a month's (see `measure.pace`), of the target that holds; `targets` are all that
    the indicator has, as `stats` says them, in the order of their deadlines.

    Parameters
    ----------
    trend
        What changed since the snapshot before; None without one.
    doubts
        How firm the figures are: `firm` says whether the conclusion holds under every doubt.
    """
    firm = doubts.of if doubts else {}
    return [_row(a, trend, firm.get(a.indicator.id)) for a in listed(assessments)]


def listed(assessments: Sequence[Assessment]) -> list[Assessment]:
    """The main readings in the order of the conference's list, those of other plans last."""
    return sorted((a for a in assessments if a.indicator.variant is None), key=_order)


def flat_targets(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as a table: what is missing in words, and no targets but the one that holds."""
    flat = [dict(row) | {"missing": "、".join(row["missing"])} for row in rows]
    return pd.DataFrame(flat).drop(columns="targets", errors="ignore")


def every_target(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """All targets of the rows as a table of their own, one a row."""
    about = ("row", "indicator", "system", "name")
    return pd.DataFrame([{k: row[k] for k in about} | t for row in rows for t in row["targets"]])


def _order(a: Assessment) -> tuple[int, int, str]:
    found = re.fullmatch(r"([RKS])(\d+)([a-z]?)", a.indicator.row)
    if not found:
        return (9, 0, "")
    return ("RKS".index(found[1]), int(found[2]), found[3])


def _row(a: Assessment, trend: Trend | None, firm: Firmness | None) -> dict[str, Any]:
    one, target = a.indicator, a.target
    goal = None if target is None else target.value if a.counted else target.pct
    deadline = target.deadline if target else None
    left = None if deadline is None else (deadline - a.as_of).days
    ratio, short_points = is_ratio(one), points_short(a)
    pace = UNKNOWN if target is None else pace_of(a, target, trend)
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
        **{f"pace_{key}": number(rate) for key, rate in vars(pace).items()},
        "targets": [target_record(a, t, trend) for t in in_time(one.targets)],
        "firm": None if firm is None or a.met is None else firm.firm,
    }
