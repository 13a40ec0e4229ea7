"""Rows as they would be once something is done, read and placed as those of a ledger are: whom they cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.agenda.aims import Aims
from hbgeo.measure.agenda import Unit
from hbgeo.measure.counting import Case, count_rows
from hbgeo.measure.placements import Placements
from hbgeo.measure.serving import serving_pairs
from hbgeo.read.schema.tidy import Tidy
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

_TIED = ("county_code", "township_code", "village_code")  # which reading finds by the names


def blank_rows(table: LayerTable, cells: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows under the columns of a layer that say no more than what is given, as typed in a ledger."""
    frame, n = pd.DataFrame(table.frame), len(cells)
    made: dict[str, Any] = {}
    for column in frame.columns:
        made[column] = _blank(frame[column], n)
    made |= {c: pd.Series([""] * n, dtype="str") for c in _TIED}
    rows = pd.DataFrame(made, index=range(n)).drop(columns=["geometry"], errors="ignore")
    wanted = dict.fromkeys(c for one in cells for c in one)
    for column in wanted:
        given = [one.get(column, "") for one in cells]
        rows[column] = _typed(rows.get(column), given, rows.index)
    served = pd.Series([""] * n, index=rows.index, dtype="str")
    return rows.assign(served=served, file="", sheet="", row=range(1, n + 1))


def _blank(column: pd.Series, n: int) -> Any:
    if column.dtype == object:
        made = np.empty(n, dtype=object)
        made[:] = [()] * n
        return made
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Series([pd.NaT] * n, dtype=column.dtype)
    if pd.api.types.is_numeric_dtype(column):
        return pd.Series([np.nan] * n, dtype=float)
    return pd.Series([""] * n, dtype="str")


def _typed(like: pd.Series | None, given: Sequence[str], index: pd.Index) -> pd.Series:
    """Texts as the cells of a column: dates, several values of one cell, or as they are."""
    if like is not None and pd.api.types.is_datetime64_any_dtype(like):
        return pd.to_datetime(pd.Series(list(given), index=index).replace("", None)).astype(
            like.dtype
        )
    if like is not None and like.dtype == object:
        made = np.empty(len(given), dtype=object)
        made[:] = [tuple(v.split("、")) if v else () for v in given]
        return pd.Series(made, index=index)
    return pd.Series(list(given), index=index, dtype="str")


def covered_by(
    workspace: Workspace, key: str, rows: pd.DataFrame, aims: Aims
) -> dict[str, set[Unit]]:
    """Id → the units, by indicator, that a row would cover if it stood in the ledger of a layer.

    Rows that reading would put aside are not there.
    """
    entry, context = workspace.layers.entry(key), aims.context
    nothing = pd.DataFrame(columns=rows.columns)
    table = workspace.layers.tied(entry, Tidy(rows, nothing, ()))
    trial = replace(context, placements=Placements(context.source))
    made: dict[str, set[Unit]] = {str(one): set() for one in table.frame.index}
    ids = table.frame.index.astype(str)
    for aim in aims.of_layer(key):
        if aim.case is None:
            continue
        one = aim.one.indicator
        counted = count_rows(one, context.options, table)
        pairs = serving_pairs(Case(one, trial, aim.case.units, table, counted))
        codes = trial.placements.units(one.units).frame.index
        for unit, row in zip(codes[pairs.unit], ids[pairs.facility], strict=True):
            made[row].add((aim.id, str(unit)))
    return made
