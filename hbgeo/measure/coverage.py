"""Coverage: two numbers a unit, demand and the share of it covered, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.errors import LayerError
from hbgeo.measure.locate import SERVED, VIA_NAMES, Placement, place

PARENTS = {
    "county": ("county_code", "county"),
    "prefecture": ("prefecture_code", "prefecture"),
    "province": ("province_code", "province"),
}
WHERE = ["name", "kind", "county_code", "county", "prefecture_code", "prefecture"]
WHERE += ["province_code", "province"]


# a set of ways as text, by its bits: joined by +, in the order inside, named, served
_VIA_TEXTS = np.array(
    ["+".join(v for k, v in enumerate(VIA_NAMES) if b >> k & 1) for b in range(8)], dtype=object
)
NO_LINKS = pd.DataFrame({"unit": [], "facility": [], "via": []}, dtype="str")


@dataclass(frozen=True)
class Basis:
    """The stated ground (口径) of a figure.

    `set_aside` counts the facilities left out by reason; `by_ledger` those whose owner the
    ledger decided; `unweighted` lists units without a weight, which leave both sums.
    """

    as_of: date | None = None
    filters: tuple[str, ...] = ()
    used: int = 0
    set_aside: Mapping[str, int] = field(default_factory=dict)
    undated: int = 0
    on_border: int = 0
    outside: int = 0
    approximate: bool = False
    sample: bool = False
    sources: tuple[str, ...] = ()
    by_ledger: int = 0
    unweighted: tuple[str, ...] = ()


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
        `presence`, `reach`, `flag`, `count`, `sum` or `ratio`.
    basis
        The ground of the figures.
    units
        Indexed by unit code: `name`, `kind`, codes and names of county, prefecture and province,
        `demand` (NaN where the weight is missing), `covered` (0 to 1), `facilities` (how many
        serve it), `via` (how: inside, served, named, joined by "+"), and, where the method gives
        amounts, `value`.
    links
        Who serves whom: `unit` (code), `facility` (id), `via` (the ways, joined by "+"); one row
        a pair.
    parents
        Codes and names of every county, prefecture and province there is, whether or not units
        of theirs count; empty where only the units themselves tell.
    """

    indicator: str
    method: str
    basis: Basis
    units: pd.DataFrame
    links: pd.DataFrame = field(default_factory=lambda: NO_LINKS.copy())
    parents: pd.DataFrame = field(default_factory=pd.DataFrame)

    @cached_property
    def share(self) -> Share:
        """Covered and total demand of all units; for a ratio, numerator and denominator."""
        if self.method == "ratio":
            return Share(exact_sum(self.units["value"]), exact_sum(self.units["demand"]))
        return _share(self.units)

    @property
    def pct(self) -> float | None:
        """Covered share of all demand, in percent, unrounded; None where there is none."""
        pct = self.share.pct
        return None if pct is None else float(pct)

    @property
    def uncovered(self) -> pd.DataFrame:
        """Units that have demand and none of it covered."""
        return self.units[(self.units["covered"] == 0) & (self.units["demand"] > 0)]

    @cached_property
    def value(self) -> Fraction:
        """Σ of the amounts, for methods that give amounts."""
        return exact_sum(self.units["value"])

    def by(self, level: str) -> dict[tuple[str, str], Coverage]:
        """Split by parent unit: (code, name) → the coverage of its units, in code order.

        A parent in which no unit counts is there too, with nothing to cover.

        Raises
        ------
        LayerError
            If `level` is not one of county, prefecture, province.
        """
        if level not in PARENTS:
            raise LayerError(f"不能按“{level}”汇总;可选值 {'、'.join(PARENTS)}")
        if level not in self._split:
            self._split[level] = self._split_by(*PARENTS[level])
        return self._split[level]

    @cached_property
    def _split(self) -> dict[str, dict[tuple[str, str], Coverage]]:
        """What `by` has given already, by level."""
        return {}

    def _split_by(self, code: str, name: str) -> dict[tuple[str, str], Coverage]:
        every = [self.units, self.parents] if code in self.parents else [self.units]
        pairs = pd.concat([frame[[code, name]] for frame in every]).drop_duplicates(code)
        keys = sorted(k for k in pairs.itertuples(index=False, name=None) if k[0])
        of_unit = self.units[code].to_numpy().astype(str)
        order = np.argsort(of_unit, kind="stable")
        together = self.units.iloc[order]
        wanted = np.array([k[0] for k in keys], dtype=str)
        starts = np.searchsorted(of_unit[order], wanted, side="left")
        ends = np.searchsorted(of_unit[order], wanted, side="right")
        whole = replace(self, links=NO_LINKS, parents=pd.DataFrame())
        return {
            key: replace(whole, units=together.iloc[a:b])
            for key, a, b in zip(keys, starts, ends, strict=True)
        }


