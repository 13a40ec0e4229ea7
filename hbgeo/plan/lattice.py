"""Points about so many metres apart inside some units, each with an id that lasts."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import shapely

from hbgeo.arrays import Floats
from hbgeo.errors import RequestError
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.workspace import Workspace

LEVELS = ("county", "township", "village")  # which a row of a ledger may name
TEXTS = ["name", *(c for level in LEVELS for c in (f"{level}_code", level))]
MANY = 200_000  # points beyond which it is a mistake
_DEGREE_M = 111_000.0  # a degree of latitude; how far points are apart is said as about


def grid_points(
    workspace: Workspace, level: str, open_units: pd.Index, spacing_m: Decimal, prefix: str
) -> pd.DataFrame:
    """Points about so many metres apart inside the units that are not covered.

    The lattice hangs on the equator and the meridian of Greenwich, whatever is to be covered: a
    point keeps its id from one plan to the next.
    """
    units, index = workspace.find_units(level), workspace.find_index(level)
    if units is None or index is None:
        raise RequestError(f"{LEVEL_NAMES[level]}没有边界，不能布设格点；可用 --candidates places")
    shapes = pd.DataFrame(units.frame).loc[units.frame.index.isin(open_units), "geometry"]
    rows, columns, x, y = _lattice(shapes.to_numpy(), float(spacing_m))
    owner = index.query(x, y)
    codes = np.append(units.frame.index.to_numpy(object), "")
    mine = pd.Index(codes[owner]).isin(open_units.astype(str))
    ids = [f"{prefix}{spacing_m:f}-{r}-{c}" for r, c in zip(rows[mine], columns[mine], strict=True)]
    made = pd.DataFrame({"x": x[mine], "y": y[mine]}, index=pd.Index(ids, name="id", dtype="str"))
    made = made.assign(**dict.fromkeys(TEXTS, ""))
    if level in LEVELS:  # the unit on whose border a point may lie is the one it was laid for
        made[f"{level}_code"] = codes[owner[mine]].astype(str)
    return made


def _lattice(shapes: np.ndarray, spacing: float) -> tuple[np.ndarray, np.ndarray, Floats, Floats]:
    """Rows, columns and positions of the lattice in the boxes of some shapes, each point once."""
    high = spacing / _DEGREE_M
    cells: set[tuple[int, int]] = set()
    for west, south, east, north in shapely.bounds(shapes[~shapely.is_empty(shapes)]).tolist():
        for r in range(int(np.ceil(south / high)), int(np.floor(north / high)) + 1):
            wide = high / np.cos(np.radians(r * high))
            first, last = int(np.ceil(west / wide)), int(np.floor(east / wide))
            cells.update((r, c) for c in range(first, last + 1))
            if len(cells) > MANY:
                raise RequestError(
                    f"--candidates grid:{spacing:g} 太密，超过 {MANY:,} 个点；写大一些的米数，或用 --in 只看一个县"
                )
    rows, columns = (np.array([c[k] for c in sorted(cells)], dtype=np.int64) for k in (0, 1))
    y = np.asarray(rows * high, dtype=np.float64)
    return rows, columns, np.asarray(columns * high / np.cos(np.radians(y))), y
