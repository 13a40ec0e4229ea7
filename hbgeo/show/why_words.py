"""Why a unit stands as it does, in the office's words: grounds, rows, what each lacks, the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hbgeo.measure.rounding import show_number
from hbgeo.measure.why_records import (
    AMOUNT,
    COVERED,
    NO_DATA,
    OUTSIDE,
    PARTLY,
    PARTS,
    UNCOVERED,
    UNKNOWN,
    Ground,
    LinkState,
    Trace,
    Why,
)
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.cell.text import in_sentence
from hbgeo.show.why_lacks import lacks_said, metres_said

_STATES = {
    COVERED: "已覆盖", PARTLY: "部分覆盖", UNCOVERED: "未覆盖", OUTSIDE: "不计入",
    UNKNOWN: "无法判定", NO_DATA: "无法计算",
}  # fmt: skip
_WAYS = {"inside": "在{unit}境内", "named": "台账写明在{unit}", "served": "服务范围包括{unit}"}
_FEW = 3  # names said of a list


def state_said(why: Why) -> str:
    """How the unit stands, in a few words: 未覆盖, 计 3 家, 36 个里已覆盖 12 个."""
    if why.state == PARTS:
        return _parts_state(why)
    if why.state == AMOUNT:
        return _amount_state(why)
    said = _STATES[why.state]
    if why.state == PARTLY and why.covered is not None:
        said += f"（{show_number(Fraction(why.covered) * 100)}% 的面积）"
    if years := why.figures.get("years"):
        said += f"（空余穴位够用 {show_number(years, percent=False)} 年）"
    return said


def _amount_state(why: Why) -> str:
    if "value" not in why.figures:
        return "没有数"
    word = "%" if why.one.measure == "ratio" and why.one.per is None else f" {why.one.unit or '个'}"
    return f"{show_number(why.figures['value'], percent=False)}{word}"


def _parts_state(why: Why) -> str:
    level = LEVEL_NAMES[why.one.units]
    if why.figures:
        return f"所辖{level}合计 {_amount_state(why)}"
    done = sum(part.state == COVERED for part in why.parts)
    return f"所辖计入的{level} {len(why.parts):,} 个，已覆盖 {done:,} 个"


def grounds_said(why: Why) -> list[str]:
    """Whether the unit is in the denominator, and why."""
    if why.state == NO_DATA:
        return [f"这项指标现在无法计算：缺少{'、'.join(why.missing)}。"]
    if why.state == PARTS:
        return []
    said = [_ground(ground, why) for ground in why.grounds]
    if why.state == OUTSIDE:
        return said or [f"{why.unit}里没有计入这项指标的{LEVEL_NAMES[why.one.units]}。"]
    if not why.grounds and why.state != AMOUNT:
        said = [f"这项指标计入全部{LEVEL_NAMES[why.one.units]}，{why.unit}计入。"]
    if why.state == UNKNOWN and why.one.measure == "capacity":
        said.append(_untold(why))
    return said


def _untold(why: Why) -> str:
    if "deaths" not in why.figures:
        return f"{why.unit}缺人口、死亡率或公益性安葬占比，算不出每年要多少穴位，不计入。"
    return f"{why.unit}有设施没有写清余量，已知的又不够，判断不了，不计入。"


def _ground(ground: Ground, why: Why) -> str:
    unit, want = why.unit, ground.want
    level = LEVEL_NAMES[why.one.units]
    if ground.kind == "level":
        said = f"这项指标按{LEVEL_NAMES[want]}逐个算，不按{LEVEL_NAMES[ground.have]}算"
        if not ground.unit:
            return f"{said}。"
        return f"{said}；{unit}所在的{ground.unit}怎么样，请看：hbgeo why {ground.unit_code} {why.one.id}"
    if ground.kind == "among":
        end = "符合，计入" if ground.holds else "不符合，所以不计入"
        want, have = want.replace("=", "为"), ground.have.replace("=", "为")
        return f"这项指标只算这样的{level}：{want}。{unit}的{have}，{end}。"
    if ground.kind == "needs":
        return _listed_in(ground, unit)
    if ground.kind == "listed":
        want = want.replace("=", "为")
        if ground.holds and ground.row:
            return f"{ground.have}里有“{want}”的行（{source_said(ground.row)}），计入。"
        return f"{ground.have}里没有“{want}”的行，所以{unit}不计入。"
    year = f"（{ground.year} 年）" if ground.year else ""
    if ground.holds:
        return f"{unit}的{ground.want}：{ground.have} 人{year}。"
    return f"{unit}没有{ground.want}数，分子、分母都不计入。"


def _listed_in(ground: Ground, unit: str) -> str:
    if ground.holds and ground.row:
        return f"{unit}列在{ground.want}里（{source_said(ground.row)}），计入。"
    if ground.row:
        return f"{ground.want}里有{unit}，但写的是“{ground.row.state or '否'}”（{source_said(ground.row)}），所以不计入。"
    return f"{unit}不在{ground.want}里，所以不计入。"


def source_said(row: Trace) -> str:
    """Where a row stands: cemetery.xlsx 工作表“公墓台账”第 100 行."""
    said = row.file or row.title
    said += f" 工作表“{row.sheet}”" if row.sheet else ""
    return said + (f"第 {row.row} 行" if row.sheet else f" 第 {row.row} 行") * (row.row is not None)


def who_said(row: Trace) -> str:
    """Which facility a row is, and how it stands: “示例公墓”（编号 GM1，在建）."""
    if not row.name and not row.facility_id:
        return f"{row.title}台账的一行" if row.row is not None else row.title
    facts = [f"编号 {row.facility_id}"] if row.facility_id else []
    facts += [row.state] if row.state and row.facility_id else []
    name = f"“{row.name}”" if row.name else row.title
    return name + (f"（{'，'.join(facts)}）" if facts else "")


def row_said(row: Trace, why: Why) -> str:
    """One row: which it is, how it reaches the unit, what it lacks, where it stands."""
    said = [_reach(row, why)] if row.way else []
    said += [_amount(row, why)] if row.amount is not None else []
    said += lacks_said(row, why)
    told = "；".join(part for part in said if part)
    link = f"{row.link}：" if row.link else ""
    where = f" 出处：{source_said(row)}" if row.file or row.row is not None else ""
    return f"{link}{who_said(row)}：{told}。{where}"


def _reach(row: Trace, why: Why) -> str:
    unit = _asked(row, why)
    if row.way == "row":
        return "，".join(f"{heading}“{in_sentence(text)}”" for heading, text in row.facts)
    if row.way == "radius":
        return f"离{unit} {metres_said(row.metres or 0)}，在半径 {why.one.radius_m:f} 米以内"
    return "，".join(_WAYS[way].format(unit=unit) for way in row.way.split("+"))


def _asked(row: Trace, why: Why) -> str:
    """The unit that a row of a link is asked of."""
    return next((k.unit for k in why.links if k.name == row.link and k.unit), why.unit)


def _amount(row: Trace, why: Why) -> str:
    amount, word = show_number(row.amount or Fraction(0), percent=False), why.one.unit or "个"
    if why.one.measure == "capacity":
        if row.share is None:
            return f"空余穴位 {amount} 个"
        whole = show_number(row.share, percent=False)
        return f"空余穴位 {whole} 个，几个单位合用，{why.unit}按人口分得 {amount} 个"
    if why.one.measure == "ratio":
        if why.one.shares:
            return "算在分子里" if row.amount else "只算在分母里"
        top, bottom = why.halves
        other = "" if row.share is None else f"，{bottom} {show_number(row.share, percent=False)}"
        return f"{top} {amount}{other}"
    return f"计 {amount} {word}"


def links_said(why: Why) -> list[str]:
    """How each link of a chain stands."""
    return [_link(link) for link in why.links]


def _link(link: LinkState) -> str:
    if not link.unit:
        return f"{link.name}：缺。不知道它属于哪个上级单位。"
    said = f"{link.name}（看{link.unit}）：{'具备' if link.holds else '缺'}。"
    return said if link.holds else f"{said}{link.reason}；{link.remedy}。"


def figures_said(why: Why) -> list[str]:
    """The amounts behind a ratio or a capacity."""
    known = {k: show_number(v, percent=False) for k, v in why.figures.items()}
    one = why.one
    if one.measure == "capacity" and why.state != PARTS:
        if "deaths" not in known:
            return []
        said = f"{why.unit}可用的空余穴位 {known['places']} 个，每年要用 {known['deaths']} 个"
        if "years" in known:
            enough = "够" if why.state == COVERED else "不够"
            said += f"，可用 {known['years']} 年，{enough}要求的 {one.years:f} 年"
        return [f"{said}。"]
    if one.measure == "ratio" and "numerator" in known:
        total = "合计" if len(why.because) > 1 or why.state == PARTS else ""
        top, bottom = (
            f"的{half}{total}" if half else f"算在{word}里的有"
            for half, word in zip(why.halves, ("分子", "分母"), strict=True)
        )
        said = f"{why.unit}{top} {known['numerator']}，{bottom.removeprefix('的')} {known['denominator']}"
        if "value" in known:
            times = "" if one.per is None else f"，再乘以 {one.per:f}"
            said += f"；前者除以后者{times}，得 {_amount_state(why)}"
        return [f"{said}。"]
    return []


def because_heading(why: Why) -> str:
    """What stands over the rows behind its state."""
    if why.state == AMOUNT:
        return f"算进去的有 {len(why.because):,} 行" if why.because else "没有一行算进去"
    if why.one.links:
        return "具备的环节由这些设施支撑" if why.because else ""
    if why.one.measure == "capacity":
        return "可用的设施" if why.because else "没有可用的设施"
    if why.one.measure == "flag":
        return "依据" if why.because else "没有办结的记录"
    if why.because:
        return f"由 {len(why.because):,} 处设施覆盖"
    return "没有合格的设施覆盖它"


def near_heading(why: Why) -> str:
    """What stands over the rows that nearly do."""
    if not why.near:
        return ""
    return "没有算进去的行，和各差什么" if why.state == AMOUNT else "差一点的，和各差什么"


def nearest_said(why: Why) -> str:
    """The nearest facility that qualifies and works."""
    near = why.nearest
    if near is None or why.state not in {UNCOVERED, PARTLY}:
        return ""
    home = next((lack.unit for lack in near.lacks if lack.unit), "")
    at = f"在{home}，" if home else ""
    return (
        f"最近的合格设施：{who_said(near)}，{at}"
        f"离{why.unit}驻地直线 {metres_said(near.metres or 0)}。 出处：{source_said(near)}"
    )


def parts_said(why: Why) -> list[str]:
    """The units within it that are left out, each with what may be done."""
    return [
        f"{part.unit}（{part.unit_code}）：{_STATES[part.state]}。"
        + (f"{part.reason}；{part.remedy}。" if part.reason else "缺数据。")
        for part in why.parts
        if part.state in {UNCOVERED, UNKNOWN, PARTLY}
    ]


def in_short(why: Why, remedy: str) -> str:
    """Why, in one line of a table."""
    if why.state == COVERED:
        return _first(why.because, why)
    if why.state in {OUTSIDE, NO_DATA}:
        return next(iter(grounds_said(why)), "")
    if why.state in {UNCOVERED, PARTLY}:
        return f"{why.reason}；{remedy or why.remedy}".rstrip("。")
    if why.state == UNKNOWN:
        return next((s for s in grounds_said(why)[::-1]), "")
    if why.state == AMOUNT:
        return _names([row.name for row in why.because if row.name and row.facility_id], "处")
    left = [part.unit for part in why.parts if part.state != COVERED]
    return f"未覆盖：{_names(left, '个')}" if left and not why.figures else ""


def _names(names: Sequence[str], word: str) -> str:
    """The first names of a list, and how many there are."""
    more = f"等 {len(names):,} {word}" if len(names) > _FEW else ""
    return "、".join(names[:_FEW]) + more


def _first(rows: Sequence[Trace], why: Why) -> str:
    if not rows:
        return ""
    more = f"等 {len(rows):,} 处" if len(rows) > 1 else ""
    reach = _reach(rows[0], why)
    return in_sentence(f"{who_said(rows[0])}{more}" + (f"，{reach}" if reach else ""))
