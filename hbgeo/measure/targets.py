"""Indicators held against layers: what was measured, and how far it is from its target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.coverage import (
    PARENTS,
    Basis,
    Coverage,
    Pairs,
    from_pairs,
    make_pairs,
    unit_table,
    via_bits,
)
from hbgeo.measure.locate import VIA_NAMES, Placement, UnitIndex, place
from hbgeo.measure.reach import by_radius, nearest
from hbgeo.measure.select import (
    VIA_WORDS,
    Mask,
    Options,
    Working,
    absent_columns,
    describe,
    match,
    needed_columns,
    working,
)
from hbgeo.read.catalog import LEVEL_NAMES, Clause, Indicator, Target
from hbgeo.read.schema import Schema, read_schema

TOLERANCE = Fraction(1, 10**9)  # fractional cover this near a target is not called met
DIGITS = 2  # of a shown percentage
NO_DEFINITION = "可计算的定义(会议只作定性表述)"


class Source(Protocol):
    """Where units and layers come from; None where the workspace has none."""

    def find_units(self, level: str) -> pd.DataFrame | None:
        """Units of a level."""

    def find_index(self, level: str) -> UnitIndex | None:
        """A ready index of those units; None where one has to be made, or units have no shapes."""

    def find_layer(self, key: str) -> pd.DataFrame | None:
        """Facilities or a table, by the layer's key."""

    def schema_of(self, key: str) -> Schema:
        """The schema of a layer."""


@dataclass(frozen=True)
class Assessment:
    """One indicator, its coverage as of a date, and what is missing where it has none.

    Attributes
    ----------
    coverage
        None where the indicator cannot be computed; `missing` then names what it lacks.
    whole
        False where only a part of the workspace was asked for: no target binds a part.
    nearest
        Indexed by unit code: `nearest_id`, `nearest_name`, `nearest_km`, `nearest_status` of the
        nearest working facility that qualifies, in any unit; empty where not asked for.
    qualified
        Every facility that counts, by id: `name`, `x`, `y`, `named` (the unit of this level that
        its row names), `served`, `ways` (bits of how it may reach a unit); empty for tables.
    waiting
        The facilities that would count but do not work (在建, 停用, no opening date), one row a
        unit they would reach: `unit`, `facility`, `name`, `status`, `since`; with `nearest` only.
    """

    indicator: Indicator
    as_of: date
    coverage: Coverage | None
    missing: tuple[str, ...] = ()
    whole: bool = True
    nearest: pd.DataFrame = field(default_factory=pd.DataFrame)
    qualified: pd.DataFrame = field(default_factory=pd.DataFrame)
    waiting: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def target(self) -> Target | None:
        """The first target whose deadline is not past on `as_of`, else the last."""
        if not (self.whole and self.indicator.quantified and self.indicator.targets):
            return None
        targets = self.indicator.targets
        ahead = [t for t in targets if t.deadline is None or t.deadline >= self.as_of]
        return ahead[0] if ahead else targets[-1]

    @property
    def counted(self) -> bool:
        """Whether the figure is an amount (count, sum) rather than a percentage."""
        return self.indicator.measure in {"count", "sum"}

    @property
    def figure(self) -> Fraction | None:
        """The figure in the indicator's own unit: percent, or an amount; None without one."""
        if self.coverage is None:
            return None
        return self.coverage.value if self.counted else self.coverage.share.pct

    @property
    def shown(self) -> str:
        """The figure as people read it, — where there is none (see `show_number`)."""
        if self.figure is None:
            return "—"
        goal = self.target and (self.target.value if self.counted else self.target.pct)
        return show_number(self.figure, goal or None, percent=not self.counted)

    @property
    def status(self) -> str:
        """One of measured, no-target, no-data (which wins), not-applicable (0 of 0)."""
        if self.coverage is None:
            return "no-data"
        if self.figure is None:
            return "not-applicable"
        return "measured" if self.target else "no-target"

    @property
    def short(self) -> int | None:
        """How many are still missing for the target, rounded up to whole ones; 0 when met."""
        gap = self._gap()
        return None if gap is None else max(0, ceil(gap))

    @property
    def met(self) -> bool | None:
        """Whether the target is reached in exact arithmetic; None where there is nothing to say."""
        gap = self._gap()
        if gap is None or self.coverage is None:
            return None
        inexact = not self.counted and not self.coverage.share.exact
        return bool(gap <= -TOLERANCE * self.coverage.share.total if inexact else gap <= 0)

    @property
    def basis_lines(self) -> list[str]:
        """The ground of the figure (口径), in sentences."""
        if self.coverage is None:
            return [f"无法计算:缺少{'、'.join(self.missing)}。"]
        return _basis_lines(self.indicator, self.coverage)

    def _gap(self) -> Fraction | None:
        """What the target still asks for, in covered demand or in the amount; None without one."""
        target = self.target
        if self.status != "measured" or self.coverage is None or target is None:
            return None
        if self.counted:
            return Fraction(target.value or 0) - self.coverage.value
        share = self.coverage.share
        return Fraction(target.pct or 0) * share.total / 100 - share.covered


