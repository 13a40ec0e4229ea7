"""Questions for the tests of what the data leave open: built from lists, random, or hard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from hbgeo.measure.doubt.question import Choices, CoverQuestion, SumQuestion


def whole(values: Sequence[int]) -> np.ndarray:
    """Whole numbers of any size."""
    return np.array([*values, None], dtype=object)[:-1]


def choices(sizes: Sequence[int], rows: Sequence[int], cost: Sequence[int]) -> Choices:
    """Choosers of so many options each."""
    starts = np.cumsum([0, *sizes])
    return Choices(starts, np.array(rows, dtype=np.int64), np.array(cost, dtype=np.int64))


def cover(
    options: Sequence[Sequence[Sequence[int]]],
    units: int,
    *,
    weight: Sequence[int] | None = None,
    slot_unit: Sequence[int] | None = None,
    sure: Sequence[int] = (),
    member: Sequence[int] | None = None,
    rows: Sequence[int] | None = None,
    cost: Sequence[int] | None = None,
    per: int = 1,
) -> CoverQuestion:
    """A question from the slots that each option of each chooser fills; one slot a unit if not said."""
    slots = list(range(units)) if slot_unit is None else list(slot_unit)
    flat = [fill for chooser in options for fill in chooser]
    filled = np.zeros(len(slots), bool)
    filled[list(sure)] = True
    given = [i > 0 for chooser in options for i in range(len(chooser))] if cost is None else cost
    return CoverQuestion(
        weight=whole([1] * units if weight is None else weight),
        slot_unit=np.array(slots, dtype=np.int64),
        sure=filled,
        member=np.array([-1] * units if member is None else member, dtype=np.int64),
        choices=choices(
            [len(c) for c in options], [1] * len(options) if rows is None else rows, given
        ),
        fill_starts=np.cumsum([0, *map(len, flat)]),
        fills=np.array([s for fill in flat for s in fill], dtype=np.int64),
        per=per,
    )


RING = cover([[[0], [1]], [[1], [2]], [[2], [0]]], 3)


def fixed(question: CoverQuestion, chooser: int, option: int) -> CoverQuestion:
    """The question with one chooser left one option only."""
    starts = question.choices.starts
    keep = np.ones(starts[-1], bool)
    keep[starts[chooser] : starts[chooser + 1]] = False
    keep[option] = True
    sizes = np.diff(starts).copy()
    sizes[chooser] = 1
    made = np.diff(question.fill_starts)
    return replace(
        question,
        choices=replace(
            question.choices, starts=np.cumsum([0, *sizes]), cost=question.choices.cost[keep]
        ),
        fill_starts=np.cumsum([0, *made[keep]]),
        fills=question.fills[np.repeat(keep, made)],
    )


@st.composite
def covers(draw: st.DrawFn, *, members: bool = True, most: int = 9) -> CoverQuestion:
    """Random questions: several slots a unit and an option, members in doubt, weights, rows of two."""
    units = draw(st.integers(1, 5))
    slot_unit = list(range(units)) + draw(st.lists(st.integers(0, units - 1), max_size=3))
    member = [-1] * units
    if members:
        for unit in draw(st.sets(st.integers(0, units - 1), max_size=2)):
            member[unit] = len(slot_unit)
            slot_unit.append(-1)
    fill = st.lists(st.integers(0, len(slot_unit) - 1), max_size=3, unique=True)
    options = draw(st.lists(st.lists(fill, min_size=1, max_size=3), max_size=most))
    kept, count = [], 1
    for chooser in options:
        count *= len(chooser)
        if count > 2**10:
            break
        kept.append(chooser)
    rows = draw(st.lists(st.integers(1, 2), min_size=len(kept), max_size=len(kept)))
    cost = [
        draw(st.integers(1, rows[g])) if i else 0
        for g, chooser in enumerate(kept)
        for i in range(len(chooser))
    ]
    return cover(
        kept,
        units,
        weight=draw(st.lists(st.integers(0, 5), min_size=units, max_size=units)),
        slot_unit=slot_unit,
        sure=draw(st.lists(st.integers(0, len(slot_unit) - 1), max_size=2, unique=True)),
        member=member,
        rows=rows,
        cost=cost,
        per=draw(st.integers(1, 3)),
    )


def hard(
    seed: int, choosers: int, units: int, widest: int, fills: int = 1, heaviest: int = 1
) -> CoverQuestion:
    """One large component: rows any of which may be in any of a few units anywhere."""
    rng = np.random.default_rng(seed)
    options = [
        [
            sorted(set(rng.integers(0, units, rng.integers(1, fills + 1)).tolist()))
            for _ in range(rng.integers(2, widest + 1))
        ]
        for _ in range(choosers)
    ]
    return cover(options, units, weight=rng.integers(1, heaviest + 1, units).tolist())


@st.composite
def adding(draw: st.DrawFn, *, ratio: bool) -> SumQuestion:
    """Random amounts; those below a ratio's line are not negative."""
    units = draw(st.integers(1, 3))
    low = 0 if ratio else -4
    entry = st.tuples(st.integers(0, units - 1), st.integers(low, 6), st.integers(0, 5 * ratio))
    option = st.lists(entry, max_size=2)
    options = draw(st.lists(st.lists(option, min_size=1, max_size=3), max_size=6))
    rows = draw(st.lists(st.integers(1, 3), min_size=len(options), max_size=len(options)))
    cost = [
        draw(st.integers(1, rows[g])) if i else 0
        for g, c in enumerate(options)
        for i in range(len(c))
    ]
    flat = [given for chooser in options for given in chooser]
    entries = [e for given in flat for e in given]
    amount = st.lists(st.integers(0, 4), min_size=units, max_size=units)
    return SumQuestion(
        top=whole(draw(amount)),
        bottom=whole(draw(amount) if ratio else [0] * units),
        choices=choices([len(c) for c in options], rows, cost),
        give_starts=np.cumsum([0, *map(len, flat)]),
        give_unit=np.array([e[0] for e in entries], dtype=np.int64),
        give_top=whole([e[1] for e in entries]),
        give_bottom=whole([e[2] for e in entries]),
        per=1 if ratio else draw(st.integers(1, 3)),
        ratio=ratio,
    )
