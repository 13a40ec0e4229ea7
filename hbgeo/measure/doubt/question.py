"""What is left open of one indicator, as a question without ledgers, units' names or policy.

A chooser is a row in doubt (or a few rows that hang together: near-duplicates). Exactly one of its
options holds; the first is the reading that the figure has. The choosers are independent of each
other.

A measure that covers (presence, flag, chain) asks slots: an option fills some of them, and a unit is
covered when each of its slots is filled, by a row without doubt or by the option that holds. Presence
has one slot a unit; a chain one a link; a flag with several conditions one each.

A measure that adds up (count, sum, ratio) asks amounts: an option gives some units some.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Mask

Whole = NDArray[np.int64]
_SAFE = 2**53  # numbers up to here are made 64 bits wide without a second look


@dataclass(frozen=True)
class Choices:
    """Who chooses, and among how many options.

    Attributes
    ----------
    starts
        The options of chooser g are `starts[g]` to `starts[g + 1]`; the first is the figure's own.
    rows
        How many rows of ledgers a chooser is.
    cost
        By option: how many of those rows read otherwise than the figure has them; 0 of the first.
    """

    starts: Whole
    rows: Whole
    cost: Whole

    def __len__(self) -> int:
        """How many choosers there are."""
        return len(self.rows)

    @property
    def chooser(self) -> Whole:
        """The chooser of each option."""
        return np.repeat(np.arange(len(self.rows)), np.diff(self.starts))


@dataclass(frozen=True)
class CoverQuestion:
    """Units that are covered when their slots are filled.

    Attributes
    ----------
    weight
        By unit, a whole number (an int of any size): its demand is `weight / per`.
    slot_unit
        The unit that asks for each slot; -1 of a slot that only says whether a unit counts.
    sure
        The slots that rows without doubt fill.
    member
        By unit, the slot that says whether it counts at all; -1 where it does without doubt.
    fill_starts, fills
        The slots that option o fills are `fills[fill_starts[o]:fill_starts[o + 1]]`; once each.
    """

    weight: NDArray[np.object_]
    slot_unit: Whole
    sure: Mask
    member: Whole
    choices: Choices
    fill_starts: Whole
    fills: Whole
    per: int = 1

    @cached_property
    def weights(self) -> NDArray[np.int64] | NDArray[np.object_]:
        """The weights, in 64 bits where they fit."""
        large = max(map(abs, self.weight.tolist()), default=0) >= _SAFE
        return self.weight if large else self.weight.astype(np.int64)


@dataclass(frozen=True)
class SumQuestion:
    """Units with amounts; the figure is Σ top / per, of a ratio 100 · Σ top / Σ bottom.

    Attributes
    ----------
    top, bottom
        By unit, the amounts of rows without doubt: whole numbers (ints of any size). `bottom` is
        noughts where the figure is no ratio.
    give_starts, give_unit, give_top, give_bottom
        What option o gives, entry by entry, is at `give_starts[o]:give_starts[o + 1]`.
    """

    top: NDArray[np.object_]
    bottom: NDArray[np.object_]
    choices: Choices
    give_starts: Whole
    give_unit: Whole
    give_top: NDArray[np.object_]
    give_bottom: NDArray[np.object_]
    per: int = 1
    ratio: bool = False


@dataclass(frozen=True)
class Span:
    """The least and the greatest that a figure can be over all combinations of readings.

    Attributes
    ----------
    low, high
        Of covered demand, of an amount, of a percentage (ratio). `high` is None where nothing bounds
        it, both are None where there is no figure under any combination (a denominator of nought);
        combinations without one bound nothing.
    exact
        Whether both are reached by some combination; else they enclose all that can be reached.
    """

    low: Fraction | None
    high: Fraction | None
    exact: bool


@dataclass(frozen=True)
class Fewest:
    """A smallest set of choosers that does something, as far as it is known to be the smallest.

    Attributes
    ----------
    choosers
        Those found; empty where none is needed, or `rows` is None.
    options
        For a turning set: the option that each of them takes; empty for others.
    rows
        How many rows of ledgers they are; None where no set does it.
    at_least
        No set of fewer rows does.
    """

    choosers: Sequence[int] = ()
    options: Sequence[int] = ()
    rows: int | None = None
    at_least: int = 0

    @property
    def exact(self) -> bool:
        """Whether it is known that there is no smaller set."""
        return self.rows == self.at_least or self.rows is None