def by_presence(
    units: pd.DataFrame, facilities: pd.DataFrame, *, weight: str | None = None
) -> Coverage:
    """Count a unit as covered when at least one facility stands in it, names it or serves it.

    Parameters
    ----------
    units
        Indexed by code, with a `name` column; polygons in `geometry` (CGCS2000), or none, as
        villages have: those are covered by name only.
    facilities
        Points with `x`, `y` in CGCS2000; a GeoDataFrame of points is taken too. Optional:
        `unit_code`, the unit the ledger row names, and `served`, the codes it serves (a tuple;
        a county's code serves its townships, never the other way). One on a shared border
        belongs to the unit its row names, else the smallest code: none is counted twice.
    weight
        Column of `units` to weigh by, e.g. `"population"`; None counts units. Units without a
        weight leave both sums and are listed in the basis.

    Returns
    -------
    coverage
        Index and order are those of `units`.

    Raises
    ------
    LayerError
        If `weight` is not a column of `units`.
    """
    points = _with_xy(facilities)
    placement = place(points, units)
    pairs = make_pairs(units, points, placement)
    lost = (placement.owner < 0) & ~placement.conflict
    counts = {"点位与台账所在单元不符": int(placement.conflict.sum())}
    basis = Basis(
        used=len(points) - counts["点位与台账所在单元不符"],
        set_aside={k: v for k, v in counts.items() if v},
        on_border=int(placement.on_border.sum()),
        outside=int(lost.sum()),
        by_ledger=int(placement.by_ledger.sum()),
        approximate=bool(units.attrs.get("approximate")),
        sample=bool(units.attrs.get("sample") or facilities.attrs.get("sample")),
    )
    return from_pairs(units, points, pairs, basis=basis, weight=weight)


@dataclass(frozen=True)
class Pairs:
    """Which facility reaches which unit, and how: positions, one entry a pair, sorted by unit.

    `via` holds a bit for each way (see `via_bits`): a facility may stand in a unit and name it
    among those it serves.
    """

    unit: NDArray[np.int32]
    facility: NDArray[np.int32]
    via: NDArray[np.int8]

    def where(self, keep: NDArray[np.bool_]) -> Pairs:
        """The pairs marked in `keep`."""
        return Pairs(self.unit[keep], self.facility[keep], self.via[keep])


def via_bits(ways: Iterable[str]) -> int:
    """The ways of `VIA_NAMES` as bits."""
    return sum(1 << VIA_NAMES.index(way) for way in ways)


def make_pairs(units: pd.DataFrame, facilities: pd.DataFrame, placement: Placement) -> Pairs:
    """Pair facilities with the units they stand in or name, and with those they serve.

    A facility in conflict (see `place`) is paired with none.
    """
    home = np.flatnonzero(placement.owner >= 0).astype(np.int32)
    own = Pairs(placement.owner[home], home, np.left_shift(1, placement.via[home]).astype(np.int8))
    if "served" not in facilities:
        return _sorted(own)
    facility, unit = _served_pairs(units, facilities)
    keep = ~placement.conflict[facility]
    facility, unit = facility[keep], unit[keep]
    at_home = unit == placement.owner[facility]  # it also serves the unit it stands in
    both = np.zeros(len(facilities), dtype=bool)
    both[facility[at_home]] = True
    served = np.full((~at_home).sum(), 1 << SERVED, dtype=np.int8)
    return _sorted(
        Pairs(
            np.concatenate([own.unit, unit[~at_home]]),
            np.concatenate([own.facility, facility[~at_home]]),
            np.concatenate([own.via | (both[home].astype(np.int8) << SERVED), served]),
        )
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
) -> Coverage:
    """Turn pairs into presence coverage (see `by_presence`)."""
    count = np.bincount(pairs.unit, minlength=len(units))
    bits = np.zeros(len(units), dtype=np.int8)
    np.bitwise_or.at(bits, pairs.unit, pairs.via)
    covered = (count > 0).astype(float)
    table, unweighted = unit_table(
        units, weight, covered=covered, facilities=count, via=_said(bits)
    )
    links = pd.DataFrame(
        {
            "unit": units.index.array.take(pairs.unit),
            "facility": facilities.index.array.take(pairs.facility),
            "via": _said(pairs.via),
        }
    )
    basis = replace(basis, unweighted=unweighted)
    return Coverage(indicator, method, basis, table, links)


