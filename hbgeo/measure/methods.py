"""How each kind of indicator is measured: presence, reach, flag, capacity, count, sum, ratio."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Ints, Mask
from hbgeo.measure.basis_words import make_basis, weight_of
from hbgeo.measure.beside import amounts_beside
from hbgeo.measure.capacity import by_capacity
from hbgeo.measure.counting import Case, part_of, said_empty
from hbgeo.measure.coverage import Coverage, from_pairs, unit_table
from hbgeo.measure.locate import find_units
from hbgeo.measure.pairs import Pairs, Serving, via_bits
from hbgeo.measure.placing import Placement
from hbgeo.measure.reach import by_radius
from hbgeo.measure.roads import signed_roads
from hbgeo.measure.serving import (
    facts_asked,
    onto,
    positions_of,
    qualified_of,
    rows_that_count,
    serving_pairs,
    standing,
)
from hbgeo.measure.source import PARENTS
from hbgeo.read.cell.decimals import exact_product, exact_sums
from hbgeo.read.indicator import Indicator

_QUALIFIED = ("name", "x", "y", "named", "served", "ways")


def _by_presence(case: Case) -> tuple[Coverage, pd.DataFrame]:
    return presence_of(case), qualified_of(case)


def presence_of(case: Case) -> Coverage:
    """Count a unit as covered when a facility that counts reaches it in a way that is allowed."""
    one, units, frame = case.one, case.units.frame, case.layer.frame
    placed = case.context.placements.placed(case.layer, one.units)
    placement = placed.placements[one.units]
    basis = make_basis(case, placement=placement, conflict=placed.conflict)
    pairs, whole = onto(serving_pairs(case), positions_of(case)), None
    if one.units == "road" and one.radius_m:
        pairs, whole = signed_roads(units, frame, pairs, one.at, float(one.radius_m))
    return from_pairs(
        units,
        frame,
        pairs,
        basis=basis,
        whole=whole,
        weight=weight_of(one, case.context.options),
        method="presence",
        indicator=one.id,
    )


def waiting_for(case: Case) -> pd.DataFrame:
    """The facilities that would count for a unit if only they worked."""
    one, units, frame, counted = case.one, case.units.frame, case.layer.frame, case.counted
    schema = case.layer.kind
    if schema.counting is None:
        return pd.DataFrame()
    placed = case.context.placements.placed(case.layer, one.units)
    pairs = case.context.placements.pairs(case.layer, one.units)
    idle = counted.matched & ~counted.work.mask & ~placed.conflict
    could = np.zeros(len(pairs.unit), dtype=bool)
    for rows, (_, vias) in zip(counted.asked, counted.clauses, strict=True):
        could |= (rows & idle)[pairs.facility] & ((pairs.via & via_bits(vias)) > 0)
    serving = onto(pairs.where(could), positions_of(case))
    since = one.year[0] if one.year else schema.counting.since
    at = serving.facility
    blank, never = pd.Series([""], dtype="str"), pd.Series([pd.NaT])
    return pd.DataFrame(
        {
            "unit": units.index.array.take(serving.unit),
            "facility": frame.index.array.take(at),
            "name": _cells(frame, "name", at, blank),
            "status": _cells(frame, schema.counting.column, at, blank),
            "since": _cells(frame, since, at, never),
        }
    )


def _cells(frame: pd.DataFrame, column: str, at: Ints, missing: pd.Series) -> NDArray[Any]:
    """The cells of a column at some positions; where there is no such column what is missing."""
    if column in frame:
        return np.asarray(frame[column].array.take(at))
    return np.asarray(missing.array.take(np.zeros_like(at)))


def facts_of(one: Indicator, qualified: pd.DataFrame) -> pd.DataFrame:
    """What a later comparison needs to know of the facilities that counted."""
    if "x" not in qualified or "unit_code" in qualified:  # a table stands nowhere
        return pd.DataFrame()
    asked = facts_asked(one)
    if qualified.columns[: len(asked)].tolist() == asked:  # as they are, uncopied
        return qualified.iloc[:, : len(asked)].set_axis(list(_QUALIFIED), axis=1)
    known = {c: qualified[c].array for c in qualified}  # not to be matched by their index again
    if "served" not in known:
        nothing = np.empty(len(qualified), dtype=object)
        nothing.fill(())
        known["served"] = nothing
    missing = {"name": "", asked[3]: "", "ways": via_bits(one.via)}
    cells = (known.get(c, missing.get(c)) for c in asked)
    facts = dict(zip(_QUALIFIED, cells, strict=True))
    return pd.DataFrame(facts, index=qualified.index, copy=False)


def _by_reach(case: Case) -> tuple[Coverage, pd.DataFrame]:
    one, units = case.one, case.units.frame
    qualified, basis = standing(case)
    radius = float(one.radius_m or 0)
    coverage = by_radius(
        units,
        qualified,
        radius,
        basis=basis,
        weight=weight_of(one, case.context.options),
        indicator=one.id,
    )
    return coverage, qualified


def _by_flag(case: Case) -> tuple[Coverage, pd.DataFrame]:
    """Presence of a row that says yes: tables name their unit, and stand nowhere.

    A unit above the table's level says yes when all of its units at that level do.
    """
    one, units, frame, counted = case.one, case.units.frame, case.layer.frame, case.counted
    below, parent = below_of(case)
    child = below.get_indexer(pd.Index(frame["unit_code"]))
    said = [np.bincount(child[m & (child >= 0)], minlength=len(below)) for m, _ in counted.clauses]
    yes = (np.logical_and if one.every else np.logical_or).reduce([n > 0 for n in said])
    kids = np.bincount(parent[parent >= 0], minlength=len(units))
    agreed = np.bincount(parent[(parent >= 0) & yes], minlength=len(units))
    covered = (agreed == kids) & (kids > 0)
    unit = np.where(child >= 0, parent[child], -1).astype(np.int32)
    counting = counted.rows & (unit >= 0)
    rows = np.flatnonzero(counting & covered[unit]).astype(np.int32)
    rows = rows[np.argsort(unit[rows], kind="stable")]
    pairs = Pairs(unit[rows], rows, np.full(len(rows), via_bits(("named",)), np.int8))
    basis = make_basis(case)
    coverage = from_pairs(
        units,
        frame,
        pairs,
        basis=basis,
        weight=weight_of(one, case.context.options),
        method="flag",
        indicator=one.id,
    )
    return coverage, frame.iloc[:0]


def below_of(case: Case) -> tuple[pd.Index, NDArray[np.int64]]:
    """The units of the table's own level, and for each the position of its unit that counts."""
    one, units = case.one, case.units.frame
    level = case.layer.level or one.units
    column = f"{one.units}_code"
    below = None if level == one.units else case.context.source.find_units(level)
    if below is None or column not in below:
        return units.index, np.arange(len(units))
    parent = units.index.get_indexer(pd.Index(below.frame[column]))
    return below.frame.index, np.asarray(parent, dtype=np.int64)


