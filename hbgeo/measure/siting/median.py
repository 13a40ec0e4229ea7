"""Least cost to go (p-median) and least for the farthest (p-center)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Floats
from hbgeo.errors import RequestError
from hbgeo.measure.siting.cost import Costs, nearest_of, read_costs
from hbgeo.measure.siting.covering import EFFORT, solve
from hbgeo.measure.siting.given import columns, exact_weights, whole_number, work
from hbgeo.measure.siting.prices import FINE
from hbgeo.measure.siting.problem import Problem, check_number, check_sites, whole
from hbgeo.measure.siting.result import SOLVER, UNPROVEN, Sites
from hbgeo.measure.siting.solver import Answer, minimise, require_solver

_SLACK = 1e-6


def p_median(
    cost: Any,
    weights: Sequence[Any],
    n: int,
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    effort: int = EFFORT,
) -> Sites:
    """Choose `n` sites so that all demand together goes least far (ReVelle & Swain 1970).

    Parameters
    ----------
    cost
        Demand × sites: metres or minutes. Dense: not finite where there is no way; sparse: a way
        where an entry is stored.

    Returns
    -------
    sites
        `value` the sum of weight × least cost, `proven` at best `solver`. Rows from which there is
        a way to no site are in `unreachable` and in no sum.

    Raises
    ------
    RequestError
        With what is allowed; also if no `n` sites can serve all that can be reached.
    """
    costs, given, n, fixed, refused = _asked(cost, weights, n, fixed, refused)
    numbers, per = whole(given)
    reached = np.unique(costs.row[~np.isin(costs.site, list(refused))])
    weight = np.array(numbers, dtype=object)
    _all_served(costs, reached, n, fixed, refused, effort)
    answer = _solve_median(costs, weight, per * costs.per, n, fixed, refused, effort)
    chosen = _chosen(answer, costs.sites, n, fixed, refused)
    best = nearest_of(costs, chosen)
    value = sum((Fraction(numbers[r] * c, per * costs.per) for r, c in best.items()), Fraction(0))
    least = _least_cost(costs, weight, n, fixed, refused)
    bound = Fraction(least, per * costs.per)
    return _sites("p-median", chosen, value, bound, answer, costs, reached, given)


def p_center(
    cost: Any,
    n: int,
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    effort: int = EFFORT,
) -> Sites:
    """Choose `n` sites so that the farthest demand is as near as can be (Minieka 1970).

    Each step asks for the fewest sites within a distance, which is narrowed by halves. `value` is
    the greatest cost, `covered` the rows that are served; the rest is as of `p_median`.
    """
    costs, _, n, fixed, refused = _asked(cost, None, n, fixed, refused)
    usable = ~np.isin(costs.site, list(refused))
    reached = np.unique(costs.row[usable])
    levels = np.unique(costs.cost[usable])
    low, high, least = -1, len(levels), -1
    plan = None if len(reached) else tuple(fixed)
    sure = True
    while low + 1 < high:
        middle = (low + high) // 2
        found = _within(costs, int(levels[middle]), reached, fixed, refused, effort)
        if found is not None and found.value <= n:
            high, plan = middle, found.chosen
            continue
        low = middle
        if found is None or found.bound > n:
            least = max(least, middle)
        else:
            sure = sure and found.proven != UNPROVEN
    if plan is None:
        _all_served(costs, reached, n, fixed, refused, effort)
        raise RequestError(f"没有找到让每处需求都有去处的 {n} 个点；请增加个数")
    chosen = _filled(plan, costs.sites, n, refused)
    value = costs.fraction(max(nearest_of(costs, chosen).values(), default=0))
    rest = tuple(sorted(set(range(costs.rows)) - set(reached.tolist())))
    bound = costs.fraction(int(levels[least + 1])) if len(levels) else Fraction(0)
    said, of = SOLVER if sure else UNPROVEN, (Fraction(len(reached)), Fraction(costs.rows))
    return Sites("p-center", chosen, value, bound, said, None, *of, rest)


def _all_served(
    costs: Costs, reached: Any, n: int, fixed: Sequence[int], refused: Sequence[int], effort: int
) -> None:
    """Refuse a number of sites that leaves somebody without a way to any.

    Raises
    ------
    RequestError
        With how many it takes at least.
    """
    farthest = int(costs.cost.max()) if len(costs.cost) else 0
    least = _within(costs, farthest, reached, fixed, refused, effort)
    if least is not None and least.bound > n:
        said = f"至少要 {int(least.bound)} 个"
        raise RequestError(f"{n} 个点不能让每处需求都有去处，{said}")


def _within(
    costs: Costs,
    most: int,
    reached: Any,
    fixed: Sequence[int],
    refused: Sequence[int],
    effort: int,
) -> Sites | None:
    """The fewest sites that have every row within a cost; None where some row has none so near."""
    near = costs.cost <= most
    place = np.full(costs.rows, -1)
    place[reached] = np.arange(len(reached))
    shape = (len(reached), costs.sites)
    pairs = (np.ones(int(near.sum())), (place[costs.row[near]], costs.site[near]))
    kept = pairs[1][0] >= 0
    cover = sp.csr_matrix((pairs[0][kept], (pairs[1][0][kept], pairs[1][1][kept])), shape=shape)
    asked = Problem("lscp", cover, [1] * len(reached), fixed=tuple(fixed), refused=tuple(refused))
    found = solve(asked, effort=effort)
    return None if found.unreachable else found


def _asked(
    cost: Any, weights: Sequence[Any] | None, n: int, fixed: Sequence[int], refused: Sequence[int]
) -> tuple[Costs, list[Fraction], int, tuple[int, ...], tuple[int, ...]]:
    """The question made plain: ways, weights, how many, which must and which may not be chosen."""
    require_solver()
    costs = read_costs(cost)
    n = whole_number(n, "要选的个数")
    fixed, refused = columns(fixed, costs.sites), columns(refused, costs.sites)
    check_sites(fixed, refused, costs.sites)
    check_number(n, fixed, refused, costs.sites)
    given = [Fraction(1)] * costs.rows if weights is None else exact_weights(weights)
    if len(given) != costs.rows:
        raise RequestError(f"需求有 {costs.rows} 行，权重有 {len(given)} 个，应一样多")
    return costs, given, n, fixed, refused


def _solve_median(
    costs: Costs,
    weights: Any,
    per: int,
    n: int,
    fixed: Sequence[int],
    refused: Sequence[int],
    effort: int,
) -> Answer:
    """Shares of each way; a row goes to one site, and only where that is chosen."""
    use = ~np.isin(costs.site, list(refused))
    row, site = costs.row[use], costs.site[use]
    price = np.array([w / per for w in (weights[row] * costs.cost[use]).tolist()], dtype=float)
    must, top = np.zeros(costs.sites), np.ones(costs.sites + len(row))
    must[list(fixed)], top[list(refused)] = 1, 0
    rows = np.unique(row)
    matrix = _ways(np.searchsorted(rows, row), site, len(rows), must)
    held = len(set(fixed))
    low = np.concatenate([np.ones(len(rows)), np.full(len(row), -np.inf), [n, held]])
    high = np.concatenate([np.ones(len(rows)), np.zeros(len(row)), [n, np.inf]])
    cost = np.concatenate([np.zeros(costs.sites), price])
    return minimise(cost, matrix, low, high, whole=costs.sites, top=top, nodes=work(effort))


def _least_cost(
    costs: Costs, weights: Any, n: int, fixed: Sequence[int], refused: Sequence[int]
) -> int:
    """What no plan can cost less than, exact: by the prices of the relaxation (Geoffrion 1974).

    A row pays its price; a site gives back what its rows pay beyond their way to it. The `n`
    sites that give back most are taken.
    """
    from scipy.optimize import linprog

    use = ~np.isin(costs.site, list(refused))
    row, site, way = costs.row[use], costs.site[use], weights[costs.row[use]] * costs.cost[use]
    rows, place = np.unique(row, return_inverse=True)
    if not len(rows):
        return 0
    must = np.zeros(costs.sites)
    matrix = _ways(place, site, len(rows), must)
    cost = np.concatenate([np.zeros(costs.sites), way.astype(float)])
    ends = np.concatenate([np.ones(len(rows)), [n]])
    one = sp.vstack([matrix[: len(rows)], matrix[-2]]).tocsr()
    found = linprog(
        cost,
        A_ub=matrix[len(rows) : -2],
        b_ub=np.zeros(len(row)),
        A_eq=one,
        b_eq=ends,
        bounds=(0, 1),
        method="highs-ds",
    )
    if found.x is None:
        return 0
    prices = [round(float(v) * FINE) for v in found.eqlin.marginals[:-1].tolist()]
    back = [0] * costs.sites
    for r, s, w in zip(place.tolist(), site.tolist(), way.tolist(), strict=True):
        back[s] += min(0, int(w) * FINE - prices[r])
    held = set(fixed)
    loose = sorted(back[s] for s in range(costs.sites) if s not in held and s not in set(refused))
    total = sum(prices) + sum(back[s] for s in held) + sum(loose[: n - len(held)])
    return max(0, -(-total // FINE))


def _ways(row: Any, site: Any, rows: int, must: Floats) -> sp.csr_matrix:
    """Each row has one way; a way only to a chosen site; how many sites; the ones that must be."""
    ways, sites = len(row), len(must)
    way = sites + np.arange(ways)
    shape = (rows, sites + ways)
    one = sp.csr_matrix((np.ones(ways), (row, way)), shape=shape)
    values = np.concatenate([np.ones(ways), -np.ones(ways)])
    where = (np.tile(np.arange(ways), 2), np.concatenate([way, site]))
    only = sp.csr_matrix((values, where), shape=(ways, sites + ways))
    nothing = np.zeros(ways)
    count = sp.csr_matrix(np.concatenate([np.ones(sites), nothing]))
    hold = sp.csr_matrix(np.concatenate([must, nothing]))
    return sp.vstack([one, only, count, hold]).tocsr()


def _chosen(
    answer: Answer, sites: int, n: int, fixed: Sequence[int], refused: Sequence[int]
) -> tuple[int, ...]:
    """The sites of an answer, if they are as many and as asked.

    Raises
    ------
    RequestError
        If the solver gave none, or its answer breaks the conditions.
    """
    if answer.point is None:
        raise RequestError(f"求解器没有给出 {n} 个点的方案；请换一个个数，或用 --effort 放宽计算量")
    chosen = tuple(np.flatnonzero(answer.point[:sites] > _SLACK).tolist())
    if len(chosen) != n or not set(fixed) <= set(chosen) or set(refused) & set(chosen):
        raise RequestError("求解器给出的方案不符合条件，已弃用；请换一个 SciPy 版本再试")
    return chosen


def _filled(plan: tuple[int, ...], sites: int, n: int, refused: Sequence[int]) -> tuple[int, ...]:
    spare = [s for s in range(sites) if s not in plan and s not in refused]
    return tuple(sorted([*plan, *spare[: n - len(plan)]]))


def _sites(
    model: str,
    chosen: tuple[int, ...],
    value: Fraction,
    bound: Fraction,
    answer: Answer,
    costs: Costs,
    reached: Any,
    weights: list[Fraction],
) -> Sites:
    said = answer.bound
    honest = said is not None and said >= float(value) * (1 - 1e-9) - _SLACK
    rest = tuple(sorted(set(range(costs.rows)) - set(reached.tolist())))
    return Sites(
        model,
        chosen,
        value,
        bound,
        SOLVER if answer.optimal and honest else UNPROVEN,
        said,
        covered=sum((weights[r] for r in reached.tolist()), Fraction(0)),
        total=sum(weights, Fraction(0)),
        unreachable=rest,
    )
