"""Lists of the units that count (`needs`, `listed`), where rows of the list itself are in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from hbgeo.measure.counting import Case, Counted
from hbgeo.measure.doubt.ask import LISTS, Opened, listing_case
from hbgeo.measure.doubt.listing import Listing
from hbgeo.measure.doubt.standing import Standing
from hbgeo.measure.filters import any_of
from hbgeo.read.indicator import Indicator
from hbgeo.read.table import LayerTable


@dataclass(frozen=True)
class Needed:
    """The units that count or may count, and what the list leaves open of them.

    Attributes
    ----------
    units
        All of them, in the order of their level.
    listing
        None where the list leaves nothing open.
    opened
        The rows of the list in doubt; None where they are those of the measured layer itself.
    untried
        How many rows, of lists or of links, may stand for so many units that not each is tried.
    """

    units: LayerTable
    listing: Listing | None = None
    opened: Opened | None = None
    untried: int = 0


def needed_units(case: Case, standing: Standing, opened: Opened) -> Needed:
    """The units of a case with those that a doubtful row of the list would add or take away."""
    if case.one.listed:
        return replace(_by_own_rows(case, opened), untried=len(opened.untried))
    lists = dict(_lists(case, standing))
    untried = sum(len(of.untried) for _, of in lists.values())
    return replace(_by_lists(case, lists), untried=untried)


def _by_own_rows(case: Case, opened: Opened) -> Needed:
    """The list stands in the measured table itself."""
    openings, frame = opened.openings, case.layer.frame
    lists = (openings.said >> LISTS & 1).astype(bool) & (openings.home >= 0)
    if not lists.any():
        return Needed(case.units)
    every = case.context.placements.units(case.one.units)
    closed = opened.closed(len(frame)) & listing_case(case)
    sure = every.frame.index.isin(frame["unit_code"][closed])
    return _needed(every, sure, np.flatnonzero(lists), openings.home[lists], None)


def _lists(case: Case, standing: Standing) -> Iterator[tuple[str, tuple[Case, Opened]]]:
    """The lists that a case needs, as tables that say yes of their units, and what is open of each."""
    for key in case.one.needs:
        rows = case.context.source.find_layer(key)
        if rows is not None:
            asked = _list_case(case.one, rows, case)
            yield key, (asked, standing.open(asked))


def _by_lists(case: Case, lists: Mapping[str, tuple[Case, Opened]]) -> Needed:
    """The first list that leaves anything open; of the others what is on them without doubt."""
    one, context = case.one, case.context
    every = context.placements.units(one.units)
    for key, (asked, opened) in lists.items():
        if not len(opened.openings.suspect):
            continue
        rows = asked.layer
        named = np.flatnonzero(
            (opened.openings.said & 1).astype(bool) & (opened.openings.home >= 0)
        )
        closed = opened.closed(len(rows.frame)) & asked.counted.rows
        sure = every.frame.index.isin(rows.frame["unit_code"][closed])
        mine = any_of(every.frame, one.among)
        for other in set(one.needs) - {key}:
            also = context.source.find_layer(other)
            mine &= every.frame.index.isin([] if also is None else also.frame["unit_code"])
        home = opened.openings.home[named]
        keep = mine[home]
        made = _needed(every, sure & mine, named[keep], home[keep], opened)
        return made if made.listing is not None else Needed(case.units)
    return Needed(case.units)


def _needed(
    every: LayerTable,
    sure: np.ndarray,
    entries: np.ndarray,
    home: np.ndarray,
    opened: Opened | None,
) -> Needed:
    may = sure.copy()
    may[home] = True
    at = np.flatnonzero(may)
    position = np.full(len(may), -1)
    position[at] = np.arange(len(at))
    units = every.where(may)
    listing = Listing(np.arange(len(at)), sure[at], entries, position[home])
    return Needed(units, listing, opened)


def _list_case(one: Indicator, rows: LayerTable, case: Case) -> Case:
    """The list as a table that says yes of its units."""
    counting, frame = rows.kind.counting, rows.frame
    counts = np.ones(len(frame), dtype=bool)
    if counting is not None and counting.column in frame:
        state = frame[counting.column].where(frame[counting.column] != "", counting.blank)
        counts = state.isin(counting.states).to_numpy()
    every = case.context.placements.units(one.units)
    work = case.counted.work
    counted = Counted([(counts, one.via)], [counts], counts, work, counts)
    return Case(_asks_list(one, rows.key), case.context, every, rows, counted)


def _asks_list(one: Indicator, key: str) -> Indicator:
    """What an indicator asks of a list of units that it needs: whether they are on it."""
    return replace(
        one, measure="flag", layer=key, where=(), listed=(), needs=(), year=None, every=False,
        filled=(), status=(), links=(), column="", numerator="", denominator="", weight="",
    )  # fmt: skip


def asked_of(measured: Iterable[Indicator]) -> list[Indicator]:
    """What indicators that have a figure ask of rows, each of those of its own layer: their links, and the lists they need."""
    asked = [
        mine
        for one in measured
        for mine in ([one.of_link(link) for link in one.links] if one.links else [one])
    ]
    return [*asked, *(_asks_list(one, key) for one in asked for key in one.needs)]
