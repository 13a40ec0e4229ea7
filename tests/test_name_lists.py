"""Lists of place names: those that are alike, those worth protecting, and the streets of door plates."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from golden_cases import make_workspace

from hbgeo.errors import RequestError
from hbgeo.measure.names.heritage import PROTECT_COLUMNS, suggest_protected
from hbgeo.measure.names.namesakes import NEXT_M, SAME_COLUMNS, find_namesakes
from hbgeo.measure.names.plates import Streets, as_signs
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.text import Judge
from hbgeo.measure.touching import touching_units
from hbgeo.names.lists import list_namesakes, list_protected
from hbgeo.names.plates import count_plates
from hbgeo.names.signs import find_names
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.characters.variants import read_variants
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例东镇", "kind": "镇", "county": "远安县"},
        {"code": "420525102", "name": "示例西镇", "kind": "镇", "county": "远安县"},
        {"code": "420526101", "name": "示例乡", "kind": "乡", "county": "兴山县"},
    ],
    "levels": {},
    "village": """
村代码       | 村名     | 类别   | 所属乡镇 | 所在县
420525101201 | 红星村   | 行政村 | 示例东镇 | 远安县
420525101202 | 双河村   | 行政村 | 示例东镇 | 远安县
420525102201 | 红星村   | 行政村 | 示例西镇 | 远安县
420525102202 | 双合村   | 行政村 | 示例西镇 | 远安县
420525102203 | 王庄村   | 行政村 | 示例西镇 | 远安县
420526101201 | 双河村   | 行政村 | 示例乡   | 兴山县
420526101202 | 望庄村   | 行政村 | 示例乡   | 兴山县
""",
    "sign": """
