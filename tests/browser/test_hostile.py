"""Whatever stands in the data is text on the page; whatever a folium layer would fetch is refused."""

from __future__ import annotations

import copy
from dataclasses import replace

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from folium.features import DivIcon
from folium.plugins import HeatMap

from hbgeo.errors import OutputError
from hbgeo.show.page.draw import draw

NASTY = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "<!--<script>",
    "{{7*7}}{% raw %}{# x",
    "\u202e\u2067倒着\u200f",
    "长" * 10_000,
    "前\0后",
    "半\ud800个",
    "'\"`${alert(3)}`\\u003c\\",
    "=HYPERLINK(1)",
    "𣲗𡐓",
    "\u2028\u2029\r\n\t",
)


FIELDS = ("name", "kind", "county", "prefecture", "township", "village", "note", "file", "sheet")


def make_nasty(example):
    """The example with hostile text in every field that a user's files fill."""
    given = copy.deepcopy(example.given)
    for table in (*given["units"].values(), *given["layers"].values()):
        frame = table.frame
        for at, column in enumerate(one for one in FIELDS if one in frame):
            cells = np.resize(np.array(NASTY, dtype=object), len(frame) + at)[at:]
            frame[column] = pd.Series(cells, index=frame.index, dtype=object)
    catalog = given["catalog"]
    layers = {
        key: replace(layer, source=NASTY[at])
        for at, (key, layer) in enumerate(catalog.layers.items())
    }
    title = "".join(NASTY[:5])
    given["catalog"] = replace(catalog, title=title, approval=NASTY[0], layers=layers)
    return given


@pytest.mark.system
def test_hostile_text_in_every_field_is_text(chromium, example, tmp_path):
    file = tmp_path / "page.html"
    draw(example.measured, **make_nasty(example)).save(str(file))
    context = chromium.new_context(offline=True, viewport={"width": 1440, "height": 860})
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    for indicator in ("town", "county", "village", "beds"):
        page.evaluate("one => hbgeo.indicator(one)", indicator)
        page.click("#tab-all")
        for row in range(3):
            page.locator(".row").nth(row).click()
    page.check('[data-layer="cemetery"]')
    page.fill("#search", "长长长")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.evaluate("hbgeo.scenario('2020-01-01', ['规划'])")
    assert troubles == []
    assert page.locator("img:not(#print-sheet img), script[src]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    page.fill("#search", "")
    page.click("#tab-all")
    shown = page.evaluate("document.body.textContent")
    for text in ("<img src=x onerror=alert(1)>", "{{7*7}}", "𣲗𡐓", "半?个", "=HYPERLINK(1)"):
        assert text in shown
    context.close()


def test_stock_layers_that_need_nothing_go_on_the_page(example):
    page = draw(example.measured, **example.given)
    folium.Marker([30.1, 110.1], popup="<b>说明</b>", icon=DivIcon(html="点")).add_to(page)
    folium.GeoJson(gpd.GeoSeries(example.county.geometry, crs=4490).__geo_interface__).add_to(page)
    folium.LayerControl().add_to(page)
    assert "L.geoJson" in page.get_root().render()


@pytest.mark.system
def test_stock_layers_work_offline(chromium, example, tmp_path):
    page = draw(example.measured, **example.given)
    folium.Marker([30.15, 110.15], popup="<b>说明</b>", tooltip="点").add_to(page)
    shapes = gpd.GeoSeries(example.county.geometry, crs=4490).__geo_interface__
    folium.GeoJson(shapes, name="县界").add_to(page)
    folium.LayerControl().add_to(page)
    file = tmp_path / "page.html"
    page.save(str(file))
    context = chromium.new_context(offline=True)
    tab = context.new_page()
    troubles = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("console", lambda said: said.type == "error" and troubles.append(said.text))
    tab.goto(file.as_uri())
    tab.evaluate("hbgeo.ready")
    assert tab.locator("img.leaflet-marker-icon").evaluate("one => one.naturalWidth") > 0
    assert tab.locator("path.leaflet-interactive").count() == len(example.county)
    tab.locator("img.leaflet-marker-icon").click(force=True)
    assert tab.inner_text(".leaflet-popup-content") == "说明"
    assert troubles == []
    context.close()


@pytest.mark.parametrize(
    ("layer", "what"),
    [
        (lambda: folium.TileLayer("OpenStreetMap"), "tile.openstreetmap.org"),
        (lambda: folium.TileLayer("https://example.org/{z}/{x}/{y}", attr="x"), "example.org"),
        (lambda: folium.Marker([30, 110], icon=folium.Icon(color="red")), "awesome_markers"),
        (lambda: HeatMap([[30, 110]]), "heat"),
        (lambda: folium.WmsTileLayer("https://example.org/wms", layers="x"), "example.org"),
        (
            lambda: folium.raster_layers.ImageOverlay(
                "https://example.org/a.png", [[0, 0], [1, 1]]
            ),
            "example.org",
        ),
    ],
)
def test_a_layer_that_would_fetch_is_refused_by_what_it_asks_for(example, layer, what):
    page = draw(example.measured, **example.given)
    layer().add_to(page)
    with pytest.raises(OutputError, match=what):
        page.get_root().render()


@pytest.mark.system
def test_a_script_from_outside_the_page_does_not_run(chromium, html, tmp_path):
    """Even where a name slipped in as markup, the browser would not run it."""
    file = tmp_path / "page.html"
    slipped = "<script>window.slipped = 1</script><b onclick='window.slipped = 1' id='b'>x</b>"
    file.write_text(html.replace("<body>", f"<body>{slipped}", 1), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    page.evaluate("document.querySelector('#b').click()")
    assert page.evaluate("window.slipped") is None
    page.close()
