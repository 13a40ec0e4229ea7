"""Excel and CSV files → sheets of text cells, with what is merged, hidden or without a result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hbgeo.arrow import Cells
from hbgeo.errors import LayerError
from hbgeo.read.cell.column import as_table, unwrapped
from hbgeo.read.file.apart import read_ahead, read_apart
from hbgeo.read.file.csv import read_delimited
from hbgeo.read.file.endings import WORKBOOKS
from hbgeo.read.file.excel_xml import Range
from hbgeo.read.file.workbook import Packed, Page, read_workbook

_SIZE_LIMIT = 512 << 20  # bytes of a file


@dataclass(frozen=True)
class Sheet:
    """One sheet as text.

    Attributes
    ----------
    cells
        Text columns 0, 1, … and every row, blank ones too; the index counts rows from 0.
    merges
        Merged ranges; empty for text files, which have none.
    hidden
        Rows that are hidden; None where the format does not tell.
    unsaved
        Cells (row, column) that hold a formula without a stored result.
    visible
        Whether the sheet itself is shown.
    """

    name: str
    cells: pd.DataFrame
    merges: tuple[Range, ...] = ()
    hidden: frozenset[int] | None = frozenset()
    unsaved: tuple[tuple[int, int], ...] = ()
    visible: bool = True


def read_sheets(path: Path, encoding: str = "") -> list[Sheet]:
    """Read every sheet of an Excel, ods or text file; workbooks in the worker.

    Parameters
    ----------
    encoding
        The declared encoding of a text file; "" to tell it from the bytes.

    Raises
    ------
    LayerError
        If the file is empty, protected, damaged, too large, or not what its name says.
    """
    size = path.stat().st_size
    if size == 0:
        raise LayerError(f"{path.name}：空文件")
    if size > _SIZE_LIMIT:
        raise LayerError(f"{path.name}：超过 {_SIZE_LIMIT >> 20} MB；请按县拆分")
    if path.suffix.lower() in WORKBOOKS:
        return [_sheet(page) for page in read_apart(read_workbook, path)]
    return [Sheet("", read_delimited(path, encoding))]


def begin_workbook(path: Path) -> None:
    """Have the worker begin with a workbook that `read_sheets` will be asked for."""
    if 0 < path.stat().st_size <= _SIZE_LIMIT:
        read_ahead(read_workbook, path)


def _sheet(page: Page) -> Sheet:
    frame = unwrapped(as_table([_texts(packed) for packed in page.columns], page.rows))
    hidden = page.facts.hidden if page.told else None
    return Sheet(page.name, frame, page.facts.merges, hidden, page.facts.unsaved, page.visible)


def _texts(packed: Packed) -> Cells:
    mark, text = packed
    whole = pa.array([text], pa.large_binary()).cast(pa.large_string())
    return pc.list_flatten(pc.split_pattern(whole, mark))
