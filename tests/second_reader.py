"""Raw files read a second time, in plain lists and dicts: cells, headings, sheets, boundaries.

Written from the contracts and the data files (catalogue, schemas), with no line of the package:
slow and obvious. What a file holds comes out as rows of plain values; whom they name and what
they count for stands in `second_names` and `second_opinion`.
"""

from __future__ import annotations

import csv
import io
import math
import re
import sqlite3
import struct
import tomllib
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import shapely

HOME = Path(__file__).parent.parent / "hbgeo"
Row = dict[str, Any]
BOX = (108.3, 29.0, 116.2, 33.3)  # the province, by which a swapped pair is known
_EMPTY = {"", "/", "-", "—", "——", "--", "无"}
_MARKS = re.compile(r"[\s_\-]+")


class CellError(Exception):
    """A cell that says something which cannot be read: its row counts nowhere."""


@dataclass
class Table:
    """The rows of a layer: canonical column → value; of each row set aside, why."""

    key: str
    spec: dict[str, Any]
    schema: dict[str, Any]
    columns: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)


# ------------------------------------------------------------------ data files


def catalogue(folder: Path) -> dict[str, Any]:
    """The catalogue of a workspace as written."""
    return tomllib.loads((folder / "layers" / "catalog.toml").read_text("utf-8"))


@lru_cache
def schema(key: str) -> dict[str, Any]:
    """A schema with what it inherits."""
    file = HOME / "read" / "schema" / "schemas" / f"{key}.toml"
    if not file.exists():
        return schema("facility")
    text = tomllib.loads(file.read_text("utf-8"))
    if "extends" in text:
        base = schema(text["extends"])
        text = base | text | {"column": base["column"] | text.get("column", {})}
    absent = [c for c, said in text["column"].items() if said.get("absent")]
    return text | {"column": {c: v for c, v in text["column"].items() if c not in absent}}


def read_table(folder: Path, key: str, spec: dict[str, Any]) -> Table:
    """Every row of a layer's files."""
    name = spec.get("schema", {"units": "unit", "lines": "road"}.get(spec["role"], key))
    table = Table(key, spec, schema(name))
    own = table.schema["column"]
    for path in _files(folder / "layers", spec["path"]):
        for head, lines in _sheets(path, spec):
            at = _columns(head, own, spec.get("columns", {}))
            table.columns |= set(at)
            for cells in lines:
                _add(table, {c: cells[i] if i < len(cells) else None for c, i in at.items()})
                if "geometry" in head and table.rows:
                    table.rows[-1]["geometry"] = cells[head.index("geometry")]
    return table


def _add(table: Table, cells: dict[str, Any]) -> None:
    if all(text_of(v) == "" for v in cells.values()):
        return
    own = table.schema["column"]
    try:
        row = {c: _value_or_blank(v, c, table.schema) for c, v in cells.items()}
        row |= _fallback(row, table.schema)
        row["point"] = _point(row, table.spec)
        row["numbers"] = {c for c in row if own.get(c, {}).get("type") == "number"}
        if _impossible(row):
            raise CellError("impossible numbers")
        table.rows.append(row)
    except CellError as why:
        table.aside.append(f"{name_of(cells)}: {why}")


def name_of(cells: dict[str, Any]) -> str:
    """What to call a row in a message."""
    return "/".join(text_of(cells.get(c)) for c in ("id", "county", "name", "fact", "year"))


def _fallback(row: Row, own: dict[str, Any]) -> Row:
    made = {}
    for column, said in own.get("fallback", {}).items():
        when = all(row.get(c) in values for c, values in said["when"].items())
        if when and not row.get(column) and row.get(said["column"]):
            made[column] = row[said["column"]]
    return made


