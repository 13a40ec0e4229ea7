"""A second implementation of every measure, in plain pandas, dicts and sets: slow and obvious.

It starts from the same tidy layers and reads policy and schemas as TOML by itself; filters, dates,
states, placement, service areas, lists, increments, totals, ratios and flags are written anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from hbgeo.workspace import Workspace

HOME = Path(__file__).parent.parent / "hbgeo"
GRAINS = {"township_code": 9, "county_code": 6, "prefecture_code": 4, "province_code": 2}
Rule = dict[str, Any]
Row = dict[str, Any]
# each answer with the frames it was worked out from: a frame kept alive keeps its id
_OWNERS: dict[tuple[int, int], Any] = {}
_BELOW: dict[int, Any] = {}
Figure = tuple[Fraction, Fraction] | Fraction | None


def rules() -> dict[str, Rule]:
    """Every indicator and variant of the shipped policy, as plain dicts."""
    found: dict[str, Rule] = {}
    for file in sorted((HOME / "policy").glob("*.toml")):
        text = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        for one in text["indicator"]:
            base = {k: v for k, v in one.items() if k != "variant"}
            found[one["id"]] = base
            for variant in one.get("variant", []):
                found[f"{one['id']}@{variant['id']}"] = base | variant
    return found


def units_of(workspace: Workspace, level: str) -> pd.DataFrame | None:
    """The units of a level as a plain table, or None."""
    found = workspace.find_units(level)
    return None if found is None else found.frame


def layer_of(workspace: Workspace, key: str) -> pd.DataFrame | None:
    """A layer as a plain table, or None."""
    found = workspace.find_layer(key)
    return None if found is None else found.frame


def figure(workspace: Workspace, rule: Rule, as_of: date) -> Figure:
    """Covered and total, or an amount; None where something is missing."""
    if rule["measure"] == "none":
        return None
    units, rows = units_of(workspace, rule["units"]), layer_of(workspace, rule["layer"])
    if units is None or rows is None:
        return None
    codes = denominator(workspace, rule, units)
    if codes is None:
        return None
    if any(c not in rows for clause in _clauses(rule, "where") for c in clause if c != "via"):
        return None
    work = working(rows, rule, as_of)
    measure = {
        "presence": _presence,
        "flag": _flag,
        "count": _amount,
        "sum": _amount,
        "ratio": _ratio,
    }
    return measure[rule["measure"]](workspace, rule, codes, rows, work)


def denominator(workspace: Workspace, rule: Rule, units: pd.DataFrame) -> list[str] | None:
    """The codes of the units that count."""
    clauses = _clauses(rule, "among")
    if any(c not in units for clause in clauses for c in clause):
        return None
    rows = zip(units.index, _records(units), strict=True)
    codes = [c for c, row in rows if not clauses or any(_fits(row, k) for k in clauses)]
    for key in rule.get("needs", []):
        listed = layer_of(workspace, key)
        if listed is None:
            return None
        said = listed["listed"] if "listed" in listed else pd.Series("是", listed.index)
        mine = set(listed["unit_code"][said.isin(["是", ""])])
        codes = [c for c in codes if c in mine] if mine & set(units.index) else []
        if not codes and not mine & set(units.index):
            return None
    return codes


def working(rows: pd.DataFrame, rule: Rule, as_of: date) -> list[bool]:
    """Whether each row has the state and the dates that count."""
    schema = _schema(rule["layer"])
    counting = schema.get("counting")
    table_ratio = rule["measure"] == "ratio" and "unit_code" in rows
    if counting is None or table_ratio:
        return [True] * len(rows)
    year = rule.get("year", {})
    own = schema["column"].get(year.get("column"), {}).get("type") == "date"
    since = year["column"] if year and own else counting.get("from")
    states = set(rule.get("status", counting["states"]))
    include = counting.get("undated") == "include" and not (year and own)
    day = pd.Timestamp(as_of)
    made = []
    for row in _records(rows):
        state = row.get(counting["column"], "") or counting.get("blank", "")
        ok = state in states
        if ok and (state in counting["states"] or (year and own)) and since:
            opened = row.get(since)
            ok = include if opened is None or pd.isna(opened) else opened <= day
        if ok and "until" in counting and counting["until"] in rows:
            closed = row[counting["until"]]
            ok = pd.isna(closed) or closed > day
        made.append(bool(ok))
    return made


def owners(workspace: Workspace, rows: pd.DataFrame, level: str) -> tuple[list[str], list[bool]]:
    """The unit that owns each row at a level ("" for none), and whether point and name quarrel."""
    units = units_of(workspace, level)
    assert units is not None
    key = (id(rows), id(units))
    if key in _OWNERS:
        return _OWNERS[key][2]
    _OWNERS[key] = (rows, units, _owners(workspace, rows, level, units))
    return _OWNERS[key][2]


def _owners(
    workspace: Workspace, rows: pd.DataFrame, level: str, units: pd.DataFrame
) -> tuple[list[str], list[bool]]:
    named = _named(workspace, rows, level)
    approximate = any(
        la.approximate for la in workspace.catalog.layers.values() if la.level == level
    )
    if "geometry" not in units or rows["x"].notna().sum() == 0:
        return [n if n in units.index else "" for n in named], [False] * len(rows)
    points = gpd.GeoSeries(gpd.points_from_xy(rows["x"], rows["y"]), crs=4490).reset_index(
        drop=True
    )
    shapes = gpd.GeoDataFrame(geometry=units["geometry"].to_numpy(), crs=4490)
    hits: dict[int, list[str]] = {}
    for point, unit in zip(*shapes.sindex.query(points, predicate="intersects"), strict=True):
        hits.setdefault(int(point), []).append(units.index[unit])
    made, quarrels = [], []
    for i, name in enumerate(named):
        found = hits.get(i, [])
        if county := _county_alone(rows.iloc[i]) if level == "township" else "":
            found = [code for code in found if units["county_code"][code] == county]
        owner, quarrel = (min(found) if found else ""), False
        if name in units.index and name not in found:
            here = not points[i].is_empty and pd.notna(rows["x"].iloc[i])
            trusted = not here or approximate or _metres(points[i], units, name) <= 500
            owner, quarrel = (name, False) if trusted else ("", True)
        elif name in found:
            owner = name
        made.append(owner)
        quarrels.append(quarrel)
    return made, quarrels


def _county_alone(row: pd.Series) -> str:
    """The county that a row names without anything below it."""
    below = [row.get(c, "") for c in ("township_code", "village_code")]
    return "" if any(below) else str(row.get("county_code", ""))


def _presence(
    ws: Workspace,
    rule: Rule,
    codes: list[str],
    rows: pd.DataFrame,
    work: list[bool],
) -> Figure:
    units = units_of(ws, rule["units"])
    assert units is not None
    owner, quarrel = owners(ws, rows, rule["units"])
    for level in ("county", "township"):
        if level != rule["units"] and units_of(ws, level) is not None:
            quarrel = [a or b for a, b in zip(quarrel, owners(ws, rows, level)[1], strict=True)]
    below = _descendants(units)
    point = rows["x"].notna().to_numpy() & ("geometry" in units)
    covered: set[str] = set()
    inside = _inside(ws, rows, rule["units"], owner)
    for i, row in enumerate(_records(rows)):
        if not work[i] or quarrel[i]:
            continue
        for clause in _clauses(rule, "where") or [{}]:
            if not _fits(row, clause):
                continue
            ways = set(clause.get("via", rule.get("via", ["inside", "named", "served"])))
            mine = "inside" if point[i] and inside[i] else "named"
            if owner[i] and mine in ways:
                covered.add(owner[i])
            if "served" in ways:
                for code in row.get("served", ()):
                    covered |= below.get(_short(code), set())
    return Fraction(len(covered & set(codes))), Fraction(len(codes))


def _flag(
    ws: Workspace,
    rule: Rule,
    codes: list[str],
    rows: pd.DataFrame,
    work: list[bool],
) -> Figure:
    if any(c not in rows for c in rule.get("filled", [])):
        return None
    full = [all(row[c] for c in rule.get("filled", [])) for row in _records(rows)]
    listed = _clauses(rule, "listed")
    if listed:
        mine = {
            row["unit_code"]
            for ok, row in zip(work, _records(rows), strict=True)
            if ok and any(_fits(row, c) for c in listed)
        }
        codes = [c for c in codes if c in mine]
        if not codes:
            return None
    said = [
        {
            row["unit_code"]
            for ok, whole, row in zip(work, full, _records(rows), strict=True)
            if ok and whole and _fits(row, clause)
        }
        for clause in _clauses(rule, "where")
    ]
    yes = set.intersection(*said) if rule.get("every") else set.union(*said)
    if rule["units"] == "prefecture":
        counties = units_of(ws, "county")
        assert counties is not None
        parts = counties.groupby("prefecture_code").groups
        yes = {p for p, mine in parts.items() if set(mine) <= yes}
    return Fraction(len(yes & set(codes))), Fraction(len(codes))


def _chosen(
    rule: Rule, rows: pd.DataFrame, work: list[bool], as_of: int
) -> Iterator[tuple[int, Row]]:
    """The rows that match, work and are of the right year."""
    year = rule.get("year")
    hits = []
    for i, row in enumerate(_records(rows)):
        clauses = _clauses(rule, "where")
        if work[i] and (not clauses or any(_fits(row, c) for c in clauses)):
            hits.append((i, row))
    if not year:
        yield from hits
        return
    years = [_year(row[year["column"]]) for _, row in hits]
    past = [y for y in years if y is not None and y <= as_of]
    wanted = year["is"]
    if wanted == "latest":
        wanted = max(past, default=None)
    wanted = wanted if isinstance(wanted, list) else [wanted]
    for (i, row), y in zip(hits, years, strict=True):
        if y in wanted and y in past:
            yield i, row


def _amount(
    ws: Workspace,
    rule: Rule,
    codes: list[str],
    rows: pd.DataFrame,
    work: list[bool],
) -> Figure:
    needed = [rule["column"]] if rule["measure"] == "sum" else []
    needed += [rule["year"]["column"]] if "year" in rule else []
    if any(c not in rows for c in needed):
        return None
    owner, bad = _where(ws, rule, rows)
    total, seen = Fraction(0), []
    for i, row in _chosen(rule, rows, work, ws.catalog.as_of.year):
        if rule["measure"] == "sum" and pd.isna(row[rule["column"]]):
            continue
        seen.append(row.get("unit_code", ""))
        alone = rule["units"] == "township" and not owner[i] and _county_alone(rows.iloc[i])
        if (owner[i] in set(codes) or (alone and not _clauses(rule, "among"))) and not bad[i]:
            total += 1 if rule["measure"] == "count" else Fraction(repr(float(row[rule["column"]])))
    if rule["measure"] == "sum" and "unit_code" in rows and len(set(seen)) < len(seen):
        return None
    return total


def _ratio(
    ws: Workspace,
    rule: Rule,
    codes: list[str],
    rows: pd.DataFrame,
    work: list[bool],
) -> Figure:
    needed = [
        rule["numerator"],
        rule["denominator"],
        *([rule["weight"]] if "weight" in rule else []),
    ]
    needed += [rule["year"]["column"]] if "year" in rule else []
    if any(c not in rows for c in needed):
        return None
    owner, bad = _where(ws, rule, rows)
    top, bottom, seen = Fraction(0), Fraction(0), []
    for i, row in _chosen(rule, rows, work, ws.catalog.as_of.year):
        if any(pd.isna(row[c]) for c in needed):
            continue
        seen.append(row.get("unit_code", ""))
        heavy = Fraction(repr(float(row[rule["weight"]]))) if "weight" in rule else Fraction(1)
        if owner[i] in set(codes) and not bad[i]:
            top += heavy * Fraction(repr(float(row[rule["numerator"]])))
            bottom += heavy * Fraction(repr(float(row[rule["denominator"]])))
    if "unit_code" in rows and len(set(seen)) < len(seen):
        return None
    return top, bottom


def _where(ws: Workspace, rule: Rule, rows: pd.DataFrame) -> tuple[list[str], list[bool]]:
    if "unit_code" in rows:
        return list(rows["unit_code"]), [False] * len(rows)
    owner, quarrel = owners(ws, rows, rule["units"])
    for level in ("county", "township"):
        if units_of(ws, level) is not None:
            quarrel = [a or b for a, b in zip(quarrel, owners(ws, rows, level)[1], strict=True)]
    return owner, quarrel


def _inside(ws: Workspace, rows: pd.DataFrame, level: str, owner: list[str]) -> list[bool]:
    """Whether each row's point lies in the unit that owns it."""
    units = units_of(ws, level)
    assert units is not None
    if "geometry" not in units:
        return [False] * len(rows)
    shapes = units["geometry"].to_dict()
    points = shapely.points(rows["x"].to_numpy(float), rows["y"].to_numpy(float))
    return [
        bool(o) and shapely.intersects(shapes[o], p) for o, p in zip(owner, points, strict=True)
    ]


