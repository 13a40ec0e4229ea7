"""Which facilities that count serve which units, whatever is then made of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Ints, Mask
from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import make_basis, rows_here
from hbgeo.measure.counting import Case
from hbgeo.measure.distance import has_point
from hbgeo.measure.pairs import Pairs, via_bits
from hbgeo.read.indicator import Indicator

NO_POINT = "没有坐标、不能按距离计"
# the position in the ledger of a facility that counts: no column of a ledger is called so
ROW = "#"
_BESIDE = ("status", "unit_code")  # asked of a facility that counts, beside its facts


def serving_pairs(case: Case) -> Pairs:
    """Every pair of a facility that counts with a unit of the level, by the ways that are allowed."""
    pairs = case.context.placements.pairs(case.layer, case.one.units)
    ways = np.zeros(len(pairs.unit), dtype=np.int8)
    for rows, vias in case.counted.clauses:
        ways |= np.where(rows[pairs.facility], pairs.via & np.int8(via_bits(vias)), np.int8(0))
    return replace(pairs, via=ways).where(ways > 0)


def positions_of(case: Case) -> Ints:
    """Where each unit of the level stands among those that count; -1 for nowhere."""
    placements = case.context.placements
    return placements.positions(placements.units(case.one.units).frame, case.units.frame.index)


def onto(pairs: Pairs, position: Ints) -> Pairs:
    """Renumber pairs from all units of a level to those that count, by where these stand there."""
    moved = Pairs(position[pairs.unit], pairs.facility, pairs.via)
    return moved.where(moved.unit >= 0)


def qualified_of(case: Case) -> pd.DataFrame:
    """The facilities that count, and by which ways each may reach a unit (`ways`)."""
    one, counted = case.one, case.counted
    placed = case.context.placements.placed(case.layer, one.units)
    ways = np.zeros(len(case.layer), dtype=np.int8)
    for rows, vias in counted.clauses:
        ways[rows] |= via_bits(vias)
    county_only = placed.placements[one.units].county_only
    ways[county_only] &= ~np.int8(via_bits(("inside",)))  # nor on other boundaries
    return rows_that_count(one, placed.frame, counted.rows & ~placed.conflict, ways)


def rows_that_count(
    one: Indicator, frame: pd.DataFrame, rows: Mask, ways: NDArray[np.int8] | None = None
) -> pd.DataFrame:
    """Of some rows the columns that are asked for afterwards, and their positions (`ROW`).

    Of a million the other columns take long.
    """
    at = np.flatnonzero(rows).astype(np.int32)
    known = {c: frame[c].array for c in frame} | ({} if ways is None else {"ways": ways})
    asked = dict.fromkeys((*facts_asked(one), *_BESIDE))
    made = {c: known[c].take(at) for c in asked if c in known} | {ROW: at}
    # of ten million neither is copied again
    return pd.DataFrame(made, index=frame.index.take(at), copy=False)


def facts_asked(one: Indicator) -> list[str]:
    """The columns of a facility that counts which a later comparison asks for."""
    return ["name", "x", "y", f"{one.units}_code", "served", "ways"]


def standing(case: Case) -> tuple[pd.DataFrame, Basis]:
    """The facilities that count and have a point, and the ground: those without are counted apart."""
    placed = case.context.placements.placed(case.layer, case.one.units)
    counts = case.counted.rows & ~placed.conflict
    frame, here = case.layer.frame[counts], rows_here(case)[counts]
    somewhere = has_point(frame)
    lost = int((np.asarray(here, bool) & ~somewhere).sum())
    basis = make_basis(case, conflict=placed.conflict)
    if lost:
        aside = {**basis.set_aside, NO_POINT: lost}
        basis = replace(basis, used=basis.used - lost, set_aside=aside)
    return frame[somewhere], basis
