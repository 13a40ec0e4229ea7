"""Shortest ways from places to facilities: SciPy's Dijkstra, bounded, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Ints
from hbgeo.measure.distance import ecef
from hbgeo.measure.graph import UNITS, Network, Whole, least
from hbgeo.measure.snapping import Snaps
from hbgeo.measure.speeds import FOOT_KMH

_BATCH = 160_000_000  # bytes of dense distances at a time
Progress = Callable[[int, int], None]
Arcs = tuple[Ints, Ints, Whole]


@dataclass(frozen=True)
class Routes:
    """A network with places and facilities upon it, each a node of its own.

    Attributes
    ----------
    arcs
        Tail, head, whole cost.
    nodes
        How many there are: those of the network first.
    places, facilities
        The number of the first node of either; they follow each other.
    """

    arcs: Arcs
    nodes: int
    places: int
    facilities: int


def lay_routes(
    network: Network, places: pd.DataFrame, facilities: pd.DataFrame, snaps: tuple[Snaps, Snaps], by: str
) -> Routes:  # fmt: skip
    """Set places and facilities on a network: on foot from the place to the road and on to the facility.

    The road is cut where one comes to it. Who has as far to the road and from it as straight on
    walks straight on. Costs are whole (see `UNITS`).
    """
    here, there = snaps
    stretch = np.concatenate([here.stretch, there.stretch])
    at = np.concatenate([here.at, there.at])
    node, nodes, pieces = _cut(network, stretch, at, by)
    first_place, first_facility = nodes, nodes + len(places)
    on, off = node[: len(here.stretch)], node[len(here.stretch) :]
    walks = (
        (first_place + here.point, on, _on_foot(here.walk, by)),
        (off, first_facility + there.point, _on_foot(there.walk, by)),
    )
    place, facility, metres = _straight_on(places, facilities, here.metres, there.metres)
    straight = (first_place + place, first_facility + facility, _on_foot(metres, by))
    more = _joined(pieces, *walks, straight)
    arcs = _joined(network.arcs(by), least(*more))
    return Routes(arcs, first_facility + len(facilities), first_place, first_facility)


def costs_within(
    routes: Routes, places: int, facilities: int, limit: float, progress: Progress | None = None
) -> Iterator[tuple[Ints, Ints, Floats]]:
    """Place, facility and whole cost of every way that costs at most so much; in batches.

    One search a facility, against the direction of travel; one a place where those are fewer.
    `progress` is told how many are done, and of how many.
    """
    from scipy.sparse.csgraph import dijkstra

    tail, head, cost = routes.arcs
    swap = places < facilities
    graph = _matrix(routes, (tail, head) if swap else (head, tail), cost.astype(float))
    ends = {False: (routes.places, places), True: (routes.facilities, facilities)}
    (source, many), (target, width) = ends[not swap], ends[swap]
    step = max(1, _BATCH // (8 * routes.nodes))
    for low in range(0, many, step):
        some = np.arange(low, min(low + step, many))
        if progress:
            progress(low, many)
        found = dijkstra(graph, indices=source + some, limit=limit)[:, target : target + width]
        one, other = np.nonzero(np.isfinite(found))
        pair = (some[one], other) if swap else (other, some[one])
        yield pair[0].astype(np.int32), pair[1].astype(np.int32), found[one, other]


def least_costs(routes: Routes, rank: Whole, limit: float = np.inf) -> tuple[Ints, Floats]:
    """Of every node the facility that is reached at the least whole cost, and that cost.

    Parameters
    ----------
    rank
        Of each facility, 0 upwards: of those as near the one of least rank is taken.

    Returns
    -------
    rank, cost
        Of each node; -1 and inf where no facility is reached.
    """
    from scipy.sparse.csgraph import dijkstra

    tail, head, cost = routes.arcs
    many = max(len(rank), 1)
    last = head >= routes.facilities  # one search tells ties apart: cost × many + rank
    cost = cost * many
    cost[last] += rank[head[last] - routes.facilities]
    graph = _matrix(routes, (head, tail), cost.astype(float))
    sources = routes.facilities + np.arange(len(rank))
    if not len(sources):
        return np.full(routes.nodes, -1, np.int32), np.full(routes.nodes, np.inf)
    bound = limit * many + many - 1
    found = dijkstra(graph, indices=sources, min_only=True, limit=bound)
    there = np.isfinite(found)
    whole = np.where(there, found, 0).astype(np.int64)
    return np.where(there, whole % many, -1).astype(np.int32), np.where(
        there, whole // many, np.inf
    )


def _matrix(routes: Routes, ends: tuple[Ints, Ints], cost: Floats) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((cost, ends), (routes.nodes, routes.nodes))


def _cut(network: Network, stretch: Ints, at: Whole, by: str) -> tuple[Ints, int, Arcs]:
    """Cut stretches at places upon them.

    Returns
    -------
    node, nodes, pieces
        The node of each place, how many there are then, and the arcs between them. The cost of a
        stretch is parted as its length is, in whole numbers that add up to it.
    """
    whole, cost, n = network.costs["metres"], network.costs[by], len(network.x)
    inner = (at > 0) & (at < whole[stretch])
    wide = int(whole.max(initial=0)) + 1
    keys, of = np.unique(stretch[inner].astype(np.int64) * wide + at[inner], return_inverse=True)
    node = np.where(at == 0, network.start[stretch], network.end[stretch])
    node[inner] = n + of
    on, along = keys // wide, keys % wide
    edges = np.unique(on)
    zero = np.zeros(len(edges), np.int64)
    stops = np.concatenate([edges, on, edges])
    where = np.concatenate([zero, along, whole[edges]])
    name = np.concatenate([network.start[edges], n + np.arange(len(keys)), network.end[edges]])
    order = np.lexsort((where, stops))
    stops, where, name = stops[order], where[order], name[order]
    spent = np.rint(cost[stops] * (where / whole[stops])).astype(np.int64)
    same = stops[1:] == stops[:-1]
    tail, head, on, step = name[:-1][same], name[1:][same], stops[1:][same], np.diff(spent)[same]
    forth, back = network.forth[on], network.back[on]
    pieces = _joined((tail[forth], head[forth], step[forth]), (head[back], tail[back], step[back]))
    return node, n + len(keys), pieces


def _straight_on(
    places: pd.DataFrame, facilities: pd.DataFrame, here: Floats, there: Floats
) -> tuple[Ints, Ints, Floats]:
    """Pairs that are no farther from each other than both are from the road, and how far."""
    from scipy.spatial import cKDTree

    a, b = np.flatnonzero(~np.isnan(here)), np.flatnonzero(~np.isnan(there))
    if not len(a) or not len(b):
        none = np.zeros(0, np.int32)
        return none, none, np.zeros(0)
    p, f = (ecef(*(t[c].to_numpy(float)[k] for c in "xy")) for t, k in ((places, a), (facilities, b)))  # fmt: skip
    balls = cKDTree(f).query_ball_point(p, here[a] + there[b].max())
    one = np.repeat(np.arange(len(a)), [len(ball) for ball in balls])
    other = np.fromiter((k for ball in balls for k in ball), np.intp, len(one))
    chord = np.linalg.norm(p[one] - f[other], axis=1)  # of 4 km, a tenth of a millimetre short
    near = chord <= here[a[one]] + there[b[other]]
    return a[one[near]].astype(np.int32), b[other[near]].astype(np.int32), chord[near]


def _on_foot(metres: Floats, by: str) -> Whole:
    a_metre = 60 / (FOOT_KMH * 1000) if by == "minutes" else 1.0
    return np.rint(metres * a_metre * UNITS[by]).astype(np.int64)


def _joined(*some: Arcs) -> Arcs:
    tail, head, cost = (np.concatenate(column) for column in zip(*some, strict=True))
    return tail, head, cost
