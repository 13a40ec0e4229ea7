"""Rows in doubt that may stand in any unit: what they reach grows with the units, not with their square."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from golden_cases import make_workspace

from hbgeo.measure.context import Context
from hbgeo.measure.doubt import joint
from hbgeo.measure.doubt.needed import asked_of
from hbgeo.measure.doubt.part import Options, _undominated
from hbgeo.measure.doubt.reached import units_reached
from hbgeo.measure.doubt.standing import Standing

COUNTIES = {"420528": "长阳土家族自治县", "420525": "远安县", "420526": "兴山县"}
EACH = 40  # townships of a county
HEAD = "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 服务范围\n"
NOWHERE = "公墓{n}(示例) | 公墓 | 公益性 | 县级 | 运营 | 2020-05-01 | 某县 | 某镇 | 附近几个乡镇\n"


def test_a_row_of_no_known_county_serves_the_units_of_each_county_once(tmp_path: Path) -> None:
    towns = [
        {"code": f"{county}{100 + n}", "name": f"示例{county[-1]}{n}镇", "county": county}
        for county, n in product(COUNTIES, range(EACH))
    ]
    text = {
        "county": [{"code": code, "name": name} for code, name in COUNTIES.items()],
        "township": towns,
        "cemetery": HEAD + "".join(f"G{n} | {NOWHERE.format(n=n)}" for n in (1, 2)),
    }
    home = make_workspace(text, tmp_path)
    options = home.options()
    measured = home.measure(["cemetery-township@broad"], options=options)
    case, one = measured.cases["cemetery-township@broad"], measured.assessments[0].indicator
    opened = Standing(asked_of([one]), Context(home, options, home.placements)).open(case)
    everything = home.placements.units("township").frame
    entries, units = units_reached(opened.openings, opened.suspects, everything)
    wide = np.flatnonzero(opened.openings.wide >= 0)
    assert len(wide) == 2 * len(COUNTIES)
    for entry in wide.tolist():
        served = everything["county_code"].iloc[units[entries == entry]]
        assert (len(served), served.nunique()) == (EACH, 1)
    assert len(entries) <= 2 * 2 * len(everything)


CHAIN = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [{"code": "420525101", "name": "示例甲镇", "county": "420525"}],
    "village": "村代码 | 村名 | 类别 | 所在县 | 所属乡镇\n"
    + "".join(f"42052510120{n} | 东{n}村 | 行政村 | 远安县 | 示例甲镇\n" for n in range(1, 6)),
    "eldercare": (
        "编号 | 设施名称 | 机构类型 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 所在村\n"
        "C1 | 县平台(示例) | 县级养老服务指导中心 | 运营 | 2020-01-01 | 远安县 |  | \n"
        "T1 | 甲镇中心(示例) | 街道(乡镇)养老服务综合体 | 运营 | 2021-01-01 | 远安县 | 示例甲镇 | \n"
        "V1 | 互助中心(示例) | 农村互助照料中心 | 运营 | 2021-01-01 | 某县 | 某镇 | 某村\n"
    ),
}


def test_a_chain_encloses_what_a_row_of_no_known_place_may_fill(tmp_path: Path) -> None:
    made = make_workspace(CHAIN, tmp_path).doubts(["three-level-network"])
    found = made.of["three-level-network"]
    assert (found.span.low, found.span.high, found.unbounded) == (0, 1, ())


def test_a_chain_says_of_how_many_rows_it_did_not_try_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joint, "MOST", 4)  # it may stand in five villages
    found = make_workspace(CHAIN, tmp_path).doubts(["three-level-network"])
    one = found.of["three-level-network"]
    assert one.unbounded == ("1 行可能所在的单元太多，没有逐一比较",)
    assert not one.span.exact
    assert one.firm is None


def outdone(mine: int, other: int, good: int, bad: int) -> bool:
    """Whether `other` fills all of `mine` that only helps, and none beside it but what only helps."""
    return not (other & ~mine & ~(good & ~bad)) and not (mine & ~other & ~(bad & ~good))


@pytest.mark.parametrize("seed", range(40))
def test_the_options_left_are_those_that_no_other_outdoes(seed: int) -> None:
    draw = Random(seed)  # noqa: S311
    for _ in range(100):
        slots = draw.randint(1, 5)
        options: Options = tuple((draw.getrandbits(slots), n) for n in range(draw.randint(1, 8)))
        good, bad = draw.getrandbits(slots), draw.getrandbits(slots)
        fills = [(mask & (good | bad), number) for mask, number in options]
        left = [
            (mask, number)
            for mask, number in fills
            if not any(
                outdone(mask, other, good, bad)
                and (n < number or not outdone(other, mask, good, bad))
                for other, n in fills
                if n != number
            )
        ]
        assert list(_undominated(options, good, bad)) == left
