"""Parts of a layer → one ledger of the province, and its entry in the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.collect.parts import COUNTY, LEADING, Part, stacked
from hbgeo.read.catalog import Layer
from hbgeo.read.catalog_text import replaced_entry, with_entry
from hbgeo.read.schema.records import read_schema

FOLDER = "collected"  # in layers/
SOURCE = "各县报送，由 hbgeo collect 汇总"
_BY_ROLE = {"units": "unit", "task": "task", "background": "background", "grid": "population-grid"}


def merge(parts: Sequence[tuple[str, Part]], schema: str) -> pd.DataFrame:
    """Put the rows of all counties below each other, the columns in the schema's order.

    Parameters
    ----------
    parts
        Each with the code of the county that sent it.
    """
    some = [(code, part) for code, part in parts if part.merged]
    if not some:
        return pd.DataFrame({c: pd.Series([], dtype="str") for c in [*LEADING, "name"]})
    whole = stacked([part.rows for _, part in some])
    codes = pd.Series([code for code, _ in some], dtype="str")
    whole[COUNTY] = codes.repeat([part.merged for _, part in some]).to_numpy()
    known = [c for c in read_schema(schema).columns if c in whole]
    order = [*LEADING, *known, *sorted(set(whole.columns) - set(known) - set(LEADING))]
    return whole[order].astype("str")


def entry_of(key: str, layers: Sequence[Layer], columns: Iterable[str]) -> dict[str, Any]:
    """What the catalogue says of a merged ledger; invented and approximate stays so."""
    first = layers[0]
    made: dict[str, Any] = {"role": first.role}
    if first.level:
        made["level"] = first.level
    made["path"] = f"{FOLDER}/{key}.csv"
    if first.schema != _BY_ROLE.get(first.role, key):
        made["schema"] = first.schema
    made["crs"] = "CGCS2000"
    known = {*read_schema(first.schema).columns, *LEADING}
    if own := {c: c for c in columns if c not in known}:
        made["columns"] = own
    made["source"] = SOURCE
    for mark in ("sample", "approximate"):
        if any(getattr(layer, mark) for layer in layers):
            made[mark] = True
    return made


def kind_of(layer: Layer) -> tuple[str, str, str]:
    """What must be the same in all counties for their rows to be merged."""
    return layer.role, layer.schema, layer.level


def agreed(layers: Sequence[Layer], own: Layer | None) -> tuple[str, str, str] | None:
    """The role, schema and level of a layer: the province's, else those of more than half; or none."""
    if own is not None:
        return kind_of(own)
    [(kind, most), *_] = Counter(map(kind_of, layers)).most_common(1)
    return kind if 2 * most > len(layers) else None


def with_entries(
    text: str, layers: Mapping[str, Layer], entries: Mapping[str, Mapping[str, Any] | None]
) -> str:
    """The catalogue with the entries of merged ledgers; None takes out one of ours.

    An entry that the user wrote stays as a comment before ours.
    """
    for key, entry in entries.items():
        ours = key in layers and layers[key].paths == (f"{FOLDER}/{key}.csv",)
        if ours or (entry is not None and key not in layers):
            text = replaced_entry(text, key, entry)
        elif entry is not None:
            text = with_entry(text, key, entry)
    return text
