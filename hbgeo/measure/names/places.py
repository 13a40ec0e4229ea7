"""The places that signs name: by code, and by name in the unit that holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.generics import split_generic
from hbgeo.measure.names.text import Judge, Standard, check_text

PLACE_COLUMNS = ["code", "name", "roman", "unit_code", "county_code", "old", "aliases", "gone"]
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


class Places:
    """The places of a gazetteer, looked up by code and by name.

    Parameters
    ----------
    places
        `PLACE_COLUMNS`; `unit_code` is the township's or the village's, `old` and `aliases` are
        lists of names, `gone` says that the place is no more.
    """

    def __init__(self, places: pd.DataFrame, judge: Judge) -> None:
        self._judge = judge
        self.full: list[str] = places["name"].tolist()
        self.roman: list[str] = places["roman"].tolist()
        self._plain = [plain_name(name) for name in self.full]
        self._old: list[Sequence[str]] = [tuple(map(plain_name, names)) for names in places["old"]]
        self._aliases: list[Sequence[str]] = [tuple(map(plain_name, n)) for n in places["aliases"]]
        self._gone: list[bool] = places["gone"].tolist()
        self._codes: list[str] = places["code"].tolist()
        self._by_code = {code: at for at, code in enumerate(self._codes) if code}
        self._units = list(zip(places["unit_code"], places["county_code"], strict=True))
        self._named, self._once = self._index()
        self._inside: dict[str, tuple[dict[str, list[int]], list[str]]] = {}
        self._known: dict[tuple[str, str], Match] = {}
        self._names_by_unit: dict[str, list[tuple[str, list[int]]]] = defaultdict(list)

    def _index(self) -> tuple[dict[tuple[str, str], list[int]], dict[tuple[str, str], list[int]]]:
        """(unit, name) → the places that bear it, and those that bore it or go by it."""
        named: dict[tuple[str, str], list[int]] = defaultdict(list)
        once: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, units in enumerate(self._units):
            for unit in dict.fromkeys(units):
                (once if self._gone[at] else named)[unit, self._plain[at]].append(at)
                for name in (*self._old[at], *self._aliases[at]):
                    once[unit, name].append(at)
        return dict(named), dict(once)

    def __len__(self) -> int:
        return len(self.full)

    def standard(self, at: int) -> Standard:
        """A place as its sign's text is held against it."""
        return Standard(self._plain[at], self._old[at], self._aliases[at])

    def by_code(self, code: str) -> int:
        """The place of a code; −1 for none."""
        return self._by_code.get(code, -1)

    def has(self, unit: str, name: str) -> bool:
        """Whether a unit has a place of that name today."""
        return (unit, name) in self._named

    def is_gone(self, at: int, name: str) -> bool:
        """Whether a name is that of a place that is no more, in the unit of another."""
        return any(self._gone[k] for unit in self._units[at] for k in self._once.get((unit, name), ()))

    def find(self, unit: str, name: str) -> Match:
        """The place that a name means in a unit: by the name, a former one, or a misspelled one."""
        key = (unit, name)
        if key not in self._known:
            self._known[key] = self._find(unit, name)
        return self._known[key]

    def _find(self, unit: str, name: str) -> Match:
        hits = self._named.get((unit, name), [])
        if len(hits) == 1:
            return Match(hits[0])
        if hits:
            return Match(-1, "N15", tuple(self._codes[at] or self.full[at] for at in hits[:_FEW]))
        once = self._once.get((unit, name), [])
        living = [at for at in once if not self._gone[at]]
        if len(living) == 1:
            return Match(living[0])
        if once:
            return Match(-1, gone=True)
        return self._find_near(unit, name)

    def _find_near(self, unit: str, name: str) -> Match:
        if unit not in self._inside:
            self._inside[unit] = self._gather(unit)
        stems, names = self._inside[unit]
        near = process.extract(
            name, names, scorer=Levenshtein.distance, score_cutoff=_CLOSE, limit=20
        )
        close = {at for text, _, _ in near for at in self._named[unit, text]}
        close |= set(stems.get(split_generic(name)[0], [])) | set(stems.get(name, []))
        ordered = sorted(close, key=lambda at: (Levenshtein.distance(name, self._plain[at]), at))
        meant = [at for at in ordered if self._is_misspelled(name, at)]
        if len(meant) == 1:
            return Match(meant[0])
        shown = meant or [at for at in ordered if len(name) > _CLOSE]
        return Match(-1, "N14", tuple(dict.fromkeys(self.full[at] for at in shown))[:_FEW])

    def _gather(self, unit: str) -> tuple[dict[str, list[int]], list[str]]:
        stems: dict[str, list[int]] = defaultdict(list)
        names = []
        if not self._names_by_unit:
            for (of, name), hits in self._named.items():
                self._names_by_unit[of].append((name, hits))
        for name, hits in self._names_by_unit[unit]:
            names.append(name)
            for stem in {name, split_generic(name)[0]}:
                stems[stem].extend(hits)
        return dict(stems), names

    def _is_misspelled(self, name: str, at: int) -> bool:
        found = check_text(name, self.standard(at), self._judge)
        return {one.rule for one in found} <= _MISSPELLED
