"""The relaxation solved where it bends: a row covered for sure, or surely not, needs no variable.

What a row adds, w · min(1, Σ x), bends where its sites together are chosen once. Near an answer
that is known most rows lie on one straight piece: covered in full (w), or short of it (w · Σ x).
Only the others get a variable; rows found on the wrong piece get one too, and it is solved again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.siting.instance import Instance
from hbgeo.measure.siting.part import Part, links, sides_of

_NEAR = 1e-7
_ROUNDS = 12


@dataclass(frozen=True)
class Bent:
    """Shares of the free sites, prices of the merged rows, what the need is worth, and which rows bent."""

    share: Floats
    prices: Floats
    need: float
    rows: Mask


def solve(
    instance: Instance, part: Part, chosen: Mask, guess: tuple[Floats, Mask] | None
) -> Bent | None:
    """Solve the relaxation of a part; None where the solver has no answer.

    Parameters
    ----------
    guess
        Prices near the answer, as shares of the weights, and the merged rows that had a variable
        there; None: every row has one.
    """
    weights = part.summed(instance.weights)
    bent = np.ones(len(weights), bool)
    paid = np.zeros(len(weights), bool)
    if guess is not None and instance.must is None:
        price, known = guess
        paid = price >= 1 - _NEAR
        bent = known | ((price > _NEAR) & ~paid)
    for once in range(_ROUNDS):
        bent |= once == _ROUNDS - 1
        found = _programme(instance, part, chosen, weights, bent, paid & ~bent)
        if found is None:
            return None
        share = found.x[: part.matrix.shape[1]]
        cover = part.matrix @ share
        wrong = ~bent & np.where(paid, cover > 1 + _NEAR, cover < 1 - _NEAR)
        if not wrong.any():
            break
        bent |= wrong
    marginals = -found.ineqlin.marginals
    prices = np.where(paid, weights, 0.0)
    prices[bent] = marginals[: int(bent.sum())]
    need = 0.0 if instance.must is None else float(marginals[-1])
    return Bent(share, prices, need, bent)


def _programme(
    instance: Instance, part: Part, chosen: Mask, weights: Floats, bent: Mask, paid: Mask
) -> Any:
    from scipy.optimize import linprog

    sites, count = part.matrix.shape[1], int(bent.sum())
    straight = -(part.matrix.T @ np.where(paid, weights, 0.0))
    sides = sides_of(instance, part, chosen, count)
    rows = [links(part.matrix[np.flatnonzero(bent)]), *(row for row, _ in sides)]
    all_sites = np.concatenate([np.ones(sites), np.zeros(count)])
    try:
        found = linprog(
            np.concatenate([straight, -weights[bent]]),
            A_ub=sp.vstack(rows).tocsr(),
            b_ub=np.concatenate([np.zeros(count), *(limit for _, limit in sides)]),
            A_eq=sp.csr_matrix(all_sites),
            b_eq=[part.left],
            bounds=(0, 1),
            method="highs-ds",
        )
    except (ValueError, RuntimeError):  # numbers too large for doubles
        return None
    return found if found.x is not None and found.status == 0 else None
