"""Rows in doubt that may stand in any unit: what they reach grows with the units, not with their square."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from golden_cases import make_workspace

from hbgeo.measure.context import Context
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
