"""Polygons for the page: simplified as a coverage, then one TopoJSON for all levels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hbgeo.arrays import Shapes
from hbgeo.measure.grid.index import Store
from hbgeo.read.crs import CGCS2000, metric_crs
from hbgeo.show.page.topology import encode_topology
from hbgeo.store.fingerprint import fingerprint, fingerprint_code

STEPS = 4000  # the smallest detail kept is the map's extent over this
GRID = 12_000  # quantisation cells along each axis
NESTED = 0.02  # parts that miss no more of a unit's area than this make it up


def encode_units(
    levels: Mapping[str, gpd.GeoDataFrame], *, store: Store | None = None
) -> dict[str, Any]:
    """Simplify the polygons of each level and put them into one topology.

    Parameters
    ----------
    levels
        Level → polygons in CGCS2000 indexed by code, with the codes of their parents.
    store
        Where topologies are kept from one page to the next.

    Returns
    -------
    topology
        `topology` as `encode_topology` gives it, units in the frame's order, `labels` (a point
        inside each unit by level) and `bounds` (west, south, east, north).

    Notes
    -----
    Neighbours keep one common border. Where the units of one level make up those of the next,
    the outlines of the larger are drawn from the smaller, so that no line stands twice.
    """
    filled = {level: frame for level, frame in levels.items() if len(frame)}
    if not filled:
        return {"topology": None, "labels": {}, "bounds": None}
    key = _key_of(filled)
    if store and (kept := store.get(key)):
        return dict(json.loads(kept))
    made = _encode(filled)
    if store:
        store.put(key, json.dumps(made, separators=(",", ":")).encode())
    return made


def _key_of(levels: Mapping[str, gpd.GeoDataFrame]) -> str:
    """The fingerprint of all that the topology comes from: code, shapes, and whose parts they are."""
    content = [fingerprint_code().encode()]
    for level, frame in levels.items():
        parents = [c for c in frame.columns if c.endswith("_code")]
        codes = [frame.index.tolist(), *(frame[c].fillna("").tolist() for c in parents)]
        content += [json.dumps([level, parents, *codes]).encode()]
        content += shapely.to_wkb(frame.geometry.to_numpy()).tolist()
    return fingerprint(b"\n".join(content))


def _encode(levels: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    bounds = _bounds(levels.values())
    plain = _simplify(levels, bounds)
    return {
        "topology": encode_topology(plain, GRID),
        "labels": {level: _label_points(shapes) for level, shapes in plain.items()},
        "bounds": [round(float(side), 5) for side in bounds],
    }


def _simplify(
    levels: Mapping[str, gpd.GeoDataFrame], bounds: NDArray[np.float64]
) -> dict[str, Shapes]:
    """Simplify in metres, each level as a whole, and come back to degrees."""
    west, south, east, north = (float(side) for side in bounds)
    metric = metric_crs((west, south, east, north))
    flat = {level: frame.geometry.to_crs(metric) for level, frame in levels.items()}
    tolerance = _extent(flat) / STEPS
    plain: dict[str, Shapes] = {}
    lower = ""
    for level in (one for one in ("township", "county", "prefecture", "province") if one in flat):
        shapes = flat[level].to_numpy()
        parents = levels[lower].get(f"{level}_code") if lower else None
        merged = None
        if parents is not None:
            known = parents.notna().to_numpy()
            owner = levels[level].index.get_indexer(pd.Index(parents[known]))
            merged = _merge(plain[lower][known], owner, shapes)
        plain[level] = shapely.coverage_simplify(shapes, tolerance) if merged is None else merged
        lower = level
    plain = {level: plain[level] for level in levels}
    return {
        level: gpd.GeoSeries(shapes, crs=metric).to_crs(CGCS2000).to_numpy()
        for level, shapes in plain.items()
    }


def _merge(parts: Shapes, owner: NDArray[np.intp], wholes: Shapes) -> Shapes | None:
    """Union the parts of each whole; None unless the parts make up every one."""
    if set(owner.tolist()) != set(range(len(wholes))):  # -1: no such whole
        return None
    unions = [_union(parts[owner == whole]) for whole in range(len(wholes))]
    area = shapely.area(wholes)
    off = np.abs(shapely.area(unions) - area)
    return np.array(unions, dtype=object) if bool((off <= NESTED * area).all()) else None


def _union(parts: Shapes) -> BaseGeometry:
    """Parts as one; neighbours whose borders share no nodes take the long way."""
    try:
        return shapely.coverage_union_all(parts)
    except shapely.GEOSException:
        return shapely.union_all(parts)


def _extent(shapes: Mapping[str, gpd.GeoSeries]) -> float:
    west, south, east, north = _bounds(shapes.values())
    return float(max(east - west, north - south))


def _bounds(frames: Iterable[gpd.GeoDataFrame | gpd.GeoSeries]) -> NDArray[np.float64]:
    boxes = np.array([frame.total_bounds for frame in frames], dtype=np.float64)
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _label_points(shapes: Shapes) -> list[list[float] | None]:
    """A point in each unit's largest part: its centroid if that is inside, as names sit best there."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    # the largest of each owner; of equal ones the first
    order = np.lexsort([-shapely.area(parts), owner])
    owner, first = np.unique(owner[order], return_index=True)
    largest = parts[order][first]
    points = shapely.centroid(largest)
    outside = ~shapely.contains(largest, points)
    points[outside] = shapely.point_on_surface(largest[outside])
    labels: list[list[float] | None] = [None] * len(shapes)
    for unit, x, y in zip(owner, shapely.get_x(points), shapely.get_y(points), strict=True):
        labels[unit] = [round(float(x), 3), round(float(y), 3)]
    return labels
