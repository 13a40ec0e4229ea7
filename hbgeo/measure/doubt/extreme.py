"""The greatest of a sum of terms over all combinations: of the whole, and of each group of units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.branching import NODES, best
from hbgeo.measure.doubt.components import Component, Solver, components
from hbgeo.measure.doubt.hitting import Options, bits_of
from hbgeo.measure.doubt.narrow import SATISFIED, Narrowed, narrow
from hbgeo.measure.doubt.part import Found, Part
from hbgeo.measure.doubt.question import CoverQuestion, Span, Whole
from hbgeo.measure.doubt.terms import Figures, Terms, compact, fraction, terms_of, total

Ends = tuple[int, int, bool]  # the least, the greatest, and whether both are reached


@dataclass(frozen=True)
class Extreme:
    """The greatest sum: what a combination reaches (that of `picks`), and what none exceeds.

    `values` and `bounds` are those of the groups, each for itself.
    """

    value: int
    bound: int
    picks: Whole
    largest: int
    values: list[int]
    bounds: list[int]

    @property
    def exact(self) -> bool:
        """Whether the greatest is known."""
        return self.value == self.bound


def greatest(
    question: CoverQuestion,
    terms: Terms,
    coef: Figures,
    group: Whole | None = None,
    alive: Mask | None = None,
    nodes: int = NODES,
) -> Extreme:
    """The greatest Σ `coef` over combinations of the live options."""
    left = narrow(question, terms, coef, alive)
    solver = Solver(partial(best, nodes=nodes))
    of_term = None if group is None else group[terms.unit]
    values = _settled(left, coef, of_term)
    bounds = values.copy()
    value = bound = total(coef[left.state == SATISFIED])
    largest = 0
    for part in components(left, coef):
        largest = max(largest, len(part.choosers))
        found = solver.best(part.part())
        value, bound = value + found.value, bound + found.bound
        for chooser, option in found.picks.items():
            left.picks[chooser] = option
        for g, own in _by_group(part, found, of_term, solver):
            values[g], bounds[g] = values[g] + own.value, bounds[g] + own.bound
    return Extreme(value, bound, left.picks, largest, values, bounds)


def _settled(left: Narrowed, coef: Figures, of_term: Whole | None) -> list[int]:
    """By group the terms that need no search."""
    if of_term is None:
        return []
    made = np.zeros(int(of_term.max(initial=-1)) + 1, dtype=coef.dtype)
    counts = (left.state == SATISFIED) & (of_term >= 0)
    np.add.at(made, of_term[counts], coef[counts])
    return [int(v) for v in made]


def _by_group(
    part: Component, found: Found, of_term: Whole | None, solver: Solver
) -> list[tuple[int, Found]]:
    """The greatest of each group in a component; where it lies in one, it is solved already."""
    if of_term is None:
        return []
    groups = {int(of_term[term]) for _, _, term in part.terms}
    if len(groups) == 1:
        return [(g, found) for g in groups if g >= 0]
    mine = _options_by_group(part, of_term)
    return [
        (g, solver.best(Part(mine.get(g, {}), part.part(_of(of_term, g)).terms)))
        for g in sorted(groups)
        if g >= 0
    ]


def _options_by_group(part: Component, of_term: Whole) -> dict[int, dict[int, Options]]:
    """Group → the choosers that fill slots of it: those options, and the first that fills none.

    A row that may stand anywhere has thousands, of which each county asks for its own.
    """
    asking: dict[int, set[int]] = {}
    for mask, _, term in part.terms:
        for bit in bits_of(mask):
            asking.setdefault(bit, set()).add(int(of_term[term]))
    made: dict[int, dict[int, Options]] = {}
    for chooser, options in part.choosers.items():
        filling: dict[int, dict[int, int]] = {}
        for mask, number in options:
            for bit in bits_of(mask):
                for group in asking.get(bit, ()):
                    filling.setdefault(group, {})[number] = mask
        for group, own in filling.items():
            idle = next((o for o in options if o[1] not in own), None)
            kept = ((mask, number) for number, mask in own.items())
            made.setdefault(group, {})[chooser] = (*kept, idle) if idle else tuple(kept)
    return made


def _of(of_term: Whole, group: int) -> Callable[[int], bool]:
    return lambda term: bool(of_term[term] == group)


@dataclass(frozen=True)
class Both:
    """Both ends of one sum: that of its negative, and its own."""

    down: Extreme
    up: Extreme

    def span(self, per: int) -> Span:
        """The span of the whole."""
        low, high, exact = self.ends
        return Span(fraction(low, per), fraction(high, per), exact)

    def spans(self, per: int) -> list[Span]:
        """The spans of the groups."""
        ends = self.group_ends()
        return [Span(fraction(low, per), fraction(high, per), exact) for low, high, exact in ends]

    @property
    def ends(self) -> Ends:
        """The ends of the whole."""
        return -self.down.bound, self.up.bound, self.down.exact and self.up.exact

    def group_ends(self) -> list[Ends]:
        """The ends of the groups."""
        ends = zip(self.down.values, self.down.bounds, self.up.values, self.up.bounds, strict=True)
        return [(-low, high, less == low and more == high) for less, low, more, high in ends]


def both(question: CoverQuestion, coef: Figures, group: Whole | None = None) -> Both:
    """Both ends of Σ `coef`."""
    terms = terms_of(question)
    return Both(greatest(question, terms, -coef, group), greatest(question, terms, coef, group))


def settled(question: CoverQuestion, group: Whole | None = None) -> Both:
    """Both ends of the weights of all units, where no reading changes which of them count."""
    weights = question.weights
    whole, of_group = total(compact(weights)), list[int]()
    if group is not None:
        made = np.zeros(int(group.max(initial=-1)) + 1, dtype=compact(weights).dtype)
        np.add.at(made, group[group >= 0], weights[group >= 0])
        of_group = [int(v) for v in made]
    down = [-v for v in of_group]
    none = np.zeros(0, np.int64)
    return Both(
        Extreme(-whole, -whole, none, 0, down, down),
        Extreme(whole, whole, none, 0, of_group, of_group),
    )
