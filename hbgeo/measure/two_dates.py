"""One indicator at two dates, on the later one's units: whose cover changed, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.arrow import find_texts
from hbgeo.measure.bridge import SHIFTED, WITHDRAWN, Bridge
from hbgeo.measure.carry import Carried, carry, carry_facilities
from hbgeo.measure.snapshot import NUMBERS, SUPPLY, Snapshot, rows_by_id

NEW, CLOSED, MOVED, RENAMED, RESERVED = "新增", "关闭", "迁移", "改属", "服务范围变化"
SUPPLIED = "穴位或人口变化"  # the same facilities, and more or less room in them
JOINED, BROKEN = "各环补齐", "有环中断"  # of a chain
_NEAR = 1e-5  # degrees, about a metre: a point rounded otherwise has not moved


@dataclass(frozen=True)
class TwoDates:
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
        return np.not_equal(is_covered(self.earlier["covered"]), is_covered(self.later["covered"]))

    @cached_property
    def shifted(self) -> Mask:
        """The units that only a boundary changed."""
        said = self.reported["covered"].reindex(self.later.index)
        known = find_texts(self.later.index, self.reported.index) >= 0
        known &= ~self.later.index.isin(list(self.carried.open))
        return np.not_equal(is_covered(self.earlier["covered"]), is_covered(said)) & known

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
        return rows_by_id(carry_facilities(table, level, self.bridge))

    @cached_property
    def after(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of them now."""
        return self.new.facts_of(self.one, self._reaching)

    def called(self, facility: str) -> str:
        """A facility's name and id."""
        known = self.after.get(facility) or self.before.get(facility) or {}
        return f"{known.get('name', '')}（{facility}）"

    @property
    def _changed(self) -> pd.Index:
        return self.later.index[self.gained_or_lost | self.shifted]

    @property
    def _reaching(self) -> list[str]:
        some = (ids for _, ids in self.carried.open.values())
        every = chain(*self.reach_before.values(), *self.reach_after.values(), *some)
        return list(dict.fromkeys(every))


def at_two_dates(
    one: str, was: str, earlier: Snapshot, later: Snapshot, bridge: Bridge
) -> TwoDates:
    """Put an indicator's units of the earlier date on those of the later."""
    about, after = later.about["indicators"][one], later.of(one)
    reported = earlier.of(was)
    if about["measure"] == "capacity":  # of the others nobody can tell
        after, reported = after.dropna(subset="demand"), reported.dropna(subset="demand")
    carried = carry(was, about, earlier, reported, after, bridge)
    return TwoDates(one, was, earlier, later, about, bridge, reported, carried, after)


def is_covered(shares: pd.Series) -> Mask:
    """Mark the units of which anything is covered."""
    return np.asarray(shares.fillna(0) > 0, dtype=bool)


def why_changed(dates: TwoDates, code: str) -> tuple[str, list[str]]:
    """Why a unit's cover changed, by the facilities that reach it at one date and not the other."""
    came, went = dates.reach_after.get(code, []), dates.reach_before.get(code, [])
    if dates.is_capacity:
        more = dates.later["covered"][code] > 0
        others = [i for i in (came if more else went) if i not in (went if more else came)]
        return (NEW if more else CLOSED) if others else SUPPLIED, others or came
    if not came and not went:  # a table says yes or no, without facilities; a chain has many
        words = (JOINED, BROKEN) if dates.about["measure"] == "chain" else (NEW, WITHDRAWN)
        return words[0 if dates.later["covered"][code] > 0 else 1], []
    here, other, fresh = (
        (dates.after, dates.before, NEW) if came else (dates.before, dates.after, CLOSED)
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
