"""All signs of a layer against the gazetteer: one row a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from hbgeo.arrays import Floats
from hbgeo.measure.names.disagree import Sign, check_beside, check_same_place
from hbgeo.measure.names.forms import latin_of, letters_of, plain_name, without_parents
from hbgeo.measure.names.generics import NATURAL, ROAD, VILLAGE
from hbgeo.measure.names.places import Match, Places
from hbgeo.measure.names.roman import check_roman, usual_forms
from hbgeo.measure.names.rules import RULES, Finding
from hbgeo.measure.names.text import Judge, Standard, check_forms, check_text
from hbgeo.measure.names.writing import APOSTROPHE
from hbgeo.read.cell.text import clean

COLUMNS = ["id", "sign", "standard", "roman", "rule", "article", "severity", "message"]
COLUMNS += ["suggestion", "score", "unit_code", "county_code", "file", "sheet", "row"]
SIGN_COLUMNS = ["id", "name", "roman", "kind", "place_code", "named", "village_code"]
SIGN_COLUMNS += ["township_code", "county_code", "parents", "file", "sheet", "row"]
_NAMED = (VILLAGE, NATURAL, *ROAD)  # signs that show the name of a place and nothing else
_NONE = Match(-1)
_SHOWN_EVERY = 10_000  # rows


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes
    ----------
    rows
        One row a finding (`COLUMNS`), in the order of the signs, then of the rules.
    signs, unheld
        County → how many signs it has, and how many had no standard name to be held against.
    mixed
        County → how many village signs part 村 and how many join it, where both are found.
    """

    rows: pd.DataFrame
    signs: dict[str, int]
    unheld: dict[str, int]
    mixed: dict[str, tuple[int, int]]


