"""Indicators measured on the layers they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis_words import layer_title, unit_heading, weight_heading
from hbgeo.measure.context import Context
from hbgeo.measure.counting import count_rows, needed_columns, since_of, with_year
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.filters import absent_columns, any_of, describe
from hbgeo.measure.methods import METHODS, facts_of, waiting_for
from hbgeo.measure.options import Options
from hbgeo.measure.placements import Placements
from hbgeo.measure.reach import nearest
from hbgeo.measure.source import Source, some_units
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.policy import Indicator
from hbgeo.read.schema.records import Schema

NO_DEFINITION = "可计算的定义(会议只作定性表述)"


def assess(
    indicators: Iterable[Indicator],
    source: Source,
    options: Options,
    *,
    with_nearest: bool = False,
    placings: Placements | None = None,
) -> list[Assessment]:
    """Measure each indicator on the layers it names.

    Parameters
    ----------
    source
        Gives units and layers; each is asked for only when an indicator needs it.
    with_nearest
        Whether to look for the nearest facility of each unit as well.
    placings
        Where the source's rows stand, from an earlier call on the same source.

    Returns
    -------
    assessments
        In the order of `indicators`. One that lacks a layer, column or list has no coverage and
        says what is missing; nothing is guessed.
    """
    desk = Context(source, options, placings or Placements(source))
    return [_assess_one(one, desk, with_nearest) for one in indicators]


def _assess_one(one: Indicator, desk: Context, with_nearest: bool) -> Assessment:  # noqa: FBT001
    options, whole = desk.options, not desk.options.within
    if one.measure == "none":
        return Assessment(one, options.as_of, None, (NO_DEFINITION,), whole)
    units, missing = _denominator(one, desk)
    frame = desk.source.find_layer(one.layer)
    if frame is None:
        missing.append(layer_title(one.layer))
    else:
        missing += _absent(one, frame, desk)
    if not missing and units is not None and frame is not None:
        frame = with_year(one, frame)
        missing += _not_totals(one, desk, frame)
        units, lacking = _listed_units(one, desk, units, frame)
        missing += lacking
    if missing or units is None or frame is None:
        return Assessment(one, options.as_of, None, tuple(dict.fromkeys(missing)), whole)
    counted = count_rows(one, desk, frame)
    coverage, qualified = METHODS[one.measure](one, desk, units, frame, counted)
    coverage = replace(coverage, parents=desk.placings.parents(one.units))
    if options.within:
        coverage = _restrict(coverage, options.within)
    near, waiting = pd.DataFrame(), pd.DataFrame()
    measured = units.loc[coverage.units.index] if options.within else units
    if with_nearest and one.measure in {"presence", "reach"}:
        near = _nearest(measured, qualified)
    if with_nearest and one.measure == "presence":
        waiting = waiting_for(one, desk, measured, frame, counted)
    kept = facts_of(one, qualified)
    return Assessment(one, options.as_of, coverage, (), whole, near, kept, waiting)


def _denominator(one: Indicator, desk: Context) -> tuple[pd.DataFrame | None, list[str]]:
    """The units an indicator counts, and what is missing to tell them."""
    units = desk.source.find_units(one.units)
    if units is None:
        return None, [f"{LEVEL_NAMES[one.units]}图层({one.units})"]
    missing = [
        f"{LEVEL_NAMES[one.units]}图层的列“{unit_heading(c)}”"
        for c in absent_columns(units, one.among)
    ]
    weight = desk.options.weight or one.weight
    if weight and weight not in units and one.measure in {"presence", "reach", "flag"}:
        missing.append(f"人口图层(population)的列“{weight_heading(weight)}”")
    lists = {key: desk.source.find_layer(key) for key in one.needs}
    missing += [layer_title(key) for key, rows in lists.items() if rows is None]
    if missing:
        return units, missing
    keep = any_of(units, one.among)
    for key, rows in lists.items():
        if rows is not None:
            mine = units.index.isin(_listed(rows, desk.source.schema_of(key)))
            missing += [] if mine.any() else [f"{layer_title(key)}中对应到单元的行"]
            keep = keep & mine
    return desk.placings.some_units(one.units, keep), missing


def _listed(rows: pd.DataFrame, schema: Schema) -> pd.Series:
    counting = schema.counting
    if counting is None or counting.column not in rows:
        return rows["unit_code"]
    state = rows[counting.column].where(rows[counting.column] != "", counting.blank)
    return rows["unit_code"][state.isin(counting.states)]


def _absent(one: Indicator, frame: pd.DataFrame, desk: Context) -> list[str]:
    """The columns of the layer that the indicator cannot do without."""
    schema = desk.source.schema_of(one.layer)
    wanted = absent_columns(frame, (*one.where, *one.listed))
    if one.measure != "ratio" or "unit_code" not in frame:
        needed = needed_columns(schema, desk.options, since_of(one, schema))
        wanted += [c for c in needed if c not in frame]
    named = [one.column, one.numerator, one.denominator, *one.filled]
    named += [one.year[0]] if one.year and not frame.attrs.get("year") else []
    named += [one.weight] if one.measure == "ratio" else []
    wanted += [c for c in named if c and c not in frame]
    title = schema.title
    return [f"{title}({one.layer})的列“{schema.heading(c)}”" for c in dict.fromkeys(wanted)]


def _not_totals(one: Indicator, desk: Context, frame: pd.DataFrame) -> list[str]:
    """What is missing where a table that is added up has several rows a unit.

    Rows of households or persons, or a report sent twice, would make a total of their own.
    """
    if one.measure not in {"sum", "ratio"} or "unit_code" not in frame:
        return []
    units = frame["unit_code"][count_rows(one, desk, frame).rows]
    twice = units[units.duplicated(keep=False)]
    if twice.empty:
        return []
    level = str(frame.attrs.get("level", "")) or one.units
    known = desk.source.find_units(level)
    first = str(twice.min())
    name = first if known is None else str(known["name"].get(first, first))
    said = f"每个{LEVEL_NAMES[level]}一行的合计(“{name}”有 {int((twice == first).sum())} 行"
    return [said + ",疑似逐户逐人明细或重复填报,不予接收)"]


def _listed_units(
    one: Indicator, desk: Context, units: pd.DataFrame, frame: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Keep the units that a row of the layer lists; without any such row there is no denominator."""
    if not one.listed:
        return units, []
    rows = count_rows(replace(one, where=one.listed, filled=()), desk, frame).rows
    kept = some_units(units, units.index.isin(frame["unit_code"][rows]))
    schema = desk.source.schema_of(one.layer)
    lacking = f"{layer_title(one.layer)}中“{describe(one.listed, schema)}”的行"
    return kept, [] if len(kept) else [lacking]


