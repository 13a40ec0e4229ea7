"""The places that signs name: by code, and by name in the unit that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
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


@dataclass
class _Unit:
    """The names in one unit: of today, of once and others, and the proper names in them."""

    named: dict[str, list[int]] = field(default_factory=dict)
    once: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def stems(self) -> dict[str, list[int]]:
        made: dict[str, list[int]] = {}
        for name, hits in self.named.items():
            for stem in {name, split_generic(name)[0]}:
                made.setdefault(stem, []).extend(hits)
        return made


class Places:
    """The places of a gazetteer, looked up by code and by name.

    Parameters
    ----------
    places
        `PLACE_COLUMNS`; `unit_code` is the township's, `old` and `aliases` are lists of names,
        `gone` says that the place is no more.
    """

    def __init__(self, places: pd.DataFrame, judge: Judge) -> None:
        self._judge = judge
        self.full: list[str] = places["name"].tolist()
        self.roman: list[str] = places["roman"].tolist()
        self._codes: list[str] = places["code"].tolist()
        self._lists = [places[c].tolist() for c in ("old", "aliases")]
        self._gone: list[bool] = places["gone"].tolist()
        self._units: list[list[str]] = [places[c].tolist() for c in ("unit_code", "county_code")]
        self._by_code = {code: at for at, code in enumerate(self._codes) if code}
        self._members: dict[str, list[int]] = {}
        for codes in self._units if self.full else ():
            numbers, units = pd.factorize(np.asarray(codes, dtype=object))
            order = np.argsort(numbers, kind="stable")
            parts = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
            self._members |= {
                str(unit): part.tolist() for unit, part in zip(units, parts, strict=True)
            }
        self._standards: dict[int, Standard] = {}
        self._inside: dict[str, _Unit] = {}
        self._known: dict[tuple[str, str], Match] = {}

    def __len__(self) -> int:
        """How many places there are."""
        return len(self.full)

    def standard(self, at: int) -> Standard:
        """A place as its sign's text is held against it."""
        if at not in self._standards:
            self._standards[at] = self._make(at)
        return self._standards[at]

    def _make(self, at: int) -> Standard:
        old, aliases = (tuple(map(plain_name, of[at])) for of in self._lists)
        return Standard(plain_name(self.full[at]), old, aliases)

    def by_code(self, code: str) -> int:
        """The place of a code; −1 for none."""
        return self._by_code.get(code, -1)

    def has(self, unit: str, name: str) -> bool:
        """Whether a unit has a place of that name today."""
        return name in self._unit(unit).named

    def is_gone(self, at: int, name: str) -> bool:
        """Whether a name is that of a place that is no more, in the unit of another."""
        units = dict.fromkeys(codes[at] for codes in self._units)
        return any(self._gone[k] for unit in units for k in self._unit(unit).once.get(name, ()))

    def find(self, unit: str, name: str) -> Match:
        """The place that a name means in a unit: by the name, a former one, or a misspelled one."""
        key = (unit, name)
        if key not in self._known:
            self._known[key] = self._find(self._unit(unit), name)
        return self._known[key]

    def _unit(self, unit: str) -> _Unit:
        """The names of a unit, gathered when it is first asked for."""
        if unit not in self._inside:
            made = self._inside[unit] = _Unit()
            for at in self._members.get(unit, ()):
                mine = self.standard(at)
                (made.once if self._gone[at] else made.named).setdefault(mine.name, []).append(at)
                for name in (*mine.old, *mine.aliases):
                    made.once.setdefault(name, []).append(at)
        return self._inside[unit]

    def _find(self, unit: _Unit, name: str) -> Match:
        hits = unit.named.get(name, [])
        if len(hits) == 1:
            return Match(hits[0])
        if hits:
            return Match(-1, "N15", tuple(self._codes[at] or self.full[at] for at in hits[:_FEW]))
        once = unit.once.get(name, [])
        living = [at for at in once if not self._gone[at]]
        if len(living) == 1:
            return Match(living[0])
        return Match(-1, gone=True) if once else self._find_near(unit, name)

    def _find_near(self, unit: _Unit, name: str) -> Match:
        near = process.extract(
            name, list(unit.named), scorer=Levenshtein.distance, score_cutoff=_CLOSE, limit=20
        )
        close = {at for text, _, _ in near for at in unit.named[text]}
        close |= {*unit.stems.get(split_generic(name)[0], ()), *unit.stems.get(name, ())}
        named = {at: plain_name(self.full[at]) for at in close}
        ordered = sorted(close, key=lambda at: (Levenshtein.distance(name, named[at]), at))
        meant = [at for at in ordered if self._is_misspelled(name, at)]
        if len(meant) == 1:
            return Match(meant[0])
        shown = meant or [at for at in ordered if len(name) > _CLOSE]
        return Match(-1, "N14", tuple(dict.fromkeys(self.full[at] for at in shown))[:_FEW])

    def _is_misspelled(self, name: str, at: int) -> bool:
        found = check_text(name, self.standard(at), self._judge)
        return {one.rule for one in found} <= _MISSPELLED
