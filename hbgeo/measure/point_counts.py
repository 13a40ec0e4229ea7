"""How many points stand in each unit, and where all the others are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, unit_table
from hbgeo.measure.locate import INSIDE, UnitIndex
from hbgeo.measure.pairs import ways_text

Longs = NDArray[np.int64]


@dataclass(frozen=True)
class Census:
    """Numbers of rows, by what became of them; two of them can be added.

    Attributes
    ----------
    points
        In each unit, by its position.
    rows
        All of them.
    passed
        That hold none of the values asked for.
    outside
        With a point that is in no unit.
    blank, unreadable
        Without coordinates; with coordinates that cannot be used.
    on_border
        Of those in a unit: on a border that it shares with another.
    by_row
        Of those on a border: in the unit that the row names, where the smallest code would have
        been another.
    """

    points: Longs
    rows: int = 0
    passed: int = 0
    outside: int = 0
    blank: int = 0
    unreadable: int = 0
    on_border: int = 0
    by_row: int = 0

    def __add__(self, other: Self) -> Self:
        both = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return replace(self, **both)

    @property
    def inside(self) -> int:
        """How many are in a unit."""
        return int(self.points.sum())

    @property
    def adds_up(self) -> bool:
        """Whether every row is somewhere, once."""
        gone = self.passed + self.outside + self.blank + self.unreadable
        return self.rows == self.inside + gone and self.by_row <= self.on_border <= self.inside


def census_of(
    index: UnitIndex,
    x: Floats,
    y: Floats,
    named: Iterable[str] | None = None,
    *,
    passed: int = 0,
    unreadable: int = 0,
) -> Census:
    """Count some points.

    Parameters
    ----------
    x, y
        In CGCS2000; NaN for none.
    named
        The code of the unit that each row names, "" for none: on a shared border it decides.
    passed, unreadable
        As in `Census`; the rows of the latter are among those of NaN.
    """
    owner, shared = index.owners(x, y)
    by_row = 0
    if named is not None and shared.any():
        stated = index.codes.get_indexer(pd.Index(list(named)))
        decided, _ = index.owners(x[shared], y[shared], named=stated[shared])
        by_row = int((decided != owner[shared]).sum())
        owner[shared] = decided
    lost = int(np.isnan(x).sum())
    held = np.bincount(owner[owner >= 0], minlength=len(index.codes)).astype(np.int64)
    return Census(
        points=held,
        rows=len(x) + passed,
        passed=passed,
        outside=int((owner < 0).sum()) - lost,
        blank=lost - unreadable,
        unreadable=unreadable,
        on_border=int(shared.sum()),
        by_row=by_row,
    )


@dataclass(frozen=True)
class PointCounts:
    """The points of some files, by the unit that holds them.

    Attributes
    ----------
    units
        Indexed by code, in its order: `name`, `kind`, codes and names of county, prefecture and
        province, and `points`.
    census
        What became of every row.
    filters
        What was asked of the rows, in words.
    sources
        The files, by name.
    said
        Lines for the user: what was taken for granted.
    """

    units: pd.DataFrame
    census: Census
    filters: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def coverage(self) -> Coverage:
        """The units that hold a point as covered ones: by presence, each unit counting one."""
        one, points = self.census, self.units["points"].to_numpy()
        aside = {"没有坐标": one.blank, "坐标不能使用": one.unreadable}
        basis = Basis(
            filters=self.filters,
            used=one.inside + one.outside,
            set_aside={why: many for why, many in aside.items() if many},
            on_border=one.on_border,
            outside=one.outside,
            by_ledger=one.by_row,
            sources=self.sources,
        )
        via = ways_text((points > 0).astype(np.int8) << INSIDE)
        covered = (points > 0).astype(float)
        table, _ = unit_table(self.units, None, covered=covered, facilities=points, via=via)
        return Coverage("", "presence", basis, table)


def counts_of(
    units: pd.DataFrame,
    census: Census,
    *,
    filters: Sequence[str] = (),
    sources: Sequence[str] = (),
    said: Sequence[str] = (),
) -> PointCounts:
    """Put numbers beside the units that they are of, which are in the order of the index."""
    table, _ = unit_table(units, None, points=census.points)
    order = np.argsort(units.index.to_numpy().astype(str), kind="stable")
    table = table.drop(columns="demand").iloc[order]
    return PointCounts(table, census, tuple(filters), tuple(sources), tuple(said))
