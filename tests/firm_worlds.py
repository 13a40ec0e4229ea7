"""Hand-made answers of how firm a figure is: what every show of them is tested with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Doubts, Firmness

ROW_COLUMNS = [*DOUBT_COLUMNS, "name", "chooser", "least", "most", "deciding"]


def row(number: int, **more: Any) -> dict[str, Any]:
    """One row in doubt, of 长阳 where nothing else is said: it could add one."""
    plain = {
        "layer": "cemetery", "file": "cemetery.xlsx", "sheet": "公墓台账", "row": number,
        "kind": "county", "readings": "所在县的任一单元，或都不计", "units": ("420528101",),
        "effect": "+1", "turns": False, "county_code": "420528", "county": "长阳土家族自治县",
        "name": f"公墓{number}", "chooser": number, "least": Fraction(0), "most": Fraction(1),
        "deciding": -1,
    }  # fmt: skip
    return plain | more


def firmness(
    indicator: str,
    low: Any,
    high: Any,
    *,
    firm: bool | None = None,
    exact: bool = True,
    rows: Sequence[dict[str, Any]] = (),
    units: Sequence[str] = (),
    **more: Any,
) -> Firmness:
    """The answer on one indicator."""
    ends = (None if end is None else Fraction(end) for end in (low, high))
    between = {"low": [0.0] * len(units), "high": [1.0] * len(units)}
    frame = pd.DataFrame(between, index=list(units), dtype=float)
    table = pd.DataFrame(list(rows), columns=ROW_COLUMNS)
    parts = more.pop("parts", {})
    return Firmness(indicator, Span(*ends, exact=exact), firm, parts, frame, table, **more)


def doubts(*firm: Firmness) -> Doubts:
    """The answers on several indicators, and their rows once each."""
    every = [
        one.rows.assign(
            turns=[one.indicator if t else "" for t in one.rows["turns"]], indicator=one.indicator
        )
        for one in firm
    ]
    rows = (
        pd.concat(every, ignore_index=True)
        if every
        else pd.DataFrame(columns=[*ROW_COLUMNS, "indicator"])
    )
    rows = rows.drop_duplicates(["layer", "file", "sheet", "row", "kind"], ignore_index=True)
    return Doubts({one.indicator: one for one in firm}, rows[[*DOUBT_COLUMNS, "name", "indicator"]])


def township(**more: Any) -> Firmness:
    """乡镇公益性公墓: 311 of 922 are covered, 35 % ask for 323; twelve rows turn it, row 7 takes one away."""
    gains = [row(n, deciding=n - 10, chooser=n, row=n) for n in range(10, 22)]
    loss = row(7, effect="-1", least=Fraction(-1), most=Fraction(0), units=("420528102",))
    given = {
        "firm": False, "rows": [loss, row(30), *reversed(gains)], "units": ["420528101", "420528102"],
        "turning": Fewest(tuple(range(10, 22)), (1,) * 12, 12, 12),
        "settling": Fewest((30, 10), (), 2, 1), "largest": 2,
    }  # fmt: skip
    return firmness("cemetery-township", 310, 324, **(given | more))
