"""A population grid → what its files hold, a row each; and its populated cells, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from hbgeo.arrays import Floats, Mask
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.find import Database, find_files
from hbgeo.read.file.raster import Cells, Found, Raster, open_raster, read_strips
from hbgeo.read.issues import Issue
from hbgeo.read.layer import told_apart
from hbgeo.read.table import LayerTable, of_layer

Progress = Callable[[int, int], None]
ASIDE = {"negative": "负数", "excess": "多得不可能的数"}  # why cells are set aside
_TOUCH = 1e-6  # of a cell: files that share no more than this lie side by side
_FIXES = {
    "negative": "负数多是没有登记的空值：请在 GIS 软件里把它设为 NoData 后重新导出",
    "excess": "每平方米超过 1 人：核对单位（应为每格人数，不是密度），空值请设为 NoData",
}


@dataclass(frozen=True)
class CellBatch:
    """Populated cells of some whole rows of a grid's file.

    Attributes
    ----------
    cells
        Their numbers, unique in the layer and growing.
    x, y
        Centres, in CGCS2000.
    done, rows
        Rows of the layer read so far, and of all.
    """

    cells: Cells
    x: Floats
    y: Floats
    people: Floats
    width: int
    done: int
    rows: int

    def row_sums(self, some: Mask) -> list[float]:
        """People row by row of some cells, whose sum does not depend on how rows were batched."""
        return Found(self.cells, self.people).row_sums(self.width, some)


def open_grid(layer: Layer, folder: Path) -> list[Raster]:
    """Open the files of a grid, in the order of their names.

    Raises
    ------
    LayerError
        If one is no GeoTIFF of people (see `open_raster`), or they are not in one CRS.
    """
    called = told_apart(find_files(layer, folder))
    rasters = []
    for path, name in sorted(called.items(), key=lambda one: one[1]):
        if isinstance(path, Database):
            raise LayerError(f"{name}：人口格网应为 GeoTIFF（.tif），不能取自数据库")
        rasters.append(open_raster(path, name, layer))
    for one in rasters:
        if one.crs != rasters[0].crs:
            raise LayerError(
                f"{rasters[0].name}、{one.name}：两个文件的坐标系不同，会有格子重复或漏计；"
                "请在 GIS 软件里转到同一坐标系，合成一个文件"
            )
    return rasters


def read_grid(layer: Layer, folder: Path, *, progress: Progress | None = None) -> LayerTable:
    """Count what the files of a population grid hold, in memory that does not grow.

    Parameters
    ----------
    progress
        Called with the rows read and those of all files.

    Returns
    -------
    table
        A row a file: `file`, `crs`, `cell_size` (words), `width`, `height`, `cells` (populated
        ones), `people`, and `negative`, `excess` with `negative_people`, `excess_people`: cells
        set aside. Neither outside nor inside of units is asked here.

    Raises
    ------
    LayerError
        As `open_grid`; or if no cell has people, or files have people in the same place.
    """
    rasters = open_grid(layer, folder)
    _refuse_shared(rasters, layer)
    every, done = sum(r.height for r in rasters), 0
    rows, issues = [], list[Issue]()
    for raster in rasters:
        tally = _count(raster, done, every, progress)
        done += raster.height
        rows.append(tally.row(raster))
        issues += tally.issues(raster, layer.key)
    frame = pd.DataFrame(rows).astype(dict.fromkeys(("file", "sheet", "crs", "cell_size"), "str"))
    if not frame["cells"].any():
        names = "、".join(frame["file"].head(3))
        raise LayerError(
            f"{names}：没有一个有人的格子（全是空值、0 或不能用的数）；请核对波段和 NoData"
        )
    return of_layer(layer, frame, issues)


def read_cells(
    layer: Layer, folder: Path, *, rows: int = 0, progress: Progress | None = None
) -> Iterator[CellBatch]:
    """Read the populated cells of a grid, file by file, from the first row down.

    Parameters
    ----------
    rows
        Rows a batch; 0 leaves it to the file. What is read does not depend on it.
    progress
        Called with the rows read and those of all files.

    Raises
    ------
    LayerError
        As `open_grid`.
    """
    rasters = open_grid(layer, folder)
    every, before, start = sum(r.height for r in rasters), 0, 0
    for raster in rasters:
        for strip in read_strips(raster, rows):
            found = strip.populated
            x, y = raster.degrees(found.cells)
            done = before + strip.done
            yield CellBatch(found.cells + start, x, y, found.people, raster.width, done, every)
            if progress:
                progress(done, every)
        before += raster.height
        start += raster.width * raster.height


@dataclass
class _Tally:
    """What one file holds, strip by strip."""

    cells: dict[str, int] = field(default_factory=dict)
    sums: dict[str, list[float]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, found: Found, width: int) -> None:
        """Count some cells of a kind."""
        self.cells[kind] = self.cells.get(kind, 0) + len(found.cells)
        self.sums.setdefault(kind, []).extend(found.row_sums(width))
        if len(found.cells):
            self.first.setdefault(kind, int(found.cells[0]))

    def row(self, raster: Raster) -> dict[str, object]:
        """What is known of the file, as a row of the layer's table."""
        row: dict[str, object] = {"file": raster.name, "sheet": "", "row": 0}
        row |= {"crs": raster.crs, "cell_size": raster.cell}
        row |= {"width": raster.width, "height": raster.height}
        row |= {"cells": self.cells["populated"], "people": math.fsum(self.sums["populated"])}
        for kind in ASIDE:
            row |= {kind: self.cells[kind], f"{kind}_people": math.fsum(self.sums[kind])}
        return row

    def issues(self, raster: Raster, key: str) -> list[Issue]:
        """E19 cells that are set aside; W18 a file without people."""
        found = []
        for kind, said in ASIDE.items():
            if many := self.cells[kind]:
                [lon], [lat] = raster.degrees(np.array([self.first[kind]]))
                where = f"第一个在东经 {lon:.5f}、北纬 {lat:.5f}"
                text = f"{raster.name}：{many:,} 个格子是{said}，不计；{where}"
                found.append(_issue(key, raster.name, "E19", "error", text, _FIXES[kind]))
        if not self.cells["populated"]:
            text = f"{raster.name}：没有一个有人的格子"
            found.append(_issue(key, raster.name, "W18", "warning", text, "核对波段和 NoData"))
        return found


