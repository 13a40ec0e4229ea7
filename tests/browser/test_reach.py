"""Service radii, villages beyond them, and a plan on the page of the sample: figures, address, paper, keys."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python import __file__ as axe_home
from pyproj import Geod

from hbgeo.measure.assessment import Measured
from hbgeo.measure.beyond import RADII, Beyond
from hbgeo.plan.asking import Asked
from hbgeo.plan.papers import write_plan
from hbgeo.plan.planning import make_plan
from hbgeo.products import draw_page
from hbgeo.showing import Reached, find_reached
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

AXE = Path(axe_home).with_name("axe.min.js").read_text(encoding="utf-8")
STATE = "() => hbgeo.state()"
TOWNS = "#i=cemetery-township"


@pytest.fixture(scope="module")
def workspace(sample: Workspace, tmp_path_factory: Any) -> Workspace:
    """The sample, with two plans kept: for units, and for who lives near."""
    root = tmp_path_factory.mktemp("reach") / "ws"
    shutil.copytree(sample.root, root, ignore=shutil.ignore_patterns("maps"))
    made = Workspace.open(root)
    towns = make_plan(made, "cemetery-township", made.options(), Asked(to_target=True))
    write_plan(made, towns, root / "甲.xlsx", None)
    near = make_plan(made, "elder-township", made.options(), Asked(sites=6, within_m=Decimal(5000)))
    write_plan(made, near, root / "乙.xlsx", None)
    return made


@pytest.fixture(scope="module")
def measured(workspace: Workspace) -> Measured:
    return workspace.measure(with_nearest=True)


@pytest.fixture(scope="module")
def reached(workspace: Workspace, measured: Measured) -> Reached:
    return find_reached(workspace, measured, workspace.options())


@pytest.fixture(scope="module")
def towns(reached: Reached) -> Beyond:
    return next(b for b in reached.beyond if b.assessment.indicator.id == "cemetery-township")


@pytest.fixture(scope="module")
def file(workspace: Workspace, measured: Measured, reached: Reached, tmp_path_factory: Any) -> Path:
    made: Path = tmp_path_factory.mktemp("page") / "页.html"
    draw_page(workspace, measured, workspace.options(), reached=reached).save(str(made))
    return made


@pytest.fixture
def opened(chromium: Any, file: Path) -> Iterator[Callable[..., Any]]:
    """Opens the page; at the end nothing was fetched and nothing failed."""
    troubles: list[str] = []
    contexts = []

    def open_it(address: str = TOWNS, *, width: int = 1440, height: int = 860) -> Any:
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, offline=True, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))
        page.on("request", lambda one: one.url.startswith("http") and troubles.append(one.url))
        page.goto(file.as_uri() + address)
        page.evaluate("hbgeo.ready")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert troubles == []


def figures(page: Any) -> list[str]:
    return page.evaluate(
        "[...document.querySelectorAll('.reach .radii b')].map(b => b.textContent)"
    )


def test_the_line_says_the_shares_of_python(opened: Callable[..., Any], towns: Beyond) -> None:
    page = opened()
    shown = [f"{float(towns.share(radius).pct or 0):.2f}%" for radius in RADII]
    assert figures(page) == shown
    assert "直线距离，非步行时间" in page.inner_text(".reach")
    left = f"5 公里以外 {len(towns.left(Decimal(5000))):,} 个，另有 {towns.unplaced} 个没有坐标"
    assert left in page.inner_text(".reach .left")


def test_the_line_follows_the_scope(opened: Callable[..., Any], towns: Beyond) -> None:
    page = opened()
    page.select_option("#scope", "county_code=420324")
    county = towns.counties["420324"]
    assert figures(page) == [f"{float(county.share(radius).pct or 0):.2f}%" for radius in RADII]
    page.select_option("#scope", "prefecture_code=420300")
    parts = [c for code, c in towns.counties.items() if code.startswith("4203")]
    said = page.evaluate("hbgeo.reach()")
    assert said["total"] == sum(len(c.places) for c in parts)
    assert said["inside"][2] == sum(int(c.share(Decimal(5000)).covered) for c in parts)


def picture(page: Any) -> Any:
    return page.evaluate(
        "document.querySelector('.leaflet-hbgeo-facilities-pane canvas').toDataURL()"
    )


def test_the_switch_draws_and_stands_in_the_address(opened: Callable[..., Any]) -> None:
    page = opened()
    assert not page.is_checked("#rings")
    assert page.is_hidden("#ring-key")
    before = picture(page)
    page.check("#rings")
    page.wait_for_function("() => hbgeo.state().rings")
    assert page.inner_text("#ring-key") == "5 公里以内（直线距离，非步行时间）"
    five = picture(page)
    assert five != before
    page.select_option("#radius", "10000")
    assert picture(page) not in {before, five}
    page.wait_for_function(
        "() => location.hash.includes('ri=1') && location.hash.includes('ra=10000')"
    )
    again = opened(page.evaluate("location.hash"))
    state = again.evaluate(STATE)
    assert (state["rings"], state["radius"]) == (True, 10000)
    assert again.inner_text("#ring-key").startswith("10 公里以内")
    again.uncheck("#rings")
    again.wait_for_function("() => !location.hash.includes('ri=')")


@pytest.mark.parametrize("radius", [1000, 5000, 20000])
def test_discs_are_geodesic_to_a_pixel(opened: Callable[..., Any], radius: int) -> None:
    """At the nearest zoom a pixel is two metres of these latitudes."""
    page = opened()
    for lng, lat in ((108.5, 29.1), (112.3, 31.0), (116.0, 33.2)):
        around = np.array(page.evaluate(f"hbgeo.disc({lng}, {lat}, {radius})"))
        n = len(around)
        far = Geod(ellps="GRS80").inv(np.full(n, lng), np.full(n, lat), around[:, 0], around[:, 1])[
            2
        ]
        assert np.abs(far - radius).max() < 2


def test_the_list_is_the_farthest_first(opened: Callable[..., Any], towns: Beyond) -> None:
    page = opened()
    page.click("#to-beyond")
    page.wait_for_selector("#beyond-rows .row")
    left = towns.left(Decimal(5000))
    assert (
        page.inner_text("#tab-beyond").replace("\n", " ").replace("\u00a0", " ")
        == f"5 公里以外 {len(left):,}"
    )
    rows = page.evaluate(STATE)["beyond"]
    assert {row["code"] for row in rows} == {*map(str, left.index[: len(rows)])}
    assert [row["km"] for row in rows] == [round(m / 100) / 10 for m in left["metres"][: len(rows)]]
    by_code = {row["code"]: row for row in rows}
    for code in left.index[:50]:
        assert by_code[code]["near"] == left.loc[code, "nearest_name"]
    assert "--beyond 5000" in page.inner_text("#hidden-note")
    page.select_option("#scope", "county_code=420324")
    county = towns.counties["420324"].left(Decimal(5000))
    mine = page.evaluate(STATE)["beyond"]
    assert {row["code"] for row in mine} <= {*map(str, county.index)}
    page.click("#beyond-head [data-radius='20000']")
    assert page.evaluate(STATE)["radius"] == 20000
    far = towns.counties["420324"].left(Decimal(20000))
    shown = page.evaluate(STATE)["beyond"]
    assert {row["code"] for row in shown} <= {*map(str, far.index)}
    assert min(row["km"] for row in shown) > 20
    assert f"列出 {len(shown):,} / {len(far):,} 个，最远的在前" in page.inner_text("#hidden-note")
    assert page.evaluate("document.activeElement.dataset.radius") == "20000"


def test_the_list_is_told_by_keys_files_and_paper(opened: Callable[..., Any]) -> None:
    page = opened(f"{TOWNS}&t=beyond&in=county_code%3D420324")
    page.wait_for_selector("#beyond-rows .row")
    page.focus("#beyond-rows")
    page.keyboard.press("End")
    count = len(page.evaluate(STATE)["beyond"])
    assert page.get_attribute("#beyond-rows", "aria-activedescendant") == f"far-{count - 1}"
    page.keyboard.press("Enter")
    page.wait_for_function("() => hbgeo.state().chosen !== null")
    assert page.evaluate(STATE)["tab"] == "beyond"
    lines = list(csv.reader(io.StringIO(page.evaluate("hbgeo.csv()").lstrip("\ufeff"))))
    assert "直线距离，非步行时间" in lines[0]
    assert lines[1][3] == "直线距离（公里）"
    assert len(lines) == count + 2
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = page.evaluate("document.querySelector('.sheet-beyond').textContent")
    assert "直线距离，非步行时间" in printed
    assert page.evaluate("document.querySelectorAll('.sheet-beyond tbody tr').length") == count


def test_a_plan_is_shown_with_its_proof(opened: Callable[..., Any], reached: Reached) -> None:
    [plan, _] = sorted(reached.plans, key=lambda one: str(one["indicator"]))
    page = opened(f"{TOWNS}&t=plan")
    panel = page.inner_text("#plan-panel")
    assert plan["shown"]["line"] in panel
    assert f"结论：{plan['shown']['proof']}。" in panel
    names = page.evaluate(
        "[...document.querySelectorAll('.sites .name')].map(b => b.firstChild.textContent)"
    )
    assert names == [site["name"] for site in plan["sites"]]
    marks = page.evaluate("[...document.querySelectorAll('.sites .tag')].map(b => b.textContent)")
    assert marks == [site["mark"] for site in plan["sites"]]
    first = plan["sites"][0]
    page.click(f'[data-site="{first["id"]}"]')
    other = plan["shown"]["candidates"][first["replacement"]][0]
    assert f"替换点：{other}" in page.inner_text(".site-facts")
    assert page.evaluate("document.activeElement.dataset.site") == first["id"]
    page.wait_for_function(f"() => location.hash.includes('st={first['id']}')")


def test_built_the_figures_are_those_of_the_plan(
    opened: Callable[..., Any], reached: Reached
) -> None:
    plan = next(one for one in reached.plans if one["indicator"] == "cemetery-township")
    page = opened(f"{TOWNS}&t=plan")
    others = page.evaluate("hbgeo.figures()")
    page.check("#built")
    page.wait_for_function("() => hbgeo.state().built")
    after = page.evaluate("hbgeo.figures()")
    mine = after.pop("cemetery-township")
    assert (mine["covered"], mine["total"]) == (plan["covered"], plan["total"])
    assert f"{mine['shown']}%" == plan["shown"]["sites"][plan["sites"][-1]["id"]]["pct"]
    assert mine["met"]
    others.pop("cemetery-township")
    assert after == others
    assert page.evaluate(STATE)["classes"]["0"] == plan["covered"]
    assert "按规划方案建成 12 处" in page.inner_text("#scenario-note")
    page.wait_for_function("() => location.hash.includes('pb=1')")
    again = opened(page.evaluate("location.hash"))
    assert again.evaluate("hbgeo.figures()")["cemetery-township"]["covered"] == plan["covered"]
    again.click("#as-is")
    again.wait_for_function("() => !hbgeo.state().built")
    assert again.evaluate("hbgeo.figures()")["cemetery-township"]["covered"] == plan["before"]


def test_a_plan_of_who_lives_near_changes_no_figure(opened: Callable[..., Any]) -> None:
    page = opened("#i=elder-township&t=plan&pb=1")
    assert page.query_selector("#built") is None
    assert "按离设施的远近算" in page.inner_text("#plan-panel")
    assert not page.evaluate("hbgeo.figures()")["elder-township"]["follows"]


def test_an_indicator_without_points_has_none_of_it(opened: Callable[..., Any]) -> None:
    page = opened("#i=cemetery-township&t=plan&ri=1")
    page.click('[data-indicator="elder-beds"]')
    assert page.evaluate(STATE)["tab"] == "uncovered"
    for hidden in ("#tab-plan", "#tab-beyond", "#ring-tools", "#ring-key"):
        assert page.is_hidden(hidden), hidden


def test_a_page_carries_little_more(file: Path, workspace: Workspace, measured: Measured) -> None:
    bare = len(draw_page(workspace, measured, workspace.options()).get_root().render().encode())
    assert file.stat().st_size < 1.07 * bare  # two plans and their script among it


@pytest.mark.parametrize("size", [(1440, 860), (1024, 768), (390, 780)])
@pytest.mark.parametrize("tab", ["beyond", "plan"])
def test_axe_finds_nothing_serious(
    opened: Callable[..., Any], size: tuple[int, int], tab: str
) -> None:
    page = opened(f"{TOWNS}&t={tab}&ri=1", width=size[0], height=size[1])
    page.wait_for_selector("#beyond-rows .row" if tab == "beyond" else ".sites li")
    page.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    grave = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
