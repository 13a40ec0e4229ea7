"""The facilities nearest to each point of a file, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from hbgeo.arrays import Floats, Ints
from hbgeo.arrow import Cells
from hbgeo.measure.distance import arc, ecef, has_point, k_nearest
from hbgeo.measure.locate_stream import OWN, Count, Tagged, TaggedBatch
from hbgeo.measure.network import Network, k_nearest_by_cost
from hbgeo.measure.snapping import snap
from hbgeo.read.stream.points import PointBatch, PointStream

COLUMNS = {
    "rank": pa.int32(), "facility_id": pa.string(), "facility_name": pa.string(),
    "km": pa.float64(), "minutes": pa.float64(),
}  # fmt: skip


@dataclass
class Off:
    """How many points came to no road, and how many of the others reach no facility by road."""

    road: int = 0
    cut: int = 0


def nearest_points(
    points: PointStream,
    facilities: pd.DataFrame,
    k: int,
    *,
    network: Network | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Tagged, Off]:
    """Give each point the k facilities nearest to it, a row each.

    Parameters
    ----------
    facilities
        Indexed by id: `x`, `y` in CGCS2000, `name`.
    network
        Roads: the nearest are then those in the fewest minutes. Where no facility is reached, they
        are the nearest in a straight line, without minutes.
    progress
        Called with the points done, and 0 for a total that nobody knows.

    Returns
    -------
    tagged
        The file's columns, then `COLUMNS`, and `x`, `y` where the file has geometry; a point
        without coordinates keeps one row, without a facility. `count.lost` counts those.
    off
        Complete when the parts have been used up.
    """
    extra = ("x", "y") if points.geometry else ()
    own = [OWN.format(n) if n in {*COLUMNS, *extra} else n for n in points.schema.names]
    fields = [f.with_name(n) for f, n in zip(points.schema, own, strict=True)]
    fields += [pa.field(name, kind) for name, kind in COLUMNS.items()]
    fields += [pa.field(name, pa.float64()) for name in extra]
    schema, count, off = pa.schema(fields), Count(), Off()

    made = (_of_batch(batch, facilities, k, network, off) for batch in points.batches)
    parts = _parts(made, schema, count, geometry=points.geometry, progress=progress)
    return Tagged(schema, parts, count), off


@dataclass(frozen=True)
class _Batch:
    """The points of one batch; of its rows which point each is of, all columns, and where it is."""

    x: Floats
    y: Floats
    row: Ints
    columns: list[Cells]
    points: list[Cells]


def _parts(
    batches: Iterable[_Batch],
    schema: pa.Schema,
    count: Count,
    *,
    geometry: bool,
    progress: Callable[[int, int], None] | None,
) -> Iterator[TaggedBatch]:
    for one in batches:
        count.rows += len(one.x)
        count.lost += int(np.isnan(one.x).sum())
        if progress:
            progress(count.rows, 0)
        arrays = [*one.columns, *(one.points if geometry else ())]
        made = pa.RecordBatch.from_arrays(arrays, schema=schema)
        yield made, one.x[one.row], one.y[one.row]


def _of_batch(
    batch: PointBatch, facilities: pd.DataFrame, k: int, network: Network | None, off: Off
) -> _Batch:
    """A row a point and facility; one for a point that has none."""
    here = pd.DataFrame({"x": batch.x, "y": batch.y})
    facility, metres, minutes = _nearest_of(here, facilities, k, network, off)
    row, nth = np.nonzero((facility >= 0) | (np.arange(k) == 0))
    far = (metres[row, nth], minutes[row, nth])
    own: list[Cells] = [column.take(row) for column in batch.columns.columns]
    found = _cells(facilities, facility[row, nth], nth.astype(np.int32), *far)
    points: list[Cells] = [pa.array(v[row], from_pandas=True) for v in (batch.x, batch.y)]
    return _Batch(batch.x, batch.y, row.astype(np.int32), [*own, *found], points)


def _nearest_of(
    here: pd.DataFrame, facilities: pd.DataFrame, k: int, network: Network | None, off: Off
) -> tuple[Ints, Floats, Floats]:
    """Positions, straight metres and minutes of the k nearest to each point."""
    facility, metres = k_nearest(here, facilities, k)
    minutes = np.full(metres.shape, np.nan)
    if network is None or not len(here):
        return facility, metres, minutes
    by_road, cost = k_nearest_by_cost(network, here, facilities, k)
    reached = by_road[:, 0] >= 0
    facility[reached], minutes[reached] = by_road[reached], cost[reached]
    metres[reached] = _straight(here[reached], facilities, by_road[reached])
    lost = ~reached & has_point(here)
    astray = np.isnan(snap(network, here[lost]).metres)
    off.road += int(astray.sum())
    off.cut += int((~astray).sum())
    return facility, metres, minutes


def _straight(here: pd.DataFrame, facilities: pd.DataFrame, picked: Ints) -> Floats:
    """Geodesic metres from each point to the facilities picked for it; NaN for none."""
    x, y = (np.repeat(here[c].to_numpy(float), picked.shape[1]) for c in "xy")
    far_x, far_y = (facilities[c].to_numpy(float)[picked.ravel()] for c in "xy")
    chord = np.linalg.norm(ecef(x, y) - ecef(far_x, far_y), axis=1)
    metres = arc(x, y, far_x, far_y, chord).reshape(picked.shape)
    return np.where(picked >= 0, metres, np.nan)


def _cells(
    facilities: pd.DataFrame, picked: Ints, nth: Ints, metres: Floats, minutes: Floats
) -> list[Cells]:
    """The columns of `COLUMNS`."""
    none = picked < 0
    names = facilities["name"] if "name" in facilities else pd.Series("", facilities.index)
    texts: list[Cells] = []
    for values in (facilities.index.astype(str), names.astype(str)):
        words = pa.array([*values, None], pa.string())
        texts.append(words.take(np.where(none, len(facilities), picked)))
    rank = pa.array(np.where(none, 0, nth + 1), pa.int32(), mask=none)
    km = pa.array(np.round(metres / 1000, 3), from_pandas=True)
    return [rank, *texts, km, pa.array(np.round(minutes, 2), from_pandas=True)]
