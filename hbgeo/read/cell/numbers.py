"""Numbers, areas and their units as people type them → values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from hbgeo.read.cell.text import clean

MU = 2000 / 3  # square metres of a 亩
_TIMES = {
    "十": 10, "百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000,
    "千万": 10_000_000, "亿": 100_000_000,
}  # fmt: skip
_TIMES_WORD = "十万|百万|千万|[十百千万亿]"
_KINDS = {  # what is counted → the words that count it
    "人": ("人", "人次", "名", "口"),
    "户": ("户", "家"),
    "个": ("张", "床", "个", "座", "处", "穴", "位", "间", "格", "块", "套", "所", "件"),
    "元": ("元", "元/月", "元/年"),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_COUNTED = "|".join(sorted(map(re.escape, _KIND_OF), key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<n>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+)(?P<e>e[-+]?\d{1,3})?"
    rf"(?P<times>十万|百万|千万|[百千万亿])?(?:{_COUNTED})?",
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
    "hm2": 10_000.0,
    "平方公里": 1e6,
    "平方千米": 1e6,
    "km2": 1e6,
}
_AREA = "|".join(sorted(_AREA_UNITS, key=len, reverse=True))
# what stands behind a heading, in brackets or on a line of its own, and says in what it counts
UNIT = rf"(?:计量)?(?:单位)?:?(?:(?:{_TIMES_WORD})?(?:{_COUNTED}|{_AREA})|{_TIMES_WORD})"
_BEHIND = re.compile(rf"(?:[(\[【]({UNIT})[)\]】]|[/:-]({UNIT}))$", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """In what a column counts: so many at a time of one kind, or so many square metres.

    Attributes
    ----------
    times
        100 of 百户; for areas square metres.
    kind
        人, 户, 个, 元; 面积 for areas; "" where only a number is said, as in (万).
    """

    times: float
    kind: str


def read_unit(text: str) -> Unit | None:
    """Read a unit as it stands alone (万人, 百户, 千公顷, 万); None if it is none."""
    folded = clean(text).replace(" ", "").casefold()
    _, said, word = re.split(rf"^({_TIMES_WORD})?", folded, maxsplit=1)
    times = _TIMES.get(said, 1)
    if word in _AREA_UNITS:
        return Unit(times * _AREA_UNITS[word], "面积")
    if word in _KIND_OF:
        return Unit(times, _KIND_OF[word])
    return Unit(times, "") if times > 1 and not word else None


def heading_unit(heading: str) -> Unit | None:
    """Read the unit behind a heading: in brackets, behind a stroke, or its last level."""
    found = _BEHIND.search(clean(heading).replace(" ", ""))
    if found is None:
        return None
    return read_unit(re.sub(r"^(?:计量)?(?:单位)?:?", "", found[1] or found[2]))


def number_of(text: str, times: float = 1) -> float:
    """Read a number with thousands separators or a counting word (50张); NaN if it is none.

    约200 and 200余 are none: hbgeo does not guess. One that says 万 or 百 itself goes before
    `times`, that of its column.
    """
    found = _NUMBER.fullmatch(clean(text).replace(" ", ""))
    if found is None:
        return np.nan
    figures = Decimal(found["n"].replace(",", "") + (found["e"] or ""))
    value = float(figures * Decimal(_TIMES.get(found["times"], times)))  # exactly that many
    return value if np.isfinite(value) else np.nan


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
    parts = re.findall(
        r"(?:[(\[【]|单位:|[-/])(?:单位:)?([^()\[\]【】:/-]{1,8}?)(?:[)\]】]|$)", folded
    )
    units = [unit for text in (folded, *parts) if (unit := read_unit(text))]
    return next((unit.times for unit in units if unit.kind == "面积"), 0.0)


def read_area(text: str, square_metres: float) -> float:
    """Read an area in m²: its own unit goes before `square_metres`, the column's; NaN if none."""
    folded = clean(text).replace(" ", "").casefold()
    found = re.fullmatch(r"([-+\d.,]+)(\D*?\d?)", folded)
    own = read_unit(found[2]) if found and found[2] else None
    unit = own.times if own and own.kind == "面积" else 0.0
    value = number_of(found[1]) if found and unit else number_of(folded)
    return value * (unit or square_metres) if unit or square_metres else np.nan
