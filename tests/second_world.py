"""A workspace read a second time: its units, whom its rows name, where they stand, its people."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import second_places
import second_reader as reader
import shapely
from pyproj import Geod
from second_names import Home, Names, lists_of
from second_reader import CellError, Row, Table

NEAR = 500.0
UPWARDS = ("township", "county", "prefecture", "province")
GLOBE = Geod(ellps="GRS80")


@dataclass
class World:
    """A workspace read from its files: units by level, rows of every layer, and who they name."""

    names: Names
    tables: dict[str, Table]
    approximate: set[str]
    trees: dict[str, Any] = field(default_factory=dict)
    places: dict[int, Any] = field(default_factory=dict)
    assumptions: dict[str, Any] = field(default_factory=dict)

    @property
    def units(self) -> dict[str, dict[str, Row]]:
        """Level → code → unit."""
        return self.names.units


# ------------------------------------------------------------------ a workspace


def read_world(folder: Path) -> World:
    """Read every layer of a workspace from its files, and tie each row to whom it names."""
    said = reader.catalogue(folder)
    assumed = said.pop("assumptions", {})
    layers = {k: v for k, v in said.items() if isinstance(v, dict)}
    day = said["as_of"]
    tables = {key: reader.read_table(folder, key, spec) for key, spec in layers.items()}
    aliases, changes = lists_of(folder, day)
    names = Names({}, aliases, changes)
    world = World(names, tables, {v["level"] for v in layers.values() if v.get("approximate")})
    world.assumptions = assumed
    base = said.get("scheme", "")
    for level in ("county", "township", "village"):
        for key, spec in layers.items():
            if spec["role"] in {"units", "places"} and spec["level"] == level:
                names.units[level] = _units(world, tables[key], level, base)
    for level in ("prefecture", "province"):
        names.units[level] = _gathered(names.units["county"], level)
    schemes = {s.get("scheme", base) for s in layers.values() if s["role"] in {"units", "places"}}
    for key, spec in layers.items():
        if spec["role"] not in {"units", "places"}:
            own = spec.get("scheme", base)
            if key == "placename":
                second_places.prepare(tables[key])
            _tie(world, tables[key], codes=own == base or schemes == {own})
            if spec["role"] == "facilities":
                _once(tables[key])
            if key == "placename":
                second_places.mark_twice(tables[key])
    return world


def _units(world: World, table: Table, level: str, base: str) -> dict[str, Row]:
    found: dict[str, Row] = {}
    counties = world.names.units.get("county", {})
    for row in table.rows:
        code = row["code"]
        row["kind"] = row.get("kind") or _kind(level, code, row["name"])
        if level == "county":
            row |= {"county_code": code, "county": row["name"]}
            row["prefecture_code"] = above(code, "prefecture")
            row["province_code"] = above(code, "province")
        elif level == "township":
            row["county_code"] = row.get("county_code") or code[:6]
            row |= {
                c: counties[row["county_code"]][c] for c in ("prefecture_code", "province_code")
            }
        else:
            try:
                home = world.names.place(row, codes=table.spec.get("scheme", base) == base)
            except CellError:
                continue
            if not home.township:
                continue
            row |= {"township_code": home.township, "county_code": home.county}
            town = world.names.units["township"][home.township]
            row |= {c: town[c] for c in ("prefecture_code", "province_code")}
        found[code] = row
    return dict(sorted(found.items()))


def _kind(level: str, code: str, name: str) -> str:
    """A kind by the suffix of the name, or the tail of a village's code: never by what it contains."""
    if level == "village":
        return "社区" if code[9:] < "200" else "行政村"
    ends = {"township": ("街道", "民族乡", "镇", "乡"), "county": ("自治县", "林区", "县")}[level]
    return next((e for e in ends if name.endswith(e)), "")


def _gathered(counties: dict[str, Row], level: str) -> dict[str, Row]:
    made: dict[str, Row] = {}
    for row in counties.values():
        one = made.setdefault(row[f"{level}_code"], {"kind": "", "county_code": ""})
        one["province_code"] = row["province_code"]
        one["prefecture_code"] = row["prefecture_code"] if level == "prefecture" else ""
    return made


def above(county: str, level: str) -> str:
    """The prefecture of a county; its own code for one that lies under the province."""
    if level == "county":
        return county
    if level == "province":
        return f"{county[:2]}0000"
    return county if county[2:4] == "90" else f"{county[:4]}00"


def _tie(world: World, table: Table, *, codes: bool) -> None:
    """Give each row the units it names and serves; rows that name them wrongly go aside."""
    kept = []
    level = table.spec.get("level", "")
    for row in table.rows:
        if table.spec["role"] == "table":
            row |= {f"{level}_code": row.get("code", ""), level: row.get("name", "")}
        try:
            row["home"] = home = world.names.home(row, codes=codes)
            if table.spec["role"] == "table":
                row["unit_code"] = getattr(row.pop("home"), level)
                if not row["unit_code"]:
                    raise CellError("names no unit")
            else:
                if not any(home) and not row["point"] and "geometry" not in row:
                    raise CellError("stands nowhere")
                row["served"] = world.names.served(row.get("served") or "", home)
            kept.append(row)
        except CellError as why:
            table.aside.append(f"{reader.name_of(row)}: {why}")
    table.rows = kept


