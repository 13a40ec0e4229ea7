"""From amounts and the readings of rows in doubt to a question: counts, sums and ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.doubt.ask import Opened
from hbgeo.measure.doubt.groups import Chosen
from hbgeo.measure.doubt.question import SumQuestion, Whole
from hbgeo.read.cell.decimals import scaled, whole_numbers

Numbers = NDArray[np.object_]


@dataclass(frozen=True)
class Totals:
    """What is added up.

    Attributes
    ----------
    owner
        The unit of each row of the layer, among those that count; -1 of none.
    rows
        The rows that count, those in doubt too.
    top, bottom
        The amounts of each row.
    position
        Position among all of the level (and behind it one a county) → among the units that count.
    units
        How many those are.
    beside
        By unit the denominator, where another layer says it.
    """

    owner: Whole
    rows: Mask
    top: Floats
    bottom: Floats
    position: Whole
    units: int
    ratio: bool
    beside: Floats | None = None


def sum_question(totals: Totals, opened: Opened, chosen: Chosen) -> SumQuestion:
    """Put the amounts of rows without doubt and of readings together."""
    openings = opened.openings
    closed = totals.rows & opened.closed(len(totals.rows)) & (totals.owner >= 0)
    home = np.append(totals.position, -1)[openings.home]
    gives = np.flatnonzero(home >= 0)
    top, top_per = scaled(np.concatenate([totals.top[closed], openings.top[gives]]))
    bottom: NDArray[Any] = np.zeros(len(top))  # noughts, but of a ratio
    times, per = (1, 1), top_per
    if totals.ratio:  # both over one number: one is held against the other
        below = np.concatenate([totals.bottom[closed], openings.bottom[gives]])
        bottom, bottom_per = scaled(below)
        times, per = (bottom_per, top_per), top_per * bottom_per
    many = int(closed.sum())
    entry, starts = _entries(chosen, gives, len(openings.suspect))
    (sum_top, over), (sum_bottom, under) = (
        (_by_unit(totals, closed, of[:many]) * by, _own(of[many:][entry]) * by)
        for of, by in zip((top, bottom), times, strict=True)
    )
    if totals.beside is not None:
        beside, beside_per = whole_numbers(totals.beside)
        sum_top, sum_bottom, over = sum_top * beside_per, beside * per, over * beside_per
        per *= beside_per
    home, how = home[gives][entry].astype(np.int64), (per, totals.ratio)
    return SumQuestion(sum_top, sum_bottom, chosen.choices, starts, home, over, under, *how)


def _by_unit(totals: Totals, rows: Mask, numbers: NDArray[Any]) -> Numbers:
    """The sum of each unit."""
    owner = totals.owner[rows]
    if numbers.dtype != object:
        return _own(np.bincount(owner, weights=numbers, minlength=totals.units))
    made = np.zeros(totals.units, dtype=object)
    np.add.at(made, owner, numbers)
    return made


def _own(numbers: NDArray[Any]) -> Numbers:
    """Whole numbers as Python's own, which no product overflows."""
    own: Numbers = numbers if numbers.dtype == object else numbers.astype(np.int64).astype(object)
    return own


def _entries(chosen: Chosen, gives: Whole, size: int) -> tuple[Whole, Whole]:
    """Which of the readings that give something each option takes, and where those of each begin."""
    option = np.repeat(np.arange(len(chosen.starts) - 1), np.diff(chosen.starts))
    number = np.full(size, -1, dtype=np.int64)
    number[gives] = np.arange(len(gives))
    gave = number[chosen.taken]
    many = np.bincount(option[gave >= 0], minlength=len(chosen.starts) - 1)
    return gave[gave >= 0], np.append(0, np.cumsum(many)).astype(np.int64)
