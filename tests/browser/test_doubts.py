"""How firm a figure is, on the page: its span, its conclusion, units in doubt hatched, the rows that decide.

Of the example's 18 镇 two are covered, 35 % ask for seven; with the hand-made answers it may be one to eight.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python import __file__ as axe_home

from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.show.page.draw import draw

sys.path.insert(0, str(Path(__file__).parent.parent))
from firm_worlds import doubts, firmness, row

pytestmark = pytest.mark.system

AXE = Path(axe_home).with_name("axe.min.js").read_text(encoding="utf-8")
COVERED, LEFT = "421023102", "420528102"  # 镇 that may read otherwise
VILLAGE = "420528104000"
TEXT = "存疑：差 5 个，取决于 6 行"


def answers(example: Any) -> Any:
    gains = [
        row(n, deciding=n - 10, units=(LEFT,), readings="<b>甲</b>，或都不计")
        for n in range(10, 16)
    ]
    loss = row(
        7, effect="-1", units=(COVERED,), kind="undated", readings="截止日期前，或截止日期后"
    )
    town = firmness(
        "town", 1, 8, firm=False, rows=[loss, *gains, row(20, units=(LEFT,))], units=[LEFT, COVERED],
        parts={"county": {"420528": Span(Fraction(0), Fraction(1), exact=True)}},
        turning=Fewest(tuple(range(6)), (1,) * 6, 6, 6), settling=Fewest((7,), (), 1, 1),
    )  # fmt: skip
    village = firmness("village", 3, 20, rows=[row(30, units=(VILLAGE,))], units=[VILLAGE])
    county = example.by_id["county"].coverage.share.covered
    sure = firmness("county", county, county, firm=True)
    beds = firmness("beds", 100, None, unbounded=("1 行没有床位数",))
    return doubts(town, village, sure, beds)


@pytest.fixture(scope="module")
def html(example) -> str:
    return draw(example.measured, **example.given, doubts=answers(example)).get_root().render()


def indicator(page: Any, one: str) -> Any:
    return page.locator(f"[data-indicator={one}]")


def test_the_bar_has_the_span_and_the_line_its_conclusion(open_page, example):
    page = open_page()
    town = indicator(page, "town")
    assert example.by_id["town"].shown == "11.11"
    style = page.evaluate(
        "() => document.querySelector('[data-indicator=town] .bar u').style.cssText"
    )
    left, width = (float(part.split(": ")[1].rstrip("%")) for part in style.split(";")[:2])
    assert (left, width) == (pytest.approx(100 / 18, 1e-4), pytest.approx(700 / 18, 1e-4))
    assert town.locator(".firm").text_content() == TEXT
    sure = indicator(page, "county")
    assert sure.locator(".aim").text_content().endswith("· 结论稳")
    assert sure.locator("u, .firm").count() == 0
    open_ = indicator(page, "village")
    assert open_.locator(".firm").text_content() == "未能断定"
    assert indicator(page, "building").locator("u, .firm").count() == 0


def test_a_span_without_an_end_reaches_the_end_of_the_bar(open_page):
    page = open_page()
    line = indicator(page, "beds").locator("u")
    assert line.get_attribute("class") == "endless"
    ends = line.evaluate(
        "u => [u.getBoundingClientRect().right, u.parentNode.getBoundingClientRect().right]"
    )
    assert ends[0] == pytest.approx(ends[1], abs=1)


def picture(page: Any) -> bytes:
    page.wait_for_timeout(120)
    return page.locator("#map_hbgeo").screenshot()


def test_the_hatching_is_switched_on_in_the_legend_and_stands_in_the_address(open_page):
    page = open_page("#i=town")
    before = picture(page)
    key = page.locator("#keys .key.doubt")
    assert "".join(key.text_content().split()) == "存疑2"
    page.check("#doubts")
    assert page.evaluate("hbgeo.state().doubts") is True
    assert sorted(page.evaluate("hbgeo.state().doubtful")) == sorted([LEFT, COVERED])
    assert picture(page) != before
    assert page.evaluate("() => document.activeElement.id") == "doubts"
    page.wait_for_function("() => location.hash.includes('cy=1')")
    page.uncheck("#doubts")
    page.wait_for_function("() => !location.hash.includes('cy=1')")
    assert picture(page) == before


def test_an_address_brings_it_back_and_back_steps_back(open_page):
    page = open_page("#i=town&cy=1")
    assert page.is_checked("#doubts")
    page.uncheck("#doubts")
    page.wait_for_function("() => !location.hash.includes('cy=1')")
    page.go_back()
    page.wait_for_function("() => hbgeo.state().doubts === true")


def test_larger_units_and_those_that_hold_villages_are_hatched_too(open_page):
    page = open_page("#i=town&lv=county&cy=1")
    assert page.evaluate("hbgeo.state().doubtful") == ["420528"]
    page = open_page("#i=village&cy=1")
    assert page.evaluate("hbgeo.state().doubtful") == [VILLAGE[:9]]


def test_without_units_in_doubt_there_is_no_switch(open_page):
    page = open_page("#i=county&cy=1")
    assert page.locator("#doubts").count() == 0
    assert page.evaluate("hbgeo.state().doubtful") == []


def test_a_scope_counts_its_own(open_page):
    page = open_page("#i=town&in=county_code=420528")
    assert "".join(page.text_content("#keys .key.doubt").split()) == "存疑1"


def test_with_nothing_chosen_the_rows_that_decide_are_told(open_page):
    page = open_page("#i=town")
    said = page.text_content("#facts")
    assert f"{TEXT}；核实后 5.56%–44.44%；核实 1 行即可断定" in said
    rows = page.locator("#facts .doubt-rows li")
    assert rows.count() == 6
    assert "cemetery.xlsx 公墓台账 第 10 行" in rows.first.text_content()
    assert "改变结论" in rows.first.text_content()
    assert "<b>甲</b>，或都不计" in rows.first.text_content()
    assert page.locator("#facts .doubt-rows li b").count() == 6  # text stays text


def test_what_cannot_be_bounded_is_told(open_page):
    page = open_page("#i=beds")
    assert "1 行没有床位数" in page.text_content("#facts")
    assert "不少于 100" in page.text_content("#facts")


def test_a_unit_in_doubt_says_what_it_may_be_and_by_which_rows(open_page):
    page = open_page("#i=town")
    page.evaluate(f"() => hbgeo.select('{COVERED}')")
    said = page.text_content("#facts")
    assert "存疑：核实后可能未覆盖" in said
    assert "cemetery.xlsx 公墓台账 第 7 行" in said
    assert "没有日期：截止日期前，或截止日期后" in said
    page.evaluate(f"() => hbgeo.select('{LEFT}')")
    assert "存疑：核实后可能已覆盖" in page.text_content("#facts")
    assert page.locator("#facts .doubt-rows li").count() == 6  # all that decide; of others no more
    page.evaluate("() => hbgeo.select('420528101')")
    assert "存疑" not in page.text_content("#facts")


def test_of_a_scenario_nothing_is_said(open_page):
    page = open_page("#i=town&cy=1")
    page.evaluate("() => hbgeo.scenario('2018-12-31', [])")
    assert page.locator("#indicators u, #indicators .firm, #doubts, #facts .firm").count() == 0
    page.evaluate("() => hbgeo.scenario('2023-12-31', [])")
    assert indicator(page, "town").locator("u").count() == 1


def test_a_page_without_answers_carries_nothing_of_them(example, open_page, tmp_path):
    plain = draw(example.measured, **example.given).get_root().render()
    assert 'id="data-doubts"' not in plain
    assert "function readDoubts" not in plain
    file = tmp_path / "plain.html"
    file.write_text(plain, "utf-8")
    page = open_page()
    page.goto(f"{file.as_uri()}#i=town&cy=1")
    page.evaluate("hbgeo.ready")
    assert page.evaluate("hbgeo.state().doubts") is False


def test_paper_has_the_key_only_where_it_is_drawn(open_page):
    page = open_page("#i=town")
    hidden = "() => getComputedStyle(document.querySelector('.paper .key.doubt')).display"
    for on in (True, False):
        page.set_checked("#doubts", on)
        page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        assert (page.evaluate(hidden) == "none") is not on
        page.emulate_media(media="screen")
        page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(open_page, width):
    page = open_page("#i=town&cy=1", width=width, height=780, bypass_csp=True)
    if width < 800:
        page.click("[data-sheet=legend]")
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    serious = [v["id"] for v in found if v["impact"] in {"serious", "critical"}]
    assert serious == []
