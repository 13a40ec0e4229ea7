"""A second implementation of every measure, from raw files, in lists and dicts: slow and obvious.

It imports nothing of the package. Files and cells are read by `second_reader`, names by
`second_names`, rows placed by `second_world`; here they are counted and added up, under the
options of the command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import second_places
from second_capacity import capacity
from second_reader import HOME, Row, Table
from second_world import (
    World,
    above,
    amounts_of,
    full_year,
    holding,
    latest,
    population,
    stand,
)

Rule = dict[str, Any]
Figure = tuple[Fraction, Fraction] | Fraction | None


@dataclass(frozen=True)
class Asked:
    """What may be asked differently; the names are those of the command line's options."""

    as_of: date
    undated: str = ""
    count_mixed: bool = False
    status: tuple[str, ...] = ()
    as_if: tuple[str, ...] = ()
    weight: str = ""
    within: str = ""


@dataclass
class Answer:
    """Per unit: demand and covered, numerator and denominator, or an amount."""

    units: dict[str, Any]
    parents: dict[str, Row]
    apart: dict[str, Fraction] = field(
        default_factory=dict
    )  # of rows of which but the county is known
    aside: int = 0
    used: int = 0
    counted: bool = False
    held: dict[str, dict[str, bool]] = field(default_factory=dict)  # of a chain: unit → link
    supply: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)  # places, deaths
    asked: tuple[str, ...] = ()  # all units, where some of them cannot be told

    def figure(self, level: str = "", code: str = "") -> Figure:
        """The figure of all units, or of those of one county, prefecture or province."""
        mine = [c for c in self.units if not level or self.parents[c].get(f"{level}_code") == code]
        if self.counted:
            apart = [v for c, v in self.apart.items() if not level or above(c, level) == code]
            return sum((self.units[c] for c in mine), Fraction()) + sum(apart, Fraction())
        top, bottom = (sum((self.units[c][i] for c in mine), Fraction()) for i in (0, 1))
        beside = [v for c, v in self.apart.items() if not level or above(c, level) == code]
        return top + sum(beside, Fraction()), bottom

    def supplied(self, level: str = "", code: str = "") -> tuple[Fraction, Fraction]:
        """Places and deaths a year of the units that can be told."""
        mine = [c for c in self.units if not level or self.parents[c].get(f"{level}_code") == code]
        places, deaths = (sum((self.supply[c][i] for c in mine), Fraction()) for i in (0, 1))
        return places, deaths

    @property
    def links(self) -> dict[str, int]:
        """Of how many units each link of a chain holds."""
        names = list(dict.fromkeys(name for held in self.held.values() for name in held))
        return {name: sum(self.held[c][name] for c in self.held) for name in names}

    @property
    def weakest(self) -> dict[str, str]:
        """The first link that a unit lacks."""
        first = {c: [n for n, works in held.items() if not works] for c, held in self.held.items()}
        return {c: names[0] for c, names in first.items() if names}

    @property
    def uncovered(self) -> list[str]:
        """The units that nothing covers, in order of code."""
        return sorted(c for c, (covered, _) in self.units.items() if not covered)


def rules(folder: Path | None = None) -> dict[str, Rule]:
    """Every indicator and variant of the shipped policy and of a workspace, as plain dicts."""
    found: dict[str, Rule] = {}
    homes = [HOME / "policy", *([folder / "layers" / "policy"] if folder else [])]
    for file in (f for home in homes for f in sorted(home.glob("*.toml"))):
        text = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
        for one in text.get("indicator", []):
            base = {k: v for k, v in one.items() if k != "variant"}
            found[one["id"]] = base
            for variant in one.get("variant", []):
                found[f"{one['id']}@{variant['id']}"] = base | variant
    return found


# ------------------------------------------------------------------ which rows count


