"""Small workspaces whose ledgers leave much open, and all that they may say, worked out one by one.

Nothing here is taken from `hbgeo.measure.doubt`: what a row may say is written down where the row is
made, and every combination is tried.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

COUNTIES = {"420525": "远安县", "420526": "兴山县"}
POLICY = """
system = "other"
title = "示例"
[[indicator]]
id = "case-count"
name = "处数"
measure = "count"
units = "township"
layer = "cemetery"
where = { nature = ["公益性"] }
[[indicator.target]]
value = 4
source = "示例"
[[indicator]]
id = "case-sum"
name = "穴数"
measure = "sum"
units = "township"
layer = "cemetery"
column = "plots_total"
where = { nature = ["公益性"] }
[[indicator.target]]
value = 150
source = "示例"
[[indicator]]
id = "case-ratio"
name = "已用比例"
measure = "ratio"
units = "township"
layer = "cemetery"
numerator = "plots_used"
denominator = "plots_total"
where = { nature = ["公益性"] }
[[indicator.target]]
pct = 50
source = "示例"
"""
HEADINGS = ["编号", "公墓名称", "类型", "性质", "级别", "状态", "启用时间", "所在县", "所在乡镇",
            "经度", "纬度", "服务范围", "墓穴总数", "已使用"]  # fmt: skip
MOST = 1 << 12


@dataclass(frozen=True)
class Reading:
    """One thing that a row may be: the units it stands in and serves, and its amounts.

    `town` is "" in none; `county` where it counts for that alone. `counts` says for which filters.
    """

    town: str = ""
    county: str = ""
    served: frozenset[str] = frozenset()
    public: bool = False
    level: str = ""
    plots: int = 0
    used: int = 0


NOTHING = Reading()


@dataclass
class Row:
    """A row as it is written, and what it may be: its own reading first."""

    cells: dict[str, str]
    readings: list[Reading]
    plain: bool = False  # stands in the very unit that it names, and every cell can be read


@dataclass
class World:
    """Townships by county, rows, and pairs of rows that may be one."""

    towns: dict[str, list[str]]
    rows: list[Row]
    twins: list[tuple[int, int]] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """All townships."""
        return [code for some in self.towns.values() for code in some]

    def combinations(self) -> Iterator[tuple[list[Reading], int]]:
        """Every combination of readings, the figure's own first, and how many rows read otherwise."""
        each: list[list[tuple[Reading | None, bool]]] = []
        in_pairs = {row for pair in self.twins for row in pair}
        for i, row in enumerate(self.rows):
            options: list[tuple[Reading | None, bool]] = [
                (r, k > 0) for k, r in enumerate(row.readings)
            ]
            each.append([*options, (None, True)] if i in in_pairs else options)
        for combo in product(*each):
            if any(combo[a][0] is None and combo[b][0] is None for a, b in self.twins):
                continue
            yield [r for r, _ in combo if r is not None], sum(changed for _, changed in combo)

    @property
    def size(self) -> int:
        """How many combinations there are, at most."""
        in_pairs = {row for pair in self.twins for row in pair}
        return prod(len(row.readings) + (i in in_pairs) for i, row in enumerate(self.rows))


