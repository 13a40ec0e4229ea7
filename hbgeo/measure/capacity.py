"""For how many years there is room to bury: places against deaths a year, each place once.

Places (persons) of a facility = graves free + niches free; a double grave gives two places. Of
doubles of which nobody says how many are used only what is surely free counts. A facility that
does not say its totals, or not what of them is used, is unknown: none of its places count.

A facility supplies the units that it stands in, names or serves (`via`). One unit has all of its
places; several share them by population, those without one left out. What no unit can have stands
in none. Shared among all units of the level, also those that do not count.

A unit is covered when its places last for the years asked for: places ≥ years · deaths. Where
nobody dies it is covered. It leaves both sums where its deaths are not known, or where its known
places do not suffice and another facility's, which supplies it, cannot be told.

Source: eight departments of Hubei, 2020-10-21 (room for thirty years of the resident population).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.basis_words import layer_title, make_basis, weight_of
from hbgeo.measure.burials import Burials, find_burials, said_burials
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage, from_pairs
from hbgeo.measure.pairs import Pairs
from hbgeo.measure.serving import onto, positions_of, qualified_of, serving_pairs
from hbgeo.read.cell.decimals import exact, whole_numbers
from hbgeo.read.indicator import Indicator

TOTALS = ("plots_total", "niches_total")
_COLUMNS = (
    "plots_total",
    "plots_used",
    "double_plots",
    "double_used",
    "niches_total",
    "niches_used",
)
_EXACT = 10**15  # whole numbers of so many digits are doubles, and so are they over a power of ten


@dataclass(frozen=True)
class Free:
    """The free places of each facility: `parts / per`; 0 where they are not `known`.

    `unsure` are those of which only what is surely free counts.
    """

    parts: NDArray[np.object_]
    per: int
    known: Mask
    unsure: Mask


@dataclass(frozen=True)
class Supply:
    """What facilities give to all units of a level.

    Attributes
    ----------
    parts, per
        By unit, the places of facilities that supply no other: `parts / per`.
    shared
        By unit, its share of the places of the others.
    doubt
        The units that a facility supplies whose places, or their share of them, are not known.
    unplaced
        The facilities whose places stand in no unit.
    """

    parts: NDArray[np.object_]
    per: int
    shared: Mapping[int, Fraction]
    doubt: Mask
    unplaced: Mask

    def __getitem__(self, at: int) -> Fraction:
        """The exact places of one unit."""
        return Fraction(self.parts[at], self.per) + self.shared.get(at, 0)


def by_capacity(case: Case) -> tuple[Coverage, pd.DataFrame]:
    """Measure for how many years the places of each unit last (see above)."""
    one, units, frame = case.one, case.units.frame, case.layer.frame
    context = case.context
    everything = context.placements.units(one.units).frame
    pairs, free = serving_pairs(case), free_places(frame)
    placed = context.placements.placed(case.layer, one.units)
    counting = case.counted.rows & ~placed.conflict
    supply = share_out(pairs, free, counting, _people(everything))
    burials = find_burials(one, context.source, one.units)
    basis = make_basis(case, placement=placed.placements[one.units], conflict=placed.conflict)
    basis = replace(
        basis,
        unknown=tuple(sorted(frame.index[counting & ~free.known].astype(str))),
        unplaced=tuple(sorted(frame.index[supply.unplaced].astype(str))),
        assumed=(*said_burials(one, context.source, one.units), *_said_doubles(free, counting)),
    )
    served = from_pairs(
        units,
        frame,
        onto(pairs, positions_of(case)),
        basis=basis,
        weight=weight_of(one, context.options),
        method="capacity",
        indicator=one.id,
    )
    at = everything.index.get_indexer(units.index)
    return _with_years(served, Fraction(one.years or 0), at, supply, burials), qualified_of(case)


def lacking_places(one: Indicator, columns: pd.Index, context: Context) -> list[str]:
    """The columns without which no facility says its places."""
    if one.measure != "capacity" or any(c in columns for c in TOTALS):
        return []
    schema = context.source.schema_of(one.layer)
    said = "或".join(f"“{schema.heading(c)}”" for c in TOTALS)
    return [f"{layer_title(one.layer, context)}的列{said}"]


def nothing_told(case: Case, coverage: Coverage) -> list[str]:
    """What is missing where not one of the units can be told."""
    if coverage.method != "capacity" or not coverage.units["demand"].isna().all():
        return []
    if not len(coverage.units):
        return []
    if coverage.units["deaths"].isna().all():
        return ["同时有人口、死亡率和公益性安葬占比的单元"]
    title, schema = layer_title(case.one.layer, case.context), case.layer.kind
    used = "、".join(schema.heading(c) for c in ("plots_used", "niches_used"))
    return [f"{title}中既有总数又有已用数（{used}）、且可以归到单元的设施"]


def free_places(frame: pd.DataFrame) -> Free:
    """Tell the free places of each facility, those that do not count among them."""
    given = [_numbers(frame, c) for c in _COLUMNS]
    said = ~np.isnan(np.array(given))
    whole, per = whole_numbers(np.concatenate(given))
    total, used, double, double_used, niches, stored = whole.reshape(len(_COLUMNS), -1)
    has_total, has_used, _, has_double_used, has_niches, has_stored = said
    known = has_total | has_niches
    known &= np.where(has_total, has_used | (total == 0), (used == 0) & (double == 0)).astype(bool)
    known &= np.where(has_niches, has_stored | (niches == 0), stored == 0).astype(bool)
    sound = (used <= total) & (double <= total) & (stored <= niches) & (double_used <= double)
    singles = used - double_used <= total - double
    sound &= ~has_double_used | ((double_used <= used) & singles)
    known &= sound.astype(bool)
    second = np.where(has_double_used, double - double_used, np.maximum(double - used, 0))
    parts = np.where(known, total - used + second + niches - stored, 0)
    between = (used > 0) & (used < total) & (double > 0) & (double < total)
    return Free(parts, per, known, (known & ~has_double_used & between).astype(bool))


def share_out(pairs: Pairs, free: Free, counting: Mask, people: Floats) -> Supply:
    """Give each facility's places to the units it supplies: each once, none twice.

    Parameters
    ----------
    pairs
        Who supplies whom, in all units of a level.
    counting
        The facilities that count, with or without a unit.
    people
        The population of those units, NaN where it is not known.
    """
    unit, facility = pairs.unit.astype(np.int64), pairs.facility.astype(np.int64)
    alone = np.bincount(facility, minlength=len(counting)) == 1
    heads, _ = whole_numbers(people)
    heads = np.where(np.isnan(people), 0, heads)
    all_heads = np.zeros(len(counting), dtype=object)
    np.add.at(all_heads, facility, heads[unit])
    parts = np.zeros(len(people), dtype=object)
    whole = alone[facility]
    np.add.at(parts, unit[whole], free.parts[facility[whole]])
    some = (free.parts > 0).astype(bool)
    shares = (all_heads > 0).astype(bool)
    shared: dict[int, Fraction] = {}
    for u, f in zip(
        *(a[~whole & (some & shares)[facility]] for a in (unit, facility)), strict=True
    ):
        if heads[u]:
            share = Fraction(free.parts[f] * heads[u], free.per * all_heads[f])
            shared[int(u)] = shared.get(int(u), Fraction(0)) + share
    told = whole | ~some[facility] | (shares[facility] & ~np.isnan(people[unit]))
    doubt = np.zeros(len(people), dtype=bool)
    doubt[unit[~(free.known[facility] & told)]] = True
    return Supply(parts, free.per, shared, doubt, counting & some & ~alone & ~shares)


def _with_years(
    served: Coverage, years: Fraction, at: NDArray[np.intp], supply: Supply, burials: Burials
) -> Coverage:
    """Put places, deaths and years to the units, and whether they are covered."""
    deaths = burials.numbers[at]
    places = (supply.parts[at] / supply.per).astype(float)
    codes = served.units.index.astype(str)
    finer: dict[str, dict[str, Fraction]] = {"places": {}, "deaths": {}}
    shared = np.isin(at, list(supply.shared)) | (np.abs(supply.parts[at]) >= _EXACT).astype(bool)
    for n in np.flatnonzero(shared).tolist():
        places[n] = float(supply[at[n]])
        if exact(places[n]) != supply[at[n]]:
            finer["places"][codes[n]] = supply[at[n]]
    for n in np.flatnonzero((burials.parts[at] >= _EXACT).astype(bool)).tolist():
        if exact(deaths[n]) != burials[at[n]]:
            finer["deaths"][codes[n]] = burials[at[n]]
    need = float(years) * deaths
    enough = places > need
    near = np.abs(places - need) <= 1e-9 * np.maximum(places, need)
    for n in np.flatnonzero(near).tolist():
        enough[n] = supply[at[n]] >= years * burials[at[n]]
    told = burials.known[at] & (enough | ~supply.doubt[at])
    lasts = told & (deaths > 0)
    table = served.units.assign(
        demand=served.units["demand"].where(told),
        covered=(enough & told).astype(float),
        places=places,
        deaths=deaths,
        value=np.divide(places, deaths, out=np.full(len(places), np.nan), where=lasts),
    )
    untold = tuple(codes[table["demand"].isna()])
    return replace(served, units=table, finer=finer, basis=replace(served.basis, unweighted=untold))


def _said_doubles(free: Free, counting: Mask) -> tuple[str, ...]:
    """That the free places of some facilities are the least they can be."""
    count = int((free.unsure & counting).sum())
    if not count:
        return ()
    return (f"没有填合葬穴已用数的设施 {count:,} 个：已用的先算作合葬穴，只计确定空余的穴位",)


def _people(units: pd.DataFrame) -> Floats:
    return _numbers(units, "population")


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    """A column of numbers; NaN where there is none."""
    if column not in frame or not pd.api.types.is_numeric_dtype(frame[column]):
        return np.full(len(frame), np.nan)
    numbers: Floats = frame[column].to_numpy(float)
    return numbers
