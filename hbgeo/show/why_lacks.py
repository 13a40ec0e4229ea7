"""What keeps a row from covering a unit, and what would cover it, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from hbgeo.measure.rounding import show_number
from hbgeo.measure.why_records import PARTLY, UNCOVERED, Lack, Trace, Why
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.text import in_sentence

_KM = 1000
_LONG = 60  # characters of a message that is cut to what is wrong
_WAYS = {"inside": "在{unit}境内", "named": "台账写明在{unit}", "served": "服务范围包括{unit}"}
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


@dataclass(frozen=True)
class _Of:
    """What a row lacks, and for what."""

    lack: Lack
    row: Trace
    why: Why

    @property
    def level(self) -> str:
        """What the units are called of which the row is to name one."""
        links = self.why.one.links
        return LEVEL_NAMES[
            next((k.units for k in links if k.name == self.row.link), self.why.one.units)
        ]

    @property
    def unit(self) -> str:
        """The name of the unit of which it is asked."""
        links = self.why.links
        return next((k.unit for k in links if k.name == self.row.link and k.unit), self.why.unit)


def lacks_said(row: Trace, why: Why) -> list[str]:
    """What a row lacks, a sentence each."""
    return [_SAID[lack.kind](_Of(lack, row, why)) for lack in row.lacks]


def _state(of: _Of) -> str:
    when = f"，{of.lack.other} {of.lack.when}" if of.lack.when else ""
    want = "、".join(of.lack.want)
    return f"“{of.lack.column}”写的是“{of.lack.have}”{when}，要是“{want}”才算"


def _late(of: _Of) -> str:
    return f"{of.lack.column} {of.lack.when} 晚于截止日期 {of.why.as_of}，到那一天才算"


def _undated(of: _Of) -> str:
    return f"没有填{of.lack.column}，不知道截止日期 {of.why.as_of} 时是否已启用，不算"


def _closed(of: _Of) -> str:
    return f"{of.lack.column} {of.lack.when} 不晚于截止日期 {of.why.as_of}，已不算"


def _empty(of: _Of) -> str:
    return f"{of.lack.column}，必须填写才算"


def _filter(of: _Of) -> str:
    have = f"是“{in_sentence(of.lack.have)}”" if of.lack.have else "没有填"
    return f"“{in_sentence(of.lack.column)}”{have}，这项指标只认{in_sentence(_any(of.lack.want))}"


def _any(want: tuple[str, ...]) -> str:
    said = [f"“{' 和 '.join(w.split('+'))}”{'都有' if '+' in w else ''}" for w in want]
    return "、".join(said)


def _year(of: _Of) -> str:
    have = f"是 {of.lack.have} 年" if of.lack.have else "没有填"
    years = "、".join(of.lack.want)
    return f"“{of.lack.column}”{have}" + (
        f"，这项指标只算 {years} 年的" if years else "，不在要算的年份里"
    )


def _way(of: _Of) -> str:
    want = "或".join(_WAYS[way].format(unit=of.unit) for way in of.lack.want)
    return f"这项指标对这类设施只认{want}的"


def _conflict(of: _Of) -> str:
    there = f"坐标落在{of.lack.other}" if of.lack.other else "坐标不在任何单位的界内"
    far = of.lack.metres
    gap = (
        ""
        if far is None or far != far or far == float("inf")
        else f"，离{of.lack.unit} {metres_said(far)}"
    )
    return f"台账写的是{of.lack.unit}，{there}{gap}，两者对不上（超过 500 米），哪里都没有算"


def _county(of: _Of) -> str:
    level = of.level
    return f"台账只写到县，定不到哪个{level}，所以哪个{level}都没有算；是不是在{of.unit}，要核实"


def _above(of: _Of) -> str:
    level = of.level
    return f"只能定到{of.lack.unit}，没有写是哪个{level}，所以哪个{level}都没有算；是不是在{of.unit}，要核实"


def _elsewhere(of: _Of) -> str:
    unit, home = of.unit, of.lack.unit
    far = of.lack.metres or 0
    served = f"；服务范围列了{of.lack.other}，没有列{unit}" if of.lack.other else ""
    if not far and home:
        return f"坐标落在{unit}界内，但台账写的是{home}，按台账算{home}的{served}"
    at = f"在{home}" if home else f"不在任何{of.level}内"
    edge = "边界" if of.row.link == "" and of.why.level not in {"village", "hamlet", "road"} else ""
    return f"{at}，离{unit}{edge} {metres_said(far)}{served}"


def _far(of: _Of) -> str:
    radius = show_number(Fraction(of.lack.want[0]), percent=False)
    return f"离{of.unit} {metres_said(of.lack.metres or 0)}，超出半径 {radius} 米"


def _faulty(of: _Of) -> str:
    unit, said = of.unit, of.lack.have
    if len(said) > _LONG:
        said = said.partition("：")[0]
    whose = "" if of.lack.unit == unit else f"；写的县是{of.lack.unit}，是不是{unit}的要核实"
    return f"{said}，这一行因此没有算{whose}"


def _places(_: _Of) -> str:
    return "穴位的总数、已用数没有填全或对不上，余量不明，一个都没有算"


def _row(of: _Of) -> str:
    whose = f"{of.lack.unit}的" if of.lack.unit else ""
    want = "、".join(of.lack.want).replace("=", "为")
    return f"没有{whose}“{want}”这一行"


_SAID: dict[str, Callable[[_Of], str]] = {
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
    said = [
        f"{_name(row)}把{why.unit}列入服务范围的，即为已覆盖"
        for row in only
        if row.kinds == ("way",) and "served" in row.lacks[0].want
    ][:1]
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
