"""What is said of how firm a figure is: spans, conclusions, what a notice adds, the order of rows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from firm_worlds import firmness, row, township

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.doubt.question import Fewest, Span
from hbgeo.show import doubt_words
from hbgeo.show.paper.brief import finding
from hbgeo.workspace import Workspace


@pytest.fixture(scope="module")
def figures(sample: Workspace) -> dict[str, Assessment]:
    return {a.indicator.id: a for a in sample.assess()}


@pytest.fixture(scope="module")
def town(figures: dict[str, Assessment]) -> Assessment:
    return figures["cemetery-township"]


def test_the_span_of_a_rate_is_in_its_percent(town: Assessment) -> None:
    """308 of 922 are 33.4056…, 314 are 34.0564…."""
    assert doubt_words.show_span(firmness("x", 308, 314), town) == "33.41%–34.06%"
    assert doubt_words.show_span(firmness("x", 311, 311), town) == "33.73%"


def test_no_end_is_rounded_up_to_the_target(town: Assessment) -> None:
    assert doubt_words.show_end(Fraction(34_999, 1_000), town) == "34.99"
    assert doubt_words.show_end(Fraction(35), town) == "35.00"
    assert doubt_words.show_end(Fraction(99_999, 1_000), town) == "99.99"


def test_an_end_shows_the_target_reached_only_where_it_is(town: Assessment) -> None:
    for covered in range(923):
        shown = Fraction(doubt_words.show_end(Fraction(100 * covered, 922), town))
        assert (shown >= 35) == (100 * covered >= 35 * 922)


def test_the_span_of_an_amount_has_its_own_numbers(figures: dict[str, Assessment]) -> None:
    beds = figures["elder-beds-new"]
    assert doubt_words.show_span(firmness("x", 8_800, 9_150), beds) == "8,800–9,150"
    assert doubt_words.show_span(firmness("x", 8_800, None), beds) == "不少于 8,800"
    assert doubt_words.show_span(firmness("x", 8_800, 9_150), beds, prose=True) == "8800–9150张"
    assert doubt_words.show_span(firmness("x", None, None), beds) == "—"
    assert doubt_words.show_span(None, beds) == "—"


def test_of_a_denominator_in_doubt_the_percentage_has_its_own_span(town: Assessment) -> None:
    """308 of 925 are 33.297…, 314 of 920 are 34.130…."""
    pct = Span(Fraction(30_800, 925), Fraction(31_400, 920), exact=True)
    assert doubt_words.show_span(firmness("x", 308, 314, pct=pct), town) == "33.30%–34.13%"


def test_where_there_may_be_no_denominator_the_covered_are_said(town: Assessment) -> None:
    firm = firmness("x", 308, 314, pct=Span(None, None, exact=True))
    assert doubt_words.show_span(firm, town) == "已覆盖 308–314 个"
    assert doubt_words.ends_of(firm, town) == (None, None)
    said = doubt_words.caveat(replace(firm, firm=None), town)
    assert said.endswith("核实后已覆盖数可在308–314个之间。")


def test_a_conclusion_in_three_forms(town: Assessment, figures: dict[str, Assessment]) -> None:
    assert doubt_words.conclusion(firmness("x", 308, 314, firm=True), town) == "结论稳"
    assert doubt_words.conclusion(township(), town) == "存疑：差 12 个，取决于 12 行"
    assert doubt_words.conclusion(firmness("x", 308, 330), town) == "未能断定"
    loose = figures["cemetery-township@loose"]
    met = firmness("x", 300, 600, firm=False, turning=Fewest((1,), (1,), 7, 3))
    assert doubt_words.conclusion(met, loose) == "存疑：达标，取决于至少 3 行、至多 7 行"
    assert doubt_words.conclusion(None, town) == "—"


def test_without_a_target_nothing_is_concluded(figures: dict[str, Assessment]) -> None:
    plain = next(a for a in figures.values() if a.met is None and a.figure is not None)
    firm = firmness("x", 1, 2)
    assert (doubt_words.state_of(firm, plain), doubt_words.conclusion(firm, plain)) == ("", "—")


def test_how_many_rows_settle_it() -> None:
    assert doubt_words.settled(township()) == "核实至少 1 行、至多 2 行即可断定"
    one = firmness("x", 1, 2, settling=Fewest((1,), (), 1, 1))
    assert doubt_words.settled(one) == "核实 1 行即可断定"
    assert doubt_words.settled(firmness("x", 1, 2)) == ""
    assert doubt_words.how_many(Fewest(rows=None, at_least=4)) == ""


def test_a_notice_says_what_a_conclusion_rests_on(town: Assessment) -> None:
    three = firmness("x", 308, 323, firm=False, turning=Fewest((1, 2, 3), (1,) * 3, 3, 3))
    said = "该结论取决于台账中3行待核实数据，核实后覆盖率可在33.41%–35.03%之间。"
    assert doubt_words.caveat(three, town) == said
    assert said in finding(town, firm=three)
    assert doubt_words.caveat(firmness("x", 308, 314, firm=True), town) == ""
    assert finding(town, firm=firmness("x", 308, 314, firm=True)) == finding(town)
    open_ = doubt_words.caveat(firmness("x", 308, 330), town)
    assert open_ == "台账中有待核实数据，该结论未能断定，核实后覆盖率可在33.41%–35.79%之间。"


def test_a_notice_says_why_nothing_can_be_concluded(town: Assessment) -> None:
    firm = firmness("x", 311, 311, unbounded=("2 个单元没有数据，未计入",))
    said = "该结论未能断定（2个单元没有数据，未计入）。"
    assert doubt_words.caveat(firm, town) == said


def test_rows_that_decide_come_first_in_the_order_in_which_they_turn_it() -> None:
    rows = doubt_words.in_order(township())
    assert rows["row"].tolist() == [*range(10, 22), 30, 7]
    roles = rows["role"].tolist()
    assert roles == ["改变结论"] * 12 + ["核实即稳", ""]


def test_no_rows_have_an_order_too() -> None:
    assert doubt_words.in_order(firmness("x", 1, 1)).columns[-1] == "role"


def test_where_a_row_stands() -> None:
    assert doubt_words.where(row(12)) == "cemetery.xlsx 公墓台账 第 12 行"
    assert doubt_words.where(row(12, sheet="")) == "cemetery.xlsx 第 12 行"
    assert doubt_words.where(row(12, file="a.gpkg", sheet="", row=None)) == "a.gpkg"
