"""One sign held against its place: text and letters, each thing that was asked before remembered."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from hbgeo.measure.names.forms import latin_of, letters_of, plain_name, without_parents
from hbgeo.measure.names.generics import NATURAL, ROAD, VILLAGE
from hbgeo.measure.names.places import Match, Places
from hbgeo.measure.names.roman import check_roman, usual_forms
from hbgeo.measure.names.rules import Finding
from hbgeo.measure.names.text import Judge, Standard, check_forms, check_text
from hbgeo.measure.names.writing import APOSTROPHE
from hbgeo.read.cell.text import clean

NAMED = (VILLAGE, NATURAL, *ROAD)  # signs that show the name of a place and nothing else
NO_MATCH = Match(-1)


class Row(NamedTuple):
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
        """The township, or the county where no township is known."""
        return self.township_code or self.county_code


class Held(NamedTuple):
    """A sign held against its place.

    Attributes
    ----------
    text, letters
        As they are compared.
    at
        The position of its place in the gazetteer; −1 for none.
    right
        Whether the text is the standard name; None where that is not known.
    wrong
        Whether the letters are no spelling of the name.
    standard, roman
        As they are shown.
    score
        How much of the two names is the same, from 0 to 100.
    """

    text: str
    letters: str
    at: int
    right: bool | None
    wrong: bool
    standard: str
    roman: str
    found: tuple[Finding, ...]
    score: float | None


class Holder:
    """Holds signs, one by one, and remembers what was asked before."""

    def __init__(
        self,
        places: Places,
        judge: Judge,
        scope: Sequence[str],
        sample: bool,  # noqa: FBT001
        told: Collection[tuple[str, str]] | None = None,
    ) -> None:
        self.places, self.judge, self.sample = places, judge, sample
        self.scope, self.told = frozenset(scope or NAMED), told
        self._plain: dict[str, str] = {}
        self._texts: dict[tuple[str, object], tuple[Finding, ...]] = {}
        self._written: dict[tuple[str, str], frozenset[str]] = {}
        self._letters: dict[tuple[str, str, str, str], tuple[Finding, ...]] = {}

    def asks(self, county: str, kind: str) -> bool:
        """Whether the gazetteer should hold the name of a sign of that kind there."""
        return kind in self.scope and (self.told is None or (county, kind) in self.told)

    def hold(self, row: Row) -> Held:
        """One sign against its place: text and letters."""
        text = without_parents(self.plain(row.name), row.parents)
        match = self._match(row, text)
        standard, full, official = self._standard(row, match)
        if standard is not None and standard.name != text:
            standard = standard._replace(name=without_parents(standard.name, row.parents))
        roman = letters_of(row.roman or latin_of(row.name), sample=self.sample)
        found = [*_unmatched(match, text), *self._check_text(text, standard, match)]
        whole = clean(row.name).replace(" ", "")
        letters = self._check_letters(
            (standard.name if standard else text, text, whole), row.kind, roman, official
        )
        right = None if standard is None else text == standard.name
        wrong = any(one.rule == "N10" for one in letters)
        score = None if standard is None else _score(text, standard.name)
        shown = row.roman or roman
        return Held(text, roman, match.at, right, wrong, full, shown, (*found, *letters), score)

    def plain(self, name: str) -> str:
        """A name as it is compared."""
        if name not in self._plain:
            self._plain[name] = plain_name(name, sample=self.sample)
        return self._plain[name]

    def _match(self, row: Row, text: str) -> Match:
        """By code; a village's sign by its village; else by name in its unit."""
        if row.place_code and (at := self.places.by_code(row.place_code)) >= 0:
            return Match(at)
        if row.kind == VILLAGE and (at := self.places.by_code(row.village_code)) >= 0:
            return Match(at)
        if (
            not self.asks(row.county_code, row.kind)
            or not text
            or not row.unit
            or not len(self.places)
        ):
            return NO_MATCH
        named = self.plain(row.named)
        if named and named != text and self.places.has(row.unit, named):
            return self.places.find(row.unit, named, row.kind)
        return self.places.find(row.unit, text, row.kind)

    def _standard(self, row: Row, match: Match) -> tuple[Standard | None, str, str]:
        """The standard as it is compared, as it is written, and its official spelling."""
        if match.at >= 0:
            standard, full = self.places.standard(match.at), self.places.full[match.at]
            return standard, full, self.places.roman[match.at]
        named = self.plain(row.named)
        if named and row.kind in NAMED and not self.asks(row.county_code, row.kind):
            own = without_parents(named, row.parents)
            return Standard(own), row.named, ""  # what the row itself says it stands for
        return None, "", ""

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


def _unmatched(match: Match, text: str) -> list[Finding]:
    if match.gone:
        return [Finding("N07", f"“{text}”是已停用的地名")]
    if match.rule == "N15":
        said = f"所在单元有几个“{text}”：{'、'.join(match.near)}；请填地名代码"
        return [Finding("N15", said)]
    if match.rule == "N14":
        near = f"；相近的有{'、'.join(match.near)}" if match.near else ""
        return [Finding("N14", f"所在单元没有地名“{text}”{near}")]
    return []


def _score(text: str, standard: str) -> float:
    """How much of two names is the same, from 0 to 100."""
    return 100.0 if text == standard else round(fuzz.ratio(text, standard), 1)
