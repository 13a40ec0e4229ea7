"""What the doubts of the data could make of one unit, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.why_records import COVERED, UNCOVERED

_TURNED = {UNCOVERED: "，可能变为已覆盖", COVERED: "，可能变为未覆盖"}


def doubts_said(firmness: Firmness | None, code: str, state: str) -> tuple[str, ...]:
    """Say which rows in doubt could change a unit's state; () where none could, or none are known.

    Parameters
    ----------
    firmness
        Of the indicator; None: nobody asked.
    state
        How the unit stands as the figure has it.
    """
    if firmness is None or code not in firmness.units.index:
        return ()
    rows = firmness.rows
    mine = [code in tuple(units) for units in rows["units"]]
    made = [_said(row) for row in rows[mine].to_dict("records")]
    turned = _TURNED.get(state, "，数值可能改变")
    head = f"数据里还有没说清的地方：下面 {len(made)} 行换一种读法，结论{turned.lstrip('，')}。"
    return (head, *made) if made else (f"数据里还有没说清的地方，结论{turned.lstrip('，')}。",)


def _said(row: Mapping[Any, Any]) -> str:
    """One row in doubt: what it is, where it stands, how else it may be read."""
    name = f"“{row['name']}”" if row.get("name") else "这一行"
    where = [str(row.get("file") or "")]
    where += [f"工作表“{row['sheet']}”"] if row.get("sheet") else []
    at = row.get("row")
    where += [f"第 {int(at)} 行"] if at is not None and not pd.isna(at) else []
    place = " ".join(filter(None, where[:1])) + (f" {''.join(where[1:])}" if where[1:] else "")
    return f"{name}（{place}）：{row['readings']}"
