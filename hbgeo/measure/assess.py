"""Indicators measured on the layers they name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.basis_words import WEIGHED
from hbgeo.measure.capacity import nothing_told
from hbgeo.measure.cases import find_case, find_chain
from hbgeo.measure.chain import Chain, by_chain
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.figures import MOST, Figure, KeptFigure, KnownFigures
from hbgeo.measure.methods import METHODS, facts_of, waiting_for
from hbgeo.measure.options import Options
from hbgeo.measure.pairs import no_serving
from hbgeo.measure.placements import Placements
from hbgeo.measure.serving import ROW
from hbgeo.measure.source import Source
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.indicator import Indicator


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
        measured.qualified.later(one.id, kept.frame("qualified"))
    else:
        measured.qualified.later(one.id, lambda: again().qualified[one.id])
    if kept.has("reach"):
        measured.known[one.id] = kept.reach
    if kept.beyond is not None:
        measured.beyond[one.id] = kept.beyond
    if with_nearest and kept.has("nearest"):
        measured.nearest.later(one.id, kept.frame("nearest"))
    if with_nearest and kept.has("waiting"):
        measured.waiting.later(one.id, kept.frame("waiting"))


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
