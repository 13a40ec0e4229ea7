"""Why a unit is left out, and what would cover it, in a few words: the same in every paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import pandas as pd

from hbgeo.read.indicator import Clause, Indicator

_WORKING = ("运营", "完好")
_UNDATED, _TO_COME = "无日期", "未到启用时间"  # what keeps a working one from counting
# the first state that fits says why, and what may be done
_REASONS = (
    (("建成未启用",), "已建成未启用", "督促启用"),
    (("在建",), "有在建项目", "督促按期建成投用"),
    (("规划",), "有规划项目", "督促开工"),
    ((_UNDATED,), "设施没有填启用时间", "核实并补填启用时间"),
    ((_TO_COME,), "启用时间晚于截止日期", "到期后即可计入"),
    (("停用", "关闭"), "设施已停用或关闭", "恢复运营或另建"),
    (("破损", "缺失", "待设"), "标志不完好", "修复或补设"),
)
# what keeps a facility from counting → what may be done, for whoever speaks of it alone
REMEDIES = {sign: advice for signs, _, advice in _REASONS for sign in signs} | {"": "核实状态"}


class Idle(NamedTuple):
    """A facility that would cover a unit if it worked.

    `said` is its state with what is known of its date, `sign` what keeps it from counting.
    """

    id: str
    name: str
    status: str
    since: date | None
    said: str
    sign: str


def idle_by_unit(
    waiting: pd.DataFrame, as_of: date, units: Collection[str] | pd.Index | pd.Series | None = None
) -> dict[str, list[Idle]]:
    """Unit → the facilities that would cover it (see `Measured.waiting`); of some units, or all."""
    made: dict[str, list[Idle]] = {}
    if units is not None:
        waiting = waiting[waiting["unit"].isin(units)]
    for unit, facility, name, status, since in waiting.itertuples(index=False, name=None):
        day = None if pd.isna(since) else since.date()
        made.setdefault(unit, []).append(_idle(str(facility), name, status, day, as_of))
    return made


def _idle(facility: str, name: str, status: str, since: date | None, as_of: date) -> Idle:
    state, sign = status or "状态未填", status
    if since is None and status in _WORKING:
        state, sign = f"{state}，{_UNDATED}", _UNDATED
    elif since is not None and since > as_of:
        state = f"{state}，{since}"
        sign = _TO_COME if status in _WORKING else status
    return Idle(facility, name, status, since, state, sign)


def why_uncovered(
    idle: Sequence[Idle], link: str = "", *, one: Indicator | None = None
) -> tuple[str, str]:
    """Why a unit is not covered, and what may be done.

    Parameters
    ----------
    idle
        The facilities that would cover it.
    link
        Of a chain its weakest missing link; "" for all else.
    one
        What is measured, which says what may be done where nothing is under way; None: by any way.
    """
    if link:
        return f"缺“{link}”", "补齐这一环"
    if not idle:
        return _nothing(one)
    for signs, why, advice in _REASONS:
        if _ends(signs) and _unusual(one):
            continue  # what has ended, or works, is no fault where others are asked for
        if any(sign in facility.sign for facility in idle for sign in signs):
            return why, advice
    if one is not None and _unusual(one):
        return f"没有状态为{'、'.join(one.status)}的设施", "新开工的及时登记；状态有误的更正"
    return "设施状态不符", "核实状态"


def _unusual(one: Indicator | None) -> bool:
    """Whether it asks for facilities that do not work yet: 在建."""
    return one is not None and bool(one.status) and not set(one.status) & {*_WORKING}


def _ends(signs: Sequence[str]) -> bool:
    return not set(signs) & {"规划", "建成未启用"}


def _nothing(one: Indicator | None) -> tuple[str, str]:
    """Why a unit is left out for which nothing is under way: nobody can serve where none may."""
    ask = "商请邻近设施列入服务范围，或新建"
    if one is None:
        return "没有合格设施", ask
    if one.measure == "flag":
        return "没有办结的记录", "办结后报送完成时间和文号"
    clauses = one.where or (Clause({}),)
    ways = {way for clause in clauses for way in clause.via or one.via}
    if one.measure == "capacity":
        more = "扩建、新建，或商请邻近设施列入服务范围" if "served" in ways else "扩建或新建"
        return "空余穴位不够", more
    if one.measure == "reach":
        return "半径内没有合格设施", "在半径内新建"
    return "没有合格设施", ask if "served" in ways else "新建（新设），或把已有的补登进台账"
