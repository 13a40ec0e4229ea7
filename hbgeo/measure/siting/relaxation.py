"""The linear relaxation of a node of the tree: a point to round, and prices to bound with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.siting import kinks
from hbgeo.measure.siting.instance import Instance, Whole
from hbgeo.measure.siting.part import Part, links, part_of
from hbgeo.measure.siting.prices import FINE, Prices, bound_of, scaled

_SIZE = 10_000  # entries of a linear programme that counts as one
_EASIER = 8  # one near to a known answer costs so many times less


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation says.

    Attributes
    ----------
    share
        How far each site is chosen.
    bent
        The rows that had a variable of their own: a question near by needs the same ones.
    work
        What it cost to ask.
    """

    share: Floats
    prices: Prices
    bent: Mask | None = None
    work: int = 1


def relax(instance: Instance, chosen: Mask, barred: Mask, near: Relaxed | None = None) -> Relaxed:
    """Solve the relaxation where `chosen` sites are in and `barred` ones are out.

    Where the solver has no answer the prices bound little, but never falsely.

    Parameters
    ----------
    near
        The answer to a question near by: with it, this one is solved the faster.
    """
    part = part_of(instance, chosen, barred)
    point = chosen.astype(float)
    if not len(part.free) or part.left <= 0 or not len(part.rows):
        return Relaxed(point, _settled(instance, part))
    guess = None if near is None or instance.must is not None else _guess(instance, part, near)
    work = work_of(part.matrix.nnz if guess is None else part.matrix.nnz // _EASIER)
    found = kinks.solve(instance, part, chosen, guess)
    if found is None and instance.must is not None:
        return Relaxed(point, _impossible(instance, chosen, barred), work=2 * work)
    if found is None:
        nothing = np.zeros(len(instance.weights), instance.weights.dtype)
        return Relaxed(point, Prices(nothing), work=work)
    point[part.free] = found.share
    need = 0 if instance.must is None else max(0, round(found.need * FINE))
    bent = np.zeros(len(instance.weights), bool)
    if guess is not None:
        bent[part.rows] = found.rows[part.group]
    prices = Prices(_spread(instance, part, found.prices, need), need)
    return Relaxed(point, prices, bent, work)


def work_of(entries: int) -> int:
    """What a linear programme over so many pairs of demand and site costs."""
    return 1 + entries // _SIZE


def _guess(instance: Instance, part: Part, near: Relaxed) -> tuple[Floats, Mask] | None:
    """Known prices as shares of what the rows weigh, and the merged rows that bent."""
    if near.bent is None:
        return None
    weights = part.summed(instance.weights) * FINE
    paid = np.where(weights > 0, part.summed(near.prices.rows) / np.maximum(weights, 1), 0.0)
    return paid, part.summed(near.bent.astype(np.int64)) > 0


def _impossible(instance: Instance, chosen: Mask, barred: Mask) -> Prices:
    """Prices that show that what must be covered cannot be, if that is so."""
    assert instance.must is not None  # noqa: S101
    least = replace(instance, weights=instance.must, must=None, need=0)
    prices = relax(least, chosen, barred).prices
    lacking = instance.need * FINE - bound_of(least, prices, chosen, barred).value
    times = 0 if lacking <= 0 else int(instance.weights.sum()) * FINE // lacking + 2
    return Prices(prices.rows * times, times * FINE)


def _settled(instance: Instance, part: Part) -> Prices:
    """Prices where nothing is left to decide: what is not covered is paid for in full."""
    return Prices(np.where(part.done, 0, instance.weights * FINE))


def _spread(instance: Instance, part: Part, found: Floats, need: int) -> Whole:
    """Prices of merged rows as whole numbers, shared among their rows; no row above its weight.

    A row that a chosen site covers costs nothing more; one that no free site reaches is paid for
    in full and stands in no bound.
    """
    weights = scaled(instance, need)
    made = np.where(part.done, 0, weights)
    order = np.argsort(part.group, kind="stable")
    rows, group = part.rows[order], part.group[order]
    mine = weights[rows]
    total = np.concatenate([[0], np.cumsum(mine)])
    starts = np.searchsorted(group, np.arange(part.matrix.shape[0]))
    before = total[:-1] - total[starts][group]
    if mine.dtype == object:
        pool = np.array([round(float(v) * FINE) for v in found.tolist()], dtype=object)
    else:
        pool = np.rint(found * FINE).astype(np.int64)
    made[rows] = np.clip(pool[group] - before, 0, mine)
    return made


def fewest(instance: Instance, need: int) -> int:
    """About how few sites can cover `need`: the relaxation rounded up. A guess, not a proof."""
    from scipy.optimize import linprog

    part = part_of(instance, instance.held, instance.barred & ~instance.held)
    held = int(instance.held.sum())
    count, sites = part.matrix.shape
    lacking = need - int(instance.weights[part.done].sum())
    if lacking <= 0 or not sites or not count:
        return held
    weights = np.concatenate([np.zeros(sites), -part.summed(instance.weights)])
    found = linprog(
        np.concatenate([np.ones(sites), np.zeros(count)]),
        A_ub=sp.vstack([links(part.matrix), sp.csr_matrix(weights)]).tocsr(),
        b_ub=np.concatenate([np.zeros(count), [-float(lacking)]]),
        bounds=(0, 1),
        method="highs-ds",
    )
    return held if found.x is None else held + int(np.ceil(found.fun - 1e-6))
