"""Indicators measured on the layers they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.measure.assessment import Assessment, Measured
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
from hbgeo.measure.capacity import lacking_places, nothing_told
from hbgeo.measure.chain import Chain, by_chain
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
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.figures import MOST, Figure, KeptFigure, KnownFigures
from hbgeo.measure.filters import absent_columns, any_of, describe
from hbgeo.measure.methods import METHODS, facts_of, waiting_for
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import no_serving
from hbgeo.measure.placements import Placements
from hbgeo.measure.places import LAYERS
from hbgeo.measure.serving import ROW
from hbgeo.measure.source import Source
from hbgeo.read.catalog import LEVEL_NAMES, PLACES
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.indicator import Indicator
from hbgeo.read.table import LayerTable

NO_DEFINITION = "可计算的定义（会议只作定性表述）"


def assess(
    indicators: Iterable[Indicator],
    source: Source,
    options: Options,
    *,
    placements: Placements | None = None,
) -> list[Assessment]:
    """The figures alone of `measure`."""
    return measure(indicators, source, options, placements=placements).assessments


def measure(
    indicators: Iterable[Indicator],
    source: Source,
    options: Options,
    *,
    with_nearest: bool = False,
    placements: Placements | None = None,
    known: KnownFigures | None = None,
) -> Measured:
    """Measure each indicator on the layers it names.

    Parameters
    ----------
    source
        Gives units and layers; each is asked for only when an indicator needs it.
    with_nearest
        Whether to look for the nearest facility of each unit as well, and for those waiting.
    placements
        Where the source's rows stand, from an earlier call on the same source.
    known
        What was measured before; what is measured now, and whatever is nearest, is kept there.

    Returns
    -------
    measured
        `assessments` in the order of `indicators`. One that lacks a layer, column or list has no
        coverage and says what is missing; nothing is guessed.
    """
    context = Context(source, options, placements or Placements(source))
    measured = Measured()
    for one in indicators:
        kept = known.find(one, context.placements) if known else None
        if kept is not None:
            _take(kept, one, context, measured, with_nearest=with_nearest)
            continue
        _measure_one(one, context, measured, with_nearest=with_nearest)
        if known and with_nearest:
            known.keep(one, _figure_of(one, measured), context.placements)
    return measured


def _take(
    kept: KeptFigure, one: Indicator, context: Context, measured: Measured, *, with_nearest: bool
) -> None:
    """Take an indicator as it was measured before; what was not kept is measured when it is asked for."""
    options, whole = context.options, not context.options.within
    scope = options.within or options.scope
    a = Assessment(one, options.as_of, kept.coverage, kept.missing, whole, scope)
    measured.assessments.append(a)
    if a.coverage is None:
        return

    @cache
    def again() -> Measured:
        made = Measured()
        _measure_one(one, context, made, with_nearest=False)
        measured.rows.update(made.rows)
        return made

    measured.cases.later(one.id, lambda: again().cases[one.id])
    measured.serving.later(one.id, lambda: again().serving[one.id])
    if kept.has("qualified"):
        measured.qualified.later(one.id, partial(kept.frame, "qualified"))
    else:
        measured.qualified.later(one.id, lambda: again().qualified[one.id])
    if kept.has("reach"):
        measured.known[one.id] = kept.reach
    if kept.beyond is not None:
        measured.beyond[one.id] = kept.beyond
    if with_nearest and kept.has("nearest"):
        measured.nearest.later(one.id, partial(kept.frame, "nearest"))
    if with_nearest and kept.has("waiting"):
        measured.waiting.later(one.id, partial(kept.frame, "waiting"))


def _figure_of(one: Indicator, measured: Measured) -> Figure:
    """What was measured last, to be kept."""
    a = measured.assessments[-1]
    if a.coverage is None:
        return Figure(None, a.missing)
    qualified, unit, counted = measured.qualified[one.id], None, None
    if "x" in qualified and len(qualified) <= MOST:
        unit, counted = measured.reach(one.id, a.coverage.units.index)
    tables = (measured.nearest.get(one.id), measured.waiting.get(one.id))
    beyond = measured.beyond.get(one.id)
    return Figure(a.coverage, (), qualified, *tables, beyond, unit, counted)


def _measure_one(
    one: Indicator, context: Context, measured: Measured, *, with_nearest: bool
) -> None:
    options, whole = context.options, not context.options.within
    scope = options.within or options.scope
    if options.weight and one.measure in WEIGHED:
        one = replace(one, weight=options.weight)  # what was asked for, not what the policy says
    case = find_chain(one, context) if one.links else find_case(one, context)
    if isinstance(case, list):
        missing = tuple(dict.fromkeys(map(in_sentence, case)))
        measured.assessments.append(Assessment(one, options.as_of, None, missing, whole, scope))
        return
    coverage, qualified = _by_method(one, case)
    coverage = replace(coverage, parents=context.placements.parents(one.units))
    if options.within:
        coverage = restrict(coverage, options.within)
        inside = case.units.frame.index.isin(coverage.units.index)
        case = replace(case, units=case.units.where(inside))
    if isinstance(case, Case) and (untold := nothing_told(case, coverage)):
        measured.assessments.append(
            Assessment(one, options.as_of, None, tuple(untold), whole, scope)
        )
        return
    figures = replace(coverage, serving=no_serving())
    measured.assessments.append(Assessment(one, options.as_of, figures, (), whole, scope))
    measured.cases[one.id] = case
    measured.serving[one.id] = coverage.serving
    measured.qualified[one.id] = facts_of(one, qualified)
    if ROW in qualified:
        measured.rows[one.id] = qualified[ROW].to_numpy()
    if isinstance(case, Chain):
        return
    if one.measure == "flag" and whole:
        measured.beyond[one.id] = _covered_beyond(case, coverage)
    if with_nearest and one.measure in {"presence", "reach", "capacity"}:
        measured.nearest[one.id] = _nearest(case.units.frame, qualified, context.placements)
    if with_nearest and one.measure == "presence":
        measured.waiting[one.id] = waiting_for(case)


def _by_method(one: Indicator, case: Case | Chain) -> tuple[Coverage, pd.DataFrame]:
    """The figures, and the facilities that qualified; a chain has none of its own."""
    return (
        (by_chain(case), pd.DataFrame()) if isinstance(case, Chain) else METHODS[one.measure](case)
    )


def _covered_beyond(case: Case, coverage: Coverage) -> tuple[str, ...]:
    """The units that a table says yes of though they do not count: a later list may have them."""
    every = case.context.placements.units(case.one.units)
    if len(every) == len(coverage.units):
        return ()
    units = METHODS["flag"](replace(case, units=every))[0].units
    return tuple(units.index[(units["covered"] > 0) & ~units.index.isin(coverage.units.index)])


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


def restrict(coverage: Coverage, code: str) -> Coverage:
    """Keep the units of one county or prefecture."""
    units = coverage.units
    mine = (units["county_code"] == code) | (units["prefecture_code"] == code)
    inside = units[mine]
    coverage = coverage.of_units(inside)
    parents = coverage.parents
    parents = parents[(parents["county_code"] == code) | (parents["prefecture_code"] == code)]
    apart = coverage.apart
    if len(apart):
        apart = apart[(apart["county_code"] == code) | (apart["prefecture_code"] == code)]
    basis = coverage.basis
    unweighted, earlier = (
        tuple(u for u in listed if u in inside.index)
        for listed in (basis.unweighted, basis.earlier)
    )
    return replace(
        coverage,
        serving=coverage.serving.within(inside.index),
        parents=parents,
        apart=apart,
        basis=replace(basis, unweighted=unweighted, earlier=earlier),
    )


def _nearest(units: pd.DataFrame, facilities: pd.DataFrame, placements: Placements) -> pd.DataFrame:
    """The nearest qualifying facility of each unit, from its seat."""
    pick, metres = placements.nearby.find(placements.seats(units), facilities)
    made = {
        "nearest_id": _pick(facilities.index, pick),
        "nearest_name": _pick(facilities.get("name"), pick),
        "nearest_km": metres / 1000,
        "nearest_status": _pick(facilities.get("status"), pick),
    }
    return pd.DataFrame(made, index=units.index)


def _pick(values: pd.Series | pd.Index | None, pick: NDArray[np.int64]) -> ExtensionArray | str:
    """The text at each position, "" at -1."""
    if values is None:
        return ""
    texts = values.astype("str").array
    if not (pick < 0).any():
        return texts.take(pick)
    return texts.take(pick, allow_fill=True, fill_value="")
