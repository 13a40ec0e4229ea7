"""Small provinces with a gazetteer, named roads and signs, drawn from a seed on top of dirty ones."""

from __future__ import annotations

import csv
import datetime as dt
import random
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from dirty_worlds import make_world
from second_opinion import Asked
from second_world import World, read_world

NAMES = ["王家湾", "李家湾", "张湾", "东风村", "双河村", "陈家岗"]
ROADS = ["甲路", "乙路", "东风路", "红旗大道"]
KINDS = [
    "自然村牌",
    "自然村牌",
    "自然村牌",
    "村牌",
    "社区牌",
    "路牌",
    "路牌",
    "门牌",
    "楼牌",
    "界桩",
]
STATES = ["完好", "完好", "完好", "破损", "缺失", "待设"]
CLASSES = [("农村居民点", "22200"), ("自然村", ""), ("", "22200"), ("行政村", "21610"),
           ("村民委员会", "27610"), ("社区", ""), ("居民委员会", ""), ("河流", ""), ("其他", "")]  # fmt: skip
ROAD_CLASSES = ["村道", "乡道", "县道", "国道", ""]
DAYS = ["", "", "2019-05-01", "2022-12-31", "2023", "2023-05", "2024-01-01"]
Rows = list[dict[str, Any]]


def make_places(seed: int, folder: Path) -> list[Asked]:
    """Write a workspace; the answer is what should be asked of it."""
    asked = make_world(seed, folder)
    dice = random.Random(seed + 5000)  # noqa: S311 - not for secrets
    world = read_world(folder)
    layers = folder / "layers"
    catalogue = (layers / "catalog.toml").read_text("utf-8")
    catalogue = re.sub(r"\n\[sign\]\n(?:[^\[].*\n|\n)*", "\n", catalogue)
    names = [_name(dice, world, n) for n in range(40)]
    roads, lines = _roads(dice, world)
    signs = [_sign(dice, world, names) for _ in range(60)] + _at_roads(dice, roads, lines)
    for n, row in enumerate(signs):
        row["标志编号"] = f"B{n:03}"
    _csv(layers / "names.csv", names)
    _csv(layers / "signs.csv", signs)
    gpd.GeoDataFrame(roads, geometry=lines, crs="EPSG:4490").to_file(layers / "roads.gpkg")
    for key, role, path in (
        ("placename", "facilities", "names.csv"), ("sign", "facilities", "signs.csv"),
        ("roads", "lines", "roads.gpkg"),
    ):  # fmt: skip
        catalogue += (
            f'\n[{key}]\nrole = "{role}"\npath = "{path}"\nsource = "示例"\ncrs = "CGCS2000"\n'
        )
    (layers / "catalog.toml").write_text(catalogue, "utf-8")
    return asked


def _place(dice: random.Random, world: World) -> dict[str, Any]:
    """Where a row says that it stands: a township, a county, a point, or some of these."""
    _, town = dice.choice(sorted(world.units["township"].items()))
    county = world.units["county"][town["county_code"]]
    shape = town.get("geometry")
    ways = dice.choice(["town", "town", "town", "county", "point"])
    row = {"所在县": "", "所在乡镇": "", "经度": "", "纬度": ""}
    if shape is None or shape.is_empty:
        ways = "town"
    if ways != "point":
        row["所在县"] = county["name"]
    if ways == "town":
        row["所在乡镇"] = town["name"]
    if ways == "point" or (shape is not None and not shape.is_empty and dice.random() < 0.4):
        west, south, east, north = shape.bounds
        row["经度"] = f"{dice.uniform(west, east):.5f}1"
        row["纬度"] = f"{dice.uniform(south, north):.5f}1"
    return row


def _name(dice: random.Random, world: World, n: int) -> dict[str, Any]:
    kind, code = dice.choice(CLASSES)
    name = dice.choice(NAMES)
    if "委员会" in kind:
        name = name.removesuffix("村") + dice.choice(["村村民委员会", "村委会", "社区居委会"])
    place = code or "22200"
    return _place(dice, world) | {
        "地名代码": f"420528101{place}{n:06}" if dice.random() < 0.8 else f"旧{n:03}",
        "标准名称": name, "类别名称": kind, "类别代码": code,
        "使用时间": dice.choice(["", "", "现今", "历史"]),
        "命名时间": dice.choice(DAYS), "设立年份": dice.choice(DAYS),
        "废止年份": dice.choice(["", "", "", "", *DAYS]),
        "图上名称": dice.choice(["", name]), "保护名录": dice.choice(["是", "否", ""]),
    }  # fmt: skip


