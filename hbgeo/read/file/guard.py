"""Before GDAL or Arrow opens a file: it is what its name says, whole, and asks for nothing outside."""

from __future__ import annotations

import contextlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from pyproj.exceptions import CRSError

from hbgeo.errors import LayerError, why_not
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.encoding import refuse_not_utf8
from hbgeo.read.file.endings import GEOJSON

_MAGIC = {".gpkg": b"SQLite format 3\0", ".fgb": b"fgb"}
_PIECE = 1 << 24  # bytes of a text looked at together
# a file may name an address to fetch (a CRS, say): whatever GDAL asks for ends at a closed door
OFFLINE = {
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
}
_LINKED_CRS = re.compile(rb'"crs"\s*:\s*\{[^}]*"type"\s*:\s*"(?:link|url)"', re.IGNORECASE)
_ECHARTS = re.compile(rb'"UTF8Encoding"\s*:\s*true', re.IGNORECASE)
UNKNOWN_CRS = "坐标系信息无法识别；请在原软件里重新指定坐标系后导出"
UNREADABLE = (  # what the libraries raise for contents that they did not expect
    DataSourceError, DataLayerError, FieldError, GeometryError, pa.ArrowException,
    ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError,
    shapely.GEOSException,
)  # fmt: skip


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """Keep GDAL off the network, and quiet about what is no loss."""
    before = {key: pyogrio.get_gdal_config_option(key) for key in OFFLINE}
    pyogrio.set_gdal_config_options(OFFLINE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # rings, dates: checked by ourselves
            yield
    finally:
        pyogrio.set_gdal_config_options(before)


def check_magic(path: Path) -> None:
    """Refuse a file that is not what its name says: GDAL would go by the content alone.

    A GeoJSON file is refused too that is not UTF-8, whose CRS is an address to fetch, or whose
    coordinates are packed.

    Raises
    ------
    LayerError
        If it is not.
    """
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise LayerError(f"{path.name}：空文件")
    if suffix == ".gpkg" and path.stat().st_size < _sqlite_size(head):
        raise LayerError(f"{path.name}：文件不完整；请重新复制或导出")
    if suffix in GEOJSON:
        refuse_not_utf8(path)
        good = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        if good:
            _look_through(path)
    else:
        good = head.startswith(_MAGIC.get(suffix, b""))
    if not good:
        kind = suffix.lstrip(".")
        raise LayerError(f"{path.name}：不是有效的 {kind} 文件（内容与扩展名不符或已损坏）")


def _sqlite_size(head: bytes) -> int:
    """The bytes a SQLite file should have by its own header: pages times their size."""
    if not head.startswith(_MAGIC[".gpkg"]) or head[24:28] != head[92:96]:
        return 0  # an old program wrote it last: the number of pages is not in it
    size = int.from_bytes(head[16:18], "big")
    return int.from_bytes(head[28:32], "big") * (65536 if size == 1 else size)


def _look_through(path: Path) -> None:
    """Refuse a GeoJSON file for what stands somewhere in it, looked through in pieces that overlap."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if _LINKED_CRS.search(rest + piece):
                raise LayerError(f"{path.name}：坐标系写成了网址（crs 为 link）；请改为 EPSG 编号")
            if _ECHARTS.search(rest + piece):
                said = "坐标经过 ECharts 压缩（UTF8Encoding），读不出"
                raise LayerError(
                    f"{path.name}：{said}；请用未压缩的 GeoJSON，或从源头导出 .gpkg、.shp"
                )
            rest = piece[-512:]


def refuse_lost(path: Path, stated: int, rows: int) -> None:
    """Refuse a file that gave fewer rows than it states: cut short, it reads so without a word.

    Raises
    ------
    LayerError
        If the numbers differ.
    """
    if rows < stated:
        raise LayerError(f"{path.name}：文件不完整（应有 {stated:,} 行，只读出 {rows:,} 行）")


def unreadable(path: Path, err: BaseException) -> LayerError:
    """What to say of a file whose contents a library could not read."""
    if isinstance(err, CRSError | UnicodeEncodeError):  # nothing else is handed to a library
        return LayerError(f"{path.name}：{UNKNOWN_CRS}")
    if isinstance(err, pa.ArrowException) and "UTF8" in str(err):
        return LayerError(f"{path.name}：有文字不是 UTF-8 文本；请从源头重新导出为 UTF-8")
    if isinstance(err, UnicodeDecodeError):
        return LayerError(f"{path.name}：列名或图层名不是 UTF-8 文本；请在原软件里改名后重新导出")
    kind = path.suffix.lower().lstrip(".")
    if isinstance(err, RecursionError):
        return LayerError(f"{path.name}：不是有效的 {kind} 文件（嵌套过深）；请从源头重新导出")
    return LayerError(f"{path.name}：不是有效的 {kind} 文件，或已损坏（{first_line(err)}）")


def first_line(err: BaseException) -> str:
    """The first line of an error's text, for a message; what the system says, in Chinese."""
    if isinstance(err, OSError) and err.errno:
        return why_not(err)
    said = str(err).strip().splitlines()
    return fit_to_show(said[0])[:120] if said else type(err).__name__
