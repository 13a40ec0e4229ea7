"""Who is reached, a second time: radius, roads and catchment in lists and dicts, slow and obvious.

It imports nothing of the package. Distances are pyproj's geodesics; areas are measured in an
azimuthal projection about each unit; roads are a dict of arcs and Dijkstra a heap.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import exp, hypot
from typing import Any

import numpy as np
import shapely
from pyproj import Geod, Transformer

GEOD = Geod(ellps="GRS80")
FOOT = 5 / 60  # kilometres a minute
FAR = 2000
Point = tuple[float, float]
Pairs = dict[tuple[Any, Any], float]
SPEED = {
    "高速公路": 80, "国道": 60, "省道": 50, "县道": 40, "乡道": 30, "村道": 20, "城市道路": 30,
    "街巷": 15, "其他": 20, "": 20,
}  # fmt: skip


def metres(a: Point, b: Point) -> float:
    """Geodesic distance."""
    return float(GEOD.inv(*a, *b)[2])


def within(places: Mapping[Any, Point], sites: Mapping[Any, Point], limit: float) -> Pairs:
    """Every pair within so many metres."""
    made: Pairs = {}
    for p, here in places.items():
        for f, there in sites.items():
            if abs(here[1] - there[1]) * 110_000 <= limit and (far := metres(here, there)) <= limit:
                made[p, f] = far
    return made


def share(shape: Any, sites: Sequence[Point], radius: float) -> float:
    """The part of a polygon's area within a radius of any site."""
    middle = shapely.centroid(shape)
    flat = Transformer.from_crs(
        "EPSG:4490", f"+proj=laea +lat_0={middle.y} +lon_0={middle.x} +ellps=GRS80", always_xy=True
    )
    plane = lambda g: shapely.transform(g, lambda xy: np.column_stack(flat.transform(*xy.T)))  # noqa: E731
    west, south, east, north = shapely.bounds(shape)
    wide = radius / 80_000  # degrees, and some more
    discs = []
    for x, y in sites:
        if west - wide < x < east + wide and south - wide < y < north + wide:
            ways = np.arange(0, 360, 0.5)
            n = len(ways)
            lon, lat, _ = GEOD.fwd(np.full(n, x), np.full(n, y), ways, np.full(n, radius))
            discs.append(shapely.Polygon(np.column_stack([lon, lat])))
    mine = plane(shapely.segmentize(shape, 0.01))
    reach = shapely.union_all([plane(d) for d in discs])
    return float(shapely.area(shapely.intersection(mine, reach)) / shapely.area(mine))


# ------------------------------------------------------------------ roads


