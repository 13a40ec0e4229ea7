"""Whom a ledger row names among a workspace's own units, and what is wrong where it names nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import pandas as pd

from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import (
    fit_code,
    normal_name,
    short_county,
    without_ethnic,
    without_parents,
)
from hbgeo.read.divisions.changes import Aliases, History
from hbgeo.read.divisions.naming import Found, Naming, Problem, is_wrong, part_codes
from hbgeo.read.divisions.served import read_served
from hbgeo.read.divisions.spelling import Spelled, Spelling, UnitsByLevel, split_brackets
from hbgeo.read.schema.match import nearest_names


@dataclass
class _Names:
    """The units of one level by (parent code, normal name) and by normal name alone."""

    by_code: dict[str, str] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    within: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    short: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    anywhere: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


class Register:
    """The names and codes of a workspace's own units, to look up whom a row names.

    Parameters
    ----------
    units
        Level → frame indexed by code with `name` and, for townships `county_code`, for villages
        `township_code` and `county_code`. Levels may be absent.
    aliases
        Other spellings of the units' names.
    history
        What became of units that are no longer there. A unit of today goes before an old one
        of the same name.
    as_of
        The day on which an alias must hold.
    """

    def __init__(
        self,
        units: Mapping[str, pd.DataFrame],
        *,
        aliases: Aliases | None = None,
        history: History | None = None,
        as_of: date | None = None,
    ) -> None:
        self._aliases, self._history = aliases or Aliases(), history or History()
        self._as_of = as_of
        self._parents = _parent_names(units.get("county", units.get("township")))
        self._counties = units.get("county")
        self._levels: dict[str, _Names] = {}
        self._seen: dict[str, str] = {}
        self._led: set[str] = set()  # names with those of their parents before them
        self._inside: dict[str, dict[str, list[str]]] = {}
        self._above: dict[tuple[tuple[str, str], ...], tuple[str, str, tuple[Problem, ...]]] = {}
        above = {"county": "", "township": "county_code", "village": "township_code"}
        for level, column in above.items():
            if level in units:
                self._levels[level] = self._index(units[level], column)
        if "county" not in self._levels and "township" in units:
            counties = units["township"].drop_duplicates("county_code").set_index("county_code")
            self._levels["county"] = self._index(
                counties[["county"]].rename(columns={"county": "name"}), ""
            )

    def has(self, level: str) -> bool:
        """Whether the workspace has units of that level."""
        return level in self._levels

    def name(self, level: str, code: str) -> str:
        """The name of a unit; "" if it is not there."""
        return self._levels[level].by_code.get(code, "") if level in self._levels else ""

    def look_up(self, naming: Naming, *, codes: bool = True) -> Found:
        """Find the units a row names.

        Parameters
        ----------
        codes
            False where the row's codes are of another scheme than the units': then only county
            and normal name decide. MCA and NBS codes are never joined on the code.
        """
        naming, odd = part_codes(naming, codes=codes)
        names = (naming.county, naming.township)
        own = (naming.county_code, naming.township_code) if codes else ("", "")
        county, township, found = self._find_above(own, names)
        problems, village = [*odd, *found], ""
        if (
            self.has("village")
            and (naming.village or naming.village_code)
            and not is_wrong(problems)
        ):
            village = self._find_village(naming, problems, codes=codes, township=township)
            if village and not township:
                township = self._levels["village"].parent[village]
        return Found(county, township, village, tuple(problems))

    def _find_above(
        self, codes: tuple[str, str], names: tuple[str, str]
    ) -> tuple[str, str, tuple[Problem, ...]]:
        """County and township of a row: every distinct pair is looked up once, villages share it."""
        if (codes, names) not in self._above:
            problems: list[Problem] = []
            county = self._find("county", codes[0], names[0], "", problems)
            township = self._find("township", codes[1], names[1], county, problems)
            if township:  # of a unit that changed its county, the county of today
                county = self._levels["township"].parent[township] or county
            self._above[codes, names] = (county, township, tuple(problems))
        return self._above[codes, names]

    def serve(self, text: str, found: Found) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Read a 服务范围: the codes it serves, and the parts that name no unit (`read_served`)."""
        return read_served(text, found, self)

    def named(self, level: str, name: str, above: str) -> list[str]:
        """The codes of the units of a name, among those of a unit above; of counties among all.

        Where it is nobody's name, the unit that bore or will bear it.
        """
        hits = self._hits(level, name, above)
        if not hits and (level == "county" or above):
            other = self._by_history(level, name, above, [])
            hits = [other] if other else []
        return hits

    def names_in(self, level: str, text: str, county: str = "") -> list[str]:
        """The names of units that stand in a text, the longer before those within them.

        Parameters
        ----------
        county
            For townships: the name of theirs.
        """
        if level not in self._levels:
            return []
        names, above = self._levels[level], self._hits("county", county, "") if county else []
        inside = {n for c, n in names.by_code.items() if not county or names.parent[c] in above}
        found: list[str] = []
        for name in sorted((n for n in inside if n and n in text), key=lambda n: (-len(n), n)):
            if not any(name in longer for longer in found):
                found.append(name)
        return found

    def _find(
        self, level: str, code: str, name: str, above: str,
        problems: list[Problem],
    ) -> str:  # fmt: skip
        """One level of a row: the code if it is there and its name agrees, else the name."""
        if level not in self._levels or not (code or name):
            return ""
        names = self._levels[level]
        code = fit_code(code, level)
        if code and code not in names.by_code:
            hits = self._hits(level, name, above) if name else []
            other = f"；名称“{name}”对应的代码是{hits[0]}" if len(hits) == 1 else ""
            problems.append(Problem(f"{level}_code", code, "E03", f"代码{code}不在区划图层中{other}",
                             "核对代码；两套代码（民政/统计）不可混用，请用 scheme 说明"))  # fmt: skip
            return ""
        if code and name and not self._agrees(level, code, name):
            problems.append(Problem(f"{level}_code", code, "E04",
                             f"代码{code}是“{names.by_code[code]}”，表中名称为“{name}”",
                             "代码与名称须一致；两套代码（民政/统计）不可混用，请用 scheme 说明"))  # fmt: skip
            return ""
        if code and above and names.parent.get(code, above) != above:
            problems.append(Problem(f"{level}_code", code, "E04",
                             f"代码{code}（“{names.by_code[code]}”）不属于所在县", "核对所在县与代码"))  # fmt: skip
            return ""
        return code or self._by_name(level, name, above, problems)

    def _by_name(
        self, level: str, name: str, above: str,
        problems: list[Problem],
    ) -> str:  # fmt: skip
        hits = self._hits(level, name, above)
        if len(hits) > 1 and not above:  # the name of its county before it may tell which
            hits = list(self._spelled(level, name).codes) or hits
        if len(hits) == 1:
            if not self._names_own_parents(level, name, hits[0]):
                problems.append(Problem(level, name, "E04", f"“{name}”前面的上级名称不是“{self.name(level, hits[0])}”的上级",
                                 "核对所在县与乡镇"))  # fmt: skip
                return ""
            if self._by_alias(level, name, above):
                problems.append(Problem(level, name, "W19", f"“{name}”按别名计为“{self.name(level, hits[0])}”",
                                 "改为现行标准名称", "warning"))  # fmt: skip
            return hits[0]
        if hits:
            problems.append(Problem(level, name, "E05", f"“{name}”有{len(hits)}个同名单位，无法确定是哪一个",
                             "补填所在县（市、区）"))  # fmt: skip
            return ""
        if changed := self._by_history(level, name, above, problems):
            return changed
        if is_wrong(problems):
            return ""
        if (spelled := self._by_spelling(level, name, above, problems)) or is_wrong(problems):
            return spelled
        near = self._near(level, name, above)
        hint = f"；相近名称：{'、'.join(near)}" if near else ""
        parent = {"township": "county", "village": "township"}.get(level, "")
        where = f"在{self.name(parent, above)}" if above else ""
        what = {"county": "县（市、区）", "township": "乡镇（街道）", "village": "村（社区）"}[
            level
        ]
        problems.append(Problem(level, name, "E06", f"{where}找不到{what}“{name}”{hint}",
                         "改为现行标准名称；旧名可写入 layers/changes.csv，别名可写入 layers/aliases.csv"))  # fmt: skip
        return ""

    def _by_spelling(self, level: str, name: str, above: str, problems: list[Problem]) -> str:
        code, problem = self._spelling.resolve(level, name, above)
        problems += [problem] if problem else []
        return code

    def _spelled(self, level: str, name: str, above: str = "") -> Spelled:
        return self._spelling.find(level, name, above)

    @cached_property
    def _spelling(self) -> Spelling:
        """Made for the first name that is not written as it stands in the layers."""
        names = {level: (names.by_code, names.parent) for level, names in self._levels.items()}
        return Spelling(UnitsByLevel(names), self._counties)

    def _names_own_parents(self, level: str, name: str, code: str) -> bool:
        """Whether the parents' names that were dropped from before a name are those of its unit."""
        plain = self._plain(name)
        if name not in self._led:  # as nearly all are
            return True
        whole = normal_name(clean(name).replace(" ", ""))
        before = whole.removesuffix(plain)
        return whole == before or self._spelling.names_parents(level, code, before)

    def _by_history(self, level: str, name: str, above: str, problems: list[Problem]) -> str:
        """The unit of today that an old name stands for; a unit split up stands for none."""
        if level == "village":
            return ""
        changes = self._history.follow(
            self._plain(name), self.name("county", above) if level == "township" else ""
        )
        heirs = {hit for c in changes for hit in self._heirs(level, c.new, c.new_county)}
        said = "；".join(c.describe() for c in changes)
        if len(heirs) == 1 and len(changes) == 1:
            problems.append(Problem(level, name, "W19", f"旧名{said}，已按现行单位计", "改为现行标准名称",
                             "warning"))  # fmt: skip
            return heirs.pop()
        known = len(problems)
        if not heirs and (code := self._by_later_name(level, name, above, problems)):
            return code
        if changes and len(problems) == known:
            problems.append(Problem(level, name, "E06", f"旧名{said}，无法确定是现在的哪一个", "改填现行标准名称"))  # fmt: skip
        return ""

    def _by_later_name(self, level: str, name: str, above: str, problems: list[Problem]) -> str:
        """The unit of the list that bears another name since: the list is of an earlier day."""
        county = self.name("county", above) if level == "township" else ""
        changes = self._history.back(self._plain(name), county)
        were = {hit for c in changes for hit in self._heirs(level, c.old, c.old_county)}
        names = "、".join(self.name(level, code) for code in sorted(were))
        said = f"“{name}”是变更后的名称，区划图层中还是“{names}”"
        if len(were) == 1:
            problems.append(Problem(level, name, "W19", f"{said}，按其计", "名称与图层用同一时点", "warning"))  # fmt: skip
        elif were:
            problems.append(Problem(level, name, "E06", f"{said}，无法确定是哪一个", "改填当时的名称"))  # fmt: skip
        return were.pop() if len(were) == 1 else ""

    def _heirs(self, level: str, name: str, county: str) -> list[str]:
        if level == "county":
            return self._hits("county", name, "")
        above = self._hits("county", county, "")
        return self._hits(level, name, above[0]) if len(above) == 1 else []

    def _find_village(
        self, naming: Naming, problems: list[Problem], *, codes: bool, township: str
    ) -> str:
        """A village is known by its code, or by township and name; a miss is only a warning."""
        code = naming.village_code if codes else ""
        if not (code or township):
            return ""
        misses: list[Problem] = []
        village = self._find("village", code, naming.village, township, misses)
        problems.extend(
            miss
            if village
            else miss._replace(message=f"{miss.message}；不计入任何村", severity="warning")
            for miss in misses
        )
        return village

    def _agrees(self, level: str, code: str, name: str) -> bool:
        own = self._levels[level].by_code[code]
        mine, theirs = self._plain(own), self._plain(name)
        if without_ethnic(mine) == without_ethnic(theirs):
            return self._names_own_parents(level, name, code)
        return code in self._spelled(level, split_brackets(name)[0] or name).codes

    def _by_alias(self, level: str, name: str, above: str) -> bool:
        """Whether a township is found by another spelling alone, not by its own name."""
        if level != "township" or not above:
            return False
        names, plain = self._levels[level], self._plain(name)
        own = names.within.get((above, plain)) or names.short.get((above, without_ethnic(plain)))
        return not own

    def _hits(self, level: str, name: str, above: str) -> list[str]:
        names = self._levels[level]
        plain = self._plain(name)
        if level == "county":
            return names.anywhere.get(plain) or names.short.get(("", short_county(plain)), [])
        if not above:
            return names.anywhere.get(plain, [])
        official = ""
        if level == "township":
            county = self.name("county", above)
            official = self._aliases.official(plain, above, county, self._as_of)
        return (
            names.within.get((above, plain))
            or names.short.get((above, without_ethnic(plain)))
            or names.within.get((above, normal_name(official)), [])
        )

    def _near(self, level: str, name: str, above: str) -> list[str]:
        names = self._levels[level]
        if not above:
            return nearest_names(name, names.by_code.values())
        if level not in self._inside:
            inside = self._inside[level] = defaultdict(list)
            for code, other in names.by_code.items():
                inside[names.parent[code]].append(other)
        return nearest_names(name, self._inside[level][above])

    def _plain(self, name: str) -> str:
        if name not in self._seen:
            whole = clean(name).replace(" ", "")
            bare = without_parents(whole, self._parents)
            if bare != whole:
                self._led.add(name)
            self._seen[name] = normal_name(bare)
        return self._seen[name]

    def _index(self, frame: pd.DataFrame, column: str) -> _Names:
        made = _Names()
        parents = frame[column].tolist() if column else [""] * len(frame)
        shorten: Callable[[str], str] = without_ethnic if column else short_county
        named = zip(frame.index.tolist(), frame["name"].tolist(), parents, strict=True)
        towns = (
            self._levels["township"].by_code
            if column == "township_code" and self.has("township")
            else {}
        )
        before = {code: self._plain(name) for code, name in towns.items()}
        for code, name, parent in named:
            plain = self._plain(name)
            made.by_code[code], made.parent[code] = name, parent
            made.within[parent, plain].append(code)
            # lists of villages put their own township's name before some
            bare = plain.removeprefix(before.get(parent, "")) or plain
            made.short[parent, shorten(bare)].append(code)
            made.anywhere[plain].append(code)
        return made


def _parent_names(units: pd.DataFrame | None) -> frozenset[str]:
    """Names that may stand before a unit's own."""
    if units is None:
        return frozenset()
    columns = [c for c in ("province", "prefecture", "county", "name") if c in units]
    counties = [c for c in columns if c != "name" or "county" not in units]
    return frozenset(n for c in counties for n in units[c] if n)
