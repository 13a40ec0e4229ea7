"""Sorting, conditions, copies, workbooks, steps back and forward, distances, and Tab stops."""

from __future__ import annotations

import csv
import io
import itertools
import math
import zipfile
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from pyproj import Geod

pytestmark = pytest.mark.system

GEOD = Geod(ellps="GRS80")


def state(page: Any) -> dict[str, Any]:
    return page.evaluate("hbgeo.state()")


def people(example: Any, codes: list[str]) -> list[int]:
    return [int(example.township.loc[code, "population"]) for code in codes]


def test_a_heading_sorts_both_ways_and_the_select_stays_in_step(open_page, example):
    page = open_page()
    head = page.locator('#columns [role="columnheader"]:has([data-sort="population"])')
    assert head.get_attribute("aria-sort") == "none"
    page.click('[data-sort="population"]')
    down = people(example, state(page)["rows"])
    assert down == sorted(down, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    assert page.input_value("#sort") == "population"
    page.click('[data-sort="population"]')
    up = people(example, state(page)["rows"])
    assert up == sorted(up)
    assert up != down
    assert head.get_attribute("aria-sort") == "ascending"
    page.wait_for_function("() => location.hash.includes('r=1')")
    assert state(open_page(page.evaluate("location.hash")))["rows"] == state(page)["rows"]
    page.select_option("#sort", "code")
    assert state(page)["rows"] == sorted(state(page)["rows"])
    page.click('[data-sort="code"]')
    assert state(page)["rows"] == sorted(state(page)["rows"], reverse=True)


def test_what_has_no_number_comes_last_both_ways(open_page, example):
    page = open_page()
    page.click('[data-indicator="town"]')
    page.click("#tab-all")
    known = example.measured.nearest["town"]["nearest_km"].notna()
    known = set(known[known].index)
    for _ in range(2):
        page.click('[data-sort="distance"]')
        rows = state(page)["rows"]
        assert set(rows[: len(known & set(rows))]) == known & set(rows)


def test_conditions_narrow_together_and_go_with_one_click(open_page, example):
    page = open_page()
    page.click("#add-condition")
    page.fill('[data-number="0"]', "1.2万")
    uncovered = example.by_id["town"].coverage.uncovered.index
    more = [c for c in uncovered if example.township.loc[c, "population"] > 12_000]
    assert 0 < len(more) < len(uncovered)
    assert state(page)["rows"] == more
    page.click("#add-condition")
    nearest = example.measured.nearest["town"]["nearest_km"].round(1)
    bar = float(sorted(nearest.loc[more])[len(more) // 2])
    page.select_option(".conditions p:nth-child(2) .sign", "<=")
    page.fill('[data-number="1"]', str(bar))
    both = [c for c in more if nearest[c] <= bar]
    assert 0 < len(both) < len(more)
    assert state(page)["rows"] == both
    assert f"显示 {len(both)} / {len(uncovered)} 个" in page.inner_text("#hidden-note")
    assert state(page)["conditions"] == [["population", ">", 12000], ["distance", "<=", bar]]
    page.wait_for_function("() => location.hash.includes('distance')")
    assert state(open_page(page.evaluate("location.hash")))["rows"] == both
    [title, *_] = csv.reader(io.StringIO(page.evaluate("hbgeo.csv()")))
    assert f"条件：人口 > 12,000 且 最近距离 ≤ {bar:g}" in title
    page.click("#clear")
    assert len(state(page)["rows"]) == len(uncovered)
    assert page.is_hidden("#conditions")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("3万", 30000), ("1,000", 1000), ("0.5", 0.5), ("1.1万", 11000), ("三", None), ("-", None)],
)
def test_numbers_are_read_as_they_are_typed(open_page, typed, value):
    page = open_page()
    page.click("#add-condition")
    page.fill('[data-number="0"]', typed)
    assert [one[2] for one in state(page)["conditions"]] == ([] if value is None else [value])
    invalid = page.get_attribute('[data-number="0"]', "aria-invalid")
    assert invalid == str(value is None).lower()


@pytest.mark.parametrize(("sign", "holds"), [(">=", Fraction.__ge__), (">", Fraction.__gt__)])
def test_a_share_is_held_against_a_number_exactly(open_page, example, sign, holds):
    counties = example.by_id["county"].coverage.units
    share = {
        code: Fraction(int(part["covered"].sum()), len(part))
        for code, part in counties.groupby("prefecture_code")
    }
    page = open_page(f"#i=county&lv=prefecture&t=all&f=rate{sign}100")
    assert state(page)["rows"] == sorted(c for c, s in share.items() if holds(s, Fraction(1)))
    page = open_page(f"#i=county&lv=prefecture&t=all&f=rate{sign}0")
    assert state(page)["rows"] == sorted(c for c, s in share.items() if holds(s, Fraction(0)))


@pytest.mark.parametrize(
    "address", ["#f=evil>1", "#f=population>x", "#f=code>1", "#k=a_b,1", "#f=population!3&r=x"]
)
def test_a_broken_condition_or_way_is_ignored(open_page, example, address):
    page = open_page(address)
    assert len(state(page)["rows"]) == len(example.by_id["town"].coverage.uncovered)
    assert state(page)["conditions"] == []
    assert not state(page)["way"]


def test_the_table_is_copied_with_headings(open_page, example):
    page = open_page()
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.pasted = text; }")
    page.click("#copy-list")
    page.wait_for_selector("#said:not([hidden])")
    uncovered = example.by_id["town"].coverage.uncovered
    heading, *rows = [line.split("\t") for line in page.evaluate("pasted").split("\n")]
    assert heading[:5] == ["代码", "名称", "县（市、区）", "市州", "状态"]
    assert [row[0] for row in rows] == list(uncovered.index)
    assert {len(row) for row in rows} == {len(heading)}
    assert f"已复制 {len(uncovered)} 行" in page.inner_text("#said")


