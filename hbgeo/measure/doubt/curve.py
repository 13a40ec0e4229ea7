"""What a component gives for how many rows: exact, or what is found and what is not exceeded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.kernel import Kernel
from hbgeo.measure.doubt.knapsack import Load, fewest
from hbgeo.measure.doubt.narrow import Narrowed, keep_options
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.terms import Figures

Points = tuple[tuple[int, int], ...]
Picks = dict[int, int]  # chooser → option number


@dataclass(frozen=True)
class Curve:
    """Rows and gains, both growing.

    Attributes
    ----------
    reached
        What is reached, and by `take(place)` how.
    bounds
        Points that no choice lies above: whatever gains more than a point has more rows.
    """

    reached: Points
    bounds: Points
    take: Callable[[int], Picks]


@dataclass(frozen=True)
class Items:
    """Toggles that stand alone, one a slot: chooser, option that leaves, what it gains."""

    chooser: Whole
    option: Whole
    gain: Figures


@dataclass(frozen=True)
class Taken:
    """What a knapsack of items and curves took: chooser → option, rows, and rows at least.

    `spare` is what it gains beyond the need.
    """

    picks: Picks
    rows: int | None
    at_least: int
    spare: int = 0


def bounds_of(worth: list[tuple[int, int]], most: int) -> Points:
    """The most that choosers can gain: (rows, gain) of each, the best first, no more than `most`.

    Mixed rows are taken as if each could be had in part, rounded up, so that it bounds.
    """
    order = sorted((w for w in worth if w[1] > 0), key=lambda w: (-w[1] / w[0], w[0]))
    least = min((w[0] for w in order), default=1)
    made: list[tuple[int, int]] = []
    rows = gain = 0
    if len({w[0] for w in order}) > 1:
        order = sorted(((least, w[1]) for w in order), key=lambda w: -w[1])
    for cost, more in order:
        rows, gain = rows + cost, min(most, gain + more)
        if gain > (made[-1][1] if made else 0):
            made.append((rows, gain))
    return tuple(made)


def apart(made: Kernel, coef: Figures) -> tuple[Items, Narrowed]:
    """The toggles whose slot nothing else fills and no term asks for with others; and the rest."""
    left = made.left
    many, slots = len(left.option), left.slots
    fills = np.bincount(left.slot, minlength=slots)
    asks = np.bincount(left.term, minlength=len(left.state))
    joint = np.zeros(slots, bool)
    joint[left.asks[asks[left.term] > 1]] = True
    worth = np.zeros(slots, dtype=coef.dtype)
    np.add.at(worth, left.asks, coef[left.term])
    size = np.bincount(left.chooser, minlength=len(left.picks))
    pairs = np.bincount(left.chooser[left.pair], minlength=len(left.picks))
    owner = left.chooser[left.pair]
    plain = (fills[left.slot] == 1) & ~joint[left.slot] & (size[owner] == 2) & (pairs[owner] == 1)
    option, slot, chooser = left.pair[plain], left.slot[plain], owner[plain]
    own = left.option[option] == left.picks[chooser]
    gain = np.where(own, -worth[slot], worth[slot])
    other = left.option[np.where(own, option + 1, option)] if many else option
    helps = gain > 0
    items = Items(chooser[helps], other[helps], gain[helps])
    return items, _rest(left, chooser, slot)


def _rest(left: Narrowed, chooser: Whole, slot: Whole) -> Narrowed:
    """What is left without the choosers and slots that stand alone."""
    gone = np.zeros(left.slots, bool)
    gone[slot] = True
    held: Mask = ~gone[left.asks]
    rest = replace(left, term=left.term[held], asks=left.asks[held], picks=left.picks.copy())
    out = np.zeros(len(left.picks), bool)
    out[chooser] = True
    keep_options(rest, ~out[rest.chooser])
    return rest


def take(
    need: int, rows: Whole, items: Items, curves: list[Curve], needed: int | None = None
) -> Taken:
    """The fewest rows that gain `need` (to be bounded from below: `needed`, if that is less)."""
    load = fewest(need, rows, items.gain, [c.reached for c in curves])
    at_least = load.at_least
    if any(c.reached != c.bounds for c in curves) or (needed is not None and needed != need):
        bound = fewest(
            need if needed is None else needed, rows, items.gain, [c.bounds for c in curves]
        )
        at_least = bound.at_least
        if bound.rows is None:
            return Taken({}, None, 0)
    gained = sum(int(items.gain[i]) for i in load.items)
    gained += sum(curves[number].reached[place][1] for number, place in load.points)
    return Taken(_picks(load, items, curves), load.rows, at_least, gained - need)


def _picks(load: Load, items: Items, curves: list[Curve]) -> Picks:
    made: Picks = {}
    chosen = np.array(load.items, dtype=np.int64)
    made.update(zip(items.chooser[chosen].tolist(), items.option[chosen].tolist(), strict=True))
    for number, place in load.points:
        made.update(curves[number].take(place))
    return made
