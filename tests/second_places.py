"""Natural villages and roads read a second time: who holds on a day, who names whom, where roads end.

Written from the contracts and the data files, with no line of the package: every sign is held
against every place.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any

import shapely
from pyproj import Geod
from second_reader import HOME, Row, Table

GLOBE = Geod(ellps="GRS80")
COMMITTEES = {"村民委员会": "行政村", "居民委员会": "社区"}
Where = tuple[str, str, str]  # village, township, county


@dataclass
class Place:
    """A natural village or a road: what it is called, where it is, and the points of a road."""

    code: str
    name: str
    where: Where
    kind: str
    points: dict[str, set[tuple[float, float]]] = field(default_factory=dict)


def prepare(table: Table) -> None:
    """Give the rows of a gazetteer what its reader makes of them."""
    said = tomllib.loads((HOME / "read" / "units" / "classes.toml").read_text("utf-8"))
    names = {w: own for own, also in said["names"].items() for w in (own, *also)}
    for row in table.rows:
        code = row.get("kind_code") or ""
        if not code and re.fullmatch(r"\d{20}", row.get("id") or ""):
            code = row["id"][9:14]
        kind = row.get("kind") or ""
        row["class"] = said["codes"].get(code) or names.get(kind, "")
        if not row["class"] and (code or kind):
            row["class"] = said["groups"].get(code[:2], "其他")
        row["use"] = row.get("use") or "现今"
        row["given_on"] = row.get("named_on") or row.get("established_on")
        if row["class"] in {*COMMITTEES, *COMMITTEES.values()} and not row.get("village"):
            row["village"] = row.get("name")
    table.columns |= {"class", "use"}
    if {"named_on", "established_on"} & table.columns:
        table.columns.add("given_on")


def mark_twice(table: Table) -> None:
    """Committees beside a village or community of their name are that village again."""
    free: dict[Any, int] = {}
    for row in table.rows:
        if row["class"] in COMMITTEES.values() and row["use"] == "现今":
            free[key] = free.get(key := _key(row), 0) + 1
    for row in table.rows:
        if row["class"] in COMMITTEES and row["use"] == "现今" and free.get(_key(row), 0):
            free[_key(row)] -= 1
            row["use"] = "重复登记"


def _key(row: Row) -> tuple[str, ...]:
    base = COMMITTEES.get(row["class"], row["class"])
    return row["home"].county, row["home"].township, base, plain(row["name"])


def plain(name: str | None) -> str:
    """A name as it is compared: the committee of a village is the village."""
    text = (name or "").replace(" ", "")
    for end, place in (
        ("村民委员会", "村"), ("村委会", "村"),
        ("社区居民委员会", "社区"), ("社区居委会", "社区"), ("居委会", "社区"),
    ):  # fmt: skip
        if text.endswith(end):
            return re.sub("村村$", "村", text.removesuffix(end) + place)
    return text


def hamlets(table: Table, on: date, holding: Callable[[Row], Where]) -> list[Place]:
    """The natural villages of a day."""
    found = []
    for row in table.rows:
        begun = row.get("established_on") is None or row["established_on"] <= on
        over = row.get("abolished_on") is not None and row["abolished_on"] <= on
        if row["class"] != "自然村" or row["use"] != "现今" or over or not begun:
            continue
        home = row["home"]
        where = (home.village, home.township, home.county)
        where = where if any(where[1:]) else holding(row)
        if where[2]:
            found.append(Place(row["id"], row["name"], where, "自然村"))
    return found


def roads(table: Table, county_at: Callable[[tuple[float, float]], str]) -> list[Place]:
    """The named roads, each with its ends and where it meets another."""
    pieces: dict[str, list[Any]] = {}
    first: dict[str, Place] = {}
    for row in table.rows:
        if not row.get("name"):
            continue
        line = row["geometry"]
        middle = shapely.get_coordinates(line.interpolate(0.5, normalized=True))[0]
        county = row["home"].county or county_at((float(middle[0]), float(middle[1])))
        own = f"{row['home'].township or county}-{plain(row['name'])}"
        code = row.get("place_code") or own
        pieces.setdefault(code, []).append(line)
        where = ("", row["home"].township, county)
        first.setdefault(code, Place(code, row["name"], where, row.get("class") or ""))
    for code, lines in pieces.items():
        first[code].points = {"ends": _ends(lines), "crossings": set()}
    for one, other in combinations(pieces, 2):
        for a in pieces[one]:
            for b in pieces[other]:
                for part in shapely.get_parts(shapely.intersection(a, b)):
                    for x, y in shapely.get_coordinates(part)[[0, -1]] if not part.is_empty else ():
                        for code in (one, other):
                            first[code].points["crossings"].add((float(x), float(y)))
    return [place for place in first.values() if place.where[2]]


def _ends(lines: list[Any]) -> set[tuple[float, float]]:
    """The tips at which no other piece of the road is, and which are no tip of the piece twice."""
    found = set()
    for n, line in enumerate(lines):
        tips = [(float(x), float(y)) for x, y in shapely.get_coordinates(line)[[0, -1]]]
        others = [o for k, o in enumerate(lines) if k != n]
        for tip in tips if tips[0] != tips[1] else ():
            if all(shapely.distance(shapely.Point(tip), o) > 1e-9 for o in others):
                found.add(tip)
    if found:
        return found
    return {min((float(x), float(y)) for line in lines for x, y in shapely.get_coordinates(line))}


def named(
    row: Row, where: Where, places: Iterable[Place], codes: dict[str, str], others: set[str]
) -> str:
    """The place that a sign names, by its code, else by its name; every place is looked at."""
    code = row.get("place_code") or ""
    if code in codes or code in others:
        return codes.get(code, "")
    for text in (row.get("unit_named"), row.get("name")):
        same = [p for p in places if plain(text) and plain(p.name) == plain(text)]
        if not same:
            continue
        agreed: dict[str, int] = {}
        for p in same:
            both = [(a, b) for a, b in zip(where, p.where, strict=True) if a and b]
            if both and all(a == b for a, b in both):
                agreed[p.code] = len(both)
        best = [c for c, n in agreed.items() if n == max(agreed.values())]
        return best[0] if len(best) == 1 else ""
    return ""


def near(point: tuple[float, float], sign: tuple[float, float] | None, metres: float) -> bool:
    """Whether a sign stands so near to a point."""
    return sign is not None and GLOBE.inv(*point, *sign)[2] <= metres
