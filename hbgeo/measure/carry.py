"""What an earlier snapshot says of one indicator, carried over to the units of a later one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.arrow import find_texts
from hbgeo.measure.basis import Basis
from hbgeo.measure.bridge import SET_UP, SHIFTED, WITHDRAWN, Bridge, carried_codes
from hbgeo.measure.coverage import from_pairs
from hbgeo.measure.locate import NAMED, find_units
from hbgeo.measure.pairs import make_pairs
from hbgeo.measure.placing import place
from hbgeo.measure.snapshot import NUMBERS, SUPPLY, Snapshot, numbers_in
from hbgeo.read.cell.decimals import exact, exact_sums
from hbgeo.read.divisions.heirs import Heirs

NOT_COUNTED = "上期未列入"  # the unit was not among those counted: nothing is known of it
SHARES = {"presence", "reach", "flag", "chain"}
_OF_LINK = ["new", "sure", "kind", "reshaped"]
_LEVEL_OF = {6: "county", 9: "township", 12: "village"}


@dataclass(frozen=True)
class Carried:
    """An indicator's earlier figures on the later units.

    Attributes
    ----------
    units
        The later units that count: `NUMBERS` as they would have been; where `open` names one, its
        cover is not known.
    links
        `unit` (later code) and `facility`, where facilities were placed anew; else None.
    origins
        Later code → earlier codes, where they are others.
    open
        Later code → why it cannot be told whether it was covered, and by which facilities.
    """

    units: pd.DataFrame
    links: pd.DataFrame | None = None
    origins: Mapping[str, list[str]] = field(default_factory=dict)
    open: Mapping[str, tuple[str, list[str]]] = field(default_factory=dict)


def carry(
    one: str,
    about: Mapping[str, Any],
    earlier: Snapshot,
    reported: pd.DataFrame,
    later: pd.DataFrame,
    bridge: Bridge,
) -> Carried:
    """Carry an indicator over to the later units that count.

    Parameters
    ----------
    about
        What the later snapshot says of it.
    reported, later
        The units it counted at either date, by code.
    """
    measure, level = about["measure"], about["level"]
    reported, heirs = _reported(one, earlier, reported), bridge.heirs.get(level)
    known = (find_texts(later.index, reported.index) >= 0).all()
    moved = heirs is not None and level in bridge.moved
    if heirs is None or (not moved and known):
        return Carried(_filled(_like(reported[numbers_in(reported)], later.index), later, measure))
    if measure == "capacity":
        links = heirs.links.assign(reshaped=_reshaped(heirs.links, bridge, level))
        return _by_supply(
            reported, later.index, replace(heirs, links=links), Fraction(about["burial_years"])
        )
    made = _by_unit(one, measure, earlier, later.index, heirs, reported)
    if measure == "presence" and level in bridge.ground:
        made = _placed(earlier.facilities_of(one), made, later.index, bridge, level)
    return Carried(_filled(made.units, later, measure), made.links, made.origins, made.open)


def _reported(one: str, earlier: Snapshot, reported: pd.DataFrame) -> pd.DataFrame:
    """What was said of each unit, and what is known of those that did not count."""
    about = earlier.about["indicators"].get(one, {})
    if "beyond" not in about:
        return reported
    more = earlier.lists[about["level"]].index.difference(reported.index)
    if more.empty:
        return reported
    extra = pd.DataFrame({"covered": more.isin(about["beyond"]).astype(float)}, index=more)
    return pd.concat([reported[NUMBERS], extra])


def _like(table: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The rows of an index, missing where there are none."""
    return table.copy() if table.index.equals(index) else table.reindex(index)


def _filled(units: pd.DataFrame, later: pd.DataFrame, measure: str) -> pd.DataFrame:
    """What was not known of a unit: its demand as it is now, its cover none."""
    if measure in SHARES:
        units["demand"] = units["demand"].fillna(later["demand"])
        units["covered"] = units["covered"].fillna(0.0)
    return units


