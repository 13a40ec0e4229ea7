"""Colour that reads the right way, crowded layers as numbers, and what lies under the map."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from hbgeo.read.table import LayerTable
from hbgeo.show import look
from hbgeo.show.page.draw import draw

pytestmark = pytest.mark.system

PIXELS = """(pane) => {
  const canvas = document.querySelector(`.leaflet-hbgeo-${pane}-pane canvas`);
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const counts = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const key = '#' + [0, 1, 2].map((n) => data[i + n].toString(16).padStart(2, '0')).join('');
    counts[key] = (counts[key] || 0) + 1;
  }
  return counts;
}"""


def painted(page, pane="units"):
    """How many pixels of each colour a canvas has."""
    return Counter(page.evaluate(PIXELS, pane))


def zoom(page, level):
    page.evaluate("level => map_hbgeo.setZoom(level, { animate: false })", level)


def warm(page):
    """The share of the uncovered units' pixels that no stroke of the hatching lies on."""
    counts = painted(page)
    plain = counts[look.UNCOVERED]
    red = [n for key, n in counts.items() if int(key[1:3], 16) > int(key[5:7], 16) + 60]
    return plain / sum(red)


def test_uncovered_units_are_hatched_from_zoom_8_on_and_plain_farther_out(open_page):
    page = open_page("#i=town")
    zoom(page, 8)
    hatched = warm(page)
    zoom(page, 7.75)
    assert warm(page) > hatched + 0.15  # names and lines lie on the rest


def test_what_misses_the_target_is_hatched_and_what_reaches_it_plain(open_page):
    page = open_page("#i=town&lv=county")
    view = page.evaluate("hbgeo.state().classes")
    keys = page.query_selector_all("#keys .key canvas")
    colours = [
        page.evaluate(
            "c => { const d = c.getContext('2d').getImageData(0, 0, 60, 28).data; const s = new Set();"
            " for (let i = 0; i < d.length; i += 4) s.add([d[i], d[i + 1], d[i + 2]].join());"
            " return s.size; }",
            key,
        )
        for key in keys
    ]
    aim = page.evaluate(
        "[...document.querySelector('#keys .key-row').children].findIndex((e) => e.className === 'aim')"
    )
    assert aim >= 1
    assert all(number > 1 for number in colours[:aim])
    named = len([code for code in view if int(code) >= 0])
    assert colours[aim:named] == [1] * (named - aim)


def test_the_legend_marks_the_target_once_and_has_no_bar_without_one(open_page):
    page = open_page("#i=town")
    assert page.locator("#keys .share").count() + page.locator("#keys .aim").count() == 1
    page.click('[data-level="county"]')
    assert page.locator("#keys .share").count() + page.locator("#keys .aim").count() == 1
    page.select_option("#scope", index=1)
    assert page.locator("#keys .share").count() == 0  # of a part no bar stands for the whole's


@pytest.fixture
def full_page(chromium, example, tmp_path):
    """The page with 4,000 signs in the first township, and a river and a lake under it."""
    made = {}

    def open_it(address=""):
        rows = pd.DataFrame({"x": np.linspace(110.01, 110.09, 4000), "y": 30.05, "status": "完好"})
        rows.index = pd.Index([f"S{n}" for n in range(4000)])
        signs = LayerTable("sign", rows, title="示例标志", schema="sign", sample=True)
        shapes = gpd.GeoDataFrame(
            {"name": ["示例江", "示例湖"], "kind": ["河流", "湖泊"]},
            geometry=[shapely.LineString([(110, 30.15), (110.9, 30.16)]), shapely.box(110.4, 30.02, 110.5, 30.08)],
            crs="EPSG:4490",
        )  # fmt: skip
        under = LayerTable("rivers", shapes, schema="background", sample=True)
        layers = {**example.given["layers"], "sign": signs}
        given = example.given | {"layers": layers, "background": [under]}
        file = tmp_path / "full.html"
        draw(example.measured, **given).save(str(file))
        made["page"] = chromium.new_page()
        made["page"].goto(file.as_uri() + address)
        made["page"].evaluate("hbgeo.ready")
        return made["page"]

    yield open_it
    made["page"].close()


def test_a_carpet_of_signs_is_numbers_until_zoom_9(full_page):
    page = full_page("#i=town&l=sign&v=30.15,110.45,8.5")
    page.wait_for_function("() => hbgeo.state().summed.includes('sign')")
    far = sum(painted(page, "facilities").values())
    zoom(page, 9)
    page.wait_for_function("() => !hbgeo.state().summed.length")
    assert far > 0
    assert "点密时按单元计数" in page.inner_text("#layer-states")


def test_what_lies_under_the_map_is_off_at_first_and_comes_back_with_the_address(full_page):
    page = full_page("#i=town")
    assert page.evaluate("hbgeo.state().under") is False
    before = painted(page)
    page.check("#under")
    page.wait_for_function("() => decodeURIComponent(location.hash).includes('bg=1')")
    page.wait_for_timeout(300)
    after = painted(page)
    assert after[look.COVERED] < before[look.COVERED] / 2  # the fills let it through
    assert page.inner_text("#layers").count("底图") == 1
    address = page.evaluate("location.hash")
    page.uncheck("#under")
    page.wait_for_timeout(200)
    assert painted(page)[look.COVERED] == before[look.COVERED]
    page.evaluate("hash => { location.hash = hash; }", address)
    page.reload()
    page.evaluate("hbgeo.ready")
    page.wait_for_timeout(400)
    assert page.evaluate("hbgeo.state().under") is True
    assert page.is_checked("#under")
