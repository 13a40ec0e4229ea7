"""The class of a place name: by the code of its class, its own code, or the name of its class."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from hbgeo.read.cell.text import choice_key

OTHER = "其他"
BODIES = {"村民委员会": "行政村", "居民委员会": "社区"}  # registered again, as whom they look after
_DIGITS = 20  # of a 地名代码: 6 for the county, 3 for the township, 5 for the class, 6 to count
_CLASS = slice(9, 14)


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Code → class, first two digits → class, name of a class → class."""
    text = (files("hbgeo.read.units") / "classes.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    names = {choice_key(word): own for own, also in table["names"].items() for word in (own, *also)}
    return table["codes"], table["groups"], names


@lru_cache(maxsize=100_000)
def class_of(kind: str, kind_code: str, place_code: str) -> str:
    """The class of a place; `OTHER` for one that nobody knows, "" where nothing is said.

    The code of the class goes first, else the one inside a 地名代码 of 20 digits, else the name:
    of a code that is not listed the name says more than its first two digits.

    >>> class_of("", "", "42011610122200000188")
    '自然村'
    >>> class_of("村民委员会", "27610", "")
    '村民委员会'
    """
    codes, groups, names = _table()
    whole = place_code.isdecimal() and len(place_code) == _DIGITS
    code = kind_code or (place_code[_CLASS] if whole else "")
    known = codes.get(code) or names.get(choice_key(kind)) if kind else codes.get(code)
    if known or not (code or kind):
        return known or ""
    return groups.get(code[:2], OTHER)
