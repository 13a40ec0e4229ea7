"""How many points of any number of files stand in each unit: one file after another, or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from hbgeo.errors import RequestError
from hbgeo.measure.locate import UnitIndex
from hbgeo.measure.point_counts import PointCounts, counts_of
from hbgeo.read.catalog import LEVEL_NAMES, LEVELS
from hbgeo.read.stream.positions import EVERY, Wanted
from hbgeo.scale.cluster import Progress, Whose, count_on_cluster
from hbgeo.scale.files import find_points
from hbgeo.scale.pieces import Found, Piece, add_up, count_piece, cut_files, say_all
from hbgeo.workspace import Workspace

_NAMING = ("county", "township", "village")  # levels whose units a row of a ledger may name


def count_points(
    units: pd.DataFrame,
    files: Sequence[str | Path],
    wanted: Wanted = EVERY,
    *,
    index: UnitIndex | None = None,
    workers: int = 0,
    scheduler: str = "",
    progress: Progress | None = None,
) -> PointCounts:
    """Count points by the unit that holds them: on a border the one its row names, else the smallest code.

    Parameters
    ----------
    units
        Polygons indexed by code, in CGCS2000, with `name` and, where known, their parents.
    files
        Files, globs and folders (see `scale.files.find_points`); none is held in memory.
    index
        A `UnitIndex` of `units`, if there is one already.
    workers, scheduler
        Processes of this machine, or the address of a Dask cluster; neither: without Dask.
    progress
        Called with the pieces done (a file, or a part of a large one) and all of them.

    Raises
    ------
    LayerError, RequestError
        If a file or one of its rows cannot be read, or the cluster not be used: nothing is counted.
    """
    paths, said = find_points(files)
    pieces, index = cut_files(paths, wanted), index or UnitIndex(units)
    if workers or scheduler:
        whose = Whose(workers, scheduler)
        found = count_on_cluster(units, index, pieces, wanted, whose, progress)
    else:
        found = _count_here(index, pieces, wanted, progress)
    said += say_all(pieces, found)
    names = [path.name for path in paths]
    return counts_of(units, add_up(found), filters=wanted.filters, sources=names, said=said)


def _count_here(
    index: UnitIndex, pieces: Sequence[Piece], wanted: Wanted, progress: Progress | None
) -> list[Found]:
    found = []
    for done, piece in enumerate(pieces, 1):
        found.append(count_piece(index, piece, wanted))
        if progress:
            progress(done, len(pieces))
    return found


def count_in_units(
    workspace: Workspace,
    files: Sequence[str | Path],
    level: str,
    *,
    crs: str = "",
    where: Sequence[str] = (),
    **whose: Any,
) -> PointCounts:
    """Count the points of files in a workspace's units of one level.

    Parameters
    ----------
    crs
        That of points whose file does not say; "" takes CGCS2000, and says so.
    where
        Each as a command has it: 列=值，值.
    whose
        `workers` or `scheduler`, and `progress` (see `count_points`).

    Raises
    ------
    RequestError
        If the units have no borders, or what is asked for is not said as it should be.
    """
    if level not in LEVELS:
        raise RequestError(f"--units “{level}”不在可选值 {'、'.join(LEVELS)} 中")
    if whose.get("workers") and whose.get("scheduler"):
        raise RequestError("--workers 与 --scheduler 只能写一个")
    named = f"{level}_code" if level in _NAMING else ""
    wanted, units = Wanted(crs, named, read_where(where)), workspace.units(level)
    index = workspace.find_index(level)
    if index is None:
        raise RequestError(f"{LEVEL_NAMES[level]}没有边界，不能按位置归属")
    return count_points(units, files, wanted, index=index, **whose)


def read_where(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Filters as they are typed: 列=值，值 (or ，、 between them); the same column again adds values.

    Raises
    ------
    RequestError
        If one of them has no column or no value.
    """
    asked: dict[str, tuple[str, ...]] = {}
    for one in given:
        column, mark, values = one.replace("＝", "=").partition("=")
        parts = [v.strip() for v in values.replace("，", ",").replace("、", ",").split(",")]
        if not (mark and column.strip() and all(parts)):
            raise RequestError(f"--where “{one}”不可用；写作 列=值，值")
        asked[column.strip()] = (*asked.get(column.strip(), ()), *parts)
    return asked
