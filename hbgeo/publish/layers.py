"""Units and facilities as the rows that are published; only columns of their schema go out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from hbgeo.arrow import Cells
from hbgeo.measure.options import Options
from hbgeo.products import with_works
from hbgeo.publish.tables import FACILITIES, UNITS
from hbgeo.read.keys import GAZETTEER
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

_MANY = {
    "Polygon": "MultiPolygon", "MultiPolygon": "MultiPolygon",
    "LineString": "MultiLineString", "MultiLineString": "MultiLineString",
}  # fmt: skip
_POINT = "Point"
_TEXT = pa.large_string()


@dataclass(frozen=True)
class Facilities:
    """All facilities, and the layers that they are of by key."""

    rows: pd.DataFrame
    layers: Mapping[str, LayerTable]


def unit_rows_of(workspace: Workspace) -> tuple[pd.DataFrame, dict[str, str]]:
    """The units of every level, the widest first, each level in code order; the shapes of each.

    Returns
    -------
    rows, shapes
        The columns of `tables.UNITS`; level → MultiPolygon, MultiLineString or Point.
    """
    parts, shapes = [], {}
    for level, table in workspace.all_units().items():
        frame = table.frame.sort_index()
        drawn, shapes[level] = _shapes_of(frame)
        rows = pd.DataFrame(frame).reindex(columns=UNITS.ids)
        rows = rows.assign(
            level=level,
            code=frame.index.astype(str),
            sample=table.sample or table.population_sample,  # either stands in the row
            approximate=table.approximate,
            geom=drawn,
        )
        parts.append(_filled(rows, [c.id for c in UNITS.columns if c.kind == "text"]))
    if not parts:
        return pd.DataFrame(columns=UNITS.ids), {}
    return pd.concat(parts, ignore_index=True), shapes


def facility_rows(workspace: Workspace, options: Options) -> Facilities:
    """The facilities of every layer, in the catalogue's order, each layer by id.

    A gazetteer's names are no facilities, as on the page.
    """
    known = workspace.catalog.layers
    keys = [k for k, la in known.items() if la.role == "facilities" and la.schema != GAZETTEER]
    layers = {key: with_works(workspace, key, options) for key in keys}
    parts = [_rows_of(key, table) for key, table in layers.items()]
    empty = pd.DataFrame(columns=FACILITIES.ids)
    return Facilities(pd.concat(parts, ignore_index=True) if parts else empty, layers)


def _rows_of(key: str, table: LayerTable) -> pd.DataFrame:
    frame = pd.DataFrame(table.frame).sort_index()
    given = {column: frame[column] for column in ("x", "y") if column in frame}
    rows = frame.reindex(columns=FACILITIES.ids)
    rows = rows.assign(
        layer=key,
        id=frame.index.astype(str),
        works=frame["works"].to_numpy(bool),
        sample=table.sample,
        details=_details(frame, table),
        geom=_points(given.get("x"), given.get("y"), len(frame)),
    )
    rows = _filled(rows, [c.id for c in FACILITIES.columns if c.kind == "text"])
    return rows.reset_index(drop=True)


def _filled(rows: pd.DataFrame, texts: list[str]) -> pd.DataFrame:
    """The rows with "" where a text is missing: nobody must ask for both."""
    return rows.assign(**{c: rows[c].astype(object).where(rows[c].notna(), "") for c in texts})


def _shapes_of(frame: pd.DataFrame) -> tuple[NDArray[np.object_], str]:
    """What stands for units on a map, all of one kind, and which kind."""
    if "geometry" not in frame:
        return _points(frame.get("x"), frame.get("y"), len(frame)), _POINT
    flat = shapely.force_2d(np.asarray(frame["geometry"], dtype=object))
    kinds = {shape.geom_type for shape in flat if shape is not None}
    kind = _MANY.get(next(iter(sorted(kinds)), "Polygon"), _POINT)
    if kind == _POINT:
        return flat, kind
    make = shapely.multipolygons if kind == "MultiPolygon" else shapely.multilinestrings
    made = [None if s is None else s if s.geom_type == kind else make([s]) for s in flat]
    drawn = np.empty(len(made), dtype=object)
    drawn[:] = made
    return drawn, kind


def _points(x: pd.Series | None, y: pd.Series | None, count: int) -> NDArray[np.object_]:
    """Points, None where a row has no coordinates."""
    drawn = np.full(count, None, dtype=object)
    if x is None or y is None:
        return drawn
    lon, lat = x.to_numpy(dtype=float), y.to_numpy(dtype=float)
    known = ~(np.isnan(lon) | np.isnan(lat))
    drawn[known] = shapely.points(lon[known], lat[known])
    return drawn


def _details(frame: pd.DataFrame, table: LayerTable) -> pd.Series:
    """The columns of a layer's schema that have no column of their own, as JSON a row.

    Each distinct value is written once, then taken row by row: a million rows repeat themselves.
    """
    rest = [
        c for c in table.kind.columns
        if c in frame and c not in FACILITIES.ids and table.kind.columns[c].type not in _PLACES
    ]  # fmt: skip
    parts = [part for c in rest if (part := _pairs(c, frame[c])).null_count < len(part)]
    if not parts:
        return pd.Series("{}", index=frame.index, dtype=object)
    comma = pa.scalar(",", _TEXT)
    # the types want them all to be arrays, or none
    joined = pc.binary_join_element_wise(*parts, comma, null_handling="skip")  # type: ignore[call-overload]
    whole = pc.binary_join_element_wise(
        pa.scalar("{", _TEXT), joined, pa.scalar("}", _TEXT), pa.scalar("", _TEXT)
    )
    return pd.Series(whole.to_pylist(), index=frame.index, dtype=object)


_PLACES = ("lon", "lat", "pair", "crs")  # said by the point


def _pairs(name: str, column: pd.Series) -> Cells:
    """`"name":value` of each row, null where it has none."""
    at, known = pd.factorize(column.astype(object))
    texts = [_pair(name, value) for value in known]
    made: Cells = pa.array(texts, _TEXT).take(pa.array(at, pa.int64(), mask=at < 0))
    return made


def _pair(name: str, value: Any) -> str | None:
    """One value under its name; None of an empty one."""
    if isinstance(value, pd.Timestamp):
        value = value.date().isoformat()
    elif isinstance(value, (float, np.floating)):
        value = int(value) if float(value).is_integer() else float(value)
    elif isinstance(value, (tuple, list)):
        value = list(value)
    elif isinstance(value, np.generic):
        value = value.item()
    if value in ("", []):
        return None
    return f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
