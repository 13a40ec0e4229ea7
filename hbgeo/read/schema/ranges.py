"""Coordinates from one end to the other (东经…至东经…) → the middle, and how far it reaches."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.read.cell.column import as_text, map_unique
from hbgeo.read.cell.coordinates import unpack
from hbgeo.read.schema.records import Schema

ENDS = {"lon": "lon_to", "lat": "lat_to"}
EXTENT = "extent"  # the greater side of the range, in the unit of the coordinates
_TO = re.compile(r"\s*(?:至|到|~|～|—+|–|―)\s*")


def split_ranges(
    raw: pd.DataFrame, found: Mapping[str, str], schema: Schema
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Part cells that hold both ends (114°18′至114°20′) in the columns of either end.

    Returns
    -------
    raw, found
        With a column for the other end, where a cell has one.
    """
    made = dict(found)
    for start, end in ENDS.items():
        if start not in found or end not in schema.columns:
            continue
        cells = as_text(raw[found[start]])
        first = map_unique(cells, lambda text: _TO.split(text, maxsplit=1)[0])
        if first.equals(cells):
            continue
        rest = map_unique(cells, lambda text: (*_TO.split(text, maxsplit=1), "")[1])
        heading = made.setdefault(end, f"{found[start]}（至）")
        other = as_text(raw[heading]) if heading in raw else rest
        raw = raw.assign(**{found[start]: first, heading: rest.where(rest != "", other)})
    return raw, made


def take_middles(frame: pd.DataFrame) -> None:
    """Put the middle of every range in `lon` and `lat`, and its greater side in `EXTENT`.

    Where only one axis has an end, the other's is where it starts.
    """
    if not set(ENDS.values()) & set(frame.columns) or not set(ENDS) <= set(frame.columns):
        return
    lon, lat = (frame[c].to_numpy(float) for c in ENDS)
    ends = (
        frame[end].to_numpy(float) if end in frame else np.full(len(frame), np.nan)
        for end in ENDS.values()
    )
    lon_to, lat_to = (
        np.where(np.isnan(end), of, end) for end, of in zip(ends, (lon, lat), strict=True)
    )
    (lon, lat), (lon_to, lat_to) = unpack(lon, lat), unpack(lon_to, lat_to)
    frame["lon"], frame["lat"] = _middle(lon, lon_to), _middle(lat, lat_to)
    frame[EXTENT] = np.fmax(np.abs(lon_to - lon), np.abs(lat_to - lat))
    for end in ENDS.values():
        frame.pop(end) if end in frame else None


def _middle(first: Floats, last: Floats) -> Floats:
    return np.where(first == last, first, (first + last) / 2)
