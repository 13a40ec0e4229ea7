"""The verdicts in a line: counts as the notice has them, the list narrowed by each, the foremost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.show import words
from hbgeo.show.paper.brief import opening
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

DAYS = (date(2023, 12, 31), date(2024, 1, 1), date(2026, 6, 30))
PARTS = "[...document.querySelectorAll('#tally [data-part]')].map(b => [b.dataset.part, +b.querySelector('b').textContent])"
LISTED = "[...document.querySelectorAll('[data-indicator]')].filter(b => b.offsetParent).map(b => b.dataset.indicator)"


@pytest.fixture(scope="module")
def page(chromium: Any, sample: Workspace, tmp_path_factory: Any) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("tally") / "page.html"
    draw_page(sample, sample.measure(), Options(as_of=DAYS[0])).save(str(file))
    opened = chromium.new_page(viewport={"width": 1440, "height": 860})
    opened.goto(file.as_uri())
    opened.evaluate("hbgeo.ready")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def as_opened(page: Any) -> None:
    page.evaluate("() => hbgeo.scenario('2023-12-31', [])")
    if page.is_visible("#part-note"):
        page.click("#part-note button")


def mains(sample: Workspace, day: date) -> list[Assessment]:
    return [a for a in sample.assess(options=Options(as_of=day)) if a.indicator.variant is None]


def parts_of(page: Any) -> dict[str, int]:
    return dict(page.evaluate(PARTS))


def numbers(sentence: str) -> list[int]:
    return [int(n) for n in re.findall(r"(\d+)项", sentence)]


def wanting(a: Assessment) -> Fraction:
    asked = a.target.pct if a.target.pct is not None else a.target.value
    return 1 - Fraction(a.figure) / Fraction(asked)


def test_counts_are_those_of_the_notice(page: Any, sample: Workspace) -> None:
    every, met, missed, plain, lost = numbers(opening(mains(sample, DAYS[0]), "今日"))
    parts = parts_of(page)
    assert (parts["met"], parts["behind"], parts["plain"], parts["lost"]) == (
        met,
        missed,
        plain,
        lost,
    )
    assert parts["held"] == met + missed
    assert met + missed + plain + lost == every
    behind = [a.target.deadline for a in mains(sample, DAYS[0]) if a.met is False and a.target]
    due = {"late": 0, "ahead": 0, "open": 0}
    for one in behind:
        due["open" if one is None else "late" if one <= DAYS[0] else "ahead"] += 1
    assert {one: parts[one] for one in due} == due
    assert (due["late"], missed) == (9, 27)


def test_a_day_later_the_deadlines_have_passed(page: Any, sample: Workspace) -> None:
    """Counted from the documents: of those behind on the day, the ones due on or before it."""
    behind = [a for a in mains(sample, DAYS[0]) if a.met is False]
    page.evaluate("hbgeo.scenario('2024-01-01', [])")
    parts = parts_of(page)
    binding = {a.indicator.id: [t for t in a.indicator.targets if t.binds(a.scope)] for a in behind}
    over = [
        i
        for i, targets in binding.items()
        if all(t.deadline and t.deadline <= DAYS[1] for t in targets)
    ]
    recounted = [i for i in over if page.evaluate(f"hbgeo.figures()['{i}'].rule")]
    assert parts["late"] == len(recounted) > 0
    assert parts["behind"] == parts["late"] + parts["ahead"] + parts["open"]
    assert parts["left"] > 0  # what only Python can count anew is said to stand aside


@pytest.mark.parametrize("part", ["met", "behind", "lost", "plain", "held"])
def test_a_part_narrows_the_list_and_gives_it_back(page: Any, sample: Workspace, part: str) -> None:
    every = mains(sample, DAYS[0])
    belongs = {
        "met": lambda a: a.met is True,
        "behind": lambda a: a.met is False,
        "held": lambda a: a.met is not None,
        "lost": lambda a: a.coverage is None,
        "plain": lambda a: a.coverage is not None and a.met is None,
    }[part]
    bases = {a.indicator.base for a in every if belongs(a)}
    before = page.evaluate(LISTED)
    page.click(f"#tally [data-part={part}]")
    listed = page.evaluate(LISTED)
    assert {one.split("@")[0] for one in listed} == bases
    assert page.text_content("#part-note").startswith(f"显示 {len(bases)} / {len(every)} 项")
    page.wait_for_function(f"() => location.hash.includes('p={part}')")
    page.click(f"#tally [data-part={part}]")
    assert page.evaluate(LISTED) == before
    assert page.is_hidden("#part-note")


def test_the_closest_is_the_one_that_lacks_the_smallest_share(page: Any, sample: Workspace) -> None:
    behind = [a for a in mains(sample, DAYS[0]) if a.met is False]
    closest = min(behind, key=wanting)
    said = page.text_content("#tally .closest")
    assert said == f"最近达标{closest.indicator.name}{words.standing(closest).partition('（')[0]}"
    page.click("#tally .closest")
    assert page.evaluate("hbgeo.state().indicator") == closest.indicator.id
    page.evaluate("hbgeo.indicator('cemetery-township')")


def test_the_list_opens_at_a_whole_line(page: Any) -> None:
    page.reload()
    page.evaluate("hbgeo.ready")
    head = page.evaluate(
        """() => {
        const box = document.getElementById('indicators').getBoundingClientRect();
        const lines = [...document.querySelectorAll('.indicator')].map((b) => b.getBoundingClientRect());
        const title = [...document.querySelectorAll('#indicators h2')].map((b) => b.getBoundingClientRect());
        const cut = lines.filter((b) => b.top < box.top + title[0].height - 1 && b.bottom > box.top + title[0].height + 1);
        const chosen = document.querySelector('.indicator[aria-pressed=true]').getBoundingClientRect();
        return [cut.length, chosen.top >= box.top && chosen.bottom <= box.bottom + 1];
      }"""
    )
    assert head == [0, True]


def test_without_a_target_there_is_no_foremost(
    chromium: Any, sample: Workspace, tmp_path: Any
) -> None:
    measured = sample.measure()
    bare = [replace(a, indicator=replace(a.indicator, targets=())) for a in measured.assessments]
    bare_page = draw_page(sample, replace(measured, assessments=bare), Options(as_of=DAYS[0]))
    bare_page.save(str(tmp_path / "p.html"))
    opened = chromium.new_page()
    opened.goto((tmp_path / "p.html").as_uri())
    opened.evaluate("hbgeo.ready")
    assert parts_of(opened)["held"] == 0
    assert opened.query_selector("#tally .closest") is None
    opened.close()
