"""One layer of the catalogue, whole: its files found, its rows tidy, its coordinates in CGCS2000."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from hbgeo.errors import LayerError
from hbgeo.read.batch import Batches
from hbgeo.read.catalog import Layer
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.find import Database, find_files
from hbgeo.read.file.ledger import Ledger, Progress
from hbgeo.read.file.raw import read_raw
from hbgeo.read.issues import Issue
from hbgeo.read.origin import restore_origin
from hbgeo.read.schema.match import unique_names
from hbgeo.read.schema.records import Schema, schema_with
from hbgeo.read.schema.tidy import Tidy


def read_layer(layer: Layer, folder: Path, *, progress: Progress | None = None) -> Tidy:
    """Read one layer of the catalogue.

    Parameters
    ----------
    progress
        Called with the number of files that are read, and of all; of sheets, of a single file.

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
    called = told_apart(find_files(layer, folder))
    return _tidied(_read_files(called, layer, schema, progress), layer, schema)


def tidy_raw(raw: Ledger, file: str, layer: Layer, schema: Schema) -> Tidy:
    """Tidy what one file holds: `read_raw` and this are `read_layer` for a single file.

    Raises
    ------
    LayerError
        If no column says where a row is, or none says its CRS.
    """
    return _tidied([(file, raw)], layer, schema)


def _read_files(
    called: Mapping[Path | Database, str],
    layer: Layer,
    schema: Schema,
    progress: Progress | None,
) -> Iterator[tuple[str, Ledger]]:
    """Read one file after the other: what it is called, and what it holds."""
    alone = progress if len(called) == 1 else None  # whose sheets are counted
    for done, (path, name) in enumerate(called.items()):
        if progress and not alone:
            progress(done, len(called))
        raw = read_raw(path, layer, schema, progress=alone)
        yield name, restore_origin(_called(raw, name, fit_to_show(path.name)))


def _tidied(files: Iterable[tuple[str, Ledger]], layer: Layer, schema: Schema) -> Tidy:
    batches, issues = Batches(layer, schema), list[Issue]()
    skipped = list[tuple[str, str, int, str]]()
    for file, raw in files:
        issues += raw.issues
        issues += [] if any(len(frame) for frame in raw.frames) else [_nothing(file, layer)]
        skipped += [(file, *line) for line in raw.skipped]
        for table in raw.tables:
            if layer.role == "units" and "geometry" not in table.frame:
                raise LayerError(f"{file}：单元图层应为面图层（gpkg、shp、geojson、parquet）")
            if layer.role == "lines" and "geometry" not in table.frame:
                raise LayerError(
                    f"{file}：道路应为线图层（gpkg、shp、geojson、kml、parquet、osm.pbf）"
                )
            if layer.role == "background" and "geometry" not in table.frame:
                raise LayerError(
                    f"{file}：底图应为线、面或点图层（gpkg、shp、geojson、kml、parquet）"
                )
            batches.add(table, file)
    made = batches.joined()
    return replace(made, issues=(*issues, *made.issues), skipped=tuple(skipped))


def told_apart(paths: Sequence[Path | Database]) -> dict[Path | Database, str]:
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


def _called(raw: Ledger, name: str, file: str) -> Ledger:
    """What a file holds under the name it is called by."""
    if name == file:
        return raw
    return replace(
        raw,
        tables=tuple(replace(t, frame=t.frame.assign(file=name)) for t in raw.tables),
        issues=tuple(replace(issue, file=name) for issue in raw.issues),
    )


def _nothing(file: str, layer: Layer) -> Issue:
    """A file without any row: a district whose file was sent empty is lacking without a word."""
    said = f"{file}：没有一行数据，本应由它报送的都不在图层中"
    fix = "补上数据；确无数据的请从 path 中去掉该文件"
    return Issue(layer.key, file, "", None, "", "", "W18", "warning", said, fix)
