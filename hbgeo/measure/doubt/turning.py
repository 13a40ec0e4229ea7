"""The fewest rows that, read otherwise, turn a conclusion; a part at a time, then put together.

For each component the most that one row can do, two rows, and so on: exact by the frontier of all
combinations, by trying every set of units where these are few, or by a matching where no row stands
in a unit yet. Where a component is too
wide for that, what is found and what cannot be exceeded are kept apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from hbgeo.measure.doubt.allowed import by_allowed
from hbgeo.measure.doubt.branching import best
from hbgeo.measure.doubt.components import Component, components, named, renumbered, shape_of
from hbgeo.measure.doubt.curve import Curve, Picks, apart, bounds_of, take
from hbgeo.measure.doubt.frontier import sweep
from hbgeo.measure.doubt.kernel import Kernel, kernel
from hbgeo.measure.doubt.matching import fits, matching
from hbgeo.measure.doubt.part import Part, filled, value_of
from hbgeo.measure.doubt.question import CoverQuestion, Fewest, SumQuestion, Whole
from hbgeo.measure.doubt.steps import sums_turning
from hbgeo.measure.doubt.terms import margin_now


def turning_set(question: CoverQuestion | SumQuestion, target: Fraction) -> Fewest:
    """Find the fewest rows whose other readings turn the conclusion.

    Parameters
    ----------
    question
        Of coverage or of sums.
    target
        The percentage, or the value of a count or sum, that the figure must reach.

    Returns
    -------
    fewest
        `rows` None where no readings turn it; `at_least` below `rows` where that is not proved.
    """
    if isinstance(question, SumQuestion):
        return sums_turning(question, target)
    terms, coef, now = margin_now(question, target)
    need = now + 1 if now >= 0 else -now
    if now >= 0:
        coef = -coef
    made = kernel(question, terms, coef, turning=True)
    items, rest = apart(made, coef)
    turner = Turner(made)
    curves = [c for part in components(rest, coef) if (c := turner.curve(part)) is not None]
    found = take(need, made.price[items.option], items, curves)
    return spread(found.picks, found.rows, found.at_least, made, question.choices.starts)


def spread(picks: Picks, rows: int | None, at_least: int, made: Kernel, starts: Whole) -> Fewest:
    """The choosers themselves, where one stood for all toggles of a slot."""
    pairs = {pair for c, o in picks.items() if o != starts[c] for pair in made.of(c, o)}
    chosen = sorted(pairs)
    return Fewest(tuple(c for c, _ in chosen), tuple(o for _, o in chosen), rows, at_least)


@dataclass
class Turner:
    """Makes the curves of components; those alike once."""

    made: Kernel
    known: dict[Hashable, list[tuple[int, int, dict[int, int]]] | None] = field(
        default_factory=dict
    )

    def curve(self, component: Component) -> Curve | None:
        """What a component gives for how many rows; None for nothing."""
        part = component.part()
        price = {
            c: [0, *(int(self.made.price[o]) for _, o in rest[1:])]
            for c, rest in part.choosers.items()
        }
        base = value_of(part, filled(part, {c: o[0][1] for c, o in part.choosers.items()}))
        swept = self._swept(part, price)
        if swept is None:
            return _by_rows(part, price, base) if _plain(part, price) else _open(part, price, base)
        steps = [(cost, value - base, picks) for cost, value, picks in swept if value > base]
        points = tuple((cost, gain) for cost, gain, _ in steps)
        return Curve(points, points, lambda place: steps[place][2]) if points else None

    def _swept(
        self, part: Part, price: dict[int, list[int]]
    ) -> list[tuple[int, int, dict[int, int]]] | None:
        """The frontier's answer, of parts that look alike found once."""
        shape = (shape_of(part), tuple(map(tuple, price.values())))
        if shape not in self.known:
            plain = dict(enumerate(price.values()))
            top = sum(map(max, plain.values()))
            same = renumbered(part)
            self.known[shape] = sweep(same, plain, top) or by_allowed(same, plain)
        found = self.known[shape]
        if found is None:
            return None
        return [(cost, value, named(part, picks)) for cost, value, picks in found]


