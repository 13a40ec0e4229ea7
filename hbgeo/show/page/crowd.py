"""How many points of a crowded layer each unit holds: far out they are drawn as one number a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from hbgeo.arrays import Ints
from hbgeo.measure.locate import UnitIndex
from hbgeo.show.page.classes import POLYGON_LEVELS
from hbgeo.show.page.layer import PageLayer

Holders = Callable[[str, str], Ints]
CROWD = 3000  # so many points in sight are a carpet


def count_crowds(
    layers: Mapping[str, PageLayer],
    units: Mapping[str, pd.DataFrame],
    holders: Holders | None = None,
) -> dict[str, dict[str, list[int]]]:
    """Count the points of each layer of more than `CROWD`, in the units of every level with polygons.

    Parameters
    ----------
    holders
        Tells of a layer and a level the position of the unit that holds each row's point, where that
        is known: the smallest code's, if several do.

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
    find = holders or _searched(crowded, finest)
    made = {}
    for key in crowded:
        owner = find(key, have[-1])
        counts = np.bincount(owner[owner >= 0], minlength=len(finest))
        made[key] = {level: _by_level(counts, finest, level, units[level]) for level in have}
    return made


def _searched(layers: Mapping[str, pd.DataFrame], units: pd.DataFrame) -> Holders:
    index = UnitIndex(units)

    def find(key: str, _: str) -> Ints:
        return index.query(layers[key]["x"].to_numpy(), layers[key]["y"].to_numpy())

    return find


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
