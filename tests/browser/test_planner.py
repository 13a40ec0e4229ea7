"""The planner page in Chromium, with the network off."""

from __future__ import annotations

import csv
import io
import re

import pytest

from hbgeo.show.page.draw import draw

pytestmark = pytest.mark.system

CHANGYANG = "420528"


def state(page):
    return page.evaluate("hbgeo.state()")


def choose(page, indicator):
    page.click(f'[data-indicator="{indicator}"]')


def wait_for_hash(page, part):
    page.wait_for_function("part => decodeURIComponent(location.hash).includes(part)", arg=part)


def test_every_unit_is_drawn(open_page, example):
    page = open_page()
    assert state(page)["drawn"] == len(example.township)
    choose(page, "county")
    assert state(page)["drawn"] == len(example.county)
    painted = page.evaluate(
        "() => { const c = document.querySelector('.leaflet-hbgeo-units-pane canvas');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return 4 * n / d.length; }"
    )
    assert painted > 0.1


def test_legend_counts_what_the_coverage_frame_counts(open_page, example):
    page = open_page()
    covered = int(example.by_id["town"].coverage.units["covered"].sum())
    expected = {
        "0": covered,
        "1": len(example.towns) - covered,
        "-1": len(example.township) - len(example.towns),
    }
    shown = {
        key.get_attribute("data-class"): int(key.locator(".count").inner_text())
        for key in page.locator("#keys [data-class]").all()
    }
    assert shown == expected == state(page)["classes"]


def test_list_holds_the_uncovered_units(open_page, example):
    page = open_page()
    uncovered = example.by_id["town"].coverage.uncovered
    assert state(page)["rows"] == list(uncovered.index)
    assert page.inner_text("#tab-uncovered") == f"未覆盖 {len(uncovered)}"
    page.click("#tab-all")
    assert len(state(page)["rows"]) == len(example.township)


def test_the_bar_of_the_map_is_in_the_pages_own_words(open_page):
    page = open_page()
    bar = page.locator(".leaflet-control-scale-line")
    assert re.fullmatch(r"[1-9]\d* (公里|米)", bar.inner_text())
    for _ in range(4):
        page.click("#zoom-in")
    page.wait_for_timeout(500)
    assert re.fullmatch(r"[1-9]\d* (公里|米)", bar.inner_text())


def test_a_row_chooses_the_unit_on_the_map(open_page, example):
    page = open_page()
    row = page.locator(".row").nth(2)
    row.click()
    code = row.get_attribute("data-code")
    assert state(page)["chosen"] == code
    assert row.get_attribute("aria-selected") == "true"
    x, y = page.evaluate("code => hbgeo.screen(code)", code)
    box = page.locator("#map_hbgeo").bounding_box()
    assert box["x"] < x < box["x"] + box["width"]
    assert box["y"] < y < box["y"] + box["height"]
    page.wait_for_selector(".served")
    km = example.measured.nearest["town"].loc[code, "nearest_km"]
    assert f"{km:.1f} 公里" in page.inner_text("#facts")


def test_a_click_on_the_map_chooses_the_row_and_says_why(open_page, example):
    page = open_page()
    coverage = example.by_id["town"].coverage
    code = coverage.units.index[coverage.units["covered"] > 0][-1]
    page.mouse.click(*page.evaluate("code => hbgeo.screen(code)", code))
    chosen = page.locator('.row[aria-selected="true"]')
    assert chosen.get_attribute("data-code") == code == state(page)["chosen"]
    page.wait_for_selector(".served li")
    facts = page.inner_text("#facts")
    for text in ("已覆盖", "运营", "-05-01 启用", "境内", "公墓.xlsx · 台账 · 第", code):
        assert text in facts
    assert state(page)["serving"] == 1


def test_hovering_names_the_unit(open_page, example):
    page = open_page()
    code = example.towns.index[-1]
    page.mouse.move(*page.evaluate("code => hbgeo.screen(code)", code))
    assert example.towns.loc[code, "name"] in page.inner_text("#tip")


@pytest.mark.parametrize("query", ["长阳", "changyang", "chang yang", "cytjz", "cyx", "420528"])
def test_search_finds_changyang(open_page, query):
    page = open_page()
    page.fill("#search", query)
    assert page.locator("#found li").first.inner_text().startswith("长阳土家族自治县")
    page.keyboard.press("Enter")
    assert state(page)["chosen"] == CHANGYANG
    assert {code[:6] for code in state(page)["rows"]} == {CHANGYANG}


def test_search_says_when_nothing_is_found(open_page):
    page = open_page()
    page.fill("#search", "没有这个地方")
    assert page.inner_text("#found") == "没有找到"


