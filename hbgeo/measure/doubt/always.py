"""Which units are covered whatever holds, and which could be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hbgeo.arrays import Mask
from hbgeo.measure.doubt.branching import best
from hbgeo.measure.doubt.part import Part
from hbgeo.measure.doubt.question import CoverQuestion, Whole
from hbgeo.measure.doubt.terms import fill_pairs, terms_of


def always_covered(question: CoverQuestion) -> Mask:
    """The units that are counted and covered under every combination.

    Choosers are independent: a slot is filled always if and only if one of them fills it always.
    """
    pair, slot = fill_pairs(question)
    filled = question.sure.copy()
    fills = np.diff(question.fill_starts) > 0
    starts = question.choices.starts
    steady = np.minimum.reduceat(fills, starts[:-1]) if len(starts) > 1 else np.zeros(0, bool)
    chooser = question.choices.chooser[pair]
    held = steady[chooser] & ~filled[slot]
    slots = len(question.sure)
    found, times = np.unique(chooser[held] * slots + slot[held], return_counts=True)
    always = times == np.diff(starts)[found // max(1, slots)]
    filled[found[always] % max(1, slots)] = True
    return np.asarray(_lacking(question, filled) == 0)


def _lacking(question: CoverQuestion, filled: Mask) -> Whole:
    """By unit how many of the slots that it waits for are not among the filled."""
    terms = terms_of(question)
    units = len(question.weight)
    held = (terms.term < units) & ~filled[terms.slot]
    return np.bincount(terms.term[held], minlength=units)


def ever_covered(question: CoverQuestion) -> Mask:
    """The units that are counted and covered under some combination."""
    pair, slot = fill_pairs(question)
    can = question.sure.copy()
    can[slot] = True
    made: Mask = np.asarray(_lacking(question, can) == 0)
    wide = made & (_lacking(question, question.sure) > 1)
    if wide.any():
        for unit in _unclear(question, wide, pair, slot).tolist():
            made[unit] = False
        for unit, part in _parts(question, wide & ~made, pair, slot):
            made[unit] = best(part).bound > 0
    return made


def _unclear(question: CoverQuestion, wide: Mask, pair: Whole, slot: Whole) -> Whole:
    """The units of which some slot has fewer choosers than the unit has open slots."""
    slots = len(question.sure)
    key = np.unique(question.choices.chooser[pair] * slots + slot)
    able = np.bincount(key % slots, minlength=slots)
    need = _lacking(question, question.sure)
    terms = terms_of(question)
    held = (terms.term < len(wide)) & ~question.sure[terms.slot]
    unit, asked = terms.term[held], terms.slot[held]
    few = wide[unit] & (able[asked] < need[unit])
    return np.unique(unit[few])


def _parts(
    question: CoverQuestion, units: Mask, pair: Whole, slot: Whole
) -> Iterator[tuple[int, Part]]:
    """Each unit as a part of its own: one term, and the choosers that touch it."""
    terms = terms_of(question)
    chooser = question.choices.chooser
    order = np.argsort(slot, kind="stable")
    sorted_slots = slot[order]
    open_slots: dict[int, list[int]] = {}
    held = (terms.term < len(units)) & ~question.sure[terms.slot]
    held[held] = units[terms.term[held]]
    for unit, asked in zip(terms.term[held].tolist(), terms.slot[held].tolist(), strict=True):
        open_slots.setdefault(unit, []).append(asked)
    for unit, asked in open_slots.items():
        masks: dict[int, int] = {}
        for bit, wanted in enumerate(dict.fromkeys(asked)):
            ends = np.searchsorted(sorted_slots, [wanted, wanted + 1])
            for option in pair[order[ends[0] : ends[1]]].tolist():
                masks[option] = masks.get(option, 0) | 1 << bit
        owners: dict[int, list[tuple[int, int]]] = {}
        for option, mask in masks.items():
            owners.setdefault(int(chooser[option]), [(0, -1)]).append((mask, option))
        yield (
            unit,
            Part(
                {c: tuple(o) for c, o in owners.items()}, {(1 << len(dict.fromkeys(asked))) - 1: 1}
            ),
        )
