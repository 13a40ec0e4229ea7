"""The report's lists: the units left out, village by village too, and the problems of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.reasons import idle_by_unit, why_uncovered
from hbgeo.show.excel.kept import KeptSheets
from hbgeo.show.excel.sheet import Column, Sheet
from hbgeo.show.table.units import unit_rows

_MOST = 1_000_000  # problems of one sheet: a worksheet holds few more rows


def uncovered_sheet(
    assessments: Sequence[Assessment],
    units: Mapping[str, pd.DataFrame],
    line: str,
    kept: KeptSheets,
    *,
    nearest: Mapping[str, pd.DataFrame],
    waiting: Mapping[str, pd.DataFrame],
) -> Sheet:
    """The uncovered counties and townships of every main reading with a target, one row each."""
    rows: list[list[Any]] = []
    for a in assessments:
        if is_listed(a) and not of_villages(a):
            make = partial(_uncovered, a, units, nearest, waiting)
            rows += kept.rows("uncovered", a.indicator.id, "", make)
    columns = [Column("指标", 36), Column("市州", 14), Column("县（市、区）", 16)]
    columns += [Column("单元", 22), Column("类型", 10), Column("常住人口（人）", 11, "whole")]
    columns += [Column("60岁及以上（人）", 11, "whole"), Column("最近设施", 34)]
    columns += [Column("距离（公里）", 10, "km"), Column("未投用的设施", 40), Column("原因", 22)]
    columns += [Column("建议", 30), Column("代码", 15, aside=True)]
    notes = [
        "有目标的指标的主读法；村（社区）另表；其余指标和各变体的全部单元见 coverage.csv。",
        "距离从单元驻地量到最近的合格运营设施，为直线距离。",
        "未投用的设施：类别、性质、级别都合格，只是还没有（或不再）运营；建议只供参考。",
    ]
    return Sheet("未覆盖清单", "未覆盖清单", line, columns, rows, notes=notes, frozen=4)


def _uncovered(
    a: Assessment,
    units: Mapping[str, pd.DataFrame],
    nearest: Mapping[str, pd.DataFrame],
    waiting: Mapping[str, pd.DataFrame],
) -> list[list[Any]]:
    """An indicator's uncovered units, each with what is nearest, what waits, and why it is left out."""
    one, table = a.indicator, unit_rows([a], units, nearest)
    table = table[(table["covered"] == 0) & (table["demand"] > 0)]
    idle_of = idle_by_unit(waiting[one.id], a.as_of, table["code"]) if one.id in waiting else {}
    fields = ["prefecture", "county", "name", "kind", "population", "population_60"]
    cells = table[[*fields, "nearest_name", "nearest_km"]].astype(object)
    beside = zip(table["via"], table["code"], strict=True)
    rows = []
    for row, (via, code) in zip(cells.itertuples(index=False, name=None), beside, strict=True):
        idle = idle_of.get(code, [])
        listed = "、".join(f"{one.name}（{one.said}）" for one in idle[:3])
        listed += f"等 {len(idle)} 处" if len(idle) > 3 else ""
        why = why_uncovered(idle, via if one.measure == "chain" else "", one=one)
        rows.append([one.full_name, *row, listed, *why, code])
    return rows


def is_listed(a: Assessment) -> bool:
    """Whether an indicator's uncovered units are listed: main readings of rates with a target."""
    one = a.indicator
    rate = a.target is not None and a.coverage is not None and not a.counted
    return rate and one.variant is None and one.measure != "ratio"


def of_villages(a: Assessment) -> bool:
    """Whether villages are counted: they have a list of their own."""
    return a.indicator.units == "village"


def villages_sheet(
    assessments: Sequence[Assessment], villages: pd.DataFrame, line: str, kept: KeptSheets
) -> Sheet:
    """The uncovered villages, township by township: how many of how many, and every name."""
    columns = [Column("指标", 36), Column("市州", 14), Column("县（市、区）", 16)]
    columns += [Column("乡镇（街道）", 18), Column("应覆盖数（个）", 10, "whole")]
    columns += [Column("未覆盖数（个）", 10, "whole"), Column("未覆盖的村（社区）", 110)]
    columns += [Column("乡镇代码", 12, aside=True)]
    rows: list[list[Any]] = []
    for a in assessments:
        make = partial(_of_townships, a, villages)
        rows += kept.rows("villages", a.indicator.id, "", make)
    note = (
        "有目标的指标的主读法，一个乡镇（街道）一行；各村（社区）的代码、最近设施见 coverage.csv。"
    )
    title = "未覆盖村（社区）"
    return Sheet(title, f"{title}清单", line, columns, rows, notes=[note], frozen=4)


def _of_townships(a: Assessment, villages: pd.DataFrame) -> list[list[Any]]:
    """An indicator's uncovered villages, a row a township."""
    if a.coverage is None:
        return []
    units, rows = a.coverage.units, list[list[Any]]()
    where = ["prefecture", "county", "township_code", "township"]
    mine = villages.loc[units.index, [*where, "name"]].fillna("")
    missed = ((units["covered"] == 0) & (units["demand"] > 0)).to_numpy()
    *areas, called = (mine[c].to_numpy(object) for c in mine)
    keys = list(zip(*areas, strict=True))
    counts, named = Counter(keys), dict[tuple[str, ...], list[str]]()
    for key, name in compress(zip(keys, called, strict=True), missed):
        named.setdefault(key, []).append(name)
    for key, names in sorted(named.items(), key=lambda item: item[0][2]):
        prefecture, county, code, township = key
        said = [prefecture, county, township, counts[key], len(names), "、".join(names)]
        rows.append([a.indicator.full_name, *said, code])
    return rows


def issues_sheets(issues: pd.DataFrame, line: str) -> list[Sheet]:
    """数据质量: one row a problem, to go back to the county it came from; as many sheets as it takes."""
    columns = [
        Column("县（市、区）", 16),
        Column("图层", 16),
        Column("文件", 22),
    ]
    columns += [Column("工作表", 14), Column("行", 8, "whole"), Column("列", 14), Column("值", 26)]
    columns += [Column("规则", 8), Column("程度", 8), Column("问题", 70), Column("改法", 40)]
    columns += [Column("县代码", 10, aside=True)]
    order = ["county", "layer", "file", "sheet", "row", "column", "value", "rule"]
    words = issues["severity"].map({"error": "错误", "warning": "提醒"})
    table = issues.assign(severity=words)[[*order, "severity", "message", "fix", "county_code"]]
    by = (table[c] for c in ("sheet", "file", "layer", "county_code"))
    at = np.lexsort([pd.factorize(c, sort=True, use_na_sentinel=False)[0] for c in by])
    rows = list(zip(*(_shared(table[c], at) for c in table), strict=True))
    notes = ["错误所在的行未计入任何指标；请各县改正后重报。"]
    chunks = [rows[n : n + _MOST] for n in range(0, max(len(rows), 1), _MOST)]
    names = ["数据质量", *(f"数据质量{n}" for n in range(2, len(chunks) + 1))]
    return [
        Sheet(name, f"{name}清单", line, columns, chunk, notes=notes)
        for name, chunk in zip(names, chunks, strict=True)
    ]


def _shared(column: pd.Series, order: NDArray[np.int64]) -> list[Any]:
    """Cells of a column in an order; equal ones are one object, for there are few of them."""
    codes, known = pd.factorize(column, use_na_sentinel=False)
    values = np.array(known, dtype=object)
    values[pd.isna(known)] = None
    cells: list[Any] = values[codes[order]].tolist()
    return cells
