"""All combinations of a part, one chooser after another, those alike kept once: exact, in integers.

A slot is remembered only while some chooser or term still asks for it. So the number of states is
that of what can be filled at the frontier, not of all combinations: rows along a border, or rows
that may be in any township of one county, are few states however many rows they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hbgeo.measure.doubt.hitting import bits_of, union_of
from hbgeo.measure.doubt.part import Found, Part
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.terms import Figures, as_figures

STATES = 2**16  # at one time
WORK = 2**21  # altogether
_BITS = 62


@dataclass(frozen=True)
class _Step:
    """A chooser: what its options fill, the terms that are then decided, the slots then forgotten."""

    chooser: int
    masks: list[int]
    terms: list[tuple[int, int]]
    forget: int


def best_by_frontier(part: Part, work: int = WORK) -> Found | None:
    """The greatest sum, proven; None where that is too much work."""
    swept = sweep(part, None, 0, work)
    if swept is None:
        return None
    (_, value, picks) = swept[0]
    return Found(value, value, picks)


def sweep(
    part: Part, costs: Mapping[int, Sequence[int]] | None, top: int, work: int = WORK
) -> list[tuple[int, int, dict[int, int]]] | None:
    """For each cost up to `top` at which more is to be had than for less: cost, sum, picks.

    `costs` are those of the options of each chooser, in their order; None: all free.
    """
    steps = _steps(part)
    if steps is None:
        return None
    big = sum(map(abs, part.terms.values())) >= 2**61
    masks, spent = np.zeros(1, np.int64), np.zeros(1, np.int64)
    sums: Figures = np.array([0], dtype=object if big else np.int64)
    trail: list[tuple[Whole, Whole]] = []
    for step in steps:
        many = len(step.masks)
        work -= len(masks) * many
        if work < 0:
            return None
        price = [0] * many if costs is None else list(costs[step.chooser])
        made = (masks[:, None] | np.array(step.masks, np.int64)).ravel()
        paid = (spent[:, None] + np.array(price, np.int64)).ravel()
        sums = as_figures(np.repeat(sums, many))
        for mask, worth in step.terms:
            sums = sums + np.where((made & mask) == mask, worth, 0).astype(sums.dtype)
        kept = _distinct(made & ~step.forget, paid, sums, top)
        if len(kept) > STATES:
            return None
        masks, spent, sums = (made & ~step.forget)[kept], paid[kept], sums[kept]
        trail.append((kept // many, kept % many))
    return [_trace(part, steps, trail, i, spent, sums) for i in _records(spent, sums)]


def _records(spent: Whole, sums: Figures) -> list[int]:
    """The states, by cost, that are worth more than all cheaper ones."""
    made: list[int] = []
    for i in sorted(range(len(spent)), key=lambda i: (int(spent[i]), -int(sums[i]))):
        if not made or sums[i] > sums[made[-1]]:
            made.append(i)
    return made


def _trace(
    part: Part,
    steps: list[_Step],
    trail: list[tuple[Whole, Whole]],
    at: int,
    spent: Whole,
    sums: Figures,
) -> tuple[int, int, dict[int, int]]:
    """Cost, sum and picks of a last state."""
    picks, state = {}, at
    for step, (parent, option) in zip(reversed(steps), reversed(trail), strict=True):
        picks[step.chooser] = part.choosers[step.chooser][int(option[state])][1]
        state = int(parent[state])
    return int(spent[at]), int(sums[at]), picks


def _distinct(masks: Whole, spent: Whole, sums: Figures, top: int) -> Whole:
    """Of states alike in mask and cost the best one, of those within the cost."""
    rank = sums
    if sums.dtype == object:
        rank = np.empty(len(sums), np.int64)
        rank[np.argsort(sums, kind="stable")] = np.arange(len(sums))
    order = np.lexsort((rank, spent, masks))
    order = order[spent[order] <= top]
    last = np.ones(len(order), bool)
    last[:-1] = (masks[order[1:]] != masks[order[:-1]]) | (spent[order[1:]] != spent[order[:-1]])
    return np.asarray(order[last])


def _order(part: Part) -> list[int]:
    """The choosers, each next to what is open, adding little to it."""
    left = {c: union_of(options) for c, options in part.choosers.items()}
    at: dict[int, list[int]] = {}
    for chooser, mask in left.items():
        for bit in bits_of(mask):
            at.setdefault(bit, []).append(chooser)
    seen, near = 0, set(left)
    made: list[int] = []
    while left:
        chosen = min(near, key=lambda c: ((left[c] & ~seen).bit_count(), left[c].bit_count(), c))
        new = left.pop(chosen) & ~seen
        near = (near - {chosen}) if made else set()
        near |= {c for bit in bits_of(new) for c in at[bit] if c in left}
        near = near or set(left)
        seen |= new
        made.append(chosen)
    return made


def _steps(part: Part) -> list[_Step] | None:
    """The choosers in order with slots renumbered so that few bits are open at a time."""
    order = _order(part)
    last = {bit: at for at, c in enumerate(order) for bit in bits_of(union_of(part.choosers[c]))}
    due: dict[int, list[int]] = {}
    ends = dict(last)
    for mask in part.terms:
        at = max(last[bit] for bit in bits_of(mask))
        due.setdefault(at, []).append(mask)
        for bit in bits_of(mask):
            ends[bit] = max(ends[bit], at)
    leaving: dict[int, list[int]] = {}
    for bit, at in ends.items():
        leaving.setdefault(at, []).append(bit)
    free, place, steps = list(range(_BITS))[::-1], {}, []
    for at, chooser in enumerate(order):
        for bit in bits_of(union_of(part.choosers[chooser])):
            if bit not in place:
                if not free:
                    return None
                place[bit] = free.pop()
        moved = [sum(1 << place[b] for b in bits_of(mask)) for mask, _ in part.choosers[chooser]]
        terms = [(sum(1 << place[b] for b in bits_of(m)), part.terms[m]) for m in due.get(at, [])]
        gone = [place[bit] for bit in leaving.get(at, [])]
        free += gone
        steps.append(_Step(chooser, moved, terms, sum(1 << p for p in gone)))
    return steps
