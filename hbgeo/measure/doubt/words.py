"""What a row in doubt may be, in the office's words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from hbgeo.read.schema.records import Schema

if TYPE_CHECKING:  # the words alone are said where nothing is in doubt
    from hbgeo.measure.doubt.respects import Respect

KINDS = {
    "cell": "内容无法识别",
    "date": "日期无法识别",
    "undated": "没有日期",
    "period": "日期只到年月",
    "name": "所在单元有误",
    "place": "没有位置",
    "point": "坐标不能用",
    "county": "只知所在县",
    "village": "所在村未对应上",
    "apart": "点位与所在单元不符",
    "edge": "离边界太近",
    "datum": "坐标系存疑",
    "twins": "疑似重复",
    "contrary": "编号重复",
    "served": "服务范围未识别",
    "about": "约数",
    "amount": "数字无法识别",
}
_FIXED = {
    "county": "所在县的任一单元，或都不计",
    "apart": "按点位，或按所填单元",
    "edge": "边界两侧的单元",
    "datum": "按声明的坐标系，或按更相符的坐标系",
    "village": "本乡镇的任一村，或都不计",
    "twins": "与同名的一行是同一处，或是两处",
    "contrary": "计入，或不计入",
    "served": "只服务已识别的单元，或还服务所在县的其他单元",
    "amount": "数目不明",
    "place": "任一单元，或不计入",
    "name": "点位所在或所在县的单元，或不计入",
    "point": "所填单元，或不计入",
}
MANY = 6  # values told one by one


def kind_text(kinds: str) -> str:
    """The kinds of a row, joined by a plus, in words."""
    return "、".join(KINDS.get(one, one) for one in kinds.split("+"))


def readings_text(notes: Sequence[Respect], schema: Schema, dates: Sequence[str] = ()) -> str:
    """What a row may be, respect by respect.

    Parameters
    ----------
    dates
        The columns of dates that are blank.
    """
    said = [_of_note(note, schema) for note in notes]
    said += [f"{schema.heading(column)}未填：截止日期前，或截止日期后" for column in dates]
    return "；".join(dict.fromkeys(said))


def _of_note(note: Respect, schema: Schema) -> str:
    if not note.column or note.kind in _FIXED:
        lead = f"{schema.heading(note.column)}：" if note.column in schema.columns else ""
        return f"{lead if note.kind == 'amount' else ''}{_FIXED.get(note.kind, '')}"
    if note.kind == "period":
        first, last = (show(value) for value in (note.says[0], note.says[-1]))
        return f"{schema.heading(note.column)}：{first} 至 {last} 之间"
    if note.kind == "date":
        return f"{schema.heading(note.column)}：截止日期前，或截止日期后"
    words = [show(value) for value in note.says]
    listed = "、".join(words[:MANY]) + (f" 等 {len(words)} 种" if len(words) > MANY else "")
    return f"{schema.heading(note.column)}：{listed}"


def show(value: Any) -> str:
    """A reading of a cell."""
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=1 << 14)  # a million rows have few effects
def effect_text(least: Any, most: Any) -> str:
    """A signed change: +1, -1, -1至+2; "" where there is none."""
    ends = [f"{float(end):+g}" for end in (least, most) if end]
    return "至".join(dict.fromkeys(ends))
