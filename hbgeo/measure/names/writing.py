"""A name written in letters by the rules of 1984."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from hbgeo.measure.names.generics import Division, figure_of
from hbgeo.read.characters.readings import Spoken

APOSTROPHE = "’"
_UNSURE = frozenset({"open", "unknown"})
_MARKS = "\u0304\u0301\u030c\u0300"
_TONELESS = str.maketrans(
    {
        unicodedata.normalize("NFC", v + mark): v
        for v in "aeiouünmêAEIOUÜNMÊ"
        for mark in _MARKS
        if len(unicodedata.normalize("NFC", v + mark)) == 1
    }
    | dict.fromkeys(_MARKS, "")
)
_AOE = frozenset(unicodedata.normalize("NFC", v + mark) for v in "aoe" for mark in ("", *_MARKS))


def write(name: str, spoken: Sequence[Spoken], parts: Division, *, toned: bool = True) -> str:
    """Spell a name: segments apart, each with a capital, and the apostrophe where it is due.

    Returns
    -------
    roman
        "" where a character's reading is open or unknown.
    """
    said = []
    for one in spoken:
        if one.state in _UNSURE or not one.options:
            return ""
        said.append(one.options[0])
    breaks = parts.breaks[0] if parts.breaks else frozenset()
    if parts.ordinal:
        made = _with_ordinal(name, said, breaks, parts.ordinal)
    else:
        made = "".join(_first(one) if not at or at in breaks else _next(one) for at, one in enumerate(said))[1:]  # fmt: skip
    return made if toned else without_tones(made)


def _with_ordinal(
    name: str, said: Sequence[str], breaks: frozenset[int], ordinal: tuple[int, int]
) -> str:
    """A name with its numeral in figures."""
    made, at = "", 0
    while at < len(name):
        if at == ordinal[0]:
            start, at = ordinal
            gap = "-" if name[start - 1] == "第" else " " if start else ""
            made += f"{gap}{figure_of(name[start:at])}"
            continue
        made += _first(said[at]) if not made or at in breaks else _next(said[at])
        at += 1
    return made.lstrip()


@lru_cache(maxsize=1 << 14)
def _first(syllable: str) -> str:
    """A syllable at the head of a segment that is not the first."""
    return f" {syllable[:1].upper()}{syllable[1:]}"


@lru_cache(maxsize=1 << 14)
def _next(syllable: str) -> str:
    """A syllable inside a segment, with the apostrophe where it is due."""
    return f"{APOSTROPHE if syllable[:1] in _AOE else ''}{syllable}"


def without_tones(roman: str) -> str:
    """Letters without their tones; ü stays."""
    return roman.translate(_TONELESS)
