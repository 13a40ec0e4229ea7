"""Why a unit is left out and what would cover it: by what stands in it, not by how that is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from hbgeo.measure.reasons import idle_by_unit, why_uncovered
from hbgeo.read.indicator import Indicator

AS_OF = date(2023, 12, 31)


def idle(*facilities: tuple[str, str | None]) -> list:
    """Facilities of one unit by status and opening date."""
    rows = [
        ("u", f"G{n}", f"示例{n}", status, pd.NaT if since is None else pd.Timestamp(since))
        for n, (status, since) in enumerate(facilities, 1)
    ]
    columns = ["unit", "facility", "name", "status", "since"]
    return idle_by_unit(pd.DataFrame(rows, columns=columns), AS_OF)["u"]


@pytest.mark.parametrize(
    ("status", "since", "why"),
    [
        ("在建", None, "有在建项目"),
        ("建成未启用", "2023-01-01", "已建成未启用"),
        ("规划", "2025-12-31", "有规划项目"),
        ("运营", None, "设施没有填启用时间"),
        ("运营", "2024-01-01", "启用时间晚于截止日期"),
        ("关闭", "2010-01-01", "设施已停用或关闭"),
        ("破损", "2010-01-01", "标志不完好"),
        ("完好", "2024-06-30", "启用时间晚于截止日期"),
        ("", None, "设施状态不符"),
    ],
)
def test_each_state_has_its_reason(status: str, since: str | None, why: str) -> None:
    assert why_uncovered(idle((status, since)))[0] == why


def test_what_is_nearest_to_working_says_why() -> None:
    both = idle(("停用", "2010-01-01"), ("在建", "2024-10-31"), ("规划", None))
    assert why_uncovered(both) == ("有在建项目", "督促按期建成投用")
    assert [one.said for one in both] == ["停用", "在建，2024-10-31", "规划"]
    assert [one.since for one in both] == [date(2010, 1, 1), date(2024, 10, 31), None]


def test_of_some_units_only_theirs_is_told() -> None:
    rows = [(unit, f"G{n}", "示例", "在建", pd.NaT) for n, unit in enumerate("ababc")]
    waiting = pd.DataFrame(rows, columns=["unit", "facility", "name", "status", "since"])
    every = idle_by_unit(waiting, AS_OF)
    assert {unit: [one.id for one in found] for unit, found in every.items()} == {
        "a": ["G0", "G2"], "b": ["G1", "G3"], "c": ["G4"],
    }  # fmt: skip
    for some in (pd.Index(["b", "x"]), ["b"], pd.Series(["b"])):
        assert idle_by_unit(waiting, AS_OF, some) == {"b": every["b"]}
    assert idle_by_unit(waiting, AS_OF, []) == {}


def test_nothing_there_and_a_broken_chain() -> None:
    assert why_uncovered([])[0] == "没有合格设施"
    assert why_uncovered(idle(("在建", None)), "县级中心") == ("缺“县级中心”", "补齐这一环")


def _asks(**given: Any) -> Indicator:
    return replace(Indicator("x", None, "other", "", "x", "presence", "county", "a", ""), **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, ("没有合格设施", "商请邻近设施列入服务范围，或新建")),
        ({"via": ("inside", "named")}, ("没有合格设施", "新建（新设），或把已有的补登进台账")),
        ({"measure": "flag"}, ("没有办结的记录", "办结后报送完成时间和文号")),
        ({"measure": "reach"}, ("半径内没有合格设施", "在半径内新建")),
        ({"measure": "capacity", "via": ("inside",)}, ("空余穴位不够", "扩建或新建")),
    ],
)
def test_advice_is_such_as_the_indicator_allows(given: Any, said: tuple[str, str]) -> None:
    assert why_uncovered([], one=_asks(**given)) == said


def test_what_works_is_no_fault_where_projects_are_asked_for() -> None:
    building = _asks(status=("在建",))
    said = "没有状态为在建的设施"
    assert why_uncovered(idle(("运营", "2020-01-01")), one=building)[0] == said
    assert why_uncovered(idle(("停用", None)), one=building)[0] == said
    assert why_uncovered(idle(("规划", None)), one=building)[1] == "督促开工"
