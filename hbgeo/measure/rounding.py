"""How figures are rounded to be shown: half up, and never up to a goal."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

DIGITS = 2  # of a shown percentage
_WAN = 10_000


def round_figure(
    value: Fraction, target: Decimal | None = None, *, percent: bool = True, digits: int = DIGITS
) -> Decimal:
    """Round half up to so many decimals, and never up to a goal.

    A figure below the target, or a percentage below 100, is cut down where rounding would reach it.
    """
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    step = Decimal(1).scaleb(-digits)
    shown = exact.quantize(step, ROUND_HALF_UP)
    goals = [g for g in (target, Decimal(100) if percent else None) if g is not None]
    if any(exact < goal <= shown for goal in goals):
        shown = exact.quantize(step, ROUND_FLOOR)
    return shown


def show_number(
    value: Fraction,
    target: Decimal | None = None,
    *,
    percent: bool = True,
    digits: int = DIGITS,
    grouped: bool = True,
) -> str:
    """Round as `round_figure` does; amounts show the decimals they have, at most `digits`.

    `grouped` sets commas between the thousands of an amount, as tables have them and prose has not:
    there it is 23600 and 2.5万.
    """
    shown = round_figure(value, target, percent=percent, digits=digits)
    if percent:
        return f"{shown:.{digits}f}"
    return show_amount(shown, grouped=grouped)


def show_amount(amount: Decimal, *, grouped: bool = True) -> str:
    """A decimal number as it is, without a tail of noughts; in prose whole thousands from ten thousand on in 万."""
    if not grouped and abs(amount) >= _WAN and amount % 1000 == 0:
        return f"{(amount / _WAN).normalize():f}万"
    if amount == amount.to_integral_value():
        return f"{int(amount):{',' if grouped else ''}}"
    return f"{amount.normalize():{',' if grouped else ''}f}"


def points(change: Fraction) -> Decimal:
    """A difference of two percentages in 百分点: two decimals, half away from zero."""
    exact = Decimal(change.numerator) / Decimal(change.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
