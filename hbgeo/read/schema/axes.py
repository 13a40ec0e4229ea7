"""What headings of coordinates say: which of the two, degrees or minutes, of which datum, in which set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hbgeo.read.cell.text import clean

PARTS = {"lon": ("lon_minutes", "lon_seconds"), "lat": ("lat_minutes", "lat_seconds")}
COORDINATES = ("lon", "lat", "lonlat", *PARTS["lon"], *PARTS["lat"])

_MARKS = str.maketrans(
    {"°": "度", "º": "度", "˚": "度", "′": "分", "'": "分", "″": "秒", '"': "秒"}
)
_LONGEST = 60  # letters of a heading
_DATUMS = {
    "西安80": r"西安_?(?:19)?80|xi'?an_?(?:19)?80|xa80|(?:19)?80西安|(?<!\d)(?:19)?80坐标系?",
    "北京54": r"北京_?(?:19)?54|bei_?jing_?(?:19)?54|bj54|(?:19)?54北京|(?<!\d)(?:19)?54坐标系?",
    "BD-09": r"百度(?:地图)?|baidu|bd_?09(?:_?ll)?|bd(?![a-z])|bd(?=lng|lon|lat)",
    "GCJ-02": r"gcj_?0?2|gcj|火星|高德(?:地图)?|腾讯(?:地图)?|tencent|amap|gaode|autonavi|国测局|mars(?![a-z])",
    "WGS84": r"wgs_?(?:19)?84|wgs|(?<!\d)84(?!\d)",
    "CGCS2000": r"cgcs_?2000|cgcs|(?:国家|中国)?(?:大地)?(?:坐标系?)?2000(?:国家)?(?:大地)?(?:坐标系?)?"
    r"|国家大地(?:坐标系)?|天地图|tian_?ditu",
}
_DATUM = {name: re.compile(f"(?:{pattern})(?:坐标系)?") for name, pattern in _DATUMS.items()}
_ENGLISH = (
    (re.compile(r"degrees?|deg(?![a-z])"), "度"),
    (re.compile(r"minutes?|mins?(?![a-z])"), "分"),
    (re.compile(r"seconds?|secs?(?![a-z])"), "秒"),
)
_EXAMPLE = re.compile(r"[(\[【](?:如|例|必填|选填|可选)[^)\]】]*[)\]】]")
_FORM = re.compile(  # how a whole coordinate is written: 度分秒, ddd.ddddd, dd°mm′ss″
    r"度_?分_?秒|(?<![a-z])(?:d{1,3}_?[m分]{1,2}_?s{1,2}(?:_?s+)?|d{2,}(?:_?d+)?|\d{1,3}_x+)(?![a-z])"
)
_WORDS = (
    r"坐标|地理|位置|中心|几何|点位|点|gps|geo|geom|point|coord(?:inate)?s?|十进制|小数|格式|数值|值"
    r"|单位|大地|设施|机构|公墓|所在|定位|采集|实测|测量|东|北|east|north|e|n|数据|换算|经纬度"
)
_METRES = r"米|m|meters?|metres?|平面|投影|高斯|轴|距"
_LON = (
    r"(?P<lon1>经度|经)|(?P<lon2>东经度|东经)|(?P<lon3>longitude|long|lng|lon)|(?P<lon4>jingdu|jd)"
)
_LAT = r"(?P<lat1>纬度|纬)|(?P<lat2>北纬度|北纬)|(?P<lat3>latitude|lat)|(?P<lat4>weidu|wd)"
_SPHERE = re.compile(
    rf"(?:(?:{_WORDS})_?)*?(?:{_LON}|{_LAT})(?:_?(?:{_WORDS}))*(?:_?(?P<part>[度分秒dms]))?(?:_?(?:{_WORDS}))*"
)
_SHORT = re.compile(r"(?:(?P<lon5>e)|(?P<lat5>n))_?(?P<part>[度分秒]|(?<=_)[dms])")
_PLANE = re.compile(
    rf"(?:(?:{_WORDS}|{_METRES})_?)*?(?:(?P<lon6>x|横)|(?P<lat6>y|纵))(?:_?(?:{_WORDS}|{_METRES}))*"
)
_PAIR = re.compile(
    rf"(?:(?:{_WORDS})_?)*?(?:坐标|经_?纬_?度|经度_?[和与及]?_?纬度|东经_?北纬|lonlat|lon_lat|gdm"
    rf"|lng_?lat|lat_?lng|lat_?lon)(?:_?(?:{_WORDS}))*"
)
_LOOKS = re.compile(
    r"经度|纬度|东经|北纬|经纬|坐标(?!系|来源|参考|类型|单位|精度|备注|说明|点数|个数)"
    r"|(?<![a-z])(?:lng|lon|lat|long|longitude|latitude|lon_?lat|lng_?lat|lat_?lng|lat_?lon|location"
    r"|point_?[xy]?|coord(?:inate)?s?|geom(?:etry)?|gps|wkt|[xy])(?![a-z])"
    r"|(?:gcj|wgs|bd|cgcs)_?\d*_?(?:lng|lon|lat)|(?:lng|lon|lat)_?(?:gcj|wgs|bd|cgcs)"
)
_ALONE = re.compile(r"[\W_]*([度分秒dms])[\W_]*\d?")  # a part, of the heading before it
_NAMED = re.compile(
    r"[经纬横纵标xyXYxy]|^\W*[enEN]\W|(?i:gdm|lon|lng|lat|jd|jingdu|wd|weidu|[en]_)"
)
_SIDE = re.compile(r"东|北|east|north|(?<![a-z])[en](?![a-z])")
_NUMBERED = re.compile(r"(.*?)_?(\d?)")  # 经度.2, as reading numbers headings alike
_UNITS = {"d": "度", "m": "分", "s": "秒"}


@dataclass(frozen=True)
class Axis:
    """What one heading says: `lon`, `lat` or `lonlat`; a part 度, 分 or 秒, "" for all of it.

    Headings of one `group` differ in the axis and the part only.
    """

    heading: str
    axis: str
    part: str
    group: tuple[str, str, str]

    @property
    def plane(self) -> bool:
        """Whether it is X or Y, which no one agrees on."""
        return self.group[0] == "6"


@dataclass(frozen=True)
class CoordinateSet:
    """Headings that together say where a row is: canonical column → heading."""

    columns: Mapping[str, str]

    @property
    def datum(self) -> str:
        """The datum that its headings name, or ""."""
        return next((d for h in self.columns.values() if (d := heading_datum(h))), "")

    @property
    def headings(self) -> str:
        """Its headings, to be shown."""
        return "".join(f"“{h}”" for h in self.columns.values())


@lru_cache(maxsize=10_000)
def read_axis(heading: str) -> Axis | None:
    """Read a heading that says nothing but which coordinate it is; None for any other."""
    may_be = len(heading) <= _LONGEST and _NAMED.search(clean(heading))
    text, datum = _plain(heading) if may_be else (None, "")
    if text is None:
        return None
    text, number = _NUMBERED.fullmatch(text).groups()  # type: ignore[union-attr]
    for pattern in (_SPHERE, _SHORT, _PLANE):
        if found := pattern.fullmatch(text):
            name, word = next((k, v) for k, v in found.groupdict().items() if v and k != "part")
            part = found.groupdict().get("part") or ""
            rest = text.replace(word, "", 1).strip("_")
            rest = _SIDE.sub("", rest.removesuffix(part) if part else rest).strip("_")
            return Axis(heading, name[:3], _UNITS.get(part, part), (name[3], datum, rest + number))
    if _PAIR.fullmatch(text):
        return Axis(heading, "lonlat", "", ("", datum, text + number))
    return None


@lru_cache(maxsize=10_000)
def heading_datum(heading: str) -> str:
    """The datum that a heading names; "" for none, and where it names two (高德转WGS84)."""
    named = _datums(_folded(heading))
    return named[0] if len(named) == 1 else ""


@lru_cache(maxsize=10_000)
def looks_like_coordinates(heading: str) -> bool:
    """Tell whether a heading may be one of coordinates, though nobody could read it."""
    return bool(_LOOKS.search(clean(heading).casefold())) or _part_alone(heading) in {
        "度",
        "分",
        "秒",
    }


def find_sets(headings: Iterable[str]) -> list[CoordinateSet]:
    """Every set of headings that says where a row is: two columns, six of parts, or one of pairs.

    Those of several columns go before those of one, else the order is that of the headings.
    """
    axes = _read_in_turn(headings)
    groups: dict[tuple[str, str, str], list[Axis]] = {}
    for axis in axes:
        if axis.axis != "lonlat":
            groups.setdefault(axis.group, []).append(axis)
    found = [made for group in groups.values() for made in _sets_of(group)]
    if not found and len(groups) > 1:
        found = _across(groups)
    return found + [CoordinateSet({"lonlat": a.heading}) for a in axes if a.axis == "lonlat"]


def _read_in_turn(headings: Iterable[str]) -> list[Axis]:
    """The headings that are coordinates; 分 and 秒 alone are those of the one they follow."""
    axes: list[Axis] = []
    before: Axis | None = None
    for heading in headings:
        alone = _part_alone(heading)
        if alone and before and before.axis != "lonlat":
            axes.append(Axis(heading, before.axis, _UNITS.get(alone, alone), before.group))
        elif before := read_axis(heading):
            axes.append(before)
    return axes


def _sets_of(group: list[Axis]) -> list[CoordinateSet]:
    """The sets of one group: whole coordinates, and degrees, minutes, seconds."""
    whole = [[a.heading for a in group if a.axis == axis and not a.part] for axis in PARTS]
    parts = {
        axis: {a.part: a.heading for a in reversed(group) if a.axis == axis and a.part}
        for axis in PARTS
    }
    made = []
    if all("分" in have for have in parts.values()):
        for have, alone in zip(parts.values(), whole, strict=True):
            if "度" not in have and alone:
                have["度"] = alone.pop(0)
        if all("度" in have for have in parts.values()):
            made.append(_of_parts(parts))
    else:
        for have, alone in zip(parts.values(), whole, strict=True):
            alone += [have["度"]] if set(have) == {"度"} else []  # 经度(度)
    pairs = zip(*whole, strict=False)
    return [CoordinateSet({"lon": x, "lat": y}) for x, y in pairs] + made


def _of_parts(parts: Mapping[str, Mapping[str, str]]) -> CoordinateSet:
    columns = {}
    for axis, have in parts.items():
        columns[axis] = have["度"]
        columns |= {c: have[p] for c, p in zip(PARTS[axis], "分秒", strict=True) if p in have}
    return CoordinateSet(columns)


def _across(groups: Mapping[tuple[str, str, str], list[Axis]]) -> list[CoordinateSet]:
    """The only longitude and the only latitude, however each is called (东经, lat); not X and lat."""
    alone = [
        [axes for axes in groups.values() if {a.axis for a in axes} == {axis}] for axis in PARTS
    ]
    if len(groups) != 2 or not all(alone):
        return []
    both = [*alone[0][0], *alone[1][0]]
    known = {d for a in both if (d := heading_datum(a.heading))}
    mixed = len({a.plane for a in both}) > 1 or len(known) > 1
    return [] if mixed else _sets_of(both)


def _plain(heading: str) -> tuple[str | None, str]:
    """A heading without its datum, form and punctuation, and the datum; None where it names two."""
    text = _folded(heading)
    named = _datums(text)
    if len(named) > 1:
        return None, ""
    text = _in_units(text)
    if named:
        text = _DATUM[named[0]].sub("_", text)
    text = re.sub(r"[\W_]+", "_", text)
    text = re.sub(r"_+", "_", _FORM.sub("_", text)).strip("_")
    return (None if "坐标系" in text else text), (named[0] if named else "")


def _part_alone(heading: str) -> str:
    found = _ALONE.fullmatch(_in_units(_folded(heading)))
    return found[1] if found else ""


def _in_units(text: str) -> str:
    for pattern, unit in _ENGLISH:
        text = pattern.sub(unit, text)
    return text


def _folded(heading: str) -> str:
    text = clean(re.sub("′′|''", "秒", heading).translate(_MARKS)).casefold()
    return re.sub(r"[\s\-]+", "_", _EXAMPLE.sub("", text))


def _datums(text: str) -> list[str]:
    """The datums a text names, one family once: the first two of them are secret."""
    found = []
    for name, pattern in _DATUM.items():
        if pattern.search(text):
            found.append(name)
            text = pattern.sub("_", text)
    return found
