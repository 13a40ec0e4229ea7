"""Problems of boundaries: overlaps, gaps, slivers, enclaves, and codes that the list lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from hbgeo.arrays import Floats, Shapes
from hbgeo.read.crs import to_metric
from hbgeo.read.issues import Issue

LEAST_M2 = 1.0  # overlaps and gaps below are rounding
SLIVER_M2 = 10_000.0  # a part smaller than a hectare is a sliver, not an enclave


def check_units(units: pd.DataFrame, layer: str, listed: pd.DataFrame | None = None) -> list[Issue]:
    """List what is wrong with a boundary layer as a whole.

    Parameters
    ----------
    units
        Valid polygons in CGCS2000, indexed by code, with `name`, `file` and `row`.
    listed
        The code list of the layer's scheme: code → `name`, `county_code`; None where there is none.

    Returns
    -------
    issues
        W09 overlaps, gaps, slivers and enclaves, areas in m² of the equal-area projection; E03
        codes that the list does not have.
    """
    told = _told(units)
    issues = _codes(units.index, told, layer, listed) if listed is not None else []
    shapes = units["geometry"].to_numpy()
    some = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if not len(some):
        return issues
    flat = to_metric(tuple(shapely.total_bounds(shapes[some])))
    plane = shapely.transform(
        shapes[some], lambda xy: np.column_stack(flat.transform(xy[:, 0], xy[:, 1]))
    )
    rows = [told[i] for i in some.tolist()]
    sound = bool(shapely.coverage_is_valid(shapes[some]))
    if not sound:
        issues += _overlaps(rows, plane, layer)
    issues += _gaps(rows, plane, layer, sound=sound)
    return issues + _parts(rows, plane, layer)


def _by_owner(owner: NDArray[np.intp], areas: Floats) -> Iterator[tuple[int, Floats]]:
    """The areas of each owner's parts, in their order."""
    order = np.argsort(owner, kind="stable")
    owners, starts = np.unique(owner[order], return_index=True)
    yield from zip(owners.tolist(), np.split(areas[order], starts[1:]), strict=False)


class _Row(NamedTuple):
    """What is told of a unit, wherever something is wrong with it."""

    file: str
    sheet: str
    row: int
    name: str
    county_code: str
    county: str


def _told(units: pd.DataFrame) -> list[_Row]:
    """What is told of each unit; where codes are of another list, that is all of them."""
    texts = [units[c].astype(str).tolist() for c in ("file", "sheet", "name", "county_code", "county")]  # fmt: skip
    file, sheet, name, code, county = texts
    rows = units["row"].astype(int).tolist()
    return list(map(_Row, file, sheet, rows, name, code, county))


def _overlaps(rows: list[_Row], plane: Shapes, layer: str) -> list[Issue]:
    left, right = shapely.STRtree(plane).query(plane, predicate="intersects")
    keep = left < right
    left, right = left[keep], right[keep]
    areas = shapely.area(shapely.intersection(plane[left], plane[right]))
    issues = []
    for i, j, area in zip(left, right, areas, strict=True):
        if area >= LEAST_M2:
            said = f"与{_called(rows, j)}重叠 {_area(area)}"
            issues.append(_issue(rows, i, layer, said, "修正边界，重叠处的点会有两个所属"))
    return issues


def _gaps(rows: list[_Row], plane: Shapes, layer: str, *, sound: bool) -> list[Issue]:
    """Holes in the union of all units; where edges do not match, narrow ones open as well."""
    whole = shapely.coverage_union_all(plane) if sound else shapely.union_all(plane)
    holes = [
        shapely.Polygon(ring)
        for part in shapely.get_parts(whole)
        for ring in shapely.get_rings(part)[1:]
    ]
    tree = shapely.STRtree(plane)
    issues = []
    for hole in holes:
        if hole.area < LEAST_M2:
            continue
        around = sorted(tree.query(hole, predicate="intersects").tolist())
        names = "、".join(_called(rows, i) for i in around[:4])
        said = f"各单元之间有缝隙 {_area(hole.area)}，邻接{names}"
        issues.append(_issue(rows, around[0], layer, said, "修正边界，缝隙处的点没有所属"))
    return issues


def _parts(rows: list[_Row], plane: Shapes, layer: str) -> list[Issue]:
    """Parts of a unit apart from its largest: slivers, and enclaves to be confirmed."""
    parts, owner = shapely.get_parts(plane, return_index=True)
    areas = shapely.area(parts)
    largest = np.zeros(len(plane))
    np.maximum.at(largest, owner, areas)
    issues = []
    apart = areas < largest[owner]
    for i, own in _by_owner(owner[apart], areas[apart]):
        slivers, rest = own[own < SLIVER_M2], own[own >= SLIVER_M2]
        if len(slivers):
            said = f"有 {len(slivers)} 块小于 1 公顷的碎片，共 {_area(float(slivers.sum()))}"
            issues.append(_issue(rows, i, layer, said, "多为描边误差，请删除或并入"))
        if len(rest):
            said = f"由 {len(rest) + 1} 块组成，主体之外 {_area(float(rest.sum()))}（飞地、岛屿）"
            issues.append(_issue(rows, i, layer, said, "确为飞地则不必处理"))
    return issues


def _codes(codes: pd.Index, rows: list[_Row], layer: str, listed: pd.DataFrame) -> list[Issue]:
    unlisted = codes.difference(listed.index)
    called: dict[tuple[str, str], list[str]] = {}  # by name and prefecture
    if len(unlisted):
        for code, name in zip(listed.index.tolist(), listed["name"].tolist(), strict=True):
            called.setdefault((str(name), code[:4]), []).append(code)
    issues = []
    for code, at in zip(unlisted.tolist(), codes.get_indexer(unlisted).tolist(), strict=True):
        same = called.get((rows[at].name, code[:4]), [])
        hint = f"；名称“{rows[at].name}”对应的代码是 {same[0]}" if len(same) == 1 else ""
        said = f"代码 {code} 不在区划表中{hint}"
        issues.append(_issue(rows, at, layer, said, "核对代码与 scheme", rule="E03"))
    return issues


def _issue(rows: list[_Row], at: int, layer: str, said: str, fix: str, rule: str = "W09") -> Issue:
    row = rows[at]
    where = (layer, row.file, row.sheet, row.row, "边界", row.name)
    text = f"“{row.name}”{said}"
    return Issue(*where, rule, "warning", text, fix, row.county_code, row.county)


def _called(rows: list[_Row], at: int) -> str:
    return f"“{rows[at].name}”"


def _area(square_metres: float) -> str:
    if square_metres < SLIVER_M2:
        return f"{square_metres:,.0f} 平方米"
    return f"{square_metres / 10_000:,.1f} 公顷（{square_metres:,.0f} 平方米）"
