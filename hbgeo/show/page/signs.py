"""The names on signs for the page: counts by county and rule, and the findings up to a stated limit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hbgeo.measure.names.rules import RULES
from hbgeo.show.names_words import SEVERITIES, TO_DECIDE, summary
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.pack import PartWriter

MOST = 5000  # findings that a page carries; of more, errors first
_TEXTS = ("sign", "roman", "message", "suggestion", "standard")


def names_head(inputs: PageInputs) -> dict[str, Any] | None:
    """What the page knows of the names before anything is decoded; None where there are no signs.

    One entry a county: its code, its prefecture's, how many signs it has, and how many have findings.
    """
    found = inputs.names
    if found is None:
        return None
    above = _prefectures(inputs)
    codes = sorted({*found.signs, *found.wrong})
    return {
        "counties": [
            [code, above.get(code, ""), found.signs.get(code, 0), found.wrong.get(code, 0)]
            for code in codes
        ],
        "said": summary(found),
    }


def names_part(inputs: PageInputs) -> str:
    """The findings, column by column, and how many of each rule each county has."""
    found = inputs.names
    if found is None:
        return ""
    part, carried = PartWriter(), found.first(MOST)
    codes = sorted({*found.signs, *found.wrong})
    keys = list(inputs.layers)
    units = inputs.units.get("township")
    names = {} if units is None else units["name"].to_dict()
    return part.pack(
        {
            "notes": [f"{found.against}。{TO_DECIDE}", *found.notes],
            "all": len(found.rows),
            "count": len(carried),
            "rules": _rules(found.rows, codes),
            "counties": [found.counties.get(code, "") for code in codes],
            "county": part.whole(pd.Index(codes).get_indexer(pd.Index(carried["county_code"])) + 1),
            "layer": part.whole(pd.Index(keys).get_indexer(pd.Index(carried["layer"])) + 1),
            "row": part.steps(_positions(inputs, carried)),
            "rule": part.column(carried["rule"]),
            "unit": part.column(carried["unit_code"]),
            "township": part.column([names.get(code, "") for code in carried["unit_code"]]),
            **{c: part.column(carried[c]) for c in _TEXTS},
        }
    )


def _rules(rows: pd.DataFrame, codes: list[str]) -> list[list[Any]]:
    """Each rule that found any: its number, title, severity, article, and how many in each county."""
    made = []
    at = pd.Index(codes).get_indexer(pd.Index(rows["county_code"]))
    for rule in RULES.values():
        mine = at[(rows["rule"] == rule.id).to_numpy()]
        if len(mine):
            counts = np.bincount(mine[mine >= 0], minlength=len(codes)).tolist()
            made.append([rule.id, rule.title, SEVERITIES[rule.severity], rule.article, counts])
    return made


def _positions(inputs: PageInputs, rows: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where each finding's sign stands in its layer, as the page numbers it; −1 where it has none."""
    made = np.full(len(rows), -1, dtype=np.int64)
    for key, layer in inputs.layers.items():
        mine = (rows["layer"] == key).to_numpy()
        if mine.any():
            made[mine] = layer.positions(rows.loc[mine, "id"])
    return made


def _prefectures(inputs: PageInputs) -> dict[str, str]:
    """County → its prefecture, as far as units tell."""
    made: dict[str, str] = {}
    for level in ("township", "county"):
        units = inputs.units.get(level)
        if units is not None and {"county_code", "prefecture_code"} <= set(units.columns):
            made |= dict(zip(units["county_code"], units["prefecture_code"], strict=True))
    return {str(code): str(over) for code, over in made.items()}
