"""The letters of a sign against the reading of its name: letters, spacing, tones, and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hbgeo.measure.names.generics import Division, divide, figure_of, split_generic
from hbgeo.measure.names.letters import ENGLISH, Letters, Piece, align, read_letters
from hbgeo.measure.names.reading import Reader, is_han, known_readings, same_tone, tone_of
from hbgeo.measure.names.rules import Finding
from hbgeo.measure.names.writing import without_tones, write
from hbgeo.read.characters.readings import Spoken, plain

_AOE = "aoe"
_CHILDREN = "女孤婴幼"  # 女儿 is two syllables, 塔儿 may be one
_SURE = ("settled", "both", "unknown")  # states of readings that nobody need be asked about


@dataclass(frozen=True)
class _Spelled:
    """A sign's letters, and where each character of its name stands in them."""

    name: str
    spoken: tuple[Spoken, ...]
    letters: Letters
    pieces: tuple[Piece, ...]
    spans: tuple[tuple[int, int], ...]

    def said(self, span: tuple[int, int]) -> str:
        """What stands in a stretch of the letters."""
        return self.letters.text[span[0] : span[1]]


def check_roman(
    name: str, kind: str, roman: str, reader: Reader, *, official: str = ""
) -> list[Finding]:
    """Hold the letters of a sign against its name.

    Parameters
    ----------
    name
        The standard name, or what stands on the sign.
    kind
        Of the sign: how the name is parted depends on it.
    official
        The gazetteer's own spelling: where it is one of the name, it settles the reading.
    """
    letters = read_letters(roman)
    spoken = settle(name, reader.read(name), official)
    if any(one.state == "unknown" for one in spoken):
        return []  # a character no dictionary knows is not judged
    parts = divide(name, kind)
    spelled = letters and _spell(name, spoken, letters, parts)
    if not letters or not spelled:
        return [_wrong_letters(name, spoken, roman, letters, parts)]
    return [*_open_readings(spelled), *_wrong_tones(spelled, parts), *_wrong_form(spelled, parts)]


def usual_forms(name: str, kind: str, reader: Reader) -> frozenset[str]:
    """How a name of Chinese characters is spelled rightly, with tones and without; none where a reading is open."""
    return usual_spellings(name, kind, reader)[0]


def usual_spellings(name: str, kind: str, reader: Reader) -> tuple[frozenset[str], bool]:
    """The usual spellings of a name, and whether they hold whatever the gazetteer writes."""
    spelled = Spelled(name, kind, reader)
    return spelled.forms, spelled.sure


class Spelled:
    """How a name is usually spelled: one way at once, the others when they are asked for.

    Attributes
    ----------
    sure
        Whether that holds whatever the gazetteer writes: no reading is open to it.
    """

    def __init__(self, name: str, kind: str, reader: Reader) -> None:
        self._name, self._toned, self.sure = name, "", False
        if not is_han(name):
            return
        self._parts, self._spoken = divide(name, kind), reader.read(name)
        self._toned = write(name, self._spoken, self._parts)
        self.sure = all(one.state in _SURE for one in self._spoken)

    def has(self, roman: str) -> bool:
        """Whether letters are a usual spelling of the name."""
        if roman == self._toned:
            return bool(roman)
        return roman in self.forms

    @cached_property
    def forms(self) -> frozenset[str]:
        """With tones and without, in capitals or not, parted in each way that is right."""
        if not self._toned:
            return frozenset()
        parts = self._parts
        more = () if parts.ordinal else parts.breaks[1:]
        toned = [self._toned]
        toned += [write(self._name, self._spoken, Division((way,))) for way in more]
        made = (*toned, *map(without_tones, toned))
        return frozenset((*made, *map(str.upper, made)))


def settle(name: str, spoken: tuple[Spoken, ...], official: str) -> tuple[Spoken, ...]:
    """The readings of a name once the gazetteer's spelling is known: what it says holds."""
    letters = read_letters(official) if official else None
    if letters is None or all(one.state in _SURE for one in spoken):
        return spoken
    spelled = _spell(name, spoken, letters, Division(), known=True)
    if spelled is None:
        return spoken
    made = list(spoken)
    for piece, (start, end) in zip(spelled.pieces, spelled.spans, strict=True):
        if piece.end - piece.start > 1 or spoken[piece.start].state in _SURE:
            continue
        tone = max(letters.tones[start:end], default=0)
        mine = [
            one
            for one in known_readings(name[piece.start], spoken[piece.start])
            if plain(one) == letters.text[start:end] and (not letters.toned or tone_of(one) == tone)
        ]
        if mine:
            state = "settled" if letters.toned or len(mine) == 1 else "either"
            made[piece.start] = Spoken(tuple(mine), state)
    return tuple(made)


