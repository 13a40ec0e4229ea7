"""Who serves whom, or who could: the pairs from which the page counts anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.pairs import ways_text
from hbgeo.show.page.classes import map_level, owners_of
from hbgeo.show.page.inputs import PageInputs, Places
from hbgeo.show.page.layer import PageLayer
from hbgeo.show.page.pack import PartWriter


def pairs_part(inputs: PageInputs) -> str:
    """By indicator, facility and unit of every pair, how they are tied, and amounts to add up."""
    part = PartWriter()
    head = {}
    for one in inputs.assessments:
        layer = inputs.layers.get(one.indicator.layer)
        if one.coverage is None or layer is None or not layer.whole:
            continue
        make = partial(_pairs, one, inputs, layer)
        what = repr((layer.key, bool(inputs.rules.get(one.indicator.id))))
        pairs = inputs.numbers("pairs", make, one.indicator.id, what)
        if len(pairs["ways"]):
            head[one.indicator.id] = _told(part, one, pairs, layer)
    return part.pack(head)


def _told(
    part: PartWriter, one: Assessment, pairs: Mapping[str, Places], layer: PageLayer
) -> dict[str, Any]:
    words = ways_text(pairs["ways"].astype(np.int8)).tolist()
    made: dict[str, Any] = {
        "facility": part.steps(pairs["facility"]),
        "unit": part.steps(pairs["unit"]),
        "via": part.column(words[n] for n in pairs["at"]),
    }
    if one.indicator.measure == "sum":
        amounts = layer.frame[one.indicator.column].fillna(0).to_numpy(dtype=float)
        made["amount"] = [_short(amount) for amount in amounts[pairs["facility"]].tolist()]
    return made


def _pairs(one: Assessment, inputs: PageInputs, layer: PageLayer) -> dict[str, Places]:
    """Pairs in the order of the facilities: neighbours then differ by little.

    `at` says by which of `ways` each is tied, which are in the order of their words; there are none
    where nobody serves anybody.
    """
    serving = inputs.serving(one.indicator.id)
    if not serving:
        return {"ways": np.zeros(0, dtype=np.int64)}
    pairs = serving.pairs
    ways, way = np.unique(pairs.via, return_inverse=True)
    words = ways_text(ways)
    order = np.argsort(words.to_numpy(object))
    rank = np.argsort(order)
    facility = layer.positions(serving.facilities)[pairs.facility]
    unit = _unit_positions(one, serving.units, inputs.units)[pairs.unit]
    known = (facility >= 0) & (unit >= 0)
    # a pair as one number: sorted, and each once
    base = int(unit.max(initial=0)) + 1
    numbers = np.unique(((facility * base + unit) * len(ways) + rank[way])[known])
    numbers, at = np.divmod(numbers, len(ways))
    facility, unit = np.divmod(numbers, base)
    ways = ways[order].astype(np.int64)
    return {"facility": facility, "unit": unit, "at": at, "ways": ways}


def _unit_positions(
    one: Assessment, codes: pd.Index, units: Mapping[str, pd.DataFrame]
) -> NDArray[np.int64]:
    """Positions among the villages for what is counted by village, else among the polygons."""
    what = one.indicator.units
    level = map_level(what, units)
    if what == "village" and "village" in units:
        index = units["village"].index
    elif level is not None and level != what and one.coverage is not None:
        frame = one.coverage.units
        owner = owners_of(frame.index, level, units.get("village"), frame)
        codes = pd.Index(codes.to_series().map(owner))
        index = units[level].index
    else:
        index = units[level].index if level else pd.Index([])
    return np.asarray(index.get_indexer(codes), dtype=np.int64)


def _short(amount: float) -> float | int:
    return int(amount) if amount == int(amount) else amount
