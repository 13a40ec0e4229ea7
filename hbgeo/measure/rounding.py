"""How figures are rounded to be shown: half up, and never up to a goal."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

DIGITS = 2  # of a shown percentage


def show_number(value: Fraction, target: Decimal | None = None, *, percent: bool = True) -> str:
    """Round half up to two decimals (amounts: to what they have, at most two), and never up to a goal.

    A percentage below the target or below 100 is cut down where rounding would reach it.
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    digits = Decimal(1).scaleb(-DIGITS)
    shown = exact.quantize(digits, ROUND_HALF_UP)
    goals = [g for g in (target, Decimal(100) if percent else None) if g is not None]
    if any(exact < goal <= shown for goal in goals):
        shown = exact.quantize(digits, ROUND_FLOOR)
    if percent:
        return f"{shown:.2f}"
    whole = shown == shown.to_integral_value()
    return f"{int(shown):,}" if whole else f"{shown.normalize():,f}"


def points(change: Fraction) -> Decimal:
    """A difference of two percentages in 百分点: two decimals, half away from zero."""
    exact = Decimal(change.numerator) / Decimal(change.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