def test_villages_are_shown_by_township_and_listed_by_name(open_page, example):
    page = open_page()
    choose(page, "village")
    assert state(page)["level"] == "township"
    code = state(page)["rows"][0]
    page.locator(".row").first.click()
    page.wait_for_selector(".villages")
    villages = example.by_id["village"].coverage.units
    left = villages[(villages["covered"] == 0) & (example.village["township_code"] == code)]
    assert page.locator(".villages li").all_inner_texts() == list(left["name"])


def test_an_indicator_without_data_says_what_is_missing(open_page, example):
    page = open_page()
    choose(page, "lacking")
    assert state(page)["classes"] == {"-2": len(example.township)}
    assert "无法计算：缺乡镇中心村名单" in page.inner_text("#rows")


def test_amounts_have_classes(open_page, example):
    page = open_page()
    choose(page, "beds")
    assert sum(state(page)["classes"].values()) == 3
    total = example.by_id["beds"].shown
    assert page.inner_text('[data-indicator="beds"] .value') == total


def test_changing_the_indicator_keeps_the_view_and_the_unit(open_page):
    page = open_page()
    page.evaluate("code => hbgeo.select(code)", "420528101")
    before = page.evaluate("[map_hbgeo.getCenter(), map_hbgeo.getZoom()]")
    choose(page, "village")
    assert page.evaluate("[map_hbgeo.getCenter(), map_hbgeo.getZoom()]") == before
    assert state(page)["chosen"] == "420528101"
    choose(page, "county")
    assert state(page)["chosen"] == CHANGYANG


def test_a_class_filters_and_the_filter_goes_with_one_click(open_page, example):
    page = open_page()
    page.click("#tab-all")
    page.click('[data-class="0"]')
    covered = int(example.by_id["town"].coverage.units["covered"].sum())
    note = page.inner_text("#hidden-note")
    assert f"显示 {covered} / {len(example.township)} 个" in note
    page.click("#clear")
    assert len(state(page)["rows"]) == len(example.township)


def test_sorting_by_population_puts_the_largest_first(open_page, example):
    page = open_page()
    page.select_option("#sort", "population")
    uncovered = example.by_id["town"].coverage.uncovered.index
    most = example.township.loc[uncovered, "population"]
    assert state(page)["rows"][0] in set(most.index[most == most.max()])


def test_hostile_text_stays_text(open_page, example):
    page = open_page()
    page.click("#tab-all")
    text = page.inner_text("body")
    for name in list(example.township["name"])[1:6]:
        assert name.replace("\u202e", "") in text.replace("\u202e", "")
    assert page.locator("img").count() == 0
    assert "{{7*7}}" in page.title()
    page.click("#sources summary")
    assert "<img src=x onerror=alert(1)> 提供" in page.inner_text("#sources")


def test_the_address_brings_everything_back(open_page):
    page = open_page()
    choose(page, "town")
    page.click("#tab-all")
    page.select_option("#sort", "population")
    page.fill("#filter", "镇")
    page.click('[data-class="1"]')
    page.check('[data-layer="cemetery"]')
    page.locator(".row").first.click()
    wait_for_hash(page, "u=township.")
    wait_for_hash(page, "l=cemetery")
    before, view = state(page), page.evaluate("map_hbgeo.getCenter().lat.toFixed(3)")
    again = open_page(page.evaluate("location.hash"))
    assert state(again) == before
    assert again.evaluate("map_hbgeo.getCenter().lat.toFixed(3)") == view


@pytest.mark.parametrize(
    "address", ["#i=nothing&u=x.y&v=a,b,c&s=evil&c=99", "#%E0%A4%A", "#u=__proto__.x"]
)
def test_a_broken_address_is_ignored(open_page, address):
    assert open_page(address).inner_text("#map-title")


@pytest.mark.parametrize("width", [360, 390, 768, 1440, 1920])
def test_no_horizontal_scroll(open_page, width):
    page = open_page(width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_phone_has_a_sheet_below_the_map(open_page):
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    for sheet in ("indicators", "units", "legend"):
        page.click(f'[data-sheet="{sheet}"]')
        if page.get_attribute(f'[data-sheet="{sheet}"]', "aria-pressed") == "false":
            page.click(f'[data-sheet="{sheet}"]')
        box = page.locator(f"#{sheet}").bounding_box()
        assert box["width"] <= 390
        assert box["height"] > 200
    assert page.locator("#map_hbgeo").bounding_box()["height"] > 150
    assert "user-scalable" not in page.content()


def test_keyboard_alone_reaches_indicator_list_and_facts(open_page):
    page = open_page()
    page.locator('[data-indicator="town"]').focus()
    page.keyboard.press("Enter")
    page.locator("#rows").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert state(page)["chosen"] == state(page)["rows"][2]
    assert page.get_attribute("#rows", "aria-activedescendant") == "row-2"
    page.keyboard.press("Escape")
    assert state(page)["chosen"] is None


def test_tab_goes_through_the_page_and_focus_is_seen(open_page):
    page = open_page()
    reached = set()
    for _ in range(50):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("document.activeElement === document.body")
    assert {"search", "scope", "export-csv", "filter", "sort", "rows", "zoom-in", "day"} <= reached


def test_export_is_the_list_as_csv_for_excel(open_page, example):
    page = open_page()
    with page.expect_download() as caught:
        page.click("#export-csv")
    raw = caught.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][2] == "示例数据，非真实统计 · 边界为近似示意"
    assert rows[1][:5] == ["代码", "名称", "县（市、区）", "市州", "状态"]
    uncovered = example.by_id["town"].coverage.uncovered
    assert [row[0] for row in rows[2:]] == list(uncovered.index)
    assert [row[1] for row in rows[2:]] == list(uncovered["name"])
    assert caught.value.suggested_filename.endswith("未覆盖.csv")


