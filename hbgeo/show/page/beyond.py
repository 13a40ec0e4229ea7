"""Villages beyond reach for the page: counts within each radius by county, and the farthest up to a stated limit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.measure.beyond import Beyond
from hbgeo.show.page.inputs import PageInputs, Places
from hbgeo.show.page.layer import PageLayer
from hbgeo.show.page.pack import PartWriter

MOST = 10_000  # villages of all lists together that a page carries: of each the farthest
LEAST = 300  # … and of each at least so many
_SHOWN = 100  # metres: how exactly a distance is shown; the radii it lies beyond stand beside it


def beyond_part(inputs: PageInputs) -> str:
    """By indicator how many villages each county has within each radius, and which lie farthest out."""
    part, villages = PartWriter(), inputs.units["village"].index
    most = max(LEAST, MOST // len(inputs.beyond))
    counties = list(map(str, inputs.beyond[0].every.counties))
    head = {
        one.assessment.indicator.id: _counts(part, one, len(counties))
        | _farthest(part, one, villages, inputs, most)
        for one in inputs.beyond
    }
    radii = [int(radius) for radius in inputs.beyond[0].radii]
    return part.pack({"radii": radii, "counties": counties, "of": head})


def _counts(part: PartWriter, one: Beyond, counties: int) -> dict[str, Any]:
    """Whole numbers a county: villages in all and within each radius, and people where they are known."""
    at, number = one.county + 1, counties
    unplaced = np.isnan(one.metres)
    inside = [one.inside(radius) for radius in one.radii]
    made = {
        "total": part.whole(_sums(at, number)),
        "inside": [part.whole(_sums(at[some], number)) for some in inside],
        "unplaced": part.whole(_sums(at[unplaced], number)),
        "areas": [float(one.areas[r].pct or 0) for r in one.radii] if one.areas else [],
    }
    if not one.has_people:
        return made
    people = np.nan_to_num(one.people_of)
    return made | {
        "peopleTotal": part.whole(_sums(at, number, people)),
        "people": [part.whole(_sums(at[some], number, people[some])) for some in inside],
    }


def _sums(at: NDArray[np.intp], counties: int, of: Floats | None = None) -> NDArray[np.int64]:
    """Sums by county; of villages in none of them first."""
    return np.rint(np.bincount(at, weights=of, minlength=counties + 1)).astype(np.int64)


def _farthest(
    part: PartWriter, one: Beyond, villages: pd.Index, inputs: PageInputs, most: int
) -> dict[str, Any]:
    """The villages that are farthest out, in the order of the villages; and all facilities that count."""
    left = partial(_left, one, villages, most)
    layer = inputs.layers.get(one.assessment.indicator.layer)
    told = layer is not None and layer.whole
    find, what = partial(_numbers, one, left, layer), repr((layer and layer.key, told, most))
    far = inputs.numbers("farthest", find, one.assessment.indicator.id, what)
    return {
        "village": part.steps(far["at"]),
        "tenths": part.whole(far["tenths"]),
        "beyond": part.whole(far["beyond"]),
        "nearest": part.steps(far["near"]) if told else None,
        "nearestName": None if told else part.column(left()["nearest_name"]),
        "facilities": part.steps(_standing(one, layer, inputs)),
    }


def _left(one: Beyond, villages: pd.Index, most: int) -> pd.DataFrame:
    """The villages that are farthest out, and `at` which place each has."""
    left = one.left(one.radii[0], most)
    return left.assign(at=villages.get_indexer(left.index)).sort_values("at")


def _numbers(
    one: Beyond, find: Callable[[], pd.DataFrame], layer: PageLayer | None
) -> dict[str, Places]:
    """Of the villages that are farthest out which each is, how far out, and what is nearest."""
    left = find()
    metres = left["metres"].to_numpy(float)
    beyond = (metres[:, None] > np.array([float(radius) for radius in one.radii])).sum(axis=1)
    told = layer is not None and layer.whole
    near = layer.positions(left["nearest"]) if layer is not None and told else np.arange(0)
    tenths = np.rint(metres / _SHOWN).astype(np.int64)
    return {"at": left["at"].to_numpy(), "tenths": tenths, "beyond": beyond, "near": near}


def _standing(one: Beyond, layer: PageLayer | None, inputs: PageInputs) -> Places:
    """The facilities that count, by their numbers in the page."""
    if layer is None:
        return np.arange(0)

    def find() -> dict[str, Places]:
        at = layer.positions(one.facilities.index)
        return {"at": np.sort(at[at >= 0])}

    what = repr((layer.key, layer.whole))
    return inputs.numbers("standing", find, one.assessment.indicator.id, what)["at"]
