"""The covering models as functions, for those who have a matrix and weights."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.siting.covering import EFFORT, solve
from hbgeo.measure.siting.given import exact_number, exact_weights, matrix_of
from hbgeo.measure.siting.problem import Problem
from hbgeo.measure.siting.result import Sites


def mclp(
    cover: Any,
    weights: Sequence[Any],
    n: int,
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    covered: Mask | None = None,
    group: Sequence[Any] | None = None,
    most: int | None = None,
    effort: int = EFFORT,
) -> Sites:
    """Choose exactly `n` sites so that most weight is covered (Church & ReVelle 1974).

    Parameters
    ----------
    cover
        Demand × sites, sparse or dense; not zero where the site covers the demand.
    effort
        How much work may be done (see `solve`). The others are those of `Problem`.

    Raises
    ------
    RequestError
        With what is allowed.

    Examples
    --------
    >>> from hbgeo.measure.siting import mclp
    >>> found = mclp([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], [5, 3, 4, 2], 1)
    >>> found.chosen, int(found.value), found.proven
    ((0,), 8, 'certificate')
    """
    asked = Problem("mclp", cover, weights, n, None, fixed, refused, covered, group, most)
    return solve(asked, effort=effort)


def partial_cover(
    cover: Any,
    weights: Sequence[Any],
    pct: Any = None,
    *,
    need: Any = None,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    covered: Mask | None = None,
    group: Sequence[Any] | None = None,
    most: int | None = None,
    then: Sequence[Any] | None = None,
    effort: int = EFFORT,
) -> Sites:
    """Choose the fewest sites that cover a share of all weight (Daskin & Owen 1999), and most with them.

    Parameters
    ----------
    pct, need
        Percent of the weight of all rows, or the weight itself; one of them.

    Other parameters are those of `Problem`.

    Raises
    ------
    RequestError
        With what is allowed; also if all sites together do not reach it.
    """
    if (pct is None) == (need is None):
        raise RequestError("要达到的百分比和数量要写一个，也只写一个")
    if need is None:
        share = exact_number(pct, "要达到的百分比")
        if share > 100:
            raise RequestError(f"要达到的百分比“{pct}”应在 0 到 100 之间")
        need = share * sum(exact_weights(weights), Fraction(0)) / 100
    how = (fixed, refused, covered, group, most, then)
    asked = Problem("partial", cover, weights, None, need, *how)
    return solve(asked, effort=effort)


def lscp(
    cover: Any,
    weights: Sequence[Any] | None = None,
    *,
    fixed: Sequence[int] = (),
    refused: Sequence[int] = (),
    covered: Mask | None = None,
    effort: int = EFFORT,
) -> Sites:
    """Choose the fewest sites that cover all that can be covered (Toregas et al. 1971).

    Rows that no site covers are listed in `unreachable`. Parameters are those of `mclp`.
    """
    matrix = matrix_of(cover)
    given = [1] * matrix.shape[0] if weights is None else weights
    asked = Problem("lscp", matrix, given, None, None, fixed, refused, covered)
    return solve(asked, effort=effort)
