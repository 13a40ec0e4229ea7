"""规划方案: the sites of the plans that still fit, in the order in which they add most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hbgeo.show.excel.sheet import Column, Sheet


def plans_sheet(plans: Sequence[Mapping[str, Any]]) -> Sheet | None:
    """The sheet, without the line that heads every sheet of a report; None without a plan.

    Parameters
    ----------
    plans
        As they are kept (see `hbgeo.plan.keeping`).
    """
    if not plans:
        return None
    columns = [Column("指标", 36), Column("次序", 6, "whole"), Column("县（市、区）", 16)]
    columns += [Column("选址", 22), Column("新增覆盖", 10, "amount"), Column("计量", 6)]
    columns += [Column("惠及人口（人）", 12, "whole"), Column("建成后（%）", 10, "pct")]
    columns += [Column("可否替换", 9), Column("不建则", 16), Column("替换点", 24)]
    columns += [Column("编号", 18, aside=True)]
    rows = [_cells(plan, site) for plan in plans for site in plan["sites"]]
    notes = [f"{plan['name']}：{line}" for plan in plans for line in plan["shown"]["said"]]
    return Sheet("规划方案", "规划方案：下一步建在哪里", "", columns, rows, notes=notes)


def _cells(plan: Mapping[str, Any], site: Mapping[str, Any]) -> list[Any]:
    shown = plan["shown"]
    words = shown["sites"][site["id"]]
    other = shown["candidates"].get(site["replacement"] or "", ["", None, None])[0]
    where = [site["county"], site["name"], site["gain"], plan["counts"], site["people"]]
    pct = float(words["pct"].rstrip("%")) if words["pct"].endswith("%") else None
    return [
        plan["name"],
        site["order"],
        *where,
        pct,
        words["mark"],
        words["loss"],
        other,
        site["id"],
    ]