def _impossible(row: Row) -> bool:
    """DOMAIN E14: below nothing, more used than there are, more of a kind than there are."""
    pairs = [
        ("plots_used", "plots_total"), ("beds_nursing", "beds"), ("population_60", "population"),
        ("population_65", "population"), ("population_65", "population_60"),
        ("double_plots", "plots_total"), ("double_used", "double_plots"), ("double_used", "plots_used"),
        ("niches_used", "niches_total"), ("deaths", "population"),
    ]  # fmt: skip
    if any(row[c] is not None and row[c] < 0 for c in row["numbers"]):
        return True
    known = [(row.get(a), row.get(b)) for a, b in pairs]
    graves = [row.get(c) for c in ("plots_total", "double_plots", "plots_used", "double_used")]
    if None not in graves and graves[2] - graves[3] > graves[0] - graves[1]:
        return True  # more graves of one used than there are
    if any((row.get(c) or 0) > most for c, most in (("mortality", 1000), ("burial_share", 100))):
        return True
    return any(a is not None and b is not None and a > b for a, b in known)


# ------------------------------------------------------------------ files


def _files(layers: Path, paths: Any) -> Iterator[Path]:
    for one in paths if isinstance(paths, list) else [paths]:
        yield from sorted(layers.glob(one)) if "*" in one else [layers / one]


def _sheets(path: Path, spec: dict[str, Any]) -> Iterator[tuple[list[str], list[list[Any]]]]:
    if path.suffix == ".gpkg":
        yield _geopackage(path, spec.get("layer"))
        return
    if path.suffix == ".csv":
        lines = [list(r) for r in csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""))]
        yield from _headed(lines)
        return
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        if "layer" not in spec or sheet.title == spec["layer"]:
            yield from _headed([list(r) for r in sheet.iter_rows(values_only=True)])
    book.close()


def _headed(lines: list[list[Any]]) -> Iterator[tuple[list[str], list[list[Any]]]]:
    """The headings are the first line of at least two filled cells; sums at the end are no rows."""
    for i, line in enumerate(lines):
        if sum(text_of(v) != "" for v in line) >= 2:
            rest = [r for r in lines[i + 1 :] if not _is_total(r)]
            yield [text_of(v) for v in line], rest
            return


def _is_total(cells: list[Any]) -> bool:
    first = next((text_of(v) for v in cells if text_of(v)), "")
    return bool(re.match(r"(合计|小计|总计|备注|填表|注:)", first))


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("neither UTF-8 nor GB18030")


def _geopackage(path: Path, layer: str | None) -> tuple[list[str], list[list[Any]]]:
    """The rows of a GeoPackage's table; each geometry blob is a head and WKB."""
    base = sqlite3.connect(path)
    [(table, column), *_] = [
        (t, c)
        for t, c in base.execute("select table_name, column_name from gpkg_geometry_columns")
        if layer in (None, t)
    ]
    found = base.execute(f'select * from "{table}"')  # noqa: S608 - a file of this test's own
    head = ["geometry" if d[0] == column else d[0] for d in found.description]
    at = head.index("geometry")
    rows = [[_geometry(v) if i == at else v for i, v in enumerate(row)] for row in found]
    base.close()
    return head, rows


def _geometry(blob: bytes | None) -> Any:
    if blob is None:
        return None
    assert blob[:2] == b"GP"
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    assert struct.unpack("<i" if blob[3] & 1 else ">i", blob[4:8])[0] in {4490, 4326, 0}
    shape = shapely.from_wkb(blob[8 + envelope :])
    return None if shape.is_empty else shape


# ------------------------------------------------------------------ headings


def _columns(head: list[str], own: dict[str, Any], given: dict[str, str]) -> dict[str, int]:
    """Canonical column → position; an earlier name of a column goes before a later one."""
    said = [_heading(h) for h in head]
    bare = [re.sub(r"\(.*?\)", "", h) for h in said]
    at = {c: said.index(_heading(h)) for c, h in given.items() if _heading(h) in said}
    for texts in (said, bare):
        wanted = sorted(
            (rank, order, column, _heading(name))
            for order, (column, one) in enumerate(own.items())
            for rank, name in enumerate(one["names"])
        )
        for _, _, column, name in wanted:
            free = [i for i, h in enumerate(texts) if h == name and i not in at.values()]
            if column not in at and free:
                at[column] = free[0]
    return at


