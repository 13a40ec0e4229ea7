"""What changed between two snapshots, on one boundary basis: figures, units gained and lost, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.arrays import Mask
from hbgeo.errors import RequestError
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import Coverage, from_pairs
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.pairs import make_pairs
from hbgeo.measure.placing import place
from hbgeo.measure.rounding import points
from hbgeo.measure.snapshot import NUMBERS, Snapshot, find_texts

CHANGE_COLUMNS = ["indicator", "name", "system", "measure", "level", "old_reported"]
CHANGE_COLUMNS += ["old_covered", "old_total", "old_pct", "old_value"]
CHANGE_COLUMNS += ["new_covered", "new_total", "new_pct", "new_value", "change", "points"]
CHANGE_COLUMNS += ["gained", "lost", "boundary"]
UNIT_COLUMNS = ["indicator", "change", "code", "name", "county_code", "county", "prefecture"]
UNIT_COLUMNS += ["reason", "facilities"]
MOVED_COLUMNS = ["level", "what", "code", "name", "was"]
SERIES_COLUMNS = ["indicator", "name", "as_of", "covered", "total", "pct", "value"]
GAINED, LOST, SHIFTED = "新增覆盖", "失去覆盖", "边界调整"
NEW, CLOSED, MOVED, RENAMED, RESERVED = "新增", "关闭", "迁移", "改属", "服务范围变化"
WITHDRAWN = "撤销"
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
        of the later one, `old_reported` the figure as it was given then, `change` in units (or
        the amount), `points` in percentage points (百分点).
    units
        One row a unit that changed (`UNIT_COLUMNS`), by indicator and code. 边界调整 rows explain
        the step from the reported to the restated figure and are no change of facilities.
    boundaries
        Units that are new, gone, renamed or reshaped between the two (`MOVED_COLUMNS`).
    unchanged
        How many indicators stayed as they were.
    """

    old: date
    new: date
    basis: tuple[str, ...]
    changes: pd.DataFrame
    units: pd.DataFrame
    boundaries: pd.DataFrame
    unchanged: int
    sample: bool


@dataclass(frozen=True)
class _Pair:
    """One indicator at both dates, on the later one's units.

    `links` are those of the earlier facilities among the later units, where they were placed anew.
    """

    one: str
    old: Snapshot
    new: Snapshot
    about: Mapping[str, Any]
    reported: pd.DataFrame
    earlier: pd.DataFrame
    later: pd.DataFrame
    links: pd.DataFrame | None

    @cached_property
    def gained_or_lost(self) -> Mask:
        """The units whose cover changed on the common basis."""
        return np.not_equal(_covered(self.earlier["covered"]), _covered(self.later["covered"]))

    @cached_property
    def shifted(self) -> Mask:
        """The units that only a boundary changed."""
        said = _like(self.reported[["covered"]], self.later.index)["covered"]
        known = find_texts(self.later.index, self.reported.index) >= 0
        return np.not_equal(_covered(self.earlier["covered"]), _covered(said)) & known

    @cached_property
    def reach_before(self) -> Mapping[str, list[str]]:
        """Who reached each unit that changed."""
        if self.links is None:
            return self.old.reach_of(self.one, self._changed)
        mine = self.links[find_texts(self.links["unit"], self._changed) >= 0]
        return dict(mine.groupby("unit")["facility"].agg(list))

    @cached_property
    def reach_after(self) -> Mapping[str, list[str]]:
        """Who reaches each unit that changed."""
        return self.new.reach_of(self.one, self._changed)

    @cached_property
    def before(self) -> Mapping[str, Mapping[str, Any]]:
        """What was known of the facilities that reach a unit that changed."""
        return self.old.facts_of(self.one, self._reaching)

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
        every = chain(*self.reach_before.values(), *self.reach_after.values())
        return list(dict.fromkeys(every))


