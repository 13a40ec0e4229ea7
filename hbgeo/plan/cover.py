"""Who would serve whom: candidates against what is to be covered, and what exists already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask, Numbers
from hbgeo.measure.distance import arc, ecef, has_point, nearest
from hbgeo.measure.filters import match
from hbgeo.measure.pairs import via_bits
from hbgeo.plan.candidates import Candidates
from hbgeo.plan.demand import Demand
from hbgeo.read.indicator import Clause, Indicator
from hbgeo.workspace import Workspace

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def facts_wanted(one: Indicator) -> dict[str, str]:
    """What a facility must say of itself to count for an indicator: the first value of each filter.

    Of several filters the first that takes a facility for the unit it stands in.
    """
    clauses = one.where or (Clause({}),)
    near = [c for c in clauses if {"inside", "named"} & {*(c.via or one.via)}]
    return {column: values[0] for column, values in (near or clauses)[0].wanted.items()}


def ways_of(one: Indicator, facts: Mapping[str, str]) -> int:
    """The ways (bits) by which a facility of these facts may reach a unit: by every filter it passes."""
    row = pd.DataFrame({c: [tuple(v.split("+")) if "+" in v else v] for c, v in facts.items()})
    row = row if len(row.columns) else pd.DataFrame(index=[0])
    clauses = [c for c in one.where or (Clause({}),) if {*c.wanted} <= {*facts}]
    passed = [c for c in clauses if match(row, c)[0]]
    return via_bits({way for c in passed for way in c.via or one.via})


def presence_cover(
    workspace: Workspace, one: Indicator, demand: Demand, found: Candidates
) -> csr_matrix:
    """Demand × sites: a site covers the unit that it stands in or names, and those it serves."""
    level = one.units
    pairs = found.placements.pairs(found.table, level)
    pairs = pairs.where((pairs.via & np.int8(ways_of(one, facts_wanted(one)))) > 0)
    units = workspace.units(level)
    row = demand.frame.index.get_indexer(units.index)[pairs.unit]
    mine = row >= 0
    return matrix_of(row[mine], pairs.facility[mine].astype(np.intp), demand, found)


def straight_cover(demand: Demand, found: Candidates, radius_m: float) -> csr_matrix:
    """Demand × sites: a site covers whoever is within so many metres in a straight line (geodesic)."""
    from scipy.spatial import cKDTree

    here, there = (np.flatnonzero(has_point(f)) for f in (demand.frame, found.frame))
    ends = [
        tuple(frame[c].to_numpy(float)[at] for c in "xy")
        for frame, at in ((demand.frame, here), (found.frame, there))
    ]
    if not len(here) or not len(there):
        return matrix_of(here[:0], there[:0], demand, found)
    trees = [cKDTree(ecef(x, y)) for x, y in ends]
    near = trees[0].sparse_distance_matrix(trees[1], radius_m, output_type="ndarray")
    row, column, chord = near["i"], near["j"], near["v"]  # a chord is no longer than its arc
    (ax, ay), (bx, by) = ends
    close = arc(ax[row], ay[row], bx[column], by[column], chord) <= radius_m
    return matrix_of(here[row[close]], there[column[close]], demand, found)


def straight_covered(demand: Demand, facilities: pd.DataFrame, radius_m: float) -> Mask:
    """Whom the facilities that work reach already, as `by_radius` counts it."""
    metres = nearest(demand.frame, facilities)["metres"].to_numpy()
    return np.asarray(metres <= radius_m)


def matrix_of(row: Numbers, column: Numbers, demand: Demand, found: Candidates) -> csr_matrix:
    """Demand × sites of ones at some pairs, each once."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(row), dtype=np.int8)
    made = csr_matrix((ones, (row, column)), shape=(len(demand), len(found.frame)))
    made.data[:] = 1
    made.sort_indices()
    return made
