"""A component: a few choosers and the terms they share, small enough to be looked at one by one.

Slots are bits of a Python int. Everything here asks for the greatest sum of the terms that count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hbgeo.measure.doubt.hitting import Options, bits_of, hit_by_fewer, union_of, without_followers

_TURNS = 12  # after which what could be hit by fewer is left to the search


@dataclass(frozen=True)
class Part:
    """Choosers by number with their options, and terms: a set of slots → what it is worth."""

    choosers: Mapping[int, Options]
    terms: Mapping[int, int]


@dataclass(frozen=True)
class Found:
    """What was found of a part.

    Attributes
    ----------
    value
        A sum that some combination reaches: that of `picks`.
    bound
        No combination reaches more.
    picks
        Chooser → the number of its option.
    """

    value: int
    bound: int
    picks: Mapping[int, int] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Whether the greatest is known."""
        return self.value == self.bound


@dataclass(frozen=True)
class Reduced:
    """A part without what is settled: what that is worth, how it is chosen, and what is left.

    `followers` are choosers that can always take an option within what others fill.
    """

    worth: int
    picks: dict[int, int]
    rest: Part
    followers: tuple[tuple[int, Options], ...] = ()

    def finish(self, whole: Part, picks: Mapping[int, int]) -> dict[int, int]:
        """The picks of the whole part, from those of what was left."""
        made = {**self.picks, **picks}
        full = filled(Part({c: o for c, o in whole.choosers.items() if c in made}, {}), made)
        for chooser, options in reversed(self.followers):
            made[chooser] = next(number for mask, number in options if not mask & ~full)
        return made


def value_of(part: Part, filled: int) -> int:
    """The sum of the terms all of whose slots are filled."""
    return sum(worth for mask, worth in part.terms.items() if filled & mask == mask)


def filled(part: Part, picks: Mapping[int, int], but: int | None = None) -> int:
    """The slots that a combination fills, without one chooser if asked."""
    made = 0
    for chooser, options in part.choosers.items():
        if chooser != but:
            made |= next(mask for mask, number in options if number == picks[chooser])
    return made


def reduce(part: Part) -> Reduced:
    """Settle what needs no search: forced slots, dead terms, outdone options, idle choosers."""
    choosers, terms = dict(part.choosers), dict(part.terms)
    worth, turn = 0, 0
    picks: dict[int, int] = {}
    followers: list[tuple[int, Options]] = []
    while True:
        terms, gained = _living(choosers, terms)
        worth += gained
        good, bad = _sides(terms)
        before = sum(map(len, choosers.values()))
        choosers = {c: _undominated(o, good, bad) for c, o in choosers.items()}
        turn += 1
        if not good and turn <= _TURNS:
            choosers = hit_by_fewer(choosers, terms)
            choosers, idle = without_followers(choosers)
            followers += idle.items()
        sure = 0
        for options in choosers.values():
            sure |= _common(options)
        for chooser in [c for c, o in choosers.items() if len(o) == 1]:
            picks[chooser] = choosers.pop(chooser)[0][1]
        terms = _without(terms, sure)
        if not sure and sum(map(len, choosers.values())) == before:
            break
    return Reduced(worth, picks, Part(choosers, terms), tuple(followers))


def _living(choosers: Mapping[int, Options], terms: dict[int, int]) -> tuple[dict[int, int], int]:
    """The terms that wait for something and can have it, and what those are worth that wait no more."""
    can = 0
    for options in choosers.values():
        can |= union_of(options)
    gained = terms.get(0, 0)
    return {m: w for m, w in terms.items() if w and m and not m & ~can}, gained


def _sides(terms: Mapping[int, int]) -> tuple[int, int]:
    """The slots of terms that help, and of those that harm."""
    good = bad = 0
    for mask, worth in terms.items():
        if worth > 0:
            good |= mask
        else:
            bad |= mask
    return good, bad


def _undominated(options: Options, good: int, bad: int) -> Options:
    """The options that no other outdoes, of equals the first, filling only what matters.

    One outdoes another where it fills more of what helps, less of what harms, and the same of what
    may do both. Whoever could outdo an option comes before it, and is held against it only where both
    fill a slot.
    """
    only_good, only_bad, both = good & ~bad, bad & ~good, good & bad
    masks = [(m & only_good, m & only_bad, m & both) for m, _ in options]
    kept: list[int] = []
    helping: dict[tuple[int, int], list[tuple[int, int]]] = {}  # by each slot that helps
    harming: dict[tuple[int, int], list[tuple[int, int]]] = {}  # by the lowest slot that harms
    for at in sorted(range(len(masks)), key=lambda at: _rank(masks[at], at)):
        helps, harms, same = masks[at]
        if helps:
            rivals = helping.get((same, helps & -helps), [])
        else:
            rivals = [r for bit in (0, *_ones(harms)) for r in harming.get((same, bit), ())]
        if any(not helps & ~more and not less & ~harms for more, less in rivals):
            continue
        kept.append(at)
        for bit in _ones(helps):
            helping.setdefault((same, bit), []).append((helps, harms))
        harming.setdefault((same, harms & -harms), []).append((helps, harms))
    return tuple((_only(options[at][0], good | bad), options[at][1]) for at in sorted(kept))


def _only(mask: int, matters: int) -> int:
    """What of a set matters: the very set where all of it does, for thousands share one."""
    return mask & matters if mask & ~matters else mask


def _rank(mask: tuple[int, int, int], at: int) -> tuple[int, int, int]:
    helps, harms, _ = mask
    return -helps.bit_count(), harms.bit_count(), at


def _ones(mask: int) -> list[int]:
    """The slots of a set, each as a set of its own."""
    return [1 << bit for bit in bits_of(mask)]


def _common(options: Options) -> int:
    made = options[0][0]
    for mask, _ in options:
        made &= mask
    return made


def _without(terms: Mapping[int, int], sure: int) -> dict[int, int]:
    made: dict[int, int] = {}
    for mask, worth in terms.items():
        made[mask & ~sure] = made.get(mask & ~sure, 0) + worth
    return made


def split(part: Part) -> list[Part]:
    """The parts of a part that share nothing."""
    above: dict[int, int] = {}

    def root(bit: int) -> int:
        while above.setdefault(bit, bit) != bit:
            above[bit] = bit = above[above[bit]]
        return bit

    unions = {c: union_of(options) for c, options in part.choosers.items()}
    for mask in [*part.terms, *unions.values()]:
        first, *others = bits_of(mask)
        for bit in others:
            above[root(bit)] = root(first)
    made: dict[int, tuple[dict[int, Options], dict[int, int]]] = {}
    for chooser, mask in unions.items():
        made.setdefault(root(bits_of(mask)[0]), ({}, {}))[0][chooser] = part.choosers[chooser]
    for mask, worth in part.terms.items():
        made[root(bits_of(mask)[0])][1][mask] = worth
    return [Part(choosers, terms) for choosers, terms in made.values()]
