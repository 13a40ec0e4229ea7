"""What a planner does of an afternoon, from beginning to end, with the network off."""

from __future__ import annotations

import csv
import io
import struct
from pathlib import Path

import pytest
from axe_playwright_python import __file__ as axe_home

pytestmark = pytest.mark.system

AXE = Path(axe_home).with_name("axe.min.js").read_text(encoding="utf-8")
RECORD_WRITING = """
window.written = [];
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  window.written.push(text);
  return fillText.call(this, text, ...rest);
};
"""


def state(page):
    return page.evaluate("hbgeo.state()")


def download(page, press):
    with page.expect_download() as caught:
        press()
    return caught.value.path().read_bytes(), caught.value.suggested_filename


def test_from_the_indicator_to_the_list_the_facts_the_table_and_the_picture(open_page, example):
    page = open_page(init=RECORD_WRITING)
    page.click('[data-indicator="town"]')
    page.click('[data-class="1"]')
    page.select_option("#sort", "population")
    uncovered = example.by_id["town"].coverage.uncovered
    most = example.township.loc[uncovered.index, "population"].max()
    page.locator(".row").first.click()
    code = state(page)["chosen"]
    assert example.township.loc[code, "population"] == most
    page.wait_for_selector(".served")
    nearest = example.measured.nearest["town"].loc[code]
    facts = page.inner_text("#facts")
    assert f"最近的公墓：{nearest['nearest_km']:.1f} 公里" in facts
    assert nearest["nearest_name"].replace("\u202e", "") in facts.replace("\u202e", "")
    table, name = download(page, lambda: page.click("#export-csv"))
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    people = rows[1].index("人口")
    assert next(row[1] for row in rows[2:]) == example.township.loc[code, "name"]
    shown = [int(row[people]) for row in rows[2:]]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) == len(uncovered)
    assert name == "town 覆盖率-未覆盖.csv"
    page.evaluate("written.length = 0")
    picture, name = download(page, lambda: page.click("#export-png"))
    assert name == "town 覆盖率.png"
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert (width, height) > (3000, 1000)
    written = page.evaluate("written.join('|')")
    share = example.by_id["town"].coverage.share
    for text in (
        "town 覆盖率",
        f"未覆盖  {share.total - share.covered}",
        "截至 2023 年 12 月 31 日",
        "口径（town 覆盖率）",
        "示例示意，非正式地图",
        "示例数据，非真实统计",
        " 公里",
        example.by_id["town"].shown,
    ):
        assert text in written


def test_everything_by_keyboard_alone(open_page):
    page = open_page()

    def tab_to(where: str) -> None:
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("where => document.activeElement.matches(where)", where):
                return
        raise AssertionError(where)

    tab_to("#search")
    page.keyboard.type("cyx")
    page.keyboard.press("Enter")
    assert state(page)["chosen"] == "420528"
    tab_to("[data-indicator]")
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.indicator") == "town"
    page.keyboard.press("Enter")
    tab_to('[data-level="county"]')
    page.keyboard.press("Enter")
    assert state(page)["level"] == "county"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert state(page)["level"] == "township"
    tab_to('[data-class="1"]')
    page.keyboard.press("Space")
    assert state(page)["only"] == [1]
    tab_to('[data-layer="cemetery"]')
    page.keyboard.press("Space")
    assert state(page)["layers"] == ["cemetery"]
    tab_to("#day-slider")
    page.keyboard.press("PageDown")
    page.wait_for_function("() => hbgeo.state().day < '2023-12-31'")
    tab_to('[data-state="规划"]')
    page.keyboard.press("Space")
    page.wait_for_function("() => hbgeo.state().also.length === 1")
    tab_to("#as-is")
    page.keyboard.press("Enter")
    page.wait_for_function("() => hbgeo.state().also.length === 0")
    tab_to("#tab-all")
    page.keyboard.press("Enter")
    tab_to("#sort")
    page.keyboard.press("End")
    tab_to("#rows")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert state(page)["chosen"] == state(page)["rows"][1]
    tab_to("#facts button")
    page.keyboard.press("Enter")
    assert state(page)["chosen"] is None
    tab_to("#basis summary")
    page.keyboard.press("Enter")
    assert page.locator("#basis[open]").count() == 1
    tab_to("#compare")
    page.keyboard.press("Enter")
    tab_to("#beside")
    page.keyboard.press("ArrowDown")
    assert state(page)["beside"]
    tab_to("#export-csv")
    _, name = download(page, lambda: page.keyboard.press("Enter"))
    assert name.endswith(".csv")


def test_two_indicators_stand_side_by_side_and_move_together(open_page, example):
    page = open_page()
    page.click("#compare")
    page.select_option("#beside", "people")
    assert state(page)["beside"] == "people"
    shown = example.by_id["people"].shown
    assert shown in page.inner_text("#beside-subtitle")
    assert page.locator("#map-beside canvas").count() == 3
    covered = int(example.by_id["people"].coverage.units["covered"].sum())
    assert page.locator("#keys-beside .count").first.inner_text() == str(covered)
    page.evaluate("hbgeo.select('420528104')")
    middle = page.evaluate(
        "() => { const box = document.querySelector('#map-beside').getBoundingClientRect();"
        " return [box.left + box.width / 2, box.top + box.height / 2]; }"
    )
    page.mouse.click(*middle)
    assert state(page)["chosen"] == "420528104"
    page.wait_for_function("() => location.hash.includes('u=township.420528104')")
    again = open_page(page.evaluate("location.hash"))
    assert state(again)["beside"] == "people"
    page.click("#compare")
    assert state(page)["beside"] is None
    assert page.locator("#map-beside canvas").count() == 0


def test_an_indicator_by_counties_and_prefectures_sums_its_townships(open_page, example):
    page = open_page()
    page.click('[data-indicator="town"]')
    for level in ("county", "prefecture"):
        page.click(f'[data-level="{level}"]')
        page.click("#tab-all")
        table, _ = download(page, lambda: page.click("#export-csv"))
        rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
        left, due = rows[1].index("未覆盖"), rows[1].index("应覆盖")
        units = example.by_id["town"].coverage.units
        for code, part in units.groupby(f"{level}_code"):
            [row] = [row for row in rows[2:] if row[0] == code]
            assert int(row[due]) == part["demand"].sum()
            assert int(row[left]) == (part["demand"] * (1 - part["covered"])).sum()
    assert page.evaluate("hbgeo.state().drawn") == len(example.prefecture)


@pytest.mark.parametrize("width", [360, 768, 1440, 1920])
def test_axe_finds_nothing_serious(open_page, width):
    page = open_page(width=width, height=860, bypass_csp=True)
    page.evaluate("hbgeo.select('420528101')")
    page.wait_for_selector(".served", state="attached")
    page.evaluate(AXE)
    assert grave(page) == []
    page.evaluate("document.getElementById('add-condition').click()")
    page.evaluate("document.getElementById('measure').click()")
    page.evaluate("document.querySelector('#tally [data-part=behind]').click()")
    assert grave(page) == []
    page.select_option("#scope", "county_code=420528")
    page.evaluate("document.getElementById('mine').click()")
    assert grave(page) == []


def grave(page):
    """What axe finds of the page as it stands that keeps people from using it."""
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        (one["id"], [node["target"] for node in one["nodes"]][:5])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
