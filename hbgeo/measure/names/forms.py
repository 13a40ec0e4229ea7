"""The form in which names are compared: what is no part of a name, or the same place again, is off."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hbgeo.read.cell.text import clean

_BRACKETS = re.compile(r"[(\[【〔（].*?[)\]】〕）]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f0-9'’‘.\- ]*$")
# the people's own bodies are the same place as what they look after
_BODIES = (
    (re.compile(r"(?:村民委员会|村委会|村委)$"), "村"),
    (re.compile(r"社区(?:居民委员会|居委会)$"), "社区"),
    (re.compile(r"(?:居民委员会|居委会)$"), "社区"),
    (re.compile(r"街道(?:办事处|办)$"), "街道"),
    (re.compile(r"(?:人民政府|政府)$"), ""),
)
_DOUBLED = re.compile(r"^(.+村)村$")
_SAMPLE = "示例"


def plain_name(text: str, *, sample: bool = False) -> str:
    """A name as it is compared: no spaces, brackets or Latin letters, bodies as their places.

    Parameters
    ----------
    sample
        Whether the layer is invented: the word that says so is no part of a name.
    """
    name = _BRACKETS.sub("", clean(text)).replace(" ", "")
    bare = _LATIN.sub("", name)
    name = (bare or name).strip("。，、；：·")
    if sample and len(name) > len(_SAMPLE):
        name = name.removeprefix(_SAMPLE)
    for pattern, place in _BODIES:
        short, count = pattern.subn(place, name)
        if count and len(short) > len(place):
            found = _DOUBLED.match(short)  # 双河村村委会 is 双河村, 双河村委会 too
            return found[1] if found and place == "村" else short
    return name


def without_parents(name: str, parents: Iterable[str]) -> str:
    """A name without the divisions it stands in, where they are written before it."""
    for parent in parents:  # the widest first
        rest = name.removeprefix(parent) if parent else name
        if rest and rest != name:
            name = rest
    return name


def latin_of(text: str) -> str:
    """The letters that stand behind the characters of a sign, in one cell; "" without any."""
    found = _LATIN.search(clean(text))
    return found[0].strip() if found and found.start() else ""
