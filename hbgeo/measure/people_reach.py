"""How far people live from facilities: the nearest to each cell, and who is within a radius."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.arrays import Ints
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import WHERE, Coverage
from hbgeo.measure.people import People
from hbgeo.measure.reach import nearest

_AT_ONCE = 1 << 20  # cells whose nearest facility is looked for together


def nearest_to(people: People, facilities: pd.DataFrame) -> pd.DataFrame:
    """Find the facility nearest to each cell, as `reach.nearest` does: once for any radii.

    Returns
    -------
    found
        Index and order of `people.cells`: `facility`, the position in `facilities` (int32, -1 where
        there is none), and `metres`, geodesic in a straight line (NaN).
    """
    cells = people.cells
    facility, metres = np.full(len(cells), -1, dtype=np.int32), np.full(len(cells), np.nan)
    for start in range(0, len(cells), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        found = nearest(cells.iloc[some], facilities)
        facility[some], metres[some] = found["facility"], found["metres"]
    return pd.DataFrame({"facility": facility, "metres": metres}, cells.index, copy=False)


def people_within(
    people: People,
    facilities: pd.DataFrame,
    radius_m: float,
    *,
    near: pd.DataFrame | None = None,
    indicator: str = "",
) -> Coverage:
    """Measure which share of each unit's people lives within `radius_m` of a facility.

    Straight-line distance over the ellipsoid from the centre of a cell (直线距离，非步行时间): the
    people of a cell are within reach or not, together.

    Parameters
    ----------
    facilities
        `x`, `y` in CGCS2000; rows without them reach nobody.
    radius_m
        Metres, above 0; a cell just so far away is within.
    near
        `nearest_to(people, facilities)`, where several radii are asked for.

    Returns
    -------
    coverage
        Index and order of `people.units`: `demand` the people of its cells, `covered` the share
        within reach (0 where nobody lives), `facilities` how many are the nearest to some of them.
    """
    found = nearest_to(people, facilities) if near is None else near
    table = people.units[WHERE].assign(**_shares(people, found, radius_m, len(facilities)))
    return Coverage(indicator, "reach", _basis(people, facilities), table)


def _shares(
    people: People, near: pd.DataFrame, radius_m: float, facilities: int
) -> dict[str, np.ndarray]:
    """Demand and cover of each unit, how many facilities reach it, and how."""
    cells, many = people.cells, len(people.units)
    within = (near["metres"] <= radius_m).to_numpy()
    unit, weight = cells["unit_code"].cat.codes.to_numpy(), cells["people"].to_numpy()
    every = np.bincount(unit, weights=weight, minlength=many)
    reached = np.bincount(unit[within], weights=weight[within], minlength=many)
    share = np.divide(reached, every, out=np.zeros(many), where=every > 0)
    whose = near["facility"].to_numpy()[within].astype(np.int64)
    count = _distinct(unit[within].astype(np.int64), whose, many, facilities)
    via = np.where(count > 0, "inside", "")
    return {"demand": every, "covered": share, "facilities": count, "via": via}


def _distinct(unit: np.ndarray, facility: np.ndarray, units: int, facilities: int) -> Ints:
    """How many different facilities each unit has among its pairs."""
    pairs = np.unique(unit * max(facilities, 1) + facility)
    return np.bincount(pairs // max(facilities, 1), minlength=units).astype(np.int32)


def _basis(people: People, facilities: pd.DataFrame) -> Basis:
    """The ground of the figure: cells instead of units are what counts."""
    aside = {f"{why}的格子": part.cells for why, part in people.aside}
    return Basis(
        filters=(f"人口格网：{people.words()}", "从格子中心点量的直线距离，非步行时间"),
        used=int(facilities[["x", "y"]].notna().all(axis=1).sum()),
        set_aside=aside,
        approximate=people.approximate,
        sample=people.sample,
        sources=(people.source,) if people.source else (),
    )
