"""Where a point is: units by their boxes, borders, what is nearest, and what is typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from golden_cases import make_workspace

from hbgeo.errors import HbgeoError, RequestError
from hbgeo.names.whereis import COLUMNS, LEVELS, Where, find_where, read_position
from hbgeo.read.crs import GEOD, wgs84_to_gcj02
from hbgeo.workspace import Workspace

# counties are a degree wide from 110°E 30°N; 远安县's two townships are half of it each
WORLD = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420528", "name": "长阳县"}],
    "township": [
        {"code": "420525101", "name": "鸣凤镇", "kind": "镇", "county": "远安县"},
        {"code": "420525102", "name": "花林寺镇", "kind": "镇", "county": "远安县"},
        {"code": "420528101", "name": "龙舟坪镇", "kind": "镇", "county": "长阳县", "box": [111, 30, 112, 30.5]},
    ],
    "levels": {},
    "village": """
村代码       | 村名   | 类别   | 所属乡镇 | 所在县 | 经度   | 纬度  | 坐标系
420525101201 | 双河村 | 行政村 | 鸣凤镇   | 远安县 | 110.2  | 30.5  | CGCS2000
420525102201 | 长岭村 | 行政村 | 花林寺镇 | 远安县 | 110.8  | 30.5  | CGCS2000
420528101201 | 先锋村 | 行政村 | 龙舟坪镇 | 长阳县 | 111.5  | 30.25 | CGCS2000
""",
    "sign": """
