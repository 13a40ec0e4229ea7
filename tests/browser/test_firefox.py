"""Three journeys in an unchanged Firefox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date

import pytest
from bidi import Firefox, open_firefox

from hbgeo.measure.assess import assess
from hbgeo.measure.options import Options

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def firefox(tmp_path_factory) -> Iterator[Firefox]:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "Firefox is not installed"
    with open_firefox(program, tmp_path_factory.mktemp("firefox") / "profile") as browser:
        yield browser


@pytest.fixture
def page(firefox: Firefox, html, tmp_path) -> Iterator[Firefox]:
    """The example's page; at the end nothing was fetched and nothing failed."""
    file = tmp_path / "页 面.html"
    file.write_text(html, encoding="utf-8")
    firefox.requests.clear()
    firefox.troubles.clear()
    firefox.open(file.as_uri())
    yield firefox
    outside = [one for one in firefox.requests if not one.startswith(("file:", "data:", "blob:"))]
    assert outside == []
    assert firefox.troubles == []


def test_firefox_draws_the_map_and_a_click_tells_why(page, example):
    assert page.run("hbgeo.state().drawn") == len(example.township)
    code = example.by_id["town"].coverage.uncovered.index[0]
    page.click(*page.run(f"hbgeo.screen('{code}')"))
    assert page.run("hbgeo.state().chosen") == code
    page.run("new Promise((done) => setTimeout(done, 500))")
    facts = page.run("document.querySelector('#facts').textContent")
    km = example.measured.nearest["town"].loc[code, "nearest_km"]
    assert f"最近的公墓：{km:.1f} 公里" in facts
    assert page.picture().startswith(b"\x89PNG")


def test_firefox_searches_and_lists_by_keyboard(page):
    page.run("document.querySelector('#search').focus()")
    page.type("cyx\ue007")
    assert page.run("hbgeo.state().chosen") == "420528"
    page.run("document.querySelector('#rows').focus()")
    page.type("\ue015\ue007")  # down, enter
    assert page.run("hbgeo.state().chosen") == page.run("hbgeo.state().rows[1]")


def test_firefox_counts_scenarios_as_chromium_does(page, example):
    for day in ("2016-05-01", "2021-06-30"):
        page.run(f"hbgeo.scenario('{day}', ['规划'])")
        options = Options(as_of=date.fromisoformat(day), status=("规划",))
        indicators = [one.indicator for one in example.assessments]
        expected = {
            one.indicator.id: one.shown for one in assess(indicators, example.source, options)
        }
        found = page.run("hbgeo.figures()")
        assert {one: values["shown"] for one, values in found.items()} == expected