def test_a_link_opens_what_is_shown(open_page):
    page = open_page()
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.pasted = text; }")
    page.click('[data-indicator="people"]')
    page.click("#copy-link")
    page.wait_for_function("() => window.pasted")
    link = page.evaluate("pasted")
    assert link.startswith("file:")
    assert link.endswith(page.evaluate("location.hash"))
    assert state(open_page(link[link.index("#") :]))["indicator"] == "people"


def workbook(page: Any) -> tuple[Any, bytes, str]:
    with page.expect_download() as caught:
        page.click("#export-xlsx")
    raw = caught.value.path().read_bytes()
    return openpyxl.load_workbook(io.BytesIO(raw)), raw, caught.value.suggested_filename


def test_the_workbook_is_the_list_with_title_basis_and_sample(open_page):
    page = open_page()
    book, raw, name = workbook(page)
    assert zipfile.ZipFile(io.BytesIO(raw)).testzip() is None
    assert name == "town 覆盖率-未覆盖.xlsx"
    assert book.sheetnames == ["名单", "口径"]
    sheet = book["名单"]
    assert sheet["A1"].value == "town 覆盖率"
    assert "示例数据" in sheet["A2"].value
    table = list(csv.reader(io.StringIO(page.evaluate("hbgeo.csv()").lstrip("\ufeff"))))[1:]
    rows = [
        ["" if v is None else v for v in row]
        for row in sheet.iter_rows(min_row=3, values_only=True)
    ]
    assert rows[0] == table[0]
    people_at = table[0].index("人口")
    for row, line in zip(rows[1:], table[1:], strict=True):
        assert isinstance(row[people_at], int)
        assert [str(v) for v in row] == [v.removeprefix("'") for v in line]
    assert (
        sheet.auto_filter.ref
        == f"A3:{openpyxl.utils.get_column_letter(len(rows[0]))}{2 + len(rows)}"
    )
    assert sheet.freeze_panes == "C4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert book["口径"]["A1"].value
    assert [c.number_format for c in sheet[4] if c.column == people_at + 1] == ["#,##0"]


def test_a_workbook_of_nothing_still_opens(open_page):
    page = open_page("#q=没有这个名字")
    book, _, _ = workbook(page)
    assert book["名单"].max_row == 3


