"""Two states of one division list: which units of the later the units of the earlier became."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.read.cell.column import map_unique
from hbgeo.read.divisions import normal_name, short_county, without_ethnic
from hbgeo.read.divisions.changes import SPLITS, Change

SAME_GROUND = "更名"  # what it is called where no table says how the name or code became another
HEIR_COLUMNS = ["name", "county_code", "county", "township_code", "shape"]
_LEVELS = ("province", "prefecture", "county", "township", "village")
_CHANGED = frozenset({"county", "township", "village"})  # that the table of changes tells of
_DEEP = 20  # a table that goes in a circle must not hold anyone up
_NOWHERE = frozenset({""})  # where units stand that are in no county


@dataclass(frozen=True)
class Heirs:
    """What became of the units of one level.

    Attributes
    ----------
    links
        One row an earlier unit and a later one that has of its ground: `old`, `new`, `kind` (the
        change, "" where nothing says one) and `sure`: False where the earlier unit went into
        several, so that who only names it may stand in any of them.
    lost
        The earlier units of which nothing says what became, and the later ones that may have
        their ground: those of the county that come from nowhere, or were reshaped.
    """

    links: pd.DataFrame
    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def origins(self) -> dict[str, list[str]]:
        """The earlier units of each later one, where they are more than itself."""
        links = self.links
        moved = links[(links["old"] != links["new"]) | ~links["sure"]]
        made: dict[str, list[str]] = {}
        for old, new in zip(moved["old"].tolist(), moved["new"].tolist(), strict=True):
            itself = [new] if self.sure.get(new) == new else []
            made[new] = [*made.get(new, itself), old]
        return made

    @cached_property
    def sure(self) -> dict[str, str]:
        """The later unit of every earlier one that went into no other."""
        one = self.links[self.links["sure"]]
        return dict(zip(one["old"].tolist(), one["new"].tolist(), strict=True))

    @cached_property
    def every(self) -> dict[str, tuple[str, ...]]:
        """Each later unit that has of an earlier one's ground; where that is lost, may have."""
        made: dict[str, tuple[str, ...]] = dict(self.lost)
        for old, new in zip(self.links["old"].tolist(), self.links["new"].tolist(), strict=True):
            made[old] = (*made.get(old, ()), new)
        return made

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The change that each earlier unit went through."""
        return dict(zip(self.links["old"].tolist(), self.links["kind"].tolist(), strict=True))


class _Unit(NamedTuple):
    """A unit as changes know it: by its plain name, in one of some counties of the later list."""

    name: str
    homes: frozenset[str]


class _List:
    """One state of a list, by plain name."""

    def __init__(self, names: Mapping[str, str], homes: Mapping[str, frozenset[str]]) -> None:
        self._named: dict[tuple[str, str], list[str]] = defaultdict(list)
        for code, name in names.items():
            for home in homes[code]:
                self._named[home, name].append(code)

    @cached_property
    def _short(self) -> dict[tuple[str, str], list[str]]:
        made: dict[tuple[str, str], list[str]] = defaultdict(list)
        for (home, name), codes in self._named.items():
            made[home, without_ethnic(name)] += codes
        return made

    def find(self, unit: _Unit) -> list[str]:
        """The codes of the units of that name in its counties."""
        homes = sorted(unit.homes)
        found = [c for home in homes for c in self._named.get((home, unit.name), ())]
        if not found:
            short = without_ethnic(unit.name)
            found = [c for home in homes for c in self._short.get((home, short), ())]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class _Level:
    """One level of both lists, and the changes that tell of it."""

    earlier: pd.DataFrame
    later: pd.DataFrame
    before: _List
    after: _List
    names: Mapping[str, str]
    homes: Mapping[str, frozenset[str]]
    changes: Mapping[str, list[tuple[Change, _Unit, _Unit]]]
    plain: Callable[[str], str]
    since: date
    until: date

    def ends(
        self, unit: _Unit, since: date, used: frozenset[Change] = frozenset()
    ) -> dict[_Unit, str]:
        """What a unit became in the end, with the last change on the way; itself if nothing."""
        step = self._step(unit, since, used)
        if not step or len(used) > _DEEP:
            return {} if step else {unit: ""}
        group = [change for change, _, _ in step]
        used, day = used | set(group), group[0].date or since
        nexts = {new: change.kind for change, _, new in step}
        if any(c.kind in SPLITS for c in group) and (
            self.after.find(unit) or self._step(unit, day, used)
        ):
            nexts.setdefault(unit, group[0].kind)
        found: dict[_Unit, str] = {}
        for new, kind in nexts.items():
            for end, last in self.ends(new, max(day, since), used).items():
                found.setdefault(end, last or kind)
        return found

    def _step(
        self, unit: _Unit, since: date, used: frozenset[Change]
    ) -> list[tuple[Change, _Unit, _Unit]]:
        """The next change of a unit: its rows of one day.

        Between both dates what the table says counts; outside, only where the later list shows
        that it has happened: the unit is no longer there, or what was split off is new.
        """
        mine = [
            row
            for row in self.changes.get(unit.name, [])
            if row[1].homes & unit.homes and row[0] not in used
        ]
        if not mine:
            return []
        rows = [row for row in mine if self._between(row, since)]
        if not rows and not self.after.find(unit):
            ahead = [row for row in mine if row[0].date is None or row[0].date > since]
            last = max(row[0].date or date.min for row in mine)
            rows = ahead or [row for row in mine if row[0].date == last]
        first = min((row[0].date or date.max for row in rows), default=date.max)
        return [row for row in rows if (row[0].date or date.max) == first]

    def _between(self, row: tuple[Change, _Unit, _Unit], since: date) -> bool:
        change, old, new = row
        if change.date and since < change.date <= self.until:
            return True
        fresh = bool(self.after.find(new)) and not self.before.find(new)
        return change.kind in SPLITS and fresh and bool(self.after.find(old))

    def splits(self, unit: _Unit) -> bool:
        """Whether something was split off from a unit that is still there."""
        step = self._step(unit, self.since, frozenset())
        return any(change.kind in SPLITS for change, _, _ in step)


def find_heirs(
    earlier: Mapping[str, pd.DataFrame],
    later: Mapping[str, pd.DataFrame],
    changes: Iterable[Change],
    *,
    since: date,
    until: date,
) -> dict[str, Heirs]:
    """Find what became of every unit of an earlier list, level by level.

    A unit whose code and plain name are in the later list is itself, unless it was split. Then
    the changes are followed, by county and name, over any number of steps; then county and name
    alone; then the code, where its name is nobody else's; then the very same boundary. What is
    left is lost: nothing is guessed.

    Parameters
    ----------
    earlier, later
        Level → frame indexed by code with `HEIR_COLUMNS`; counties must be there.
    changes
        Rows of `layers/changes.csv`; one told twice counts once.
    since, until
        The dates of both lists.
    """
    table, found = list(dict.fromkeys(changes)), dict[str, Heirs]()
    at_home: Callable[[str], frozenset[str]] = lambda _: _NOWHERE  # noqa: E731
    for level in _LEVELS:
        if level in earlier and level in later:
            below = level in {"township", "village"}
            told = [c for c in table if below == _is_below(c)] if level in _CHANGED else []
            lists = earlier[level], later[level]
            if level != "county" and _are_same(lists, told):
                found[level] = Heirs(_links([(c, c, "", True) for c in lists[0].index]))
                continue
            homes = _homes(earlier[level], found["county"] if below else None)
            ours = _make(level, lists, told, homes, at_home, (since, until))
            found[level] = _heirs(ours, found.get("township"), of_villages=level == "village")
            if level == "county":
                at_home = _county_finder(ours, found["county"])
    return found


def _are_same(lists: tuple[pd.DataFrame, pd.DataFrame], changes: list[Change]) -> bool:
    """Whether both lists are one, and nothing tells of a unit that was split."""
    was, now = lists
    split = any(change.kind in SPLITS for change in changes)
    return not split and was.index.equals(now.index) and bool((was["name"] == now["name"]).all())


def _links(rows: list[tuple[str, str, str, bool]]) -> pd.DataFrame:
    links = pd.DataFrame(rows, columns=["old", "new", "kind", "sure"])
    return links.astype({"old": "str", "new": "str", "kind": "str", "sure": bool})


def _is_below(change: Change) -> bool:
    """Whether a change is one of a township or village; else it is one of a county."""
    return bool(change.old_county) and normal_name(change.old) != normal_name(change.old_county)


def _by_code(texts: pd.Series) -> dict[str, str]:
    """A column of texts by the codes that it stands under."""
    return dict(zip(texts.index.tolist(), texts.tolist(), strict=True))


def _plain_county(name: str) -> str:
    return short_county(normal_name(name))


def _homes(units: pd.DataFrame, counties: Heirs | None) -> dict[str, frozenset[str]]:
    """The later counties that each earlier unit may be in."""
    if counties is None:
        return dict.fromkeys(units.index.tolist(), _NOWHERE)
    every = counties.every
    known = {c: frozenset(every.get(c) or (c,)) for c in units["county_code"].unique()}
    return {code: known[c] for code, c in _by_code(units["county_code"]).items()}


def _make(
    level: str,
    lists: tuple[pd.DataFrame, pd.DataFrame],
    changes: list[Change],
    homes: Mapping[str, frozenset[str]],
    at_home: Callable[[str], frozenset[str]],
    dates: tuple[date, date],
) -> _Level:
    earlier, later = lists
    plain = _plain_county if level == "county" else normal_name
    names, now = (_by_code(map_unique(units["name"], plain)) for units in lists)
    below = _NOWHERE not in homes.values()
    known = {c: frozenset({c}) if below else _NOWHERE for c in later["county_code"].unique()}
    there = {code: known[c] for code, c in _by_code(later["county_code"]).items()}
    by_old: dict[str, list[tuple[Change, _Unit, _Unit]]] = defaultdict(list)
    for change in changes:
        if change.old:
            old = _Unit(plain(change.old), at_home(change.old_county))
            new = _Unit(plain(change.new), at_home(change.new_county))
            by_old[old.name].append((change, old, new))
    before, after = _List(names, homes), _List(now, there)
    return _Level(earlier, later, before, after, names, homes, by_old, plain, *dates)


def _county_finder(counties: _Level, heirs: Heirs) -> Callable[[str], frozenset[str]]:
    """What finds the later counties that a name in a table of changes means."""

    def find(name: str) -> frozenset[str]:
        unit = _Unit(_plain_county(name), _NOWHERE)
        now = counties.after.find(unit)
        if not now:
            then = counties.before.find(unit)
            now = [new for old in then for new in heirs.every.get(old, ())]
        if not now:
            ends = counties.ends(unit, date.min)
            now = [code for end in ends for code in counties.after.find(end)]
        return frozenset(now or [name])

    return find


def _heirs(ours: _Level, towns: Heirs | None, *, of_villages: bool) -> Heirs:
    """Link the units of one level: the many that stayed at once, the others one by one."""
    same = _stayed(ours)
    stayed = frozenset(ours.earlier.index[same])
    rest = ours.earlier[~same]
    now = {key: _by_code(ours.later[key]) for key in ("name", "township_code")}
    shapes = _by_shape(ours)
    rows = [(code, code, "", True) for code in ours.earlier.index[same].tolist()]
    lost = []
    columns = zip(rest.index.tolist(), rest["township_code"], rest["shape"], strict=True)
    for code, town, shape in columns:
        parents = None
        if of_villages:
            parents = frozenset(towns.every.get(town, ())) if towns and town else frozenset()
        found = _heirs_of(code, ours, stayed, now, parents)
        if not found and shape in shapes:
            found = [(shapes[shape], SAME_GROUND, True)]
        rows += [(code, new, kind, sure) for new, kind, sure in found]
        lost += [] if found else [code]
    links = _links(rows)
    return Heirs(links, _room(ours, links, lost))


def _stayed(ours: _Level) -> Mask:
    """Mark the units whose code and plain name are in the later list and that were not split."""
    codes = ours.earlier.index.tolist()
    now = ours.later["name"].reindex(ours.earlier.index)
    same: Mask = (now == ours.earlier["name"]).to_numpy(dtype=bool, copy=True)
    for i in np.flatnonzero(~same & now.notna().to_numpy()):
        same[i] = ours.names[codes[i]] == ours.plain(now.iloc[i])
    if ours.changes:
        for i in np.flatnonzero(same):
            name = ours.names[codes[i]]
            if name in ours.changes:
                same[i] = not ours.splits(_Unit(name, ours.homes[codes[i]]))
    return same


def _by_shape(ours: _Level) -> dict[str, str]:
    """Boundary → the later unit that has it, where one unit of either list does."""
    then = ours.earlier["shape"].value_counts()
    mine = ours.later["shape"]
    alone = mine[(mine != "") & ~mine.duplicated(keep=False)]
    return {shape: code for code, shape in _by_code(alone).items() if then.get(shape, 0) == 1}


def _heirs_of(
    code: str,
    ours: _Level,
    stayed: frozenset[str],
    now: Mapping[str, Mapping[str, str]],
    parents: frozenset[str] | None,
) -> list[tuple[str, str, bool]]:
    """The later units of one earlier unit that is no longer itself, each with kind and surety."""
    unit = _Unit(ours.names[code], ours.homes[code])
    alone = parents is None or len(ours.before.find(unit)) == 1
    ends = ours.ends(unit, ours.since) if alone else {unit: ""}
    if list(ends) != [unit]:
        hits = {new: kind for end, kind in ends.items() for new in ours.after.find(end)}
        if hits:
            sure = len(ends) == 1 and len(hits) == 1
            return [(new, kind, sure) for new, kind in hits.items()]
    named = [c for c in ours.after.find(unit) if c not in stayed]
    if parents is not None:
        inside = [c for c in named if now["township_code"][c] in parents]
        named = inside if parents else named if alone else []
    if len(named) == 1:
        return [(named[0], "", True)]
    if code in now["name"] and not named:
        new = _Unit(ours.plain(now["name"][code]), ours.homes[code])
        if not ours.before.find(new):
            return [(code, SAME_GROUND, True)]
    return []


def _room(ours: _Level, links: pd.DataFrame, lost: list[str]) -> dict[str, tuple[str, ...]]:
    """For each lost unit the later ones of its counties that may have its ground."""
    if not lost:
        return {}
    later = ours.later
    was = ours.earlier["shape"].reindex(later.index)
    open_to = ~later.index.isin(links["new"]) | (was.notna() & (was != later["shape"])).to_numpy()
    rooms = later["county_code"][open_to]
    of_county = rooms.groupby(rooms).groups
    plain = _NOWHERE in ours.homes.values()
    everywhere = tuple(rooms.index)
    return {
        code: everywhere
        if plain
        else tuple(c for home in sorted(ours.homes[code]) for c in of_county.get(home, ()))
        for code in lost
    }
