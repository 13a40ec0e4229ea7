"""督办: the units that are left out as tasks, and what became of those that were given out before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Assessment, Measured
from hbgeo.measure.reasons import Idle, idle_by_unit, why_uncovered
from hbgeo.read.units.tasks import UNREAD, task_id

OPEN, DONE, LATE, WITHDRAWN = "open", "done", "late", "withdrawn"
STATES = {OPEN: "待办", LATE: "逾期", DONE: "办结", WITHDRAWN: "撤销"}
TASK_COLUMNS = [
    "task_id", "county_code", "county", "unit_code", "unit", "indicator", "reason", "remedy",
    "nearest_id", "nearest_km", "building_id", "building_due", "responsible", "deadline",
    "promised_on", "done_on", "state", "remark",
]  # fmt: skip
# what papers say beside: names, and whether the task was given out or came back
_BESIDE = ["prefecture", "kind", "title", "nearest", "building", "known"]
# what is found of a task, said before the county's own remark and taken off it when it comes back
CLAIMED, COVERED = "报完成而未覆盖", "现已覆盖"
DELETED, ABSENT = "交回的表中被删去", "交回的表中没有"
TO_COME, UNDATED = "完成日期在截至日期之后，未计", "写办结而没有完成日期，未计"
NOT_ASKED, UNREADABLE = "不在现口径的应覆盖单元中", "不是日期，未采用"
_FOUND = {CLAIMED, COVERED, DELETED, ABSENT, TO_COME, UNDATED, NOT_ASKED}
FRESH = "fresh"  # of a task given out: after what came back of its county
_DAYS = ("building_due", "deadline", "promised_on", "done_on")
_BUILDING = ("建成未启用", "在建")  # the nearest to working first


@dataclass(frozen=True)
class Tasks:
    """Tasks, one a row, by county, indicator and unit.

    Attributes
    ----------
    rows
        `TASK_COLUMNS`, and what papers say beside them (`_BESIDE`).
    notes
        Lines for the user: what did not come back, rows that were deleted.
    came_back
        Whether any 督办单 came back.
    """

    rows: pd.DataFrame
    as_of: date
    notes: tuple[str, ...] = ()
    came_back: bool = False
    sample: bool = False
    approximate: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """The rows in their machine form."""
        return self.rows[TASK_COLUMNS]

    @property
    def known(self) -> Tasks:
        """Only those that were given out or came back, not those nobody has heard of yet."""
        mine = self.rows[self.rows["known"].astype(bool)].reset_index(drop=True)
        return Tasks(mine, self.as_of, self.notes, self.came_back, self.sample, self.approximate)

    def count(self, state: str) -> int:
        """How many tasks are in a state."""
        return int((self.rows["state"] == state).sum())

    @property
    def claimed(self) -> int:
        """How many are reported done while the unit is not covered."""
        return int(self.rows["remark"].str.startswith(CLAIMED).sum())


def is_due(a: Assessment) -> bool:
    """Whether an indicator's units are given out unasked: main readings that miss their target."""
    return a.indicator.variant is None and has_tasks(a) and a.met is False


def has_tasks(a: Assessment) -> bool:
    """Whether an indicator can be given out at all: it says of each unit whether it is covered."""
    return a.coverage is not None and not a.counted and a.indicator.measure != "ratio"


