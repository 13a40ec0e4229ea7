"""No panel shows another state than the title: a walk through all there are, and steps that fail."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hbgeo.measure.assess import assess
from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.show import words
from hbgeo.show.page.draw import draw

pytestmark = pytest.mark.system

WALK = (Path(__file__).parent / "walk.js").read_text(encoding="utf-8")
LEVELS = ("township", "county", "prefecture", "province")


def unit_columns(units: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Codes of every level with what scopes and orders ask of them."""
    told: dict[str, Any] = {}
    for level, frame in units.items():
        # those whose inside is seen on a map of the whole
        bounds = frame.geometry.bounds
        sides = pd.concat(
            [bounds["maxx"] - bounds["minx"], bounds["maxy"] - bounds["miny"]], axis=1
        )
        wide = sides.min(axis=1).nlargest(40)
        told[level] = {"codes": list(frame.index), "wide": list(wide.index)}
        for column in ("county_code", "prefecture_code", "population", "population_60"):
            if column in frame:
                values = frame[column].astype(object).where(frame[column].notna(), None)
                told[level][column] = values.tolist()
    return told


def sums_by(one: Assessment, level: str, villages: pd.DataFrame) -> dict[str, Any]:
    """Covered and total of each unit of a level, or its amount; "x" where every weight is missing."""
    frame = one.coverage.units
    if level == one.indicator.units:
        owner = frame.index.to_series()
    elif level == "township":
        owner = villages["township_code"].reindex(frame.index)
    else:
        owner = frame[f"{level}_code"]
    demand, amount = frame["demand"].astype(float), frame.get("value", frame["covered"])
    ratio = one.indicator.measure == "ratio"
    top = (
        amount
        if one.counted and not ratio
        else amount.where(demand.notna())
        if ratio
        else demand * frame["covered"]
    )
    sums = pd.DataFrame({"top": top.astype(float), "all": demand, "known": demand.notna()})
    table = sums.groupby(owner.to_numpy()).sum()
    if one.counted and one.indicator.per is None:
        return {code: [top] for code, top in table["top"].items()}
    return {
        code: "x" if not known else [top, total] if total else None
        for code, top, total, known in table.itertuples(name=None)
    }


def uncovered_villages(one: Assessment, villages: pd.DataFrame) -> dict[str, list[str]]:
    left = one.coverage.uncovered.index
    owner = villages["township_code"].reindex(left)
    return {code: list(rows) for code, rows in left.groupby(owner).items()}


def tell(
    one: Assessment, opened: Assessment, views: list[str], villages, *, moved: bool, rule: bool
):
    """What the page must show of an indicator: of the scenario, or of its own date."""
    shown = one if rule or not moved else opened
    what = one.indicator
    told: dict[str, Any] = {
        "title": f"{what.name}（{what.variant_name}）" if what.variant_name else what.name,
        "status": shown.status,
        "counted": shown.counted,
        "follows": moved and rule,
        "villages": {},
    }
    if shown.coverage is None:
        told["line"] = words.LACKING.format(what="、".join(shown.missing))
        told["levels"] = {level: {} for level in views}
        return told
    line = words.figure_line(shown)
    if moved and not rule:
        line = line.removesuffix(words.standing(shown)) + words.NOT_RECOUNTED
    told["line"] = f"情景 {line}" if told["follows"] else line
    told["levels"] = {level: sums_by(shown, level, villages) for level in views}
    if what.units == "village":
        told["villages"] = uncovered_villages(shown, villages)
    if what.per is not None:
        goal = None if shown.target is None else float(shown.target.value)
        told |= {"norm": {"per": float(what.per), "target": goal}, "counted": False}
    if what.measure == "ratio":
        target = None if shown.target is None else shown.target.pct
        told["ratio"] = None if target is None else float(target)
    return told


