"""Whom raw rows name, a second time: units by code and name, old names, service areas."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import second_reader as reader
from second_reader import CellError, Row

UP = {"county": "", "township": "county_code", "village": "township_code"}
WIDTH = {"county": 6, "township": 9, "village": 12}
PREFECTURES = (  # DOMAIN §4
    "武汉市", "黄石市", "十堰市", "宜昌市", "襄阳市", "鄂州市", "荆门市", "孝感市", "荆州市", "黄冈市", "咸宁市",
    "随州市", "恩施土家族苗族自治州", "恩施州",
)  # fmt: skip
_ENDS = (
    ("街道办事处", "街道"), ("办事处街道", "街道"), ("街街道", "街道"), ("街办", "街道"), ("办事处", "街道"), ("村民委员会", "村"), ("村委会", "村"),
    ("社区居民委员会", "社区"), ("社区居委会", "社区"), ("居民委员会", "社区"), ("居委会", "社区"),
    ("人民政府", ""), ("政府", ""), ("街", "街道"),
)  # fmt: skip
_ETHNIC = re.compile(r"(回|土家|侗|白|苗|维吾尔|蒙古|满|壮)族")
_JOINS = ("以及", "和", "及", "与")
_ALL = re.compile(
    r"(?:各|所有|全部)(?:乡镇|镇|乡|村|行政村|社区|村\(社区\)|乡镇\(街道\))$|(?:全境|范围内)$"
)
_WHOLE = {"county": "县市区", "township": "镇乡"}


class Home(NamedTuple):
    """The county, township and village that a row names; "" where it names none."""

    county: str = ""
    township: str = ""
    village: str = ""


@dataclass
class Names:
    """The units of each level by code, and what they were called before."""

    units: dict[str, dict[str, Row]]
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)
    changes: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=dict)
    known: dict[Any, Any] = field(default_factory=dict)

    # -------------------------------------------------------------- rows

    def home(self, row: Row, *, codes: bool) -> Home:
        """Whom a row names; a name that is nobody's, or of several, sets the row aside."""
        county = self._one("county", row, "", codes=codes)
        township = self._one("township", row, county, codes=codes)
        if township:
            county = self.units["township"][township]["county_code"]
        village = ""
        if "village" in self.units:
            code = self._code("village", row) if codes else ""
            if code or township:
                try:
                    village = self._one("village", row, township, codes=codes)
                except CellError:  # a village more or less sets no row aside
                    village = ""
            if village and not township:
                township = self.units["village"][village]["township_code"]
        return Home(county, township, village)

    def _code(self, level: str, row: Row) -> str:
        code = re.sub(r"\D", "", row.get(f"{level}_code") or "")
        return code[: WIDTH[level]]

    def _one(self, level: str, row: Row, above: str, *, codes: bool) -> str:
        units = self.units.get(level)
        code, name = self._code(level, row) if codes else "", row.get(level) or ""
        if not units or not (code or name):
            return ""
        if code:
            if code not in units:
                raise CellError(f"{level} {code}")
            if name and not same(self.plain(name), self.plain(units[code]["name"])):
                raise CellError(f"{code} is not {name}")
            if above and UP[level] and units[code][UP[level]] != above:
                raise CellError(f"{code} is not in {above}")
            return code
        if level == "township" and not above:
            above = self._ahead("county", reader.text_of(name).replace(" ", ""), "")[0]
        hits = self.called(level, name, above)
        if len(hits) != 1:
            raise CellError(f"{name}: {len(hits)}")
        return hits[0]

    def called(self, level: str, name: str, above: str) -> list[str]:
        """The codes of the units of that name, now or before."""
        key = (level, name, above)
        if key not in self.known:
            self.known[key] = self._called(level, self.plain(name), above)
        return list(self.known[key])

    def _called(self, level: str, plain: str, above: str) -> list[str]:
        mine = self._inside(level, above)
        exact = [c for c, own in mine if own == plain]
        short = exact or [c for c, own in mine if same(own, plain)]
        if level == "village" and above and not short:
            town = self.plain(self.units["township"][above]["name"])
            bare = plain.removeprefix(town)
            short = [c for c, own in mine if bare and own.removeprefix(town) == bare]
        if short:
            return short
        if level == "township" and above:
            county = self.units["county"][above]["name"]
            official = self.aliases.get((county, plain)) or self.aliases.get((above, plain))
            if official:
                return [c for c, own in mine if own == self.plain(official)]
        return self._before(level, plain, above)

    def _inside(self, level: str, above: str) -> list[tuple[str, str]]:
        """The units of a level below another with their plain names; worked out once."""
        key = ("inside", level)
        if key not in self.known:
            made: dict[str, list[tuple[str, str]]] = {}
            for code, row in self.units[level].items():
                one = (code, self.plain(row["name"]))
                for parent in {"", row.get(UP[level], "")}:
                    made.setdefault(parent, []).append(one)
            self.known[key] = made
        found: list[tuple[str, str]] = self.known[key].get(above, [])
        return found

    def _before(self, level: str, plain: str, above: str) -> list[str]:
        """The unit of today that an old name stands for; several for one that was split."""
        if level == "village":
            return []
        county = self.units["county"][above]["name"] if above else ""
        open_ = {one for one in self.changes if one[1] == plain and county in {"", one[0]}}
        seen, found = set(), set()
        while open_:
            one = open_.pop()
            seen.add(one)
            for new_county, new in self.changes.get(one, set()):
                codes = self.called("county", new_county, "")
                now = [c for c, own in self._inside(level, codes[0]) if own == new] if codes else []
                found |= set(now)
                open_ |= set() if now else {(new_county, new)} - seen
        return sorted(found)

    def place(self, row: Row, *, codes: bool) -> Home:
        """Whose village a row of the village list is: of a county that is none, by the town alone."""
        above = {c: v for c, v in row.items() if not c.startswith("village")}
        try:
            return self.home(above, codes=codes)
        except CellError:
            alone = {c: v for c, v in above.items() if not c.startswith("county")}
            county = self.called("county", row.get("county") or "", "")
            return Home() if county else self.home(alone, codes=codes)

    # -------------------------------------------------------------- service areas

    def served(self, text: str, home: Home) -> tuple[str, ...]:
        """The codes of what a 服务范围 names; what cannot be read serves nothing."""
        key = ("served", text, home)
        if key not in self.known:
            parts = [p for p in re.split(r"[、,;/|。\s]+", text) if p]
            codes = [c for p in parts for c in self._parts(p, home)]
            self.known[key] = tuple(dict.fromkeys(codes))
        found: tuple[str, ...] = self.known[key]
        return found

    def _parts(self, part: str, home: Home) -> list[str]:
        if one := self._area(part, home):
            return [one]
        for cut in (r"(.+?)等(?:\d+个.*)?$", r"(.+?)(?:及|和)?周边.*$"):
            if found := re.fullmatch(cut, part):
                return self._parts(found[1], home)
        for join in _JOINS:
            for found in re.finditer(join, part):
                left, right = part[: found.start()], part[found.end() :]
                if one := self._area(left, home):
                    return [one, *self._parts(right, home)]
                if one := self._area(right, home):
                    return [*self._parts(left, home), one]
        return []

    def _area(self, part: str, home: Home) -> str:
        if found := re.fullmatch(r"(?:辖区)?[全本](县|市|区|镇|乡|街道)(.*)", part):
            level = "county" if found[1] in "县市区" else "township"
            rest = found[2]
            return getattr(home, level) if rest == "" or _ALL.fullmatch(rest) else ""
        bare = _ALL.sub("", part)
        return self._named(bare, home)

    def _named(self, name: str, home: Home) -> str:
        """A county; a township of the row's county or of one written before it; a village alike."""
        counties = self.called("county", name, "")
        if len(counties) == 1:
            return counties[0]
        county, rest = self._ahead("county", name, "")
        above = county or home.county
        own = home.township if county in {"", home.county} else ""
        for level, inside in (("township", above), ("village", own)):
            if inside and level in self.units:
                codes = self.called(level, rest, inside)
                if len(codes) == 1:
                    return codes[0]
        town, last = self._ahead("township", rest, above) if above else ("", "")
        if town and "village" in self.units:
            villages = self.called("village", last, town)
            if len(villages) == 1:
                return villages[0]
        return ""

    def _ahead(self, level: str, text: str, above: str) -> tuple[str, str]:
        """The unit whose name stands before something else, and what follows it."""
        for cut in range(len(text) - 1, 1, -1):
            codes = self.called(level, text[:cut], above)
            if len(codes) == 1:
                return codes[0], text[cut:]
        return "", text

    # -------------------------------------------------------------- names

    def plain(self, name: str) -> str:
        """A name without spaces, without what lies above it, without the office's words."""
        if ("plain", name) in self.known:
            return str(self.known["plain", name])
        bare = reader.text_of(name).replace(" ", "")
        for end, instead in _ENDS:
            if bare.endswith(end) and len(bare) > len(end):
                bare = bare[: -len(end)]
                bare += "" if instead and bare.endswith(instead) else instead
                break
        above = {"湖北省", *PREFECTURES, *(row["name"] for row in self.units["county"].values())}
        more = True
        while more:
            more = False
            for one in sorted(above, key=len, reverse=True):
                if bare.startswith(one) and len(bare) > len(one) + 1:
                    bare, more = bare[len(one) :], True
        self.known["plain", name] = bare
        return bare


def same(a: str, b: str) -> bool:
    """One name, or one and its short form without the nationalities."""
    return a == b or _short(a) == _short(b)


@cache
def _short(name: str) -> str:
    bare = _ETHNIC.sub("", name)
    return re.sub("自治县$", "县", bare)


def lists_of(folder: Path, as_of: date) -> tuple[dict[Any, str], dict[Any, set[Any]]]:
    """aliases.csv that hold on the day, and changes.csv, beside the catalogue."""
    aliases: dict[Any, str] = {}
    shipped = reader.HOME / "read" / "divisions" / "data" / "aliases.csv"
    for row in [*_lines(shipped), *_lines(folder / "layers" / "aliases.csv")]:
        since, until = (reader.day(row[c], "start") for c in ("启用日期", "停用日期"))
        if (since is None or since <= as_of) and (until is None or until > as_of):
            aliases[row["所在县"], row["别名"]] = row["标准名称"]
    changes: dict[Any, set[Any]] = {}
    for row in _lines(folder / "layers" / "changes.csv"):
        old, new = (row["原所在县"], row["原名称"]), (row["现所在县"], row["现名称"])
        changes.setdefault(old, set()).add(new)
    return aliases, changes


def _lines(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
