"""Cells and rows as plain values, as JSON and workbooks have them."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd


def json_bytes(value: Any) -> bytes:
    """JSON as UTF-8, indented, keys in the order given."""
    text: str = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts; missing values are None."""
    rows = zip(*cells_of(table), strict=True)
    return [dict(zip(table.columns, row, strict=True)) for row in rows]


def cells_of(table: pd.DataFrame) -> list[list[Any]]:
    """The columns as lists of plain values; missing ones are None."""
    return [_cells(table[c]) for c in table.columns]


def _cells(column: pd.Series) -> list[Any]:
    if not (isinstance(column.dtype, pd.StringDtype) or column.dtype == np.float64):
        return [_plain(v) for v in column]
    at, known = pd.factorize(column)  # few are distinct; -1, the last, is missing
    values = np.array([*map(_plain, known), None], dtype=object)
    cells: list[Any] = values[at].tolist()
    return cells


def number(value: Fraction | None) -> int | float | None:
    """An exact number as JSON has it: whole ones as integers."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return list(value)
    if (
        value is None
        or value is pd.NaT
        or (isinstance(value, float) and np.isnan(value))
        or value is pd.NA
    ):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, (float, np.floating)):
        return int(value) if float(value).is_integer() else float(value)
    return value.item() if isinstance(value, np.generic) else value
