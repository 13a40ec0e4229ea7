"""The fewest rows that, confirmed as the figure has them, leave a conclusion no others can turn.

What the others can still do is a greatest sum again, component by component; small components are
tried with every set of rows held, larger ones held row by row where it hurts most. From below: what
one combination gains is lost by no more than what its own rows hold of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from hbgeo.measure.doubt.branching import best
from hbgeo.measure.doubt.components import (
    Component,
    Solver,
    components,
    renumbered,
    shape_of,
)
from hbgeo.measure.doubt.curve import Curve, apart, bounds_of, take
from hbgeo.measure.doubt.holding import Step, all_sets
from hbgeo.measure.doubt.kernel import Kernel, kernel
from hbgeo.measure.doubt.part import Found, Part, filled, value_of
from hbgeo.measure.doubt.question import CoverQuestion, Fewest, SumQuestion
from hbgeo.measure.doubt.steps import sums_settling
from hbgeo.measure.doubt.terms import margin_now, total

_TRIED = 24  # choosers of a component in which the next one is chosen by trying
_LIST = 5  # of those that promise most; of more choosers a fifth of those that matter at a time
_TRIES = 64  # sets that are tried to be let go, of one size
_NODES = 20  # of a search that is made over and over


@dataclass(frozen=True)
class Held:
    """A component: what it can gain, at least and at most, and what holding rows takes from that."""

    reached: int
    bound: int
    steps: tuple[Step, ...]
    bounds: tuple[tuple[int, int], ...]


def settling_set(question: CoverQuestion | SumQuestion, target: Fraction) -> Fewest:
    """Find the fewest rows that settle the conclusion when confirmed.

    Parameters
    ----------
    question
        Of coverage or of sums.
    target
        The percentage, or the value of a count or sum, that the figure must reach.

    Returns
    -------
    fewest
        0 rows where the conclusion is firm; `at_least` below `rows` where no proof was found.
    """
    if isinstance(question, SumQuestion):
        return sums_settling(question, target)
    terms, coef, now = margin_now(question, target)
    coef, room = (-coef, now) if now >= 0 else (coef, -1 - now)
    made = kernel(question, terms, coef, turning=False)
    items, rest = apart(made, coef)
    holder = Holder(made)
    held = [(c, holder.held(c)) for c in components(rest, coef)]
    need = total(items.gain) + sum(h.bound for _, h in held) - room
    needed = total(items.gain) + sum(h.reached for _, h in held) - room
    curves = [holder.curve(c, h) for c, h in held]
    found = take(need, made.hold[items.chooser], items, curves, needed)
    picks, saved = dict(found.picks), 0
    if found.rows is not None and found.rows > found.at_least:
        picks, saved = holder.pruned([c for c, _ in held], picks, found.spare)
    chosen = {m for c, o in picks.items() for m, _ in made.of(c, o)}
    rows = None if found.rows is None else found.rows - saved
    return Fewest(tuple(sorted(chosen)), (), rows, found.at_least)


@dataclass
class Holder:
    """Holds rows of components; those alike once."""

    made: Kernel
    solver: Solver = field(default_factory=lambda: Solver(partial(best, nodes=_NODES)))
    known: dict[Hashable, Held] = field(default_factory=dict)

    def held(self, component: Component) -> Held:
        """What a component can gain, and what holding takes from it."""
        part = component.part()
        price = tuple(int(self.made.hold[c]) for c in part.choosers)
        key = (shape_of(part), price)
        if key not in self.known:
            self.known[key] = _held(renumbered(part), price, self.solver)
        return self.known[key]

    def curve(self, component: Component, held: Held) -> Curve:
        """The steps as a curve: choosers with their own option."""
        names = [(c, options[0][1]) for c, options in component.choosers.items()]
        points = tuple((rows, gain) for rows, gain, _ in held.steps)
        return Curve(
            points,
            held.bounds,
            lambda place: {names[i][0]: names[i][1] for i in held.steps[place][2]},
        )

    def pruned(
        self, parts: list[Component], picks: dict[int, int], spare: int
    ) -> tuple[dict[int, int], int]:
        """Let go, in wide components, of rows that what is gained beyond the need makes needless.

        Many at a time, then fewer; and how many rows that saves.
        """
        saved = 0
        for component in parts:
            part = component.part()
            held = [c for c in part.choosers if c in picks]
            if len(part.choosers) <= _TRIED or not held:
                continue
            now = self.solver.best(_hold(part, tuple(held))).bound
            size = len(held)
            while size := size // 2:
                for start in range(0, len(held), size) if len(held) // size <= _TRIES else ():
                    gone = held[start : start + size]
                    kept = tuple(c for c in part.choosers if c in picks and c not in gone)
                    more = self.solver.best(_hold(part, kept)).bound - now
                    if more <= spare and any(c in picks for c in gone):
                        spare, now = spare - more, now + more
                        saved += sum(int(self.made.hold[c]) for c in gone if c in picks)
                        picks = {c: o for c, o in picks.items() if c not in gone}
        return picks, saved


def _held(part: Part, price: tuple[int, ...], solver: Solver) -> Held:
    """Every set of a small part; of a larger one, row by row."""
    base = value_of(part, filled(part, {c: o[0][1] for c, o in part.choosers.items()}))
    tried = all_sets(part, price)
    if tried is not None:
        most, steps = tried
        points = tuple((rows, gain) for rows, gain, _ in steps)
        return Held(most - base, most - base, steps, points)
    free = solver.best(part)
    made: list[Step] = []
    for step in sorted(_one_by_one(part, price, solver, free, base), key=lambda s: (s[0], -s[1])):
        if step[1] > (made[-1][1] if made else 0):
            made.append(step)
    bounds = bounds_of(_losses(part, price, free), free.value - base)
    return Held(free.value - base, free.bound - base, tuple(made), bounds)


def _hold(part: Part, held: tuple[int, ...]) -> Part:
    """The part with some choosers at their first option."""
    fixed = {c: o[:1] if c in held else o for c, o in part.choosers.items()}
    return Part(fixed, part.terms)


def _one_by_one(
    part: Part, price: tuple[int, ...], solver: Solver, free: Found, base: int
) -> Iterator[Step]:
    """Hold the chooser that takes most a row of what the rest can gain, until nothing is left."""
    held: tuple[int, ...] = ()
    now = free
    while now.bound > base and len(held) < len(price):
        rest = [c for c in part.choosers if c not in held]
        moved = [c for c in rest if now.picks[c] != part.choosers[c][0][1]] or rest
        losses = dict(zip(part.choosers, _losses(part, price, now), strict=True))
        moved.sort(key=lambda c: -losses[c][1] / price[c])
        chosen = moved[: max(1, len(moved) // _LIST)]
        if len(price) <= _TRIED:
            left = {c: solver.best(_hold(part, (*held, c))).bound for c in moved[:_LIST]}
            chosen = [min(left, key=lambda c: ((left[c] - now.bound) / price[c], c))]
        held = (*held, *chosen)
        now = solver.best(_hold(part, held))
        lean, left_now = _dropped(part, held, now, solver) if len(price) <= _TRIED else (held, now)
        yield sum(price[i] for i in lean), free.bound - left_now.bound, lean


def _dropped(
    part: Part, held: tuple[int, ...], now: Found, solver: Solver
) -> tuple[tuple[int, ...], Found]:
    """The same without those that the last one has made needless."""
    for chooser in held[:-1]:
        fewer = tuple(c for c in held if c != chooser)
        found = solver.best(_hold(part, fewer))
        if found.bound <= now.bound:
            held, now = fewer, found
    return held, now


def _losses(part: Part, price: tuple[int, ...], found: Found) -> list[tuple[int, int]]:
    """By chooser its rows, and what a combination can lose at most if it is held."""
    start = filled(part, found.picks)
    made = []
    for rows, (chooser, options) in zip(price, part.choosers.items(), strict=True):
        mine = next(mask for mask, number in options if number == found.picks[chooser])
        new, lost = options[0][0] & ~start, mine & ~options[0][0]
        loss = sum(-w for t, w in part.terms.items() if w < 0 and t & new)
        loss += sum(w for t, w in part.terms.items() if w > 0 and t & lost and t & start == t)
        made.append((rows, loss))
    return made
