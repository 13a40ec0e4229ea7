"""Who lives beyond reach: how many villages lie within each radius of what counts, and how far each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Mask
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.coverage import Share
from hbgeo.measure.distance import has_point, nearest
from hbgeo.measure.radii import can_reach
from hbgeo.read.cell.decimals import exact_sum

RADII = tuple(map(Decimal, (1000, 3000, 5000, 10_000, 15_000, 20_000)))  # metres
STRAIGHT = "直线距离，非步行时间"
_WHERE = ["county_code", "county", "prefecture_code", "prefecture", "township"]


@dataclass(frozen=True)
class Beyond:
    """The villages that an indicator is about, and how far each is from what counts for it.

    Attributes
    ----------
    assessment
        The indicator as it was measured.
    places
        Indexed by code, sorted: `name`, `county_code`, `county`, `prefecture_code`, `prefecture`,
        `township`; `people` (NaN: not known); `metres` to the nearest facility that counts, in a
        straight line (NaN where the village has no point), `nearest` (its id) and `nearest_name`.
    facilities
        Ids of all that count and stand somewhere, whether near a village or not.
    areas
        Radius → share of the area of the indicator's units, where that was asked for.
    """

    assessment: Assessment
    places: pd.DataFrame
    facilities: pd.Index
    areas: Mapping[Decimal, Share] = field(default_factory=dict)
    radii: Sequence[Decimal] = RADII
    sample: bool = False  # whether the villages are invented

    @property
    def has_people(self) -> bool:
        """Whether villages have people of their own."""
        return bool(self.places["people"].notna().any())

    @property
    def unplaced(self) -> int:
        """Villages without a point: in the total, within no radius, and on no list."""
        return int(self.places["metres"].isna().sum())

    def inside(self, radius: Decimal) -> Mask:
        """Which of the places lie within a radius."""
        return np.asarray((self.places["metres"] <= float(radius)).to_numpy())

    def share(self, radius: Decimal) -> Share:
        """Villages within a radius, and all: each counts one."""
        return Share(Fraction(int(self.inside(radius).sum())), Fraction(len(self.places)))

    def people(self, radius: Decimal) -> Share:
        """People of villages within a radius, and of all whose number is known."""
        known = self.places["people"]
        return Share(exact_sum(known[self.inside(radius)]), exact_sum(known))

    def left(self, radius: Decimal) -> pd.DataFrame:
        """The places beyond a radius, the farthest first; of equally far ones by code."""
        some = self.places[(self.places["metres"] > float(radius)).to_numpy()]
        return some.sort_values("metres", ascending=False, kind="stable")

    @cached_property
    def counties(self) -> dict[str, Beyond]:
        """The same of each county, in code order."""
        split = self.places.groupby("county_code", sort=True)
        parts = {str(code): part for code, part in split if code}
        return {c: Beyond(self.assessment, p, self.facilities) for c, p in parts.items()}


def measure_beyond(
    measured: Measured, villages: pd.DataFrame | None, *, variants: bool = False
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

    Notes
    -----
    A figure by village is the one that `hbgeo stats --radius` gives of an indicator of villages,
    and `hbgeo plan --within` as it stands before anything is built.
    """
    if villages is None or "seat_x" not in villages:
        return []
    frame = villages.sort_index()
    seats = pd.DataFrame({"x": frame["seat_x"], "y": frame["seat_y"]})
    if not has_point(seats).any():
        return []
    every = _Villages(frame, seats)
    asked = [a for a in measured.assessments if variants or a.indicator.variant is None]
    found = (_of_one(a, measured, every) for a in asked)
    return [one for one in found if one is not None]


@dataclass(frozen=True)
class _Villages:
    """All villages, and what is worked out of them once for several indicators."""

    frame: pd.DataFrame
    seats: pd.DataFrame
    _near: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)
    _owners: dict[str, tuple[NDArray[np.intp], pd.Index]] = field(default_factory=dict)

    def near(self, layer: str, facilities: pd.DataFrame) -> pd.DataFrame:
        """What is nearest to each, as `_nearest` has it."""
        key = (layer, *map(str, facilities.index))
        if key not in self._near:
            self._near[key] = _nearest(self.seats, facilities)
        return self._near[key]

    def inside(self, level: str, units: pd.Index) -> Mask:
        """Which of them are, or lie in, some units of a level."""
        made = np.zeros(len(self.frame), dtype=bool)
        if level == "village":
            at = self.frame.index.get_indexer(units)
            made[at[at >= 0]] = True
        elif f"{level}_code" in self.frame:
            if level not in self._owners:
                self._owners[level] = pd.factorize(pd.Index(self.frame[f"{level}_code"]))
            owner, codes = self._owners[level]
            made = np.append(codes.isin(units), False)[owner]
        return made


def _of_one(one: Assessment, measured: Measured, villages: _Villages) -> Beyond | None:
    what = one.indicator
    if not can_reach(what) or one.coverage is None:
        return None
    facilities = measured.qualified.get(what.id, pd.DataFrame())
    mine = villages.inside(what.units, one.coverage.units.index)
    facilities = facilities[has_point(facilities)] if len(facilities) else facilities
    if not mine.any() or not len(facilities):
        return None
    near = villages.near(what.layer, facilities)
    return Beyond(one, _places(villages.frame, near)[mine], facilities.index)


def _nearest(seats: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """`metres`, `nearest`, `nearest_name` of each village."""
    found = nearest(seats, facilities)
    at = found["facility"].to_numpy()
    ids = np.append(facilities.index.to_numpy(object), "")
    names = np.append(facilities["name"].to_numpy(object), "")
    return pd.DataFrame(
        {"metres": found["metres"], "nearest": ids[at], "nearest_name": names[at]}, seats.index
    )


def _places(villages: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    given = {c: villages.get(c, "") for c in ("name", *_WHERE)}
    people = villages.get("population", np.nan)
    return pd.DataFrame(given, villages.index).assign(
        people=people, metres=near["metres"], nearest=near["nearest"], nearest_name=near["nearest_name"]
    )  # fmt: skip
