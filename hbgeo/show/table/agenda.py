"""The agenda for machines: a row a thing and indicator, as a table or as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import Agenda
from hbgeo.read.schema.records import Schema
from hbgeo.show.table.values import number, records

_NUMBERS = ("gain", "covered_after")


def agenda_table(found: Agenda, schemas: Mapping[str, Schema]) -> pd.DataFrame:
    """The rows with plain numbers, and what the ledger will say as a text."""
    rows = found.rows
    plain = {c: pd.Series([number(v) for v in rows[c]], rows.index, dtype=object) for c in _NUMBERS}
    plain["pct_after"] = rows["pct_after"].astype(float)
    plain["target_pct"] = pd.to_numeric(rows["target_pct"].map(_float))
    pairs = zip(rows["change"], rows["layer"], strict=True)
    said = [change_words(change, schemas[layer]) for change, layer in pairs]
    plain["change"] = pd.Series(said, rows.index, dtype=object)
    return rows.assign(**plain)


def agenda_records(found: Agenda, schemas: Mapping[str, Schema]) -> list[dict[str, Any]]:
    """The rows as JSON has them: what the ledger will say by the schema's own names."""
    made = records(agenda_table(found, schemas))
    for row, change in zip(made, found.rows["change"], strict=True):
        row["change"] = dict(change)
    return made


def change_words(change: Mapping[str, str], schema: Schema) -> str:
    """What cells will say: 状态=运营；启用时间=2023-12-31."""
    return "；".join(f"{schema.heading(c)}={value}" for c, value in change.items())


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
