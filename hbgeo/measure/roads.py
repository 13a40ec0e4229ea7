"""Named roads as units: their ends and crossings, and which of these have a sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask, Shapes
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.pairs import Pairs
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.crs import GEOD
from hbgeo.read.table import LayerTable

ENDS = ("ends", "crossings")  # where a road's signs stand
_PARENTS = ("prefecture_code", "prefecture", "province_code", "province")
_DECIMALS = 5  # of degrees, about a metre: pieces of a road that meet so nearly are one
Point = tuple[float, float]


def make_roads(
    layer: LayerTable, counties: LayerTable, owners: pd.Series, townships: LayerTable | None
) -> LayerTable:
    """Put the lines of a layer together to roads: those of one 地名代码, or of one name in a township.

    Parameters
    ----------
    owners
        The county of each line by its middle, "" for none: where its row names none.

    Returns
    -------
    units
        By 地名代码, or by the unit's code and the name: `name`, `class` (and as `kind`), parents,
        `x`, `y` (the middle), `ends` and `crossings` with other named roads, tuples of points. Of
        a ring the corner of least longitude is the end. Roads of no known county are counted in
        `apart`, lines without a name nowhere.
    """
    frame = pd.DataFrame(layer.frame)
    named = frame[(frame["name"] != "").to_numpy()]
    county = named["county_code"].where(named["county_code"] != "", owners.reindex(named.index))
    town = named["township_code"]
    own = town.where(town != "", county) + "-" + named["name"].map(plain_name)
    code = named["place_code"].where(named["place_code"] != "", own)
    shapes = _merged(named["geometry"], code)
    first = named.assign(county_code=county, code=code).drop_duplicates("code").set_index("code")
    made = first.sort_index()[
        ["name", "class", "township_code", "place_code", "county_code"]
    ].copy()
    made["kind"] = made["class"]
    lines = np.array([shapes[c] for c in made.index], dtype=object)
    _place(made, lines)
    known = made["county_code"].isin(counties.frame.index).to_numpy()
    _inherit(made, counties.frame, townships)
    title, apart = LEVEL_NAMES["road"], layer.apart + int((~known).sum())
    return replace(
        layer, frame=made[known].rename_axis("code"), title=title, level="road", apart=apart
    )


def _place(roads: pd.DataFrame, lines: Shapes) -> None:
    """Say where each road ends, crosses others, and has its middle."""
    roads["ends"] = _tuples(map(_ends_of, lines))
    roads["crossings"] = _tuples(_crossings(lines))
    middle = shapely.line_interpolate_point(shapely.get_geometry(lines, 0), 0.5, normalized=True)
    roads["x"], roads["y"] = shapely.get_x(middle), shapely.get_y(middle)
    roads["seat_x"], roads["seat_y"] = roads["x"], roads["y"]


def _merged(lines: pd.Series, code: pd.Series) -> dict[str, Any]:
    """The pieces of each road put together."""
    pieces = lines.groupby(code)
    return {
        str(key): shapely.line_merge(shapely.union_all(some.to_numpy())) for key, some in pieces
    }


def _inherit(made: pd.DataFrame, counties: pd.DataFrame, townships: LayerTable | None) -> None:
    parents = {"county": "name"} | {c: c for c in _PARENTS if c in counties}
    for column, own in parents.items():
        known = counties[own].to_dict()
        made[column] = [known.get(code, "") for code in made["county_code"]]
    names = {} if townships is None else townships.frame["name"].to_dict()
    made["township"] = [names.get(code, "") for code in made["township_code"]]


def _tuples(values: Iterable[tuple[Point, ...]]) -> NDArray[np.object_]:
    listed = list(values)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made


def _ends_of(line: Any) -> tuple[Point, ...]:
    """Where only one piece of a road begins or ends; of a ring the corner of least longitude."""
    tips: Counter[Point] = Counter()
    places: dict[Point, Point] = {}
    for part in shapely.get_parts(line):
        corners = shapely.get_coordinates(part)
        for x, y in (corners[0], corners[-1]):
            near = (round(x, _DECIMALS), round(y, _DECIMALS))
            tips[near] += 1
            places.setdefault(near, (float(x), float(y)))
    ends = sorted(places[near] for near, many in tips.items() if many == 1)
    return tuple(ends) or (min((float(x), float(y)) for x, y in shapely.get_coordinates(line)),)


def _crossings(lines: NDArray[np.object_]) -> Iterator[tuple[Point, ...]]:
    """Where each road meets another: the points, and the ends of stretches that they share."""
    found: list[set[Point]] = [set() for _ in lines]
    tree = shapely.STRtree(lines)
    for one, other in tree.query(lines, predicate="intersects").T.tolist():
        if one < other:
            met = shapely.intersection(lines[one], lines[other])
            for part in shapely.get_parts(met):
                tips = shapely.get_coordinates(part)
                points = {(float(x), float(y)) for x, y in (tips[0], tips[-1])}
                found[one] |= points
                found[other] |= points
    for points in found:
        yield tuple(sorted(points))


def signed_roads(
    roads: pd.DataFrame, signs: pd.DataFrame, pairs: Pairs, at: Iterable[str], metres: float
) -> tuple[Pairs, Mask]:
    """Which roads have a sign that names them at each of their points.

    Parameters
    ----------
    roads
        Units of `make_roads`.
    signs
        `x`, `y`; a sign without them stands at no point.
    pairs
        Which sign names which road.
    at
        `ends`, `crossings` or both.
    metres
        How near to a point a sign must stand, over the ellipsoid.

    Returns
    -------
    pairs, covered
        The pairs whose sign stands at a point of its road; the roads of which no point is without.
    """
    points = _points_of(roads, tuple(at))
    x, y = (_numbers(signs, c) for c in "xy")
    near, seen = np.zeros(len(pairs.unit), bool), [set[int]() for _ in points]
    for k, (road, sign) in enumerate(
        zip(pairs.unit.tolist(), pairs.facility.tolist(), strict=True)
    ):
        there = points[road]
        if there and np.isfinite(x[sign]) and np.isfinite(y[sign]):
            far = _metres(there, x[sign], y[sign])
            hit = np.flatnonzero(far <= metres).tolist()
            near[k] = bool(hit)
            seen[road].update(hit)
    covered = np.array([len(s) == len(p) > 0 for s, p in zip(seen, points, strict=True)], bool)
    return pairs.where(near), covered


def _points_of(roads: pd.DataFrame, at: tuple[str, ...]) -> list[tuple[Point, ...]]:
    listed = [roads[part].tolist() for part in at]
    return [
        tuple(dict.fromkeys(p for part in parts for p in part))
        for parts in zip(*listed, strict=True)
    ]


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(float)


def _metres(points: tuple[Point, ...], x: float, y: float) -> Floats:
    """Geodesic distances from some points to one."""
    there = np.array(points)
    one = np.full(len(there), x), np.full(len(there), y)
    return np.asarray(GEOD.inv(there[:, 0], there[:, 1], *one)[2], dtype=float)
