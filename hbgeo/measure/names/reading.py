"""How a name is read: by the list of names, the rules of characters, then the dictionary."""

from __future__ import annotations

import re
import unicodedata

from hbgeo.read.cell.pinyin import toned_readings_of
from hbgeo.read.characters.readings import ReadingTable, Spoken, plain

_HAN = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]+")
_LONGEST = 8  # characters of a listed name
_TONE_MARKS = "\u0304\u0301\u030c\u0300"
# read by the tone of what follows: written with the character's own tone or as it is heard
_SANDHI = {"一": ("yī", "yí", "yì"), "不": ("bù", "bú"), "七": ("qī", "qí"), "八": ("bā", "bá")}


class Reader:
    """Reads names, each once.

    Parameters
    ----------
    table
        What is known of names and characters beside the dictionary.
    """

    def __init__(self, table: ReadingTable) -> None:
        self._table = table
        self._longest = max([_LONGEST, *map(len, table.names)])
        self._starts = frozenset(name[:2] for name in table.names)
        self._alone: dict[str, Spoken] = {}  # characters that are read alike wherever they stand
        self._known: dict[str, tuple[Spoken, ...]] = {}
        self._sounds: dict[str, frozenset[str]] = {}

    def read(self, name: str) -> tuple[Spoken, ...]:
        """How each character of a name is read."""
        if name not in self._known:
            self._known[name] = tuple(self._spoken(name))
        return self._known[name]

    def sounds(self, char: str) -> frozenset[str]:
        """The usual readings of a character: the dictionary's first, and what the table has."""
        if char not in self._sounds:
            rules = [one for _, spoken in self._table.chars.get(char, ()) for one in spoken.options]
            self._sounds[char] = frozenset((*rules, *toned_readings_of(char)[:1]))
        return self._sounds[char]

    def alike(self, one: str, other: str, *, toned: bool = True) -> bool:
        """Whether two characters sound alike, by their usual readings."""
        mine, theirs = self.sounds(one), self.sounds(other)
        if not toned:
            mine, theirs = frozenset(map(plain, mine)), frozenset(map(plain, theirs))
        return not mine.isdisjoint(theirs)

    def _spoken(self, name: str) -> list[Spoken]:
        alone = self._alone
        made = [alone.get(c) or self._of_char(name, at) for at, c in enumerate(name)]
        if not self._starts.isdisjoint(map(str.__add__, name, name[1:])):
            listed = self._listed(name)
            return [one or mine for one, mine in zip(listed, made, strict=True)]
        return made

    def _listed(self, name: str) -> list[Spoken | None]:
        """The readings of the listed names inside a name, the longest first."""
        made: list[Spoken | None] = [None] * len(name)
        at = 0
        while at < len(name):
            ends = range(min(len(name), at + self._longest), at + 1, -1)
            end = next((e for e in ends if name[at:e] in self._table.names), at)
            if end == at:
                at += 1
                continue
            made[at:end] = [Spoken((one,)) for one in self._table.names[name[at:end]]]
            at = end
        return made

    def _of_char(self, name: str, at: int) -> Spoken:
        char = name[at]
        if not _HAN.fullmatch(char):
            return Spoken((char.lower(),))
        if found := self._table.of_any(char):
            self._alone[char] = found
            return found
        if found := self._table.of_char(name, at):
            return found
        known = toned_readings_of(char)
        made = Spoken(known[:1]) if known else Spoken((), "unknown")
        if char not in self._table.chars:
            self._alone[char] = made
        return made


def is_han(name: str) -> bool:
    """Whether a name is of Chinese characters only."""
    return bool(_HAN.fullmatch(name))


def known_readings(char: str, spoken: Spoken) -> tuple[str, ...]:
    """Every reading of a character: what is said of it, then all that the dictionary has."""
    return tuple(dict.fromkeys((*spoken.options, *toned_readings_of(char))))


def tone_of(syllable: str) -> int:
    """The tone of a syllable, 1 to 4; 0 where none is marked."""
    marks = [
        _TONE_MARKS.index(c) + 1 for c in unicodedata.normalize("NFD", syllable) if c in _TONE_MARKS
    ]
    return marks[0] if marks else 0


def same_tone(char: str, reading: str, tone: int) -> bool:
    """Whether a tone is one that a reading bears: its own, a neutral one it also has, or by sandhi."""
    if tone == tone_of(reading):
        return True
    letters = plain(reading)
    also = _SANDHI.get(char, ())
    if tone == 0:
        also = (*also, *toned_readings_of(char))
        return any(plain(one) == letters and not tone_of(one) for one in also)
    if not tone_of(reading):
        also = (*also, *toned_readings_of(char))
    return any(plain(one) == letters and tone_of(one) == tone for one in also)
