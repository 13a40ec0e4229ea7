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
_DOUBLED = re.compile(r"^(.+?村)村+$")  # 双河村村委会 is 双河村, and so is 双河村村
_SAMPLE, _SAMPLE_LETTERS = "示例", "shili"
_PLAIN = re.compile(
    "(?!.*村村$)[\u4e00-\u9fff]*[^\x00-\u4dff会委办处府\ufe00-\uffff]"
)  # nothing to take off


def plain_name(text: str, *, sample: bool = False) -> str:
    """A name as it is compared: no spaces, brackets or Latin letters, bodies as their places.

    Parameters
    ----------
    sample
        Whether the layer is invented: the word that says so is no part of a name.
    """
    if _PLAIN.fullmatch(text) and not (sample and text.startswith(_SAMPLE)):
        return text
    name = _BRACKETS.sub("", clean(text)).replace(" ", "")
    bare = _LATIN.sub("", name)
    name = (bare or name).strip("。，、；：·")
    if sample and len(name) > len(_SAMPLE):
        name = name.removeprefix(_SAMPLE)
    for pattern, place in _BODIES:
        short, count = pattern.subn(place, name)
        if count and len(short) > len(place):
            name = short
            break
    found = _DOUBLED.match(name)
    return found[1] if found else name


def letters_of(roman: str, *, sample: bool = False) -> str:
    """A spelling without what stands in brackets; of invented layers without the word that says so."""
    bare = _BRACKETS.sub("", roman).strip()
    if sample and len(bare) > len(_SAMPLE_LETTERS) and bare.lower().startswith(_SAMPLE_LETTERS):
        rest = bare[len(_SAMPLE_LETTERS) :].lstrip(" '’")
        return rest[:1].upper() + rest[1:]
    return " ".join(bare.split()) if bare != roman else roman


def without_parents(name: str, parents: Iterable[str]) -> str:
    """A name without the divisions it stands in, where they are written before it."""
    for parent in parents:  # the widest first
        rest = name.removeprefix(parent) if parent else name
        if len(rest) > 1:
            name = rest
    return name


def latin_of(text: str) -> str:
    """The letters that stand behind the characters of a sign, in one cell; "" without any."""
    found = _LATIN.search(clean(text))
    return found[0].strip() if found and found.start() else ""