def walk(page, *, assessed, options, units, villages, nearest, scopes) -> dict[str, Any]:
    """Walk the page against the assessments of each of the options; the first is what it opened with."""
    views = page.evaluate("hbgeo.views()")
    rules = {one: said["rule"] for one, said in page.evaluate("hbgeo.figures()").items()}
    opened = {one.indicator.id: one for one in assessed(options[0])}
    scenarios = []
    for asked in [*options[1:], options[0]]:  # at last all is as it was
        told = {}
        for one in assessed(asked):
            name = one.indicator.id
            moved = asked != options[0]
            told[name] = tell(
                one, opened[name], views[name], villages, moved=moved, rule=rules[name]
            )
        day, also = asked.as_of.isoformat(), list(asked.status or ())
        scenarios.append({"day": day, "also": also, "indicators": told})
    km = {
        name: {code: None if math.isnan(far) else round(far, 1) for code, far in table.items()}
        for name, table in (
            (n, t["nearest_km"].astype(float)) for n, t in nearest.items() if len(t)
        )
    }
    given = {"scenarios": scenarios, "scopes": scopes, "units": unit_columns(units), "km": km}
    return page.evaluate(f"(text) => ({WALK})(text)", json.dumps(given))


def test_the_example_is_whole_in_every_state(open_page, example):
    page = open_page(width=1100, height=700)
    first = Options(as_of=date(2023, 12, 31))
    options = [
        first,
        replace(first, status=("在建",)),
        replace(first, as_of=date(2016, 5, 1), status=("规划", "停用")),
        replace(first, as_of=date(2010, 1, 1)),
    ]
    indicators = [one.indicator for one in example.assessments]
    found = walk(
        page,
        assessed=lambda asked: assess(indicators, example.source, asked),
        options=options,
        units={level: example.units[level] for level in LEVELS if level in example.units},
        villages=example.village,
        nearest=example.measured.nearest,
        scopes=["", "prefecture_code=420500", "county_code=421023"],
    )
    assert found["wrong"] == []
    assert not found["trouble"]
    assert found["states"] > 500
    assert found["painted"] > 1000


def test_the_sample_is_whole_in_every_state(chromium, sample, tmp_path):
    first = sample.options()
    file = tmp_path / "page.html"
    measured = sample.measure()
    draw_page(sample, measured, first).save(str(file))
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    units = {level: sample.units(level) for level in LEVELS}
    found = walk(
        page,
        assessed=lambda asked: sample.assess(options=asked),
        options=[first, replace(first, as_of=date(2022, 3, 1), status=("在建", "规划"))],
        units=units,
        villages=sample.units("village"),
        nearest=measured.nearest,
        scopes=["", "prefecture_code=420500", "county_code=420528"],
    )
    page.close()
    assert found["wrong"] == []
    assert not found["trouble"]