def _by_unit(
    one: str, measure: str, earlier: Snapshot, index: pd.Index, heirs: Heirs, reported: pd.DataFrame
) -> Carried:
    """Carry over what was said unit by unit: the later unit has what its earlier ones had."""
    links = heirs.links[heirs.links["old"].isin(reported.index) & heirs.links["new"].isin(index)]
    if measure not in SHARES:  # only sums are asked: a unit that was split goes to one of them
        links = links.drop_duplicates("old").assign(sure=True)
    had = reported[NUMBERS].reindex(links["old"]).set_axis(links.index).join(links)
    sure = had[had["sure"]]
    units = pd.DataFrame({c: _summed(sure[c], sure["new"]) for c in ("demand", "value")})
    units["covered"] = sure.groupby("new")["covered"].max()
    if measure == "ratio":
        share = units["value"] / units["demand"].where(units["demand"] > 0)
        units["covered"] = share.fillna(0.0)
    elif not (reported["demand"].dropna() != 1).any():
        units["demand"] = 1.0  # units are counted, not people
    units = units.reindex(index)[NUMBERS]
    if measure not in SHARES:
        return Carried(units)
    open_units = _open_units(one, earlier, reported, units, links, heirs)
    return Carried(units, None, heirs.origins, open_units)


def _reshaped(links: pd.DataFrame, bridge: Bridge, level: str) -> Mask:
    """The links between units of which the boundaries are known and not the same."""
    was = bridge.earlier[level]["shape"].reindex(links["old"]).fillna("").to_numpy()
    now = bridge.later[level]["shape"].reindex(links["new"]).fillna("").to_numpy()
    alone = links["old"].to_numpy() == links["new"].to_numpy()
    return np.asarray(alone & (was != "") & (now != "") & (was != now), dtype=bool)


def _by_supply(reported: pd.DataFrame, index: pd.Index, heirs: Heirs, years: Fraction) -> Carried:
    """Carry over places and deaths: a later unit has those of the units that went into it whole.

    Of one that has a part of another, has another boundary, or of which one was not told, nothing
    is known.
    """
    links = heirs.links[heirs.links["new"].isin(index)]
    told = links["sure"] & links["old"].isin(reported.index) & ~links["reshaped"]
    open_units = dict.fromkeys(set(index) - set(links["new"]), (SET_UP, list[str]()))
    for new, sure, kind, reshaped in links.loc[~told, _OF_LINK].itertuples(index=False):
        open_units[new] = (SHIFTED if reshaped else NOT_COUNTED if sure else kind, [])
    known = links[~links["new"].isin(list(open_units))]
    had = reported[["demand", *SUPPLY]].reindex(known["old"]).set_axis(known.index)
    made = pd.DataFrame({c: _summed(had[c], known["new"]) for c in ["demand", *SUPPLY]})
    if not (reported["demand"] != 1).any():
        made["demand"] = 1.0  # units are counted, not people
    pairs = zip(made["places"].tolist(), made["deaths"].tolist(), strict=True)
    made["covered"] = [float(exact(places) >= years * exact(deaths)) for places, deaths in pairs]
    made["value"] = made["places"] / made["deaths"].where(made["deaths"] > 0)
    return Carried(made.reindex(index)[[*NUMBERS, *SUPPLY]], None, heirs.origins, open_units)


def _summed(numbers: pd.Series, of: pd.Series) -> pd.Series:
    """Numbers added up by later unit, as decimals; nothing where none of them is known."""
    known = numbers.notna()
    group, codes = pd.factorize(of[known])
    return pd.Series(exact_sums(group, numbers[known].to_numpy(float), len(codes)), codes)


