"""Read `policy/*.toml` into indicators and targets, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hbgeo.errors import PolicyError
from hbgeo.read.assumption import AMOUNTS, read_assumption
from hbgeo.read.catalog import LEVELS, PLACES
from hbgeo.read.clauses import read_clauses, read_texts, read_vias
from hbgeo.read.indicator import AS_OF, ROAD_POINTS, VIAS, Indicator
from hbgeo.read.links import read_links
from hbgeo.read.near import ask_whether
from hbgeo.read.target import add_targets, read_targets
from hbgeo.read.toml import check_keys, check_name, check_year, fit_texts, read_toml

MEASURES = ("presence", "reach", "count", "sum", "ratio", "flag", "chain", "capacity", "none")
SYSTEMS = {
    "assistance": "社会救助",
    "governance": "社区治理",
    "eldercare": "养老服务",
    "organisations": "社会组织",
    "minors": "未成年人保护",
    "funeral": "殡葬服务",
    "place-names": "区划地名",
    "other": "其他",
}
# the greatest numbers: metres from end to end of the province, years of burial, times a quotient
_DAYS = 36_600
_BOUNDS = {"radius_m": (1_000_000, "（米）"), "years": (1000, "（年）"), "per": (10**9, "")}
SHIPPED_POLICY = files("hbgeo") / "policy"
_INDICATOR_KEYS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "name": (str,),
    "note": (str,),
    "measure": (str,),
    "units": (str,),
    "among": (dict, list),
    "layer": (str,),
    "where": (dict, list),
    "via": (list,),
    "column": (str,),
    "year": (dict,),
    "numerator": (str,),
    "denominator": (str, dict),
    "per": (int, Decimal),
    "links": (list,),
    "years": (int, Decimal),
    "deaths": (dict,),
    "share": (dict,),
    "radius_m": (int, Decimal),
    "weight": (str,),
    "status": (list,),
    "quantified": (bool,),
    "needs": (list,),
    "filled": (list,),
    "listed": (dict, list),
    "every": (bool,),
    "row": (str,),
    "source": (str,),
    "unit": (str,),
    "earlier": (str,),
    "stated": (bool,),
    "lacks": (list,),
    "at": (list,),
    "part": (dict, list),
    "recent": (dict,),
    "target": (list,),
    "variant": (list,),
}
# keys that are taken as they are, filters, and lists of texts
_PLAIN = ("name", "note", "layer", "column", "numerator", "weight", "row", "source", "earlier")
_FILTERS = ("where", "among", "listed", "part")
_LISTS = ("status", "needs", "filled", "lacks")
# keys that a measure cannot do without, and those that only one has
_NEEDED = {
    "presence": ("layer",),
    "reach": ("layer", "radius_m"),
    "count": ("layer",),
    "sum": ("layer", "column"),
    "ratio": ("layer", "numerator", "denominator"),
    "flag": ("layer",),
    "chain": ("links",),
    "capacity": ("layer", "years"),
    "none": ("note",),
}
_ONLY = {
    "listed": "flag",
    "every": "flag",
    "per": "ratio",
    "links": "chain",
    "years": "capacity",
    "deaths": "capacity",
    "share": "capacity",
    "stated": "flag",
    "lacks": "none",
    "part": "ratio",
    "recent": "ratio",
}
_QUOTIENT = ("numerator", "denominator")
# keys that a chain cannot have itself: each of its links has its own, or none
_OF_LINKS = ["layer", "where", "via", "status", "column", "year", "filled"]
_OF_LINKS += ["numerator", "denominator", "radius_m"]


def read_policy(folders: Iterable[Path | Traversable] = ()) -> dict[str, Indicator]:
    """Read the shipped policy, then each folder's `*.toml` over it.

    An indicator of a later folder replaces the earlier one of the same id, variants and all; a
    `[[target]]` of its own adds to one that is there.

    Returns
    -------
    indicators
        By id (`base` or `base@variant`), in file order; a variant follows its base.

    Raises
    ------
    PolicyError
        If a key is unknown or missing, a value is bad, or an id is used twice in one folder.
    """
    found: dict[str, list[Indicator]] = {}
    for folder in (SHIPPED_POLICY, *folders):
        here, more = _read_policy_folder(folder)
        found.update(here)
        found = _with_targets(found, more)
    policy = {one.id: one for family in found.values() for one in family}
    for one in policy.values():
        _check_earlier(one, policy)
    return policy


def _check_earlier(one: Indicator, policy: Mapping[str, Indicator]) -> None:
    """What a figure is compared with must be there, count the same way, and be of years before."""
    if not one.earlier:
        return
    before = policy.get(one.earlier)
    if before is None:
        raise PolicyError(f"{one.origin}：earlier = “{one.earlier}”没有这个指标")
    same = ("measure", "units", "layer", "unit")
    if any(getattr(one, key) != getattr(before, key) for key in same):
        said = "须与本指标的 measure、units、layer、unit 相同"
        raise PolicyError(f"{one.origin}:earlier = “{one.earlier}”{said}")
    years = [i.year[1] if i.year else () for i in (before, one)]
    if not all(years) or max(years[0]) >= min(years[1]):
        said = "两者的 year 都须写明年份，且前者的年份在前"
        raise PolicyError(f"{one.origin}:earlier = “{one.earlier}”：{said}")


def _with_targets(
    found: Mapping[str, list[Indicator]], more: Iterable[tuple[str, list[Any]]]
) -> dict[str, list[Indicator]]:
    """The families with the targets that files add to them."""
    policy = {one.id: one for family in found.values() for one in family}
    for file, rows in more:
        policy = add_targets(policy, rows, file)
    return {base: [policy[one.id] for one in family] for base, family in found.items()}


def _read_policy_folder(
    folder: Path | Traversable,
) -> tuple[dict[str, list[Indicator]], list[tuple[str, list[Any]]]]:
    """The indicators of a folder by id, and the targets that each file of it adds."""
    here: dict[str, list[Indicator]] = {}
    more = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        families, targets = _read_policy_file(file)
        more.append((file.name, targets))
        for family in families:
            base = family[0].base
            if base in here:
                raise PolicyError(f"{file.name}：指标 id “{base}”重复；每个 id 只能出现一次")
            here[base] = family
    return here, more


def _read_policy_file(file: Path | Traversable) -> tuple[list[list[Indicator]], list[Any]]:
    name = file.name
    table = fit_texts(read_toml(file, PolicyError, ""))
    known: dict[str, tuple[type, ...]] = {"system": (str,), "title": (str,), "indicator": (list,)}
    known["target"] = (list,)
    only_targets = "target" in table and "indicator" not in table
    check_keys(table, known, () if only_targets else ("system", "title"), name, PolicyError)
    system, title = table.get("system", ""), table.get("title", "")
    if system not in SYSTEMS and not (only_targets and not system):
        msg = f"{name}：system = “{system}”不在可选值 {'、'.join(SYSTEMS)} 中"
        raise PolicyError(msg)
    families = [_family(row, system, title, name) for row in table.get("indicator", [])]
    return families, table.get("target", [])


def _family(row: Any, system: str, title: str, file: str) -> list[Indicator]:
    """One indicator and its variants; a variant's key replaces the indicator's key whole."""
    if not isinstance(row, dict):
        raise PolicyError(f"{file}：indicator 应写作 [[indicator]] 表")
    where = f"{file} 指标 {row.get('id', '?')}"
    check_keys(row, _INDICATOR_KEYS, ("id", "name", "measure", "units"), where, PolicyError)
    base = {k: v for k, v in row.items() if k != "variant"}
    family = [_indicator(base, system, title, None, "", where)]
    for variant in row.get("variant", []):
        if not isinstance(variant, dict):
            raise PolicyError(f"{where}：variant 应写作 [[indicator.variant]] 表")
        at = f"{where} 变体 {variant.get('id', '?')}"
        keys = {k: v for k, v in _INDICATOR_KEYS.items() if k != "variant"}
        check_keys(variant, keys, ("id", "name"), at, PolicyError)
        merged = base | {k: v for k, v in variant.items() if k not in {"id", "name"}}
        one = _indicator(merged, system, title, variant["id"], variant["name"], at)
        if one.id in {other.id for other in family}:
            raise PolicyError(f"{at}：变体 id 重复")
        family.append(one)
    return family


def _indicator(
    row: dict[str, Any], system: str, title: str, variant: str | None, qualifier: str, at: str
) -> Indicator:
    _check_words(row, variant, at)
    _check_measure_keys(row, at)
    beside, denominator = _denominator(row.get("denominator", ""), at)
    made = Indicator(
        base=row["id"],
        variant=variant,
        system=system,
        system_title=title,
        variant_name=qualifier,
        measure=row["measure"],
        units=row["units"],
        origin=at,
        via=read_vias(row.get("via", list(VIAS)), at),
        year=_year(row.get("year"), at),
        radius_m=_number(row, "radius_m"),
        quantified=row.get("quantified", True),
        denominator=denominator,
        every=row.get("every", False),
        stated=row.get("stated", False),
        unit=_unit(row.get("unit", ""), at),
        per=_number(row, "per"),
        beside=beside,
        links=read_links(row["links"], row["units"], at) if "links" in row else (),
        years=_number(row, "years"),
        at=_road_points(row, at),
        recent=_recent(row.get("recent"), at),
        **_alike(row, at),
    )
    return replace(made, targets=read_targets(row.get("target", []), at, counted=made.counted))


def _alike(row: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The keys that are read like others."""
    return {
        **{key: row.get(key, "") for key in _PLAIN},
        **{key: read_clauses(row.get(key, {}), f"{at}：{key}") for key in _FILTERS},
        **{key: read_texts(row.get(key, []), f"{at}：{key}") for key in _LISTS},
        **{key: read_assumption(key, row[key], at) for key in AMOUNTS if key in row},
    }


