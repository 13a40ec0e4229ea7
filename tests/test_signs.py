"""The command `names` as a planner types it: on a workspace of signs, with a gazetteer and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from golden_cases import make_workspace

from hbgeo.errors import RequestError
from hbgeo.measure.names.found import COLUMNS
from hbgeo.measure.names.rules import RULES
from hbgeo.names.rows import place_rows
from hbgeo.names.signs import find_names, rules_table
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例镇", "kind": "镇", "county": "远安县"},
        {"code": "420526101", "name": "示例乡", "kind": "乡", "county": "兴山县"},
    ],
    "levels": {},
    "village": """
村代码       | 村名           | 类别   | 所属乡镇 | 所在县
420525101201 | 双河村村委会   | 行政村 | 示例镇   | 远安县
420525101202 | 长岭村         | 行政村 | 示例镇   | 远安县
420526101201 | 石板滩村       | 行政村 | 示例乡   | 兴山县
""",
    "sign": """
标志编号 | 标志名称 | 罗马字母拼写  | 标志类别 | 指代地名 | 所在县 | 所在乡镇 | 所在村   | 状态 | 设置时间
B1       | 双合村   | Shuānghé Cūn  | 村牌     |          | 远安县 | 示例镇   | 双河村   | 完好 | 2022-01-01
B2       | 长岭村   | Zhǎnglǐng Cūn | 村牌     |          | 远安县 | 示例镇   | 长岭村   | 完好 | 2022-01-01
B3       | 石板滩   | Shíbǎntān     | 村牌     |          | 兴山县 | 示例乡   | 石板滩村 | 完好 | 2022-01-01
B4       | 建设路   | Jianshe Road  | 路牌     | 建设路   | 兴山县 | 示例乡   | 石板滩村 | 完好 | 2022-01-01
B5       | 王家弯   | Wángjiāwān    | 自然村牌 | 王家湾   | 兴山县 | 示例乡   | 石板滩村 | 完好 | 2022-01-01
B6       | 石板滩村 | Shíbǎntān Cūn | 村牌     |          | 兴山县 | 示例乡   | 石板滩村 | 完好 | 2022-01-01
""",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    return tmp_path


@pytest.fixture
def typed(
    home: Path, typed_in: Callable[..., tuple[int, str, str]]
) -> Callable[..., tuple[int, str, str]]:
    return partial(typed_in, home)


def found(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["id"], rows["rule"], strict=True))


def test_signs_are_held_against_the_list_of_villages(home: Path) -> None:
    made = find_names(Workspace.open(home))
    assert found(made.rows) == [
        ("B1", "N04"), ("B2", "N10"), ("B3", "N06"), ("B3", "N08"), ("B4", "N10"), ("B5", "N04"),
    ]  # fmt: skip
    assert made.rows["standard"].tolist() == [
        "双河村村委会", "长岭村", "石板滩村", "石板滩村", "建设路", "王家湾",
    ]  # fmt: skip
    assert made.rows["suggestion"].tolist()[:2] == ["双河村", "Chánglǐng Cūn"]
    assert made.rows["row"].tolist() == [2, 3, 4, 4, 5, 6]
    assert sum(made.checked.signs.values()) == 6


def test_a_gazetteers_rows_bear_their_codes_former_names_and_ends() -> None:
    frame = pd.DataFrame(
        {
            "name": ["和平村", "前进村"],
            "roman": ["Hépíng Cūn", ""],
            "old_names": ["大公村、跃进村", ""],
            "aliases": ["", "老前进"],
            "abolished_on": pd.to_datetime([None, "2001-01-01"]),
            "township_code": ["420525101", "420525101"],
            "county_code": ["420525", "420525"],
        },
        index=["42052510121610000001", "b"],
    )
    made = place_rows(LayerTable("placename", frame), date(2001, 1, 1))
    assert made["code"].tolist() == ["42052510121610000001", "b"]
    assert made["old"].tolist() == [("大公村", "跃进村"), ()]
    assert made["aliases"].tolist() == [(), ("老前进",)]
    assert made["gone"].tolist() == [False, True]
    day_before = place_rows(LayerTable("placename", frame), date(2000, 12, 31))
    assert day_before["gone"].tolist() == [False, False]
    few = LayerTable("village", frame[["name", "township_code", "county_code"]])
    bare = place_rows(few, date(2001, 1, 1))
    assert bare["code"].tolist() == ["42052510121610000001", "b"]
    assert bare["gone"].tolist() == [False, False]
    assert bare["roman"].tolist() == ["", ""]


def test_only_the_part_asked_for_is_given_and_counted(home: Path) -> None:
    made = find_names(Workspace.open(home), within="420525")
    assert found(made.rows) == [("B1", "N04"), ("B2", "N10")]
    assert made.checked.signs == {"420525": 2}


def test_json_has_the_keys_of_the_design(typed: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = typed("names", "--json")
    rows = json.loads(out)
    assert code == 0
    assert list(rows[0]) == COLUMNS
    keys = "id sign standard roman rule article severity message suggestion score unit_code county_code file sheet row"
    assert " ".join(COLUMNS) == keys
    assert rows[0]["unit_code"] == "420525101"
    assert rows[0]["score"] == 66.7


def test_the_terminal_counts_by_rule_and_by_county(
    typed: Callable[..., tuple[int, str, str]],
) -> None:
    _, out, _ = typed("names")
    assert "6 块标志，5 块有问题，共 6 条" in out
    assert "远安县" in out
    assert "同音字“合”应为“河”" in out
    _, out, _ = typed("names", "--in", "远安县")
    assert "2 块标志，2 块有问题，共 2 条" in out
    assert "兴山县" not in out


def test_the_workbook_has_chinese_headings_and_the_rules(
    typed: Callable[..., tuple[int, str, str]], home: Path
) -> None:
    typed("names", "-o", str(home / "标志.xlsx"))
    book = openpyxl.load_workbook(home / "标志.xlsx")
    assert book.sheetnames == ["问题", "规则"]
    cells = [[cell.value for cell in row] for row in book["问题"].iter_rows()]
    head = next(row for row in cells if "标志名称" in row)
    assert head[:4] == ["县（市、区）", "标志名称", "标准名称", "标志拼写"]
    assert "双合村" in cells[cells.index(head) + 1]
    assert not {"sign", "rule"} & {str(c) for row in cells for c in row}
    said = {str(cell.value) for row in book["规则"].iter_rows() for cell in row}
    assert set(RULES) <= said


def test_csv_has_the_names_of_machines_unless_chinese_is_asked(
    typed: Callable[..., tuple[int, str, str]], home: Path
) -> None:
    typed("names", "-o", str(home / "a.csv"))
    typed("names", "-o", str(home / "b.csv"), "--chinese")
    assert (home / "a.csv").read_text("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert (home / "b.csv").read_text("utf-8-sig").startswith("标志编号,标志名称,标准名称")


def test_rules_are_listed_with_article_and_example(
    typed: Callable[..., tuple[int, str, str]],
) -> None:
    _, out, _ = typed("names", "--rules", "--json")
    rows = json.loads(out)
    assert [row["rule"] for row in rows] == [f"N{n:02}" for n in range(1, 16)]
    assert all(row["article"] and row["example"] for row in rows)
    _, out, _ = typed("names", "--rules")
    assert "读音待地名主管部门核定" in out
    assert rules_table()["rule"].is_unique


def test_the_workspaces_own_readings_hold(home: Path) -> None:
    (home / "layers" / "readings.toml").write_text(
        '[[name]]\nsource = "示例县地名办公室"\nnames = ["长岭 zhǎng lǐng"]\n', "utf-8"
    )
    assert ("B2", "N10") not in found(find_names(Workspace.open(home)).rows)


def test_what_is_no_layer_of_signs_is_refused_in_one_line(
    home: Path, typed: Callable[..., tuple[int, str, str]]
) -> None:
    with pytest.raises(RequestError, match="不是地名标志"):
        find_names(Workspace.open(home), "village")
    code, _, err = typed("names", "signs")
    assert code == 1
    assert "没有图层“signs”" in err
    assert len(err.strip().splitlines()) == 1


def test_a_damaged_table_of_readings_is_one_line(
    home: Path, typed: Callable[..., tuple[int, str, str]]
) -> None:
    (home / "layers" / "readings.toml").write_text("[[name]]\nnames = []\n", "utf-8")
    code, _, err = typed("names")
    assert code == 1
    assert err.strip() == "hbgeo：readings.toml：第 1 个 [[name]]：缺少键 source"


def test_the_sample_says_it_is_one(sample: Workspace) -> None:
    made = find_names(sample, within="420525")
    assert made.sample
    rows: Any = made.rows
    assert "示例" not in "".join(rows["message"])
    assert set(rows["rule"]) <= set(RULES)


def test_a_gazetteer_of_some_places_says_nothing_of_what_it_does_not_tell_of(
    tmp_path: Path,
) -> None:
    """It has two natural villages of 兴山县: of village signs and roads, and of 远安县, nobody is blamed."""
    gazetteer = """
