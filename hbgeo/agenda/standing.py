"""What stands in the ledgers and does not count yet: to be finished, mended, or asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from hbgeo.agenda.aims import Aim, Aims
from hbgeo.measure.agenda import FINISH, ROW, SIGN, Action, Unit
from hbgeo.measure.reasons import REMEDIES
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.schema.records import Counting, Schema
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

FINISHING = ("建成未启用", "在建", "规划")  # the nearest to working first
MENDING = ("破损", "缺失", "待设")
_LATEST = date.max.isoformat()


def standing_actions(workspace: Workspace, aims: Aims) -> tuple[list[Action], set[Unit]]:
    """What can be done about rows that are there; and the units that time alone will cover.

    Of a row that waits for several reasons each must be mended by what is said here; those that are
    closed, or wait for something else, are none of these.
    """
    serves, late = dict[tuple[str, str], set[Unit]](), set[Unit]()
    for aim in aims.aims:
        waiting = aims.measured.waiting.get(aim.id)
        if waiting is None or waiting.empty or not aim.by_presence:
            continue
        key, sound = aim.one.indicator.layer, _complete(aim)
        for unit, facility in zip(waiting["unit"], waiting["facility"], strict=True):
            if facility in sound:
                serves.setdefault((key, str(facility)), set()).add((aim.id, str(unit)))
    made = []
    for (key, facility), units in sorted(serves.items()):
        table, schema = workspace.layers.table(key), workspace.schema_of(key)
        row = row_of(table, facility)
        found = _change(row, schema, aims)
        if found is None:
            late |= units if _comes(row, schema, aims) else set()
            continue
        kind, first, change, said = found
        made.append(_action(kind, first, change, said, row, facility, table, frozenset(units)))
    return made, late


def _complete(aim: Aim) -> pd.Index:
    """The rows of an aim's layer that lack nothing it asks for."""
    if aim.case is None:
        raise AssertionError(aim.id)  # asked of presence only
    frame = aim.case.layer.frame
    whole = pd.Series(data=True, index=frame.index)
    for column in aim.one.indicator.filled:
        whole &= ~(frame[column].isna() | (frame[column] == ""))
    return frame.index[whole]


def _counting(schema: Schema) -> Counting:
    if schema.counting is None:
        raise AssertionError(schema.key)  # nothing of it waits
    return schema.counting


def _change(
    row: pd.Series, schema: Schema, aims: Aims
) -> tuple[str, tuple[int, str], dict[str, str], str] | None:
    """Of which kind, how near to working, which cells change, and what is to be done."""
    counting, as_of = _counting(schema), aims.context.options.as_of
    state, since = str(row.get(counting.column, "")), _day(row.get(counting.since))
    if (until := _day(row.get(counting.until))) and until <= as_of:
        return None
    works = counting.states[0]
    undated = since is None and not _undated_count(counting, aims)
    late = since is not None and since > as_of
    day = {counting.since: as_of.isoformat()} if undated or late else {}
    if state in (*FINISHING, *MENDING):
        kind = FINISH if state in FINISHING else SIGN
        rank = (FINISHING if kind == FINISH else MENDING).index(state)
        if since is None and state != "破损":
            day = {counting.since: as_of.isoformat()}
        first = (rank, _LATEST if since is None else since.isoformat())
        said = REMEDIES[state] if kind == FINISH else "修复" if state == "破损" else "补设"
        return kind, first, {counting.column: works, **day}, said
    if late or (state and state not in counting.states):
        return None
    if state:
        return (ROW, (0, ""), day, REMEDIES["无日期"]) if undated else None
    return ROW, (1, ""), {counting.column: works, **day}, REMEDIES[""]


def _comes(row: pd.Series, schema: Schema, aims: Aims) -> bool:
    """Whether a row will count on a day that is still to come, if nothing is done."""
    counting = _counting(schema)
    since = _day(row.get(counting.since))
    works = str(row.get(counting.column, "")) in counting.states
    return works and since is not None and since > aims.context.options.as_of


def _undated_count(counting: Counting, aims: Aims) -> bool:
    asked = aims.context.options.undated
    return asked == "include" if asked else counting.include_undated


def _action(
    kind: str,
    first: tuple[int, str],
    change: Mapping[str, str],
    remedy: str,
    row: pd.Series,
    facility: str,
    table: LayerTable,
    serves: frozenset[Unit],
) -> Action:
    schema, name = table.kind, str(row.get("name", "") or facility)
    cells = "，".join(_said(schema, column, value) for column, value in change.items())
    state = str(row.get(_counting(schema).column, "")) or "状态未填"
    what = f"“{in_sentence(name)}”（{state}）{remedy}"
    sure = "如核实如此，台账改为" if kind == ROW else "办成后台账改为"
    return Action(
        kind=kind,
        said=f"{what}；{sure}：{cells}",
        serves=serves,
        layer=table.key,
        facility=facility,
        name=name,
        change=change,
        county_code=str(row.get("county_code", "")),
        first=first,
        **where_of(row),
    )


def _said(schema: Schema, column: str, value: str) -> str:
    """A cell as it is to be written; of a date the real one, which is no later than that of the figure."""
    known = schema.columns.get(column)
    if known is not None and known.type == "date":
        return f"{schema.heading(column)}填实际日期（不晚于 {value}）"
    return f"{schema.heading(column)}“{value}”"


def row_of(table: LayerTable, facility: str) -> pd.Series:
    """The row of a facility."""
    return pd.Series(table.frame.loc[facility])


def where_of(row: pd.Series) -> dict[str, Any]:
    """The file, sheet and row of a row of a ledger."""
    return {"file": str(row["file"]), "sheet": str(row["sheet"]), "row": int(row["row"])}


def _day(value: Any) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


def rows_waiting(actions: list[Action]) -> Iterator[tuple[str, str, str, int]]:
    """Which rows of ledgers are on the list already."""
    for one in actions:
        if one.row is not None:
            yield one.layer, one.file, one.sheet, one.row
