"""What changed between two snapshots, on one boundary basis: figures, units gained and lost, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple, cast

import pandas as pd

from hbgeo.measure.basis import Basis
from hbgeo.measure.basis_words import PIECES
from hbgeo.measure.bridge import SHIFTED, Bridge, make_bridge
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.rounding import points
from hbgeo.measure.snapshot import Snapshot
from hbgeo.measure.trend_words import UNMATCHED, said_basis
from hbgeo.measure.two_dates import TwoDates, at_two_dates, is_covered, why_changed
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
Past = Mapping[str, Sequence[tuple[date, Fraction]]]  # indicator → its figures, as reported then
GAINED, LOST = "新增覆盖", "失去覆盖"


class Gain(NamedTuple):
    """What was gained, exactly: in what a shortfall counts in, and in percentage points.

    A norm gains in its numerator, a capacity in places; amounts have no points.
    """

    amount: Fraction | None = None
    points: Fraction | None = None


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
    gains
        What every indicator that both dates have gained, those that did not change among them; not
        of one that is compared with another.
    """

    old: date
    new: date
    basis: tuple[str, ...]
    changes: pd.DataFrame
    units: pd.DataFrame
    boundaries: pd.DataFrame
    unchanged: int
    sample: bool
    gains: Mapping[str, Gain] = field(default_factory=dict)

    @property
    def change_rows(self) -> list[dict[str, Any]]:
        """The rows of `changes` as plain values."""
        return cast("list[dict[str, Any]]", self.changes.to_dict("records"))  # columns have names


class _Ends(NamedTuple):
    """The earlier figures as reported and on the common basis, and the later ones."""

    reported: dict[str, Fraction | None]
    was: dict[str, Fraction | None]
    now: dict[str, Fraction | None]


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
    found, listed, gains = _compared(both, earlier, later, bridge, swapped=swapped)
    return Trend(
        old.as_of,
        new.as_of,
        said_basis(earlier, later, bridge, found, listed),
        found,
        listed,
        bridge.boundaries,
        len(both) - len(found),
        bool(earlier.about.get("sample") or later.about.get("sample")),
        gains,
    )


def _compared(
    both: Mapping[str, str], earlier: Snapshot, later: Snapshot, bridge: Bridge, *, swapped: bool
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Gain]]:
    """The indicators that changed, the units of each that did, and what every one gained."""
    rows, parts, gains = [], [pd.DataFrame(columns=UNIT_COLUMNS)], dict[str, Gain]()
    for one, was in both.items():
        about = later.about["indicators"][one]
        if was:
            pair = at_two_dates(one, was, earlier, later, bridge)
            listed, ends = _unit_changes(one, pair, swapped=swapped), _ends(pair)
        else:
            now = _figures(about, later.of(one), later.about["indicators"][one])
            listed, ends = parts[0], _Ends(NO_FIGURES, NO_FIGURES, now)
        if was == one:
            dates = (ends.now, ends.was) if swapped else (ends.was, ends.now)
            gains[one] = gain_of(about, *dates)
        row = _change(one, was, about, ends, listed, swapped=swapped)
        other = row["old_value"] != row["new_value"]  # years may change where cover does not
        if len(listed) or row["change"] or row["points"] or other or not was:
            rows.append(row)
            parts.append(listed)
    listed = pd.concat([p for p in parts if len(p)] or parts, ignore_index=True)
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS), listed, gains


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
        for one, made in figures_of(shot).items():
            name = shot.about["indicators"][one]["name"]
            rows.append(
                {"indicator": one, "name": name, "as_of": shot.as_of.isoformat()}
                | {k: _plain(v) for k, v in made.items()}
            )
    return pd.DataFrame(rows, columns=SERIES_COLUMNS).sort_values(
        ["indicator", "as_of"], kind="stable", ignore_index=True
    )


def figures_of(shot: Snapshot) -> dict[str, dict[str, Fraction | None]]:
    """Every indicator's figures as a snapshot reported them; none before the years it counts."""
    counted, told = shot.units[shot.units["indicator"] != ""], shot.about["indicators"]
    return {
        str(one): NO_FIGURES
        if not_begun(told[one], shot.as_of)
        else _figures(told[one], table, told[one])
        for one, table in counted.groupby("indicator", sort=False)
    }


