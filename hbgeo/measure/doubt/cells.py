"""What a cell that gave no value may say: what its column allows, or nothing that can be told."""

from __future__ import annotations

import re
from typing import Any

from hbgeo.measure.doubt.dates import Days
from hbgeo.read.cell.numbers import number_of
from hbgeo.read.schema.records import Schema

_ABOUT = re.compile(r"约|大约|近|余|多|左右|上下|以上|来|不足|几乎")


def readings_of(schema: Schema, column: str, text: str, days: Days) -> tuple[str, tuple[Any, ...]]:
    """The kind of doubt that such a cell is, and what it may say; ("", ()) of one that decides nothing.

    Parameters
    ----------
    text
        What the cell says.
    """
    known = schema.columns.get(column)
    kind = "" if known is None else known.type
    if known is None or kind in {"text", "id", "code", "lon", "lat", "pair", "speed"}:
        return "", ()
    if kind in {"choice", "yesno"}:
        return "cell", tuple(known.choices)
    if kind == "choices":
        return "cell", tuple((one,) for one in known.choices)
    if kind == "date":
        return ("date", days.any[column]) if column in days.any else ("", ())
    about = number_of(_ABOUT.sub("", text)) if _ABOUT.search(text) else float("nan")
    return ("about", (about,)) if about == about else ("amount", ())