def _number(row: Mapping[str, Any], key: str) -> Decimal | None:
    return None if key not in row else Decimal(row[key])


def _unit(given: str, at: str) -> str:
    """A measure word; sentences are made with it, so it is a word and nothing else."""
    if not re.fullmatch(r"[^\s\d{}]{0,8}", given):
        raise PolicyError(f"{at}：unit = “{given}”应为量词，如 张、户、人，不含数字和空格")
    return given


def _check_words(row: dict[str, Any], variant: str | None, at: str) -> None:
    """What is measured, where, and the id that links and file names are made of."""
    for key, allowed in (("measure", MEASURES), ("units", (*LEVELS, *PLACES))):
        if row[key] not in allowed:
            raise PolicyError(f"{at}：{key} = “{row[key]}”不在可选值 {'、'.join(allowed)} 中")
    for name in (row["id"], variant or "x"):
        check_name(name, f"{at}：id", PolicyError)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise PolicyError(f"{at}：id “{name}”只能用小写字母、数字和连字符")


def _check_measure_keys(row: dict[str, Any], at: str) -> None:
    """Each measure needs its own keys."""
    needed = _NEEDED[row["measure"]]
    for key in [k for k in needed if not (k in _QUOTIENT and _is_share(row, at))]:
        if key not in row:
            raise PolicyError(f"{at}：measure = “{row['measure']}”缺少键 {key}")
    for key, (most, unit) in _BOUNDS.items():
        if key in row and not 0 < row[key] <= most:
            raise PolicyError(f"{at}：{key} 应大于 0，不超过 {most:,}{unit}")
    _check_places(row, at)
    unsaid = row["measure"] == "none" and not row.get("lacks")
    if unsaid and (row.get("target") or row.get("quantified", True)):
        raise PolicyError(f"{at}：measure = “none”不计算，须写 quantified = false，不能有目标")
    for key, measure in _ONLY.items():
        if key in row and row["measure"] != measure:
            raise PolicyError(f"{at}：{key} 只用于 measure = “{measure}”")
    if isinstance(row.get("denominator"), dict) and "weight" in row:
        raise PolicyError(f"{at}：denominator 在另一图层的，不能写 weight")
    given = [key for key in _OF_LINKS if key in row] if row["measure"] == "chain" else []
    if given:
        raise PolicyError(f"{at}：measure = “chain”的 {'、'.join(given)} 应写在 links 的每一环里")