def _spell(
    name: str,
    spoken: Sequence[Spoken],
    letters: Letters,
    parts: Division,
    *,
    known: bool = False,
) -> _Spelled | None:
    """The sign's letters aligned with the name, its ordinal spelled or in figures.

    `known` takes every reading that a dictionary has, not only those that are right.
    """
    options = [
        known_readings(char, one) if known else one.options
        for char, one in zip(name, spoken, strict=True)
    ]
    plainly = tuple(
        Piece(at, at + 1, tuple(dict.fromkeys((*map(plain, readings), *_suffix(name, at)))))
        for at, readings in enumerate(options)
    )
    ways = [plainly]
    if parts.ordinal:
        start, end = parts.ordinal
        figure = Piece(start, end, (figure_of(name[start:end]),))
        ways.append((*plainly[:start], figure, *plainly[end:]))
    for pieces in ways:
        if spans := align(letters.text, pieces):
            return _Spelled(name, tuple(spoken), letters, pieces, tuple(spans))
    return None


def _suffix(name: str, at: int) -> tuple[str, ...]:
    """How 儿 may be written where it is no syllable of its own: whether it is one, people know."""
    return ("r",) if at and name[at] == "儿" and name[at - 1] not in _CHILDREN else ()


def _wrong_letters(
    name: str, spoken: tuple[Spoken, ...], roman: str, letters: Letters | None, parts: Division
) -> Finding:
    """Say why the letters are no spelling of the name; a known reading of an open one is asked."""
    should = write(name, spoken, parts, toned=letters is None or letters.toned)
    if found := ENGLISH.search(roman):
        return Finding("N10", f"“{roman}”含英文“{found[0]}”，应全部用汉语拼音", should)
    if letters is None:
        return Finding("N10", f"“{roman}”含有汉语拼音以外的字符", should)
    if "v" in "".join(plain(s.options[0]) for s in spoken) and _as_u(name, spoken, letters, parts):
        return Finding("N10", f"“{roman}”的 ü 写成了 u", should)
    if other := _spell(name, spoken, letters, parts, known=True):
        wrong = [
            (name[p.start], other.said(span), spoken[p.start])
            for p, span in zip(other.pieces, other.spans, strict=True)
            if other.said(span) not in {plain(r) for r in spoken[p.start].options}
        ]
        said = "；".join(f"“{c}”拼作 {said}，应读 {s.options[0]}" for c, said, s in wrong)
        return Finding("N10", f"“{roman}”与读音不一致：{said}", should)
    stem, generic = split_generic(name)
    if generic and _spell(stem, spoken[: len(stem)], letters, Division()):
        return Finding("N10", f"“{roman}”没有拼写通名“{generic}”", should)
    return Finding("N10", f"“{roman}”不是“{name}”的读音", should)


def _as_u(name: str, spoken: tuple[Spoken, ...], letters: Letters, parts: Division) -> bool:
    flat = tuple(Spoken(tuple(plain(r).replace("v", "u") for r in s.options)) for s in spoken)
    return _spell(name, flat, letters, parts) is not None


def _open_readings(spelled: _Spelled) -> list[Finding]:
    """Characters whose reading nobody has settled, as far as the letters of the sign depend on it."""
    asked = []
    for piece, span in zip(spelled.pieces, spelled.spans, strict=True):
        if piece.end - piece.start > 1:
            continue
        char, spoken = spelled.name[piece.start], spelled.spoken[piece.start]
        if spoken.state in _SURE or not _is_asked(char, spoken, spelled, span):
            continue
        asked.append(f"“{char}”有 {'、'.join(spoken.options)} 等读音")
    if not asked:
        return []
    return [Finding("N13", f"{'；'.join(asked)}，词典不能定，读音待地名主管部门核定")]


