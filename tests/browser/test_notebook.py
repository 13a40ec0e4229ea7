"""In a notebook's frame the page is whole, without a network and without the notebook's own rights."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from hbgeo.show.page.draw import draw
from hbgeo.show.page.figure import FRAME_HEIGHT

pytestmark = pytest.mark.system
BESIDE = '<!DOCTYPE html><meta charset="utf-8"><p id="mine">笔记本</p>'


@pytest.fixture
def notebook(chromium: Any, example: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """A page of a notebook with the map in an output cell; at the end nothing was asked or failed."""
    troubles: list[str] = []
    context = chromium.new_context(viewport={"width": 1100, "height": 800}, offline=True)
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
    page.on("request", lambda asked: troubles.append(asked.url))
    page.set_content(BESIDE + draw(example.measured, **example.given)._repr_html_())
    [frame] = [one for one in page.frames if one != page.main_frame]
    frame.wait_for_selector("#indicators button, #indicators [role=option], #indicators li")
    frame.evaluate("hbgeo.ready")
    yield SimpleNamespace(page=page, frame=frame)
    context.close()
    asked = [one for one in troubles if not one.startswith(("data:", "blob:", "about:"))]
    assert asked == []


def test_the_map_stands_in_its_frame(notebook: SimpleNamespace) -> None:
    box = notebook.page.locator("iframe").bounding_box()
    assert abs(box["height"] - FRAME_HEIGHT) <= 2  # its border
    assert box["width"] > 1000
    inside = notebook.frame.locator(".folium-map").bounding_box()
    assert inside["width"] > 300
    assert inside["height"] > 300
    assert notebook.frame.locator("#unable").is_hidden()


def test_what_is_chosen_is_shown(notebook: SimpleNamespace) -> None:
    before = notebook.frame.locator("body").inner_text()
    assert "county 覆盖率" in before
    notebook.frame.get_by_text("county 覆盖率", exact=False).first.click()
    notebook.frame.wait_for_timeout(300)
    assert notebook.frame.locator("body").inner_text() != before


def test_the_page_cannot_reach_the_notebook(notebook: SimpleNamespace) -> None:
    reach = "(() => { try { return parent.document.title } catch (e) { return e.name } })()"
    assert notebook.frame.evaluate(reach) == "SecurityError"
    assert notebook.page.locator("#mine").inner_text() == "笔记本"


def test_nothing_of_figure_and_legend_is_cut_in_a_narrow_cell(notebook: SimpleNamespace) -> None:
    notebook.page.set_viewport_size({"width": 900, "height": 800})
    notebook.frame.wait_for_timeout(300)
    cut = """() => [...document.querySelectorAll('.map-title p, .keys .key, .keys .key span')]
      .filter((one) => one.getClientRects().length)
      .filter((one) => one.scrollWidth > one.clientWidth + 1
        || one.getBoundingClientRect().right > document.querySelector('.units').getBoundingClientRect().left)
      .map((one) => one.textContent)"""
    assert notebook.frame.evaluate(cut) == []
