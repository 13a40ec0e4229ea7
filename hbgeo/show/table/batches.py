"""Tables written batch by batch, in constant memory; each file is written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import xlsxwriter

from hbgeo.arrays import Floats
from hbgeo.arrow import Cells, replaced_where, texts_in, whether
from hbgeo.errors import HbgeoError, OutputError
from hbgeo.measure.locate_stream import TaggedBatch
from hbgeo.show import look
from hbgeo.show.excel.book import EPOCH, SHEET_ROWS, write_cell
from hbgeo.show.excel.sheet import set_paper
from hbgeo.show.table.csv import COMPUTED, harmless
from hbgeo.show.table.files import Staging, unwritable
from hbgeo.show.table.formats import FORMATS
from hbgeo.show.table.headings import headings_of
from hbgeo.show.words import SAMPLE_MARK
from hbgeo.show.zipped import say_one_system
from hbgeo.store.rests import temporary_folder

_TITLES = {
    "locate": ("点位归属", "右边几列是每个点所在的单元；不在任何单元内的为空。"),
    "nearest": (
        "最近的设施",
        "距离是直线距离，非步行时间；分钟数按道路，没有道路图层或到不了的为空。",
    ),
}
_POINT = np.frombuffer(b"\1\1\0\0\0", np.uint8)  # well-known binary: little-endian, point


def write_batches(
    path: Path,
    schema: pa.Schema,
    batches: Iterable[TaggedBatch],
    *,
    sample: bool = False,
    machine: bool = False,
    chinese: bool = False,
    kind: str = "locate",
) -> int:
    """Write a table batch by batch in the format of the suffix, beside its place first.

    Parameters
    ----------
    batches
        Used once; an error on the way leaves what stood at `path` untouched.
    sample
        Whether the first row of a workbook says that the data are invented.
    machine, chinese
        Whether a workbook is a plain table under the names of `schema`; whether a .csv has Chinese
        headings.

    kind
        The command that writes it.

    Returns how many rows were written.

    Raises
    ------
    OutputError
        If the format is not one of `formats.FORMATS`, the file cannot be written, or a workbook
        cannot hold so many rows.
    """
    how = _writers(sample=sample, machine=machine, chinese=chinese, kind=kind)
    write = how.get(path.suffix.lower())
    if write is None:
        raise OutputError(f"不支持的输出格式“{path.suffix}”；可用 {'、'.join(FORMATS)}")
    return _write_beside(path, schema, batches, write)


def _write_beside(
    path: Path,
    schema: pa.Schema,
    batches: Iterable[TaggedBatch],
    write: Callable[[Path, pa.Schema, Iterator[TaggedBatch]], None],
) -> int:
    """Write a file beside its place and move it there; how many rows it has."""
    counted = _Counted(batches)
    with Staging() as staging:
        try:
            fresh = staging.path(path)
            fresh.touch(exist_ok=False)  # GDAL and XlsxWriter do not say why they cannot
            fresh.unlink()
            write(fresh, schema, counted)
        except OSError as err:
            raise unwritable(path, err) from None
        staging.move()
    return counted.rows


def _writers(
    *, sample: bool, machine: bool, chinese: bool, kind: str
) -> dict[str, Callable[[Path, pa.Schema, Iterator[TaggedBatch]], None]]:
    """Who writes each format."""
    return {
        ".csv": lambda beside, names, rest: _write_csv(
            beside, names, rest, kind=kind if chinese else ""
        ),
        ".json": _write_json,
        ".xlsx": lambda beside, names, rest: _write_xlsx(
            beside, names, rest, sample=sample, kind="" if machine else kind
        ),
        ".parquet": _write_parquet,
        ".geojson": lambda beside, names, rest: _write_map(beside, names, rest, "GeoJSON"),
        ".gpkg": lambda beside, names, rest: _write_map(beside, names, rest, "GPKG"),
    }


class _Counted:
    """Counts the rows that go by, and keeps the error that ended them.

    GDAL asks for batches from C, where an error's own words would be lost.
    """

    def __init__(self, batches: Iterable[TaggedBatch]) -> None:
        self.rows, self.error = 0, None
        self._batches = iter(batches)

    error: BaseException | None

    def __iter__(self) -> Iterator[TaggedBatch]:
        return self

    def __next__(self) -> TaggedBatch:
        try:
            batch = next(self._batches)
        except StopIteration:
            raise
        except BaseException as err:
            self.error = err
            raise
        self.rows += len(batch[0])
        return batch


def _write_csv(path: Path, schema: pa.Schema, batches: Iterator[TaggedBatch], *, kind: str) -> None:
    names = [h.text for h in headings_of(kind, schema.names)] if kind else schema.names
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(map(harmless, names))
        for batch, _, _ in batches:
            columns = [_harmless(c).to_pylist() for c in batch.columns]
            writer.writerows(zip(*columns, strict=True))


def _harmless(cells: Cells) -> Cells:
    """Mark text that a spreadsheet would compute: a quote before it, as Excel itself writes it."""
    if not pa.types.is_string(cells.type):
        return cells
    risky = whether(pc.match_substring_regex(cells, f"^[{COMPUTED}]"))
    if not pc.any(risky).as_py():
        return cells
    marked = [harmless(text) for text in texts_in(cells.filter(risky))]
    return replaced_where(cells, risky, pa.array(marked, pa.string()))


def _write_json(path: Path, schema: pa.Schema, batches: Iterator[TaggedBatch]) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        opening = "[\n"
        for row in _values(batches):
            record = dict(zip(schema.names, row, strict=True))
            text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
            file.write(f"{opening} {text.replace(chr(10), chr(10) + ' ')}")
            opening = ",\n"
        file.write("[]\n" if opening == "[\n" else "\n]\n")


def _plain(cells: Cells) -> list[Any]:
    """Values as JSON has them: dates as ISO text, no NaN."""
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))
    elif pa.types.is_temporal(cells.type):
        cells = cells.cast(pa.string())
    return list(cells.to_pylist())


def _write_xlsx(
    path: Path, schema: pa.Schema, batches: Iterator[TaggedBatch], *, sample: bool, kind: str
) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with contextlib.ExitStack() as stack:  # after an error too: the rows lie in files of their own
        apart = {"tmpdir": str(stack.enter_context(temporary_folder()))}
        book = xlsxwriter.Workbook(str(path), {**options, **apart, "nan_inf_to_errors": False})
        stack.callback(book.close)
        book.set_properties({"created": datetime.fromisoformat(EPOCH[:19]), "author": "hbgeo"})
        sheet = book.add_worksheet("数据")
        mark = SAMPLE_MARK if sample else ""
        begin = partial(_begin_list, kind) if kind else _begin_plain
        top = begin(book, sheet, schema.names, mark)
        for row, values in enumerate(_values(batches), start=top + 1):
            if row >= SHEET_ROWS:
                msg = f"{path.suffix} 最多 {SHEET_ROWS:,} 行，放不下；请写成 .csv 或 .parquet"
                raise OutputError(msg)
            for c, value in enumerate(values):
                write_cell(sheet, row, c, value)
        if kind and _rows_of(batches):
            sheet.autofilter(top, 0, top + _rows_of(batches), len(schema) - 1)
    with path.open("rb+") as made:
        say_one_system(made)


def _begin_plain(book: Any, sheet: Any, names: Sequence[str], mark: str) -> int:
    """Write the heading of a plain table; its row."""
    bold, top = book.add_format({"bold": True, "bottom": 1}), 1 if mark else 0
    sheet.freeze_panes(top + 1, 0)
    sheet.set_column(0, max(len(names) - 1, 0), 14)
    if mark:
        red = book.add_format({"bold": True, "font_color": look.SHEET_MARK})
        sheet.write_string(0, 0, mark, red)
    for c, name in enumerate(names):
        sheet.write_string(top, c, name, bold)
    return top


def _begin_list(kind: str, book: Any, sheet: Any, names: Sequence[str], mark: str) -> int:
    """Write title and Chinese headings of a list whose rows are yet to come; the heading's row."""
    heads, width = headings_of(kind, list(names)), 0.0
    title, line = _TITLES[kind]
    for text, row, form in (
        (mark or " ", 0, {"bold": True, "font_color": look.SHEET_MARK}),
        (title, 1, {"bold": True, "font_size": 16, "font_name": look.PAPER_HEAD_FONT}),
        (line, 2, {}),
    ):
        sheet.write_string(row, 0, text, book.add_format({"font_name": look.PAPER_FONT, **form}))
    bold = {"bold": True, "border": 1, "align": "center", "text_wrap": True}
    head = book.add_format({"font_name": look.PAPER_FONT, "bg_color": look.SHEET_HEAD, **bold})
    for c, one in enumerate(heads):
        sheet.set_column(c, c, one.width)
        sheet.write_string(3, c, one.text, head)
        width += one.width
    sheet.freeze_panes(4, 0)
    sheet.repeat_rows(0, 3)
    set_paper(sheet, width, mark)
    return 3


