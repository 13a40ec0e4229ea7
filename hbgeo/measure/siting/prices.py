"""What each row of demand is worth at most: prices, and the bound that follows from them exactly.

For any price `u` of a row between 0 and its weight `w`, no choice of n sites covers more than
Σ (w - u) plus the n largest sums of prices by site (weak duality; Church & ReVelle 1974 give the
model, Geoffrion 1974 the argument). The best prices are those of the linear relaxation. Prices are
whole numbers of a fraction of the unit, so the bound is exact whatever made them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.siting.instance import Instance, Whole

FINE = 2**20  # parts of a unit in which prices are given
NEVER = -(2**62)  # worth of what cannot be chosen


@dataclass(frozen=True)
class Prices:
    """Prices of the rows in parts of a unit, and of the weight that must be covered."""

    rows: Whole
    need: int = 0


@dataclass(frozen=True)
class Bound:
    """What no choice within a node can beat, in parts of a unit.

    Attributes
    ----------
    value
        The bound; below all numbers where nothing can be chosen.
    worth
        Sum of the prices of each site.
    with_site, without_site
        The bound if a free site is chosen, or if it is not.
    """

    value: int
    worth: Whole
    with_site: Whole
    without_site: Whole


def scaled(instance: Instance, need: int) -> Whole:
    """The weights of the rows in parts, with what the need pays for them."""
    made = instance.weights * FINE
    return made if instance.must is None else made + need * instance.must


def worth_of(instance: Instance, prices: Prices) -> Whole:
    """Sum of the prices of the rows that each site covers."""
    starts, indices = instance.sites.indptr, instance.sites.indices
    gathered = prices.rows[indices]
    if gathered.dtype != object:
        total = np.concatenate([[0], np.cumsum(gathered)])
        return np.asarray(total[starts[1:]] - total[starts[:-1]])
    ends = zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    return np.array([sum(gathered[a:b].tolist()) for a, b in ends], dtype=object)


def bound_of(instance: Instance, prices: Prices, chosen: Mask, barred: Mask) -> Bound:
    """The bound of the choices that take all of `chosen` and none of `barred`."""
    worth = worth_of(instance, prices)
    rest = (
        np.maximum(scaled(instance, prices.need) - prices.rows, 0).sum()
        - prices.need * instance.need
    )
    left = instance.n - int(chosen.sum())
    free = ~chosen & ~barred
    nothing = np.full(len(worth), NEVER, dtype=worth.dtype)
    if left < 0:
        return Bound(NEVER, worth, nothing, nothing)
    base = int(rest) + int(worth[chosen].sum())
    taken, spare = _take(instance, worth, chosen, free, left)
    if int(taken.sum()) < left:
        return Bound(NEVER, worth, nothing, nothing)
    value = base + int(worth[taken].sum())
    return Bound(value, worth, *_exchanges(instance, worth, value, taken, free, spare))


def _take(
    instance: Instance, worth: Whole, chosen: Mask, free: Mask, left: int
) -> tuple[Mask, Numbers]:
    """The best `left` free sites, of each group as many as may be; and the room left in each group."""
    order = np.flatnonzero(free)
    order = order[np.argsort(-worth[order], kind="stable")]
    taken = np.zeros(len(worth), bool)
    if instance.group is None:
        taken[order[:left]] = True
        return taken, np.zeros(0, np.intp)
    groups = int(instance.group.max(initial=-1)) + 1
    room = instance.most - np.bincount(instance.group[chosen], minlength=groups)
    for site in order.tolist():
        if left and room[instance.group[site]] > 0:
            taken[site] = True
            room[instance.group[site]] -= 1
            left -= 1
    return taken, room


def _exchanges(
    instance: Instance, worth: Whole, value: int, taken: Mask, free: Mask, room: Numbers
) -> tuple[Whole, Whole]:
    """The bound when a free site must be in, or must be out: one exchange away from the best."""
    with_site = np.full(len(worth), NEVER, dtype=worth.dtype)
    without = np.full(len(worth), NEVER, dtype=worth.dtype)
    spare = free & ~taken
    with_site[taken], without[spare] = value, value
    if instance.group is None:
        if taken.any():
            with_site[spare] = value + worth[spare] - worth[taken].min()
            if spare.any():
                without[taken] = value - worth[taken] + worth[spare].max()
        return with_site, without
    for site in np.flatnonzero(spare).tolist():
        rivals = taken if room[instance.group[site]] > 0 else taken & _peers(instance, site)
        if rivals.any():
            with_site[site] = value + worth[site] - worth[rivals].min()
    open_to_all = spare & (room[instance.group] > 0)
    for site in np.flatnonzero(taken).tolist():
        heirs = open_to_all | (spare & _peers(instance, site))
        if heirs.any():
            without[site] = value - worth[site] + worth[heirs].max()
    return with_site, without


def _peers(instance: Instance, site: int) -> Mask:
    assert instance.group is not None  # noqa: S101
    return np.asarray(instance.group == instance.group[site])