def owners_of(case: Case) -> tuple[NDArray[np.int64], Placement | None, Mask]:
    """The unit each row belongs to (its position, or −1), how it was placed, and the conflicts."""
    one, units, frame = case.one, case.units.frame, case.layer.frame
    none = np.zeros(len(frame), dtype=bool)
    if "unit_code" in frame:
        return find_units(units, frame["unit_code"]).astype(np.int64), None, none
    placed = case.context.placements.placed(case.layer, one.units)
    placement = placed.placements[one.units]
    position = np.append(positions_of(case).astype(np.int64), -1)  # the last: in no unit
    return position[placement.owner], placement, placed.conflict


def _by_amount(case: Case) -> tuple[Coverage, pd.DataFrame]:
    """Count rows, or add up a column of theirs, at the unit that owns each."""
    one, units, frame, counted = case.one, case.units.frame, case.layer.frame, case.counted
    owner, placement, conflict = owners_of(case)
    rows = counted.rows & (owner >= 0) & ~conflict
    amounts = np.ones(len(frame)) if one.measure == "count" else frame[one.column].to_numpy(float)
    table, _ = unit_table(
        units,
        None,
        demand=np.nan,
        covered=np.nan,
        facilities=np.bincount(owner[rows], minlength=len(units)),
        via="",
        value=exact_sums(owner[rows], amounts[rows], len(units)),
    )
    basis = make_basis(case, placement=placement, conflict=conflict)
    if one.measure == "sum" and "unit_code" in frame:
        basis = replace(basis, unweighted=_silent(table))
    at = np.flatnonzero(rows).astype(np.int32)
    ways = np.full(len(at), via_bits(("inside",)), np.int8)
    pairs = Pairs(owner[at].astype(np.int32), at, ways)
    apart = _apart(case, placement, amounts, ~conflict) if placement else pd.DataFrame()
    serving = Serving(pairs, units.index, frame.index)
    coverage = Coverage(one.id, one.measure, basis, table, serving, apart=apart)
    return coverage, rows_that_count(one, frame, rows)