def is_counted(about: Mapping[str, Any]) -> bool:
    """Whether an indicator's figure is an amount in its own unit rather than a percentage."""
    return _is_amount(about) or "per" in about or about["measure"] == "capacity"


def _unit_changes(one: str, pair: TwoDates, *, swapped: bool) -> pd.DataFrame:
    """The units whose cover changed on the common basis, and those that only a boundary changed."""
    if pair.about["measure"] in {"count", "sum", "ratio"}:
        return pd.DataFrame(columns=UNIT_COLUMNS)
    found: list[tuple[str, str, str, list[str]]] = []
    codes, now = pair.later.index, is_covered(pair.later["covered"])
    differ = pair.gained_or_lost
    for code, gained in zip(codes[differ], now[differ], strict=True):
        found.append((code, GAINED if gained != swapped else LOST, *why_changed(pair, code)))
    shifted = codes[pair.shifted]
    found += [(code, SHIFTED, SHIFTED, pair.reach_before.get(code, [])) for code in shifted]
    found += [(code, UNMATCHED, why, ids) for code, (why, ids) in pair.carried.open.items()]
    table = pd.DataFrame(found, columns=["code", "change", "reason", "ids"])
    where = pair.later.reindex(table["code"]).reset_index(drop=True)
    table = table.join(where[["name", "county_code", "county", "prefecture"]])
    table["indicator"] = one
    table["facilities"] = ["、".join(map(pair.called, ids)) for ids in table["ids"]]
    return table.sort_values("code", kind="stable", ignore_index=True)[UNIT_COLUMNS]


def _ends(pair: TwoDates) -> _Ends:
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
    amount = _is_amount(about) or "per" in about
    old, new = (ends.now, ends.was) if swapped else (ends.was, ends.now)
    reported = ends.now if swapped else ends.reported
    key = "value" if amount else "covered"
    kinds = listed["change"].value_counts().to_dict() if len(listed) else {}
    row = {"indicator": one, "name": about["name"], "system": about["system"]}
    row |= {"measure": about["measure"], "level": about["level"]}
    row["old_reported"] = _plain(reported["value"] if amount else reported["pct"])
    row |= {f"old_{k}": _plain(v) for k, v in old.items()}
    row |= {f"new_{k}": _plain(v) for k, v in new.items()}
    row["change"] = _plain(_less(new[key], old[key]))
    gap = None if amount else _less(new["pct"], old["pct"])
    row["points"] = None if gap is None else float(points(gap))
    row |= {"gained": kinds.get(GAINED, 0), "lost": kinds.get(LOST, 0)}
    row |= {"boundary": kinds.get(SHIFTED, 0), "unmatched": kinds.get(UNMATCHED, 0)}
    counted = about["measure"] != "capacity"  # whose change is one of units, not of years
    return row | {"unit": (counted and about.get("unit")) or PIECES, "old_indicator": was}


def gain_of(
    about: Mapping[str, Any], was: Mapping[str, Fraction | None], now: Mapping[str, Fraction | None]
) -> Gain:
    """What an indicator gained on one basis."""
    if _is_amount(about):
        return Gain(_less(now["value"], was["value"]))
    if about["measure"] == "capacity":
        return Gain(_less(now["places"], was["places"]))
    gained = _less(now["covered"], was["covered"])
    return Gain(gained, None if "per" in about else _less(now["pct"], was["pct"]))


def _is_amount(about: Mapping[str, Any]) -> bool:
    return about["measure"] in {"count", "sum"}


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
    made = NO_FIGURES | {"covered": share.covered, "total": share.total, "pct": share.pct}
    if about["measure"] == "capacity":
        return made | {"value": coverage.years_left, "places": coverage.places}
    if "per" not in about:  # no norm of two amounts
        return made
    covered = share.covered + exact((told or {}).get("apart", 0))
    norm = Fraction(about["per"]) * covered / share.total if share.total else None
    return made | {"covered": covered, "pct": None, "value": norm}


def _less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a - b


def _plain(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