def _restrict(coverage: Coverage, code: str) -> Coverage:
    """Keep the units of one county or prefecture."""
    units = coverage.units
    keep = (units["county_code"] == code) | (units["prefecture_code"] == code)
    kept = units[keep]
    links = coverage.links[coverage.links["unit"].isin(kept.index)]
    parents = coverage.parents
    parents = parents[(parents["county_code"] == code) | (parents["prefecture_code"] == code)]
    unweighted = tuple(u for u in coverage.basis.unweighted if u in kept.index)
    return replace(
        coverage,
        units=kept,
        links=links,
        parents=parents,
        basis=replace(coverage.basis, unweighted=unweighted),
    )


def _nearest(units: pd.DataFrame, facilities: pd.DataFrame) -> pd.DataFrame:
    """The nearest qualifying facility of each unit, from its seat."""
    seats = pd.DataFrame({"x": units["seat_x"], "y": units["seat_y"]})
    found = nearest(seats, facilities)
    pick = found["facility"].to_numpy()
    made = {
        "nearest_id": _pick(facilities.index, pick),
        "nearest_name": _pick(facilities.get("name"), pick),
        "nearest_km": found["metres"] / 1000,
        "nearest_status": _pick(facilities.get("status"), pick),
    }
    return pd.DataFrame(made, index=units.index)


def _pick(values: pd.Series | pd.Index | None, pick: NDArray[np.int64]) -> Any:
    """The text at each position, "" at -1."""
    if values is None:
        return ""
    return values.astype("str").array.take(pick, allow_fill=True, fill_value="")
