"""stats --radius, nearest and access, as a planner types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pandas as pd
import pytest
from golden_cases import make_workspace
from osmium.osm import mutable
from pyproj import Geod, Transformer

from hbgeo.access import COLUMNS
from hbgeo.read.cell.text import is_filled

Typed = Callable[..., tuple[int, str, str]]
GRS80 = Geod(ellps="GRS80")
WORLD: dict[str, Any] = {
    "county": [{"code": "420525", "name": "远安县"}, {"code": "420526", "name": "兴山县"}],
    "township": [
        {"code": "420525101", "name": "示例甲镇"}, {"code": "420525102", "name": "示例乙镇"},
        {"code": "420526101", "name": "示例丙镇"},
    ],
    "population": """
乡镇代码 | 乡镇名称 | 常住人口 | 60岁及以上
420525101 | 示例甲镇 | 10000 | 3000
420525102 | 示例乙镇 | 30000 | 6000
420526101 | 示例丙镇 | 20000 | 5000
""",
    "cemetery": """
编号 | 公墓名称 | 类型 | 性质 | 级别 | 状态 | 启用时间 | 所在县 | 所在乡镇 | 墓穴总数 | 经度 | 纬度
G1 | 甲公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 500 | 110.25 | 30.5
G2 | 乙公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例乙镇 | 300 | 110.75 | 30.5
G3 | 在建公墓 | 公墓 | 公益性 | 乡镇级 | 在建 | | 远安县 | 示例甲镇 | 900 | 110.26 | 30.5
G4 | 无位公墓 | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | 900 | |
""",
    "village": """
村代码 | 村名 | 类别 | 所在县 | 所属乡镇 | 驻地 | 经度 | 纬度
420525101201 | 甲村 | 行政村 | 远安县 | 示例甲镇 | 是 | 110.24 | 30.5
420525102201 | 乙村 | 行政村 | 远安县 | 示例乙镇 | 是 | 110.74 | 30.5
420526101201 | 丙村 | 行政村 | 兴山县 | 示例丙镇 | 是 | 111.5 | 30.5
""",
    "roads": """
道路名称 | 道路等级 | 限速 | 单行 | 线
甲路 | 国道 | | | 110.2 30.5, 110.25 30.5
乙路 | 省道 | 30 mph | | 110.25 30.5, 110.75 30.5
孤路 | 村道 | | | 111.49 30.501, 111.51 30.501
人行道 | 人行道 | | | 110.25 30.5, 110.25 30.6
""",
    "policy": """
