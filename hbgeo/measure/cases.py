"""What an indicator is measured on: its units, its layer, and which rows count; or all that is missing."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from hbgeo.measure.basis_words import (
    WEIGHED,
    layer_title,
    unit_heading,
    weight_heading,
    weight_of,
    years_to_come,
)
from hbgeo.measure.beside import lacks_beside, no_table
from hbgeo.measure.burials import lacking_burials
from hbgeo.measure.capacity import lacking_places
from hbgeo.measure.chain import Chain
from hbgeo.measure.context import Context
from hbgeo.measure.counting import (
    Case,
    Counted,
    amounts_of,
    count_rows,
    needed_columns,
    since_of,
    with_numbers,
    with_year,
)
from hbgeo.measure.filters import absent_columns, any_of, describe
from hbgeo.measure.places import LAYERS
from hbgeo.read.catalog import LEVEL_NAMES, PLACES
from hbgeo.read.indicator import Indicator
from hbgeo.read.table import LayerTable

NO_DEFINITION = "可计算的定义（会议只作定性表述）"


def find_case(one: Indicator, context: Context) -> Case | list[str]:
    """What an indicator is measured on; or all that is missing."""
    if one.measure == "none":
        return list(one.lacks) or [NO_DEFINITION]
    if one.not_begun(context.options.as_of):
        return [years_to_come(one)]
    units, missing = _denominator(one, context)
    if one.measure == "capacity" and units is not None:
        missing += lacking_burials(one, context.source, one.units)
    layer = context.source.find_layer(one.layer)
    if layer is None:
        missing.append(layer_title(one.layer, context))
    else:
        missing += _absent(one, layer, context)
        missing += lacking_places(one, layer.frame.columns, context)
    missing += lacks_beside(one, context)
    if missing or units is None or layer is None:
        return missing
    layer = with_numbers(amounts_of(one), with_year(one, layer))
    counted = count_rows(one, context.options, layer)
    missing += [*_not_totals(one, context, layer, counted), *_unsaid(one, layer, context)]
    units, lacking = _listed_units(one, context, units, layer)
    missing += lacking
    return missing or Case(one, context, units, layer, counted)


def find_chain(one: Indicator, context: Context) -> Chain | list[str]:
    """What each link of a chain is measured on; or all that is missing to any of them."""
    units, missing = _denominator(one, context)
    plain = replace(context, options=replace(context.options, weight=""))  # links weigh nobody
    links: list[Case] = []
    for link in one.links:
        column = f"{link.units}_code"
        if units is not None and link.units != one.units and column not in units:
            missing.append(f"{LEVEL_NAMES[one.units]}图层的列“{unit_heading(column)}”")
        found = find_case(one.of_link(link), plain)
        if isinstance(found, Case):
            links.append(found)
        else:
            missing += found
    return missing if missing or units is None else Chain(one, context, units, tuple(links))


def _denominator(one: Indicator, context: Context) -> tuple[LayerTable | None, list[str]]:
    """The units an indicator counts, and what is missing to tell them."""
    units = context.source.find_units(one.units)
    if units is None:
        return None, [_unit_layer(one.units, context)]
    missing = [
        f"{LEVEL_NAMES[one.units]}图层的列“{unit_heading(c)}”"
        for c in absent_columns(units.frame, one.among)
    ]
    weight = weight_of(one, context.options)
    if weight and weight not in units and one.measure in WEIGHED:
        missing.append(f"人口图层（population）的列“{weight_heading(weight)}”")
    lists = {key: context.source.find_layer(key) for key in one.needs}
    missing += [layer_title(key, context) for key, rows in lists.items() if rows is None]
    missing += [said for key, rows in lists.items() for said in no_table(key, rows, context)]
    if missing:
        return units, missing
    counts = any_of(units.frame, one.among, units.columns)
    for key, rows in lists.items():
        if rows is not None:
            mine = units.frame.index.isin(_listed(rows))
            missing += [] if mine.any() else [f"{layer_title(key, context)}中对应到单元的行"]
            counts = counts & mine
    return context.placements.some_units(one.units, counts), missing


def _unit_layer(level: str, context: Context) -> str:
    """The layer that is missing where there are no units of a level."""
    if level in PLACES:
        key = LAYERS[level]
        return f"{LEVEL_NAMES[level]}所在的图层：{layer_title(key, context)}"
    return f"{LEVEL_NAMES[level]}图层（{level}）"


def _listed(rows: LayerTable) -> pd.Series:
    """The codes of the units that a list names and does not take out again."""
    counting, frame = rows.kind.counting, rows.frame
    if counting is None or counting.column not in frame:
        return frame["unit_code"]
    state = frame[counting.column].where(frame[counting.column] != "", counting.blank)
    return frame["unit_code"][state.isin(counting.states)]


def _absent(one: Indicator, layer: LayerTable, context: Context) -> list[str]:
    """The columns of the layer that the indicator cannot do without."""
    schema, frame = layer.kind, layer.frame
    wanted = absent_columns(frame, (*one.where, *one.listed, *one.part))
    wanted += [one.recent[0]] if one.recent and one.recent[0] not in frame else []
    if one.measure != "ratio" or "unit_code" not in frame:
        needed = needed_columns(schema, context.options, since_of(one, schema))
        wanted += [c for c in needed if c not in frame]
    named = [one.column, one.numerator, "" if one.beside else one.denominator, *one.filled]
    named += [one.year[0]] if one.year and not layer.year else []
    named += [one.weight] if one.measure == "ratio" else []
    wanted += [c for c in named if c and c not in frame]
    if one.measure == "flag" and (said := no_table(one.layer, layer, context)):
        return said
    if one.measure in {"presence", "reach", "capacity"} and "unit_code" in frame:
        return [f"{layer_title(one.layer, context)}的设施图层；现在是按单元填报的表"]
    return [
        f"{schema.title}（{one.layer}）的列“{schema.heading(c)}”" for c in dict.fromkeys(wanted)
    ]


def _not_totals(one: Indicator, context: Context, layer: LayerTable, counted: Counted) -> list[str]:
    """What is missing where a table that is added up has several rows a unit.

    Rows of households or persons, or a report sent twice, would make a total of their own.
    """
    if one.measure not in {"sum", "ratio"} or "unit_code" not in layer:
        return []
    units = layer.frame["unit_code"][counted.rows]
    twice = units[units.duplicated(keep=False)]
    if twice.empty:
        return []
    level = layer.level or one.units
    known = context.source.find_units(level)
    first = str(twice.min())
    name = first if known is None else str(known.frame["name"].get(first, first))
    said = f"每个{LEVEL_NAMES[level]}一行的合计（“{name}”有 {int((twice == first).sum())} 行"
    return [said + "，疑似逐户逐人明细或重复填报，不予接收）"]


def _unsaid(one: Indicator, layer: LayerTable, context: Context) -> list[str]:
    """What is missing where a table says nothing of a matter: that is no answer, and no noughts."""
    if not one.stated or any_of(layer.frame, one.where).any():
        return []
    return [f"{layer_title(one.layer, context)}中“{describe(one.where, layer.kind)}”的行"]


def _listed_units(
    one: Indicator, context: Context, units: LayerTable, layer: LayerTable
) -> tuple[LayerTable, list[str]]:
    """Keep the units that a row of the layer lists; without any such row there is no denominator."""
    if not one.listed:
        return units, []
    listing = replace(one, where=one.listed, filled=())
    rows = count_rows(listing, context.options, layer).rows
    listed = units.where(units.frame.index.isin(layer.frame["unit_code"][rows]))
    lacking = f"{layer_title(one.layer, context)}中“{describe(one.listed, layer.kind)}”的行"
    return listed, [] if len(listed) else [lacking]
