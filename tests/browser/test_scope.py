"""With a county chosen all that goes out is its own: titles, figures, names of files; and it against the whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from hbgeo.measure.options import Options
from hbgeo.products import draw_page
from hbgeo.workspace import Workspace

pytestmark = pytest.mark.system

COUNTY, NAME = "420528", "长阳土家族自治县"


@pytest.fixture(scope="module")
def page(chromium: Any, sample: Workspace, tmp_path_factory: Any) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("scope") / "page.html"
    draw_page(sample, sample.measure(with_nearest=True), sample.options()).save(str(file))
    opened = chromium.new_page(viewport={"width": 1440, "height": 860}, accept_downloads=True)
    opened.goto(file.as_uri())
    opened.evaluate("hbgeo.ready")
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def in_the_county(page: Any) -> None:
    page.evaluate("() => hbgeo.indicator('cemetery-township')")
    page.evaluate(
        "() => { document.body.classList.contains('against-shown') && document.getElementById('to-map').click(); }"
    )
    page.select_option("#scope", f"county_code={COUNTY}")


def name_of_file(page: Any, button: str) -> str:
    with page.expect_download() as caught:
        page.click(button)
    return str(caught.value.suggested_filename)


def percent(covered: int, total: int) -> str:
    share = Decimal(100 * covered) / Decimal(total)
    return f"{share.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def test_title_figure_and_legend_are_the_countys_with_the_whole_beside(page: Any) -> None:
    """Counted by hand in the sample's list: 10 of the 11 townships have one of their own."""
    assert page.text_content("#map-title") == f"{NAME} · 乡镇公益性公墓覆盖率"
    assert page.text_content("#map-scope").endswith("：90.91% · 10 / 11")
    assert page.text_content("#map-subtitle").startswith("全省 33.73% · 311 / 922")
    assert page.text_content("#keys h3 .of") == NAME
    assert NAME in page.title()
    page.select_option("#scope", "")
    assert page.text_content("#map-title") == "乡镇公益性公墓覆盖率"
    assert page.text_content("#map-subtitle").startswith("33.73%")
    assert page.query_selector("#keys h3 .of") is None


def test_what_is_saved_is_named_after_the_county(page: Any) -> None:
    assert name_of_file(page, "#export-csv") == f"{NAME}-乡镇公益性公墓覆盖率-未覆盖.csv"
    assert name_of_file(page, "#export-png") == f"{NAME}-乡镇公益性公墓覆盖率.png"
    heading = page.evaluate("hbgeo.csv()").splitlines()[0]
    assert f"{NAME}：90.91% · 10 / 11,全省 33.73% · 311 / 922" in heading


def rows_against(page: Any) -> dict[str, list[str]]:
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('#against tbody tr:not(.system)')]
        .map((row) => { const [name, ...cells] = [...row.children].map((c) => c.textContent); return [name, cells]; }))"""
    )


def test_the_county_stands_against_the_whole_in_every_indicator(
    page: Any, sample: Workspace
) -> None:
    page.click("#mine")
    said = rows_against(page)
    measured = [
        a
        for a in sample.assess(options=Options(as_of=sample.catalog.as_of))
        if a.indicator.variant is None and a.coverage is not None
    ]
    assert list(said) == [a.indicator.name for a in measured]
    compared = 0
    for a in measured:
        own, counts, whole, apart, _ = said[a.indicator.name]
        parts = {code: part for (code, _), part in a.coverage.by("county").items()}
        part = parts.get(COUNTY)
        if a.counted or a.indicator.per is not None or part is None or not part.share.total:
            continue
        share = part.share
        if share.total.denominator > 1 or share.covered.denominator > 1:
            continue
        covered, total = int(share.covered), int(share.total)
        assert own == percent(covered, total), a.indicator.id
        assert counts == f"{covered:,} / {total:,}"
        assert whole == f"{a.shown}%"
        ahead = covered * int(a.share.total) - int(a.share.covered) * total
        assert apart[:1] == ("高" if ahead > 0 else "低" if ahead < 0 else "持"), a.indicator.id
        compared += 1
    assert compared >= 10
    page.click("#to-map")
    assert page.is_hidden("#against")


def test_the_comparison_is_in_the_address_and_goes_by_escape(page: Any) -> None:
    page.click("#mine")
    page.wait_for_function("() => location.hash.includes('m=1')")
    page.keyboard.press("Escape")
    assert page.is_hidden("#against")
    assert page.evaluate("document.activeElement.id") == "mine"
    page.select_option("#scope", "")
    assert page.is_hidden("#mine")


def test_the_comparison_prints_on_a_sheet_of_its_own(page: Any) -> None:
    page.click("#mine")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    rows = page.evaluate("document.querySelectorAll('#print-sheet .sheet-against tbody tr').length")
    assert rows == len(rows_against(page)) > 20
    assert page.text_content("#print-sheet .sheet-against h3").startswith(f"{NAME}与全省对照")


def test_the_facts_and_the_list_say_why_and_what_next(page: Any) -> None:
    page.evaluate("() => hbgeo.select('420528101')")
    page.wait_for_selector("#facts .served")
    facts = page.text_content("#facts")
    assert "原因：没有合格设施" in facts
    assert "建议：商请邻近设施列入服务范围" in facts
    assert "自驻地村量起" in facts
    listed = csv.reader(io.StringIO(page.evaluate("hbgeo.csv()")))
    [row] = [cells for cells in listed if cells[0] == "420528101"]
    assert row[-2] == "没有合格设施"
    assert row[-1].startswith("商请邻近设施列入服务范围")
    assert page.get_attribute("[data-code='420528101']", "title").startswith("没有合格设施；建议")


def test_a_moved_date_takes_the_reasons_away(page: Any) -> None:
    page.evaluate("() => hbgeo.scenario('2022-06-30', [])")
    page.evaluate("() => hbgeo.select('420528101')")
    assert "原因：" not in page.text_content("#facts")
    page.evaluate("() => hbgeo.scenario('2023-12-31', [])")