def _plain(part: Part, price: dict[int, list[int]]) -> bool:
    """Whether every row is nowhere now, may be in one unit at a time, and costs as much as any."""
    nowhere = all(options[0][0] == 0 for options in part.choosers.values())
    return nowhere and fits(part) and len({p for prices in price.values() for p in prices[1:]}) == 1


def _by_rows(part: Part, price: dict[int, list[int]], base: int) -> Curve:
    """The heaviest units that one row, two rows … can cover: the first of the best matching."""
    each = next(iter(price.values()))[1]
    order = list(matching(part))
    sums = np.cumsum([part.terms[slot] for slot in order]).tolist()
    points = tuple((each * (i + 1), gain - base) for i, gain in enumerate(sums))

    def pick(place: int) -> Picks:
        terms = {slot: part.terms[slot] for slot in order[: place + 1]}
        owner = matching(Part(part.choosers, terms))
        return {c: next(n for m, n in part.choosers[c] if m == slot) for slot, c in owner.items()}

    return Curve(points, points, pick)


def _open(part: Part, price: dict[int, list[int]], base: int) -> Curve:
    """What one change after another gives, and what all of it does; and what no change exceeds."""
    home = {c: o[0][1] for c, o in part.choosers.items()}
    found = best(part)
    full = _lean(part, home, dict(found.picks))
    steps = [
        *_climb(part, home, price),
        (_paid(part, full, price), value_of(part, filled(part, full)) - base, full),
    ]
    kept: list[tuple[int, int, Picks]] = []
    for step in sorted(steps, key=lambda s: (s[0], -s[1])):
        if step[1] > (kept[-1][1] if kept else 0):
            kept.append(step)
    bounds = bounds_of(_worths(part, price), found.bound - base)
    return Curve(tuple((c, g) for c, g, _ in kept), bounds, lambda place: kept[place][2])


def _paid(part: Part, picks: Picks, price: dict[int, list[int]]) -> int:
    """The rows of a combination."""
    return sum(
        price[c][next(i for i, o in enumerate(options) if o[1] == picks[c])]
        for c, options in part.choosers.items()
    )


def _lean(part: Part, home: Picks, picks: Picks) -> Picks:
    """The same combination with each chooser back where it was that is not needed."""
    value = value_of(part, filled(part, picks))
    for chooser, option in home.items():
        made = {**picks, chooser: option}
        if picks[chooser] != option and value_of(part, filled(part, made)) >= value:
            picks = made
    return picks


def _climb(
    part: Part, home: Picks, price: dict[int, list[int]]
) -> Iterator[tuple[int, int, Picks]]:
    """One change after another, the one that gains most a row."""
    picks, spent = dict(home), 0
    base = value = value_of(part, filled(part, picks))
    while True:
        top: tuple[float, int, int, int, int] | None = None
        for chooser, options in part.choosers.items():
            rest = filled(part, picks, but=chooser) if picks[chooser] == home[chooser] else -1
            for (mask, number), cost in zip(options[1:], price[chooser][1:], strict=True):
                gain = value_of(part, rest | mask) - value if rest >= 0 else 0
                if gain > 0 and (top is None or gain / cost > top[0]):
                    top = (gain / cost, gain, cost, chooser, number)
        if top is None:
            return
        value, spent = value + top[1], spent + top[2]
        picks = {**picks, top[3]: top[4]}
        yield spent, value - base, picks


def _worths(part: Part, price: dict[int, list[int]]) -> list[tuple[int, int]]:
    """By chooser its least rows, and what it could add to at most, whatever the others do."""
    start = filled(part, {c: o[0][1] for c, o in part.choosers.items()})
    made = []
    for chooser, options in part.choosers.items():
        own = options[0][0]
        worth = 0
        for mask, _ in options[1:]:
            new, lost = mask & ~start, own & ~mask
            gain = sum(w for t, w in part.terms.items() if w > 0 and t & new)
            gain -= sum(w for t, w in part.terms.items() if w < 0 and t & lost and t & start == t)
            worth = max(worth, gain)
        made.append((min(price[chooser][1:]), worth))
    return made
