"""Which units the readings of rows in doubt reach, as pairs of entry and unit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.joining import join
from hbgeo.measure.doubt.openings import EVERYWHERE, Openings, county_codes
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import Suspects
from hbgeo.measure.pairs import served_pairs


def units_reached(
    openings: Openings, suspects: Suspects, everything: pd.DataFrame
) -> tuple[Whole, Whole]:
    """Every (entry, position of a unit of the level) of the readings of rows in doubt."""
    at_home = np.flatnonzero(openings.home >= 0)
    entries, units = [at_home], [openings.home[at_home]]
    serving = np.flatnonzero(openings.serves)
    if len(serving) and "served" in suspects.frame:
        facility, unit = served_pairs(everything, suspects.frame)
        e, u = join(
            openings.suspect[serving],
            facility.astype(np.int64),
            unit.astype(np.int64),
            len(suspects),
        )
        entries.append(serving[e])
        units.append(u)
    for entry, inside in _counties_of(openings, everything):
        entries.append(np.full(len(inside), entry))
        units.append(inside)
    return np.concatenate(entries).astype(np.int64), np.concatenate(units).astype(np.int64)


def _counties_of(openings: Openings, everything: pd.DataFrame) -> Iterator[tuple[int, Whole]]:
    """Each entry that reaches a whole county, with its units; all units where no county is known."""
    wide = np.flatnonzero(openings.wide != -1)
    if not len(wide):
        return
    units = pd.Series(np.arange(len(everything)))
    codes = county_codes(everything)
    above = everything["county_code"].to_numpy() if len(codes) else np.zeros(len(units))
    inside = {code: rows.to_numpy() for code, rows in units.groupby(above)}
    every = units.to_numpy()
    for entry, county in zip(wide.tolist(), openings.wide[wide].tolist(), strict=True):
        yield entry, every if county == EVERYWHERE else inside[codes[county]]


def filled(
    starts: Whole, taken: Whole, entries: Whole, slots: Whole, size: int
) -> tuple[Whole, Whole]:
    """The slots that options fill, in compressed rows.

    Parameters
    ----------
    starts, taken
        The entries that options take (see `groups.Chosen`).
    entries, slots
        Which entry fills which slot.
    size
        How many entries there are.

    Returns
    -------
    fill_starts, fills
        As `CoverQuestion` has them; each slot once an option.
    """
    options = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    at, slot = join(taken, entries, slots, size)
    top = int(slots.max(initial=0)) + 1
    keys = np.unique(options[at] * top + slot)
    option, slot = keys // top, keys % top
    many = np.bincount(option, minlength=len(starts) - 1)
    return np.append(0, np.cumsum(many)).astype(np.int64), slot.astype(np.int64)
