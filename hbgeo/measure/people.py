"""People where they live: each populated cell of a grid owned by one unit, and held against it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Floats
from hbgeo.errors import LayerError
from hbgeo.measure.coverage import WHERE
from hbgeo.measure.locate import UnitIndex
from hbgeo.read.catalog import AGES, LEVEL_NAMES
from hbgeo.read.keys import YEARS

if TYPE_CHECKING:
    from hbgeo.read.units.grid import CellBatch


@dataclass(frozen=True)
class Part:
    """Some cells, and the people in them."""

    cells: int = 0
    people: float = 0.0


@dataclass(frozen=True)
class Owned:
    """The populated cells of a grid, each with the one unit that holds its centre.

    Attributes
    ----------
    cells
        `x`, `y` (CGCS2000), `people` and `unit_code` (categories, all units), indexed by `cell`,
        in the order of the grid; those in no unit are left out.
    outside
        Those that are.
    on_border
        Cells whose centre lies on a shared border; each belongs to the smallest code.
    """

    cells: pd.DataFrame
    outside: Part
    on_border: int


@dataclass(frozen=True)
class People:
    """A population grid as demand, held against what the units say of themselves.

    Attributes
    ----------
    cells
        As `Owned.cells`: the demand points.
    units
        Indexed by code: which unit it is (`WHERE`), `cells`, `people` (of the grid), `known` (its
        own population), `difference` (people − known) and `difference_pct` (of known; NaN where
        nothing or nobody is known).
    column
        Which column of the units is meant by `known`; "" where none counts these ages.
    years
        Of the grid, and of the units' population; "" where unknown.
    aside
        Cells set aside in reading, by reason.
    """

    level: str
    cells: pd.DataFrame
    units: pd.DataFrame
    outside: Part
    on_border: int = 0
    aside: tuple[tuple[str, Part], ...] = ()
    age: str = ""
    column: str = ""
    years: tuple[str, str] = ("", "")
    sample: bool = False
    approximate: bool = False
    source: str = ""

    @property
    def total(self) -> float:
        """People in units."""
        return math.fsum(self.units["people"])

    @property
    def known(self) -> float | None:
        """The units' own population, of those that have one; None where none has."""
        known = self.units["known"].dropna()
        return math.fsum(known) if len(known) else None

    @property
    def compared(self) -> float:
        """People of the grid in the units whose own population is known."""
        return math.fsum(self.units["people"][self.units["known"].notna()])

    @property
    def difference(self) -> float | None:
        """`compared` − `known`; None where nothing is known."""
        return None if self.known is None else self.compared - self.known

    @property
    def difference_pct(self) -> float | None:
        """The difference in percent of `known`; None where that is nothing."""
        return 100 * (self.compared - self.known) / self.known if self.known else None

    def words(self) -> str:
        """What the grid holds and how far it is from the units' own figures, in a sentence."""
        unit, whom = LEVEL_NAMES[self.level], f"（{self.age}岁）" if self.age else ""
        said = f"格子按中心点归{unit}，{len(self.cells):,} 个格子、{self.total:,.0f} 人{whom}"
        if self.outside.cells:
            out = f"{self.outside.cells:,} 个格子、{self.outside.people:,.0f} 人"
            said += f"；不在任何{unit}内、不计的 {out}"
        if self.difference is None or self.known is None:
            return f"{said}；{unit}没有可比的人口"
        years = [f"（{y} 年）" if y else " " for y in self.years]
        pct = "" if self.difference_pct is None else f"（{self.difference_pct:+.1f}%）"
        lacking = int(self.units["known"].isna().sum())
        less = f"；{lacking:,} 个没有人口的{unit}不比" if lacking else ""
        return (
            f"{said}；格网{years[0]}{self.compared:,.0f} 人，{unit}自己的人口{years[1]}"
            f"{self.known:,.0f} 人，相差 {self.difference:+,.0f} 人{pct}{less}"
        )


