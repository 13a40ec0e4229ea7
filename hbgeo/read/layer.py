"""One layer of the catalogue, whole: its files found, its rows tidy, its coordinates in CGCS2000."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.find import Database, find_files
from hbgeo.read.file.ledger import Ledger
from hbgeo.read.file.raw import read_raw
from hbgeo.read.issues import Issue
from hbgeo.read.points import to_points
from hbgeo.read.schema.match import unique_names
from hbgeo.read.schema.records import Schema, schema_with
from hbgeo.read.schema.tidy import Tidy, tidy
from hbgeo.read.shapes import set_shapes_aside


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
        If a file cannot be read, its encoding or CRS is not as declared, or no column says where a
        row is.
    """
    schema = schema_with(layer.schema, layer.own_words)
    called = _told_apart(find_files(layer, folder))
    sheets = [
        _called(sheet, name, fit_to_show(path.name))
        for path, name in called.items()
        for sheet in _read_file(path, layer, schema)
    ]
    return _joined(sheets, schema)


def tidy_raw(raw: Ledger, file: str, layer: Layer, schema: Schema) -> Tidy:
    """Tidy what one file holds: `read_raw` and this are `read_layer` for a single file.

    Raises
    ------
    LayerError
        If no column says where a row is, or none says its CRS.
    """
    return _joined(_tidy_sheets(raw, file, layer, schema), schema)


def _read_file(path: Path | Database, layer: Layer, schema: Schema) -> list[Tidy]:
    return _tidy_sheets(read_raw(path, layer, schema), fit_to_show(path.name), layer, schema)


def _told_apart(paths: Sequence[Path | Database]) -> dict[Path | Database, str]:
    """What each file is called: its name; files of one name by as many folders as tell them apart."""
    called: dict[Path | Database, str] = {path: fit_to_show(path.name) for path in paths}
    depth = 1
    while alike := [path for path, many in _repeated(called).items() if many]:
        depth += 1
        longer: dict[Path | Database, str] = {
            p: fit_to_show("/".join(p.parts[-depth:])) for p in alike if isinstance(p, Path)
        }
        if all(called[path] == name for path, name in longer.items()):
            break
        called |= longer
    return dict(zip(called, unique_names(called.values()), strict=True))


def _repeated(called: Mapping[Path | Database, str]) -> dict[Path | Database, bool]:
    count = Counter(called.values())
    return {path: count[name] > 1 for path, name in called.items()}


def _called(made: Tidy, name: str, file: str) -> Tidy:
    """The rows of a file under the name it is called by."""
    if name == file:
        return made
    return replace(
        made,
        frame=made.frame.assign(file=name),
        aside=made.aside.assign(file=name),
        issues=tuple(replace(issue, file=name) for issue in made.issues),
        skipped=tuple((name, *line[1:]) for line in made.skipped),
    )


def _tidy_sheets(raw: Ledger, file: str, layer: Layer, schema: Schema) -> list[Tidy]:
    """Tidy each sheet of a file by itself: sheets and files may name their columns differently."""
    sheets = []
    for table in raw.tables:
        made = tidy(table.frame, table.meaning, schema, layer.key)
        if layer.role != "units":
            if "geometry" in made.frame:
                made = set_shapes_aside(made, layer.key, schema)
            made = to_points(made, layer, schema)
        elif "geometry" not in made.frame:
            raise LayerError(f"{file}:单元图层应为面图层(gpkg、shp、geojson、parquet)")
        sheets.append(made)
    skipped = tuple((file, *line) for line in raw.skipped)
    empty = [] if any(len(table.frame) for table in raw.tables) else [_nothing(file, layer)]
    issues = (*raw.issues, *empty, *sheets[0].issues)
    sheets[0] = replace(sheets[0], issues=issues, skipped=skipped)
    return sheets


def _nothing(file: str, layer: Layer) -> Issue:
    """A file without any row: a district whose file was sent empty is lacking without a word."""
    said = f"{file}:没有一行数据,本应由它报送的都不在图层中"
    fix = "补上数据;确无数据的请从 path 中去掉该文件"
    return Issue(layer.key, file, "", None, "", "", "W18", "warning", said, fix)


def _joined(sheets: list[Tidy], schema: Schema) -> Tidy:
    """Put the sheets of a layer together; a column that one of them lacks is empty there."""
    if len(sheets) == 1:
        made = sheets[0]
        return replace(made, frame=made.frame.reset_index(drop=True))
    return Tidy(
        frame=_concat([p.frame for p in sheets], schema),
        aside=_concat([p.aside for p in sheets], schema),
        issues=tuple(i for p in sheets for i in p.issues),
        skipped=tuple(line for p in sheets for line in p.skipped),
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
