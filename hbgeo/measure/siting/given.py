"""What callers hand over, made plain: a matrix, exact weights, columns, whole numbers; or refused."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Any

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.read.cell.decimals import exact

_LARGEST = Fraction(10) ** 100  # of which sums and products still fit a double


def matrix_of(cover: Any) -> sp.csr_matrix:
    """Demand × sites, sparse by rows, of any sparse matrix, a table or lists.

    Raises
    ------
    RequestError
        If it has no rows and columns, or an entry is no number.
    """
    table = cover if sp.issparse(cover) else table_of(cover, "覆盖矩阵")
    if table.ndim != 2:
        raise RequestError("覆盖矩阵应有行和列（需求 × 点）")
    made = sp.csr_matrix(table)
    if made.dtype.kind == "f" and np.isnan(made.data).any():
        raise RequestError("覆盖矩阵里有不是数的值；不覆盖写 0，覆盖写 1")
    return made


def table_of(given: Any, what: str) -> np.ndarray[Any, Any]:
    """A table of numbers: rows of demand, columns of sites; what is masked is not a number.

    Raises
    ------
    RequestError
        If it is no such table.
    """
    try:
        if isinstance(given, np.ma.MaskedArray):
            given = np.ma.filled(given.astype(float), np.nan)
        table = np.asarray(given)
        if table.dtype.kind not in "biu":
            table = table.astype(float)
    except (TypeError, ValueError) as error:
        raise RequestError(f"{what}应是每行一样长的数（需求 × 点）") from error
    if table.ndim == 1 and not len(table):
        table = table.reshape(0, 0)
    if table.ndim != 2:
        raise RequestError(f"{what}应有行和列（需求 × 点），给的是 {table.ndim} 维")
    return table


def exact_weights(weights: Any, what: str = "需求的权重", each: str = "行") -> list[Fraction]:
    """Weights as fractions, in the order they stand in; a float is the decimal it stands for.

    Parameters
    ----------
    what, each
        What they are called where one is refused, and what each is of.

    Raises
    ------
    RequestError
        If one is missing, infinite, no number, or below 0.
    """
    if isinstance(weights, (Mapping, str, AbstractSet)) or not isinstance(weights, Collection):
        raise RequestError(f"{what}应是一列数，每{each}一个")
    made = [exact_number(weight, f"第 {row} {each}{what}") for row, weight in enumerate(weights)]
    if (most := max(made, default=Fraction(0))) > _LARGEST:
        raise RequestError(f"{what}“{float(most):g}”太大；应不超过 {float(_LARGEST):g}")
    return made


def exact_number(given: Any, what: str) -> Fraction:
    """A number at least 0 as a fraction.

    Raises
    ------
    RequestError
        If it is none.
    """
    plain = given.item() if isinstance(given, np.generic) else given
    if isinstance(given, np.floating) and given.dtype.itemsize < 8:
        plain = str(given)  # its own shortest decimal, not that of the double next to it
    try:
        number = exact(plain) if isinstance(plain, float) else Fraction(plain)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise RequestError(f"{what}“{given}”不是数；应为 0 或正数") from error
    if number < 0:
        raise RequestError(f"{what}“{given}”小于 0；应为 0 或正数")
    return number


def columns(named: Any, sites: int) -> tuple[int, ...]:
    """Columns of sites as whole numbers, each once; or those that are true of all sites.

    Raises
    ------
    RequestError
        If they are no list of whole numbers.
    """
    if isinstance(named, (Mapping, str)) or not isinstance(named, Iterable):
        raise RequestError(f"要选、不选的点写成一列序号，如 (0, 2)；给的是“{named}”")
    given = list(named)
    if given and all(isinstance(one, (bool, np.bool_)) for one in given):
        if len(given) != sites:
            raise RequestError(f"有 {sites} 个点，写了 {len(given)} 个是否，应一样多")
        return tuple(at for at, one in enumerate(given) if one)
    return tuple(dict.fromkeys(whole_number(one, "点的序号") for one in given))


def whole_number(given: Any, what: str) -> int:
    """A whole number, also where it is written as a float.

    Raises
    ------
    RequestError
        If it is none.
    """
    if not isinstance(given, (bool, str)):
        try:
            made = int(given)
        except (TypeError, ValueError, OverflowError):
            made = -1
        if made == given:
            return made
    raise RequestError(f"{what}“{given}”应为整数")


def work(effort: Any) -> int:
    """How much work may be done, as a whole number.

    Raises
    ------
    RequestError
        If it is none, or below 0.
    """
    if (made := whole_number(effort, "工作量")) < 0:
        raise RequestError(f"工作量“{effort}”小于 0；应为 0 或正整数")
    return made


def rows_mask(covered: Any, rows: int) -> Mask:
    """Which rows are covered already, true or false (1 or 0) for each.

    Raises
    ------
    RequestError
        If they are not as many, or something else.
    """
    made = np.asarray(covered)
    if made.shape != (rows,):
        raise RequestError(f"需求有 {rows} 行，已覆盖的是否有 {made.size} 个，应一样多")
    if made.dtype.kind not in "biuf" or not np.isin(made, (0, 1)).all():
        raise RequestError("已覆盖的是否只能写真、假（或 1、0），一行需求一个")
    return made.astype(bool)
