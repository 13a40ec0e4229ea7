"""Points of a file that the evidence says were written under another datum, and that name no unit.

Nothing is shifted: where the point would be under the other datum is one more place that it may stand in.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hbgeo.measure.check.datum import doubted_datums
from hbgeo.measure.doubt.edges import unnamed_points
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.placements import Placements
from hbgeo.measure.placing import Placement
from hbgeo.read.crs import from_cgcs2000, to_cgcs2000
from hbgeo.read.table import LayerTable

Datums = Mapping[
    tuple[str, str], str
]  # declared datum and file ("": all of them) → the likelier one


def other_datums(layer: LayerTable, counties: LayerTable | None) -> Datums:
    """The datums of a layer that the evidence contradicts (see `measure.check.datum`)."""
    if counties is None or "geometry" not in counties or counties.approximate:
        return {}
    return dict(doubted_datums(layer.frame, counties.frame))


def moved_points(
    frame: pd.DataFrame, at: Placement, level: str, placements: Placements, datums: Datums
) -> dict[int, Whole]:
    """Row → the unit of a level that holds its point under the other datum; -1 for none.

    A row that names its county stands in no unit of another.
    """
    index, units = placements.index_of(level), placements.units(level).frame
    if index is None or not datums:
        return {}
    rows = unnamed_points(frame, at, level, units)
    if not len(rows):
        return {}
    above = np.append(units["county_code"].to_numpy(object), "") if "county_code" in units else None
    some = frame.iloc[rows]
    x, y = some["x"].to_numpy(float), some["y"].to_numpy(float)
    crs, files = some["crs"].astype("str").to_numpy(), some["file"].astype("str").to_numpy()
    county = (
        some["county_code"].to_numpy(object) if "county_code" in some else np.full(len(rows), "")
    )
    made: dict[int, Whole] = {}
    for (declared, file), better in datums.items():
        mine = np.flatnonzero((crs == declared) & ((files == file) | (file == "")))
        raw = from_cgcs2000(x[mine], y[mine], declared)
        found, _ = index.owners(*to_cgcs2000(*raw, better))
        if above is not None:
            found = np.where((county[mine] != "") & (above[found] != county[mine]), -1, found)
        for k, unit in zip(mine.tolist(), found.tolist(), strict=True):
            if unit != at.owner[rows[k]]:
                made[int(rows[k])] = np.array([unit])
    return made
