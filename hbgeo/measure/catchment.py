"""Two-step floating catchment: how much of what facilities offer comes to each place, competition counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats
from hbgeo.errors import RequestError
from hbgeo.measure.network import Costs

DECAYS = ("none", "step", "gaussian")
STEPS = ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22))  # up to which part of the catchment, its weight


@dataclass(frozen=True)
class Access:
    """What comes to each place.

    Attributes
    ----------
    places
        Index of those given: `demand` (NaN where not known), `supply` (what the facilities in its
        catchment offer together, undiminished), `score` (supply a head of demand, after
        competition).
    facilities
        Index of those given: `supply` (NaN where not known), `demand` (that of its catchment,
        weighted by the decay), `ratio` (supply / demand; NaN without either).
    """

    places: pd.DataFrame
    facilities: pd.DataFrame

    @property
    def idle(self) -> pd.Index:
        """The facilities with supply and nobody in their catchment: it comes to no place."""
        of = self.facilities
        return of.index[(of["supply"] > 0) & ~(of["demand"] > 0)]

    @property
    def unknown(self) -> pd.Index:
        """The facilities of which it is not known what they offer: left out."""
        return self.facilities.index[self.facilities["supply"].isna()]

    @property
    def unweighed(self) -> pd.Index:
        """The places of which the demand is not known: they ask for nothing, and have a score."""
        return self.places.index[self.places["demand"].isna()]


def two_step(
    demand: pd.Series, supply: pd.Series, costs: Costs, *, catchment: float, decay: str = "none"
) -> Access:
    """Measure access by the two-step floating catchment area method.

    Step 1: each facility's ratio, its supply over the demand within its catchment. Step 2: each
    place's score, the sum of the ratios of the facilities within its catchment. Both weigh a pair
    by its cost: Σ score · demand = Σ supply of the facilities that have demand in their catchment.

    Parameters
    ----------
    demand, supply
        By place and by facility, at the positions of `costs`; 0 or more, NaN where not known.
    catchment
        Minutes or metres, as `costs.by` says; at most their limit.
    decay
        `none`: 1 throughout (Luo & Wang). `step`: 1, 0.68, 0.22 in thirds of the catchment (Luo &
        Qi). `gaussian`: (e^{-½(d/d₀)²} - e^{-½}) / (1 - e^{-½}) (Dai).

    Raises
    ------
    RequestError
        If the decay is none of these, or the catchment is not above 0 or wider than the costs.

    References
    ----------
    Luo & Wang (2003), Environment and Planning B 30(6), 865-884. Luo & Qi (2009), Health & Place
    15(4), 1100-1107. Dai (2010), Health & Place 16(5), 1038-1052.
    """
    if not 0 < catchment <= costs.limit:
        raise RequestError(f"服务范围“{catchment:g}”应大于 0、不超过路程表的 {costs.limit:g}")
    near = costs.within(catchment)
    return _shared(demand, supply, near, decay_weights(near.cost, catchment, decay))


def _shared(demand: pd.Series, supply: pd.Series, near: Costs, weights: Floats) -> Access:
    asked, offered = (np.nan_to_num(s.to_numpy(float)) for s in (demand, supply))
    place, facility = near.place, near.facility
    pull = np.bincount(facility, asked[place] * weights, len(supply))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(pull > 0, offered / pull, 0.0)
    score = np.bincount(place, ratio[facility] * weights, len(demand))
    within = np.bincount(place, offered[facility], len(demand))
    known = supply.notna().to_numpy() & (pull > 0)
    places = {"demand": demand.astype(float), "supply": within, "score": score}
    facilities = {"supply": supply.astype(float), "demand": pull}
    facilities["ratio"] = np.where(known, ratio, np.nan)
    return Access(pd.DataFrame(places, demand.index), pd.DataFrame(facilities, supply.index))


def decay_weights(cost: Floats, catchment: float, decay: str) -> Floats:
    """What a pair counts for at a cost within the catchment (see `two_step`)."""
    if decay not in DECAYS:
        raise RequestError(f"--decay “{decay}”不在可选值 {'、'.join(DECAYS)} 中")
    part = cost / catchment
    if decay == "none":
        return np.ones(len(cost))
    if decay == "step":
        return np.select([part <= far for far, _ in STEPS], [w for _, w in STEPS], 0.0)
    edge = np.exp(-0.5)
    return np.asarray((np.exp(-0.5 * part**2) - edge) / (1 - edge))


def decay_words(decay: str) -> str:
    """The decay as the 口径 says it."""
    return {
        "none": "范围内不随距离衰减（Luo、Wang 2003）",
        "step": "按范围的三等分权重 1、0.68、0.22（Luo、Qi 2009）",
        "gaussian": "高斯衰减，至范围边缘为 0（Dai 2010）",
    }[decay]
