"""Round class breaks that follow the data: a target is one of them, and no class stays empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from math import ceil

import numpy as np
from numpy.typing import NDArray

from hbgeo.read.cell.decimals import exact

SIDE = 3  # classes on either side of a target
ALL = 5  # classes where there is none
_PARTS = 7  # a side is cut at steps of 1, 2 or 5 that are no wider than this part of it
_MOST = 16  # breaks to choose from
_ROUND = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")))


def cuts_between(low: Decimal, high: Decimal, *, least: Decimal = Decimal(0)) -> list[Decimal]:
    """Round numbers between two others where a class may begin; none too near to either.

    `least` is the smallest step, as 1 for percentages.
    """
    if high <= low:
        return []
    step = max(_step((high - low) / _PARTS), least)
    first = int(low / step) + 1
    cuts = [step * n for n in range(first, first + _MOST)]
    return [_plain(cut) for cut in cuts if low + step / 2 <= cut <= high - step / 2]


def choose_breaks(cuts: Sequence[Decimal], counts: Sequence[int], most: int) -> list[Decimal]:
    """Of the cuts those that part the units most evenly into at most so many classes, none empty.

    Parameters
    ----------
    cuts
        Where a class may begin, in order.
    counts
        How many units lie before the first cut, between each two, and after the last.
    most
        Classes at most; fewer where the units do not fill them.
    """
    sums = np.cumsum([0, *counts])
    for wanted in range(min(most - 1, len(cuts)), 0, -1):
        ends = _ways(len(cuts), wanted)
        classes = np.diff(sums[ends], axis=1)
        ends, classes = ends[filled := (classes > 0).all(axis=1)], classes[filled]
        if len(ends):  # of equally even ones that whose classes are as wide as each other
            wide = (np.diff(ends, axis=1) ** 2).sum(axis=1)
            best = np.lexsort((wide, (classes**2).sum(axis=1)))[0]
            return [cuts[end - 1] for end in ends[best, 1:-1]]
    return []


@cache
def _ways(cuts: int, wanted: int) -> NDArray[np.int64]:
    """Every choice of so many cuts, in order, between the first class and the last."""
    chosen = [(0, *ends, cuts + 1) for ends in combinations(range(1, cuts + 1), wanted)]
    return np.array(chosen, dtype=np.int64)


def edges_of(
    target: Decimal | None,
    top: Decimal,
    covered: NDArray[np.float64],
    total: NDArray[np.float64],
    unit: Fraction,
    *,
    least: Decimal = Decimal(0),
) -> list[Decimal]:
    """Nought, round breaks up to the target, the target, round breaks from it on.

    A break times `unit` is a percentage of `total`; `top` is how far breaks go.
    """
    aim = [target] if target else []
    sides = [
        cuts_between(low, high, least=least) for low, high in pairwise([Decimal(0), *aim, top])
    ]
    sides += [[] for _ in range(1 + len(aim) - len(sides))]
    cuts = sorted({*aim, *(cut for side in sides for cut in side)})
    at = class_of(covered, total, [Fraction(cut) * unit for cut in cuts])
    counts = np.bincount(at, minlength=len(cuts) + 1).tolist()
    if not target:
        return [Decimal(0), *choose_breaks(cuts, counts, ALL if target is None else SIDE)]
    turn = len(sides[0]) + 1
    below = choose_breaks(sides[0], counts[:turn], SIDE)
    return [Decimal(0), *below, target, *choose_breaks(sides[1], counts[turn:], SIDE)]


def class_of(
    covered: NDArray[np.float64], total: NDArray[np.float64], limits: Sequence[Fraction]
) -> NDArray[np.int64]:
    """How many percentages each share reaches, compared in whole numbers wherever they are whole."""
    of = np.zeros(len(covered), dtype=np.int64)
    if bool((covered % 1 == 0).all() and (total % 1 == 0).all() and (total < 2**40).all()):
        top, bottom = covered.astype(np.int64), total.astype(np.int64)
        for edge in limits:
            of += top * 100 * edge.denominator >= edge.numerator * bottom
        return of
    for at, (top, bottom) in enumerate(zip(covered.tolist(), total.tolist(), strict=True)):
        share, whole = 100 * exact(top), exact(bottom)
        of[at] = sum(share >= edge * whole for edge in limits)
    return of


def amount_breaks(amounts: NDArray[np.float64], *, whole: bool) -> list[int]:
    """Round numbers near the quartiles of amounts above nought, from each of which some lie on."""
    if not len(amounts):
        return []
    top = amounts.max()
    near = {_near(cut, whole=whole) for cut in np.quantile(amounts, (0.25, 0.5, 0.75)).tolist()}
    return _filled(sorted(cut for cut in near if 1 < cut <= top), amounts)


def _filled(cuts: Iterable[int], amounts: NDArray[np.float64]) -> list[int]:
    """The cuts before and after each of which there are amounts."""
    kept: list[int] = []
    for cut in cuts:
        if bool(((amounts >= (kept[-1] if kept else 0)) & (amounts < cut)).any()):
            kept.append(cut)
    return kept


def _near(amount: float, *, whole: bool) -> int:
    """The nearest round number that is whole: up to ten any, then 12, 15, 20, 25, 30, 40 and so on."""
    if amount <= 10 or (not whole and amount < 1):
        return ceil(amount)
    given = Decimal(amount)
    power = Decimal(10) ** given.adjusted()
    return int(min((abs(one * power - given), one * power) for one in _ROUND)[1])


def _step(width: Decimal) -> Decimal:
    """The largest of 1, 2, 5 times a power of ten that is no wider."""
    power = Decimal(10) ** width.adjusted()
    return power * next(n for n in (5, 2, 1) if n * power <= width)


def _plain(number: Decimal) -> Decimal:
    """Without digits that say nothing: 15 for 15.0, 20 for 2E+1."""
    whole = number.to_integral_value(ROUND_FLOOR)
    return whole.quantize(Decimal(1), ROUND_HALF_UP) if number == whole else number.normalize()
