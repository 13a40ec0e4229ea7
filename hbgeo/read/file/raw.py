"""A file of any kind → text under its own headings, one table a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath

import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.column import contains
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.cell.text import clean_text
from hbgeo.read.file.apart import read_apart
from hbgeo.read.file.archive import look_inside
from hbgeo.read.file.encoding import find_garbled
from hbgeo.read.file.endings import ARCHIVES, LEDGERS, MAPS, PARQUET, READ, ROADS, WORKBOOKS
from hbgeo.read.file.excel import begin_workbook
from hbgeo.read.file.find import Database, find_files
from hbgeo.read.file.header import Accept, is_ledger
from hbgeo.read.file.json_rows import holds_rows, read_json_rows
from hbgeo.read.file.ledger import Ledger, Progress, RawTable, read_ledger
from hbgeo.read.file.others import is_litter, owner_of, way_out
from hbgeo.read.issues import Issue
from hbgeo.read.schema.match import RESERVED, match_headings
from hbgeo.read.schema.records import Schema

_LOOK = 5_000  # rows looked at for garbled text


def read_raw(
    path: Path | Database,
    layer: Layer,
    schema: Schema,
    *,
    accept: Accept = is_ledger,
    progress: Progress | None = None,
) -> Ledger:
    """Read one file of any kind as text: one table a sheet, under its own headings.

    What the headings mean is found here, once, and travels with each table.

    Parameters
    ----------
    accept
        What the header of a ledger must have.
    progress
        Called with the number of a workbook's sheets that are read, and of all.

    Raises
    ------
    LayerError
        If the file is of no known kind, cannot be read, its text is garbled, or it lacks a
        heading that the catalogue names.
    """
    if isinstance(path, Path):
        _refuse_litter(path)
    if isinstance(path, Path) and path.suffix.lower() in LEDGERS:
        raw = read_ledger(path, layer, schema, accept=accept, progress=progress)
    else:
        raw = _read_known(path, layer, schema)
    for frame in raw.frames:
        _refuse_garbled(frame, layer)
    return raw


def begin_file(path: Path | Database) -> None:
    """Have a workbook read beside us that `read_raw` will be asked for."""
    if isinstance(path, Path) and path.suffix.lower() in WORKBOOKS:
        begin_workbook(path)


def _read_known(path: Path | Database, layer: Layer, schema: Schema) -> Ledger:
    """Read what has its headings in a place of their own: a database's table, a map's file."""
    if isinstance(path, Database):
        from hbgeo.read.file.postgis import read_postgis  # GDAL is not for who reads a ledger

        return _matched(read_postgis(path, layer), layer, schema, fit_to_show(path.name))
    suffix = path.suffix.lower()
    if holds_rows(path):
        rows, issues = read_json_rows(path, layer.key, layer.encoding)
        return replace(_matched(rows, layer, schema, fit_to_show(path.name)), issues=tuple(issues))
    if suffix in ROADS and layer.role != "lines":
        raise LayerError(f'{path.name}：.osm.pbf 只能作道路图层（role = "lines"）')
    if suffix in MAPS | ROADS:
        from hbgeo.read.file.vector import read_map

        raw = _matched(read_map(path, layer), layer, schema, fit_to_show(path.name))
        return replace(raw, issues=_say_inside(path, layer)) if suffix in ARCHIVES else raw
    if out := way_out(suffix):
        raise LayerError(f"{path.name}：{out}")
    allowed = "、".join(sorted(READ))
    raise LayerError(f"{path.name}：不认识的文件类型；可用 {allowed}")


def _refuse_litter(path: Path) -> None:
    if is_litter(PurePath(path.name)):
        own = owner_of(path.name)
        hint = f"；请写 {own}" if own else ""
        raise LayerError(f"{path.name}：是其他程序留下的临时或系统文件，不是数据{hint}")


def _say_inside(path: Path, layer: Layer) -> tuple[Issue, ...]:
    """Of an archive's files that are no layers: those that may hold data, and litter."""
    about = look_inside(path)
    said = [f"压缩包里的 {n} 没有读入；{out}" for n, out in about.others.items()]
    if about.litter:
        said.append(
            f"压缩包里有 {about.litter} 个系统文件（如 __MACOSX、._ 开头的）不是数据，没有读"
        )
    where = (layer.key, fit_to_show(path.name), "", None, "", "", "W13", "warning")
    return tuple(Issue(*where, text, "不是本图层的数据则不必理会") for text in said)


def _matched(frame: pd.DataFrame, layer: Layer, schema: Schema, name: str) -> Ledger:
    """A table whose header nobody had to look for."""
    meaning = match_headings(frame.columns, schema, layer.columns, where=name)
    return Ledger((RawTable(frame, meaning),))


def crs_of(layer: Layer, folder: Path) -> str:
    """The CRS in which a layer comes: its files' own, the catalogue's, or its 坐标系 column."""
    if layer.crs:
        return layer.crs
    path = find_files(layer, folder)[0]
    if isinstance(path, Database):
        return "数据库自带"
    if holds_rows(path):
        return "见坐标系列"
    if path.suffix.lower() in MAPS - PARQUET:
        from hbgeo.read.file.vector import list_layers

        inside = read_apart(list_layers, path)
        about = inside.get(layer.table) or next(iter(inside.values()))
        return about["crs"] or "未说明"
    return "文件自带" if path.suffix.lower() in MAPS | ROADS else "见坐标系列"


def _refuse_garbled(raw: pd.DataFrame, layer: Layer) -> None:
    """Refuse text decoded in the wrong encoding: a file is garbled throughout, so a look is enough."""
    seen: list[str] = []
    head = raw.head(_LOOK)
    for column in sorted(set(raw.columns).difference(RESERVED)):
        seen += [column, *head[column].tolist()]
        if len(raw) > _LOOK and (broken := contains(raw[column], "\ufffd")).any():
            seen += raw[column][broken].head(1).tolist()
    if bad := find_garbled(seen):
        file = raw["file"].iloc[0] if len(raw) else ""
        msg = f"{file}：文字是乱码（如“{clean_text(bad)[:20]}”），编码读错或源文件已损坏；"
        raise LayerError(msg + f"请核对 [{layer.key}] 的 encoding，或从源头重新导出")
