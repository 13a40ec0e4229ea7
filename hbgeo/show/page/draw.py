"""The planner page: one HTML file that opens by double-click, without internet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

import folium
import pandas as pd
from branca.element import Element, Figure

from hbgeo.measure.assessment import Measured
from hbgeo.measure.beyond import Beyond
from hbgeo.measure.doubt.result import Doubts
from hbgeo.measure.grid.index import Store
from hbgeo.measure.names.found import SignNames
from hbgeo.measure.trend import Past, Trend
from hbgeo.read.catalog import Catalog
from hbgeo.read.table import LayerTable
from hbgeo.show import look
from hbgeo.show.page.basemap import Basemap
from hbgeo.show.page.figure import OfflineFigure, PlannerMap, Raw
from hbgeo.show.page.head import make_head
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.kept import KeptFacts
from hbgeo.show.page.layer import make_layer
from hbgeo.show.page.pack import pack, to_json
from hbgeo.show.page.parts import make_parts
from hbgeo.show.page.scenario import Scenarios
from hbgeo.show.page.script import read_script

_ZOOM = {"zoom_control": False, "zoomSnap": 0.25, "minZoom": 4, "maxZoom": 16}
_CHINA = (35.0, 104.0)  # where a map without polygons looks


def draw(
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
) -> folium.Map:
    """Draw the planner page: a map that `.save(path)` and `.get_root().render()` give whole.

    Parameters
    ----------
    measured, catalog, units
        The indicators; title, approval, sources; level → polygons in CGCS2000 by code, or villages.
    layers, background
        Layer key → facilities by id: `x`, `y` (NaN: none), `works`; shapes that lie under the map.
    scenarios, basemap, trend, past, store, paces, names, beyond, plans, doubts, kept
        See `PageInputs`; tiles from the internet. Any may be None.
    details
        Carry the facts of layers of any size, that scenarios follow too (see `layer.DETAIL_LIMIT`).
    """
    made = {key: make_layer(key, layer, details=details) for key, layer in layers.items()}
    told = (trend, background, past or {}, names, beyond, plans, doubts, kept)
    inputs = PageInputs(catalog, measured, units, made, scenarios, store, paces or {}, *told)
    page = PlannerMap(_centre(inputs.units), **_ZOOM)
    page.add_child(_page(inputs, basemap), name="hbgeo_page")
    OfflineFigure(catalog.title, basemap).add_child(page, name="hbgeo_map")
    return page


def _page(inputs: PageInputs, basemap: Basemap | None) -> _Page:
    """All that stands round the map."""
    head = make_head(inputs) | {"basemap": basemap.options if basemap else None}
    return _Page(head, make_parts(inputs))


class _Page(Element):
    """The panels round the map: page.html, page.css, guard.js, the script, and what they show."""

    def __init__(self, head: Mapping[str, Any], parts: Mapping[str, str]) -> None:
        super().__init__()
        self._name, self._id = "Page", "hbgeo"
        self.head, self.parts = head, parts

    def render(self, **_: Any) -> str:
        """Put the page's own elements into the figure, untouched by templates."""
        figure = self.get_root()
        if not isinstance(figure, Figure):
            return ""
        guard = f"<script>{_lean(_asset('guard.js'))}</script>"
        figure.header.add_child(Raw(f"{_META}\n{guard}"), name="hbgeo_meta", index=0)
        figure.header.add_child(
            Raw(f"<style>{look.for_style()}\n{_lean(_asset('page.css'))}</style>"), name="hbgeo_css"
        )
        figure.html.add_child(Raw(_asset("page.html")), name="hbgeo_html", index=0)
        figure.html.add_child(Raw(self._data()), name="hbgeo_data")
        past = any("past" in one for one in self.head["indicators"])
        signs = any(one["signs"] for one in self.head["layers"])
        how = {"past": past, "signs": signs, "names": self.head["names"] is not None}
        how |= {"beyond": self.head["beyond"], "plans": self.head["plans"]}
        how["doubts"] = self.head["doubts"]
        figure.script.add_child(Raw(_lean(read_script(**how))), name="hbgeo_js")
        return ""

    def _data(self) -> str:
        return "\n".join(
            f'<script type="text/plain" id="data-{escape(name)}">{text}</script>'
            for name, text in {"head": pack(to_json(self.head)), **self.parts}.items()
        )


# browsers with two engines (360, QQ, Sogou) take the newer one; Internet Explorer its newest mode
_META = (
    '<meta http-equiv="X-UA-Compatible" content="IE=edge">\n'
    '<meta name="renderer" content="webkit">\n'
    '<meta name="force-rendering" content="webkit">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    '<meta name="referrer" content="no-referrer">'
)


def _asset(name: str) -> str:
    return (files("hbgeo.show.page") / name).read_text(encoding="utf-8")


def _lean(code: str) -> str:
    """Leave out indentation, types, and the lines that are comments only; no text spans lines."""
    code = re.sub(r"(?<=\S) ?/\*\* @.*?\*/", "", code)
    lines = re.sub(r"^\s*/\*.*?\*/", "", code, flags=re.DOTALL | re.MULTILINE).splitlines()
    lean = (line.strip() for line in lines)
    return "\n".join(line for line in lean if line and not line.startswith("//"))


def _centre(units: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    boxes = [frame.total_bounds for frame in units.values() if "geometry" in frame and len(frame)]
    if not boxes:
        return _CHINA
    west, south, east, north = (float(side) for side in boxes[0])
    return (south + north) / 2, (west + east) / 2
