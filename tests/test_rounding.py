"""Figures as they are shown: half up, never up to a goal; amounts with the decimals they have."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hbgeo.measure.rounding import points, round_figure, show_amount, show_number


@pytest.mark.parametrize(
    ("value", "target", "options", "shown"),
    [
        (Fraction(200, 3), None, {}, "66.67"),
        (Fraction(1, 8), None, {}, "0.13"),  # a half goes up, where half to even goes down
        (Fraction(99_996, 1000), None, {}, "99.99"),  # short of the whole it is not 100
        (Fraction(100), None, {}, "100.00"),
        (Fraction(100_004, 1000), None, {}, "100.00"),  # above it rounding is plain
        (Fraction(59_996, 1000), Decimal(60), {}, "59.99"),  # nor 60 short of 60
        (Fraction(59_996, 1000), Decimal(61), {}, "60.00"),
        (Fraction(59_996, 1000), Decimal(60), {"digits": 1}, "59.9"),
        (Fraction(60), Decimal(60), {}, "60.00"),
        (Fraction(99_996, 1000), None, {"percent": False}, "100"),  # an amount knows no whole
        (Fraction(99_996, 1000), Decimal(100), {"percent": False}, "99.99"),
        (Fraction(12_345_678, 1000), None, {"percent": False}, "12,345.68"),
        (Fraction(12_345_678, 1000), None, {"percent": False, "grouped": False}, "12345.68"),
        (Fraction(12_345_678, 1000), None, {"percent": False, "digits": 0}, "12,346"),
        (Fraction(123_456, 10), None, {"percent": False}, "12,345.6"),
    ],
)
def test_a_figure_is_rounded_half_up_and_never_to_a_goal(
    value: Fraction, target: Decimal | None, options: dict[str, int], shown: str
) -> None:
    assert show_number(value, target, **options) == shown  # type: ignore[arg-type]
    plain = {k: v for k, v in options.items() if k != "grouped"}
    assert round_figure(value, target, **plain) == Decimal(shown.replace(",", ""))  # type: ignore[arg-type]


def test_an_amount_has_commas_unless_told_otherwise_and_no_tail() -> None:
    amounts = [Decimal("1234567.500"), Decimal("1E+4"), Decimal("0.50"), Decimal("-1234.0"), Decimal(999)]  # fmt: skip
    assert [show_amount(a) for a in amounts] == ["1,234,567.5", "10,000", "0.5", "-1,234", "999"]
    prose = ["1234567.5", "1万", "0.5", "-1234", "999"]
    assert [show_amount(a, grouped=False) for a in amounts] == prose


def test_points_are_two_decimals_half_away_from_nought() -> None:
    assert [str(points(Fraction(n, 1000))) for n in (125, -125, 124, 25_000)] == [
        "0.13", "-0.13", "0.12", "25.00",
    ]  # fmt: skip
