"""The nation's division lists, shipped: civil affairs (MCA) and statistics bureau (NBS)."""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.read.divisions import is_zone, kind_of, normal_name, prefecture_code

SHIPPED = {"MCA-2025": "M", "NBS-2023": "N"}  # scheme → its mark in the file
_DATA = files("hbgeo.read.divisions") / "data"
_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township"}


def has_list(scheme: str) -> bool:
    """Tell whether the list of a code scheme is shipped."""
    return scheme in SHIPPED


@lru_cache(maxsize=4)
def read_list(scheme: str, level: str = "township", under: str = "") -> pd.DataFrame:
    """Read one level of a shipped division list.

    Parameters
    ----------
    scheme
        `"MCA-2025"` (end of 2025) or `"NBS-2023"` (2023-06-30).
    level
        `county` or `township`.
    under
        Leading digits of the codes wanted, e.g. `"42"` for Hubei; "" for the whole nation.

    Returns
    -------
    divisions
        Indexed by code, in order: `name`, `kind` (功能区 for what is no legal unit), `county_code`,
        `county`, `prefecture_code`, `prefecture`, `province_code`, `province`. Do not change it.

    Raises
    ------
    RequestError
        If the list is not shipped or has no such level.
    """
    if level not in {"county", "township"}:
        raise RequestError(f"区划表没有“{level}”一级；可用 county、township")
    names = _names(scheme)
    codes = [c for c in names if _LEVELS[len(c)] == level and c.startswith(under)]
    return pd.DataFrame(_columns(codes, names, level), dtype="str").set_index("code")


def _columns(codes: list[str], names: Mapping[str, str], level: str) -> dict[str, list[str]]:
    """Divisions with their parents, by the codes these have within their own."""
    counties = [code[:6] for code in codes]
    prefectures = [prefecture_code(county) for county in counties]
    return {
        "code": codes,
        "name": [names[code] for code in codes],
        "kind": [kind_in_list(code, names[code], level) for code in codes],
        "county_code": counties,
        "county": [names.get(county, "") for county in counties],
        "prefecture_code": prefectures,
        "prefecture": [names.get(p[:4], "") if p.endswith("00") else "" for p in prefectures],
        "province_code": [code[:2] + "0000" for code in codes],
        "province": [names.get(code[:2], "") for code in codes],
    }


def names_of(scheme: str, level: str) -> dict[str, str]:
    """Code → name of every division of a level; provinces and prefectures with six digits.

    Raises
    ------
    RequestError
        If the list is not shipped.
    """
    digits = next(n for n, at in _LEVELS.items() if at == level)
    names = _names(scheme)
    return {code.ljust(6, "0"): name for code, name in names.items() if len(code) == digits}


def kind_in_list(code: str, name: str, level: str) -> str:
    """The kind of a division: 功能区 by its code, else by the ending of its name."""
    return "功能区" if is_zone(code, level) else kind_of(normal_name(name), level)


@lru_cache(maxsize=2)
def _names(scheme: str) -> dict[str, str]:
    """Code → name of one list, by code."""
    if scheme not in SHIPPED:
        raise RequestError(f"没有随附区划表“{scheme}”；可用 {'、'.join(SHIPPED)}")
    text = lzma.decompress((_DATA / "divisions.csv.xz").read_bytes()).decode("utf-8")
    rows = csv.reader(io.StringIO(text))
    return {code: name for code, name, lists in rows if SHIPPED[scheme] in lists}