def compare(old: Snapshot, new: Snapshot, units: Mapping[str, pd.DataFrame] | None = None) -> Trend:
    """Compare two snapshots on the units of the later one.

    Parameters
    ----------
    units
        The later snapshot's units by level, with `geometry`: the earlier facilities are placed
        among them anew. Needed only where boundaries differ.

    Raises
    ------
    RequestError
        If boundaries differ and `units` has none of that level.
    """
    swapped = new.as_of < old.as_of
    earlier, later = (new, old) if swapped else (old, new)
    boundaries = _boundaries(earlier, later)
    moved = set(boundaries["level"])
    _refuse_unknown(moved - set(units or {}))
    measured = earlier.counted & later.counted
    both = [i for i in later.about["indicators"] if i in measured]
    changes, parts = [], [pd.DataFrame(columns=UNIT_COLUMNS)]
    indexes: dict[str, UnitIndex] = {}
    for one in both:
        pair = _pair(one, earlier, later, moved, units or {}, indexes)
        listed = _unit_changes(one, pair, swapped=swapped)
        row = _change(one, pair, listed, swapped=swapped)
        if len(listed) or row["change"] or row["points"]:
            changes.append(row)
            parts.append(listed)
    return Trend(
        old.as_of,
        new.as_of,
        _said_basis(earlier, later, boundaries),
        pd.DataFrame(changes, columns=CHANGE_COLUMNS),
        pd.concat([p for p in parts if len(p)] or parts, ignore_index=True),
        boundaries,
        len(both) - len(changes),
        bool(earlier.about.get("sample") or later.about.get("sample")),
    )


def _refuse_unknown(levels: set[str]) -> None:
    """Refuse to compare where the boundaries of both dates differ and the later are not at hand."""
    if levels:
        said = "、".join(sorted(levels))
        raise RequestError(
            f"两期的单元或边界不同({said}),须有后一期的边界图层:请用后一期的工作区比较"
        )


def series(snapshots: Sequence[Snapshot]) -> pd.DataFrame:
    """List every indicator's figure over the dates, each as it was reported (`SERIES_COLUMNS`)."""
    rows = []
    for shot in sorted(snapshots, key=lambda s: s.as_of):
        counted = shot.units[shot.units["indicator"] != ""]
        for one, table in counted.groupby("indicator", sort=False):
            about = shot.about["indicators"][one]
            rows.append(
                {"indicator": one, "name": about["name"], "as_of": shot.as_of.isoformat()}
                | {k: _plain(v) for k, v in _figures(about, table).items()}
            )
    return pd.DataFrame(rows, columns=SERIES_COLUMNS).sort_values(
        ["indicator", "as_of"], kind="stable", ignore_index=True
    )


def _pair(
    one: str,
    earlier: Snapshot,
    later: Snapshot,
    moved: set[str],
    units: Mapping[str, pd.DataFrame],
    indexes: dict[str, UnitIndex],
) -> _Pair:
    about = later.about["indicators"][one]
    level, reported, after = about["level"], earlier.of(one), later.of(one)
    restated, links = _like(reported[NUMBERS], after.index), None
    if about["measure"] in {"presence", "reach", "flag"}:
        restated["demand"] = restated["demand"].fillna(after["demand"])
        restated["covered"] = restated["covered"].fillna(0.0)
    anew = about["measure"] == "presence" and level in units
    if anew and (level in moved or (find_texts(after.index, reported.index) < 0).any()):
        whole = units[level]
        if "geometry" in whole and level not in indexes:
            indexes[level] = UnitIndex(whole)
        before = earlier.facilities_of(one)
        made = _restate(before, whole, after.index, indexes.get(level))
        restated["covered"], links = made.units["covered"], made.links
    return _Pair(one, earlier, later, about, reported, restated, after, links)


