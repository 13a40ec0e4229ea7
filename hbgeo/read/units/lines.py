"""Roads → lines with their names, their class and the units their rows name."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import without
from hbgeo.read.crs import CGCS2000
from hbgeo.read.divisions.register import Register
from hbgeo.read.issues import Notes
from hbgeo.read.schema.records import read_schema
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable, of_layer
from hbgeo.read.units.naming import blank_texts, look_up, note_problems, senders_of

_LINES = (1, 5)  # of shapely: a line, several of them


def make_lines(made: Tidy, layer: Layer, register: Register, *, same_scheme: bool) -> LayerTable:
    """Keep every line with the codes of the county and township that its row names, "" where none.

    Rows without a line and rows that name a unit wrongly are put aside, and said.
    """
    frame = made.frame.copy(deep=False)
    notes = Notes(layer.key, frame, read_schema(layer.schema))
    for column in ("name", "class", "place_code"):
        frame[column] = frame.get(column, blank_texts(frame)).astype("str")
    named = look_up(frame, register, codes=same_scheme, level="township")
    note_problems(frame, named, notes)
    for level in ("county", "township"):
        frame[f"{level}_code"] = named.codes(level)
    shapes = frame["geometry"].to_numpy()
    lost = ~np.isin(shapely.get_type_id(shapes), _LINES) | shapely.is_empty(shapes)
    notes.cells(
        lost, frame["name"].rename("名称"), lambda v: f"“{v}”不是线，不计入",
        rule="E08", fix="道路应为线；在地图软件里补画后重新导出，不是道路的请删去",
    )  # fmt: skip
    bad = lost | named.mark(lambda one: one.wrong)
    lines = gpd.GeoDataFrame(without(frame, bad), geometry="geometry", crs=CGCS2000)
    return of_layer(
        layer,
        lines,
        (*made.issues, *notes.issues),
        aside=len(made.aside) + int(bad.sum()),
        senders=senders_of(made, register, named),
    )
