"""What changed between two snapshots, on one boundary basis: figures, units gained and lost, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import PIECES
from hbgeo.measure.bridge import SHIFTED, WITHDRAWN, Bridge, make_bridge
from hbgeo.measure.carry import Carried, carry, carry_facilities
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import points
from hbgeo.measure.snapshot import NUMBERS, SUPPLY, Snapshot, find_texts
from hbgeo.measure.trend_words import UNMATCHED, said_basis
from hbgeo.read.cell.decimals import exact
from hbgeo.read.divisions.changes import Change

CHANGE_COLUMNS = ["indicator", "name", "system", "measure", "level", "old_reported"]
CHANGE_COLUMNS += ["old_covered", "old_total", "old_pct", "old_value"]
CHANGE_COLUMNS += ["new_covered", "new_total", "new_pct", "new_value", "change", "points"]
CHANGE_COLUMNS += ["gained", "lost", "boundary", "unmatched", "unit", "old_indicator"]
UNIT_COLUMNS = ["indicator", "change", "code", "name", "county_code", "county", "prefecture"]
UNIT_COLUMNS += ["reason", "facilities"]
NO_FIGURES: dict[str, Fraction | None] = dict.fromkeys(("covered", "total", "pct", "value"))
SERIES_COLUMNS = ["indicator", "name", "as_of", "covered", "total", "pct", "value"]
GAINED, LOST = "新增覆盖", "失去覆盖"
NEW, CLOSED, MOVED, RENAMED, RESERVED = "新增", "关闭", "迁移", "改属", "服务范围变化"
SUPPLIED = "穴位或人口变化"  # the same facilities, and more or less room in them
JOINED, BROKEN = "各环补齐", "有环中断"  # of a chain
_NEAR = 1e-5  # degrees, about a metre: a point rounded otherwise has not moved


@dataclass(frozen=True)
class Trend:
    """The difference between two dates, NEW minus OLD.

    Attributes
    ----------
    old, new
        The dates compared.
    basis
        How it was made comparable, in sentences.
    changes
        One row an indicator that changed (`CHANGE_COLUMNS`): figures of both dates on the units
        of the later one, `old_reported` the figure as it was given then, `change` in `unit`,
        `points` in percentage points (百分点). `old_indicator` is the one it is compared with; ""
        where its year had not begun, and there is no figure.
    units
        One row a unit that changed (`UNIT_COLUMNS`), by indicator and code. 边界调整 rows explain
        the step from the reported to the restated figure and are no change of facilities; 无法对照
        are units of which it cannot be told what they were: both figures have them as they are.
    boundaries
        Units that are new, gone, renamed or reshaped between the two (`MOVED_COLUMNS`).
    unchanged
        How many indicators stayed as they were.
    compared
        The indicators that both dates have, those of `changes` among them.
    """

    old: date
    new: date
    basis: tuple[str, ...]
    changes: pd.DataFrame
    units: pd.DataFrame
    boundaries: pd.DataFrame
    unchanged: int
    sample: bool
    compared: tuple[str, ...] = ()


class _Ends(NamedTuple):
    """The earlier figures as reported and on the common basis, and the later ones."""

    reported: dict[str, Fraction | None]
    was: dict[str, Fraction | None]
    now: dict[str, Fraction | None]


@dataclass(frozen=True)
class _Pair:
    """One indicator at both dates, on the later one's units.

    `was` is the indicator it is compared with, as a rule itself; `reported` what that said then.
    """

    one: str
    was: str
    old: Snapshot
    new: Snapshot
    about: Mapping[str, Any]
    bridge: Bridge
    reported: pd.DataFrame
    carried: Carried
    later: pd.DataFrame

    @cached_property
    def earlier(self) -> pd.DataFrame:
        """The later units as they were; of what cannot be told, as they are now."""
        units = self.carried.units
        if self.carried.open:
            open_units = list(self.carried.open)
            as_now = (
                [c for c in (*NUMBERS, *SUPPLY) if c in units] if self.is_capacity else ["covered"]
            )
            units = units.copy()
            units.loc[open_units, as_now] = self.later.loc[open_units, as_now]
        return units

    @property
    def is_capacity(self) -> bool:
        """Whether a unit is covered by how many places there are, and not by who reaches it."""
        return bool(self.about["measure"] == "capacity")

    @cached_property
    def gained_or_lost(self) -> Mask:
        """The units whose cover changed on the common basis."""
        return np.not_equal(_covered(self.earlier["covered"]), _covered(self.later["covered"]))

    @cached_property
    def shifted(self) -> Mask:
        """The units that only a boundary changed."""
        said = self.reported["covered"].reindex(self.later.index)
        known = find_texts(self.later.index, self.reported.index) >= 0
        known &= ~self.later.index.isin(list(self.carried.open))
        return np.not_equal(_covered(self.earlier["covered"]), _covered(said)) & known

    @cached_property
    def reach_before(self) -> Mapping[str, list[str]]:
        """Who reached each unit that changed."""
        links, origins = self.carried.links, self.carried.origins
        if links is not None:
            mine = links[find_texts(links["unit"], self._changed) >= 0]
            return dict(mine.groupby("unit")["facility"].agg(list))
        olds = {code: origins.get(code, [code]) for code in self._changed}
        reach = self.old.reach_of(self.was, pd.Index(list(chain(*olds.values())), dtype="str"))
        every = {code: list(chain(*(reach.get(o, []) for o in of))) for code, of in olds.items()}
        return {code: list(dict.fromkeys(ids)) for code, ids in every.items() if ids}

    @cached_property
    def reach_after(self) -> Mapping[str, list[str]]:
        """Who reaches each unit that changed."""
        return self.new.reach_of(self.one, self._changed)

    @cached_property
    def before(self) -> Mapping[str, Mapping[str, Any]]:
        """What was known of the facilities that reach a unit that changed, in later codes."""
        facts = self.old.facts_of(self.was, self._reaching)
        level = self.about["level"]
        if not facts or level not in self.bridge.heirs or not self.bridge.moved:
            return facts
        table = pd.DataFrame.from_dict(facts, orient="index")
        return dict(carry_facilities(table, level, self.bridge).to_dict("index"))

    @cached_property
    def after(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of them now."""
        return self.new.facts_of(self.one, self._reaching)

    def called(self, facility: str) -> str:
        """A facility's name and id."""
        known = self.after.get(facility) or self.before.get(facility) or {}
        return f"{known.get('name', '')}({facility})"

    @property
    def _changed(self) -> pd.Index:
        return self.later.index[self.gained_or_lost | self.shifted]

    @property
    def _reaching(self) -> list[str]:
        some = (ids for _, ids in self.carried.open.values())
        every = chain(*self.reach_before.values(), *self.reach_after.values(), *some)
        return list(dict.fromkeys(every))


