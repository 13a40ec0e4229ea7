"""Rivers, lakes, roads and names that maps are read by: drawn under everything, never counted."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import without
from hbgeo.read.crs import CGCS2000
from hbgeo.read.issues import PROVENANCE, Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer

_TEXTS = ("name", "kind")


def make_background(made: Tidy, layer: Layer) -> LayerTable:
    """Keep every shape that can be drawn, with its name and kind; say which cannot."""
    blank = pd.Series("", made.frame.index, dtype="str")
    texts = {column: made.frame.get(column, blank).astype("str") for column in _TEXTS}
    frame = made.frame[[*PROVENANCE, "geometry"]].assign(**texts)
    shapes = frame["geometry"].to_numpy()
    lost = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    notes.cells(
        lost, frame["name"].rename("名称"), lambda v: f"“{v}”没有可画的图形，地图上不画",
        rule="W33", fix="在地图软件里补上图形后重新导出；不需要的请删去", severity="warning",
    )  # fmt: skip
    drawn = gpd.GeoDataFrame(without(frame, lost), geometry="geometry", crs=CGCS2000)
    return of_layer(layer, drawn, (*made.issues, *notes.issues), aside=int(lost.sum()))
