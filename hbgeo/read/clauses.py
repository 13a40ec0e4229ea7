"""Filters of a policy file, and lists of texts: values, never expressions."""

from __future__ import annotations

from typing import Any

from hbgeo.errors import PolicyError
from hbgeo.read.indicator import VIAS, Clause


def read_clauses(given: Any, at: str) -> tuple[Clause, ...]:
    """Read a filter: a table, or a list of tables of which any will do."""
    tables = given if isinstance(given, list) else [given]
    if not all(isinstance(t, dict) for t in tables):
        raise PolicyError(f"{at} 应为表，或表的列表")
    return tuple(_clause(t, at) for t in tables if t)


def _clause(table: dict[str, Any], at: str) -> Clause:
    via = read_vias(table["via"], at) if "via" in table else None
    wanted = {k: read_texts(v, f"{at}.{k}") for k, v in table.items() if k != "via"}
    return Clause(wanted, via)


def read_texts(given: Any, at: str) -> tuple[str, ...]:
    """Read one text, or a list of them; whole numbers become text."""
    values = given if isinstance(given, list) else [given]
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise PolicyError(f"{at}：“{value}”应为文字（筛选只能用值，不能用表达式）")
    return tuple(str(v) for v in values)


def read_vias(given: Any, at: str) -> tuple[str, ...]:
    """Read the ways in which a facility reaches a unit."""
    vias = read_texts(given, f"{at}：via")
    for via in vias:
        if via not in VIAS:
            raise PolicyError(f"{at}：via = “{via}”不在可选值 {'、'.join(VIAS)} 中")
    return vias
