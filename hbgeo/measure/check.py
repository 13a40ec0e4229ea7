"""Problems as issues: rows far from the unit they name, and policy that asks for what no layer has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.measure.desk import Placed, Source
from hbgeo.measure.locate import NEAR_M
from hbgeo.read.catalog import LEVEL_NAMES, Clause, Indicator
from hbgeo.read.schema import Issue, Schema, read_schema


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


def check_policy(indicators: Iterable[Indicator], source: Source) -> list[Issue]:
    """List what indicators ask for that no row can ever have: it would count as zero, silently.

    Parameters
    ----------
    source
        Gives the schema of each layer; a layer that is not there is judged by its schema.

    Returns
    -------
    issues
        P01 a column that neither the schema nor the layer has, P02 a value that is none of the
        column's; each names the file, the indicator's id and the key.
    """
    issues: list[Issue] = []
    for one in indicators:
        if one.layer:
            schema = source.schema_of(one.layer)
            units = read_schema("village" if one.units == "village" else "unit")
            for key, of, clause in _clauses(one, schema, units):
                issues += _check_clause(one, key, of, clause, source)
            for key, column in _columns(one):
                if column not in schema.columns and not _has(source, one.layer, column):
                    issues.append(_policy_issue(one, key, column, "P01", schema))
    return list(dict.fromkeys(issues))


def _clauses(one: Indicator, rows: Schema, units: Schema) -> Iterator[tuple[str, Schema, Clause]]:
    """Every filter of an indicator: its key, the schema it is held against, the values asked for."""
    for key, of, clauses in (
        ("where", rows, one.where),
        ("listed", rows, one.listed),
        ("among", units, one.among),
    ):
        for clause in clauses:
            yield key, of, clause
    if one.status and rows.counting:
        yield "status", rows, Clause({rows.counting.column: one.status})


def _columns(one: Indicator) -> list[tuple[str, str]]:
    named = [("column", one.column), ("numerator", one.numerator)]
    named += [("denominator", one.denominator), *(("filled", c) for c in one.filled)]
    named += [("year", one.year[0])] if one.year else []
    named += [("weight", one.weight)] if one.measure == "ratio" else []
    return [(key, column) for key, column in named if column]


def _check_clause(
    one: Indicator, key: str, schema: Schema, clause: Clause, source: Source
) -> Iterator[Issue]:
    for name, values in clause.wanted.items():
        column = schema.columns.get(name)
        if column is None:
            if key == "among" or not _has(source, one.layer, name):
                yield _policy_issue(one, key, name, "P01", schema)
            continue
        parts = [part for value in values for part in value.split("+")]
        for value in dict.fromkeys(parts):
            if column.choices and value not in column.choices:
                yield _policy_issue(one, f"{key}.{name}", value, "P02", schema, column.choices)


def _has(source: Source, layer: str, column: str) -> bool:
    frame = source.find_layer(layer)
    return frame is not None and column in frame


def _policy_issue(
    one: Indicator,
    key: str,
    value: str,
    rule: str,
    schema: Schema,
    allowed: Iterable[str] = (),
) -> Issue:
    what = "列" if rule == "P01" else "值"
    have = "、".join(allowed or schema.columns)
    said = (
        f"{one.origin}:{key} 的{what}“{value}”在{schema.title}中没有,永远不会有计入的行;可用:{have}"
    )
    file = one.origin.split(" ")[0]
    return Issue("policy", file, "", None, key, value, rule, "error", said, "改正政策文件")


def _disagreements(placed: Placed, units: pd.DataFrame, level: str, layer: str) -> list[Issue]:
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
        said = f"点位在{called[there]},台账所在{what}为“{names[code]}”,相距{_metres(metres)}"
        if clash:
            found = (wrong, "error", f"{said},不计入")
        else:
            found = ("W03", "warning", f"{said},按台账归属")
        issues.append(_issue(row, layer, found, "核对坐标、坐标系与所在单元"))
    return issues


def _outside(placed: Placed, units: pd.DataFrame, level: str, layer: str) -> list[Issue]:
    placement = placed.placements[level]
    has_point = placed.frame["x"].notna().to_numpy()
    lost = has_point & (placement.owner < 0) & ~placement.conflict
    west, south, east, north = shapely.total_bounds(units["geometry"].to_numpy())
    said = f"点位不在任何{LEVEL_NAMES[level]}内(图层范围 {west:.1f}–{east:.1f},{south:.1f}–{north:.1f}),不计入"
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