标志编号 | 标志名称 | 标志类别 | 所在县 | 所在乡镇 | 状态
B1       | 石头咀   | 自然村牌 | 远安县 | 示例西镇 | 完好
B2       | 石头嘴   | 自然村牌 | 兴山县 | 示例乡   | 完好
B3       | 石头嘴   | 自然村牌 | 远安县 | 示例东镇 | 完好
""",
}
EAST, WEST, OTHER = "420525101", "420525102", "420526101"
NAMES = {EAST: "东镇", WEST: "西镇", OTHER: "乡", "420525": "远安县", "420526": "兴山县"}


@cache
def judge() -> Judge:
    return Judge(read_variants(), Reader(read_readings()))


def alike(*rows: tuple[str, ...], **how: Any) -> list[tuple[str, str, str, str]]:
    """(code, name, class, township) → (level, kind, names, codes)."""
    full = [[c, n, sort, town, town[:6]] for c, n, sort, town in rows]
    frame = pd.DataFrame(full, columns=["code", "name", "class", "unit_code", "county_code"])
    made = find_namesakes(frame, judge(), names=NAMES, **how)
    assert made.columns.tolist() == SAME_COLUMNS
    return [tuple(one) for one in made[["level", "kind", "names", "codes"]].to_numpy().tolist()]


# ---- one name, one reading


def test_a_name_twice_in_a_township_and_twice_in_a_county_are_two_findings() -> None:
    rows = (
        ("a", "王家湾", "自然村", EAST),
        ("b", "王家湾", "自然村", EAST),
        ("c", "王家湾", "自然村", WEST),
    )
    assert alike(*rows) == [
        ("乡镇内", "重名", "王家湾", "a、b"),
        ("县内", "重名", "王家湾", "a、b、c"),
    ]
    assert alike(*rows[:2]) == [("乡镇内", "重名", "王家湾", "a、b")]
    assert alike(*rows[1:]) == [("县内", "重名", "王家湾", "b、c")]


def test_names_of_two_classes_are_not_compared() -> None:
    assert alike(("a", "双河", "自然村", EAST), ("b", "双河", "水系", EAST)) == []


def test_one_reading_with_its_tones_is_one_thing_and_without_them_another() -> None:
    assert alike(("a", "双河村", "行政村", EAST), ("b", "双合村", "行政村", WEST)) == [
        ("县内", "同音", "双河村、双合村", "a、b")
    ]
    assert alike(("a", "王庄村", "行政村", EAST), ("b", "望庄村", "行政村", EAST)) == [
        ("乡镇内", "音近", "王庄村、望庄村", "a、b")
    ]
    assert alike(("a", "王庄村", "行政村", EAST), ("b", "双河村", "行政村", EAST)) == []


def test_across_a_border_only_what_is_next_door_is_told() -> None:
    rows = (("a", "双河村", "行政村", WEST), ("b", "双河村", "行政村", OTHER))
    assert alike(*rows) == []
    assert alike(*rows, beside=[(OTHER, WEST)]) == [("跨县相邻", "重名", "双河村", "a、b")]
    degree = NEXT_M / 111_195  # of latitude, on the sphere of the same area
    for factor, count in ((0.99, 1), (1.01, 0)):
        lonlat = np.array([[111.0, 31.0], [111.0, 31.0 + degree * factor]])
        assert len(alike(*rows, beside=[(OTHER, WEST)], lonlat=lonlat)) == count


def test_the_distance_is_that_of_the_two_nearest() -> None:
    frame = pd.DataFrame(
        [[c, "双河村", "行政村", t, t[:6]] for c, t in (("a", EAST), ("b", WEST), ("c", WEST), ("d", EAST))],
        columns=["code", "name", "class", "unit_code", "county_code"],
    )  # fmt: skip
    lonlat = np.array([[111.0, 31.0], [111.0, 31.1], [111.0, 31.15], [np.nan, np.nan]])
    made = find_namesakes(frame, judge(), names=NAMES, lonlat=lonlat)
    km = dict(zip(made["level"], made["km"], strict=False))
    assert km["县内"] == pytest.approx(0.05 * 111.195, abs=0.01)
    assert made[made["codes"] == "a、d"]["km"].isna().all()


@pytest.mark.parametrize("seed", range(10))
def test_groups_are_those_that_every_pair_gives(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    names = ("双河村", "双合村", "红星村", "洪星村", "王庄村", "望庄村")
    rows = [
        (f"{n:02}", rng.choice(names), "村", rng.choice((EAST, WEST, OTHER))) for n in range(12)
    ]
    made = alike(*rows, beside=[(WEST, OTHER)])
    pairs = {(a, b) for _, kind, _, codes in made if kind == "重名" for a in codes.split("、") for b in codes.split("、") if a < b}  # fmt: skip
    due = {
        (a[0], b[0])
        for a in rows
        for b in rows
        if a[0] < b[0] and a[1] == b[1] and (a[3][:6] == b[3][:6] or {a[3], b[3]} == {WEST, OTHER})
    }
    assert due <= pairs


# ---- units that touch


def test_units_touch_along_a_border_or_in_a_corner() -> None:
    boxes = [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 0), (0, 1), (3, 0))]
    units = gpd.GeoDataFrame({"geometry": boxes}, index=["a", "b", "c", "d"], crs="EPSG:4490")
    assert touching_units(units) == [("a", "b"), ("a", "c"), ("b", "c")]
    shapes = gpd.GeoSeries([boxes[0], None, shapely.Point(0, 0), shapely.Polygon()], units.index)
    assert touching_units(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")) == []
    assert touching_units(pd.DataFrame({"name": ["a"]})) == []


# ---- names worth protecting


def told(**given: Any) -> list[list[Any]]:
    row: dict[str, Any] = {
        "code": "a", "name": "示例寨", "unit_code": EAST, "county_code": EAST[:6], "class": "自然村",
        "founded": "", "old": (), "text": "", "gone": False, "listed": False,
    }  # fmt: skip
    frame = pd.DataFrame([{**row, **given}])
    made = suggest_protected(frame, 2026)
    assert made.columns.tolist() == PROTECT_COLUMNS
    return made[["founded", "age", "category", "reason", "state"]].to_numpy(object).tolist()


def test_an_old_name_is_suggested_and_is_no_member_of_a_list() -> None:
    assert told(founded="1526-12-31") == [
        [1526, 500, "古村落地名", "设立于 1526 年，至 2026 年已 500 年", "建议"]
    ]
    assert told(founded="1926") != []
    assert told(founded="1927") == []
    assert told(founded="0618-12-31")[0][1] == 1408


def test_what_is_told_of_a_name_is_a_reason_and_a_former_name_alone_is_none() -> None:
    assert told(old=("老寨", "上寨")) == []
    reason = told(text="明末建寨，清代设塘汛。", old=("老寨",))[0][3]
    assert reason == "记载提到明末、清代；曾用名 1 个：老寨"
    assert told(text="红军在此驻扎")[0][2] == "近现代重要地名"
    assert told(text="土家语，意为猴子多的地方")[0][2] == "少数民族语地名"
    assert told(text="因村前小河得名") == []


def test_a_name_that_is_listed_already_is_not_suggested() -> None:
    assert told(founded="1526", listed=True) == []


# ---- the command


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_workspace(WORLD, tmp_path)
    return tmp_path


@pytest.fixture
def typed(
    home: Path, typed_in: Callable[..., tuple[int, str, str]]
) -> Callable[..., tuple[int, str, str]]:
    return partial(typed_in, home, "names")


def test_villages_that_are_alike_are_listed(typed: Callable[..., tuple[int, str, str]]) -> None:
    _, out, _ = typed("--same", "--json")
    rows = json.loads(out)
    assert [(one["level"], one["kind"], one["names"]) for one in rows] == [
        ("县内", "重名", "红星村"),
        ("县内", "同音", "双河村、双合村"),
        ("跨县相邻", "同音", "双合村、双河村"),
        ("跨县相邻", "音近", "王庄村、望庄村"),
    ]
    assert list(rows[0]) == SAME_COLUMNS
    assert rows[2]["units"] == "远安县示例西镇、兴山县示例乡"
    _, out, _ = typed("--same")
    assert "县内      重名" in out
    _, out, _ = typed("--same", "--in", "兴山县", "--json")
    assert {one["level"] for one in json.loads(out)} == {"跨县相邻"}


def test_the_workbook_of_lists_is_in_chinese(
    typed: Callable[..., tuple[int, str, str]], home: Path
) -> None:
    typed("--same", "-o", str(home / "重名.xlsx"))
    book = openpyxl.load_workbook(home / "重名.xlsx")
    cells = [[cell.value for cell in row] for row in book["重名和同音"].iter_rows()]
    head = next(row for row in cells if "范围" in row)
    assert {"类型", "名称", "个数", "所在", "最近距离（公里）"} <= set(head)
    assert not set(SAME_COLUMNS) & {str(c) for row in cells for c in row}


def gazetteer(rows: Sequence[dict[str, Any]]) -> LayerTable:
    base = {"township_code": EAST, "county_code": EAST[:6], "use": "现今", "class": "自然村", "heritage": False}  # fmt: skip
    frame = pd.DataFrame([base | row for row in rows], index=[f"G{n}" for n in range(len(rows))])
    return LayerTable("placename", frame)


def test_a_gazetteers_columns_are_used_as_far_as_they_are_there(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(home)
    with pytest.raises(RequestError, match="没有地名图层"):
        list_protected(workspace)
    layer = gazetteer([
        {"name": "老街", "established_on": pd.Timestamp("1526-12-31"), "old_names": "上街、下街"},
        {"name": "新街", "established_on": pd.Timestamp("1998-12-31")},
        {"name": "古寨", "established_on": pd.Timestamp("1500-12-31"), "heritage": True},
        {"name": "老街村委会", "use": "重复登记", "established_on": pd.Timestamp("1526-12-31")},
    ])  # fmt: skip
    monkeypatch.setattr(Workspace, "find_layer", lambda _self, _key: layer)
    made = list_protected(workspace)
    assert made.rows[["name", "founded", "state", "county"]].to_numpy().tolist() == [["老街", 1526, "建议", "远安县"]]  # fmt: skip
    assert made.rows["age"].iloc[0] == workspace.catalog.as_of.year - 1526
    assert "已列入名录的 1 个不再建议。" in made.notes
    assert "不是名录" in made.line
    bare = LayerTable("placename", layer.frame[["name", "township_code", "county_code"]])
    monkeypatch.setattr(Workspace, "find_layer", lambda _self, _key: bare)
    made = list_protected(workspace)
    assert made.rows.empty
    assert any("没有设立年份" in note for note in made.notes)
    assert list_namesakes(workspace).rows.empty


def test_a_place_that_is_no_more_has_no_namesakes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = gazetteer([
        {"name": "王家湾", "abolished_on": pd.Timestamp("2001-01-01")},
        {"name": "王家湾", "abolished_on": pd.NaT},
        {"name": "王家湾", "abolished_on": pd.NaT, "class": "居民点"},
    ])  # fmt: skip
    monkeypatch.setattr(Workspace, "find_layer", lambda _self, _key: layer)
    rows = list_namesakes(Workspace.open(home)).rows
    assert rows[["level", "count", "codes"]].to_numpy().tolist() == [["乡镇内", 2, "G1、G2"]]


# ---- signs of units that touch


def test_signs_in_townships_that_touch_are_next_door(home: Path) -> None:
    rows = find_names(Workspace.open(home)).rows
    assert list(zip(rows["id"], rows["rule"], strict=True)) == [
        ("B1", "N09"), ("B2", "N09"), ("B3", "N09"),
    ]  # fmt: skip


# ---- door plates


def test_plates_are_counted_by_unit_and_street_however_they_come() -> None:
    names = [
        "建设路12号",
        "建设路13号附2号",
        "建设路甲3号",
        "双河村三组15号",
        "中山二路8号",
        "十二号",
    ]
    letters = ["Jianshe Lu 12 Hao", "", "", "", "Zhongshan 2 Lu 8 Hào Fù 1", ""]
    rows = list(zip(names, letters, strict=True)) * 3
    for size in (1, 4, 18):
        streets = Streets()
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            text, said = (pa.array([one[k] for one in part], pa.string()) for k in (0, 1))
            units = pa.array([EAST] * len(part))
            streets.add(pa.array([EAST[:6]] * len(part)), units, text, said)
        made = streets.table()
        found = {(s, r): n for s, r, n in made[["street", "roman", "plates"]].to_numpy().tolist()}
        assert found == {
            ("建设路", "Jianshe Lu"): 3, ("建设路", ""): 6, ("双河村", ""): 3, ("中山二路", "Zhongshan 2 Lu"): 3,
            ("", ""): 3,
        }  # fmt: skip
        assert streets.plates == 18
    kinds = as_signs(made, {})
    assert dict(zip(kinds["name"], kinds["kind"], strict=True))["双河村"] == "村牌"


def test_plates_of_a_file_are_put_into_their_townships_and_checked_by_street(
    home: Path, typed: Callable[..., tuple[int, str, str]]
) -> None:
    lines = ["门牌地址,汉语拼音,经度,纬度,坐标系"]
    lines += [f"双合村{n}号,,110.1,30.5,CGCS2000" for n in range(1, 4)]
    lines += ["双河村1号,Shuanghe Village 1,110.1,30.5,CGCS2000", "9号,,110.1,30.5,CGCS2000"]
    lines += ["双河村2号,,100.0,30.5,CGCS2000"]
    (home / "门牌.csv").write_text("\n".join(lines), "utf-8")
    made = count_plates(Workspace.open(home), home / "门牌.csv")
    cells = made.rows[["unit", "street", "plates", "rule"]].to_numpy().tolist()
    assert cells == [
        ["", "双河村", 1, ""], ["示例东镇", "双合村", 3, "N04"], ["示例东镇", "双河村", 1, "N10"],
    ]  # fmt: skip
    assert made.line.startswith("6 块门牌，3 个乡镇内的街路巷、村名")
    assert any("1 块门牌没有街路巷或村名" in note for note in made.notes)
    assert any("1 个不在任何乡镇" in note for note in made.notes)
    _, out, _ = typed("--plates", str(home / "门牌.csv"))
    assert "同音字“合”应为“河”" in out
    (home / "b.csv").write_text("经度,纬度\n110.1,30.5\n", "utf-8")
    code, _, err = typed("--plates", str(home / "b.csv"))
    assert code == 1
    assert "没有门牌或街路巷名称的列" in err


def test_ages_are_counted_to_the_date_of_the_workspace(home: Path) -> None:
    assert Workspace.open(home).catalog.as_of == date(2023, 12, 31)
