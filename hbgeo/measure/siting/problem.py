"""A siting question as it is asked, checked: demand, sites, who would cover whom."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.siting.given import (
    columns,
    exact_number,
    matrix_of,
    rows_mask,
    table_of,
    whole_number,
)

MODELS = ("mclp", "partial", "lscp")


@dataclass(frozen=True)
class Problem:
    """Which sites to choose (Church & ReVelle 1974; Toregas et al. 1971; Daskin & Owen 1999).

    Attributes
    ----------
    model
        `mclp`: `n` sites that cover most weight. `partial`: the fewest that reach `need`.
        `lscp`: the fewest that cover all that can be covered.
    cover
        Demand × sites, sparse; an entry that is not zero means that the site covers the demand.
        Rows and columns sorted by id give the same plan whatever the order they came in.
    weights
        What each row of demand counts, at least 0: whole numbers, decimals or fractions; a float
        is the decimal it stands for.
    n, need
        Number of sites (with the fixed ones); covered weight to reach, of all rows.
    fixed, refused
        Columns that must, or may not, be chosen.
    covered
        Rows that what exists covers already: they count in value and total.
    group, most
        A group of each site, and how many of one may be chosen at most.
    then
        Of partial: what the plan of the fewest sites covers most of; None: `weights`.
    """

    model: str
    cover: Any
    weights: Sequence[Any]
    n: int | None = None
    need: Fraction | None = None
    fixed: Sequence[int] = ()
    refused: Sequence[int] = ()
    covered: Mask | None = None
    group: Sequence[Any] | None = None
    most: int | None = None
    then: Sequence[Any] | None = None

    @property
    def sites(self) -> int:
        """How many sites there are to choose from."""
        return int(self.cover.shape[1])

    def __post_init__(self) -> None:
        made = self.cover if hasattr(self.cover, "shape") else table_of(self.cover, "覆盖矩阵")
        if len(made.shape) != 2:
            raise RequestError(f"覆盖矩阵应有行和列（需求 × 点），给的是 {len(made.shape)} 维")
        rows, sites = made.shape
        plain: dict[str, Any] = {"cover": made}
        plain |= {k: columns(getattr(self, k), sites) for k in ("fixed", "refused")}
        if self.need is not None:
            plain["need"] = exact_number(self.need, "要达到的数量")
        if self.n is not None:
            plain["n"] = whole_number(self.n, "要选的个数")
        if self.most is not None:
            plain["most"] = whole_number(self.most, "每组最多的个数")
        if self.covered is not None:
            plain["covered"] = rows_mask(self.covered, rows)
        for name, value in plain.items():
            object.__setattr__(self, name, value)


def check(problem: Problem) -> None:
    """Refuse what cannot be asked.

    Raises
    ------
    RequestError
        With what is allowed.
    """
    rows, sites = problem.cover.shape
    if problem.model not in MODELS:
        raise RequestError(f"没有选址模型“{problem.model}”；可选值 {'、'.join(MODELS)}")
    for given in (problem.weights, problem.then):
        if isinstance(given, Sized) and len(given) != rows:
            raise RequestError(f"需求有 {rows} 行，权重有 {len(given)} 个，应一样多")
    check_sites(problem.fixed, problem.refused, sites)
    if problem.model == "mclp":
        check_number(problem.n, problem.fixed, problem.refused, sites)
    if problem.model == "partial" and problem.need is None:
        raise RequestError("没有写要达到多少；写百分比或数量")
    if (problem.group is None) != (problem.most is None):
        raise RequestError("按组限制个数时，每个点的组和每组最多几个要一起写")
    if problem.group is not None and len(problem.group) != sites:
        raise RequestError(f"有 {sites} 个点，写了 {len(problem.group)} 个组，应一样多")
    if problem.group is not None and len({type(one) for one in _plain(problem.group)}) > 1:
        raise RequestError("各点的组应都是文字或都是数，不能缺")


def _plain(group: Sequence[Any]) -> list[Any]:
    """Groups without numpy's kinds."""
    return [one.item() if isinstance(one, np.generic) else one for one in group]


def check_sites(fixed: Sequence[int], refused: Sequence[int], sites: int) -> None:
    """Refuse columns that are not there, are named twice, or are both fixed and refused."""
    if not sites:
        raise RequestError("没有可选的点")
    for named in (*fixed, *refused):
        if not 0 <= named < sites:
            raise RequestError(f"没有第 {named} 个点；点的序号从 0 到 {sites - 1}")
    if both := sorted(set(fixed) & set(refused)):
        raise RequestError(f"第 {both[0]} 个点既指定要选又指定不选；只能留一样")


def check_number(n: int | None, fixed: Sequence[int], refused: Sequence[int], sites: int) -> None:
    """Refuse a number of sites that cannot be chosen."""
    left = sites - len(set(refused))
    if n is None or n < 1:
        raise RequestError(f"要选的个数“{n}”应为 1 到 {left} 的整数")
    if n > left:
        raise RequestError(f"要选 {n} 个点，可选的只有 {left} 个")
    if len(set(fixed)) > n:
        raise RequestError(f"指定要选的有 {len(set(fixed))} 个点，多于要选的 {n} 个")


def whole(weights: Sequence[Fraction], *others: Fraction) -> tuple[list[int], int]:
    """The weights as whole numbers of one unit, and how many units make 1."""
    per = lcm(1, *(w.denominator for w in (*weights, *others)))
    return [int(w * per) for w in weights], per


def cover_matrix(cover: Any) -> sp.csr_matrix:
    """Who covers whom as a sparse matrix of ones, its indices in order, without repeats."""
    made = sp.csr_matrix(matrix_of(cover), copy=True)
    made.sum_duplicates()
    made.eliminate_zeros()
    made.sort_indices()
    made.data = np.ones(len(made.data), dtype=np.int64)
    return made
