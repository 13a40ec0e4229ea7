"""The planner page: one HTML file that opens by double-click, without internet."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import folium
import pandas as pd
from branca.element import Element, Figure

from hbgeo.measure.targets import Assessment
from hbgeo.read.catalog import Catalog
from hbgeo.show.page import payload
from hbgeo.show.page.classes import classify
from hbgeo.show.page.facilities import encode_points
from hbgeo.show.page.figure import OfflineFigure, PlannerMap, Raw

__all__ = ["draw"]

_CHINA = (35.0, 104.0)  # where a map without polygons looks


def draw(
    assessments: Sequence[Assessment],
    *,
    catalog: Catalog,
    units: Mapping[str, pd.DataFrame],
    layers: Mapping[str, pd.DataFrame],
) -> folium.Map:
    """Draw the planner page.

    Parameters
    ----------
    assessments
        The indicators to switch between, in the order of the list; a variant after its base.
    catalog
        Title, approval number and the sources of the layers.
    units
        Level → polygons in CGCS2000 indexed by code; `village` has no polygons. Any may be absent.
    layers
        Layer key → facilities indexed by id, with `x`, `y` in CGCS2000 (NaN: none).

    Returns
    -------
    map
        In an offline figure: `.save(path)` and `.get_root().render()` give the whole page, which
        loads nothing. The same input gives the same bytes.
    """
    points = {key: encode_points(layer) for key, layer in layers.items()}
    shown = {one.indicator.id: classify(one, units) for one in assessments}
    head = payload.make_head(assessments, shown, catalog, units, layers, points)
    tables = payload.make_tables(assessments, shown, units, layers, points)
    parts = {
        "tables": _pack(_json(tables)),
        "links": _pack(_json(payload.make_links(assessments, units, layers, points))),
        "villages": _pack(_json(payload.make_villages(assessments, units))),
    }
    for key, layer in layers.items():
        parts[f"points-{key}"] = _pack(points[key].planes)
        parts[f"facts-{key}"] = _pack(_json(payload.make_facts(layer, key, points[key])))
    page = PlannerMap(
        _centre(tables["bounds"]), zoom_control=False, zoomSnap=0.25, minZoom=4, maxZoom=16
    )
    page.add_child(_Page(head, parts), name="hbgeo_page")
    OfflineFigure(catalog.title).add_child(page, name="hbgeo_map")
    return page


class _Page(Element):
    """The panels round the map: page.html, page.css, page.js, and what they show."""

    def __init__(self, head: Mapping[str, Any], parts: Mapping[str, str]) -> None:
        super().__init__()
        self._name, self._id = "Page", "hbgeo"
        self.head, self.parts = head, parts

    def render(self, **_: Any) -> str:
        """Put the page's own elements into the figure, untouched by templates."""
        figure = self.get_root()
        if not isinstance(figure, Figure):
            return ""
        figure.header.add_child(Raw(_META), name="hbgeo_meta", index=0)
        figure.header.add_child(Raw(f"<style>{_asset('page.css')}</style>"), name="hbgeo_css")
        figure.html.add_child(Raw(_asset("page.html")), name="hbgeo_html", index=0)
        figure.html.add_child(Raw(self._data()), name="hbgeo_data")
        figure.script.add_child(Raw(_asset("page.js")), name="hbgeo_js")
        return ""

    def _data(self) -> str:
        head = _json(self.head).decode("utf-8").replace("<", "\\u003c")
        lines = [f'<script type="application/json" id="data-head">{head}</script>']
        lines += [
            f'<script type="text/plain" id="data-{name}">{text}</script>'
            for name, text in self.parts.items()
        ]
        return "\n".join(lines)


# the browser itself forbids whatever would be fetched
_META = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:\">\n"
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="referrer" content="no-referrer">'
)


def _asset(name: str) -> str:
    return (files("hbgeo.show.page") / name).read_text(encoding="utf-8")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def _pack(raw: bytes) -> str:
    """Gzip without a clock time, as base64."""
    return base64.b64encode(gzip.compress(raw, 6, mtime=0)).decode("ascii")


def _centre(bounds: Sequence[float] | None) -> tuple[float, float]:
    if bounds is None:
        return _CHINA
    west, south, east, north = bounds
    return (south + north) / 2, (west + east) / 2
