"""Signs against each other: two of one place that disagree, one place written two ways next door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hbgeo.arrays import Floats, Numbers
from hbgeo.measure.names.letters import read_letters
from hbgeo.measure.names.rules import Finding
from hbgeo.measure.names.text import Judge
from hbgeo.read.characters.readings import plain

NEAR_M = 2_000  # metres within which two signs may stand for one place
_EARTH_M = 6_371_007.2
_FEW = 3


class Sign(NamedTuple):
    """A sign as it is held against others.

    Attributes
    ----------
    text
        In the form that is compared.
    right
        Whether the text is its place's standard name; None where that is not known.
    place
        What the signs of one place have in common; None where nobody knows.
    letters_wrong
        Whether its letters are known to be no spelling of its name.
    unit
        The township, or the county where no township is known.
    """

    text: str
    roman: str
    kind: str
    unit: str
    right: bool | None
    place: object = None
    letters_wrong: bool = False


def check_same_place(signs: Sequence[Sign]) -> Iterator[tuple[int, Finding]]:
    """Find the signs that disagree with another of the same place.

    Where the standard name is known, only those that differ from it; else all of them.
    """
    groups: dict[object, list[int]] = defaultdict(list)
    for at, sign in enumerate(signs):
        if sign.place is not None:
            groups[sign.place].append(at)
    for members in groups.values():
        if len(members) < 2:
            continue
        texts = dict.fromkeys(signs[at].text for at in members)
        if len(texts) > 1:
            known = any(signs[at].right is not None for at in members)
            for at in members:
                if not (known and signs[at].right):
                    others = [f"“{text}”" for text in texts if text != signs[at].text]
                    said = f"同一地名的另一块标志写作{'、'.join(others[:_FEW])}"
                    yield at, Finding("N08", said)
        else:
            yield from _letters_disagree(members, signs)


def _letters_disagree(
    members: Sequence[int], signs: Sequence[Sign]
) -> Iterator[tuple[int, Finding]]:
    spelled = {at: read.text for at in members if (read := read_letters(signs[at].roman))}
    spelled = {at: text for at, text in spelled.items() if text}
    if len(set(spelled.values())) < 2:
        return
    wrong = [at for at in spelled if signs[at].letters_wrong]
    for at in wrong or spelled:
        others = dict.fromkeys(signs[k].roman for k in spelled if spelled[k] != spelled[at])
        yield at, Finding("N08", f"同一地名的另一块标志拼作 {'、'.join(list(others)[:_FEW])}")


def check_beside(
    signs: Sequence[Sign],
    judge: Judge,
    *,
    beside: Iterable[tuple[str, str]] = (),
    lonlat: Floats | None = None,
) -> Iterator[tuple[int, Finding]]:
    """Find names that sound or are the same and are written in two ways in one unit or next door.

    Parameters
    ----------
    beside
        Pairs of units that touch.
    lonlat
        Where each sign stands, in degrees; NaN where nobody knows. Signs farther apart than
        `NEAR_M` are not next door, whatever their units.
    """
    near: dict[str, set[str]] = defaultdict(set)
    for unit, touching in beside:
        near[unit].add(touching)
        near[touching].add(unit)
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    sounds: dict[str, str] = {}
    for at, sign in enumerate(signs):
        if sign.text not in sounds:
            sounds[sign.text] = sound_of(sign.text, judge)
        if len(sign.text) > 1:
            groups[sign.kind, sounds[sign.text]].append(at)
    around = _Around(signs, near, None if lonlat is None else on_sphere(lonlat))
    for members in groups.values():
        others_of = _unlike(members, signs, judge)
        for at in members if others_of else ():
            others = others_of[signs[at].text]
            if signs[at].right or not len(others):
                continue
            if (other := around.next_door(at, others)) >= 0:
                said = f"附近的标志写作“{signs[other].text}”，音同字不同，疑为一地两写"
                yield at, Finding("N09", said)


def sound_of(text: str, judge: Judge) -> str:
    """The letters of a text as it would stand in today's characters."""
    now = today(text, judge)
    read = zip(now, judge.reader.read(now), strict=True)
    return " ".join([plain(s.options[0]) if s.options else char for char, s in read])


def today(text: str, judge: Judge) -> str:
    """A text in the characters of today."""
    if judge.variants.known.isdisjoint(text):
        return text
    return "".join(_today(char, judge) for char in text)


def _today(char: str, judge: Judge) -> str:
    known = judge.variants
    return known.traditional.get(char) or known.variant.get(char) or known.local.get(char, char)


def _unlike(members: Sequence[int], signs: Sequence[Sign], judge: Judge) -> dict[str, Numbers]:
    """Text → the signs whose text is another and may mean the same; empty if all are equal."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for at in members:
        by_text[signs[at].text].append(at)
    if len(by_text) < 2:
        return {}
    return {
        text: np.array(
            [at for other in by_text if _may_be(text, other, judge) for at in by_text[other]],
            dtype=np.intp,
        )
        for text in by_text
    }


def _may_be(one: str, other: str, judge: Judge) -> bool:
    """Whether two texts differ, and only in characters that stand for each other or sound or look alike."""
    if one == other or len(one) != len(other):
        return False
    return all(
        a == b
        or _today(a, judge) == _today(b, judge)
        or judge.reader.alike(a, b)
        or judge.variants.look_alike(a, b)
        for a, b in zip(one, other, strict=True)
    )


class _Around:
    """Where signs stand, and which units touch."""

    def __init__(
        self, signs: Sequence[Sign], near: Mapping[str, set[str]], space: Floats | None
    ) -> None:
        self._units = [sign.unit for sign in signs]
        self._near, self._space = near, space
        numbers: dict[object, int] = {None: -1}
        self._places = np.array([numbers.setdefault(s.place, len(numbers)) for s in signs])

    def next_door(self, at: int, others: Numbers) -> int:
        """The first of other signs that stands near one and not for its place; −1 for none."""
        others = others[(self._places[others] != self._places[at]) | (self._places[others] < 0)]
        unlocated = others
        if self._space is not None:
            apart = np.linalg.norm(self._space[others] - self._space[at], axis=1)
            close = others[apart <= NEAR_M]
            if len(close):
                return int(close[0])
            unlocated = others[np.isnan(apart)]
        unit = self._units[at]
        beside = {unit, *self._near.get(unit, ())} if unit else set()
        return next((int(k) for k in unlocated if self._units[k] in beside), -1)


def on_sphere(lonlat: Floats) -> Floats:
    """Put points in space, in metres: the chord between two next door is their distance."""
    x, y = np.radians(lonlat).T
    return _EARTH_M * np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))
