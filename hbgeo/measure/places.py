"""Natural villages and roads: units that are made of layers, for the date that is asked for."""

from __future__ import annotations

from datetime import date

import pandas as pd
import shapely

from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.named import holders
from hbgeo.measure.source import Source
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable


class PlaceUnits:
    """The units of `PLACES` of a source on a date, each made when it is first asked for."""

    def __init__(self, source: Source, as_of: date) -> None:
        self._source, self._as_of = source, as_of
        self._made: dict[str, LayerTable | None] = {}

    def find(self, level: str) -> LayerTable | None:
        """As `find_places`."""
        if level not in self._made:
            self._made[level] = find_places(level, self._source, self._as_of)
        return self._made[level]


LAYERS = {"hamlet": GAZETTEER, "road": "roads"}  # what the units of a level are made of


def find_places(level: str, source: Source, as_of: date) -> LayerTable | None:
    """The units of a level of `PLACES`; None without the layer, or a layer of another kind.

    A name that says no unit is of the township (a road of the county) that holds its point, a road
    its middle.
    """
    layer = source.find_layer(LAYERS[level])
    wanted = "class" if level == "hamlet" else "geometry"
    if layer is None or wanted not in layer or "name" not in layer:
        return None
    townships, counties = (source.find_units(at) for at in ("township", "county"))
    if level == "hamlet":
        from hbgeo.measure.hamlets import make_hamlets  # few ask of either

        frame = layer.frame
        owners = _holding(source, "township", frame.get("x"), frame.get("y"), frame.index)
        return make_hamlets(layer, townships, counties, owners, as_of)
    if counties is None:
        return None
    from hbgeo.measure.roads import make_roads

    lines = layer.frame["geometry"].to_numpy()
    middle = shapely.line_interpolate_point(shapely.get_geometry(lines, 0), 0.5, normalized=True)
    x, y = (pd.Series(of(middle), layer.frame.index) for of in (shapely.get_x, shapely.get_y))
    owners = _holding(source, "county", x, y, layer.frame.index)
    return make_roads(layer, counties, owners, townships)


def _holding(
    source: Source, level: str, x: pd.Series | None, y: pd.Series | None, index: pd.Index
) -> pd.Series:
    """The code of the unit of a level that holds each point, "" for none."""
    units = source.find_units(level)
    if units is None or "geometry" not in units or x is None or y is None:
        return pd.Series("", index, dtype="str")
    known = source.find_index(level) or UnitIndex(units.frame)
    owner = known.query(x.to_numpy(float), y.to_numpy(float))
    return pd.Series(holders(owner, units.frame), index, dtype="str")
