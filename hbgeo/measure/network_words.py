"""The ground (口径) of what rests on roads: lengths, speeds, walks, and who gets nowhere."""

from __future__ import annotations

import numpy as np

from hbgeo.measure.graph import ISLAND, LEFT_ONLY, REACHED_ONLY, Network
from hbgeo.measure.network import Costs
from hbgeo.measure.speeds import FOOT_KMH, SPEEDS, UNKNOWN

_ASTRAY = {
    ISLAND: "在与路网主体不通的孤立路段旁",
    LEFT_ONLY: "只能出去、回不来（单行）",
    REACHED_ONLY: "只能进来、出不去（单行）",
}
_SHOWN = ("高速公路", "国道", "省道", "县道", "乡道", "村道", "城市道路", "其他")


def network_words(network: Network) -> list[str]:
    """What a network is made of, and how time and length are reckoned on it."""
    left = "、".join(f"{why} {n:,}" for why, n in network.left_out.items())
    pieces = f"，另有 {network.islands:,} 片与之不相连" if network.islands else ""
    trapped = int(np.isin(network.states, (LEFT_ONLY, REACHED_ONLY)).sum())
    traps = f"；单行造成有去无回或有来无去的路口 {trapped:,} 个" if trapped else ""
    said = [
        f"路网：{network.lines:,} 条线、{len(network.start):,} 段，路口和端点 {len(network.x):,} 个{pieces}{traps}"
        + (f"；未用：{left}。" if left else "。"),
        "路程为椭球面上的长度；坐标到 1e-7 度相同的折点相通，立交不相通；从地点到设施，按单行方向。",
        f"离路的一段按直线步行，每小时 {FOOT_KMH} 公里，计在内。",
    ]
    if missed := len(network.near_misses):
        said.append(
            f"有 {missed:,} 处路的端点离另一条路不到 1 米却不相通，疑似画图时没有打断，请核对。"
        )
    if network.own_speed:
        table = "、".join(f"{name} {SPEEDS[name]}" for name in _SHOWN)
        said.append(
            f"{network.own_speed:,} 条没有写明可用的车速，按本工具自定的等级车速（公里/小时，不是官方数据）：{table}；未写等级 {UNKNOWN}。"
        )
    return said


def astray_words(costs: Costs, what: str, *, facilities: bool = False) -> list[str]:
    """Who comes to no road, or stands where one cannot come or go: how many, and how far from a road.

    Parameters
    ----------
    what
        How they are called: 地点, 设施.
    """
    metres = costs.facility_metres if facilities else costs.place_metres
    states = costs.facility_states if facilities else costs.place_states
    near = metres[~np.isnan(metres)]
    said = []
    if len(near):
        middle, most = np.median(near), near.max()
        said.append(f"{what}离路的直线距离：中位数 {middle:,.0f} 米，最远 {most:,.0f} 米。")
    far = int((states < 0).sum())
    if far:
        said.append(
            f"{what} {far:,} 个离最近的道路超过 {costs.far:,.0f} 米或没有坐标，按到不了计。"
        )
    for state, why in _ASTRAY.items():
        if n := int((states == state).sum()):
            said.append(f"{what} {n:,} 个{why}。")
    return said
