"""Rows that name no unit and stand nearer to a border than their point is sure.

How sure a point is says how it was written: half of its last digit, of its last minute or second. On a
border that units share it is any of them. Where the units' shapes only suggest where they are, points
are as sure as the layer's own rows: so far as nineteen of twenty that name their unit lie from it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.doubt.question import Whole
from hbgeo.measure.locate import find_units, metres_to_units
from hbgeo.measure.placements import Placements
from hbgeo.measure.placing import Placement
from hbgeo.read.crs import from_cgcs2000, is_geographic

_ROUNDED = 1e-9  # degrees: what conversion leaves of a number that was written with fewer digits
_LEAST_M = 30  # rows that name a unit, from which it can be told how far they lie from it
_SHARE = 0.95
_DEGREE_M = 111_320.0


def beside_edges(
    frame: pd.DataFrame, at: Placement, level: str, placements: Placements
) -> dict[int, Whole]:
    """Row → the other units of a level that its point may stand in."""
    index, units = placements.index_of(level), placements.units(level)
    if index is None or "x" not in frame:
        return {}
    rows = unnamed_points(frame, at, level, units.frame)
    if not len(rows):
        return {}
    x, y = frame["x"].to_numpy(float), frame["y"].to_numpy(float)
    made: dict[int, set[int]] = {}
    for row in rows[at.on_border[rows]].tolist():
        hits = shapely.intersects_xy(units.frame["geometry"].to_numpy(), x[row], y[row])
        made.setdefault(row, set()).update(np.flatnonzero(hits).tolist())
    east, north = half_steps(frame.iloc[rows])
    for dx in (-1, 1):
        for dy in (-1, 1):
            found, _ = index.owners(x[rows] + dx * east, y[rows] + dy * north)
            for i in np.flatnonzero(found != at.owner[rows]).tolist():
                made.setdefault(int(rows[i]), set()).add(int(found[i]))
    if units.approximate:
        _near(
            made, rows, (x, y), units.frame, _metres(frame, at, _named(frame, level, units.frame))
        )
    left = {row: some - {int(at.owner[row])} for row, some in made.items()}
    return {row: np.array(sorted(some)) for row, some in sorted(left.items()) if some}


def unnamed_points(frame: pd.DataFrame, at: Placement, level: str, units: pd.DataFrame) -> Whole:
    """The rows whose point alone tells the unit of a level."""
    there = ~_named(frame, level, units) & np.isfinite(frame["x"].to_numpy(float))
    return np.flatnonzero(there & ~at.conflict & ~at.county_only)


def _named(frame: pd.DataFrame, level: str, units: pd.DataFrame) -> Mask:
    column = f"{level}_code"
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(find_units(units, frame[column]) >= 0)


def half_steps(frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """Half of the last digit, second or minute in which each point was written, in degrees."""
    x, y = (frame[c].to_numpy(float).copy() for c in ("x", "y"))
    said = frame["crs"].astype("str") if "crs" in frame else pd.Series("", frame.index)
    crs, names = pd.factorize(said)
    for number, name in enumerate(names):
        if name and is_geographic(str(name)):
            mine = crs == number
            x[mine], y[mine] = from_cgcs2000(x[mine], y[mine], str(name))
    return _half(x), _half(y)


def _half(degrees: Floats) -> Floats:
    """Half the step in which a number was written; 0 where no rounding can be seen."""
    step = np.zeros(len(degrees))
    for size in (1.0, 0.1, 0.01, 1 / 60, 1e-3, 1 / 3600, 1e-4, 1e-5, 1e-6):
        times = degrees / size
        whole = np.abs(times - np.rint(times)) * size < _ROUNDED
        step[whole & (step == 0)] = size / 2
    return step


def _metres(frame: pd.DataFrame, at: Placement, named: Mask) -> float:
    """How far nineteen of twenty rows that name their unit lie from it, at most."""
    known = named & frame["x"].notna().to_numpy()
    if known.sum() < _LEAST_M:
        return 0.0
    apart = np.nan_to_num(at.metres[known], nan=0.0, posinf=0.0)
    return float(np.quantile(apart, _SHARE, method="higher"))


def _near(
    made: dict[int, set[int]],
    rows: Whole,
    points: tuple[Floats, Floats],
    units: pd.DataFrame,
    metres: float,
) -> None:
    """Add the units within so many metres."""
    if metres <= 0:
        return
    x, y = (of[rows] for of in points)
    wide = metres / _DEGREE_M
    boxes = shapely.box(x - 2 * wide, y - wide * 1.1, x + 2 * wide, y + wide * 1.1)
    box, unit = shapely.STRtree(units["geometry"].to_numpy()).query(boxes, predicate="intersects")
    near = metres_to_units(x[box], y[box], units, unit) <= metres
    for i, u in zip(box[near].tolist(), unit[near].tolist(), strict=True):
        made.setdefault(int(rows[i]), set()).add(u)
