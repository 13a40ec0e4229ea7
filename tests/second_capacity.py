"""Years of burial a second time, in lists and dicts: places of each facility, deaths of each unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from second_reader import Row
from second_world import World, latest, population

BELOW = {"province": "county", "prefecture": "county", "county": "township", "township": "village"}
LEVELS = ["province", "prefecture", "county", "township", "village"]
Told = dict[str, tuple[bool, Fraction, Fraction]]


def capacity(
    world: World,
    rule: dict[str, Any],
    codes: Sequence[str],
    supplied: Sequence[tuple[Row, set[str]]],
    as_of: date,
) -> Told:
    """Covered, places and deaths a year of each unit of which they can be told.

    `supplied` has every facility that counts with the units of the level that it supplies.
    """
    level = rule["units"]
    people = population(world, level, "population", as_of) or {}
    asked = deaths(world, rule, level, as_of)
    places: dict[str, Fraction] = {}
    doubt: set[str] = set()
    for row, units in supplied:
        room = free(row)
        if room is None:
            doubt |= units
        elif len(units) == 1:
            [only] = units
            places[only] = places.get(only, Fraction()) + room
        elif room:
            heads = sum((people[u] for u in units if u in people), Fraction())
            for unit in units:
                if unit in people and heads:
                    share = room * people[unit] / heads
                    places[unit] = places.get(unit, Fraction()) + share
                else:
                    doubt.add(unit)
    told: Told = {}
    for code in codes:
        if code in asked:
            have = places.get(code, Fraction())
            covered = have >= Fraction(rule["years"]) * asked[code]
            if covered or code not in doubt:
                told[code] = (covered, have, asked[code])
    return told


def free(row: Row) -> Fraction | None:
    """The free places of a facility, at least; None where it does not say."""
    total, used, niches, stored = (
        row.get(c) for c in ("plots_total", "plots_used", "niches_total", "niches_used")
    )
    double, double_used = row.get("double_plots") or 0, row.get("double_used")
    if total is None and niches is None:
        return None
    room = Fraction()
    if total is None:
        if used or double:
            return None
    elif total:
        if used is None:
            return None
        room += total - used
        # of graves of two nobody knows how many are used: all that are used may be such
        room += max(double - used, 0) if double_used is None else double - double_used
    if niches is None:
        if stored:
            return None
    elif niches:
        if stored is None:
            return None
        room += niches - stored
    return room


def deaths(world: World, rule: dict[str, Any], level: str, as_of: date) -> dict[str, Fraction]:
    """Deaths a year that ask for such a place, of each unit of which they are known."""
    table = world.tables.get("population")
    if table is None or LEVELS.index(table.spec["level"]) < LEVELS.index(level):
        return {}
    if table.spec["level"] != level:
        below = BELOW[level]
        if below not in world.units:
            return {}
        parts = deaths(world, rule, below, as_of)
        made = {}
        for code in world.units[level]:
            mine = [c for c, u in world.units[below].items() if u.get(f"{level}_code") == code]
            if mine and all(c in parts for c in mine):
                made[code] = sum((parts[c] for c in mine), Fraction())
        return made
    said = {
        c: latest(table, c, as_of) if c in table.columns else {}
        for c in ("population", "mortality", "deaths", "burial_share")
    }
    rate, share = (
        _assumed(world, rule, "deaths", "per_mille"),
        _assumed(world, rule, "share", "pct"),
    )
    found = {}
    for code in world.units[level]:
        mortality = said["mortality"].get(code, rate)
        of_all = said["deaths"].get(code)
        if of_all is None and code in said["population"] and mortality is not None:
            of_all = said["population"][code] * mortality / 1000
        of_those = said["burial_share"].get(code, share)
        if of_all is not None and of_those is not None:
            found[code] = of_all * of_those / 100
    return found


def _assumed(world: World, rule: dict[str, Any], key: str, number: str) -> Fraction | None:
    given = rule.get(key) or world.assumptions.get(key)
    return None if given is None else Fraction(Decimal(str(given[number])))
