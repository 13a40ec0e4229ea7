"""A component: a few choosers and the terms they share, small enough to be looked at one by one.

Slots are bits of a Python int. Everything here asks for the greatest sum of the terms that count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hbgeo.measure.doubt.hitting import Options, hit_by_fewer, without_followers


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
    followers: tuple[int, ...] = ()

    def finish(self, whole: Part, picks: Mapping[int, int]) -> dict[int, int]:
        """The picks of the whole part, from those of what was left."""
        made = {**self.picks, **picks}
        for chooser in self.followers:
            rest = Part({c: o for c, o in whole.choosers.items() if c in made}, {})
            full = filled(rest, made)
            best = max(whole.choosers[chooser], key=lambda o: value_of(whole, full | o[0]))
            made[chooser] = best[1]
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
    worth, picks, followers = 0, {}, []
    while True:
        terms, gained = _living(choosers, terms)
        worth += gained
        good, bad = _sides(terms)
        before = sum(map(len, choosers.values()))
        choosers = {c: _undominated(o, good, bad) for c, o in choosers.items()}
        if not good and choosers:
            choosers = hit_by_fewer(choosers, terms)
            choosers, idle = without_followers(choosers)
            followers += idle
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
        for mask, _ in options:
            can |= mask
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
    """The options that no other outdoes, of equals the first, filling only what matters."""
    only_good, only_bad, matters = good & ~bad, bad & ~good, good | bad
    kept: list[tuple[int, int]] = []
    for mask, number in options:
        mine = mask & matters
        if any(_outdoes(other, mine, only_good, only_bad) for other, _ in kept):
            continue
        kept = [o for o in kept if not _outdoes(mine, o[0], only_good, only_bad)]
        kept.append((mine, number))
    return tuple(kept)


def _outdoes(mine: int, other: int, only_good: int, only_bad: int) -> bool:
    return not (mine & ~other & ~only_good) and not (other & ~mine & ~only_bad)


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
    groups: list[int] = []
    for mask in [*part.terms, *(_union(o) for o in part.choosers.values())]:
        touching = [g for g in groups if g & mask]
        groups = [g for g in groups if not g & mask]
        made = mask
        for group in touching:
            made |= group
        groups.append(made)
    made_parts: list[tuple[int, dict[int, Options], dict[int, int]]] = [(g, {}, {}) for g in groups]
    for chooser, options in part.choosers.items():
        union = _union(options)
        next(p for p in made_parts if p[0] & union or not (p[0] | union))[1][chooser] = options
    for mask, worth in part.terms.items():
        next(p for p in made_parts if p[0] & mask)[2][mask] = worth
    return [Part(choosers, terms) for _, choosers, terms in made_parts]


def _union(options: Sequence[tuple[int, int]]) -> int:
    made = 0
    for mask, _ in options:
        made |= mask
    return made
