"""What somebody looks for among names: characters, or letters with tones, gaps or neither.

`Wanted.matches` says in plain words whether one form of a name is meant; the expressions of
`Wanted.tiers` say the same to a full-text search over the tokens of `tokens`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from hbgeo.errors import RequestError
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.tokens import (
    ALL,
    AREA,
    CODE,
    CODE_MARK,
    HEAD,
    INITIALS,
    RUN,
    SAID,
    SOUND,
    TEXT,
    TONE,
    body_of,
    initials_of,
    key_of,
    letters_in,
)

LONGEST = 60  # characters of a name that is looked for
WHOLE, BEGIN, INSIDE = range(3)  # where in a form it stands
# scores: part by part, place by place, then by whose name it is, no two alike
_BEST, _PART, _PLACE, _WAY = 100, 30, 10, 3
_MARKS = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0306": 3, "\u0300": 4}
_BREAKS = frozenset(" '’‘`-.·")
_SYLLABLE = 6  # letters at most


@dataclass(frozen=True)
class Spelling:
    """A name in letters, as it was typed.

    Attributes
    ----------
    letters
        Without tones and gaps, ü as v.
    breaks
        Before which of them a syllable begins, for sure.
    tones
        Letter → the tone of the syllable it stands in.
    """

    letters: str
    breaks: frozenset[int] = frozenset()
    tones: tuple[tuple[int, int], ...] = ()

    @property
    def bare(self) -> bool:
        """Whether it says nothing but letters: then a run of them is all there is to look for."""
        return not self.breaks and not self.tones

    def where(self, said: str) -> int | None:
        """Where the syllables of this spelling stand in a reading or another; None: nowhere."""
        found = [self._in(reading.split(" ")) for reading in filter(None, said.split("|"))]
        return min((at for at in found if at is not None), default=None)

    def _in(self, syllables: Sequence[str]) -> int | None:
        letters = [letters_in(one) for one in syllables]
        found: int | None = None
        for start in range(len(letters)):
            end = _end_of(letters, start, self.letters)
            if end and self._fits(letters[start:end], syllables[start:end]):
                place = BEGIN if not start else INSIDE
                place = WHOLE if not start and end == len(letters) else place
                found = place if found is None else min(found, place)
        return found

    def _fits(self, letters: Sequence[str], syllables: Sequence[str]) -> bool:
        """Whether syllables begin where they must, and have the tones they must have."""
        holder = [n for n, one in enumerate(letters) for _ in one]
        begins = {at for at in range(len(holder)) if not at or holder[at] != holder[at - 1]}
        tones = (syllables[holder[at]].endswith(str(tone)) for at, tone in self.tones)
        return self.breaks <= begins and all(tones)


def _end_of(parts: Sequence[str], start: int, text: str) -> int:
    """Where a run of parts ends that makes up a text; 0 where none does."""
    at = 0
    for end in range(start, len(parts)):
        if not text.startswith(parts[end], at):
            return 0
        at += len(parts[end])
        if at == len(text):
            return end + 1
    return 0


def read_spellings(text: str) -> list[Spelling]:
    """What a text means as letters: figures behind letters may be tones, or stand in the name.

    Returns
    -------
    spellings
        Empty where it is not made of Latin letters.
    """
    told = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    told = told.replace("u\u0308", "v").replace("e\u0302", "e")
    letters, breaks, tones = "", set[int](), list[tuple[int, int]]()
    for char in told:
        if char in _MARKS and letters[-1:].isalpha():
            tones.append((len(letters) - 1, _MARKS[char]))
        elif char in _BREAKS or char.isspace():
            breaks.add(len(letters))
        elif char.isascii() and char.isalnum():
            letters += char
        else:
            return []
    if not re.search("[a-z]", letters):
        return []
    made = [Spelling(letters, frozenset(breaks - {0, len(letters)}), tuple(tones))]
    if re.search("[a-z][1-4]", letters) and not re.search("[0-9][0-9]|[05-9]|^[0-9]", letters):
        made.append(_with_figures(made[0]))
    return made


def _with_figures(one: Spelling) -> Spelling:
    """The same, figures taken as tones: a syllable ends there."""
    letters, moved, tones, breaks = "", [0], list[tuple[int, int]](), set[int]()
    for char in one.letters:
        if char.isdigit():
            tones.append((len(letters) - 1, int(char)))
            breaks.add(len(letters))
        else:
            letters += char
        moved.append(len(letters))
    breaks |= {moved[at] for at in one.breaks}
    tones += [(moved[at], tone) for at, tone in one.tones]
    return Spelling(letters, frozenset(breaks - {0, len(letters)}), tuple(tones))


def read_wanted(text: str, today: Mapping[int, str]) -> Wanted:
    """What a text looks for.

    Raises
    ------
    RequestError
        If nothing stands in it that a name could hold, or too much.
    """
    key = key_of(text, today)
    if not key:
        raise RequestError(
            "要查的名称里没有汉字、字母或数字；请写名称、拼音或首字母，如 长阳、changyang、cy"
        )
    if len(key) > LONGEST:
        raise RequestError(f"要查的名称有 {len(key)} 个字，最多 {LONGEST} 个；请只写名称本身")
    latin = re.search("[a-z]", key)  # which is no part of a name as it is compared, but may be here
    other = "" if latin else key_of(plain_name(text), today)
    return Wanted(key, other if other != key else "", tuple(read_spellings(text)))


@dataclass(frozen=True)
class Tier:
    """Forms of one worth: where to look for them, and which of those found there are meant.

    Attributes
    ----------
    part, place
        What of the form it is, and where in it.
    table
        `body` or `marks`.
    keep
        Told how a form is read; None where all that is found is meant.
    """

    part: int
    place: int
    table: str
    expression: str
    keep: Callable[[str], bool] | None = None

    def score(self, way: int) -> int:
        """Of a form found here, by which of the entry's names it is."""
        if self.part == CODE:
            return _BEST
        return _BEST - _PART * self.part - _PLACE * self.place - _WAY * way


