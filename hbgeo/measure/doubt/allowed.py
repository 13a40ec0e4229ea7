"""Turning a part with few units and many rows, where filling only harms: every set of units is tried.

If only the slots of a set may be filled, each chooser takes its cheapest option within it. A county
of fifteen townships is 32768 sets, however many rows lie in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hbgeo.measure.doubt.hitting import Options, bits_of, union_of
from hbgeo.measure.doubt.part import Part
from hbgeo.measure.doubt.question import Whole

SLOTS = 16
_NEVER = 2**40  # rows of what cannot be


def by_allowed(
    part: Part, price: Mapping[int, Sequence[int]]
) -> list[tuple[int, int, dict[int, int]]] | None:
    """For each cost at which more is to be had than for less: cost, sum, picks; None if it does not fit."""
    union = 0
    for options in part.choosers.values():
        union |= union_of(options)
    bits = bits_of(union)
    worths = part.terms.values()
    if len(bits) > SLOTS or union >= 2**62 or sum(map(abs, worths)) >= 2**61 or max(worths) > 0:
        return None
    sets = np.zeros(1, np.int64)
    for bit in bits:
        sets = np.concatenate([sets, sets | 1 << bit])
    cost = np.zeros(len(sets), np.int64)
    for chooser, options in part.choosers.items():
        cost += np.minimum.reduce(_paid(options, price[chooser], sets))
    value = np.zeros(len(sets), np.int64)
    for mask, worth in part.terms.items():
        value[(sets & mask) == mask] += worth
    made: list[tuple[int, int, dict[int, int]]] = []
    for at in np.lexsort((-value, cost)).tolist():
        if cost[at] < _NEVER and (not made or value[at] > made[-1][1]):
            within = int(sets[at])
            picks = {c: _cheapest(o, price[c], within) for c, o in part.choosers.items()}
            made.append((int(cost[at]), int(value[at]), picks))
    return made


def _paid(options: Options, price: Sequence[int], sets: Whole) -> list[Whole]:
    """By option what it costs under each set; never, outside of it."""
    return [
        np.where((sets & mask) == mask, p, _NEVER)
        for (mask, _), p in zip(options, price, strict=True)
    ]


def _cheapest(options: Options, price: Sequence[int], within: int) -> int:
    fits = [
        (p, i)
        for i, ((mask, _), p) in enumerate(zip(options, price, strict=True))
        if not mask & ~within
    ]
    return options[min(fits)[1]][1]