地名代码 | 标准名称 | 类别名称 | 所在县 | 经度       | 纬度      | 坐标系
Z1       | 王家湾   | 自然村   | 兴山县 | 110.5      | 31.2      | CGCS2000
Z2       | 石坝子   | 自然村   | 兴山县 | 110.6      | 31.3      | CGCS2000
"""
    more = """B7       | 张家塆   | Zhāngjiāwān   | 自然村牌 |          | 兴山县 | 示例乡   | 石板滩村 | 完好 | 2022-01-01
B8       | 吴家湾   | Wújiāwān      | 自然村牌 |          | 远安县 | 示例镇   | 双河村   | 完好 | 2022-01-01
"""
    world = WORLD | {"placename": gazetteer, "sign": str(WORLD["sign"]) + more}
    made = find_names(make_workspace(world, tmp_path))
    said = found(made.rows)
    assert [one for one in said if one[1] == "N14"] == [("B7", "N14")]
    assert ("B1", "N04") in said  # the list of villages still holds, by its codes
    assert "它没有的村对照村名单" in made.against


def test_a_name_is_abolished_from_its_day_on(tmp_path: Path) -> None:
    """On the catalogue's date, and not kept from another: 2023-12-31 first, then a day of 2020."""
    gazetteer = """
地名代码 | 标准名称 | 类别名称 | 所在县 | 所在乡镇 | 废止年份
Z1       | 石坝子   | 自然村   | 兴山县 | 示例乡   | 2021-06-30
Z2       | 王家湾   | 自然村   | 兴山县 | 示例乡   |
"""
    signs = """
标志编号 | 标志名称 | 标志类别 | 所在县 | 所在乡镇 | 状态 | 设置时间
B1       | 石坝子   | 自然村牌 | 兴山县 | 示例乡   | 完好 | 2019-01-01
"""
    workspace = make_workspace(WORLD | {"placename": gazetteer, "sign": signs}, tmp_path)
    assert found(find_names(workspace).rows) == [("B1", "N07")]
    catalog = tmp_path / "layers" / "catalog.toml"
    text = catalog.read_text("utf-8")
    catalog.write_text(text.replace("2023-12-31", "2020-12-31"), "utf-8")
    assert catalog.read_text("utf-8") != text
    assert found(find_names(Workspace.open(tmp_path)).rows) == []
