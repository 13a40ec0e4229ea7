"""Sites that can take only so much, and demand that should be covered twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import RequestError
from hbgeo.measure.siting.asking import lscp
from hbgeo.measure.siting.best import mask_of
from hbgeo.measure.siting.covering import EFFORT
from hbgeo.measure.siting.given import exact_weights, work
from hbgeo.measure.siting.instance import Instance, Reduced, reduce
from hbgeo.measure.siting.problem import Problem, check, whole
from hbgeo.measure.siting.result import SOLVER, UNPROVEN, Sites
from hbgeo.measure.siting.solver import Answer, minimise, require_solver

_SLACK = 1e-6
_MOST = 2**31 - 1  # of a flow in SciPy


def capacity(
    cover: Any,
    weights: Sequence[Any],
    n: int,
    supply: Sequence[Any],
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    covered: Mask | None = None,
    effort: int = EFFORT,
) -> Sites:
    """Choose `n` sites that serve most demand, each no more than it can (Current & Storbeck 1988).

    A row's demand may be shared among the sites that cover it. Rows in `covered` ask for nothing.

    Parameters
    ----------
    supply
        How much of the weight each site can serve: beds, plots.

    Returns
    -------
    sites
        `value` what is served, and what exists covers: the greatest flow from demand to the chosen
        sites; `proven` at best `solver`. Other parameters are those of `mclp`.

    Raises
    ------
    RequestError
        With what is allowed.
    """
    require_solver()
    problem = Problem("mclp", cover, weights, n, None, fixed, refused, covered)
    reduced, room, per = _in_whole(problem, supply)
    instance = reduced.instance
    answer = _serve_most(instance, room, work(effort))
    chosen = _chosen(answer, instance, "容量")
    served = _flow(instance, room, chosen)
    most = min(int(instance.weights.sum()), _room(instance, room))
    return _sites("capacity", chosen, served, served, most, answer, reduced, per)


def backup(
    cover: Any,
    weights: Sequence[Any],
    n: int,
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    effort: int = EFFORT,
) -> Sites:
    """Cover all that can be covered once, and most weight twice (Hogan & ReVelle 1986).

    Returns
    -------
    sites
        `value` the weight covered by two of the chosen sites or more, recounted from these;
        `proven` at best `solver`. Parameters are those of `mclp`.

    Raises
    ------
    RequestError
        With what is allowed; also if `n` sites do not cover all even once.
    """
    require_solver()
    problem = Problem("mclp", cover, weights, n, None, fixed, refused)
    check(problem)
    fixed, refused = problem.fixed, problem.refused
    least = lscp(problem.cover, fixed=fixed, refused=refused, effort=effort)
    if least.bound > (problem.n or 0):
        raise RequestError(f"{n} 个点不能全部覆盖一遍，至少要 {int(least.bound)} 个")
    reduced = reduce(problem)
    instance = reduced.instance
    answer = _cover_twice(instance, effort)
    chosen = _chosen(answer, instance, "两遍覆盖")
    count = instance.covering(mask_of(chosen, instance))
    if (count == 0).any():
        raise RequestError("求解器给出的方案没有全部覆盖一遍，已弃用；请换一个 SciPy 版本再试")
    twice = int(instance.weights[count > 1].sum())
    once = int(instance.weights.sum())
    more = instance.weights[np.asarray(instance.rows @ (~instance.barred).astype(np.int64)) > 1]
    return _sites("backup", chosen, twice, once, int(more.sum()), answer, reduced, reduced.per)


def _room(instance: Instance, room: Any) -> int:
    """What as many sites as asked can serve at most, wherever demand is."""
    free = np.sort(room[~instance.barred & ~instance.held])[::-1]
    more = instance.n - int(instance.held.sum())
    return int(room[instance.held].sum()) + int(free[:more].sum())


def _in_whole(problem: Problem, supply: Sequence[Any]) -> tuple[Reduced, Any, int]:
    """The question with weights and supplies in one whole unit, and how many of it make 1."""
    check(problem)
    if len(supply) != problem.sites:
        raise RequestError(f"有 {problem.sites} 个点，写了 {len(supply)} 个容量，应一样多")
    given = exact_weights(problem.weights)
    scaled, per = whole([*given, *exact_weights(supply, "点的容量", "个")])
    room = np.array(scaled[len(given) :], dtype=object)
    reduced = reduce(replace(problem, weights=scaled[: len(given)]))
    if int(reduced.instance.weights.sum()) > _MOST or int(room.sum()) > _MOST:
        unit = "" if per == 1 else f" 个 1/{per}；请少写几位小数"
        raise RequestError(f"按容量选址时需求合计和容量合计都不能超过 {_MOST}{unit}")
    return reduced, room.astype(np.int64), per


def _serve_most(instance: Instance, room: Any, effort: int) -> Answer:
    rows, sites = instance.rows.shape
    row = np.repeat(np.arange(rows), np.diff(instance.rows.indptr))
    site = instance.rows.indices
    ways = np.arange(len(row))
    ones = np.ones(len(row))
    weights = instance.weights.astype(float)
    own = sp.csr_matrix((ones, (row, sites + ways)), shape=(rows, sites + len(row)))
    full = sp.csr_matrix((ones, (site, sites + ways)), shape=(sites, sites + len(row)))
    full = full - sp.csr_matrix(
        (room.astype(float), (np.arange(sites), np.arange(sites))), shape=full.shape
    )
    only = sp.csr_matrix((ones, (ways, sites + ways)), shape=(len(row), sites + len(row)))
    only = only - sp.csr_matrix((weights[row], (ways, site)), shape=only.shape)
    number = sp.csr_matrix(np.concatenate([np.ones(sites), np.zeros(len(row))]))
    matrix = sp.vstack([own, full, only, number]).tocsr()
    high = np.concatenate([weights, np.zeros(sites), np.zeros(len(row)), [instance.n]])
    low = np.full(len(high), -np.inf)
    low[-1] = instance.n
    cost = np.concatenate([np.zeros(sites), -ones])
    return _ask(instance, cost, matrix, low, high, weights[row], effort)


def _cover_twice(instance: Instance, effort: int) -> Answer:
    rows, sites = instance.rows.shape
    twice = sp.hstack([instance.rows.astype(float), -sp.identity(rows)])
    number = sp.csr_matrix(np.concatenate([np.ones(sites), np.zeros(rows)]))
    matrix = sp.vstack([twice, number]).tocsr()
    low = np.concatenate([np.ones(rows), [instance.n]])
    high = np.concatenate([np.full(rows, np.inf), [instance.n]])
    cost = np.concatenate([np.zeros(sites), -instance.weights.astype(float)])
    return _ask(instance, cost, matrix, low, high, np.ones(rows), effort)


def _ask(
    instance: Instance,
    cost: Floats,
    matrix: sp.csr_matrix,
    low: Floats,
    high: Floats,
    rest: Floats,
    effort: int,
) -> Answer:
    """Held sites are in because their part of the conditions cannot be met without them."""
    sites = len(instance.held)
    hold = sp.csr_matrix(
        np.concatenate([instance.held.astype(float), np.zeros(matrix.shape[1] - sites)])
    )
    held = float(instance.held.sum())
    top = np.concatenate([(~instance.barred).astype(float), rest])
    return minimise(
        cost,
        sp.vstack([matrix, hold]).tocsr(),
        np.concatenate([low, [held]]),
        np.concatenate([high, [np.inf]]),
        whole=sites,
        top=top,
        nodes=effort,
    )


def _chosen(answer: Answer, instance: Instance, what: str) -> tuple[int, ...]:
    if answer.point is None:
        raise RequestError(f"求解器没有给出{what}的方案；请增加个数，或用 --effort 放宽计算量")
    mask = answer.point[: len(instance.held)] > _SLACK
    kept = int(mask.sum()) == instance.n and not (mask & instance.barred).any()
    if not kept or not mask[instance.held].all():
        raise RequestError("求解器给出的方案不符合条件，已弃用；请换一个 SciPy 版本再试")
    return tuple(np.flatnonzero(mask).tolist())


def _flow(instance: Instance, room: Any, chosen: tuple[int, ...]) -> int:
    """The most that the chosen sites can serve: the greatest flow, in whole numbers."""
    from scipy.sparse.csgraph import maximum_flow

    rows = len(instance.weights)
    part = instance.rows[:, list(chosen)].tocoo()
    count = rows + len(chosen) + 2
    start, end = count - 2, count - 1
    tails = np.concatenate([np.full(rows, start), part.row, rows + np.arange(len(chosen))])
    heads = np.concatenate([np.arange(rows), rows + part.col, np.full(len(chosen), end)])
    most = np.concatenate([instance.weights, instance.weights[part.row], room[list(chosen)]])
    graph = sp.csr_matrix((most.astype(np.int32), (tails, heads)), shape=(count, count))
    return int(maximum_flow(graph, start, end).flow_value)


def _sites(
    model: str,
    chosen: tuple[int, ...],
    value: int,
    covered: int,
    most: int,
    answer: Answer,
    reduced: Reduced,
    per: int,
) -> Sites:
    base = 0 if model == "backup" else reduced.base
    said = None if answer.bound is None else (base - answer.bound) / per
    honest = answer.bound is not None and int(-answer.bound + _SLACK) <= value
    return Sites(
        model,
        chosen,
        Fraction(value + base, per),
        Fraction(most + base, per),
        SOLVER if answer.optimal and honest else UNPROVEN,
        said,
        Fraction(covered + reduced.base, per),
        Fraction(reduced.total, per),
        reduced.unreachable,
    )