def own_cells(
    batches: Iterable[CellBatch], units: pd.DataFrame, index: UnitIndex | None = None
) -> Owned:
    """Find the one unit that holds the centre of each populated cell.

    Parameters
    ----------
    batches
        Whole rows of a grid; however they are cut, the result is the same to the last bit.
    units
        Indexed by code, with `geometry` in CGCS2000.
    index
        A `UnitIndex` of `units`, if there is one already.

    Raises
    ------
    LayerError
        If no cell at all lies in a unit: the grid is of another place, or its CRS is wrong.
    """
    index = index or UnitIndex(units)
    kept: list[tuple[np.ndarray, ...]] = []
    boxes, lost, outside, on_border = list[Floats](), 0, list[float](), 0
    for batch in batches:
        owner, shared = index.owners(batch.x, batch.y)
        inside = owner >= 0
        on_border += int(shared.sum())
        lost += int((~inside).sum())
        outside += batch.row_sums(~inside)
        kept.append(tuple(v[inside] for v in (batch.cells, batch.x, batch.y, batch.people, owner)))
        if (known := np.isfinite(batch.x)).any():
            x, y = batch.x[known], batch.y[known]
            boxes.append(np.array([x.min(), y.min(), x.max(), y.max()]))
    if lost and not any(len(one[0]) for one in kept):
        raise LayerError(_elsewhere(boxes, units))
    return Owned(_table(kept, units.index), Part(lost, math.fsum(outside)), on_border)


def _table(kept: list[tuple[np.ndarray, ...]], codes: pd.Index) -> pd.DataFrame:
    """The columns put together one after the other, so that no more than one stands twice."""
    kinds = (np.int64, float, float, float, np.int32)
    columns = []
    for kind in kinds:
        parts = [one[0] for one in kept]
        columns.append(np.concatenate(parts) if parts else np.zeros(0, kind))
        kept = [one[1:] for one in kept]
    cell, x, y, people, owner = columns
    unit = pd.Categorical.from_codes(owner, categories=codes.astype("str"))
    index = pd.Index(cell, name="cell")
    return pd.DataFrame({"x": x, "y": y, "people": people, "unit_code": unit}, index, copy=False)


def _elsewhere(boxes: Sequence[Floats], units: pd.DataFrame) -> str:
    """What is said of a grid that is wholly somewhere else."""
    if not boxes:
        return "人口格网的坐标换算不到经纬度；请核对坐标系（crs）"
    box = [*np.min(boxes, axis=0)[:2], *np.max(boxes, axis=0)[2:]]
    mine = shapely.total_bounds(units["geometry"].to_numpy())
    where = [f"经度 {b[0]:.4g}—{b[2]:.4g}、纬度 {b[1]:.4g}—{b[3]:.4g}" for b in (box, mine)]
    return (
        f"人口格网在 {where[0]}，单元在 {where[1]}：没有一个格子落在单元内；"
        "请核对坐标系（crs）和文件"
    )


def hold_against(
    owned: Owned, units: pd.DataFrame, *, level: str, age: str = "", grid_year: str = ""
) -> People:
    """Add up the cells of each unit and hold them against its own population.

    Parameters
    ----------
    units
        Those of `own_cells`, with `population`, `population_60` where they are known.
    age
        Whom the cells count; "" everybody, "60+" those the units' `population_60` counts.
    grid_year
        The year of the grid.
    """
    position = owned.cells["unit_code"].cat.codes.to_numpy()
    count = np.bincount(position, minlength=len(units))
    people = np.bincount(position, weights=owned.cells["people"].to_numpy(), minlength=len(units))
    column = AGES.get(age, "")
    column = column if column in units else ""
    known = units[column].to_numpy(float) if column else np.full(len(units), np.nan)
    plain = pd.DataFrame(units)
    where = {c: plain[c].array if c in plain else "" for c in WHERE}
    difference = people - known
    with np.errstate(divide="ignore", invalid="ignore"):
        pct = np.where(known > 0, 100 * difference / known, np.nan)
    table = pd.DataFrame(
        {**where, "cells": count, "people": people, "known": known, "difference": difference,
         "difference_pct": pct},
        index=units.index,
    )  # fmt: skip
    return People(
        level, owned.cells, table, owned.outside, owned.on_border,
        age=age, column=column, years=(grid_year, _years(units, known)),
    )  # fmt: skip


def _years(units: pd.DataFrame, known: Floats) -> str:
    """The years that the units' population is of."""
    if YEARS not in units:
        return ""
    said = units[YEARS].to_numpy()[~np.isnan(known)]
    return "、".join(sorted({one for text in said for one in str(text).split("、") if one}))
