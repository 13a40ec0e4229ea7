"""Names in parts: the proper name and the generic, by what kind of place a sign stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DIVISIONS = (
    "街道办事处", "民族自治县", "自治县", "自治州", "街道", "林区", "省", "市", "县", "区", "镇", "乡",
)  # fmt: skip
_ROADS = (
    "高速公路", "步行街", "快速路", "环城路", "公路", "大道", "大街", "马路", "环路", "环线", "胡同", "支路", "辅路",
    "路", "街", "巷", "道", "弄", "条", "里", "坊",
)  # fmt: skip
_PLACES = ("自然村", "社区", "小区", "新村", "村", "屯", "庄", "组", "湾", "塆")
_NATURE = (
    "水库", "公园", "广场", "大桥", "林场", "农场", "森林公园", "风景区", "开发区", "工业园", "山", "河", "江", "湖", "岛",
    "桥", "渠", "溪", "沟", "港", "洞", "峡", "岭", "坪", "咀", "冲", "垸", "岗", "洲", "滩", "塘", "堰", "坡", "寨", "垭", "坳", "口", "嘴", "垴", "塝", "埠", "店", "铺", "集", "场", "庙", "寺", "畈",
)  # fmt: skip
_LONG_ROADS = sorted(_ROADS, key=len, reverse=True)
_ALL = frozenset({*_DIVISIONS, *_ROADS, *_PLACES, *_NATURE})
_LENGTHS = {  # last character → how long generics that end in it are, the longest first
    last: sorted({len(one) for one in _ALL if one.endswith(last)}, reverse=True)
    for last in {one[-1] for one in _ALL}
}
_ETHNIC = re.compile(
    r"(?<=.)(?:土家族|苗族|回族|侗族|白族|满族|蒙古族|壮族|瑶族|彝族|土家族苗族)+$"
)
_SIDES = "东西南北中上下前后内外新老旧大小正横直左右"
_NUMERALS = "一二三四五六七八九十"
_ORDINAL = re.compile(
    rf"^(?:[{_NUMERALS}]+(?=马路$|环路$|环线$)|.*[^{_NUMERALS}第零〇百千两](?P<n>[{_NUMERALS}]+)(?=[路街巷弄条里道]$|大道$|大街$)"
    rf"|(?P<nth>第)(?P<m>[{_NUMERALS}]+)(?=[巷弄街路]$))"
)
_MUST = re.compile(
    rf"^[{_NUMERALS}]+(?:马路|环路|环线)$|.[{_NUMERALS}]+[巷弄条]$|^[经纬][{_NUMERALS}]+路$|^第[{_NUMERALS}]+[巷弄]$"
)
_WORDS = re.compile(
    r"(?:五一|八一|七一|六一|五四|三八|九一八|一二九|二七|五七|七七|三一五|十一|八五|十三|六十|十字|丁字)$"
)
VILLAGE, NATURAL, ROAD = "村牌", "自然村牌", ("路牌", "街牌", "巷牌")
CLASSES = {
    VILLAGE: {"行政村", "村民委员会", "社区", "居民委员会"},
    NATURAL: {"自然村", "居民点"},
    **{kind: {"道路", "交通运输设施"} for kind in ROAD},
}  # kind of sign → the classes of a gazetteer that it may stand for


@dataclass(frozen=True)
class Division:
    """How a name may be written in segments.

    Attributes
    ----------
    breaks
        The places, counted in characters, where segments part: one set for each way that is
        right, the best first. Empty: not judged.
    ordinal
        The numeral of a street that is written in figures (from, to), or None.
    figures
        Whether it must be.
    """

    breaks: tuple[frozenset[int], ...] = ()
    ordinal: tuple[int, int] | None = None
    figures: bool = False


_JOINED = Division((frozenset(),))


def split_generic(name: str) -> tuple[str, str]:
    """The proper name and the generic at its end; "" where it has none, or is nothing else."""
    for length in _LENGTHS.get(name[-1:], ()):
        if length < len(name) and name[-length:] in _ALL:
            return name[:-length], name[-length:]
    return name, ""


def with_generics(stem: str) -> Iterator[str]:
    """A text with each generic behind it."""
    return (stem + generic for generic in _ALL)


def is_road(name: str) -> bool:
    """Whether a name ends as those of roads, streets and lanes do."""
    return any(name.endswith(generic) and name != generic for generic in _ROADS)


def divide(name: str, kind: str) -> Division:
    """How a name is written in segments by the rules of 1984.

    Parameters
    ----------
    kind
        Of the sign: 村牌, 自然村牌, 路牌, 街牌, 巷牌; of others only names of divisions are judged.
    """
    if kind == NATURAL:
        return _JOINED
    if kind == VILLAGE:
        return _village(name)
    if kind in ROAD:
        return _road(name)
    return _division(name)


def _village(name: str) -> Division:
    if name.endswith("社区") and len(name) > 2:
        return _parted(len(name) - 2, joined=False)
    if name.endswith("村") and len(name) > 1:
        return _parted(len(name) - 1, joined=True)  # practice differs: both are right
    return Division()


@lru_cache(maxsize=64)
def _parted(at: int, *, joined: bool) -> Division:
    """Parted before a character, or also not at all."""
    return Division((frozenset({at}), frozenset()) if joined else (frozenset({at}),))


def _road(name: str) -> Division:
    generic = next((g for g in _LONG_ROADS if name.endswith(g)), "")
    stem = len(name) - len(generic)
    if not generic or not stem:
        return Division()
    if generic == "马路" and name[stem - 1] not in _NUMERALS:
        stem += 1  # 大马/路，而不是大/马路
    ways = [frozenset({stem})]
    if stem > 2 and name[stem - 1] in _SIDES:
        with_side = frozenset(
            {stem - 1}
        )  # 单音节的修饰成分与相关部分连写：景山/后街，朝阳门内/大街
        ways = [*ways, with_side] if name[stem - 1] in "内外" else [with_side, *ways]
    ordinal = _ordinal(name)
    if ordinal is None:
        return Division(tuple(ways))
    start, end = ordinal
    parts = frozenset(
        at for at in (start if name[start - 1] != "第" else 0, end) if 0 < at < len(name)
    )
    must = bool(_MUST.search(name))
    return Division((parts,) if must else (parts, *ways), ordinal, must)


def _ordinal(name: str) -> tuple[int, int] | None:
    found = _ORDINAL.search(name)
    if not found:
        return None
    group = "n" if found["n"] else "m" if found["m"] else 0
    start, end = found.span(group)
    return None if _WORDS.search(name[:end]) and not found["m"] else (start, end)


def _division(name: str) -> Division:
    generic = next((g for g in _DIVISIONS if name.endswith(g)), "")
    stem = len(name) - len(generic)
    if not generic or not stem:
        return Division()
    people = _ETHNIC.search(name[:stem])
    if not people:
        return Division((frozenset({stem}),))
    start = people.start()
    own = {start + found.end() for found in re.finditer("族", name[start:stem])}
    return Division((frozenset({start, *own}), frozenset({start, *own} - {stem})))


def figure_of(numeral: str) -> str:
    """A numeral up to ninety-nine in figures: 十二 → 12."""
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_digit(one)) for one in numeral)
    return str((_digit(tens) or 1) * 10 + _digit(ones))


def _digit(numeral: str) -> int:
    return _NUMERALS.index(numeral) + 1 if numeral else 0
