"""How many points of a crowded layer each unit holds: far out they are drawn as one number a unit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.measure.grid.index import Store
from hbgeo.measure.locate import UnitIndex
from hbgeo.show.page.classes import POLYGON_LEVELS
from hbgeo.show.page.layer import PageLayer

CROWD = 3000  # so many points in sight are a carpet


def count_crowds(
    layers: Mapping[str, PageLayer], units: Mapping[str, pd.DataFrame], store: Store | None
) -> dict[str, dict[str, list[int]]]:
    """Count the points of each layer of more than `CROWD`, in the units of every level with polygons.

    Returns
    -------
    counts
        Layer → level → how many lie in each unit, in the frame's order. A point in no unit is in none.
    """
    crowded = {key: one.frame for key, one in layers.items() if one.points.meta["n"] > CROWD}
    have = [level for level in POLYGON_LEVELS if level in units and "geometry" in units[level]]
    if not crowded or not have:
        return {}
    finest = units[have[-1]]
    index = UnitIndex(finest, store=store)
    made = {}
    for key, frame in crowded.items():
        owner = index.query(frame["x"].to_numpy(), frame["y"].to_numpy())
        counts = np.bincount(owner[owner >= 0], minlength=len(finest))
        made[key] = {level: _by_level(counts, finest, level, units[level]) for level in have}
    return made


def _by_level(
    counts: np.ndarray[tuple[int], np.dtype[np.int64]],
    finest: pd.DataFrame,
    level: str,
    frame: pd.DataFrame,
) -> list[int]:
    """The same counts by a level that the finest units lie in, or are."""
    if frame is finest:
        return [int(n) for n in counts]
    column = f"{level}_code"
    if column not in finest:
        return []
    sums = pd.Series(counts).groupby(finest[column].to_numpy()).sum()
    return [int(n) for n in sums.reindex(frame.index, fill_value=0)]
