"""Polygons for the page: simplified as a coverage, then one TopoJSON for all levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from topojson.core.topology import Topology

from hbgeo.read.datum import CGCS2000, metric_crs

STEPS = 4000  # the smallest detail kept is the map's extent over this
GRID = 12_000  # quantisation cells along each axis
NESTED = 0.02  # parts that miss no more of a unit's area than this make it up

Polygons = NDArray[np.object_]


def encode_units(levels: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Any]:
    """Simplify the polygons of each level and put them into one topology.

    Parameters
    ----------
    levels
        Level → polygons in CGCS2000 indexed by code, with the codes of their parents.

    Returns
    -------
    payload
        `topology` (one object a level, geometries in the frame's order), `labels` (a point
        inside each unit by level) and `bounds` (west, south, east, north).

    Notes
    -----
    Neighbours keep one common border. Where the units of one level make up those of the next,
    the outlines of the larger are drawn from the smaller, so that no line stands twice.
    """
    filled = {level: frame for level, frame in levels.items() if len(frame)}
    if not filled:
        return {"topology": None, "labels": {}, "bounds": None}
    bounds = _bounds(filled.values())
    plain = _simplify(filled, bounds)
    topology = Topology(
        [gpd.GeoDataFrame(geometry=shape) for shape in plain.values()],
        object_name=list(plain),
        prequantize=GRID,
        shared_coords=False,  # as good on a coverage, and twice as fast
    ).to_dict()
    return {
        "topology": _plain_topology(topology),
        "labels": {level: _label_points(shape) for level, shape in plain.items()},
        "bounds": [round(float(side), 5) for side in bounds],
    }


def _simplify(
    levels: Mapping[str, gpd.GeoDataFrame], bounds: NDArray[np.float64]
) -> dict[str, gpd.GeoSeries]:
    """Simplify in metres, each level as a whole, and come back to degrees."""
    west, south, east, north = (float(side) for side in bounds)
    metric = metric_crs((west, south, east, north))
    flat = {level: frame.geometry.to_crs(metric) for level, frame in levels.items()}
    tolerance = _extent(flat) / STEPS
    plain = {
        level: gpd.GeoSeries(
            shapely.coverage_simplify(shape.to_numpy(), tolerance), index=shape.index, crs=metric
        )
        for level, shape in flat.items()
    }
    order = [level for level in ("township", "county", "prefecture", "province") if level in plain]
    for lower, upper in pairwise(order):
        parents = levels[lower].get(f"{upper}_code")
        made_up = None if parents is None else _merge(plain[lower], parents, plain[upper])
        plain[upper] = plain[upper] if made_up is None else made_up
    return {level: shape.to_crs(CGCS2000) for level, shape in plain.items()}


def _merge(parts: gpd.GeoSeries, parents: pd.Series, wholes: gpd.GeoSeries) -> gpd.GeoSeries | None:
    """Union the parts of each whole; None unless they make up every whole."""
    groups = parents.groupby(parents).groups
    if set(groups) != set(wholes.index):
        return None
    unions = [shapely.coverage_union_all(parts[groups[code]].to_numpy()) for code in wholes.index]
    merged = gpd.GeoSeries(unions, index=wholes.index, crs=wholes.crs)
    off = (merged.area - wholes.area).abs() / wholes.area
    return merged if bool((off <= NESTED).all()) else None


def _extent(shapes: Mapping[str, gpd.GeoSeries]) -> float:
    west, south, east, north = _bounds(shapes.values())
    return float(max(east - west, north - south))


def _bounds(frames: Iterable[gpd.GeoDataFrame | gpd.GeoSeries]) -> NDArray[np.float64]:
    boxes = np.array([frame.total_bounds for frame in frames], dtype=np.float64)
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def _label_points(shapes: gpd.GeoSeries) -> list[list[float] | None]:
    """A point inside each polygon: its centroid where that lies inside, as names sit best there."""
    return [_label_point(shape) for shape in shapes]


def _label_point(shape: BaseGeometry) -> list[float] | None:
    if shape.is_empty:
        return None
    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    centre = shapely.centroid(largest)
    if not largest.contains(centre):
        centre = shapely.point_on_surface(largest)
    return [round(centre.x, 3), round(centre.y, 3)]


def _plain_topology(topology: dict[str, Any]) -> dict[str, Any]:
    """Only what the page reads: transform, arcs, and for each object its geometries' arcs."""
    transform = topology["transform"]
    return {
        "scale": [float(step) for step in transform["scale"]],
        "translate": [float(start) for start in transform["translate"]],
        "arcs": topology["arcs"],
        "objects": {
            level: [_polygon_arcs(shape) for shape in collection["geometries"]]
            for level, collection in topology["objects"].items()
        },
    }


def _polygon_arcs(shape: dict[str, Any]) -> list[Any]:
    """Every unit as a list of polygons, each a list of rings of arc numbers."""
    arcs = shape.get("arcs") or []
    return [arcs] if shape["type"] == "Polygon" else list(arcs)
