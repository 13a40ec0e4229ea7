"""The links of a chain: what must work for a unit, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hbgeo.errors import PolicyError
from hbgeo.read.catalog import LEVEL_NAMES, LEVELS
from hbgeo.read.clauses import read_clauses, read_texts, read_vias
from hbgeo.read.indicator import VIAS, Link
from hbgeo.read.toml import check_keys

LINK_NAMES = {
    "province": "省级",
    "prefecture": "市级",
    "county": "县级",
    "township": "乡镇级",
    "village": "村级",
}
MOST_LINKS = 32
_LINK_KEYS: dict[str, tuple[type, ...]] = {
    "units": (str,),
    "layer": (str,),
    "name": (str,),
    "where": (dict, list),
    "via": (list,),
    "status": (list,),
}


def read_links(given: Sequence[Any], units: str, at: str) -> tuple[Link, ...]:
    """Read the links of a chain, in the order they are written.

    Parameters
    ----------
    units
        The level of the units that count: a link is asked there, or at a level above.

    Raises
    ------
    PolicyError
        If there are none or too many, two of one name, or one of a level below the units'.
    """
    if not 0 < len(given) <= MOST_LINKS:
        raise PolicyError(f"{at}：links 应有 1 至 {MOST_LINKS} 环，现有 {len(given)} 环")
    links = tuple(_link(row, units, at) for row in given)
    names = [link.name for link in links]
    for name in names:
        if names.count(name) > 1:
            raise PolicyError(f"{at}：links 有两环都叫“{name}”；请用 name 各起一个名称")
    return links


def _link(row: Any, units: str, at: str) -> Link:
    if not isinstance(row, dict):
        raise PolicyError(f"{at}：links 应为表的列表")
    check_keys(row, _LINK_KEYS, ("units", "layer"), f"{at}：links", PolicyError)
    level = row["units"]
    if level not in LEVELS:
        allowed = "、".join(LEVELS)
        raise PolicyError(f"{at}：links 的 units = “{level}”不在可选值 {allowed} 中")
    above = LEVELS[: LEVELS.index(units) + 1] if units in LEVELS else LEVELS
    if level not in above:
        said = f"低于指标的级别“{units}”（{LEVEL_NAMES[units]}），一个单元有许多下级；可用：{'、'.join(above)}"
        raise PolicyError(f"{at}：links 的 units = “{level}”{said}")
    name = row.get("name", LINK_NAMES[level])
    if not name.strip():
        raise PolicyError(f"{at}：links 的 name 不能为空")
    return Link(
        units=level,
        layer=row["layer"],
        name=name,
        where=read_clauses(row.get("where", {}), f"{at}：links.where"),
        via=read_vias(row.get("via", list(VIAS)), f"{at}：links"),
        status=read_texts(row.get("status", []), f"{at}：links.status"),
    )
