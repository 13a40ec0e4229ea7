"""The line of earlier figures, and the list of what was gained and lost since the snapshot before.

Townships 镇 that are covered, of 18: none at the end of 2016; from May 2017 until June 2021 the one
of c5; at the end of 2023 those of c10 and c11. The snapshot before is that of 2020.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python import __file__ as axe_home

from hbgeo.measure.snapshot import Snapshot, take_snapshot
from hbgeo.measure.trend import compare, figures_of
from hbgeo.show.page.draw import draw

pytestmark = pytest.mark.system

AXE = Path(axe_home).with_name("axe.min.js").read_text(encoding="utf-8")
DAYS = [date(2016, 12, 31), date(2018, 12, 31), date(2020, 12, 31)]
GAINED, LOST = ["421023102", "421023104"], ["420528101"]
CHANGED = sorted(GAINED + LOST)


def shot(example: Any) -> Snapshot:
    return take_snapshot(example.measured, example.units, title="示例", inputs={}, policy="")


@pytest.fixture(scope="module")
def trend(make, example):
    return compare(shot(make.example(as_of=DAYS[-1])), shot(example))


@pytest.fixture(scope="module")
def html(make, example, trend) -> str:
    shots = [shot(make.example(as_of=day)) for day in DAYS]
    past = {
        one: [(s.as_of, figures_of(s)[one]["value" if a.counted else "pct"]) for s in shots]
        for one, a in example.by_id.items()
        if one in {"town", "beds"}
    }
    return draw(example.measured, **example.given, trend=trend, past=past).get_root().render()


def state(page: Any) -> dict[str, Any]:
    return page.evaluate("hbgeo.state()")


def points(page: Any) -> list[list[float]]:
    made = page.get_attribute(".past polyline", "points").split()
    return [[float(number) for number in point.split(",")] for point in made]


def test_the_line_has_every_date_at_its_place_and_says_them_all(open_page):
    page = open_page("#i=town")
    # 0 and 1 and 1 of 18, then 2; from 47 to 246 across 2556 days, 39 down to 9 from 0 to 35 %
    assert points(page) == [[47, 39], [103.8, 34.2], [160.7, 34.2], [246, 29.5]]
    assert page.get_attribute(".past .aim", "y1") == "9"
    assert page.locator(".past text").all_text_contents() == ["0.00%", "11.11%"]
    said = page.get_attribute(".past svg", "aria-label")
    assert said == (
        "town 覆盖率历期：2016 年 12 月 31 日 0.00%；2018 年 12 月 31 日 5.56%；2020 年 12 月 31 日 5.56%；"
        "2023 年 12 月 31 日 11.11%；目标 35%"
    )
    heading = page.text_content(".past h4")
    assert heading == "历期（当时所报，未按同一口径换算）虚线：目标 35%"
    assert page.locator(".past .ends span").all_text_contents() == [
        "2016 年 12 月 31 日",
        "2023 年 12 月 31 日",
    ]


def test_an_amount_has_a_line_without_a_target_and_what_was_not_kept_has_none(open_page, example):
    page = open_page("#i=beds")
    assert page.locator(".past circle").count() == 4
    assert page.locator(".past .aim").count() == 0
    last = page.locator(".past text").all_text_contents()[-1]
    assert last == example.by_id["beds"].shown
    page.click('[data-indicator="county"]')
    assert page.locator(".past").count() == 0


def test_of_a_part_it_says_the_whole_and_of_a_unit_or_a_scenario_nothing(open_page):
    page = open_page("#i=town&in=county_code%3D421023")
    assert page.text_content(".past h4").startswith("全省历期（")
    assert page.text_content(".since").startswith("全省 2020 年")  # its figure is the whole's too
    before = points(page)
    page.select_option("#scope", "")
    assert page.text_content(".past h4").startswith("历期（")
    assert points(page) == before
    page.evaluate("hbgeo.scenario('2022-12-31')")
    assert page.locator(".past").count() == 0
    page.evaluate("hbgeo.scenario('2023-12-31')")
    page.evaluate("hbgeo.select('421023102')")
    assert page.locator(".past").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 860), (390, 844), (844, 390)])
def test_the_tab_lists_what_the_trend_lists(open_page, trend, width, height):
    rows = trend.units[trend.units["indicator"] == "town"]
    assert sorted(rows["code"]) == CHANGED
    page = open_page("#i=town", width=width, height=height)
    if width < 1000:
        page.click('[data-sheet="units"]')
    assert page.text_content("#tab-changed") == "变化 3"
    page.click("#tab-changed")
    assert page.get_attribute("#tab-changed", "aria-pressed") == "true"
    assert page.get_attribute("#tab-uncovered", "aria-pressed") == "false"
    assert sorted(state(page)["rows"]) == CHANGED
    words = page.locator("#rows .row").evaluate_all(
        "all => Object.fromEntries(all.map((row) => [row.dataset.code, row.children[1].textContent]))"
    )
    assert words == dict.fromkeys(GAINED, "新增") | dict.fromkeys(LOST, "减少")
    boxes = [
        page.locator(f"#tab-{name}").bounding_box() for name in ("uncovered", "all", "changed")
    ]
    assert max(box["y"] for box in boxes) == min(box["y"] for box in boxes)
    assert boxes[-1]["x"] + boxes[-1]["width"] <= width
    assert "2020 年 12 月 31 日" in page.get_attribute("#tab-changed", "title")


def test_the_tab_sorts_by_what_changed_and_stands_in_the_address(open_page):
    page = open_page("#i=town&t=changed")
    assert state(page)["tab"] == "changed"
    page.click('[data-sort="change"]')
    assert state(page)["rows"] == [*GAINED, *LOST]
    page.click('[data-sort="change"]')
    assert state(page)["rows"] == [*LOST, *GAINED]
    page.wait_for_function(
        "() => ['t=changed', 's=change', 'r=1'].every((one) => location.hash.includes(one))"
    )
    again = open_page(page.evaluate("location.hash"))
    assert state(again)["rows"] == state(page)["rows"]
    again.click("#add-condition")
    offered = again.locator(".conditions select").first.locator("option")
    assert "变化" not in offered.all_text_contents()


def test_where_nothing_changed_the_list_is_of_the_uncovered(open_page):
    page = open_page("#i=town&t=changed")
    page.click('[data-indicator="beds"]')
    assert state(page)["tab"] == "uncovered"
    assert page.is_hidden("#tab-changed")
    page = open_page("#i=beds&t=changed")
    assert state(page)["tab"] == "uncovered"
    page = open_page("#i=town&t=changed")
    page.click('#level-switch button:has-text("按县")')
    assert state(page)["tab"] == "uncovered"
    page = open_page("#i=town&t=changed")
    page.select_option("#scope", "county_code=420101")  # nothing changed in it
    assert state(page)["tab"] == "uncovered"
    page.select_option("#scope", "county_code=421023")
    assert page.text_content("#tab-changed") == "变化 2"
    page.click("#tab-changed")
    page.evaluate("hbgeo.scenario('2022-12-31')")
    assert state(page)["tab"] == "uncovered"
    assert page.is_hidden("#tab-changed")


def test_a_unit_that_did_not_change_is_found_in_the_whole_list(open_page):
    page = open_page("#i=town&t=changed")
    page.evaluate("hbgeo.select('421023104')")
    assert state(page)["tab"] == "changed"
    page.evaluate("hbgeo.select('421023105')")
    assert state(page)["tab"] == "all"


def test_the_tab_goes_out_like_the_others(open_page, tmp_path):
    page = open_page("#i=town&t=changed")
    title, heading, *rows = csv.reader(io.StringIO(page.evaluate("hbgeo.csv()").lstrip("\ufeff")))
    assert "与 2020 年 12 月 31 日 相比新增 2 个、减少 1 个（按本期的单元和边界）" in title
    at = heading.index("变化")
    assert {row[0]: row[at] for row in rows} == dict.fromkeys(GAINED, "新增") | dict.fromkeys(
        LOST, "减少"
    )
    with page.expect_download() as saved:
        page.click("#export-xlsx")
    assert saved.value.suggested_filename == "town 覆盖率-变化.xlsx"
    saved.value.save_as(tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[at] for row in cells[-3:]] == [row[at] for row in rows]
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    paper = page.text_content("#print-sheet")
    assert "变化 3 个" in paper
    assert "减少 1 个（按本期的单元和边界）" in paper
    page.click("#tab-all")
    assert "变化" not in page.evaluate("hbgeo.csv()").splitlines()[1]


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_serious(open_page, width):
    page = open_page("#i=town&t=changed", width=width, bypass_csp=True)
    if width < 1000:
        page.click('[data-sheet="units"]')
    page.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    serious = [
        (one["id"], one["nodes"]) for one in found if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []
