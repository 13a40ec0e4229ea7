"""Rows far from the unit they name, and points in no unit."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.measure.locate import NEAR_M
from hbgeo.measure.placing import LayerPlacement
from hbgeo.read.catalog import LEVEL_NAMES
from hbgeo.read.issues import Issue


def check_positions(
    placed: LayerPlacement, units: dict[str, pd.DataFrame], layer: str
) -> list[Issue]:
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
        point in none of the workspace's counties. W03 also a row that names only its county and
        has its point in a township of another.
    """
    issues: list[Issue] = []
    for level in ("county", "township"):
        if level in placed.placements:
            issues += _disagreements(placed, units[level], level, layer)
    if "township" in placed.placements:
        issues += _county_only(placed, units["township"], layer)
    drawn = [k for k in ("county", "township") if k in placed.placements and _has_ground(units[k])]
    if drawn:
        issues += _outside(placed, units[drawn[0]], drawn[0], layer)
    return issues


def _has_ground(units: pd.DataFrame) -> bool:
    """Whether any of the units has a boundary: where none has, no point is outside of them."""
    return bool((~shapely.is_empty(units["geometry"].to_numpy())).any())


def _disagreements(
    placed: LayerPlacement, units: pd.DataFrame, level: str, layer: str
) -> list[Issue]:
    placement = placed.placements[level]
    issues = []
    believed = placement.by_ledger & ~placed.conflict  # a row in conflict is said once
    conflict = placement.conflict
    if level != "county" and "county" in placed.placements:
        conflict = conflict & ~placed.placements["county"].conflict
    at = np.flatnonzero(conflict | believed)
    what, wrong = ("县", "E11") if level == "county" else ("乡镇", "E18")
    names, called = units["name"].to_dict(), _unit_names(units)
    rows = zip(
        _placed_rows(placed.frame, at),
        placed.frame[f"{level}_code"].iloc[at].tolist(),
        placement.point_unit[at].tolist(),
        placement.metres[at].tolist(),
        placement.conflict[at].tolist(),
        strict=True,
    )
    for row, code, there, metres, clash in rows:
        said = f"点位在{called[there]}，台账所在{what}为“{names[code]}”，相距{_metres(metres)}"
        if clash:
            found = (wrong, "error", f"{said}，不计入")
        else:
            found = ("W03", "warning", f"{said}，按台账归属")
        issues.append(_issue(row, layer, found, "核对坐标、坐标系与所在单元"))
    return issues


def _county_only(placed: LayerPlacement, units: pd.DataFrame, layer: str) -> list[Issue]:
    """Rows that name only their county, with a point in a township of another."""
    placement = placed.placements["township"]
    beside = placement.county_only & (placement.point_unit >= 0) & ~placed.conflict
    at = np.flatnonzero(beside)
    if not len(at):
        return []
    called, rows = _unit_names(units), _placed_rows(placed.frame, at)
    issues = []
    for row, there in zip(rows, placement.point_unit[at].tolist(), strict=True):
        said = f"台账只写了所在县，点位却在{called[there]}：只计入所在县，不计入任何乡镇"
        issues.append(_issue(row, layer, ("W03", "warning", said), "补填所在乡镇，或核对坐标"))
    return issues


def _outside(placed: LayerPlacement, units: pd.DataFrame, level: str, layer: str) -> list[Issue]:
    placement = placed.placements[level]
    has_point = placed.frame["x"].notna().to_numpy()
    lost = has_point & (placement.owner < 0) & ~placement.conflict & ~placement.county_only
    west, south, east, north = shapely.total_bounds(units["geometry"].to_numpy())
    said = f"点位不在任何{LEVEL_NAMES[level]}内（图层范围 {west:.1f}–{east:.1f},{south:.1f}–{north:.1f}），不计入"
    what = ("E09", "error", said)
    rows = _placed_rows(placed.frame, np.flatnonzero(lost))
    return [_issue(row, layer, what, "核对经纬度是否写反、坐标系是否正确") for row in rows]


def _placed_rows(frame: pd.DataFrame, at: NDArray[np.int64]) -> Iterator[_Row]:
    rows = frame[["file", "sheet", "row", "x", "y"]].iloc[at]
    columns = (rows[column].tolist() for column in rows)
    for file, sheet, row, x, y in zip(*columns, strict=True):
        yield _Row(str(file), str(sheet), int(row), f"{x:.6f},{y:.6f}")


class _Row(NamedTuple):
    """Where a row stands in its file, and its point."""

    file: str
    sheet: str
    row: int
    point: str


def _issue(at: _Row, layer: str, what: tuple[str, str, str], fix: str) -> Issue:
    rule, severity, said = what
    where = (layer, at.file, at.sheet, at.row, "经纬度", at.point)
    return Issue(*where, rule, severity, f"第{at.row}行 {said}", fix)


def _unit_names(units: pd.DataFrame) -> list[str]:
    """What each unit is called, by its position; the last stands for no unit."""
    names = zip(units["name"], units["county"], strict=True)
    called = [f"“{county if county != name else ''}{name}”" for name, county in names]
    return [*called, "各单元之外"]


def _metres(value: float) -> str:
    if not isfinite(value):
        return "不详"
    return f"{value:.0f} 米" if value < 10 * NEAR_M else f"{value / 1000:.1f} 公里"
