"""Decimals that doubles stand for: the shortest that gives the double, added without rounding."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.read.cell.double import EXACT_DIGITS

_MOST = 10.0**EXACT_DIGITS


def exact(number: float) -> Fraction:
    """The decimal that a double stands for: 12.6 is 126/10, not the binary number next to it."""
    return Fraction(Decimal(repr(float(number))))


def exact_sum(values: Iterable[float]) -> Fraction:
    """Add the decimals that numbers stand for without rounding; NaN is left out."""
    given = values if hasattr(values, "__array__") else list(values)
    numbers = np.asarray(given, dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if (scaled := _scale(numbers)) is not None:
        whole, digits = scaled
        return Fraction(int(whole.sum()), 10**digits)
    return sum((exact(v) for v in numbers.tolist()), Fraction(0))


def exact_sums(groups: NDArray[np.integer], values: Floats, count: int) -> Floats:
    """Add numbers group by group as decimals: each sum is the double nearest to the exact one.

    Parameters
    ----------
    groups
        The group of each value, 0 to `count` - 1.
    """
    if (scaled := _scale(values)) is not None:
        whole, digits = scaled
        return np.bincount(groups, weights=whole, minlength=count) / 10.0**digits
    made = [Fraction(0)] * count
    for group, value in zip(groups.tolist(), values.tolist(), strict=True):
        made[group] += exact(value)
    return np.array([float(one) for one in made])


def exact_product(left: Floats, right: Floats) -> Floats:
    """Multiply numbers as decimals, each product the double nearest to the exact one; NaN stays."""
    known = ~(np.isnan(left) | np.isnan(right))
    made = np.full(len(left), np.nan)
    one, other = _scale(left[known]), _scale(right[known])
    if one is not None and other is not None:
        whole = one[0] * other[0]
        if np.abs(whole).max(initial=0) < _MOST:
            made[known] = whole / 10.0 ** (one[1] + other[1])
            return made
    pairs = zip(left[known].tolist(), right[known].tolist(), strict=True)
    made[known] = [float(exact(a) * exact(b)) for a, b in pairs]
    return made


def scaled(values: Floats) -> tuple[Floats | NDArray[np.object_], int]:
    """As `whole_numbers`, but as doubles where any sum of them is told exactly: ten times as quick."""
    numbers = np.nan_to_num(values)
    if (found := _scale(numbers)) is not None:
        return found[0], 10 ** found[1]
    return whole_numbers(values)


def whole_numbers(values: Floats) -> tuple[NDArray[np.object_], int]:
    """Decimals as whole numbers over one power of ten; NaN is 0.

    They are Python's own, which no product overflows.
    """
    numbers = np.nan_to_num(values)
    if (scaled := _scale(numbers)) is not None:
        whole, digits = scaled
        return whole.astype(np.int64).astype(object), 10**digits
    made = [exact(v) for v in numbers.tolist()]
    digits = max((-int(Decimal(repr(v)).as_tuple().exponent) for v in numbers.tolist()), default=0)
    per = 10 ** max(digits, 0)
    return np.array([int(one * per) for one in made], dtype=object), per


def _scale(values: Floats) -> tuple[Floats, int] | None:
    """Numbers as whole multiples of one power of ten, and its digits; None where too long for it.

    A whole number below 1e15 divided by a power of ten is the double nearest to that decimal, and
    no other decimal of 15 figures has it.
    """
    for digits in range(EXACT_DIGITS + 1):
        scale = 10.0**digits
        whole = np.rint(values * scale) if digits else np.rint(values)
        if not np.abs(whole).sum() < _MOST:
            return None
        if ((whole / scale if digits else whole) == values).all():
            return whole, digits
    return None
