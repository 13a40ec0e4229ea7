"""Numbers and areas as people type them → values."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np

from hbgeo.read.cell.text import clean

MU = 2000 / 3  # square metres of a 亩
_NUMBER = re.compile(
    r"(?P<n>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+)(?P<e>e[-+]?\d{1,3})?"
    r"(?P<ten>万)?(?:张|个|座|处|人|穴|位|户|间|名|格|块|套)?",
    re.IGNORECASE,
)
_AREA_UNITS = {
    "亩": MU,
    "公亩": 100.0,
    "公顷": 10_000.0,
    "平方米": 1.0,
    "平米": 1.0,
    "平方": 1.0,
    "m2": 1.0,
    "m²": 1.0,
    "ha": 10_000.0,
    "平方公里": 1e6,
    "平方千米": 1e6,
    "km2": 1e6,
    "万平方米": 1e4,
    "万平米": 1e4,
    "万m2": 1e4,
}


def number_of(text: str) -> float:
    """Read a number with thousands separators or a counting word (50张); NaN if it is none.

    约200 and 200余 are none: hbgeo does not guess.
    """
    found = _NUMBER.fullmatch(clean(text).replace(" ", ""))
    if found is None:
        return np.nan
    value = Decimal(found["n"].replace(",", "") + (found["e"] or ""))
    nearest = float(value.scaleb(4) if found["ten"] else value)
    return nearest if np.isfinite(nearest) else np.nan


def is_number(text: str) -> bool:
    """Tell whether `number_of` reads a number."""
    return bool(np.isfinite(number_of(text)))


def has_more_digits(text: str) -> bool:
    """Tell whether a plain number has more figures than the double that is kept for it."""
    plain = clean(text).replace(",", "").replace(" ", "")
    try:
        return Decimal(plain) != Decimal(repr(float(plain)))
    except (ArithmeticError, ValueError):
        return False


def area_unit(text: str) -> float:
    """Return how many square metres the unit in a text stands for; 0 if it names none.

    The text is a unit (亩), a heading (占地面积(亩)) or a line above the table (单位:亩).
    """
    folded = clean(text).replace(" ", "").casefold()
    if folded in _AREA_UNITS:
        return _AREA_UNITS[folded]
    found = re.search(r"(?:[((\[]|单位:|-)([^()()\[\]]{1,6}?)(?:[))\]]|$)", folded)
    return _AREA_UNITS.get(found[1], 0.0) if found else 0.0


def read_area(text: str, square_metres: float) -> float:
    """Read an area in m²: its own unit goes before `square_metres`, the column's; NaN if none."""
    folded = clean(text).replace(" ", "").casefold()
    found = re.fullmatch(r"([-+\d.,]+)(\D*?\d?)", folded)
    unit = _AREA_UNITS.get(found[2], 0.0) if found and found[2] else 0.0
    value = number_of(found[1]) if found and unit else number_of(folded)
    return value * (unit or square_metres) if unit or square_metres else np.nan
