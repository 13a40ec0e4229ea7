"""Degrees, minutes and seconds in columns of their own → one column of coordinates as one writes them."""

from __future__ import annotations

import re
from functools import partial

import pandas as pd
import pyarrow as pa

from hbgeo.arrow import Cells, pandas_texts, side_by_side
from hbgeo.read.cell.column import ARROW_TEXT, arrow, map_unique
from hbgeo.read.cell.coordinates import fold
from hbgeo.read.cell.text import is_filled


def join_parts(
    degrees: pd.Series, minutes: pd.Series | None, seconds: pd.Series | None
) -> pd.Series:
    """Put degrees, minutes and seconds of columns of their own into cells as one writes them.

    What is missing stays missing: minutes without degrees are no coordinate and read as none.
    """
    made: Cells = pa.array([""] * len(degrees), pa.large_string())
    for cells, mark in ((degrees, "°"), (minutes, "'"), (seconds, '"')):
        if cells is not None:
            part = map_unique(cells, partial(_with_mark, mark=mark))
            made = side_by_side([made, arrow(part)], "")
    return pd.Series(pandas_texts(made, ARROW_TEXT), degrees.index, name=degrees.name)


def _with_mark(text: str, mark: str) -> str:
    """A part of a coordinate with its mark; one that has marks of its own, or says nothing, as it is."""
    if not is_filled(text):
        return ""
    plain = re.sub(r"(?<=\d)\.0+$", "", fold(text).strip(" °'\""))
    return (
        plain + mark if re.fullmatch(r"(?:[A-Za-z]|东经|北纬)?\d+(?:\.\d+)?", plain) else fold(text)
    )
