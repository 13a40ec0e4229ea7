"""Problems of where facilities stand, as issues: rows far from, or beside, the unit they name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from hbgeo.measure.locate import NEAR_M
from hbgeo.measure.targets import Placed
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.schema import Issue


def check_positions(placed: Placed, units: dict[str, pd.DataFrame], layer: str) -> list[Issue]:
    """List the rows whose point and named unit disagree, and the points in no unit.

    Parameters
    ----------
    placed
        A layer placed among `units` (see `place_layer`).
    layer
        The layer's key.

    Returns
    -------
    issues
        E11 a point farther than 500 m from its stated county, E18 from its stated township
        (both count nowhere), W03 a point beside its unit where the ledger was believed, E09 a
        point in none of the workspace's counties.
    """
    issues: list[Issue] = []
    for level in ("county", "township"):
        if level in placed.placements:
            issues += _disagreements(placed, units[level], level, layer)
    outer = "county" if "county" in placed.placements else "township"
    if outer in placed.placements:
        issues += _outside(placed, units[outer], outer, layer)
    return issues


def _disagreements(placed: Placed, units: pd.DataFrame, level: str, layer: str) -> list[Issue]:
    placement = placed.placements[level]
    issues = []
    believed = placement.by_ledger & ~placed.conflict  # a row in conflict is said once
    for i in np.flatnonzero(placement.conflict | believed):
        row = placed.frame.iloc[i]
        stated = units.loc[row[f"{level}_code"]]
        there = _unit_name(units, placement.point_unit[i])
        what = "县" if level == "county" else "乡镇"
        said = (
            f"点位在{there},台账所在{what}为“{stated['name']}”,相距{_metres(placement.metres[i])}"
        )
        if placement.conflict[i]:
            rule, severity, end = ("E11" if level == "county" else "E18"), "error", ",不计入"
        else:
            rule, severity, end = "W03", "warning", ",按台账归属"
        value = f"{row['x']:.6f},{row['y']:.6f}"
        issues.append(
            _issue(
                row,
                layer,
                "经纬度",
                value,
                (rule, severity, said + end),
                "核对坐标、坐标系与所在单元",
            )
        )
    return issues


def _outside(placed: Placed, units: pd.DataFrame, level: str, layer: str) -> list[Issue]:
    placement = placed.placements[level]
    has_point = placed.frame["x"].notna().to_numpy()
    lost = has_point & (placement.owner < 0) & ~placement.conflict
    west, south, east, north = shapely.total_bounds(units["geometry"].to_numpy())
    said = f"点位不在任何{LEVEL_NAMES[level]}内(图层范围 {west:.1f}–{east:.1f},{south:.1f}–{north:.1f}),不计入"
    issues = []
    for i in np.flatnonzero(lost):
        row = placed.frame.iloc[i]
        value = f"{row['x']:.6f},{row['y']:.6f}"
        issues.append(
            _issue(
                row,
                layer,
                "经纬度",
                value,
                ("E09", "error", said),
                "核对经纬度是否写反、坐标系是否正确",
            )
        )
    return issues


def _issue(
    row: pd.Series, layer: str, column: str, value: str, what: tuple[str, str, str], fix: str
) -> Issue:
    rule, severity, said = what
    where = (layer, str(row["file"]), str(row["sheet"]), int(row["row"]), column, value)
    return Issue(*where, rule, severity, f"第{row['row']}行 {said}", fix)


def _unit_name(units: pd.DataFrame, position: int) -> str:
    if position < 0:
        return "各单元之外"
    unit = units.iloc[position]
    county = unit["county"] if unit["county"] != unit["name"] else ""
    return f"“{county}{unit['name']}”"


def _metres(value: float) -> str:
    if not np.isfinite(value):
        return "不详"
    return f"{value:.0f} 米" if value < 10 * NEAR_M else f"{value / 1000:.1f} 公里"