def _is_asked(char: str, spoken: Spoken, spelled: _Spelled, span: tuple[int, int]) -> bool:
    said, toned = spelled.letters.text[span[0] : span[1]], spelled.letters.toned
    if spoken.state == "open":
        return toned or len({plain(r) for r in spoken.options}) > 1
    usual = spoken.options[0]
    if said != plain(usual):
        return True
    tone = max(spelled.letters.tones[span[0] : span[1]], default=0)
    others = [r for r in spoken.options[1:] if plain(r) == said]
    return toned and not same_tone(char, usual, tone) and any(tone_of(r) == tone for r in others)


def _wrong_tones(spelled: _Spelled, parts: Division) -> list[Finding]:
    if not spelled.letters.toned:
        return []  # 声调特殊情况可不标：全部不标不算错
    lacking, wrong = list[str](), list[str]()
    for piece, (start, end) in zip(spelled.pieces, spelled.spans, strict=True):
        char, spoken = spelled.name[piece.start], spelled.spoken[piece.start]
        said = spelled.letters.text[start:end]
        if said == "r" or said[:1].isdigit() or not said.isalpha() or not spoken.options:
            continue
        tone = max(spelled.letters.tones[start:end], default=0)
        mine = [r for r in spoken.options if plain(r) == said]
        if not any(same_tone(char, r, tone) for r in mine):
            (wrong if tone else lacking).append(f"“{char}”{mine[0]}")
    if not (lacking or wrong):
        return []
    parted = [f"应为{'、'.join(wrong)}"] if wrong else []
    parted += [f"{'、'.join(lacking)}没有标调"] if lacking else []
    return [Finding("N12", f"声调不对：{'；'.join(parted)}", _suggest(spelled, parts))]


def _suggest(spelled: _Spelled, parts: Division) -> str:
    """How the sign should be spelled; nothing where a reading is open."""
    if any(one.state == "open" for one in spelled.spoken):
        return ""
    return write(spelled.name, spelled.spoken, parts, toned=spelled.letters.toned)


def _wrong_form(spelled: _Spelled, parts: Division) -> list[Finding]:
    """Spacing, capitals, apostrophes and hyphens."""
    starts = {
        span[0]: piece.start for piece, span in zip(spelled.pieces, spelled.spans, strict=True)
    }
    before = spelled.letters.before
    spaces = {at for at, gap in enumerate(before) if gap == " " and at}
    breaks = frozenset(starts.get(at, -1) for at in spaces)
    said = [*_spacing(spelled, parts, breaks), *_capitals(spelled, spaces)]
    said += _marks(spelled, starts, spaces)
    if not said:
        return []
    return [Finding("N11", "；".join(said), _suggest(spelled, parts))]


def _spacing(spelled: _Spelled, parts: Division, breaks: frozenset[int]) -> list[str]:
    figures = any(piece.options[0].isdigit() for piece in spelled.pieces)
    if parts.figures and not figures:
        return ["序数词用阿拉伯数字"]
    ways = parts.breaks
    if figures and parts.ordinal:
        ways = ways[:1]
    if -1 in breaks:
        return ["一个字的音节中间有空格"]
    if not ways or breaks in ways:
        return []
    return ["自然村名称各音节连写" if ways == (frozenset(),) else "专名和通名分写，各自连写"]


def _capitals(spelled: _Spelled, spaces: set[int]) -> list[str]:
    upper, text = spelled.letters.upper, spelled.letters.text
    letters = [at for at, char in enumerate(text) if char.isalpha()]
    if all(upper[at] for at in letters):
        return []
    first = {0, *spaces}
    if all(upper[at] == (at in first) for at in letters):
        return []
    return ["每段第一个字母大写，其余小写"]


def _marks(spelled: _Spelled, starts: dict[int, int], spaces: set[int]) -> list[str]:
    text, before, name = spelled.letters.text, spelled.letters.before, spelled.name
    said = []
    due = {
        at
        for at in starts
        if at and at not in spaces and text[at] in _AOE and name[starts[at]] != "儿"
    }
    due |= {at for at in starts if at and at not in spaces and text[at : at + 2] == "er"}
    have = {at for at, gap in enumerate(before) if gap == "'"}
    if lacking := due - have:
        said.append(f"{'、'.join(f'“{name[starts[at]]}”' for at in sorted(lacking))}前缺隔音符号 ’")
    if have - due:
        said.append("有多余的隔音符号")
    hyphens = {at for at, gap in enumerate(before) if gap == "-"}
    if any(not (at in starts and name[starts[at] - 1] == "第") for at in hyphens):
        said.append("音节之间不用短横")
    return said
