"""Why a unit is left out, on the page: word for word as the workbook has it; and what changed of it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from hbgeo.measure.trend import GAINED, LOST, SHIFTED
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.lists import uncovered_sheet
from hbgeo.show.page.reasons import Reasons, changes_of
from hbgeo.workspace import Workspace


@pytest.fixture(scope="module")
def measured(sample: Workspace):
    return sample.measure(with_nearest=True)


def test_reasons_are_those_of_the_workbook(sample: Workspace, measured) -> None:
    frames = {level: table.frame for level, table in sample.all_units().items()}
    mains = [
        a
        for a in measured.assessments
        if a.indicator.id in {"cemetery-township", "elder-township", "cemetery-county"}
    ]
    sheet = uncovered_sheet(
        mains, frames, "", KeptSheets(), nearest=measured.nearest, waiting=measured.waiting
    )
    named = [column.heading for column in sheet.columns]
    at = {title: named.index(title) for title in ("指标", "代码", "原因", "建议")}
    said = {(r[at["指标"]], r[at["代码"]]): [r[at["原因"]], r[at["建议"]]] for r in sheet.rows}
    reasons = Reasons(measured.waiting)
    shown = {}
    for a in mains:
        codes = a.coverage.units.index
        for code, number in zip(codes, reasons.of(a, codes), strict=True):
            if number:
                shown[a.indicator.full_name, code] = reasons.pairs[number]
    assert shown == said
    assert len(set(map(tuple, said.values()))) >= 4  # several reasons, not one for all


def test_a_chain_names_its_missing_link() -> None:
    units = pd.DataFrame(
        {"covered": [0, 1, 0, 0], "demand": [1, 1, 0, 1], "via": ["街道中心", "", "", "社区"]}
    )
    units.index = pd.Index(["1", "2", "3", "4"])
    one = SimpleNamespace(
        coverage=SimpleNamespace(units=units),
        indicator=SimpleNamespace(id="c", measure="chain"),
        as_of=date(2023, 12, 31),
    )
    reasons = Reasons({})
    assert reasons.of(one, pd.Index(["4", "2", "3", "1", "9"])) == [1, 0, 0, 2, 0]
    assert reasons.pairs == [["", ""], ["缺“社区”", "补齐这一环"], ["缺“街道中心”", "补齐这一环"]]


def test_what_became_of_each_unit() -> None:
    rows = pd.DataFrame(
        [["a", "1", GAINED], ["a", "2", LOST], ["b", "3", GAINED], ["a", "4", SHIFTED]],
        columns=["indicator", "code", "change"],
    )
    trend = SimpleNamespace(units=rows)
    codes = pd.Index(["4", "3", "2", "1", "0"])
    assert changes_of(trend, "a", codes) == [0, 0, 2, 1, 0]
    assert changes_of(trend, "b", codes) == [0, 1, 0, 0, 0]
    assert changes_of(trend, "c", codes) == []
    assert changes_of(None, "a", codes) == []