class Roads:
    """Roads as arcs between corners, with what was put upon them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.pieces: list[tuple[Point, Point, float, float, bool, bool]] = []
        self.arcs: dict[Any, list[tuple[Any, float, float]]] = {}
        for row in rows:
            if row["class"] == "非机动车道":
                continue
            given = row["speed_kmh"]
            speed = given if given and 0 < given <= 150 else SPEED[row["class"]]
            forth, back = row["oneway"] != "反向", row["oneway"] != "是"
            corners = [(round(x, 7), round(y, 7)) for x, y in row["line"]]
            for a, b in pairwise(corners):
                if a != b:
                    self.pieces.append((a, b, metres(a, b), speed, forth, back))
                    self._arc(a, b, metres(a, b), speed, forth=forth, back=back)

    def _arc(self, a: Any, b: Any, long: float, speed: float, *, forth: bool, back: bool) -> None:
        minutes = long / speed * 0.06
        for tail, head in [(a, b)] * forth + [(b, a)] * back:
            self.arcs.setdefault(tail, []).append((head, minutes, long))

    def put(self, name: Any, point: Point, *, place: bool) -> float:
        """Set a place or a facility beside the nearest road; how far that is, or inf."""
        flat = Transformer.from_crs(
            "EPSG:4490", f"+proj=aeqd +lat_0={point[1]} +lon_0={point[0]} +ellps=GRS80", always_xy=True
        )  # fmt: skip
        feet = []
        for a, b, long, speed, forth, back in self.pieces:
            (ax, ay), (bx, by) = flat.transform(*a), flat.transform(*b)
            dx, dy = bx - ax, by - ay
            along = min(1.0, max(0.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
            feet.append((hypot(ax + along * dx, ay + along * dy), along, a, b, long, speed, forth, back))  # fmt: skip
        near = min(f[0] for f in feet)
        if near > FAR:
            return float("inf")
        for far, along, a, b, long, speed, forth, back in feet:
            if far <= near + 1e-3:
                self._stop(name, far, place=place, piece=(along, a, b, long, speed, forth, back))
        return near

    def _stop(self, name: Any, far: float, *, place: bool, piece: tuple[Any, ...]) -> None:
        along, a, b, long, speed, forth, back = piece
        stop = ("stop", a, b, round(along, 9), forth, back)
        # of several upon one piece each must be cut from the next: they are joined in `join`
        self.stops = getattr(self, "stops", {})
        self.stops.setdefault((a, b, long, speed, forth, back), set()).add((along, stop))
        walk = far / 1000 / FOOT
        if place:
            self.arcs.setdefault(name, []).append((stop, walk, far))
        else:
            self.arcs.setdefault(stop, []).append((name, walk, far))

    def join(self) -> None:
        """Cut each piece at all stops upon it."""
        for (a, b, long, speed, forth, back), stops in getattr(self, "stops", {}).items():
            row = [(0.0, a), *sorted(stops, key=lambda s: s[0]), (1.0, b)]
            for (one, tail), (other, head) in pairwise(row):
                self._arc(tail, head, (other - one) * long, speed, forth=forth, back=back)

    def costs(self, place: Any, by: str) -> dict[Any, float]:
        """The least cost from a place to everything."""
        done: dict[Any, float] = {}
        heap: list[tuple[float, int, Any]] = [(0.0, 0, place)]
        count = 0
        while heap:
            cost, _, node = heapq.heappop(heap)
            if node in done:
                continue
            done[node] = cost
            for head, minutes, long in self.arcs.get(node, []):
                count += 1
                heapq.heappush(heap, (cost + (minutes if by == "minutes" else long), count, head))
        return done


def by_road(
    rows: Sequence[Mapping[str, Any]],
    places: Mapping[Any, Point],
    sites: Mapping[Any, Point],
    by: str,
) -> Pairs:
    """The cost of every pair of which the one gets to the other."""
    roads = Roads(rows)
    off = {("p", k): roads.put(("p", k), xy, place=True) for k, xy in places.items()}
    off |= {("f", k): roads.put(("f", k), xy, place=False) for k, xy in sites.items()}
    roads.join()
    made: Pairs = {}
    for p, here in places.items():
        found = roads.costs(("p", p), by)
        for f, there in sites.items():
            ways = [found[("f", f)]] if ("f", f) in found else []
            both = off["p", p] + off["f", f]
            if both < float("inf") and (far := metres(here, there)) <= both:
                ways.append(far / 1000 / FOOT if by == "minutes" else far)
            if ways:
                made[p, f] = min(ways)
    return made


# ------------------------------------------------------------------ catchment


def weight(cost: float, catchment: float, decay: str) -> float:
    """What a pair counts for."""
    part = cost / catchment
    if part > 1:
        return 0.0
    if decay == "step":
        return 1.0 if part <= 1 / 3 else 0.68 if part <= 2 / 3 else 0.22
    if decay == "gaussian":
        return (exp(-part * part / 2) - exp(-0.5)) / (1 - exp(-0.5))
    return 1.0


def catchment(
    demand: Mapping[Any, float], supply: Mapping[Any, float], pairs: Pairs, far: float, decay: str
) -> tuple[dict[Any, Fraction], list[Any]]:
    """The score of each place, in exact fractions, and the facilities that nobody comes to."""
    pull = dict.fromkeys(supply, Fraction())
    heavy = {
        pair: Fraction(weight(cost, far, decay)) for pair, cost in pairs.items() if cost <= far
    }
    for (p, f), w in heavy.items():
        pull[f] += w * Fraction(demand[p])
    score = dict.fromkeys(demand, Fraction())
    for (p, f), w in heavy.items():
        if pull[f]:
            score[p] += w * Fraction(supply[f]) / pull[f]
    return score, [f for f, amount in supply.items() if amount and not pull[f]]