def _apart(case: Case, placement: Placement, amounts: Floats, sound: Mask) -> pd.DataFrame:
    """The amounts of rows that name only their county, by county; none where only some units count."""
    one, frame = case.one, case.layer.frame
    if one.among or one.needs or one.listed or not placement.county_only.any():
        return pd.DataFrame()
    rows = np.flatnonzero(case.counted.rows & placement.county_only & sound)
    at, codes = pd.factorize(frame["county_code"].iloc[rows])
    if not len(codes):
        return pd.DataFrame()
    counties = case.context.source.find_units("county")
    parents = case.context.placements.parents(one.units) if counties is None else counties.frame
    columns = [c for pair in PARENTS.values() for c in pair]
    known = pd.DataFrame(parents)[columns].drop_duplicates("county_code").set_index("county_code")
    table = known.reindex(pd.Index(codes, name="county_code")).reset_index()
    value = exact_sums(at, amounts[rows], len(codes))
    return table.fillna("").assign(value=value, demand=np.nan, covered=np.nan)


def _silent(table: pd.DataFrame) -> tuple[str, ...]:
    """The units for which a table of totals says nothing: listed, never taken for zero."""
    return tuple(table.index[table["facilities"] == 0].astype(str))


def _by_ratio(case: Case) -> tuple[Coverage, pd.DataFrame]:
    """Σ numerator / Σ denominator over the rows; rows lacking either leave both.

    With a weight (a column of the layer) both are multiplied by it first: the mean of a rate over
    persons, where the plain ratio of sums is that over units. A denominator in another layer is
    asked of each unit (see `_by_two_layers`).
    """
    if case.one.beside:
        return _by_two_layers(case)
    one, units, frame, counted = case.one, case.units.frame, case.layer.frame, case.counted
    owner, placement, conflict = owners_of(case)
    rows = counted.rows & (owner >= 0) & ~conflict
    if one.shares:
        top = part_of(one, frame, case.context.options.as_of)[rows].astype(float)
        bottom = np.ones(len(top))
    else:
        top, bottom = (frame[c].to_numpy(float)[rows] for c in (one.numerator, one.denominator))
    if one.weight:
        heavy = frame[one.weight].to_numpy(float)[rows]
        top, bottom = exact_product(top, heavy), exact_product(bottom, heavy)
    above, below = (exact_sums(owner[rows], amounts, len(units)) for amounts in (top, bottom))
    with np.errstate(divide="ignore", invalid="ignore"):
        covered = np.where(below > 0, above / below, 0.0)
    table, _ = unit_table(
        units,
        None,
        demand=below,
        value=above,
        covered=covered,
        facilities=np.bincount(owner[rows], minlength=len(units)),
        via="",
    )
    basis = make_basis(case, placement=placement, conflict=conflict)
    if "unit_code" in frame:
        basis = replace(basis, unweighted=_silent(table))
    return Coverage(one.id, "ratio", basis, table), frame.iloc[:0]


def _by_two_layers(case: Case) -> tuple[Coverage, pd.DataFrame]:
    """Σ numerator / Σ denominator over the units of which both are known; the others are listed.

    A unit in which no facility stands has nought of what they hold; one that a table does not
    name, or with a facility that counts and does not say its amount, is not known.
    """
    one, units, frame, counted = case.one, case.units.frame, case.layer.frame, case.counted
    owner, placement, conflict = owners_of(case)
    mine = (owner >= 0) & ~conflict
    rows, amounts = counted.rows & mine, frame[one.numerator].to_numpy(float)
    above = exact_sums(owner[rows], amounts[rows], len(units))
    held = np.bincount(owner[rows], minlength=len(units))
    empty = counted.work.set_aside[said_empty(one, one.numerator, case.layer.kind)]
    silent = np.bincount(owner[empty & counted.matched & mine], minlength=len(units)) > 0
    if "unit_code" in frame:
        silent |= held == 0
    beside = amounts_beside(one, units.index, case.context)
    unknown = silent | np.isnan(beside.amounts)
    table, _ = unit_table(
        units,
        None,
        demand=np.where(unknown, np.nan, beside.amounts),
        value=np.where(unknown, np.nan, above),
        covered=np.nan,
        facilities=held,
        via="",
    )
    apart = _apart(case, placement, amounts, ~conflict) if placement else pd.DataFrame()
    lost = tuple(units.index[unknown].astype(str))
    if len(apart):  # of a county that is not known whole its own figure is not either
        whole = ~apart["county_code"].isin(units["county_code"][unknown])
        lost, apart = (*lost, *apart["county_code"][~whole].astype(str)), apart[whole]
    basis = make_basis(case, placement=placement, conflict=conflict)
    years = tuple(sorted({*basis.years, *beside.years}))
    late = tuple(c for c in beside.earlier if c not in set(lost))
    basis = replace(basis, unweighted=lost, years=years, earlier=(*basis.earlier, *late))
    return Coverage(one.id, "ratio", basis, table, apart=apart), frame.iloc[:0]


METHODS = {
    "presence": _by_presence,
    "capacity": by_capacity,
    "reach": _by_reach,
    "flag": _by_flag,
    "count": _by_amount,
    "sum": _by_amount,
    "ratio": _by_ratio,
}
