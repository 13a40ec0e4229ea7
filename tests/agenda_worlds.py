"""An agenda carried out as a planner would: cells of the ledgers changed, rows added, and nothing else."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from hbgeo.measure.agenda import Action, Agenda
from hbgeo.read.schema.records import Schema
from hbgeo.workspace import Workspace


def carry_out(root: Path, made: Agenda, upto: int | None = None) -> None:
    """Do the things of an agenda in the files of a workspace: all, or those up to a place on the list.

    What is built works from the date of the figure on: its state and its date are filled in.
    """
    workspace = Workspace.open(root)
    steps = made.steps if upto is None else made.steps[:upto]
    by_layer: dict[str, list[Action]] = {}
    for step in steps:
        by_layer.setdefault(step.action.layer, []).append(step.action)
    for key, actions in by_layer.items():
        entry, schema = workspace.layers.entry(key), workspace.schema_of(key)
        [path] = entry.paths
        rows = [(one, _cells(one, schema, made)) for one in actions]
        file = root / "layers" / path
        write = _write_csv if file.suffix == ".csv" else _write_book
        write(file, entry.table, schema, rows)


def _cells(one: Action, schema: Schema, made: Agenda) -> dict[str, str]:
    """What is written: of something new that it works since the date of the figure."""
    counting = schema.counting
    assert counting is not None
    done = {counting.column: counting.states[0], counting.since: made.as_of.isoformat()}
    return {**one.change, **(done if one.row is None else {})}


def _heading(column: str, heads: list[Any], schema: Schema) -> int | None:
    """Where a column stands under one of the headings that it goes by."""
    names = [n.replace("(", "（").replace(")", "）") for n in schema.columns[column].names]
    names += schema.columns[column].names
    return next((heads.index(name) for name in names if name in heads), None)


def _write_book(
    file: Path, sheet: str, schema: Schema, rows: Iterable[tuple[Action, Mapping[str, str]]]
) -> None:
    book = openpyxl.load_workbook(file)
    page = book[sheet] if sheet else book.worksheets[0]
    heads = [cell.value for cell in page[1]]
    last = page.max_row
    for one, cells in rows:
        last += one.row is None
        at = last if one.row is None else one.row
        for column, value in cells.items():
            where = _heading(column, heads, schema)
            if where is None:  # a column that the ledger did not have
                where = len(heads)
                heads.append(schema.heading(column))
                page.cell(1, where + 1).value = heads[-1]
            page.cell(at, where + 1).value = value
    book.save(file)


def _write_csv(
    file: Path, _: str, schema: Schema, rows: Iterable[tuple[Action, Mapping[str, str]]]
) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = list(csv.reader(lines))
    heads = table[0]
    for one, cells in rows:
        if one.row is None:
            table.append([""] * len(heads))
        row = table[-1] if one.row is None else table[one.row - 1]
        for column, value in cells.items():
            where = _heading(column, heads, schema)
            if where is None:
                where = len(heads)
                heads.append(schema.heading(column))
            row += [""] * (where + 1 - len(row))
            row[where] = value
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        csv.writer(lines).writerows(table)
