"""The map on the poster: polygons by class, borders, names, scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.read.crs import metric_crs
from hbgeo.show import look
from hbgeo.show.page.classes import NO_DATA, NOT_APPLICABLE, Classes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

WIDE, HIGH = 420.0, 297.0  # A3 in millimetres
MAP = (12.0, 24.0, 300.0, 236.0)  # left, bottom, width, height
POINT = 25.4 / 72  # millimetres
# colour and hatching, as matplotlib names it
COVER = ((look.COVERED, ""), (look.UNCOVERED, "////"))
APART = {
    NOT_APPLICABLE: ("不适用", look.NOT_APPLICABLE, "--"),
    NO_DATA: ("无数据", look.NO_DATA, "..."),
}


@dataclass(frozen=True)
class LegendKey:
    """One class of the legend."""

    code: int
    name: str
    colour: str
    hatch: str
    count: int
    first_met: bool = False


def draw_map(
    figure: Figure, shown: Classes, keys: Sequence[LegendKey], units: Mapping[str, pd.DataFrame]
) -> None:
    """Draw the units by class, with borders, names, scale and north.

    Parameters
    ----------
    keys
        The legend's classes, each with its colour and hatching.
    units
        Level → units with `geometry` in CGCS2000.
    """
    left, bottom, width, height = MAP
    frame_of_map = (left / WIDE, bottom / HIGH, width / WIDE, height / HIGH)
    axes = figure.add_axes(frame_of_map, xticks=[], yticks=[])
    flat = _flatten(units)
    frame = flat[str(shown.level)]
    for key in keys:
        shapes = frame.geometry.to_numpy()[shown.of == key.code]
        if len(shapes):
            _fill_shapes(axes, shapes, key)
    _draw_borders(axes, flat)
    _fit(axes, frame.total_bounds)
    _draw_names(axes, flat)
    _draw_scale(axes)
    _draw_north(axes)
    for side in axes.spines.values():
        side.set(color=look.QUIET, linewidth=0.6)


def _fill_shapes(axes: Axes, shapes: NDArray[np.object_], key: LegendKey) -> None:
    """All polygons of a class as one path, its hatching above it."""
    from matplotlib.patches import PathPatch

    path = _path_of(shapes)
    style: dict[str, Any] = {"facecolor": key.colour, "edgecolor": "white", "linewidth": 0.35}
    axes.add_patch(PathPatch(path, **style))
    if key.hatch:
        axes.add_patch(PathPatch(path, **hatching(key)))


def hatching(key: LegendKey) -> dict[str, Any]:
    """How a class is hatched, as matplotlib takes it."""
    light = key.colour == COVER[1][0] or key.hatch != "////"
    veil = look.clear_hex(look.VEIL, look.VEIL_PCT)
    ink = (look.HATCH if key.hatch == "////" else look.DOTS) if light else veil
    return {"facecolor": "none", "edgecolor": ink, "hatch": key.hatch, "linewidth": 0}


def _path_of(shapes: NDArray[np.object_]) -> Path:
    """Polygons as one path; holes run the other way, so that they stay empty."""
    from matplotlib.path import Path

    turned = shapely.orient_polygons(shapely.get_parts(shapes))
    rings = shapely.get_rings(turned)
    points, owner = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=np.uint8)
    codes[np.r_[True, owner[1:] != owner[:-1]]] = Path.MOVETO
    codes[np.r_[owner[1:] != owner[:-1], True]] = Path.CLOSEPOLY
    return Path(points, codes)


def _flatten(units: Mapping[str, pd.DataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """The polygons in metres, equal in area."""
    polygons = {k: f for k, f in units.items() if isinstance(f, gpd.GeoDataFrame) and len(f)}
    boxes = np.array([frame.total_bounds for frame in polygons.values()])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    crs = metric_crs((float(west), float(south), float(east), float(north)))
    return {level: frame.to_crs(crs) for level, frame in polygons.items()}


def _draw_borders(axes: Axes, flat: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Thin lines between counties, darker ones between prefectures, the edge darkest."""
    from matplotlib.collections import LineCollection

    finest = next(flat[level] for level in ("county", "township", *flat) if level in flat)
    ranks = (
        ("county", look.COUNTY_LINE, 0.5),
        ("prefecture", look.PREFECTURE_LINE, 1.0),
        ("", look.EDGE_LINE, 1.5),
    )
    for level, colour, width in ranks:
        column = f"{level}_code"
        if level and column not in finest:
            continue
        groups = finest[column] if level else pd.Series("", index=finest.index)
        grouped = finest.geometry.groupby(groups.to_numpy())
        wholes = [shapely.unary_union(np.asarray(shapes)) for _, shapes in grouped]
        rings = shapely.get_rings(shapely.get_parts(wholes))
        lines = [shapely.get_coordinates(ring) for ring in rings]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))