FAILING = {
    "map": "CanvasRenderingContext2D.prototype.fill",
    "outline": "CanvasRenderingContext2D.prototype.stroke",
    "legend": "CanvasRenderingContext2D.prototype.fillRect",
    "panels": "Document.prototype.createElement",
    "order": "Array.prototype.sort",
    "marks": "DOMTokenList.prototype.toggle",
}
FAIL = """
([where, times]) => {
  const path = where.split('.');
  const name = path.pop();
  const owner = path.reduce((from, one) => from[one], window);
  const right = owner[name];
  let left = times;
  owner[name] = function (...given) {
    if (left > 0) { left -= 1; throw new Error('made to fail'); }
    return right.apply(this, given);
  };
  window.mend = () => { owner[name] = right; };
}
"""
PANELS = """
() => {
  const canvas = document.querySelector('#map_hbgeo .leaflet-hbgeo-units-pane canvas');
  const shown = ['map-title', 'map-subtitle', 'map-scope', 'keys', 'rows', 'tab-uncovered', 'tab-all',
    'hidden-note', 'columns', 'facts', 'scenario-note'].map((id) => document.getElementById(id).textContent);
  const boxes = ['sort', 'scope', 'day', 'filter', 'day-slider'].map((id) => document.getElementById(id).value);
  const ticks = [...document.querySelectorAll('[data-state], [data-layer]')].map((box) => box.checked);
  const pressed = [...document.querySelectorAll('[aria-pressed="true"]')].map((one) => one.textContent);
  return [canvas.toDataURL(), shown, boxes, ticks, pressed, hbgeo.csv(), hbgeo.state()];
}
"""
WISHES = {
    "indicator": "hbgeo.indicator('beds')",
    "scenario": "hbgeo.scenario('2016-05-01', ['规划'])",
    "level": "document.querySelector('[data-level=county]').click()",
    "scope": "(() => { const s = document.querySelector('#scope'); s.value = 'county_code=421023';"
    " s.dispatchEvent(new Event('change')); })()",
}


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("step", FAILING)
def test_a_step_that_fails_leaves_everything_as_it_was_and_says_so(open_page, wish, step):
    page = open_page(width=1200, height=800)
    page.select_option("#sort", "distance")
    before = page.evaluate(PANELS)
    page.evaluate(FAIL, [FAILING[step], 1])
    page.evaluate(WISHES[wish])
    page.evaluate("mend()")
    assert page.inner_text("#trouble") == "这一步没有做成，页面仍是原来的内容。"
    assert page.evaluate(PANELS) == before
    page.evaluate(WISHES[wish])
    assert page.is_hidden("#trouble")
    assert page.evaluate(PANELS) != before


@pytest.mark.parametrize("step", ["map", "panels", "marks"])
def test_a_page_that_cannot_be_drawn_any_more_shows_one_line(open_page, step):
    page = open_page()
    page.evaluate(FAIL, [FAILING[step], 1e9])
    page.evaluate("hbgeo.indicator('county')")
    page.evaluate("mend()")
    text = page.inner_text("body").strip()
    assert text.startswith("本页不完整或出了错，不再显示")
    assert "\n" not in text


def test_an_order_that_another_indicator_has_not_falls_back_and_comes_again(open_page):
    page = open_page()
    page.select_option("#sort", "distance")
    page.click('[data-indicator="beds"]')
    assert page.input_value("#sort") == "code"
    assert page.inner_text("#map-title") == "beds 覆盖率"
    assert page.evaluate("hbgeo.state().rows.every((code) => code.length === 6)")
    page.click('[data-indicator="town"]')
    assert page.input_value("#sort") == page.evaluate("hbgeo.state().sort") == "distance"


def test_the_order_by_distance_gives_way_to_a_scenario_and_comes_again(open_page, example):
    page = open_page()
    page.select_option("#sort", "distance")
    page.check('[data-state="在建"]')
    page.wait_for_function("() => hbgeo.state().also.length === 1")
    [one] = assess(
        [example.by_id["town"].indicator],
        example.source,
        Options(as_of=date(2023, 12, 31), status=("在建",)),
    )
    assert page.input_value("#sort") == "code"
    assert page.evaluate("hbgeo.state().rows") == list(one.coverage.uncovered.index)
    assert one.shown in page.inner_text("#map-subtitle")
    page.click("#as-is")
    page.wait_for_function("() => hbgeo.state().also.length === 0")
    assert page.input_value("#sort") == "distance"


@pytest.mark.parametrize(
    "address",
    [
        "#i=beds&s=distance",
        "#i=town&s=value&lv=prefecture&c=7,-9,x",
        "#i=town&in=county_code=999999",
        "#i=county&lv=township&u=township.420101101",
        "#i=lacking&d=2016-05-01&x=规划&s=population&t=all",
        "#i=village&s=distance&d=9999-99-99&in=prefecture_code=",
    ],
)
def test_an_address_that_contradicts_itself_shows_what_there_is(open_page, example, address):
    page = open_page(address)
    state = page.evaluate("hbgeo.state()")
    name = example.by_id[state["indicator"]].indicator.name
    assert page.inner_text("#map-title") == name
    assert page.input_value("#sort") == state["sort"]
    assert page.input_value("#scope") == state["scope"] == ""
    assert page.evaluate("hbgeo.csv()").startswith(f"\ufeff{name}")
    assert len(state["rows"]) or page.inner_text("#rows")
    assert state["only"] == []
    assert page.is_hidden("#trouble")


