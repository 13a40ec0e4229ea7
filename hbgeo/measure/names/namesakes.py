"""Places of one name, or of one reading, in one township, in one county, and across the border of two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Numbers
from hbgeo.measure.names.disagree import on_sphere, today
from hbgeo.measure.names.text import Judge
from hbgeo.read.characters.readings import plain

SAME_COLUMNS = ["level", "kind", "names", "class", "count", "codes", "units", "km"]
SAME_COLUMNS += ["county_code", "county"]
NEXT_M = 5_000  # metres across a border within which two places are taken for one another
TOWN, COUNTY, BORDER = "乡镇内", "县内", "跨县相邻"
SAME, SOUND, NEAR = "重名", "同音", "音近"
LEVELS, KINDS = (TOWN, COUNTY, BORDER), (SAME, SOUND, NEAR)
_ORDER = {one: at for at, one in enumerate((*LEVELS, *KINDS))}
_EARTH_M = 6_371_007.2
Touching = Mapping[str, set[str]]


class Place(NamedTuple):
    """A place as far as its namesakes need it; `said` is its reading with tones."""

    code: str
    name: str
    sort: str
    town: str
    county: str
    said: str


def find_namesakes(
    places: pd.DataFrame,
    judge: Judge,
    *,
    beside: Iterable[tuple[str, str]] = (),
    lonlat: Floats | None = None,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Find the places of today that have one name or one reading, of one class each.

    Parameters
    ----------
    places
        One row a place of today: `code`, `name` as it is compared, `class`, `unit_code` (the
        township's), `county_code`.
    beside
        Pairs of townships that touch.
    lonlat
        Where each stands, in degrees; NaN where nobody knows. Two across a border are next door
        within `NEXT_M`, or, where one of them has no place, if their townships touch.
    names
        Unit → its name.

    Returns
    -------
    groups
        `SAME_COLUMNS`, one row a group: `level` (乡镇内, 县内 in two townships or more, 跨县相邻),
        `kind` (重名; 同音, tones and all; 音近, by letters only), names, codes and units, and `km`
        between the two nearest of them, missing where nobody knows.
    """
    known = _as_places(places, judge)
    space = None if lonlat is None else on_sphere(lonlat)
    touching = _both_ways(beside)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, place in enumerate(known):
        if place.name and place.county:
            alike[place.sort, plain(place.said)].append(at)
    several = (members for members in alike.values() if len(members) > 1)
    return _in_order(row for members in several for row in _of_group(members, known, space, touching, names))  # fmt: skip


def _both_ways(pairs: Iterable[tuple[str, str]]) -> Touching:
    made: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        made[one].add(other)
        made[other].add(one)
    return made