def _fit(axes: Axes, bounds: NDArray[np.float64]) -> None:
    """The units in the middle of the frame, with a margin; one scale both ways."""
    _, _, width, height = MAP
    west, south, east, north = bounds
    metres = 1.06 * max((east - west) / width, (north - south) / height)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle_x - metres * width / 2, middle_x + metres * width / 2)
    axes.set_ylim(middle_y - metres * height / 2, middle_y + metres * height / 2)
    axes.set_aspect("equal")


def _draw_names(axes: Axes, flat: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Prefectures, then counties, the larger first; none over another."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white", alpha=0.9)]
    metres = (axes.get_xlim()[1] - axes.get_xlim()[0]) / MAP[2]
    taken: list[tuple[float, float, float, float]] = []
    for level, size, weight in (("prefecture", 12, "bold"), ("county", 7.5, "normal")):
        if level not in flat:
            continue
        frame = flat[level][~flat[level].is_empty]
        for at in np.argsort(-frame.area.to_numpy(), kind="stable"):
            shape, name = frame.geometry.iloc[at], _broken(str(frame["name"].iloc[at]))
            point = shapely.centroid(shape)
            point = point if shape.contains(point) else shapely.point_on_surface(shape)
            box = _text_box(point.x, point.y, name, size * POINT * metres)
            if any(_overlap(box, other) for other in taken):
                continue
            taken.append(box)
            axes.text(
                point.x, point.y, name, size=size, weight=weight, ha="center", va="center",
                path_effects=halo, clip_on=True,
            )  # fmt: skip


def _broken(name: str) -> str:
    """A long name on two lines, after 族 where it has one."""
    if len(name) <= 6:
        return name
    cut = name.rfind("族", 0, (len(name) + 1) // 2) + 1
    cut = cut if cut > 2 else (len(name) + 1) // 2
    return f"{name[:cut]}\n{name[cut:]}"


def _text_box(x: float, y: float, text: str, em: float) -> tuple[float, float, float, float]:
    lines = text.split("\n")
    wide, high = max(map(len, lines)) * em * 0.53, len(lines) * em * 0.72
    return x - wide, y - high, x + wide, y + high


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _draw_scale(axes: Axes) -> None:
    """A bar of a round length, lower right."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    most = (east - west) / 6
    power = 10.0 ** np.floor(np.log10(most))
    length = next(step * power for step in look.SCALE_STEPS if step * power <= most)
    x, y = east - (east - west) * 0.045 - length, south + (north - south) * 0.03
    for n in range(4):
        colour = look.INK if n % 2 == 0 else "white"
        axes.barh(
            y, length / 4, left=x + n * length / 4, height=(north - south) * 0.006,
            color=colour, edgecolor=look.INK, linewidth=0.6,
        )  # fmt: skip
    unit = f"{length / 1000:g} 公里" if length >= 1000 else f"{length:g} 米"
    for at, text in ((x, "0"), (x + length, unit)):
        axes.text(at, y + (north - south) * 0.009, text, size=9, ha="center")


def _draw_north(axes: Axes) -> None:
    arrow = {"arrowstyle": "-|>", "color": look.INK, "lw": 1.4, "mutation_scale": 18}
    axes.annotate("", (0.965, 0.97), (0.965, 0.905), "axes fraction", arrowprops=arrow)
    axes.text(0.965, 0.885, "北", transform=axes.transAxes, size=13, ha="center")