def compare(
    old: Snapshot,
    new: Snapshot,
    units: Mapping[str, pd.DataFrame] | None = None,
    *,
    changes: Iterable[Change] = (),
    approximate: Iterable[str] = (),
) -> Trend:
    """Compare two snapshots on the units of the later one.

    Rows of the earlier one are carried over by their points, and by what became of the units they
    name; a unit of which that cannot be told is listed as 无法对照, no gain and no loss. A yearly
    indicator has no figure before its years, but for the one that the policy names for those.

    Parameters
    ----------
    units, approximate
        The later snapshot's units by level, with `geometry`: where boundaries differ and there
        are none of a level, the comparison is refused. The levels where they are only a hint.
    changes
        What became of units, where neither snapshot says so itself.
    """
    swapped = new.as_of < old.as_of
    earlier, later = (new, old) if swapped else (old, new)
    bridge = make_bridge(earlier, later, units or {}, changes=changes, approximate=approximate)
    bridge.refuse_unknown()
    both = _comparable(earlier, later)
    found, listed = _compared(both, earlier, later, bridge, swapped=swapped)
    return Trend(
        old.as_of,
        new.as_of,
        said_basis(earlier, later, bridge, found, listed),
        found,
        listed,
        bridge.boundaries,
        len(both) - len(found),
        bool(earlier.about.get("sample") or later.about.get("sample")),
        tuple(both),
    )


