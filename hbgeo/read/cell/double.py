"""A stored double as text."""

from __future__ import annotations

EXACT_DIGITS = 15  # figures that a double tells apart, whatever they are


def show_double(number: float) -> str:
    """A stored double as Excel shows it: whole without a point, else at most 15 figures."""
    if number.is_integer() and abs(number) < 2**53:
        return str(int(number))
    return f"{number:.{EXACT_DIGITS}g}"