def test_export_of_villages_names_the_villages(open_page, example):
    page = open_page()
    choose(page, "village")
    with page.expect_download() as caught:
        page.click("#export-csv")
    rows = list(csv.reader(io.StringIO(caught.value.path().read_text(encoding="utf-8-sig"))))
    assert [row[2] for row in rows[2:]] == list(example.by_id["village"].coverage.uncovered.index)


def test_facilities_are_decoded_only_when_switched_on(open_page, example):
    page = open_page()
    assert state(page)["layers"] == []
    page.check('[data-layer="cemetery"]')
    points = page.evaluate("hbgeo.points('cemetery')")
    assert len(points) == int(example.given["layers"]["cemetery"].frame["x"].notna().sum())


def test_a_click_on_a_facility_tells_its_facts(open_page, example):
    page = open_page()
    page.check('[data-layer="cemetery"]')
    page.wait_for_function("() => hbgeo.drawn('cemetery')")
    site = example.given["layers"]["cemetery"].frame.iloc[3]
    x, y = page.evaluate("code => hbgeo.screen(code)", site["township_code"])
    page.mouse.click(x, y)
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert site["name"] in popup.inner_text()
    assert "规划（截至 2023 年 12 月 31 日不计入）" in popup.inner_text()


def test_the_head_says_date_approval_sample_and_crs(open_page):
    page = open_page()
    text = page.inner_text("body")
    for part in ("截至 2023 年 12 月 31 日", "示例示意，非正式地图", "CGCS2000"):
        assert part in text
    assert page.inner_text("#notice") == "示例数据，非真实统计 · 边界为近似示意"
    assert page.locator(".leaflet-attribution-flag").count() == 0
    assert page.get_attribute("html", "lang") == "zh-CN"


def test_print_sheet_has_map_legend_list_and_approval(open_page):
    page = open_page()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator("#print-sheet")
    for part in ("town 覆盖率", "截至", "示例示意，非正式地图", "已覆盖", "代码", "目标依据"):
        assert part in sheet.inner_text()
    assert page.evaluate("document.querySelector('#print-sheet img').src.length") > 10_000


@pytest.mark.parametrize("levels", [("county",), ("township",), ()])
def test_a_workspace_with_fewer_levels_shows_what_there_is(chromium, example, tmp_path, levels):
    units = {level: example.given["units"][level] for level in levels}
    page = draw(example.measured, **(example.given | {"units": units}))
    file = tmp_path / "page.html"
    page.save(str(file))
    tab = chromium.new_page()
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(file.as_uri())
    tab.evaluate("hbgeo.ready")
    assert errors == []
    assert tab.inner_text("#map-title") == "town 覆盖率"
    tab.close()


def test_a_very_large_layer_says_whose_facts_it_left_out(chromium, example, tmp_path, monkeypatch):
    monkeypatch.setattr("hbgeo.show.page.layer.DETAIL_LIMIT", 5)
    file = tmp_path / "page.html"
    draw(example.measured, **example.given).save(str(file))
    page = chromium.new_page(viewport={"width": 1440, "height": 860})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    page.check('[data-layer="cemetery"]')
    page.wait_for_function("() => hbgeo.drawn('cemetery')")
    layer = example.given["layers"]["cemetery"].frame.dropna(subset=["x"])
    popup = page.locator(".leaflet-popup-content")
    for works, told in ((False, None), (True, "只带有问题的点的详情")):
        site = layer[layer["works"] == works].iloc[0]
        page.mouse.click(*page.evaluate("code => hbgeo.screen(code)", site["township_code"]))
        popup.filter(has_text=told or site["status"]).wait_for()
    code = example.by_id["town"].coverage.uncovered.index[0]
    page.evaluate("code => hbgeo.select(code)", code)
    nearest = example.measured.nearest["town"].loc[code]
    page.locator("#facts", has_text=f"{nearest['nearest_km']:.1f} 公里").wait_for()
    assert page.locator("#when").is_hidden()
    assert errors == []
    page.close()
