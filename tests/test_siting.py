"""Plans equal those found by trying every choice, obey the laws, and prove themselves."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy
import scipy.optimize
import scipy.sparse as sp
import second_siting as second
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hbgeo.errors import RequestError
from hbgeo.measure.siting import (
    Problem,
    backup,
    capacity,
    certificate,
    in_order,
    losses,
    lscp,
    mclp,
    p_center,
    p_median,
    partial_cover,
    plans,
    solve,
)
from hbgeo.measure.siting.instance import reduce
from hbgeo.measure.siting.search import Search

README = Path(__file__).parent.parent / "README.md"


@st.composite
def problems(draw: st.DrawFn, *models: str) -> Problem:
    """Small questions with everything that may be asked."""
    rows, sites = draw(st.integers(1, 9)), draw(st.integers(1, 7))
    cells = st.lists(st.booleans(), min_size=sites, max_size=sites)
    cover = np.array(draw(st.lists(cells, min_size=rows, max_size=rows)), dtype=int)
    weight = draw(st.sampled_from([st.integers(0, 9), st.decimals(0, 9, places=2)]))
    weights = draw(st.lists(weight, min_size=rows, max_size=rows))
    order = draw(st.permutations(range(sites)))
    held, barred = draw(st.integers(0, 1)), draw(st.integers(0, 2))
    model = draw(st.sampled_from(models or ("mclp", "partial", "lscp")))
    asked: dict[str, Any] = {"fixed": order[:held], "refused": order[held : held + barred]}
    assume(len(asked["refused"]) < sites)
    if draw(st.booleans()):
        asked["covered"] = np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    if model != "lscp" and draw(st.booleans()):
        asked["group"] = draw(st.lists(st.integers(0, 2), min_size=sites, max_size=sites))
        asked["most"] = draw(st.integers(1, 2))
    if model == "mclp":
        asked["n"] = draw(st.integers(max(1, held), sites - len(asked["refused"])))
    if model == "partial":
        share = Fraction(draw(st.integers(0, 100)), 100)
        asked["need"] = share * sum((Fraction(w) for w in weights), Fraction(0))
        if draw(st.booleans()):
            asked["then"] = draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))
    kept = {k: tuple(v) if isinstance(v, list) else v for k, v in asked.items()}
    return Problem(model, cover, weights, **kept)


@given(problems("mclp"))
def test_mclp_matches_brute_force(asked: Problem) -> None:
    every = second.best(asked, asked.n or 0)
    if not every:
        with pytest.raises(RequestError, match="一共选不出"):
            solve(asked)
        return
    found = solve(asked)
    assert found.value == every[0][0] == second.covered(asked, found.chosen)
    assert (found.bound, found.proven) == (found.value, "certificate")
    assert found.chosen in {plan for _, plan in every}


@given(problems("partial", "lscp"))
def test_fewest_sites_match_brute_force(asked: Problem) -> None:
    every = second.fewest(asked)
    if every is None:
        with pytest.raises(RequestError):
            solve(asked)
        return
    found = solve(asked)
    assert found.value == len(found.chosen) == every[0]
    assert (found.bound, found.proven) == (found.value, "certificate")
    assert second.covered(asked, found.chosen) == found.covered
    if asked.model == "partial":
        assert found.then is not None
        assert found.then.value == every[1] == second.covered(asked, found.chosen, asked.then)


@given(problems("mclp"))
def test_refusals_cost_what_brute_force_says(asked: Problem) -> None:
    assume(second.best(asked, asked.n or 0))
    found = solve(asked)
    for one in losses(asked, found):
        left = replace(asked, refused=(*asked.refused, one.site))
        others = second.best(left, asked.n or 0)
        fewer = next(p for n in range(asked.n or 0, -1, -1) if (p := second.best(left, n)))
        assert one.loss == one.low == one.high == found.value - fewer[0][0]
        assert (one.mark == "可换") == (one.loss == 0 and bool(others))


@given(problems("mclp"), st.integers(1, 6))
def test_the_k_best_plans_are_those_of_brute_force(asked: Problem, k: int) -> None:
    every = second.best(asked, asked.n or 0)
    found = plans(asked, k)
    assert [one.value for one in found] == [value for value, _ in every[:k]]
    assert len({one.chosen for one in found}) == len(found)
    assert all(second.covered(asked, one.chosen) == one.value == one.bound for one in found)


@given(problems("partial", "lscp"), st.integers(1, 4))
def test_the_k_best_of_the_fewest_are_those_of_brute_force(asked: Problem, k: int) -> None:
    every = second.fewest(asked)
    assume(every is not None)
    ones = [1] * len(asked.weights) if asked.model == "lscp" else asked.weights
    sites = tuple(j for j in range(asked.sites) if j not in asked.refused)
    need = second.covered(asked, sites, ones) if asked.model == "lscp" else asked.need
    enough = [p for p in second.choices(asked, every[0]) if second.covered(asked, p, ones) >= need]
    weights = asked.then if asked.then is not None else asked.weights
    values = sorted((second.covered(asked, p, weights) for p in enough), reverse=True)
    found = plans(asked, k)
    assert [one.value for one in found] == values[:k]
    assert {one.chosen for one in found} <= set(enough)


@given(problems("lscp"))
def test_refusals_of_a_full_cover_cost_what_brute_force_says(asked: Problem) -> None:
    found = solve(asked)
    n = len(found.chosen)
    for one in losses(asked, found):
        others = second.best(replace(asked, refused=(*asked.refused, one.site)), n)
        if others and one.loss is not None:
            assert one.loss == found.covered - others[0][0]
        if others:
            assert one.low <= found.covered - others[0][0] <= one.high


@given(problems("mclp"))
def test_gains_add_up_in_falling_order(asked: Problem) -> None:
    assume(second.best(asked, asked.n or 0))
    found = solve(asked)
    order = in_order(asked, found.chosen)
    assert sorted(site for site, _ in order) == list(found.chosen)
    assert sum((gain for _, gain in order), second.covered(asked, ())) == found.value
    assert [gain for _, gain in order] == sorted((g for _, g in order), reverse=True)


@given(problems("lscp"), st.integers(0, 100))
def test_all_takes_at_least_as_many_as_a_part(asked: Problem, pct: int) -> None:
    kept = {"fixed": asked.fixed, "refused": asked.refused, "covered": asked.covered}
    every = lscp(asked.cover, **kept)
    ones = [1] * len(asked.weights)
    reach = every.covered
    part = partial_cover(asked.cover, ones, need=reach * pct / 100, **kept)
    assert part.value <= every.value
    if every.value:
        assert mclp(asked.cover, ones, int(every.value), **kept).value == reach


@given(problems("mclp"))
def test_greedy_is_no_better_and_no_plan_beats_the_bound(asked: Problem) -> None:
    assume(second.best(asked, asked.n or 0))
    found = solve(asked, effort=1)
    reduced = reduce(asked)
    search = Search(reduced.instance)
    greedy = search.grow(reduced.instance.held)
    if search.complete(greedy):
        assert reduced.outside(reduced.instance.value(greedy)) <= found.value
    assert second.best(asked, asked.n or 0)[0][0] <= found.bound


@given(problems("mclp", "partial"), st.randoms(use_true_random=False))
def test_the_order_of_demand_changes_nothing(asked: Problem, random: Any) -> None:
    assume(asked.model != "mclp" or second.best(asked, asked.n or 0))
    assume(asked.model == "mclp" or second.fewest(asked))
    order = list(range(len(asked.weights)))
    random.shuffle(order)
    take = lambda values: None if values is None else [values[k] for k in order]  # noqa: E731
    covered = take(asked.covered)
    other = replace(
        asked,
        cover=asked.cover[order],
        weights=take(asked.weights),
        covered=None if covered is None else np.array(covered),
        then=take(asked.then),
    )
    one, two = solve(asked), solve(other)
    assert (one.chosen, one.value, one.bound) == (two.chosen, two.value, two.bound)


@given(problems("mclp"), st.integers(0, 8))
def test_one_more_site_never_covers_less(asked: Problem, row: int) -> None:
    asked = replace(asked, group=None, most=None, refused=())
    more = min((asked.n or 0) + 1, asked.sites)
    assert solve(asked).value <= solve(replace(asked, n=more)).value
    wider = asked.cover.copy()
    wider[row % len(wider)] = 1  # all sites reach this row
    assert solve(asked).value <= solve(replace(asked, cover=wider)).value


COSTS = st.integers(1, 6).flatmap(
    lambda sites: st.lists(
        st.lists(
            st.one_of(st.integers(0, 40).map(lambda v: v / 10), st.just(float("inf"))),
            min_size=sites,
            max_size=sites,
        ),
        min_size=1,
        max_size=7,
    )
)


@settings(max_examples=60)
@given(COSTS, st.integers(1, 6), st.lists(st.integers(0, 9), min_size=7, max_size=7), st.booleans())
def test_median_and_center_match_brute_force(
    cost: list[list[float]], n: int, given: list[int], sparse: Any
) -> None:
    n, weights = min(n, len(cost[0])), given[: len(cost)]
    want = second.least_cost(cost, weights, n)
    matrix: Any = np.array(cost)
    if sparse:
        row, site = np.nonzero(np.isfinite(matrix))
        matrix = sp.coo_matrix((matrix[row, site], (row, site)), shape=matrix.shape)
    if want is None:
        for ask in (lambda: p_median(matrix, weights, n), lambda: p_center(matrix, n)):
            with pytest.raises(RequestError, match="不能让每处需求都有去处"):
                ask()
        return
    sums, farthest = p_median(matrix, weights, n), p_center(matrix, n)
    assert (sums.value, farthest.value) == want
    assert {sums.proven, farthest.proven} == {"solver"}
    assert sums.bound <= sums.value
    assert farthest.bound <= farthest.value
    nowhere = tuple(i for i, row in enumerate(cost) if min(row) == float("inf"))
    assert sums.unreachable == farthest.unreachable == nowhere


@settings(max_examples=60)
@given(problems("mclp"), st.lists(st.integers(0, 12), min_size=7, max_size=7))
def test_capacity_and_backup_match_brute_force(asked: Problem, room: list[int]) -> None:
    asked = replace(
        asked, group=None, most=None, covered=None, weights=[int(w) for w in asked.weights]
    )
    n, supply = asked.n or 1, room[: asked.sites]
    cover = asked.cover.tolist()
    every = list(second.choices(asked, n))
    kept = {"fixed": asked.fixed, "refused": asked.refused}
    served = capacity(asked.cover, asked.weights, n, supply, **kept)
    assert served.value == max(second.most_served(cover, asked.weights, supply, p) for p in every)
    assert served.proven == "solver"
    assert served.value <= served.bound
    sites = [j for j in range(asked.sites) if j not in asked.refused]
    there = [i for i, row in enumerate(cover) if any(row[j] for j in sites)]
    twice = [
        sum(asked.weights[i] for i in there if sum(cover[i][j] for j in p) > 1)
        for p in every
        if all(any(cover[i][j] for j in p) for i in there)
    ]
    if not twice:
        with pytest.raises(RequestError, match="全部覆盖一遍"):
            backup(asked.cover, asked.weights, n, **kept)
        return
    found = backup(asked.cover, asked.weights, n, **kept)
    assert (found.value, found.proven) == (max(twice), "solver")
    assert found.value <= found.bound


# --- published optima


def _board(side: int, reaches: Any) -> Any:
    cells = list(itertools.product(range(side), repeat=2))
    return np.array([[a == b or reaches(a, b) for b in cells] for a in cells], dtype=int)


@pytest.mark.parametrize(
    ("reaches", "fewest"),
    [
        (lambda a, b: a[0] == b[0] or a[1] == b[1] or abs(a[0] - b[0]) == abs(a[1] - b[1]), 5),
        (lambda a, b: {abs(a[0] - b[0]), abs(a[1] - b[1])} == {1, 2}, 12),
        (lambda a, b: max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1, 9),
    ],
    ids=["queens", "knights", "kings"],
)
def test_chess_boards_are_dominated_by_as_few_as_is_known(reaches: Any, fewest: int) -> None:
    """Ball & Coxeter, Mathematical Recreations and Essays: 5 queens, 12 knights, 9 kings."""
    found = lscp(_board(8, reaches))
    assert (found.value, len(found.chosen)) == (fewest, fewest)
    assert found.proven in {"certificate", "solver"}
    assert found.covered == 64


@pytest.mark.parametrize(("dimension", "fewest"), [(2, 5), (3, 18)])
def test_steiner_triples_take_as_many_as_is_known(dimension: int, fewest: int) -> None:
    """Fulkerson, Nemhauser & Trotter (1974): A9 takes 5, A27 takes 18: what the caps of AG leave."""
    points = list(itertools.product(range(3), repeat=dimension))
    lines = {
        frozenset({a, b, tuple((-x - y) % 3 for x, y in zip(a, b, strict=True))})
        for a, b in itertools.combinations(points, 2)
    }
    cover = np.array(
        [[p in line for p in points] for line in sorted(map(sorted, lines))], dtype=int
    )
    found = lscp(cover, effort=4000)
    assert found.value == fewest
    assert found.proven in {"certificate", "solver"}


# --- proof


@pytest.mark.parametrize("seed", range(60))
def test_where_no_other_is_left_a_refusal_costs_what_only_that_site_covers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, sites = 9, int(rng.integers(1, 6))
    cover = rng.random((rows, sites)) < 0.4
    weights = rng.integers(1, 20, rows)
    group = rng.integers(0, 2, sites).tolist() if seed % 2 else None
    most = None if group is None else max(group.count(0), group.count(1))
    asked = Problem("mclp", cover, weights.tolist(), n=sites, group=group, most=most)
    best = solve(asked)
    for loss in losses(asked, best):
        left = np.delete(cover, loss.site, axis=1).any(axis=1)
        gone = weights[cover.any(axis=1) & ~left].sum()
        assert (loss.loss, loss.low, loss.high) == (gone, gone, gone)
        assert loss.replacement is None


@pytest.mark.parametrize("seed", range(40))
def test_what_a_refusal_costs_lies_between_nothing_and_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cover = rng.random((8, 4)) < 0.5
    weights = rng.integers(1, 9, 8)
    reach = int(weights[cover.any(axis=1)].sum())
    then = rng.integers(0, 9, 8).tolist() if seed % 2 else None
    for asked in (
        Problem("partial", cover, weights.tolist(), need=Fraction(reach), then=then),
        Problem("lscp", cover, weights.tolist()),
    ):
        for loss in losses(asked, solve(asked)):
            assert 0 <= loss.low <= loss.high <= (sum(then) if then else reach)


def _checker() -> str:
    """The checker as README prints it."""
    found = re.search(r"```py\n(import json, sys\n.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    assert len(found[1].splitlines()) <= 40
    return found[1]


def _checked(proof: dict[str, Any], folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "check.py").write_text(_checker(), "utf-8")
    (folder / "proof.json").write_text(json.dumps(proof), "utf-8")
    return subprocess.run(
        [sys.executable, "-X", "utf8", "check.py", "proof.json"],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def make_instance(rows: int, sites: int, seed: int) -> tuple[sp.csr_matrix, list[int]]:
    """Points in a square, each covered by the sites near by."""
    rng = np.random.default_rng(seed)
    demand, site = rng.random((rows, 2)), rng.random((sites, 2))
    far = np.linalg.norm(demand[:, None] - site[None], axis=2)
    return sp.csr_matrix(far < 0.16), rng.integers(1, 1000, rows).tolist()


def _proof(asked: Problem, **how: Any) -> dict[str, Any]:
    rows, sites = asked.cover.shape
    named = {
        "demand_ids": [f"V{k}" for k in range(rows)],
        "site_ids": [f"S{k}" for k in range(sites)],
    }
    return json.loads(json.dumps(certificate(asked, solve(asked, **how), **named)))


@pytest.mark.parametrize("seed", range(3))
def test_whoever_has_only_python_can_check_a_plan(seed: int, tmp_path: Path) -> None:
    cover, weights = make_instance(300, 80, seed)
    group = [j % 5 for j in range(80)]
    kept = {"fixed": (3,), "refused": (4, 5)}
    for asked in [
        Problem("mclp", cover, weights, n=9),
        Problem("mclp", cover, weights, n=9, group=group, most=2, **kept),
        Problem("partial", cover, weights, need=Fraction(sum(weights) * 7, 10), **kept),
    ]:
        proof = _proof(asked)
        done = _checked(proof, tmp_path)
        assert done.returncode == 0, done.stderr
        assert "证明成立" in done.stdout


def test_a_plan_whose_idle_sites_were_left_out_is_proven_as_well(tmp_path: Path) -> None:
    asked = Problem("mclp", [[1, 1, 0, 0], [0, 1, 0, 1]], [3, 4], n=3, refused=(0,))
    full = solve(asked)
    names = {"demand_ids": "ab", "site_ids": "wxyz"}
    proof = certificate(asked, replace(full, chosen=(1,)), **names)
    assert (len(proof["sites"]), proof["value"], proof["limit"]) == (3, 7, 7)
    assert _checked(proof, tmp_path).returncode == 0


def test_a_proof_that_was_tampered_with_fails(tmp_path: Path) -> None:
    cover, weights = make_instance(300, 80, 7)
    proof = _proof(Problem("mclp", cover, weights, n=9))
    assert _checked(proof, tmp_path).returncode == 0

    def changed(**keys: Any) -> dict[str, Any]:
        return {**json.loads(json.dumps(proof)), **keys}

    dearer = changed()
    dearer["instance"]["weights"][0] += 10**6
    wrong = [
        changed(limit=proof["limit"] - 1),
        changed(value=proof["value"] + 1),
        changed(sites=proof["sites"][:-1]),
        changed(prices=[[0] * len(p) for p in proof["prices"]]),
        changed(leaves={"prices": 0}) if "site" in proof["leaves"] else changed(limit=0),
        dearer,
    ]
    for one in wrong:
        assert _checked(one, tmp_path).returncode != 0


def test_an_open_tree_says_how_far_it_came(tmp_path: Path) -> None:
    cover, weights = make_instance(1200, 200, 0)
    asked = Problem("mclp", cover, weights, n=9)
    little = solve(asked, effort=1)
    assert little.bound > little.value
    done = _checked(_proof(asked, effort=1), tmp_path)
    assert done.returncode == 0, done.stderr  # its bound is proven all the same
    assert solve(asked).value <= little.bound


# --- solvers that lie


class Liar:
    """What SciPy would give if its solver said `x`, with `bound`, and called it optimal."""

    def __init__(self, change: Any) -> None:
        self.change, self.real, self.asked = change, scipy.optimize.milp, 0

    def __call__(self, *given: Any, **options: Any) -> Any:
        self.asked += 1
        found = self.real(*given, **options)
        return self.change(
            SimpleNamespace(x=found.x, status=0, fun=found.fun, mip_dual_bound=found.mip_dual_bound)
        )


def _worse(found: Any) -> Any:
    """Calls a poor plan the best there is."""
    sites = 200
    order = np.argsort(found.x[:sites])
    x = found.x.copy()
    chosen = np.flatnonzero(x[:sites] > 0.5)
    x[chosen[:4]], x[order[:4]] = 0, 1
    found.x, found.mip_dual_bound = x, found.fun * 0.5
    return found


def _too_many(found: Any) -> Any:
    """Breaks the number of sites."""
    found.x = np.ones_like(found.x)
    return found


def _halves(found: Any) -> Any:
    """Gives halves for whole numbers."""
    found.x = np.full_like(found.x, 0.5)
    return found


def _nothing(found: Any) -> Any:
    found.x, found.mip_dual_bound = None, None
    return found


@pytest.mark.parametrize("lie", [_worse, _too_many, _halves, _nothing])
def test_a_lying_solver_is_caught(lie: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cover, weights = make_instance(1200, 200, 0)
    best = mclp(cover, weights, 9)
    assert best.proven == "certificate"
    liar = Liar(lie)
    monkeypatch.setattr(scipy.optimize, "milp", liar)
    found = mclp(cover, weights, 9, effort=1)
    assert liar.asked
    assert found.proven == "no"
    near = np.asarray(cover[:, list(found.chosen)].sum(axis=1)).ravel() > 0
    assert found.value == np.array(weights)[near].sum()
    assert found.value <= best.value <= found.bound


def test_a_bound_below_its_own_plan_is_no_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    cover, weights = make_instance(1200, 200, 0)
    honest = mclp(cover, weights, 9, effort=1)
    assert honest.proven == "solver"

    def higher(found: Any) -> Any:
        found.mip_dual_bound *= 1.01  # of a minimum: better than its plan
        return found

    monkeypatch.setattr(scipy.optimize, "milp", Liar(higher))
    assert mclp(cover, weights, 9, effort=1).proven == "no"


@pytest.mark.parametrize("lie", [_too_many, _halves, _nothing])
def test_models_without_a_bound_of_their_own_refuse_a_lie(
    lie: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = np.abs(np.subtract.outer(np.arange(12), np.arange(6) * 2)).astype(float)
    monkeypatch.setattr(scipy.optimize, "milp", Liar(lie))
    with pytest.raises(RequestError, match="求解器"):
        p_median(cost, [1] * 12, 2)
    with pytest.raises(RequestError, match="求解器"):
        capacity(cost < 3, [1] * 12, 2, [4] * 6)


@pytest.mark.parametrize("version", ["1.15.3", "1.16.3", "1.16.0rc1"])
def test_a_scipy_that_is_known_to_lie_is_refused(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scipy, "__version__", version)
    for ask in (
        lambda: mclp([[1]], [1], 1),
        lambda: p_median([[1.0]], [1], 1),
        lambda: capacity([[1]], [1], 1, [1]),
        lambda: backup([[1]], [1], 1),
    ):
        with pytest.raises(RequestError, match=rf"SciPy {version} 的求解器.*1\.17 以上"):
            ask()


# --- hand-worked


def test_three_hamlets_and_two_sites_by_hand() -> None:
    """甲 5 人由一站可到，乙 3 人两站都可到，丙 4 人由二站可到：一处先选一站（8 人），两处全到。"""
    cover, weights = [[1, 0], [1, 1], [0, 1]], [5, 3, 4]
    one = mclp(cover, weights, 1)
    assert (one.chosen, one.value, one.total, one.pct) == ((0,), 8, 12, Fraction(200, 3))
    assert in_order(Problem("mclp", cover, weights, n=2), (0, 1)) == [(0, 8), (1, 4)]
    half = partial_cover(cover, weights, 50)
    assert (half.chosen, half.value, half.covered) == ((0,), 1, 8)
    assert lscp(cover).chosen == (0, 1)
    lost = losses(Problem("mclp", cover, weights, n=1), one)[0]
    assert (lost.site, lost.loss, lost.replacement, lost.mark) == (0, 1, 1, "不可少")
    assert [p.chosen for p in plans(Problem("mclp", cover, weights, n=1), 5)] == [(0,), (1,)]


def test_weights_are_decimals_not_binary_numbers() -> None:
    found = mclp([[1, 0], [1, 0], [1, 0], [0, 1]], [0.1, 0.1, 0.1, 0.3], 1)
    assert found.value == Fraction(3, 10)
    assert {
        p.value
        for p in plans(
            Problem("mclp", [[1, 0], [1, 0], [1, 0], [0, 1]], [0.1, 0.1, 0.1, Decimal("0.3")], n=1),
            2,
        )
    } == {Fraction(3, 10)}
    assert partial_cover([[1], [1], [1]], [0.1, 0.1, 0.1], need=0.3).value == 1


def test_weights_beyond_doubles_stay_exact() -> None:
    huge = 10**30
    found = mclp([[1, 0], [0, 1]], [huge, huge + 1], 1)
    assert (found.chosen, found.value, found.proven) == ((1,), huge + 1, "certificate")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: mclp([[1, 1]], [1], 0), "要选的个数“0”应为 1 到 2 的整数"),
        (lambda: mclp([[1, 1]], [1], 3), "要选 3 个点，可选的只有 2 个"),
        (lambda: mclp([[1, 1]], [1], 2, refused=[0]), "要选 2 个点，可选的只有 1 个"),
        (lambda: mclp([[1, 1]], [1], 1, fixed=[0, 1]), "指定要选的有 2 个点，多于要选的 1 个"),
        (lambda: mclp([[1, 1]], [1], 1, fixed=[0], refused=[0]), "第 0 个点既指定要选又指定不选"),
        (lambda: mclp([[1, 1]], [1], 1, refused=[5]), "没有第 5 个点；点的序号从 0 到 1"),
        (lambda: mclp(np.zeros((1, 0)), [1], 1), "没有可选的点"),
        (lambda: mclp([[1]], [-1], 1), "第 0 行需求的权重“-1”小于 0"),
        (lambda: mclp([[1]], [float("nan")], 1), "第 0 行需求的权重“nan”不是数"),
        (lambda: mclp([[1]], [1, 2], 1), "需求有 1 行，权重有 2 个"),
        (lambda: mclp([[1, 1]], [1], 2, group=["甲", "甲"], most=1), "每组最多选 1 个，一共选不出 2 个点"),
        (lambda: mclp([[1]], [1], 1, most=1), "每个点的组和每组最多几个要一起写"),
        (lambda: partial_cover([[1], [0]], [1, 1], 80), r"全部可选点都建成也只能覆盖 1（50\.00%），达不到要求"),
        (lambda: partial_cover([[1]], [1], 101), "应在 0 到 100 之间"),
        (lambda: partial_cover([[1]], [1]), "要写一个，也只写一个"),
        (lambda: p_median([[-1.0]], [1], 1), "第 0 行到第 0 个点的费用“-1”小于 0"),
        (lambda: capacity([[1]], [1], 1, [1, 2]), "有 1 个点，写了 2 个容量"),
        (lambda: backup([[1, 0], [0, 1]], [1, 1], 1), "1 个点不能全部覆盖一遍，至少要 2 个"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_one_line(ask: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said) as caught:
        ask()
    assert "\n" not in str(caught.value)


def test_demand_that_no_site_reaches_is_listed() -> None:
    found = mclp([[1, 0], [0, 0], [0, 1]], [1, 2, 3], 1, refused=[0])
    assert (found.chosen, found.value, found.unreachable) == ((1,), 3, (0, 1))
