"""Rows of JSON (a list, a list in a wrapper, one object a line) → text columns, as a ledger has."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.read.file.encoding import to_utf8
from hbgeo.read.file.endings import GEOJSON, RECORDS
from hbgeo.read.file.width import check_width
from hbgeo.read.issues import Issue
from hbgeo.read.schema.match import RESERVED, unique_names

_HEAD = 1 << 16  # bytes in which a map says that it is one
_LISTS = ("records", "rows", "data", "list", "items", "result", "results")
_OF_MAPS = {"features", "geometry", "coordinates", "geometries", "arcs", "bbox"}
_KINDS = {"FeatureCollection", "Feature", "Topology", "GeometryCollection", "Point", "LineString"}
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]')
_ALLOWED = '应为 [{…}, {…}]，或 {"records": [{…}, {…}]}'
_LIBRARY, _DATUM = "gdm", "CGCS2000"  # the key of points in 国家地名信息库, and what they are in


def holds_rows(path: Path) -> bool:
    """Whether a JSON file holds rows of a table; a map says so in the keys of its whole."""
    suffix = path.suffix.lower()
    if suffix in RECORDS or suffix not in GEOJSON or not path.is_file():
        return suffix in RECORDS
    with path.open("rb") as file:
        head = file.read(_HEAD)
    keys = list(_outer_keys(head.decode("utf-8-sig", "replace")))
    is_map = any(key in _OF_MAPS or (key == "type" and value in _KINDS) for key, value in keys)
    return bool(head.strip()) and not is_map and head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in b"[{"


def _outer_keys(text: str) -> Iterator[tuple[str, str]]:
    """The keys of the outermost object, each with its value where that is a text."""
    depth, key, before = 0, "", ""
    for found in _TOKEN.finditer(text):
        piece = found[0]
        if piece in "{[":
            depth += 1
            if depth == 1 and piece == "[":
                return
        elif piece in "}]":
            depth -= 1
        elif depth == 1 and piece == ":":
            key = before.strip('"')
            yield key, ""
        elif depth == 1 and piece not in ",:":
            if key:
                yield key, piece.strip('"')
            before, key = piece, ""


def read_json_rows(path: Path, layer: str, encoding: str = "") -> tuple[pd.DataFrame, list[Issue]]:
    """Read the rows of a JSON file.

    The file is a list of objects, an object that holds one such list (as the pages of
    国家地名信息库 do: `{"total": 12, "records": […]}`), or one object or page a line.

    Parameters
    ----------
    layer
        The layer's key, for what is said.
    encoding
        As the catalogue declares it; "" to tell it from the bytes.

    Returns
    -------
    raw
        Text columns under the objects' keys (those of an object within by `outer.inner`), numbers
        as they are written, several values of one key joined by 、, a geometry as the pair of its
        point or of the middle of its extent; `file`, `sheet` (""), `row` (1 for the first object).
    issues
        W13 where a page says that there are more rows than it holds.

    Raises
    ------
    LayerError
        If the file is empty, is no JSON, or no list in it is the one that holds the rows.
    """
    name = fit_to_show(path.name)
    text = to_utf8(path.read_bytes(), encoding, path.name).decode("utf-8").removeprefix("\ufeff")
    if not text.strip():
        raise LayerError(f"{name}：空文件")
    rows, lacking = _gathered(_values(text, name), name)
    raw = _as_table(rows, name)
    said = f"文件写明还有 {lacking:,} 条没有在文件里（可能没有翻完页），未读入"
    where = (layer, name, "", None, "", "", "W13", "warning")
    return raw, [Issue(*where, said, "补齐其余各页后重新导入")] if lacking else []


def _gathered(values: Iterator[Any], name: str) -> tuple[list[dict[str, str]], int]:
    """The rows of all pages, and how many the pages say that there are beyond them."""
    rows, held = list[dict[str, str]](), Counter[int]()
    for value in values:
        alone = not isinstance(value, list)
        for page in [value] if alone else value:
            found, total = _rows_of(page, name, alone=alone)
            rows += [_flat(row) for row in found]
            if total is not None:
                held[total] += len(found)
    return rows, sum(max(total - here, 0) for total, here in held.items())


def _values(text: str, name: str) -> Iterator[Any]:
    """The values that a text holds: one, or one a line."""
    try:
        yield _parse(text)
        return
    except (ValueError, RecursionError) as err:
        lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].strip().endswith(("}", "]")):
            raise LayerError(f"{name}：不是有效的 JSON（{_where(err)}）") from None
    for at, line in lines:
        try:
            yield _parse(line)
        except (ValueError, RecursionError):
            raise LayerError(f"{name}：第 {at} 行不是有效的 JSON；每行应是一条完整的记录") from None


def _parse(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)


def _where(err: Exception) -> str:
    if isinstance(err, json.JSONDecodeError):
        return f"第 {err.lineno} 行第 {err.colno} 个字符处断了，或写法不对"
    return "层次太多"


def _rows_of(page: Any, name: str, *, alone: bool) -> tuple[list[dict[str, Any]], int | None]:
    """The rows of one object: those of the list that it holds, or itself; how many there are in all.

    Parameters
    ----------
    alone
        Whether the object is all that the file, or its line, holds: its only list is then the rows,
        whatever its key.
    """
    if not isinstance(page, dict):
        raise LayerError(f"{name}：不是记录的列表；{_ALLOWED}")
    lists = [key for key, value in page.items() if _is_rows(value)]
    named = [key for key in _LISTS if key in lists or page.get(key) == []]
    inner = next((page[key] for key in _LISTS if isinstance(page.get(key), dict)), None)
    if not named and not lists and inner is not None:
        return _rows_of(inner, name, alone=alone)
    if not named and alone:
        named = lists
    if len(named) > 1:
        have = "、".join(named)
        raise LayerError(f"{name}：有几个列表（{have}），不知哪一个是记录；{_ALLOWED}")
    if not named:
        return [page], None
    total = str(page.get("total", ""))
    return page[named[0]], int(total) if total.isdecimal() else None


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _flat(row: dict[str, Any], before: str = "") -> dict[str, str]:
    """The cells of one object under one name each."""
    cells: dict[str, str] = {}
    for key, value in row.items():
        at = f"{before}{key}"
        if isinstance(value, dict) and "coordinates" in value:
            cells[at] = _pair(value["coordinates"])
            if key == _LIBRARY and cells[at] and "坐标系" not in row:
                cells["坐标系"] = _DATUM
        elif isinstance(value, dict):
            cells |= _flat(value, f"{at}.")
        elif isinstance(value, list):
            texts = [_text(v) for v in value]
            cells[at] = "、".join(t for t in texts if t)
        else:
            cells[at] = _text(value)
    return cells


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def _pair(coordinates: Any) -> str:
    """A geometry's point, or the middle of its extent, as a pair of longitude and latitude."""
    points = list(_points(coordinates))
    if not points:
        return ""
    if len(set(points)) == 1:
        return ",".join(points[0])
    try:
        axes = [[Decimal(p[k]) for p in points] for k in (0, 1)]
    except ArithmeticError:
        return ",".join(points[0])  # what reading coordinates will refuse
    return ",".join(f"{(min(axis) + max(axis)) / 2:f}" for axis in axes)


def _points(value: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list):
        return
    if len(value) >= 2 and not any(isinstance(v, list | dict | None) for v in value[:2]):
        yield str(value[0]), str(value[1])
        return
    for part in value:
        yield from _points(part)


def _as_table(rows: list[dict[str, str]], name: str) -> pd.DataFrame:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    check_width(name, len(keys))
    names = unique_names([fit_to_show(key) for key in keys], RESERVED)
    columns = {
        heading: pd.Series([row.get(key, "") for row in rows], dtype="str")
        for key, heading in zip(keys, names, strict=True)
    }
    raw = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    raw["file"], raw["sheet"] = name, ""
    raw["row"] = np.arange(1, len(rows) + 1)
    return raw
