"""Columns of map files that should be text: UTF-8 as it must be, or refused with the row."""

from __future__ import annotations

from typing import TypeVar

import pandas as pd
import pyarrow as pa

from hbgeo.arrow import Cells, Chunks, pandas_texts
from hbgeo.errors import LayerError
from hbgeo.read.cell.column import ARROW_TEXT, arrow
from hbgeo.read.file.encoding import decoded

T = TypeVar("T", Cells, Chunks)
_GBK = "不是 UTF-8 文本（像是 GBK）；请在原软件里按正确的编码打开，重新导出为 UTF-8"
_BROKEN = "不是有效的文本，可能已损坏；请从源头重新导出"
_BINARY = "是二进制内容，不是文本；请在原软件里改为文本列或删去这一列后重新导出"


def check_text(cells: T, heading: str, name: str, row: int = 1) -> T:
    """Check that a column's texts are UTF-8, which nobody does who reads them; bytes become text.

    Parameters
    ----------
    cells
        A column of any type; numbers and times pass.
    heading, name
        Column and file, for messages.
    row
        Where the first of the cells stands.

    Raises
    ------
    LayerError
        Naming the first row that holds no text.
    """
    kind = cells.type
    if pa.types.is_primitive(kind) or pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return cells
    binary = (
        pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        or pa.types.is_binary_view(kind) or pa.types.is_fixed_size_binary(kind)
    )  # fmt: skip
    try:
        if binary:
            return cells.cast(pa.large_binary()).cast(pa.large_string())
        cells.validate(full=True)
    except pa.ArrowInvalid:
        at, raw = _first_broken(cells)
        said = _GBK if decoded(raw, "gb18030") is not None else _BINARY if binary else _BROKEN
        raise LayerError(f"{name} 第{row + at}行“{heading}”：{said}") from None
    return cells


def check_texts(frame: pd.DataFrame, name: str) -> None:
    """Check the texts of a frame from GDAL in place; columns of bytes that are text become it.

    Raises
    ------
    LayerError
        As `check_text` does.
    """
    for i, heading in enumerate(frame.columns):
        cells = frame.iloc[:, i]
        if isinstance(cells.dtype, pd.StringDtype):
            check_text(arrow(cells), str(heading), name)
        elif cells.dtype == object and any(isinstance(cell, bytes) for cell in cells):
            texts = check_text(pa.array(cells, pa.binary()), str(heading), name)
            frame.isetitem(i, pandas_texts(texts, ARROW_TEXT))


def _first_broken(cells: Cells | Chunks) -> tuple[int, bytes]:
    """The number of the first cell that holds no text, and its bytes."""
    for at, cell in enumerate(cells):
        try:
            value = cell.as_py()
            if isinstance(value, bytes):
                value.decode()
        except UnicodeDecodeError as err:
            return at, err.object
    return 0, b"\xff"
