"""What callers of the siting functions may hand over: kinds of numbers, matrices and lists, or one clear line."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from hbgeo.errors import RequestError
from hbgeo.measure.siting import (
    Problem,
    backup,
    capacity,
    certificate,
    lscp,
    mclp,
    p_center,
    p_median,
    partial_cover,
    plans,
    solve,
)

COVER = [[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]]
WEIGHTS = [5, 3, 4, 2]
COST = [[1, 9, 9], [2, 1, 9], [9, 2, 1], [9, 9, 1]]
NP = np.array(COVER)
FORMATS = ("csr", "csc", "coo", "lil", "dok", "bsr", "dia")
COVERS = [
    COVER,
    tuple(map(tuple, COVER)),
    pd.DataFrame(COVER),
    *(NP.astype(kind) for kind in (bool, np.int8, np.uint8, float, np.float16, object)),
    *(getattr(sp, f"{form}_{kind}")(NP) for form in FORMATS for kind in ("matrix", "array")),
    *(getattr(sp, f"{form}_array")(NP.astype(bool)) for form in FORMATS),
]


@pytest.mark.parametrize("cover", COVERS, ids=lambda c: f"{type(c).__name__}")
def test_any_matrix_gives_the_same_plan(cover):
    assert mclp(cover, WEIGHTS, 1).chosen == (0,)
    assert lscp(cover).chosen == partial_cover(cover, WEIGHTS, 60).chosen == (0, 2)
    assert backup(cover, WEIGHTS, 3).value == 7
    assert capacity(cover, WEIGHTS, 1, [3, 9, 9]).value == 7


@pytest.mark.parametrize(
    "weights",
    [
        np.array(WEIGHTS, np.uint8),
        np.array(WEIGHTS, float),
        [Decimal(w) for w in WEIGHTS],
        [str(w) for w in WEIGHTS],
        pd.Series(WEIGHTS, index=[3, 2, 1, 0]),
        pd.Series(WEIGHTS, dtype="Int64"),
    ],
    ids=lambda w: type(w).__name__,
)
def test_any_kind_of_number_is_a_weight(weights):
    assert mclp(COVER, weights, 1).value == 8
    assert partial_cover(COVER, WEIGHTS, 1, then=weights).covered == 8
    assert p_median(COST, weights, 1).value == 5 + 6 + 36 + 18
    assert capacity(COVER, WEIGHTS, 1, weights[:3]).value == 5


def test_a_short_float_is_its_own_decimal():
    found = mclp(COVER, np.array([0.1, 0.2, 0.3, 0.4], np.float32), 1)
    assert found.value == Fraction(7, 10)


@pytest.mark.parametrize(
    "weights",
    [
        [1, None, 1, 1],
        [1, float("nan"), 1, 1],
        list("abcd"),
        [1e300, 1, 1, 1],
        [1j] * 4,
        np.ones((4, 1)),
        {0: 5, 1: 3, 2: 4, 3: 2},
        iter(WEIGHTS),
        3,
        None,
        "1234",
        [1, 2],
    ],
    ids=lambda w: (
        type(w).__name__ if hasattr(w, "__next__") else str(w)
    ),  # not where it stands in memory
)
def test_what_is_no_list_of_numbers_is_no_weights(weights):
    for ask in (
        lambda: mclp(COVER, weights, 1),
        lambda: partial_cover(COVER, weights, 50),
        lambda: backup(COVER, weights, 2),
        lambda: capacity(COVER, weights, 1, [1, 1, 1]),
    ):
        with pytest.raises(RequestError, match="权重"):
            ask()


@pytest.mark.parametrize("n", [2, np.int8(2), np.uint64(2), 2.0, np.float64(2), Decimal(2)])
def test_a_whole_number_is_a_number_of_sites(n):
    assert len(mclp(COVER, WEIGHTS, n).chosen) == 2
    assert len(p_median(COST, WEIGHTS, n).chosen) == len(p_center(COST, n).chosen) == 2
    assert len(backup(COVER, WEIGHTS, n).chosen) == 2
    assert len(capacity(COVER, WEIGHTS, n, [1, 1, 1]).chosen) == 2


@pytest.mark.parametrize("n", [0, -1, 4, 2.5, "2", None, True, float("nan"), float("inf"), [1]])
def test_anything_else_is_none(n):
    for ask in (
        lambda: mclp(COVER, WEIGHTS, n),
        lambda: p_median(COST, WEIGHTS, n),
        lambda: p_center(COST, n),
        lambda: backup(COVER, WEIGHTS, n),
        lambda: capacity(COVER, WEIGHTS, n, [1, 1, 1]),
    ):
        with pytest.raises(RequestError, match="要选"):
            ask()


@pytest.mark.parametrize(
    "fixed",
    [
        [1],
        (1,),
        {1},
        np.array([1], np.int8),
        pd.Series([1]),
        range(1, 2),
        [1.0],
        [1, 1],
        np.array([False, True, False]),
        [False, True, False],
    ],
    ids=str,
)
def test_sites_are_named_by_any_list(fixed):
    for found in (
        mclp(COVER, WEIGHTS, 2, fixed=fixed),
        p_median(COST, WEIGHTS, 2, fixed=fixed),
        p_center(COST, 2, fixed=fixed),
        capacity(COVER, WEIGHTS, 2, [9, 9, 9], fixed=fixed),
        lscp(COVER, fixed=fixed),
    ):
        assert 1 in found.chosen
    assert mclp(COVER, WEIGHTS, 2, refused=fixed).chosen == (0, 2)
    assert p_median(COST, WEIGHTS, 2, refused=fixed).chosen == (0, 2)


@pytest.mark.parametrize("fixed", [0, "0", None, {0: 1}, [True, False], [0.5], [None]], ids=str)
def test_what_names_no_sites_is_refused(fixed):
    for ask in (
        lambda: mclp(COVER, WEIGHTS, 2, fixed=fixed),
        lambda: p_center(COST, 2, fixed=fixed),
    ):
        with pytest.raises(RequestError, match="点"):
            ask()


@pytest.mark.parametrize(
    "covered", [[1, 0, 0, 0], np.array([1, 0, 0, 0]), [True, False, False, False]], ids=str
)
def test_rows_covered_already_are_true_or_false_of_each(covered):
    found = lscp(COVER, covered=covered)
    assert (found.chosen, found.covered, found.total) == ((0, 2), 4, 4) or found.pct == 100
    assert mclp(COVER, WEIGHTS, 1, covered=covered).value == 12


@pytest.mark.parametrize("covered", [[0], [0, 1, 2, 0], list("abcd"), [None] * 4], ids=str)
def test_positions_are_not_true_or_false(covered):
    with pytest.raises(RequestError, match="已覆盖"):
        mclp(COVER, WEIGHTS, 1, covered=covered)


@pytest.mark.parametrize(
    "cover",
    [
        [[1], [1, 0]],
        [1, 0, 1],
        np.zeros((2, 2, 2)),
        [["a"]],
        [[float("nan"), 1]],
        [],
        [[]],
        np.zeros((0, 3))[:, :0],
        sp.csr_matrix((3, 0)),
    ],
    ids=str,
)
def test_what_is_no_matrix_is_refused(cover):
    with pytest.raises(RequestError, match=r"覆盖矩阵|没有可选"):
        lscp(cover)


def test_no_way_is_written_in_any_kind_of_matrix():
    for nowhere in (float("nan"), float("inf")):
        cost = [[nowhere, 2.0], [3.0, 4.0]]
        masked = np.ma.array([[7, 2], [3, 4]], mask=[[1, 0], [0, 0]])
        for given in (cost, np.array(cost, object), sp.csr_array(cost), masked):
            assert p_median(given, [1, 2], 1).value == 10
            assert p_center(given, 1).value == 4


@pytest.mark.parametrize("cost", [[[-1.0, 1]], [[-np.inf, 1]], sp.csr_matrix([[-1.0, 1]])], ids=str)
def test_a_way_costs_nothing_at_least(cost):
    for ask in (lambda: p_median(cost, [1], 1), lambda: p_center(cost, 1)):
        with pytest.raises(RequestError, match="小于 0"):
            ask()


def test_weights_beyond_what_the_solver_holds_are_solved():
    large = [w * 10**29 for w in WEIGHTS]
    assert p_median(COST, large, 1).value == 65 * 10**29
    assert backup(COVER, large, 3).value == 7 * 10**29
    assert mclp(COVER, large, 1).value == 8 * 10**29
    assert partial_cover(COVER, large, 60).chosen == (0, 2)


def test_a_center_says_who_is_served():
    found = p_center([[1, 2], [np.inf, np.inf]], 1)
    assert (found.covered, found.total, found.unreachable) == (1, 2, (1,))


@pytest.mark.parametrize("effort", [-1, 2.5, None, "5"])
def test_work_is_a_whole_number(effort):
    with pytest.raises(RequestError, match="工作量"):
        mclp(COVER, WEIGHTS, 1, effort=effort)
    with pytest.raises(RequestError, match="工作量"):
        p_median(COST, WEIGHTS, 1, effort=effort)


def test_percent_groups_and_other_weights_are_named_where_they_are_wrong():
    for pct in (-1, 101, "x", float("nan")):
        with pytest.raises(RequestError, match="百分比"):
            partial_cover(COVER, WEIGHTS, pct)
    for group, most in (([None, "a", "b"], 1), ([1, "a", 2], 1), ([1, 1, 2], 1.5)):
        with pytest.raises(RequestError, match="组"):
            mclp(COVER, WEIGHTS, 2, group=group, most=most)
    with pytest.raises(RequestError, match="一样多"):
        partial_cover(COVER, WEIGHTS, 50, then=[1, 2])
    with pytest.raises(RequestError, match="个 1/10"):
        capacity(COVER, ["0.1", 2**31, 1, 1], 1, [1, 1, 1])
    with pytest.raises(RequestError, match="个点的容量"):
        capacity(COVER, WEIGHTS, 1, [None, 1, 1])
    problem = Problem("mclp", COVER, WEIGHTS, 1)
    with pytest.raises(RequestError, match="名称"):
        certificate(problem, solve(problem), demand_ids=["a"], site_ids=["b"])
    with pytest.raises(RequestError, match="方案的个数"):
        plans(problem, 2.5)
