"""Names as offices write them: a code beside them, parents in front, kinds left off, words in brackets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from hbgeo.read.cell.text import clean
from hbgeo.read.divisions import normal_name, prefecture_code, province_code, without_ethnic
from hbgeo.read.divisions.lists import names_of
from hbgeo.read.divisions.naming import SEPARATORS, Problem

_BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")
_DOUBT = re.compile(
    r"除|不含|以外|之外|部分|撤|待|疑|暂|[??]|或"
)  # in brackets: it is not simply this one
_LIST = "MCA-2025"
_KINDS = {
    "province": r"(?:自治区|省|市)$",
    "prefecture": r"(?:自治州|地区|州|盟|市)$",
    "county": r"(?:自治县|自治旗|林区|特区|区|县|市|旗)$",
    "township": r"(?:街道|镇|乡)$",
    "village": r"(?:社区|村)$",
}


class Spelled(NamedTuple):
    """The units that a spelling may mean, and whether it is their name or a short form of it."""

    codes: tuple[str, ...] = ()
    short: bool = False


class Unit(NamedTuple):
    """A unit as `Spelling` needs it: its name and the code of what holds it."""

    name: str
    parent: str


class UnitsByLevel(Mapping[str, Mapping[str, Unit]]):
    """Level → code → unit; each level is put together when it is first asked for.

    Parameters
    ----------
    names
        Level → code → name, and code → the code of what holds it.
    """

    def __init__(self, names: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]) -> None:
        self._names = names
        self._made: dict[str, Mapping[str, Unit]] = {}

    def __getitem__(self, level: str) -> Mapping[str, Unit]:
        """The units of a level."""
        if level not in self._made:
            names, parents = self._names[level]
            self._made[level] = {code: Unit(name, parents[code]) for code, name in names.items()}
        return self._made[level]

    def __iter__(self) -> Iterator[str]:
        """The levels there are."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many levels there are."""
        return len(self._names)


def split_brackets(text: str) -> tuple[str, str]:
    """Part a name from what stands in brackets behind it; "" where nothing does, or it raises doubt."""
    found = _BRACKETS.fullmatch(clean(text).replace(" ", ""))
    return ("", "") if not found or _DOUBT.search(found[2]) else (found[1], found[2])


def short_form(name: str, level: str) -> str:
    """A unit's name without its kind and the peoples' names: 长阳土家族自治县 → 长阳; "" if too short."""
    short = re.sub(_KINDS[level], "", without_ethnic(name))
    return short if len(short) > 1 else ""


def labels(name: str, level: str) -> frozenset[str]:
    """What a unit is called where it stands before another: 恩施土家族苗族自治州, 恩施州, 恩施."""
    plain = without_ethnic(name)
    every = {name, plain, plain.replace("自治", ""), short_form(name, level)}
    return frozenset(every - {""})


def is_chain(text: str, parents: Sequence[frozenset[str]]) -> bool:
    """Whether a text is names of the parents in their order, some perhaps left out."""
    text = text.strip(SEPARATORS)
    return not text or any(
        text.startswith(label) and is_chain(text[len(label) :], parents[i + 1 :])
        for i, one in enumerate(parents)
        for label in one
    )