标志编号 | 标志名称 | 标志类别 | 所在县 | 所在乡镇 | 所在村 | 状态 | 设置时间   | 经度  | 纬度  | 坐标系
B1       | 双河村   | 村牌     | 远安县 | 鸣凤镇   | 双河村 | 破损 | 2022-01-01 | 110.2 | 30.51 | CGCS2000
B2       | 先锋村   | 村牌     | 长阳县 | 龙舟坪镇 | 先锋村 | 待设 | 2022-01-01 | 111.5 | 30.25 | CGCS2000
B3       | 长岭村   | 村牌     | 远安县 | 花林寺镇 | 长岭村 | 缺失 | 2022-01-01 | 110.8 | 30.5  | CGCS2000
""",
}  # fmt: skip
VILLAGES = {"双河村": (110.2, 30.5), "长岭村": (110.8, 30.5), "先锋村": (111.5, 30.25)}
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("whereis")
    make_workspace(WORLD, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def workspace(home: Path) -> Workspace:
    return Workspace.open(home)


def codes(found: Where) -> list[str | None]:
    return [found.row[f"{level}_code"] for level in LEVELS]


def geodesic(x: float, y: float, other: tuple[float, float]) -> float:
    return float(GEOD.inv(x, y, *other)[2])


def test_a_point_is_in_the_units_whose_boxes_hold_it(workspace: Workspace) -> None:
    found = find_where(workspace, 110.25, 30.5)
    assert codes(found) == ["420000", "420500", "420525", "420525101", None]
    names = [found.row[level] for level in LEVELS]
    assert names == ["湖北省", "宜昌市", "远安县", "鸣凤镇", None]
    assert found.row["on_border"] == []
    assert found.notes == ("村没有界线，不能判定在哪个村，可看最近的地名。",)
    assert list(found.row) == COLUMNS


def test_the_nearest_name_and_sign_are_by_geodesic_distance(workspace: Workspace) -> None:
    row = find_where(workspace, 110.2, 30.5).row
    assert (row["nearest_name"], row["metres"]) == ("双河村", 0.0)
    # 0.01 degree of the meridian at 30.5°N on GRS80: M = a(1−e²)/(1−e²sin²φ)^1.5 = 6,351,783 m
    # there, times 0.01·π/180 = 1,108.6 m
    assert (row["nearest_sign"], row["sign_id"], row["sign_status"]) == ("双河村", "B1", "破损")
    assert row["sign_metres"] == pytest.approx(1108.6, abs=0.1)


def test_a_sign_that_does_not_stand_is_not_near(workspace: Workspace) -> None:
    row = find_where(workspace, 111.5, 30.25).row
    assert row["sign_id"] == "B1"
    assert row["sign_metres"] == round(geodesic(111.5, 30.25, (110.2, 30.51)), 1)


@pytest.mark.parametrize("seed", range(20))
def test_the_nearest_name_is_that_of_all_distances(seed: int, workspace: Workspace) -> None:
    x, y = np.random.default_rng(seed).uniform((109, 29), (113, 32))
    metres = {name: geodesic(x, y, point) for name, point in VILLAGES.items()}
    row = find_where(workspace, x, y).row
    assert row["nearest_name"] == min(metres, key=metres.__getitem__)
    assert row["metres"] == round(min(metres.values()), 1)


def test_a_point_on_a_border_is_in_the_unit_of_the_smallest_code(workspace: Workspace) -> None:
    found = find_where(workspace, 111.0, 30.25)
    assert codes(found)[2:4] == ["420525", "420525102"]
    assert found.row["on_border"] == ["county", "township"]
    assert (
        "这一点压在县（市、区）、乡镇（街道）的共同界线上，按规则归代码最小的一个。" in found.notes
    )
    assert found.rows["on_border"].tolist() == ["县（市、区）、乡镇（街道）"]
    inner = find_where(workspace, 110.5, 30.25)
    assert codes(inner)[2:4] == ["420525", "420525101"]
    assert inner.row["on_border"] == ["township"]


def test_a_point_in_a_county_and_in_no_township_says_so(workspace: Workspace) -> None:
    found = find_where(workspace, 111.5, 30.75)
    assert codes(found) == ["420000", "420500", "420528", None, None]
    assert "这一点不在任何乡镇（街道）的界线内。" in found.notes
    assert found.inside


def test_a_point_outside_is_told_the_nearest_unit(workspace: Workspace) -> None:
    found = find_where(workspace, 113.0, 30.4)
    assert codes(found) == [None] * 5
    assert not found.inside
    assert (found.row["nearest_unit"], found.row["nearest_unit_code"]) == ("长阳县", "420528")
    border = min(geodesic(113.0, 30.4, (112.0, y)) for y in np.linspace(30, 31, 100_001))
    assert found.row["unit_metres"] == pytest.approx(border, abs=0.2)
    both = find_where(workspace, 111.0, 31.5)  # as far from one as from the other
    assert both.row["nearest_unit_code"] == "420525"


def test_borders_of_two_levels_that_disagree_are_said(tmp_path: Path) -> None:
    town = {"code": "420525101", "name": "鸣凤镇", "kind": "镇", "box": [110, 30, 111.2, 31]}
    workspace = make_workspace({"county": WORLD["county"], "township": [town]}, tmp_path)
    found = find_where(workspace, 111.1, 30.5)
    assert codes(found)[2:4] == ["420528", "420525101"]
    assert (
        "县（市、区）界线把这一点划在长阳县（420528），下级单元却属于远安县（420525）"
        in "".join(found.notes)
    )


# ---- positions


@pytest.mark.parametrize(
    "text",
    ["110.25 30.5", "110.25,30.5", "30.5 110.25", "110°15′ 30°30′", "东经110°15′0″ 北纬30°30′0″", "E110.25 N30.5"],
)  # fmt: skip
def test_a_position_is_read_in_any_spelling(text: str) -> None:
    x, y, _ = read_position(text, "WGS84")
    assert (x, y) == pytest.approx((110.25, 30.5), abs=1e-12)


def test_a_position_is_brought_to_cgcs2000() -> None:
    east, north = wgs84_to_gcj02(np.array([110.25]), np.array([30.5]))
    for crs in ("gcj02", "GCJ-02", "高德"):
        x, y, said = read_position(f"{east[0]:.10f} {north[0]:.10f}", crs)
        assert (x, y) == pytest.approx((110.25, 30.5), abs=1e-8)
        assert said == []
    # on the central meridian of zone 37 (111°E) the easting is 500 km, whatever the northing
    for text, crs in (
        ("500000 3375000", "EPSG:4546"),
        ("37500000 3375000", ""),
        ("3375000 37500000", ""),
    ):
        x, y, _ = read_position(text, crs)
        assert x == pytest.approx(111.0, abs=1e-9)
        assert 30 < y < 31
    x, y, said = read_position("110.25 30.5")
    assert said == [
        "没有写 --crs，按 CGCS2000（WGS84、天地图同此）。",
        "坐标不足四位小数，误差可达百米以上，可能落入相邻的单元。",
    ]


@pytest.mark.parametrize(
    ("text", "crs", "said"),
    [
        ("110.25", "", "不是一对坐标"),
        ("abc def", "", "不是一对坐标"),
        ("nan nan", "", "不是一对坐标"),
        ("0 0", "", "不在中国范围内"),
        ("-110.25 30.5", "", "不在中国范围内"),
        ("110.25 30.5", "北京54", "转换参数不公开"),
        ("110.25 30.5", "没有的", "无法识别"),
        ("500000 3375000", "", "未说明带号"),
        ("500000 3375000", "gcj02", "不可能是"),
    ],
)
def test_what_is_no_position_is_refused_in_a_line(text: str, crs: str, said: str) -> None:
    with pytest.raises(HbgeoError, match=said) as told:
        read_position(text, crs)
    assert len(str(told.value).splitlines()) == 1


def test_a_text_that_is_no_pair_is_a_request() -> None:
    with pytest.raises(RequestError):
        read_position("")


# ---- typed


@pytest.fixture
def typed(home: Path, typed_in: Typed) -> Typed:
    return partial(typed_in, home)


def test_the_terminal_says_it_level_by_level(typed: Typed) -> None:
    code, out, _ = typed("whereis", "110.2000", "30.5000", "--crs", "WGS84")
    assert code == 0
    for text in (
        "湖北省",
        "宜昌市",
        "远安县",
        "鸣凤镇",
        "420525101",
        "最近的地名",
        "1.1 公里",
        "破损",
    ):
        assert text in out
    assert "没有写 --crs" not in out
    _, out, _ = typed("whereis", "113.0000,30.4000")
    assert "这一点不在任何单元内" in out
    assert "最近的单元" in out
    assert "没有写 --crs" in out


def test_json_has_the_keys_of_the_design_and_nothing_beside(typed: Typed) -> None:
    _, out, err = typed("whereis", "111", "30.25", "--json")
    [row] = json.loads(out)
    assert list(row) == COLUMNS
    assert row["on_border"] == ["county", "township"]
    assert row["village_code"] is None
    assert "按 CGCS2000" in err
    assert "共同界线" in err


def test_a_workbook_has_chinese_headings(typed: Typed, tmp_path: Path) -> None:
    typed("whereis", "110.2500", "30.5000", "-o", str(tmp_path / "点.xlsx"))
    rows = openpyxl.load_workbook(tmp_path / "点.xlsx").active.iter_rows(values_only=True)
    said = {str(cell) for row in rows for cell in row if cell is not None}
    assert {"经度（CGCS2000）", "最近的地名", "地名距离（米）", "鸣凤镇"} <= said
    assert not {"nearest_name", "township_code", "on_border"} & said


def test_a_mistake_is_one_line(typed: Typed) -> None:
    code, out, err = typed("whereis", "110.25")
    assert (code, out) == (1, "")
    assert err.startswith("hbgeo：“110.25”不是一对坐标；写作 114.305 30.593")
    assert len(err.splitlines()) == 1
    assert typed("whereis")[0] == 2


def test_the_nearest_name_is_one_of_today_and_no_committee_beside_its_village(
    tmp_path: Path,
) -> None:
    gazetteer = """
地名代码 | 标准名称         | 类别名称   | 所在县 | 所在乡镇 | 经度     | 纬度    | 坐标系   | 使用时间 | 废止年份
Z1       | 石坝子           | 自然村     | 远安县 | 鸣凤镇   | 110.2100 | 30.5000 | CGCS2000 | 历史     |
Z2       | 吴家湾           | 自然村     | 远安县 | 鸣凤镇   | 110.2110 | 30.5000 | CGCS2000 |          | 2001
Z3       | 红旗村村民委员会 | 村民委员会 | 远安县 | 鸣凤镇   | 110.2120 | 30.5000 | CGCS2000 |          |
Z4       | 红旗村           | 行政村     | 远安县 | 鸣凤镇   | 110.2130 | 30.5000 | CGCS2000 |          |
"""
    world = {k: v for k, v in WORLD.items() if k != "village"} | {"placename": gazetteer}
    row = find_where(make_workspace(world, tmp_path), 110.21, 30.5).row
    assert (row["nearest_name"], row["nearest_code"]) == ("红旗村", "Z4")
    assert row["metres"] == pytest.approx(geodesic(110.21, 30.5, (110.213, 30.5)), abs=0.1)