def make_world(seed: int) -> World:
    """Draw a world whose combinations can all be tried."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    while True:
        world = _drawn(dice)
        if world.size <= MOST:
            return world


def _drawn(dice: random.Random) -> World:
    towns = {
        code: [f"{code}{101 + i}" for i in range(dice.randint(2, 4))]
        for code in list(COUNTIES)[: dice.randint(1, 2)]
    }
    rows = [_row(dice, towns, n) for n in range(dice.randint(2, 8))]
    twins = []
    if dice.random() < 0.35:
        first = next(
            (i for i, r in enumerate(rows) if len(r.readings) == 1 and r.cells["经度"]), None
        )
        if first is not None:
            double = dict(rows[first].cells) | {"编号": f"G{len(rows):03}"}
            double["纬度"] = f"{float(double['纬度']) + 0.0003:.7f}"
            rows.append(Row(double, list(rows[first].readings)))
            twins = [(first, len(rows) - 1)]
    sound = [
        row
        for row in rows
        if row.plain and row.cells["编号"] not in {rows[a].cells["编号"] for a, _ in twins}
    ]
    if len(sound) > 1 and dice.random() < 0.4 and not twins:
        for row in sound[:2]:  # of one number, and not alike: neither counts
            row.cells["编号"] = "GM42052500001"
            row.readings = list(dict.fromkeys([NOTHING, *row.readings]))
    return World(towns, rows, twins)


def name_of(code: str) -> str:
    """The name of a township."""
    return f"示例{'甲乙丙丁戊己'[int(code[-1]) - 1]}{'一二'[int(code[5]) - 5]}镇"


def _row(dice: random.Random, towns: dict[str, list[str]], n: int) -> Row:
    state = dice.choice(["运营"] * 5 + ["在建", "试营业"])
    day = dice.choice(["2020-05-01"] * 4 + ["", "2023", "十三五", "2024-01-01"])
    nature = dice.choice(["公益性"] * 4 + ["经营性", "民办"])
    level = dice.choice(["乡镇级"] * 4 + ["村级", "片区级"])
    plots = dice.choice(["60", "100", "100", "约50"])
    used = dice.choice(["10", "30", "50"])
    works = {"运营": [True], "在建": [False], "试营业": [True, False]}[state]
    dated = {"2020-05-01": [True], "": [False, True], "2023": [False, True], "十三五": [False, True],
             "2024-01-01": [False]}[day]  # fmt: skip
    public = {"公益性": [True], "经营性": [False], "民办": [True, False]}[nature]
    levels = {"片区级": ["县级", "乡镇级", "村级", "市级"]}.get(level, [level])
    lost = state == "试营业" or day == "十三五" or nature == "民办" or level == "片区级"
    amounts = [0, 50] if plots == "约50" else [int(plots)]
    cells, places, misplaced, served = _place(dice, towns)
    cells |= {"编号": f"G{n:03}", "公墓名称": f"公墓{n}(示例)", "类型": "公墓", "性质": nature,
              "级别": level, "状态": state, "启用时间": day, "墓穴总数": plots, "已使用": used}  # fmt: skip
    made = []
    for (town, county), does, opened, owned, at, plot in product(
        places, works, dated, public, levels, amounts
    ):
        works_then = does and opened
        made.append(
            Reading(town, county, served, owned, at, plot, int(used)) if works_then else NOTHING
        )
    own = NOTHING if lost or misplaced else made[0]
    plain = not lost and not misplaced and len(places) == 1 and cells["所在乡镇"] != ""
    if cells["服务范围"] == "东片":  # whom it serves beside is not known
        wide = frozenset(towns[next(c for c in towns if COUNTIES[c] == cells["所在县"])])
        made += [replace(one, served=wide) for one in made if one != NOTHING]
        plain = False
    return Row(cells, list(dict.fromkeys([own, *made])), plain)


def _place(
    dice: random.Random, towns: dict[str, list[str]]
) -> tuple[dict[str, str], list[tuple[str, str]], bool, frozenset[str]]:
    """The cells that say where a row stands; the places it may be; whether it counts nowhere now."""
    county = dice.choice(sorted(towns))
    code = dice.choice(towns[county])
    served = frozenset(towns[county]) if dice.random() < 0.2 else frozenset()
    cells = {"所在县": COUNTIES[county], "所在乡镇": name_of(code), "经度": "", "纬度": ""}
    cells["服务范围"] = "全县" if served else ""
    if not served and dice.random() < 0.1:
        cells["服务范围"] = "东片"
    inside = [(c, "") for c in towns[county]]
    unnamed = cells | {"所在县": "", "所在乡镇": "", "服务范围": ""}
    way = dice.choice(
        ["town"] * 4 + ["point", "county", "misnamed", "apart", "nowhere", "both", "edge"]
    )
    if way == "point":
        return cells | _point(towns, code), [(code, "")], False, served
    if way == "county":
        return cells | {"所在乡镇": ""}, [("", county), *inside], False, served
    if way == "misnamed":
        return cells | {"所在乡镇": "示例无名镇"}, inside, True, served
    if way == "nowhere":
        every = [(c, "") for some in towns.values() for c in some]
        return (
            cells | dict.fromkeys(("所在县", "所在乡镇", "服务范围"), ""),
            every,
            True,
            frozenset(),
        )
    if way == "edge":
        return _edge(towns, county, unnamed)
    if way in {"apart", "both"} and len(towns[county]) > 2:
        other = towns[county][(towns[county].index(code) + 2) % len(towns[county])]
        if abs(towns[county].index(other) - towns[county].index(code)) > 1:
            return cells | _point(towns, other), [(code, ""), (other, "")], True, served
    return cells, [(code, "")], False, served


def _edge(
    towns: dict[str, list[str]], county: str, cells: dict[str, str]
) -> tuple[dict[str, str], list[tuple[str, str]], bool, frozenset[str]]:
    """A point on the border of two townships, or nearer to it than its two digits are sure."""
    border = box_of(towns, towns[county][0])[2]
    x = f"{border:.2f}"
    cells = cells | {"经度": x, "纬度": "30.5012345"}
    first = 0 if float(x) <= border else 1
    places = [(towns[county][first], ""), (towns[county][1 - first], "")]
    return cells, places, False, frozenset()


def box_of(towns: dict[str, list[str]], code: str) -> tuple[float, float, float, float]:
    """The box of a township: strips of a county one degree wide."""
    county = code[:6]
    start, width = 110.0 + list(COUNTIES).index(county), 1 / len(towns[county])
    at = towns[county].index(code)
    return (start + at * width, 30.0, start + (at + 1) * width, 31.0)


def _point(towns: dict[str, list[str]], code: str) -> dict[str, str]:
    west, south, east, north = box_of(towns, code)
    return {
        "经度": f"{(west + east) / 2 + 0.0012345:.7f}",
        "纬度": f"{(south + north) / 2 + 0.0012345:.7f}",
    }


def write_world(world: World, folder: Path) -> None:
    """Write a world as a workspace."""
    layers = folder / "layers"
    (layers / "policy").mkdir(parents=True)
    (layers / "policy" / "case.toml").write_text(POLICY, "utf-8")
    lines = ['title = "示例"', "as_of = 2023-06-30", 'scheme = "MCA-2025"']
    shapes = {"township": {c: shapely.box(*box_of(world.towns, c)) for c in world.codes}}
    shapes["county"] = {
        code: shapely.union_all([shapes["township"][c] for c in some])
        for code, some in world.towns.items()
    }
    for level, of in shapes.items():
        names = [name_of(c) if level == "township" else COUNTIES[c] for c in of]
        table = {"代码": list(of), "名称": names}
        frame = gpd.GeoDataFrame(table, geometry=list(of.values()), crs="EPSG:4490")
        frame.to_parquet(layers / f"{level}.parquet")
        lines += ["", f"[{level}]", 'role = "units"', f'level = "{level}"', 'source = "示例"']
        lines += [f'path = "{level}.parquet"']
    lines += ["", "[cemetery]", 'role = "facilities"', 'path = "cemetery.csv"', 'source = "示例"']
    (layers / "catalog.toml").write_text("\n".join([*lines, 'crs = "CGCS2000"']), "utf-8")
    write_rows(world.rows, layers / "cemetery.csv")


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write the ledger."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(row.cells for row in rows)


def covered(world: World, readings: Sequence[Reading], indicator: str) -> set[str]:
    """The units that an indicator has covered under some readings."""
    made: set[str] = set()
    for one in readings:
        if not one.public:
            continue
        at = {one.town} - {""}
        if indicator == "cemetery-township":
            made |= (at | one.served) if one.level == "乡镇级" else set()
        elif indicator == "cemetery-township@loose":
            made |= at | one.served
        elif indicator == "cemetery-township@broad":
            made |= (at if one.level == "乡镇级" else set()) | one.served
        elif indicator == "burial-county@all-counties":
            made |= {c[:6] for c in at | one.served} | ({one.county} - {""})
    return made


def figure(world: World, readings: Sequence[Reading], indicator: str) -> Fraction | None:
    """The figure of an indicator under some readings: units covered, an amount, a percentage."""
    if not indicator.startswith("case-"):
        return Fraction(len(covered(world, readings, indicator)))
    mine = [one for one in readings if one.public and (one.town or one.county)]
    if indicator == "case-count":
        return Fraction(len(mine))
    if indicator == "case-sum":
        return Fraction(sum(one.plots for one in mine))
    some = [one for one in mine if one.town and one.plots]
    total = sum(one.plots for one in some)
    return Fraction(100 * sum(one.used for one in some), total) if total else None


INDICATORS = ["cemetery-township", "cemetery-township@loose", "cemetery-township@broad",
              "burial-county@all-counties", "case-count", "case-sum", "case-ratio"]  # fmt: skip
GOALS: dict[str, Any] = {
    "cemetery-township": ("pct", 35), "cemetery-township@loose": ("pct", 35),
    "cemetery-township@broad": ("pct", 35), "burial-county@all-counties": ("pct", 100),
    "case-count": ("value", 4), "case-sum": ("value", 150), "case-ratio": ("pct of", 50),
}  # fmt: skip


def is_met(world: World, value: Fraction | None, indicator: str) -> bool | None:
    """Whether a figure reaches the target of its indicator."""
    way, goal = GOALS[indicator]
    if value is None:
        return None
    if way != "pct":
        return value >= goal
    units = len(world.towns) if indicator.startswith("burial") else len(world.codes)
    return 100 * value >= goal * units
