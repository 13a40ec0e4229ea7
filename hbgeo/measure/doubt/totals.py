"""From amounts and the readings of rows in doubt to a question: counts, sums and ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.doubt.ask import Opened
from hbgeo.measure.doubt.groups import Chosen
from hbgeo.measure.doubt.question import SumQuestion, Whole
from hbgeo.read.cell.decimals import whole_numbers

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


@dataclass(frozen=True)
class _Whole:
    """Amounts of rows without doubt, then those of readings, as whole numbers over `per`."""

    top: Numbers
    bottom: Numbers
    per: int


def sum_question(totals: Totals, opened: Opened, chosen: Chosen) -> SumQuestion:
    """Put the amounts of rows without doubt and of readings together."""
    openings = opened.openings
    closed = totals.rows & opened.closed(len(totals.rows)) & (totals.owner >= 0)
    home = np.append(totals.position, -1)[openings.home]
    gives = np.flatnonzero(home >= 0)
    made = _whole(
        np.concatenate([totals.top[closed], openings.top[gives]]),
        np.concatenate([totals.bottom[closed], openings.bottom[gives]]),
        ratio=totals.ratio,
    )
    many = int(closed.sum())
    sums = [_by_unit(totals, closed, of[:many]) for of in (made.top, made.bottom)]
    if totals.beside is not None:
        beside, per = whole_numbers(totals.beside)
        sums = [sums[0] * per, beside * made.per]
        made = _Whole(made.top * per, made.bottom, made.per * per)
    entry, starts = _entries(chosen, gives, len(openings.suspect))
    given = (home[gives][entry].astype(np.int64), made.top[many:][entry], made.bottom[many:][entry])
    return SumQuestion(sums[0], sums[1], chosen.choices, starts, *given, made.per, totals.ratio)


def _whole(top: Floats, bottom: Floats, *, ratio: bool) -> _Whole:
    """Both amounts over one number, where one is held against the other."""
    (over, top_per), (under, bottom_per) = whole_numbers(top), whole_numbers(bottom)
    if not ratio:
        return _Whole(over, under, top_per)
    return _Whole(over * bottom_per, under * top_per, top_per * bottom_per)


def _by_unit(totals: Totals, rows: Mask, numbers: Numbers) -> Numbers:
    made = np.zeros(totals.units, dtype=object)
    np.add.at(made, totals.owner[rows], numbers)
    return made


def _entries(chosen: Chosen, gives: Whole, size: int) -> tuple[Whole, Whole]:
    """Which of the readings that give something each option takes, and where those of each begin."""
    option = np.repeat(np.arange(len(chosen.starts) - 1), np.diff(chosen.starts))
    number = np.full(size, -1, dtype=np.int64)
    number[gives] = np.arange(len(gives))
    gave = number[chosen.taken]
    many = np.bincount(option[gave >= 0], minlength=len(chosen.starts) - 1)
    return gave[gave >= 0], np.append(0, np.cumsum(many)).astype(np.int64)
