"""A name written in letters by the rules of 1984."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from hbgeo.measure.names.generics import Division, figure_of
from hbgeo.read.characters.readings import Spoken

APOSTROPHE = "’"
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
        said = spoken[at].options[0]
        if not made or at in breaks:
            made += (" " if made else "") + said[:1].upper() + said[1:]
        else:
            made += (APOSTROPHE if said[0] in _AOE else "") + said
        at += 1
    return made if toned else without_tones(made)


def without_tones(roman: str) -> str:
    """Letters without their tones; ü stays."""
    return roman.translate(_TONELESS)
