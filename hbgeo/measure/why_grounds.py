"""Whether a unit is in the denominator of an indicator, and why: its level, its kind, lists, its people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hbgeo.measure.basis_words import weight_heading, weight_of
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case, count_rows
from hbgeo.measure.filters import any_of, describe
from hbgeo.measure.why_records import Ground
from hbgeo.measure.why_rows import said, traces_of
from hbgeo.read.indicator import Indicator
from hbgeo.read.keys import YEARS
from hbgeo.read.schema.records import schema_of_units
from hbgeo.read.table import LayerTable

_DEPTH = {"province": 0, "prefecture": 1, "county": 2, "township": 3, "village": 4}
_BELOW = 5  # natural villages and roads


def is_above(level: str, other: str) -> bool:
    """Whether units of a level hold units of another."""
    return _DEPTH.get(level, _BELOW) < _DEPTH.get(other, _BELOW)


def of_other_level(one: Indicator, level: str, unit: pd.Series, context: Context) -> Ground:
    """That units of another level count: the one above that holds this unit, where there is one."""
    code = str(unit.get(f"{one.units}_code", "")) if is_above(one.units, level) else ""
    units = context.source.find_units(one.units) if code else None
    known = units is not None and code in units.frame.index
    name = str(units.frame["name"][code]) if units is not None and known else ""
    return Ground(
        "level", holds=False, want=one.units, have=level, unit=name, unit_code=code if known else ""
    )


def grounds_of(one: Indicator, code: str, context: Context) -> list[Ground]:
    """The conditions of the denominator, each with what the unit has to show.

    Parameters
    ----------
    code
        A unit of the indicator's own level.
    """
    units = context.source.find_units(one.units)
    if units is None or code not in units.frame.index:
        return []
    unit = units.where(units.frame.index == code)
    found = [*_among(one, unit), *_needs(one, code, context)]
    weight = weight_of(one, context.options)
    people = "population" if one.measure == "capacity" else weight
    if people and one.measure not in {"ratio", "count", "sum"} and people in unit.frame:
        amount = unit.frame[people].iloc[0]
        have = "" if pd.isna(amount) else f"{int(amount):,}"
        year = said(unit.frame[YEARS].iloc[0]) if YEARS in unit.frame else ""
        found.append(Ground("weight", bool(have), weight_heading(people), have, year=year))
    return found


def listed_ground(case: Case, code: str) -> list[Ground]:
    """Whether the layer itself lists the unit, where the indicator asks for that."""
    one = case.one
    if not one.listed or "unit_code" not in case.layer.frame:
        return []
    listing = replace(one, where=one.listed, filled=())
    rows = count_rows(listing, case.context.options, case.layer).rows
    mine = np.flatnonzero(rows & (case.layer.frame["unit_code"] == code).to_numpy())
    want = describe(one.listed, case.layer.kind)
    row = traces_of(case, mine[:1].tolist(), way="row")
    return [Ground("listed", bool(len(mine)), want, case.layer.kind.title, row=next(iter(row), None))]  # fmt: skip


def _among(one: Indicator, unit: LayerTable) -> list[Ground]:
    if not one.among:
        return []
    schema, frame = schema_of_units(one.units), unit.frame
    columns = list(dict.fromkeys(c for clause in one.among for c in clause.wanted))
    if any(c not in frame for c in columns):
        return []
    have = "，".join(f"{schema.heading(c)}={said(frame[c].iloc[0]) or '空'}" for c in columns)
    holds = bool(any_of(frame, one.among)[0])
    return [Ground("among", holds, describe(one.among, schema), have)]


def _needs(one: Indicator, code: str, context: Context) -> list[Ground]:
    """Whether each list that is asked for names the unit, and by which row."""
    found = []
    for key in one.needs:
        rows = context.source.find_layer(key)
        if rows is None or "unit_code" not in rows.frame:
            continue
        listing = _all_of(one, rows, context)
        mine = np.flatnonzero((rows.frame["unit_code"] == code).to_numpy())
        counting = rows.kind.counting
        kept = mine
        if counting is not None and counting.column in rows.frame:
            state = rows.frame[counting.column].iloc[mine].replace("", counting.blank)
            kept = mine[state.isin(counting.states).to_numpy()]
        shown = (kept if len(kept) else mine)[:1].tolist()
        row = next(iter(traces_of(listing, shown, way="row")), None)
        have = "out" if len(mine) and not len(kept) else ""
        found.append(Ground("needs", bool(len(kept)), rows.kind.title, have, row=row))
    return found


def _all_of(one: Indicator, rows: LayerTable, context: Context) -> Case:
    """The rows of a list as a case of their own, whatever they say."""
    bare = replace(one, where=(), year=None, filled=(), measure="ratio", numerator="", denominator="", weight="", column="")  # fmt: skip
    counted = count_rows(bare, context.options, rows)
    return Case(bare, context, context.placements.units(one.units), rows, counted)