def _heading(text: str) -> str:
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text)).lower()


# ------------------------------------------------------------------ cells


def text_of(cell: Any) -> str:
    """A cell as text: full width folded, spaces at the ends gone, a whole number without .0."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        cell = f"{Decimal(f'{cell:.15g}'):f}"
        cell = cell.rstrip("0").rstrip(".") if "." in cell else cell
    if isinstance(cell, datetime):
        cell = cell.date().isoformat()
    return _folded(str(cell))


@lru_cache(maxsize=200_000)
def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def _value_or_blank(cell: Any, name: str, own: dict[str, Any]) -> Any:
    """What cannot be read is nothing, unless it decides whether the row counts: never a guess."""
    counting = own.get("counting", {})
    column = own["column"][name]
    try:
        return value_of(cell, column)
    except CellError:
        bounds = {counting.get(k) for k in ("column", "from", "until")}
        if column.get("type") in {"number", "date"} and name not in bounds:
            return None
        raise


def value_of(cell: Any, column: dict[str, Any]) -> Any:
    """A cell as its column's type says; None or "" where it says nothing."""
    kind = column.get("type", "text")
    text = text_of(cell)
    if kind == "number":
        return number(text)
    if kind == "date":
        return day(text, column.get("bound", "end"))
    if kind in {"choice", "choices", "yesno"}:
        return _choice(text, kind, column.get("choices", {"是": [], "否": []}))
    return "" if text in _EMPTY else text


def number(text: str) -> Fraction | None:
    """Digits with a sign, thousands in threes, a point; anything else that is written is bad."""
    bare = text.replace(" ", "")
    if bare in _EMPTY:
        return None
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        bare = bare.replace(",", "")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", bare):
        raise CellError(text)
    return Fraction(Decimal(bare))


def day(text: str, bound: str) -> date | None:
    """A day; a month or a year is its last day, or its first for bound "start"."""
    if text in _EMPTY:
        return None
    bare = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?$", "", text).replace(" ", "")
    if re.fullmatch(r"[2-6]\d{4}", bare):
        return date(1899, 12, 30) + timedelta(int(bare))
    if not (found := re.fullmatch(r"(\d{4})[-/.年]?((\d{1,2})[-/.月]?((\d{1,2})[日号]?)?)?", bare)):
        raise CellError(text)
    if bare.isdigit() and len(bare) not in {4, 6, 8}:
        raise CellError(text)
    y, m, d = (int(v) if v else None for v in (found[1], found[3], found[5]))
    last = bound != "start"
    assert y is not None
    try:
        if m is None:
            return date(y, 12, 31) if last else date(y, 1, 1)
        return date(y, m, d or (monthrange(y, m)[1] if last else 1))
    except ValueError as error:
        raise CellError(text) from error


def _choice(text: str, kind: str, choices: dict[str, list[str]]) -> Any:
    """The value a cell stands for; several of them for a cell that may hold several."""
    known = {}
    for value, others in choices.items():
        known |= {_MARKS.sub("", unicodedata.normalize("NFKC", s)): value for s in (value, *others)}
    if kind == "choices":
        parts = [p for p in re.split(r"[、,;/ ]+", text) if p and p not in _EMPTY]
        return tuple(dict.fromkeys(known[p] for p in parts if p in known))
    if text in _EMPTY and _MARKS.sub("", text) not in known:
        return ""
    bare = _MARKS.sub("", text)
    if bare not in known:
        raise CellError(text)
    return known[bare]


# ------------------------------------------------------------------ coordinates


