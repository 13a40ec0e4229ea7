"""What needs no search: slots that are filled whatever holds, or never, and options outdone by another.

An option of which each slot can only help outdoes one of which none can (a slot helps where every
term that waits for it counts positive). So a row that may count nowhere is out of the least figure,
and in the greatest. It is looked at again and again until nothing changes, all choosers at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.question import CoverQuestion, Whole
from hbgeo.measure.doubt.terms import Figures, Terms, fill_pairs

SATISFIED, OPEN, DEAD = 1, 0, -1


@dataclass
class Narrowed:
    """What is settled and what is left to be searched, for one objective to be made great.

    Attributes
    ----------
    state
        By term: satisfied, open or dead (of the best combinations).
    picks
        By chooser an option that is one of the best for it; of those left the first.
    option, chooser
        The options left, and whose they are; of choosers that have not been settled.
    pair, slot
        What they fill: positions in `option`, and slots.
    term, asks
        The slots that open terms still wait for, as pairs.
    """

    state: Whole
    picks: Whole
    option: Whole
    chooser: Whole
    pair: Whole
    slot: Whole
    term: Whole
    asks: Whole
    slots: int
    changed: bool = field(default=True)


def narrow(
    question: CoverQuestion, terms: Terms, coef: Figures, alive: Mask | None = None
) -> Narrowed:
    """Settle all that can be settled for the greatest Σ `coef` over combinations of live options."""
    made = start(question, terms, coef, alive)
    while made.changed:
        made.changed = False
        forget(made)
        bury(made)
        if len(made.option):
            _outdo(made, coef)
        if not made.changed and len(made.option):
            secure(made)
    return made


def start(
    question: CoverQuestion, terms: Terms, coef: Figures, alive: Mask | None = None
) -> Narrowed:
    """Nothing settled yet, but what is filled without doubt."""
    option = np.arange(len(question.fill_starts) - 1)
    chooser = question.choices.chooser
    pair, slot = fill_pairs(question)
    state = np.where(coef == 0, DEAD, OPEN).astype(np.int64)
    asked = (state[terms.term] == OPEN) & ~question.sure[terms.slot]
    made = Narrowed(
        state=state,
        picks=question.choices.starts[:-1].copy(),
        option=option,
        chooser=chooser,
        pair=pair,
        slot=slot,
        term=terms.term[asked],
        asks=terms.slot[asked],
        slots=len(question.sure),
    )
    _satisfy(made)
    if alive is not None:
        keep_options(made, alive)
    return made


def _satisfy(made: Narrowed) -> None:
    """Count the terms that wait for nothing any more."""
    waits = np.zeros(len(made.state), bool)
    waits[made.term] = True
    made.state[(made.state == OPEN) & ~waits] = SATISFIED


def keep_options(made: Narrowed, keep: Mask) -> None:
    """Drop options, and with them what they fill."""
    place = np.cumsum(keep) - 1
    held = keep[made.pair]
    made.pair, made.slot = place[made.pair[held]], made.slot[held]
    made.option, made.chooser = made.option[keep], made.chooser[keep]
    first = firsts(made.chooser)
    made.picks[made.chooser[first]] = made.option[first]


def firsts(chooser: Whole) -> Whole:
    """Where the options of each chooser begin."""
    if not len(chooser):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate([[True], chooser[1:] != chooser[:-1]]))


def forget(made: Narrowed) -> None:
    """Forget fills that no open term waits for, and choosers that fill nothing else."""
    wanted = np.zeros(made.slots, bool)
    wanted[made.asks] = True
    held = wanted[made.slot]
    if not held.all():
        made.pair, made.slot = made.pair[held], made.slot[held]
    touching = np.zeros(len(made.picks), bool)
    touching[made.chooser[made.pair]] = True
    keep = touching[made.chooser]
    if not keep.all():
        keep_options(made, keep)


def bury(made: Narrowed) -> None:
    """Drop the terms that wait for a slot that nothing fills."""
    can = np.zeros(made.slots, bool)
    can[made.slot] = True
    lost = made.term[~can[made.asks]]
    if len(lost):
        made.state[lost] = DEAD
        held = made.state[made.term] == OPEN
        made.term, made.asks = made.term[held], made.asks[held]
        made.changed = True


def polarity(made: Narrowed, coef: Figures) -> tuple[Mask, Mask]:
    """The slots that can help, and those that can harm; a slot may do both."""
    helps, harms = np.zeros(made.slots, bool), np.zeros(made.slots, bool)
    up = coef[made.term] > 0
    helps[made.asks[up]] = True
    harms[made.asks[~up]] = True
    return helps, harms


def _outdo(made: Narrowed, coef: Figures) -> None:
    """Drop options that cannot help where another cannot harm; one option left holds."""
    helps, harms = polarity(made, coef)
    many = len(made.option)
    good = np.bincount(made.pair[helps[made.slot]], minlength=many)
    bad = np.bincount(made.pair[harms[made.slot]], minlength=many)
    first = firsts(made.chooser)
    size = np.diff(np.concatenate([first, [many]]))
    score = np.where(bad == 0, good, -1)
    best = np.repeat(np.maximum.reduceat(score, first), size)
    leader = (score == best) & (best >= 0)
    place = np.where(leader, np.arange(many), many)
    leads = np.repeat(np.minimum.reduceat(place, first), size) == np.arange(many)
    keep = (good > 0) | (best < 0) | leads
    keep &= ~_within_others(made, helps, harms)
    if not keep.all():
        keep_options(made, keep)
        made.changed = True
    fill_singles(made)


def _within_others(made: Narrowed, helps: Mask, harms: Mask) -> Mask:
    """The options of one slot that only helps, where a wider option fills it too; where it only harms, the wider.

    A row that may stand in any unit has thousands of the one, and of the other one a county.
    """
    many = len(made.option)
    only = np.where(helps & ~harms, 1, np.where(harms & ~helps, -1, 0))[made.slot]
    fills = np.bincount(made.pair, minlength=many)
    pure = np.bincount(made.pair, weights=only, minlength=many)
    good, bad = pure == fills, pure == -fills
    key = made.chooser[made.pair] * made.slots + made.slot
    single = fills[made.pair] == 1
    lost = np.zeros(many, bool)
    wide = key[~single & good[made.pair]]
    lost[made.pair[single & good[made.pair] & np.isin(key, wide)]] = True
    alone = key[single & bad[made.pair]]
    lost[made.pair[~single & bad[made.pair] & np.isin(key, alone)]] = True
    return lost


def fill_singles(made: Narrowed) -> None:
    """Fill what the only option of a chooser fills."""
    first = firsts(made.chooser)
    size = np.repeat(
        np.diff(np.append(first, len(made.chooser))), np.diff(np.append(first, len(made.chooser)))
    )
    single = size == 1
    if not single.any():
        return
    _fill(made, made.slot[single[made.pair]])
    keep_options(made, ~single)


def secure(made: Narrowed) -> None:
    """Fill the slots that each option of some chooser fills."""
    key = made.chooser[made.pair] * made.slots + made.slot
    found, times = np.unique(key, return_counts=True)
    size = np.bincount(made.chooser, minlength=len(made.picks))
    always = found[times == size[found // made.slots]]
    if len(always):
        _fill(made, always % made.slots)


def _fill(made: Narrowed, slots: Whole) -> None:
    full = np.zeros(made.slots, bool)
    full[slots] = True
    held = ~full[made.asks]
    made.term, made.asks = made.term[held], made.asks[held]
    _satisfy(made)
    made.changed = True
