"""A name that is not known is answered with what it may mean, and never taken for it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from golden_cases import make_workspace
from rich.console import Console

from hbgeo.errors import HbgeoError
from hbgeo.measure.options import Options
from hbgeo.read.near import ask_whether, near_names
from hbgeo.show import terminal
from hbgeo.show.progress_table import targets_shown
from hbgeo.show.screen import Listing
from hbgeo.show.table.targets import target_rows
from hbgeo.show.table.units import uncovered_rows

PLACES = {
    name: name
    for name in ("长阳土家族自治县", "恩施土家族苗族自治州", "恩施市", "宜昌市", "江岸区")
}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("长阳", ["长阳土家族自治县"]),  # begins with it
        ("恩施", ["恩施土家族苗族自治州", "恩施市"]),
        ("土家族", ["长阳土家族自治县", "恩施土家族苗族自治州"]),  # holds it
        ("恩施州", ["恩施土家族苗族自治州"]),  # its characters in their order
        ("宜昌是", ["宜昌市"]),  # much alike
        ("火星", []),
        ("", []),
        ("  长阳 ", ["长阳土家族自治县"]),
    ],
)
def test_the_likeliest_way_to_mean_it_is_proposed(name: str, near: list[str]) -> None:
    assert near_names(name, PLACES) == near


def test_many_are_counted() -> None:
    known = {f"甲{i}": f"甲{i}" for i in range(8)}
    assert ask_whether("甲", known) == "是否指 甲0、甲1、甲2、甲3、甲4等 8 个？"
    assert ask_whether("乙", known) == ""


CASE = {
    "county": [
        {"code": "420528", "name": "长阳土家族自治县"}, {"code": "420529", "name": "五峰土家族自治县"},
    ],
    "township": [
        {"code": "420528101", "name": "示例甲镇"}, {"code": "420528102", "name": "示例乙镇"},
        {"code": "420529101", "name": "示例丙镇"},
    ],
    "cemetery": (
        "编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇\n"
        "G1 | 示例1 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 长阳县 | 示例甲镇\n"
        "G2 | 示例2 | 公墓 | 公益性 | 乡镇级 | 在建 | | 长阳县 | 示例乙镇\n"
        "G3 | 示例3 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 五峰县 | 示例丙镇\n"
        "G4 | 示例4 | 公墓 | 公益性 | 乡镇级 | 停用 | 2020-05-01 | 五峰县 | 示例丙镇\n"
        "G5 | 示例5 | 公墓 | 公益性 | 乡镇级 | 开张 | 2020-05-01 | 五峰县 | 示例丙镇\n"
    ),
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path):
    return make_workspace(CASE, tmp_path)


def test_a_county_an_indicator_and_a_layer_are_proposed_by_name(workspace) -> None:
    for call, said in (
        (lambda: workspace.within("长阳"), "没有县或市州“长阳”；是否指 长阳土家族自治县（420528）？"),
        (lambda: workspace.within("火星"), "没有县或市州“火星”；请用完整名称或 6 位代码"),
        (lambda: workspace.choose(["乡镇公益性公墓"]), "没有指标“乡镇公益性公墓”；是否指 乡镇公益性公墓覆盖率（cemetery-township）"),
        (lambda: workspace.layers.entry("公墓"), "目录中没有图层“公墓”；是否指 cemetery？已有："),
    ):  # fmt: skip
        with pytest.raises(HbgeoError) as caught:
            call()
        assert str(caught.value).startswith(said)


def test_of_a_part_only_its_own_rows_are_counted(workspace) -> None:
    def basis(within: str):
        place = workspace.name_of(within)
        options = Options(as_of=workspace.catalog.as_of, within=within, place=place)
        [a] = [a for a in workspace.assess(["cemetery-township"], options=options) if not a.indicator.variant]  # fmt: skip
        return a, a.coverage.basis

    whole, all_rows = basis("")
    assert (all_rows.used, dict(all_rows.set_aside)) == (
        2,
        {"状态为停用": 1, "状态为在建": 1, "数据有误": 1},
    )
    a, here = basis("420528")
    assert (a.share.total, a.share.covered, here.used) == (2, 1, 1)
    assert dict(here.set_aside) == {"状态为在建": 1, "全部台账数据有误": 1}
    assert "仅限 长阳土家族自治县（420528）" in here.filters[-1]
    b, there = basis("420529")
    assert (b.share.total, b.share.covered, there.used) == (1, 1, 1)
    assert dict(there.set_aside) == {"状态为停用": 1, "全部台账数据有误": 1}
    assert whole.share.total == a.share.total + b.share.total
    assert all_rows.used == here.used + there.used


def test_every_header_says_the_part(workspace) -> None:
    place = workspace.name_of("420528")
    options = Options(as_of=workspace.catalog.as_of, within="420528", place=place)
    [a] = workspace.assess(["cemetery-township"], options=options)[:1]
    console = Console(file=io.StringIO(), width=80)
    rows = uncovered_rows(a, {"township": workspace.units("township")}, {})
    for parts in (
        terminal.targets(workspace.catalog, [a], place=place),
        terminal.by_parent([a], "county", place),
        terminal.uncovered(a, rows, place),
        targets_shown([a], target_rows([a]), a.as_of, None, place),
    ):
        titles = [str(part.title) for part in parts if isinstance(part, Listing)]
        assert titles
        assert all(title.startswith("长阳土家族自治县") for title in titles)
        for part in parts:
            console.print(part)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "长阳土家族自治县：应覆盖 2，已覆盖 1，50.00%。" in said
