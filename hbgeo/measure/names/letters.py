"""The letters of a sign, taken apart: what stands in them, and how they are aligned with a reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_TONES = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0306": 3, "\u0300": 4}
_APOSTROPHES = "'’‘`´ʼ＇"
_HYPHENS = "-‐‑–—"
ENGLISH = re.compile(
    r"(?i)(?<![a-z])(?:road|street|avenue|boulevard|blvd|lane|alley|rd|st|ave|ln|town(?:ship)?|village|county|"
    r"city|district|community|bridge|river|lake|bay|mountain|hill|east|west|north|south|gate|ring|"
    r"\d+(?:st|nd|rd|th))(?![a-z])\.?"
)


@dataclass(frozen=True)
class Letters:
    """Letters and figures one after the other, with what each bears.

    Attributes
    ----------
    text
        In lower case, without tones, ü as v.
    tones
        Of each letter: 1 to 4, or 0.
    upper
        Whether it is a capital.
    before
        What stands before it: a space, an apostrophe, a hyphen, or nothing.
    """

    text: str
    tones: tuple[int, ...]
    upper: tuple[bool, ...]
    before: tuple[str, ...]

    @property
    def toned(self) -> bool:
        """Whether any tone is marked."""
        return any(self.tones)


@lru_cache(maxsize=1 << 16)
def read_letters(roman: str) -> Letters | None:
    """Take a spelling apart; None if it has characters that Pinyin has not."""
    text, tones, upper, before = list[str](), list[int](), list[bool](), list[str]()
    gap = ""
    for char in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", roman.strip())):
        if char in _TONES and text:
            tones[-1] = _TONES[char]
        elif char == "\u0308" and text and text[-1] == "u":
            text[-1] = "v"
        elif char.isspace():
            gap = " "
        elif char in _APOSTROPHES or char in _HYPHENS:
            gap = gap or ("'" if char in _APOSTROPHES else "-")
        elif char.isascii() and char.isalnum() and char not in "vV":
            text.append(char.lower())
            tones.append(0)
            upper.append(char.isupper())
            before.append(gap)
            gap = ""
        else:
            return None
    return Letters("".join(text), tuple(tones), tuple(upper), tuple(before))


@dataclass(frozen=True)
class Piece:
    """What is spelled together: some characters of the name, and how they may be spelled."""

    start: int
    end: int
    options: tuple[str, ...]


def align(text: str, pieces: Sequence[Piece]) -> list[tuple[int, int]] | None:
    """Where each piece stands in the letters; None if they are no spelling of the pieces."""
    reach: list[dict[int, int]] = [{0: -1}]  # letters used → those used before the piece
    for piece in pieces:
        ends: dict[int, int] = {}
        for at in reach[-1]:
            for option in piece.options:
                if text.startswith(option, at):
                    ends.setdefault(at + len(option), at)
        if not ends:
            return None
        reach.append(ends)
    if len(text) not in reach[-1]:
        return None
    spans, end = list[tuple[int, int]](), len(text)
    for ends in reversed(reach[1:]):
        spans.append((ends[end], end))
        end = ends[end]
    return spans[::-1]
