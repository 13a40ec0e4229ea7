"""Numbers that no ledger gives, and that a figure must therefore say: deaths a year, a share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hbgeo.errors import HbgeoError, PolicyError
from hbgeo.read.indicator import Assumption
from hbgeo.read.toml import check_keys

# key → the name of its number, and the greatest it may be
AMOUNTS = {"deaths": ("per_mille", 100), "share": ("pct", 100)}


def read_assumption(
    key: str, given: Mapping[str, Any], at: str, error: type[HbgeoError] = PolicyError
) -> Assumption:
    """Read `{ per_mille = 6.5, source = "…" }` of deaths, `{ pct = 60, source = "…" }` of a share.

    Raises
    ------
    HbgeoError
        `error`, if its number or its source is missing, or the number is beyond bounds.
    """
    name, most = AMOUNTS[key]
    known: dict[str, tuple[type, ...]] = {name: (int, Decimal), "source": (str,)}
    check_keys(given, known, (name, "source"), f"{at}：{key}", error)
    if not 0 < given[name] <= most:
        raise error(f"{at}：{key}.{name} = {given[name]} 应大于 0、不超过 {most}")
    if not given["source"].strip():
        raise error(f"{at}：{key}.source 不能为空；请写明数字的出处")
    return Assumption(Decimal(given[name]), given["source"])
