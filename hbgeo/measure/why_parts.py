"""How the units within one stand in an indicator that counts them, not it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.cases import find_case
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.methods import waiting_for
from hbgeo.measure.reasons import Idle, idle_by_unit, why_uncovered
from hbgeo.measure.why_records import (
    AMOUNT,
    AMOUNTS,
    COVERED,
    OUTSIDE,
    PARTS,
    UNKNOWN,
    Part,
    Why,
    state_of,
)


def parts_of(why: Why, coverage: Coverage, context: Context) -> Why:
    """How the units within it stand, those left out with what may be done."""
    units = context.placements.units(why.one.units).frame
    column = f"{why.level}_code"
    if column not in units:
        return replace(why, state=OUTSIDE, grounds=())
    mine = coverage.units[coverage.units.index.isin(units.index[units[column] == why.unit_code])]
    if mine.empty:
        return replace(why, state=OUTSIDE)
    part = coverage.of_units(mine)
    if why.one.measure in AMOUNTS:
        return replace(why, state=PARTS, figures=_sums(part, why), parts=_plain_parts(part))
    case = None if why.one.links else find_case(why.one, context)
    waiting = waiting_for(case) if isinstance(case, Case) and why.one.measure == "presence" else pd.DataFrame()  # fmt: skip
    idle = {} if waiting.empty else idle_by_unit(waiting[waiting["unit"].isin(mine.index)], why.as_of)  # fmt: skip
    parts = tuple(_part(str(c), row, why, idle) for c, row in mine.to_dict("index").items())
    demand, share = np.nansum(mine["demand"].to_numpy(float)), part.share
    covered = float(share.covered / share.total) if share.total else None
    return replace(why, state=PARTS, parts=parts, demand=float(demand), covered=covered)


def _part(code: str, row: Mapping[Any, Any], why: Why, idle: Mapping[str, list[Idle]]) -> Part:
    """One unit within another."""
    if pd.isna(row["demand"]):
        return Part(code, str(row["name"]), UNKNOWN)
    state = state_of(float(row["covered"]))
    if state == COVERED:
        return Part(code, str(row["name"]), state)
    link = str(row["via"]) if why.one.measure == "chain" else ""
    reason, remedy = why_uncovered(idle.get(code, []), link, one=why.one)
    return Part(code, str(row["name"]), state, reason, remedy)


def _plain_parts(part: Coverage) -> tuple[Part, ...]:
    names = part.units["name"].astype(str).items()
    return tuple(Part(str(code), name, AMOUNT) for code, name in names)


def _sums(part: Coverage, why: Why) -> dict[str, Fraction]:
    """The amounts of the units within it, added up."""
    if part.method != "ratio":
        return {"value": replace(part, apart=pd.DataFrame()).value}
    share = replace(part, apart=pd.DataFrame()).share
    made = {"numerator": share.covered, "denominator": share.total}
    if share.total:
        per = Fraction(why.one.per) if why.one.per is not None else Fraction(100)
        made["value"] = share.covered / share.total * per
    return made
