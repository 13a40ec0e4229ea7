"""The timeline of targets, an indicator's own list of them, and chains, capacities and norms on the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.basis import Basis
from hbgeo.measure.coverage import WHERE, Coverage
from hbgeo.read.indicator import Indicator, Target
from hbgeo.show import progress, words
from hbgeo.show.page.draw import draw

pytestmark = pytest.mark.system

DAY = date(2026, 11, 25)
DAYS = ("2026-11-25", "2027-12-31", "2028-06-01", "2023-01-01")


def target(goal: str, due: str | None, **more: Any) -> Target:
    number = None if goal.isalpha() and not goal.isascii() else Decimal(goal)
    day = date.fromisoformat(due) if due else None
    said = {"words": goal} if number is None else {}
    return Target(number, None, day, ("示例文件",), **said, **more)


NATION = {"reliability": "A", "scope": "nation"}
STEPS = (
    target("20", "2025-12-31"),
    target("75", "2027-12-31", reliability="A-"),
    target("73", "2030-12-31", draft=True, **NATION),
    target("更加健全", "2035-12-31", **NATION),
)
NETWORK = (target("基本建成", "2029-12-31", **NATION),)
NORM = (Target(None, Decimal(30), None, ("常设标准",), reliability="A-"),)


def by_hand(one: Indicator, towns: pd.DataFrame, **columns: Any) -> Assessment:
    """A figure of the townships as a measure would give it."""
    plain = pd.DataFrame(towns).reindex(columns=WHERE).fillna("")
    units = plain.assign(**{"demand": 1.0, "via": ""} | columns)
    return Assessment(one, DAY, Coverage(one.id, one.measure, Basis(as_of=DAY), units))


def amounts(make_indicator: Any, towns: pd.DataFrame) -> list[Assessment]:
    """A chain, a capacity and a norm: every third township lacks its centre, has no room, has no area."""
    third = np.arange(len(towns)) % 3 == 0
    chain = make_indicator("chain", "township", None, measure="chain", layer="", targets=NETWORK)
    left = make_indicator(
        "left", "township", None, measure="capacity", years=Decimal(30), unit="年", targets=NORM
    )
    area = make_indicator(
        "area",
        "township",
        None,
        measure="ratio",
        per=Decimal(100),
        unit="平方米/百户",
        targets=NORM,
    )
    via = np.where(third, "街道中心", "inside")
    places, deaths = np.where(third, 299.0, 450.5), np.full(len(towns), 10.0)
    room = {"places": places, "deaths": deaths, "value": places / deaths}
    square = {"value": np.where(third, 0.0, 330.0), "demand": 1000.0}
    return [
        by_hand(chain, towns, covered=(~third).astype(float), via=via),
        by_hand(left, towns, covered=(~third).astype(float), **room),
        by_hand(area, towns, covered=0.3, **square),
    ]


@pytest.fixture(scope="module")
def example(make: SimpleNamespace) -> SimpleNamespace:
    more = (
        make.indicator("steps", "township", None, targets=STEPS, among=make.towns),
        make.indicator("words", "township", None, targets=NETWORK, among=make.towns),
    )
    made = make.example(more=more, as_of=DAY)
    found = [*made.assessments, *amounts(make.indicator, made.township)]
    measured = replace(made.measured, assessments=found)
    made.__dict__.update(measured=measured, assessments=found)
    return made


@pytest.fixture(scope="module")
def html(example: SimpleNamespace) -> str:
    return draw(example.measured, **example.given).get_root().render()


@pytest.fixture(scope="module")
def desk(chromium: Any, html: str, tmp_path_factory: Any) -> Iterator[Any]:
    """The page with the timeline open."""
    file = tmp_path_factory.mktemp("targets") / "page.html"
    file.write_text(html, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1440, "height": 860})
    page.goto(f"{file.as_uri()}#g=1")
    page.evaluate("hbgeo.ready")
    yield page
    page.close()


def said_by_python(example: SimpleNamespace, day: str) -> list[list[str]]:
    """Name, goal, marks and state of every target, in time order."""
    rows = []
    for a in example.assessments:
        here = replace(a, as_of=date.fromisoformat(day))
        for one in a.indicator.targets:
            marks = "".join(progress.marks_of(one))
            said = [
                a.indicator.name,
                progress.goal_said(a, one),
                marks,
                progress.standing_words(here, one),
            ]
            rows.append((one.deadline or date.max, said))
    return [said for _, said in sorted(rows, key=lambda row: row[0])]


def said_on_page(page: Any) -> list[list[str]]:
    parts = (".name", ".asked", ".tags", ".state")
    return [
        [goal.locator(part).text_content() for part in parts]
        for goal in page.locator("#timeline [data-goal]").all()
    ]


@pytest.mark.parametrize("day", DAYS)
def test_every_target_stands_in_time_order_and_says_how_it_stands(desk, example, day) -> None:
    desk.evaluate("day => hbgeo.scenario(day)", day)
    assert said_on_page(desk) == said_by_python(example, day)
    for a in example.assessments:
        here = replace(a, as_of=date.fromisoformat(day))
        held = [
            one["asked"]
            for one in desk.evaluate("id => hbgeo.targets(id)", a.indicator.id)
            if one["holds"]
        ]
        assert held == ([progress.goal_said(a, here.target)] if here.target else []), a.indicator.id
    desk.evaluate("hbgeo.scenario('2026-11-25')")


@pytest.mark.parametrize(
    ("day", "asked"), [("2025-12-31", "20%"), ("2026-01-01", "75%"), ("2034-01-01", "75%")]
)
def test_the_figure_is_held_against_a_binding_target_only(desk, day, asked) -> None:
    desk.evaluate("day => hbgeo.scenario(day)", day)
    said = desk.evaluate("hbgeo.figures().steps")
    assert f"目标 {asked}" in said["line"]
    desk.evaluate("hbgeo.scenario('2026-11-25')")


def test_the_day_of_the_figures_parts_what_is_past_from_what_comes(desk) -> None:
    for day, after in (
        ("2026-11-25", "2027 年底"),
        ("2030-12-31", "2030 年底"),
        ("2031-01-01", "2035 年底"),
    ):
        desk.evaluate("day => hbgeo.scenario(day)", day)
        year, month, date_ = map(int, day.split("-"))
        assert desk.inner_text(".today") == f"截至 {year} 年 {month} 月 {date_} 日"
        assert desk.inner_text(".today + section h3").startswith(after)
        assert desk.inner_text(".years > b") == desk.inner_text(".today")
    desk.evaluate("hbgeo.scenario('2026-11-25')")
    years = desk.locator(".year > span").all_inner_texts()
    assert (years[0], years[-1], len(years)) == ("2022", "2035", 14)


def test_the_state_is_told_by_sign_and_words_and_the_key_counts_them(desk, example) -> None:
    desk.evaluate("hbgeo.scenario('2026-11-25')")
    states = [row[3].split(" · ")[0] for row in said_by_python(example, "2026-11-25")]
    counts = [f"{state} {states.count(state)} 项" for state in ("已过", "执行中", "将到")]
    assert desk.locator(".state-count").all_inner_texts() == counts
    shapes = desk.evaluate(
        "['passed', 'running', 'coming'].map((name) => { const s = getComputedStyle(document.querySelector(`.goal .mark.${name}`));"
        " return [s.borderRadius, s.transform, s.backgroundColor].join(); })"
    )
    assert len(set(shapes)) == 3


def test_choosing_a_target_chooses_its_indicator(desk) -> None:
    goal = desk.locator('[data-goal="steps"]').nth(1)
    goal.click()
    assert desk.evaluate("hbgeo.state().indicator") == "steps"
    assert goal.get_attribute("aria-pressed") == "true"
    assert desk.get_attribute('[data-indicator="steps"]', "aria-pressed") == "true"
    listed = desk.locator("#facts .goals li").all_inner_texts()
    assert len(listed) == len(STEPS)
    for text in ("73%", "全国", "草案", "2030 年底", "将到", "示例文件", "可靠程度 A"):
        assert text in listed[2]


def test_the_keyboard_reaches_a_target_and_leaves_the_timeline(desk) -> None:
    goal = desk.locator('[data-goal="words"]')
    goal.focus()
    desk.keyboard.press("Enter")
    assert desk.evaluate("hbgeo.state().indicator") == "words"
    assert desk.evaluate("document.activeElement.dataset.goal") == "words"
    assert "不判达标" in desk.inner_text('[data-indicator="words"]')
    desk.keyboard.press("Escape")
    assert desk.evaluate("document.activeElement.id") == "goals"
    assert not desk.locator("#timeline").is_visible()
    desk.click("#goals")
    assert desk.evaluate("hbgeo.state().goals")
    desk.wait_for_function("() => location.hash.includes('g=1')")


def test_the_timeline_is_printed_where_it_is_shown(desk) -> None:
    def printed() -> str:
        desk.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        return desk.evaluate("document.querySelector('#print-sheet').textContent")

    for text in ("目标年表 截至 2026 年 11 月 25 日", "73% 草案 全国", "可靠程度 A-"):
        assert text in printed()
    desk.click("#goals")
    assert "目标年表" not in printed()
    desk.click("#goals")


def test_a_broken_chain_says_its_weakest_link(desk, example) -> None:
    desk.evaluate("hbgeo.indicator('chain')")
    desk.evaluate("code => hbgeo.select(code)", example.township.index[0])
    assert "未覆盖：缺街道中心" in desk.inner_text("#facts")
    assert desk.evaluate("hbgeo.state().classes") == {"0": 18, "1": 9}
    assert ",未覆盖：缺街道中心" in desk.evaluate("hbgeo.csv()")
    desk.evaluate("hbgeo.select('420528')")


def test_a_capacity_says_who_has_enough_and_for_how_long(desk, example) -> None:
    desk.evaluate("hbgeo.indicator('left')")
    desk.click("#tab-all")
    desk.evaluate("code => hbgeo.select(code)", example.township.index[0])
    assert "不够 30 年：可用 29.9 年（可用穴位 299 个，年需求 10 个）" in desk.inner_text("#facts")
    desk.evaluate("code => hbgeo.select(code)", example.township.index[1])
    assert "够 30 年：可用 45.05 年（可用穴位 450.5 个，年需求 10 个）" in desk.inner_text("#facts")
    assert desk.evaluate("hbgeo.state().classes") == {"0": 9, "1": 18}
    assert desk.inner_text("#tab-uncovered") == "不够 30 年 9"
    assert desk.inner_text("#keys h3").startswith("可用年限")
    # 9 · 299 and 18 · 450.5 for 270 deaths a year
    assert desk.inner_text("#map-subtitle") == "40 年 · 18 / 27 · 目标 30 · 达标"
    [line] = {tuple(v) for v in desk.evaluate("hbgeo.areas('left', 'county')").values()}
    assert line == ("90", "3,600", "40")


def test_a_norm_has_a_figure_of_its_own_in_every_unit(desk, example) -> None:
    desk.evaluate("hbgeo.indicator('area')")
    desk.evaluate("code => hbgeo.select(code)", example.township.index[1])
    assert "33 平方米/百户（330 / 1,000）" in desk.inner_text("#facts")
    assert desk.evaluate("hbgeo.state().classes") == {"0": 9, "1": 18}
    assert desk.inner_text("#map-subtitle") == (
        "22 平方米/百户 · 5,940 / 27,000 · 目标 30 · 差 8 平方米/百户"
    )
    assert desk.evaluate("hbgeo.figures().area.line") == words.figure_line(example.assessments[-1])


def test_neither_a_chain_nor_a_capacity_follows_a_scenario(desk) -> None:
    desk.evaluate("hbgeo.scenario('2024-06-30')")
    said = desk.evaluate("hbgeo.figures()")
    assert {said[one]["verdict"] for one in ("chain", "left", "area")} == {"未随情景重算"}
    desk.evaluate("hbgeo.scenario('2026-11-25')")


def test_on_a_phone_the_targets_are_a_sheet_and_nothing_runs_over(open_page) -> None:
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True)
    page.click('[data-sheet="timeline"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#timeline").is_visible()
    wide = page.evaluate(
        "[...document.querySelectorAll('#timeline *')].filter((e) => { const b = e.getBoundingClientRect();"
        " return b.width && (b.right > 391 || b.left < -1); }).map((e) => e.className || e.tagName)"
    )
    assert wide == []
    page.locator('[data-goal="steps"]').first.click()
    assert page.evaluate("hbgeo.state().indicator") == "steps"


def test_the_address_brings_the_timeline_back(open_page) -> None:
    page = open_page("#i=steps&g=1")
    assert page.locator("#timeline").is_visible()
    assert page.get_attribute("#goals", "aria-pressed") == "true"
