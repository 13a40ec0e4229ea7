"""Shapes that are not what they should be: none at all, or lines and polygons among points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hbgeo.arrays import Floats, Ints, Mask, Numbers
from hbgeo.errors import LayerError
from hbgeo.read.cell.column import without
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import Schema
from hbgeo.read.schema.tidy import Tidy

_POINT, _POLYGON, _MULTIPOINT, _MULTIPOLYGON, _COLLECTION = 0, 3, 4, 6, 7
_FIX = "是设施的，请在地图软件里改标为点后重新导出，或在台账里补填经度、纬度；不是的请删去"


@dataclass(frozen=True)
class Shapes:
    """The shapes of a file, reduced to their points.

    Attributes
    ----------
    points
        The points of each shape; None where it has none.
    odd
        The shapes that are more than one point, or none.
    count
        How many points each odd shape holds.
    kinds
        The type of each shape as it was.
    """

    points: NDArray[np.object_]
    odd: Mask
    count: Numbers
    kinds: Ints

    @property
    def pointless(self) -> Mask:
        """The shapes that hold no point."""
        return np.asarray(self.odd & (self.count == 0))


def usable(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with None for those that are empty or have a coordinate that is no number."""
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    lost = shapely.is_empty(shapes)
    lost[owner[~np.isfinite(corners).all(axis=1)]] = True
    if not lost.any():
        return shapes
    made = shapes.copy()
    made[lost] = None
    return made


def union_of(shapes: pd.Series) -> Any:
    """Shapes as one; to be asked of groups, of which pandas expects anything but a shape."""
    return shapely.union_all(shapes.to_numpy())


def xy_of(shapes: NDArray[np.object_], name: str) -> tuple[Floats, Floats]:
    """Take x and y of points, of several in one shape their middle; NaN where there is no shape.

    Raises
    ------
    LayerError
        If something else than points is there.
    """
    kinds = set(shapely.get_type_id(shapes).tolist())
    if not kinds <= {-1, _POINT, _MULTIPOINT}:
        raise LayerError(f"{name}：应为点图层")
    points = shapely.centroid(shapes)  # a multipoint of one; a point is its own
    return shapely.get_x(points), shapely.get_y(points)


def reduce_shapes(shapes: NDArray[np.object_]) -> Shapes | None:
    """Reduce shapes to their points; None where nothing is to be done, or no shape has a point."""
    kinds = shapely.get_type_id(shapes)
    single = (kinds == _MULTIPOINT) & (shapely.get_num_geometries(shapes) == 1)
    odd = ~(np.isin(kinds, (-1, _POINT)) | single)
    if not odd.any():
        return None
    at = np.flatnonzero(odd)
    inside = [_points_of(shape) for shape in shapes[at]]
    if not any(inside) and not (single | (kinds == _POINT)).any():
        return None
    points, count = shapes.copy(), np.zeros(len(shapes), np.int64)
    points[at] = [shapely.MultiPoint(some) if some else None for some in inside]
    count[at] = [len(some) for some in inside]
    return Shapes(points, odd, count, kinds)


def set_shapes_aside(made: Tidy, layer: str, schema: Schema) -> Tidy:
    """Put the rows aside whose shape holds no point, if other rows of the file have one.

    A shape of a point and lines or polygons is its point; one of several points stays for the
    place between them. Both are said. A file without any point stays as it is: no point layer.
    """
    reduced = reduce_shapes(made.frame["geometry"].to_numpy())
    if reduced is None:
        return made
    frame = made.frame.copy(deep=False)
    frame["geometry"] = reduced.points
    notes = Notes(layer, frame, schema)
    _say(frame, reduced, notes)
    bad = reduced.pointless
    aside = pd.concat([made.aside, frame[bad]])
    issues = (*made.issues, *notes.issues)
    return replace(made, frame=without(frame, bad), aside=aside, issues=issues)


def _say(frame: pd.DataFrame, reduced: Shapes, notes: Notes) -> None:
    names = frame["name"] if "name" in frame else pd.Series("", frame.index, dtype="str")
    names = names.rename("名称")
    area = np.isin(reduced.kinds, (_POLYGON, _MULTIPOLYGON))
    for what, here in (("面", area), ("线", ~area)):
        none = lambda v, w=what: f"“{v}”是{w}，不是点，不计入"  # noqa: E731
        notes.cells(reduced.pointless & here, names, none, rule="E08", fix=_FIX)
    mixed = (reduced.count == 1) & (reduced.kinds == _COLLECTION)
    say = lambda v: f"“{v}”除点外还有线或面，按点的位置计"  # noqa: E731
    notes.cells(mixed, names, say, rule="W02", fix="核对点的位置", severity="warning")
    several, fix = reduced.count > 1, "一个设施只标一个点；是几个设施的请分开标"
    say = lambda v: f"“{v}”有几个点，按它们的中点计"  # noqa: E731
    notes.cells(several, names, say, rule="W02", fix=fix, severity="warning")


def _points_of(shape: BaseGeometry) -> list[shapely.Point]:
    """The points of a shape that may hold several, each place once."""
    parts, places = [shape], dict[tuple[float, float], shapely.Point]()
    while parts:
        part = parts.pop()
        if isinstance(part, shapely.MultiPoint | shapely.GeometryCollection):
            parts += list(part.geoms)
        elif isinstance(part, shapely.Point) and not part.is_empty:
            places[part.x, part.y] = part
    return list(places.values())
