"""What an indicator makes of the readings of rows in doubt: the units each would reach, and its amount.

Whether a reading counts is asked of the very functions that say it of rows without doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.counting import Case, Counted, amounts_of, count_rows, with_numbers, with_year
from hbgeo.measure.doubt.amounts import row_amounts
from hbgeo.measure.doubt.joining import join
from hbgeo.measure.doubt.places import Places
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import Suspects
from hbgeo.measure.doubt.variants import Variants
from hbgeo.measure.locate import SERVED
from hbgeo.measure.pairs import via_bits
from hbgeo.read.table import LayerTable

EVERYWHERE = -2  # in place of the county that a row serves
ELSEWHERE = -2  # in place of the county that a row names: one without units
_SERVED = np.int8(1 << SERVED)
_Columns = tuple[NDArray[Any], ...]


@dataclass(frozen=True)
class Counting:
    """What an indicator makes of each variant of the rows in doubt.

    `ways` holds the bits of the ways by which it may reach a unit, 0 where it does not count; `said`
    a bit for each condition that it meets; of an indicator that adds up `top` and `bottom` are its
    amounts.
    """

    ways: NDArray[np.int8]
    said: Whole
    top: Floats
    bottom: Floats
    counted: Counted
    layer: LayerTable


@dataclass(frozen=True)
class Counties:
    """The county of each place, and the one that each row names, by number; -1 none, or `ELSEWHERE`."""

    places: Whole
    rows: Whole


@dataclass(frozen=True)
class Openings:
    """The readings of rows in doubt that make a difference, one entry a row and reading.

    Attributes
    ----------
    suspect
        The row; entries of one stand together, the figure's own reading first.
    home
        Position of the unit in which it counts, among all of the level; -1 in none.
    serves
        Whether it reaches those that it serves.
    wide
        The county all units of which it reaches, by its number among `county_codes`; -1 none, or
        `EVERYWHERE`, where it is not known in which it stands.
    top, bottom
        Its amounts.
    said
        Of a table that says yes or no: a bit for each condition that it meets.
    variant
        What its cells say then, by number; told apart only where that is asked for.
    """

    suspect: Whole
    home: Whole
    serves: Mask
    wide: Whole
    top: Floats
    bottom: Floats
    said: Whole
    variant: Whole

    def of(self, keep: Mask) -> Openings:
        """Some of the entries."""
        return Openings(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))

    @property
    def rows(self) -> Whole:
        """The rows that it has readings of."""
        return np.unique(self.suspect)


def county_codes(units: pd.DataFrame) -> pd.Index:
    """The counties of units, each once, in the order in which they are numbered."""
    codes = pd.Index(units["county_code"].fillna("") if "county_code" in units else [])
    return codes[codes != ""].unique()


def count_variants(case: Case, layer: LayerTable) -> Counting:
    """Ask which variants count for an indicator, given as rows of its layer."""
    one, options = case.one, case.context.options
    if one.year and not one.year[1] and case.counted.years:  # the latest year is that of the table
        one = replace(one, year=(one.year[0], case.counted.years))
    layer = with_numbers(amounts_of(one), with_year(one, layer))
    counted = count_rows(one, options, layer)
    ways, said = np.zeros(len(layer.frame), dtype=np.int8), np.zeros(len(layer.frame), np.int64)
    for k, (rows, vias) in enumerate(counted.clauses):
        ways |= np.where(rows, np.int8(via_bits(vias)), np.int8(0))
        said |= rows.astype(np.int64) << (k if one.every else 0)
    top, bottom = (np.nan_to_num(a) for a in row_amounts(case, layer.frame))
    return Counting(ways, said if one.measure == "flag" else 0 * said, top, bottom, counted, layer)


def find_openings(
    suspects: Suspects,
    variants: Variants,
    places: Places,
    counting: Counting,
    counties: Counties,
    *,
    apart: bool = False,
) -> Openings:
    """Join places and variants of each row, and keep the readings that differ; of twins one at least.

    Parameters
    ----------
    apart
        Keep the readings of every row, and those of different variants apart though they come to the
        same: something else is asked of them besides.
    """
    read, stands = _read(suspects, variants, places, counting, apart=apart)
    left = np.flatnonzero(suspects.base < 0)
    none, no, yes = np.zeros(len(left)), np.zeros(len(left), bool), np.ones(len(left), bool)
    nowhere = np.full(len(left), -1)
    nothing = (left, nowhere, no, nowhere, none, none, 0 * left, nowhere, yes)
    parts = [read, *_wider(read, stands, suspects.marked("served"), counties), nothing]
    columns = [np.concatenate(c) for c in zip(*parts, strict=True)]
    keep = np.ones(len(suspects), dtype=bool) if apart else suspects.marked("twins")
    return _differing(columns, keep)


def _read(
    suspects: Suspects, variants: Variants, places: Places, counting: Counting, *, apart: bool
) -> tuple[_Columns, Whole]:
    """Every place with every variant of the same row: the columns of `Openings`, and whether it is own.

    Beside them the unit of each place, whether or not the row counts there.
    """
    unserved = suspects.marked("served")
    every = np.arange(len(variants.suspect))
    p, v = join(places.suspect, variants.suspect, every, len(suspects))
    suspect, here = places.suspect[p], ~places.nowhere[p]
    ways = np.where(here, counting.ways[v], np.int8(0))
    home = np.where(ways & places.bits[p], places.unit[p], -1)
    frame = suspects.frame
    listed = frame["served"].astype(bool).to_numpy() if "served" in frame else False
    serves = ((ways & _SERVED) > 0) & (unserved | listed)[suspect]
    adds = (ways > 0) & (home >= 0)
    top, bottom = (np.where(adds, a[v], 0.0) for a in (counting.top, counting.bottom))
    said = np.where(here & (home >= 0), counting.said[v], 0)
    own = places.own[p] & variants.own[v]
    wide = np.full(len(p), -1)
    columns = (suspect, home, serves, wide, top, bottom, said, v if apart else 0 * v, own)
    return columns, places.unit[p]


def _wider(read: _Columns, stands: Whole, unserved: Mask, counties: Counties) -> list[_Columns]:
    """The readings of rows of which it is not known whole whom they serve, serving all of the county.

    That is the county that the row names, else the one in which it stands. Who stands inside reaches
    the same units wherever in the county that is, so it is said once: a row that may stand anywhere
    would reach all units from each of them.
    """
    suspect, home, serves, _, top, bottom, said, variant, _ = read
    county = np.append(counties.places, -1)[stands]
    named = counties.rows[suspect]
    served = np.where(named == -1, np.where(county < 0, EVERYWHERE, county), named)
    more = serves & unserved[suspect] & (named != ELSEWHERE)
    if not more.any():
        return []
    where = np.where((county == served) | (served == EVERYWHERE), -1, home)
    columns = [a[more] for a in (suspect, where, served, top, bottom, said, variant)]
    first = np.sort(np.unique(np.column_stack(columns), axis=0, return_index=True)[1])
    columns = [a[more][first] for a in (suspect, home, served, top, bottom, said, variant)]
    yes = np.ones(len(first), dtype=bool)
    return [(*columns[:2], yes, *columns[2:], ~yes)]


def _differing(columns: list[NDArray[Any]], keep: Mask) -> Openings:
    """Each reading of a row once, its own first; none of rows that have but one, if not to be kept."""
    *told, own = columns
    suspect, home, serves, wide, top, bottom, said, variant = told
    if (variant <= 0).all():
        told = told[:-1]
    told = [a for a in told if len(a) and (a != a[0]).any()]  # the others tell none apart
    order = np.lexsort((~own.astype(bool), *reversed(told)))
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for a in told:
        new[1:] |= np.diff(a[order].astype(float)) != 0
    kept = order[new]
    kept = kept[np.lexsort((~own[kept].astype(bool), suspect[kept]))]
    many = np.bincount(suspect[kept].astype(np.int64)) if len(kept) else np.zeros(0, int)
    rows = suspect[kept].astype(np.int64)
    kept = kept[(many[rows] > 1) | keep[rows]]
    return Openings(
        suspect[kept].astype(np.int64),
        home[kept].astype(np.int64),
        serves[kept].astype(bool),
        wide[kept].astype(np.int64),
        top[kept].astype(float),
        bottom[kept].astype(float),
        said[kept].astype(np.int64),
        variant[kept].astype(np.int64),
    )
