"""One layer of the catalogue, whole: its files found, its rows tidy, its coordinates in CGCS2000."""

from __future__ import annotations

import glob
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import CatalogError, LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.ledger import EXCEL, TEXT, Ledger, read_ledger
from hbgeo.read.points import place_points
from hbgeo.read.schema import (
    PROVENANCE,
    Schema,
    Tidy,
    clean_text,
    read_schema,
    tidy,
)
from hbgeo.read.texts import as_text, contains
from hbgeo.read.vector import SUFFIXES, find_garbled, list_layers, read_vector
from hbgeo.read.vector.postgis import Database, read_postgis

_LOOK = 5_000  # rows looked at for garbled text
_WAYS_OUT = {
    ".et": "WPS 的 .et 文件",
    ".ett": "WPS 的 .ett 文件",
    ".xlsb": "二进制工作簿 .xlsb ",
    ".xltx": "模板 .xltx ",
    ".numbers": "Numbers 文件",
    ".doc": "Word 文档不是台账,",
    ".docx": "Word 文档不是台账,",
    ".pdf": "PDF 不是台账,",
}


def find_files(layer: Layer, folder: Path) -> list[Path | Database]:
    """Find a layer's files: beside the catalogue, by name, list or glob, or absolute; databases.

    Raises
    ------
    CatalogError
        If a path is not there, or leads out of the workspace.
    """
    found: list[Path | Database] = []
    for given in layer.paths:
        at = f"catalog.toml [{layer.key}]:path = “{given}”"
        if "://" in given:  # a database: the catalogue has checked the address
            found.append(Database(given))
            continue
        path = Path(given)
        if ".." in path.parts:
            raise CatalogError(f"{at} 含有“..”;只能用本目录下的文件或绝对路径")
        matches = [path] if path.is_absolute() else _beside(folder, given)
        if not matches or not matches[0].exists():
            raise CatalogError(f"{at} 没有这个文件;路径相对于 {folder}")
        if not path.is_absolute():
            _refuse_links(matches, folder, at)
        found.extend(matches)
    return list(dict.fromkeys(found))


def read_layer(layer: Layer, folder: Path) -> Tidy:
    """Read one layer of the catalogue.

    Returns
    -------
    tidied
        `frame` under the schema's canonical columns, with `geometry` for units and `x`, `y`
        (CGCS2000 degrees, NaN where there are none) for everything else, and `file`, `sheet`,
        `row`. `aside` holds the rows that an error puts aside.

    Raises
    ------
    LayerError
        If a file cannot be read, its encoding or CRS is not as declared, or no row has a place.
    """
    schema = read_schema(layer.schema)
    parts = [
        part for path in find_files(layer, folder) for part in _read_parts(path, layer, schema)
    ]
    return _joined(parts, schema)


def read_raw(path: Path | Database, layer: Layer, schema: Schema) -> Ledger:
    """Read one file of any kind as text: one table a sheet, under its own headings.

    Raises
    ------
    LayerError
        If the file is of no known kind, cannot be read, or its text is garbled.
    """
    suffix = "" if isinstance(path, Database) else path.suffix.lower()
    if isinstance(path, Database):
        raw = Ledger((read_postgis(path, layer),))
    elif suffix in SUFFIXES:
        raw = Ledger((read_vector(path, layer),))
    elif suffix in EXCEL | TEXT:
        raw = read_ledger(path, layer, schema)
    elif suffix in _WAYS_OUT:
        raise LayerError(f"{path.name}:{_WAYS_OUT[suffix]}请另存为 .xlsx")
    else:
        allowed = "、".join(sorted(SUFFIXES | EXCEL | TEXT))
        raise LayerError(f"{path.name}:不认识的文件类型;可用 {allowed}")
    for table in raw.tables:
        _refuse_garbled(table, layer)
    return raw


def tidy_raw(raw: Ledger, file: str, layer: Layer, schema: Schema) -> Tidy:
    """Tidy what one file holds: `read_raw` and this are `read_layer` for a single file.

    Raises
    ------
    LayerError
        If no row has a place, or none says its CRS.
    """
    return _joined(_tidy_parts(raw, file, layer, schema), schema)


def _read_parts(path: Path | Database, layer: Layer, schema: Schema) -> list[Tidy]:
    return _tidy_parts(read_raw(path, layer, schema), path.name, layer, schema)


