"""Which facility reaches which unit, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.arrays import Ints
from hbgeo.arrow import find_texts
from hbgeo.measure.locate import SERVED, VIA_NAMES
from hbgeo.measure.placing import Placement

# a set of ways as text, by its bits: joined by +, in the order inside, named, served
_VIA_TEXTS = ["+".join(v for k, v in enumerate(VIA_NAMES) if b >> k & 1) for b in range(8)]


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


@dataclass(frozen=True)
class Serving:
    """Who serves whom: pairs of positions in two indexes, of which a million take little room.

    Attributes
    ----------
    units, facilities
        The codes of the units and the ids of the facilities that the pairs point into.
    """

    pairs: Pairs
    units: pd.Index
    facilities: pd.Index

    def __len__(self) -> int:
        return len(self.pairs.unit)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a pair: `unit` (code), `facility` (id), `via` (the ways, joined by "+")."""
        return pd.DataFrame(
            {
                "unit": self.units.array.take(self.pairs.unit),
                "facility": self.facilities.array.take(self.pairs.facility),
                "via": ways_text(self.pairs.via),
            }
        )

    def within(self, units: pd.Index) -> Serving:
        """The pairs of some of the units."""
        return Serving(self.pairs.where(self.at(units) >= 0), self.units, self.facilities)

    def at(self, units: pd.Index) -> Ints:
        """Where the unit of each pair stands in another index; -1 where it does not."""
        return _renumbered(self.pairs.unit, self.units, units)

    def standing(self, facilities: pd.Index) -> Ints:
        """Where the facility of each pair stands in another index; -1 where it does not."""
        return _renumbered(self.pairs.facility, self.facilities, facilities)


def _renumbered(positions: Ints, of: pd.Index, among: pd.Index) -> Ints:
    """Where what stands at positions of one index stands in another; -1 where it does not."""
    if of is among:
        return positions
    return find_texts(of, among)[positions].astype(np.int32)


def no_serving() -> Serving:
    """Nobody serves anybody."""
    none, nobody = np.zeros(0, dtype=np.int32), pd.Index([], dtype="str")
    return Serving(Pairs(none, none, none.astype(np.int8)), nobody, nobody)


def positions_among(every: pd.Index, some: pd.Index) -> Ints:
    """Where each of every is among some, -1 for nowhere; all of some are among every."""
    at = every.get_indexer(some)  # the larger one is hashed, once for all that is asked of it
    made = np.full(len(every), -1, dtype=np.int32)
    made[at[at >= 0]] = np.flatnonzero(at >= 0)
    return made


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
    facility, unit = served_pairs(units, facilities)
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


def served_pairs(
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


def ways_text(bits: NDArray[np.int8]) -> ExtensionArray:
    """Sets of ways as a column of text."""
    return pd.array(_VIA_TEXTS, dtype="str").take(bits)  # as texts are kept now: that may change
