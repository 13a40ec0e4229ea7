"""The rows of a layer tied to the units they name, by what the layer is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from hbgeo.read.catalog import Layer
from hbgeo.read.divisions.crosswalk import name_townships
from hbgeo.read.divisions.lists import has_list
from hbgeo.read.divisions.register import Register
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable
from hbgeo.read.units.background import make_background
from hbgeo.read.units.facilities import make_facilities
from hbgeo.read.units.lines import make_lines
from hbgeo.read.units.placenames import make_placenames
from hbgeo.read.units.polygons import make_units
from hbgeo.read.units.tables import make_table
from hbgeo.read.units.tasks import make_task_rows
from hbgeo.read.units.villages import make_places


def tie(
    made: Tidy,
    layer: Layer,
    counties: Callable[[], pd.DataFrame | None],
    names: Callable[[str], Register],
    *,
    same_scheme: bool,
) -> LayerTable:
    """The rows of a layer tied to the units they name.

    Parameters
    ----------
    counties
        The counties that other units lie in, where there are any.
    names
        A level → the names a row may use, down to it.
    same_scheme
        Whether the layer's codes are those of the units.

    Raises
    ------
    LayerError
        If units have no codes or names.
    """
    if layer.role == "units":
        return make_units(made, layer, None if layer.level == "county" else counties())
    if layer.role == "places":
        return make_places(made, layer, names("township"), same_scheme=same_scheme)
    if layer.role == "task":
        return make_task_rows(made, layer)
    if layer.role == "background":
        return make_background(made, layer)
    if layer.role == "lines":
        return make_lines(made, layer, names("township"), same_scheme=same_scheme)
    if layer.role == "table":
        return make_table(made, layer, names(layer.level), same_scheme=same_scheme)
    make = make_placenames if layer.schema == GAZETTEER else make_facilities
    return make(made, layer, names("village"), same_scheme=same_scheme)


def named_by_code(made: Tidy, layer: Layer, units: Layer | None) -> Tidy:
    """Codes of the other shipped list stand for the names they have there, never for ours."""
    column = "code" if layer.role == "places" else "township_code"
    if units is None or layer.role == "units" or not has_list(layer.scheme):
        return made
    if not has_list(units.scheme) or column not in made.frame:
        return made
    frame = name_townships(made.frame, layer.scheme, units.scheme, column)
    return replace(made, frame=frame)
