"""Every row of a layer that is in doubt, as it is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.alike import numbered, parted
from hbgeo.measure.doubt.suspects import Suspects
from hbgeo.measure.doubt.words import readings_text
from hbgeo.read.schema.records import Schema


def told_of(
    layer: str, suspects: Suspects, schema: Schema, names: Mapping[str, str]
) -> pd.DataFrame:
    """Every row of a layer that is in doubt: where it stands, in what respects, and what it may be.

    Parameters
    ----------
    names
        County code → name.
    """
    frame = suspects.frame
    kinds, texts = _said(suspects, schema)
    code = (
        frame["county_code"].astype(str) if "county_code" in frame else pd.Series("", frame.index)
    )
    if "unit_code" in frame:
        code = code.where(code != "", frame["unit_code"].str[:6])
    made = frame[["file", "sheet", "row"]].astype({"file": "str", "sheet": "str"}).assign(
        layer=layer, kind=kinds, readings=texts, county_code=code, county=[names.get(one, "") for one in code.tolist()],
        id=frame["id"].astype("str").fillna("") if "id" in frame else "",
        name=frame["name"].astype("str").fillna("") if "name" in frame else "",
    )  # fmt: skip
    return made.astype({"row": "int64"})


def _said(suspects: Suspects, schema: Schema) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """In what respects each row is in doubt, and what it may be; once for all that are so alike."""
    kinds, texts = (np.full(len(suspects), "", dtype=object) for _ in range(2))
    dates, notes = suspects.dates, suspects.notes
    same = numbered([pd.Series(part) for part in (notes.numbers, *dates.values())])
    for rows in parted(same):
        blank = [column for column, marked in dates.items() if marked[rows[0]]]
        told = notes.told(notes.numbers[rows[0]])
        parts = [readings_text(told, schema) if told else ""]
        parts += [readings_text((), schema, [column]) for column in blank]
        of = [*(one.kind for one in told), *("undated" for _ in blank)]
        kinds[rows] = "+".join(dict.fromkeys(of) if told else of)
        texts[rows] = "；".join(filter(None, parts))
    return kinds, texts
