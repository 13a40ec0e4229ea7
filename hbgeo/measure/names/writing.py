"""A name written in letters by the rules of 1984."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from hbgeo.measure.names.generics import Division, figure_of
from hbgeo.read.characters.readings import Spoken, plain

APOSTROPHE = "’"
_AOE = ("a", "o", "e")


def write(name: str, spoken: Sequence[Spoken], parts: Division, *, toned: bool = True) -> str:
    """Spell a name: segments apart, each with a capital, and the apostrophe where it is due.

    Returns
    -------
    roman
        "" where a character's reading is open or unknown.
    """
    if any(one.state in {"open", "unknown"} or not one.options for one in spoken):
        return ""
    breaks = parts.breaks[0] if parts.breaks else frozenset()
    made, at = "", 0
    while at < len(name):
        if parts.ordinal and at == parts.ordinal[0]:
            start, at = parts.ordinal
            gap = "-" if name[start - 1] == "第" else " " if start else ""
            made += f"{gap}{figure_of(name[start:at])}"
            continue
        one = spoken[at].options[0]
        said = one if toned else _without_tone(one)
        if not made or at in breaks:
            made += (" " if made else "") + said[:1].upper() + said[1:]
        else:
            made += (APOSTROPHE if plain(one)[:1] in _AOE else "") + said
        at += 1
    return made


@lru_cache(maxsize=1 << 14)
def _without_tone(syllable: str) -> str:
    return unicodedata.normalize("NFC", plain(syllable).replace("v", "u\u0308"))
