"""Sites that can take only so much: chosen by the solver, and each one's part counted as a flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm
from typing import Any

import numpy as np

from hbgeo.arrays import Numbers
from hbgeo.measure.siting import EFFORT, Problem, capacity
from hbgeo.plan.solving import Other, Solved, refuse_what_cannot_be
from hbgeo.plan.task import Task

SAID = (
    "按容量选址：一个村的人可以由几处分担，只说求解器的结论；不分县，也不逐处算不建的代价。"
    "写出的图层不带容量，再算时有设施就算覆盖。"
)


def solve_with_supply(task: Task, supply: Sequence[Fraction]) -> Solved:
    """Choose the sites that serve most, none more than it can; in the order in which they add most.

    Raises
    ------
    RequestError
        If what is asked cannot be had with these candidates.
    """
    refuse_what_cannot_be(task)
    if task.n is None:
        raise AssertionError(task.model)  # refused before
    how: dict[str, Any] = {"fixed": task.fixed, "refused": task.refused, "covered": task.covered}
    effort = task.effort or EFFORT
    sites = capacity(task.cover, task.weights, task.n, supply, effort=effort, **how)
    gains = _in_order(task, supply, sites.chosen)
    kept = [(site, gain, None) for site, gain in gains if gain > 0 or site in task.fixed]
    first = Other(sites.chosen, sites.covered, sites.bound, sites.proven)
    problem = Problem("mclp", task.cover, task.weights, n=task.n, **how)
    sites = replace(sites, model=task.model)
    order, unneeded = tuple(kept), task.n - len(kept)
    return Solved(
        problem, sites, order, unneeded, {}, losses_people=False, others=(first,), lines=(SAID,)
    )


def _in_order(
    task: Task, supply: Sequence[Fraction], chosen: tuple[int, ...]
) -> list[tuple[int, Fraction]]:
    """The chosen sites, the one that adds most first, and what each adds to those before it.

    What one adds never grows with those before it, so a gain of an earlier round bounds it.
    """
    room = _Room(task, supply, chosen)
    waiting = [(-room.served([k]), k, 0) for k in range(len(chosen))]
    heapify(waiting)
    done: list[int] = []
    made, before = [], 0
    while waiting:
        gain, k, of = heappop(waiting)
        if of < len(done):
            heappush(waiting, (before - room.served([*done, k]), k, len(done)))
            continue
        done.append(k)
        before -= gain
        made.append((chosen[k], Fraction(-gain, room.per)))
    return made


class _Room:
    """What some sites can serve together: demand of the same sites merged, in whole numbers."""

    def __init__(self, task: Task, supply: Sequence[Fraction], chosen: tuple[int, ...]) -> None:
        numbers = [Fraction(w) for w in task.weights]
        rooms = [Fraction(supply[site]) for site in chosen]
        self.per = lcm(1, *(n.denominator for n in (*numbers, *rooms)))
        self.rooms = [int(n * self.per) for n in rooms]
        part = task.cover[:, list(chosen)].tocsr()
        merged: dict[tuple[int, ...], int] = {}
        for row in np.flatnonzero(~task.covered).tolist():
            reach = tuple(sorted(part.indices[part.indptr[row] : part.indptr[row + 1]].tolist()))
            if reach:
                merged[reach] = merged.get(reach, 0) + int(numbers[row] * self.per)
        self.demand = list(merged.items())

    def served(self, some: Sequence[int]) -> int:
        """The most that some of the sites serve: the greatest flow from demand to them."""
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import maximum_flow

        place = {site: at for at, site in enumerate(some)}
        tails, heads, most = [], [], []
        rows, count = len(self.demand), len(self.demand) + len(some) + 2
        for row, (reach, weight) in enumerate(self.demand):
            mine = [place[site] for site in reach if site in place]
            tails += [count - 2] * bool(mine) + [row] * len(mine)
            heads += [row] * bool(mine) + [rows + at for at in mine]
            most += [weight] * (bool(mine) + len(mine))
        tails += [rows + at for at in range(len(some))]
        heads += [count - 1] * len(some)
        most += [self.rooms[site] for site in some]
        ends: tuple[Numbers, Numbers] = (np.array(tails, np.intp), np.array(heads, np.intp))
        graph = csr_matrix((np.array(most, np.int32), ends), shape=(count, count))
        return int(maximum_flow(graph, count - 2, count - 1).flow_value)
