"""The facilities within a radius of a unit, and those that lie a little beyond it."""

from __future__ import annotations

import numpy as np

from hbgeo.measure.serving import standing
from hbgeo.measure.why_near import NEIGHBOURS, Place, metres_from
from hbgeo.measure.why_records import Lack, Trace
from hbgeo.measure.why_rows import traces_of, work_lacks


def radius_rows(place: Place) -> tuple[list[Trace], list[Trace]]:
    """The facilities within the radius, and a few that nearly are: beyond it, or not working."""
    case, radius = place.case, float(place.case.one.radius_m or 0)
    counts, _ = standing(case)
    asked = np.logical_or.reduce(case.counted.asked) & ~place.placed.conflict
    has = np.flatnonzero(asked & np.isfinite(case.layer.frame["x"].to_numpy(float)))
    rows, far = metres_from(place, has, radius)
    metres = {int(at): float(m) for at, m in zip(rows, far, strict=True)}
    works = set(case.layer.frame.index.get_indexer(counts.index).tolist())
    order = sorted(metres, key=lambda at: (metres[at], at))
    inside = [at for at in order if at in works and metres[at] <= radius]
    beyond = [at for at in order if at in works and metres[at] > radius][:NEIGHBOURS]
    idle = [at for at in order if at not in works and metres[at] <= radius]
    lacks = {at: found for at in idle if (found := work_lacks(case, at))}
    ways = dict.fromkeys(lacks, "radius")
    lacks |= {at: [Lack("far", metres=metres[at], want=(f"{radius:g}",))] for at in beyond}
    near = traces_of(case, lacks, way=ways, metres=metres, lacks=lacks)
    return traces_of(case, inside, way="radius", metres=metres), near
