"""What a question can do without: rows covered along with others, sites that others outdo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from hbgeo.arrays import Mask
from hbgeo.measure.siting.instance import Instance

_MOST = 50_000_000  # pairs that share something; beyond, all are kept


def essential(instance: Instance) -> Instance:
    """Drop each row whose sites are more than those of another; the rest weigh 1 each."""
    rows = instance.rows[:, np.flatnonzero(~instance.barred)].tocsr()
    degree = np.asarray(rows.sum(axis=0)).ravel()
    keep = np.ones(rows.shape[0], bool)
    if int((degree.astype(float) ** 2).sum()) <= _MOST:
        shared = (rows @ rows.T).tocoo()
        size = np.diff(rows.indptr)
        larger, smaller = shared.row, shared.col
        within = (shared.data == size[smaller]) & (larger != smaller)
        twin = size[larger] == size[smaller]
        keep[larger[within & (~twin | (smaller < larger))]] = False
    kept = instance.rows[np.flatnonzero(keep)]
    ones = np.ones(kept.shape[0], dtype=np.int64)
    return replace(instance, rows=kept, sites=sp.csr_matrix(kept.T), weights=ones)


def dominated(instance: Instance) -> Mask:
    """Sites that cover nothing, or nothing that another admissible site does not cover as well.

    None where groups limit the choice. They may be dropped for one solve only: a refusal can make
    such a site the best there is.
    """
    none = np.zeros(len(instance.held), bool)
    degree = np.diff(instance.rows.indptr)
    if instance.group is not None or int((degree.astype(float) ** 2).sum()) > _MOST:
        return none
    shared = (instance.sites @ instance.rows).tocoo()
    size = np.diff(instance.sites.indptr)
    one, other = shared.row, shared.col
    outdone = (shared.data == size[one]) & (one != other) & ~instance.barred[other]
    outdone &= (size[other] > size[one]) | (other < one)
    none[one[outdone]] = True
    return np.asarray((none | (size == 0)) & ~instance.held)
