"""The most that rows can cover when each reading reaches one unit: a matching, heaviest units first.

The sets of units that rows can cover at once are the independent sets of a transversal matroid
(Edmonds & Fulkerson 1965), so taking the heaviest unit that still fits is best, whatever the weights,
and the first k taken are the best k.
"""

from __future__ import annotations

from collections.abc import Mapping

from hbgeo.measure.doubt.part import Found, Part


def fits(part: Part) -> bool:
    """Whether each option fills one slot at most and each term waits for one, to the good."""
    return all(m & (m - 1) == 0 and w > 0 for m, w in part.terms.items()) and all(
        m & (m - 1) == 0 for options in part.choosers.values() for m, _ in options
    )


def best_by_matching(part: Part) -> Found:
    """The greatest sum of a part that `fits`."""
    owner = matching(part)
    picks = {c: options[0][1] for c, options in part.choosers.items()}
    for slot, chooser in owner.items():
        picks[chooser] = next(number for m, number in part.choosers[chooser] if m == slot)
    value = sum(part.terms[slot] for slot in owner)
    return Found(value, value, picks)


def matching(part: Part) -> dict[int, int]:
    """Slot → the chooser that fills it, in the order in which the slots were taken: heaviest first."""
    able: dict[int, list[int]] = {}
    for chooser, options in part.choosers.items():
        for mask, _ in options:
            if mask in part.terms:
                able.setdefault(mask, []).append(chooser)
    owner: dict[int, int] = {}
    dead: set[int] = set()
    slot_of: dict[int, int] = {}
    heaviest = sorted(able, key=lambda s: (-part.terms[s], s))
    taken = [slot for slot in heaviest if _augment(slot, able, owner, slot_of, dead)]
    return {slot: owner[slot] for slot in taken}


def _augment(
    slot: int,
    able: Mapping[int, list[int]],
    owner: dict[int, int],
    slot_of: dict[int, int],
    dead: set[int],
) -> bool:
    """Find a chooser for the slot, moving others; choosers that led nowhere never will again."""
    came: dict[int, int] = {}  # chooser → the slot for which it was asked
    queue = [slot]
    for asking in queue:
        for chooser in able[asking]:
            if chooser in came or chooser in dead:
                continue
            came[chooser] = asking
            if chooser not in slot_of:
                _move(chooser, came, owner, slot_of)
                return True
            queue.append(slot_of[chooser])
    dead.update(came)
    return False


def _move(
    chooser: int, came: Mapping[int, int], owner: dict[int, int], slot_of: dict[int, int]
) -> None:
    """Give each slot on the way to the chooser that was found for it."""
    at: int | None = chooser
    while at is not None:
        wanted = came[at]
        before = owner.get(wanted)
        owner[wanted], slot_of[at] = at, wanted
        at = before