def answer(world: World, rule: Rule, asked: Asked) -> Answer | None:
    """What an indicator gives; None where a layer, a column or a list is absent."""
    if rule["measure"] == "chain":
        return _chain(world, rule, asked)
    if rule["units"] in {"hamlet", "road"} and rule["measure"] == "presence":
        return _signed(world, rule, asked)
    units, table = world.units.get(rule["units"]), world.tables.get(rule.get("layer", ""))
    if rule["measure"] == "none" or units is None or table is None or _not_begun(rule, asked):
        return None
    codes = _denominator(world, rule, units)
    if rule.get("stated") and not _matched(rule, table, asked):
        return None
    if codes is None or any(c not in table.columns for c in _needed(rule, table, asked)):
        return None
    made = {
        "presence": _presence, "capacity": _capacity, "flag": _flag, "count": _amount, "sum": _amount, "ratio": _ratio,
    }[rule["measure"]](world, rule, codes, table, asked)  # fmt: skip
    if made is None:
        return None
    lists = sum(len(world.tables[key].aside) for key in rule.get("needs", []))
    made.aside += len(table.aside) + lists + _idle(world, rule, table, asked)
    mine = _counted(world, rule, table, asked)
    made.used = sum(_here(world, rule, table, row, asked.within) for row in mine)
    made.parents = units
    found = _weighed(world, rule, asked, _restricted(made, asked.within))
    return None if found and found.asked and not found.units else found  # nothing can be told


def _not_begun(rule: Rule, asked: Asked) -> bool:
    """Whether all years that an indicator is of lie after the day."""
    years = rule.get("year", {}).get("is", "latest")
    years = years if isinstance(years, list) else [years]
    return not {"latest", "as-of"} & {*years} and min(years) > asked.as_of.year


def _denominator(world: World, rule: Rule, units: dict[str, Row]) -> list[str] | None:
    among = _clauses(rule, "among")
    have = set().union(*(set(u) for u in units.values()))
    if any(c not in have for clause in among for c in clause):
        return None
    codes = [c for c, u in units.items() if not among or any(_fits(u, k) for k in among)]
    for key in rule.get("needs", []):
        if key not in world.tables:
            return None
        rows = world.tables[key].rows
        mine = {r["unit_code"] for r in rows if r.get("listed") in {"是", "", None}}
        if not mine & set(units):
            return None
        codes = [c for c in codes if c in mine]
    return codes


def _needed(rule: Rule, table: Table, asked: Asked) -> list[str]:
    """The columns without which nothing can be said."""
    wanted = [
        c for k in ("where", "listed") for one in _clauses(rule, k) for c in one if c != "via"
    ]
    wanted += [c for one in _clauses(rule, "part") for c in one]
    wanted += [rule["recent"]["column"]] if "recent" in rule else []
    wanted += _amounts(rule)
    wanted += rule.get("filled", []) + (
        [rule["weight"]] if rule["measure"] == "ratio" and "weight" in rule else []
    )
    if "year" in rule and "year" not in table.spec:
        wanted.append(rule["year"]["column"])
    counting = _counting(rule, table)
    if counting:
        wanted += [] if counting.get("blank") else [counting["column"]]
        since = _since(rule, table) or counting.get("from", "")
        wanted += [since] if since and not _undated_count(rule, table, asked) else []
    return wanted


def _counting(rule: Rule, table: Table) -> dict[str, Any] | None:
    """What the schema says of states and dates; nothing bounds the yearly totals of a ratio."""
    totals = rule["measure"] == "ratio" and table.spec["role"] == "table"
    return None if totals else table.schema.get("counting")


def _since(rule: Rule, table: Table) -> str:
    """The date column of a yearly increment."""
    column = rule.get("year", {}).get("column", "")
    return column if table.schema["column"].get(column, {}).get("type") == "date" else ""


def _undated_count(rule: Rule, table: Table, asked: Asked) -> bool:
    if _since(rule, table):
        return False
    return (asked.undated or table.schema["counting"].get("undated")) == "include"


def _works(rule: Rule, table: Table, asked: Asked, row: Row) -> bool:
    """DESIGN rule 3: the state counts, and the day lies between opening and closing."""
    if (counting := _counting(rule, table)) is None:
        return True
    if row.get("id") and row["id"] in asked.as_if:
        return True
    state = row.get(counting["column"]) or counting.get("blank", "")
    if state not in {*rule.get("status", counting["states"]), *asked.status}:
        return False
    since = _since(rule, table)
    if (since or state in counting["states"]) and (since or "from" in counting):
        opened = row.get(since or counting["from"])
        if opened is None and not _undated_count(rule, table, asked):
            return False
        if opened is not None and opened > asked.as_of:
            return False
    if {*rule.get("status", [])} & {*counting.get("ended", [])}:
        return True  # who asks for those of the past minds no end
    closed = row.get(counting.get("until", ""))
    return closed is None or closed > asked.as_of


