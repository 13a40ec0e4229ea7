"""What every set of held choosers takes from a small part: all combinations at once.

A combination moves some choosers; it is open to the others as long as none of these is held. So the
most that is left by a set is the greatest over all combinations that move none of it.
"""

from __future__ import annotations

from math import prod

import numpy as np

from hbgeo.measure.doubt.part import Part
from hbgeo.measure.doubt.terms import Figures

CHOOSERS = 12
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
    rows = sum(((sets >> i & 1) * p for i, p in enumerate(price)), start=np.zeros(len(sets), np.int64))
    most = int(best[-1])
    steps: list[Step] = []
    for at in sorted(sets.tolist(), key=lambda s: (int(rows[s]), int(left[s]), s)):
        taken = most - int(left[at])
        if taken > (steps[-1][1] if steps else 0):
            steps.append((int(rows[at]), taken, tuple(i for i in range(many) if at >> i & 1)))
    return most, tuple(steps)


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
    return best
