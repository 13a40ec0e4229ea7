"""Doubles stand for decimals: sums and products are those of the decimals."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.read.cell.decimals import (
    _scale,
    exact,
    exact_product,
    exact_sum,
    exact_sums,
    scaled,
    whole_numbers,
)
from hbgeo.read.cell.double import show_double

# what people type: up to nine figures before the point and four behind it
TYPED = st.decimals(-(10**9), 10**9, places=4, allow_nan=False)
# and what machines write: any finite double of up to 15 figures
ANY = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300).map(
    lambda v: float(f"{v:.15g}")
)


def test_a_double_is_the_shortest_decimal_that_gives_it() -> None:
    assert exact(12.6) == Fraction(126, 10)
    assert exact(0.1) + exact(0.2) == exact(0.3)
    assert exact(1e22) == 10**22


def test_sums_are_those_of_the_decimals() -> None:
    assert exact_sum([1.0, np.nan, 2.0]) == 3
    assert exact_sum([0.1] * 10) == 1
    assert exact_sum([318.5, 683.8]) / exact_sum([496.6, 839.8]) == Fraction(3, 4)
    assert exact_sum([float(2**53), 1.0, 1.0]) == 2**53 + 2
    assert exact_sum([1e300, 1e-300]) == Fraction(10) ** 300 + Fraction(10) ** -300
    assert exact_sum([]) == 0


@given(st.lists(TYPED, max_size=30))
def test_what_people_type_adds_up_exactly(typed: list[Decimal]) -> None:
    assert exact_sum([float(d) for d in typed]) == sum(map(Fraction, typed))


@given(st.lists(ANY, max_size=8))
def test_any_doubles_add_up_as_their_digits(values: list[float]) -> None:
    assert exact_sum(values) == sum((Fraction(Decimal(repr(v))) for v in values), Fraction(0))


@given(st.lists(st.tuples(st.integers(0, 3), TYPED), max_size=20))
def test_group_by_group_as_well(rows: list[tuple[int, Decimal]]) -> None:
    groups = np.array([g for g, _ in rows], dtype=np.int64)
    values = np.array([float(d) for _, d in rows])
    found = exact_sums(groups, values, 4)
    for group in range(4):
        whole = sum((Fraction(d) for g, d in rows if g == group), Fraction(0))
        assert exact(found[group]) == whole


def test_group_sums_of_numbers_too_long_for_one_scale_are_the_nearest_doubles() -> None:
    found = exact_sums(np.array([0, 0, 1]), np.array([1e15 + 0.5, 0.1, 3.0]), 3)
    assert found.tolist() == [float(Fraction(10**15) + Fraction(6, 10)), 3.0, 0.0]


@given(st.lists(st.tuples(st.decimals(0, 10**4, places=2), st.integers(0, 10**6)), max_size=10))
def test_products_are_those_of_the_decimals(pairs: list[tuple[Decimal, int]]) -> None:
    left, right = (np.array([float(p[i]) for p in pairs]) for i in (0, 1))
    assert [exact(v) for v in exact_product(left, right)] == [Fraction(a) * b for a, b in pairs]


def test_a_product_with_nothing_is_nothing() -> None:
    found = exact_product(np.array([0.1, np.nan, 123456789.5]), np.array([3.0, 2.0, 98765432.25]))
    assert found[0] == 0.3  # 0.30000000000000004 in binary
    assert np.isnan(found[1])
    assert found[2] == float(Fraction(1234567895, 10) * Fraction(9876543225, 100))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (0.1 + 0.2, "0.3"), (12.5, "12.5"), (3.0, "3"), (-3.0, "-3"), (1002.3, "1002.3"),
        (2.0**53, "9.00719925474099e+15"), (2.0**53 - 1, "9007199254740991"), (1e-7, "1e-07"),
        (683.8000000000001, "683.8"), (114.305000000000007, "114.305"),
    ],
)  # fmt: skip
def test_a_stored_double_is_shown_as_excel_shows_it(stored: float, shown: str) -> None:
    assert show_double(stored) == shown


def test_up_to_fifteen_figures_numbers_are_scaled_and_beyond_reckoned_as_fractions() -> None:
    for values, whole in (
        ([999_999_999_999_999.0], True), ([1e15], False), ([5e14, 4e14], True), ([5e14, 5e14], False),
        ([-6e14, -5e14], False), ([1.5, -0.25], True), ([0.1 + 0.2], False), ([], True),
    ):  # fmt: skip
        made = _scale(np.array(values))
        assert (made is not None) is whole
        if made is not None:
            assert (made[0] / 10.0 ** made[1]).tolist() == values
    assert _scale(np.array([1.5, -0.25])) is not None
    assert _scale(np.array([1.5, -0.25]))[1] == 2  # type: ignore[index]
    left, right = np.array([31_622_776.0, 31_622_777.0]), np.array([31_622_776.0, 31_622_777.0])
    assert exact_product(left, right).tolist() == [31_622_776.0**2, 31_622_777.0**2]
    one, other = np.array([1e8, 0.1]), np.array([1e8, 3.0])  # a product of 17 figures among them
    assert exact_product(one, other).tolist() == [1e16, 0.3]


def test_of_small_and_great_products_each_is_the_nearest() -> None:
    rng = np.random.default_rng(3)
    left, right = (np.append(rng.integers(1, 10**11, 300) / 1000, 2.0) for _ in range(2))
    made = exact_product(left, right).tolist()
    assert made == [float(exact(a) * exact(b)) for a, b in zip(left.tolist(), right.tolist(), strict=True)]  # fmt: skip


@given(st.lists(st.one_of(TYPED.map(float), ANY, st.just(float("nan"))), max_size=12))
def test_scaled_numbers_are_whole_numbers_whose_sums_are_told(values: list[float]) -> None:
    numbers, per = scaled(np.array(values, dtype=float))
    own, over = whole_numbers(np.array(values, dtype=float))
    assert (per, [int(n) for n in numbers]) == (over, own.tolist())
    assert int(numbers.sum()) == sum(own.tolist())
