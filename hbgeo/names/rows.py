"""Layers of names as the rows that signs are held against and lists are made from."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.names.places import PLACE_COLUMNS
from hbgeo.read.cell.text import split_list
from hbgeo.read.table import LayerTable
from hbgeo.read.units.placenames import PAST, TWICE


def once(gazetteer: LayerTable) -> LayerTable:
    """A gazetteer without the committees that are registered beside their village or community."""
    if "use" not in gazetteer:
        return gazetteer
    return gazetteer.where((gazetteer.frame["use"] != TWICE).to_numpy())


def gone(layer: LayerTable, as_of: date) -> Mask:
    """Mark the names that are no more on a date: 历史, or abolished by then."""
    frame = layer.frame
    past = (frame["use"] == PAST).to_numpy() if "use" in frame else np.zeros(len(frame), bool)
    if "abolished_on" in frame:
        past = past | (frame["abolished_on"] <= pd.Timestamp(as_of)).to_numpy()
    return np.asarray(past, bool)


def place_rows(layer: LayerTable, as_of: date) -> pd.DataFrame:
    """The places of a gazetteer or a list of units, in the columns that signs are matched by."""
    made = {
        "code": layer.frame.index.astype("str").tolist(),
        "name": texts_of(layer, "name"),
        "roman": texts_of(layer, "roman"),
        "unit_code": texts_of(layer, "township_code"),
        "county_code": texts_of(layer, "county_code"),
        "old": [tuple(split_list(t)) if t else () for t in texts_of(layer, "old_names")],
        "aliases": [tuple(split_list(t)) if t else () for t in texts_of(layer, "aliases")],
        "gone": gone(layer, as_of).tolist(),
        "class": texts_of(layer, "class"),
    }
    return pd.DataFrame({c: pd.Series(made[c], dtype=object) for c in PLACE_COLUMNS})


def texts_of(layer: LayerTable, *columns: str) -> list[str]:
    """The first of some columns that a layer has, as texts; empty ones without any."""
    for column in columns:
        if column in layer:
            return layer.frame[column].astype("str").fillna("").tolist()
    return [""] * len(layer.frame)


def lonlat_of(layer: LayerTable) -> Floats | None:
    """Longitude and latitude of each row in CGCS2000, NaN for none; None where no row has any."""
    if "x" not in layer or "y" not in layer:
        return None
    lonlat: Floats = layer.frame[["x", "y"]].to_numpy(dtype=np.float64, na_value=np.nan)
    return lonlat
