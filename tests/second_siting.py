"""Siting a second time: every choice is tried. Small questions only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from hbgeo.measure.siting import Problem

Plan = tuple[int, ...]


def covered(asked: Problem, plan: Plan, weights: Sequence[Any] | None = None) -> Fraction:
    """The weight that a plan and what exists cover."""
    there = asked.covered if asked.covered is not None else [False] * len(asked.weights)
    given = asked.weights if weights is None else weights
    rows = [[bool(v) for v in row] for row in asked.cover.tolist()]
    return sum(
        (Fraction(str(w)) for w, row, done in zip(given, rows, there, strict=True) if done or any(row[j] for j in plan)),
        Fraction(0),
    )  # fmt: skip


def choices(asked: Problem, n: int) -> Iterator[Plan]:
    """All plans of `n` sites that may be."""
    sites = [j for j in range(asked.sites) if j not in asked.refused]
    for plan in combinations(sites, n):
        if not set(asked.fixed) <= set(plan):
            continue
        of = [] if asked.group is None else [asked.group[j] for j in plan]
        if max(Counter(of).values(), default=0) <= (asked.most or 0):
            yield plan


def best(asked: Problem, n: int) -> list[tuple[Fraction, Plan]]:
    """Every plan of `n` sites with the weight it covers, the best first."""
    made = [(covered(asked, plan), plan) for plan in choices(asked, n)]
    return sorted(made, key=lambda one: (-one[0], one[1]))


def fewest(asked: Problem) -> tuple[int, Fraction] | None:
    """The fewest sites that reach the need, and the most that so few cover of `then`."""
    every = tuple(j for j in range(asked.sites) if j not in asked.refused)
    weights = [1] * len(asked.weights) if asked.model == "lscp" else asked.weights
    need = covered(asked, every, weights) if asked.model == "lscp" else asked.need
    for n in range(asked.sites + 1):
        enough = [p for p in choices(asked, n) if covered(asked, p, weights) >= need]
        if enough:
            return n, max(covered(asked, p, asked.then) for p in enough)
    return None


def least_cost(
    cost: list[list[float]], weights: Sequence[int], n: int
) -> tuple[Fraction, Fraction] | None:
    """The least sum and the least maximum of all plans of `n`; rows without a way are left out."""
    rows = [i for i, row in enumerate(cost) if min(row) < float("inf")]
    sums, tops = [], []
    for plan in combinations(range(len(cost[0])), n):
        far = [min(cost[i][j] for j in plan) for i in rows]
        if max(far, default=0.0) < float("inf"):
            exact = [Fraction(str(v)) for v in far]
            pairs = zip(rows, exact, strict=True)
            sums.append(sum((weights[i] * v for i, v in pairs), Fraction(0)))
            tops.append(max(exact, default=Fraction(0)))
    return (min(sums), min(tops)) if sums else None


def most_served(
    cover: list[list[int]], weights: Sequence[int], supply: Sequence[int], plan: Plan
) -> int:
    """The greatest flow, as the least cut over every set of rows."""
    rows = range(len(weights))
    cuts = []
    for size in range(len(weights) + 1):
        for inside in combinations(rows, size):
            used = [j for j in plan if any(cover[i][j] for i in inside)]
            cuts.append(
                sum(weights[i] for i in rows if i not in inside) + sum(supply[j] for j in used)
            )
    return min(cuts)