def test_facts_overtaken_by_the_next_are_told_once(open_page):
    page = open_page()
    page.evaluate(
        "() => { hbgeo.select('421023104'); hbgeo.indicator('village'); hbgeo.indicator('town');"
        " return hbgeo.scenario('2023-12-30').then(() => hbgeo.scenario('2023-12-31')); }"
    )
    page.wait_for_selector("#facts .served")
    assert page.locator("#facts .served").count() == 1
    assert page.evaluate("hbgeo.state().serving") == 1


def test_the_figure_of_the_scope_stands_under_that_of_the_whole(open_page, example):
    page = open_page()
    page.select_option("#scope", "county_code=420528")
    units = example.by_id["town"].coverage.units
    mine = units[units["county_code"] == "420528"]
    covered, total = int(mine["covered"].sum()), len(mine)
    line = page.inner_text("#map-scope")
    hundredths = (20000 * covered + total) // (2 * total)
    shown = f"{hundredths // 100}.{hundredths % 100:02}%"
    assert line == f"长阳土家族自治县：{shown} · {covered} / {total}"
    page.click('[data-level="prefecture"]')
    assert page.inner_text("#map-scope") == line
    assert "范围：长阳土家族自治县" in page.evaluate("hbgeo.csv()").splitlines()[0]
    page.select_option("#scope", "")
    assert page.inner_text("#map-scope") == ""


@pytest.mark.parametrize("width", [360, 390, 420])
def test_the_verdict_never_stands_on_a_line_alone(open_page, width):
    page = open_page(width=width, height=780)
    found = page.evaluate(
        """() => Object.keys(hbgeo.figures()).filter((id) => {
          hbgeo.indicator(id);
          const end = document.querySelector('#map-subtitle .end');
          return end && end.getClientRects().length !== 1 || end && end.offsetWidth > end.closest('p').clientWidth;
        })"""
    )
    assert found == []
    page.evaluate("hbgeo.indicator('town')")
    # a point that would begin a line is cut off at the left
    lefts = page.evaluate(
        "[...document.querySelectorAll('#map-subtitle .part')].map((part) => part.getBoundingClientRect().left"
        " - part.closest('p').getBoundingClientRect().left)"
    )
    assert all(left >= -1 for left in lefts)


def test_a_row_of_a_county_alone_counts_in_the_county_and_in_no_township(
    chromium, lone_example, tmp_path
):
    example = lone_example
    file = tmp_path / "page.html"
    draw(example.measured, **example.given).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    one = example.by_id["lone"]
    assert one.coverage.basis.county_only == 1
    for level in ("county", "prefecture"):
        areas = page.evaluate("level => hbgeo.areas('lone', level)", level)
        parts = {code: part.value for (code, _), part in one.coverage.by(level).items()}
        assert {code: float(cells[0]) for code, cells in areas.items()} == {
            code: float(value) for code, value in parts.items()
        }
    page.evaluate("hbgeo.scenario('2016-05-01')")
    assert not page.evaluate("hbgeo.figures().lone.rule")
    page.evaluate("hbgeo.scenario('2023-12-31')")
    page.evaluate("hbgeo.indicator('lone')")
    page.select_option("#scope", "county_code=421023")
    (lone,) = [part for (code, _), part in one.coverage.by("county").items() if code == "421023"]
    assert page.inner_text("#map-scope") == f"监山县：数量 {float(lone.value):g}"
    page.close()
