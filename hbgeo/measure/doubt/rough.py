"""Bounds that are sound and no more: shares of areas and radii, signs of roads, years of burial.

What a row in doubt could touch is uncovered at the least and covered at the most. Within a radius both
ends are measured: without the rows that may not count, and with all that may.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.counting import Case, Counted
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.doubt.ask import Opened
from hbgeo.measure.doubt.openings import count_variants
from hbgeo.measure.doubt.packed import BESIDE
from hbgeo.measure.doubt.question import Span
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Firmness
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.untried import NONE, said_raised
from hbgeo.measure.reach import by_radius
from hbgeo.measure.serving import standing as standing_of
from hbgeo.measure.source import PARENTS
from hbgeo.read.cell.decimals import exact_sum


def rough_firmness(a: Assessment, case: Case, standing: Standing) -> Firmness:
    """Enclose a figure that no exact bounds are known for."""
    coverage = a.coverage
    if coverage is None:
        raise AssertionError(a.indicator.id)
    untried = NONE
    if case.one.measure == "reach":
        low, high = _within_reach(coverage, case, standing)
    else:
        opened = standing.open(case)
        low, high = _by_touch(coverage, case, opened)
        untried = opened.untried
    demand = coverage.units["demand"].to_numpy(float)
    known = ~np.isnan(demand)
    open_ = known & (low != high)
    spans = {
        level: _spans(coverage.units[known], low[known], high[known], column)
        for level, (column, _) in PARENTS.items()
    }
    whole = _span(demand[known], low[known], high[known])
    units = pd.DataFrame({"low": low, "high": high}, index=coverage.units.index)[open_]
    lost = (f"{int((~known).sum())} 个单元无法判断，未计入",) if not known.all() else ()
    firm = _firm(a, whole, exact_sum(demand[known]), lost=bool(lost))
    rows = pd.DataFrame(columns=[*DOUBT_COLUMNS, *BESIDE])
    return Firmness(
        a.indicator.id, whole, firm, spans, units, rows, unbounded=(*lost, *said_raised(untried))
    )


def _firm(a: Assessment, span: Span, total: Fraction, *, lost: bool) -> bool | None:
    target = a.target
    if target is None or a.met is None or span.low is None or span.high is None:
        return None
    if span.low == span.high and not lost:
        return True
    if target.pct is None or lost:
        return None
    goal = Fraction(target.pct) * total / 100
    return True if span.low >= goal or span.high < goal else None


def _spans(units: pd.DataFrame, low: np.ndarray, high: np.ndarray, column: str) -> dict[str, Span]:
    made, demand = {}, units["demand"].to_numpy(float)
    for code, rows in units.groupby(column).indices.items():
        if code:
            made[str(code)] = _span(demand[rows], low[rows], high[rows])
    return made


def _span(demand: np.ndarray, low: np.ndarray, high: np.ndarray) -> Span:
    ends = [exact_sum(demand * covered) for covered in (low, high)]
    return Span(ends[0], ends[1], ends[0] == ends[1])


def _by_touch(coverage: Coverage, case: Case, opened: Opened) -> tuple[np.ndarray, np.ndarray]:
    """Whatever a reading of a row in doubt reaches may be covered or not."""
    openings = opened.openings
    everything = case.context.placements.units(case.one.units).frame
    position = coverage.units.index.get_indexer(everything.index)
    touched = np.zeros(len(coverage.units) + 1, dtype=bool)
    touched[position[openings.home[openings.home >= 0]]] = True
    touched[-1] = False
    mine = touched[:-1] | bool(openings.serves.any())
    covered = np.nan_to_num(coverage.units["covered"].to_numpy(float))
    more = mine | (len(opened.untried) > 0)
    return np.where(mine, 0.0, covered), np.where(more, 1.0, covered)


def _within_reach(
    coverage: Coverage, case: Case, standing: Standing
) -> tuple[np.ndarray, np.ndarray]:
    """Measured without the rows that may not count, and with all that may."""
    suspects, variants = standing.suspects(case.layer), standing.variants(case.layer)
    covered = np.nan_to_num(coverage.units["covered"].to_numpy(float))
    if not len(suspects):
        return covered, covered
    ways = count_variants(case, standing.varied(case.layer)).ways > 0
    may = np.bincount(variants.suspect[ways], minlength=len(suspects)) > 0
    never = np.bincount(variants.suspect[~ways], minlength=len(suspects)) > 0
    clash = suspects.marked("apart") | suspects.marked("edge")
    unsure = may & (never | (suspects.base < 0) | clash)
    if not unsure.any():
        return covered, covered
    closed = np.ones(len(case.layer.frame), dtype=bool)
    base = suspects.base[unsure]
    closed[base[base >= 0]] = False
    units = case.units.frame.loc[coverage.units.index]
    radius = float(case.one.radius_m or 0)
    sure, _ = standing_of(replace(case, counted=_only(case.counted, closed)))
    low = by_radius(units, sure, radius).units["covered"].to_numpy(float)
    more = suspects.frame[unsure & suspects.frame["x"].notna().to_numpy()]
    if (unsure & suspects.frame["x"].isna().to_numpy() & (suspects.base < 0)).any():
        return low, np.ones(len(low))  # a row without its point may stand anywhere
    every = pd.concat([sure[["x", "y"]], more[["x", "y"]]], ignore_index=True)
    high = by_radius(units, every, radius).units["covered"].to_numpy(float)
    return np.minimum(low, covered), np.maximum(high, covered)


def _only(counted: Counted, rows: Mask) -> Counted:
    """The same without the other rows."""
    clauses = [(mask & rows, vias) for mask, vias in counted.clauses]
    return replace(counted, clauses=clauses, rows=counted.rows & rows)