def show_number(value: Fraction, target: Decimal | None = None, *, percent: bool = True) -> str:
    """Round half up to two decimals (amounts: to what they have, at most two), and never up to a goal.

    A percentage below the target or below 100 is cut down where rounding would reach it.
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    digits = Decimal(1).scaleb(-DIGITS)
    shown = exact.quantize(digits, ROUND_HALF_UP)
    goals = [g for g in (target, Decimal(100) if percent else None) if g is not None]
    if any(exact < goal <= shown for goal in goals):
        shown = exact.quantize(digits, ROUND_FLOOR)
    if percent:
        return f"{shown:.2f}"
    whole = shown == shown.to_integral_value()
    return f"{int(shown):,}" if whole else f"{shown.normalize():,f}"


def assess(
    indicators: Iterable[Indicator],
    source: Source,
    options: Options,
    *,
    with_nearest: bool = False,
) -> list[Assessment]:
    """Measure each indicator on the layers it names.

    Parameters
    ----------
    source
        Gives units and layers; each is asked for only when an indicator needs it.
    with_nearest
        Whether to look for the nearest facility of each unit as well.

    Returns
    -------
    assessments
        In the order of `indicators`. One that lacks a layer, column or list has no coverage and
        says what is missing; nothing is guessed.
    """
    desk = _Desk(source, options)
    return [_assess_one(one, desk, with_nearest) for one in indicators]


@dataclass(frozen=True)
class Placed:
    """A facility layer and where its rows stand, level by level.

    `conflict` marks the rows whose point lies too far from the unit they name: they count
    nowhere, at no level.
    """

    frame: pd.DataFrame
    placements: dict[str, Placement]
    conflict: Mask


def place_layer(
    frame: pd.DataFrame, units: dict[str, pd.DataFrame], indexes: dict[str, UnitIndex]
) -> Placed:
    """Place a layer's rows among the units of every level given.

    Parameters
    ----------
    frame
        `x`, `y`, and `county_code`, `township_code`, `village_code` as its rows name them.
    units
        Level → units; the order of levels does not matter.
    indexes
        Level → a ready index of those units; missing ones are made.
    """
    placements = {}
    conflict = np.zeros(len(frame), dtype=bool)
    for level, of_level in units.items():
        column = f"{level}_code"
        named = frame[column] if column in frame else pd.Series("", frame.index)
        if "geometry" in of_level and level not in indexes:
            indexes[level] = UnitIndex(of_level)
        placements[level] = place(frame, of_level, named=named, index=indexes.get(level))
        conflict |= placements[level].conflict
    return Placed(frame, placements, conflict)


class _Desk:
    """What one call of `assess` has on the table, so that each thing is worked out once."""

    def __init__(self, source: Source, options: Options) -> None:
        self.source, self.options = source, options
        self._placed: dict[str, Placed] = {}
        self._indexes: dict[str, UnitIndex] = {}
        self._pairs: dict[tuple[str, str], Pairs] = {}

    def placed(self, key: str, frame: pd.DataFrame, level: str) -> Placed:
        """The layer placed in counties, townships and, if asked for, one level more."""
        have = self._placed.get(key)
        levels = dict.fromkeys(("county", "township", level))
        if have is None or level not in have.placements:
            units = {at: u for at in levels if (u := self.source.find_units(at)) is not None}
            for at in units.keys() - self._indexes.keys():
                if (index := self.source.find_index(at)) is not None:
                    self._indexes[at] = index
            self._placed[key] = place_layer(_with_prefectures(frame, units), units, self._indexes)
        return self._placed[key]

    def pairs(self, key: str, placed: Placed, units: pd.DataFrame, level: str) -> Pairs:
        """Every pair of the layer with units of the level, filters apart."""
        if (key, level) not in self._pairs:
            placement = replace(placed.placements[level], conflict=placed.conflict)
            owner = np.where(placed.conflict, -1, placement.owner).astype(np.int32)
            placement = replace(placement, owner=owner)
            self._pairs[key, level] = make_pairs(units, placed.frame, placement)
        return self._pairs[key, level]


def _with_prefectures(frame: pd.DataFrame, units: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Name the prefecture and province of each row by the county it names."""
    counties = units.get("county")
    if counties is None or "county_code" not in frame:
        return frame
    county = frame["county_code"]
    return frame.assign(
        prefecture_code=county.map(counties["prefecture_code"]).fillna(""),
        province_code=county.map(counties["province_code"]).fillna(""),
    )