system = "other"
title = "示例"
[[indicator]]
id = "near"
name = "公墓"
measure = "presence"
units = "village"
layer = "cemetery"
[[indicator]]
id = "all"
name = "公墓"
measure = "presence"
units = "township"
layer = "cemetery"
""",
}  # fmt: skip
POINTS = "名称,km,经度,纬度\n子,1,110.25,30.5\n丑,2,110.6,30.5\n寅,3,111.5,30.5\n卯,4,112.5,30.5\n辰,5,,\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reached")
    make_workspace(WORLD, folder)
    (folder / "点.csv").write_text(POINTS, "utf-8")
    return folder


def km(*ends: float) -> float:
    return GRS80.inv(*ends)[2] / 1000


def rows(typed: tuple[int, str, str]) -> list[dict[str, Any]]:
    code, out, _ = typed
    assert code == 0
    return json.loads(out)


# ------------------------------------------------------------------ stats --radius


def test_a_radius_is_a_row_and_says_that_it_is_a_straight_line(
    typed_in: Typed, world: Path
) -> None:
    found = rows(typed_in(world, "stats", "near", "--radius", "500,1000，60000", "--json"))
    assert [(r["indicator"], r["radius_m"], r["covered"], r["total"]) for r in found] == [
        ("near", 500, 0, 3), ("near", 1000, 2, 3), ("near", 60000, 2, 3),
    ]  # fmt: skip
    assert all("直线距离，非步行时间" in r["name"] for r in found)
    assert all("直线距离，非步行时间" in ";".join(r["basis"]["filters"]) for r in found)
    assert found[0]["basis"]["set_aside"] == {"状态为在建": 1, "没有坐标、不能按距离计": 1}
    assert (found[0]["targets"], found[0]["met"], found[0]["measure"]) == ([], None, "reach")
    plain = rows(typed_in(world, "stats", "near", "--json"))
    assert [r["radius_m"] for r in plain] == [None]


def test_polygons_count_by_area_or_by_people(typed_in: Typed, world: Path) -> None:
    [area] = rows(typed_in(world, "stats", "all", "--radius", "5000", "--json"))
    # two whole discs of π · 25 km² in two degrees by one, about 21,280 km²
    assert area["covered"] == pytest.approx(2 * np.pi * 25, rel=1e-5)
    assert area["total"] == pytest.approx(21_280, rel=2e-3)
    assert "按单元面积（平方公里）计" in area["basis"]["filters"]
    [people] = rows(typed_in(world, "stats", "all", "--radius", "5000", "--weight", "population", "--json"))  # fmt: skip
    share = np.pi * 25 / (area["total"] / 4)
    assert people["covered"] == pytest.approx(share * 40_000, rel=1e-3)
    assert people["total"] == 60_000
    assert "单元内的人口按面积均摊" in people["basis"]["filters"]


def test_radii_by_county_and_in_one(typed_in: Typed, world: Path) -> None:
    by = rows(typed_in(world, "stats", "near", "--radius", "1000", "--by", "county", "--json"))
    assert [(r["unit"], r["covered"], r["total"], r["radius_m"]) for r in by] == [
        ("远安县", 2, 2, 1000), ("兴山县", 0, 1, 1000),
    ]  # fmt: skip
    [one] = rows(typed_in(world, "stats", "near", "--radius", "1000", "--in", "兴山县", "--json"))
    assert (one["covered"], one["total"]) == (0, 1)


def test_radii_are_written_and_shown(typed_in: Typed, world: Path, tmp_path: Path) -> None:
    assert (
        typed_in(world, "stats", "near", "--radius", "1000", "-o", str(tmp_path / "半径.csv"))[0]
        == 0
    )
    table = pd.read_csv(tmp_path / "半径.csv")
    assert table["radius_m"].tolist() == [1000]
    assert (
        typed_in(world, "stats", "near", "--radius", "1000", "-o", str(tmp_path / "半径.xlsx"))[0]
        == 0
    )
    sheet = pd.read_excel(tmp_path / "半径.xlsx", header=None, engine="calamine").astype(str)
    assert sheet.eq("半径（米，直线距离）").any(axis=None)
    code, out, _ = typed_in(world, "stats", "near", "--radius", "1000,3000")
    assert code == 0
    assert "距设施 1,000 米以内（直线距离，非步行时间）" in out
    assert "半径 3000 米，直线距离，非步行时间" in out


@pytest.mark.parametrize("radius", ["0", "-1", "abc", "2000001", "1000,0", "", "1,,nan", "１e99", ",".join(map(str, range(1, 30)))])  # fmt: skip
def test_what_is_no_radius_is_one_line(typed_in: Typed, world: Path, radius: str) -> None:
    code, out, err = typed_in(world, "stats", "near", "--radius", radius)
    assert (code, out) == (1, "")
    assert err.startswith("hbgeo：--radius “")
    assert err.count("\n") == 1
    assert "2000000（2,000 公里）" in err or "1 至 20 个半径" in err


def test_only_what_stands_somewhere_has_a_radius(typed_in: Typed, world: Path) -> None:
    code, _, err = typed_in(world, "stats", "assistance-ratio", "--radius", "500")
    assert code == 1
    assert "“assistance-ratio”不是按设施点位计算的指标" in err
    assert rows(
        typed_in(world, "stats", "other", "--radius", "1000", "--json")
    )  # a system: what can be
    lacking = rows(typed_in(world, "stats", "elder-street", "--radius", "1000", "--json"))
    assert [(r["status"], r["radius_m"]) for r in lacking] == [("no-data", 1000)]


# ------------------------------------------------------------------ nearest


def test_each_point_has_its_nearest_and_no_row_is_lost(typed_in: Typed, world: Path) -> None:
    found = rows(typed_in(world, "nearest", str(world / "点.csv"), "--to", "cemetery", "--k", "2", "--json"))  # fmt: skip
    assert list(found[0]) == ["名称", "km(原表)", "经度", "纬度", "rank", "facility_id", "facility_name", "km", "minutes"]  # fmt: skip
    told = [(r["名称"], r["rank"], r["facility_id"]) for r in found]
    assert told == [
        ("子", 1, "G1"), ("子", 2, "G2"), ("丑", 1, "G2"), ("丑", 2, "G1"), ("寅", 1, "G2"),
        ("寅", 2, "G1"), ("卯", 1, "G2"), ("卯", 2, "G1"), ("辰", None, None),
    ]  # fmt: skip
    assert found[2]["km"] == pytest.approx(km(110.6, 30.5, 110.75, 30.5), abs=6e-4)
    assert all(r["minutes"] is None for r in found)


def test_by_road_the_nearest_are_those_in_the_fewest_minutes(typed_in: Typed, world: Path) -> None:
    words = ("nearest", str(world / "点.csv"), "--to", "cemetery", "--roads", "roads")
    code, out, err = typed_in(world, *words, "--k", "2", "--json")
    found = json.loads(out)
    one = found[2]  # 丑: 14.4 km along 乙路 at 30 mph
    drive = km(110.6, 30.5, 110.75, 30.5) / (30 * 1.609344) * 60
    assert (code, one["facility_id"], one["minutes"]) == (0, "G2", pytest.approx(drive, abs=0.02))
    assert [r["minutes"] for r in found if r["名称"] in "寅卯辰"] == [None] * 5
    assert "1 个点离最近的道路超过 2,000 米，按直线距离列出" in err
    assert "1 个点沿道路到不了任何设施（孤立路段或单行不通），按直线距离列出" in err
    assert "未用：不通机动车 1" in err
    assert "本工具自定的等级车速" in err
    [first, *_] = rows(typed_in(world, *words, "--json"))
    assert (first["facility_id"], first["minutes"], first["km"]) == ("G1", 0, 0)


def test_the_nearest_are_written_in_every_format(
    typed_in: Typed, world: Path, tmp_path: Path
) -> None:
    for suffix in ("csv", "xlsx", "json", "parquet", "gpkg", "geojson"):
        path = tmp_path / f"近.{suffix}"
        code, out, _ = typed_in(world, "nearest", str(world / "点.csv"), "--to", "cemetery", "-o", str(path))  # fmt: skip
        assert code == 0
        assert path.stat().st_size
        assert "没有坐标的 1 处不计" in out
        assert "不在运营的 1 处不计" in out
    sheet = pd.read_excel(tmp_path / "近.xlsx", header=None, engine="calamine").astype(str)
    assert sheet.eq("直线距离（公里）").any(axis=None)
    assert sheet.eq("最近的设施").any(axis=None)
    assert pd.read_csv(tmp_path / "近.csv")["facility_id"].tolist()[:4] == ["G1", "G2", "G2", "G2"]
    code, out, _ = typed_in(world, "nearest", str(world / "点.csv"), "--to", "cemetery")
    assert "最近的设施（直线距离）" in out
    assert "5 个点，1 个没有可用的坐标" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "county"], "--to “county”不是点图层；可用 cemetery"),
        (["--to", "cemetary"], "目录中没有图层“cemetary”"),
        (["--to", "cemetery", "--k", "0"], "--k “0”不可用；应为 1 至 100 的整数"),
        (["--to", "cemetery", "--k", "1.5"], "--k “1.5”不可用"),
        (["--to", "cemetery", "--roads", "village"], "--roads “village”不是道路图层；可用 roads"),
    ],
)
def test_what_cannot_be_near_is_one_line(typed_in: Typed, world: Path, words: list[str], said: str) -> None:  # fmt: skip
    code, out, err = typed_in(world, "nearest", str(world / "点.csv"), *words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert "没有这个文件" in typed_in(world, "nearest", "无.csv", "--to", "cemetery")[2]


def test_where_no_point_counts_it_is_said_why(typed_in: Typed, world: Path, tmp_path: Path) -> None:
    sheets = dict(WORLD)
    head, *lines = sheets["cemetery"].strip().splitlines()
    sheets["cemetery"] = "\n".join([head, *(one.replace("2020-05-01", "") for one in lines)])
    sheets["cemetery"] = sheets["cemetery"].replace("运营", "规划", 1)
    make_workspace(sheets, tmp_path)
    err = typed_in(tmp_path, "nearest", str(world / "点.csv"), "--to", "cemetery")[2]
    assert "没有运营且有坐标的点（状态为在建 1、状态为规划 1、无启用时间 2）" in err


# ------------------------------------------------------------------ access


def test_access_by_hand(typed_in: Typed, world: Path) -> None:
    found = rows(typed_in(world, "access", "all", "--catchment", "5000", "--json"))
    assert list(found[0]) == COLUMNS
    assert [(r["code"], r["demand"], r["supply"], r["score"]) for r in found] == [
        ("420525101", 10_000, 500, 0.05), ("420525102", 30_000, 300, 0.01), ("420526101", 20_000, 0, 0),
    ]  # fmt: skip
    assert {(r["catchment_m"], r["catchment_min"], r["decay"]) for r in found} == {
        (5000, None, "none")
    }


def test_access_by_road_shares_among_all_who_come(typed_in: Typed, world: Path) -> None:
    # 48 km at 30 mph: both towns reach both within 70 minutes, the third stands on an island
    code, out, err = typed_in(
        world, "access", "all", "--minutes", "70", "--roads", "roads", "--json"
    )
    found = json.loads(out)
    assert [r["score"] for r in found] == pytest.approx([0.02, 0.02, 0])
    assert sum(r["score"] * r["demand"] for r in found) == pytest.approx(800)
    assert (code, found[0]["catchment_m"], found[0]["catchment_min"]) == (0, None, 70)
    for said in (
        "服务范围：沿道路 70 分钟以内；衰减：范围内不随距离衰减", "单元 1 个在与路网主体不通的孤立路段旁",
        "其中到不了路网主体的单元：420526101", "单元离路的直线距离：中位数", "从地点到设施，按单行方向",
    ):  # fmt: skip
        assert said in err


def test_decay_and_supply_are_said(typed_in: Typed, world: Path) -> None:
    words = ("access", "all", "--catchment", "5000", "--weight", "population_60")
    step = rows(typed_in(world, *words, "--decay", "step", "--json"))
    assert step[0]["score"] == pytest.approx(500 / 3000)  # 960 m is in the first third
    _, out, _ = typed_in(world, *words, "--decay", "gaussian", "--supply", "墓穴总数")
    assert "高斯衰减，至范围边缘为 0（Dai 2010）" in out
    assert "每人可得的墓穴总数" in out
    assert "5,000 米以内（直线距离，非步行时间）" in out
    assert "需求为60岁及以上" in out


def test_only_one_county_is_listed_and_all_share(
    typed_in: Typed, world: Path, tmp_path: Path
) -> None:
    words = ("access", "all", "--minutes", "70", "--roads", "roads", "--in", "远安县")
    code, _, _ = typed_in(world, *words, "-o", str(tmp_path / "可达.xlsx"))
    assert code == 0
    sheet = pd.read_excel(tmp_path / "可达.xlsx", header=None, engine="calamine").astype(str)
    assert sheet.eq("得分（每份需求可得）").any(axis=None)
    assert not sheet.eq("420526101").any(axis=None)
    found = rows(typed_in(world, *words, "--json"))
    assert [r["score"] for r in found] == pytest.approx([0.02, 0.02])


def test_without_people_each_place_counts_one(typed_in: Typed, world: Path) -> None:
    code, out, err = typed_in(world, "access", "near", "--catchment", "5000", "--json")
    assert code == 0
    assert [(r["demand"], r["score"]) for r in json.loads(out)] == [(1, 500), (1, 300), (1, 0)]
    assert "按 1 计（没有人口数据）" in err


def test_access_is_the_same_to_the_last_digit_in_any_order_of_rows(
    typed_in: Typed, tmp_path: Path
) -> None:
    head = WORLD["cemetery"].strip().split("\n")[0]
    line = "F{0:02} | 公墓{0} | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 远安县 | 示例甲镇 | {1} | 110.{2} | 30.5"
    lines = [line.format(k, 7 * k + 1, 230 + 3 * k) for k in range(12)]
    lines += [
        f"Z{k} | 远墓{k} | 公墓 | 公益性 | 乡镇级 | 运营 | 2020-05-01 | 兴山县 | 示例丙镇 | 5 | 111.9{k} | 30.5"
        for k in range(3)
    ]
    said = []
    for k, some in enumerate((lines, lines[::-1], lines[1::2] + lines[::2])):
        folder = tmp_path / str(k)
        folder.mkdir()
        make_workspace({**WORLD, "cemetery": "\n".join([head, *some]) + "\n"}, folder)
        words = ("access", "all", "--catchment", "5000", "--decay", "gaussian", "--json")
        said.append(typed_in(folder, *words))
    assert said[0][0] == 0
    assert "供给未分出的设施 3 个：Z0、Z1、Z2" in said[0][2]
    assert said[0] == said[1] == said[2]
    path = tmp_path / "可达.xlsx"
    assert typed_in(tmp_path / "0", *words[:-1], "-o", str(path))[0] == 0
    listed = pd.read_excel(path, sheet_name="未分出、未计入", engine="calamine").astype(str)
    assert [c for c in listed.iloc[:, 0] if c.startswith("Z")] == ["Z0", "Z1", "Z2"]


def test_neither_crs_nor_the_order_of_rows_changes_a_figure(
    typed_in: Typed, tmp_path: Path
) -> None:
    def figures(folder: Path, text: dict[str, Any]) -> list[Any]:
        folder.mkdir()
        make_workspace(text, folder)
        (folder / "点.csv").write_text(POINTS, "utf-8")
        radius = rows(typed_in(folder, "stats", "all", "--radius", "5000", "--json"))
        near = rows(typed_in(folder, "nearest", str(folder / "点.csv"), "--to", "cemetery", "--roads", "roads", "--json"))  # fmt: skip
        access = rows(typed_in(folder, "access", "all", "--minutes", "70", "--roads", "roads", "--json"))  # fmt: skip
        return [radius[0]["covered"], [(r["facility_id"], r["minutes"]) for r in near], [r["score"] for r in access]]  # fmt: skip

    plain = figures(tmp_path / "a", WORLD)
    head, *lines = WORLD["cemetery"].strip().split("\n")
    turned = "\n".join([head, *lines[::-1]]) + "\n"
    roads = WORLD["roads"].strip().split("\n")
    other = figures(tmp_path / "b", {**WORLD, "cemetery": turned, "roads": "\n".join([roads[0], *roads[:0:-1]]) + "\n"})  # fmt: skip
    assert other == plain
    zone = Transformer.from_crs("EPSG:4490", "EPSG:4546", always_xy=True)  # 3 degrees about 111° E
    moved = [f"{head} | 坐标系"]
    for line in lines:
        *cells, lon, lat = [cell.strip() for cell in line.split("|")]
        x, y = zone.transform(float(lon), float(lat)) if lon else ("", "")
        moved.append(" | ".join([*cells, f"{x}", f"{y}", "EPSG:4546" if lon else ""]))
    third = figures(tmp_path / "c", {**WORLD, "cemetery": "\n".join(moved) + "\n"})
    assert third[0] == pytest.approx(plain[0], rel=1e-9)
    assert third[1:] == plain[1:]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "服务范围请写一种"),
        (["--catchment", "5000", "--minutes", "5", "--roads", "roads"], "服务范围请写一种"),
        (["--minutes", "5"], "--minutes 与 --roads 须同时写"),
        (["--catchment", "0"], "--catchment “0”不可用"),
        (["--minutes", "-5", "--roads", "roads"], "--minutes “-5”不可用；应为大于 0、不超过 1440（一天）的数（分钟）"),
        (["--minutes", "5", "--roads", "cemetery"], "--roads “cemetery”不是道路图层；可用 roads"),
        (["--catchment", "5", "--decay", "linear"], "--decay “linear”不在可选值 none、step、gaussian 中"),
        (["--catchment", "5", "--supply", "name"], "--supply “name”：公墓图层的数字列有"),
    ],
)  # fmt: skip
def test_what_is_no_catchment_is_one_line(typed_in: Typed, world: Path, words: list[str], said: str) -> None:  # fmt: skip
    code, out, err = typed_in(world, "access", "all", *words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert said in err


def test_a_system_or_a_ratio_has_no_access(typed_in: Typed, world: Path) -> None:
    assert (
        "“other”有 2 个指标；请写其中一个"
        in typed_in(world, "access", "other", "--catchment", "5")[2]
    )
    assert (
        "不是按设施点位计算" in typed_in(world, "access", "assistance-ratio", "--catchment", "5")[2]
    )
    missing = typed_in(world, "access", "elder-street", "--catchment", "5")[2]
    assert "无法计算：缺少" in missing
    assert is_filled(missing)


# ------------------------------------------------------------------ roads as OpenStreetMap has them


def test_roads_of_an_osm_file_are_a_layer_like_any_other(typed_in: Typed, tmp_path: Path) -> None:
    make_workspace({k: v for k, v in WORLD.items() if k != "roads"}, tmp_path)
    writer = osmium.SimpleWriter(str(tmp_path / "layers" / "hubei.osm.pbf"))
    for number, at in {1: (110.2, 30.5), 2: (110.25, 30.5), 3: (110.75, 30.5)}.items():
        writer.add_node(mutable.Node(id=number, location=at))
    writer.add_way(mutable.Way(id=1, nodes=[1, 2], tags={"highway": "primary", "oneway": "yes"}))
    writer.add_way(mutable.Way(id=2, nodes=[2, 3], tags={"highway": "trunk", "maxspeed": "60"}))
    writer.close()
    with (tmp_path / "layers" / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write('\n[roads]\nrole = "lines"\nschema = "road"\npath = "hubei.osm.pbf"\nsource = "示例"\n')  # fmt: skip
    (tmp_path / "点.csv").write_text("名称,经度,纬度\n子,110.6,30.5\n", "utf-8")
    words = ("nearest", str(tmp_path / "点.csv"), "--to", "cemetery", "--roads", "roads", "--json")
    [one] = rows(typed_in(tmp_path, *words))
    assert (one["facility_id"], one["minutes"]) == ("G2", pytest.approx(km(110.6, 30.5, 110.75, 30.5), abs=0.02))  # fmt: skip
    catalog = tmp_path / "layers" / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + "sample = true\n", "utf-8")
    _, out, _ = typed_in(tmp_path, "access", "all", "--minutes", "9", "--roads", "roads")
    assert "示例数据，非真实统计" in out  # the roads alone are invented
    layers = rows(typed_in(tmp_path, "layers", "--json"))
    assert {r["key"]: (r["rows"], r["crs"]) for r in layers}["roads"] == (2, "文件自带")
