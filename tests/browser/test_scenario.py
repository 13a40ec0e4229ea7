"""The date slider and the further states: the page counts anew as `assess` does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hbgeo.measure.assess import assess, measure
from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.show.page.draw import draw
from hbgeo.show.page.scenario import Scenarios

pytestmark = pytest.mark.system

DAYS = (
    "2009-01-01",
    "2016-05-01",
    "2018-04-30",
    "2021-06-29",
    "2021-06-30",
    "2023-12-31",
    "2026-01-01",
)
STATES = ((), ("规划",), ("在建", "规划"), ("停用",))


def figures_by_python(example, day: str, also: tuple[str, ...]):
    options = Options(as_of=date.fromisoformat(day), status=also)
    indicators = [one.indicator for one in example.assessments]
    found = {}
    for one in assess(indicators, example.source, options):
        share = None if one.coverage is None or one.counted else one.coverage.share
        found[one.indicator.id] = {
            "shown": one.shown,
            "covered": share and float(share.covered),
            "total": share and float(share.total),
            "met": one.met,
            "short": one.short,
        }
    return found


def figures_on_page(page):
    said = page.evaluate("hbgeo.figures()")
    keys = ("shown", "covered", "total", "met", "short")
    return {one: {key: values[key] for key in keys} for one, values in said.items()}


def test_every_date_and_state_gives_the_figures_of_assess(open_page, example):
    page = open_page()
    for day in DAYS:
        for also in STATES:
            page.evaluate("([day, also]) => hbgeo.scenario(day, also)", [day, list(also)])
            assert figures_on_page(page) == figures_by_python(example, day, also), (day, also)


def test_the_legend_and_the_list_follow_the_scenario(open_page, example):
    page = open_page()
    page.check('[data-state="规划"]')
    page.wait_for_function("() => hbgeo.state().also.length === 1")
    options = Options(as_of=date(2023, 12, 31), status=("规划",))
    [one] = assess([example.by_id["town"].indicator], example.source, options)
    state = page.evaluate("hbgeo.state()")
    assert state["rows"] == list(one.coverage.uncovered.index)
    assert state["classes"]["0"] == int(one.coverage.units["covered"].sum())
    assert "情景：截至 2023 年 12 月 31 日，另计 规划" in page.inner_text("#scenario-note")
    assert page.inner_text("#map-subtitle").startswith(f"情景 {one.shown}%")
    page.click("#as-is")
    page.wait_for_function("() => hbgeo.state().also.length === 0")
    assert page.inner_text("#scenario-note") == ""


def test_villages_follow_the_scenario(open_page, example):
    page = open_page()
    page.click('[data-indicator="village"]')
    page.evaluate("hbgeo.scenario('2016-05-01', [])")
    options = Options(as_of=date(2016, 5, 1))
    [one] = assess([example.by_id["village"].indicator], example.source, options)
    by_town = one.coverage.units.groupby(example.village["township_code"])["covered"].sum()
    shown = page.evaluate("hbgeo.state().classes")
    assert shown["0"] == int((by_town == 0).sum())


def test_the_slider_moves_by_months_and_comes_back_by_the_address(open_page):
    page = open_page()
    page.focus("#day-slider")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => hbgeo.state().day === '2023-09-30'")
    assert page.get_attribute("#day-slider", "aria-valuetext") == "2023 年 9 月 30 日"
    page.check('[data-state="在建"]')
    page.wait_for_function("() => decodeURIComponent(location.hash).includes('x=在建')")
    again = open_page(page.evaluate("location.hash"))
    assert again.evaluate("hbgeo.state()") == page.evaluate("hbgeo.state()")
    assert again.is_checked('[data-state="在建"]')


def test_facts_name_what_would_serve_but_does_not_count(open_page, example):
    page = open_page()
    cemeteries = example.given["layers"]["cemetery"].frame
    planned = cemeteries[
        (cemeteries["status"] == "规划") & ~cemeteries["township"].str.contains("街道")
    ]
    code = planned["township_code"].iloc[0]
    page.evaluate("code => hbgeo.select(code)", code)
    page.wait_for_selector(".served li")
    facts = page.inner_text("#facts")
    assert "状态或时间不符，未计入" in facts
    assert planned["name"].iloc[0].replace("\u202e", "") in facts.replace("\u202e", "")


def test_what_only_python_can_count_says_so(chromium, example, tmp_path):

    links = dict(example.given["scenarios"].candidates)
    del links["county"]
    some = Scenarios(example.given["scenarios"].options, links)
    file = tmp_path / "page.html"
    draw(example.measured, **(example.given | {"scenarios": some})).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    before = page.evaluate("hbgeo.figures().county.shown")
    page.evaluate("hbgeo.scenario('2012-05-01', [])")
    assert page.evaluate("hbgeo.figures().county.shown") == before
    assert "未随情景重算" in page.inner_text('[data-indicator="county"]')
    page.close()


def test_options_of_the_command_line_are_where_the_scenario_starts(chromium, example, tmp_path):

    options = Options(as_of=date(2020, 1, 1), undated="include", as_if=("c3",), status=("停用",))
    indicators = [one.indicator for one in example.assessments]
    measured = measure(indicators, example.source, options)
    all_ids = tuple(example.given["layers"]["cemetery"].frame.index)
    links = measure(indicators, example.source, replace(options, as_if=all_ids)).serving
    file = tmp_path / "page.html"
    draw(measured, **(example.given | {"scenarios": Scenarios(options, links)})).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    for day in ("2020-01-01", "2015-01-01", "2024-01-01"):
        page.evaluate("day => hbgeo.scenario(day, ['规划'])", day)
        again = replace(options, as_of=date.fromisoformat(day), status=("停用", "规划"))
        expected = {
            one.indicator.id: one.shown for one in assess(indicators, example.source, again)
        }
        assert {k: v["shown"] for k, v in figures_on_page(page).items()} == expected
    page.close()


def test_the_sample_counts_on_its_page_as_on_the_command_line(chromium, sample, tmp_path):

    options = sample.options()
    file = tmp_path / "page.html"
    draw_page(sample, sample.measure(), options).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    for day, also in (("2023-12-31", ("规划", "在建")), ("2019-06-30", ())):
        page.evaluate("([day, also]) => hbgeo.scenario(day, also)", [day, list(also)])
        shown = page.evaluate("hbgeo.figures()")
        asked = replace(options, as_of=date.fromisoformat(day), status=also)
        for one in sample.assess(options=asked):
            said = shown[one.indicator.id]
            if said["rule"]:
                found = [said[key] for key in ("shown", "met", "short")]
                assert found == [one.shown, one.met, one.short], (one.indicator.id, day)
    assert sum(one["rule"] for one in shown.values()) > 20
    page.close()
