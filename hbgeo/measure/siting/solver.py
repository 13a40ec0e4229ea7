"""HiGHS through SciPy, never taken at its word: the plan is rounded and counted again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import frexp
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Floats
from hbgeo.errors import RequestError

LEAST = (1, 17)  # 1.15 and 1.16 carry a HiGHS that calls broken constraints an optimum
_DIGITS = 66  # binary digits of a cost; HiGHS takes 1e20 for infinite
_WHOLE = 1e-5  # how far from a whole number a whole variable may be


@dataclass(frozen=True)
class Answer:
    """What a mixed-integer programme came to.

    Attributes
    ----------
    point
        The whole variables rounded; None where there is none.
    bound
        The solver's bound of the objective (of a minimum); None where it gave none.
    optimal
        Whether the solver calls it optimal.
    """

    point: Floats | None
    bound: float | None
    optimal: bool


def require_solver() -> None:
    """Refuse a SciPy whose solver is known to lie.

    Raises
    ------
    RequestError
        With the version that is needed.
    """
    import scipy

    version = tuple(map(int, re.findall(r"\d+", scipy.__version__)[:2]))  # 1.18.0rc1 too
    if version < LEAST:
        raise RequestError(
            f"SciPy {scipy.__version__} 的求解器会把不成立的方案说成最优，不能用来选址；"
            "请装 1.17 以上：pip install -U scipy"
        )


def minimise(
    cost: Floats,
    rows: sp.csr_matrix,
    low: Floats,
    high: Floats,
    *,
    whole: int,
    top: Floats | float = 1.0,
    nodes: int,
) -> Answer:
    """Minimise `cost`·x with `low` ≤ rows·x ≤ `high`, 0 ≤ x ≤ `top`, the first `whole` of x whole.

    The gap that is allowed is none: SciPy's own default stops at a ten-thousandth and says optimal.
    Costs beyond what HiGHS can hold are halved, all as often, until it can.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    integral = np.zeros(len(cost))
    integral[:whole] = 1
    options: Any = {"mip_rel_gap": 0, "node_limit": nodes, "disp": False}
    scale = 2.0 ** max(0, frexp(float(np.abs(cost).max(initial=0)))[1] - _DIGITS)
    found = milp(
        cost / scale,
        constraints=LinearConstraint(rows, low, high),
        bounds=Bounds(0, top),
        integrality=integral,
        options=options,
    )
    bound = None if found.mip_dual_bound is None else float(found.mip_dual_bound) * scale
    if found.x is None:
        return Answer(None, bound, optimal=False)
    point = np.asarray(found.x, dtype=float)
    near = np.rint(point[:whole])
    if np.abs(point[:whole] - near).max(initial=0) > _WHOLE:
        return Answer(None, bound, optimal=False)
    point[:whole] = near
    return Answer(point, bound, optimal=found.status == 0)
