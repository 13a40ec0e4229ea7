"""The fewest rows that make up what is needed: items and curves, each taken once.

First the best rows for their gain, which also gives a bound (what a part of the last one would do);
where the two differ, every number of rows below is tried at once. A curve is a list of points,
rows and gain, both growing, of which one may be taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.doubt.terms import Figures, compact

Points = Sequence[tuple[int, int]]
_WORK = 2**27


@dataclass(frozen=True)
class Load:
    """What was taken: rows, or None if all is not enough; and how few rows it takes at least.

    `items` are numbers of items, `points` (curve, point) of curves.
    """

    rows: int | None
    at_least: int
    items: list[int]
    points: list[tuple[int, int]]


def fewest(need: int, rows: Whole, gain: Figures, curves: Sequence[Points] = ()) -> Load:
    """The fewest rows whose gains add up to `need`.

    Parameters
    ----------
    need
        What is needed; nothing is where it is 0 or less.
    rows, gain
        Of each item; rows ≥ 1, gain ≥ 1.
    curves
        Each of which gives one of its points.
    """
    if need <= 0:
        return Load(0, 0, [], [])
    most = int(gain.sum()) + sum(points[-1][1] for points in curves if points)
    if most < need:
        return Load(None, 0, [], [])
    if not any(curves) and len(np.unique(rows)) == 1:
        return _alike(need, int(rows[0]), gain)
    rough = _by_ratio(need, rows, gain, curves)
    assert rough.rows is not None  # noqa: S101
    if rough.rows == rough.at_least:
        return rough
    return _by_table(need, rough, rows, gain, curves)


def _alike(need: int, each: int, gain: Figures) -> Load:
    """Items of as many rows each: the greatest first."""
    order = np.argsort(-gain, kind="stable")
    count = int(np.searchsorted(np.cumsum(gain[order]), need)) + 1
    return Load(count * each, count * each, order[:count].tolist(), [])


def hull(points: Points) -> list[int]:
    """The points of a curve that no mixture of others beats, in order."""
    kept: list[int] = []
    at = [(0, 0), *points]
    for i in range(1, len(at)):
        while kept:
            a, b = at[kept[-2] if len(kept) > 1 else 0], at[kept[-1]]
            if (b[1] - a[1]) * (at[i][0] - b[0]) > (at[i][1] - b[1]) * (b[0] - a[0]):
                break
            kept.pop()
        kept.append(i)
    return [i - 1 for i in kept]


def _steps(curves: Sequence[Points]) -> list[tuple[int, int, int, int]]:
    """The way up the hull of each curve: rows, gain, curve, point."""
    made = []
    for number, points in enumerate(curves):
        before = (0, 0)
        for place in hull(points):
            after = points[place]
            made.append((after[0] - before[0], after[1] - before[1], number, place))
            before = after
    return made


def _by_ratio(need: int, rows: Whole, gain: Figures, curves: Sequence[Points]) -> Load:
    """The best gain a row first; the last one only as much as is needed, for the bound."""
    steps = _steps(curves)
    all_rows = np.concatenate([rows, np.array([s[0] for s in steps], np.int64)])
    all_gain = np.concatenate(
        [gain, compact(np.array([s[1] for s in steps] + [None], object)[:-1])]
    )
    order = _sorted_by_ratio(all_rows, all_gain)
    made = np.cumsum(all_gain[order])
    count = int(np.searchsorted(made, need)) + 1
    taken = order[:count].tolist()
    last = taken[-1]
    before = int(made[count - 1]) - int(all_gain[last])
    spent = int(all_rows[order[: count - 1]].sum())
    bound = spent - (-(need - before) * int(all_rows[last]) // int(all_gain[last]))
    fits = order[count - 1 :][all_gain[order[count - 1 :]] >= need - before]
    items = [i for i in taken[:-1] if i < len(rows)]
    points = {
        steps[i - len(rows)][2]: steps[i - len(rows)][3] for i in taken[:-1] if i >= len(rows)
    }
    alone = fits[fits < len(rows)]
    if len(alone) and rows[alone].min() <= all_rows[last]:
        last = int(alone[np.argmin(rows[alone])])
    if last < len(rows):
        items.append(last)
    else:
        points[steps[last - len(rows)][2]] = steps[last - len(rows)][3]
    return Load(spent + int(all_rows[last]), bound, items, list(points.items()))


def _sorted_by_ratio(rows: Whole, gain: Figures) -> Whole:
    """The best gain a row first, exactly; of equals the fewest rows, and the steps in order."""
    many = lcm(*np.unique(rows).tolist())
    if gain.dtype == object or many * int(gain.max()) >= 2**62:
        pairs = list(zip(rows.tolist(), gain.tolist(), strict=True))
        made = sorted(
            range(len(pairs)), key=lambda i: (-pairs[i][1] * (many // pairs[i][0]), pairs[i][0])
        )
        return np.array(made, dtype=np.int64)
    return np.lexsort((rows, -(gain * (many // rows))))


def _by_table(need: int, rough: Load, rows: Whole, gain: Figures, curves: Sequence[Points]) -> Load:
    """Try all numbers of rows below those found; give up where that is too much work."""
    assert rough.rows is not None  # noqa: S101
    top = rough.rows
    stages = _stages(top, rows, gain, curves)
    if sum(len(points) for points, _ in stages) * top > _WORK:
        return rough
    best: NDArray[Any] = np.zeros(top, dtype=gain.dtype)
    if any(isinstance(g, int) and g >= 2**61 for points, _ in stages for _, g in points):
        best = best.astype(object)
    trail = []
    for points, _ in stages:
        made, chosen = best.copy(), np.full(top, -1, np.int32)
        for place, (cost, worth) in enumerate(points):
            if cost < top:
                better = best[: top - cost] + worth > made[cost:]
                made[cost:][better] = best[: top - cost][better] + worth
                chosen[cost:][better] = place
        trail.append(chosen)
        best = made
    enough = np.flatnonzero(best >= need)
    if not len(enough):
        return Load(top, top, rough.items, rough.points)
    at = count = int(enough[0])
    items: list[int] = []
    points_taken: list[tuple[int, int]] = []
    for (points, names), chosen in zip(reversed(stages), reversed(trail), strict=True):
        place = int(chosen[at])
        if place >= 0:
            at -= points[place][0]
            if isinstance(names, int):
                points_taken.append((names, place))
            else:
                items += names[: place + 1]
    return Load(count, count, items, points_taken)


def _stages(
    top: int, rows: Whole, gain: Figures, curves: Sequence[Points]
) -> list[tuple[list[tuple[int, int]], int | list[int]]]:
    """Curves to be combined: items of as many rows are one, the greatest first; no more than can be used."""
    made: list[tuple[list[tuple[int, int]], int | list[int]]] = []
    for each in np.unique(rows).tolist():
        of = np.flatnonzero(rows == each)
        order = of[np.argsort(-gain[of], kind="stable")][: top // each]
        sums = np.cumsum(gain[order]).tolist()
        made.append(([(each * (i + 1), s) for i, s in enumerate(sums)], order.tolist()))
    seen: dict[tuple[tuple[int, int], ...], int] = {}
    for number, points in enumerate(curves):
        shape = tuple(points)
        seen[shape] = seen.get(shape, 0) + 1
        if points and seen[shape] <= top // points[0][0]:
            made.append((list(points), number))
    return made
