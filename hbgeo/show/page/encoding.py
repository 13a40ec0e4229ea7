"""A planner page encoded: what was measured becomes the content of a page.

content = make_content(measured, catalog=…, units=…, layers=…)
page = draw.as_map(content)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hbgeo.measure.assessment import Measured
from hbgeo.measure.beyond import Beyond
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.grid.index import Store
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.trend import Past, Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.table import LayerTable
from hbgeo.show.page.basemap import Basemap
from hbgeo.show.page.content import Content
from hbgeo.show.page.crowd import Holders
from hbgeo.show.page.head import make_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.kept import KeptFacts
from hbgeo.show.page.layer import make_layer
from hbgeo.show.page.parts import make_parts
from hbgeo.show.page.scenario import Scenarios
from hbgeo.store.parts import KeptParts

_CHINA = (35.0, 104.0)  # where a map without polygons looks


def make_content(
    measured: Measured,
    *,
    catalog: Catalog,
    units: Mapping[str, LayerTable],
    layers: Mapping[str, LayerTable],
    scenarios: Scenarios | None = None,
    basemap: Basemap | None = None,
    details: bool = False,
    store: Store | None = None,
    paces: Mapping[str, str] | None = None,
    trend: Trend | None = None,
    past: Past | None = None,
    names: SignNames | None = None,
    background: Sequence[LayerTable] = (),
    beyond: Sequence[Beyond] = (),
    plans: Sequence[Mapping[str, Any]] = (),
    doubts: Doubts | None = None,
    kept: KeptFacts | None = None,
    holders: Holders | None = None,
    parts: KeptParts | None = None,
) -> Content:
    """Encode all that a planner page shows.

    Parameters
    ----------
    measured, catalog, units
        The indicators; title, approval, sources; level → polygons in CGCS2000 by code, or villages.
    layers, background
        Layer key → facilities by id: `x`, `y` (NaN: none), `works`; shapes that lie under the map.
    scenarios, basemap, trend, past, store, paces, names, beyond, plans, doubts, kept, holders, parts
        See `PageInputs`; tiles from the internet. Any may be None.
    details
        Carry the facts of layers of any size, that scenarios follow too (see `layer.DETAIL_LIMIT`).
    """
    made = {key: make_layer(key, layer, details=details) for key, layer in layers.items()}
    told = (trend, background, past or {}, names, beyond, plans, doubts, kept, holders, parts)
    inputs = PageInputs(catalog, measured, units, made, scenarios, store, paces or {}, *told)
    head = make_head(inputs) | {"basemap": basemap.options if basemap else None}
    return Content(catalog.title, _centre(inputs.units), head, make_parts(inputs), basemap)


def _centre(units: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    boxes = [frame.total_bounds for frame in units.values() if "geometry" in frame and len(frame)]
    if not boxes:
        return _CHINA
    west, south, east, north = (float(side) for side in boxes[0])
    return (south + north) / 2, (west + east) / 2
