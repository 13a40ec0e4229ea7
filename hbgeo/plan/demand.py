"""What is to be covered: the indicator's units, or the places where people are, each with its weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis_words import PEOPLE, PIECES, WEIGHED, weight_heading
from hbgeo.measure.coverage import Coverage
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.decimals import exact
from hbgeo.workspace import Workspace

VILLAGE = "village"
_MILLI = 1000  # people in cells are counted to a thousandth
_CELLS = 2_000_000  # beyond which nobody plans in one go
_PLAIN = {"presence", "reach"}  # measures that a new facility at a place changes
_WHERE = ["name", "county_code", "county", "unit_code", "x", "y"]


@dataclass(frozen=True)
class Demand:
    """What is to be covered, in the order of its ids.

    Attributes
    ----------
    frame
        Indexed by id: `name`, `county_code`, `county`, `unit_code` (of the indicator's level),
        `x`, `y`.
    weights
        What each counts for, exact.
    people
        How many live in each, where the figure counts units; None where that is not known.
    level
        Of what it is: units, `village`, or "" for the cells of a grid.
    counts
        What the weights are: 个, 人.
    lines
        What was taken for granted, in sentences.
    """

    frame: pd.DataFrame
    weights: Sequence[int | Fraction]
    people: Sequence[Fraction] | None
    level: str
    counts: str
    lines: tuple[str, ...] = ()

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.frame)


def total_of(weights: Sequence[int | Fraction], rows: Mask | None = None) -> Fraction:
    """What all count for, or some rows, exact."""
    some = weights if rows is None else compress(weights, rows.tolist())
    return Fraction(sum(some))


def refuse_other_measures(found: Sequence[Assessment], name: str) -> Assessment:
    """The one assessment that a plan can be made for.

    Raises
    ------
    RequestError
        If there are several, it cannot be computed, or no new facility would change it.
    """
    if len(found) != 1:
        raise RequestError(f"“{name}”不是单个指标；请写指标代号，或代号@变体")
    [one] = found
    indicator = one.indicator
    if one.coverage is None:
        raise RequestError(f"{indicator.full_name}无法计算：缺少{'、'.join(one.missing)}")
    if indicator.measure not in _PLAIN or indicator.units not in LEVEL_NAMES or _is_drawn(one):
        raise RequestError(
            f"{indicator.full_name}不是“有设施就算覆盖”的指标，不能选址；可用的如 cemetery-township、elder-street"
        )
    if not one.coverage.share.total:
        raise RequestError(f"{indicator.full_name}：没有要覆盖的单元，不能选址")
    return one


def coverage_of(one: Assessment) -> Coverage:
    """The figures of an indicator that is known to have them."""
    if one.coverage is None:
        raise AssertionError(one.indicator.id)  # refused before
    return one.coverage


def _is_drawn(one: Assessment) -> bool:
    """Whether its units are no divisions, which only their names tie signs to."""
    return one.indicator.units in {"hamlet", "road"}


def units_demand(workspace: Workspace, one: Assessment) -> Demand:
    """The units of an indicator, each counting 1 or its weight; those without a weight are left out."""
    units = coverage_of(one).units.sort_index()
    units = units[units["demand"].notna()]
    whole = workspace.units(one.indicator.units).reindex(units.index)
    frame = units[["name", "county_code", "county"]].assign(unit_code=units.index)
    frame = frame.assign(x=whole["seat_x"], y=whole["seat_y"])
    weighed = bool(one.indicator.weight) and one.indicator.measure in WEIGHED
    known = "population" in whole and not weighed
    people = [exact(p) if p == p else Fraction(0) for p in whole["population"]] if known else None
    weights = [w or 0 for w in _exact(units["demand"])] if weighed else [1] * len(units)
    lines = []
    if known and (lost := int(whole["population"].isna().sum())):
        lines.append(f"没有人口数的 {lost} 个单元，排序时人口按 0 计。")
    return Demand(
        frame[_WHERE],
        weights,
        people,
        one.indicator.units,
        PEOPLE if weighed else PIECES,
        tuple(lines),
    )


def places_demand(workspace: Workspace, one: Assessment, weight: str) -> Demand:
    """The villages of the units that count, else those units' seats, each counting 1 or its people.

    Parameters
    ----------
    weight
        `population`, `population_60`, or "" for 1 each. A village without people of its own has
        its share of its township's: whole persons, shared equally, which the lines say.
    """
    counted, level = coverage_of(one).units.index, one.indicator.units
    villages = workspace.find_units(VILLAGE)
    if villages is None or "seat_x" not in villages:
        return _seats_demand(workspace, one, weight)
    frame = villages.frame.sort_index()
    unit = pd.Series(frame.index, frame.index) if level == VILLAGE else frame[f"{level}_code"]
    frame = frame[unit.isin(counted).to_numpy()]
    if frame.empty:
        return _seats_demand(workspace, one, weight)
    made = frame[["name", "county_code", "county"]].assign(
        unit_code=unit.reindex(frame.index), x=frame["seat_x"], y=frame["seat_y"]
    )
    lines = [
        f"要覆盖的是{one.indicator.full_name}分母范围内的{LEVEL_NAMES[VILLAGE]} {len(made):,} 个。"
    ]
    weights, more = _people_of(workspace, frame, weight)
    return _known(made, weights, VILLAGE, weight, (*lines, *more))


def cells_demand(workspace: Workspace, one: Assessment) -> Demand:
    """The populated cells of the workspace's grid that lie in units that count, by their people.

    Raises
    ------
    LayerError, RequestError
        If there is no grid, or too many cells.
    """
    level = one.indicator.units if one.indicator.units != VILLAGE else "township"
    people = workspace.people(level)
    cells = people.cells
    if level == one.indicator.units:
        cells = cells[cells["unit_code"].isin(coverage_of(one).units.index).to_numpy()]
    if len(cells) > _CELLS:
        raise RequestError(f"有人的格子 {len(cells):,} 个，超过 {_CELLS:,}；用 --in 只看一个市县")
    units = workspace.units(level)
    code = cells["unit_code"].astype(str).to_numpy(object)
    ids = pd.Index([f"{cell:010d}" for cell in cells.index], name="cell")
    made = pd.DataFrame(
        {"name": "格子", "unit_code": code, "x": cells["x"].to_numpy(), "y": cells["y"].to_numpy()},
        index=ids,
    )
    above = units[["county_code", "county"]].reindex(code).set_axis(ids)
    made = made.assign(county_code=above["county_code"], county=above["county"])
    counted = np.rint(cells["people"].to_numpy(float) * _MILLI).astype(np.int64).tolist()
    weights = [Fraction(n, _MILLI) for n in counted]
    lines = (f"{people.words()}。", "每格人数精确到千分之一人；一格的人算在格子中心。")
    return Demand(made[_WHERE], weights, None, "", PEOPLE, lines)


def _seats_demand(workspace: Workspace, one: Assessment, weight: str) -> Demand:
    """The units themselves, at their seats."""
    level = one.indicator.units
    frame = workspace.units(level).sort_index()
    frame = frame[frame.index.isin(coverage_of(one).units.index)]
    made = frame[["name", "county_code", "county"]].assign(
        unit_code=frame.index, x=frame["seat_x"], y=frame["seat_y"]
    )
    if weight and weight not in frame:
        raise RequestError(f"人口图层（population）没有列“{weight_heading(weight)}”，不能按它加权")
    ones: list[int | Fraction | None] = [1] * len(frame)
    weights = _exact(frame[weight]) if weight else ones
    lines = (f"没有村（社区）点位：以{LEVEL_NAMES[level]}的驻地代表全部人口。",)
    return _known(made, weights, level, weight, lines)


def _known(
    frame: pd.DataFrame,
    weights: Sequence[int | Fraction | None],
    level: str,
    weight: str,
    lines: Sequence[str],
) -> Demand:
    """Those that have a weight; the others are left out, and said."""
    have = np.array([w is not None for w in weights], dtype=bool)
    said = list(lines)
    if lost := int((~have).sum()):
        said.append(f"{lost:,} 个没有人口数，不计入。")
    given = [w for w in weights if w is not None]
    counts = PEOPLE if weight else PIECES
    return Demand(frame[_WHERE][have], given, None, level, counts, tuple(said))


def _people_of(
    workspace: Workspace, villages: pd.DataFrame, weight: str
) -> tuple[list[int | Fraction | None], list[str]]:
    """How many people each village counts for, and what was taken for granted."""
    if not weight:
        return [1] * len(villages), []
    if weight in villages and villages[weight].notna().any():
        return list(_exact(villages[weight])), []
    townships = workspace.find_units("township")
    if townships is None or weight not in townships:
        raise RequestError(f"人口图层（population）没有列“{weight_heading(weight)}”，不能按它加权")
    every = workspace.units(VILLAGE).sort_index()
    shares = _shared(every["township_code"], townships.frame[weight])
    said = f"各村没有自己的人口：乡镇的{weight_heading(weight)}按村（社区）个数平均分摊到人，是估计数。"
    return [shares.get(str(code)) for code in villages.index], [said]


def _shared(of: pd.Series, people: pd.Series) -> dict[str, int | Fraction | None]:
    """Each village's share of its township's people; the first by code take what is left over."""
    made: dict[str, int | Fraction | None] = {}
    for township, rows in of.groupby(of, sort=True):
        number = people.get(str(township), np.nan)
        codes = [str(code) for code in rows.index]
        if number != number:
            made |= dict.fromkeys(codes)
            continue
        whole = exact(float(number))
        if whole.denominator != 1:
            made |= dict.fromkeys(codes, whole / len(codes))
            continue
        each, left = divmod(int(whole), len(codes))
        made |= {code: each + (at < left) for at, code in enumerate(codes)}
    return made


def _exact(numbers: pd.Series) -> list[Fraction | int | None]:
    """Numbers as the decimals they stand for, whole ones as integers; None for none."""
    made: list[Fraction | int | None] = []
    for number in numbers.tolist():
        value = None if number != number else exact(float(number))
        made.append(int(value) if value is not None and value.denominator == 1 else value)
    return made