def check_names(
    signs: pd.DataFrame,
    places: Places,
    judge: Judge,
    *,
    beside: Iterable[tuple[str, str]] = (),
    lonlat: Floats | None = None,
    scope: Sequence[str] = (),
    sample: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """Hold every sign against the gazetteer, the reading of its name, and the other signs.

    Parameters
    ----------
    signs
        `SIGN_COLUMNS`, texts, "" where nothing is known; `named` is the place that the row says
        the sign stands for, `parents` are the divisions it stands in, the widest first.
    beside
        Pairs of units that touch, for names written two ways.
    lonlat
        Where each sign stands, in degrees; NaN where nobody knows.
    scope
        Kinds of signs whose names the gazetteer holds; none given: all that name a place.
    sample
        Whether the layer is invented: 示例 before a name is no part of it.
    """
    held = _hold(signs, _Asked(places, judge, frozenset(scope or _NAMED), sample), progress)
    found = [(at, finding) for at, one in enumerate(held) for finding in one.found]
    among = [one.sign for one in held]
    found += check_same_place(among)
    found += check_beside(among, judge, beside=beside, lonlat=lonlat)
    counties = signs["county_code"].tolist()
    lacking = [county for county, one in zip(counties, held, strict=True) if not one.standard]
    rows = _table(signs, held, found)
    return Checked(rows, Counter(counties), Counter(lacking), _mixed(held, counties))


def _hold(
    signs: pd.DataFrame, asked: _Asked, progress: Callable[[int, int], None] | None
) -> list[_Held]:
    columns = [signs[c].tolist() for c in SIGN_COLUMNS[1:10]]
    held = []
    for at, row in enumerate(zip(*columns, strict=True)):
        held.append(asked.hold(_Row(*row)))
        if progress and at % _SHOWN_EVERY == 0:
            progress(at, len(signs))
    return held


class _Row(NamedTuple):
    """What one sign's row says."""

    name: str
    roman: str
    kind: str
    place_code: str
    named: str
    village_code: str
    township_code: str
    county_code: str
    parents: tuple[str, ...]

    @property
    def unit(self) -> str:
        return self.township_code or self.county_code


class _Held(NamedTuple):
    """A sign held against its place."""

    sign: Sign
    standard: str
    roman: str
    found: tuple[Finding, ...]
    score: float | None
    split: bool | None


class _Asked:
    """Holds signs, one by one, and remembers what was asked before."""

    def __init__(
        self,
        places: Places,
        judge: Judge,
        scope: frozenset[str],
        sample: bool,  # noqa: FBT001
    ) -> None:
        self.places, self.judge, self.scope, self.sample = places, judge, scope, sample
        self._plain: dict[str, str] = {}
        self._texts: dict[tuple[str, object], tuple[Finding, ...]] = {}
        self._written: dict[tuple[str, str], frozenset[str]] = {}
        self._letters: dict[tuple[str, str, str, str], tuple[Finding, ...]] = {}

    def hold(self, row: _Row) -> _Held:
        """One sign against its place: text and letters."""
        text = without_parents(self._plain_of(row.name), row.parents)
        match = self._match(row, text)
        standard, full, official = self._standard(row, match)
        if standard is not None and standard.name != text:
            standard = standard._replace(name=without_parents(standard.name, row.parents))
        roman = letters_of(row.roman or latin_of(row.name), sample=self.sample)
        found = [*self._unmatched(match, text), *self._check_text(text, standard, match)]
        whole = clean(row.name).replace(" ", "")
        letters = self._check_letters(
            (standard.name if standard else text, text, whole), row.kind, roman, official
        )
        right = None if standard is None else text == standard.name
        wrong = any(one.rule == "N10" for one in letters)
        score = None if standard is None else _score(text, standard.name)
        return _Held(
            Sign(text, roman, row.kind, row.unit, right, self._place_of(row, match), wrong),
            full,
            row.roman or roman,
            (*found, *letters),
            score,
            _is_split(text, row.kind, roman),
        )

    def _plain_of(self, name: str) -> str:
        if name not in self._plain:
            self._plain[name] = plain_name(name, sample=self.sample)
        return self._plain[name]

    def _match(self, row: _Row, text: str) -> Match:
        """By code; a village's sign by its village; else by name in its unit."""
        if row.place_code and (at := self.places.by_code(row.place_code)) >= 0:
            return Match(at)
        if row.kind == VILLAGE and (at := self.places.by_code(row.village_code)) >= 0:
            return Match(at)
        if row.kind not in self.scope or not text or not row.unit or not len(self.places):
            return _NONE
        named = self._plain_of(row.named)
        if named and named != text and self.places.has(row.unit, named):
            return self.places.find(row.unit, named)
        return self.places.find(row.unit, text)

    def _standard(self, row: _Row, match: Match) -> tuple[Standard | None, str, str]:
        """The standard as it is compared, as it is written, and its official spelling."""
        if match.at >= 0:
            standard, full = self.places.standard(match.at), self.places.full[match.at]
            return standard, full, self.places.roman[match.at]
        named = self._plain_of(row.named)
        if named and row.kind in _NAMED and row.kind not in self.scope:
            own = without_parents(named, row.parents)
            return Standard(own), row.named, ""  # what the row itself says it stands for
        return None, "", ""

    def _unmatched(self, match: Match, text: str) -> list[Finding]:
        if match.gone:
            return [Finding("N07", f"“{text}”是已停用的地名")]
        if match.rule == "N15":
            return [
                Finding("N15", f"所在单元有几个“{text}”：{'、'.join(match.near)}；请填地名代码")
            ]
        if match.rule == "N14":
            near = f"；相近的有{'、'.join(match.near)}" if match.near else ""
            return [Finding("N14", f"所在单元没有地名“{text}”{near}")]
        return []

    def _check_text(
        self, text: str, standard: Standard | None, match: Match
    ) -> tuple[Finding, ...]:
        if standard is not None and text == standard.name:
            return ()
        if match.at >= 0 and self.places.is_gone(match.at, text):
            return (Finding("N07", f"“{text}”是已停用的地名", standard.name if standard else ""),)
        key = (text, match.at if match.at >= 0 else standard and standard.name)
        if key not in self._texts:
            found = (
                check_text(text, standard, self.judge)
                if standard
                else check_forms(text, self.judge)
            )
            self._texts[key] = tuple(found)
        return self._texts[key]

    def _check_letters(
        self, names: tuple[str, ...], kind: str, roman: str, official: str
    ) -> tuple[Finding, ...]:
        """Letters against the standard name; right for the sign's own text, they say nothing more."""
        if not roman:
            return ()
        found = self._read(names[0], kind, roman, official)
        if any(one.rule == "N10" for one in found):
            for own in dict.fromkeys(names[1:]):
                mine = self._read(own, kind, roman, "") if own != names[0] else found
                if not any(one.rule == "N10" for one in mine):
                    return mine
        return found

    def _read(self, name: str, kind: str, roman: str, official: str) -> tuple[Finding, ...]:
        """What is wrong with letters; most are right, and are not looked at any closer."""
        key = (name, kind, roman, official)
        if key not in self._letters:
            self._letters[key] = self._look(*key)
        return self._letters[key]

    def _look(self, name: str, kind: str, roman: str, official: str) -> tuple[Finding, ...]:
        if (name, kind) not in self._written:
            self._written[name, kind] = usual_forms(name, kind, self.judge.reader)
        if not official and roman.replace("'", APOSTROPHE) in self._written[name, kind]:
            return ()
        return tuple(check_roman(name, kind, roman, self.judge.reader, official=official))

    def _place_of(self, row: _Row, match: Match) -> object:
        """What signs of one place have in common; None where no one can tell."""
        if match.at >= 0:
            return match.at
        if row.place_code:
            return row.place_code
        named = self._plain_of(row.named)
        return (row.unit, row.kind, named) if named and row.unit and row.kind in _NAMED else None


def _score(text: str, standard: str) -> float:
    """How much of two names is the same, from 0 to 100."""
    return 100.0 if text == standard else round(fuzz.ratio(text, standard), 1)


def _is_split(text: str, kind: str, roman: str) -> bool | None:
    """Whether a village's sign parts the generic; None of all others."""
    if kind != VILLAGE or not text.endswith("村") or roman[-3:].lower() not in {"cun", "cūn"}:
        return None
    return " " in roman


def _mixed(held: Sequence[_Held], counties: Sequence[str]) -> dict[str, tuple[int, int]]:
    counts = Counter((c, one.split) for c, one in zip(counties, held, strict=True) if c)
    mixed = {c: (counts[c, True], counts[c, False]) for c in sorted({c for c, _ in counts})}
    return {county: both for county, both in mixed.items() if all(both)}


def _table(
    signs: pd.DataFrame, held: Sequence[_Held], found: Iterable[tuple[int, Finding]]
) -> pd.DataFrame:
    """The findings as rows, in the order of the signs, then of the rules."""
    ordered = sorted(found, key=lambda one: (one[0], one[1].rule))
    at = np.fromiter((one for one, _ in ordered), dtype=np.intp, count=len(ordered))
    findings = [finding for _, finding in ordered]
    mine = signs.iloc[at]
    made: dict[str, Any] = {
        "id": mine["id"], "sign": mine["name"],
        "standard": [held[one].standard for one in at], "roman": [held[one].roman for one in at],
        "rule": [f.rule for f in findings], "article": [RULES[f.rule].article for f in findings],
        "severity": [RULES[f.rule].severity for f in findings],
        "message": [f.message for f in findings], "suggestion": [f.suggestion for f in findings],
        "score": pd.array([held[one].score for one in at], dtype="Float64"),
        "unit_code": mine["township_code"].where(mine["township_code"] != "", mine["county_code"]),
        "county_code": mine["county_code"], "file": mine["file"], "sheet": mine["sheet"],
        "row": mine["row"],
    }  # fmt: skip
    return pd.DataFrame(
        {c: np.asarray(v) if isinstance(v, pd.Series) else v for c, v in made.items()},
        columns=COLUMNS,
    )
