"""On what ground two dates were compared, sentence by sentence."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from hbgeo.measure.trend_words import _some, said_basis

UNITS = ["code", "name", "change", "reason"]
CHANGES = ["indicator", "old_indicator", "name", "unit"]


def shot(year: int, **about: Any) -> SimpleNamespace:
    return SimpleNamespace(as_of=date(year, 12, 31), about=about)


def said(
    changes: list[tuple[str, str, str, str]],
    units: list[tuple[str, str, str, str]] = (),  # type: ignore[assignment]
    *,
    was: dict[str, Any] | None = None,
    now: dict[str, Any] | None = None,
    bridge: tuple[str, ...] = (),
) -> list[str]:
    """What is said of changes and units; the bridge's own sentences are given."""
    told = SimpleNamespace(said=lambda since: [f"{since} {one}" for one in bridge])
    found = said_basis(
        shot(2022, **(was or {})), shot(2023, **(now or {})), told,  # type: ignore[arg-type]
        pd.DataFrame(changes, columns=CHANGES), pd.DataFrame(list(units), columns=UNITS),
    )  # fmt: skip
    return list(found)


PLAIN = ("a", "a", "示例覆盖率", "个")
FIRST = "按 2023-12-31 的单元和边界比较；增减以{}计，比率之差以百分点计。"


@pytest.mark.parametrize(
    ("units", "what"),
    [
        (["个"], "个"), (["张", "张"], "张"), (["个", "张", "个"], "各指标的计量单位（个、张）"), ([], "个"),
    ],
)  # fmt: skip
def test_what_gains_are_counted_in(units: list[str], what: str) -> None:
    assert said([("a", "a", "示例", unit) for unit in units]) == [FIRST.format(what)]


def test_what_the_bridge_says_stands_second() -> None:
    assert said([PLAIN], bridge=("甲。", "乙。")) == [
        FIRST.format("个"), "2022-12-31 甲。", "2022-12-31 乙。",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "more"), [(1, ""), (10, ""), (11, "等")])
def test_ten_units_that_cannot_be_told_are_named_once_each(count: int, more: str) -> None:
    rows = [(f"42{n:02d}", f"{n}镇", "无法对照", "析置") for n in range(count)]
    other = [("4299", "别镇", "新增覆盖", "启用")]
    names = "、".join(f"{n}镇（42{n:02d}，析置）" for n in range(min(count, 10)))
    assert said([PLAIN], [*rows, *rows, *other])[1:] == [
        (
            f"无法对照的单元 {count} 个：{names}{more}；上期的行只写原单元名称、分不清属于其中哪一个，"
            "或上期没有列入；上期照本期计，不算新增也不算失去。"
        )
    ]


def test_of_a_thousand_units_the_number_is_grouped() -> None:
    rows = [(f"{n}", "镇", "无法对照", "撤销") for n in range(1_000)]
    assert said([PLAIN], rows)[1].startswith("无法对照的单元 1,000 个：镇（0，撤销）、")


def test_a_figure_of_the_year_before_and_one_that_is_none() -> None:
    was = {"indicators": {"beds-2022": {"name": "2022 年新增床位"}}}
    rows = [
        PLAIN,
        ("beds-2023", "beds-2022", "2023 年新增床位", "个"),
        ("a-2023", "", "甲", "个"),
        ("b-2023", "", "乙", "个"),
    ]
    assert said(rows, was=was)[1:] == [
        "“2023 年新增床位”的 2022-12-31 数为“2022 年新增床位”。",
        "2022-12-31 时“甲”、“乙”所计的年度尚未开始，当期记“—”，不计增减。",
    ]


def test_other_policies_and_scenarios_are_said() -> None:
    assert said([PLAIN], was={"policy": "x"}, now={"policy": "x"})[1:] == []
    assert said([PLAIN], was={"policy": "x"}, now={"policy": "y"})[1:] == ["两期所用政策文件不同。"]
    assert said([PLAIN], was={"scenario": ["计入在建", "计入混合"]}, now={"scenario": []})[1:] == [
        "2022-12-31 为情景：计入在建、计入混合。"
    ]
    assert said([PLAIN], now={"scenario": ["计入在建"]})[1:] == ["2023-12-31 为情景：计入在建。"]


@pytest.mark.parametrize(("count", "end"), [(10, "十"), (11, "十等")])
def test_ten_names_are_said(count: int, end: str) -> None:
    names = list("一二三四五六七八九十百")[:count]
    assert _some(names) == "、".join("一二三四五六七八九") + "、" + end