def unit_table(
    units: pd.DataFrame, weight: str | None, **figures: Any
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The columns that say which unit it is, its demand, other figures; the codes without weight."""
    if weight is not None and weight not in units:
        have = "、".join(str(c) for c in units.columns if c != "geometry")
        raise LayerError(f"没有可加权的列“{weight}”;已有列:{have}")
    plain = pd.DataFrame(units)  # of a GeoDataFrame, taking columns out is slow
    where = {c: plain[c].array if c in plain else "" for c in WHERE}
    demand = np.ones(len(units)) if weight is None else units[weight].to_numpy(dtype=float)
    table = pd.DataFrame({**where, "demand": demand, **figures}, index=units.index)
    return table, tuple(units.index[np.isnan(demand)].astype(str))


def _with_xy(facilities: pd.DataFrame) -> pd.DataFrame:
    if "x" in facilities or "geometry" not in facilities:
        return facilities
    points = facilities["geometry"].to_numpy()
    return facilities.drop(columns="geometry").assign(
        x=shapely.get_x(points), y=shapely.get_y(points)
    )


def _served_pairs(
    units: pd.DataFrame, facilities: pd.DataFrame
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Every (facility, unit) whose unit, or a parent of it, is listed as served; once each."""
    served = facilities["served"].to_numpy(dtype=object)
    some = np.flatnonzero(served.astype(bool))  # most serve no more than where they stand
    served = served[some]
    facility = np.repeat(some, np.fromiter(map(len, served), np.int64, len(some)))
    codes = pd.Index([_short_code(c) for listed in served for c in listed], dtype=object)
    found = [np.zeros(0, dtype=np.int64)]
    for group, names in _ancestors(units) if len(codes) else []:
        row, unit = _join(codes, group, names)
        found.append(facility[row] * len(units) + unit)
    pairs = np.unique(np.concatenate(found))
    n = max(len(units), 1)
    return (pairs // n).astype(np.int32), (pairs % n).astype(np.int32)


def _join(
    codes: pd.Index, group: NDArray[np.intp], names: pd.Index
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (position in codes, position in group) whose name is the code, a non-empty text."""
    members = np.argsort(group, kind="stable")
    size = np.bincount(group, minlength=len(names))
    start = np.cumsum(size) - size
    hit = names.get_indexer(codes)
    row = np.flatnonzero((hit >= 0) & (codes != ""))
    many = size[hit[row]]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(row, many), members[np.repeat(start[hit[row]], many) + within]


def _short_code(code: str) -> str:
    """A served province or prefecture as its two or four digits, whichever way it was written."""
    for digits in (2, 4):
        if len(code) == 6 and not code[digits:].strip("0"):
            return code[:digits]
    return code


def _ancestors(units: pd.DataFrame) -> Iterator[tuple[NDArray[np.intp], pd.Index]]:
    """The unit's own code, its township's, county's, prefecture's and province's, as listed codes.

    Each as the number of every unit's code, and the codes. Prefectures are written with four
    digits and provinces with two, so that no code of one level is taken for another's.
    """
    yield np.arange(len(units)), units.index.astype(object)
    for column, digits in (
        ("township_code", 9),
        ("county_code", 6),
        ("prefecture_code", 4),
        ("province_code", 2),
    ):
        if column in units:
            row, codes = pd.factorize(units[column], use_na_sentinel=False)
            short, names = pd.factorize(np.array([str(c)[:digits] for c in codes], dtype=object))
            yield short[row], pd.Index(names, dtype=object)


def _sorted(pairs: Pairs) -> Pairs:
    unit = pairs.unit.astype(np.uint16) if pairs.unit.max(initial=0) < 1 << 16 else pairs.unit
    order = np.argsort(pairs.facility, kind="stable")
    order = order[np.argsort(unit[order], kind="stable")]  # of short numbers: by their digits
    return Pairs(pairs.unit[order], pairs.facility[order], pairs.via[order])


def _said(bits: NDArray[np.int8]) -> Any:
    """Sets of ways as a column of text."""
    return pd.array(_VIA_TEXTS, dtype="str").take(bits)


def _share(units: pd.DataFrame) -> Share:
    """Σ covered·demand and Σ demand over units that have a weight; exact where numbers are whole."""
    demand, covered = units["demand"].to_numpy(float), units["covered"].to_numpy(float)
    known = ~np.isnan(demand)
    demand, covered = demand[known], covered[known]
    whole = ((covered == 0) | (covered == 1)) & (demand == np.round(demand))
    return Share(exact_sum(demand * covered), exact_sum(demand), bool(whole.all()))


def exact_sum(values: Iterable[float]) -> Fraction:
    """Add numbers without rounding; NaN is left out."""
    given = values if isinstance(values, (np.ndarray, pd.Series)) else list(values)
    numbers = np.asarray(given, dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    if (numbers == np.round(numbers)).all() and np.abs(numbers).sum() < 2**53:
        return Fraction(int(numbers.sum()))
    return sum((Fraction(float(v)) for v in numbers), Fraction(0))
