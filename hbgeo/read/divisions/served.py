"""服务范围: the units that a facility serves, as ledgers write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import normal_name, prefecture_code, province_code

_APART = re.compile(r"[、,,;;/\s|]+")
_JOINS = ("以及", "和", "及", "与")  # names themselves may hold one of them (万和镇)
_OTHERS = re.compile(r"(?:周边|附近|邻近|临近|毗邻|其他|其它|部分|等)")
_KINDS = "省|市|州|县|区|县域|市域|区域|镇|乡|乡镇|街道|村|社区|镇域|乡域"
_BELOW = "(?:县|市|区|乡镇|乡|镇|街道|办事处|行政村|自然村|村|社区|村民|居民|村组|辖区|范围|区域)"
# 全县, 本镇, 全县各乡镇(街道), 辖区全镇, 全镇范围内
_WHOLE = re.compile(
    rf"(?:本?辖区内?)?(?:全|本|全部|整个)({_KINDS})(?:辖区|范围|区域|境内|境|域)?内?的?"
    rf"(?:(?:各|所有|全部|所辖){_BELOW}+(?:\({_BELOW}+\))?)?"
)
# of a unit that is named: 甲溪镇各村, 远安县全境, 甲溪镇范围内
_ALL_OF = re.compile(
    rf"(?:全境|全域|全镇|全乡|全县|全区|全市|全村|辖区|境内|范围内?|区域)?的?"
    rf"(?:(?:各|所有|全部|所辖){_BELOW}+(?:\({_BELOW}+\))?)?$"
)
_EXCEPT = re.compile("除|不含|不包|以外|之外")
_BRACKETS = re.compile(r"\(([^()]*)\)$")
_REST = re.compile(r"等(?:地|处|区域)?(?:\d+个)?(?:乡镇|乡|镇|街道|行政村|村|社区|县|区)*$")
_ENDS = ("镇", "乡", "街道", "办事处", "村", "社区", "居委会", "村委会", "县", "区", "市")


class Names(Protocol):
    """What must be known of the units: the register's look-up."""

    def name(self, level: str, code: str) -> str:
        """The name of a unit; "" if it is not there."""

    def has(self, level: str) -> bool:
        """Whether the workspace has units of that level."""

    def named(self, level: str, name: str, above: str) -> Sequence[str]:
        """The codes of the units of that name in a unit above."""


class Home(Protocol):
    """Whom the facility's own row names."""

    @property
    def county(self) -> str:
        """The code of the county, "" for none."""

    @property
    def township(self) -> str:
        """The code of the township."""

    @property
    def village(self) -> str:
        """The code of the village."""


@dataclass
class _Reading:
    """What has been read of a cell so far; `township` is the one a bare village name may follow."""

    codes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    township: str = ""


