"""What a name can be found by: its characters, how it is read, the initials of its syllables.

A form of a name is found by any run of its characters; by the letters of any run of its syllables,
with tones or without; and by their initials. The tokens made here say so to a full-text search.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod

from hbgeo.measure.names.reading import tone_of
from hbgeo.read.characters.readings import Spoken, plain

NAME, ALIAS, OLD, PRIOR = range(4)  # whose name a form is: PRIOR, a unit's that became this one
TEXT, SOUND, INITIALS, CODE = range(4)  # what of a form it is
RUN = 8  # syllables, or characters from the beginning, that a token holds
_MOST_READINGS = 8  # of one name
# what tells the tokens of one sort from others': characters that are in no name; of runs those
# inside, at the beginning, and of the whole
HEAD, ALL, TONE, AREA, _UNREAD, CODE_MARK = (
    "\ue000", "\ue001", "\ue002", "\ue003", "\ue00a", "\ue00b",
)  # fmt: skip
SAID = {SOUND: ("\ue004", "\ue005", "\ue006"), INITIALS: ("\ue007", "\ue008", "\ue009")}


def key_of(text: str, today: Mapping[int, str]) -> str:
    """A text as it is compared: letters, figures and characters only, each as it is written today.

    Parameters
    ----------
    today
        Traditional and variant characters → those that stand for them today, as `str.maketrans`
        gives them; may be empty.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(today)
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def said_of(spoken: Sequence[Spoken]) -> str:
    """How a name is read, as it is kept: syllables apart, tones as figures, readings parted by |.

    ü is v, and u besides: many who type do not tell them apart.
    """
    each = [_options(one.options) for one in spoken]
    if prod(map(len, each)) <= _MOST_READINGS:
        return "|".join(map(" ".join, product(*each)))
    usual = [options[0] for options in each]  # and then one character after the other read anew
    made = [usual, *([*usual[:n], o, *usual[n + 1 :]] for n, of in enumerate(each) for o in of[1:])]
    return "|".join(map(" ".join, made[:_MOST_READINGS]))


@lru_cache(maxsize=10_000)
def _options(readings: tuple[str, ...]) -> tuple[str, ...]:
    made = []
    for one in readings or (_UNREAD,):
        letters, tone = plain(one), tone_of(one)
        both = (letters, letters.replace("v", "u")) if letters.isalpha() else (letters,)
        made += [f"{letters}{tone or ''}" for letters in both]
    return tuple(dict.fromkeys(made))


def marks_of(key: str, said: str) -> str:
    """The tokens of a form that are looked for whole: its beginnings, its runs in letters."""
    made = [f"{HEAD}{key[:end]}" for end in range(1, min(len(key), RUN) + 1)]
    made.append(f"{ALL}{key}")
    for reading in filter(None, said.split("|")):
        syllables = reading.split(" ")
        made += [f"{TONE}{one}" for one in syllables if is_toned(one)]
        letters = [letters_in(one) for one in syllables]
        made += _runs(letters, *SAID[SOUND])
        made += _runs([one[:1] for one in letters], *SAID[INITIALS])
    return " ".join(dict.fromkeys(made))


def _runs(parts: Sequence[str], inside: str, begin: str, whole: str) -> list[str]:
    made = []
    for start in range(len(parts)):
        run = ""
        for part in parts[start : start + RUN]:
            run += part
            made.append(inside + run)
            if not start:
                made.append(begin + run)
    made.append(whole + "".join(parts))
    return made


def body_of(key: str) -> str:
    """The characters of a form, each apart."""
    return " ".join(key)


def code_mark(code: str) -> str:
    """The token of an entry's own code."""
    return f"{CODE_MARK}{code}" if code else ""


def area_of(code: str) -> str:
    """The tokens of a county's code: itself and its prefecture."""
    return f"{AREA}{code[:4]} {AREA}{code}" if code else ""


def is_toned(syllable: str) -> bool:
    """Whether a syllable, as it is kept, has its tone behind it."""
    return len(syllable) > 1 and syllable[-1].isdigit()


def letters_in(syllable: str) -> str:
    """A syllable, as it is kept, without its tone."""
    return syllable[:-1] if is_toned(syllable) else syllable


def initials_of(said: str) -> str:
    """The first letters of the syllables of a name, as it is kept."""
    return "|".join(" ".join(s[:1] for s in one.split(" ")) for one in said.split("|"))
