"""From a case and the readings of its rows in doubt to a question: presence, flags and chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.chain import Chain
from hbgeo.measure.counting import Case, count_rows
from hbgeo.measure.doubt.groups import Chosen
from hbgeo.measure.doubt.joining import join
from hbgeo.measure.doubt.listing import Listing
from hbgeo.measure.doubt.openings import Openings
from hbgeo.measure.doubt.question import CoverQuestion, Whole
from hbgeo.measure.doubt.reached import filled, units_reached
from hbgeo.measure.doubt.suspects import Suspects
from hbgeo.measure.doubt.untried import NONE, Untried
from hbgeo.measure.methods import below_of
from hbgeo.measure.serving import serving_pairs
from hbgeo.read.cell.decimals import whole_numbers

LISTS = 40  # bit of `said`: the row puts its unit on the list of those that count


@dataclass(frozen=True)
class Opened:
    """The rows in doubt of one layer, what an indicator makes of their readings, and whose are not tried."""

    suspects: Suspects
    openings: Openings
    untried: Untried = NONE

    @property
    def rows(self) -> Whole:
        """The positions in the layer of the rows that are open here."""
        base = self.suspects.base[self.openings.rows]
        return base[base >= 0]

    def closed(self, size: int) -> Mask:
        """Mark the rows of the layer that are not open."""
        mask = np.ones(size, dtype=bool)
        mask[self.rows] = False
        return mask


@dataclass(frozen=True)
class Slots:
    """The slots of units, which are filled without doubt, and which entries of openings fill which.

    `unit` is the position of the unit that asks for each, -1 of those that say whether one counts.
    """

    unit: Whole
    sure: Mask
    entries: Whole
    slots: Whole

    def after(self, slots: int, entries: int) -> Slots:
        """The same behind so many slots and entries of others."""
        return replace(self, entries=self.entries + entries, slots=self.slots + slots)


def presence_slots(case: Case, opened: Opened, codes: pd.Index) -> Slots:
    """One slot a unit: a facility that counts reaches it."""
    everything = case.context.placements.units(case.one.units).frame
    position = case.context.placements.positions(everything, codes).astype(np.int64)
    return _slots_of(case, opened, position, everything)


def _slots_of(case: Case, opened: Opened, position: Whole, everything: pd.DataFrame) -> Slots:
    size = int(position.max(initial=-1)) + 1
    pairs = serving_pairs(case)
    closed = opened.closed(len(case.layer.frame))
    sure = np.zeros(size, dtype=bool)
    units = position[pairs.unit[closed[pairs.facility]]]
    sure[units[units >= 0]] = True
    entries, reached = units_reached(opened.openings, opened.suspects, everything)
    slots = position[reached]
    return Slots(np.arange(size), sure, entries[slots >= 0], slots[slots >= 0])


def chain_slots(chain: Chain, opened: Sequence[Opened], units: pd.DataFrame) -> Slots:
    """One slot a unit and link, filled by what reaches the unit itself or the one above it."""
    parts, slots, entries = list[Slots](), 0, 0
    for case, own in zip(chain.links, opened, strict=True):
        everything = case.context.placements.units(case.one.units).frame
        above = case.one.units != chain.one.units
        at = (
            case.context.placements.above(units, f"{case.one.units}_code", everything.index)
            if above
            else everything.index.get_indexer(units.index).astype(np.int64)
        )
        whole = _slots_of(case, own, np.arange(len(everything)), everything)
        sure = np.append(_padded(whole.sure, len(everything)), False)[at]
        known = np.flatnonzero(at >= 0)
        pair, slot = join(whole.slots, at[known], known, len(everything))
        made = Slots(np.arange(len(units)), sure, whole.entries[pair], slot)
        parts.append(made.after(slots, entries))
        slots, entries = slots + len(units), entries + len(own.openings.suspect)
    return Slots(
        *(np.concatenate([getattr(p, c) for p in parts]) for c in Slots.__dataclass_fields__)
    )


def _padded(mask: Mask, size: int) -> Mask:
    return np.append(mask, np.zeros(size - len(mask), dtype=bool))


def table_units(case: Case) -> pd.Index:
    """All units of the level at which a table is kept: its rows in doubt stand among those."""
    level = case.layer.level or case.one.units
    units = case.context.source.find_units(level)
    return (
        case.context.placements.units(case.one.units).frame.index
        if units is None
        else units.frame.index
    )


def flag_slots(case: Case, opened: Opened) -> Slots:
    """One slot for each unit below and condition: a table says yes of it."""
    below, parent = below_of(case)
    frame, openings = case.layer.frame, opened.openings
    bits = len(case.counted.clauses) if case.one.every else 1
    child = below.get_indexer(pd.Index(frame["unit_code"]))
    closed = opened.closed(len(frame)) & (child >= 0)
    sure = np.zeros((len(below), bits), dtype=bool)
    for k, (rows, _) in enumerate(case.counted.clauses):
        sure[child[rows & closed], k if case.one.every else 0] = True
    kept = np.flatnonzero(parent >= 0)
    number = np.full(len(below) + 1, -1)
    number[kept] = np.arange(len(kept))
    number = number[below.get_indexer(table_units(case))]
    entries, slots = list[Whole](), list[Whole]()
    for k in range(bits):
        says = np.flatnonzero((openings.said >> k & 1).astype(bool) & (openings.home >= 0))
        at = number[openings.home[says]]
        entries.append(says[at >= 0])
        slots.append(at[at >= 0] * bits + k)
    childless = np.setdiff1d(np.arange(len(case.units)), parent[kept])
    unit = np.concatenate([np.repeat(parent[kept], bits), childless])
    whole = np.append(sure[kept].ravel(), np.zeros(len(childless), dtype=bool))
    return Slots(unit, whole, np.concatenate(entries), np.concatenate(slots))


def cover_question(
    slots: Slots, chosen: Chosen, demand: NDArray[np.float64], entries: int, listing: Listing | None
) -> CoverQuestion:
    """Put slots, choosers and the list of units that count together.

    Parameters
    ----------
    demand
        Of each unit; none is NaN.
    entries
        How many entries the openings have, those of the list not among them.
    """
    weight, per = whole_numbers(demand)
    unit, sure = slots.unit, slots.sure
    member = np.full(len(demand), -1, dtype=np.int64)
    fill_entries, fill_slots = slots.entries, slots.slots
    if listing is not None:
        start = len(unit)
        unit = np.append(unit, np.full(len(listing.sure), -1))
        sure = np.append(sure, listing.sure)
        member[listing.unit] = start + np.arange(len(listing.sure))
        fill_entries = np.append(fill_entries, listing.entries)
        fill_slots = np.append(fill_slots, listing.slots + start)
    starts, fills = filled(chosen.starts, chosen.taken, fill_entries, fill_slots, entries)
    return CoverQuestion(
        weight, unit.astype(np.int64), sure, member, chosen.choices, starts, fills, per
    )


def listing_case(case: Case) -> Mask:
    """Mark the rows of a table by which an indicator's units are listed (`listed`)."""
    one = replace(case.one, where=case.one.listed, filled=())
    return count_rows(one, case.context.options, case.layer).rows
