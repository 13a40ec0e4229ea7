"""Polygons with common borders → TopoJSON arcs, each border once, as the page reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray


def encode_topology(levels: Mapping[str, NDArray[np.object_]], grid: int) -> dict[str, Any]:
    """Cut the outlines of all levels where they part, and store each piece once.

    Parameters
    ----------
    levels
        Level → polygons and multipolygons; some may be empty.
    grid
        Cells along each axis: a point is moved to its cell.

    Returns
    -------
    topology
        `arcs`: the points' columns and rows; but for an arc's first, as steps from the one before.
        `objects`: level → for each unit its polygons, each a list of rings, the outer first, each
        a list of arcs; `~arc` is one run through backwards. `scale` and `translate` turn cells
        into coordinates.

    References
    ----------
    M. Bostock, "How To Infer Topology", 2013; the library topojson.
    """
    from topojson.core.topology import Topology  # not where a page finds its topology kept

    made = Topology(
        [gpd.GeoDataFrame(geometry=shapes) for shapes in levels.values()],
        object_name=list(levels),
        prequantize=grid,
        shared_coords=False,  # as good on a coverage, and twice as fast
    ).to_dict()
    return {
        # far below a cell; another release of PROJ, on another system, differs in the last digit
        "scale": [float(f"{step:.12g}") for step in made["transform"]["scale"]],
        "translate": [round(float(start), 9) for start in made["transform"]["translate"]],
        "arcs": made["arcs"],
        "objects": {
            level: [_polygon_arcs(shape) for shape in collection["geometries"]]
            for level, collection in made["objects"].items()
        },
    }


def _polygon_arcs(shape: dict[str, Any]) -> list[Any]:
    """Every unit as a list of polygons, each a list of rings of arc numbers."""
    arcs = shape.get("arcs") or []
    return [arcs] if arcs and shape["type"] == "Polygon" else list(arcs)