def read_served(text: str, home: Home, names: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read a 服务范围: the codes it serves, and the parts that name no unit.

    全县, 全区, 全市, 全镇, 全乡, 全村 mean the row's own. Other parts are looked up among the
    villages of its township, the townships of its county, and the counties; with the name of a
    county or township before them, in that one: 宜都市丁溪镇, 乙溪镇河东村. 等 and 及周边 leave what
    is named, and are themselves unknown; an exception (除甲溪镇外) is not worked out.
    """
    reading = _Reading()
    for part in _APART.split(clean(text)):
        if part:
            _read_part(part, home, names, reading)
    return tuple(dict.fromkeys(reading.codes)), tuple(reading.unknown)


def _read_part(part: str, home: Home, names: Names, reading: _Reading) -> None:
    """One name, or several joined by 和, 及 or 与; what is joined to a name and is none is said."""
    if found := _read_one(part, home, names, reading):
        reading.codes += found
        return
    for left, right in _halves(part):
        first = _read_one(left, home, names, reading)
        if not first:
            continue
        rest = _Reading(township=reading.township)
        _read_part(right, home, names, rest)
        if rest.codes or left.endswith(_ENDS) or _OTHERS.match(right):
            reading.codes += [*first, *rest.codes]
            reading.unknown += rest.unknown
            return
    if _read_after_unknown(part, home, names, reading):
        return
    if rest_of := _REST.search(part):
        before = part[: rest_of.start()]
        inner = _Reading(township=reading.township)
        _read_part(before, home, names, inner)
        if before and inner.codes:
            reading.codes += inner.codes
            reading.unknown += [*inner.unknown, rest_of[0]]
            return
    reading.unknown.append(part)


def _read_after_unknown(part: str, home: Home, names: Names, reading: _Reading) -> bool:
    """What is joined to a name that is no unit's (无名镇和甲溪镇) is kept, and that name said."""
    for left, right in _halves(part):
        if left.endswith(_ENDS) and not _EXCEPT.search(left):
            rest = _Reading(township=reading.township)
            _read_part(right, home, names, rest)
            if rest.codes:
                reading.codes += rest.codes
                reading.unknown += [left, *rest.unknown]
                return True
    return False


def _halves(part: str) -> list[tuple[str, str]]:
    """Every way to part a text at a joining word."""
    return [
        (part[:at], part[at + len(join) :])
        for at in range(1, len(part))
        for join in _JOINS
        if part.startswith(join, at) and part[at + len(join) :]
    ]


def _read_one(part: str, home: Home, names: Names, reading: _Reading) -> list[str]:
    """The codes that one part names; none where it names no unit, or more than one."""
    if whole := _WHOLE.fullmatch(part):
        code = _whole(whole[1], home, names)
        return [code] if code else []
    if code := _unit(part, home, names, reading):
        return [code]
    if bracket := _BRACKETS.search(part):
        return _with_bracket(part[: bracket.start()], bracket[1], home, names, reading)
    bare = _ALL_OF.sub("", part)
    if bare and bare != part and (code := _unit(bare, home, names, reading)):
        return [code]
    return []


def _with_bracket(
    before: str, inside: str, home: Home, names: Names, reading: _Reading
) -> list[str]:
    """A name with a remark: (含集镇) takes nothing away, (除甲溪镇), (部分) do, (含乙溪镇) adds one."""
    if not re.match(r"含|包括|包含|共|辖", inside):
        return []
    codes = _read_one(before, home, names, reading) if before else []
    more = re.sub(r"^(?:含|包括|包含|共|辖)", "", inside)
    added = _read_one(more, home, names, reading) if codes else []
    return [*codes, *added]


def _unit(part: str, home: Home, names: Names, reading: _Reading) -> str:
    """The code of the unit that a text names, with or without the names of those above it."""
    near = reading.township or home.township
    for level, above in (("village", home.township), ("township", home.county)):
        if above and names.has(level) and (code := _only(names, level, part, above, plain=True)):
            if level == "village" and near != home.township:
                other = _only(names, "village", part, near)
                return code if other in {"", code} else ""
            return _keep(reading, level, code)
    county, rest = _led_by_county(part, names)
    if county and not rest:
        return county
    if found := _below(rest, county or home.county, names, reading):
        return found
    if not county and near and names.has("village"):
        return _only(names, "village", part, near) or _only(names, "village", part, home.township)
    return ""


def _below(rest: str, county: str, names: Names, reading: _Reading) -> str:
    """A township of a county, or a village with the name of its township before it."""
    if not county or not names.has("township"):
        return ""
    if code := _only(names, "township", rest, county):
        return _keep(reading, "township", code)
    for end in range(len(rest) - 1, 1, -1):
        if not rest[:end].endswith(("镇", "乡", "街道", "办事处", "街办")):
            continue
        township = _only(names, "township", rest[:end], county)
        if township and names.has("village"):
            code = _only(names, "village", rest[end:], township)
            if code:
                reading.township = township
            return code
    return ""


def _keep(reading: _Reading, level: str, code: str) -> str:
    if level == "township":
        reading.township = code
    return code


def _led_by_county(part: str, names: Names) -> tuple[str, str]:
    """The county whose name a text begins with, whole or in short, and what follows it."""
    for end in range(len(part), 1, -1):
        if part[end - 1] in "县市区州":
            hits = names.named("county", part[:end], "") if names.has("county") else []
            if len(hits) == 1:
                return hits[0], part[end:]
    return "", part


def _only(names: Names, level: str, name: str, above: str, *, plain: bool = False) -> str:
    """The one unit of a name; `plain`: where the name itself, nothing before it, is the unit's."""
    hits = names.named(level, name, above) if above else []
    if len(hits) != 1:
        return ""
    if plain and normal_name(names.name(level, hits[0])) != normal_name(name):
        return ""
    return hits[0]


def _whole(scope: str, home: Home, names: Names) -> str:
    """The unit that 全县 and the like mean for a row."""
    scope = scope.removesuffix("域") if scope != "区域" else "区"
    if scope == "省":
        return province_code(home.county)[:2] if home.county else ""
    if scope in {"镇", "乡", "乡镇", "街道"}:
        return home.township
    if scope in {"村", "社区"}:
        return home.village
    if scope == "州" or (scope == "市" and not names.name("county", home.county).endswith("市")):
        above = prefecture_code(home.county) if home.county else ""
        return above if above == home.county else above[:4]
    return home.county
