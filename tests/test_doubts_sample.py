"""The sample's own doubts, through every show: no form says another thing than the next."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from hbgeo.measure.assessment import Measured
from hbgeo.measure.doubt.result import DOUBT_COLUMNS, Doubts
from hbgeo.show import doubt_words, doubts_table
from hbgeo.show.excel.doubts import SUMMARY, doubts_bytes, firmness_sheets
from hbgeo.show.page.doubts import firm_head
from hbgeo.show.table.effects import with_effects
from hbgeo.show.table.stats import stats_rows
from hbgeo.show.table.targets import target_rows
from hbgeo.workspace import Workspace

TOWN = "cemetery-township"


@pytest.fixture(scope="module")
def measured(sample: Workspace) -> Measured:
    return sample.measure()


@pytest.fixture(scope="module")
def found(sample: Workspace, measured: Measured) -> Doubts:
    return sample.doubts(measured=measured)


def test_every_figure_lies_within_its_bounds(measured: Measured, found: Doubts) -> None:
    known = 0
    for a in measured.assessments:
        for by in (None, "county", "prefecture"):
            for row in stats_rows(a, by, firm=found.of.get(a.indicator.id)):
                own = row["pct"] if a.indicator.measure == "ratio" else row["covered"]
                own = row["value"] if a.indicator.measure in {"count", "sum"} else own
                if None in (own, row["low"]):
                    continue
                known += 1
                assert row["low"] <= own + 1e-9, (row["indicator"], row["code"])
                assert row["high"] is None or own - 1e-9 <= row["high"], row["indicator"]
    assert known > 3_000


def test_targets_and_the_page_say_the_same_of_a_conclusion(
    measured: Measured, found: Doubts
) -> None:
    firm = {r["indicator"]: r["firm"] for r in target_rows(measured.assessments, doubts=found)}
    states = {True: "firm", False: "doubtful", None: "open"}
    told = [a for a in measured.assessments if a.met is not None and a.indicator.variant is None]
    for a in told:
        head = firm_head(a, found)["firm"]
        assert head["state"] == states[firm[a.indicator.id]]
        assert head["text"] == doubt_words.conclusion(found.of[a.indicator.id], a)
    assert len(told) == 29


def test_no_span_crosses_the_target_by_rounding(measured: Measured, found: Doubts) -> None:
    for a in measured.assessments:
        firm = found.of.get(a.indicator.id)
        if firm is None or a.target is None or a.target.pct is None:
            continue
        for end in doubt_words.ends_of(firm, a):
            if end is not None:
                shown = float(doubt_words.show_end(end, a))
                assert (shown >= a.target.pct) == (end >= a.target.pct), a.indicator.id


def test_a_firm_conclusion_has_no_row_that_turns_it(found: Doubts) -> None:
    for one, firm in found.of.items():
        if firm.firm:
            assert not firm.rows["turns"].any(), one
            assert not doubt_words.roles_of(firm).any(), one
    assert sum(bool(firm.firm) for firm in found.of.values()) > 20


def test_the_deciding_rows_of_the_township_cemeteries_are_as_many_as_are_short(
    measured: Measured, found: Doubts
) -> None:
    town = next(a for a in measured.assessments if a.indicator.id == TOWN)
    firm = found.of[TOWN]
    assert (town.short, firm.firm) == (12, False)
    assert firm.turning is not None
    assert (firm.turning.rows, firm.turning.exact) == (12, True)
    roles = doubt_words.in_order(firm)["role"].tolist()
    assert roles[:12] == ["改变结论"] * 12
    assert "改变结论" not in roles[12:]


def test_each_county_gets_its_own_rows_and_none_is_left_out(
    sample: Workspace, measured: Measured, found: Doubts
) -> None:
    content = doubts_bytes(found, measured.assessments, sample.catalog)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    top = {s.title: list(s.iter_rows(min_row=5, values_only=True)) for s in book}
    rows = [r for name, rows in top.items() if name != SUMMARY for r in rows if r[0]]
    assert len(rows) == len(found.rows) == next(r[2] for r in top[SUMMARY] if r[1] == "合计")
    every = doubts_table.doubt_rows(found, measured.assessments)
    assert every.columns.tolist() == DOUBT_COLUMNS
    assert sorted(zip(every["file"], every["row"], strict=True)) == sorted(
        (r[2], r[4]) for r in rows
    )


def test_problems_that_change_something_come_first(sample: Workspace, found: Doubts) -> None:
    made = with_effects(sample.issues(), found, sample.policy)
    assert len(made) == len(sample.issues())
    for severity in ("error", "warning"):
        told = made.loc[made["severity"] == severity, "effect"].notna().tolist()
        assert told == sorted(told, reverse=True)
        assert any(told)
    at = made.set_index(["file", "row"])["effect"]
    for row in found.of[TOWN].rows.to_dict("records"):
        where = (row["file"], row["row"])
        if where in at.index and max(abs(row["least"]), abs(row["most"])):
            assert pd.Series(at.loc[[where]]).notna().all()


def test_the_report_lists_every_figure_and_every_deciding_row(
    measured: Measured, found: Doubts
) -> None:
    firm, rows = firmness_sheets(found, measured.assessments)
    assert len(firm.rows) == len(found.of)
    roles = [doubt_words.roles_of(one) for one in found.of.values()]
    assert len(rows.rows) == sum(int((role != "").sum()) for role in roles)


def test_a_county_is_told_of_its_own_rows_alone(sample: Workspace) -> None:
    options = replace(sample.options(), within=sample.within("公安县"))
    rows = sample.doubts(options=options).rows
    assert len(rows) > 5
    assert set(rows["county_code"]) == {"421022"}
    said = sample.doubts(["elder-beds"], options=options).of["elder-beds"].unbounded
    assert len(said) == 1
    assert int(said[0].split(" ")[0]) < 100  # of the province 1,130


def test_a_county_s_facility_that_names_its_county_leaves_nothing_open(sample: Workspace) -> None:
    rows = sample.doubts().rows
    assert not ((rows["kind"] == "county") & (rows["effect"] == "")).any()
