"""How fast one drives on a road of which no speed is given: the tool's own values, by class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Mask
from hbgeo.read.cell.velocity import FASTEST

# km/h on average, stops included: at or below the lowest design speed that the standards allow
# (JTG B01-2014 table 3.2.1: 高速 80, 一级 60, 二级 60, 三级 30, 四级 20; CJJ 37-2012 for towns)
SPEEDS = {
    "高速公路": 80, "国道": 60, "省道": 50, "县道": 40, "乡道": 30, "村道": 20,
    "一级公路": 60, "二级公路": 50, "三级公路": 30, "四级公路": 20, "等外公路": 15,
    "城市道路": 30, "街巷": 15, "其他": 20,
    "motorway": 80, "motorway_link": 40, "trunk": 60, "trunk_link": 40, "primary": 50,
    "primary_link": 30, "secondary": 40, "secondary_link": 30, "tertiary": 30, "tertiary_link": 20,
    "unclassified": 20, "residential": 20, "living_street": 15, "service": 15, "road": 20,
    "track": 15,
}  # fmt: skip
UNKNOWN = 20  # km/h, of a road whose class is not given
FOOT_KMH = 5  # between a place and the road (Weiss et al. 2020, Nature Medicine 26, 1835-1838)
NO_CARS = (
    "非机动车道"  # the class of foot, cycle and bridle paths, steps, and what is not built yet
)


def speeds_of(lines: pd.DataFrame) -> tuple[Floats, Mask, Mask]:
    """Say how fast each line is driven.

    Parameters
    ----------
    lines
        `class` and `speed_kmh`, each where it is known.

    Returns
    -------
    speeds
        km/h.
    own
        Lines whose speed is the tool's own, by class.
    wrong
        Those of them that give a speed which cannot be: nought, less, or above `FASTEST`.
    """
    given = _column(lines, "speed_kmh", np.nan).to_numpy(float)
    own = ~((given > 0) & (given <= FASTEST))
    by_class = _column(lines, "class", "").astype(str).map(SPEEDS).fillna(UNKNOWN).to_numpy(float)
    return np.where(own, by_class, given), own, own & ~np.isnan(given)


def _column(lines: pd.DataFrame, name: str, missing: float | str) -> pd.Series:
    return lines[name] if name in lines else pd.Series(missing, lines.index)
