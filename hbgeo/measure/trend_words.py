"""How two dates were made comparable, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from hbgeo.measure.basis_words import PIECES

if TYPE_CHECKING:  # its words are shown where no dates are compared
    from hbgeo.measure.bridge import Bridge
    from hbgeo.measure.snapshot import Snapshot

UNMATCHED = "无法对照"  # of a unit: it cannot be told what it was
_SHOWN = 10  # names in one sentence


def said_basis(
    earlier: Snapshot, later: Snapshot, bridge: Bridge, changes: pd.DataFrame, units: pd.DataFrame
) -> tuple[str, ...]:
    """Say on what units two snapshots were compared, and what could not be."""
    counted = list(dict.fromkeys(changes["unit"])) or [PIECES]
    what = counted[0] if len(counted) == 1 else f"各指标的计量单位（{'、'.join(counted)}）"
    said = [f"按 {later.as_of} 的单元和边界比较；增减以{what}计，比率之差以百分点计。"]
    said += bridge.said(earlier.as_of)
    said += _said_unmatched(units)
    said += _said_years(earlier, changes)
    if earlier.about.get("policy") != later.about.get("policy"):
        said.append("两期所用政策文件不同。")
    said += [
        f"{shot.as_of} 为情景：{'、'.join(shot.about['scenario'])}。"
        for shot in (earlier, later)
        if shot.about.get("scenario")
    ]
    return tuple(said)


def _said_unmatched(units: pd.DataFrame) -> list[str]:
    """Which units cannot be set beside what they were."""
    rows = units[units["change"] == UNMATCHED].drop_duplicates("code")
    if rows.empty:
        return []
    named = zip(rows["name"], rows["code"], rows["reason"], strict=True)
    names = _some([f"{name}（{code}，{why}）" for name, code, why in named])
    said = "上期的行只写原单元名称、分不清属于其中哪一个，或上期没有列入"
    counted = f"{UNMATCHED}的单元 {len(rows):,} 个：{names}"
    return [f"{counted}；{said}；上期照本期计，不算新增也不算失去。"]


def _said_years(earlier: Snapshot, changes: pd.DataFrame) -> list[str]:
    """Which indicators count years that had not begun, and what stands in their place."""
    plain = changes["old_indicator"] == changes["indicator"]
    said = []
    for row in changes[~plain & (changes["old_indicator"] != "")].itertuples():
        before = earlier.about["indicators"][row.old_indicator]["name"]
        said.append(f"“{row.name}”的 {earlier.as_of} 数为“{before}”。")
    if names := [f"“{name}”" for name in changes["name"][changes["old_indicator"] == ""]]:
        said.append(f"{earlier.as_of} 时{_some(names)}所计的年度尚未开始，当期记“—”，不计增减。")
    return said


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return "、".join(listed[:_SHOWN]) + ("等" if len(listed) > _SHOWN else "")
