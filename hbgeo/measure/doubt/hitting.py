"""Where filling can only harm: rows that must fall somewhere, into as few units as may be.

A chooser that can always follow another is no constraint (its row can fall where that one does), and
a slot need not be used if another serves every chooser that it does, for no more.
"""

from __future__ import annotations

from collections.abc import Mapping

Options = tuple[tuple[int, int], ...]  # what an option fills, and its number


def bits_of(mask: int) -> list[int]:
    """The numbers of the slots in a set."""
    made = []
    while mask:
        low = mask & -mask
        made.append(low.bit_length() - 1)
        mask ^= low
    return made


def union_of(options: Options) -> int:
    """All slots that some option fills."""
    made = 0
    for mask, _ in options:
        made |= mask
    return made


def without_followers(
    choosers: Mapping[int, Options],
) -> tuple[dict[int, Options], dict[int, Options]]:
    """The choosers that follow no other, and those that do."""
    kept: dict[int, Options] = {}
    idle: dict[int, Options] = {}
    near: dict[int, list[int]] = {}
    for chooser in sorted(choosers, key=lambda c: len(choosers[c])):
        mine = choosers[chooser]
        bits = bits_of(union_of(mine))
        leaders = {c for bit in bits for c in near.get(bit, [])}
        if any(_follows(mine, kept[c]) for c in leaders):
            idle[chooser] = mine
            continue
        kept[chooser] = mine
        for bit in bits:
            near.setdefault(bit, []).append(chooser)
    return kept, idle


def _follows(mine: Options, other: Options) -> bool:
    """Whether some option of `mine` lies within each option of `other`."""
    return all(any(not m & ~o for m, _ in mine) for o, _ in other)


def hit_by_fewer(choosers: Mapping[int, Options], terms: Mapping[int, int]) -> dict[int, Options]:
    """The choosers without options that another option serves as well wherever they stand."""
    every = [mask for options in choosers.values() for mask, _ in options]
    if any(m & (m - 1) for m in every) or any(m & (m - 1) for m in terms):
        return dict(choosers)
    serves: dict[int, set[int]] = {}
    for chooser, options in choosers.items():
        for mask, _ in options:
            serves.setdefault(mask, set()).add(chooser)
    kept: set[int] = set()
    for mask in sorted(serves, key=lambda m: (-len(serves[m]), -terms.get(m, 0), m)):
        mine, worth = serves[mask], terms.get(mask, 0)
        rivals = {m for m, _ in choosers[next(iter(mine))]} & kept
        if not any(mine <= serves[k] and terms.get(k, 0) >= worth for k in rivals):
            kept.add(mask)
    return {c: tuple(o for o in options if o[0] in kept) for c, options in choosers.items()}