def _is_share(row: Mapping[str, Any], at: str) -> bool:
    """Whether rows of a kind are held against all: numerator and denominator are rows then."""
    shares = [key for key in ("part", "recent") if key in row]
    others = [key for key in (*_QUOTIENT, "per", "weight") if key in row]
    if shares and (len(shares) > 1 or others):
        said = f"part、recent 自成分子分母，只写其中一个，不与其他几个同写（{'、'.join([*shares, *others])}）"
        raise PolicyError(f"{at}：{said}")
    return bool(shares)


def _check_places(row: Mapping[str, Any], at: str) -> None:
    """Natural villages and roads are made for signs: nothing else is counted by them."""
    units, measure = row["units"], row["measure"]
    if units in PLACES and measure not in {"presence", "reach", "none"}:
        raise PolicyError(f"{at}：units = “{units}”只用于 measure = “presence”或“reach”")
    if units == "road" and measure == "presence" and "radius_m" not in row:
        raise PolicyError(f"{at}：道路的标志须写 radius_m：离端点、交叉口多少米以内算在那里")


def _road_points(row: Mapping[str, Any], at: str) -> tuple[str, ...]:
    """At which points of a road a sign must stand: all of them, where nothing is said."""
    if "at" not in row:
        return ROAD_POINTS
    points = read_texts(row["at"], f"{at}：at")
    if row["units"] != "road" or not points or not set(points) <= {*ROAD_POINTS}:
        allowed = "、".join(ROAD_POINTS)
        raise PolicyError(f"{at}：at 只用于 units = “road”，可选值 {allowed}")
    return points


