"""Counties served evenly: as few sites in any one of them as still works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from hbgeo.errors import RequestError
from hbgeo.measure.rounding import show_number
from hbgeo.measure.siting import Problem, Sites, solve
from hbgeo.plan.task import Task


def evenly(problem: Problem, task: Task, how: Mapping[str, Any], lines: list[str]) -> Problem:
    """The same, with as few sites in any one county as still works.

    What works reaches the goal with as many sites as without: of a number of sites it is enough
    that there is room for all of them.
    """
    group = task.group or ()
    free = solve(problem, **how)
    counts: dict[str, int] = {}
    for site in free.chosen:
        counts[group[site]] = counts.get(group[site], 0) + 1
    low, high = ceil(len(free.chosen) / max(len(set(group)), 1)), max(counts.values(), default=1)
    low = max(low, 1)
    while low < high:
        middle = (low + high) // 2
        tried = _solve_with(problem, group, middle, how)
        if tried is not None and len(tried.chosen) <= len(free.chosen):
            high = middle
        else:
            low = middle + 1
    even = replace(problem, group=group, most=high)
    lines.append(_said_evenly(free, solve(even, **how), high, len(counts), task))
    return even


def _solve_with(
    problem: Problem, group: Sequence[str], most: int, how: Mapping[str, Any]
) -> Sites | None:
    """The sites with at most so many in a county; None where that cannot be."""
    try:
        return solve(replace(problem, group=group, most=most), **how)
    except RequestError:
        return None


def _said_evenly(free: Sites, even: Sites, most: int, counties: int, task: Task) -> str:
    group = task.group or ()
    spread = len({group[site] for site in even.chosen})
    said = f"按县均衡：每县至多 {most} 处，分在 {spread} 个县（不限时在 {counties} 个县）"
    if even.covered < free.covered:
        less = show_number(free.covered - even.covered, percent=False)
        return f"{said}；比不限时少覆盖 {less}。"
    if task.people is not None and even.then and free.then:
        less = show_number(free.then.value - even.then.value, percent=False)
        return f"{said}；点数不变，惠及人口少 {less} 人。"
    return f"{said}，点数和覆盖不变。"
