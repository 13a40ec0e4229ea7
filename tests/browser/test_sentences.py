"""What the page says of every indicator and area, as it opens and in a scenario, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.show import terminal, words
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

AS_OF = date(2023, 12, 31)
SCENARIOS = (
    Options(as_of=AS_OF),
    Options(as_of=date(2025, 6, 30), status=("在建", "规划")),
    Options(as_of=date(2022, 3, 1)),
)


@pytest.fixture(scope="module")
def page(chromium: Any, sample: Workspace, tmp_path_factory: Any) -> Iterator[Any]:
    """The sample's page, with every indicator and variant."""
    file = tmp_path_factory.mktemp("words") / "page.html"
    draw_page(sample, sample.measure(), SCENARIOS[0]).save(str(file))
    opened = chromium.new_page()
    opened.goto(file.as_uri())
    opened.evaluate("hbgeo.ready")
    yield opened
    opened.close()


def set_scenario(page: Any, options: Options) -> dict[str, dict[str, Any]]:
    given = [options.as_of.isoformat(), list(options.status)]
    page.evaluate("([day, also]) => hbgeo.scenario(day, also)", given)
    figures: dict[str, dict[str, Any]] = page.evaluate("hbgeo.figures()")
    return figures


def line_of(a: Assessment) -> str:
    """What stands under the map's title; of what cannot be computed, what is missing."""
    if a.coverage is None:
        return words.LACKING.format(what="、".join(a.missing))
    return words.figure_line(a)


@pytest.mark.parametrize("options", SCENARIOS, ids=["opened", "scenario", "earlier"])
def test_every_indicator_is_said_as_on_paper(
    page: Any, sample: Workspace, options: Options
) -> None:
    figures = set_scenario(page, options)
    moved, followed = options != SCENARIOS[0], 0
    opened = {a.indicator.id: a for a in sample.assess()}
    for a in sample.assess(options=options):
        one = a.indicator.id
        said = figures[one]
        followed += said["follows"]
        page.evaluate("id => hbgeo.indicator(id)", one)
        shown = page.inner_text("#map-subtitle")
        button = page.inner_text(f'[data-indicator="{one}"]')
        assert shown == said["line"], one
        if said["follows"]:
            assert said["verdict"] == words.verdict(a), one
            assert shown == (line_of(a) if a.coverage is None else f"情景 {line_of(a)}"), one
            assert words.verdict(a) in button, one
        elif moved and opened[one].coverage is not None:  # only Python can count it anew
            assert said["verdict"] == words.NOT_RECOUNTED, one
        else:
            assert said["verdict"] == words.standing(opened[one]), one
            assert shown == line_of(opened[one]), one
    assert (followed > 20) == moved


@pytest.mark.parametrize("options", SCENARIOS[:2], ids=["opened", "scenario"])
@pytest.mark.parametrize("level", ["prefecture", "county"])
def test_every_area_is_said_as_on_paper(
    page: Any, sample: Workspace, options: Options, level: str
) -> None:
    figures, compared = set_scenario(page, options), 0
    for a in sample.assess(options=options):
        one = a.indicator.id
        areas = page.evaluate("([id, level]) => hbgeo.areas(id, level)", [one, level])
        if (
            areas is None
            or a.coverage is None
            or not (figures[one]["follows"] or options == SCENARIOS[0])
        ):
            continue
        [table] = [t for t in terminal.by_parent([a], level) if hasattr(t, "columns")]
        cells = dict(
            zip(
                table.columns[0].cells,
                zip(*(c.cells for c in table.columns[2:]), strict=True),
                strict=True,
            )
        )
        parts = {code: part for (code, _), part in a.coverage.by(level).items()}
        for code, shown in areas.items():
            if shown is None:
                continue
            compared += 1
            if a.counted:
                assert tuple(shown) == cells[code][-len(shown) :], (one, code)
                continue
            total, covered, _ = cells[code]
            pct = parts[code].share.pct
            assert pct is not None
            assert shown == [covered, total, f"{words.part_rate(a, pct)}%"], (one, code)
    assert compared > 300


def test_a_weighed_page_counts_people(chromium: Any, sample: Workspace, tmp_path: Any) -> None:
    options = replace(SCENARIOS[0], weight="population")
    file = tmp_path / "page.html"
    names = ["elder-street", "cemetery-township", "home-adaptation", "assistance-ratio"]
    found = sample.measure(names, options=options)
    draw_page(sample, found, options).save(str(file))
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.evaluate("hbgeo.ready")
    asked = replace(options, as_of=date(2024, 6, 30), status=("在建",))
    for one in (options, asked):
        figures = set_scenario(page, one)
        for a in sample.assess(names, options=one):
            said = figures[a.indicator.id]
            if said["follows"] or one == options:
                assert said["verdict"] == words.standing(a), a.indicator.id
                assert said["line"].removeprefix("情景 ") == words.figure_line(a)
    assert re.fullmatch(r"差 [\d,]+ 人", figures["elder-street"]["verdict"])
    page.close()


def test_no_id_of_a_policy_is_to_be_read_on_the_page(page: Any, sample: Workspace) -> None:
    set_scenario(page, SCENARIOS[0])
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    printed = page.evaluate("document.querySelector('#print-sheet').textContent")
    ids = "|".join({a.indicator.base for a in sample.assess()})
    for text in (page.inner_text("body"), printed):
        assert not re.search(rf"(?<![\w-])({ids})(?![\w-])", text)
