"""Points for the page: a quantised grid as byte planes, and the facts of each point apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.read.schema.records import Schema
from hbgeo.show.page.cells import Texts, read_off
from hbgeo.show.page.pack import planes_of

BITS = 20  # cells along each axis; over a province one is 0.8 m
ROW_BITS = 12  # rows of the index by which the page finds points in a window
SYMBOLS = ("working", "building", "planned", "closed")
_STATES = {
    "building": ("在建", "建设中", "建成未启用"),
    "planned": ("规划", "拟建", "筹建", "立项", "待设"),
}


@dataclass(frozen=True)
class EncodedPoints:
    """One layer's points, encoded.

    Attributes
    ----------
    order
        Positions of the layer's rows: the points in grid order, then the rows without
        coordinates.
    meta
        How many points, and the grid's origin and step in units of the Mercator square.
    planes
        Row counts (uint32), then one byte plane each: x difference (3), y low bits, symbol.
    """

    order: NDArray[np.int64]
    meta: dict[str, Any]
    planes: bytes


def encode_points(rows: pd.DataFrame, working: Sequence[str] = ()) -> EncodedPoints:
    """Quantise a layer's points for the page.

    Parameters
    ----------
    rows
        Facilities with `x`, `y` in CGCS2000 (NaN: no coordinates), and maybe `status`.
    working
        The states that count.

    Returns
    -------
    points
        Positions are right to half a cell; cells are square, 2^20 along the longer side.
    """
    x, y = (rows[c].to_numpy(dtype=float) for c in "xy")
    known = np.isfinite(x) & np.isfinite(y)
    placed, unplaced = np.flatnonzero(known), np.flatnonzero(~known)
    if not len(placed):
        return EncodedPoints(unplaced, {"n": 0}, b"")
    east, south = _mercator(x[placed], y[placed])
    origin = np.array([east.min(), south.min()])
    # 2^-40 of the square is far below a cell: a single point still has a box
    step = max(np.ptp(east), np.ptp(south), 2.0**-40) / ((1 << BITS) - 1)
    column, row = _cells(east, origin[0], step), _cells(south, origin[1], step)
    del east, south  # of ten million, 160 MB
    within = _order_of((row >> (BITS - ROW_BITS)).astype(np.int64) << BITS | column)
    symbol = _symbols(rows, working)[placed][within]
    meta = {"n": len(placed), "x0": float(origin[0]), "y0": float(origin[1]), "step": float(step)}
    planes = _point_planes(column[within], row[within], symbol)
    return EncodedPoints(np.r_[placed[within], unplaced], meta, planes)


def _cells(along: NDArray[np.float64], origin: float, step: float) -> NDArray[np.int32]:
    return np.rint((along - origin) / step).astype(np.int32)


def _order_of(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order that sorts keys of 32 bits, equal ones as they stand."""
    bits = 31
    # with its position in the low bits, plain numbers are sorted: ten times as fast as an order
    ordered = np.sort(keys << bits | np.arange(len(keys)))
    return ordered & ((1 << bits) - 1)


def _point_planes(
    column: NDArray[np.int32], row: NDArray[np.int32], symbol: NDArray[np.uint8]
) -> bytes:
    shift = BITS - ROW_BITS
    strip = row >> shift
    change = np.diff(column, prepend=0)
    starts = np.r_[True, strip[1:] != strip[:-1]]
    change[starts] = column[starts]
    counts = np.bincount(strip, minlength=1 << ROW_BITS).astype("<u4")
    low = (row & ((1 << shift) - 1)).astype(np.uint8)
    return b"".join([counts.tobytes(), planes_of(change, 3), low.tobytes(), symbol.tobytes()])


def _mercator(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude → Web Mercator's unit square, as Leaflet draws it."""
    sin = np.sin(np.radians(np.clip(y, -85.05, 85.05)))
    return (x + 180) / 360, 0.5 - np.log((1 + sin) / (1 - sin)) / (4 * np.pi)


def _symbols(rows: pd.DataFrame, working: Sequence[str]) -> NDArray[np.uint8]:
    """How each row's state is drawn; a row without a state is drawn as working."""
    states = states_of(rows)
    symbols = [symbol_of(state, working) for state in states.distinct]
    return np.array(symbols, dtype=np.uint8)[states.at]


def states_of(layer: pd.DataFrame) -> Texts:
    """The state of each row; empty where it is not known."""
    return read_off(layer["status"] if "status" in layer else pd.Series("", layer.index))


def working_states(schema: Schema) -> tuple[str, ...]:
    """The states that count."""
    return schema.counting.states if schema.counting else ()


def symbol_of(state: str, working: Sequence[str]) -> int:
    """Position in `SYMBOLS` of a state's symbol: the counting states are drawn full."""
    if not state or state in working:
        return 0
    for symbol, states in _STATES.items():
        if state in states:
            return SYMBOLS.index(symbol)
    return SYMBOLS.index("closed") if working else 0
