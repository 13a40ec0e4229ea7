"""The planner page: one HTML file that opens by double-click, without internet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import folium
from branca.element import Element, Figure

from hbgeo.measure.assessment import Measured
from hbgeo.show import look
from hbgeo.show.page.content import Content
from hbgeo.show.page.figure import OfflineFigure, PlannerMap, Raw
from hbgeo.show.page.script import read_script

_ZOOM = {"zoom_control": False, "zoomSnap": 0.25, "minZoom": 4, "maxZoom": 16}


def draw(measured: Measured, **told: Any) -> folium.Map:
    """Draw the planner page: a map that `.save(path)` and `.get_root().render()` give whole.

    Parameters
    ----------
    measured, told
        As for `encoding.make_content`.
    """
    from hbgeo.show.page.encoding import make_content  # not for who is given what it makes

    return as_map(make_content(measured, **told))


def as_map(content: Content, data: str | None = None) -> folium.Map:
    """The page of what it shows, or with other `data` in its place."""
    page = PlannerMap(content.centre, **_ZOOM)
    page.add_child(_Page(content.script, content.data if data is None else data), name="hbgeo_page")
    OfflineFigure(content.title, content.basemap).add_child(page, name="hbgeo_map")
    return page


class _Page(Element):
    """The panels round the map: page.html, page.css, guard.js, the script, and what they show."""

    def __init__(self, script: Mapping[str, bool], data: str) -> None:
        super().__init__()
        self._name, self._id = "Page", "hbgeo"
        self.script, self.data = script, data

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
        figure.html.add_child(Raw(self.data), name="hbgeo_data")
        figure.script.add_child(Raw(_lean(read_script(**self.script))), name="hbgeo_js")
        return ""


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
