"""Deaths a year that ask for a place in a public-interest facility, unit by unit.

Deaths a year (persons) = population × deaths of a thousand ÷ 1000 × share of a hundred ÷ 100. The
two numbers are those of the population table where it has them (a count of deaths goes before a
rate), else the indicator's, else the catalogue's; they are multiplied and added as decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Mask
from hbgeo.measure.source import PARTS, Source
from hbgeo.read.catalog import LEVEL_NAMES, LEVELS
from hbgeo.read.cell.decimals import whole_numbers
from hbgeo.read.indicator import Assumption, Indicator
from hbgeo.read.keys import DEATHS, POPULATION
from hbgeo.read.schema.records import read_schema

_SAID = {"deaths": ("死亡率", "‰"), "share": ("公益性安葬占比", "%")}
_COLUMNS = {"deaths": ("mortality", "deaths"), "share": ("burial_share",)}
_WRITE = {
    "deaths": 'deaths = { per_mille = 数字, source = "出处" }',
    "share": 'share = { pct = 数字, source = "出处" }',
}


@dataclass(frozen=True)
class Burials:
    """How many deaths a year ask for a place, of each unit of a level.

    Attributes
    ----------
    parts, per
        Whole numbers, and what they are parts of: `parts / per` persons a year.
    known
        The units of which it can be told.
    """

    parts: NDArray[np.object_]
    per: int
    known: Mask

    def __getitem__(self, at: int) -> Fraction:
        """The exact number of one unit."""
        return Fraction(self.parts[at], self.per)

    @property
    def numbers(self) -> Floats:
        """The double nearest to each; NaN where it cannot be told."""
        return np.where(self.known, (self.parts / self.per).astype(float), np.nan)


@dataclass(frozen=True)
class _Columns:
    """What the table says of each unit of its level, NaN where nothing, and what stands in for it."""

    people: Floats
    rate: Floats
    dead: Floats
    share: Floats
    assumed: dict[str, Assumption | None]

    @property
    def counted(self) -> Mask:
        """The units whose deaths are given as a number."""
        return ~np.isnan(self.dead)

    def filled(self, key: str) -> Floats:
        """The rates or shares, with the number assumed where the table has none."""
        given, other = self.rate if key == "deaths" else self.share, self.assumed[key]
        return given if other is None else np.where(np.isnan(given), float(other.amount), given)


def find_burials(one: Indicator, source: Source, level: str) -> Burials:
    """Tell the deaths of every unit of a level; a whole's are its parts', where all are known."""
    units = source.find_units(level)
    if units is None:
        return Burials(np.zeros(0, dtype=object), 1, np.zeros(0, dtype=bool))
    if level == _own_level(source, level):
        return _of_rows(_columns(one, source, units.frame))
    below = source.find_units(PARTS[level])
    if below is None or f"{level}_code" not in below:
        return Burials(np.zeros(len(units), dtype=object), 1, np.zeros(len(units), dtype=bool))
    parts = find_burials(one, source, PARTS[level])
    wholes = pd.Index(below.frame[f"{level}_code"])
    return _added_up(parts, units.frame.index.get_indexer(wholes), len(units))


def lacking_burials(one: Indicator, source: Source, level: str) -> list[str]:
    """What has to be given before deaths can be told, and where to write it."""
    rows = _table(one, source, level)
    table = "人口图层（population）的列"
    heading = read_schema(POPULATION).heading
    missing = []
    if rows is None or np.isnan([rows.people, rows.dead]).all():
        missing.append(f"{table}“{heading('population')}”")
    for key, (what, _) in _SAID.items():
        if (rows is None or not _has(rows, key).any()) and _assumed(one, source, key) is None:
            columns = "或".join(f"“{heading(c)}”" for c in _COLUMNS[key])
            write = f"catalog.toml 中 [assumptions] 的 {_WRITE[key]}"
            missing.append(f"{what}（{table}{columns}，或 {write}）")
    return missing


def said_burials(one: Indicator, source: Source, level: str) -> tuple[str, ...]:
    """Each number that went into the deaths, with its source and of how many units it is."""
    rows = _table(one, source, level)
    if rows is None:
        return ()
    at = LEVEL_NAMES[_own_level(source, level)]
    return tuple(said for key in _SAID for said in _said(rows, key, source, at))


def _said(rows: _Columns, key: str, source: Source, level: str) -> Iterator[str]:
    what, sign = _SAID[key]
    table = source.find_layer(POPULATION)
    whose = f"人口表（{table.source}）" if table is not None and table.source else "人口表"
    mine = _has(rows, key)
    if key == "deaths":
        used = {"年死亡人数": rows.counted, what: mine & ~rows.counted}
    else:
        used = {what: mine}
    for name, mask in used.items():
        if mask.any():
            yield f"{name}：{whose}，{int(mask.sum()):,} 个{level}"
    assumed = rows.assumed[key]
    if assumed is not None and not mine.all():
        some = f"，{int((~mine).sum()):,} 个{level}" if mine.any() else ""
        yield f"{what}：{assumed.amount:f}{sign}（{assumed.source}）{some}"


def _has(rows: _Columns, key: str) -> Mask:
    """The units of which the table itself says it."""
    if key == "share":
        return ~np.isnan(rows.share)
    return ~(np.isnan(rows.rate) & np.isnan(rows.dead))


def _own_level(source: Source, level: str) -> str:
    """The level whose units have rows of the table; a level itself where there is no table."""
    table = source.find_layer(POPULATION)
    if table is None or table.level in {"", level} or level not in PARTS:
        return level
    order = LEVELS
    return table.level if order.index(table.level) > order.index(level) else level


def _table(one: Indicator, source: Source, level: str) -> _Columns | None:
    units = source.find_units(_own_level(source, level))
    return None if units is None else _columns(one, source, units.frame)


def _columns(one: Indicator, source: Source, units: pd.DataFrame) -> _Columns:
    people, rate, dead, share = (_numbers(units, c) for c in ("population", *DEATHS))
    assumed = {key: _assumed(one, source, key) for key in _SAID}
    return _Columns(people, rate, dead, share, assumed)


def _numbers(units: pd.DataFrame, column: str) -> Floats:
    if column not in units:
        return np.full(len(units), np.nan)
    numbers: Floats = units[column].to_numpy(float)
    return numbers


def _assumed(one: Indicator, source: Source, key: str) -> Assumption | None:
    own = one.deaths if key == "deaths" else one.share
    return own or source.find_assumption(key)


def _of_rows(rows: _Columns) -> Burials:
    """Multiply as decimals: each is a whole number of parts of one power of ten."""
    rate, share = rows.filled("deaths"), rows.filled("share")
    known = (rows.counted | ~np.isnan(rows.people * rate)) & ~np.isnan(share)
    (people, a), (rate_, b), (dead, c), (share_, d) = map(
        whole_numbers, (rows.people, rate, rows.dead, share)
    )
    yearly = np.where(rows.counted, dead * (a * b * 1000), people * rate_ * c)
    parts, per = np.where(known, yearly * share_, 0), a * b * 1000 * c * d * 100
    while per > 1 and not (parts % 10).any():
        parts, per = parts // 10, per // 10
    return Burials(parts, per, known)


def _added_up(parts: Burials, owner: NDArray[np.intp], count: int) -> Burials:
    """The sums of the wholes; a whole is known where it has parts and all of them are."""
    mine = owner >= 0
    sums = np.zeros(count, dtype=object)
    np.add.at(sums, owner[mine], parts.parts[mine])
    every, unknown = (np.bincount(owner[m], minlength=count) for m in (mine, mine & ~parts.known))
    return Burials(sums, parts.per, (every > 0) & (unknown == 0))