def _once(table: Table) -> None:
    """Rows under one id are one facility: said alike they count once, said differently nowhere."""
    rows: dict[str, list[Row]] = {}
    for n, row in enumerate(table.rows):
        rows.setdefault(row.get("id") or f"#{n}", []).append(row)
    silent = {"id", "note", "address"}
    kept = []
    for code, mine in rows.items():
        said = [{c: row.get(c) for c in table.columns - silent} for row in mine]
        counts = mine[:1] if all(one == said[0] for one in said) else []
        kept += counts
        table.aside += [f"{code} comes twice"] * (len(mine) - len(counts))
    table.rows = kept


# ------------------------------------------------------------------ where a row stands


@dataclass
class Stand:
    """Of a row: the unit that owns it at each level, where its point lies, whether both quarrel."""

    owner: dict[str, str]
    inside: dict[str, bool]
    conflict: bool
    county_only: str


def stand(world: World, row: Row) -> Stand:
    """DESIGN rules 1 and 2."""
    if id(row) not in world.places:
        world.places[id(row)] = _stand(world, row)
    found: Stand = world.places[id(row)]
    return found


def _stand(world: World, row: Row) -> Stand:
    home: Home = row["home"]
    owner, inside, conflict = {"village": home.village}, {"village": False}, False
    for level in ("county", "township"):
        units, named = world.units.get(level, {}), getattr(home, level)
        hits = holding(world, level, row["point"])
        if named:
            far = row["point"] and named not in hits and units[named]["geometry"] is not None
            if far and level not in world.approximate:
                conflict |= _metres(row["point"], units[named]["geometry"]) > NEAR
            owner[level] = named
        else:
            mine = [c for c in hits if home.county in {"", units[c]["county_code"]}]
            owner[level] = min(mine, default="")
        inside[level] = owner[level] in hits
    for level in ("prefecture", "province"):
        owner[level] = above(owner["county"], level) if owner["county"] else ""
        inside[level] = bool(owner[level]) and any(
            above(c, level) == owner[level] for c in holding(world, "county", row["point"])
        )
    alone = home.county if not owner["township"] else ""
    return Stand(owner, inside, conflict, alone)


def holding(world: World, level: str, point: tuple[float, float] | None) -> list[str]:
    """The units of a level that hold or touch a point."""
    if point is None or level not in world.units:
        return []
    if level not in world.trees:
        kept = [(c, u["geometry"]) for c, u in world.units[level].items() if u["geometry"]]
        world.trees[level] = ([c for c, _ in kept], shapely.STRtree([g for _, g in kept]))
    codes, tree = world.trees[level]
    return [codes[i] for i in tree.query(shapely.Point(point), predicate="intersects")]


def _metres(point: tuple[float, float], shape: Any) -> float:
    """The geodesic to the nearest point of a shape, found with degrees of longitude shortened."""
    k = math.cos(math.radians(point[1]))
    narrow = shapely.transform(shape, lambda xy: xy * [k, 1.0])
    line = shapely.shortest_line(shapely.Point(point[0] * k, point[1]), narrow)
    x, y = shapely.get_coordinates(line)[-1]
    return float(GLOBE.inv(*point, x / k, y)[2])


# ------------------------------------------------------------------ people


def population(world: World, level: str, column: str, as_of: date) -> dict[str, Fraction] | None:
    """The people of each unit of whom there is one figure; of a whole, where all its parts have it."""
    table = world.tables.get("population")
    return None if table is None else amounts_of(world, table, level, column, as_of)


def amounts_of(
    world: World, table: Table, level: str, column: str, as_of: date
) -> dict[str, Fraction] | None:
    """What a table says of each unit of a level; of a whole, where it says it of all its parts."""
    below = {"township": "village", "county": "township", "prefecture": "county"}
    if column not in table.columns:
        return None
    if table.spec["level"] == level:
        return latest(table, column, as_of)
    finer = below.get(level, "county" if level == "province" else "")
    parts = amounts_of(world, table, finer, column, as_of) if finer in world.units else None
    if parts is None:
        return None
    made: dict[str, Fraction] = {}
    for code in world.units[level]:
        mine = [c for c, u in world.units[finer].items() if u.get(f"{level}_code") == code]
        if mine and all(c in parts for c in mine):
            made[code] = sum((parts[c] for c in mine), Fraction())
    return made


def latest(table: Table, column: str, as_of: date) -> dict[str, Fraction]:
    """Each unit's figure of its latest year; of a unit with two rows of that year none."""
    stated = table.spec.get("year")
    dated = bool(stated) or "year" in table.columns
    of_unit: dict[str, list[tuple[Any, Fraction | None]]] = {}
    for row in table.rows:
        year = row.get("year") or stated
        late = year is None or year > full_year(as_of) or (stated and year != stated)
        if not (dated and late):
            of_unit.setdefault(row["unit_code"], []).append((year or 0, row[column]))
    people = {}
    for code, figures in of_unit.items():
        latest = [v for y, v in figures if y == max(y for y, _ in figures)]
        if len(latest) == 1 and latest[0] is not None:
            people[code] = latest[0]
    return people


def full_year(as_of: date) -> int:
    """The last year that has ended by a day: its figures hold from its 31 December."""
    return as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