def _named(ws: Workspace, rows: pd.DataFrame, level: str) -> list[str]:
    """The unit of a level that each row names."""
    if f"{level}_code" in rows:
        return list(rows[f"{level}_code"])
    counties = units_of(ws, "county")
    if counties is None or level not in {"prefecture", "province"}:
        return [""] * len(rows)
    above = counties[f"{level}_code"].to_dict()
    return [above.get(c, "") for c in rows["county_code"]]


def _descendants(units: pd.DataFrame) -> dict[str, set[str]]:
    """Code of a unit, or of what it lies in → the units."""
    if id(units) in _BELOW:
        return _BELOW[id(units)][1]
    below: dict[str, set[str]] = {}
    for code, row in zip(units.index, _records(units), strict=True):
        keys = {str(code)}
        keys |= {str(row[c])[:n] for c, n in GRAINS.items() if row.get(c)}
        for key in keys:
            below.setdefault(key, set()).add(str(code))
    _BELOW[id(units)] = (units, below)
    return below


def _short(code: str) -> str:
    if len(code) == 6 and code.endswith("0000"):
        return code[:2]
    return code[:4] if len(code) == 6 and code.endswith("00") else code


def _metres(point: Any, units: pd.DataFrame, code: str) -> float:
    """Distance in a projection centred on the point."""
    crs = f"+proj=aeqd +lat_0={point.y} +lon_0={point.x} +ellps=GRS80 +units=m"
    both = gpd.GeoSeries([point, units.loc[code, "geometry"]], crs=4490).to_crs(crs)
    return float(both.iloc[0].distance(both.iloc[1]))


def _clauses(rule: Rule, key: str) -> list[dict[str, Any]]:
    given = rule.get(key, {})
    return [c for c in (given if isinstance(given, list) else [given]) if c]


def _records(rows: pd.DataFrame) -> list[Row]:
    return rows.drop(columns="geometry", errors="ignore").to_dict("records")


def _fits(row: Row, clause: dict[str, Any]) -> bool:
    return all(_holds(row[c], values) for c, values in clause.items() if c != "via")


def _holds(cell: Any, values: Iterable[str]) -> bool:
    if isinstance(cell, tuple):
        return any(set(v.split("+")) <= set(cell) for v in values)
    return str(cell) in set(values)


def _year(cell: Any) -> int | None:
    if cell is None or pd.isna(cell):
        return None
    return cell.year if isinstance(cell, pd.Timestamp) else int(cell)


def _schema(key: str) -> dict[str, Any]:
    file = HOME / "read" / "schema" / "schemas" / f"{key}.toml"
    table = tomllib.loads(file.read_text("utf-8"))
    if "extends" in table:
        base = _schema(table["extends"])
        columns = base.get("column", {}) | table.get("column", {})
        table = base | table | {"column": columns}
    return table