def _assess_one(one: Indicator, desk: _Desk, with_nearest: bool) -> Assessment:  # noqa: FBT001
    options, whole = desk.options, not desk.options.within
    if one.measure == "none":
        return Assessment(one, options.as_of, None, (NO_DEFINITION,), whole)
    units, missing = _denominator(one, desk)
    frame = desk.source.find_layer(one.layer)
    if frame is None:
        missing.append(_layer_title(one.layer))
    else:
        missing += _absent(one, frame, desk)
    if not missing and units is not None and frame is not None:
        frame = _with_year(one, frame)
        missing += _not_totals(one, desk, frame)
        units, lacking = _listed_units(one, desk, units, frame)
        missing += lacking
    if missing or units is None or frame is None:
        return Assessment(one, options.as_of, None, tuple(dict.fromkeys(missing)), whole)
    coverage, qualified = _MEASURES[one.measure](one, desk, units, frame)
    coverage = replace(coverage, parents=_parents(one, desk))
    if options.within:
        coverage = _restrict(coverage, options.within)
    near, waiting = pd.DataFrame(), pd.DataFrame()
    if with_nearest and one.measure in {"presence", "reach"}:
        near = _nearest(units.loc[coverage.units.index], qualified)
    if with_nearest and one.measure == "presence":
        waiting = _waiting(one, desk, units.loc[coverage.units.index], frame)
    kept = _kept(one, qualified)
    return Assessment(one, options.as_of, coverage, (), whole, near, kept, waiting)


def _denominator(one: Indicator, desk: _Desk) -> tuple[pd.DataFrame | None, list[str]]:
    """The units an indicator counts, and what is missing to tell them."""
    units = desk.source.find_units(one.units)
    if units is None:
        return None, [f"{LEVEL_NAMES[one.units]}图层({one.units})"]
    missing = [
        f"{LEVEL_NAMES[one.units]}图层的列“{_unit_heading(c)}”"
        for c in absent_columns(units, one.among)
    ]
    weight = desk.options.weight or one.weight
    if weight and weight not in units and one.measure in {"presence", "reach", "flag"}:
        missing.append(f"人口图层(population)的列“{_weight_heading(weight)}”")
    lists = {key: desk.source.find_layer(key) for key in one.needs}
    missing += [_layer_title(key) for key, rows in lists.items() if rows is None]
    if missing:
        return units, missing
    keep = _any(units, one.among)
    for key, rows in lists.items():
        if rows is not None:
            mine = units.index.isin(_listed(rows, desk.source.schema_of(key)))
            missing += [] if mine.any() else [f"{_layer_title(key)}中对应到单元的行"]
            keep = keep & mine
    kept = units[keep]
    kept.attrs = units.attrs
    return kept, missing


def _listed(rows: pd.DataFrame, schema: Schema) -> pd.Series:
    counting = schema.counting
    if counting is None or counting.column not in rows:
        return rows["unit_code"]
    state = rows[counting.column].where(rows[counting.column] != "", counting.blank)
    return rows["unit_code"][state.isin(counting.states)]


def _any(frame: pd.DataFrame, clauses: Sequence[Clause]) -> Mask:
    if not clauses:
        return np.ones(len(frame), dtype=bool)
    return np.asarray(np.logical_or.reduce([match(frame, c) for c in clauses]))


def _absent(one: Indicator, frame: pd.DataFrame, desk: _Desk) -> list[str]:
    """The columns of the layer that the indicator cannot do without."""
    schema = desk.source.schema_of(one.layer)
    wanted = absent_columns(frame, (*one.where, *one.listed))
    if one.measure != "ratio" or "unit_code" not in frame:
        needed = needed_columns(schema, desk.options, _since(one, schema))
        wanted += [c for c in needed if c not in frame]
    named = [one.column, one.numerator, one.denominator, *one.filled]
    named += [one.year[0]] if one.year and not frame.attrs.get("year") else []
    named += [one.weight] if one.measure == "ratio" else []
    wanted += [c for c in named if c and c not in frame]
    title = schema.title
    return [f"{title}({one.layer})的列“{schema.heading(c)}”" for c in dict.fromkeys(wanted)]