def make_tasks(
    measured: Measured,
    *,
    asked: bool,
    as_of: date,
    returned: pd.DataFrame | None = None,
    issued: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make the tasks of the indicators measured; figures are not changed by any of them.

    Parameters
    ----------
    measured
        The whole, not a part: with the nearest and the waiting facilities.
    asked
        Whether these indicators were named; if not, only those due are given out anew.
    returned
        The rows that came back (`read.units.tasks.make_task_rows`); None if none did.
    issued
        Tasks given out before: `task_id`, `county_code`, `county`, `unit_code`, `unit`, `indicator`,
        and `fresh`. One that is not fresh and whose county sent its rows back without it is missed.

    Returns
    -------
    rows
        `Tasks.rows`, by county, indicator (in the policy's order) and unit.
    """
    kept = _Kept(_by_id(issued), _by_id(returned))
    rows = [
        (str(made["county_code"]), order, made["unit_code"], made)
        for order, a in enumerate(measured.assessments)
        if has_tasks(a)
        for made in _of_one(a, measured, kept, as_of, asked=asked)
    ]
    rows.sort(key=lambda row: row[:3])
    columns = [*TASK_COLUMNS, *_BESIDE]
    return pd.DataFrame([made for *_, made in rows], columns=columns, dtype=object)


class _Kept:
    """What was given out and what came back, by task; whose rows came back of which indicator."""

    def __init__(self, out: dict[str, dict[str, Any]], back: dict[str, dict[str, Any]]) -> None:
        self.out, self.back = out, back
        self.heard = {(county_of(row), row["indicator"]) for row in back.values()}

    def of(self, indicator: str) -> dict[str, dict[str, Any]]:
        """Unit → its task of an indicator, where one was given out or came back."""
        known = {**self.out, **self.back}.values()
        return {row["unit_code"]: row for row in known if row["indicator"] == indicator}

    def lacks(self, made: Mapping[str, Any]) -> str:
        """What is wrong with a task that is in nothing that came back; "" if nothing."""
        task, county = made["task_id"], county_of(made)
        if task in self.back:
            return ""
        if task in self.out:
            sent_back = county in {code for code, _ in self.heard}
            return DELETED if sent_back and not self.out[task][FRESH] else ""
        return ABSENT if (county, made["indicator"]) in self.heard else ""


def _of_one(
    a: Assessment, measured: Measured, kept: _Kept, as_of: date, *, asked: bool
) -> list[dict[str, Any]]:
    """The tasks of one indicator."""
    facts, known, made = _Facts(a, measured), kept.of(a.indicator.id), []
    wanted = facts.uncovered if asked or is_due(a) else []
    for code in sorted({*wanted, *known}):
        task = facts.of(code) or _told(a, known[code])
        row, lacking = kept.back.get(task["task_id"], {}), kept.lacks(task)
        answer = _answer(row, covered=facts.covers(code), lacking=lacking, as_of=as_of)
        made.append(task | answer | {"known": code in known})
    return made


def county_of(row: Mapping[Any, Any]) -> str:
    """The county of a task, by its own column or the code of its unit."""
    return str(row["county_code"] or str(row["unit_code"])[:6])


def _by_id(rows: pd.DataFrame | None) -> dict[str, dict[str, Any]]:
    """Task → its row, with the indicator and the unit that its id names where it says none."""
    made: dict[str, dict[str, Any]] = {}
    for row in () if rows is None else rows.to_dict("records"):
        indicator, _, unit = str(row["task_id"]).rpartition("-")
        own = {"indicator": row["indicator"] or indicator, "unit_code": row["unit_code"] or unit}
        made[row["task_id"]] = {str(k): v for k, v in row.items()} | own
    return made


class _Facts:
    """What is known of the units of one indicator."""

    def __init__(self, a: Assessment, measured: Measured) -> None:
        if a.coverage is None:
            raise AssertionError(a.indicator.id)  # only measured ones have tasks
        one = a.indicator
        self._a, units = a, a.coverage.units
        self._units = {str(k): v for k, v in units.to_dict("index").items()}
        self.uncovered = units.index[(units["covered"] == 0) & (units["demand"] > 0)].tolist()
        near = measured.nearest.get(one.id)
        self._near = {} if near is None else near.to_dict("index")
        waiting = measured.waiting.get(one.id)
        self._idle = {} if waiting is None or waiting.empty else idle_by_unit(waiting, a.as_of)
        self._due = a.target.deadline if a.target else None

    def covers(self, code: str) -> bool | None:
        """Whether a unit is covered now; None of one that does not count."""
        unit = self._units.get(code)
        return None if unit is None or not unit["demand"] > 0 else bool(unit["covered"] > 0)

    def of(self, code: str) -> dict[str, Any] | None:
        """The task of a unit as the figures have it; None of a unit that is not there."""
        unit, one = self._units.get(code), self._a.indicator
        if unit is None:
            return None
        made = _blank(one.id, code)
        made |= {c: unit[c] for c in ("county_code", "county", "prefecture", "kind")}
        made |= {"unit": unit["name"], "title": one.full_name, "deadline": _day(self._due)}
        if self.covers(code) is not False:
            return made
        idle = self._idle.get(code, [])
        link = unit["via"] if one.measure == "chain" else ""
        made["reason"], made["remedy"] = why_uncovered(idle, link, one=one)
        if near := self._near.get(code):
            made |= {"nearest_id": near["nearest_id"], "nearest": near["nearest_name"]}
            km = near["nearest_km"]
            made["nearest_km"] = None if pd.isna(km) else round(km, 3)
        if building := _building(idle):
            made |= {"building_id": building.id, "building": building.name}
            made["building_due"] = _day(building.since)
        return made


def _building(idle: Sequence[Idle]) -> Idle | None:
    """The facility that would cover the unit soonest: one that is built, or the first to be ready."""
    for status in _BUILDING:
        some = [one for one in idle if one.status == status]
        if some:
            return min(some, key=lambda one: (one.since or date.max, one.id))
    return None


def _blank(indicator: str, code: str) -> dict[str, Any]:
    made: dict[str, Any] = dict.fromkeys([*TASK_COLUMNS, *_BESIDE], "")
    made |= {"task_id": task_id(indicator, code), "indicator": indicator, "unit_code": code}
    return made | dict.fromkeys(("nearest_km", *_DAYS))


def _told(a: Assessment, row: Mapping[str, Any]) -> dict[str, Any]:
    """The task of a unit that is no more, as it was given out."""
    made = _blank(a.indicator.id, row["unit_code"]) | {"title": a.indicator.full_name}
    made |= {c: row[c] for c in ("county_code", "county", "unit")}
    return made | {"deadline": _day(row.get("deadline"))}


def _answer(
    row: Mapping[str, Any], *, covered: bool | None, lacking: str, as_of: date
) -> dict[str, Any]:
    """What a county said of a task, and how it stands.

    Parameters
    ----------
    row
        What came back; empty if nothing did.
    covered
        Whether the unit is covered now; None if it does not count any more.
    """
    promised, done = _as_day(row.get("promised_on")), _as_day(row.get("done_on"))
    told = row.get("state", "")
    state = _state(covered=covered, told=told, promised=promised, done=done, as_of=as_of)
    counts = state == DONE and done is not None and covered is False
    found = [
        (covered is True, COVERED),
        (covered is None, NOT_ASKED),
        (counts, CLAIMED),
        (done is not None and done > as_of, TO_COME),
        (told == STATES[DONE] and done is None and not covered and not row.get(UNREAD), UNDATED),
        (bool(row.get(UNREAD)), f"{row.get(UNREAD, '')}{UNREADABLE}"),
        (bool(lacking), lacking),
    ]
    own = [part for part in str(row.get("remark", "")).split("；") if not _is_found(part)]
    remark = "；".join([text for is_so, text in found if is_so] + [p for p in own if p])
    said = {"promised_on": _day(promised), "done_on": _day(done), "state": state, "remark": remark}
    return said | {"responsible": row.get("responsible", "")}


def _state(
    *, covered: bool | None, told: str, promised: date | None, done: date | None, as_of: date
) -> str:
    """The state of a task: what the figures say goes before what was written."""
    if covered:
        return DONE
    if told == STATES[WITHDRAWN]:
        return WITHDRAWN
    if done is not None and done <= as_of:
        return DONE
    return LATE if promised is not None and promised < as_of else OPEN


def _is_found(part: str) -> bool:
    return part.strip() in _FOUND or part.strip().endswith(UNREADABLE)


def _as_day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def _day(value: Any) -> str | None:
    """A date as text."""
    day = _as_day(value)
    return None if day is None else day.isoformat()


def notes_of(
    rows: pd.DataFrame, returned: pd.DataFrame | None, issued: pd.DataFrame | None
) -> list[str]:
    """What a planner must know of what came back: rows that it lacks, counties that sent nothing."""
    if returned is None:
        return []
    notes = []
    for row in rows.to_dict("records"):
        said = row["remark"].split("；")
        lacking = next((word for word in (DELETED, ABSENT) if word in said), "")
        if not lacking:
            continue
        task = f"{row['county']} {row['unit']}，{row['title']}（任务编号 {row['task_id']}）"
        why = "上次已发出" if lacking == DELETED else "如不是新增的，就是被删去的"
        notes.append(f"{lacking}：{task}；{why}，现按{STATES[row['state']]}计")
    heard = {county_of(row) for row in _by_id(returned).values()}
    silent = {county_of(r): r["county"] for r in _by_id(issued).values()}
    names = [name or code for code, name in sorted(silent.items()) if code not in heard]
    if names:
        notes.append(f"没有交回督办单的县 {len(names)} 个：{'、'.join(names)}")
    return notes + _unmeasured(rows, returned)


def _unmeasured(rows: pd.DataFrame, returned: pd.DataFrame) -> list[str]:
    """The rows that came back of indicators without a figure of each unit."""
    made = set(rows["task_id"])
    lost: dict[str, int] = {}
    for task, row in _by_id(returned).items():
        if task not in made:
            lost[row["indicator"]] = lost.get(row["indicator"], 0) + 1
    return [
        f"督办单里有 {count} 行的指标“{one}”没有这个代号，或现在无法计算，未列入"
        for one, count in sorted(lost.items())
    ]
