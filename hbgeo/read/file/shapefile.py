"""Shapefiles: whole or refused, in the encoding their table is in, headings cut at 10 bytes restored."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio

from hbgeo.arrow import Cells, texts_in
from hbgeo.errors import LayerError
from hbgeo.read.catalog import Layer
from hbgeo.read.file.encoding import tell_encoding
from hbgeo.read.schema.match import heading_key
from hbgeo.read.schema.records import read_schema

BYTEWISE = "ISO-8859-1"  # every byte is a character of it: what GDAL cannot decode, we can
_LOOKED_AT = 64 << 20  # bytes of a table looked at to tell its encoding
_NAME_BYTES = 10  # a dBase table has room for ten bytes of a field's name
_MAGIC = bytes.fromhex("0000270a")


def read_shapefile(path: Path, layer: Layer) -> gpd.GeoDataFrame:
    """Read a shapefile with its table; raises what pyogrio raises for contents it cannot read.

    Raises
    ------
    LayerError
        If a part is missing or cut short (rows would be lost without a word), or the encoding
        is not as declared.
    """
    table = check_parts(path)
    encoding = table_encoding(path, table, layer)
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(
        path, encoding=BYTEWISE, use_arrow=True, on_invalid="ignore"
    )
    raw = [str(c) for c in frame.columns]  # dBase may cut two headings to the same one
    frame.columns = pd.Index([c if c == "geometry" else str(i) for i, c in enumerate(raw)])
    for column in frame.select_dtypes(["object", "str"]).columns.drop("geometry", errors="ignore"):
        frame[column] = _decoded(frame[column], encoding)
    names = [decode(c, encoding) for c in raw]
    codes = [c != "geometry" and _all_digits(frame[c]) for c in frame.columns]
    frame.columns = pd.Index(restore_names(raw, names, codes, layer))
    return frame


def check_parts(path: Path) -> Path:
    """Check that a shapefile's parts are there, whole, and of equally many rows; give the table.

    Raises
    ------
    LayerError
        If they are not.
    """
    parts = {}
    for suffix in (".dbf", ".shx"):
        found = _beside(path, suffix)
        if found is None:
            raise LayerError(f"{path.name}：缺少同名的 {suffix} 文件；.shp、.shx、.dbf 应放在一起")
        parts[suffix] = found
    records = []
    for file in (path, parts[".shx"]):
        head = _head(file, 100)
        if len(head) < 100 or not head.startswith(_MAGIC):
            kind = file.suffix.lower().lstrip(".")
            raise LayerError(f"{file.name}：不是有效的 {kind} 文件（内容与扩展名不符或已损坏）")
        length = 2 * int.from_bytes(head[24:28], "big")
        _refuse_short(file, length)
        records.append((length - 100) // 8)
    rows = _check_table(parts[".dbf"])
    if records[1] != rows:
        msg = f"{path.name}：图形有 {records[1]:,} 个，属性表有 {rows:,} 行，两者不符；请重新导出"
        raise LayerError(msg)
    return parts[".dbf"]


def _check_table(table: Path) -> int:
    head = _head(table, 32)
    if len(head) < 32:
        raise LayerError(f"{table.name}：不是有效的 dbf 文件（内容与扩展名不符或已损坏）")
    rows, start, width = (
        int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12))
    )
    _refuse_short(table, start + rows * width)
    return rows


def _head(file: Path, size: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(size)


def _refuse_short(file: Path, length: int) -> None:
    size = file.stat().st_size
    if size < length:
        raise LayerError(
            f"{file.name}：文件不完整（应有 {length:,} 字节，只有 {size:,}）；请重新复制或导出"
        )


def _beside(path: Path, suffix: str) -> Path | None:
    same = (p for p in path.parent.iterdir() if p.stem == path.stem)
    return next((p for p in same if p.suffix.lower() == suffix), None)


def table_encoding(path: Path, table: Path, layer: Layer) -> str:
    """The table's encoding: catalogue, `.cpg`, UTF-8 if strictly so, else GB18030.

    Raises
    ------
    LayerError
        If it is not as declared.
    """
    with table.open("rb") as file:
        data = file.read(_LOOKED_AT)
    cpg = _beside(path, ".cpg")
    declared = layer.encoding or (cpg.read_text("ascii", "replace").strip() if cpg else "")
    return tell_encoding(_texts(data), declared, path.name)


def _texts(data: bytes) -> bytes:
    """The field names and text cells of a dBase table, none of them cut inside a character."""
    header = int.from_bytes(data[8:10], "little")
    size = int.from_bytes(data[10:12], "little")
    parts, fields, start = [], [], 1
    for i in range(32, min(header, len(data)) - 31, 32):
        name = data[i : i + 11].split(b"\0")[0]
        if len(name) < _NAME_BYTES - 1:  # a longer one may end inside a character
            parts.append(name)
        width = data[i + 16]
        if data[i + 11 : i + 12] == b"C":
            fields.append((start, start + width))
        start += width
    for row in range(header, len(data) - size + 1, max(size, 1)):
        for a, b in fields:
            cell = data[row + a : row + b]
            if cell[-1:] in (b" ", b"\0"):  # a full cell may end inside a character
                parts.append(cell.rstrip(b" \0"))
    return b" ".join(parts)


def _decoded(texts: pd.Series, encoding: str) -> pd.Series:
    known = {t: decode(t, encoding) for t in texts.dropna().unique()}
    return texts.map(known).astype("str")


def decode_column(texts: Cells, encoding: str) -> Cells:
    """Decode a column read byte by byte, each distinct text once."""
    coded = texts.dictionary_encode()
    words = [decode(t, encoding) for t in texts_in(coded.dictionary)]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string())).cast(
        pa.string()
    )


def decode(raw: str, encoding: str) -> str:
    """Decode a text read byte by byte; half a character at its end, where it was cut, is dropped."""
    data = raw.encode(BYTEWISE)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as err:
        if err.start >= len(data) - 3:
            return data[: err.start].decode(encoding)
        return data.decode(encoding, "replace")


def restore_names(
    raw: Iterable[str], names: list[str], codes: list[bool], layer: Layer
) -> list[str]:
    """Complete headings that dBase cut at ten bytes, where the schema knows only one completion.

    Parameters
    ----------
    raw
        The headings byte by byte, to tell which are long enough to have been cut.
    names
        The same, decoded.
    codes
        Whether the cells below are figures only: 所在乡 is 所在乡镇, or 所在乡镇代码.
    """
    columns = read_schema(layer.schema).columns
    known = [(n, column.id) for column in columns.values() for n in column.names]
    known += [(heading, column) for column, heading in layer.columns.items()]
    exact = {heading_key(n) for n, _ in known}
    made = []
    for bytewise, name, code in zip(raw, names, codes, strict=True):
        key = heading_key(name)
        hits = [(n, c) for n, c in known if len(key) > 1 and heading_key(n).startswith(key)]
        if len({c for _, c in hits}) > 1:
            hits = [(n, c) for n, c in hits if code == (c == "code" or c.endswith("_code"))]
        whole = len(bytewise) < _NAME_BYTES - 1 or key in exact
        one = not whole and len({c for _, c in hits}) == 1
        named = [n for n, _ in hits if n in layer.columns.values()]
        made.append((named or [min((n for n, _ in hits), key=len)])[0] if one else name)
    return made if len(set(made)) == len(made) else names


def _all_digits(cells: pd.Series) -> bool:
    texts = pd.Series(cells.dropna().unique()).astype("str")
    texts = texts[texts != ""]
    return bool(len(texts) and texts.str.fullmatch(r"\d{6,12}").all())
