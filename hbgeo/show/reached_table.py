"""What the terminal shows of who is reached: the nearest facilities, and access by catchment."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.console import RenderableType
from rich.text import Text

from hbgeo.show.screen import Listing
from hbgeo.show.table.headings import heading_of
from hbgeo.show.table.values import records
from hbgeo.show.terminal import MANY, cut
from hbgeo.show.words import which_marks

_FORMS = {"km": "{:,.3f}", "minutes": "{:,.1f}", "demand": "{:,.0f}", "supply": "{:,.0f}", "score": "{:.5f}"}  # fmt: skip
_FOUND = ("rank", "facility_id", "facility_name", "km", "minutes")
_OWN = 3  # columns of the user's that are shown


def nearest_shown(
    table: pd.DataFrame, said: Sequence[str], *, sample: bool
) -> list[RenderableType]:
    """The first points with the facilities nearest to them."""
    own = [c for c in table.columns if c not in {*_FOUND, "x", "y"}][:_OWN]
    minutes = table["minutes"].notna().any()
    columns = [*own, *(c for c in _FOUND if c != "minutes" or minutes)]
    return _listed("最近的设施（直线距离）", "nearest", table[columns], said, sample=sample)


def access_shown(
    title: str, table: pd.DataFrame, said: Sequence[str], *, sample: bool, approximate: bool
) -> list[RenderableType]:
    """The first units with what comes to each of them."""
    columns = ["code", "name", "demand", "supply", "score"]
    how = {"sample": sample, "approximate": approximate}
    return _listed(title, "access", table[columns], said, **how)


def _listed(
    title: str,
    kind: str,
    table: pd.DataFrame,
    said: Sequence[str],
    *,
    sample: bool,
    approximate: bool = False,
) -> list[RenderableType]:
    listed = Listing(f"{title}{cut(len(table))}")
    for column in map(str, table.columns):
        numeric = column in _FORMS or column == "rank"
        listed.heading(heading_of(kind, column).text, right=numeric, wrap=0 if numeric else 16)
    for row in records(table.head(MANY)):
        listed.add_row(*(_cell(column, value) for column, value in row.items()))
    marks = [
        Text(f"{mark}。", style="bold yellow")
        for mark in which_marks(sample=sample, approximate=approximate)
    ]
    return [listed, *map(Text, said), *marks]


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    return _FORMS[column].format(value) if column in _FORMS else str(value)
