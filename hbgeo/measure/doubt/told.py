"""Every row of a layer that is in doubt, as it is told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.measure.doubt.suspects import Note, Suspects
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
    frame, n = suspects.frame, len(suspects)
    kinds, texts = np.full(n, "", dtype=object), np.full(n, "", dtype=object)
    for column, rows in suspects.dates.items():
        kinds[rows] = [f"{k}+undated" if k else "undated" for k in kinds[rows]]
        text = readings_text((), schema, [column])
        texts[rows] = [f"{t}；{text}" if t else text for t in texts[rows]]
    by_row: dict[int, list[Note]] = {}
    for note in suspects.notes:
        by_row.setdefault(note.row, []).append(note)
    for row, notes in by_row.items():
        of = dict.fromkeys([*(note.kind for note in notes), *filter(None, kinds[row].split("+"))])
        kinds[row] = "+".join(of)
        said = readings_text(notes, schema)
        texts[row] = f"{said}；{texts[row]}" if texts[row] else said
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
