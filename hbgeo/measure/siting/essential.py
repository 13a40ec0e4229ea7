"""Of rows that must all be covered, those that matter: whoever covers them covers the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from hbgeo.measure.siting.instance import Instance

_MOST = 50_000_000  # pairs of rows that share a site; beyond, all rows are kept


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
