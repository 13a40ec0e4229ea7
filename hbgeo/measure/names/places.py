"""The places that signs name: by code, and by name in the unit that holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from hbgeo.arrays import Numbers
from hbgeo.measure.names.columns import Words
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.generics import CLASSES, split_generic, with_generics
from hbgeo.measure.names.text import Judge, Standard, check_text
from hbgeo.read.cell.column import distinct

PLACE_COLUMNS = ["code", "name", "roman", "unit_code", "county_code", "old", "aliases", "gone"]
PLACE_COLUMNS += ["class"]
_UNTOLD = {"", "其他"}  # classes that say nothing
_MISSPELLED = {"N02", "N03", "N04", "N05", "N06"}
_CLOSE = 2  # characters that a name may differ in and still be looked at
_FEW = 3  # names that are proposed


@dataclass(frozen=True)
class Match:
    """The place that a sign stands for, or why there is none.

    Attributes
    ----------
    at
        Its position among the places; −1 for none.
    rule
        N14 where the unit has no such name, N15 where it has several, else "".
    near
        Names that may be meant.
    gone
        Whether the name is that of a place that is no more.
    """

    at: int
    rule: str = ""
    near: tuple[str, ...] = ()
    gone: bool = False


@dataclass
class _Unit:
    """The names in one unit: of today, of once and others, and the proper names in them."""

    named: dict[str, list[int]] = field(default_factory=dict)
    once: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def names(self) -> list[str]:
        """The names of today."""
        return list(self.named)

    def of_stem(self, stem: str) -> list[int]:
        """The places whose name, or the proper name in it, is a text."""
        longer = (name for name in with_generics(stem) if name in self.named)
        mine = [name for name in longer if split_generic(name)[0] == stem]
        return [at for name in (stem, *mine) for at in self.named.get(name, ())]


class Places:
    """The places of a gazetteer, looked up by code and by name.

    Parameters
    ----------
    places
        `PLACE_COLUMNS`; `unit_code` is the township's, `old` and `aliases` are lists of names,
        `gone` says that the place is no more, `class` what it is (see `class_of`), "" where nobody knows.
    """

    def __init__(self, places: pd.DataFrame, judge: Judge) -> None:
        self._judge = judge
        self.full: list[str] = places["name"].tolist()
        self.roman: list[str] = places["roman"].tolist()
        self._codes: list[str] = places["code"].tolist()
        self._lists = [places[c].tolist() for c in ("old", "aliases")]
        self._gone: list[bool] = places["gone"].tolist()
        self._classes: list[str] = places["class"].tolist()
        self._units = [distinct(places[c]) for c in ("unit_code", "county_code")]
        self._names, of_name = distinct(places["name"])
        self._plain = [plain_name(one) for one in of_name]
        self._by_code = {code: at for at, code in enumerate(self._codes) if code}
        self._members: dict[str, Numbers] = {}
        for numbers, units in self._units:
            order = np.argsort(numbers, kind="stable")
            parts = np.split(order, np.searchsorted(numbers[order], np.arange(1, len(units))))
            self._members |= {u: part for u, part in zip(units, parts, strict=False) if len(part)}
        self._standards: dict[int, Standard] = {}
        self._inside: dict[str, _Unit] = {}
        self._known: dict[tuple[str, str, str], Match] = {}

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.full)

    def standard(self, at: int) -> Standard:
        """A place as its sign's text is held against it."""
        if at not in self._standards:
            self._standards[at] = self._make(at)
        return self._standards[at]

    def _make(self, at: int) -> Standard:
        old, also = (of[at] for of in self._lists)
        name = self._plain[self._names[at]]
        if not old and not also:
            return Standard(name)
        return Standard(name, tuple(map(plain_name, old)), tuple(map(plain_name, also)))

    def by_code(self, code: str) -> int:
        """The place of a code; −1 for none."""
        return self._by_code.get(code, -1)

    def by_codes(self, codes: Numbers, words: Sequence[str]) -> Numbers:
        """The places of many codes, given as numbers of words; −1 for none."""
        known, back = np.unique(codes, return_inverse=True)
        found = [self._by_code.get(words[k], -1) for k in known.tolist()]
        return np.array(found, np.intp)[back]

    def spellings(self, words: Words) -> Numbers:
        """The gazetteer's spelling of each name as numbers of words."""
        return words.of(self.roman)

    def numbers(self, words: Words) -> Numbers:
        """The standard names, as they are compared, as numbers of words."""
        return words.of(self._plain)[self._names]

    def by_name(self, words: Words) -> Callable[[Numbers, Numbers], tuple[Numbers, Numbers]]:
        """What gives, of units and names as numbers of words, the first place of today and how many.

        It is right for the words of now: of those taken up later it knows nothing.
        """
        names, many = self.numbers(words), 0
        living = np.flatnonzero(~np.array(self._gone, bool))
        counties = set(self._units[1][1])  # where a code is both, the county's places are meant
        keys, at = [], []
        for level, (numbers, codes) in enumerate(self._units):
            mine = words.of(codes)[numbers[living]]
            many = len(words)
            own = np.array([level == 1 or code not in counties for code in codes], bool)
            own = own[numbers[living]]
            keys.append(np.column_stack((mine[own], names[living][own])))
            at.append(living[own])
        pairs, places = np.concatenate(keys), np.concatenate(at)
        joined = pairs[:, 0] * many + pairs[:, 1]
        order = np.argsort(joined, kind="stable")
        joined, places = joined[order], np.append(places[order], -1)

        def find(units: Numbers, texts: Numbers) -> tuple[Numbers, Numbers]:
            asked = units * many + texts
            start, end = (np.searchsorted(joined, asked, side) for side in ("left", "right"))
            return places[start], end - start

        return find

    def has(self, unit: str, name: str) -> bool:
        """Whether a unit has a place of that name today."""
        return name in self._unit(unit).named

    def is_gone(self, at: int, name: str) -> bool:
        """Whether a name is that of a place that is no more, in the unit of another."""
        ended = self._ended.get(name, ())
        return any(codes[of[at]] and of[at] == of[k] for k in ended for of, codes in self._units)

    @cached_property
    def _ended(self) -> dict[str, list[int]]:
        """The places that are no more by each of their names."""
        made: dict[str, list[int]] = {}
        for at in np.flatnonzero(np.array(self._gone, bool)).tolist():
            mine = self.standard(at)
            for name in (mine.name, *mine.old, *mine.aliases):
                made.setdefault(name, []).append(at)
        return made

    def find(self, unit: str, name: str, kind: str = "") -> Match:
        """The place that a name means in a unit: by the name, a former one, or a misspelled one.

        Only a place of a class that a sign of that kind may stand for is misspelled on it: a
        natural village is no community of another generic.
        """
        key = (unit, name, kind)
        if key not in self._known:
            self._known[key] = self._find(self._unit(unit), name, kind)
        return self._known[key]

    def _may_be(self, at: int, kind: str) -> bool:
        """Whether a sign of a kind may stand for a place; where nobody knows it may."""
        mine = self._classes[at]
        return mine in _UNTOLD or kind not in CLASSES or mine in CLASSES[kind]

    def _unit(self, unit: str) -> _Unit:
        """The names of a unit, gathered when it is first asked for."""
        if unit not in self._inside:
            made = self._inside[unit] = _Unit()
            members = self._members.get(unit, np.empty(0, np.intp))
            old, also = self._lists
            for at, number in zip(members.tolist(), self._names[members].tolist(), strict=True):
                mine = made.once if self._gone[at] else made.named
                mine.setdefault(self._plain[number], []).append(at)
                if old[at] or also[at]:
                    for name in map(plain_name, (*old[at], *also[at])):
                        made.once.setdefault(name, []).append(at)
        return self._inside[unit]

    def _find(self, unit: _Unit, name: str, kind: str) -> Match:
        hits = unit.named.get(name, [])
        if len(hits) == 1:
            return Match(hits[0])
        if hits:
            return Match(-1, "N15", tuple(self._codes[at] or self.full[at] for at in hits[:_FEW]))
        once = unit.once.get(name, [])
        living = [at for at in once if not self._gone[at]]
        if len(living) == 1:
            return Match(living[0])
        return Match(-1, gone=True) if once else self._find_near(unit, name, kind)

    def _find_near(self, unit: _Unit, name: str, kind: str) -> Match:
        near = process.extract(
            name, unit.names, scorer=Levenshtein.distance, score_cutoff=_CLOSE, limit=20
        )
        close = {at for text, _, _ in near for at in unit.named[text]}
        close |= {*unit.of_stem(split_generic(name)[0]), *unit.of_stem(name)}
        named = {at: plain_name(self.full[at]) for at in close}
        ordered = sorted(close, key=lambda at: (Levenshtein.distance(name, named[at]), at))
        meant = [at for at in ordered if self._may_be(at, kind) and self._is_misspelled(name, at)]
        if len(meant) == 1:
            return Match(meant[0])
        shown = meant or [at for at in ordered if len(name) > _CLOSE]
        return Match(-1, "N14", tuple(dict.fromkeys(self.full[at] for at in shown))[:_FEW])

    def _is_misspelled(self, name: str, at: int) -> bool:
        found = check_text(name, self.standard(at), self._judge)
        return {one.rule for one in found} <= _MISSPELLED
