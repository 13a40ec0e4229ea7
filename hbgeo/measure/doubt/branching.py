"""A part too wide for a frontier: branch and bound, pruned by bounds that are checked in integers.

Each node is reduced and split again; what is left of it goes to a matching or a frontier where it
has become small enough, else to the linear relaxation. The greatest bound of the nodes left open
bounds the whole, so an early end gives a bound that holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hbgeo.measure.doubt.frontier import best_by_frontier
from hbgeo.measure.doubt.hitting import bits_of
from hbgeo.measure.doubt.matching import best_by_matching, fits
from hbgeo.measure.doubt.part import Found, Part, filled, reduce, split, value_of
from hbgeo.measure.doubt.programme import relax

NODES = 400
_LIGHT = 2**16  # work of a frontier within a node
_LARGE = 100_000  # options: where a matching solves so large a part, it is not made smaller first
_WORK = 100_000  # options and terms looked at in a search: a node of thousands takes a tenth of a second


@dataclass(frozen=True)
class _Node:
    """A part with what it is worth at most and at least, and where to branch: None if it is solved."""

    part: Part
    found: Found
    branch: tuple[int, int] | None


def best(part: Part, nodes: int = NODES) -> Found:
    """The greatest sum of a part, with a bound where the search ends early."""
    if sum(map(len, part.choosers.values())) > _LARGE and fits(part):
        return best_by_matching(part)
    made = reduce(part)
    value = bound = made.worth
    picks: dict[int, int] = {}
    for piece in split(made.rest):
        found = _solved(piece, None) or _search(piece, nodes)
        value, bound = value + found.value, bound + found.bound
        picks.update(found.picks)
    return Found(value, bound, made.finish(part, picks))


def _solved(part: Part, work: int | None) -> Found | None:
    """The greatest sum, where a closed form or a frontier gives it."""
    if fits(part):
        return best_by_matching(part)
    return best_by_frontier(part) if work is None else best_by_frontier(part, work)


def _search(part: Part, nodes: int) -> Found:
    """Branch on the node that promises most until none promises more than is found."""
    size = sum(map(len, part.choosers.values())) + len(part.terms)
    nodes = min(nodes, _WORK // size)
    first = _look(part, improve=True)
    top, queue, count = first.found, [(-first.found.bound, 0, first)], 0
    while queue and -queue[0][0] > top.value and count < nodes:
        node = heapq.heappop(queue)[2]
        for child in _children(node):
            count += 1
            made = _look(child)
            full = _complete(part, made.found.picks)
            value = value_of(part, filled(part, full))
            if value > top.value:
                top = replace(made.found, value=value, picks=full)
            if made.branch is not None and made.found.bound > top.value:
                heapq.heappush(queue, (-made.found.bound, count, made))
    bound = max(top.value, -queue[0][0]) if queue else top.value
    return Found(top.value, min(bound, first.found.bound), top.picks)


def _complete(part: Part, picks: Mapping[int, int]) -> dict[int, int]:
    return {c: picks.get(c, options[0][1]) for c, options in part.choosers.items()}


def _look(part: Part, *, improve: bool = False) -> _Node:
    """What a node is worth at most, and at least by rounding."""
    made = reduce(part)
    bound = made.worth
    picks: dict[int, int] = {}
    branch: tuple[int, int] | None = None
    worst = -1.0
    for piece in split(made.rest):
        found = _solved(piece, _LIGHT)
        if found is None:
            relaxed = relax(piece)
            rough = _rounded(piece, relaxed.share)
            found = Found(0, relaxed.bound, _improved(piece, rough) if improve else rough)
            doubt, where = _most_split(piece, relaxed.share)
            if doubt > worst:
                worst, branch = doubt, where
        bound += found.bound
        picks.update(found.picks)
    full = made.finish(part, picks)
    value = value_of(part, filled(part, full))
    return _Node(part, Found(value, max(bound, value), full), branch if bound > value else None)


def _rounded(part: Part, share: Mapping[tuple[int, int], float]) -> dict[int, int]:
    """The options that the relaxation likes most."""
    return {
        chooser: max(options, key=lambda o: share.get((chooser, o[1]), 0.0))[1]
        for chooser, options in part.choosers.items()
    }


def _improved(part: Part, picks: dict[int, int]) -> dict[int, int]:
    """The same combination, one option after another changed while that helps."""
    value, better = value_of(part, filled(part, picks)), True
    while better:
        better = False
        for chooser, options in part.choosers.items():
            rest = filled(part, picks, but=chooser)
            for mask, number in options:
                made = value_of(part, rest | mask)
                if made > value:
                    value, better, picks[chooser] = made, True, number
    return picks


def _most_split(
    part: Part, share: Mapping[tuple[int, int], float]
) -> tuple[float, tuple[int, int]]:
    """The slot about which the relaxation is least sure, or else the option: (slot bit, -1) or pair."""
    bad = 0
    good = 0
    for mask, worth in part.terms.items():
        good, bad = (good | mask, bad) if worth > 0 else (good, bad | mask)
    weigh: dict[int, float] = {}
    least: tuple[float, tuple[int, int]] = (-1.0, (-1, -1))
    for chooser, options in part.choosers.items():
        for mask, number in options:
            part_of = share.get((chooser, number), 0.0)
            doubt = min(part_of, 1 - part_of)
            least = max(least, (doubt, (chooser, number)))
            for bit in bits_of(mask & ~good & bad):
                weigh[bit] = weigh.get(bit, 0.0) + 0.01 + doubt
    if weigh:
        bit = max(weigh, key=lambda b: (weigh[b], -b))
        return weigh[bit], (-1, bit)
    return least


def _children(node: _Node) -> list[Part]:
    """A slot filled (which is paid for, filled or not) or not; an option taken or not."""
    if node.branch is None:
        return []
    chooser, at = node.branch
    part = node.part
    if chooser < 0:
        bit = 1 << at
        lost = {
            c: tuple(o for o in options if not o[0] & bit) for c, options in part.choosers.items()
        }
        paid: dict[int, int] = {}
        for mask, worth in part.terms.items():
            paid[mask & ~bit] = paid.get(mask & ~bit, 0) + worth
        children = [Part(part.choosers, paid)]
        return [Part(lost, part.terms), *children] if all(lost.values()) else children
    options = part.choosers[chooser]
    taken = tuple(o for o in options if o[1] == at)
    left = tuple(o for o in options if o[1] != at)
    return [Part({**part.choosers, chooser: o}, part.terms) for o in (taken, left) if o]