def _sign(dice: random.Random, world: World, names: Rows) -> dict[str, Any]:
    own = dice.choice(names)
    where = {c: own[c] for c in ("所在县", "所在乡镇", "经度", "纬度")}
    return (where if dice.random() < 0.6 else _place(dice, world)) | {
        "标志名称": dice.choice([own["标准名称"], own["标准名称"], *NAMES]),
        "标志类别": dice.choice(KINDS),
        "地名代码": dice.choice(["", "", own["地名代码"], "42052810122200099999"]),
        "指代地名": dice.choice(["", "", own["标准名称"], "别处"]),
        "设置时间": dice.choice(["", *DAYS]), "巡查时间": dice.choice(DAYS),
        "状态": dice.choice(STATES),
    }  # fmt: skip


def _roads(dice: random.Random, world: World) -> tuple[dict[str, list[str]], list[Any]]:
    """Straight roads along lines of a grid, some in pieces, some without name or class."""
    made: dict[str, list[str]] = {
        c: [] for c in ("道路名称", "道路等级", "地名代码", "所在县", "所在乡镇")
    }
    lines = []
    towns = [
        u
        for u in world.units["township"].values()
        if u.get("geometry") and not u["geometry"].is_empty
    ]
    for n in range(14):
        town = dice.choice(towns)
        west, south, east, north = town["geometry"].bounds
        x, y = west + (east - west) * (n + 1) / 16, south + (north - south) * (n + 1) / 16
        ends = [(west, y), (east, y)] if n % 2 else [(x, south), (x, north)]
        middle = ((ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2)
        pieces = [ends] if dice.random() < 0.7 else [[ends[0], middle], [middle, ends[1]]]
        named = dice.choice(["town", "town", "county", ""])
        row = {
            "道路名称": dice.choice([*ROADS, ""]), "道路等级": dice.choice(ROAD_CLASSES),
            "地名代码": f"42052810121800{n:06}" if dice.random() < 0.3 else "",
            "所在县": world.units["county"][town["county_code"]]["name"] if named else "",
            "所在乡镇": town["name"] if named == "town" else "",
        }  # fmt: skip
        for piece in pieces:
            lines.append(shapely.LineString(piece))
            for column, value in row.items():
                made[column].append(value)
    return made, lines


def _at_roads(dice: random.Random, roads: dict[str, list[str]], lines: list[Any]) -> Rows:
    """Signs at most ends and crossings, and near them, of most roads."""
    rows = []
    for n, line in enumerate(lines):
        if not roads["道路名称"][n] or dice.random() < 0.2:
            continue
        others = [o for k, o in enumerate(lines) if k != n and roads["道路名称"][k]]
        met = [shapely.get_coordinates(shapely.intersection(line, o)).tolist() for o in others]
        points = [*shapely.get_coordinates(line).tolist(), *(p for some in met for p in some)]
        for x, y in points:
            off = dice.choice([0.0, 0.0, 0.0002, 0.0004, 0.0004, 0.00046])
            rows.append({
                "所在县": roads["所在县"][n], "所在乡镇": roads["所在乡镇"][n],
                "经度": f"{x:.9f}", "纬度": f"{y + off:.9f}",
                "标志名称": roads["道路名称"][n], "标志类别": "路牌",
                "地名代码": dice.choice(["", roads["地名代码"][n]]), "指代地名": "",
                "设置时间": "2020-01-01", "巡查时间": dice.choice(DAYS),
                "状态": dice.choice([*["完好"] * 12, "破损"]),
            })  # fmt: skip
    return rows


def _csv(path: Path, rows: Rows) -> None:
    columns = list(dict.fromkeys(c for row in rows for c in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        made = csv.DictWriter(file, columns, restval="")
        made.writeheader()
        made.writerows(rows)


def days() -> list[dt.date]:
    """Days on which other names hold."""
    return [dt.date(2022, 12, 31), dt.date(2024, 6, 30)]