@dataclass(frozen=True)
class _Counted:
    """The rows of a layer that count for an indicator: one mask a clause, and why others do not."""

    clauses: list[tuple[Mask, tuple[str, ...]]]
    rows: Mask
    work: Working
    matched: Mask
    years: tuple[int, ...] = ()


def _count_rows(one: Indicator, desk: _Desk, frame: pd.DataFrame) -> _Counted:
    schema, options = desk.source.schema_of(one.layer), desk.options
    mixed = schema.mixed if options.count_mixed else None
    clauses = one.where or (Clause({}),)
    masks = [match(frame, c, mixed) for c in clauses]
    matched = np.asarray(np.logical_or.reduce(masks))
    years: tuple[int, ...] = ()
    if one.year:
        in_years, years = _in_years(one, frame, matched, options)
        matched = matched & in_years
    since = _since(one, schema)
    table_ratio = one.measure == "ratio" and "unit_code" in frame
    counting = replace(schema, counting=None) if table_ratio else schema
    work = working(frame, counting, options, status=one.status, since=since)
    work = _complete(one, frame, work, schema)
    made = [
        (m & matched & work.mask, c.via or one.via) for m, c in zip(masks, clauses, strict=True)
    ]
    return _Counted(made, matched & work.mask, work, matched, years)


def _since(one: Indicator, schema: Schema) -> str:
    """The date column that replaces the opening date: an increment's, never a column of years."""
    if one.year is None:
        return ""
    column = schema.columns.get(one.year[0])
    return one.year[0] if column is None or column.type == "date" else ""


def _in_years(
    one: Indicator, frame: pd.DataFrame, matched: Mask, options: Options
) -> tuple[Mask, tuple[int, ...]]:
    """Mark the rows of the indicator's years, and undated ones (set aside later); say the years.

    With no year named, the latest that the table has and that is not after the date.
    """
    column, years = one.year or ("", ())
    dated = pd.api.types.is_datetime64_any_dtype(frame[column])
    stated = frame[column].dt.year if dated else frame[column]
    past = (stated <= options.as_of.year).to_numpy()
    if not years:
        known = stated[matched & past]
        years = (int(known.max()),) if len(known) else ()
    mine = stated.isin(years).to_numpy() & (past | dated)
    return (mine | stated.isna().to_numpy() if dated else mine), years


def _complete(one: Indicator, frame: pd.DataFrame, work: Working, schema: Schema) -> Working:
    """Set the rows aside that lack a column the indicator cannot do without."""
    amounts = [c for c in (one.column, one.numerator, one.denominator) if c]
    amounts += [one.weight] if one.measure == "ratio" and one.weight else []
    mask, aside = work.mask, dict(work.set_aside)
    for column in dict.fromkeys([*one.filled, *amounts]):
        empty = mask & (frame[column].isna() | (frame[column] == "")).to_numpy()
        aside[f"“{schema.heading(column)}”为空"] = empty
        mask = mask & ~empty
    return replace(work, mask=mask, set_aside=aside)


