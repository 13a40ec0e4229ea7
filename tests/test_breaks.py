"""Class breaks: round numbers, the target among them, no class empty, the units parted evenly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbgeo.show.page.breaks import amount_breaks, choose_breaks, cuts_between, edges_of


def tried_one_by_one(counts: list[int], most: int) -> tuple[int, ...]:
    """Which cuts part the units most evenly into the most classes, none empty, by trying all."""
    for wanted in range(min(most, len(counts)) - 1, 0, -1):
        found = []
        for ends in combinations(range(1, len(counts)), wanted):
            spans = list(pairwise((0, *ends, len(counts))))
            units = [sum(counts[a:b]) for a, b in spans]
            if 0 not in units:
                even, wide = (sum(n * n for n in ns) for ns in (units, [b - a for a, b in spans]))
                found.append((even, wide, ends))
        if found:
            return min(found)[2]
    return ()


@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.integers(2, 5))
def test_the_units_are_parted_as_evenly_as_can_be(counts: list[int], most: int) -> None:
    cuts = [Decimal(5 * n) for n in range(1, len(counts))]
    assert choose_breaks(cuts, counts, most) == [
        cuts[at - 1] for at in tried_one_by_one(counts, most)
    ]


def test_two_ways_alike_are_settled_by_width() -> None:
    cuts = [Decimal(n) for n in (10, 20, 30)]
    assert choose_breaks(cuts, [4, 0, 0, 4], 2) == [Decimal(20)]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=40),
    st.integers(1, 99),
)
def test_the_target_is_a_break_and_no_class_on_its_side_is_empty(
    units: list[tuple[int, int]], target: int
) -> None:
    covered = np.array([min(a, b) for a, b in units], dtype=float)
    total = np.array([b for _, b in units], dtype=float)
    edges = edges_of(Decimal(target), Decimal(100), covered, total, Fraction(1), least=Decimal(1))
    assert edges[0] == 0
    assert Decimal(target) in edges
    assert edges == sorted(edges)
    shares = [Fraction(int(100 * a), int(b)) for a, b in zip(covered, total, strict=True)]
    inside = [sum(low <= share < high for share in shares) for low, high in pairwise([*edges, 101])]
    turn = edges.index(Decimal(target))
    for side in (inside[:turn], inside[turn:]):
        assert len(side) <= 3
        assert 0 not in side or len(side) == 1  # a side without any unit is one class


@pytest.mark.parametrize(
    ("low", "high", "cuts"),
    [(0, 35, "5 10 15 20 25 30"), (35, 100, "40 45 50 55 60 65 70 75 80 85 90 95"), (0, 3, "1 2"), (90, 91, ""), (5, 5, "")],
)  # fmt: skip
def test_cuts_are_round_and_keep_their_distance(low: int, high: int, cuts: str) -> None:
    found = cuts_between(Decimal(low), Decimal(high), least=Decimal(1))
    assert " ".join(map(str, found)) == cuts


def test_amounts_part_at_round_numbers_near_their_quartiles() -> None:
    assert amount_breaks(np.arange(1.0, 101.0), whole=True) == [25, 50, 80]
    assert amount_breaks(np.array([]), whole=True) == []
    assert amount_breaks(np.array([1.0, 1.0]), whole=True) == []
