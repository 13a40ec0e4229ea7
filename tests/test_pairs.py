"""Who reaches whom: every pair as loops over facilities, served codes and units would find it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgeo.measure.pairs import Pairs, Serving, _sorted, make_pairs, no_serving, via_bits, ways_text
from hbgeo.measure.placing import Placement

UNITS = pd.DataFrame(
    {
        "township_code": [f"42{p}{c}10{t}" for p in ("01", "02") for c in ("01", "02") for t in "12"],
        "county_code": [f"42{p}{c}" for p in ("01", "02") for c in ("01", "02") for _ in "12"],
        "prefecture_code": [f"42{p}00" for p in ("01", "02") for _ in range(4)],
        "province_code": "420000",
    },
    index=[f"42{p}{c}10{t}201" for p in ("01", "02") for c in ("01", "02") for t in "12"],
)  # fmt: skip
SERVED = [
    *UNITS.index[:3], "420101101", "420102102", "420101", "420202", "420100", "420200", "420000",
    "42", "4201", "999999", "", "430000",
]  # fmt: skip
NONE, INSIDE, NAMED = -1, 0, 1


def placed(owner: list[int], via: list[int], conflict: list[bool]) -> Placement:
    n = len(owner)
    never, blank = np.zeros(n, bool), np.full(n, np.nan)
    at = np.array(owner, np.int32)
    clash = np.array(conflict, bool)
    return Placement(at, np.array(via, np.int8), never, never, clash, at, blank, never)


def listed(pairs: Pairs) -> list[tuple[int, int, int]]:
    return list(zip(pairs.unit.tolist(), pairs.facility.tolist(), pairs.via.tolist(), strict=True))


def covers(served: str, unit: str) -> bool:
    """Whether a code that a row says it serves stands for a village, or for what it lies in."""
    if not served:
        return False
    whole = {"420000": "42", "430000": "43", "420100": "4201", "420200": "4202"}.get(served, served)
    return unit[: len(whole)] == whole and len(whole) in {2, 4, 6, 9, 12}


def by_hand(placement: Placement, served: list[tuple[str, ...]]) -> list[tuple[int, int, int]]:
    found: dict[tuple[int, int], int] = {}
    for f, codes in enumerate(served):
        if placement.conflict[f]:
            continue
        if placement.owner[f] >= 0:
            found[placement.owner[f], f] = 1 << placement.via[f]
        for u, unit in enumerate(UNITS.index):
            if any(covers(code, unit) for code in codes):
                found[u, f] = found.get((u, f), 0) | 4
    return sorted((u, f, bits) for (u, f), bits in found.items())


FACILITY = st.tuples(
    st.integers(-1, len(UNITS) - 1),
    st.sampled_from([INSIDE, NAMED]),
    st.booleans(),
    st.lists(st.sampled_from(SERVED), max_size=3).map(tuple),
)


@settings(max_examples=200)
@given(st.lists(FACILITY, max_size=6))
def test_pairs_are_those_of_loops(
    rows: list[tuple[int, int, bool, tuple[str, ...]]],
) -> None:
    owner = [NONE if conflict else at for at, _, conflict, _ in rows]
    placement = placed(owner, [via for _, via, _, _ in rows], [c for _, _, c, _ in rows])
    served = [codes for *_, codes in rows]
    facilities = pd.DataFrame({"served": pd.Series(served, dtype=object)})
    assert listed(make_pairs(UNITS, facilities, placement)) == by_hand(placement, served)
    alone = [(o, f, b & 3) for o, f, b in by_hand(placement, [()] * len(rows))]
    assert listed(make_pairs(UNITS, facilities[[]], placement)) == alone


def test_a_row_in_conflict_serves_nobody() -> None:
    facilities = pd.DataFrame({"served": [("420101",), ("420102",)]})
    pairs = make_pairs(UNITS, facilities, placed([NONE, NONE], [0, 0], [True, False]))
    assert listed(pairs) == [(2, 1, 4), (3, 1, 4)]


def test_pairs_stand_by_unit_then_facility_beyond_short_numbers_too() -> None:
    many = pd.DataFrame(index=[f"{n:09d}" for n in range(70_000)])
    at = [69_999, 65_536, 3, 65_536, 3]
    pairs = make_pairs(many, pd.DataFrame(index=range(5)), placed(at, [0] * 5, [False] * 5))
    assert listed(pairs) == [(3, 2, 1), (3, 4, 1), (65_536, 1, 1), (65_536, 3, 1), (69_999, 0, 1)]


@pytest.mark.parametrize(
    ("ways", "bits", "text"),
    [
        ((), 0, ""), (("inside",), 1, "inside"), (("named",), 2, "named"), (("served",), 4, "served"),
        (("inside", "served"), 5, "inside+served"), (("served", "named"), 6, "named+served"),
        (("inside", "named", "served"), 7, "inside+named+served"),
    ],
)  # fmt: skip
def test_ways_are_bits_and_text(ways: tuple[str, ...], bits: int, text: str) -> None:
    assert via_bits(ways) == bits
    made = ways_text(np.array([bits], np.int8))
    assert (list(made), made.dtype) == ([text], pd.StringDtype(na_value=np.nan))


def test_a_unit_whose_parent_is_not_known_is_served_by_none_of_the_others() -> None:
    parents = pd.Series(["420101101", None, "420101102"], dtype="object")
    units = pd.DataFrame({"township_code": parents.to_numpy()}, index=["1", "2", "3"])
    facilities = pd.DataFrame({"served": [("420101102",), ("420101101", "2")]})
    pairs = make_pairs(units, facilities, placed([NONE, NONE], [0, 0], [False, False]))
    assert listed(pairs) == [(0, 1, 4), (1, 1, 4), (2, 0, 4)]


def test_many_pairs_stand_by_unit_then_facility_whatever_the_numbers() -> None:
    rng = np.random.default_rng(5)
    for units in ([0, 1, 2], [65_535, 0], [65_536, 1], [70_000, 69_999]):
        every = [(u, f) for u in units for f in range(120)]
        mixed = [every[k] for k in rng.permutation(len(every))]
        unit, facility = (np.array(part, dtype=np.int32) for part in zip(*mixed, strict=True))
        found = _sorted(Pairs(unit, facility, (facility % 7).astype(np.int8)))
        assert list(zip(found.unit.tolist(), found.facility.tolist(), strict=True)) == sorted(every)
        assert (found.via == found.facility % 7).all()


def test_pairs_are_kept_in_short_numbers() -> None:
    facilities = pd.DataFrame({"served": [("420101101",), ()]})
    made = make_pairs(UNITS, facilities, placed([0, 3], [INSIDE, NAMED], [False, False]))
    assert [str(part.dtype) for part in (made.unit, made.facility, made.via)] == ["int32", "int32", "int8"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 7)), max_size=12),
    st.lists(st.sampled_from("abcdx"), unique=True),
    st.lists(st.sampled_from("GHIJKX"), unique=True),
)
def test_who_serves_whom_by_number_is_who_does_by_name(
    rows: list[tuple[int, int, int]], some: list[str], others: list[str]
) -> None:
    units, facilities = pd.Index(list("abcd")), pd.Index(list("GHIJK"))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    pairs = Pairs(
        *(np.array(c, k) for c, k in zip(columns, (np.int32, np.int32, np.int8), strict=True))
    )
    serving = Serving(pairs, units, facilities)
    names = [("abcd"[u], "GHIJK"[f]) for u, f, _ in rows]
    assert len(serving) == len(rows)
    assert list(zip(serving.table["unit"], serving.table["facility"], strict=True)) == names
    assert serving.table["via"].tolist() == ways_text(pairs.via).tolist()
    among, there = pd.Index(some, dtype="str"), pd.Index(others, dtype="str")
    assert serving.at(among).tolist() == [some.index(u) if u in some else -1 for u, _ in names]
    assert serving.standing(there).tolist() == [
        others.index(f) if f in others else -1 for _, f in names
    ]
    inside = serving.within(among).table
    assert inside["unit"].tolist() == [u for u, _ in names if u in some]
    assert serving.at(units) is pairs.unit


def test_nobody_serves_anybody() -> None:
    none = no_serving()
    assert len(none) == len(none.table) == 0
    assert none.table.columns.tolist() == ["unit", "facility", "via"]
    assert not len(none.within(pd.Index(["a"])))
