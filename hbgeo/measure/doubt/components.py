"""Choosers and terms that hang together, found all at once and solved one by one.

Parts that look alike are solved once: along a border or in a county there are few kinds of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from hbgeo.measure.doubt.hitting import Options
from hbgeo.measure.doubt.narrow import Narrowed
from hbgeo.measure.doubt.part import Found, Part
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.terms import Figures

Shape = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, int], ...]]


@dataclass(frozen=True)
class Component:
    """Choosers (by number), with their options by number, the open terms, and the slots' names.

    `terms` are (slots, worth, term) by term; the slots are bits, of which `slots` are the numbers.
    """

    choosers: dict[int, Options]
    terms: list[tuple[int, int, int]]
    slots: list[int]

    def part(self, wanted: Callable[[int], bool] | None = None) -> Part:
        """The part with the terms that are wanted; None: all."""
        terms: dict[int, int] = {}
        for mask, worth, term in self.terms:
            if wanted is None or wanted(term):
                terms[mask] = terms.get(mask, 0) + worth
        return Part(self.choosers, terms)


@dataclass
class Solver:
    """Solves parts and remembers those that look alike."""

    solve: Callable[[Part], Found]
    known: dict[Shape, Found] = field(default_factory=dict)

    def best(self, part: Part) -> Found:
        """The greatest sum of a part, its picks by the numbers of this very part."""
        shape = shape_of(part)
        if shape not in self.known:
            self.known[shape] = self.solve(renumbered(part))
        found = self.known[shape]
        return Found(found.value, found.bound, named(part, found.picks))


def shape_of(part: Part) -> Shape:
    """What a part looks like without names."""
    masks = tuple(tuple(mask for mask, _ in o) for o in part.choosers.values())
    return masks, tuple(sorted(part.terms.items()))


def renumbered(part: Part) -> Part:
    """The part with choosers and options numbered from nought."""
    made = {
        place: tuple((mask, number) for number, (mask, _) in enumerate(options))
        for place, options in enumerate(part.choosers.values())
    }
    return Part(made, part.terms)


def named(part: Part, picks: Mapping[int, int]) -> dict[int, int]:
    """The picks of a renumbered part, by the part's own numbers."""
    return {
        chooser: options[picks[place]][1]
        for place, (chooser, options) in enumerate(part.choosers.items())
    }


def components(left: Narrowed, coef: Figures) -> Iterator[Component]:
    """The components of what is left to be searched."""
    if not len(left.option):
        return
    import scipy.sparse as sp  # not for those of whom all is known

    choosers, owner = np.unique(left.chooser, return_inverse=True)
    slots, filled = np.unique(left.slot, return_inverse=True)
    terms, asking = np.unique(left.term, return_inverse=True)
    asked = np.searchsorted(slots, left.asks)
    edges = (
        np.concatenate([owner[left.pair], asking + len(choosers) + len(slots)]),
        np.concatenate([filled, asked]) + len(choosers),
    )
    many = len(choosers) + len(slots) + len(terms)
    graph = sp.coo_matrix((np.ones(len(edges[0]), np.int8), edges), shape=(many, many))
    count, label = sp.csgraph.connected_components(graph, directed=False)
    of_slot = label[len(choosers) : len(choosers) + len(slots)]
    bits = _ranks(of_slot)
    masks = _masks(left.pair, bits[filled], len(left.option))
    wants = _masks(asking, bits[asked], len(terms))
    made = [Component({}, [], []) for _ in range(count)]
    ends = np.append(np.flatnonzero(np.diff(owner)) + 1, len(owner)).tolist()
    names = left.option.tolist()
    at = 0
    for chooser, where, end in zip(choosers.tolist(), label.tolist(), ends, strict=False):
        made[where].choosers[chooser] = tuple(zip(masks[at:end], names[at:end], strict=True))
        at = end
    _add_terms(made, terms, wants, coef, label[len(choosers) + len(slots) :])
    for slot, where in zip(
        slots[np.argsort(of_slot, kind="stable")], np.sort(of_slot), strict=True
    ):
        made[where].slots.append(int(slot))
    yield from made


def _add_terms(
    made: list[Component], terms: Whole, wants: list[int], coef: Figures, label: Whole
) -> None:
    worth = coef[terms].tolist()
    for term, mask, value, where in zip(terms.tolist(), wants, worth, label.tolist(), strict=True):
        made[where].terms.append((mask, value, term))


def _ranks(group: Whole) -> Whole:
    """The rank of each within its group, in order."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    start = np.repeat(first, np.diff(np.append(first, len(order))))
    ranks = np.empty(len(group), np.int64)
    ranks[order] = np.arange(len(order)) - start
    return ranks


def _masks(owner: Whole, bits: Whole, many: int) -> list[int]:
    """The slots of each as one number; those of one slot share it, for it may be thousands of bits wide."""
    made = [0] * many
    ones = [1 << bit for bit in range(int(bits.max(initial=-1)) + 1)]
    for place, bit in zip(owner.tolist(), bits.tolist(), strict=True):
        made[place] = made[place] | ones[bit] if made[place] else ones[bit]
    return made
