"""A plan made better part by part: a neighbourhood is set free and settled by a small tree.

Large neighbourhood search (Shaw 1998): the sites that share demand with a few chosen ones may
change, all others stay; each such question is small enough to be answered well.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.siting.tree import Growing

_SIZE = 25  # chosen sites set free at once, at most; and at most a third of them
_ROUNDS = 60
_EFFORT = 10  # programmes for one neighbourhood
_ALL = 100  # and for all
_SEED = 7


def polish(growing: Growing, rounds: int = _ROUNDS) -> None:
    """Better the best plan of a tree, neighbourhood by neighbourhood."""
    instance, tree = growing.instance, growing.tree
    if not tree.plans or instance.must is not None:
        return
    sharing = (instance.sites @ instance.sites.T).tocsr()
    sharing.data[:] = 1
    near = (sharing @ sharing).tocsr()
    random = np.random.default_rng(_SEED)
    spent = 0
    for _ in range(rounds):
        if growing.enough or spent >= _ALL:
            return
        value, plan = tree.plans[0]
        chosen = np.zeros(len(instance.held), bool)
        chosen[list(plan)] = True
        loose = np.flatnonzero(chosen & ~instance.held)
        if not len(loose):
            return
        out = _around(near, int(random.integers(len(chosen))), loose, random)
        stay = chosen.copy()
        stay[out] = False
        barred = instance.barred | (~_beside(near, out) & ~stay)
        small = Growing(replace(instance, held=stay, barred=barred), beat=value)
        grown = small.grow(_EFFORT, shaken=False)
        spent += grown.work
        for _, better in grown.plans:
            mask = np.zeros(len(chosen), bool)
            mask[list(better)] = True
            growing.offer(mask)


def _around(
    near: sp.csr_matrix, centre: int, loose: Numbers, random: np.random.Generator
) -> Numbers:
    """The chosen sites that share most with a site; those that share nothing in any order."""
    shared = np.zeros(near.shape[0])
    start, end = near.indptr[centre : centre + 2]
    shared[near.indices[start:end]] = near.data[start:end]
    order = np.argsort(-(shared[loose] + random.random(len(loose))), kind="stable")
    return np.asarray(loose[order[: min(_SIZE, max(3, len(loose) // 3))]])


def _beside(near: sp.csr_matrix, sites: Numbers) -> Mask:
    """The sites that share with one of some, directly or by one between."""
    return np.asarray(near[sites].sum(axis=0)).ravel() > 0
