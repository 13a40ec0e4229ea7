"""Targets are read strictly, joined where they say the same, and added to what is there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hbgeo.errors import PolicyError
from hbgeo.read.indicator import Indicator, Target
from hbgeo.read.policy import read_policy
from hbgeo.read.target import read_targets

END = date(2027, 12, 31)


def read(**row: Any) -> Target:
    """One target of a rate."""
    [one] = read_targets([{"source": "示例文件", **row}], "示例.toml 指标 x", counted=False)
    return one


def test_what_is_not_said_of_a_target() -> None:
    assert read(pct=35) == Target(
        Decimal(35), None, None, ("示例文件",), draft=False, scope="province"
    )


def test_all_that_can_be_said_of_a_target() -> None:
    row = {"pct": Decimal("75.5"), "deadline": END, "source": ["甲", "乙"], "reliability": "A-"}
    one = read(**row, draft=True, scope="nation")
    assert one == Target(
        Decimal("75.5"), None, END, ("甲", "乙"), "", "A-", draft=True, scope="nation"
    )
    assert one.source == "甲；乙"
    assert read(words=" 基本建成 ", scope="420606").words == "基本建成"


@pytest.mark.parametrize(
    ("row", "binds"),
    [
        ({"pct": 35}, {"province"}),
        ({"pct": 35, "scope": "nation"}, {"nation"}),
        ({"pct": 35, "scope": "420606"}, {"420606"}),
        ({"pct": 35, "draft": True}, set()),
        ({"words": "基本建成"}, set()),
    ],
)
def test_only_a_number_in_force_binds_whom_it_is_set_for(
    row: dict[str, Any], binds: set[str]
) -> None:
    scopes = ("province", "nation", "420606", "")
    assert {scope for scope in scopes if read(**row).binds(scope)} == binds


def test_a_deadline_is_ahead_until_its_own_day() -> None:
    one = read(pct=35, deadline=END)
    assert [one.is_ahead(day) for day in (date(2027, 12, 30), END, date(2028, 1, 1))] == [
        True, True, False,
    ]  # fmt: skip
    assert read(pct=35).is_ahead(date(2100, 1, 1))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "pct、value、words 必须且只能写一个"),
        ({"pct": 35, "words": "甲"}, "pct、value、words 必须且只能写一个"),
        ({"value": 5}, "这个指标的目标应写 pct（没有数字的写 words）"),
        ({"words": " "}, "words 不能为空；请写文件的原话，如 基本建成"),
        ({"pct": 0}, "pct = 0 应大于 0、不超过 100"),
        ({"pct": Decimal("100.1")}, "pct = 100.1 应大于 0、不超过 100"),
        ({"pct": 35, "source": []}, "source 不能为空；请写明文件、日期和条款，有几份的写成列表"),
        ({"pct": 35, "source": ["甲", 3]}, "source 不能为空；"),
        ({"pct": 35, "reliability": "D"}, "reliability = “D”不在可选值 A、A-、B、C 中"),
        (
            {"pct": 35, "scope": "全国"},
            "scope = “全国”应为 province（全省）、nation（全国）或市州、县的六位代码",
        ),
        ({"pct": 35, "scope": "42060"}, "scope = “42060”应为"),
        ({"pct": 35, "scope": "4206060"}, "scope = “4206060”应为"),
        ({"pct": 35, "draft": "是"}, "draft = '是' 的类型不对；应为true 或 false"),
    ],
)
def test_a_wrong_target_is_refused_in_one_line(row: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError) as err:
        read(**row)
    assert str(err.value).startswith("示例.toml 指标 x 目标：")
    assert said in str(err.value)
    assert "\n" not in str(err.value)


def test_an_amount_asks_for_an_amount() -> None:
    [one] = read_targets([{"value": 0, "source": "甲"}], "x", counted=True)
    assert (one.pct, one.value) == (None, 0)
    with pytest.raises(PolicyError, match="这个指标的目标应写 value"):
        read_targets([{"pct": 5, "source": "甲"}], "x", counted=True)
    with pytest.raises(PolicyError, match="value = -1 不能是负数"):
        read_targets([{"value": -1, "source": "甲"}], "x", counted=True)


def test_the_same_number_for_the_same_day_is_one_target_with_all_its_sources() -> None:
    rows = [
        {"pct": 60, "deadline": END, "source": "甲", "reliability": "A"},
        {"pct": 60, "deadline": END, "source": ["乙", "甲"], "reliability": "C"},
        {"pct": 60, "deadline": END, "source": "丙", "scope": "nation"},
        {"pct": 60, "deadline": END, "source": "丁", "draft": True},
        {"pct": 60, "source": "戊"},
        {"pct": 61, "deadline": END, "source": "己"},
    ]
    made = read_targets(rows, "x", counted=False)
    assert [one.sources for one in made] == [("甲", "乙"), ("丙",), ("丁",), ("戊",), ("己",)]
    assert made[0].reliability == "A"


LOCAL = """
system = "funeral"
title = "本地"
[[indicator]]
id = "local"
name = "示例"
measure = "presence"
units = "township"
layer = "cemetery"
target = [{ pct = 35, deadline = 2027-12-31, source = "甲" }]
[[indicator.variant]]
id = "alike"
name = "同"
[[indicator.variant]]
id = "apart"
name = "异"
target = [{ pct = 40, source = "乙" }]
[[indicator]]
id = "told"
name = "示例"
measure = "none"
units = "county"
note = "不算"
quantified = false
"""


def local(folder: Path, text: str) -> dict[str, Indicator]:
    """The policy of a folder of two files, the second of targets alone."""
    (folder / "a.toml").write_text(LOCAL, "utf-8")
    (folder / "b.toml").write_text(text, "utf-8")
    return read_policy([folder])


def test_a_target_is_added_to_an_indicator_and_to_the_readings_that_share_its_own(
    tmp_path: Path,
) -> None:
    more = '[[target]]\nindicator = "local"\npct = 50\nscope = "420606"\nsource = "丙"\n'
    policy = local(tmp_path, more)
    goals = {
        key: [int(t.pct or 0) for t in policy[key].targets] for key in policy if "local" in key
    }
    assert goals == {"local": [35, 50], "local@alike": [35, 50], "local@apart": [40]}
    assert policy["local"].targets[1].scope == "420606"


def test_a_target_is_added_to_one_reading(tmp_path: Path) -> None:
    policy = local(tmp_path, '[[target]]\nindicator = "local@alike"\npct = 50\nsource = "丙"\n')
    goals = {key: len(one.targets) for key, one in policy.items() if "local" in key}
    assert goals == {"local": 1, "local@alike": 2, "local@apart": 1}


def test_a_second_source_of_a_number_that_is_there_is_no_second_target(tmp_path: Path) -> None:
    row = '[[target]]\nindicator = "local"\npct = 35\ndeadline = 2027-12-31\nsource = "丙"\n'
    [one] = local(tmp_path, row)["local"].targets
    assert one.source == "甲；丙"


def test_shipped_indicators_take_a_target_of_ones_own(tmp_path: Path) -> None:
    row = '[[target]]\nindicator = "cemetery-township"\npct = 80\nscope = "420625"\nsource = "县"\n'
    (tmp_path / "my.toml").write_text(row, "utf-8")
    before, after = read_policy(), read_policy([tmp_path])
    assert after["cemetery-township"].targets[:-1] == before["cemetery-township"].targets
    assert after["cemetery-township@loose"].targets[-1].scope == "420625"
    assert after["cemetery-county"] == before["cemetery-county"]
    assert list(after) == list(before)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("target = [3]", "b.toml：target 应写作 [[target]] 表"),
        (
            '[[target]]\npct = 3\nsource = "甲"',
            "b.toml [[target]]：缺少键 indicator（指标代号，或 代号@变体）",
        ),
        (
            '[[target]]\nindicator = "x"\npct = 3\nsource = "甲"',
            "b.toml [[target]]：indicator = “x”没有这个指标",
        ),
        (
            '[[target]]\nindicator = "told"\npct = 3\nsource = "甲"',
            "b.toml [[target]]：“told”不计算，不能有目标",
        ),
        (
            '[[target]]\nindicator = "local"\nvalue = 3\nsource = "甲"',
            "b.toml 指标 local 目标：这个指标的目标应写 pct（没有数字的写 words）",
        ),
        ('system = "x"\n[[target]]\nindicator = "local"\npct = 3\nsource = "甲"', "system = “x”不在"),
        ('title = "x"', "缺少键 system"),
    ],
)  # fmt: skip
def test_a_wrong_addition_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as err:
        local(tmp_path, text)
    assert said in str(err.value)
    assert "\n" not in str(err.value)