def _point(row: Row, spec: dict[str, Any]) -> tuple[float, float] | None:
    """Where a row stands, in CGCS2000; None where it says nothing of it."""
    x, y = (_degrees(row.get(c, "")) for c in ("lon", "lat"))
    if row.get("lonlat") and x is None and y is None:
        parts = [p for p in re.split(r"[,;、 ]+", row["lonlat"]) if p]
        if len(parts) != 2:
            raise CellError(row["lonlat"])
        x, y = (_degrees(p) for p in parts)
    if x is None and y is None:
        return None
    if x is None or y is None:
        raise CellError("half a coordinate")
    system = re.sub(r"[-_ ]", "", str(row.get("coord_sys") or spec.get("crs", ""))).upper()
    if BOX[0] <= y <= BOX[2] and BOX[1] <= x <= BOX[3]:
        x, y = y, x
    if system in {"GCJ02", "BD09"}:
        x, y = _undo(x, y, baidu=system == "BD09")
    elif system not in {"CGCS2000", "WGS84"}:
        raise CellError(f"no datum: {system}")
    return x, y


def _degrees(text: str) -> float | None:
    if text in _EMPTY:
        return None
    bare = text.replace(" ", "").strip("EN东经北纬")
    if re.fullmatch(r"\d+(\.\d+)?°?", bare):
        return float(bare.rstrip("°"))
    found = re.fullmatch(
        r"(\d+)[°度](\d+(?:\.\d+)?)[′'’分]?(?:(\d+(?:\.\d+)?)(?:″|\"|''|′′|秒))?", bare
    )
    if not found:
        raise CellError(text)
    parts = [Fraction(Decimal(found[i] or "0")) for i in (1, 2, 3)]
    if parts[1] >= 60 or parts[2] >= 60:
        raise CellError(text)
    return float(parts[0] + parts[1] / 60 + parts[2] / 3600)


def _undo(x: float, y: float, *, baidu: bool) -> tuple[float, float]:
    """The point that the public shift carries to (x, y), by repeated correction."""
    gx, gy = x, y
    for _ in range(30):
        sx, sy = _shift(gx, gy)
        if baidu:
            sx, sy = _baidu(sx, sy)
        gx, gy = gx + x - sx, gy + y - sy
    return gx, gy


def _shift(x: float, y: float) -> tuple[float, float]:
    """The published GCJ-02 shift."""
    u, v, pi = x - 105, y - 35, math.pi
    both = (20 * math.sin(6 * u * pi) + 20 * math.sin(2 * u * pi)) * 2 / 3
    root = math.sqrt(abs(u))
    north = -100 + 2 * u + 3 * v + 0.2 * v * v + 0.1 * u * v + 0.2 * root + both
    north += (20 * math.sin(v * pi) + 40 * math.sin(v / 3 * pi)) * 2 / 3
    north += (160 * math.sin(v / 12 * pi) + 320 * math.sin(v * pi / 30)) * 2 / 3
    east = 300 + u + 2 * v + 0.1 * u * u + 0.1 * u * v + 0.1 * root + both
    east += (20 * math.sin(u * pi) + 40 * math.sin(u / 3 * pi)) * 2 / 3
    east += (150 * math.sin(u / 12 * pi) + 300 * math.sin(u / 30 * pi)) * 2 / 3
    a, e2 = 6378245.0, 0.00669342162296594323
    phi = math.radians(y)
    w = 1 - e2 * math.sin(phi) ** 2
    dy = north * 180 / (a * (1 - e2) / (w * math.sqrt(w)) * pi)
    dx = east * 180 / (a / math.sqrt(w) * math.cos(phi) * pi)
    return x + dx, y + dy


def _baidu(x: float, y: float) -> tuple[float, float]:
    k = math.pi * 3000 / 180
    z = math.hypot(x, y) + 0.00002 * math.sin(y * k)
    theta = math.atan2(y, x) + 0.000003 * math.cos(x * k)
    return z * math.cos(theta) + 0.0065, z * math.sin(theta) + 0.006
