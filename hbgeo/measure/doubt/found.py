"""How firm each figure is: from what was measured to bounds, conclusions and the rows that decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.basis_words import weight_heading
from hbgeo.measure.chain import Chain
from hbgeo.measure.context import Context
from hbgeo.measure.counting import Case, amounts_of, said_empty
from hbgeo.measure.coverage import Coverage, demand_of
from hbgeo.measure.doubt.amounts import row_amounts
from hbgeo.measure.doubt.answered import answered, only_sound
from hbgeo.measure.doubt.ask import (
    Opened,
    Slots,
    chain_slots,
    cover_question,
    flag_slots,
    presence_slots,
)
from hbgeo.measure.doubt.deciding import rows_in_doubt
from hbgeo.measure.doubt.grouped import some_of
from hbgeo.measure.doubt.joint import join_links
from hbgeo.measure.doubt.known import Found, Known
from hbgeo.measure.doubt.merged import Merged, merge
from hbgeo.measure.doubt.needed import Needed, asked_of, needed_units
from hbgeo.measure.doubt.question import CoverQuestion
from hbgeo.measure.doubt.result import Doubts, Firmness
from hbgeo.measure.doubt.rough import rough_firmness
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.doubt.totals import Totals, sum_question
from hbgeo.measure.doubt.untried import NONE, said_open
from hbgeo.measure.methods import owners_of
from hbgeo.measure.source import PARENTS


def find_doubts(measured: Measured, context: Context, known: Known | None = None) -> Doubts:
    """Tell of every indicator that has a figure how firm it is.

    Parameters
    ----------
    measured
        What was measured under the options of `context`.
    known
        What was found of the same question before; what is found now is kept there.

    Returns
    -------
    doubts
        Figures are not changed by them.
    """
    standing, known = Standing(asked_of(measured.asked.values()), context), known or Known()
    made, layers, prints = dict[str, Firmness](), dict[str, None](), dict[str, str]()
    for a in measured.assessments:
        if a.indicator.id not in measured.cases:
            continue
        found = known.find(a)
        if found is None:
            with standing.noting() as asked:
                firmness = _firmness(a, measured.cases[a.indicator.id], standing)
            found = Found(firmness, [*asked])
            known.keep(a, found)
        made[a.indicator.id], prints[a.indicator.id] = found.firmness, known.print_of(a)
        layers |= dict.fromkeys(found.layers)
    told = [_told(key, standing, known) for key in layers]
    known.save()
    return Doubts(made, rows_in_doubt(told, standing, made), prints)


def _told(key: str, standing: Standing, known: Known) -> pd.DataFrame:
    """The rows in doubt of a layer, as they are told."""
    told = known.told(key)
    if told is None:
        told = standing.told(key)
        known.keep_told(key, told)
    return told


def _firmness(a: Assessment, case: Case | Chain, standing: Standing) -> Firmness:
    if isinstance(case, Chain):
        return _of_chain(a, case, standing)
    if case.one.measure in {"count", "sum", "ratio"}:
        return _of_amounts(a, case, standing)
    if case.one.measure == "presence" and not (case.one.units == "road" and case.one.radius_m):
        return _of_presence(a, case, standing)
    if case.one.measure == "flag":
        return _of_flag(a, case, standing)
    return rough_firmness(a, case, standing)


def _of_presence(a: Assessment, case: Case, standing: Standing) -> Firmness:
    opened = standing.open(case)
    needed = needed_units(case, standing, opened)
    units, demand, lost = _weighed(a, needed)
    slots = presence_slots(case, opened, units.index)
    merged = merge(_layers(case, opened, needed))
    question = _cover(slots, merged, needed, units, demand)
    return answered(a, question, units, merged, standing, lost, opened.untried)


def _of_flag(a: Assessment, case: Case, standing: Standing) -> Firmness:
    opened = standing.open(case)
    needed = needed_units(case, standing, opened)
    units, demand, lost = _weighed(a, needed)
    slots = flag_slots(replace(case, units=replace(needed.units, frame=units)), opened)
    merged = merge(_layers(case, opened, needed))
    question = _cover(slots, merged, needed, units, demand)
    untried = NONE if case.one.listed else opened.untried  # its own rows say which units count
    return answered(a, question, units, merged, standing, lost, untried)


def _of_chain(a: Assessment, chain: Chain, standing: Standing) -> Firmness:
    opened = [standing.open(case, apart=True) for case in chain.links]
    joint = join_links([(c.layer.key, o) for c, o in zip(chain.links, opened, strict=True)])
    units, demand, lost = _weighed(a, Needed(chain.units, untried=joint.untried))
    slots = chain_slots(chain, joint.opened, units)
    question = _cover(slots, joint.merged, Needed(chain.units), units, demand)
    made = answered(a, question, units, joint.merged, standing, lost)
    return made if joint.exact else only_sound(made)


def _layers(case: Case, opened: Opened, needed: Needed) -> list[tuple[str, Opened]]:
    """The layers whose rows choose: the measured one, and that of the list of units."""
    more = [] if needed.opened is None else [(case.one.needs[0], needed.opened)]
    return [(case.layer.key, opened), *more]


def _weighed(a: Assessment, needed: Needed) -> tuple[pd.DataFrame, np.ndarray, tuple[str, ...]]:
    """The units with a weight, their demand, and what is said of those without and of rows not tried."""
    coverage = _coverage(a)
    part = _inside(needed.units.frame, coverage.units, whole=needed.listing is not None, a=a)
    weight = a.indicator.weight or None
    demand = demand_of(part, weight)
    known, open_ = ~np.isnan(demand), said_open(needed.untried)
    if known.all():
        return part, demand, open_
    said = f"{int((~known).sum())} 个单元没有{weight_heading(weight or '')}，未计入"
    return part[known], demand[known], (said, *open_)


def _inside(
    units: pd.DataFrame, counted: pd.DataFrame, *, whole: bool, a: Assessment
) -> pd.DataFrame:
    """The units of the part that was asked for; those that may be listed as well, of the same counties."""
    if not whole:
        return some_of(units, counted.index)
    if a.whole:
        return units
    mine = units["county_code"].isin(counted["county_code"]) | units.index.isin(counted.index)
    return units[mine]


def _cover(
    slots: Slots, merged: Merged, needed: Needed, units: pd.DataFrame, demand: np.ndarray
) -> CoverQuestion:
    listing = needed.listing
    if listing is not None:
        position = units.index.get_indexer(needed.units.frame.index)
        first = merged.parts[-1] if needed.opened is not None else merged.parts[0]
        before = sum(
            len(part.opened.openings.suspect) for part in merged.parts if part.first < first.first
        )
        keep = position >= 0
        number = np.where(keep, np.cumsum(keep) - 1, -1)
        mine = keep[listing.slots]
        listing = replace(
            listing,
            unit=position[keep],
            sure=listing.sure[keep],
            entries=listing.entries[mine] + before,
            slots=number[listing.slots[mine]],
        )
    return cover_question(slots, merged.chosen, demand, len(merged.openings.suspect), listing)


def _of_amounts(a: Assessment, case: Case, standing: Standing) -> Firmness:
    one, frame, opened = case.one, case.layer.frame, standing.open(case)
    units = _coverage(a).units
    everything = case.context.placements.units(one.units).frame
    owner, _, conflict = owners_of(
        replace(case, units=replace(case.units, frame=some_of(case.units.frame, units.index)))
    )
    position = case.context.placements.positions(everything, units.index).astype(np.int64)
    top, bottom = row_amounts(case, frame)
    beside, known = None, np.ones(len(units), dtype=bool)
    if one.beside:
        known = units["demand"].notna().to_numpy()
        beside = np.nan_to_num(units["demand"].to_numpy(float))
        owner = np.where(np.append(known, False)[owner], owner, -1)
        position = np.where(np.append(known, False)[position], position, -1)
    apart = standing.apart(case)
    if apart is not None:  # counties behind the units, for rows of which no more is known
        inside = apart.isin(_coverage(a).parents["county_code"])
        last = len(units) + np.cumsum(inside) - 1
        position = np.append(position, np.where(inside, last, -1))
        units = with_counties(units, _coverage(a).parents, apart[inside])
    merged = merge([(case.layer.key, opened)])
    rows = case.counted.rows & ~conflict
    totals = Totals(owner, rows, top, bottom, position, len(units), one.measure == "ratio", beside)
    question = sum_question(totals, opened, merged.chosen)
    lost, untried = _unsaid(a, case, standing, (owner >= 0) | a.whole), opened.untried
    if one.measure == "ratio" or untried.top is None:  # that more is added does not make it more
        lost, untried = (*lost, *said_open(len(untried))), NONE
    return answered(a, question, units, merged, standing, lost, untried)


def _unsaid(a: Assessment, case: Case, standing: Standing, here: Mask) -> tuple[str, ...]:
    """What nobody says: amounts that are blank, units of which a table says nothing."""
    said, suspects = list[str](), standing.suspects(case.layer)
    told = np.zeros(len(case.layer.frame), dtype=bool)
    about = suspects.base[suspects.marked("about")]
    told[about[about >= 0]] = True
    for column in dict.fromkeys(amounts_of(case.one)):
        why = said_empty(case.one, column, case.layer.kind)
        rows = case.counted.work.set_aside.get(why)
        count = 0 if rows is None else int((rows & case.counted.matched & here & ~told).sum())
        said += [f"{count} 行{why}，未计入"] if count else []
    lost = _coverage(a).basis.unweighted
    said += [f"{len(lost)} 个单元没有数据，未计入"] if lost else []
    return tuple(said)


def with_counties(units: pd.DataFrame, parents: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """The units, and behind them each county once more, for the rows of which no more is known."""
    columns = [c for pair in PARENTS.values() for c in pair]
    known = parents.drop_duplicates("county_code").set_index("county_code", drop=False)
    rows = known.reindex(codes)[columns].set_axis([f"{code}?" for code in codes])
    return pd.concat([units[columns], rows])


def _coverage(a: Assessment) -> Coverage:
    if a.coverage is None:
        raise AssertionError(a.indicator.id)  # only figures have doubts
    return a.coverage