@dataclass(frozen=True)
class Wanted:
    """What is looked for.

    Attributes
    ----------
    key
        As characters.
    other
        The same as names are compared (双河村村委会 is 双河村); only whole names are meant.
    spellings
        As letters; none where it has others.
    """

    key: str
    other: str = ""
    spellings: tuple[Spelling, ...] = ()

    def matches(self, key: str, said: str) -> tuple[int, int] | None:
        """What of a form this is and where, the best there is; None: nothing of it."""
        if key == self.key or (self.other and key == self.other):
            return TEXT, WHOLE
        if self.key in key:
            return TEXT, BEGIN if key.startswith(self.key) else INSIDE
        places = [one.where(said) for one in self.spellings]
        if found := [place for place in places if place is not None]:
            return SOUND, min(found)
        places = [one.where(initials_of(said)) for one in self.spellings if one.bare]
        found = [place for place in places if place is not None]
        return (INITIALS, min(found)) if found else None

    def tiers(self, area: str = "") -> list[Tier]:
        """Where to look, the best forms first.

        Parameters
        ----------
        area
            The code of a county or prefecture; "" for everywhere.
        """
        code = area[:4] if area.endswith("00") else area
        narrow = f' AND "{AREA}{code}"' if code else ""
        whole = " OR ".join(f'"{ALL}{key}"' for key in (self.key, self.other) if key)
        phrase = body_of(self.key)
        begin = (
            ("marks", f'"{HEAD}{self.key}"{narrow}')
            if len(self.key) <= RUN
            else ("body", f'^ "{phrase}"{narrow}')
        )
        made = [
            Tier(CODE, WHOLE, "marks", f'"{CODE_MARK}{self.key}"{narrow}'),
            Tier(TEXT, WHOLE, "marks", f"({whole}){narrow}"),
            Tier(TEXT, BEGIN, *begin),
            Tier(TEXT, INSIDE, "body", f'text : "{phrase}"{narrow}'),
        ]
        for part in (SOUND, INITIALS) if self.spellings else ():
            made += self._inletters_in(part, narrow)
        return made

    def _inletters_in(self, part: int, narrow: str) -> Iterator[Tier]:
        meant = [one for one in self.spellings if part == SOUND or one.bare]
        for place in (WHOLE, BEGIN, INSIDE) if meant else ():
            mark = SAID[part][(2, 1, 0)[place]]
            sought = " OR ".join(f"({_sought(one, mark, place)})" for one in meant)
            exact = all(o.bare and (place == WHOLE or len(o.letters) <= RUN) for o in meant)
            keep = None if exact else _keeper(meant, part, place)
            yield Tier(part, place, "marks", f"({sought}){narrow}", keep)


def _keeper(meant: Sequence[Spelling], part: int, place: int) -> Callable[[str], bool]:
    def keep(said: str) -> bool:
        told = said if part == SOUND else initials_of(said)
        found = [one.where(told) for one in meant]
        return any(at is not None and at <= place for at in found)

    return keep


def _sought(one: Spelling, mark: str, place: int) -> str:
    """The tokens that a form must have of which this is the spelling."""
    if place == WHOLE:
        runs = [one.letters]
    else:  # of more syllables than a token holds, the first ones
        runs = [one.letters, *(one.letters[:end] for end in range(RUN, len(one.letters)))]
    sought = "(" + " OR ".join(f'"{mark}{run}"' for run in runs) + ")"
    for at, tone in one.tones[:RUN]:
        around = product(
            range(max(0, at - _SYLLABLE + 1), at + 1),
            range(at + 1, min(len(one.letters), at + _SYLLABLE) + 1),
        )
        ends = [f'"{TONE}{one.letters[a:b]}{tone}"' for a, b in around if b - a <= _SYLLABLE]
        sought += " AND (" + " OR ".join(ends) + ")"
    return sought