def _tidy_parts(raw: Ledger, file: str, layer: Layer, schema: Schema) -> list[Tidy]:
    """Tidy each sheet of a file by itself: sheets and files may name their columns differently."""
    parts = []
    for table in raw.tables:
        made = tidy(table, schema, layer.key, layer.columns)
        if layer.role != "units":
            made = place_points(made, layer, schema)
        elif "geometry" not in made.frame:
            raise LayerError(f"{file}:单元图层应为面图层(gpkg、shp、geojson、parquet)")
        parts.append(made)
    skipped = tuple((file, *line) for line in raw.skipped)
    parts[0] = replace(parts[0], issues=(*raw.issues, *parts[0].issues), skipped=skipped)
    return parts


def _joined(parts: list[Tidy], schema: Schema) -> Tidy:
    """Put the parts of a layer together; a column that one of them lacks is empty there."""
    if len(parts) == 1:
        made = parts[0]
        return replace(made, frame=made.frame.reset_index(drop=True))
    return Tidy(
        frame=_concat([p.frame for p in parts], schema),
        aside=_concat([p.aside for p in parts], schema),
        issues=tuple(i for p in parts for i in p.issues),
        skipped=tuple(line for p in parts for line in p.skipped),
    )


def _concat(frames: list[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    columns = list(dict.fromkeys(c for f in frames for c in f.columns))
    blanks = {c: _blank_of(c, schema) for c in columns}
    whole = []
    for frame in frames:
        lacking = {
            c: pd.Series([blanks[c]] * len(frame), frame.index, dtype=_dtype_of(c, schema))
            for c in columns
            if c not in frame
        }
        made = frame.assign(**lacking)[columns]
        words = [c for c in columns if isinstance(made[c].dtype, pd.CategoricalDtype)]
        whole.append(made.astype(dict.fromkeys(words, "str")))
    return pd.concat(whole, ignore_index=True)


def _blank_of(column: str, schema: Schema) -> Any:
    kind = schema.columns[column].type if column in schema.columns else ""
    if column in {"x", "y", "lon", "lat"} or kind in {"number", "area"}:
        return np.nan
    return {"date": pd.NaT, "choices": ()}.get(kind, "")


def _dtype_of(column: str, schema: Schema) -> str:
    blank = _blank_of(column, schema)
    if blank is pd.NaT:
        return "datetime64[s]"
    return "object" if blank == () else "float64" if isinstance(blank, float) else "str"


def crs_of(layer: Layer, folder: Path) -> str:
    """The CRS in which a layer comes: its files' own, the catalogue's, or its 坐标系 column."""
    if layer.crs:
        return layer.crs
    path = find_files(layer, folder)[0]
    if isinstance(path, Database):
        return "数据库自带"
    if path.suffix.lower() in SUFFIXES - {".parquet", ".geoparquet"}:
        inside = list_layers(path)
        about = inside.get(layer.table) or next(iter(inside.values()))
        return about["crs"] or "未说明"
    return "文件自带" if path.suffix.lower() in SUFFIXES else "见坐标系列"


def _beside(folder: Path, given: str) -> list[Path]:
    if not glob.has_magic(given):
        return [folder / given]
    return sorted(folder.glob(given))


def _refuse_links(paths: list[Path], folder: Path, at: str) -> None:
    home = folder.resolve().parent
    for path in paths:
        if not path.resolve().is_relative_to(home):
            raise CatalogError(f"{at} 是指向工作区之外的链接;请改用绝对路径")


def _refuse_garbled(raw: pd.DataFrame, layer: Layer) -> None:
    """Refuse text decoded in the wrong encoding: a file is garbled throughout, so a look is enough."""
    seen: list[str] = []
    for column in raw.columns.difference([*PROVENANCE, "geometry"]):
        cells = raw[column]
        seen += [column, *as_text(cells.head(_LOOK)).tolist()]
        broken = contains(cells, "\ufffd")
        seen += as_text(cells[broken].head(1)).tolist() if broken.any() else []
    if bad := find_garbled(seen):
        file = raw["file"].iloc[0] if len(raw) else ""
        msg = f"{file}:文字是乱码(如“{clean_text(bad)[:20]}”),编码读错或源文件已损坏;"
        raise LayerError(msg + f"请核对 [{layer.key}] 的 encoding,或从源头重新导出")