def _issue(key: str, file: str, rule: str, severity: str, said: str, fix: str) -> Issue:
    return Issue(key, file, "", None, "", "", rule, severity, said, fix)


def _count(raster: Raster, before: int, every: int, progress: Progress | None) -> _Tally:
    tally = _Tally()
    for strip in read_strips(raster):
        for kind in ("populated", *ASIDE):
            tally.add(kind, getattr(strip, kind), raster.width)
        if progress:
            progress(before + strip.done, every)
    return tally


def _refuse_shared(rasters: Sequence[Raster], layer: Layer) -> None:
    """Refuse files that have people in the same place: they would count twice."""
    for one, other in combinations(rasters, 2):
        if not _meet(one, other):
            continue
        fine, coarse = sorted((one, other), key=lambda r: abs(r.across * r.down))
        cells, people = _shared(fine, coarse)
        if cells:
            raise LayerError(
                f"{one.name}、{other.name}：有 {cells:,} 个格子（{people:,.0f} 人）在两个文件里重叠，"
                "会重复计算；拼接的请先镶嵌成一个文件，分性别、年龄段的请合成多波段的一个文件，"
                f"在 [{layer.key}] 写 band = [1, 2]"
            )


def _meet(one: Raster, other: Raster) -> bool:
    """Whether their boxes share more than a border."""
    a, b = one.box, other.box
    slack = _TOUCH * min(abs(one.across), abs(other.across))
    high = _TOUCH * min(abs(one.down), abs(other.down))
    return min(a[2], b[2]) - max(a[0], b[0]) > slack and min(a[3], b[3]) - max(a[1], b[1]) > high


def _shared(fine: Raster, coarse: Raster) -> tuple[int, float]:
    """Populated cells of the one whose centres lie in populated cells of the other, and people."""
    hits, people = [np.zeros(0, np.int64)], [np.zeros(0)]
    for strip in read_strips(fine):
        at = coarse.cells_at(*fine.plane(strip.populated.cells))
        hits.append(at[at >= 0])
        people.append(strip.populated.people[at >= 0])
    wanted, number = np.concatenate(hits), np.concatenate(people)
    shared = np.zeros(len(wanted), dtype=bool)
    for strip in read_strips(coarse) if len(wanted) else ():
        shared |= np.isin(wanted, strip.populated.cells)
    return int(shared.sum()), math.fsum(number[shared].tolist())