def _amounts(rule: Rule) -> list[str]:
    """The columns of its own layer that are added up."""
    named = [rule.get(k, "") for k in ("column", "numerator", "denominator")]
    return [c for c in named if c and isinstance(c, str)]


def _complete(rule: Rule, row: Row) -> bool:
    wanted = [
        *rule.get("filled", []),
        *_amounts(rule),
    ]
    if rule["measure"] == "ratio" and "weight" in rule:
        wanted.append(rule["weight"])
    return all(row.get(c) not in {None, ""} for c in wanted)


def _matched(rule: Rule, table: Table, asked: Asked, key: str = "where") -> list[Row]:
    """The rows that are asked for and of the years asked for, undated increments among them."""
    clauses = _clauses(rule, key)
    rows = [r for r in table.rows if not clauses or any(_fits(r, c, table, asked) for c in clauses)]
    if "year" not in rule:
        return rows
    years = [_year(r, rule, table) for r in rows]
    since = _since(rule, table)
    whole = asked.as_of.year if since else full_year(asked.as_of)
    past = [y for y in years if y is not None and y <= whole]
    wanted = rule["year"]["is"]
    if wanted == "as-of":
        wanted = asked.as_of.year
    if wanted == "latest":
        wanted = max(past, default=None)
    wanted = wanted if isinstance(wanted, list) else [wanted]
    return [
        r
        for r, y in zip(rows, years, strict=True)
        if (y in wanted and (since or y in past)) or (since and y is None)
    ]  # fmt: skip


def _year(row: Row, rule: Rule, table: Table) -> Any:
    cell = row.get(rule["year"]["column"])
    if rule["year"]["column"] not in table.columns:
        cell = table.spec.get("year")
    return cell.year if isinstance(cell, date) else cell


def _idle(world: World, rule: Rule, table: Table, asked: Asked) -> int:
    """The rows of the part that is asked for that are asked for and do not count."""
    rows = [r for r in _matched(rule, table, asked) if _here(world, rule, table, r, asked.within)]
    sound = [r for r in rows if _works(rule, table, asked, r) and _complete(rule, r)]
    quarrels = [r for r in sound if "home" in r and stand(world, r).conflict]
    return len(rows) - len(sound) + len(quarrels)


def _here(world: World, rule: Rule, table: Table, row: Row, code: str) -> bool:
    """Whether a row is of a county or prefecture: of the one it names, else where it stands."""
    if "unit_code" in row:
        level, owner = table.spec["level"], row["unit_code"]
    elif row["home"].county:
        level, owner = "county", row["home"].county
    else:
        level, owner = rule["units"], stand(world, row).owner[rule["units"]] if code else ""
    unit = world.units.get(level, {}).get(owner, {})
    return not code or code in {unit.get("county_code"), unit.get("prefecture_code")}


def _counted(world: World, rule: Rule, table: Table, asked: Asked) -> list[Row]:
    return [
        r
        for r in _matched(rule, table, asked)
        if _works(rule, table, asked, r)
        and _complete(rule, r)
        and not ("home" in r and stand(world, r).conflict)
    ]


def _clauses(rule: Rule, key: str) -> list[dict[str, Any]]:
    given = rule.get(key, {})
    return [c for c in (given if isinstance(given, list) else [given]) if c]


def _fits(
    row: Row, clause: dict[str, Any], table: Table | None = None, asked: Asked | None = None
) -> bool:
    mixed = table.schema.get("mixed", {}) if table and asked and asked.count_mixed else {}
    return all(_holds(row.get(c), v, mixed.get(c, {})) for c, v in clause.items() if c != "via")


def _holds(cell: Any, values: Iterable[str], mixed: dict[str, list[str]]) -> bool:
    wanted = {*values, *(m for v in values for m in mixed.get(v, []))}
    if isinstance(cell, tuple):
        return any(set(v.split("+")) <= set(cell) for v in wanted)
    return str("" if cell is None else cell) in wanted


# ------------------------------------------------------------------ measures

Measure = Callable[[World, Rule, list[str], Table, Asked], Answer | None]


