"""What every set of held choosers takes from a small part: all combinations at once.

A combination moves some choosers; it is open to the others as long as none of these is held. So the
most that is left by a set is the greatest over all combinations that move none of it.
"""

from __future__ import annotations

from math import prod

import numpy as np

from hbgeo.measure.doubt.part import Part
from hbgeo.measure.doubt.terms import Figures, as_figures

CHOOSERS = 16
COMBINATIONS = 2**16
Step = tuple[int, int, tuple[int, ...]]  # rows, what it takes from the rest, places of choosers


def all_sets(part: Part, price: tuple[int, ...]) -> tuple[int, tuple[Step, ...]] | None:
    """The greatest sum, and for ever more rows the set that takes most; None of a part too large."""
    many = len(price)
    if many > CHOOSERS or prod(len(o) for o in part.choosers.values()) > COMBINATIONS:
        return None
    best = _by_moved(part)
    for bit in range(many):
        pairs = best.reshape(-1, 2, 1 << bit)
        np.maximum(pairs[:, 1], pairs[:, 0], out=pairs[:, 1])
    sets = np.arange(1 << many)
    left = best[len(sets) - 1 - sets]
    rows = sum(
        ((sets >> i & 1) * p for i, p in enumerate(price)), start=np.zeros(len(sets), np.int64)
    )
    order = np.argsort(left, kind="stable")
    order = order[np.argsort(rows[order], kind="stable")]
    least = np.minimum.accumulate(left[order])
    better = order[1:][least[1:] < least[:-1]]
    most = int(best[-1])
    steps: dict[int, Step] = {}  # of as many rows the first takes most
    for at in better.tolist():
        steps.setdefault(int(rows[at]), (int(rows[at]), most - int(left[at]), _places(at)))
    return most, tuple(steps.values())


def _places(chosen: int) -> tuple[int, ...]:
    return tuple(i for i in range(chosen.bit_length()) if chosen >> i & 1)


def _by_moved(part: Part) -> Figures:
    """By set of choosers that do not take their first option, the greatest sum."""
    bits = max(part.terms).bit_length()
    wide = bits > 62
    filled = np.zeros(1, dtype=object if wide else np.int64)
    moved = np.zeros(1, np.int64)
    for place, options in enumerate(part.choosers.values()):
        masks = np.array([mask for mask, _ in options], dtype=filled.dtype)
        filled = (filled[:, None] | masks).ravel()
        flags = np.array([0] + [1 << place] * (len(options) - 1), np.int64)
        moved = (moved[:, None] | flags).ravel()
    big = sum(map(abs, part.terms.values())) >= 2**61
    sums: Figures = np.zeros(len(filled), dtype=object if big else np.int64)
    for mask, worth in part.terms.items():
        sums[(filled & mask) == mask] += worth
    best = np.full(1 << len(part.choosers), -sum(map(abs, part.terms.values())), dtype=sums.dtype)
    np.maximum.at(best, moved, sums)
    return as_figures(best)
