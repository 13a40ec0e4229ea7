"""Who lives beyond reach: how many villages lie within each radius of what counts, and how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.coverage import Share
from hbgeo.measure.distance import Spots, has_point, spots_of
from hbgeo.measure.nearby import Found, Nearby
from hbgeo.measure.radii import can_reach
from hbgeo.read.cell.decimals import exact_sum

RADII = tuple(map(Decimal, (1000, 3000, 5000, 10_000, 15_000, 20_000)))  # metres
STRAIGHT = "直线距离，非步行时间"
_WHERE = ["county_code", "county", "prefecture_code", "prefecture", "township"]


@dataclass(frozen=True)
class Every:
    """All villages by code, sorted; of each the county, as a number among `counties` (-1: none)."""

    frame: pd.DataFrame
    county: NDArray[np.intp]
    counties: pd.Index


@dataclass(frozen=True)
class Beyond:
    """The villages that an indicator is about, and how far each is from what counts for it.

    Attributes
    ----------
    assessment
        The indicator as it was measured.
    every, at
        All villages, and the positions of those that it is about.
    metres, near
        Of each of those the distance to the nearest facility that counts, in a straight line (NaN
        where the village has no point), and its position among `facilities` (-1).
    facilities
        All that count and stand somewhere, by id, whether near a village or not: `name`, `x`, `y`.
    areas
        Radius → share of the area of the indicator's units, where that was asked for.
    sample
        Whether the villages are invented.
    """

    assessment: Assessment
    every: Every
    at: NDArray[np.intp]
    metres: Floats
    near: NDArray[np.intp]
    facilities: pd.DataFrame
    areas: Mapping[Decimal, Share] = field(default_factory=dict)
    radii: Sequence[Decimal] = RADII
    sample: bool = False

    def __len__(self) -> int:
        """How many villages there are."""
        return len(self.at)

    @cached_property
    def people_of(self) -> Floats:
        """How many live in each village; NaN where that is not known."""
        frame = self.every.frame
        if "population" not in frame:
            return np.full(len(self.at), np.nan)
        return np.asarray(frame["population"].to_numpy(float)[self.at])

    @property
    def has_people(self) -> bool:
        """Whether villages have people of their own."""
        return bool((~np.isnan(self.people_of)).any())

    @property
    def county(self) -> NDArray[np.intp]:
        """The county of each, as a number among `every.counties`."""
        return self.every.county[self.at]

    @property
    def unplaced(self) -> int:
        """Villages without a point: in the total, within no radius, and on no list."""
        return int(np.isnan(self.metres).sum())

    def inside(self, radius: Decimal) -> Mask:
        """Which of the villages lie within a radius."""
        return np.asarray(self.metres <= float(radius))

    def share(self, radius: Decimal) -> Share:
        """Villages within a radius, and all: each counts one."""
        return Share(Fraction(int(self.inside(radius).sum())), Fraction(len(self)))

    def people(self, radius: Decimal) -> Share:
        """People of villages within a radius, and of all whose number is known."""
        known = self.people_of
        return Share(exact_sum(known[self.inside(radius)]), exact_sum(known))

    def count_left(self, radius: Decimal) -> int:
        """How many villages lie beyond a radius."""
        return int((self.metres > float(radius)).sum())

    def left(self, radius: Decimal, most: int | None = None) -> pd.DataFrame:
        """The villages beyond a radius, the farthest first; of equally far ones by code.

        Returns
        -------
        places
            Indexed by code: `name`, `township`, `county`, `prefecture` and their codes where there
            are any; `people`, `metres`, `nearest` (its id) and `nearest_name`.
        """
        order = np.argsort(-self.metres, kind="stable")
        return self._places(order[self.metres[order] > float(radius)][:most])

    @cached_property
    def places(self) -> pd.DataFrame:
        """All villages in code order, as `left` has them."""
        return self._places(np.arange(len(self)))

    def _places(self, some: NDArray[np.intp]) -> pd.DataFrame:
        every, at = self.every.frame, self.at[some]
        columns: dict[str, Any] = {
            c: every[c].array.take(at) if c in every else "" for c in ("name", *_WHERE)
        }
        columns["people"], columns["metres"] = self.people_of[some], self.metres[some]
        columns["nearest"] = _texts(self.facilities.index, self.near[some])
        columns["nearest_name"] = _texts(self.facilities["name"], self.near[some])
        return pd.DataFrame(columns, every.index.take(at))

    @cached_property
    def counties(self) -> dict[str, Beyond]:
        """The same of each county, in code order."""
        made = {}
        for n, code in enumerate(self.every.counties):
            mine = self.county == n
            if mine.any():
                of = {"at": self.at[mine], "metres": self.metres[mine], "near": self.near[mine]}
                made[str(code)] = replace(self, areas={}, **of)
        return made


def _texts(of: pd.Index | pd.Series, at: NDArray[np.intp]) -> NDArray[np.object_]:
    """The texts at some positions; "" at -1."""
    texts = of.take(np.maximum(at, 0)).to_numpy(object)
    return np.where(at < 0, "", texts)


def measure_beyond(
    measured: Measured,
    villages: pd.DataFrame | None,
    *,
    variants: bool = False,
    nearby: Nearby | None = None,
) -> list[Beyond]:
    """Find how far each village is from the nearest facility that counts.

    By geodesic distance in a straight line, which is no walking time. Of the main readings (and
    the `variants`) of indicators that ask whether facilities are there or near; none of one whose facilities stand
    nowhere, or of whose units no village is one or lies in one.

    Parameters
    ----------
    measured
        Its `qualified` are the facilities, wherever they stand.
    villages
        Units of the level `village`: `seat_x`, `seat_y` in CGCS2000; `population` where there is.
    nearby
        What finds the nearest facility of each; None: one that remembers nothing.

    Notes
    -----
    A figure by village is the one that `hbgeo stats --radius` gives of an indicator of villages,
    and `hbgeo plan --within` as it stands before anything is built.
    """
    if villages is None or "seat_x" not in villages:
        return []
    frame = villages if villages.index.is_monotonic_increasing else villages.sort_index()
    seats = pd.DataFrame({"x": frame["seat_x"], "y": frame["seat_y"]})
    if not has_point(seats).any():
        return []
    asked = [a for a in measured.assessments if variants or a.indicator.variant is None]
    every = _Villages(frame, spots_of(seats), nearby or Nearby())
    found = (_of_one(a, measured, every) for a in asked)
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class _Villages:
    """All villages, and what is worked out of them once for several indicators."""

    frame: pd.DataFrame
    seats: Spots
    nearby: Nearby
    _near: dict[str, list[tuple[pd.Index, Found]]] = field(default_factory=dict)
    _owners: dict[str, tuple[NDArray[np.intp], pd.Index]] = field(default_factory=dict)

    @cached_property
    def every(self) -> Every:
        """The villages with their counties."""
        if "county_code" not in self.frame:
            return Every(self.frame, np.full(len(self.frame), -1), pd.Index([]))
        found, codes = self._owner("county_code")
        order = np.append(np.argsort(np.argsort(codes.to_numpy(str))), -1)
        blank = np.append((codes == ""), True)
        return Every(self.frame, np.where(blank[found], -1, order[found]), codes.sort_values())

    def near(self, layer: str, facilities: pd.DataFrame) -> Found:
        """The position of the nearest of each, and metres."""
        known = self._near.setdefault(layer, [])
        for some, near in known:  # several readings of an indicator count the very same
            if some.equals(facilities.index):
                return near
        known.append((facilities.index, self.nearby.find(self.seats, facilities)))
        return known[-1][1]

    def inside(self, level: str, units: pd.Index) -> NDArray[np.intp]:
        """The positions of those that are, or lie in, some units of a level."""
        if level == "village":
            at = self.frame.index.get_indexer(units)
            return np.sort(at[at >= 0])
        if f"{level}_code" not in self.frame:
            return np.arange(0)
        owner, codes = self._owner(f"{level}_code")
        return np.flatnonzero(np.append(codes.isin(units), False)[owner])

    def _owner(self, column: str) -> tuple[NDArray[np.intp], pd.Index]:
        """A column as numbers among its distinct codes (-1: none)."""
        if column not in self._owners:
            self._owners[column] = pd.factorize(pd.Index(self.frame[column]))
        return self._owners[column]


def _of_one(one: Assessment, measured: Measured, villages: _Villages) -> Beyond | None:
    what = one.indicator
    if not can_reach(what) or one.coverage is None:
        return None
    facilities = measured.qualified.get(what.id, pd.DataFrame())
    facilities = facilities[has_point(facilities)] if len(facilities) else facilities
    if not len(facilities):
        return None
    at = villages.inside(what.units, one.coverage.units.index)
    if not len(at):
        return None
    which, metres = villages.near(what.layer, facilities)
    return Beyond(one, villages.every, at, metres[at], which[at], facilities)