def _open_units(
    one: str,
    earlier: Snapshot,
    reported: pd.DataFrame,
    units: pd.DataFrame,
    links: pd.DataFrame,
    heirs: Heirs,
) -> dict[str, tuple[str, list[str]]]:
    """The later units of which it cannot be told whether they were covered, and why."""
    free = set(units.index[~(units["covered"] > 0)])
    yes = set(reported.index[reported["covered"] > 0])
    found: dict[str, tuple[str, list[str]]] = {}
    parts = links[~links["sure"] & links["old"].isin(yes) & links["new"].isin(free)]
    cases = list(parts[["old", "new", "kind"]].itertuples(index=False, name=None))
    cases += [(old, new, WITHDRAWN) for old in heirs.lost if old in yes for new in heirs.lost[old]]
    cases = [case for case in cases if case[1] in free]
    reach = earlier.reach_of(one, pd.Index([old for old, _, _ in cases], dtype="str"))
    for old, new, kind in cases:
        why, ids = found.get(new, (kind, []))
        found[new] = (why, [*ids, *[i for i in reach.get(old, []) if i not in ids]])
    there = set(heirs.links["new"])
    for code in free - set(links["new"]) - found.keys():
        found[code] = (NOT_COUNTED if code in there else SET_UP, [])
    return found


def _placed(
    facilities: pd.DataFrame, by_unit: Carried, counted: pd.Index, bridge: Bridge, level: str
) -> Carried:
    """Place the earlier facilities among the later units: by point, else by the unit they name."""
    units, heirs = bridge.ground[level], bridge.heirs[level]
    then = facilities["named"]
    facilities = carry_facilities(facilities, level, bridge)
    placement = place(
        facilities,
        units,
        named=facilities["named"],
        index=bridge.index(level),
        approximate=level in bridge.approximate,
    )
    # the row stood there when it was counted: a border drawn anew does not make it doubtful
    stated = find_units(units, facilities["named"])
    stood = np.where(placement.point_unit >= 0, placement.point_unit, stated)
    owner = np.where(placement.conflict, stood, placement.owner)
    never = np.zeros(len(owner), dtype=bool)
    placement = replace(placement, owner=owner.astype(np.int32), conflict=never)
    pairs = make_pairs(units, facilities, placement)
    allowed = facilities["ways"].to_numpy(np.int8)
    pairs = pairs.where((pairs.via & allowed[pairs.facility]) > 0)
    made = from_pairs(units, facilities, pairs, basis=Basis())
    table = by_unit.units.assign(covered=made.units["covered"].reindex(counted))
    links = made.links[made.links["unit"].isin(counted)]
    free = set(counted[~(table["covered"] > 0)])
    stray = (then != "").to_numpy() & (owner < 0) & ((allowed & (1 << NAMED)) > 0)
    found = _open_by_rows(then[stray], heirs, free)
    return Carried(table, links, by_unit.origins, found)


def _open_by_rows(
    stray: pd.Series, heirs: Heirs, free: set[str]
) -> dict[str, tuple[str, list[str]]]:
    """The units in which rows may stand that name only a unit that was split, or is lost."""
    found: dict[str, tuple[str, list[str]]] = {}
    for facility, code in stray.items():
        for new in heirs.every.get(code, ()):
            if new in free:
                why, ids = found.get(new, (heirs.kinds.get(code) or WITHDRAWN, []))
                found[new] = (why, [*ids, str(facility)])
    return found


def carry_facilities(facilities: pd.DataFrame, level: str, bridge: Bridge) -> pd.DataFrame:
    """What earlier facilities name and serve, as later codes; "" where that cannot be told."""
    named = carried_codes(facilities["named"], bridge.heirs[level])
    return facilities.assign(named=named, served=_served(facilities["served"], bridge))


def _served(served: pd.Series, bridge: Bridge) -> pd.Series:
    """Who serves a whole unit serves every part of it."""
    made = served.to_numpy(dtype=object).copy()
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for n in np.flatnonzero(made.astype(bool)):  # most serve no more than where they stand
        codes = tuple(made[n])
        if codes not in known:
            known[codes] = carried_served(codes, bridge)
        made[n] = known[codes]
    return pd.Series(made, served.index, dtype=object)


def carried_served(codes: Iterable[str], bridge: Bridge) -> tuple[str, ...]:
    """Served codes as later ones; one that is lost serves nobody that is known."""
    found: dict[str, None] = {}
    for code in codes:
        heirs = bridge.heirs.get(_LEVEL_OF.get(len(code), ""))
        lost = heirs is not None and code in heirs.lost
        every = () if lost or heirs is None else heirs.every.get(code, ())
        found |= dict.fromkeys(every or (() if lost else (code,)))
    return tuple(found)
