"""Tag points with the unit that holds them, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from hbgeo.measure.locate import UnitIndex
from hbgeo.read.stream.points import PointStream

TAGS = ("unit_code", "unit_name", "county_code", "county")
OWN = "{}(原表)"  # a column of the file that bears a tag's name
TaggedBatch = tuple[pa.RecordBatch, NDArray[np.float64], NDArray[np.float64]]


@dataclass
class Count:
    """How many points went by, and how many of them are in no unit."""

    rows: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Tagged:
    """Points with their units, to be used once.

    Attributes
    ----------
    schema
        The file's own columns, then `TAGS`, and `x`, `y` (CGCS2000) where the file has geometry.
    parts
        The columns of a batch, and its points' x and y.
    count
        Complete when the parts have been used up.
    """

    schema: pa.Schema
    parts: Iterator[TaggedBatch]
    count: Count = field(default_factory=Count)


def tag_points(
    points: PointStream,
    units: pd.DataFrame,
    *,
    index: UnitIndex | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Tagged:
    """Tag points with the code and name of their unit and county; empty where they are in none.

    A point on a shared border belongs to the unit of the smallest code.

    Parameters
    ----------
    units
        Indexed by code, with `name`, `county_code`, `county` and `geometry`.
    index
        A `UnitIndex` of `units`, if there is one already.
    progress
        Called with the rows done, and 0 for a total that nobody knows.

    Returns
    -------
    tagged
        Nothing is read before its parts are asked for. A column of the file that bears the name
        of a tag is kept under its name with (原表).
    """
    extra = ("x", "y") if points.geometry else ()
    own = [OWN.format(n) if n in {*TAGS, *extra} else n for n in points.schema.names]
    fields = [f.with_name(n) for f, n in zip(points.schema, own, strict=True)]
    fields += [pa.field(t, pa.string()) for t in TAGS]
    fields += [pa.field(t, pa.float64()) for t in extra]
    count = Count()
    index = index or UnitIndex(units)
    schema = pa.schema(fields)
    return Tagged(schema, _batches(points, units, index, schema, count, progress), count)


def _batches(
    points: PointStream,
    units: pd.DataFrame,
    index: UnitIndex,
    schema: pa.Schema,
    count: Count,
    progress: Callable[[int, int], None] | None,
) -> Iterator[TaggedBatch]:
    named = {"unit_code": units.index, "unit_name": units["name"]}
    columns = {t: named.get(t, units.get(t)) for t in TAGS}
    words = [
        pa.array([*(str(v) for v in c), ""], pa.string())  # the last stands for no unit
        for c in columns.values()
        if c is not None
    ]
    for batch in points.batches:
        owner = index.query(batch.x, batch.y)
        count.rows += len(owner)
        count.lost += int((owner < 0).sum())
        at = np.where(owner < 0, len(units), owner)
        arrays = [*batch.columns.columns, *(w.take(at) for w in words)]
        if points.geometry:
            arrays += [pa.array(batch.x), pa.array(batch.y)]
        if progress:
            progress(count.rows, 0)
        yield pa.RecordBatch.from_arrays(arrays, schema=schema), batch.x, batch.y