def _presence(world: World, rule: Rule, codes: list[str], table: Table, asked: Asked) -> Answer:
    served = _served(world, rule, table, asked)
    covered: set[str] = set().union(*(units for _, units in served))
    return Answer({c: (Fraction(c in covered), Fraction(1)) for c in codes}, {})


def _served(world: World, rule: Rule, table: Table, asked: Asked) -> list[tuple[Row, set[str]]]:
    """Every facility that counts, and the units of the level that it reaches."""
    below = _descendants(world, rule["units"])
    found = []
    for row in _counted(world, rule, table, asked):
        covered: set[str] = set()
        here = stand(world, row)
        owner = here.owner[rule["units"]]
        for clause in _clauses(rule, "where") or [{}]:
            if not _fits(row, clause, table, asked):
                continue
            ways = set(clause.get("via", rule.get("via", ["inside", "named", "served"])))
            mine = "inside" if here.inside[rule["units"]] else "named"
            if owner and mine in ways:
                covered.add(owner)
            if "served" in ways:
                covered |= {c for code in row["served"] for c in below.get(code, set())}
        found.append((row, covered))
    return found


def _capacity(
    world: World, rule: Rule, codes: list[str], table: Table, asked: Asked
) -> Answer | None:
    if not {"plots_total", "niches_total"} & table.columns:
        return None
    told = capacity(world, rule, codes, _served(world, rule, table, asked), asked.as_of)
    made = Answer({c: (Fraction(covered), Fraction(1)) for c, (covered, _, _) in told.items()}, {})
    made.supply = {c: (places, deaths) for c, (_, places, deaths) in told.items()}
    made.asked = tuple(codes)
    return made


def _descendants(world: World, level: str) -> dict[str, set[str]]:
    """A unit, or a unit above → the units of a level that lie in it."""
    made: dict[str, set[str]] = {}
    for code, unit in world.units[level].items():
        above = [unit.get(f"{up}_code") for up in ("township", "county", "prefecture", "province")]
        for key in {code, *above} - {"", None}:
            made.setdefault(key, set()).add(code)
    return made


def _flag(world: World, rule: Rule, codes: list[str], table: Table, asked: Asked) -> Answer | None:
    if _clauses(rule, "listed"):
        listing = {k: v for k, v in rule.items() if k != "filled"}
        rows = _matched(listing, table, asked, "listed")
        mine = {r["unit_code"] for r in rows if _works(listing, table, asked, r)}
        codes = [c for c in codes if c in mine]
        if not codes:
            return None
    rows = _counted(world, rule, table, asked)
    said = [
        {r["unit_code"] for r in rows if _fits(r, clause, table, asked)}
        for clause in _clauses(rule, "where")
    ]
    yes = set.intersection(*said) if rule.get("every") else set.union(*said)
    level = table.spec["level"]
    if level != rule["units"]:
        parts: dict[str, set[str]] = {}
        for code, unit in world.units[level].items():
            parts.setdefault(unit[f"{rule['units']}_code"], set()).add(code)
        yes = {whole for whole, mine in parts.items() if mine <= yes}
    return Answer({c: (Fraction(c in yes), Fraction(1)) for c in codes}, {})


def _chain(world: World, rule: Rule, asked: Asked) -> Answer | None:
    """Every link of a unit, or of the unit above it, must work; each is a presence of its own."""
    units = world.units.get(rule["units"])
    codes = None if units is None else _denominator(world, rule, units)
    if units is None or codes is None:
        return None
    made = Answer({}, units, held={c: {} for c in codes})
    plain = replace(asked, weight="", within="")
    for link in rule["links"]:
        alone = {"measure": "presence"} | link
        found = answer(world, alone, plain)
        if found is None:
            return None
        for c in codes:
            whose = c if link["units"] == rule["units"] else units[c].get(f"{link['units']}_code")
            covered, _ = found.units.get(whose or "", (Fraction(), Fraction()))
            made.held[c][link["name"]] = covered == 1
        made.aside += _idle(world, alone, world.tables[link["layer"]], asked)
    for key in {link["layer"] for link in rule["links"]} | set(rule.get("needs", [])):
        made.aside += len(world.tables[key].aside)
    made.units = {c: (Fraction(all(made.held[c].values())), Fraction(1)) for c in codes}
    made = _restricted(made, asked.within)
    made.held = {c: made.held[c] for c in made.units}
    return _weighed(world, rule, asked, made)


