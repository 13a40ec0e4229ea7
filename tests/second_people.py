"""People of a grid by unit, worked out anew: own reader of plain GeoTIFFs, shapely point by point.

Nothing of hbgeo is used, and no rasterio: only uncompressed strips of one band are understood.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import shapely
from pyproj import Transformer

_SIZES = {1: "B", 2: "c", 3: "H", 4: "I", 5: "II", 11: "f", 12: "d"}
_NUMBERS = {(1, 8): "B", (1, 16): "H", (1, 32): "I", (2, 16): "h", (2, 32): "i"}
_NUMBERS |= {(3, 32): "f", (3, 64): "d"}


@dataclass
class Second:
    """What the second program finds, in exact arithmetic."""

    units: dict[str, Fraction] = field(default_factory=dict)
    cells: dict[str, int] = field(default_factory=dict)
    outside: Fraction = Fraction(0)
    negative: Fraction = Fraction(0)
    total: Fraction = Fraction(0)


def tags_of(data: bytes) -> tuple[str, dict[int, tuple[Any, ...]]]:
    """The order of bytes, and the first directory's entries."""
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack(order + "I", data[4:8])
    (many,) = struct.unpack_from(order + "H", data, at)
    tags = {}
    for k in range(many):
        tag, kind, count = struct.unpack_from(order + "HHI", data, at + 2 + 12 * k)
        if kind not in _SIZES:
            continue
        code = order + _SIZES[kind] * count
        where = at + 10 + 12 * k
        if struct.calcsize(code) > 4:
            (where,) = struct.unpack_from(order + "I", data, where)
        tags[tag] = struct.unpack_from(code, data, where)
    return order, tags


def cells_of(path: Path) -> Iterator[tuple[float, float, float]]:
    """The middle of each cell in the file's own CRS, and its number; no data are left out."""
    data = path.read_bytes()
    order, tags = tags_of(data)
    width, height = tags[256][0], tags[257][0]
    assert tags.get(259, (1,))[0] == 1
    assert tags.get(277, (1,))[0] == 1
    code = _NUMBERS[tags.get(339, (1,))[0], tags[258][0]]
    numbers: list[float] = []
    for start, size in zip(tags[273], tags[279], strict=True):
        numbers += struct.unpack_from(f"{order}{size // struct.calcsize(code)}{code}", data, start)
    across, down = tags[33550][0], tags[33550][1]
    column, row, _, x, y, _ = tags[33922]
    west, north = x - column * across, y + row * down
    text = b"".join(tags[42113]).rstrip(b"\0 ").decode() if 42113 in tags else ""
    nodata = float(text) if text else math.nan
    for k, number in enumerate(numbers[: width * height]):
        value = float(number)
        same = code == "f" and struct.unpack("f", struct.pack("f", nodata))[0] == value
        if not (math.isnan(value) or value == nodata or same):
            at_row, at_column = divmod(k, width)
            yield west + (at_column + 0.5) * across, north - (at_row + 0.5) * down, value


def people_by_unit(path: Path, crs: str, units: Mapping[str, shapely.Geometry]) -> Second:
    """Go through the cells one by one: the first of the units, by code, that touches the middle."""
    found = Second({code: Fraction(0) for code in units}, dict.fromkeys(units, 0))
    move = Transformer.from_crs(crs, "EPSG:4490", always_xy=True)
    for x, y, people in cells_of(path):
        found.total += Fraction(people)
        if people < 0:
            found.negative += Fraction(people)
        elif people > 0:
            point = shapely.Point(*move.transform(x, y))
            owner = next((c for c in sorted(units) if units[c].intersects(point)), None)
            if owner is None:
                found.outside += Fraction(people)
            else:
                found.units[owner] += Fraction(people)
                found.cells[owner] += 1
    return found
