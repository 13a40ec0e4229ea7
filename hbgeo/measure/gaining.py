"""The order of things to do: always what gains most beyond those before it, or the best few together."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from hbgeo.measure.agenda import Action, Chosen, Step, Unit

if TYPE_CHECKING:
    from hbgeo.measure.siting import Sites


def choose(
    actions: Iterable[Action],
    weights: Mapping[Unit, Fraction],
    short: Mapping[str, Fraction],
    budget: int | None = None,
) -> Chosen:
    """Put things in the order of what each gains beyond those before it, or choose the best few.

    Parameters
    ----------
    weights
        The units not covered → what each counts for; units that are not here gain nothing.
    short
        Indicator → how much is missing to its target: of things of a kind that gain alike those go
        first that still bring one nearer.
    budget
        How many things at most: those that gain most together, by an exact search where what
        they cover overlaps.

    Returns
    -------
    chosen
        Things that gain nothing are left out. The gains never rise from one step to the next.
    """
    useful = _once(actions, weights)
    every = _greedy(useful, weights, short)
    if budget is None:
        return Chosen(tuple(every))
    first = Chosen(tuple(every[:budget]), _at_most(useful, weights, budget))
    if first.proven:
        return first
    found = _search(useful, weights, budget)
    if found.value <= first.gain:
        return Chosen(first.steps, found.bound)
    few = [useful[site] for site in found.chosen]
    return Chosen(tuple(_greedy(few, weights, short)), found.bound)


def _once(actions: Iterable[Action], weights: Mapping[Unit, Fraction]) -> list[Action]:
    """Those that gain at all; of things that cover the very same only the first: the cheapest."""
    made: dict[object, Action] = {}
    for one in sorted(actions, key=lambda a: a.key):
        if some := frozenset(one.serves & weights.keys()):
            made.setdefault((some, one.one_of), one)
    return list(made.values())


def _greedy(
    actions: Sequence[Action], weights: Mapping[Unit, Fraction], short: Mapping[str, Fraction]
) -> list[Step]:
    """Always the thing that gains most beyond those taken; what a thing gains only ever falls."""
    left, missing, taken = dict(weights), dict(short), set[str]()
    steps: list[Step] = []

    def worth(n: int) -> tuple[object, ...]:
        new = [unit for unit in actions[n].serves if unit in left]
        done = all(missing.get(indicator, 1) <= 0 for indicator, _ in new)
        return (-sum(left[unit] for unit in new), actions[n].rank, done, actions[n].key, n)

    heap = [worth(n) for n in range(len(actions))]
    heapq.heapify(heap)
    while heap:
        known = heapq.heappop(heap)
        n = known[-1]
        now = worth(n)  # type: ignore[arg-type]
        if not now[0] or actions[n].one_of in taken:  # type: ignore[call-overload]
            continue
        if now != known:
            heapq.heappush(heap, now)
            continue
        steps.append(_step(actions[n], left, missing))  # type: ignore[call-overload]
        taken |= {steps[-1].action.one_of} - {""}
    return steps


def _step(action: Action, left: dict[Unit, Fraction], missing: dict[str, Fraction]) -> Step:
    """Take a thing: what it covers is no more to be had."""
    gained = tuple(sorted(unit for unit in action.serves if unit in left))
    gain = Fraction(0)
    for unit in gained:
        weight = left.pop(unit)
        gain += weight
        missing[unit[0]] = missing.get(unit[0], Fraction(0)) - weight
    return Step(action, gained, gain)


def _at_most(actions: Sequence[Action], weights: Mapping[Unit, Fraction], budget: int) -> Fraction:
    """What so many things gain if none overlaps another: no list gains more."""
    best: dict[object, Fraction] = {}
    for n, one in enumerate(actions):
        gain = sum((weights.get(unit, Fraction(0)) for unit in one.serves), Fraction(0))
        group = one.one_of or n
        best[group] = max(gain, best.get(group, Fraction(0)))
    every = {unit for one in actions for unit in one.serves if unit in weights}
    whole = sum((weights[unit] for unit in every), Fraction(0))
    return min(whole, sum(heapq.nlargest(budget, best.values()), Fraction(0)))


def _search(actions: Sequence[Action], weights: Mapping[Unit, Fraction], budget: int) -> Sites:
    """The few things that gain most together, as a question of siting."""
    from scipy.sparse import csr_matrix  # nobody waits for it who has no limit

    from hbgeo.measure.siting import mclp

    units = sorted({unit for one in actions for unit in one.serves if unit in weights})
    at = {unit: n for n, unit in enumerate(units)}
    pairs = [(at[u], n) for n, one in enumerate(actions) for u in one.serves if u in at]
    row, column = zip(*pairs, strict=True)
    shape = (len(units), len(actions))
    cover = csr_matrix(([1] * len(pairs), (row, column)), shape=shape)
    groups = [one.one_of or f"#{n}" for n, one in enumerate(actions)]
    n = min(budget, len(set(groups)))
    how = {"group": groups, "most": 1} if len(set(groups)) < len(groups) else {}
    return mclp(cover, [weights[u] for u in units], n, **how)  # type: ignore[arg-type]
