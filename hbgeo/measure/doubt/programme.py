"""The linear relaxation of a part, and what follows from its prices exactly.

HiGHS solves it in floats and is not believed: its prices, made whole, are put into the dual, whose
value in integers no combination can exceed (weak duality; each chooser takes its best option, each
other variable the better of 0 and 1), whatever the prices are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd

import numpy as np

from hbgeo.measure.doubt.hitting import bits_of
from hbgeo.measure.doubt.part import Part

FINE = 2**24  # parts of a unit in which prices are given
Row = tuple[list[tuple[int, int]], int]  # Σ coefficient · variable ≤ limit


@dataclass
class Programme:
    """Maximise Σ worth · x, each chooser's options adding to 1, rows of at most their limits."""

    worth: list[int]
    owner: list[int]  # by variable: the place of its chooser, -1 of what is no option
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Relaxed:
    """A bound that holds, and how much of each option the relaxation takes: (chooser, number) → part."""

    bound: int
    share: dict[tuple[int, int], float]


def programme_of(part: Part) -> Programme:
    """The part as rows: a term that helps is held down by what fills it, one that harms pushed up."""
    made = Programme([], [])
    fill: dict[int, dict[int, list[int]]] = {}  # bit → chooser → variables
    for place, (chooser, options) in enumerate(part.choosers.items()):
        for mask, _ in options:
            made.worth.append(0)
            made.owner.append(place)
            for bit in bits_of(mask):
                fill.setdefault(bit, {}).setdefault(chooser, []).append(len(made.owner) - 1)
    full: dict[int, int] = {}
    for mask, worth in part.terms.items():
        term = _variable(made, worth)
        bits = bits_of(mask)
        if worth > 0:
            for bit in bits:
                among = [(v, -1) for held in fill.get(bit, {}).values() for v in held]
                made.rows.append(([(term, 1), *among], 0))
        elif len(bits) == 1:
            _push(made, term, fill.get(bits[0], {}))
        else:
            for bit in bits:
                if bit not in full:
                    full[bit] = _variable(made, 0)
                    _push(made, full[bit], fill.get(bit, {}))
            made.rows.append(([*((full[b], 1) for b in bits), (term, -1)], len(bits) - 1))
    return made


def _variable(made: Programme, worth: int) -> int:
    made.worth.append(worth)
    made.owner.append(-1)
    return len(made.worth) - 1


def _push(made: Programme, variable: int, fill: dict[int, list[int]]) -> None:
    """Hold the variable up to what each chooser fills."""
    for held in fill.values():
        made.rows.append(([*((v, 1) for v in held), (variable, -1)], 0))


def relax(part: Part) -> Relaxed:
    """Bound the part from above, and say what the relaxation takes."""
    made = programme_of(part)
    scale = max(1, max(abs(w) for w in made.worth) >> 20)
    found = _solve(made, scale)
    if found is None:
        prices, values = [0] * len(made.rows), [0.0] * len(made.worth)
    else:
        prices = [max(0, round(-p * FINE * scale)) for p in found[1]]
        values = found[0]
    step = gcd(*part.terms.values()) or 1
    bound = _dual(made, prices) // FINE // step * step
    names = [(c, number) for c, options in part.choosers.items() for _, number in options]
    return Relaxed(bound, dict(zip(names, values, strict=False)))


def _dual(made: Programme, prices: list[int]) -> int:
    """The value of the prices: what is left of each variable's worth, at its best."""
    left = [w * FINE for w in made.worth]
    value = 0
    for (entries, limit), price in zip(made.rows, prices, strict=True):
        if price:
            value += price * limit
            for variable, factor in entries:
                left[variable] -= price * factor
    best: dict[int, int] = {}
    for variable, owner in enumerate(made.owner):
        if owner < 0:
            value += max(0, left[variable])
        else:
            best[owner] = max(best.get(owner, left[variable]), left[variable])
    return value + sum(best.values())


def _solve(made: Programme, scale: int) -> tuple[list[float], list[float]] | None:
    """What HiGHS makes of it: values and marginals."""
    import scipy.sparse as sp
    from scipy.optimize import linprog

    at = [(r, v, f) for r, (entries, _) in enumerate(made.rows) for v, f in entries]
    rows, columns, factors = zip(*at, strict=True)
    shape = (len(made.rows), len(made.worth))
    chosen = [v for v, owner in enumerate(made.owner) if owner >= 0]
    owners = [made.owner[v] for v in chosen]
    found = linprog(
        [-w / scale for w in made.worth],
        A_ub=sp.csr_matrix((factors, (rows, columns)), shape=shape),
        b_ub=[limit for _, limit in made.rows],
        A_eq=sp.csr_matrix(
            (np.ones(len(chosen)), (owners, chosen)), shape=(max(owners) + 1, shape[1])
        ),
        b_eq=np.ones(max(owners) + 1),
        bounds=(0, 1),
        method="highs",
    )
    if found.x is None or found.status != 0:
        return None
    return found.x.tolist(), found.ineqlin.marginals.tolist()