def _rows_of(batches: Any) -> int:
    """How many rows went by."""
    return int(getattr(batches, "rows", 0))


def _values(batches: Iterator[TaggedBatch]) -> Iterator[tuple[Any, ...]]:
    for batch, _, _ in batches:
        yield from zip(*[_plain(c) for c in batch.columns], strict=True)


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterator[TaggedBatch]) -> None:
    with path.open("xb") as file, pq.ParquetWriter(file, schema) as writer:
        for batch, _, _ in batches:
            writer.write_batch(batch)


def _write_map(path: Path, schema: pa.Schema, batches: Iterator[TaggedBatch], driver: str) -> None:
    """GDAL fetches batch after batch; its clock is stopped so that bytes do not change."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": EPOCH})
    field = pa.field("geometry", pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    wide = pa.schema([*schema, field])

    def with_points() -> Iterator[pa.RecordBatch]:
        for batch, x, y in batches:
            yield pa.RecordBatch.from_arrays([*batch.columns, points_wkb(x, y)], schema=wide)

    try:
        pyogrio.write_arrow(
            pa.RecordBatchReader.from_batches(wide, with_points()), path, driver=driver,
            layer="hbgeo", geometry_name="geometry",
            geometry_type="Point", crs="EPSG:4490",
        )  # fmt: skip
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as err:
        cause = getattr(batches, "error", None)
        if isinstance(cause, (HbgeoError, OSError)):
            raise cause from None
        raise OutputError(f"{path.suffix} 无法写入（{str(err).splitlines()[0][:120]}）") from None


def points_wkb(x: Floats, y: Floats) -> Cells:
    """Points as well-known binary, null where there is none."""
    given = np.isfinite(x) & np.isfinite(y)
    cells = np.empty((len(x), 21), np.uint8)
    cells[:, :5] = _POINT
    cells[:, 5:] = np.column_stack([x, y]).astype("<f8").view(np.uint8)
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(21), len(x), [None, pa.py_buffer(np.ascontiguousarray(cells).data)]
    )
    made: Cells = pc.if_else(pa.array(given), fixed.cast(pa.binary()), pa.scalar(None, pa.binary()))
    return made
