"""Where filling can only harm: rows that must fall somewhere, into as few units as may be.

A chooser that can always follow another is no constraint (its row can fall where that one does), and
a slot need not be used if another serves every chooser that it does, for no more.
"""

from __future__ import annotations

from collections.abc import Mapping

Options = tuple[tuple[int, int], ...]  # what an option fills, and its number
_MANY = 600  # choosers, beyond which not all pairs are compared


def without_followers(
    choosers: Mapping[int, Options],
) -> tuple[dict[int, Options], list[int]]:
    """The choosers that follow no other, and those that do."""
    kept: dict[int, Options] = {}
    idle: list[int] = []
    if len(choosers) > _MANY:
        return dict(choosers), idle
    for chooser in sorted(choosers, key=lambda c: len(choosers[c])):
        mine = choosers[chooser]
        if any(_follows(mine, other) for other in kept.values()):
            idle.append(chooser)
        else:
            kept[chooser] = mine
    return kept, idle


def _follows(mine: Options, other: Options) -> bool:
    """Whether some option of `mine` lies within each option of `other`."""
    return all(any(not m & ~o for m, _ in mine) for o, _ in other)


def hit_by_fewer(choosers: Mapping[int, Options], terms: Mapping[int, int]) -> dict[int, Options]:
    """The choosers without options that another option serves as well wherever they stand."""
    every = [mask for options in choosers.values() for mask, _ in options]
    if any(m & (m - 1) for m in every) or any(m & (m - 1) for m in terms) or len(choosers) > _MANY:
        return dict(choosers)
    serves: dict[int, int] = {}
    for place, options in enumerate(choosers.values()):
        for mask, _ in options:
            serves[mask] = serves.get(mask, 0) | 1 << place
    kept: dict[int, int] = {}
    for mask in sorted(serves, key=lambda m: (-serves[m].bit_count(), -terms.get(m, 0), m)):
        mine, worth = serves[mask], terms.get(mask, 0)
        if not any(not mine & ~s and terms.get(k, 0) >= worth for k, s in kept.items()):
            kept[mask] = mine
    return {c: tuple(o for o in options if o[0] in kept) for c, options in choosers.items()}
