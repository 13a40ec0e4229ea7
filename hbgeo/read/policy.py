"""Read `policy/*.toml` into indicators and targets, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hbgeo.errors import PolicyError
from hbgeo.read.catalog import LEVELS
from hbgeo.read.toml import check_keys, check_name, check_year, fit_texts, read_toml

MEASURES = ("presence", "reach", "count", "sum", "ratio", "flag", "none")
VIAS = ("inside", "served", "named")
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
_GREATEST_RADIUS = 1_000_000  # metres: the province from end to end
SHIPPED_POLICY = files("hbgeo") / "policy"
_TARGET_KEYS: dict[str, tuple[type, ...]] = {
    "pct": (int, Decimal),
    "value": (int, Decimal),
    "deadline": (date,),
    "source": (str,),
}
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
    "denominator": (str,),
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
    "target": (list,),
    "variant": (list,),
}


@dataclass(frozen=True)
class Clause:
    """Rows whose every named column holds one of the wanted values, reached by one of `via`."""

    wanted: Mapping[str, tuple[str, ...]]
    via: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """A value to reach, by when, and the document that sets it; exactly one of pct and value."""

    pct: Decimal | None
    value: Decimal | None
    deadline: date | None
    source: str


@dataclass(frozen=True)
class Indicator:
    """What is measured, under one reading of it (`variant` is None for the main one).

    Attributes
    ----------
    year
        A date or year column, and the years that count; no years: the latest of the table.
    filled
        Columns of the layer without which a row does not count (a document's number).
    listed
        For `flag`: only units with a counting row that matches these are in the denominator.
    every
        For `flag`: a unit needs a row for each clause of `where`, not for any of them.
    row
        The row it answers in the conference's list of 34 facts, "" for others.
    source
        The document behind it, where no target names one.
    unit
        The measure word of what is counted (张, 户, 家), of a ratio that of both its amounts; ""
        stands for 个. No part of the fingerprint of a policy: how a figure is said changes none.
    earlier
        The indicator of the same thing for the years before; a comparison takes its figure at a
        date at which the years of this one have not begun. No part of the fingerprint either.
    """

    base: str
    variant: str | None
    system: str
    system_title: str
    name: str
    measure: str
    units: str
    layer: str
    origin: str
    variant_name: str = ""
    note: str = ""
    where: tuple[Clause, ...] = ()
    among: tuple[Clause, ...] = ()
    via: tuple[str, ...] = VIAS
    column: str = ""
    year: tuple[str, tuple[int, ...]] | None = None
    numerator: str = ""
    denominator: str = ""
    radius_m: Decimal | None = None
    weight: str = ""
    status: tuple[str, ...] = ()
    quantified: bool = True
    needs: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    filled: tuple[str, ...] = ()
    listed: tuple[Clause, ...] = ()
    every: bool = False
    row: str = ""
    source: str = ""
    unit: str = field(default="", repr=False)
    earlier: str = field(default="", repr=False)

    @property
    def id(self) -> str:
        """`base`, or `base@variant`."""
        return self.base if self.variant is None else f"{self.base}@{self.variant}"

    def not_begun(self, on: date) -> bool:
        """Whether all the years that it counts lie after a date: there is no figure yet."""
        years = self.year[1] if self.year else ()
        return bool(years) and min(years) > on.year

    @property
    def full_name(self) -> str:
        """The name, with the variant's in brackets."""
        return f"{self.name}({self.variant_name})" if self.variant_name else self.name


def read_policy(folders: Iterable[Path | Traversable] = ()) -> dict[str, Indicator]:
    """Read the shipped policy, then each folder's `*.toml` over it.

    An indicator of a later folder replaces the earlier one of the same id, variants and all.

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
        here = _read_policy_folder(folder)
        found.update(here)
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
        raise PolicyError(f"{one.origin}:earlier = “{one.earlier}”没有这个指标")
    same = ("measure", "units", "layer", "unit")
    if any(getattr(one, key) != getattr(before, key) for key in same):
        said = "须与本指标的 measure、units、layer、unit 相同"
        raise PolicyError(f"{one.origin}:earlier = “{one.earlier}”{said}")
    years = [i.year[1] if i.year else () for i in (before, one)]
    if not all(years) or max(years[0]) >= min(years[1]):
        said = "两者的 year 都须写明年份,且前者的年份在前"
        raise PolicyError(f"{one.origin}:earlier = “{one.earlier}”:{said}")


def _read_policy_folder(folder: Path | Traversable) -> dict[str, list[Indicator]]:
    here: dict[str, list[Indicator]] = {}
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".toml"):
            continue
        for family in _read_policy_file(file):
            base = family[0].base
            if base in here:
                raise PolicyError(f"{file.name}:指标 id “{base}”重复;每个 id 只能出现一次")
            here[base] = family
    return here


def _read_policy_file(file: Path | Traversable) -> list[list[Indicator]]:
    name = file.name
    table = fit_texts(read_toml(file, PolicyError, ""))
    known: dict[str, tuple[type, ...]] = {"system": (str,), "title": (str,), "indicator": (list,)}
    check_keys(table, known, ("system", "title"), name, PolicyError)
    if table["system"] not in SYSTEMS:
        msg = f"{name}:system = “{table['system']}”不在可选值 {'、'.join(SYSTEMS)} 中"
        raise PolicyError(msg)
    return [
        _family(row, table["system"], table["title"], name) for row in table.get("indicator", [])
    ]


def _family(row: Any, system: str, title: str, file: str) -> list[Indicator]:
    """One indicator and its variants; a variant's key replaces the indicator's key whole."""
    if not isinstance(row, dict):
        raise PolicyError(f"{file}:indicator 应写作 [[indicator]] 表")
    where = f"{file} 指标 {row.get('id', '?')}"
    check_keys(row, _INDICATOR_KEYS, ("id", "name", "measure", "units"), where, PolicyError)
    base = {k: v for k, v in row.items() if k != "variant"}
    family = [_indicator(base, system, title, None, "", where)]
    for variant in row.get("variant", []):
        if not isinstance(variant, dict):
            raise PolicyError(f"{where}:variant 应写作 [[indicator.variant]] 表")
        at = f"{where} 变体 {variant.get('id', '?')}"
        keys = {k: v for k, v in _INDICATOR_KEYS.items() if k != "variant"}
        check_keys(variant, keys, ("id", "name"), at, PolicyError)
        merged = base | {k: v for k, v in variant.items() if k not in {"id", "name"}}
        one = _indicator(merged, system, title, variant["id"], variant["name"], at)
        if one.id in {other.id for other in family}:
            raise PolicyError(f"{at}:变体 id 重复")
        family.append(one)
    return family


def _indicator(
    row: dict[str, Any], system: str, title: str, variant: str | None, qualifier: str, at: str
) -> Indicator:
    _check_words(row, variant, at)
    _check_measure_keys(row, at)
    return Indicator(
        base=row["id"],
        variant=variant,
        system=system,
        system_title=title,
        name=row["name"],
        variant_name=qualifier,
        note=row.get("note", ""),
        measure=row["measure"],
        units=row["units"],
        layer=row.get("layer", ""),
        origin=at,
        where=_clauses(row.get("where", {}), f"{at}:where"),
        among=_clauses(row.get("among", {}), f"{at}:among"),
        via=_vias(row.get("via", list(VIAS)), at),
        column=row.get("column", ""),
        year=_year(row.get("year"), at),
        numerator=row.get("numerator", ""),
        denominator=row.get("denominator", ""),
        radius_m=None if "radius_m" not in row else Decimal(row["radius_m"]),
        weight=row.get("weight", ""),
        status=_texts(row.get("status", []), f"{at}:status"),
        quantified=row.get("quantified", True),
        needs=_texts(row.get("needs", []), f"{at}:needs"),
        targets=tuple(_target(t, at) for t in row.get("target", [])),
        filled=_texts(row.get("filled", []), f"{at}:filled"),
        listed=_clauses(row.get("listed", {}), f"{at}:listed"),
        every=row.get("every", False),
        row=row.get("row", ""),
        source=row.get("source", ""),
        unit=_unit(row.get("unit", ""), at),
        earlier=row.get("earlier", ""),
    )


def _unit(given: str, at: str) -> str:
    """A measure word; sentences are made with it, so it is a word and nothing else."""
    if not re.fullmatch(r"[^\s\d{}]{0,8}", given):
        raise PolicyError(f"{at}:unit = “{given}”应为量词,如 张、户、人,不含数字和空格")
    return given


def _check_words(row: dict[str, Any], variant: str | None, at: str) -> None:
    """What is measured, where, and the id that links and file names are made of."""
    for key, allowed in (("measure", MEASURES), ("units", LEVELS)):
        if row[key] not in allowed:
            raise PolicyError(f"{at}:{key} = “{row[key]}”不在可选值 {'、'.join(allowed)} 中")
    for name in (row["id"], variant or "x"):
        check_name(name, f"{at}:id", PolicyError)
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise PolicyError(f"{at}:id “{name}”只能用小写字母、数字和连字符")


def _check_measure_keys(row: dict[str, Any], at: str) -> None:
    """Each measure needs its own keys."""
    needed = {
        "presence": ("layer",),
        "reach": ("layer", "radius_m"),
        "count": ("layer",),
        "sum": ("layer", "column"),
        "ratio": ("layer", "numerator", "denominator"),
        "flag": ("layer",),
        "none": ("note",),
    }[row["measure"]]
    for key in needed:
        if key not in row:
            raise PolicyError(f"{at}:measure = “{row['measure']}”缺少键 {key}")
    if "radius_m" in row and not 0 < row["radius_m"] <= _GREATEST_RADIUS:
        raise PolicyError(f"{at}:radius_m 应大于 0,不超过 {_GREATEST_RADIUS:,}(米)")
    if row["measure"] == "none" and (row.get("target") or row.get("quantified", True)):
        raise PolicyError(f"{at}:measure = “none”不计算,须写 quantified = false,不能有目标")
    for key in ("listed", "every"):
        if key in row and row["measure"] != "flag":
            raise PolicyError(f"{at}:{key} 只用于 measure = “flag”")
    counted = row["measure"] in {"count", "sum"}
    for target in row.get("target", []):
        if isinstance(target, dict) and ("value" in target) != counted and "source" in target:
            allowed = "value" if counted else "pct"
            raise PolicyError(f"{at}:measure = “{row['measure']}”的目标应写 {allowed}")


def _target(row: Any, at: str) -> Target:
    """One target; exactly one of pct and value, and the document that sets it."""
    if not isinstance(row, dict):
        raise PolicyError(f"{at}:target 应写作 [[indicator.target]] 表")
    check_keys(row, _TARGET_KEYS, ("source",), f"{at} 目标", PolicyError)
    if not row["source"].strip():
        raise PolicyError(f"{at} 目标:source 不能为空;请写明文件、日期和条款")
    if ("pct" in row) == ("value" in row):
        raise PolicyError(f"{at} 目标:pct 与 value 必须且只能写一个")
    if "pct" in row and not 0 < row["pct"] <= 100:
        raise PolicyError(f"{at} 目标:pct = {row['pct']} 应大于 0、不超过 100")
    if "value" in row and row["value"] < 0:
        raise PolicyError(f"{at} 目标:value = {row['value']} 不能是负数")
    return Target(
        pct=None if "pct" not in row else Decimal(row["pct"]),
        value=None if "value" not in row else Decimal(row["value"]),
        deadline=row.get("deadline"),
        source=row["source"],
    )


def _clauses(given: Any, at: str) -> tuple[Clause, ...]:
    tables = given if isinstance(given, list) else [given]
    if not all(isinstance(t, dict) for t in tables):
        raise PolicyError(f"{at} 应为表,或表的列表")
    return tuple(_clause(t, at) for t in tables if t)


def _clause(table: dict[str, Any], at: str) -> Clause:
    via = _vias(table["via"], at) if "via" in table else None
    wanted = {k: _texts(v, f"{at}.{k}") for k, v in table.items() if k != "via"}
    return Clause(wanted, via)


def _texts(given: Any, at: str) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise PolicyError(f"{at}:“{value}”应为文字(筛选只能用值,不能用表达式)")
    return tuple(str(v) for v in values)


def _vias(given: Any, at: str) -> tuple[str, ...]:
    vias = _texts(given, f"{at}:via")
    for via in vias:
        if via not in VIAS:
            raise PolicyError(f"{at}:via = “{via}”不在可选值 {'、'.join(VIAS)} 中")
    return vias


def _year(given: Any, at: str) -> tuple[str, tuple[int, ...]] | None:
    """The column and the years that count; "latest" gives none, and the table's last one counts."""
    if given is None:
        return None
    years = given.get("is")
    years = [] if years == "latest" else years if isinstance(years, list) else [years]
    whole = all(type(y) is int for y in years) and given.get("is") != []
    if set(given) != {"column", "is"} or not isinstance(given["column"], str) or not whole:
        said = '{ column = "列名", is = 2023 },is 可为整数、整数的列表或 "latest"'
        raise PolicyError(f"{at}:year 应写作 {said}")
    for year in years:
        check_year(year, f"{at}:year", PolicyError)
    return given["column"], tuple(years)
