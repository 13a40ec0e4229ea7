"""A workspace on another date is the one whose catalogue says so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from golden_cases import make_workspace

from hbgeo.measure.options import Options
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
    ],
    "population": """
乡镇代码 | 乡镇名称 | 县名 | 年份 | 常住人口 | 60岁及以上
420525101 | 示例甲镇 | 远安县 | 2021 | 100 | 10
420525101 | 示例甲镇 | 远安县 | 2022 | 120 | 12
420525101 | 示例甲镇 | 远安县 | 2023 | 150 | 15
420525102 | 示例乙镇 | 远安县 | 2022 | 200 | 20
""",
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇
G1 | 示例一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇
G2 | 示例二 | 公墓 | 公益性 | 乡镇级 | 运营 | 2022-05-01 | 远安县 | 旧称镇
""",
}  # fmt: skip
ALIASES = """标准名称,所在县,别名,启用日期,停用日期,依据
示例乙镇,远安县,旧称镇,{since},{until},示例
"""
DAYS = [
    date(2021, 12, 31),
    date(2022, 6, 30),
    date(2022, 12, 31),
    date(2023, 12, 30),
    date(2024, 1, 1),
]


def figures(workspace: Workspace, day: date) -> dict[str, object]:
    options = Options(as_of=day, weight="population")
    [one] = workspace.assess(["cemetery-township"], options=options)
    assert one.coverage is not None
    share, basis = one.coverage.share, one.coverage.basis
    return {"share": (share.covered, share.total), "basis": basis, "shown": one.shown}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("since", "until"), [("", ""), ("2022-07-01", ""), ("", "2023-06-01")])
def test_a_date_asked_for_is_as_good_as_one_in_the_catalogue(
    tmp_path: Path, day: date, since: str, until: str
) -> None:
    found = []
    for stated in (date(2023, 12, 31), day):
        folder = tmp_path / stated.isoformat()
        folder.mkdir(exist_ok=True)
        if not (folder / "layers").exists():
            make_workspace(WORLD | {"as_of": stated}, folder)
            text = ALIASES.format(since=since, until=until)
            (folder / "layers" / "aliases.csv").write_text(text, "utf-8")
        # from the files, and from what was kept
        found += [figures(Workspace.open(folder), day) for _ in range(2)]
    assert all(one == found[0] for one in found)


def test_the_years_by_hand(tmp_path: Path) -> None:
    workspace = make_workspace(WORLD, tmp_path)
    shares = {day: figures(workspace, day)["share"] for day in DAYS}
    assert shares == {
        DAYS[0]: (100, 100), DAYS[1]: (100, 100), DAYS[2]: (120, 320), DAYS[3]: (120, 320),
        DAYS[4]: (150, 350),
    }  # fmt: skip


def test_what_has_been_read_is_shared_unless_a_spelling_differs(tmp_path: Path) -> None:
    workspace = make_workspace(WORLD, tmp_path)
    assert workspace.at(date(2023, 12, 31)) is workspace
    other = workspace.at(DAYS[0])
    assert other is workspace.at(DAYS[0])
    assert other.catalog.as_of == DAYS[0]
    assert other.layers.shares(workspace.layers)
    text = ALIASES.format(since="2022-07-01", until="")
    (tmp_path / "layers" / "aliases.csv").write_text(text, "utf-8")
    workspace = Workspace.open(tmp_path)
    assert not workspace.at(DAYS[0]).layers.shares(workspace.layers)
    assert workspace.at(DAYS[2]).layers.shares(workspace.layers)
    assert len(workspace.layer("cemetery")) == 2
    assert len(workspace.at(DAYS[0]).layer("cemetery")) == 1  # nobody was called so then