class Spelling:
    """Finds the units of a workspace by names that are not written as they stand in its layers.

    Parameters
    ----------
    units
        Level → code → name and parent.
    counties
        The layer of counties, for the names of their provinces and prefectures; what it does not
        have is taken from the shipped list.
    """

    def __init__(
        self, units: Mapping[str, Mapping[str, Unit]], counties: pd.DataFrame | None = None
    ) -> None:
        self._units, self._tops = units, _tops(counties)
        self._forms: dict[str, dict[str, dict[str, bool]]] = {}
        self._parents: dict[tuple[str, str], tuple[frozenset[str], ...]] = {}

    def resolve(self, level: str, name: str, above: str = "") -> tuple[str, Problem | None]:
        """The unit that a name means with parents before it, as a short form, or before brackets.

        Returns
        -------
        code, problem
            "" where it means none, or more than one, which is an error; a form that is not the
            unit's name is a warning.
        """
        found, aside = self.find(level, name, above), ""
        if not found.codes:
            bare, aside = split_brackets(name)
            if not bare or self.find(level, aside).codes:
                return "", None
            found = self.find(level, bare, above)
        also = self._prefectures(name) if level == "county" and found.short else []
        if len(found.codes) + len(also) > 1:
            names = [self._full_name(level, code) for code in found.codes] + also
            said = f"“{name}”可能是{'、'.join(names[:4])}，无法确定是哪一个"
            fix = "改为现行标准名称，或补填所在县（市、区）"
            return "", Problem(level, name, "E05", said, fix)
        code = found.codes[0] if found.codes else ""
        if not code or not (found.short or aside):
            return code, None
        how = "按简称" if found.short else "不看括号里的字，"
        said = f"“{name}”{how}计为“{self._units[level][code].name}”"
        return code, Problem(level, name, "W19", said, "改为现行标准名称", "warning")

    def find(self, level: str, text: str, above: str = "") -> Spelled:
        """The units of a level that a text means, with the names of its own parents before it.

        Parameters
        ----------
        above
            The unit that must hold it; "" for any.
        """
        text = normal_name(clean(text))
        found: dict[bool, list[str]] = {False: [], True: []}
        forms = self._forms_of(level)
        for i in range(len(text) - 1):
            for code, short in forms.get(text[i:], {}).items():
                fits = not above or self._units[level][code].parent == above
                if fits and self.names_parents(level, code, text[:i]):
                    found[short].append(code)
        hits = found[False] or found[True]
        return Spelled(tuple(dict.fromkeys(hits)), short=not found[False])

    def names_parents(self, level: str, code: str, before: str) -> bool:
        """Whether what stands before a unit's name names its own parents, or nothing."""
        return not before or is_chain(before, self._parents_of(level, code))

    def _prefectures(self, text: str) -> list[str]:
        """The prefecture-level cities that a short form means as well: 荆州 is 荆州区, or 荆州市."""
        cities = {self._above(code)[1] for code in self._units["county"]}
        own = {unit.name for unit in self._units["county"].values()}
        wanted = {c for c in cities - own if c.endswith("市")}
        return sorted(c for c in wanted if short_form(c, "prefecture") == normal_name(text))

    def _full_name(self, level: str, code: str) -> str:
        """A unit's name, that of its county before it where it is no county."""
        unit = self._units[level][code]
        upper = {"township": "county", "village": "township"}.get(level, "")
        known = self._units.get(upper, {}).get(unit.parent)
        return f"{known.name if known else ''}{unit.name}"

    def _above(self, county: str) -> tuple[str, str]:
        """The names of a county's province and prefecture, "" for one that is not known."""
        if county not in self._tops:
            province, prefecture = (names_of(_LIST, at) for at in ("province", "prefecture"))
            codes = province_code(county), prefecture_code(county)
            self._tops[county] = province.get(codes[0], ""), prefecture.get(codes[1], "")
        return self._tops[county]

    def _forms_of(self, level: str) -> dict[str, dict[str, bool]]:
        """Form → the units it means, and whether it is a short one."""
        if level not in self._forms:
            made: dict[str, dict[str, bool]] = defaultdict(dict)
            for code, unit in self._units[level].items():
                for form, short in _forms(normal_name(unit.name), level):
                    made[form].setdefault(code, short)
            self._forms[level] = dict(made)
        return self._forms[level]

    def _parents_of(self, level: str, code: str) -> tuple[frozenset[str], ...]:
        if (level, code) not in self._parents:
            self._parents[level, code] = tuple(self._walk(level, code))
        return self._parents[level, code]

    def _walk(self, level: str, code: str) -> Iterable[frozenset[str]]:
        if level == "county":
            for name, at in zip(self._above(code), ("province", "prefecture"), strict=True):
                yield labels(name, at) if name else frozenset()
            return
        upper = "county" if level == "township" else "township"
        parent = self._units[level][code].parent
        if parent in self._units.get(upper, {}):
            yield from self._parents_of(upper, parent)
            yield labels(normal_name(self._units[upper][parent].name), upper)


def _forms(name: str, level: str) -> Iterable[tuple[str, bool]]:
    """The forms that a name goes by at the end of a text; whether each is a short one."""
    plain = without_ethnic(name)
    yield name, False
    yield plain, False
    if level == "county":
        yield plain.replace("自治县", "县").replace("自治旗", "旗"), False
    if short := short_form(name, level):
        yield short, True


def _tops(counties: pd.DataFrame | None) -> dict[str, tuple[str, str]]:
    """County code → the names of its province and prefecture, where the layer has both."""
    if counties is None or not {"province", "prefecture"} <= set(counties.columns):
        return {}
    names = zip(counties["province"].tolist(), counties["prefecture"].tolist(), strict=True)
    pairs = zip(counties.index.tolist(), names, strict=True)
    return {code: above for code, above in pairs if all(above)}
