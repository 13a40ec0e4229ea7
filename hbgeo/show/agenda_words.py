"""The agenda in the office's words: marked where data are invented, and what it comes to in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hbgeo.measure.agenda import KINDS, Agenda
from hbgeo.measure.rounding import show_number
from hbgeo.show import words

NOTHING = "没有排得出的事：目标都已达到，或所缺的不是建设施、设标志、核实台账能办成的。"


def mark_of(found: Agenda) -> str:
    """What must be said of it: invented data, approximate boundaries."""
    return "；".join(words.which_marks(sample=found.sample, approximate=found.approximate))


def title_of(found: Agenda) -> str:
    """What it is called, and of when."""
    return f"{found.part} 要办的事 截至 {found.as_of}".lstrip()


def summary(found: Agenda) -> str:
    """How many things there are, of which kind."""
    many = pd.Series([step.action.kind for step in found.steps], dtype=object).value_counts()
    kinds = "，".join(f"{word} {many[kind]:,} 项" for kind, word in KINDS.items() if kind in many)
    return f"共 {len(found.steps):,} 项{f'：{kinds}' if kinds else ''}。"


def promise(found: Agenda) -> str:
    """How the figures of each line are to be read."""
    whole = f"{found.part}的数" if found.part else "全部单元的数"
    return (
        f"办后已覆盖、办后比例是{whole}：从第 1 项起依次办到该项，台账照着改好、加好，"
        f"按截至日期 {found.as_of} 再算得到的就是这个数。一件事让几个指标都有增加的，各占一行，次序相同。"
    )


def percent(value: Any, goal: Any) -> str:
    """A percentage beside the target that it is to reach; — where there is none."""
    return words.NONE if value is None or value != value else f"{show_number(value, goal)}%"


def state_words(row: Mapping[Any, Any]) -> str:
    """Whether the list reaches a target, and with which of its things."""
    if not row["total"]:
        return "没有应覆盖的单元"
    if row["target_pct"] is None:
        return "没有未达到的目标"
    if not row["gain"] and not row["left"]:
        return "没有未覆盖的单元"
    if (at := row["reached_at"]) is not None and at == at:
        whole = "，全部单元合计" if row["bound_elsewhere"] else ""
        return f"办到第 {int(at):,} 项{whole}即达标"
    return "办完仍不够" if not row["bound_elsewhere"] else "目标按全部单元合计判定"
