"""Signs whose names are not right: counts, list, the way to each, its popup as a sign, files and paper."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.assessment import Measured
from hbgeo.measure.names.found import SignNames
from hbgeo.names.papers import names_of
from hbgeo.products import draw_page
from hbgeo.show import look
from hbgeo.show.page import layer as page_layer
from hbgeo.show.page import signs as page_signs
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

COUNTY, PREFECTURE = "421125", "421100"
STATE = "() => hbgeo.state()"
RULES = "[...document.querySelectorAll('#rules [data-rule]')].map(b => [b.dataset.rule, +b.querySelector('b').textContent])"
HOSTILE = "<img src=x onerror=document.title='x'>村"


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> Measured:
    return sample.measure(with_nearest=True)


@pytest.fixture(scope="module")
def found(sample: Workspace) -> SignNames:
    made = names_of(sample)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def opened(
    chromium: Any, sample: Workspace, measured: Measured, tmp_path_factory: Any
) -> Iterator[Callable[..., Any]]:
    """Opens a page of the sample with some findings."""
    pages: list[Any] = []

    def open_it(names: SignNames | None, address: str = "", **size: Any) -> Any:
        file = tmp_path_factory.mktemp("names") / "page.html"
        draw_page(sample, measured, sample.options(), names=names).save(str(file))
        wanted = {"viewport": {"width": 1440, "height": 860}, "accept_downloads": True} | size
        made = chromium.new_page(**wanted)
        pages.append(made)
        made.goto(file.as_uri() + address)
        made.evaluate("hbgeo.ready")
        return made

    yield open_it
    for one in pages:
        one.close()


@pytest.fixture(scope="module")
def shown(opened: Callable[..., Any], found: SignNames) -> Any:
    return opened(found)


@pytest.fixture
def page(shown: Any) -> Any:
    """The list of all findings, as it opens."""
    shown.select_option("#scope", "")
    shown.evaluate("() => window.map_hbgeo.closePopup()")
    shown.click("#tab-names")
    shown.wait_for_selector("#problem-rows .row")
    if shown.evaluate(STATE)["rule"]:
        shown.click("#hidden-note button")
    return shown


def go(page: Any, at: int) -> None:
    """Click on a finding of the list, by its number among all."""
    position = page.evaluate(STATE)["problems"].index(at)
    top = position * 46
    page.evaluate(f"() => {{ document.getElementById('problem-rows').scrollTop = {top}; }}")
    page.click(f'[data-problem="{at}"]')
    page.wait_for_selector(".leaflet-popup .plate, .leaflet-popup p")


def counts_of(rows: pd.DataFrame) -> list[list[Any]]:
    counts = rows["rule"].value_counts()
    return [[rule, int(counts[rule])] for rule in sorted(counts.index)]


def test_the_tab_counts_signs_and_the_list_findings(page: Any, found: SignNames) -> None:
    assert page.text_content("#tab-names") == f"标志问题 {found.total_wrong}"
    assert page.text_content("#problems-head p") == (
        f"{found.total:,} 块标志，{found.total_wrong} 块有问题"
    )
    assert len(page.evaluate(STATE)["problems"]) == len(found.rows)
    assert page.evaluate(RULES) == counts_of(found.rows)
    first = page.text_content("#problem-rows .row")
    assert found.rows["sign"][0] in first
    assert found.rows["message"][0] in first


@pytest.mark.parametrize("rule", ["N01", "N10"])
def test_a_rule_narrows_the_list_and_once_more_widens_it(
    page: Any, found: SignNames, rule: str
) -> None:
    page.click(f'[data-rule="{rule}"]')
    mine = np.flatnonzero(found.rows["rule"] == rule).tolist()
    assert page.evaluate(STATE)["problems"] == mine
    assert f"显示 {len(mine)} / {len(mine)} 条" in page.text_content("#hidden-note")
    page.click(f'[data-rule="{rule}"]')
    assert len(page.evaluate(STATE)["problems"]) == len(found.rows)


@pytest.mark.parametrize(
    ("scope", "start"),
    [(f"county_code={COUNTY}", COUNTY), (f"prefecture_code={PREFECTURE}", "4211")],
)
def test_the_chosen_county_or_prefecture_has_its_own_only(
    page: Any, found: SignNames, scope: str, start: str
) -> None:
    page.select_option("#scope", scope)
    mine = found.rows["county_code"].str.startswith(start).to_numpy()
    assert page.evaluate(STATE)["problems"] == np.flatnonzero(mine).tolist()
    assert page.evaluate(RULES) == counts_of(found.rows[mine])
    wrong = found.rows.loc[mine, "id"].nunique()
    assert page.text_content("#tab-names") == f"标志问题 {wrong}"
    signs = sum(n for code, n in found.signs.items() if code.startswith(start))
    assert f"{signs:,} 块标志，{wrong} 块有问题" in page.text_content("#problems-head")


def test_a_county_without_any_says_so(page: Any, found: SignNames) -> None:
    page.select_option("#scope", "county_code=420525")
    assert "420525" not in found.wrong
    assert page.text_content("#tab-names") == "标志问题 0"
    assert page.text_content("#problem-rows") == "这个范围内没有发现问题。"


def test_a_click_goes_to_the_sign_and_draws_it(
    page: Any, found: SignNames, sample: Workspace
) -> None:
    row = found.rows.iloc[7]
    sign = sample.layer("sign").loc[row["id"]]
    go(page, 7)
    plate = page.text_content(".leaflet-popup .plate > div")
    assert plate == f"{sign['name']}{sign['roman']}"
    assert page.text_content(".plate strong") == sign["status"]
    assert row["message"] in page.text_content(".leaflet-popup .found")
    assert row["suggestion"] in page.text_content(".leaflet-popup .found")
    assert f"第 {sign['row']} 行" in page.text_content(".leaflet-popup")
    assert page.evaluate(STATE)["layers"] == ["sign"]
    at = page.evaluate("() => { const p = map_hbgeo._popup.getLatLng(); return [p.lng, p.lat]; }")
    assert at == pytest.approx([sign["x"], sign["y"]], abs=2e-5)
    assert page.evaluate("() => map_hbgeo.getZoom()") >= 13


@pytest.mark.parametrize(
    ("status", "kind"), [("完好", ""), ("破损", "worn"), ("缺失", "gone"), ("待设", "gone")]
)
def test_a_sign_looks_as_it_stands(
    page: Any, found: SignNames, sample: Workspace, status: str, kind: str
) -> None:
    states = sample.layer("sign")["status"].reindex(found.rows["id"]).to_numpy()
    [at, *_] = np.flatnonzero(states == status).tolist()
    go(page, at)
    page.wait_for_function(
        f"() => document.querySelector('.plate strong').textContent === '{status}'"
    )
    classes = page.get_attribute(".plate", "class").split()
    assert classes[:1] == ["plate"]
    assert set(classes) & {"worn", "gone"} == ({kind} if kind else set())
    said = "el => [getComputedStyle(el).backgroundColor, getComputedStyle(el).color]"
    ground, ink = page.eval_on_selector(".plate > div", said)
    blue = "rgb({}, {}, {})".format(*(int(look.SIGN[n : n + 2], 16) for n in (1, 3, 5)))
    if kind == "":
        assert (ground, ink) == (blue, "rgb(255, 255, 255)")
    if kind == "gone":
        assert ink == blue


def test_characters_stand_above_letters_within_the_window(page: Any) -> None:
    go(page, 0)
    boxes = [page.locator(f".plate > div > {tag}").bounding_box() for tag in ("b", "span")]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"] + 1
    page.wait_for_timeout(600)  # the map makes room for it
    popup, title = (
        page.locator(s).bounding_box() for s in (".leaflet-popup", ".map-title:not(.beside)")
    )
    assert popup["y"] >= title["y"] + title["height"] - 1


def test_villages_without_a_sign_are_one_click_away_and_go_out(
    page: Any, sample: Workspace
) -> None:
    [one] = sample.assess(["sign-village"])
    left = set(one.coverage.uncovered.index)  # type: ignore[union-attr]
    assert f"没有标志的村 {len(left):,} 个" in page.text_content("#without-sign")
    page.click("#without-sign")
    state = page.evaluate(STATE)
    assert (state["indicator"], state["tab"]) == ("sign-village", "uncovered")
    with page.expect_download() as caught:
        page.click("#export-csv")
    rows = list(csv.reader(io.StringIO(caught.value.path().read_text("utf-8-sig"))))
    assert {row[2] for row in rows[2:]} == left


def test_the_address_keeps_list_and_rule(opened: Callable[..., Any], found: SignNames) -> None:
    made = opened(found, "#t=names&n=N06")
    state = made.evaluate(STATE)
    assert (state["tab"], state["rule"]) == ("names", "N06")
    assert len(state["problems"]) == found.by_rule["N06"]
    made.wait_for_function("() => location.hash.includes('n=N06')")
    made.click("#tab-all")
    assert made.is_visible("#filter")
    assert not made.is_visible("#problem-rows")


@pytest.mark.parametrize("address", ["#t=names&n=N99", "#t=names"])
def test_a_page_without_findings_opens_on_the_units(
    opened: Callable[..., Any], address: str
) -> None:
    made = opened(None, address)
    assert made.evaluate(STATE)["tab"] == "uncovered"
    assert not made.is_visible("#tab-names")


def test_the_list_goes_out_whole_under_its_own_name(page: Any, found: SignNames) -> None:
    page.select_option("#scope", f"county_code={COUNTY}")
    mine = found.rows[found.rows["county_code"] == COUNTY]
    with page.expect_download() as caught:
        page.click("#export-csv")
    assert caught.value.suggested_filename == "浠水县-地名标志问题.csv"
    title, head, *rows = csv.reader(io.StringIO(caught.value.path().read_text("utf-8-sig")))
    assert title[0] == "浠水县 · 地名标志问题"
    assert "示例数据，非真实统计" in "".join(title)
    at = {name: n for n, name in enumerate(head)}
    for name, column in {"标志名称": "sign", "规则": "rule", "问题": "message"}.items():
        assert [row[at[name]] for row in rows] == mine[column].tolist()
    with page.expect_download() as caught:
        page.click("#export-xlsx")
    with zipfile.ZipFile(caught.value.path()) as book:
        text = book.read("xl/worksheets/sheet1.xml").decode()
    assert mine["message"].iloc[-1] in text


def test_on_paper_every_finding_stands(page: Any, found: SignNames) -> None:
    page.emulate_media(media="print")
    page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    rows = page.eval_on_selector_all(
        ".sheet-names tbody tr", "all => all.map(r => r.children[2].textContent)"
    )
    assert rows == found.rows["sign"].tolist()
    assert "对照村（社区）名单" in page.text_content(".sheet-names .notes")
    heights = page.eval_on_selector_all(
        ".sheet-names",
        "all => all.map(s => s.querySelector('table').getBoundingClientRect().bottom < s.querySelector('.notes').getBoundingClientRect().top)",
    )
    assert all(heights)
    page.emulate_media(media="screen")


def test_the_keys_walk_the_list(page: Any) -> None:
    page.focus("#problem-rows")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#problem-rows", "aria-activedescendant") == "problem-2"
    page.keyboard.press("End")
    last = len(page.evaluate(STATE)["problems"]) - 1
    assert page.get_attribute("#problem-rows", "aria-activedescendant") == f"problem-{last}"
    assert page.is_visible(f"#problem-{last}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".leaflet-popup .plate")


def test_on_a_phone_the_list_gives_way_to_the_sign(
    opened: Callable[..., Any], found: SignNames
) -> None:
    size = {"width": 390, "height": 780}
    made = opened(found, "#t=names", viewport=size, has_touch=True, is_mobile=True)
    made.click("[data-sheet=units]")
    made.click("#problem-rows .row")
    made.wait_for_selector(".leaflet-popup .plate")
    made.wait_for_timeout(600)
    box = made.locator(".leaflet-popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert made.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    made.click(".leaflet-popup-close-button")
    made.click("[data-sheet=units]")
    assert made.is_visible("#problem-rows")


def test_of_too_many_the_page_says_how_many_it_carries(
    opened: Callable[..., Any], found: SignNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_signs, "MOST", 20)
    made = opened(found, "#t=names")
    note = made.text_content("#hidden-note")
    assert f"显示 20 / {len(found.rows)} 条；页面只带 20 条（错误在前）" in note
    assert f"全部 {len(found.rows)} 条见 report.xlsx" in note
    assert made.evaluate(RULES) == counts_of(found.rows)
    carried = found.first(20)
    assert (carried["severity"] == "error").sum() == found.errors
    made.click('[data-rule="N10"]')
    few = int((carried["rule"] == "N10").sum())
    assert f"显示 {few} / {found.by_rule['N10']} 条" in made.text_content("#hidden-note")


def test_a_layer_too_large_for_all_facts_still_draws_signs_with_findings(
    opened: Callable[..., Any], found: SignNames, sample: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_layer, "DETAIL_LIMIT", 100)
    made = opened(found, "#t=names")
    good = sample.layer("sign")["status"].reindex(found.rows["id"]).to_numpy() == "完好"
    at = int(np.flatnonzero(good)[0])
    go(made, at)
    assert found.rows["sign"][at] in made.text_content(".plate")
    assert found.rows["message"][at] in made.text_content(".found")
    assert "未随页面带出" in made.text_content(".plate strong")


def test_a_name_that_is_markup_stays_text(opened: Callable[..., Any], found: SignNames) -> None:
    rows = found.rows.assign(sign=HOSTILE, message=HOSTILE)
    made = opened(replace(found, rows=rows), "#t=names")
    assert HOSTILE in made.text_content("#problem-rows .row")
    go(made, 0)
    assert HOSTILE in made.text_content(".found")
    assert made.query_selector("#problems-head img, #problem-rows img, .leaflet-popup img") is None


def test_another_facilitys_popup_is_as_before(page: Any) -> None:
    page.click("#tab-all")
    page.click("[data-layer=cemetery]")
    page.evaluate("() => hbgeo.points('cemetery')")
    spot = page.evaluate("async () => (await hbgeo.points('cemetery'))[3]")
    page.evaluate(f"() => map_hbgeo.setView([{spot[1]}, {spot[0]}], 14, {{animate: false}})")
    page.wait_for_timeout(300)
    box = page.locator("#map_hbgeo").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".leaflet-popup h3")
    assert page.query_selector(".leaflet-popup .plate") is None
    page.click("[data-layer=cemetery]")