def _compared(
    both: Mapping[str, str], earlier: Snapshot, later: Snapshot, bridge: Bridge, *, swapped: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indicators that changed, and the units of each that did."""
    rows, parts = [], [pd.DataFrame(columns=UNIT_COLUMNS)]
    for one, was in both.items():
        about = later.about["indicators"][one]
        if was:
            pair = _pair(one, was, earlier, later, bridge)
            listed, ends = _unit_changes(one, pair, swapped=swapped), _ends(pair)
        else:
            now = _figures(about, later.of(one), later.about["indicators"][one])
            listed, ends = parts[0], _Ends(NO_FIGURES, NO_FIGURES, now)
        row = _change(one, was, about, ends, listed, swapped=swapped)
        other = row["old_value"] != row["new_value"]  # years may change where cover does not
        if len(listed) or row["change"] or row["points"] or other or not was:
            rows.append(row)
            parts.append(listed)
    listed = pd.concat([p for p in parts if len(p)] or parts, ignore_index=True)
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS), listed


def _comparable(earlier: Snapshot, later: Snapshot) -> dict[str, str]:
    """The later indicators, and the earlier one each is compared with; "" where its year lay ahead."""
    found: dict[str, str] = {}
    then, now = earlier.counted, later.counted
    for one, about in later.about["indicators"].items():
        if one not in now or not_begun(about, later.as_of):
            continue
        if not not_begun(about, earlier.as_of):
            found |= {one: one} if one in then else {}
            continue
        before = about.get("earlier", "")
        known = earlier.about["indicators"].get(before, {})
        there = before in then and not not_begun(known, earlier.as_of)
        found[one] = before if there else ""
    return found


def not_begun(about: Mapping[str, Any], on: date) -> bool:
    """Whether all the years that an indicator counts lie after a date."""
    years = about.get("years") or ()
    return bool(years) and min(years) > on.year


def series(snapshots: Sequence[Snapshot]) -> pd.DataFrame:
    """List every indicator's figure over the dates, each as it was reported (`SERIES_COLUMNS`)."""
    rows = []
    for shot in sorted(snapshots, key=lambda s: s.as_of):
        counted = shot.units[shot.units["indicator"] != ""]
        for one, table in counted.groupby("indicator", sort=False):
            about = shot.about["indicators"][one]
            made = NO_FIGURES if not_begun(about, shot.as_of) else _figures(about, table, about)
            rows.append(
                {"indicator": one, "name": about["name"], "as_of": shot.as_of.isoformat()}
                | {k: _plain(v) for k, v in made.items()}
            )
    return pd.DataFrame(rows, columns=SERIES_COLUMNS).sort_values(
        ["indicator", "as_of"], kind="stable", ignore_index=True
    )


def _pair(one: str, was: str, earlier: Snapshot, later: Snapshot, bridge: Bridge) -> _Pair:
    about, after = later.about["indicators"][one], later.of(one)
    reported = earlier.of(was)
    if about["measure"] == "capacity":  # of the others nobody can tell
        after, reported = after.dropna(subset="demand"), reported.dropna(subset="demand")
    carried = carry(was, about, earlier, reported, after, bridge)
    return _Pair(one, was, earlier, later, about, bridge, reported, carried, after)


def _unit_changes(one: str, pair: _Pair, *, swapped: bool) -> pd.DataFrame:
    """The units whose cover changed on the common basis, and those that only a boundary changed."""
    if pair.about["measure"] in {"count", "sum", "ratio"}:
        return pd.DataFrame(columns=UNIT_COLUMNS)
    found: list[tuple[str, str, str, list[str]]] = []
    codes, now = pair.later.index, _covered(pair.later["covered"])
    differ = pair.gained_or_lost
    for code, gained in zip(codes[differ], now[differ], strict=True):
        found.append((code, GAINED if gained != swapped else LOST, *_why(pair, code)))
    shifted = codes[pair.shifted]
    found += [(code, SHIFTED, SHIFTED, pair.reach_before.get(code, [])) for code in shifted]
    found += [(code, UNMATCHED, why, ids) for code, (why, ids) in pair.carried.open.items()]
    table = pd.DataFrame(found, columns=["code", "change", "reason", "ids"])
    where = pair.later.reindex(table["code"]).reset_index(drop=True)
    table = table.join(where[["name", "county_code", "county", "prefecture"]])
    table["indicator"] = one
    table["facilities"] = ["、".join(map(pair.called, ids)) for ids in table["ids"]]
    return table.sort_values("code", kind="stable", ignore_index=True)[UNIT_COLUMNS]


def _covered(shares: pd.Series) -> Mask:
    return np.asarray(shares.fillna(0) > 0, dtype=bool)


def _why(pair: _Pair, code: str) -> tuple[str, list[str]]:
    """Why a unit's cover changed, by the facilities that reach it at one date and not the other."""
    came, went = pair.reach_after.get(code, []), pair.reach_before.get(code, [])
    if pair.is_capacity:
        more = pair.later["covered"][code] > 0
        others = [i for i in (came if more else went) if i not in (went if more else came)]
        return (NEW if more else CLOSED) if others else SUPPLIED, others or came
    if not came and not went:  # a table says yes or no, without facilities; a chain has many
        words = (JOINED, BROKEN) if pair.about["measure"] == "chain" else (NEW, WITHDRAWN)
        return words[0 if pair.later["covered"][code] > 0 else 1], []
    here, other, fresh = (
        (pair.after, pair.before, NEW) if came else (pair.before, pair.after, CLOSED)
    )
    reasons = [_reason(here[i], other.get(i), fresh) for i in came or went]
    return "、".join(dict.fromkeys(reasons)), came or went


def _reason(here: Mapping[str, Any], other: Mapping[str, Any] | None, fresh: str) -> str:
    """New or closed where the other date has no such facility; else what of it is different."""
    if other is None:
        return fresh
    gaps = [here[axis] - other[axis] for axis in ("x", "y")]
    placeless = all(pd.isna([here["x"], other["x"]]))
    if not placeless and not all(abs(gap) <= _NEAR for gap in gaps):
        return MOVED
    if here["named"] != other["named"]:
        return RENAMED
    return RESERVED if set(here["served"]) != set(other["served"]) else SHIFTED


def _ends(pair: _Pair) -> _Ends:
    """The figures of both dates, and the earlier as it was reported."""
    about = pair.about
    then, today = pair.old.about["indicators"].get(pair.was), pair.new.about["indicators"][pair.one]
    reported = _figures(about, pair.reported, then)
    now = _figures(about, pair.later, today)
    # units may go, what they counted does not
    was = reported if _is_amount(about) else _figures(about, pair.earlier, then)
    return _Ends(reported, was, now)


def _change(
    one: str,
    was: str,
    about: Mapping[str, Any],
    ends: _Ends,
    listed: pd.DataFrame,
    *,
    swapped: bool,
) -> dict[str, Any]:
    amount = _is_amount(about) or _is_norm(about)
    old, new = (ends.now, ends.was) if swapped else (ends.was, ends.now)
    reported = ends.now if swapped else ends.reported
    key = "value" if amount else "covered"
    kinds = listed["change"].value_counts() if len(listed) else {}
    row = {"indicator": one, "name": about["name"], "system": about["system"]}
    row |= {"measure": about["measure"], "level": about["level"]}
    row["old_reported"] = _plain(reported["value"] if amount else reported["pct"])
    row |= {f"old_{k}": _plain(v) for k, v in old.items()}
    row |= {f"new_{k}": _plain(v) for k, v in new.items()}
    row["change"] = _plain(_less(new[key], old[key]))
    gap = None if amount else _less(new["pct"], old["pct"])
    row["points"] = None if gap is None else float(points(gap))
    row |= {"gained": int(kinds.get(GAINED, 0)), "lost": int(kinds.get(LOST, 0))}
    row |= {"boundary": int(kinds.get(SHIFTED, 0)), "unmatched": int(kinds.get(UNMATCHED, 0))}
    counted = about["measure"] != "capacity"  # whose change is one of units, not of years
    return row | {"unit": (counted and about.get("unit")) or PIECES, "old_indicator": was}


def _is_amount(about: Mapping[str, Any]) -> bool:
    return about["measure"] in {"count", "sum"}


def _is_norm(about: Mapping[str, Any]) -> bool:
    """Whether the figure is so many times a quotient, in a unit of its own, and no percentage."""
    return bool(about.get("per"))


def _figures(
    about: Mapping[str, Any], table: pd.DataFrame, told: Mapping[str, Any] | None = None
) -> dict[str, Fraction | None]:
    """Covered, total, percentage and amount of some units, exact where numbers are decimals.

    An amount has what is known only by county beside it, as the snapshot says (`told`).
    """
    coverage = Coverage("", about["measure"], Basis(), table)
    if _is_amount(about):
        value = coverage.value + exact((told or {}).get("apart", 0))
        return {"covered": None, "total": None, "pct": None, "value": value}
    share = coverage.share
    years = coverage.years_left if about["measure"] == "capacity" else None
    made = {"covered": share.covered, "total": share.total, "pct": share.pct, "value": years}
    if not _is_norm(about):
        return made
    covered = share.covered + exact((told or {}).get("apart", 0))
    value = Fraction(about["per"]) * covered / share.total if share.total else None
    return made | {"covered": covered, "pct": None, "value": value}


def _less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a - b


def _plain(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