def _with_year(one: Indicator, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table of yearly figures without a year column the year its catalogue entry states."""
    if one.year is None or one.year[0] in frame:
        return frame
    made = frame.assign(**{one.year[0]: float(frame.attrs["year"])})
    made.attrs = frame.attrs
    return made


def _not_totals(one: Indicator, desk: _Desk, frame: pd.DataFrame) -> list[str]:
    """What is missing where a table that is added up has several rows a unit.

    Rows of households or persons, or a report sent twice, would make a total of their own.
    """
    if one.measure not in {"sum", "ratio"} or "unit_code" not in frame:
        return []
    units = frame["unit_code"][_count_rows(one, desk, frame).rows]
    twice = units[units.duplicated(keep=False)]
    if twice.empty:
        return []
    level = str(frame.attrs.get("level", "")) or one.units
    known = desk.source.find_units(level)
    first = str(twice.min())
    name = first if known is None else str(known["name"].get(first, first))
    said = f"每个{LEVEL_NAMES[level]}一行的合计(“{name}”有 {int((twice == first).sum())} 行"
    return [said + ",疑似逐户逐人明细或重复填报,不予接收)"]


def _listed_units(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Keep the units that a row of the layer lists; without any such row there is no denominator."""
    if not one.listed:
        return units, []
    rows = _count_rows(replace(one, where=one.listed, filled=()), desk, frame).rows
    kept = units[units.index.isin(frame["unit_code"][rows])]
    kept.attrs = units.attrs
    schema = desk.source.schema_of(one.layer)
    lacking = f"{_layer_title(one.layer)}中“{describe(one.listed, schema)}”的行"
    return kept, [] if len(kept) else [lacking]


def _by_presence(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[Coverage, pd.DataFrame]:
    counted = _count_rows(one, desk, frame)
    placed = desk.placed(one.layer, frame, one.units)
    everything = desk.source.find_units(one.units)
    if everything is None:
        raise AssertionError(one.units)  # the denominator was found among them
    pairs = desk.pairs(one.layer, placed, everything, one.units)
    ways = np.zeros(len(pairs.unit), dtype=np.int8)
    for rows, vias in counted.clauses:
        ways |= np.where(rows[pairs.facility], pairs.via & np.int8(via_bits(vias)), np.int8(0))
    kept = _onto(replace(pairs, via=ways).where(ways > 0), everything, units)
    placement = placed.placements[one.units]
    basis = _basis(one, desk, units, frame, counted, placement=placement, conflict=placed.conflict)
    coverage = from_pairs(
        units,
        frame,
        kept,
        basis=basis,
        weight=_weight(one, desk),
        method="presence",
        indicator=one.id,
    )
    ways = np.zeros(len(frame), dtype=np.int8)
    for rows, vias in counted.clauses:
        ways[rows] |= via_bits(vias)
    counts = counted.rows & ~placed.conflict
    return coverage, placed.frame[counts].assign(ways=ways[counts])


def _waiting(one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The facilities that would count for a unit if only they worked."""
    counted, schema = _count_rows(one, desk, frame), desk.source.schema_of(one.layer)
    everything = desk.source.find_units(one.units)
    if everything is None or schema.counting is None:
        return pd.DataFrame()
    placed = desk.placed(one.layer, frame, one.units)
    pairs = desk.pairs(one.layer, placed, everything, one.units)
    idle = counted.matched & ~counted.work.mask & ~placed.conflict
    mixed = schema.mixed if desk.options.count_mixed else None
    keep = np.zeros(len(pairs.unit), dtype=bool)
    for clause in one.where or (Clause({}),):
        rows = match(frame, clause, mixed) & idle
        keep |= rows[pairs.facility] & ((pairs.via & via_bits(clause.via or one.via)) > 0)
    kept = _onto(pairs.where(keep), everything, units)
    rows_of = frame.iloc[kept.facility]
    since = one.year[0] if one.year else schema.counting.since
    blank = pd.Series("", rows_of.index, dtype="str")
    return pd.DataFrame(
        {
            "unit": units.index.to_numpy()[kept.unit],
            "facility": rows_of.index.to_numpy(),
            "name": rows_of.get("name", blank).to_numpy(),
            "status": rows_of.get(schema.counting.column, blank).to_numpy(),
            "since": rows_of.get(since, pd.Series(pd.NaT, rows_of.index)).to_numpy(),
        }
    )


def _kept(one: Indicator, qualified: pd.DataFrame) -> pd.DataFrame:
    """What a later comparison needs to know of the facilities that counted."""
    if "x" not in qualified or "unit_code" in qualified:  # a table stands nowhere
        return pd.DataFrame()
    blank = pd.Series("", qualified.index, dtype="str")
    kept = pd.DataFrame({"name": qualified.get("name", blank)}, index=qualified.index)
    kept[["x", "y"]] = qualified[["x", "y"]]
    kept["named"] = qualified.get(f"{one.units}_code", blank)
    kept["served"] = qualified.get("served", pd.Series([()] * len(kept), kept.index))
    kept["ways"] = qualified.get("ways", via_bits(one.via))
    return kept


def _onto(pairs: Pairs, everything: pd.DataFrame, units: pd.DataFrame) -> Pairs:
    """Renumber pairs from all units of a level to those that count."""
    position = units.index.get_indexer(everything.index).astype(np.int32)
    moved = Pairs(position[pairs.unit], pairs.facility, pairs.via)
    return moved.where(moved.unit >= 0)


def _by_reach(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[Coverage, pd.DataFrame]:
    counted = _count_rows(one, desk, frame)
    placed = desk.placed(one.layer, frame, one.units)
    qualified = frame[counted.rows & ~placed.conflict]
    basis = _basis(one, desk, units, frame, counted, conflict=placed.conflict)
    radius = float(one.radius_m or 0)
    coverage = by_radius(
        units, qualified, radius, basis=basis, weight=_weight(one, desk), indicator=one.id
    )
    return coverage, qualified


def _by_flag(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[Coverage, pd.DataFrame]:
    """Presence of a row that says yes: tables name their unit, and stand nowhere.

    A unit above the table's level says yes when all of its units at that level do.
    """
    counted = _count_rows(one, desk, frame)
    below, parent = _below(one, desk, units, frame)
    child = below.get_indexer(frame["unit_code"])
    said = [np.bincount(child[m & (child >= 0)], minlength=len(below)) for m, _ in counted.clauses]
    yes = (np.logical_and if one.every else np.logical_or).reduce([n > 0 for n in said])
    kids = np.bincount(parent[parent >= 0], minlength=len(units))
    agreed = np.bincount(parent[(parent >= 0) & yes], minlength=len(units))
    covered = (agreed == kids) & (kids > 0)
    unit = np.where(child >= 0, parent[child], -1).astype(np.int32)
    keep = counted.rows & (unit >= 0)
    rows = np.flatnonzero(keep & covered[unit]).astype(np.int32)
    rows = rows[np.argsort(unit[rows], kind="stable")]
    pairs = Pairs(unit[rows], rows, np.full(len(rows), via_bits(("named",)), np.int8))
    basis = _basis(one, desk, units, frame, counted)
    coverage = from_pairs(
        units, frame, pairs, basis=basis, weight=_weight(one, desk), method="flag", indicator=one.id
    )
    return coverage, frame.iloc[:0]


def _below(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[pd.Index, NDArray[np.int64]]:
    """The units of the table's own level, and for each the position of its unit that counts."""
    level = str(frame.attrs.get("level", "")) or one.units
    column = f"{one.units}_code"
    below = None if level == one.units else desk.source.find_units(level)
    if below is None or column not in below:
        return units.index, np.arange(len(units))
    return below.index, np.asarray(units.index.get_indexer(below[column]), dtype=np.int64)


def _owners(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[NDArray[np.int64], Placement | None, Mask]:
    """The unit each row belongs to (its position, or −1), how it was placed, and the conflicts."""
    none = np.zeros(len(frame), dtype=bool)
    if "unit_code" in frame:
        return units.index.get_indexer(frame["unit_code"]), None, none
    placed = desk.placed(one.layer, frame, one.units)
    placement = placed.placements[one.units]
    everything = desk.source.find_units(one.units)
    codes = np.array([*([] if everything is None else everything.index), ""], dtype=object)
    return units.index.get_indexer(codes[placement.owner]), placement, placed.conflict


def _by_amount(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[Coverage, pd.DataFrame]:
    """Count rows, or add up a column of theirs, at the unit that owns each."""
    counted = _count_rows(one, desk, frame)
    owner, placement, conflict = _owners(one, desk, units, frame)
    rows = counted.rows & (owner >= 0) & ~conflict
    amounts = np.ones(len(frame)) if one.measure == "count" else frame[one.column].to_numpy(float)
    table, _ = unit_table(units, None)
    table["demand"], table["covered"] = np.nan, np.nan
    table["facilities"] = np.bincount(owner[rows], minlength=len(units))
    table["via"] = ""
    table["value"] = np.bincount(owner[rows], weights=amounts[rows], minlength=len(units))
    basis = _basis(one, desk, units, frame, counted, placement=placement, conflict=conflict)
    if one.measure == "sum" and "unit_code" in frame:
        basis = replace(basis, unweighted=_silent(table))
    links = pd.DataFrame(
        {
            "unit": units.index.to_numpy()[owner[rows]],
            "facility": frame.index.to_numpy()[rows],
            "via": "inside",
        }
    )
    return Coverage(one.id, one.measure, basis, table, links), frame[rows]


def _silent(table: pd.DataFrame) -> tuple[str, ...]:
    """The units for which a table of totals says nothing: listed, never taken for zero."""
    return tuple(table.index[table["facilities"] == 0].astype(str))


def _by_ratio(
    one: Indicator, desk: _Desk, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[Coverage, pd.DataFrame]:
    """Σ numerator / Σ denominator over the rows; rows lacking either leave both.

    With a weight (a column of the layer) both are multiplied by it first: the mean of a rate over
    persons, where the plain ratio of sums is that over units.
    """
    counted = _count_rows(one, desk, frame)
    owner, placement, conflict = _owners(one, desk, units, frame)
    rows = counted.rows & (owner >= 0) & ~conflict
    heavy = frame[one.weight].to_numpy(float) if one.weight else np.ones(len(frame))
    top, bottom = (frame[c].to_numpy(float) * heavy for c in (one.numerator, one.denominator))
    table, _ = unit_table(units, None)
    table["demand"] = np.bincount(owner[rows], weights=bottom[rows], minlength=len(units))
    table["value"] = np.bincount(owner[rows], weights=top[rows], minlength=len(units))
    with np.errstate(divide="ignore", invalid="ignore"):
        table["covered"] = np.where(table["demand"] > 0, table["value"] / table["demand"], 0.0)
    table["facilities"] = np.bincount(owner[rows], minlength=len(units))
    table["via"] = ""
    basis = _basis(one, desk, units, frame, counted, placement=placement, conflict=conflict)
    if "unit_code" in frame:
        basis = replace(basis, unweighted=_silent(table))
    return Coverage(one.id, "ratio", basis, table), frame.iloc[:0]


_MEASURES = {
    "presence": _by_presence,
    "reach": _by_reach,
    "flag": _by_flag,
    "count": _by_amount,
    "sum": _by_amount,
    "ratio": _by_ratio,
}


def _basis(
    one: Indicator,
    desk: _Desk,
    units: pd.DataFrame,
    frame: pd.DataFrame,
    counted: _Counted,
    *,
    placement: Placement | None = None,
    conflict: Mask | None = None,
) -> Basis:
    clash = np.zeros(len(frame), dtype=bool) if conflict is None else conflict
    rows = counted.rows & ~clash
    aside = {
        why: int((mask & counted.matched).sum()) for why, mask in counted.work.set_aside.items()
    }
    aside["点位与台账所在单元不符"] = int((counted.rows & clash).sum())
    aside["数据有误"] = int(frame.attrs.get("aside", 0))
    for key in one.needs:
        rows_of = desk.source.find_layer(key)
        lost = 0 if rows_of is None else int(rows_of.attrs.get("aside", 0))
        aside[f"{read_schema(key).title}中未对应到单元"] = lost
    of_layers = [units, frame]
    return Basis(
        as_of=desk.options.as_of,
        filters=_filters(one, desk, counted.years),
        used=int(rows.sum()),
        set_aside={why: n for why, n in aside.items() if n},
        undated=int((counted.work.undated & counted.matched).sum()),
        on_border=0 if placement is None else int((placement.on_border & rows).sum()),
        outside=0 if placement is None else int(((placement.owner < 0) & rows).sum()),
        by_ledger=0 if placement is None else int((placement.by_ledger & rows).sum()),
        approximate=bool(units.attrs.get("approximate")),
        sample=any(bool(f.attrs.get("sample")) for f in of_layers),
        sources=tuple(
            dict.fromkeys(str(f.attrs["source"]) for f in of_layers if f.attrs.get("source"))
        ),
    )


def _filters(one: Indicator, desk: _Desk, years: tuple[int, ...] = ()) -> tuple[str, ...]:
    """The indicator's reading in words: denominator, facilities, states, ways, scenario."""
    schema = desk.source.schema_of(one.layer)
    said = [_said_denominator(one, schema), *_said_rows(one, desk.options, schema, years)]
    if one.radius_m:
        said.append(f"半径 {one.radius_m:f} 米,直线距离,非步行时间")
    if one.via != VIA_NAMES and set(one.via) != set(VIA_NAMES):
        said.append(f"方式:{'、'.join(VIA_WORDS[v] for v in one.via)}")
    if one.measure == "ratio":
        by = f"按{schema.heading(one.weight)}加权" if one.weight else "各行不加权"
        ratio = f"{schema.heading(one.numerator)}合计÷{schema.heading(one.denominator)}合计"
        said.append(f"{ratio},{by}")
    weight = _weight(one, desk)
    if weight and one.measure in {"presence", "reach", "flag"}:
        said.append(f"按{_weight_heading(weight)}加权")
    said += [f"情景:{s}" for s in _scenario(desk.options)]
    return tuple(said)


def _said_denominator(one: Indicator, schema: Schema) -> str:
    said = f"分母:{LEVEL_NAMES[one.units]}"
    if one.among:
        of_units = read_schema("village" if one.units == "village" else "unit")
        said += f",{describe(one.among, of_units)}"
    if one.needs:
        said += f",限于{'、'.join(read_schema(k).title for k in one.needs)}"
    if one.listed:
        said += f",限于{describe(one.listed, schema)}"
    return said


def _said_rows(
    one: Indicator, options: Options, schema: Schema, years: tuple[int, ...]
) -> list[str]:
    said = []
    if one.where:
        said.append(f"计入:{describe(one.where, schema)}" + (",须同时具备" if one.every else ""))
    if schema.counting and one.measure != "ratio":
        states = [*(one.status or schema.counting.states), *options.status]
        said.append(f"{schema.heading(schema.counting.column)}:{'、'.join(dict.fromkeys(states))}")
    if one.year:
        said.append(f"{schema.heading(one.year[0])}:{'、'.join(map(str, years)) or '—'} 年")
    if one.filled:
        said.append(f"须填写{'、'.join(schema.heading(c) for c in one.filled)}")
    return said


def _scenario(options: Options) -> list[str]:
    said = []
    if options.status:
        said.append(f"另计状态 {'、'.join(options.status)}")
    if options.as_if:
        said.append(f"视为运营 {'、'.join(options.as_if)}")
    if options.undated:
        said.append("无日期的计入" if options.undated == "include" else "无日期的不计")
    if options.count_mixed:
        said.append("计入含公益性墓区的经营性公墓")
    if options.within:
        said.append(f"仅限 {options.within}")
    return said


def _basis_lines(one: Indicator, coverage: Coverage) -> list[str]:
    basis = coverage.basis
    lines = [f"截至 {basis.as_of}。" + ";".join(basis.filters) + "。"]
    share = coverage.share
    if coverage.method not in {"count", "sum"}:
        unit = "" if coverage.method == "ratio" else f"(单元 {len(coverage.units):,} 个)"
        words = ("分母", "分子") if coverage.method == "ratio" else ("应覆盖", "已覆盖")
        lines.append(
            f"{words[0]} {show_number(share.total, percent=False)}{unit},{words[1]} {show_number(share.covered, percent=False)}。"
        )
    aside = "、".join(f"{why} {n:,}" for why, n in basis.set_aside.items())
    lines.append(f"计入 {basis.used:,} 行" + (f";未计入:{aside}。" if aside else "。"))
    where = {
        "共用边界上": basis.on_border,
        "不在任何单元内": basis.outside,
        "按台账归属": basis.by_ledger,
    }
    placed = "、".join(f"{what} {n:,}" for what, n in where.items() if n)
    if placed:
        lines.append(f"其中{placed}。")
    if basis.unweighted:
        some = "、".join(basis.unweighted[:5]) + ("等" if len(basis.unweighted) > 5 else "")
        what = "未报数" if coverage.method in {"sum", "ratio"} else "缺权重、未计入分子分母"
        lines.append(f"{what}的单元 {len(basis.unweighted):,} 个:{some}。")
    if one.note:
        lines.append(one.note)
    if basis.approximate:
        lines.append("边界为近似示意。")
    if basis.sample:
        lines.append("示例数据,非真实统计。")
    lines += [f"来源:{s}" for s in basis.sources]
    return lines


def _parents(one: Indicator, desk: _Desk) -> pd.DataFrame:
    """Every parent of the level's units, those without a unit that counts among them."""
    everything = desk.source.find_units(one.units)
    if everything is None:
        raise AssertionError(one.units)  # the denominator was found among them
    columns = [c for pair in PARENTS.values() for c in pair if c in everything]
    return pd.DataFrame(everything[columns]).drop_duplicates(ignore_index=True)


def _restrict(coverage: Coverage, code: str) -> Coverage:
    """Keep the units of one county or prefecture."""
    units = coverage.units
    keep = (units["county_code"] == code) | (units["prefecture_code"] == code)
    kept = units[keep]
    links = coverage.links[coverage.links["unit"].isin(kept.index)]
    parents = coverage.parents
    parents = parents[(parents["county_code"] == code) | (parents["prefecture_code"] == code)]
    unweighted = tuple(u for u in coverage.basis.unweighted if u in kept.index)
    return replace(
        coverage,
        units=kept,
        links=links,
        parents=parents,
        basis=replace(coverage.basis, unweighted=unweighted),
    )


def _nearest(units: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """The nearest qualifying facility of each unit, from its seat."""
    seats = units[["seat_x", "seat_y"]].rename(columns={"seat_x": "x", "seat_y": "y"})
    found = nearest(seats, facilities)
    pick = found["facility"].to_numpy()
    some = pick >= 0
    made = pd.DataFrame(index=units.index)
    for column, own in (("nearest_id", facilities.index), ("nearest_name", facilities.get("name"))):
        made[column] = _pick(own, pick, some)
    made["nearest_km"] = found["metres"] / 1000
    made["nearest_status"] = _pick(facilities.get("status"), pick, some)
    return made


def _pick(
    values: pd.Series | pd.Index | None, pick: NDArray[np.int64], some: Mask
) -> NDArray[np.object_]:
    picked = np.full(len(pick), "", dtype=object)
    if values is not None and len(values):
        picked[some] = values.to_numpy()[pick[some]]
    return picked


def _weight(one: Indicator, desk: _Desk) -> str | None:
    return desk.options.weight or one.weight or None


def _weight_heading(weight: str) -> str:
    return read_schema("population").heading(weight)


def _unit_heading(column: str) -> str:
    for key in ("unit", "village"):
        if column in read_schema(key).columns:
            return read_schema(key).heading(column)
    return column


def _layer_title(key: str) -> str:
    return f"{read_schema(key).title}({key})"