def _recent(given: Any, at: str) -> tuple[str, int] | None:
    """A column of dates, and in how many days up to the date of the figure they must lie."""
    if given is None:
        return None
    days = given.get("days")
    if set(given) != {"column", "days"} or type(days) is not int or not 0 < days <= _DAYS:
        said = f'{{ column = "列名", days = 365 }}，天数为 1 至 {_DAYS:,} 的整数'
        raise PolicyError(f"{at}：recent 应写作 {said}")
    return str(given["column"]), days


def _denominator(given: Any, at: str) -> tuple[str, str]:
    """The layer of a denominator ("" for that of the numerator) and its column."""
    if isinstance(given, str):
        return "", given
    known: dict[str, tuple[type, ...]] = {"layer": (str,), "column": (str,)}
    check_keys(given, known, tuple(known), f"{at}：denominator", PolicyError)
    return given["layer"], given["column"]


def _year(given: Any, at: str) -> tuple[str, tuple[int, ...]] | None:
    """The column and the years that count; "latest" gives none, and the table's last one counts.

    "as-of" is the year of the date for which the figure holds.
    """
    if given is None:
        return None
    years = given.get("is")
    if years == "as-of":
        years = AS_OF
    years = [] if years == "latest" else years if isinstance(years, list) else [years]
    whole = all(type(y) is int for y in years) and given.get("is") != []
    if set(given) != {"column", "is"} or not isinstance(given["column"], str) or not whole:
        said = '{ column = "列名", is = 2023 }，is 可为整数、整数的列表、"latest"（表中最近一年）或 "as-of"（截止日期所在的年）'
        raise PolicyError(f"{at}：year 应写作 {said}")
    for year in [] if years == [AS_OF] and given["is"] == "as-of" else years:
        check_year(year, f"{at}：year", PolicyError)
    return given["column"], tuple(years)


def what_exists(name: str, policy: Mapping[str, Indicator]) -> str:
    """What an indicator that is not known may mean, by id, name or system; else all there are."""
    known = {system: system for system in SYSTEMS}
    known |= {title: f"{title}（{system}）" for system, title in SYSTEMS.items()}
    for one in policy.values():
        known |= {one.id: one.id, one.full_name: f"{one.full_name}（{one.id}）"}
    every = f"可用：{'、'.join(policy)}；或体系：{'、'.join(SYSTEMS)}"
    return ask_whether(name, known) or every