def test_back_and_forward_step_through_choices_not_through_typing(open_page):
    page = open_page()
    page.click('[data-indicator="county"]')
    page.wait_for_function("() => location.hash.includes('i=county')")
    page.fill("#filter", "长阳")
    page.wait_for_function("() => location.hash.includes('q=')")
    page.click('[data-indicator="people"]')
    page.wait_for_function("() => location.hash.includes('i=people')")
    page.select_option("#scope", "county_code=420528")
    page.wait_for_function("() => location.hash.includes('in=')")
    page.go_back()
    page.wait_for_function("() => !hbgeo.state().scope")
    assert state(page)["indicator"] == "people"
    page.go_back()
    page.wait_for_function("() => hbgeo.state().indicator === 'county'")
    assert state(page)["filter"] == "长阳"
    page.go_back()
    page.wait_for_function("() => hbgeo.state().indicator === 'town'")
    assert state(page)["filter"] == ""
    page.go_forward()
    page.wait_for_function("() => hbgeo.state().indicator === 'county'")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((30.5, 111.2), (30.6, 112.0)),
        ((29.03, 108.36), (33.27, 116.13)),
        ((30.0, 111.0), (30.0, 111.00001)),
        ((0.0, 0.0), (0.0, 10.0)),
        ((30.0, 111.0), (30.0, 111.0)),
    ],
)
def test_distances_are_those_of_the_ellipsoid(open_page, one, other):
    page = open_page()
    said = page.evaluate("([a, b]) => hbgeo.geodesic(a, b)", [list(one), list(other)])
    _, _, asked = GEOD.inv(one[1], one[0], other[1], other[0])
    assert math.isclose(said, asked, abs_tol=0.001)


def test_a_way_is_measured_by_clicks_and_ends_with_escape(open_page):
    page = open_page()
    page.click("#measure")
    assert "依次点按" in page.inner_text("#measured")
    x, y = page.evaluate("hbgeo.screen('420528104')")
    page.mouse.click(x, y)
    page.wait_for_timeout(350)
    page.mouse.click(x + 80, y)
    page.wait_for_timeout(350)
    page.mouse.click(x + 80, y + 60)
    way = state(page)["way"]
    assert len(way) == 3
    assert state(page)["chosen"] is None
    total = sum(GEOD.inv(a[1], a[0], b[1], b[0])[2] for a, b in itertools.pairwise(way))
    digits = 3 if total < 10_000 else 2
    assert f"2 段，共 {total / 1000:.{digits}f} 公里" in page.inner_text("#measured")
    page.keyboard.press("Backspace")
    assert len(state(page)["way"]) == 2
    two = (
        "() => (new URLSearchParams(location.hash.slice(1)).get('k') || '').split(',').length === 2"
    )
    page.wait_for_function(two)  # the address comes a moment later
    assert state(open_page(page.evaluate("location.hash")))["way"] == state(page)["way"]
    page.keyboard.press("Escape")
    assert state(page)["way"] is None
    assert page.is_hidden("#measured")
    page.mouse.click(x, y)
    assert state(page)["chosen"] == "420528104"


def test_the_pointers_place_is_told_to_five_decimals(open_page, example):
    page = open_page()
    x, y = page.evaluate("hbgeo.screen('420528104')")
    page.mouse.move(x, y)
    text = page.inner_text("#pointer")
    east, north = (float(part.split(" ")[1].rstrip("°")) for part in text.split("\u3000"))
    middle = example.township.loc["420528104", "geometry"].centroid
    assert math.isclose(east, middle.x, abs_tol=0.02)
    assert math.isclose(north, middle.y, abs_tol=0.02)
    assert all(len(part.split(".")[1].rstrip("°")) == 5 for part in text.split("\u3000"))
    page.mouse.move(5, 5)
    page.wait_for_function("() => document.getElementById('pointer').textContent === ''")


def test_few_tab_stops_stand_before_the_map_and_the_arrows_move(open_page):
    page = open_page()
    stops = 0
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#level-switch button')"):
            break
        stops += 1
    assert stops <= 12
    page.focus('[data-indicator="town"]')
    assert page.evaluate("document.querySelectorAll('#indicators [tabindex=\"0\"]').length") == 1
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.indicator") == "county"
    page.keyboard.press("Enter")
    assert state(page)["indicator"] == "county"
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.dataset.indicator")
    assert last == page.evaluate(
        "[...document.querySelectorAll('[data-indicator]')].pop().dataset.indicator"
    )
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.indicator") != last