def _in_order(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Groups by county, level and kind."""
    made = pd.DataFrame(list(rows), columns=SAME_COLUMNS)
    order = {f"_{c}": made[c].map(_ORDER) for c in ("level", "kind")}
    by = ["county_code", "_level", "_kind", "names", "codes"]
    made = made.assign(**order).sort_values(by, kind="stable", ignore_index=True)
    return made[SAME_COLUMNS].astype({"km": "Float64", "count": "Int64"})


def _as_places(places: pd.DataFrame, judge: Judge) -> list[Place]:
    columns = [places[c].tolist() for c in ("code", "name", "class", "unit_code", "county_code")]
    said = {name: _said(name, judge) for name in dict.fromkeys(columns[1])}
    return [Place(c, name, sort, town, county, said[name]) for c, name, sort, town, county in zip(*columns, strict=True)]  # fmt: skip


def _said(name: str, judge: Judge) -> str:
    """The usual reading of a name, with its tones."""
    now = today(name, judge)
    read = zip(now, judge.reader.read(now), strict=True)
    return " ".join(spoken.options[0] if spoken.options else char for char, spoken in read)


def _of_group(
    members: list[int],
    known: list[Place],
    space: Floats | None,
    touching: Touching,
    names: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """The rows of places that sound alike: by township, by county, by two counties."""
    towns, counties = _by(members, lambda at: known[at].town), _by(members, lambda at: known[at].county)  # fmt: skip

    def rows(level: str, mine: list[int]) -> Iterator[dict[str, Any]]:
        for kind, group in _kinds(mine, known):
            if level == TOWN or _apart(group, known, level):
                yield _row(level, kind, group, known, space, names)

    for town, mine in towns.items():
        if town and len(mine) > 1:
            yield from rows(TOWN, mine)
    for mine in counties.values():
        if len(mine) > 1:
            yield from rows(COUNTY, mine)
    if len(counties) > 1:
        for mine in _across(members, known, space, touching):
            yield from rows(BORDER, mine)


def _by(members: list[int], key: Callable[[int], str]) -> dict[str, list[int]]:
    made: dict[str, list[int]] = {}
    for at in members:
        made.setdefault(key(at), []).append(at)
    return made


def _apart(group: list[int], known: list[Place], level: str) -> bool:
    """Whether a group stands in two townships of a county, or in two counties."""
    if level == BORDER:
        return len({known[at].county for at in group}) > 1
    return len({known[at].town for at in group}) > 1


def _kinds(mine: list[int], known: list[Place]) -> Iterator[tuple[str, list[int]]]:
    """Groups of one name, of one reading, and of one spelling without tones."""
    by_name = _by(mine, lambda at: known[at].name)
    yield from ((SAME, group) for group in by_name.values() if len(group) > 1)
    if len(by_name) < 2:
        return
    by_sound = _by(mine, lambda at: known[at].said)
    for group in by_sound.values():
        if len({known[at].name for at in group}) > 1:
            yield SOUND, group
    if len(by_sound) > 1:
        yield NEAR, mine


def _across(
    members: list[int], known: list[Place], space: Floats | None, touching: Touching
) -> Iterator[list[int]]:
    """The places that have one next door in another county, by pairs of counties."""
    pairs: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one, other in _next_door(members, known, space, touching):
        first, second = sorted((known[one].county, known[other].county))
        pairs[first, second] |= {one, other}
    for pair in sorted(pairs):
        yield sorted(pairs[pair])


def _next_door(
    members: list[int], known: list[Place], space: Floats | None, touching: Touching
) -> Iterator[tuple[int, int]]:
    at = np.array(members)
    located = np.zeros(len(at), bool) if space is None else ~np.isnan(space[at]).any(axis=1)
    if space is not None and located.sum() > 1:
        from scipy.spatial import cKDTree

        here = at[located]
        near = cKDTree(space[here]).query_pairs(NEXT_M, output_type="ndarray")
        yield from ((a, b) for a, b in here[near].tolist() if known[a].county != known[b].county)
    by_town = _by(members, lambda one: known[one].town)
    places = dict(zip(members, located.tolist(), strict=True))
    pairs = ((one, other) for one in by_town for other in touching.get(one, ()) if one < other)
    for one, other in pairs:
        for a, b in product(by_town[one], by_town.get(other, ())):
            if known[a].county != known[b].county and not (places[a] and places[b]):
                yield a, b


def _row(
    level: str,
    kind: str,
    group: list[int],
    known: list[Place],
    space: Floats | None,
    names: Mapping[str, str],
) -> dict[str, Any]:
    mine = sorted((known[at] for at in group), key=lambda one: (one.county, one.town, one.code))
    counties = list(dict.fromkeys(one.county for one in mine))
    units = [names.get(one.town or one.county, one.town or one.county) for one in mine]
    if level == BORDER:
        units = [f"{names.get(one.county, one.county)}{names.get(one.town, '')}" for one in mine]
    return {
        "level": level,
        "kind": kind,
        "names": "、".join(dict.fromkeys(one.name for one in mine)),
        "class": mine[0].sort,
        "count": len(mine),
        "codes": "、".join(one.code for one in mine),
        "units": "、".join(dict.fromkeys(units)),
        "km": _nearest_km(np.array(group), [known[at].name for at in group], space, kind),
        "county_code": "、".join(counties),
        "county": "、".join(names.get(one, "") for one in counties),
    }


def _nearest_km(group: Numbers, texts: list[str], space: Floats | None, kind: str) -> Any:
    """How far the two nearest are from each other; of those that only sound alike, two of two names."""
    if space is None:
        return pd.NA
    here = ~np.isnan(space[group]).any(axis=1)
    points, named = space[group][here], np.array(texts, object)[here]
    if len(points) < 2:
        return pd.NA
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    other = ~np.eye(len(points), dtype=bool) if kind == SAME else named[:, None] != named[None]
    if not other.any():
        return pd.NA
    chord = float(apart[other].min())
    return round(2 * _EARTH_M * float(np.arcsin(chord / 2 / _EARTH_M)) / 1000, 2)
