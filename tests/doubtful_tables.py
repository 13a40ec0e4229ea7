"""Small workspaces whose tables and chains leave much open, and all that they may say, one by one.

As `doubtful_ledgers`, for facts of counties (with the list of those that count in the same table) and
for a chain over villages, townships and counties. Nothing is taken from `hbgeo.measure.doubt`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

import geopandas as gpd
import shapely

COUNTIES = {"420525": "远安县", "420526": "兴山县", "420528": "长阳土家族自治县"}
LISTED, MANAGED, CARED = "设有农村福利院", "农村福利院县级直管", "失能特困对象县级集中照护"
SITE, CENTRE, PLATFORM = "农村互助照料中心", "综合性社区养老服务机构", "县级养老服务指导中心"
MOST = 1 << 11
Fact = tuple[str, str]  # county, matter; what one reading says yes of
Served = tuple[str, str]  # kind and unit of a facility that works


@dataclass
class Row:
    """A row as it is written, and what it may say: its own reading first, None for nothing."""

    cells: dict[str, str]
    readings: list[tuple[str, str] | None]


def combinations(rows: Sequence[Row]) -> Iterator[list[tuple[str, str]]]:
    """Every combination of readings, the figure's own first."""
    for combo in product(*(row.readings for row in rows)):
        yield [one for one in combo if one is not None]


def size(rows: Sequence[Row]) -> int:
    """How many combinations there are."""
    return prod(len(row.readings) for row in rows)


def make_facts(seed: int) -> list[Row]:
    """Rows of a table of facts."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    while True:
        rows = [_fact(dice, code, fact) for code in COUNTIES for fact in (LISTED, MANAGED, CARED)]
        rows = [row for row in rows if dice.random() < 0.9]
        sure = any(row.readings[0] and row.readings[0][1] == LISTED for row in rows)
        if sure and size(rows) <= MOST:
            return rows


def _fact(dice: random.Random, code: str, fact: str) -> Row:
    done = dice.choice(["是", "是", "是", "否", "大概"])
    day = dice.choice(["2023-03-01"] * 4 + ["", "去年"])
    named = dice.random() > 0.12
    cells = {"所在县": COUNTIES[code] if named else "无名县", "事项": fact, "是否完成": done}
    cells["完成时间"] = day
    counties = [code] if named else list(COUNTIES)
    says = {"是": [True], "否": [False], "大概": [True, False]}[done]
    dated = [True] if day == "2023-03-01" else [False, True]
    made = [(c, fact) if s and d else None for c, s, d in product(counties, says, dated)]
    lost = not named or done == "大概" or day == "去年"
    own = None if lost or not dated[0] else made[0]
    return Row(cells, list(dict.fromkeys([own, *made])))


def central_care(facts: Sequence[Fact]) -> tuple[int, int]:
    """Counties where both hold, and those on the list."""
    said = set(facts)
    listed = [c for c in COUNTIES if (c, LISTED) in said]
    return sum((c, MANAGED) in said and (c, CARED) in said for c in listed), len(listed)


TOWNS = ["420525101", "420525102"]
NAMES = {"420525101": "示例甲镇", "420525102": "示例乙镇"}
VILLAGES = {f"{t}20{i}": f"{n}{i}村" for t, n in zip(TOWNS, "东西", strict=True) for i in (1, 2)}


def make_chain(seed: int) -> list[Row]:
    """Facilities of a county: sites of villages, centres of townships, platforms of the county."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    while True:
        rows = [_facility(dice, n) for n in range(dice.randint(3, 8))]
        if size(rows) <= MOST:
            return rows


def _facility(dice: random.Random, n: int) -> Row:
    kind = dice.choice([SITE, SITE, SITE, CENTRE, CENTRE, PLATFORM])
    state = dice.choice(["运营"] * 3 + ["试营业"])
    day = dice.choice(["2020-05-01"] * 3 + ["", "十三五"])
    village = dice.choice(sorted(VILLAGES))
    town = village[:9]
    cells = {"编号": f"Y{n:03}", "设施名称": f"设施{n}(示例)", "机构类型": kind, "状态": state,
             "启用时间": day, "所在县": "远安县", "所在乡镇": NAMES[town], "所在村": VILLAGES[village]}  # fmt: skip
    places = [village]
    if kind == CENTRE:
        cells["所在村"] = ""
        places = [town]
        if dice.random() < 0.3:
            cells["所在乡镇"] = ""
            places = ["", *TOWNS]
    if kind == PLATFORM:
        cells["所在村"] = cells["所在乡镇"] = ""
        places = ["420525"]
    works = [True] if state == "运营" else [True, False]
    dated = [True] if day == "2020-05-01" else [False, True]
    made = [(kind, at) if w and d and at else None for at, w, d in product(places, works, dated)]
    lost = state == "试营业" or day == "十三五"
    own = None if lost else made[0]
    return Row(cells, list(dict.fromkeys([own, *made])))


def network(works: Sequence[Served]) -> set[str]:
    """The villages with all three links."""
    said = set(works)
    sites = {v for v in VILLAGES if (SITE, v) in said}
    return {v for v in sites if (CENTRE, v[:9]) in said and (PLATFORM, v[:6]) in said}


def write_tables(rows: Sequence[Row], chain: Sequence[Row], folder: Path) -> None:
    """Write a workspace with both."""
    layers = folder / "layers"
    layers.mkdir(parents=True)
    lines = ['title = "示例"', "as_of = 2023-12-31", 'scheme = "MCA-2025"']
    county = {c: shapely.box(110 + i, 30, 111 + i, 31) for i, c in enumerate(COUNTIES)}
    town = {t: shapely.box(110 + i / 2, 30, 110.5 + i / 2, 31) for i, t in enumerate(TOWNS)}
    for level, of, names in (("county", county, COUNTIES), ("township", town, NAMES)):
        table = {"代码": list(of), "名称": [names[c] for c in of]}
        gpd.GeoDataFrame(table, geometry=list(of.values()), crs="EPSG:4490").to_parquet(
            layers / f"{level}.parquet"
        )
        lines += ["", f"[{level}]", 'role = "units"', f'level = "{level}"', 'source = "示例"']
        lines += [f'path = "{level}.parquet"']
    villages = [
        {"村代码": c, "村名": n, "类别": "行政村", "所在县": "远安县", "所属乡镇": NAMES[c[:9]]}
        for c, n in VILLAGES.items()
    ]
    _csv(villages, layers / "village.csv")
    _csv([row.cells for row in rows], layers / "facts.csv")
    _csv([row.cells for row in chain], layers / "eldercare.csv")
    lines += ["", "[village]", 'role = "places"', 'level = "village"', 'path = "village.csv"']
    lines += ['source = "示例"', "", "[county-facts]", 'role = "table"', 'level = "county"']
    lines += ['path = "facts.csv"', 'source = "示例"', "", "[eldercare]", 'role = "facilities"']
    lines += ['path = "eldercare.csv"', 'source = "示例"']
    (layers / "catalog.toml").write_text("\n".join(lines), "utf-8")


def _csv(rows: Sequence[dict[str, str]], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
