"""Columns that only the catalogue knows, added up: texts are read as numbers, or left out and said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from golden_cases import make_workspace

from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420581", "name": "宜都市"}],
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 投资
G1 | 示例一 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 1,000.1
G2 | 示例二 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 0.2
G3 | 示例三 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 宜都市 |
G4 | 示例四 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 宜都市 | 约300
G5 | 示例五 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 宜都市 | -5
G6 | 示例六 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 宜都市 | 2万
""",
    "policy": """
system = "other"
title = "示例"
[[indicator]]
id = "money"
name = "示例投资"
measure = "sum"
units = "county"
layer = "cemetery"
column = "money"
""",
}  # fmt: skip


def test_texts_are_numbers_or_left_out_with_a_word(tmp_path: Path) -> None:
    make_workspace(WORLD, tmp_path)
    catalog = tmp_path / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8").replace(
        'path = "cemetery.csv"', 'path = "cemetery.csv"\ncolumns = { money = "投资" }'
    )
    catalog.write_text(text, "utf-8")
    [one] = Workspace.open(tmp_path).assess(["money"])
    assert one.coverage is not None
    assert one.figure == Fraction("1000.3") + 20_000
    assert one.coverage.basis.set_aside == {"“money”为空或不是数": 3}
