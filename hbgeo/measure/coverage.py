"""Coverage: two numbers a unit, demand and the share of it covered, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import LayerError
from hbgeo.measure.basis import Basis
from hbgeo.measure.distance import with_xy
from hbgeo.measure.pairs import Pairs, Serving, make_pairs, no_serving, ways_text
from hbgeo.measure.placing import Placement, place
from hbgeo.measure.source import PARENTS
from hbgeo.read.cell.decimals import exact_sum

WHERE = ["name", "kind", "county_code", "county", "prefecture_code", "prefecture"]
WHERE += ["province_code", "province"]


@dataclass(frozen=True)
class Share:
    """Covered and total demand of one unit, or of all: a ratio of sums, exact where it can be."""

    covered: Fraction
    total: Fraction
    exact: bool = True

    @property
    def pct(self) -> Fraction | None:
        """Percent covered; None where there is no demand."""
        return 100 * self.covered / self.total if self.total else None


@dataclass(frozen=True)
class Coverage:
    """One indicator measured against one set of units.

    Attributes
    ----------
    indicator
        Id of the indicator, or "" for a measurement outside the policy.
    method
        `presence`, `reach`, `flag`, `chain`, `capacity`, `count`, `sum` or `ratio`.
    basis
        The ground of the figures.
    units
        Indexed by unit code: `name`, `kind`, codes and names of county, prefecture and province,
        `demand` (NaN where the weight is missing), `covered` (0 to 1), `facilities` (how many
        serve it; of a chain, over all its links), `via` (how: inside, served, named, joined by
        "+"; of a chain that is broken the name of its weakest link: the first in the order in
        which the policy writes them), of a chain `held` (a bit for each link that holds), where the method gives amounts `value`, and of a capacity
        `places` and `deaths` (a year), with the years that they last as `value`.
    serving
        Who serves whom.
    apart
        Amounts of rows that name only their county: `value` under its codes and names. They are
        in the county's and the province's figures, in no unit's.
    parents
        Codes and names of every county, prefecture and province there is, whether or not units
        of theirs count; empty where only the units themselves tell.
    finer
        Column (`places`, `deaths`) → unit code → its exact number, where the double beside it only
        comes near: a third of a place.
    """

    indicator: str
    method: str
    basis: Basis
    units: pd.DataFrame
    serving: Serving = field(default_factory=no_serving)
    parents: pd.DataFrame = field(default_factory=pd.DataFrame)
    apart: pd.DataFrame = field(default_factory=pd.DataFrame)
    finer: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)

    @cached_property
    def share(self) -> Share:
        """Covered and total demand of all units; for a ratio, numerator and denominator."""
        if self.method == "ratio":
            return Share(self.value, exact_sum(self.units["demand"]))
        return _share(self.units)

    @property
    def pct(self) -> float | None:
        """Covered share of all demand, in percent, unrounded; None where there is none."""
        pct = self.share.pct
        return None if pct is None else float(pct)

    @property
    def links(self) -> pd.DataFrame:
        """Who serves whom, one row a pair: `unit` (code), `facility` (id), `via` (the ways, joined by "+")."""
        return self.serving.table

    @property
    def uncovered(self) -> pd.DataFrame:
        """Units that have demand and none of it covered."""
        return self.units[(self.units["covered"] == 0) & (self.units["demand"] > 0)]

    @cached_property
    def value(self) -> Fraction:
        """Σ of the amounts, for methods that give amounts."""
        beside = exact_sum(self.apart["value"]) if len(self.apart) else 0
        return exact_sum(self.units["value"]) + beside

    @cached_property
    def places(self) -> Fraction:
        """Σ of the places that are free, of a measurement of capacity."""
        return self._exact_sum("places")

    @cached_property
    def deaths(self) -> Fraction:
        """Σ of the deaths a year that ask for one of those places."""
        return self._exact_sum("deaths")

    @property
    def years_left(self) -> Fraction | None:
        """For how many years those places last; None where nobody asks for one."""
        return self.places / self.deaths if self.deaths else None

    def _exact_sum(self, column: str) -> Fraction:
        """Add up a column of the units of which it can be told whether they are supplied."""
        numbers, finer = self._supplied[column], self.finer.get(column, {})
        if not finer:
            return exact_sum(numbers)
        known = [finer[code] for code in numbers.index if code in finer]
        return exact_sum(numbers[~numbers.index.isin(list(finer))]) + sum(known, Fraction(0))

    @property
    def _supplied(self) -> pd.DataFrame:
        """The units of which both are known, and whether the one suffices for the other."""
        return self.units[["demand", "places", "deaths"]].dropna()

    def of_units(self, units: pd.DataFrame) -> Coverage:
        """The same of some of its units: of a chain, how many of them each link holds for."""
        links = count_links(self.basis.links, units) if self.basis.links else self.basis.links
        return replace(self, units=units, basis=replace(self.basis, links=links))

    def by(self, level: str) -> dict[tuple[str, str], Coverage]:
        """Split by parent unit: (code, name) → the coverage of its units, in code order.

        A parent in which no unit counts is there too, with nothing to cover.

        Raises
        ------
        LayerError
            If `level` is not one of county, prefecture, province.
        """
        if level not in PARENTS:
            raise LayerError(f"不能按“{level}”汇总；可选值 {'、'.join(PARENTS)}")
        if level not in self._split:
            self._split[level] = self._split_by(*PARENTS[level])
        return self._split[level]

    @cached_property
    def _split(self) -> dict[str, dict[tuple[str, str], Coverage]]:
        """What `by` has given already, by level."""
        return {}

    def _split_by(self, code: str, name: str) -> dict[tuple[str, str], Coverage]:
        every = [t for t in (self.units, self.parents, self.apart) if code in t]
        pairs = pd.concat([frame[[code, name]] for frame in every]).drop_duplicates(code)
        keys = sorted(k for k in pairs.itertuples(index=False, name=None) if k[0])
        of_unit = self.units[code].to_numpy().astype(str)
        order = np.argsort(of_unit, kind="stable")
        together = self.units.iloc[order]
        wanted = np.array([k[0] for k in keys], dtype=str)
        starts = np.searchsorted(of_unit[order], wanted, side="left")
        ends = np.searchsorted(of_unit[order], wanted, side="right")
        whole = replace(self, serving=no_serving(), parents=pd.DataFrame())
        split = zip(keys, starts, ends, strict=True)
        parts = {key: whole.of_units(together.iloc[a:b]) for key, a, b in split}
        if len(self.apart):
            beside = {key: self.apart[self.apart[code] == key[0]] for key in keys}
            parts = {key: replace(part, apart=beside[key]) for key, part in parts.items()}
        return parts


def by_presence(
    units: pd.DataFrame,
    facilities: pd.DataFrame,
    *,
    weight: str | None = None,
    approximate: bool = False,
    sample: bool = False,
) -> Coverage:
    """Count a unit as covered when at least one facility stands in it, names it or serves it.

    Parameters
    ----------
    units
        By code: `name`, and `geometry` in CGCS2000, or none; index and order of the result are theirs.
    facilities
        Points with `x`, `y` in CGCS2000, or a GeoDataFrame. Optional: `unit_code`, which the row
        names, and `served`, codes (a tuple; a county's serves its townships, never upwards). On a
        shared border the unit that its row names, else the smallest code: none counts twice.
    weight
        Column of `units`; None counts units. Those without one leave both sums, listed in the basis.
    approximate, sample
        Whether the units' shapes are only a hint (see `place`), and whether data are invented.

    Raises
    ------
    LayerError
        If `weight` is not a column of `units`.

    Examples
    --------
    >>> import pandas as pd, shapely
    >>> shapes = [shapely.box(110, 30, 111, 31), shapely.box(111, 30, 112, 31)]
    >>> units = pd.DataFrame({"name": ["甲镇", "乙镇"], "geometry": shapes}, index=["a", "b"])
    >>> hbgeo.by_presence(units, pd.DataFrame({"x": [111.0], "y": [30.5]})).units["covered"].to_dict()
    {'a': 1.0, 'b': 0.0}
    """
    points = with_xy(facilities)
    placed = place(points, units, approximate=approximate)
    basis = replace(_basis_of(placed), approximate=approximate, sample=sample)
    return from_pairs(units, points, make_pairs(units, points, placed), basis=basis, weight=weight)


def _basis_of(placement: Placement) -> Basis:
    """What the placement of facilities says of the figure made from it."""
    clash = int(placement.conflict.sum())
    return Basis(
        used=len(placement.owner) - clash,
        set_aside={"点位与台账所在单元不符": clash} if clash else {},
        on_border=int(placement.on_border.sum()),
        outside=int(((placement.owner < 0) & ~placement.conflict).sum()),
        by_ledger=int(placement.by_ledger.sum()),
    )


def from_pairs(
    units: pd.DataFrame,
    facilities: pd.DataFrame,
    pairs: Pairs,
    *,
    basis: Basis,
    weight: str | None = None,
    method: str = "presence",
    indicator: str = "",
    whole: Mask | None = None,
) -> Coverage:
    """Turn pairs into presence coverage (see `by_presence`).

    Parameters
    ----------
    whole
        The units that count as covered; None: those that have a pair.
    """
    count = np.bincount(pairs.unit, minlength=len(units))
    bits = np.zeros(len(units), dtype=np.int8)
    np.bitwise_or.at(bits, pairs.unit, pairs.via)
    covered = (count > 0 if whole is None else whole).astype(float)
    table, unweighted = unit_table(
        units, weight, covered=covered, facilities=count, via=ways_text(bits)
    )
    basis = replace(basis, unweighted=unweighted)
    serving = Serving(pairs, units.index, facilities.index)
    return Coverage(indicator, method, basis, table, serving)


def unit_table(
    units: pd.DataFrame, weight: str | None, **figures: Any
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The columns that say which unit it is, its demand, other figures; the codes without weight."""
    demand = demand_of(units, weight)
    # of a GeoDataFrame, taking columns out is slow
    plain = units if type(units) is pd.DataFrame else pd.DataFrame(units)
    where = {c: plain.get(c, "") for c in WHERE}
    # what is said of the units is that of theirs, uncopied: whoever hands it on hands it on once
    table = pd.DataFrame({**where, "demand": demand, **figures}, index=units.index, copy=False)
    unknown = np.isnan(demand)
    return table, tuple(units.index[unknown].astype(str)) if unknown.any() else ()


def demand_of(units: pd.DataFrame, weight: str | None) -> Floats:
    """What each unit counts for: one, or its weight, NaN where that is not known."""
    if weight is None:
        return np.ones(len(units))
    if weight not in units:
        have = "、".join(str(c) for c in units.columns if c != "geometry")
        raise LayerError(f"没有可加权的列“{weight}”；已有列：{have}")
    return units[weight].to_numpy(dtype=float, copy=True)


def count_links(names: Iterable[str], units: pd.DataFrame) -> dict[str, int]:
    """Of how many units each link of a chain holds, by name (see `held` in `Coverage.units`)."""
    held = units["held"].to_numpy(np.int64)
    return {name: int((held >> k & 1).sum()) for k, name in enumerate(names)}


def _share(units: pd.DataFrame) -> Share:
    """Σ covered·demand and Σ demand over units that have a weight; exact where cover is 0 or 1."""
    demand, covered = units["demand"].to_numpy(float), units["covered"].to_numpy(float)
    known = ~np.isnan(demand)
    demand, covered = demand[known], covered[known]
    whole = (covered == 0) | (covered == 1)
    return Share(exact_sum(demand * covered), exact_sum(demand), bool(whole.all()))
