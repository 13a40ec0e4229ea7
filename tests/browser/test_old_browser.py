"""The page in the browsers of offices: a Chromium without what it has learnt since 80, older ones, damaged files."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from younger import removal

from hbgeo.show.page.draw import draw
from hbgeo.show.page.script import read_script

pytestmark = pytest.mark.system

TOO_OLD = "delete window.DecompressionStream;"


@pytest.fixture
def show(chromium, tmp_path):
    """Open a page of given text; `hbgeo` need not be there."""
    opened = []

    def show_it(text: str, init: str = ""):
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        page = chromium.new_page()
        opened.append(page)
        page.add_init_script(init)
        page.goto(file.as_uri())
        return page

    yield show_it
    for page in opened:
        page.close()


def seen(page) -> str:
    return page.inner_text("body").strip()


@pytest.mark.parametrize("width", [390, 1366])
def test_all_of_an_afternoon_without_anything_younger_than_80(open_page, width):
    page = open_page(width=width, height=800, init=removal())
    assert page.evaluate("[typeof structuredClone, [].at, ''.replaceAll]") == [
        "undefined",
        None,
        None,
    ]
    page.evaluate("hbgeo.scenario('2021-06-29', ['规划'])")
    for one in page.evaluate("Object.keys(hbgeo.figures())"):
        page.evaluate("id => hbgeo.indicator(id)", one)
        for level in page.evaluate(
            "[...document.querySelectorAll('[data-level]')].map((b) => b.dataset.level)"
        ):
            page.evaluate("level => document.querySelector(`[data-level=${level}]`).click()", level)
            for sort in page.evaluate(
                "[...document.querySelector('#sort').options].map((o) => o.value)"
            ):
                page.select_option("#sort", sort, force=True)
    page.select_option("#scope", "county_code=420528", force=True)
    page.fill("#filter", "镇", force=True)
    page.fill("#search", "cyx")
    page.keyboard.press("Enter")
    page.evaluate("hbgeo.scenario('2023-12-31')")
    page.evaluate("hbgeo.indicator('town')")
    page.evaluate("document.querySelector('[data-level=township]').click()")
    page.evaluate("hbgeo.select('420528104')")
    page.wait_for_selector("#facts h4", state="attached")
    for press in (
        "[data-layer]",
        "#compare",
        "#compare",
        "#clear",
        "#tab-all",
        "[data-class]",
        "[data-class]",
        "#as-is",
    ):
        page.evaluate("where => document.querySelector(where).click()", press)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "420528104" in page.evaluate("hbgeo.csv()")
    with page.expect_download():
        page.evaluate("document.querySelector('#export-png').click()")
    assert page.is_hidden("#trouble")


@pytest.mark.parametrize("width", [390, 1366])
def test_no_button_lays_out_its_own_children(open_page, width):
    """Chromium 80 makes neither a grid nor a flex box of a button or a fieldset."""
    page = open_page(width=width, height=800)
    page.evaluate("hbgeo.select('420528101')")
    laid = page.evaluate(
        "[...document.querySelectorAll('button, fieldset')]"
        ".filter((one) => /flex|grid/.test(getComputedStyle(one).display)).map((one) => one.outerHTML)"
    )
    assert laid == []


def test_an_older_browser_gets_one_line_and_nothing_else(show, html):
    page = show(html, TOO_OLD)
    page.wait_for_load_state()
    text = seen(page)
    assert text.startswith("本页要用 Chrome、Edge 80 或更新的浏览器打开")
    assert "\n" not in text


def test_a_browser_that_cannot_read_the_script_gets_the_same_line(show, example, monkeypatch):
    module = import_module("hbgeo.show.page.draw")  # the package has a function of that name
    monkeypatch.setattr(module, "read_script", lambda **_: f"{read_script()}a ? . b ?? ;")
    text = draw(example.measured, **example.given).get_root().render()
    page = show(text, TOO_OLD)
    page.wait_for_load_state()
    assert page.evaluate("typeof hbgeo") == "undefined"
    assert seen(page).endswith("现在的浏览器太旧，不能显示本页。")


@pytest.mark.parametrize("cut", ["data-tables", "data-pairs", "L.map("])
def test_a_page_cut_short_says_that_it_is_damaged(show, html, cut):
    page = show(html[: html.index(cut) + 200])
    page.wait_for_load_state()
    assert seen(page).startswith("本页不完整或出了错，不再显示")


@pytest.mark.parametrize("part", ["head", "tables"])
def test_a_page_with_damaged_data_says_so(show, html, part):
    broken = re.sub(rf'(id="data-{part}">.{{300}}).{{20}}', r"\1" + "0" * 20, html)
    assert broken != html
    page = show(broken)
    page.wait_for_selector("#unable")
    page.wait_for_function("() => document.documentElement.classList.contains('unable')")
    assert seen(page).startswith("本页不完整或出了错，不再显示")


def test_a_script_that_someone_has_changed_is_not_run_and_the_page_says_so(show, html):
    page = show(html.replace("'use strict';", "'use strict' ;"))
    page.wait_for_load_state()
    assert seen(page).startswith("本页不完整或出了错，不再显示")