def _amount(
    world: World, rule: Rule, codes: list[str], table: Table, asked: Asked
) -> Answer | None:
    rows = _counted(world, rule, table, asked)
    if rule["measure"] == "sum" and _twice(rows):
        return None
    units = dict.fromkeys(codes, Fraction())
    apart: dict[str, Fraction] = {}
    every = rule["units"] == "township" and not any(map(rule.get, ("among", "needs", "listed")))
    for row in rows:
        much = Fraction(1) if rule["measure"] == "count" else row[rule["column"]]
        owner = row["unit_code"] if "unit_code" in row else stand(world, row).owner[rule["units"]]
        if owner in units:
            units[owner] += much
        elif every and "home" in row and (county := stand(world, row).county_only):
            apart[county] = apart.get(county, Fraction()) + much
    return Answer(units, {}, apart, counted=True)


def _ratio(world: World, rule: Rule, codes: list[str], table: Table, asked: Asked) -> Answer | None:
    rows = _counted(world, rule, table, asked)
    if _twice(rows):
        return None
    if "part" in rule or "recent" in rule:
        return _share(world, rule, codes, rows, asked)
    if isinstance(rule["denominator"], dict):
        return _norm(world, rule, codes, table, asked)
    units = {c: (Fraction(), Fraction()) for c in codes}
    for row in rows:
        owner = row["unit_code"] if "unit_code" in row else stand(world, row).owner[rule["units"]]
        if owner in units:
            heavy = row[rule["weight"]] if "weight" in rule else Fraction(1)
            top, bottom = (heavy * row[rule[k]] for k in ("numerator", "denominator"))
            units[owner] = (units[owner][0] + top, units[owner][1] + bottom)
    return Answer(units, {})


def _share(world: World, rule: Rule, codes: list[str], rows: list[Row], asked: Asked) -> Answer:
    """Which part of the rows is of a kind, or of the last days."""
    units = {c: (Fraction(), Fraction()) for c in codes}
    for row in rows:
        if "recent" in rule:
            day = row.get(rule["recent"]["column"])
            of = day is not None and 0 <= (asked.as_of - day).days < rule["recent"]["days"]
        else:
            of = any(_fits(row, clause) for clause in _clauses(rule, "part"))
        if (owner := stand(world, row).owner[rule["units"]]) in units:
            units[owner] = (units[owner][0] + of, units[owner][1] + 1)
    return Answer(units, {})


def _signed(world: World, rule: Rule, asked: Asked) -> Answer | None:
    """The natural villages or roads that a sign names; of roads each end and crossing has one."""
    key = {"hamlet": "placename", "road": "roads"}[rule["units"]]
    source, table = world.tables.get(key), world.tables.get(rule["layer"])
    if (
        source is None
        or table is None
        or any(c not in table.columns for c in _needed(rule, table, asked))
    ):
        return None
    every = places_of(world, source, rule["units"], asked.as_of)
    known = world.tables.get("placename")
    others = {r["id"] for r in known.rows if r["id"]} if known else set()
    codes = {p.code: p.code for p in every}
    among = [v for clause in _clauses(rule, "among") for v in clause["class"]]
    mine = [p for p in every if not among or p.kind in among]
    hit: dict[str, list[Row]] = {}
    for row in _counted(world, rule, table, asked):
        code = second_places.named(row, _where(world, row), every, codes, others)
        hit.setdefault(code, []).append(row)
    made = Answer({p.code: (Fraction(_is_signed(p, rule, hit)), Fraction(1)) for p in mine}, {})
    made.aside = len(table.aside) + _idle(world, rule, table, asked)
    made.parents = {p.code: _parents(p.where[2]) for p in every}
    made.used = sum(
        _here(world, rule, table, r, asked.within) for r in _counted(world, rule, table, asked)
    )
    return _restricted(made, asked.within)


