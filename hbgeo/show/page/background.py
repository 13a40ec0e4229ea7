"""Background layers for the page: simplified, on a grid, the largest shapes first, of bounded size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Shapes
from hbgeo.read.crs import CGCS2000, metric_crs
from hbgeo.read.table import LayerTable
from hbgeo.show.page.pack import PartWriter

MOST = 3_000_000  # signs of the page
GRID = 20_000  # cells along the longer side of the map
MARGIN = 0.03  # of the map's sides: what lies farther out is left out
_STEPS = 4000  # the smallest detail kept is the map's extent over this, at first
_TRIES = 3  # each with details twice as large; then the smallest shapes are dropped
LINE, AREA, POINT = 0, 1, 2
WATER, ROAD, OTHER = 0, 1, 2
_WATER = re.compile(
    r"[江河湖海溪渠塘潭水港沟]|水库|river|lake|water|stream|canal|reservoir", re.IGNORECASE
)
_ROAD = re.compile(r"[路道桥街]|高速|铁路|road|rail|street|motorway|trunk|primary|secondary|highway", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Background:
    """What lies under the map.

    Attributes
    ----------
    part
        Lines, areas and names, packed; "" where there are none.
    shapes, dropped
        How many are drawn, and how many of the smallest were left out for the page's size.
    """

    part: str = ""
    shapes: int = 0
    dropped: int = 0


def make_background(
    tables: Sequence[LayerTable], bounds: Sequence[float] | None, *, most: int = MOST
) -> Background:
    """Put background layers into a part of at most so many signs.

    Parameters
    ----------
    bounds
        West, south, east and north of the map; None where it has no polygons.
    """
    if not tables or bounds is None:
        return Background()
    frame = _cut(pd.concat([_styled(table) for table in tables], ignore_index=True), bounds)
    if frame.empty:
        return Background()
    metric = metric_crs((bounds[0], bounds[1], bounds[2], bounds[3]))
    flat = gpd.GeoSeries(frame["geometry"], crs=CGCS2000).to_crs(metric).to_numpy()
    extent = np.ptp(shapely.get_coordinates(flat), axis=0).max()
    order = np.lexsort([np.arange(len(flat)), -_size(flat)])
    frame, flat = frame.iloc[order], flat[order]
    for doubled in range(_TRIES):
        plain = shapely.simplify(flat, extent / _STEPS * 2**doubled)
        shapes = gpd.GeoSeries(plain, crs=metric).to_crs(CGCS2000).to_numpy()
        part = _encode(shapes, frame, bounds)
        if len(part) <= most:
            return Background(part, len(frame))
    kept = len(frame)
    while len(part) > most and kept:
        kept = min(kept - 1, int(kept * 0.95 * most / len(part)))
        part = _encode(shapes[:kept], frame.iloc[:kept], bounds)
    return Background(part, kept, len(frame) - kept)


def bounds_of(units: Mapping[str, pd.DataFrame]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of all polygons; None where there are none."""
    shapes = [frame.geometry.to_numpy() for frame in units.values() if "geometry" in frame]
    every = np.concatenate(shapes) if shapes else np.array([], dtype=object)
    if not len(every) or shapely.is_empty(every).all():
        return None
    west, south, east, north = (float(side) for side in shapely.total_bounds(every))
    return west, south, east, north


def _styled(table: LayerTable) -> pd.DataFrame:
    """Name, shape, and whether it is water, a road or something else, of single shapes."""
    frame = table.frame
    known = zip(frame["kind"], frame["name"], strict=True)
    style = [_style_of(f"{kind or name}", table.key) for kind, name in known]
    parts, owner = shapely.get_parts(frame["geometry"].to_numpy(), return_index=True)
    named = np.r_[True, owner[1:] != owner[:-1]] if len(owner) else np.zeros(0, bool)
    names = np.where(named, frame["name"].to_numpy(dtype=object)[owner], "")
    at = np.array(style, dtype=np.int64)[owner]
    return pd.DataFrame({"geometry": parts, "name": names, "style": at})


def _style_of(said: str, key: str) -> int:
    for text in (key, said):
        for style, pattern in ((WATER, _WATER), (ROAD, _ROAD)):
            if pattern.search(text):
                return style
    return OTHER


def _cut(frame: pd.DataFrame, bounds: Sequence[float]) -> pd.DataFrame:
    """What lies on the map or a little beyond, cut there."""
    west, south, east, north = bounds
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    box = (west - wide, south - high, east + wide, north + high)
    shapes = frame["geometry"].to_numpy()
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    cut = shapely.intersection(shapes, shapely.box(*box))
    parts, owner = shapely.get_parts(cut, return_index=True)
    filled = ~shapely.is_empty(parts)
    parts, owner = parts[filled], owner[filled]
    again = np.r_[False, owner[1:] == owner[:-1]] if len(owner) else np.zeros(0, bool)
    made = frame.iloc[owner].assign(geometry=parts)
    return made.assign(name=made["name"].where(~again, ""))


def _size(flat: Shapes) -> NDArray[np.float64]:
    """How large a shape is drawn, in metres; points are names, and as large as a small town."""
    boxes = shapely.bounds(flat)
    spans = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    return np.where(shapely.get_dimensions(flat) == 0, 5000.0, np.nan_to_num(spans))


def _encode(shapes: Shapes, frame: pd.DataFrame, bounds: Sequence[float]) -> str:
    """Runs of points on a grid, each with its style, and the names with where they stand."""
    step = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) / GRID
    oriented = shapely.orient_polygons(shapes)
    dimension = shapely.get_dimensions(oriented)
    runs, owner = _runs(oriented)
    points, run = shapely.get_coordinates(runs, return_index=True)
    cells = np.rint((points - np.array(bounds[:2])) / step).astype(np.int64)
    named = np.flatnonzero((frame["name"] != "").to_numpy())
    places = shapely.get_coordinates(shapely.point_on_surface(oriented[named]))
    at = np.rint((places - np.array(bounds[:2])) / step).astype(np.int64).reshape(-1, 2)
    part = PartWriter()
    head: dict[str, Any] = {
        "west": bounds[0], "south": bounds[1], "step": step,
        "counts": part.whole(np.bincount(run, minlength=len(runs))),
        "kinds": part.whole(frame["style"].to_numpy()[owner] * 2 + (dimension[owner] == 2)),
        "x": part.steps(cells[:, 0]), "y": part.steps(cells[:, 1]),
        "names": frame["name"].to_numpy()[named].tolist(),
        "nameX": part.steps(at[:, 0]), "nameY": part.steps(at[:, 1]),
    }  # fmt: skip
    return part.pack(head)


def _runs(shapes: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Lines as they are and areas as their rings, in order; points have none."""
    rings, ring_of = shapely.get_rings(shapes, return_index=True)
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    owner = np.concatenate([ring_of, lines])
    order = np.argsort(owner, kind="stable")
    made = np.concatenate([rings, shapes[lines]])
    return made[order], owner[order].astype(np.int64)
