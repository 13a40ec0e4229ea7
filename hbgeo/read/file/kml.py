"""KML, as 奥维 and map services export it → a frame; nothing outside the file is ever looked at."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.parsers import expat

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from hbgeo.errors import LayerError
from hbgeo.read.file.encoding import read_xml
from hbgeo.read.file.width import check_width
from hbgeo.read.schema.match import unique_names

NAME, TEXT, FOLDER = "名称", "描述", "文件夹"
_MOST_TEXT = 64 << 20  # characters of one element: more is no map
_MOST_DEPTH = 200
_TABLE_ROW = re.compile(
    r"<tr[^>]*>\s*<t[dh][^>]*>(.*?)</t[dh]>\s*<td[^>]*>(.*?)</td>\s*</tr>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")
_WHOLE = True  # nothing more comes
_INVALID = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_CUT = {
    expat.errors.codes[getattr(expat.errors, f"XML_ERROR_{name}")]
    for name in ("NO_ELEMENTS", "UNCLOSED_TOKEN", "UNCLOSED_CDATA_SECTION")
}


def read_kml(path: Path, encoding: str = "") -> gpd.GeoDataFrame:
    """Read the placemarks of a KML file in their order, in WGS 84.

    Parameters
    ----------
    encoding
        The catalogue's, to overrule what the file says and is found to be.

    Returns
    -------
    placemarks
        Columns 名称 and 描述 where any placemark has them, 文件夹 where there are several, one for each field of
        ExtendedData (or of a two-column table in the description), and `geometry`. A placemark
        without one keeps its row.

    Raises
    ------
    LayerError
        If it is not KML, declares a document type (which can make a bomb of a few bytes), or is
        in no known encoding.
    """
    reader = _Reader(path.name)
    reader.parse(read_xml(path, encoding))
    return _frame(reader.rows, reader.shapes, path.name)


class _Reader:
    """Walks the elements of one file and gathers a row a placemark."""

    def __init__(self, name: str) -> None:
        self.rows, self.shapes = list[dict[str, str]](), list[BaseGeometry | None]()
        self._name = name
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._folders: list[str] = []
        self._row: dict[str, str] | None = None
        self._field = ""
        self._rings: list[list[tuple[float, float]]] = []
        self._parts: list[BaseGeometry] = []
        self._track: list[tuple[float, float]] = []

    def parse(self, pieces: Iterable[str]) -> None:
        # without namespaces: offices' programs use prefixes that they have not declared
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        try:
            for piece in pieces:
                parser.Parse(piece.encode("utf-8", "surrogatepass"))
            parser.Parse(b"", _WHOLE)
        except (expat.ExpatError, UnicodeError, ValueError) as err:
            if isinstance(err, LayerError):
                raise
            raise LayerError(f"{self._name}：{_broken(err)}") from None
        if not self._seen_kml:
            raise LayerError(f"{self._name}：不是 kml 文件（没有 kml 元素）")

    _seen_kml = False

    def _refuse(self, *_: object) -> None:
        raise LayerError(
            f"{self._name}：含有文档类型声明（DOCTYPE），不是地图软件导出的 kml；不能读取"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._path.append(name)
        if len(self._path) > _MOST_DEPTH:
            raise LayerError(f"{self._name}：嵌套超过 {_MOST_DEPTH} 层，不是地图软件导出的 kml")
        self._seen_kml |= name == "kml"
        self._text, self._length = [], 0
        if name in {"Folder", "Document"}:
            self._folders.append("")
        elif name == "Placemark":
            self._row, self._parts, self._track = {}, [], []
        elif name in {"Data", "SimpleData"}:
            self._field = attributes.get("name", "")
        elif name == "Polygon":
            self._rings = []

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > _MOST_TEXT:
            raise LayerError(
                f"{self._name}：有一段文字超过 {_MOST_TEXT:,} 字，不是地图软件导出的 kml"
            )

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        text, self._text = "".join(self._text), []
        self._path.pop()
        above = self._path[-1] if self._path else ""
        if name in {"Folder", "Document"}:
            self._folders.pop()
        elif name == "name" and above in {"Folder", "Document"}:
            self._folders[-1] = text.strip() if above == "Folder" else ""
        elif self._row is not None:
            self._end_inside(name, above, text, self._row)

    def _end_inside(self, name: str, above: str, text: str, row: dict[str, str]) -> None:
        if name in {"name", "description"} and above == "Placemark":
            row[{"name": "\0name", "description": "\0text"}[name]] = text.strip()
        elif self._field and (name == "SimpleData" or (name == "value" and above == "Data")):
            row[self._field] = text.strip()
        elif name == "coordinates":
            self._end_coordinates(above, _coordinates(text, self._name))
        elif name == "coord" and above == "Track":
            self._track += _coordinates(",".join(text.split()), self._name)
        elif name == "Track" and self._track:
            self._parts.append(shapely.LineString([*self._track, self._track[-1]]))
            self._track = []
        elif name == "Polygon" and self._rings:
            self._parts.append(shapely.Polygon(self._rings[0], self._rings[1:]))
        elif name == "Placemark":
            row["\0folder"] = "/".join(f for f in self._folders if f)
            self.rows.append(row)
            self.shapes.append(_joined(self._parts))
            self._row = None

    def _end_coordinates(self, above: str, points: list[tuple[float, float]]) -> None:
        try:
            if above == "Point" and points:
                self._parts.append(shapely.Point(points[0]))
            elif above == "LineString" and points:
                self._parts.append(shapely.LineString(points))
            elif above == "LinearRing" and "Polygon" in self._path and points:
                self._rings.append(points)
                shapely.LinearRing(points)
        except (ValueError, shapely.GEOSException):
            at = f"第{len(self.rows) + 1}个地标"
            raise LayerError(f"{self._name} {at}：图形的坐标不足") from None


def _broken(err: Exception) -> str:
    """What to say of text that is no XML: where it breaks, and what breaks it mostly."""
    if not isinstance(err, expat.ExpatError):
        return "不是有效的 kml 文件；请从地图软件重新导出"
    at = f"第{err.lineno}行第{err.offset + 1}个字"
    if err.code == _INVALID:
        return f"{at}处有 kml 不能用的字符（多为名称里单独的“&”“<”或控制符）；请改名后重新导出"
    if err.code in _CUT:
        return f"不是有效的 kml 文件（{at}处中断）；文件不完整，请重新导出或复制"
    return f"不是有效的 kml 文件（{at}处格式有误）；请从地图软件重新导出"


def _coordinates(text: str, file: str) -> list[tuple[float, float]]:
    """Longitude, latitude and perhaps height, separated by commas; points by spaces."""
    points = []
    for token in re.sub(r"\s*,\s*", ",", text).split():
        parts = token.split(",")
        try:
            points.append((float(parts[0]), float(parts[1])))
        except (ValueError, IndexError):
            raise LayerError(f"{file}：坐标“{token[:40]}”无法识别；应为 经度,纬度") from None
    return points


def _joined(parts: list[BaseGeometry]) -> BaseGeometry | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    kinds = {p.geom_type for p in parts}
    many: dict[str, Callable[[Any], BaseGeometry]] = {
        "Point": shapely.MultiPoint,
        "Polygon": shapely.MultiPolygon,
    }
    make = many.get(kinds.pop(), shapely.GeometryCollection) if len(kinds) == 1 else None
    return (make or shapely.GeometryCollection)(parts)


def _frame(
    rows: list[dict[str, str]], shapes: list[BaseGeometry | None], file: str
) -> gpd.GeoDataFrame:
    """Put the rows together; a placemark's own name goes by 名称 unless a field does."""
    for row in rows:
        own = [k for k in row if not k.startswith("\0")]
        if not own and (pairs := _TABLE_ROW.findall(row.get("\0text", ""))):
            row.pop("\0text")
            row |= {_plain(k): _plain(v) for k, v in pairs if _plain(k)}
    columns = list(dict.fromkeys(k for row in rows for k in row))
    check_width(file, len(columns))
    made = pd.DataFrame({c: [r.get(c, "") for r in rows] for c in columns}, dtype="str")
    titles = {"\0name": NAME, "\0text": TEXT, "\0folder": FOLDER}
    for key, title in titles.items():
        if key in made:
            column = made.pop(key)
            told = len(set(column)) > 1 if title == FOLDER else (column != "").any()
            if told and not (title in made and (made[title] == column).all()):
                made.insert(0, _free_name(title, made.columns), column)
    made.columns = pd.Index(unique_names(made.columns, ["geometry"]))
    return gpd.GeoDataFrame(made, geometry=gpd.array.from_shapely(shapes), crs="EPSG:4326")


def _free_name(title: str, columns: Iterable[str]) -> str:
    """The title, or where a field bears it the placemark's; numbered where that is one too."""
    columns = list(columns)
    own = f"{title}(地标)" if title in columns else title
    return unique_names([*columns, own])[-1]


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
