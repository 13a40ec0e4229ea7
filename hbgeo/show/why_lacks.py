"""What keeps a row from covering a unit, and what would cover it, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hbgeo.measure.rounding import show_number
from hbgeo.measure.why_records import PARTLY, UNCOVERED, Lack, Trace, Why
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.text import in_sentence

_WORK = {"state", "late", "undated", "closed", "empty"}
_KM = 1000
_WAYS = {"inside": "设施在境内", "named": "台账写明在本单位", "served": "服务范围列明本单位"}
_BY = {"inside": "它在境内", "named": "台账写明在这里", "served": "它只把这里列入服务范围"}
# the advice of the 督办单 → the states, or the kind of lack, that it is about
_ABOUT = {
    "督促启用": ("建成未启用",),
    "督促按期建成投用": ("在建",),
    "督促开工": ("规划",),
    "核实并补填启用时间": ("undated",),
    "到期后即可计入": ("late",),
    "恢复运营或另建": ("停用", "关闭"),
    "修复或补设": ("破损", "缺失", "待设"),
}


def metres_said(metres: float) -> str:
    """A distance: 490 米, 12.3 公里."""
    if metres < _KM:
        return f"{metres:.0f} 米" if round(metres) < _KM else "1.0 公里"
    return f"{metres / _KM:.1f} 公里"


def lacks_said(row: Trace, why: Why) -> list[str]:
    """What a row lacks, a sentence each."""
    return [_SAID[lack.kind](lack, row, why) for lack in row.lacks]


def _level(row: Trace, why: Why) -> str:
    """What the units are called of which the row is to name one."""
    level = next((k.units for k in why.one.links if k.name == row.link), why.one.units)
    return LEVEL_NAMES[level]


def _unit(row: Trace, why: Why) -> str:
    return next((k.unit for k in why.links if k.name == row.link and k.unit), why.unit)


def _state(lack: Lack, row: Trace, why: Why) -> str:
    when = f"，{lack.other} {lack.when}" if lack.when else ""
    want = "、".join(lack.want)
    return f"“{lack.column}”写的是“{lack.have}”{when}，要是“{want}”才算"


def _late(lack: Lack, row: Trace, why: Why) -> str:
    return f"{lack.column} {lack.when} 晚于截止日期 {why.as_of}，到那一天才算"


def _undated(lack: Lack, row: Trace, why: Why) -> str:
    return f"没有填{lack.column}，不知道截止日期 {why.as_of} 时是否已启用，不算"


def _closed(lack: Lack, row: Trace, why: Why) -> str:
    return f"{lack.column} {lack.when} 不晚于截止日期 {why.as_of}，已不算"


def _empty(lack: Lack, row: Trace, why: Why) -> str:
    return f"{lack.column}，必须填写才算"


def _filter(lack: Lack, row: Trace, why: Why) -> str:
    have = f"是“{in_sentence(lack.have)}”" if lack.have else "没有填"
    return f"“{in_sentence(lack.column)}”{have}，这项指标只认{in_sentence(_any(lack.want))}"


def _any(want: tuple[str, ...]) -> str:
    said = [f"“{' 和 '.join(w.split('+'))}”{'都有' if '+' in w else ''}" for w in want]
    return "、".join(said)


def _year(lack: Lack, row: Trace, why: Why) -> str:
    have = f"是 {lack.have} 年" if lack.have else "没有填"
    years = "、".join(lack.want)
    return f"“{lack.column}”{have}" + (f"，这项指标只算 {years} 年的" if years else "，不在要算的年份里")


def _way(lack: Lack, row: Trace, why: Why) -> str:
    have = "、".join(_BY[way] for way in lack.have.split("+"))
    return f"{have}，这项指标只认{'或'.join(_WAYS[way] for way in lack.want)}的"


def _conflict(lack: Lack, row: Trace, why: Why) -> str:
    there = f"坐标落在{lack.other}" if lack.other else "坐标不在任何单位的界内"
    far = lack.metres
    gap = "" if far is None or far != far or far == float("inf") else f"，离{lack.unit} {metres_said(far)}"
    return f"台账写的是{lack.unit}，{there}{gap}，两者对不上（超过 500 米），哪里都没有算"


def _county(lack: Lack, row: Trace, why: Why) -> str:
    level = _level(row, why)
    return f"台账只写到县，定不到哪个{level}，所以哪个{level}都没有算；是不是在{_unit(row, why)}，要核实"


def _above(lack: Lack, row: Trace, why: Why) -> str:
    level = _level(row, why)
    return f"只能定到{lack.unit}，没有写是哪个{level}，所以哪个{level}都没有算；是不是在{_unit(row, why)}，要核实"


def _elsewhere(lack: Lack, row: Trace, why: Why) -> str:
    unit, home = _unit(row, why), lack.unit
    far = lack.metres or 0
    served = f"；服务范围列了{lack.other}，没有列{unit}" if lack.other else ""
    if not far and home:
        return f"坐标落在{unit}界内，但台账写的是{home}，按台账算{home}的{served}"
    at = f"在{home}" if home else f"不在任何{_level(row, why)}内"
    edge = "边界" if row.link == "" and why.level not in {"village", "hamlet", "road"} else ""
    return f"{at}，离{unit}{edge} {metres_said(far)}{served}"


def _far(lack: Lack, row: Trace, why: Why) -> str:
    radius = show_number(Fraction(lack.want[0]), percent=False)
    return f"离{_unit(row, why)} {metres_said(lack.metres or 0)}，超出半径 {radius} 米"


def _faulty(lack: Lack, row: Trace, why: Why) -> str:
    return f"{lack.have}，所以没有算；它所在的县写的与{_unit(row, why)}相同，是不是有关要核实"


def _places(lack: Lack, row: Trace, why: Why) -> str:
    return "穴位的总数、已用数没有填全或对不上，余量不明，一个都没有算"


def _row(lack: Lack, row: Trace, why: Why) -> str:
    of = f"{lack.unit}的" if lack.unit else ""
    return f"没有{of}“{'、'.join(lack.want)}”这一行"


_SAID: dict[str, Callable[[Lack, Trace, Why], str]] = {
    "state": _state, "late": _late, "undated": _undated, "closed": _closed, "empty": _empty,
    "filter": _filter, "year": _year, "way": _way, "conflict": _conflict, "county": _county,
    "above": _above, "elsewhere": _elsewhere, "far": _far, "faulty": _faulty, "places": _places,
    "row": _row,
}  # fmt: skip


def remedy_said(why: Why) -> str:
    """What would make the unit covered, in one sentence; "" where nothing is to be done."""
    if why.state not in {UNCOVERED, PARTLY}:
        return ""
    if why.one.links:
        return _links_remedy(why)
    return "；".join([_main(why), *_checks(why)]) + "。"


def _links_remedy(why: Why) -> str:
    broken = [link for link in why.links if not link.holds]
    said = [f"“{link.name}”（{link.unit}）{link.remedy}" for link in broken if link.remedy]
    return f"补齐缺的 {len(broken)} 环，全部具备才算覆盖：{'；'.join(said)}。"


def _main(why: Why) -> str:
    """The advice of the 督办单, with the facility that it is about."""
    row = _about(why)
    if row is None:
        return why.remedy
    then = f"，{why.unit}即为已覆盖"
    if why.remedy == "到期后即可计入":
        return f"到期后即可计入：{_name(row)}到 {row.lacks[0].when}{then}"
    if why.remedy == "核实并补填启用时间":
        return f"核实并补填启用时间：{_name(row)}补填的日期不晚于 {why.as_of}{then}"
    want = "、".join(row.lacks[0].want)
    return f"{why.remedy}：{_name(row)}状态为“{want}”、启用不晚于截止日期时{then}"


def _about(why: Why) -> Trace | None:
    """The row that the advice is about: one that lacks nothing but to work."""
    signs = _ABOUT.get(why.remedy, ())
    for row in why.near:
        if len(row.lacks) == 1 and row.way:
            lack = row.lacks[0]
            if lack.kind in signs or (lack.kind == "state" and lack.have in signs):
                return row
    return None


def _name(row: Trace) -> str:
    return f"“{row.name}”" if row.name else f"编号 {row.facility_id} 的设施"


def _checks(why: Why) -> list[str]:
    """What may be wrong in the ledgers: mended, a row might count for the unit."""
    only = [row for row in why.near if len(row.lacks) == 1]
    said = []
    for kinds, what in (
        ({"conflict"}, "坐标和所在单位对不上"),
        ({"county", "above"}, "没有写明所在单位"),
        ({"faulty"}, "数据有误、没有读进来"),
    ):
        rows = [row for row in only if kinds & set(row.kinds)]
        if rows:
            first = f"（{_name(rows[0])}{'等' if len(rows) > 1 else ''}）" if rows[0].name else ""
            said.append(f"另有 {len(rows):,} 行{what}{first}，核实确属{why.unit}的，改正后可能算上")
    return said