def _is_signed(place: second_places.Place, rule: Rule, hit: dict[str, list[Row]]) -> bool:
    signs = hit.get(place.code, [])
    if rule["units"] == "hamlet":
        return bool(signs)
    wanted = set().union(*(place.points[at] for at in rule.get("at", ["ends", "crossings"])))
    metres = float(rule["radius_m"])
    return bool(wanted) and all(
        any(second_places.near(point, r["point"], metres) for r in signs) for point in wanted
    )


def places_of(world: World, source: Table, level: str, on: date) -> list[second_places.Place]:
    """The places of a level on a day."""
    if level == "road":
        return second_places.roads(source, lambda at: min(holding(world, "county", at), default=""))
    return second_places.hamlets(source, on, lambda row: _held(world, row))


def _held(world: World, row: Row) -> tuple[str, str, str]:
    town = min(holding(world, "township", row["point"]), default="")
    return "", town, world.units["township"][town]["county_code"] if town else ""


def _where(world: World, row: Row) -> tuple[str, str, str]:
    """The units a sign names; of one that names none, those that hold its point."""
    home = row["home"]
    return (home.village, home.township, home.county) if any(home) else _held(world, row)


def _parents(county: str) -> Row:
    return {
        "county_code": county,
        "prefecture_code": above(county, "prefecture"),
        "province_code": above(county, "province"),
    }


def _norm(world: World, rule: Rule, codes: list[str], table: Table, asked: Asked) -> Answer | None:
    """Σ of one layer's amounts and Σ of another's, over the units of which both are known."""
    level, other = rule["units"], world.tables.get(rule["denominator"]["layer"])
    column = rule["denominator"]["column"]
    below = other and amounts_of(world, other, level, column, asked.as_of)
    if other is None or below is None or not latest(other, column, asked.as_of):
        return None
    totals, top = table.spec["role"] == "table", dict.fromkeys(codes, Fraction())
    named, silent = set(), set()
    for row in _matched(rule, table, asked):
        if not _works(rule, table, asked, row) or ("home" in row and stand(world, row).conflict):
            continue
        owner = row["unit_code"] if totals else stand(world, row).owner[level]
        if not _complete(rule, row):
            silent.add(owner)
        elif owner in top:
            top[owner] += row[rule["numerator"]]
            named.add(owner)
    known = [c for c in codes if c in below and c not in silent and (c in named or not totals)]
    made = {c: (top[c], below[c]) for c in known}
    return Answer(made, {}, _norm_apart(world, rule, codes, known, table, asked))


def _norm_apart(
    world: World, rule: Rule, codes: list[str], known: list[str], table: Table, asked: Asked
) -> dict[str, Fraction]:
    """Of rows of which but the county is known: the amounts, where that county is known whole."""
    lost = {world.units[rule["units"]][c]["county_code"] for c in {*codes} - {*known}}
    every = rule["units"] == "township" and not any(map(rule.get, ("among", "needs", "listed")))
    apart: dict[str, Fraction] = {}
    for row in _counted(world, rule, table, asked) if every else []:
        county = stand(world, row).county_only if "home" in row else None
        if county and county not in lost:
            apart[county] = apart.get(county, Fraction()) + row[rule["numerator"]]
    return apart


def _twice(rows: list[Row]) -> bool:
    """Two rows of totals for one unit: nobody knows which is right."""
    owners = [r["unit_code"] for r in rows if "unit_code" in r]
    return len(set(owners)) < len(owners)


# ------------------------------------------------------------------ parts and weights


def _restricted(made: Answer, code: str) -> Answer:
    if code:
        ups = ("county_code", "prefecture_code")
        made.units = {
            c: v for c, v in made.units.items() if code in {made.parents[c].get(u) for u in ups}
        }
        made.asked = tuple(c for c in made.asked if code in {made.parents[c].get(u) for u in ups})
        made.apart = {c: v for c, v in made.apart.items() if code in {c, above(c, "prefecture")}}
    return made


def _weighed(world: World, rule: Rule, asked: Asked, made: Answer) -> Answer | None:
    weight = asked.weight or rule.get("weight", "")
    if not weight or rule["measure"] not in {"presence", "flag", "chain", "capacity"}:
        return made
    people = population(world, rule["units"], weight, asked.as_of)
    if people is None:
        return None
    made.units = {
        c: (covered * people[c], people[c])
        for c, (covered, _) in made.units.items()
        if people.get(c) is not None
    }
    return made
