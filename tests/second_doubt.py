"""What a question comes to, a second time: every combination tried, or a programme written anew.

Nothing of the package but the records of the question. Slow and obvious.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

Combination = tuple[int, ...]


@dataclass(frozen=True)
class State:
    """One combination: what it costs in rows, and which units it counts and covers."""

    combination: Combination
    rows: int
    counted: list[bool]
    covered: list[bool]


def combinations(question: Any) -> Iterator[Combination]:
    """Option numbers, one of each chooser."""
    starts = question.choices.starts.tolist()
    yield from product(*(range(a, b) for a, b in pairwise(starts)))


def state(question: Any, combination: Combination) -> State:
    """What a combination counts and covers."""
    filled = {s for s, sure in enumerate(question.sure.tolist()) if sure}
    for option in combination:
        a, b = question.fill_starts[option], question.fill_starts[option + 1]
        filled.update(question.fills[a:b].tolist())
    counted, covered = [], []
    for unit, member in enumerate(question.member.tolist()):
        counted.append(member < 0 or member in filled)
        mine = [s for s, u in enumerate(question.slot_unit.tolist()) if u == unit]
        covered.append(counted[-1] and all(s in filled for s in mine))
    rows = sum(int(question.choices.cost[o]) for o in combination)
    return State(combination, rows, counted, covered)


def states(question: Any) -> list[State]:
    """All combinations; the first is that of the figure."""
    return [state(question, c) for c in combinations(question)]


def amount(question: Any, flags: list[bool], units: set[int] | None = None) -> Fraction:
    """The demand of the units that are flagged, of some units only if asked."""
    chosen = [u for u, flag in enumerate(flags) if flag and (units is None or u in units)]
    return Fraction(sum(int(question.weight[u]) for u in chosen), question.per)


def margin(question: Any, made: State, pct: Fraction) -> Fraction:
    """100·covered - pct·total of a combination."""
    return 100 * amount(question, made.covered) - pct * amount(question, made.counted)


def sums(question: Any, combination: Combination, units: set[int] | None = None) -> tuple[int, int]:
    """Top and bottom of a combination, of some units only if asked."""
    top, bottom = list(question.top), list(question.bottom)
    for option in combination:
        for entry in range(question.give_starts[option], question.give_starts[option + 1]):
            top[question.give_unit[entry]] += question.give_top[entry]
            bottom[question.give_unit[entry]] += question.give_bottom[entry]
    chosen = [u for u in range(len(top)) if units is None or u in units]
    return sum(int(top[u]) for u in chosen), sum(int(bottom[u]) for u in chosen)


def fewest_settling(
    values: dict[Combination, Any], rows: list[int], firsts: Combination, met: Any
) -> int:
    """The fewest rows that, left as the figure has them, leave one conclusion: every set is tried."""
    least = sum(rows)
    figure = met(values[firsts])
    for chosen in product([False, True], repeat=len(rows)):
        cost = sum(r for r, c in zip(rows, chosen, strict=True) if c)
        if cost >= least:
            continue
        held = [i for i, c in enumerate(chosen) if c]
        if all(met(v) == figure for k, v in values.items() if all(k[i] == firsts[i] for i in held)):
            least = cost
    return least


def by_programme(question: Any, sign: int) -> int:
    """The greatest of `sign` · covered demand of single-slot units, by HiGHS; rounded."""
    options, slots = len(question.fill_starts) - 1, len(question.sure)
    cost = np.zeros(options + slots)
    rows, low, high = [], [], []
    owner = np.repeat(np.arange(len(question.choices)), np.diff(question.choices.starts))
    for chooser in range(len(question.choices)):
        rows.append(np.append((owner == chooser).astype(float), np.zeros(slots)))
        low.append(1.0)
        high.append(1.0)
    base = 0
    for slot, unit in enumerate(question.slot_unit.tolist()):
        weight = int(question.weight[unit])
        if question.sure[slot]:
            base += sign * weight
            continue
        cost[options + slot] = -sign * weight
        among = [
            o
            for o in range(options)
            if slot
            in question.fills[question.fill_starts[o] : question.fill_starts[o + 1]].tolist()
        ]
        row = np.zeros(options + slots)
        row[among], row[options + slot] = 1, -1
        if sign > 0:
            rows.append(row)
            low.append(0.0)
            high.append(np.inf)
        for option in among if sign < 0 else []:
            one = np.zeros(options + slots)
            one[option], one[options + slot] = 1, -1
            rows.append(one)
            low.append(-np.inf)
            high.append(0.0)
    found = milp(
        cost,
        constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(cost)),
        options={"mip_rel_gap": 0},
    )
    return base - round(found.fun)
