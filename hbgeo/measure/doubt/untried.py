"""Rows that may stand in so many units that not each of these is tried, and what they add at the most.

The figure has all of them in no unit, so they only add to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.openings import Counting
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.suspects import AMOUNT, Suspects
from hbgeo.measure.doubt.variants import Variants
from hbgeo.measure.locate import SERVED
from hbgeo.measure.pairs import served_pairs
from hbgeo.read.cell.decimals import exact_sum


@dataclass(frozen=True)
class Untried:
    """What rows that are not tried may add to an indicator.

    Attributes
    ----------
    rows
        Those that count under some reading.
    units
        How many units they may reach together; None where that is any number.
    top
        What they may add to an amount; None where nobody says it.
    """

    rows: Whole
    units: int | None = 0
    top: Fraction | None = Fraction(0)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.rows)


NONE = Untried(np.zeros(0, dtype=np.int64))


def said_raised(untried: Untried) -> tuple[str, ...]:
    """What is said where rows raise the upper ends; nothing where there are none."""
    return tuple(f"{said}，最高按全部计入估计" for said in said_open(len(untried)))


def said_open(rows: int) -> tuple[str, ...]:
    """What is said where nothing encloses what so many rows may do; nothing where there are none."""
    return (f"{rows:,} 行可能所在的单元太多，没有逐一比较",) if rows else ()


def untried_rows(
    untried: Whole,
    suspects: Suspects,
    variants: Variants,
    counting: Counting,
    everything: pd.DataFrame,
) -> Untried:
    """Tell what the rows add that count under any of their variants.

    Parameters
    ----------
    everything
        All units of the level.
    """
    counts = _any(counting.ways > 0, variants.suspect, len(suspects))
    rows = untried[counts[untried]]
    if not len(rows):
        return NONE
    serves = _any((counting.ways >> SERVED & 1) > 0, variants.suspect, len(suspects))
    tops = np.zeros(len(suspects))
    np.maximum.at(tops, variants.suspect, counting.top)
    return Untried(
        rows,
        _units(rows[serves[rows]], suspects, everything, len(rows)),
        None if suspects.marked(AMOUNT)[rows].any() else exact_sum(tops[rows]),
    )


def _any(marks: Mask, owner: Whole, size: int) -> Mask:
    """The rows of which some variant is marked."""
    return np.asarray(np.bincount(owner[marks], minlength=size) > 0)


def _units(serving: Whole, suspects: Suspects, everything: pd.DataFrame, homes: int) -> int | None:
    """One unit a row, and those that it says it serves."""
    if suspects.marked("served")[serving].any():
        return None
    if not len(serving) or "served" not in suspects.frame:
        return homes
    return homes + len(served_pairs(everything, suspects.frame.iloc[serving])[0])
