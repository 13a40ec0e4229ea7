"""The files of an agenda: the list, the cells to change, and rows ready to be added to the ledgers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import Agenda
from hbgeo.plan.file import under_headings
from hbgeo.read.schema.records import Schema
from hbgeo.show.table.agenda import agenda_records, agenda_table
from hbgeo.workspace import Workspace

_CHANGE = ["次序", "县（市、区）", "文件", "工作表", "行", "编号", "名称", "列", "改为"]


def schemas_of(workspace: Workspace, found: Agenda) -> dict[str, Schema]:
    """Layer → its schema, of the layers in which something is to be done."""
    keys = dict.fromkeys(step.action.layer for step in found.steps)
    return {key: workspace.schema_of(key) for key in keys}


def table_of(workspace: Workspace, found: Agenda) -> pd.DataFrame:
    """The rows as machines have them."""
    return agenda_table(found, schemas_of(workspace, found))


def records_of(workspace: Workspace, found: Agenda) -> list[dict[str, Any]]:
    """The rows as JSON has them."""
    return agenda_records(found, schemas_of(workspace, found))


def new_rows(workspace: Workspace, found: Agenda) -> dict[str, pd.DataFrame]:
    """Layer → the rows it gains, by the schema's names, each with its place on the list."""
    rows: dict[str, list[dict[str, object]]] = {}
    for order, step in enumerate(found.steps, 1):
        one = step.action
        if one.row is None:
            rows.setdefault(one.layer, []).append({**one.change, "order": order})
    made = {}
    for key, some in rows.items():
        schema, table = workspace.schema_of(key), workspace.layers.table(key)
        frame = pd.DataFrame(some).fillna("")
        lacking = [c.id for c in schema.columns.values() if c.id not in frame]
        wanted = {c for c in lacking if c in table or schema.columns[c].expected}
        lacking = [c for c in lacking if c in wanted and not c.endswith("_code")]
        frame = frame.assign(**dict.fromkeys(lacking, ""))
        known = [c for c in ("id", "name", *schema.columns) if c in frame]
        made[key] = frame[list(dict.fromkeys([*known, "order"]))]
    return made


def changes_of(workspace: Workspace, found: Agenda) -> pd.DataFrame:
    """The cells of the ledgers that change, one a row; of rows that must be looked into, none are known."""
    schemas, rows = schemas_of(workspace, found), []
    county = found.rows.drop_duplicates("order").set_index("order")["county"].to_dict()
    for order, step in enumerate(found.steps, 1):
        one = step.action
        if one.row is None:
            continue
        where = [order, county[order], one.file, one.sheet, one.row, one.facility, one.name]
        for column, value in one.change.items():
            rows.append([*where, schemas[one.layer].heading(column), value])
    return pd.DataFrame(rows, columns=_CHANGE, dtype=object)


def agenda_content(workspace: Workspace, found: Agenda) -> Callable[[str], bytes]:
    """Suffix → the content of a file: a paper for each county, or the rows in their machine form."""

    def content(suffix: str) -> bytes:
        from hbgeo.show.excel.agenda import agenda_bytes
        from hbgeo.show.paper.agenda import document_of
        from hbgeo.show.table.formats import table_bytes
        from hbgeo.show.table.values import json_bytes

        if suffix == ".docx":
            return document_of(found, workspace.catalog)
        if suffix == ".json":
            return json_bytes(records_of(workspace, found))
        table = table_of(workspace, found)
        if suffix == ".xlsx":
            changes = changes_of(workspace, found)
            return agenda_bytes(found, table, changes, _for_ledgers(workspace, found))
        return table_bytes(table, suffix, sample=found.sample)

    return content


def _for_ledgers(
    workspace: Workspace, found: Agenda
) -> Mapping[str, tuple[pd.DataFrame, tuple[str, str, str]]]:
    """Title of a layer → the rows under its ledger's headings, and how such a row comes to count."""
    made = {}
    for key, rows in new_rows(workspace, found).items():
        entry, schema = workspace.layers.entry(key), workspace.schema_of(key)
        counting = schema.counting
        if counting is None:
            raise AssertionError(key)  # nothing new is planned there
        table = under_headings(rows, entry, schema).rename(columns={"建设次序": "次序"})
        names = {
            c: entry.columns.get(c) or schema.heading(c) for c in (counting.column, counting.since)
        }
        how = (names[counting.column], counting.states[0], names[counting.since])
        made[workspace.layers.table(key).title] = (table, how)
    return made