def _like(table: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """The rows of an index, missing where there are none."""
    return table.copy() if table.index.equals(index) else table.reindex(index)


def _restate(
    facilities: pd.DataFrame, units: pd.DataFrame, counted: pd.Index, index: UnitIndex | None
) -> Coverage:
    """Place earlier facilities among later units, and see which of the counted ones they reach."""
    placement = place(facilities, units, named=facilities["named"], index=index)
    pairs = make_pairs(units, facilities, placement)
    allowed = facilities["ways"].to_numpy(np.int8)[pairs.facility]
    pairs = pairs.where((pairs.via & allowed) > 0)
    made = from_pairs(units, facilities, pairs, basis=Basis())
    counting = made.units.reindex(counted)
    links = made.links[made.links["unit"].isin(counted)]
    return Coverage("", "presence", made.basis, counting, links)


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
    if not came and not went:  # a table says yes or no, without facilities
        return (NEW if pair.later["covered"][code] > 0 else WITHDRAWN), []
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


def _change(one: str, pair: _Pair, listed: pd.DataFrame, *, swapped: bool) -> dict[str, Any]:
    about = pair.about
    was, now = _figures(about, pair.earlier), _figures(about, pair.later)
    if about["measure"] in {"count", "sum"}:  # units may go, what they counted does not
        was = _figures(about, pair.reported)
    old, new = (now, was) if swapped else (was, now)
    reported = _figures(about, pair.later if swapped else pair.reported)
    amount = about["measure"] in {"count", "sum"}
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
    return row | {"boundary": int(kinds.get(SHIFTED, 0))}


def _figures(about: Mapping[str, Any], table: pd.DataFrame) -> dict[str, Fraction | None]:
    """Covered, total, percentage and amount of some units, exact where numbers are whole."""
    coverage = Coverage("", about["measure"], Basis(), table)
    if about["measure"] in {"count", "sum"}:
        return {"covered": None, "total": None, "pct": None, "value": coverage.value}
    share = coverage.share
    return {"covered": share.covered, "total": share.total, "pct": share.pct, "value": None}


def _less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a - b


def _plain(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _boundaries(earlier: Snapshot, later: Snapshot) -> pd.DataFrame:
    """The units that are new, gone, renamed or reshaped, level by level."""
    rows = []
    columns = ["code", "name", "shape"]
    levels = pd.concat([earlier.units["level"], later.units["level"]]).unique()
    for level in sorted(levels):
        tables = [
            s.units.loc[s.units["level"] == level, columns]
            .drop_duplicates("code")
            .set_index("code")
            for s in (earlier, later)
        ]
        if any(t.empty for t in tables):
            continue
        was, now = tables
        rows += [(level, "撤销", c, was["name"][c], "") for c in was.index.difference(now.index)]
        rows += [(level, "新设", c, now["name"][c], "") for c in now.index.difference(was.index)]
        both = was.index.intersection(now.index)
        a, b = was.loc[both], now.loc[both]
        renamed, reshaped = a["name"] != b["name"], a["shape"] != b["shape"]
        rows += [(level, "更名", c, b["name"][c], a["name"][c]) for c in both[renamed]]
        rows += [(level, SHIFTED, c, b["name"][c], "") for c in both[reshaped]]
    return pd.DataFrame(rows, columns=MOVED_COLUMNS)


def _said_basis(earlier: Snapshot, later: Snapshot, boundaries: pd.DataFrame) -> tuple[str, ...]:
    said = [f"按 {later.as_of} 的单元和边界比较;增减以个计,比率之差以百分点计。"]
    if len(boundaries):
        kinds = boundaries.groupby(["level", "what"]).size()
        counts = "、".join(f"{what} {n}({level})" for (level, what), n in kinds.items())
        said.append(f"两期单元不同:{counts};{earlier.as_of} 的设施已按后一期边界重新归属。")
    if earlier.about.get("policy") != later.about.get("policy"):
        said.append("两期所用政策文件不同。")
    said += [
        f"{shot.as_of} 为情景:{'、'.join(shot.about['scenario'])}。"
        for shot in (earlier, later)
        if shot.about.get("scenario")
    ]
    return tuple(said)
