"""Merged ledgers: which file, sheet and row of whose a row was, in columns of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hbgeo.read.file.ledger import Ledger, RawTable

ORIGIN = {"from_file": "file", "from_sheet": "sheet", "from_row": "row"}
_LONGEST = 7  # digits of a row's number


def restore_origin(raw: Ledger) -> Ledger:
    """Have the rows of a merged ledger bear the file, sheet and row they came from.

    A row that was added to it by hand says nothing of that, and stands where it stands.
    """
    return replace(raw, tables=tuple(map(_restored, raw.tables)))


def _restored(table: RawTable) -> RawTable:
    frame = table.frame
    if not set(ORIGIN) <= set(frame.columns):
        return table
    rows = frame["from_row"].astype("str")
    said = (frame["from_file"].astype("str") != "").to_numpy()
    known = said & rows.str.fullmatch(rf"\d{{1,{_LONGEST}}}").to_numpy(bool)
    made = frame.drop(columns=list(ORIGIN))
    for column in ("file", "sheet"):
        own = frame[f"from_{column}"].astype("str")
        made[column] = own.where(known, made[column].astype("str"))
    numbers = pd.to_numeric(rows.where(known, "0")).to_numpy()
    made["row"] = np.where(known, numbers, made["row"].to_numpy())
    others = tuple(h for h in table.meaning.others if h not in ORIGIN)
    return RawTable(made, replace(table.meaning, others=others))
