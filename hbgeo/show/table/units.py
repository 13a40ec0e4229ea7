"""Units as rows: all of all indicators, and those left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import IO, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.joined import joined, repeated, texts_or_none
from hbgeo.show.table.csv import Rows, write_parts
from hbgeo.store.parts import KeptSpans

UNIT_COLUMNS = [
    "indicator",
    "variant",
    "as_of",
    "code",
    "name",
    "kind",
    "county_code",
    "county",
    "prefecture",
    "demand",
    "covered",
    "facilities",
    "via",
    "nearest_id",
    "nearest_name",
    "nearest_km",
    "nearest_status",
    "population",
    "population_60",
    "value",
]
_TEXTS = ("name", "kind", "county_code", "county", "prefecture", "via")
_NEAR = ("nearest_id", "nearest_name", "nearest_status")
_FIGURES = ("demand", "covered", "facilities", "value")
_PEOPLE = ("population", "population_60")
_NONE = pd.DataFrame()
SORTS = {
    "code": "code",
    "population": "population",
    "population_60": "population_60",
    "distance": "nearest_km",
}


def unit_rows(
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    nearest: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """All units of all indicators: one row an indicator, variant and unit, in code order.

    Parameters
    ----------
    units
        Units of each level measured.
    nearest
        As in `Measured`; without an entry those columns are empty.
    """
    measured = [(a, a.coverage) for a in assessments if a.coverage]
    if not measured:
        return pd.DataFrame(columns=UNIT_COLUMNS)
    frames = [coverage.units for _, coverage in measured]
    indexes, sizes = [frame.index for frame in frames], list(map(len, frames))
    told = {
        "indicator": [a.indicator.id for a, _ in measured],
        "variant": [a.indicator.variant or "" for a, _ in measured],
        "as_of": [a.as_of.isoformat() for a, _ in measured],
    }
    table = pd.DataFrame(
        {c: repeated(values, sizes) for c, values in told.items()}
        | {"code": joined(indexes)}
        | {c: joined([texts_or_none(frame, c) for frame in frames]) for c in _TEXTS}
        | {c: _numbers(frames, c) for c in _FIGURES}
    )
    near = [nearest.get(a.indicator.id, _NONE) for a, _ in measured]
    for column in _NEAR:
        table[column] = _texts_by_unit(near, column, indexes)
    table["nearest_km"] = _by_unit(near, "nearest_km", indexes).astype(float).round(3)
    own = [units[a.indicator.units] for a, _ in measured]
    for column in _PEOPLE:
        table[column] = _by_unit(own, column, indexes)
    return table.reindex(columns=UNIT_COLUMNS)


def write_units(
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    nearest: Mapping[str, pd.DataFrame],
    file: IO[bytes],
    *,
    prints: Mapping[str, str] = MappingProxyType({}),
    kept: KeptSpans | None = None,
) -> None:
    """Write what `unit_rows` puts together as CSV, an indicator after another: the file is the same.

    Parameters
    ----------
    prints, kept
        By indicator the fingerprint of all that its figures rest on; rows as they were written of
        the same.
    """
    parts = [
        Rows(
            a.indicator.id,
            partial(
                _part_of,
                a,
                a.coverage.units,
                units[a.indicator.units],
                nearest.get(a.indicator.id, _NONE),
            ),
            prints.get(a.indicator.id, ""),
        )
        for a in assessments
        if a.coverage
    ]
    write_parts(UNIT_COLUMNS, parts, file, kept)


def _part_of(
    a: Assessment, frame: pd.DataFrame, own: pd.DataFrame, near: pd.DataFrame
) -> dict[str, Any]:
    """One indicator's columns."""
    index = frame.index
    own, near = (
        t if t.index.equals(index) else t.reindex(index)
        for t in (own[[c for c in _PEOPLE if c in own]], near)
    )
    part: dict[str, Any] = {"indicator": a.indicator.id, "variant": a.indicator.variant or ""}
    part |= {"as_of": a.as_of.isoformat(), "code": index}
    part |= {c: frame.get(c, "") for c in _TEXTS} | {c: near.get(c, "") for c in _NEAR}
    for table, columns in ((frame, _FIGURES), (near, ("nearest_km",)), (own, _PEOPLE)):
        nothing = np.full(len(index), np.nan)
        part |= {c: table[c].to_numpy() if c in table else nothing for c in columns}
    return part | {"nearest_km": part["nearest_km"].astype(float).round(3)}


def _numbers(frames: Sequence[pd.DataFrame], column: str) -> NDArray[Any]:
    """A number of each unit: whole ones as they are, where every frame has them so."""
    columns = [f[column].to_numpy() if column in f else np.full(len(f), np.nan) for f in frames]
    return np.concatenate(columns)


def _by_unit(
    frames: Sequence[pd.DataFrame], column: str, indexes: Sequence[pd.Index]
) -> NDArray[Any]:
    """A number of several frames for the units of each, one after another; NaN where there is none."""
    columns = [
        frame[column].reindex(index).to_numpy() if column in frame else np.full(len(index), np.nan)
        for frame, index in zip(frames, indexes, strict=True)
    ]
    return np.concatenate(columns)


def _texts_by_unit(
    frames: Sequence[pd.DataFrame], column: str, indexes: Sequence[pd.Index]
) -> ExtensionArray:
    """A text of several frames for the units of each, one after another; missing where there is none."""
    nothing = pd.Series(dtype="str")
    return joined(
        [
            frame.get(column, nothing).reindex(index)
            for frame, index in zip(frames, indexes, strict=True)
        ]
    )


def uncovered_rows(
    assessment: Assessment,
    units: Mapping[str, pd.DataFrame],
    nearest: Mapping[str, pd.DataFrame],
    sort: str = "code",
) -> pd.DataFrame:
    """The units that have demand and none of it covered, largest or farthest first, or by code."""
    table = unit_rows([assessment], units, nearest).drop(columns="value")
    table = table[(table["covered"] == 0) & (table["demand"] > 0)]
    column = SORTS[sort]
    falling = column != "code"
    return table.sort_values(column, ascending=not falling, kind="stable", ignore_index=True)
